"""Where the rows of a block of bytes start, found for all rows at once.

A row's message is a D, its length in four bytes, the number of columns in two. The places that look like that are
found with numpy; the lengths must then lead from one to the next, so a value that looks like a row is none.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]

HEAD = 7  # bytes of a row before its first column
_FEW = 2048  # bytes below which rows are walked one after the other
_MARK = int.from_bytes(b"D\0", "little")  # the tag, and the length's first byte: rows are below 16 MB here
_LENGTH = struct.Struct("!i").unpack_from


def rows(block: npt.NDArray[np.uint8], start: int, end: int, columns: int) -> tuple[Places, int]:
    """The starts of the whole rows from `start` on that follow each other without a gap, and where they end.

    block: bytes, with a few to spare behind `end`.
    """
    if end - start < _FEW:
        return _walked(block, start, end)
    places = _candidates(block, start, end, columns)
    ends = places + 1 + _lengths(block, places)
    if not len(places) or places[0] != start:
        return _walked(block, start, end)
    wrong = np.flatnonzero(ends[:-1] != places[1:])
    if len(wrong):
        chained = _chained(places, ends, wrong.tolist())
        places, ends = places[chained], ends[chained]
    if ends[-1] > end:
        places, ends = places[:-1], ends[:-1]
    if not len(places):
        return places, start
    return places, int(ends[-1])


def _candidates(block: npt.NDArray[np.uint8], start: int, end: int, columns: int) -> Places:
    """The places that have a row's tag and its number of columns."""
    even = np.flatnonzero(block[start : start + (end - start) // 2 * 2].view("<u2") == _MARK) * 2
    odd = np.flatnonzero(block[start + 1 : start + 1 + (end - start - 1) // 2 * 2].view("<u2") == _MARK) * 2 + 1
    places: Places = np.concatenate([even, odd]) + start
    places.sort()
    places = places[places <= end - HEAD]
    high, low = divmod(columns, 256)
    fitting: Places = places[(block[places + 5] == high) & (block[places + 6] == low)]
    return fitting


def _lengths(block: npt.NDArray[np.uint8], places: Places) -> Places:
    view = np.ndarray((max(len(block) - 3, 0),), ">i4", block, strides=(1,))
    found: Places = view[places + 1].astype(np.int64)
    return found


def _chained(places: Places, ends: Places, wrong: list[int]) -> npt.NDArray[np.bool_]:
    """Which places are reached from the first one by the lengths. wrong: those that do not lead to the one behind."""
    kept = np.ones(len(places), np.bool_)
    real = 0  # up to here it is known what is reached
    for place in wrong:
        if place < real:
            continue
        real = int(np.searchsorted(places, ends[place]))
        kept[place + 1 : real] = False
        if real == len(places) or places[real] != ends[place]:
            kept[real:] = False
            break
    return kept


def _walked(block: npt.NDArray[np.uint8], start: int, end: int) -> tuple[Places, int]:
    """The same, row after row."""
    view, found = block.data, []
    while start + HEAD <= end and view[start] == 68:
        after = start + 1 + _LENGTH(view, start + 1)[0]
        if after > end:
            break
        found.append(start)
        start = after
    return np.array(found, np.int64), start
