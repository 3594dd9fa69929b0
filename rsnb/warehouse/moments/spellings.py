"""The spellings of dates and times that Redshift reads, each made of the words below.

Source: Redshift Developer Guide, "Date, time, and timestamp literals", "Datetime types", "Using automatic
recognition with DATEFORMAT and TIMEFORMAT", "datestyle".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rsnb.warehouse.moments import calendar, zones
from rsnb.warehouse.moments.calendar import DAY, MONTHS, WEEKDAYS, Date
from rsnb.warehouse.moments.zones import Zone

SPECIAL = ("now", "today", "tomorrow", "yesterday")
KINDS = ("date", "timestamp", "timestamptz", "time", "timetz")


class Unreadable(ValueError):
    """A text that is no date or time; says why."""


@dataclass
class Moment:
    """What a text says: a date, microseconds of the day, a zone, or one of the special words.

    numbers: those that stand alone, until the rest tells what they are. short: the year has two digits.
    """

    date: Date | None = None
    time: int | None = None
    zone: Zone | None = None
    special: str = ""
    month: int = 0
    short: bool = False
    before_christ: bool = False
    half: str = ""  # am or pm
    numbers: list[str] = field(default_factory=list)


# What can stand in a text: a name for each form, and how it looks
_FORMS = {
    "time": r"t?(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?P<fraction>\.\d*)?)?(?![\d:])",
    "julian": r"j(?P<julian>\d+)(?!\w)",
    "day_of_year": r"(?P<doy_year>\d{4})\.(?P<doy>\d{3})(?![\d.])",
    "numbers": r"(?P<n1>\d+)(?P<mark>[-/.])(?P<n2>\d+)(?P=mark)(?P<n3>\d+)(?!\d)",
    "month_between": r"(?P<b1>\d+)(?P<bmark>[-/.])(?P<bmonth>[a-z]+)(?P=bmark)(?P<b2>\d+)(?!\d)",
    "month_first": r"(?P<fmonth>[a-z]+)(?P<fmark>[-/.])(?P<f1>\d+)(?P=fmark)(?P<f2>\d+)(?!\d)",
    "digits": r"(?P<digits>\d+)(?P<part>\.\d+)?(?![\d.])",
    "offset": r"(?P<offset>[+-]\d{1,2}(?::?\d{2})?(?::\d{2})?)(?![\d:])",
    "word": r"(?P<word>[a-z][a-z_]*(?:[0-9][a-z]+|(?:/[a-z0-9_+-]+)+)?)\.?",
}
_FORM = re.compile("|".join(f"(?P<form_{name}>{form})" for name, form in _FORMS.items()), re.IGNORECASE | re.ASCII)
_BLANK = re.compile(r"[\s,]*")


def read(text: str, kind: str = "timestamp", order: str = "MDY") -> Moment:
    """The moment of a text; raises Unreadable. order is how datestyle has day, month and year of `01/02/03`."""
    found = Moment()
    at = _BLANK.match(text).end()  # type: ignore[union-attr]
    if at == len(text):
        raise Unreadable("it is empty")
    while at < len(text):
        match = _FORM.match(text, at)
        if match is None:
            raise Unreadable(f"it can't be read from {text[at:]!r} on")
        form = next(name for name in _FORMS if match[f"form_{name}"] is not None)
        _READERS[form](found, match, kind, order)
        at = _BLANK.match(text, match.end()).end()  # type: ignore[union-attr]
    _finish(found, order)
    return found


def _read_time(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    _set_time(found, int(match["hour"]), int(match["minute"]), int(match["second"] or 0), match["fraction"])


def _set_time(found: Moment, hour: int, minute: int, second: int, fraction: str | None) -> None:
    if found.time is not None:
        raise Unreadable("it has two times")
    whole = (hour == 24 and minute == second == 0) or (hour < 24 and minute < 60 and second <= 60)
    if not whole:
        raise Unreadable(f"there is no time {hour:02d}:{minute:02d}:{second:02d}")
    found.time = ((hour * 60 + minute) * 60 + second) * 1_000_000 + round(float(fraction or 0) * 1_000_000)


def _read_julian(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    _set_date(found, *calendar.of_julian(int(match["julian"])))


def _read_day_of_year(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    year, day = int(match["doy_year"]), int(match["doy"])
    if not 1 <= day <= 365 + calendar.leap(year):
        raise Unreadable(f"the year {year} has no day {day}")
    _set_date(found, *calendar.date_of(calendar.day_number(year, 1, day)))


def _read_numbers(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    """`1999-01-08`, `1/8/1999`; with dots the day comes first unless that is no date."""
    one, two, three = match["n1"], match["n2"], match["n3"]
    if match["mark"] == "." and len(one) < 3 and order == "MDY" and int(two) <= 12:
        order = "DMY"
    if len(one) >= 3 or order == "YMD":
        year, month, day = one, two, three
    elif order == "DMY":
        day, month, year = one, two, three
    else:
        month, day, year = one, two, three
    _set_date(found, _year(found, year), int(month), int(day))


def _read_month_between(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    """`31-Jan-2000`, `2000-Jan-31`."""
    one, two = match["b1"], match["b2"]
    day, year = (two, one) if len(one) >= 3 or order == "YMD" else (one, two)
    _set_date(found, _year(found, year), _month(match["bmonth"]), int(day))


def _read_month_first(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    """`Jan-31-2000`."""
    _set_date(found, _year(found, match["f2"]), _month(match["fmonth"]), int(match["f1"]))


def _read_digits(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    """`20080215`, `080215`, `040506`, or a number that the month's name explains."""
    digits, part = match["digits"], match["part"]
    timed = found.date is not None or (kind in ("time", "timetz") and not found.month)
    if (len(digits) == 6 and timed) or (part is not None and len(digits) == 6):
        _set_time(found, int(digits[:2]), int(digits[2:4]), int(digits[4:]), part)
    elif part is not None:
        raise Unreadable(f"{match[0]} is no part of a date")
    elif len(digits) == 4 and timed:
        _set_time(found, int(digits[:2]), int(digits[2:]), 0, None)
    elif len(digits) in (6, 8) and not found.month:
        _set_date(found, _year(found, digits[:-4]), int(digits[-4:-2]), int(digits[-2:]))
    elif len(digits) <= 4:
        found.numbers.append(digits)
    else:
        raise Unreadable(f"{digits} is no part of a date")


