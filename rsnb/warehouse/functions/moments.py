"""Functions of dates and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Build, Call, Refused, own, taking
from rsnb.warehouse.translation.casts import coerce
from rsnb.warehouse.translation.typed import DATE, FLOAT8, INT4, TIMESTAMP, Typed, call, sql, to
from rsnb.warehouse.translation.typed import own as own_call

if TYPE_CHECKING:
    from sqlglot import exp

_PARTS = {
    "microsecond": "microseconds microsec microsecs us usec usecs",
    "millisecond": "milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon",
    "second": "seconds s sec secs",
    "minute": "minutes m mi min mins",
    "hour": "hours h hr hrs",
    "day": "days d",
    "week": "weeks w",
    "month": "months mon mons",
    "quarter": "quarters qtr qtrs",
    "year": "years y yr yrs",
    "dayofweek": "dow dw weekday",
    "dayofyear": "doy dy yearday",
}
PARTS = {alias: part for part, aliases in _PARTS.items() for alias in (part, *aliases.split())}
_WHOLE = {"minute", "hour", "day", "month", "quarter", "year"}  # parts that every function counts alike


def _part(given: Call, allowed: set[str], what: str) -> str:
    """The date part that the first argument names."""
    part = PARTS.get(given.word(0))
    if part not in allowed:
        raise Refused(f"the date part {given.word(0).upper() or '?'} in {what}")
    return part


def _date_part(kind: object, what: str) -> Build:
    """DATE_PART is a DOUBLE PRECISION, EXTRACT an INTEGER."""

    def build(given: Call) -> Typed:
        part = _part(given, _WHOLE | {"dayofweek", "dayofyear", "week"}, what)
        result = FLOAT8 if kind == "float8" else INT4
        return Typed(to(call("date_part", part, given[1]), result), result)

    return build


def _date_trunc(given: Call) -> exp.Expr:
    """DATE_TRUNC returns a timestamp, also of a date."""
    part = _part(given, _WHOLE | {"second", "week"}, "DATE_TRUNC")
    return call("date_trunc", part, to(given[1], TIMESTAMP))


def _dateadd(given: Call) -> Typed:
    """29 February and a year is 1 March; and months, it is the last of February at most."""
    part = _part(given, _WHOLE | {"second", "week", "millisecond", "microsecond"}, "DATEADD")
    moment, count = given[2], given[1]
    if count.short not in ("int2", "int4", "int8", "any", "null"):
        raise Refused("DATEADD of an interval that is not a whole number")
    kind = TIMESTAMP if moment.short in ("date", "timestamp") else moment.type
    if part == "year":
        return Typed(own_call("add_years", to(moment, TIMESTAMP), count), TIMESTAMP)
    if part == "quarter":
        count, part = Typed(sql("{n} * 3", n=count), INT4), "month"
    start = Typed(to(moment, TIMESTAMP), TIMESTAMP) if moment.short == "date" else moment
    added = call(f"to_{part}s", to(count, "BIGINT" if part not in ("day", "week", "month") else "INTEGER"))
    return Typed(sql("{start} + {added}", start=start, added=added), kind)


def _datediff(given: Call) -> exp.Expr:
    """DATEDIFF in units whose boundaries both count alike (a week starts on Sunday in Redshift)."""
    part = _part(given, _WHOLE | {"second"}, "DATEDIFF")
    one, other = (coerce(v, "moment") for v in (given[1], given[2]))
    return call("date_diff", part, one, other)


def _last_day(given: Call) -> exp.Expr:
    return call("last_day", given[0])


def _now(kind: object) -> Build:
    """SYSDATE is when the transaction began."""
    return lambda given: to(call("now"), TIMESTAMP if kind == "timestamp" else DATE)


FUNCTIONS = {
    "current_date": taking("", "date", _now("date"), "date"),
    "date_part": taking("word moment", "float8", _date_part("float8", "DATE_PART"), "pgdate_part"),
    "date_trunc": taking("word moment", "timestamp", _date_trunc),
    "dateadd": taking("word number moment", "timestamp", _dateadd, "date_add"),
    "datediff": taking("word moment moment", "int8", _datediff, "date_diff"),
    "extract": taking("word moment", "int4", _date_part("int4", "EXTRACT"), "date_part"),
    "getdate": taking("", "timestamp", own("getdate"), "timestamp"),
    "last_day": taking("timestamp", "date", _last_day),
    "sysdate": taking("", "timestamp", _now("timestamp"), "timestamp"),
}
