"""Columns of intervals and zoned times as a result has them, from what DuckDB gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rsnb.warehouse.moments.calendar import DAY
from rsnb.warehouse.moments.intervals import Interval, shown

if TYPE_CHECKING:
    import pyarrow as pa


def zoned_times(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times of day in UTC as `04:00:00.5+00`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.cast(column, pa.string())  # always with six digits
    return pc.binary_join_element_wise(pc.replace_substring_regex(texts, r"\.?0*$", ""), "+00", "")


def instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Timestamps with a time zone in UTC, whatever the session's is."""
    import pyarrow as pa

    return column.cast(pa.timestamp("us", "UTC"))


def durations(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Intervals of days and times as durations."""
    import pyarrow as pa

    return _each(
        column, lambda parts: parts["days"].astype("int64") * DAY + parts["nanoseconds"] // 1000, pa.duration("us")
    )


def months(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Intervals of years and months as `1 year 2 mons`."""
    import pyarrow as pa

    counted = _each(column, lambda parts: parts["months"].astype("int64"), pa.int64()).dictionary_encode()
    chunks = [
        pa.array([shown(Interval(n)) for n in chunk.dictionary.to_pylist()], pa.string()).take(chunk.indices)
        for chunk in counted.chunks
    ]
    return pa.chunked_array(chunks, pa.string())


def _each(column: pa.ChunkedArray, work: Callable[[Any], Any], kind: pa.DataType) -> pa.ChunkedArray:
    """What a function makes of the months, days and nanoseconds of each chunk."""
    import numpy as np
    import pyarrow as pa

    layout = np.dtype([("months", "<i4"), ("days", "<i4"), ("nanoseconds", "<i8")])
    chunks = []
    for chunk in column.chunks:
        parts = np.frombuffer(chunk.buffers()[1], layout)[chunk.offset : chunk.offset + len(chunk)]
        empty = np.asarray(chunk.is_null()) if chunk.null_count else None
        chunks.append(pa.array(work(parts), pa.int64(), mask=empty).cast(kind))
    return pa.chunked_array(chunks, kind)
