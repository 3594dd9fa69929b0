"""The spatial functions as DuckDB calls them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.errors import RsnbError, SqlError, UnsupportedSql
from rsnb.warehouse.spatial.columns import apply
from rsnb.warehouse.spatial.routine import Routine
from rsnb.warehouse.spatial.shapes import Fault, NotKnown
from rsnb.warehouse.spatial.signatures import Form

if TYPE_CHECKING:
    import pyarrow as pa


def runner(form: Form, routine: Routine) -> Callable[..., pa.Array]:
    """The routine as DuckDB calls it: Arrow columns in, an Arrow column out; errors begin with the function's name."""
    name = form.name.removeprefix("to_").removesuffix("_of").upper()

    def run(*columns: pa.ChunkedArray) -> pa.Array:
        try:
            return apply(form, routine, columns)
        except Fault as why:
            raise SqlError(f"{name} {why}") from why
        except NotKnown as why:
            raise UnsupportedSql(f"{name} {why} is not supported by the embedded warehouse") from why
        except RsnbError:
            raise
        except Exception as why:
            raise SqlError(f"{name}: {str(why).strip() or type(why).__name__}") from why

    return _with_arguments(run, len(form.takes))


def _with_arguments(run: Callable[..., pa.Array], count: int) -> Callable[..., pa.Array]:
    """DuckDB counts a function's arguments by its signature."""
    names = [inspect.Parameter(f"column_{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(count)]
    run.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]
    return run
