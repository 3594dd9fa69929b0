"""What the system views stand on beside DuckDB's catalog: Arrow tables that are made when a view is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from rsnb.warehouse import journal

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection


@lru_cache
def schema(stream: type) -> pa.Schema:
    """The columns of a stream of the journal, from its fields' annotations."""
    import pyarrow as pa

    lists = pa.list_(pa.list_(pa.string()))
    kinds = {
        "Moment": pa.timestamp("us"),
        "bool": pa.bool_(),
        "int": pa.int64(),
        "str": pa.string(),
        "tuple[tuple[str, str], ...]": lists,
        "tuple[tuple[str, str, str, str | None], ...]": lists,
    }
    return pa.schema([(f.name, kinds[str(f.type).removesuffix(" | None")]) for f in fields(stream)])


def stream_table(stream: type, session: Connection) -> pa.Table:
    """The rows of a stream as they are now."""
    import pyarrow as pa

    rows: list[object] = session.journal.rows(stream)
    kinds = schema(stream)
    columns = [pa.array([getattr(row, f.name) for row in rows], f.type) for f in kinds]
    return pa.Table.from_arrays(columns, schema=kinds)


SOURCES: dict[str, Callable[[Connection], pa.Table]] = {
    stream.__name__: partial(stream_table, stream) for stream in journal.STREAMS
}
