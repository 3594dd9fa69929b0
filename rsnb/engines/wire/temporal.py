"""Dates, times and intervals of a result. The server counts from 2000-01-01 in the Gregorian calendar of all times.

Arrow has no infinity: `infinity` and `-infinity` are the last and the first moment that the column can hold.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from rsnb.engines.wire.cells import Cells

if TYPE_CHECKING:
    import pyarrow as pa

DAYS = 10_957  # from 1970-01-01 to 2000-01-01
MICROSECONDS = DAYS * 86_400_000_000
LAST, FIRST = np.iinfo(np.int64).max, np.iinfo(np.int64).min + 1  # the least one is numpy's NaT
LAST_DAY, FIRST_DAY = np.iinfo(np.int32).max, np.iinfo(np.int32).min


def timestamps(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Microseconds, in eight bytes."""
    given = cells.numbers(">i8")
    with np.errstate(over="ignore"):
        moments = given + MICROSECONDS
    moments[given > LAST - MICROSECONDS] = LAST
    moments[given <= FIRST] = FIRST
    return cells.array(kind, moments)


def seconds(cells: Cells, kind: pa.DataType) -> pa.Array:
    """ABSTIME: seconds since 1970, in four bytes."""
    return cells.array(kind, cells.numbers(">i4").astype(np.int64) * 1_000_000)


def dates(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Days, in four bytes."""
    given = cells.numbers(">i4").astype(np.int64)
    days = np.minimum(given + DAYS, LAST_DAY)
    days[given == FIRST_DAY] = FIRST_DAY
    return cells.array(kind, days.astype(np.int32))


def times(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Microseconds of the day, in eight bytes."""
    return cells.array(kind, cells.numbers(">i8"))


def times_as_text(cells: Cells, kind: pa.DataType) -> pa.Array:
    """As `10:11:12.5`: two digits each, then up to six of the second's fraction."""
    microseconds = np.zeros(len(cells), np.int64)
    for start, unit in ((0, 3_600_000_000), (3, 60_000_000), (6, 1_000_000)):
        microseconds += (_digit(cells, start) * 10 + _digit(cells, start + 1)) * unit
    for place in range(6):
        fraction = np.where(cells.length > 9 + place, _digit(cells, 9 + place), 0)
        microseconds += fraction * 10 ** (5 - place)
    return cells.array(kind, microseconds)


def _digit(cells: Cells, offset: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The decimal digit that stands at an offset of each value."""
    places = np.minimum(cells.at + offset, len(cells.block) - 1)
    return cells.block[places].astype(np.int64) - ord("0")


def dates_as_text(cells: Cells, kind: pa.DataType) -> pa.Array:
    """As `2020-02-29`; other lengths are far years, years before Christ, or infinite."""
    import pyarrow as pa

    plain = cells.length == 10
    if cells.null is not None:
        plain |= cells.null
    if plain.all():
        return cells.raw().cast(pa.string()).cast(kind)
    odd = cells.where(~plain).raw().cast(pa.string()).to_pylist()
    days = np.zeros(len(cells), np.int32)
    days[~plain] = [_day(text) for text in odd]
    usual = cells.where(plain).raw().cast(pa.string()).cast(kind)
    days[plain] = usual.cast(pa.int32()).fill_null(0).to_numpy()
    return cells.array(kind, days)


_DATE = re.compile(r"(\d{4,})-(\d\d)-(\d\d)( BC)?")
_CYCLE, _CYCLE_DAYS = 400, 146_097  # years after which the Gregorian calendar repeats itself


def _day(text: str) -> int:
    """Days since 1970-01-01 of a date that Python's calendar may not reach."""
    if text in ("infinity", "-infinity"):
        return int(LAST_DAY if text == "infinity" else FIRST_DAY)
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(f"the date {text!r} is not written as ISO 8601: run `set datestyle to iso`")
    year = 1 - int(match[1]) if match[4] else int(match[1])
    cycles, rest = divmod(year - 1, _CYCLE)
    day = date(rest + 1, int(match[2]), int(match[3])).toordinal() - date(1970, 1, 1).toordinal()
    return min(day + cycles * _CYCLE_DAYS, int(LAST_DAY))