def _read_offset(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    if found.time is None:
        raise Unreadable(f"{match['offset']} stands before the time")
    _set_zone(found, zones.offset(match["offset"]))


def _read_word(found: Moment, match: re.Match[str], kind: str, order: str) -> None:
    word = match["word"].lower()
    if word in ("am", "pm"):
        found.half = word
    elif word in ("ad", "bc"):
        found.before_christ = word == "bc"
    elif word in SPECIAL:
        found.special = word
    elif word == "epoch":
        found.date, found.time, found.zone = (1970, 1, 1), 0, Zone()
    elif (month := _month_named(word)) and not found.month:
        found.month = month
    elif any(day == word or day[:3] == word for day in WEEKDAYS) or word in ("tues", "wednes", "thur", "thurs"):
        return  # the day of the week says nothing more
    elif (zone := zones.zone(match["word"])) is not None:
        _set_zone(found, zone)
    else:
        raise Unreadable(f"{match['word']!r} is no part of a date or time")


_READERS = {
    "time": _read_time,
    "julian": _read_julian,
    "day_of_year": _read_day_of_year,
    "numbers": _read_numbers,
    "month_between": _read_month_between,
    "month_first": _read_month_first,
    "digits": _read_digits,
    "offset": _read_offset,
    "word": _read_word,
}


def _set_zone(found: Moment, zone: Zone | None) -> None:
    if found.zone is not None:
        raise Unreadable("it has two time zones")
    found.zone = zone


def _set_date(found: Moment, year: int, month: int, day: int) -> None:
    if found.date is not None or found.month:
        raise Unreadable("it has two dates")
    found.date = (year, month, day)


def _year(found: Moment, digits: str) -> int:
    """Two digits are a year from 1970 to 2069."""
    year, found.short = int(digits), len(digits) <= 2
    return year + (2000 if year < 70 else 1900) if found.short else year


def _month_named(word: str) -> int:
    """The month of a name or its abbreviation; 0 for none."""
    short = word.rstrip(".")
    return next((n for n, name in enumerate(MONTHS, 1) if short in (name, name[:3]) or (n, short) == (9, "sept")), 0)


def _month(word: str) -> int:
    month = _month_named(word.lower())
    if not month:
        raise Unreadable(f"{word!r} is no month")
    return month


def _finish(found: Moment, order: str) -> None:
    """Put together what stood apart, and check it."""
    if found.month:
        _join_month(found, order)
    elif found.numbers:
        raise Unreadable(f"{found.numbers[0]} is no date")
    if found.special and (found.date or found.time is not None or found.zone):
        raise Unreadable(f"{found.special!r} stands beside a date or a time")
    if found.half:
        _apply_half(found)
    if found.before_christ and found.date is not None:
        year, month, day = found.date
        found.date = (1 - (year % 100 if found.short else year), month, day)
    if found.date is not None:
        _check_date(found.date)


def _join_month(found: Moment, order: str) -> None:
    """`January 8, 1999` and `17 Dec 07:37:16 1997`."""
    if found.date is not None or len(found.numbers) != 2:
        raise Unreadable("a month's name stands with one day and one year")
    one, two = found.numbers
    day, year = (two, one) if len(one) >= 3 or order == "YMD" else (one, two)
    found.date = (_year(found, year), found.month, int(day))


def _apply_half(found: Moment) -> None:
    if found.time is None or found.time >= DAY // 24 * 13:
        raise Unreadable(f"{found.half.upper()} takes an hour up to 12")
    noon = DAY // 2
    found.time = found.time % noon + (noon if found.half == "pm" else 0)


def _check_date(date: Date) -> None:
    year, month, day = date
    least, most = calendar.YEARS
    if not 1 <= month <= 12 or not 1 <= day <= calendar.month_length(year, month) or not least <= year <= most:
        raise Unreadable(f"there is no date {calendar.date_text(date)}")


# As the engine reads it


def text_of(found: Moment, kind: str) -> str:
    """A moment as a text for a cast of the engine's to `kind`; raises Unreadable when it has not what that takes."""
    if kind in ("time", "timetz"):
        return _time(found, kind)
    if found.date is None:
        raise Unreadable("it has no date")
    if kind == "date":
        return calendar.date_text(found.date)
    number, time = calendar.day_number(*found.date), found.time or 0
    zone = found.zone if kind == "timestamptz" else None
    if zone is not None and not zone.name:
        time -= zone.offset * 1_000_000
    carried, time = divmod(time, DAY)
    date = calendar.date_text(calendar.date_of(number + carried))
    shown = "" if zone is None else f" {zone.name}" if zone.name else "+00"
    year, _, era = date.partition(" ")
    return f"{year} {calendar.time_text(time)}{shown}" if not era else f"{date} {calendar.time_text(time)}{shown}"


def _time(found: Moment, kind: str) -> str:
    """A time keeps the offset of its zone; a zone with seasons needs the date beside it."""
    if found.time is None:
        raise Unreadable("it has no time")
    if kind == "time":
        return calendar.time_text(found.time)
    if found.zone is not None and found.zone.name:
        raise Unreadable(f"the offset of {found.zone.name} depends on the date (write the offset)")
    return calendar.time_text(found.time) + ("" if found.zone is None else zones.shown(found.zone.offset))


def normal(text: str, kind: str, order: str) -> str:
    """A text in any spelling, as the engine reads it; raises Unreadable."""
    found = read(text, kind, order)
    if found.special:
        raise Unreadable(f"{found.special!r} is read as a literal only")
    return text_of(found, kind)
