"""Whole numbers, floating-point numbers and booleans of a result: binary, and as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from rsnb.engines.wire.cells import Cells

if TYPE_CHECKING:
    import pyarrow as pa

Decoder = Callable[[Cells, "pa.DataType"], "pa.Array"]


def fixed(dtype: str) -> Decoder:
    """Numbers of this big-endian numpy type."""
    return lambda cells, kind: cells.array(kind, cells.numbers(dtype))


def wider(dtype: str, wide: str) -> Decoder:
    """The same, held in a wider type."""
    return lambda cells, kind: cells.array(kind, cells.numbers(dtype).astype(wide))


def booleans(cells: Cells, kind: pa.DataType) -> pa.Array:
    """One byte, 1 for true."""
    return cells.array(kind, np.packbits(cells.block[cells.at] == 1, bitorder="little"))


def cast(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Digits as text."""
    import pyarrow as pa

    return cells.raw().cast(pa.string()).cast(kind)
