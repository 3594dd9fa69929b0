"""Redshift's spatial functions as functions of DuckDB's, made the first time that a statement needs one.

The geometry work is shapely's (GEOS); reference systems are pyproj's (PROJ), the grid of hexagons is h3's: the extra
`spatial`. Nothing of it is imported before.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from rsnb.errors import MissingExtra
from rsnb.warehouse.spatial.signatures import AGGREGATES, CASTS, DUCKDB, SIGNATURES, forms

if TYPE_CHECKING:
    import duckdb

__all__ = ["PREFIX", "Library", "register"]

PREFIX = "spatial_"  # of every function's name in DuckDB


class Library:
    """The spatial functions of one database: made when a statement first calls one."""

    def __init__(self, root: duckdb.DuckDBPyConnection) -> None:
        self._root = root
        self._made = False
        self._lock = threading.Lock()

    def serve(self, sql: str) -> None:
        """Make the functions if DuckDB SQL calls one; raises MissingExtra when the extra is not installed."""
        if self._made or not (PREFIX in sql or PREFIX.upper() in sql):
            return
        with self._lock:
            if not self._made:
                register(self._root)
                self._made = True

    def serve_views(self) -> None:
        """Make the functions if a view, a SQL function or a default of the database calls one."""
        (found,) = self._root.execute(_DEFINITIONS).fetchall()[0]
        with suppress(MissingExtra):  # it is said when the view is read
            self.serve(found or "")


_DEFINITIONS = f"""SELECT max(text) FROM (
    SELECT sql AS text FROM duckdb_views() WHERE NOT internal
    UNION ALL SELECT macro_definition FROM duckdb_functions() WHERE NOT internal
    UNION ALL SELECT column_default FROM duckdb_columns() WHERE NOT internal
) WHERE contains(lower(text), '{PREFIX}')"""


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database; raises MissingExtra when the extra is not installed."""
    try:
        from rsnb.warehouse.spatial.running import runner
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
