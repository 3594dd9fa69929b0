"""Dates, times and intervals: their literals, and the casts between them and from texts.

A TIMETZ is held in UTC. What a zone does depends on the session's time zone, which DuckDB has as its own.
Source: Redshift Developer Guide, "Datetime types", "Date, time, and timestamp literals", "Interval data types and
literals", "Type compatibility and conversion".
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from rsnb.types import Type, named
from rsnb.warehouse.moments import intervals, spellings
from rsnb.warehouse.moments.functions import NAME
from rsnb.warehouse.moments.intervals import Interval
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import (
    DATE,
    TIMESTAMP,
    TIMESTAMPTZ,
    Typed,
    call,
    interval,
    node,
    own,
    sql,
    to,
    try_to,
)

if TYPE_CHECKING:
    from sqlglot import exp

Cast = Callable[[Typed, Type], Typed]

DATESTYLE: ContextVar[str] = ContextVar("datestyle", default="ISO, MDY")  # of the session whose statement is translated

_CLOCK = r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_PLAIN = {  # texts that DuckDB reads as Redshift does
    "date": r"\d{4}-\d{2}-\d{2}",
    "timestamp": rf"\d{{4}}-\d{{2}}-\d{{2}}([ T]{_CLOCK})?",
    "timestamptz": rf"\d{{4}}-\d{{2}}-\d{{2}}([ T]{_CLOCK}([+-]\d{{2}}(:\d{{2}})?)?)?",
    "time": _CLOCK,
    "timetz": rf"{_CLOCK}([+-]\d{{2}}(:\d{{2}})?)?",
}


def _order() -> str:
    """The order of day, month and year in `01/02/03`."""
    return DATESTYLE.get().rpartition(" ")[2]


# Texts


def _of_text(value: Typed, kind: Type) -> Typed:
    """A literal is read here, in any spelling; of other texts DuckDB reads the plain ones, Python the rest."""
    if (written := value.literal) is not None:
        return literal(written, kind)
    return Typed(_read(to(value, "VARCHAR"), kind, False), kind)


def tried_text(value: Typed, kind: Type) -> Typed:
    """A text as a date or time, or NULL."""
    return Typed(_read(to(value, "VARCHAR"), kind, True), kind)


def _read(text: exp.Expr, kind: Type, tried: bool) -> exp.Expr:
    """A text that is no literal as a date or time; one that is none is NULL when it is tried."""
    slow = call(NAME, text, kind.short, _order(), node(tried))
    plain = _PLAIN[kind.short]
    read = sql("CASE WHEN regexp_full_match({t}, {plain}) THEN {t} ELSE {slow} END", t=text, plain=plain, slow=slow)
    found = try_to(read, kind) if tried else to(read, kind)
    return in_utc(found) if kind.short == "timetz" else found


def literal(text: str, kind: Type) -> Typed:
    """A quoted text as a date or time."""
    found = moment(text, kind.short)
    if found.special:
        return Typed(_special(found.special, kind), kind)
    shown = to(spelled(found, text, kind.short), kind)
    return Typed(in_utc(shown) if kind.short == "timetz" else shown, kind)


def moment(text: str, short: str) -> spellings.Moment:
    """What a quoted text says; raises Wrong when it is no date or time."""
    try:
        return spellings.read(text, short, _order())
    except spellings.Unreadable as why:
        raise _unreadable(text, short, why) from None


def spelled(found: spellings.Moment, text: str, short: str) -> str:
    """A moment as DuckDB reads it; `text` is how it was written."""
    try:
        return spellings.text_of(found, short)
    except spellings.Unreadable as why:
        raise _unreadable(text, short, why) from None


def _unreadable(text: str, short: str, why: Exception) -> Wrong:
    return Wrong(f"{text!r} is not valid for the type {short.upper()}: {why}", "write YYYY-MM-DD HH:MM:SS")


_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}


def _special(word: str, kind: Type) -> exp.Expr:
    """`now` is when the transaction began; `today` and its neighbours are midnight in the session's time zone."""
    if word == "now":
        return now(kind)
    if kind.short in ("time", "timetz"):
        raise Wrong(f"{word!r} is not valid for the type {kind.short.upper()}")
    day = sql("CAST(now() AS DATE) + {days}", days=_DAYS[word])
    return day if kind.short == "date" else to(day, kind)


def now(kind: Type) -> exp.Expr:
    """When the transaction began, in the session's time zone."""
    began = call("now")
    if kind.short == "timetz":
        return in_utc(to(began, kind))
    return to(to(began, TIMESTAMP), kind) if kind.short == "time" else to(began, kind)


def in_utc(value: object) -> exp.Expr:
    """A TIMETZ in UTC, as it is held."""
    return call("timezone", "UTC", value)


def with_zone(value: Typed) -> Typed:
    """A TIMETZ as it was before it was put into UTC: a literal has its own zone."""
    from sqlglot import exp

    inner = value.node.unnest()
    if isinstance(inner, exp.Anonymous) and inner.this == "timezone" and inner.expressions[0].name == "UTC":
        return Typed(inner.expressions[1], value.type)
    return value


# Intervals


def span(value: Interval) -> exp.Expr:
    """A constant interval."""
    parts = [f"{value.months} months"] if value.months else []
    parts += [f"{value.microseconds} microseconds"] if value.microseconds or not parts else []
    return to(" ".join(parts), "INTERVAL")


