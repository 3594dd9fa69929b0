"""TO_DATE and TO_TIMESTAMP: a text as a pattern says that it is written.

A number has at most as many digits as its key, more of a part than there is carries over unless it is strict, and
what the text has not is the beginning of the year 1. Source: Redshift Developer Guide, TO_DATE, TO_TIMESTAMP.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rsnb.warehouse.formats.moments import Unknown
from rsnb.warehouse.formats.pattern import Part, of_moments
from rsnb.warehouse.moments import calendar
from rsnb.warehouse.moments.calendar import DAY, MONTHS, WEEKDAYS


class Unreadable(ValueError):
    """A text that is not as its pattern says, or a part of it that is out of range."""


@dataclass
class Fields:
    """What was read; a part that was not is None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    day_of_year: int | None = None
    julian: int | None = None
    hour: int = 0
    half_hour: int | None = None
    minute: int = 0
    second: int = 0
    seconds: int | None = None
    microsecond: int = 0
    afternoon: bool = False
    before_christ: bool = False


_DIGITS = {"D": 1, "DD": 2, "DDD": 3, "HH": 2, "HH12": 2, "HH24": 2, "J": 7, "MI": 2, "MM": 2, "MS": 3, "SS": 2,
           "SSSS": 5, "US": 6, "Y": 1, "YY": 2, "YYY": 3, "YYYY": 4}  # fmt: skip
_FIELDS = {"DD": "day", "DDD": "day_of_year", "HH": "half_hour", "HH12": "half_hour", "HH24": "hour", "J": "julian",
           "MI": "minute", "MM": "month", "SS": "second", "SSSS": "seconds"}  # fmt: skip
_WORDS = {"MONTH", "MON", "DAY", "DY", "AM", "PM", "A.M.", "P.M.", "AD", "BC", "A.D.", "B.C."}


def prepared(pattern: str) -> list[Part]:
    """The parts of a pattern that a text is read by; raises Unknown for a key that is not read."""
    parts = of_moments(pattern)
    for part in parts:
        if part.key and part.name not in _DIGITS and part.name not in _WORDS and part.name != "FX":
            raise Unknown(f"{part.key} in a pattern that a text is read by")
    return parts


def read(text: str, parts: list[Part], strict: bool = False) -> tuple[int, int]:
    """The day number and the microseconds of the day of a text; raises Unreadable."""
    found = Fields()
    at = 0
    for part in parts:
        if at >= len(text):
            break
        if not part.key:
            at = _skip(text, at, part.text)
        elif part.name in _DIGITS:
            at = _number(found, text, at, part)
            at += 2 if part.ordinal and text[at : at + 2].isalpha() else 0
        elif part.name in _WORDS:
            at = _word(found, text, at, part.name)
    return _combined(found, strict)


def _skip(text: str, at: int, marks: str) -> int:
    """What stands between the parts: any marks in the stead of others, but no letters or digits."""
    for mark in marks:
        if at < len(text) and text[at] != mark and (text[at].isalnum() or mark.isalnum()):
            raise Unreadable(f"{mark!r} is expected at {text[at:]!r}")
        at += 1
    return at


def _number(found: Fields, text: str, at: int, part: Part) -> int:
    name = part.name
    match = re.compile(rf"\s*(\d{{1,{_DIGITS[name]}}})").match(text, at)
    if match is None:
        raise Unreadable(f"{part.key} is expected at {text[at:]!r}")
    digits = match[1]
    if name in _FIELDS:
        setattr(found, _FIELDS[name], int(digits))
    elif name in ("MS", "US"):
        found.microsecond = int(digits.ljust(3 if name == "MS" else 6, "0")) * (1000 if name == "MS" else 1)
    elif name != "D":
        found.year = int(digits) + _CENTURIES[name](int(digits))
    return match.end()


