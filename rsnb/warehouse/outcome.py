"""What a statement of the embedded warehouse gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = 100_000  # rows fetched at a time when there is a limit


@dataclass
class Outcome:
    """A statement's rows (None for most commands), its command tag, and what it read of the lake."""

    command: str = ""
    table: pa.Table | None = None
    cut_off: bool = False
    s3_files: int | None = None
    s3_bytes: int | None = None
    notes: list[str] = field(default_factory=list)


def fetch(db: duckdb.DuckDBPyConnection, query: str | duckdb.Statement, max_rows: int) -> tuple[pa.Table, bool]:
    """The rows of a query, and whether they were cut off at max_rows (0 is no limit).

    A parsed statement is bound once, a text twice; but the rows of a text are copied once less.
    """
    if not max_rows:
        rows = db.sql(query) if isinstance(query, str) else db.execute(query)
        return rows.to_arrow_table(), False
    table = db.sql(query).limit(max_rows + 1).to_arrow_table()
    return table.slice(0, max_rows), table.num_rows > max_rows