def interval_literal(text: str, kind: Type | None) -> Typed:
    """A quoted text as an interval: of the type's units, or of any when there is no type."""
    limits = _limits(kind) if kind is not None else None
    try:
        found = intervals.read(text, limits)
    except spellings.Unreadable as why:
        raise Wrong(f"{text!r} is no interval: {why}") from None
    return Typed(span(found), kind or interval(found.months != 0, found.microseconds != 0))


def _limits(kind: Type) -> intervals.Qualifier:
    if kind.args:
        first, last, digits = kind.args
        return intervals.Qualifier(intervals.UNITS[first], intervals.UNITS[last], digits)
    return intervals.Qualifier("year", "month") if kind.short == "intervaly2m" else intervals.Qualifier("day", "second")


def _text_to_interval(value: Typed, kind: Type) -> Typed:
    if value.literal is None:
        raise Refused("a cast of a text to an interval that is not a literal")
    return interval_literal(value.literal, None if kind.short == "interval" else kind)


def months(value: object) -> exp.Expr:
    """The months of an interval, its years included."""
    return own("interval_months", value)


def microseconds(value: object) -> exp.Expr:
    """The microseconds of an interval, its days included."""
    return own("interval_microseconds", value)


def _to_interval(value: Typed, kind: Type) -> Typed:
    """An interval as of other units: the smaller ones are cut off."""
    if value.short == "interval" and value.type.args == (1, 1):
        raise Wrong(
            "an interval with months and days can't be cast to one type", "write YEAR TO MONTH or DAY TO SECOND"
        )
    of_months = kind.short == "intervaly2m"
    if value.short == "interval" and value.type.args != ((1, 0) if of_months else (0, 1)) and any(value.type.args):
        raise Wrong(f"{value.type.rule.name} can't be cast to {kind.rule.name}")
    step, places = intervals.limit(_limits(kind))
    if step == places == 1:
        return Typed(value.node, kind)
    if of_months:
        return Typed(sql("to_months(cast(({m} // {step}) * {step} as integer))", m=months(value), step=step), kind)
    kept = sql("({u} // {step}) * {step}", u=microseconds(value), step=step)
    return Typed(call("to_microseconds", kept if places == 1 else own("rounded_to", kept, places)), kind)


def meeting(one: Type, other: Type) -> Type:
    """The type of intervals that stand beside each other, one of them without a qualifier, or both of one kind."""
    if one.short == other.short == "interval":
        return interval(*(bool(a or b) for a, b in zip(one.args, other.args, strict=True)))
    return named(other.short if one.short == "interval" else one.short)


# Casts

_LENGTHS = {"bool": 5, "date": 14, "interval": 64, "intervald2s": 64, "intervaly2m": 64, "time": 15, "timestamp": 32,
            "timestamptz": 38, "timetz": 24}  # fmt: skip


def text(value: Typed) -> exp.Expr:
    """A date, a time or an interval as Redshift prints it."""
    if value.short in ("date", "timestamp", "timestamptz"):
        style = DATESTYLE.get().partition(",")[0]
        if style != "ISO":
            raise Refused(f"the text of a {value.type.rule.name} value with datestyle {style} (set datestyle to ISO)")
        return own("moment_text", value)
    if value.short in ("interval", "intervaly2m", "intervald2s"):
        return own("interval_text", value)
    return to(value, "VARCHAR")


def text_length(short: str) -> int | None:
    """The most bytes of a type's text; None for a type that is not one of these."""
    return _LENGTHS.get(short)


def _plain(value: Typed, kind: Type) -> Typed:
    return Typed(to(value, kind), kind)


def _same(value: Typed, kind: Type) -> Typed:
    return Typed(value.node, kind)


def _to_timetz(value: Typed, kind: Type) -> Typed:
    return Typed(in_utc(to(value, kind)), kind)


CASTS: dict[tuple[str, str], Cast] = {
    **{(one, other): _plain for one, others in {
        "date": ("date", "timestamp", "timestamptz"),
        "timestamp": ("date", "time", "timestamp", "timestamptz"),
        "timestamptz": ("date", "timestamp", "timestamptz"),
        "time": ("time",),
        "timetz": ("time",),
    }.items() for other in others},
    **{("text", kind): _of_text for kind in _PLAIN},
    **{("text", kind): _text_to_interval for kind in ("interval", "intervaly2m", "intervald2s")},
    **{("interval", kind): _to_interval for kind in ("intervaly2m", "intervald2s")},
    ("intervald2s", "intervald2s"): _to_interval,
    ("intervaly2m", "intervaly2m"): _to_interval,
    ("time", "timetz"): _to_timetz,
    ("timestamp", "timetz"): lambda value, kind: _to_timetz(_plain(value, TIMESTAMPTZ), kind),
    ("timestamptz", "time"): lambda value, kind: _plain(zoneless(value), kind),
    ("timestamptz", "timetz"): _to_timetz,
    ("timetz", "timetz"): _same,
}  # fmt: skip


def zoneless(value: Typed) -> Typed:
    """A date, or a timestamp with a time zone as the session's clock shows it, as a TIMESTAMP."""
    return value if value.short == "timestamp" else Typed(to(value, TIMESTAMP), TIMESTAMP)


def day_of(value: Typed) -> Typed:
    """The date of a moment."""
    return value if value.short == "date" else Typed(to(value, DATE), DATE)