_CENTURIES: dict[str, Callable[[int], int]] = {
    "YYYY": lambda year: 0,
    "YYY": lambda year: 2000 if year < 100 else 1000,
    "YY": lambda year: 2000 if year < 70 else 1900,
    "Y": lambda year: 2000,
}


def _word(found: Fields, text: str, at: int, name: str) -> int:
    rest = text[at:].lower()
    if name in ("MONTH", "MON", "DAY", "DY"):
        names = MONTHS if name in ("MONTH", "MON") else WEEKDAYS
        short = name in ("MON", "DY")
        number = next((n for n, full in enumerate(names, 1) if rest.startswith(full[:3] if short else full)), 0)
        if not number:
            raise Unreadable(f"a name is expected at {text[at:]!r}")
        if names is MONTHS:
            found.month = number
        return at + (3 if short else len(names[number - 1]))
    match = re.match(r"(a|p)\.?m\.?" if "M" in name else r"(a|b)\.?[dc]\.?", rest)
    if match is None:
        raise Unreadable(f"{name} is expected at {text[at:]!r}")
    found.afternoon |= match[1] == "p"
    found.before_christ |= match[1] == "b"
    return at + match.end()


def _combined(found: Fields, strict: bool) -> tuple[int, int]:
    if found.half_hour is not None:
        if not 1 <= found.half_hour <= 12:
            raise Unreadable("the hour of a 12-hour clock is 1 to 12")
        found.hour = found.half_hour % 12
    if found.afternoon and found.hour < 12:
        found.hour += 12
    if strict:
        _check(found)
    number = _day_number(found)
    seconds = found.seconds if found.seconds is not None else (found.hour * 60 + found.minute) * 60 + found.second
    carried, time = divmod(seconds * 1_000_000 + found.microsecond, DAY)
    return number + carried, time


def _day_number(found: Fields) -> int:
    if found.julian is not None:
        return calendar.day_number(*calendar.of_julian(found.julian))
    year = 1 if found.year is None else found.year
    if found.before_christ:
        year = 1 - year
    if found.day_of_year is not None:
        return calendar.day_number(year, 1, found.day_of_year)
    return calendar.day_number(year, 1 if found.month is None else found.month, 1 if found.day is None else found.day)


def _check(found: Fields) -> None:
    """Raise for a part that is out of range."""
    year, month, day = found.year or 1, found.month, found.day
    month, day = 1 if month is None else month, 1 if day is None else day
    if not 1 <= month <= 12 or not 1 <= day <= calendar.month_length(year, month):
        raise Unreadable(f"date value out of range: {year}-{month}-{day}")
    if found.hour > 23 or found.minute > 59 or found.second > 59:
        raise Unreadable(f"time value out of range: {found.hour}:{found.minute:02d}:{found.second:02d}")


def normal(text: str, parts: list[Part], strict: bool) -> str:
    """A text as a timestamp that the engine reads."""
    number, time = read(text, parts, strict)
    date, _, era = calendar.date_text(calendar.date_of(number)).partition(" ")
    return f"{date}{' ' + era if era else ''} {calendar.time_text(time)}"


# As SQL

_FAST = {"DD": ("%d", 2), "HH24": ("%H", 2), "MI": ("%M", 2), "MM": ("%m", 2), "SS": ("%S", 2), "YYYY": ("%Y", 4)}


def fast(parts: list[Part]) -> tuple[str, str, int] | None:
    """What DuckDB's strptime reads alike: its format, the texts, and how many characters of them it is given.

    None for a pattern that it does not have. What follows behind the pattern is left out.
    """
    format_, looks, width = "", "", 0
    for part in parts:
        if not part.key:
            format_ += part.text.replace("%", "%%")
            looks += re.escape(part.text)
            width += len(part.text)
        elif part.name in _FAST and part.fill and not part.ordinal:
            directive, digits = _FAST[part.name]
            format_ += directive
            looks += rf"\d{{{digits}}}"
            width += digits
        else:
            return None
    return (format_, rf"(?s){looks}.*", width) if "%Y" in format_ else None
