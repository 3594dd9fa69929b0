"""The embedded warehouse as an engine: `embedded://` in memory, `embedded:///path` in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.auth.account import Account
from rsnb.engines import Fetched, Target, without_password
from rsnb.errors import ConfigError
from rsnb.lake import Lake
from rsnb.result import Served
from rsnb.warehouse import Warehouse, open_warehouse

if TYPE_CHECKING:
    import pyarrow as pa


class EmbeddedEngine:
    """A session of an embedded warehouse."""

    def __init__(self, warehouse: Warehouse, lake: Lake) -> None:
        self._warehouse = warehouse
        self._connection = warehouse.connect(lake)

    def execute(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one statement."""
        outcome = self._connection.execute(sql, datasets, max_rows)
        types = None if outcome.types is None else tuple(map(str, outcome.types))
        query, source = self._connection.statement.query, outcome.source_query
        served = None if source is None else Served(str(query), cached=True, source_query=str(source))
        return Fetched(
            outcome.command, outcome.table, outcome.cut_off, outcome.s3_files, outcome.s3_bytes,
            tuple(outcome.notes), types, query_id=query, served=served,
        )  # fmt: skip

    def cancel(self) -> None:
        """Stop the statement that is running."""
        self._connection.cancel()

    def close(self) -> None:
        """End the session; the last one closes the file."""
        self._connection.close()
        self._connection.lake.close()
        self._warehouse.release()

    @property
    def transaction(self) -> str:
        """`idle`, `open` or `failed`."""
        return self._connection.transaction.state


def connect(target: Target) -> EmbeddedEngine:
    """Open `embedded://` or `embedded:///folder/warehouse.duckdb`; a path of `/./x` is relative to the root."""
    place = target.url.removeprefix("embedded://")
    if not place:
        path = None
    elif place.startswith("/./"):
        path = target.root / place[3:]
    elif place.startswith("/") and len(place) > 1:
        path = Path(place)
    else:
        raise ConfigError(
            f"{without_password(target.url)!r} has no path",
            hint="embedded:// is in memory, embedded:///folder/x.duckdb a file",
        )
    return EmbeddedEngine(open_warehouse(path), Lake(target.lake, Account.of(None, target.keys)))
