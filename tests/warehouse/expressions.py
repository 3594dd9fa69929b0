"""Random expressions whose answer is worked out here too, by Python's own numbers, texts and dates."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import re
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from typing import Any, NamedTuple

from hypothesis import strategies as st


class Known(NamedTuple):
    """An expression of SQL and its answer; size: precision and scale of a decimal."""

    sql: str
    value: Any
    size: tuple[int, int] = (0, 0)


Draw = st.DrawFn
SMALL = 2**31 - 1
WORDS = ("", "a", "Abc", "x,y,,z", "it's", "naïve", "日本語", "100%", "a_b", "-12", "Zz9", "tab\tin")


# Whole numbers


def whole(draw: Draw, depth: int) -> Known:
    """An integer."""
    if depth == 0:
        value = draw(st.one_of(st.none(), st.integers(-999, 999)))
        return Known("null::int" if value is None else f"({value})", value)
    return draw(st.sampled_from(WHOLE))(draw, depth - 1)


def calculation(draw: Draw, depth: int) -> Known:
    sign, one, other = draw(st.sampled_from("+-*/%")), whole(draw, depth), whole(draw, depth)
    if sign in "/%" and other.value == 0:
        other = Known("7", 7)
    return small(Known(f"({one.sql} {sign} {other.sql})", null(lambda a, b: int(RESULTS[sign](a, b)), one, other)), one)


RESULTS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1),  # towards zero
    "%": lambda a, b: abs(a) % abs(b) * (-1 if a < 0 else 1),  # the sign of the dividend
}


def null(work: Callable[..., Any], *parts: Known) -> Any:
    """The work's answer over the parts' values; None when one is None."""
    values = [p.value for p in parts]
    return None if None in values else work(*values)


def small(made: Known, otherwise: Known) -> Known:
    """What was made, unless its value is out of range for an INTEGER."""
    return made if made.value is None or abs(made.value) <= SMALL else otherwise


def of_text(draw: Draw, depth: int) -> Known:
    text = words(draw, depth)
    if draw(st.booleans()):
        return Known(f"len({text.sql})", null(len, text))
    part = draw(st.sampled_from(("a", "z", "本", "'")))
    quoted = part.replace("'", "''")
    return Known(f"strpos({text.sql}, '{quoted}')", null(lambda s: s.find(part) + 1, text))


def of_date(draw: Draw, depth: int) -> Known:
    one, other = day(draw, depth), day(draw, depth)
    part = draw(st.sampled_from(("year", "month", "day")))
    if draw(st.booleans()):
        return Known(f"extract({part} from {one.sql})", null(lambda d: getattr(d, part), one))
    between = {
        "year": lambda a, b: b.year - a.year,
        "month": lambda a, b: (b.year - a.year) * 12 + b.month - a.month,
        "day": lambda a, b: (b - a).days,
    }[part]
    return Known(f"datediff({part}, {one.sql}, {other.sql})::int", null(between, one, other))


# Decimals


def decimal(draw: Draw, depth: int) -> Known:
    """A NUMERIC of few digits."""
    if depth == 0:
        value = draw(st.one_of(st.none(), st.decimals(-999, 999, places=2)))
        sql = "null" if value is None else f"{value:f}"
        return Known(f"({sql})::decimal(8,2)", value, (8, 2))
    return draw(st.sampled_from((sum_of_decimals, quotient, rounded)))(draw, depth - 1)


def sum_of_decimals(draw: Draw, depth: int) -> Known:
    sign, one, other = draw(st.sampled_from("+-*")), decimal(draw, depth), decimal(draw, depth)
    (p1, s1), (p2, s2) = one.size, other.size
    scale = s1 + s2 if sign == "*" else max(s1, s2)
    precision = p1 + p2 + 1 if sign == "*" else max(p1 - s1, p2 - s2) + scale + 1
    if precision > 30:
        return one
    return Known(f"({one.sql} {sign} {other.sql})", null(exact(RESULTS[sign], scale), one, other), (precision, scale))


def quotient(draw: Draw, depth: int) -> Known:
    one, other = decimal(draw, depth), decimal(draw, depth)
    (p1, s1), (p2, s2) = one.size, other.size
    scale = max(4, s1 + p2 - s2 + 1)
    precision = p1 - s1 + s2 + scale
    if not other.value or precision > 30:
        return one
    value = null(exact(lambda a, b: a / b, scale, ROUND_DOWN), one, other)
    return Known(f"({one.sql} / {other.sql})", value, (precision, scale))


def exact(work: Callable[..., Decimal], scale: int, rounding: str = ROUND_HALF_UP) -> Callable[..., Decimal]:
    """The work with all its digits, and then with `scale` places."""

    def run(*values: Decimal) -> Decimal:
        with localcontext(prec=100):
            return work(*values).quantize(Decimal(1).scaleb(-scale), rounding)

    return run


def rounded(draw: Draw, depth: int) -> Known:
    inner, places = decimal(draw, depth), draw(st.integers(0, 3))
    precision, scale = inner.size
    name, rounding = draw(st.sampled_from((("round", ROUND_HALF_UP), ("trunc", ROUND_DOWN))))
    kept = min(places, scale)
    return Known(f"{name}({inner.sql}, {places})", null(exact(lambda v: v, kept, rounding), inner), (precision, kept))


# Texts


def words(draw: Draw, depth: int) -> Known:
    """A text without blanks at its end."""
    if depth == 0:
        value = draw(st.one_of(st.none(), st.sampled_from(WORDS)))
        quoted = "" if value is None else value.replace("'", "''")
        return Known("null::varchar" if value is None else f"'{quoted}'::varchar(99)", value)
    return draw(st.sampled_from(TEXTS))(draw, depth - 1)


def joined(draw: Draw, depth: int) -> Known:
    one, other = words(draw, depth), words(draw, depth)
    return Known(f"({one.sql} || {other.sql})", null(lambda a, b: a + b, one, other))


def changed(draw: Draw, depth: int) -> Known:
    text = words(draw, depth)
    name, work = draw(st.sampled_from(CHANGES))
    return Known(f"{name.format(text.sql)}", null(work, text))


CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("upper({})", str.upper),
    ("lower({})", str.lower),
    ("reverse({})", lambda s: s[::-1]),
    ("md5({})", lambda s: hashlib.md5(s.encode()).hexdigest()),
    ("sha1({})", lambda s: hashlib.sha1(s.encode()).hexdigest()),
    ("replace({}, 'a', 'bb')", lambda s: s.replace("a", "bb")),
    ("translate({}, 'abz', 'xy')", lambda s: s.translate({97: "x", 98: "y", 122: None})),
    ("rpad({}, 5, 'é')", lambda s: s[:5].ljust(5, "é")),
    ("lpad({}, 5, 'é')", lambda s: s[:5].rjust(5, "é")),
    ("split_part({}, ',', 2)", lambda s: [*s.split(","), ""][1]),
    ("regexp_replace({}, '[a-z]+', '#')", lambda s: re.sub("[a-z]+", "#", s)),
)


def cut(draw: Draw, depth: int) -> Known:
    text, start, size = words(draw, depth), draw(st.integers(-2, 4)), draw(st.integers(0, 5))
    value = null(lambda s: s[max(start, 1) - 1 : max(start + size - 1, 0)], text)
    return Known(f"substring({text.sql}, {start}, {size})", value)


def of_number(draw: Draw, depth: int) -> Known:
    number = draw(st.sampled_from((whole, decimal)))(draw, depth)
    return Known(f"({number.sql})::varchar", null(lambda v: f"{v:f}" if isinstance(v, Decimal) else str(v), number))


# Dates


def day(draw: Draw, depth: int) -> Known:
    """A date."""
    if depth == 0:
        value = draw(st.one_of(st.none(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))))
        return Known("null::date" if value is None else f"'{value}'::date", value)
    inner, count = day(draw, depth - 1), draw(st.integers(-400, 400))
    part = draw(st.sampled_from(("day", "month", "last")))
    if part == "last":
        return Known(f"last_day({inner.sql})", null(last_day, inner))
    if part == "day":
        return Known(f"({inner.sql} + {count})", null(lambda d: d + dt.timedelta(count), inner))
    return Known(f"dateadd(month, {count}, {inner.sql})::date", null(lambda d: add_months(d, count), inner))


def last_day(value: dt.date) -> dt.date:
    return value.replace(day=calendar.monthrange(value.year, value.month)[1])


def add_months(value: dt.date, months: int) -> dt.date:
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    return dt.date(year, month + 1, min(value.day, calendar.monthrange(year, month + 1)[1]))


# Truth values, and what chooses


def truth(draw: Draw, depth: int) -> Known:
    """A condition: true, false or unknown."""
    if depth == 0:
        return draw(st.sampled_from((Known("true", True), Known("false", False), Known("null::bool", None))))
    return draw(st.sampled_from((comparison, logic, membership)))(draw, depth - 1)


def comparison(draw: Draw, depth: int) -> Known:
    kind, sign = draw(st.sampled_from(KINDS)), draw(st.sampled_from(("=", "<>", "<", "<=", ">", ">=")))
    one, other = kind(draw, depth), kind(draw, depth)
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    }  # fmt: skip
    return Known(f"({one.sql} {sign} {other.sql})", null(compare[sign], one, other))


def logic(draw: Draw, depth: int) -> Known:
    one, other = truth(draw, depth), truth(draw, depth)
    if (word := draw(st.sampled_from(("and", "or", "not", "is null")))) == "not":
        return Known(f"(not {one.sql})", null(lambda a: not a, one))
    if word == "is null":
        return Known(f"({one.sql} is null)", one.value is None)
    decisive = word == "or"  # the value that settles it alone
    values = (one.value, other.value)
    value = decisive if decisive in values else None if None in values else not decisive
    return Known(f"({one.sql} {word} {other.sql})", value)


def membership(draw: Draw, depth: int) -> Known:
    item, others = whole(draw, depth), [whole(draw, 0) for _ in range(draw(st.integers(1, 3)))]
    found = [o.value for o in others]
    value = None if item.value is None else True if item.value in found else None if None in found else False
    return Known(f"({item.sql} in ({', '.join(o.sql for o in others)}))", value)


def chosen(kind: Callable[[Draw, int], Known]) -> Callable[[Draw, int], Known]:
    """CASE, COALESCE and NULLIF of expressions of one kind."""

    def draw_one(draw: Draw, depth: int) -> Known:
        one, other = kind(draw, depth), kind(draw, depth)
        match draw(st.sampled_from(("case", "coalesce", "nullif", "greatest"))):
            case "case":
                when = truth(draw, depth)
                return Known(
                    f"case when {when.sql} then {one.sql} else {other.sql} end",
                    one.value if when.value else other.value,
                )
            case "coalesce":
                return Known(f"coalesce({one.sql}, {other.sql})", other.value if one.value is None else one.value)
            case "nullif":
                return Known(f"nullif({one.sql}, {other.sql})", None if one.value == other.value else one.value)
        values = [v for v in (one.value, other.value) if v is not None]
        return Known(f"greatest({one.sql}, {other.sql})", max(values, default=None))

    return draw_one


WHOLE = (calculation, of_text, of_date, chosen(whole))
TEXTS = (joined, changed, cut, of_number, chosen(words))
KINDS = (whole, decimal, words, day)


@st.composite
def expressions(draw: Draw, count: int = 20) -> list[Known]:
    """Some expressions of all kinds."""
    return [draw(st.sampled_from((*KINDS, truth)))(draw, draw(st.integers(1, 3))) for _ in range(count)]


def wrong(session: Any, known: list[Known]) -> list[str]:
    """Run the expressions as one statement; a line for each answer that is not the known one."""
    table = session.sql("select " + ", ".join(f"{k.sql} as c{i}" for i, k in enumerate(known))).table
    answers = [column[0].as_py() for column in table.columns]
    return [
        f"{k.sql} gives {answer!r}, not {k.value!r}"
        for k, answer in zip(known, answers, strict=True)
        if answer != k.value or isinstance(answer, bool) != isinstance(k.value, bool)
    ]
