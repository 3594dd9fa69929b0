"""The embedded warehouse: Redshift SQL on DuckDB, in process, in memory or in a file."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.errors import ConnectionLost
from rsnb.lake import Lake
from rsnb.warehouse import chance, faults, spatial, template, texts
from rsnb.warehouse.catalog import Catalog
from rsnb.warehouse.connection import Connection
from rsnb.warehouse.formats import functions as formats
from rsnb.warehouse.moments import functions as moments
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.shared import Shared

if TYPE_CHECKING:
    import duckdb

__all__ = ["Connection", "Outcome", "Warehouse", "open_warehouse"]

_SETTINGS = {
    "integer_division": "true",  # 7 / 2 is 3
    "ieee_floating_point_ops": "false",  # 1.0 / 0 and the logarithm of 0 are errors
    "TimeZone": "'UTC'",
    "preserve_insertion_order": "true",
    "arrow_large_buffer_size": "false",
}
_open: dict[Path, Warehouse] = {}
_lock = threading.Lock()


class Warehouse:
    """A DuckDB database that holds a Redshift warehouse; path is None for one in memory."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.shared = Shared()
        self._sessions = 0
        self._root = _connect(path)
        chance.register(self._root)
        formats.register(self._root)
        moments.register(self._root)
        spatial.register(self._root)
        texts.register(self._root)
        if path is None:
            template.fill(self._root)
        else:
            Catalog(self._root).create()

    def connect(self, lake: Lake) -> Connection:
        """A session of its own; sessions see each other's commits."""
        db = self._root.cursor()
        for name, value in _SETTINGS.items():
            db.execute(f"SET {name} = {value}")
        db.execute("SET search_path = 'public'")
        self._sessions += 1
        return Connection(db, lake, self.shared)

    def release(self) -> None:
        """One session less; the last one closes the file."""
        with _lock:
            self._sessions -= 1
            if self._sessions == 0:
                self._root.close()
                if self.path is not None:
                    _open.pop(self.path, None)


def open_warehouse(path: Path | None) -> Warehouse:
    """The warehouse in a file (made if absent, shared within this process), or a new one in memory.

    Raises WarehouseLocked when another process holds the file, ConnectionLost when it can't be read.
    """
    if path is None:
        return Warehouse(None)
    place = path.expanduser().resolve()
    with _lock:
        if place not in _open:
            _open[place] = Warehouse(place)
        return _open[place]


def _connect(path: Path | None) -> duckdb.DuckDBPyConnection:
    import duckdb

    warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)
    try:
        if path is None:
            return duckdb.connect(":memory:")
        path.parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(path))
    except duckdb.IOException as exc:
        raise faults.explain(exc, "") from exc
    except (duckdb.Error, OSError) as exc:
        raise ConnectionLost(f"the warehouse file {path} can't be opened: {faults.first_line(str(exc))}") from exc
