"""Redshift's spatial functions as functions of DuckDB's, made the first time that a statement needs one.

The geometry work is shapely's (GEOS); reference systems are pyproj's (PROJ), the grid of hexagons is h3's: the extra
`spatial`. Nothing of it is imported before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import MissingExtra
from rsnb.warehouse.spatial.signatures import AGGREGATES, CASTS, DUCKDB, SIGNATURES, forms

if TYPE_CHECKING:
    import duckdb

__all__ = ["PREFIX", "register"]

PREFIX = "spatial_"  # of every function's name in DuckDB


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database; raises MissingExtra when the extra is not installed."""
    try:
        from rsnb.warehouse.spatial.routine import runner
        from rsnb.warehouse.spatial.table import routine

        __import__("h3"), __import__("pyproj")
    except ImportError as exc:
        raise MissingExtra(
            f"spatial functions need the package {exc.name}", hint="pip install 'rsnb[spatial]'"
        ) from exc
    from duckdb.func import FunctionNullHandling, PythonUDFType

    for name in sorted({*SIGNATURES, *AGGREGATES, *CASTS}):
        for form in forms(name):
            db.create_function(
                form.duckdb_name,
                runner(form, routine(form)),
                [DUCKDB[kind] for kind in form.takes],
                DUCKDB[form.returns],
                type=PythonUDFType.ARROW,
                null_handling=FunctionNullHandling.SPECIAL,
            )
