"""Data type formatting functions.

Source: Redshift Developer Guide, "Data type formatting functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import named
from rsnb.warehouse.formats import functions, moments, numbers, quantities, reading, shapes, teradata
from rsnb.warehouse.formats.functions import MOMENT, NUMBER
from rsnb.warehouse.functions.function import Call, Refused, Wrong, taking
from rsnb.warehouse.macro import SCHEMA
from rsnb.warehouse.translation import temporal
from rsnb.warehouse.translation.coercion import as_text
from rsnb.warehouse.translation.typed import (
    DATE,
    FLOATS,
    INT4,
    MOMENTS,
    NUMBERS,
    TEXTS,
    TIMESTAMP,
    TIMESTAMPTZ,
    Typed,
    call,
    computed,
    node,
    own,
    sql,
    to,
)

if TYPE_CHECKING:
    from sqlglot import exp


def _pattern(given: Call, index: int) -> str:
    """A pattern is a literal."""
    found = given[index].literal
    if found is None:
        raise Refused(f"{given.name.upper()} with a format that is not a literal")
    return found


def _to_char(given: Call) -> exp.Expr:
    value, pattern = given[0], _pattern(given, 1)
    try:
        if value.short in MOMENTS:
            return _moment_text(temporal.zoneless(value), pattern)
        if value.short in NUMBERS:
            return _number_text(value, pattern)
    except moments.Unknown as why:
        raise Refused(str(why)) from None
    except shapes.Malformed as why:
        raise Wrong(f"the format {pattern!r} is not valid: {why}") from None
    if value.short == "null":
        return value.node
    kind = "text" if value.short in TEXTS else value.type.rule.name
    raise Wrong(f"TO_CHAR takes a timestamp or a number, not a {kind}", "cast it")


def _moment_text(value: Typed, pattern: str) -> exp.Expr:
    if format_ := moments.plain(pattern):
        return call("strftime", value, format_)
    return _computed(value, "x", moments.expression(pattern))


def _number_text(value: Typed, pattern: str) -> exp.Expr:
    """The number's sign and digits as a text, and its template over them."""
    places = numbers.digits(pattern)
    if places is None:
        shown: exp.Expr = sql("CAST(round({x}) AS BIGINT)", x=value)
    elif value.short in FLOATS:
        shown = own("float_digits", value, places)
    else:
        shown = own("number_digits", to(value, f"DECIMAL(38,{places})"))
    return _computed(shown, "d", numbers.expression(pattern))


def _computed(value: object, name: str, body: str) -> exp.Expr:
    return computed(value, name, body.replace("{own}", f"{SCHEMA}.own_"))


def _read(given: Call) -> exp.Expr:
    """A text by a pattern as a TIMESTAMP."""
    value, pattern = as_text(given[0]), _pattern(given, 1)
    strict = len(given) > 2 and _truth(given[2])
    try:
        parts = reading.prepared(pattern)
    except moments.Unknown as why:
        raise Refused(str(why)) from None
    if (written := given[0].literal) is not None:
        try:
            return to(functions.moment(written, pattern, strict), TIMESTAMP)
        except SqlError as why:
            raise Wrong(why.message) from None
    slow = to(call(MOMENT, value, pattern, node(strict)), TIMESTAMP)
    plain = reading.fast(parts)
    if plain is None:
        return slow
    format_, looks, width = plain
    fast = "CASE WHEN regexp_full_match({t}, {looks}) THEN try_strptime(left({t}, {width}), {format}) END"
    return sql(f"coalesce({fast}, {{slow}})", t=value, looks=looks, format=format_, width=width, slow=slow)


def _truth(value: Typed) -> bool:
    from sqlglot import exp

    if not isinstance(value.node, exp.Boolean):
        raise Refused("is_strict that is not TRUE or FALSE")
    return bool(value.node.this)


def _to_date(given: Call) -> exp.Expr:
    return to(_read(given), DATE)


def _to_timestamp(given: Call) -> exp.Expr:
    return to(_read(given), TIMESTAMPTZ)


def _to_number(given: Call) -> Typed:
    """A NUMERIC of as many digits as the format has."""
    value, pattern = as_text(given[0]), _pattern(given, 1)
    try:
        found = quantities.reading(pattern)
    except moments.Unknown as why:
        raise Refused(str(why)) from None
    except shapes.Malformed as why:
        raise Wrong(f"the format {pattern!r} is not valid: {why}") from None
    kind = named("numeric", found.precision, found.scale)
    body = (
        f"case when regexp_full_match(x, {_quoted(found.looks)}) and regexp_matches(x, '[0-9]') then cast("
        f"case when regexp_matches(x, '[-<]') then '-' else '' end || regexp_replace(x, '[^0-9.]', '', 'g') "
        f"as {kind.duckdb}) when x is not null then error('''' || x || ''' is not as ' || {_quoted(repr(pattern))} "
        "|| ' says') end"
    )
    return Typed(computed(value, "x", body), kind)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _alternative(given: Call, format_: str, precision: int, scale: int) -> exp.Expr:
    if format_:
        try:
            teradata.phrase(format_)
        except teradata.Unreadable as why:
            raise Wrong(str(why)) from None
    return call(NUMBER, as_text(given[0]), format_, precision, scale)


def _text_to_int_alt(given: Call) -> exp.Expr:
    return to(_alternative(given, _pattern(given, 1) if len(given) > 1 else "", 0, 0), INT4)


def _text_to_numeric_alt(given: Call) -> Typed:
    """(text [, format] [, precision, scale])."""
    rest = given.arguments[1:]
    format_ = _pattern(given, 1) if rest and rest[0].short in TEXTS else ""
    sizes = [_size(value) for value in rest[bool(format_) :]]
    if len(sizes) not in (0, 2):
        raise Wrong("TEXT_TO_NUMERIC_ALT takes a precision together with a scale")
    precision, scale = sizes or (38, 0)
    if not 1 <= precision <= 38 or not 0 <= scale <= precision:
        raise Wrong(f"NUMERIC({precision},{scale}) is no type")
    kind = named("numeric", precision, scale)
    return Typed(to(_alternative(given, format_, precision, scale), kind), kind)


def _size(value: Typed) -> int:
    from sqlglot import exp

    if not isinstance(value.node, exp.Literal) or not value.node.is_int:
        raise Refused("a precision or scale that is not written out")
    return int(value.node.name)


FUNCTIONS = {
    "text_to_int_alt": taking("given [given]", "int4", _text_to_int_alt),
    "text_to_numeric_alt": taking("given [given] [given] [given]", "numeric", _text_to_numeric_alt),
    "to_char": taking("given given", "varchar", _to_char),
    "to_date": taking("given given [given]", "date", _to_date),
    "to_number": taking("given given", "numeric", _to_number),
    "to_timestamp": taking("given given [given]", "timestamptz", _to_timestamp),
}
