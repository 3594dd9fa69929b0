"""ANALYZE COMPRESSION: an estimate of what each column's values would take in another encoding.

Redshift's own sampler is not public. Here a sample is measured: whole numbers, decimals and moments packed by their
range in groups of 64, as AZ64 is described; everything else with Zstandard. The size before is that of the encoding
that the column has: raw bytes, or LZ4 for LZO.
Source: Redshift Developer Guide, ANALYZE COMPRESSION, "Compression encodings".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.literals import quote_identifier
from rsnb.warehouse.definitions import columns as kept
from rsnb.warehouse.definitions.altering import column_of, refuse_no_table
from rsnb.warehouse.definitions.tables import Column
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.maintenance import all_tables
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.records import ColumnEncoding, now
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection

ROWS = 100_000  # of the sample, unless COMPROWS asks for more
_ALLOWED = range(1_000, 1_000_000_001)
_PACKED = 64  # values in a group
_NOTE = "estimated from a sample with Zstandard and packed integers; a cluster measures with its own encodings"


def analyze_compression(session: Connection, sql: str) -> Outcome:
    """ANALYZE COMPRESSION [table [(column, ...)]] [COMPROWS n]."""
    import pyarrow as pa

    read = Reader(sql)
    read.expect("analyze", "compression")
    tables, asked = all_tables(session), None
    if read.next.kind != "end" and not read.peek("comprows"):
        tables = [session.snapshot.relations.local_table(read.qualified(), sql)]
        refuse_no_table(session, tables[0], sql)
        if read.peek("("):
            asked = [column_of(session, tables[0], name, sql).name for name in read.names()]
    rows = _sample(read) if read.accept("comprows") else ROWS
    read.done()
    lines = [line for table in tables for line in _of_table(session, table, asked, rows)]
    names = ("Table", "Column", "Encoding", "Est_reduction_pct")
    table = pa.table({n: pa.array([line[i] for line in lines], pa.string()) for i, n in enumerate(names)})
    return Outcome(table=table, notes=[_NOTE])


def _sample(read: Reader) -> int:
    rows = read.number()
    if rows not in _ALLOWED:
        raise SqlError(
            f"COMPROWS is {_ALLOWED[0]:,} to {_ALLOWED[-1]:,}", sql=read.sql, position=place_of(read.sql, str(rows))
        )
    return max(rows, ROWS)


def _of_table(session: Connection, table: Relation, asked: list[str] | None, rows: int) -> list[tuple[str, ...]]:
    sortkey = kept.attributes_of(session, table).sortkey
    query, start = session.statement.query, now()
    lines: list[tuple[str, ...]] = []
    for number, column in enumerate(kept.of_table(session, table)):
        encoding, reduction = "N/A", 0.0
        if asked is None or column.name in asked:
            old = encoding = column.encoding.replace("none", "raw")
            if column.name not in sortkey:  # the sort key keeps its encoding
                encoding, reduction = _best(encoding, _values(session, table, column, rows), column)
            session.journal.add(ColumnEncoding(query, table.schema, table.name, number, old, encoding, start))
        lines.append((table.name, column.name, encoding, f"{reduction:.2f}"))
    return lines


def _values(session: Connection, table: Relation, column: Column, rows: int) -> pa.Array:
    query = f"SELECT {quote_identifier(column.name)} FROM {place(table.schema, table.name)} LIMIT {rows}"
    values: pa.Table = session.db.execute(query).to_arrow_table()
    return values.column(0).combine_chunks().drop_null()


def _best(encoding: str, values: pa.Array, column: Column) -> tuple[str, float]:
    """The encoding to choose, and by how much of a hundred it makes the column smaller."""
    import pyarrow.types as t

    if len(values) == 0:
        return encoding, 0.0
    if t.is_boolean(values.type):
        values = values.cast("uint8")  # a byte each
    integers = None if t.is_uint8(values.type) else _integers(values)
    choice, after = ("az64", _packed_size(integers)) if integers is not None else ("zstd", _size(values, "zstd"))
    if encoding == choice:
        return encoding, 0.0
    before = integers.nbytes if integers is not None else _size(values, "lz4" if encoding == "lzo" else "")
    if before <= after:
        return encoding, 0.0
    return choice, 100 * (before - after) / before


def _integers(values: pa.Array) -> Any:
    """Whole numbers, decimals and moments as integers; None for other types, and for decimals of over 18 digits."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.types as t

    kind = values.type
    if t.is_decimal(kind):  # 16 bytes, the lower half first
        return None if kind.precision > 18 else np.frombuffer(values.buffers()[1], np.int64)[::2]
    if t.is_date32(kind):
        return values.cast(pa.int32()).to_numpy(zero_copy_only=False)
    if t.is_timestamp(kind) or t.is_time64(kind) or t.is_duration(kind):
        return values.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return values.to_numpy(zero_copy_only=False) if t.is_integer(kind) else None


def _packed_size(values: np.ndarray[Any, Any]) -> int:
    """Bytes of integers that are packed by the range of each group, with its least value before them."""
    import numpy as np

    width = values.dtype.itemsize
    padded = np.pad(values, (0, -len(values) % _PACKED), mode="edge").reshape(-1, _PACKED)
    spread = padded.max(axis=1).astype(np.float64) - padded.min(axis=1).astype(np.float64)
    bits = np.ceil(np.log2(spread + 1))
    return int((bits * _PACKED / 8 + width + 1).sum())


def _size(values: pa.Array, codec: str) -> int:
    """Bytes of the values as they lie in memory, or packed by a codec."""
    import pyarrow as pa

    buffers = [b for b in values.buffers()[1:] if b is not None]
    if not codec:
        return sum(b.size for b in buffers)
    return sum(len(pa.compress(b, codec=codec, asbytes=True)) for b in buffers)


HANDLERS = {"analyze_compression": analyze_compression}
