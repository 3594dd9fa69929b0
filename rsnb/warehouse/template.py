"""The catalog of a new warehouse, kept in a file of the user's cache: copying it is faster than making it.

The file's name has a digest of what makes the catalog and DuckDB's version. Without it (a cache that can't be
written or read, another version) the catalog is made, and kept for the next time.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rsnb.warehouse import catalog
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    import duckdb

_NAME = "rsnb_template"  # of the file while it is attached


def fill(db: duckdb.DuckDBPyConnection) -> None:
    """Give an empty database in memory the catalog of a new warehouse."""
    import duckdb

    place = _place()
    try:
        _copy(db, place, "READ_ONLY", _NAME, "memory")
    except duckdb.Error:  # it is not there, or can't be read
        catalog.Catalog(db).create()
        with suppress(duckdb.Error, OSError):  # a cache that can't be written: the next one is made again
            _keep(db, place)


def _keep(db: duckdb.DuckDBPyConnection, place: Path) -> None:
    """Write the catalog to the file, which other processes see whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=place.parent) as folder:
        made = Path(folder) / place.name
        _copy(db, made, "READ_WRITE", "memory", _NAME)
        made.replace(place)


def _copy(db: duckdb.DuckDBPyConnection, place: Path, mode: str, source: str, target: str) -> None:
    db.execute(f"ATTACH {text(str(place))} AS {_NAME} ({mode})")
    try:
        db.execute(f"COPY FROM DATABASE {source} TO {target}")
    finally:
        db.execute(f"DETACH {_NAME}")


def _place() -> Path:
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(folder) / "rsnb" / f"catalog-{_digest()}.duckdb"


@lru_cache
def _digest() -> str:
    import duckdb

    made = [duckdb.__version__, *catalog.TABLES.items(), *catalog.FIRST.items(), *catalog.definitions()]
    return hashlib.sha256(repr(made).encode()).hexdigest()[:16]
