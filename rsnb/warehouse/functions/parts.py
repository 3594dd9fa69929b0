"""Functions that give a part of a date or time, or cut off what is smaller than one.

Source: Redshift Developer Guide, DATE_PART, EXTRACT, DATE_TRUNC, "Date parts for date or timestamp functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.functions.function import Call, Refused, Wrong, taking
from rsnb.warehouse.functions.moments import has_part, part
from rsnb.warehouse.moments.parts import COUNTED, OF_DATE, OF_DAY, OF_ZONE
from rsnb.warehouse.translation import temporal
from rsnb.warehouse.translation.typed import (
    FLOAT8,
    INT4,
    INT8,
    INTERVALS,
    TIMES,
    TIMESTAMP,
    Typed,
    call,
    own,
    sql,
    to,
)

if TYPE_CHECKING:
    from sqlglot import exp

_ALL = OF_DATE | OF_DAY | OF_ZONE | {"epoch"}
_DUCKDB = {"dayofweek": "dow", "dayofyear": "doy"}


def _date_part(given: Call) -> Typed:
    """DATE_PART is a DOUBLE PRECISION; its second has a fraction."""
    name, value = _named(given, _ALL - OF_ZONE)
    if name == "second":
        found: exp.Expr = sql("CAST(date_part('microseconds', {x}) AS DOUBLE) / 1000000", x=value)
    elif name == "millisecond":
        found = own("exact_millisecond", value)
    elif name == "microsecond":
        found = sql("date_part('microseconds', {x}) % 1000000", x=value)
    elif name == "epoch":
        found = call("epoch", value)
    else:
        found = _whole(name, value)
    return Typed(to(found, FLOAT8), FLOAT8)


def _extract(given: Call) -> Typed:
    """EXTRACT is an INTEGER, of a timestamp with time zone a DOUBLE PRECISION."""
    name, value = _named(given, _ALL)
    if value.short in INTERVALS:
        whole = INT8 if name == "epoch" else INT4
        return Typed(to(_of_interval(name, value), whole), whole)
    if name in OF_ZONE and value.short not in ("timestamptz", "timetz"):
        raise Wrong(f"a value of type {value.type.rule.name} has no {name}", "cast it to timestamptz")
    kind = FLOAT8 if value.short == "timestamptz" else INT8 if name == "epoch" else INT4
    return Typed(to(_extracted(name, value, kind), kind), kind)


_OF_MONTHS = {"year": "// 12", "month": "% 12"}
_OF_SPAN = {"day": "// 86400000000", "hour": "% 86400000000 // 3600000000", "minute": "% 3600000000 // 60000000",
            "second": "% 60000000 // 1000000", "epoch": "// 1000000"}  # fmt: skip


def _of_interval(name: str, value: Typed) -> exp.Expr:
    """A field of an interval; each has the sign of the whole."""
    if value.short == "interval" and value.type.args == (1, 1):
        raise Refused("EXTRACT from an interval with months and days (write YEAR TO MONTH or DAY TO SECOND)")
    of_months = value.short == "intervaly2m" or value.type.args == (1, 0)
    found = (_OF_MONTHS if of_months else _OF_SPAN).get(name)
    if found is None:
        raise Refused(f"EXTRACT of the {name} from an interval of {'months' if of_months else 'days and times'}")
    whole = temporal.months(value) if of_months else temporal.microseconds(value)
    return sql(f"{{whole}} {found}", whole=whole)


def _extracted(name: str, value: Typed, kind: Type) -> exp.Expr:
    if name == "epoch":
        return call("epoch", value) if kind is FLOAT8 else call("floor", call("epoch", value))
    if name == "millisecond":
        return sql("date_part('microseconds', {x}) % 1000000 // 1000", x=value)
    if name == "microsecond":
        return own("exact_microsecond", value)
    if name == "second" and kind is FLOAT8:
        return own("exact_second", value)
    return _whole(name, value)


def _named(given: Call, allowed: frozenset[str]) -> tuple[str, Typed]:
    """The part that is asked for, and the value; a literal TIMETZ has its own zone."""
    name, value = part(given, allowed), given[1]
    if value.short in TIMES and not (value.short == "timetz" and name in OF_ZONE):
        has_part(value, name, given.name)
    return name, temporal.with_zone(value) if value.short == "timetz" else value


def _whole(name: str, value: Typed) -> exp.Expr:
    """A part that is a whole number; the years 2000 to 2009 are the decade 201."""
    if name == "decade":
        return own("decade_number", value)
    return call("date_part", _DUCKDB.get(name, name), value)


def _date_trunc(given: Call) -> Typed:
    """DATE_TRUNC gives a timestamp, also of a date."""
    name, value = part(given, COUNTED), given[1]
    if value.short in TIMES:
        raise Refused(f"DATE_TRUNC of a {value.type.rule.name} value")
    kind = TIMESTAMP if value.short == "date" else value.type
    moment = to(value, TIMESTAMP) if value.short == "date" else value.node
    if name in ("century", "millennium"):  # they begin with the year 1
        return Typed(own(f"trunc_{name}", moment), kind)
    return Typed(call("date_trunc", name, moment), kind)


FUNCTIONS = {
    "date_part": taking("word moment", "float8", _date_part, "pgdate_part"),
    "date_trunc": taking("word moment", "timestamp", _date_trunc),
    "extract": taking("word extent", "int4", _extract, "date_part"),
    "pgdate_part": taking("word moment", "float8", _date_part),
}
