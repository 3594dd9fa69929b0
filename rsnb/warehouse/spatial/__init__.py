"""Redshift's spatial functions as functions of DuckDB's, each made the first time that a statement calls it.

The geometry work is shapely's (GEOS); reference systems are pyproj's (PROJ), the grid of hexagons is h3's: the extra
`spatial`. Nothing of it is imported before.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from rsnb.errors import MissingExtra
from rsnb.warehouse.spatial.signatures import AGGREGATES, CASTS, DUCKDB, PREFIX, SIGNATURES, Form, forms

if TYPE_CHECKING:
    import duckdb

__all__ = ["Library"]

_PACKAGES = ("h3", "pyproj", "shapely")
_CALLED = re.compile(rf"\b{PREFIX}\w+", re.IGNORECASE)
_DEFINITIONS = f"""SELECT string_agg(text, ' ') FROM (
    SELECT sql AS text FROM duckdb_views() WHERE NOT internal
    UNION ALL SELECT macro_definition FROM duckdb_functions() WHERE NOT internal
    UNION ALL SELECT column_default FROM duckdb_columns() WHERE NOT internal
) WHERE contains(lower(text), '{PREFIX}')"""


class Library:
    """The spatial functions of one database."""

    def __init__(self, root: duckdb.DuckDBPyConnection) -> None:
        self._root = root
        self._made: set[str] = set()
        self._lock = threading.Lock()

    def serve(self, sql: str) -> None:
        """Make the functions that DuckDB SQL calls; raises MissingExtra when the extra is not installed."""
        if PREFIX not in sql and PREFIX.upper() not in sql:
            return
        with self._lock:
            wanted = {name.lower() for name in _CALLED.findall(sql)} & _forms().keys() - self._made
            for name in sorted(wanted):
                _make(self._root, _forms()[name])
                self._made.add(name)

    def serve_definitions(self) -> None:
        """Make the functions that the database's views, SQL functions and defaults call."""
        (found,) = self._root.execute(_DEFINITIONS).fetchall()[0]
        with suppress(MissingExtra):  # it is said when the view is read
            self.serve(found or "")


@lru_cache(maxsize=1)
def _forms() -> dict[str, Form]:
    """Every form by its name in DuckDB."""
    return {form.duckdb_name: form for name in {*SIGNATURES, *AGGREGATES, *CASTS} for form in forms(name)}


def _make(db: duckdb.DuckDBPyConnection, form: Form) -> None:
    """Make a form of a function known to a database."""
    if missing := [name for name in _PACKAGES if find_spec(name) is None]:
        raise MissingExtra(f"spatial functions need the package {missing[0]}", hint="pip install 'rsnb[spatial]'")
    from duckdb.func import FunctionNullHandling, PythonUDFType

    from rsnb.warehouse.spatial.running import runner
    from rsnb.warehouse.spatial.table import routine

    db.create_function(
        form.duckdb_name,
        runner(form, routine(form)),
        [DUCKDB[kind] for kind in form.takes],
        DUCKDB[form.returns],
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
