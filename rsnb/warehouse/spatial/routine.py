"""How a spatial function is described, and how it runs over DuckDB's columns.

A function works either on whole columns (`vector`: shapely's geometries and numpy's numbers in arrays) or on one row
after another (`each`: Shapes and Python's values). It is NULL where an argument is NULL, unless its entry says else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from rsnb.errors import RsnbError, SqlError, UnsupportedSql
from rsnb.warehouse.spatial.signatures import Form

if TYPE_CHECKING:
    import pyarrow as pa

Work = Callable[..., Any]

SPATIAL = ("geometry", "geography")


class Routine(NamedTuple):
    """What computes a function.

    columns: whether the work takes whole columns. nulls: `null`, the result when an argument is NULL; `error`; or
    `given`, the work sees the NULLs.
    """

    work: Work
    columns: bool
    nulls: str = "null"


def vector(work: Work, nulls: str = "null") -> Routine:
    """A routine over whole columns."""
    return Routine(work, True, nulls)


def each(work: Work, nulls: str = "null") -> Routine:
    """A routine over one row after another."""
    return Routine(work, False, nulls)


def runner(form: Form, routine: Routine) -> Callable[..., pa.Array]:
    """The routine as DuckDB calls it: Arrow columns in, an Arrow column out; errors begin with the function's name."""
    name = form.name.removeprefix("to_").removesuffix("_of").upper()

    def run(*columns: pa.ChunkedArray) -> pa.Array:
        from rsnb.warehouse.spatial import columns as held
        from rsnb.warehouse.spatial.shapes import Fault, NotKnown

        try:
            return held.apply(form, routine, columns)
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
    import inspect

    names = [inspect.Parameter(f"column_{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(count)]
    run.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]
    return run
