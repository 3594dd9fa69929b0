"""TO_CHAR of dates and times: a pattern as a DuckDB expression.

Source: Redshift Developer Guide, TO_CHAR, "Datetime format strings"; how each key is padded is PostgreSQL 8.0's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rsnb.warehouse.formats.pattern import Part, of_moments
from rsnb.warehouse.spelling import text

_STRFTIME = {  # keys that DuckDB's strftime writes alike
    "DD": "%d", "DDD": "%j", "HH": "%I", "HH12": "%I", "HH24": "%H", "ID": "%u", "MI": "%M", "MM": "%m", "MS": "%g",
    "SS": "%S", "US": "%f",
}  # fmt: skip
_MIXED = {"Day": "%A", "Dy": "%a", "Mon": "%b", "Month": "%B"}
_NAMES = {"DAY": "%A", "DY": "%a", "MON": "%b", "MONTH": "%B"}
_NUMBERS = {  # a key's number and how many digits it has at least
    "CC": ("date_part('century', x)", 2),
    "D": ("date_part('dow', x) + 1", 1),
    "DD": ("day(x)", 2),
    "DDD": ("dayofyear(x)", 3),
    "HH": ("(hour(x) + 11) % 12 + 1", 2),
    "HH12": ("(hour(x) + 11) % 12 + 1", 2),
    "HH24": ("hour(x)", 2),
    "I": ("date_part('isoyear', x) % 10", 1),
    "ID": ("date_part('isodow', x)", 1),
    "IDDD": ("(week(x) - 1) * 7 + date_part('isodow', x)", 3),
    "IW": ("week(x)", 2),
    "IY": ("date_part('isoyear', x) % 100", 2),
    "IYY": ("date_part('isoyear', x) % 1000", 3),
    "IYYY": ("date_part('isoyear', x)", 4),
    "J": ("cast(floor(julian(date_trunc('day', x))) as bigint)", 1),
    "MI": ("minute(x)", 2),
    "MM": ("month(x)", 2),
    "MS": ("date_part('microseconds', x) % 1000000 // 1000", 3),
    "Q": ("quarter(x)", 1),
    "SS": ("date_part('second', x)", 2),
    "SSSS": ("hour(x) * 3600 + minute(x) * 60 + date_part('second', x)", 1),
    "US": ("date_part('microseconds', x) % 1000000", 6),
    "W": ("(day(x) - 1) // 7 + 1", 1),
    "WW": ("(dayofyear(x) - 1) // 7 + 1", 2),
    "Y": ("year(x) % 10", 1),
    "YY": ("year(x) % 100", 2),
    "YYY": ("year(x) % 1000", 3),
    "YYYY": ("year(x)", 4),
}
_HALVES = {"AM": ("AM", "PM"), "PM": ("AM", "PM"), "A.M.": ("A.M.", "P.M."), "P.M.": ("A.M.", "P.M.")}
_ERAS = {"AD": ("AD", "BC"), "BC": ("AD", "BC"), "A.D.": ("A.D.", "B.C."), "B.C.": ("A.D.", "B.C.")}
_WIDTH = 9  # of the longest name of a month or a day


class Unknown(ValueError):
    """What a pattern has and is not known here."""


@lru_cache(maxsize=256)
def expression(pattern: str) -> str:
    """DuckDB SQL for the text of a timestamp `x`; raises Unknown. `{own}` begins the name of a macro."""
    terms = list(_merged(of_moments(pattern)))
    return " || ".join(terms) if terms else "''"


def plain(pattern: str) -> str | None:
    """The format by which DuckDB's strftime writes a whole pattern; None when it can't."""
    pieces = [_strftime(part) for part in of_moments(pattern)]
    return None if None in pieces else "".join(piece or "" for piece in pieces)


def _merged(parts: list[Part]) -> Iterator[str]:
    """One call of strftime for neighbours that it writes; the others by themselves."""
    format_ = ""
    for part in parts:
        piece = _strftime(part)
        if piece is not None:
            format_ += piece
            continue
        if format_:
            yield f"strftime(x, {text(format_)})"
            format_ = ""
        yield _term(part)
    if format_:
        yield f"strftime(x, {text(format_)})" if "%" in format_.replace("%%", "") else text(format_.replace("%%", "%"))


def _strftime(part: Part) -> str | None:
    if not part.key:
        return part.text.replace("%", "%%")
    if part.key in _MIXED and (not part.fill or part.key in ("Dy", "Mon")):
        return _MIXED[part.key]
    return _STRFTIME.get(part.name) if part.fill and not part.ordinal else None


def _term(part: Part) -> str:
    name = part.name
    if name in _NUMBERS:
        return _number(part, *_NUMBERS[name])
    if name in _NAMES:
        return _name(part)
    if name == "Y,YYY":
        return "cast(year(x) // 1000 as varchar) || ',' || lpad(cast(year(x) % 1000 as varchar), 3, '0')"
    if name in _HALVES or name in _ERAS:
        first, second = (w if part.key.isupper() else w.lower() for w in (_HALVES | _ERAS)[name])
        test = "hour(x) < 12" if name in _HALVES else "year(x) > 0"
        return f"case when {test} then '{first}' else '{second}' end"
    if name in ("RM", "TZ", "OF"):
        found = {"RM": "{own}roman_month(x)", "TZ": "{own}zone_name()", "OF": "{own}zone_offset(x)"}[name]
        found = f"rpad({found}, 4, ' ')" if name == "RM" and part.fill else found
        return f"lower({found})" if part.key.islower() else found
    raise Unknown(f"{part.key} in a pattern of TO_CHAR")


def _number(part: Part, value: str, digits: int) -> str:
    shown = f"cast({value} as varchar)"
    if part.fill and digits > 1:
        wide = f"cast(greatest({digits}, strlen({shown})) as integer)"  # a year may have more than four
        width = wide if digits == 4 else str(digits)
        shown = f"lpad({shown}, {width}, '0')"
    if part.ordinal:
        suffix = f"{{own}}ordinal({value})"
        shown += f" || {suffix if part.ordinal == 'th' else f'upper({suffix})'}"
    return shown


def _name(part: Part) -> str:
    shown = f"strftime(x, '{_NAMES[part.name]}')"
    if part.key not in _MIXED:
        shown = f"{'upper' if part.key.isupper() else 'lower'}({shown})"
    return f"rpad({shown}, {_WIDTH}, ' ')" if part.fill and part.name in ("DAY", "MONTH") else shown
