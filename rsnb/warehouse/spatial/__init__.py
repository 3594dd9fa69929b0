"""Redshift's spatial functions, computed by Python functions that DuckDB calls with whole columns.

DuckDB knows one function for each type of results; which form of which spatial function it is to compute, its first
argument says. The geometry work is shapely's (GEOS); reference systems are pyproj's (PROJ), the grid of hexagons is
h3's: the extra `spatial`. Nothing of it is imported before a call.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from rsnb.errors import MissingExtra
from rsnb.warehouse.spatial.signatures import DUCKDB, PREFIX, every_form

if TYPE_CHECKING:
    import duckdb

__all__ = ["register"]

_PACKAGES = ("h3", "pyproj", "shapely")


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database."""
    from duckdb.func import FunctionNullHandling, PythonUDFType

    for kind in sorted({DUCKDB[form.returns] for form in every_form().values()}):
        db.create_function(
            PREFIX + kind.lower(),
            _caller(kind),
            None,
            kind,
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def _caller(kind: str) -> Callable[..., Any]:
    """A function of DuckDB's with results of a type: Arrow columns in, an Arrow column out.

    Its annotations are read by DuckDB.
    """

    def call(*columns: Any) -> Any:
        for package in _PACKAGES:
            if find_spec(package) is None:
                raise MissingExtra(f"spatial functions need the package {package}", hint="pip install 'rsnb[spatial]'")
        from rsnb.warehouse.spatial.running import run

        return run(kind, *columns)

    return call
