"""Dates and times in the files of COPY: by the default formats, DATEFORMAT and TIMEFORMAT, or recognised.

A format becomes a pattern that a text must have, so that DuckDB reads no more than Redshift does.
Source: Redshift Developer Guide, "DATEFORMAT and TIMEFORMAT strings", "Using automatic recognition ...".
"""

from __future__ import annotations

import re
from itertools import product
from typing import NamedTuple

from rsnb.errors import SqlError
from rsnb.warehouse.spelling import text, texts


class Branch(NamedTuple):
    """A condition on a text and its value then, as SQL over `{x}`, the text, and `{v}`, what DuckDB reads of it."""

    when: str
    value: str


def pattern(regex: str, value: str) -> Branch:
    """The branch of the texts that have a pattern as a whole, blanks around them aside."""
    whole = text(rf"\s*(?:{regex})\s*")
    return Branch(f"regexp_full_match({{x}}, {whole})", value)


def canonical(length: int = 0) -> Branch:
    """The branch of the texts that DuckDB writes for the value that it reads of them: the quickest test there is."""
    test = "CAST({v} AS VARCHAR) = {x}"
    return Branch(f"strlen({{x}}) = {length} AND {test}" if length else test, "{v}")


# A part of a format → its pattern, and strptime's words for it.
_MONTH = "[A-Za-z]{3,9}"
_PARTS = {
    "YYYY": ("[0-9]{4}", ("%Y",)),
    "YY": ("([0-57-9][0-9]|6[0-8])", ("%y",)),  # the century of 69 is not known
    "MON": (_MONTH, ("%b", "%B")),
    "MM": ("(0[1-9]|1[0-2])", ("%m",)),
    "DDD": ("[0-3][0-9]{2}", ("%j",)),
    "DD": ("(0[1-9]|[12][0-9]|3[01])", ("%d",)),
    "HH24": ("([01][0-9]|2[0-3])", ("%H",)),
    "HH12": ("(0[1-9]|1[0-2])", ("%I",)),
    "HH": ("([01][0-9]|2[0-3])", ("%H",)),
    "MI": ("[0-5][0-9]", ("%M",)),
    "SS": (r"[0-5][0-9](\.[0-9]{1,6})?", ("%S", "%S.%f")),
    "AM": ("[AaPp][Mm]", ("%p",)),
    "PM": ("[AaPp][Mm]", ("%p",)),
    "T": ("T", ("T",)),
}
_PART = re.compile("|".join(sorted(_PARTS, key=len, reverse=True)) + r"|[A-Za-z]+|[^A-Za-z]", re.IGNORECASE)
_ZONED = ("TZ", "OF", "tz")


def _read(written: str) -> tuple[str, str]:
    """A format's pattern, and strptime's formats for it as SQL."""
    patterns: list[str] = []
    words: list[tuple[str, ...]] = []
    for piece in _PART.findall(written):
        part = _PARTS.get(piece.upper())
        if part is None and piece.isalpha():
            raise SqlError(
                f"the part {piece!r} of the format {written!r} is not known",
                hint=f"known are {', '.join(_PARTS)}" + ("; 'auto' reads time zones" if piece in _ZONED else ""),
            )
        patterns.append(part[0] if part else re.escape(piece))
        words.append(part[1] if part else (piece.replace("%", "%%"),))
    return "".join(patterns), texts(["".join(each) for each in product(*words)])


def of_format(written: str, body: str = "trim({x})") -> Branch:
    """The branch of a format string; raises SqlError on a part that has no meaning in COPY."""
    regex, formats = _read(written)
    return pattern(regex, f"strptime({body}, {formats})")


