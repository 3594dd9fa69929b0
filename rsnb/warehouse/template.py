"""The catalog of a new warehouse, kept in a file of the user's cache: copying it is faster than making it.

The file's name has a digest of what makes the catalog and DuckDB's version. Without it (a cache that can't be
written or read, another version, a user without a home) the catalog is made, and kept for the next time. The files
of a few versions stay, for the environments that take turns.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rsnb.warehouse import catalog
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    import duckdb

VERSIONS = 8  # whose files are kept
_NAME = "rsnb_template"  # of the file while it is attached
_MAKING, _LEFT = "making-", 3600  # begins the name of a folder in which one is written; seconds until it is abandoned


def fill(db: duckdb.DuckDBPyConnection) -> None:
    """Give an empty database in memory the catalog of a new warehouse."""
    place = _place()
    if place is not None and _could(lambda: _copy(db, place, "READ_ONLY", _NAME, "memory")):
        return
    catalog.Catalog(db).create()
    if place is not None and _could(lambda: _keep(db, place)):
        _could(lambda: _tidy(place.parent))


def _could(work: Callable[[], None]) -> bool:
    """Whether a file let work be done; an interrupt and a lack of memory say nothing of the file, and are raised."""
    import duckdb

    try:
        work()
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except (duckdb.Error, OSError):  # a broken file is an Error of no class of its own
        return False
    return True


def _keep(db: duckdb.DuckDBPyConnection, place: Path) -> None:
    """Write the catalog to the file, which other processes see whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=_MAKING, dir=place.parent) as folder:
        made = Path(folder) / place.name
        _copy(db, made, "READ_WRITE", "memory", _NAME)
        made.replace(place)


def _tidy(folder: Path) -> None:
    """Remove the files of older versions, and what processes left that ended while they wrote one."""
    for old in sorted(folder.glob("catalog-*.duckdb"), key=lambda file: file.stat().st_mtime)[:-VERSIONS]:
        old.unlink(missing_ok=True)
    for left in folder.glob(f"{_MAKING}*"):
        if left.stat().st_mtime < time.time() - _LEFT:
            rmtree(left, ignore_errors=True)


def _copy(db: duckdb.DuckDBPyConnection, place: Path, mode: str, source: str, target: str) -> None:
    db.execute(f"ATTACH {text(str(place))} AS {_NAME} ({mode})")
    try:
        db.execute(f"COPY FROM DATABASE {source} TO {target}")
    finally:
        db.execute(f"DETACH {_NAME}")


def _place() -> Path | None:
    """The file, None where the user has no folder for it."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    return folder / "rsnb" / f"catalog-{_digest()}.duckdb" if folder.is_absolute() else None


@lru_cache
def _digest() -> str:
    import duckdb

    made = [duckdb.__version__, *catalog.TABLES.items(), *catalog.FIRST.items(), *catalog.definitions()]
    return hashlib.sha256(repr(made).encode()).hexdigest()[:16]
