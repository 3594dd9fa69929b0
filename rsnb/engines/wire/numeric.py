"""NUMERIC, exactly, as Arrow decimals of the column's precision and scale.

From protocol 2 on a value is the digits as an integer, big-endian, in 8 or in 16 bytes; the scale is in the column's
type modifier (redshift_connector 2.2.0, utils.type_utils.numeric_in_binary). Before that it is text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rsnb.engines.wire.cells import Cells

if TYPE_CHECKING:
    import pyarrow as pa


def precision(modifier: int) -> tuple[int, int] | None:
    """Precision and scale of a type modifier; None where it has none that Redshift has."""
    digits, scale = (modifier - 4) >> 16, (modifier - 4) & 0xFFFF
    return (digits, scale) if scale <= digits <= 38 and digits else None


def scaled(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Integers of 8 or 16 bytes."""
    halves = np.zeros((len(cells), 2), np.int64)  # Arrow's: the low half first
    long = cells.length == 16
    high = cells.numbers(">i8")
    if long.any():
        halves[:, 0] = np.where(long, cells.numbers(">i8", 8), high)
        halves[:, 1] = np.where(long, high, high >> 63)
    else:
        halves[:, 0], halves[:, 1] = high, high >> 63
    _check(cells, long)
    return cells.array(kind, halves)


def _check(cells: Cells, long: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    odd = ~long & (cells.length != 8)
    if cells.null is not None:
        odd &= ~cells.null
    if odd.any():
        raise ValueError(f"a numeric of {int(cells.length[odd][0])} bytes; there are 8 or 16")
