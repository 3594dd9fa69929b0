"""DuckDB macros of dates, times and intervals."""

from __future__ import annotations

from rsnb.warehouse.macro import Macro
from rsnb.warehouse.moments.zones import ABBREVIATIONS, SHORT_NAMES

_DAY = 86_400_000_000  # microseconds


def _let(name: str, value: str, body: str) -> str:
    """A body in which a name stands for a value, which is computed once."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def _counted(number: str, unit: str) -> str:
    """`1 year `, `-2 mons `, or nothing for none."""
    return f"case {number} when 0 then '' when 1 then '1 {unit} ' else cast({number} as varchar) || ' {unit}s ' end"


_CLOCK = (
    f"case when u % {_DAY} <> 0 or i = interval 0 second then case when u < 0 then '-' else '' end "
    f"|| cast(time '00:00' + to_microseconds(abs(u % {_DAY})) as varchar) else '' end"
)

_EPOCH_SUNDAY = "DATE '0001-01-07'"
_MONTHS = "((year(a) - year(b)) * 12 + month(a) - month(b))"
_PART_DAYS = "((epoch_us(a) - epoch_us(b)) - (epoch_us(date_trunc('month', a)) - epoch_us(date_trunc('month', b))))"


def _exact(part: str, value: str, rest: str) -> str:
    """A part of a second where no smaller one is left out: what is done with that is not known."""
    return _let(
        "u",
        "date_part('microseconds', x) % 1000000",
        f"case when {rest} then error('the {part} of a time with smaller parts is not supported') else {value} end",
    )


def _in_zone(shift: str, fixed: str) -> str:
    """A moment in a zone that a column names: an abbreviation, a name, or an offset to the west behind letters."""
    offsets = ", ".join(f"'{name}': {seconds}" for name, seconds in ABBREVIATIONS.items())
    names = ", ".join(f"'{name}'" for name in sorted(SHORT_NAMES))
    posix = r"[A-Za-z][A-Za-z_/]*\s*[+-]?\d{1,2}(:\d{2})?"
    digits = r"regexp_extract(z, '([+-]?)(\d{1,2})(?::(\d{2}))?$', ['sign', 'hours', 'minutes'])"
    west = _let(
        "d",
        digits,
        "(case d.sign when '-' then 1 else -1 end) * (cast(d.hours as bigint) * 3600 "
        "+ coalesce(try_cast(d.minutes as bigint), 0) * 60)",
    )
    return _let(
        "z",
        "trim(zone)",
        f"case when map_contains(MAP {{{{{offsets}}}}}, upper(z)) then "
        + fixed.format(seconds=f"MAP {{{{{offsets}}}}}[upper(z)]")
        + f" when lower(z) in ({names}) or lower(z) like 'etc/%' then {shift} "
        f"when regexp_full_match(z, '{posix}') then {fixed.format(seconds=west)} "
        f"when z like '_%/_%' then {shift} "
        "when z is not null then error('there is no time zone ' || z) end",
    )


MACROS = {
    "add_months": Macro(
        "moment, months",
        "timestamp",
        _let(
            "m",
            "moment",
            "case when cast(m as date) = last_day(m) then cast(last_day(m + to_months(months)) as timestamp) "
            "+ (m - date_trunc('day', m)) else m + to_months(months) end",
        ),
    ),
    "century_number": Macro("x", "int8", "date_part('century', x)"),
    "compared": Macro("a, b", "int4", "case when a < b then -1 when a = b then 0 when a > b then 1 end"),
    "decade_number": Macro("x", "int8", "cast(floor(year(x) / CAST(10 AS DOUBLE)) as bigint) + 1"),
    "exact_microsecond": Macro("x", "int8", _exact("microsecond", "u", "u >= 1000")),
    "exact_millisecond": Macro("x", "int8", _exact("millisecond", "u // 1000", "u % 1000 <> 0")),
    "exact_second": Macro("x", "int8", _exact("second", "date_part('second', x)", "u <> 0")),
    "instant_in": Macro(
        "moment, zone",
        "timestamptz",
        _in_zone("timezone(z, moment)", "timezone('UTC', moment - to_seconds({seconds}))"),
    ),
    "local_in": Macro(
        "instant, zone",
        "timestamp",
        _in_zone("timezone(z, instant)", "(timezone('UTC', instant) + to_seconds({seconds}))"),
    ),
    "millennium_number": Macro("x", "int8", "date_part('millennium', x)"),
    "months_between": Macro(
        "one, other",
        "float8",
        _let(
            "a",
            "one",
            _let(
                "b",
                "other",
                "case when day(a) = day(b) or (cast(a as date) = last_day(a) and cast(b as date) = last_day(b)) "
                f"then cast({_MONTHS} as double) "
                f"else {_MONTHS} + {_PART_DAYS} / CAST({31 * _DAY} AS DOUBLE) end",
            ),
        ),
    ),
    "next_day": Macro("d, weekday", "date", "d + cast((weekday - date_part('dow', d) + 6) % 7 + 1 as integer)"),
    "trunc_century": Macro("x", "", "date_trunc('year', x) - to_years(cast((year(x) - 1) % 100 as integer))"),
    "trunc_millennium": Macro("x", "", "date_trunc('year', x) - to_years(cast((year(x) - 1) % 1000 as integer))"),
    "week_number": Macro("x", "int8", f"(date_diff('day', {_EPOCH_SUNDAY}, cast(x as date)) + 7000000) // 7"),
    "interval_months": Macro("i", "int8", "date_part('year', i) * 12 + date_part('month', i)"),
    "interval_microseconds": Macro(
        "i", "int8", f"epoch_us(i) - (date_part('year', i) * 12 + date_part('month', i)) * {30 * _DAY}"
    ),
    "interval_text": Macro(
        "value",
        "varchar",
        _let(
            "i",
            "value",
            _let(
                "u",
                "{own}interval_microseconds(i)",
                "rtrim("
                + " || ".join(
                    (
                        _counted("({own}interval_months(i) // 12)", "year"),
                        _counted("({own}interval_months(i) % 12)", "mon"),
                        _counted(f"(u // {_DAY})", "day"),
                        _CLOCK,
                    )
                )
                + ", ' ')",
            ),
        ),
    ),
    "interval_times": Macro(
        "i, factor",
        "interval",
        _let(
            "m",
            "cast({own}interval_months(i) as double) * factor",
            "to_months(cast(trunc(m) as integer)) + to_microseconds(cast(round("
            f"{{own}}interval_microseconds(i) * factor + (m - trunc(m)) * {30 * _DAY}) as bigint))",
        ),
    ),
    "months_times": Macro(
        "i, factor",
        "intervaly2m",
        _let(
            "m",
            "cast({own}interval_months(i) as double) * factor",
            "case when m <> trunc(m) then error('a part of a month in an interval year to month is not supported') "
            "else to_months(cast(m as integer)) end",
        ),
    ),
    "span_times": Macro("i, factor", "intervald2s", "to_microseconds(cast(round(epoch_us(i) * factor) as bigint))"),
    "moment_text": Macro(
        "x",
        "varchar",
        "case when year(x) > 0 then cast(x as varchar) "
        "when year(x) <= 0 then error('the text of a moment before Christ is not supported') end",
    ),
    "rounded_to": Macro("n, step", "int8", "(n + sign(n) * (step // 2)) // step * step"),
}
