"""Conversions that nobody wrote: of a function's arguments, and of what INSERT and UPDATE put into a column.

Source: Redshift Developer Guide, "Type compatibility and conversion".
"""

from __future__ import annotations

from collections.abc import Callable

from rsnb.types import Type, named
from rsnb.warehouse.translation import blanks, dynamic, temporal
from rsnb.warehouse.translation.casts import cast, is_simple, most_bytes, without_blanks
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import (
    FLOAT8,
    INT4,
    INT8,
    INTEGERS,
    INTERVALS,
    MOMENTS,
    NULL,
    NUMBERS,
    TEXTS,
    TIMES,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    Typed,
    own,
    to,
)

_DYNAMIC = frozenset({"any", "measured", "quantity", "super"})  # families that take a SUPER value as it is


def coerce(value: Typed, family: str) -> Typed:
    """An argument as a function takes it; `family` is a key of FAMILIES. Raises Wrong for one that does not fit."""
    if value.short == "super" and family not in _DYNAMIC:
        raise Refused("a SUPER argument (cast it)")
    return FAMILIES[family](value)


def _as_super(value: Typed) -> Typed:
    return value if value.short in ("super", "any") else dynamic.cast_to(value)


def as_text(value: Typed) -> Typed:
    """The text of a value, as a text function reads it."""
    if value.short in ("varchar", "bpchar", "any"):
        return value
    if value.is_quoted or value.type is NULL:
        return Typed(value.node, blanks.ending_as(named("varchar", *value.type.args), [value]))
    return cast(value, VARCHAR)


def _as_int(value: Typed) -> Typed:
    if value.short in INTEGERS or value.short in ("any", "null"):
        return value
    if value.short in NUMBERS or value.is_quoted:
        return cast(value, INT8 if value.short == "int8" else INT4)
    raise Wrong(f"a whole number is expected, not a value of type {value.type.rule.name}")


def _as_number(value: Typed) -> Typed:
    if value.short in NUMBERS or value.short in ("any", "null"):
        return value
    if value.is_quoted:
        return cast(value, FLOAT8)
    raise Wrong(f"a number is expected, not a value of type {value.type.rule.name}", "cast it")


def _as_float(value: Typed) -> Typed:
    number = _as_number(value)
    return number if number.short in ("float8", "any") else Typed(to(number, FLOAT8), FLOAT8)


def _as_moment(value: Typed) -> Typed:
    if value.short in MOMENTS or value.short in TIMES or value.short == "any":
        return value
    if value.type is NULL or value.short in TEXTS:
        return cast(value, TIMESTAMP)
    raise Wrong(f"a date or a time is expected, not a value of type {value.type.rule.name}", "cast it")


def _as_extent(value: Typed) -> Typed:
    """A date, a time or an interval."""
    return value if value.short in INTERVALS else _as_moment(value)


def _as_one(kind: Type) -> Callable[[Typed], Typed]:
    """A date, a timestamp or a text as one of them."""

    def convert(value: Typed) -> Typed:
        if value.short in (kind.short, "any"):
            return value
        return cast(value if value.type is NULL or value.short in TEXTS else _as_moment(value), kind)

    return convert


def _as_interval(value: Typed) -> Typed:
    """An interval, or a quoted text in its units."""
    if value.short in INTERVALS or value.type is NULL:
        return value
    if value.is_quoted:
        return temporal.interval_literal(value.literal or "", None)
    raise Wrong(f"an interval is expected, not a value of type {value.type.rule.name}")


def _as_given(value: Typed) -> Typed:
    return value


def _as_bool(value: Typed) -> Typed:
    if value.short in ("bool", "any", "null"):
        return value
    if value.is_quoted or value.short in INTEGERS:
        return cast(value, named("bool"))
    raise Wrong(f"a condition is expected, not a value of type {value.type.rule.name}")


def _as_bytes(value: Typed) -> Typed:
    if value.short in ("varbyte", "any", "null"):
        return value
    return cast(value, named("varbyte"))


def _as_sketch(value: Typed) -> Typed:
    """A sketch, or a quoted text in the form of one."""
    if value.short in ("hllsketch", "any", "null"):
        return value
    if value.is_quoted:
        return cast(value, named("hllsketch"))
    raise Wrong(f"a HLLSKETCH is expected, not a value of type {value.type.rule.name}", "HLL_CREATE_SKETCH makes one")


def _as_geometry(value: Typed) -> Typed:
    """A geometry; a quoted text and a geography are converted."""
    if value.short in ("geometry", "any", "null"):
        return value
    if value.is_quoted or value.short == "geography":
        return cast(value, named("geometry"))
    raise Wrong(f"a GEOMETRY is expected, not a value of type {value.type.rule.name}", "cast it, or ST_GeomFromText")


def _as_geometry_or_geography(value: Typed) -> Typed:
    return value if value.short == "geography" else _as_geometry(value)


def _as_cell(value: Typed) -> Typed:
    """The index of an H3 cell, as a BIGINT or as a text."""
    return as_text(value) if value.short in TEXTS else _as_int(value)


def _as_any(value: Typed) -> Typed:
    return as_text(value) if value.is_quoted else value


def _as_ordered(value: Typed) -> Typed:
    orderable(value.type, "here")
    return _as_any(value)


def orderable(kind: Type, place: str) -> None:
    """Raise Wrong for a type whose values can't be compared."""
    if (hint := _UNORDERED.get(kind.rule.short)) is not None:
        raise Wrong(f"a value of type {kind.rule.name} can't stand {place}", hint)


_UNORDERED = {
    "geography": "take a text of it: ST_AsEWKT",
    "geometry": "take a text of it: ST_AsEWKT",
    "hllsketch": "take its cardinality: HLL_CARDINALITY",
}


FAMILIES: dict[str, Callable[[Typed], Typed]] = {
    "any": _as_any,
    "bool": _as_bool,
    "bytes": _as_bytes,
    "cell": _as_cell,
    "date": _as_one(named("date")),
    "extent": _as_extent,
    "float": _as_float,
    "geo": _as_geometry_or_geography,
    "geometry": _as_geometry,
    "int": _as_int,
    "given": _as_given,
    "interval": _as_interval,
    "measured": lambda value: value if value.short == "super" else _as_ordered(value),
    "moment": _as_moment,
    "number": _as_number,
    "ordered": _as_ordered,
    "quantity": lambda value: value if value.short == "super" else _as_number(value),
    "sketch": _as_sketch,
    "super": _as_super,
    "text": as_text,
    "textual": lambda value: value if value.short == "varbyte" else as_text(value),
    "timestamp": _as_one(TIMESTAMP),
    "timestamptz": _as_one(TIMESTAMPTZ),
}


def assigned(value: Typed, kind: Type) -> Typed:
    """A value as INSERT and UPDATE put it into a column; a text that is too long stays so, for the column to refuse."""
    if value.type == kind or value.short == "any":
        return value
    if kind.rule.short in ("varchar", "bpchar"):
        text = as_text(value)
        return Typed(without_blanks(text), kind) if kind.rule.short == "bpchar" else _without_excess(text, kind.args[0])
    return cast(value, kind)


def _without_excess(text: Typed, length: int) -> Typed:
    """A text without the blanks that go beyond a column's length."""
    from sqlglot import exp

    known = text.literal
    if known is not None and len(known.rstrip(" ").encode()) <= length < len(known.encode()):
        return Typed(exp.Literal.string(known.encode()[:length].decode()), text.type)
    if known is not None or most_bytes(text.type) <= length:
        return text
    return Typed(own("without_excess" if is_simple(text) else "without_excess_once", text, length), text.type)
