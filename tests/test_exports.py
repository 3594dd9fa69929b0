"""The front door: `__all__` is sorted, complete and true."""

from __future__ import annotations

import inspect

import rsnb
from rsnb import errors


def test_all_names_the_public_surface() -> None:
    public = {n for n, v in vars(rsnb).items() if not n.startswith("_") and not inspect.ismodule(v)}
    public -= {"Any", "TYPE_CHECKING", "annotations"}
    assert set(rsnb.__all__) == public | {"__version__"}
    assert rsnb.__all__ == sorted(rsnb.__all__)
    assert set(dir(rsnb)) >= set(rsnb.__all__)


def test_every_error_can_be_caught_by_its_public_name() -> None:
    kinds = [n for n, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.RsnbError)]
    assert {name: getattr(rsnb, name) for name in kinds} == {name: getattr(errors, name) for name in kinds}


def test_every_public_class_and_function_is_documented() -> None:
    for name in rsnb.__all__:
        value = getattr(rsnb, name)
        if callable(value):
            assert value.__doc__, name
            members = inspect.getmembers(value) if inspect.isclass(value) and value.__module__ != "rsnb.errors" else []
            for member, method in members:
                if not member.startswith("_") and (inspect.isfunction(method) or isinstance(method, property)):
                    assert method.__doc__, f"{name}.{member}"