# The default formats.
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = "[+-][01][0-9](:?[0-5][0-9])?"
_SHORT_OFFSET = "[+-][0-9](:[0-5][0-9])?"
DEFAULT = {
    "date": [canonical(10), pattern(f"{_DAY}([ T]{_CLOCK})?", "CAST({x} AS DATE)")],
    "timestamp without time zone": [canonical(19), pattern(f"{_DAY} {_CLOCK}", "CAST({x} AS TIMESTAMP)")],
    "timestamp with time zone": [
        pattern(f"{_DAY} {_CLOCK}({_OFFSET})?", "CAST({x} AS TIMESTAMPTZ)"),
        pattern(
            f"{_DAY} {_CLOCK}{_SHORT_OFFSET}",
            r"CAST(regexp_replace({x}, '([+-])([0-9](:[0-9]+)?\s*)$', '\10\2') AS TIMESTAMPTZ)",
        ),
    ],
    "time without time zone": [pattern(_CLOCK, "CAST({x} AS TIME)")],
    "time with time zone": [pattern(f"{_CLOCK}({_OFFSET})?", "CAST({x} AS TIMETZ)")],
}

# 'auto'
_AUTO = (
    "YYYY-MM-DD",
    "YYYY-MM-DD HH:MI:SS",
    "YYYY-MM-DDTHH:MI:SS",
    "YYYY-MM-DD HH:MI",
    "YYYYMMDD",
    "YYYYMMDD HHMISS",
    "YYMMDD HHMISS",
    "YYYY.DDD",
    "YYYY/MM/DD",
    "YYYY/MM/DD HH:MI:SS",
    "MM/DD/YYYY",
    "MM/DD/YYYY HH:MI:SS",
    "MM-DD-YYYY",
    "MON DD, YYYY",
    "MON-DD-YYYY",
    "DD MON YYYY",
    "DD-MON-YYYY",
    "DD MON HH:MI:SS YYYY",
)
_ABBREVIATIONS = {"Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
                  "PST": -8, "PDT": -7}  # fmt: skip
_ZONE = rf"(?: ?(?:{'|'.join(_ABBREVIATIONS)})| ?[+-][0-9]{{1,2}}(?::?[0-9]{{2}})?)"
_BODY = f"regexp_replace(trim({{x}}), {text(f'(:[0-9.]+|[0-9] ?[0-9]{{6}}|:[0-9.]+ [0-9]{{4}}){_ZONE}$')}, '\\1')"


def recognised(kind: str) -> list[Branch]:
    """The branches of 'auto' for a type."""
    branches = []
    for written in _AUTO:
        regex, formats = _read(written)
        timed = "HH" in written
        body = _BODY if timed else "trim({x})"
        value = f"strptime({body}, {formats})"
        zone = f"(?:{_ZONE})?" if timed else ""
        branches.append(pattern(regex + zone, _zoned(value) if kind == "timestamp with time zone" else value))
    day = "DATE '1970-01-01' + CAST(CAST(regexp_extract({x}, 'J([0-9]+)', 1) AS BIGINT) - 2440588 AS INTEGER)"
    clock = "CAST(coalesce(nullif(regexp_extract({x}, ' ([0-9:.]+)', 1), ''), '00:00:00') AS TIME)"
    branches.append(pattern(f"J[0-9]{{7}}( {_CLOCK})?", f"CAST({day} + {clock} AS {{type}})"))
    return branches


def _zoned(value: str) -> str:
    """A moment in its own zone, or in the session's where it names none."""
    zone = f"trim(regexp_extract(trim({{x}}), {text(f'{_ZONE}$')}))"
    hours = " ".join(f"WHEN {text(name)} THEN {text(f'{hours:+03d}')}" for name, hours in _ABBREVIATIONS.items())
    padded = f"regexp_replace({zone}, '^([+-])([0-9])(:|$)', '\\10\\2\\3')"
    return f"CAST(strftime({value}, '%Y-%m-%d %H:%M:%S.%f') || CASE {zone} {hours} ELSE {padded} END AS TIMESTAMPTZ)"


EPOCHS = {"epochsecs": (12, 1_000_000), "epochmillisecs": (15, 1_000)}  # most digits, microseconds


def since_epoch(unit: str, kind: str) -> Branch:
    """The branch of numbers that count from 1970 on, in UTC."""
    digits, scale = EPOCHS[unit]
    zone = " AT TIME ZONE 'UTC'" if kind == "timestamp with time zone" else ""
    return pattern(f"[+-]?[0-9]{{1,{digits}}}", f"make_timestamp(CAST({{x}} AS BIGINT) * {scale}){zone}")
