"""The values of a block of rows, column by column: where each starts, how long it is, which are NULL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rsnb.engines.wire.framing import HEAD, Places

if TYPE_CHECKING:
    import pyarrow as pa

SPARE = 16  # bytes behind a block's end that may be read, and mean nothing


@dataclass(frozen=True)
class Cells:
    """The values of one column in a block of bytes. null: which are NULL; None where none is."""

    block: npt.NDArray[np.uint8]
    at: Places
    length: Places
    null: npt.NDArray[np.bool_] | None

    def __len__(self) -> int:
        return len(self.at)

    def numbers(self, dtype: str, offset: int = 0) -> npt.NDArray[Any]:
        """Each value's bytes from an offset on as a number; what NULL holds means nothing."""
        kind = np.dtype(dtype)
        view = np.ndarray((len(self.block) - kind.itemsize + 1,), kind, self.block, strides=(1,))
        found: npt.NDArray[Any] = view[self.at + offset if offset else self.at]
        return found.astype(kind.newbyteorder("="), copy=False)

    def validity(self) -> pa.Buffer | None:
        """Arrow's bitmap of what is not NULL."""
        import pyarrow as pa

        return None if self.null is None else pa.py_buffer(np.packbits(~self.null, bitorder="little"))

    def array(self, kind: pa.DataType, data: npt.NDArray[Any]) -> pa.Array:
        """An Arrow array of this data, with the NULLs of these cells."""
        import pyarrow as pa

        return pa.Array.from_buffers(kind, len(self), [self.validity(), pa.py_buffer(data)])

    def raw(self) -> pa.Array:
        """The bytes of each value, copied out of the block."""
        import pyarrow as pa

        count = len(self)
        offsets = np.empty(2 * count, np.int32)
        offsets[0::2] = self.at
        offsets[1::2] = self.at + self.length
        between = pa.Array.from_buffers(
            pa.binary(), max(2 * count - 1, 0), [None, pa.py_buffer(offsets), pa.py_buffer(self.block)]
        )  # the values, and what stands between them
        return between.take(self.array(pa.int32(), np.arange(0, 2 * count, 2, dtype=np.int32)))

    def where(self, chosen: npt.NDArray[np.bool_]) -> Cells:
        """Only the chosen ones."""
        null = None if self.null is None else self.null[chosen]
        return Cells(self.block, self.at[chosen], self.length[chosen], null)


def columns(block: npt.NDArray[np.uint8], starts: Places, count: int) -> Iterator[Cells]:
    """The cells of each column of rows that start there."""
    lengths = np.ndarray((len(block) - 3,), ">i4", block, strides=(1,))
    at = starts + HEAD
    for _ in range(count):
        length = lengths[at].astype(np.int64)
        null = length < 0
        at = at + 4
        if null.any():
            length[null] = 0
            yield Cells(block, at, length, null)
        else:
            yield Cells(block, at, length, None)
        at = at + length
