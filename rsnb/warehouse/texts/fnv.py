"""The 64-bit FNV-1a hash over whole columns.

Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm" (draft-eastlake-fnv); a seed is the hash so far.
"""

from __future__ import annotations

from typing import Any

OFFSET = 14695981039346656037
PRIME = 1099511628211


def hashed(values: Any, seeds: Any) -> Any:
    """The hashes of byte strings, each begun with its seed; NULL for NULL."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.chunked_array(values).combine_chunks() if not isinstance(values, pa.Array) else values
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    lengths = pc.binary_length(column).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    data = np.frombuffer(b"".join(v or b"" for v in column.to_pylist()), np.uint8)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(lengths) else lengths
    seed = pc.fill_null(seeds, 0)
    state = np.asarray(seed.to_numpy(), np.int64).astype(np.uint64)
    with np.errstate(over="ignore"):
        for position in range(int(lengths.max(initial=0))):
            live = np.flatnonzero(lengths > position)
            state[live] = (state[live] ^ data[starts[live] + position]) * np.uint64(PRIME)
    return pa.array(state.astype(np.int64), mask=np.asarray(pc.is_null(column)))
