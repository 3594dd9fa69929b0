"""Texts and bytes of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rsnb.engines.wire.cells import Cells

if TYPE_CHECKING:
    import pyarrow as pa


def strings(cells: Cells, kind: pa.DataType) -> pa.Array:
    """UTF-8."""
    return cells.raw().cast(kind)


def raw(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Bytes as they are."""
    return cells.raw()


def hexadecimal(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Bytes as pairs of hexadecimal digits."""
    import pyarrow as pa

    digits = cells.raw()
    data, offsets = digits.buffers()[2], np.frombuffer(digits.buffers()[1], np.int32)[: len(cells) + 1]
    values = _DIGITS[np.frombuffer(data, np.uint8)] if data is not None else np.empty(0, np.uint8)
    if (values > 15).any() or (offsets % 2).any():
        raise ValueError("bytes that are not written as pairs of hexadecimal digits")
    packed = values[0::2] << 4 | values[1::2]
    halved = pa.py_buffer((offsets // 2).astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(cells), [cells.validity(), halved, pa.py_buffer(packed)])


_DIGITS = np.full(256, 255, np.uint8)
_DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_DIGITS[np.frombuffer(b"0123456789ABCDEF", np.uint8)] = np.arange(16)
