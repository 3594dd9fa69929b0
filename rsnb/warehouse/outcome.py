"""What a statement of the embedded warehouse gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.errors import UnsupportedSql
from rsnb.types import Type
from rsnb.warehouse.moments import columns
from rsnb.warehouse.sketch_macros import UNKNOWN, UNPRINTED

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = 100_000  # rows fetched at a time when there is a limit


@dataclass
class Outcome:
    """A statement's rows (None for most commands), its command tag, and what it read of the lake.

    types: the Redshift types of the columns, where they are known better than from Arrow's. source_query: the query
    whose kept result this is.
    """

    command: str = ""
    table: pa.Table | None = None
    types: tuple[Type, ...] | None = None
    cut_off: bool = False
    s3_files: int | None = None
    s3_bytes: int | None = None
    notes: list[str] = field(default_factory=list)
    source_query: int | None = None


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


def shaped(table: pa.Table, types: Sequence[Type]) -> pa.Table:
    """The rows with each column as its Redshift type is held: a CHAR with its blanks, a NUMERIC with its precision."""
    for index, kind in enumerate(types):
        column = table.column(index)
        wanted = _as_declared(column, kind)
        if wanted is not column:
            table = table.set_column(index, table.schema.field(index).name, wanted)
    return table


def _as_declared(column: pa.ChunkedArray, kind: Type) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind.short == "bpchar":
        return pc.utf8_rpad(column, kind.args[0])
    if (shape := _SHAPES.get(kind.short)) is not None:
        return shape(column)
    held = _HELD.get(kind.short)
    if kind.short == "numeric":
        expected = pa.decimal128(*kind.args)
    elif held is not None:
        expected = getattr(pa, held)()
    else:
        return column
    return column if column.type == expected else column.cast(expected)


def _printed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Sketches as they are printed; raises UnsupportedSql for one whose text in Redshift is not known."""
    import pyarrow.compute as pc

    if pc.any(pc.starts_with(column, UNKNOWN)).as_py():
        raise UnsupportedSql(
            f"{UNPRINTED} by the embedded warehouse: its bits in Redshift are not known",
            hint="take its cardinality: HLL_CARDINALITY",
        )
    return column


_SHAPES = {
    "hllsketch": _printed, "intervald2s": columns.durations, "intervaly2m": columns.months,
    "timestamptz": columns.instants, "timetz": columns.zoned_times,
}  # fmt: skip
_HELD = {
    "bool": "bool_", "date": "date32", "float4": "float32", "float8": "float64", "int2": "int16", "int4": "int32",
    "int8": "int64", "super": "string", "varchar": "string",
}  # fmt: skip
