"""Values as a warehouse prints them, as the Arrow values of their type.

Sources: Redshift Developer Guide, "Datetime types"; PostgreSQL documentation, "Date/Time Output" (BC, long years).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import Type

if TYPE_CHECKING:
    import pyarrow as pa

_MOMENT = re.compile(
    r"(?P<year>\d{4,6})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[ T](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<part>\d{1,6}))?)?"
    r"(?P<zone>[+-]\d\d(?::?\d\d)?)?(?P<era> BC)?"
)
_UNITS = re.compile(r"(?P<number>-?\d+(?:\.\d+)?) ?(?P<unit>day|hour|min(?:ute)?|sec(?:ond)?)s?", re.IGNORECASE)
_CLOCK = re.compile(r"(?P<sign>-)?(?P<hour>\d+):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d+)?))?")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}  # by the unit's first letter
_DAY = 86_400_000_000  # microseconds


def arrow_type(kind: Type) -> pa.DataType:
    """The Arrow type of a result's column."""
    import pyarrow as pa

    if kind.short == "numeric":
        return pa.decimal128(*kind.args)
    return {
        "int2": pa.int16(),
        "int4": pa.int32(),
        "int8": pa.int64(),
        "float4": pa.float32(),
        "float8": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", "UTC"),
        "time": pa.time64("us"),
        "intervald2s": pa.duration("us"),
        "varbyte": pa.binary(),
        "geometry": pa.binary(),
        "geography": pa.binary(),
    }.get(kind.short, pa.string())


def read(texts: pa.Array, kind: Type) -> pa.Array:
    """The values of an array of texts; SqlError for a text that is none of the type."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = arrow_type(kind)
    try:
        if kind.short == "time":
            moments = pc.binary_join_element_wise("1970-01-01", texts, " ").cast(pa.timestamp("us"))
            return moments.cast(pa.int64()).cast(wanted)
        if kind.short in _BY_ARROW or pa.types.is_string(wanted):
            return texts.cast(wanted)
    except pa.ArrowInvalid:  # also for years before 1 and after 9999
        pass
    return _one_by_one(texts, kind, wanted)


_BY_ARROW = {"int2", "int4", "int8", "numeric", "float4", "float8", "date", "timestamp", "timestamptz"}


def _one_by_one(texts: pa.Array, kind: Type, wanted: pa.DataType) -> pa.Array:
    import pyarrow as pa

    parse = _PARSERS.get(kind.short)
    values = [parse(text) if parse and text is not None else None for text in texts.to_pylist()]
    for text, value in zip(texts.to_pylist(), values, strict=True):
        if value is None and text is not None:
            raise SqlError(f"{text[:80]!r}, which the warehouse gave, is not a value of the type {kind}")
    if pa.types.is_binary(wanted) or pa.types.is_boolean(wanted):
        return pa.array(values, wanted)
    number = pa.int32() if pa.types.is_date32(wanted) else pa.int64()
    return pa.array(values, number).cast(wanted)


def _days(text: str) -> int | None:
    match = _MOMENT.fullmatch(text)
    return _days_since_1970(match) if match and not match["hour"] else None


def _microseconds(text: str) -> int | None:
    match = _MOMENT.fullmatch(text)
    if not match or not match["hour"]:
        return None
    clock = (int(match["hour"]) * 60 + int(match["minute"])) * 60 + int(match["second"])
    part = int((match["part"] or "0").ljust(6, "0"))
    return _days_since_1970(match) * _DAY + (clock - _offset(match["zone"])) * 1_000_000 + part


def _offset(zone: str | None) -> int:
    """A zone's seconds east of Greenwich."""
    if not zone:
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (-1 if zone[0] == "-" else 1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def _days_since_1970(match: re.Match[str]) -> int:
    """Days of the proleptic Gregorian calendar, whose year 1 BC is 0."""
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    year = 1 - year if match["era"] else year
    year, month = (year - 1, month + 12) if month <= 2 else (year, month)  # years that begin in March
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1 - 719_468


def _duration(text: str) -> int | None:
    """Microseconds of `1 days 2 hours 3 mins 4.5 secs`, and of `1 days 02:03:04.5`."""
    left, total = text, 0
    found = list(_UNITS.finditer(text))
    for match in found:
        total += round(float(match["number"]) * 1e6) * _SECONDS[match["unit"][0].lower()]
        left = left.replace(match[0], "", 1)
    if clock := _CLOCK.search(left):
        whole = (int(clock["hour"]) * 60 + int(clock["minute"])) * 60_000_000 + round(float(clock["second"] or 0) * 1e6)
        total += -whole if clock["sign"] else whole
        left = left.replace(clock[0], "", 1)
    return total if not left.strip() and (found or clock) else None


def _bytes(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text.removeprefix("\\x"))
    except ValueError:
        return None


_PARSERS: dict[str, Callable[[str], int | bytes | None]] = {
    "bool": {"t": True, "true": True, "f": False, "false": False}.get,
    "date": _days,
    "timestamp": _microseconds,
    "timestamptz": _microseconds,
    "intervald2s": _duration,
    "varbyte": _bytes,
    "geometry": _bytes,
    "geography": _bytes,
}
