"""Intervals as texts: what Redshift reads with and without a qualifier, and what it prints.

An interval has months and microseconds; a day is 24 hours. Source: Redshift Developer Guide, "Interval data types
and literals", "Examples of interval literals without qualifier syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from rsnb.warehouse.moments.calendar import DAY, time_text
from rsnb.warehouse.moments.parts import MICROSECONDS, MONTHS, PARTS, YEARS
from rsnb.warehouse.moments.spellings import Unreadable

UNITS = ("year", "month", "day", "hour", "minute", "second")
MONTH_UNITS = frozenset({"year", "month"})
QUALIFIER = re.compile(
    r"(year|month|day|hour|minute|second)(?:\s+to\s+(month|hour|minute|second))?(?:\s*\(\s*([0-6])\s*\))?",
    re.IGNORECASE,
)


class Interval(NamedTuple):
    """Months and microseconds."""

    months: int = 0
    microseconds: int = 0


class Qualifier(NamedTuple):
    """`day to second (3)`: the largest unit, the smallest, and the digits of a second."""

    first: str
    last: str
    precision: int = 6

    @property
    def of_months(self) -> bool:
        """Whether the interval is one of years and months."""
        return self.first in MONTH_UNITS

    def __str__(self) -> str:
        text = self.first if self.first == self.last else f"{self.first} to {self.last}"
        return text + (f"({self.precision})" if self.precision != 6 else "")


def qualifier(text: str) -> Qualifier | None:
    """The qualifier of a text such as `year to month`; None when it is none."""
    match = QUALIFIER.fullmatch(text.strip())
    if match is None:
        return None
    first, last = match[1].lower(), (match[2] or match[1]).lower()
    ordered = UNITS.index(first) < UNITS.index(last) if match[2] else True
    if not ordered or (first in MONTH_UNITS) != (last in MONTH_UNITS) or (match[3] and last != "second"):
        return None
    return Qualifier(first, last, int(match[3]) if match[3] else 6)


# Reading

_TOKEN = re.compile(
    r"(?P<clock>[+-]?\d+(?::\d+){1,2}(?:\.\d*)?)"
    r"|(?P<years>[+-]?\d+)-(?P<months>\d+)"
    r"|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))\s*(?P<unit>[a-z]*)"
    r"|(?P<ago>ago)\b",
    re.IGNORECASE | re.ASCII,
)


def read(text: str, limits: Qualifier | None = None) -> Interval:
    """The interval of a text; its bare numbers are in the qualifier's unit, else in seconds. Raises Unreadable."""
    months, microseconds = Fraction(0), Fraction(0)
    tokens = list(_tokens(text))
    for at, match in enumerate(tokens):
        if match["ago"]:
            if at != len(tokens) - 1:
                raise Unreadable("AGO stands at the end")
            months, microseconds = -months, -microseconds
        elif match["clock"]:
            microseconds += _clock(match["clock"], limits)
        elif match["years"]:
            sign = -1 if match["years"].startswith("-") else 1
            months += int(match["years"]) * 12 + sign * int(match["months"])
        else:
            unit = match["unit"].lower() or _unit(tokens[at + 1 :], limits)
            added = _quantity(Fraction(match["number"]), unit)
            months, microseconds = months + added[0], microseconds + added[1]
    return _limited(_whole(months, microseconds), limits)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    wanted = text.strip().removeprefix("@").strip(" ,\t\n")
    if not wanted:
        raise Unreadable("it is empty")
    at = 0
    while at < len(wanted):
        match = _TOKEN.match(wanted, at)
        if match is None:
            raise Unreadable(f"it can't be read from {wanted[at:]!r} on")
        yield match
        at = match.end()
        while at < len(wanted) and wanted[at] in " ,\t\n":
            at += 1


def _clock(text: str, limits: Qualifier | None) -> Fraction:
    """`2:3:4` is hours to seconds; `2:3` hours and minutes, or minutes and seconds where the qualifier says so."""
    sign = -1 if text.startswith("-") else 1
    parts = [Fraction(part) for part in text.lstrip("+-").rstrip(".").split(":")]
    if len(parts) == 2:
        minutes_first = "." in text or (limits is not None and (limits.first, limits.last) == ("minute", "second"))
        parts = [Fraction(0), *parts] if minutes_first else [*parts, Fraction(0)]
    hours, minutes, seconds = parts
    if minutes >= 60 or seconds >= 60:
        raise Unreadable(f"there is no time {text}")
    return sign * ((hours * 60 + minutes) * 60 + seconds) * 1_000_000


def _unit(following: list[re.Match[str]], limits: Qualifier | None) -> str:
    """The unit of a bare number: the qualifier's smallest for the last, a day before a clock, else a second."""
    if following and following[0]["clock"]:
        return "day"
    last = UNITS.index(limits.last if limits else "second")
    return UNITS[max(0, last - sum(bool(m["number"]) for m in following))]


def _quantity(number: Fraction, unit: str) -> tuple[Fraction, Fraction]:
    """Months and microseconds of a number with its unit."""
    part = PARTS.get(unit)
    if part in MICROSECONDS:
        return Fraction(0), number * MICROSECONDS[part]
    months = 12 * YEARS[part] if part in YEARS else MONTHS.get(part or "")
    if months is None:
        raise Unreadable(f"{unit!r} is no unit of an interval")
    return number * months, Fraction(0)


def _whole(months: Fraction, microseconds: Fraction) -> Interval:
    """A part of a month is one of 30 days; a part of a microsecond is left out."""
    kept = int(months)
    return Interval(kept, int(microseconds + (months - kept) * 30 * DAY))


def _limited(value: Interval, limits: Qualifier | None) -> Interval:
    """What a qualifier leaves of an interval; raises Unreadable for one of months beside days."""
    if limits is None:
        return value
    if limits.of_months and value.microseconds:
        raise Unreadable("an interval of years and months can't have days or times")
    if not limits.of_months and value.months:
        raise Unreadable("an interval of days and times can't have years or months")
    step, places = limit(limits)
    return Interval(_cut(value.months, step), 0) if limits.of_months else Interval(0, _rounded(value, step, places))


def limit(limits: Qualifier) -> tuple[int, int]:
    """What a qualifier keeps: whole steps of so many months or microseconds, then a multiple of so many."""
    if limits.of_months:
        return (12 if limits.last == "year" else 1), 1
    return (MICROSECONDS[limits.last] if limits.last != "second" else 1), 10 ** (6 - limits.precision)


def _cut(value: int, step: int) -> int:
    return value // step * step if value >= 0 else -(-value // step * step)


def _rounded(value: Interval, step: int, places: int) -> int:
    kept = _cut(value.microseconds, step)
    half = places // 2 if kept >= 0 else -(places // 2)
    return _cut(kept + half, places)


# Printing, as intervalstyle `postgres` does


def shown(value: Interval) -> str:
    """`1 year 2 mons`, `1 day 02:03:04.5678`."""
    sign = -1 if value.months < 0 else 1
    years, months = divmod(abs(value.months), 12)
    days, rest = divmod(abs(value.microseconds), DAY)
    day_sign = -1 if value.microseconds < 0 else 1
    parts = [
        f"{number} {unit}{'' if number == 1 else 's'}"
        for number, unit in ((sign * years, "year"), (sign * months, "mon"), (day_sign * days, "day"))
        if number
    ]
    if rest or not parts:
        parts.append(("-" if day_sign < 0 else "") + time_text(rest))
    return " ".join(parts)
