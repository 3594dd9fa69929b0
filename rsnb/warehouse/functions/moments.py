"""Functions of dates and times.

Source: Redshift Developer Guide, "Date and time functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import Type, parse
from rsnb.warehouse.functions.function import Build, Call, Refused, Wrong, own, taking
from rsnb.warehouse.moments.calendar import WEEKDAYS
from rsnb.warehouse.moments.parts import COUNTED, MICROSECONDS, MONTHS, OF_DAY, PARTS, YEARS
from rsnb.warehouse.translation import temporal
from rsnb.warehouse.translation.meeting import common
from rsnb.warehouse.translation.typed import (
    DATE,
    INT4,
    INTEGERS,
    TIME,
    TIMES,
    TIMESTAMP,
    TIMESTAMPTZ,
    TIMETZ,
    Typed,
    call,
    node,
    sql,
    to,
)
from rsnb.warehouse.translation.typed import own as own_call

if TYPE_CHECKING:
    from sqlglot import exp


def part(given: Call, allowed: frozenset[str], index: int = 0) -> str:
    """The date part that an argument names; raises Wrong for a word that is none, or is none of these."""
    word = given.word(index)
    found = PARTS.get(word)
    if found is None:
        raise Wrong(f"{word or '?'!r} is no date part", f"such as {', '.join(sorted(allowed)[:6])}")
    if found not in allowed:
        raise Wrong(f"{given.name.upper()} takes no date part {found}")
    return found


def has_part(value: Typed, name: str, function: str) -> None:
    """Raise Wrong when a time of day has no such part."""
    if value.short in TIMES and name not in OF_DAY:
        raise Wrong(f"{function.upper()}: a value of type {value.type.rule.name} has no {name}")


# Adding


def _dateadd(given: Call) -> Typed:
    """29 February and a year is 1 March; and months, it is the last of February at most."""
    count, moment = given[1], given[2]
    name = part(given, COUNTED)
    has_part(moment, name, given.name)
    if count.short not in INTEGERS and count.short not in ("any", "null"):
        raise Refused("DATEADD of an interval that is not a whole number")
    start = Typed(to(moment, TIMESTAMP), TIMESTAMP) if moment.short == "date" else moment
    whole = to(count, "BIGINT")
    if name in YEARS:
        return Typed(own_call("add_years", start, _times(whole, YEARS[name])), start.type)
    if name in MONTHS:
        added = call("to_months", to(_times(whole, MONTHS[name]), "INTEGER"))
    elif name in ("day", "week"):
        added = call("to_days", to(_times(whole, 7 if name == "week" else 1), "INTEGER"))
    else:
        added = call("to_microseconds", _times(whole, MICROSECONDS[name]))
    return Typed(sql("{start} + {added}", start=start, added=added), start.type)


def _times(count: object, factor: int) -> exp.Expr:
    return node(count) if factor == 1 else sql("{count} * {factor}", count=count, factor=factor)


def _add_months(given: Call) -> exp.Expr:
    """From the last day of a month to the last day of another."""
    return own_call("add_months", temporal.zoneless(given[0]), to(given[1], "INTEGER"))


# Between


def _datediff(given: Call) -> exp.Expr:
    """The boundaries of a part between two moments; a week begins on Sunday."""
    name = part(given, COUNTED)
    moments = [given[1], given[2]]
    if (moments[0].short in TIMES) != (moments[1].short in TIMES):
        raise Wrong("DATEDIFF takes two dates or two times", "cast one of them")
    for value in moments:
        has_part(value, name, given.name)
    one, other = (_comparable(v) for v in moments)
    if name in ("week", "decade", "century", "millennium"):
        numbers = [own_call(f"{name}_number", v) for v in (one, other)]
        return sql("{other} - {one}", one=numbers[0], other=numbers[1])
    return call("date_diff", name, one, other)


def _comparable(value: Typed) -> exp.Expr:
    """A moment as DATEDIFF counts it: without a time zone."""
    if value.short == "timetz":
        return to(value, "TIME")
    return to(value, TIMESTAMP) if value.short == "timestamptz" else value.node


def _compared(given: Call) -> exp.Expr:
    """-1, 0 or 1: the first is before the second, equal, after it."""
    (one, other), _ = common(given.arguments)
    return own_call("compared", one, other)


# Days


_NAMED_DAYS = {
    name: number
    for number, names in enumerate(
        ("su sun", "m mo mon", "tu tue tues", "w we wed", "th thu thurs", "f fr fri", "sa sat")
    )
    for name in (*names.split(), WEEKDAYS[number])
}


def _next_day(given: Call) -> exp.Expr:
    """The first day of a name after a date."""
    day = temporal.day_of(given[0])
    written = given[1].literal
    if written is None:
        raise Refused("NEXT_DAY of a day that is not written out")
    number = _NAMED_DAYS.get(written.strip().lower())
    if number is None:
        raise Wrong(f"{written!r} is no day of the week", "such as Tuesday or Tu")
    return own_call("next_day", day, number)


def _last_day(given: Call) -> exp.Expr:
    return call("last_day", temporal.zoneless(given[0]))


def _months_between(given: Call) -> exp.Expr:
    return own_call("months_between", *(temporal.zoneless(v) for v in given.arguments))


def _year(given: Call) -> exp.Expr:
    return to(call("year", given[0]), INT4)


# Now


def _now(kind: Type) -> Build:
    """When the transaction began."""
    return lambda given: temporal.now(kind)


def _timeofday(given: Call) -> exp.Expr:
    """When the statement began: `Thu Sep 19 22:53:50.333525 2013 UTC`."""
    return sql("strftime({now}, '%a %b %d %H:%M:%S.%f %Y UTC')", now=own_call("getdate"))


# Interval literals, as rsnb.warehouse.translation.literals writes them


def _interval(given: Call) -> Typed:
    """`interval 'text'`, `interval 'text' year to month`."""
    if given[0].literal is None:
        raise Wrong("an interval is written as a quoted text", "interval '1 day'")
    limits = given[1].literal if len(given) > 1 else None
    return temporal.interval_literal(given[0].literal, parse(f"interval {limits}") if limits else None)


FUNCTIONS = {
    "add_months": taking("moment int", "timestamp", _add_months),
    "current_date": taking("", "date", _now(DATE), "date"),
    "current_time": taking("", "timetz", _now(TIMETZ), "timetz"),
    "current_timestamp": taking("", "timestamptz", _now(TIMESTAMPTZ), "timestamptz"),
    "date_cmp": taking("date date", "int4", _compared),
    "date_cmp_timestamp": taking("date timestamp", "int4", _compared),
    "date_cmp_timestamptz": taking("date timestamptz", "int4", _compared),
    "date_part_year": taking("date", "int4", _year),
    "dateadd": taking("word number moment", "timestamp", _dateadd, "date_add"),
    "datediff": taking("word moment moment", "int8", _datediff, "date_diff"),
    "getdate": taking("", "timestamp", own("getdate"), "timestamp"),
    "interval": taking("given", "intervald2s", _interval),
    "interval_cmp": taking("interval interval", "int4", own("compared")),
    "intervald2s": taking("given given", "intervald2s", _interval),
    "intervaly2m": taking("given given", "intervaly2m", _interval),
    "last_day": taking("moment", "date", _last_day),
    "localtime": taking("", "time", _now(TIME), "time"),
    "localtimestamp": taking("", "timestamp", _now(TIMESTAMP), "timestamp"),
    "months_between": taking("moment moment", "float8", _months_between),
    "next_day": taking("moment given", "date", _next_day),
    "now": taking("", "timestamptz", _now(TIMESTAMPTZ)),
    "sysdate": taking("", "timestamp", _now(TIMESTAMP), "timestamp"),
    "timeofday": taking("", "varchar", _timeofday),
    "timestamp_cmp": taking("timestamp timestamp", "int4", _compared),
    "timestamp_cmp_date": taking("timestamp date", "int4", _compared),
    "timestamp_cmp_timestamptz": taking("timestamp timestamptz", "int4", _compared),
    "timestamptz_cmp": taking("timestamptz timestamptz", "int4", _compared),
    "timestamptz_cmp_date": taking("timestamptz date", "int4", _compared),
    "timestamptz_cmp_timestamp": taking("timestamptz timestamp", "int4", _compared),
}
