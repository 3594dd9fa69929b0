"""DuckDB counts the arguments of a function that Python computes by its signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def with_arguments(run: Callable[..., Any], count: int) -> Callable[..., Any]:
    """A function of any number of columns as one of `count`."""
    names = [inspect.Parameter(f"column_{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(count)]
    run.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]
    return run
