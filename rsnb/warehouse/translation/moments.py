"""Arithmetic with dates, times and intervals.

Source: Redshift Developer Guide, "Interval arithmetic", "+ (Concatenation) operator", "Examples of interval literals
without qualifier syntax".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.translation import temporal
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import (
    DATE,
    FLOAT8,
    INT4,
    INTEGERS,
    INTERVALS,
    MOMENTS,
    NUMBERS,
    SPAN,
    TIMES,
    TIMESTAMP,
    TIMESTAMPTZ,
    Typed,
    call,
    interval,
    own,
    sql,
    to,
)

if TYPE_CHECKING:
    from sqlglot import exp

Rule = Callable[[str, Typed, Typed], Typed]


def arithmetic(symbol: str, left: Typed, right: Typed) -> Typed | None:
    """What a symbol makes of two values of which one is a moment, a time or an interval; None for others."""
    left, right = _as_beside(symbol, left, right), _as_beside(symbol, right, left)
    kinds = _group(left), _group(right)
    if (rule := _RULES.get((kinds[0], symbol, kinds[1]))) is not None:
        return rule(symbol, left, right)
    if symbol in "+*" and (rule := _RULES.get((kinds[1], symbol, kinds[0]))) is not None:
        return rule(symbol, right, left)
    return None


def _as_beside(symbol: str, value: Typed, other: Typed) -> Typed:
    """A quoted text that is taken from a date or a timestamp is one too."""
    if value.is_quoted and symbol == "-" and other.short in MOMENTS:
        return temporal.literal(value.literal or "", other.type)
    return value


def _group(value: Typed) -> str:
    if value.short in INTEGERS:
        return "int"
    return "number" if value.short in NUMBERS else value.short


def _binary(symbol: str, left: object, right: object) -> exp.Expr:
    return sql(f"{{left}} {symbol} {{right}}", left=left, right=right)


def _date_and_days(symbol: str, left: Typed, right: Typed) -> Typed:
    return Typed(_binary(symbol, left, to(right, INT4)), DATE)


def _timestamp_and_days(symbol: str, left: Typed, right: Typed) -> Typed:
    return Typed(_binary(symbol, left, call("to_days", to(right, INT4))), left.type)


def _days_between(symbol: str, left: Typed, right: Typed) -> Typed:
    return Typed(to(_binary(symbol, left, right), INT4), INT4)


def _span_between(symbol: str, left: Typed, right: Typed) -> Typed:
    """The time between two timestamps; one of them may be a date or have a time zone."""
    if "timestamptz" in (left.short, right.short):
        left, right = (Typed(to(v, TIMESTAMPTZ), TIMESTAMPTZ) for v in (left, right))
    else:
        left, right = temporal.zoneless(left), temporal.zoneless(right)
    between = sql("epoch_us({left}) - epoch_us({right})", left=left, right=right)
    return Typed(call("to_microseconds", between), SPAN)


def _date_and_time(symbol: str, left: Typed, right: Typed) -> Typed:
    """A time of a zone to the west may be one of the next day."""
    if right.short == "time":
        return Typed(_binary(symbol, left, right), TIMESTAMP)
    return Typed(_binary(symbol, left, temporal.with_zone(right)), TIMESTAMPTZ)


def _moment_and_interval(symbol: str, left: Typed, right: Typed) -> Typed:
    """A date and months are a date when the interval says so; the last day of a month is the most that months give."""
    added = _binary(symbol, left, right)
    if left.short != "date":
        return Typed(added, left.type)
    return Typed(to(added, DATE), DATE) if right.short == "intervaly2m" else Typed(to(added, TIMESTAMP), TIMESTAMP)


def _time_and_interval(symbol: str, left: Typed, right: Typed) -> Typed:
    """A time goes on past midnight."""
    if right.short != "intervald2s" and right.type.args != (0, 1):
        raise Wrong(f"there is no {left.type.rule.name} {symbol} an interval of months")
    return Typed(_binary(symbol, left, right), left.type)


def _intervals(symbol: str, left: Typed, right: Typed) -> Typed:
    if left.short != right.short and "interval" not in (left.short, right.short):
        raise Wrong(f"there is no {left.type.rule.name} {symbol} {right.type.rule.name}")
    return Typed(_binary(symbol, left, right), _both(left.type, right.type))


def _both(one: Type, other: Type) -> Type:
    """The type of a sum of intervals."""
    flags = {"intervaly2m": (1, 0), "intervald2s": (0, 1)}
    kinds = [flags.get(kind.short, kind.args) for kind in (one, other)]
    found = interval(*(bool(a or b) for a, b in zip(*kinds, strict=True)))
    return found if one.short == other.short == "interval" or found.args == (1, 1) else temporal.meeting(one, other)


def _scaled(symbol: str, left: Typed, right: Typed) -> Typed:
    """An interval times or over a number; of an interval of months nothing may be left but whole months."""
    if symbol == "/":
        factor = sql("CAST(1 AS DOUBLE) / {n}", n=to(right, FLOAT8))
    else:
        factor = right.node if right.short in INTEGERS else to(right, FLOAT8)
    if left.short == "intervaly2m":
        return Typed(own("months_times", left, factor), left.type)
    if left.short == "interval" and left.type.args[0]:
        return Typed(own("interval_times", left, factor), interval(True, True) if symbol == "/" else left.type)
    return Typed(own("span_times", left, factor), left.type)


def _timestamp_less_date(symbol: str, left: Typed, right: Typed) -> Typed:
    raise Refused("a date taken from a timestamp (cast one of them)")


_EACH_INTERVAL = tuple(INTERVALS)
_RULES: dict[tuple[str, str, str], Rule] = {
    **{("date", symbol, "int"): _date_and_days for symbol in "+-"},
    **{(kind, symbol, "int"): _timestamp_and_days for kind in ("timestamp", "timestamptz") for symbol in "+-"},
    ("date", "-", "date"): _days_between,
    ("date", "-", "timestamp"): _span_between,
    ("date", "-", "timestamptz"): _span_between,
    ("timestamp", "-", "date"): _timestamp_less_date,
    ("timestamptz", "-", "date"): _timestamp_less_date,
    **{(a, "-", b): _span_between for a in ("timestamp", "timestamptz") for b in ("timestamp", "timestamptz")},
    **{("date", "+", kind): _date_and_time for kind in TIMES},
    **{(kind, symbol, unit): _moment_and_interval for kind in MOMENTS for symbol in "+-" for unit in _EACH_INTERVAL},
    **{(kind, symbol, unit): _time_and_interval for kind in TIMES for symbol in "+-" for unit in _EACH_INTERVAL},
    **{(a, symbol, b): _intervals for a in _EACH_INTERVAL for symbol in "+-" for b in _EACH_INTERVAL},
    **{(unit, symbol, n): _scaled for unit in _EACH_INTERVAL for symbol in "*/" for n in ("int", "number")},
}
