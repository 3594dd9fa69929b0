"""What a HyperLogLog sketch keeps of each value, over whole columns: 26 bits of a hash and the rank of another.

The guide does not name the hash. The two halves of MurmurHash3 for x64 with 128 bits and this seed give the sketches
that it prints of integers (INTEGER 4 bytes, BIGINT 8), and that of a text in use. Source: Appleby, MurmurHash3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Bits = np.ndarray[Any, Any]

SEED = 9001
BITS = 26  # of the index
_C1, _C2 = 0x87C37B91114253D5, 0x4CF5AD432745937F


def entries(values: Any) -> Any:
    """The entries of integers or byte strings, index * 64 + rank; NULL for NULL."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_integer(column.type):
        lengths = np.full(len(column), column.type.bit_width // 8, np.int64)
        content = column.fill_null(0).to_numpy(zero_copy_only=False).tobytes()
    else:
        lengths = pc.binary_length(column).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        content = b"".join(v or b"" for v in column.to_pylist())
    data = np.frombuffer(content + bytes(16), np.uint8)
    with np.errstate(over="ignore"):
        first, second = _hashed(data, lengths)
    kept = (first & np.uint64(2**BITS - 1)) * np.uint64(64) + _rank(second)
    return pa.array(kept.astype(np.uint32), mask=np.asarray(pc.is_null(column)))


def _rank(bits: Bits) -> Bits:
    """The place of the highest bit that is set, from 1."""
    import numpy as np

    found = np.full(len(bits), 64, np.uint64)
    for step in (32, 16, 8, 4, 2, 1):
        high = bits >= np.uint64(1 << step)
        found -= high * np.uint64(step)
        bits = np.where(high, bits >> np.uint64(step), bits)
    return found


def _hashed(data: Bits, lengths: Bits) -> tuple[Bits, Bits]:
    """The halves of each hash; blocks of 16 bytes, the last one filled up with zeros."""
    import numpy as np

    starts = np.cumsum(lengths) - lengths
    one, two = (np.full(len(lengths), SEED, np.uint64) for _ in range(2))
    for block in range(int(lengths.max(initial=0)) // 16 + 1):
        live = np.flatnonzero(lengths >= 16 * block)
        places = starts[live, None] + 16 * block + np.arange(16)
        inside = np.arange(16) + 16 * block < lengths[live, None]
        words = np.where(inside, data[np.minimum(places, len(data) - 1)], 0).astype(np.uint8).view("<u8")
        first = one[live] ^ _turned(words[:, 0] * np.uint64(_C1), 31) * np.uint64(_C2)
        second = two[live] ^ _turned(words[:, 1] * np.uint64(_C2), 33) * np.uint64(_C1)
        whole = lengths[live] >= 16 * (block + 1)
        mixed = (_turned(first, 27) + two[live]) * np.uint64(5) + np.uint64(0x52DCE729)
        other = (_turned(second, 31) + mixed) * np.uint64(5) + np.uint64(0x38495AB5)
        one[live], two[live] = np.where(whole, mixed, first), np.where(whole, other, second)
    size = lengths.astype(np.uint64)
    one, two = one ^ size, two ^ size
    one += two
    one, two = _final(one), _final(two + one)
    return one + two, one + two + two


def _turned(bits: Bits, by: int) -> Bits:
    import numpy as np

    turned: Bits = (bits << np.uint64(by)) | (bits >> np.uint64(64 - by))
    return turned


def _final(bits: Bits) -> Bits:
    import numpy as np

    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        bits = (bits ^ (bits >> np.uint64(33))) * np.uint64(factor)
    mixed: Bits = bits ^ (bits >> np.uint64(33))
    return mixed
