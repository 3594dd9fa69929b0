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
    return _first(db.sql(query), max_rows)


def _first(rows: duckdb.DuckDBPyRelation, limit: int) -> tuple[pa.Table, bool]:
    """The first rows, read in batches until there are enough; whether there are more."""
    import pyarrow as pa

    reader = rows.to_arrow_reader(BATCH)
    batches: list[pa.RecordBatch] = []
    for batch in reader:
        batches.append(batch)
        if sum(b.num_rows for b in batches) > limit:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    reader.close()
    return table.slice(0, limit), table.num_rows > limit
