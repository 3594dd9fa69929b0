"""Conversions: CAST as it is written, what a function or a comparison converts by itself, values of one type.

Source: Redshift Developer Guide, "Type compatibility and conversion", CAST.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rsnb.types import Type, named
from rsnb.warehouse.spatial.signatures import forms
from rsnb.warehouse.translation import dynamic, temporal
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import (
    ANY,
    FLOAT8,
    FLOATS,
    INT4,
    INT8,
    INTEGERS,
    INTERVALS,
    LITERAL,
    MOMENTS,
    NULL,
    NUMBERS,
    TEXTS,
    TIMES,
    TIMESTAMP,
    TIMESTAMPTZ,
    TIMETZ,
    VARCHAR,
    Typed,
    call,
    node,
    own,
    sql,
    to,
)

if TYPE_CHECKING:
    from sqlglot import exp


# CAST

Cast = Callable[[Typed, Type], Typed]


def cast(value: Typed, kind: Type) -> Typed:
    """The value as CAST makes it; raises Wrong where Redshift has no such cast, Refused where it is not known."""
    if value.type == kind and value.type.rule.short not in _CUT:
        return value
    if kind.rule.short == "super":
        return value if value.short == "super" else dynamic.cast_to(value)
    if value.short == "super":
        return _cut(dynamic.cast_from(value, kind), kind)
    rule = _CASTS.get((group(value.type), group(kind)))
    if rule is None:
        if value.short == "any":
            raise Refused(f"a cast to {kind.rule.name} of a value whose type can't be worked out")
        raise Wrong(f"a value of type {value.type.rule.name} can't be cast to {kind.rule.name}")
    return rule(value, kind)


def _cut(value: Typed, kind: Type) -> Typed:
    return _to_text(value, kind) if kind.rule.short in ("varchar", "bpchar") else value


_CUT = ("varchar", "bpchar", "varbyte")


def group(kind: Type) -> str:
    """What the casts of a type are found under: its short name, or that of the types that are cast alike."""
    short = kind.rule.short
    return "int" if short in INTEGERS else "float" if short in FLOATS else _ALIKE.get(short, short)


_ALIKE = {"varchar": "text", "bpchar": "text", "unknown": "text"}


def _plain(value: Typed, kind: Type) -> Typed:
    return Typed(to(value, kind), kind)


def _null(value: Typed, kind: Type) -> Typed:
    return Typed(to(value, kind), kind)


def _text_to_int(value: Typed, kind: Type) -> Typed:
    return Typed(to(own("to_whole", value), kind), kind)


def _to_bool(value: Typed, kind: Type) -> Typed:
    return Typed(to(own("to_truth", value), kind), kind)


def _to_text(value: Typed, kind: Type) -> Typed:
    """VARCHAR(n) cuts a text off at n bytes; a CHAR is held without the blanks at its end."""
    text = value.node if value.short in TEXTS else temporal.text(value)
    length = kind.args[0] if kind.args else VARCHAR.args[0]
    known = value.literal
    fits = len(known.encode()) <= length if known is not None else _bytes(value.type) <= length
    if not fits:
        text = own("truncate_bytes" if value.short in TEXTS and _is_simple(value) else "truncate_bytes_once",
                   text, length)  # fmt: skip
    return Typed(without_blanks(text) if kind.short == "bpchar" else text, kind)


def _bytes(kind: Type) -> int:
    """The most bytes that a value of a type has as text."""
    short = kind.rule.short
    return kind.args[0] if short in _CUT and kind.args else _DIGITS.get(short) or temporal.text_length(short) or 2**31


def longest(value: Typed) -> int:
    """The length of the VARCHAR or CHAR that holds every text of a value."""
    if (known := value.literal) is not None:
        return max(len(known.encode()), 1)
    return min(_bytes(value.type), VARCHAR.args[0])


_DIGITS = {"int2": 6, "int4": 11, "int8": 20}


def _is_simple(value: Typed) -> bool:
    from sqlglot import exp

    return isinstance(value.node, (exp.Column, exp.Literal))


def without_blanks(text: object) -> exp.Expr:
    """A text without the blanks at its end, as a CHAR is held."""
    from sqlglot import exp

    return exp.Trim(this=node(text), position="TRAILING", expression=exp.Literal.string(" "))


def _spatial(name: str) -> Cast:
    """A conversion that the spatial functions make."""
    (form,) = forms(name)
    return lambda value, kind: Typed(call(form.duckdb, form.key, value), kind)


def _renamed(value: Typed, kind: Type) -> Typed:
    return Typed(value.node, kind)


def _float_to_text(value: Typed, kind: Type) -> Typed:
    """A float8 with up to 15 digits, a float4 with up to 6, as they are printed."""
    text = own("float_text", to(value, FLOAT8), "%.6g" if value.short == "float4" else "%.15g")
    return _to_text(Typed(text, VARCHAR), kind)


def _refuse_text(value: Typed, kind: Type) -> Typed:
    raise Refused(f"a cast to text of a {value.type.rule.name} value")


_CASTS: dict[tuple[str, str], Cast] = {
    **{("null", kind): _null for kind in (
        "int", "numeric", "float", "bool", "text", "date", "timestamp", "timestamptz", "time", "timetz", "varbyte",
        "super", "geometry", "geography", "intervaly2m", "intervald2s", "hllsketch")},
    ("bool", "bool"): _plain,
    ("bool", "int"): _plain,
    ("float", "float"): _plain,
    ("float", "int"): _plain,
    ("float", "numeric"): _plain,
    ("geography", "geometry"): _renamed,
    ("geometry", "geography"): _spatial("to_geography_of"),
    ("int", "bool"): _plain,
    ("int", "float"): _plain,
    ("int", "int"): _plain,
    ("int", "numeric"): _plain,
    ("int", "text"): _to_text,
    ("numeric", "float"): _plain,
    ("numeric", "int"): _plain,
    ("numeric", "numeric"): _plain,
    ("numeric", "text"): _to_text,
    ("float", "text"): _float_to_text,
    **{(kind, "text"): _to_text for kind in (
        "bool", "date", "timestamp", "timestamptz", "time", "timetz", "interval", "intervaly2m", "intervald2s")},
    **temporal.CASTS,
    ("text", "bool"): _to_bool,
    ("text", "float"): _plain,
    ("text", "geography"): _spatial("to_geography"),
    ("text", "geometry"): _spatial("to_geometry"),
    ("text", "int"): _text_to_int,
    ("text", "numeric"): _plain,
    ("text", "text"): _to_text,
}  # fmt: skip


# VARBYTE

BYTES = named("varbyte")


def _text_to_bytes(value: Typed, kind: Type) -> Typed:
    """A text's UTF-8, a CHAR's with its blanks."""
    text = call("rpad", value, value.type.args[0], " ") if value.short == "bpchar" else value.node
    return _bytes_to_bytes(Typed(call("encode", text), BYTES), kind)


def _bytes_to_bytes(value: Typed, kind: Type) -> Typed:
    """VARBYTE(n) cuts off at n bytes."""
    fits = value.type.args and value.type.args[0] <= kind.args[0]
    return Typed(value.node if fits else sql("{b}[1:{n}]", b=value, n=kind.args[0]), kind)


def _int_to_bytes(value: Typed, kind: Type) -> Typed:
    """The bytes of an integer's width, the highest first."""
    width = _WIDTHS[value.short]
    whole = sql(
        f"CASE WHEN {{v}} < 0 THEN CAST({{v}} AS HUGEINT) + {2 ** (8 * width)}::HUGEINT ELSE {{v}} END", v=value
    )
    return Typed(sql(f"from_hex(lpad(to_hex({{w}}), {2 * width}, '0'))", w=whole), kind)


def _bytes_to_int(value: Typed, kind: Type) -> Typed:
    return Typed(to(own("whole_of_bytes", value, _WIDTHS[kind.short]), kind), kind)


def _bytes_to_text(value: Typed, kind: Type) -> Typed:
    return _to_text(Typed(call("decode", value), VARCHAR), kind)


_WIDTHS = {"int2": 2, "int4": 4, "int8": 8}
_CASTS |= {
    ("int", "varbyte"): _int_to_bytes,
    ("text", "varbyte"): _text_to_bytes,
    ("varbyte", "int"): _bytes_to_int,
    ("varbyte", "text"): _bytes_to_text,
    ("varbyte", "varbyte"): _bytes_to_bytes,
}


# What is converted without a cast


def coerce(value: Typed, family: str) -> Typed:
    """An argument as a function takes it; `family` is a key of FAMILIES. Raises Wrong for one that does not fit."""
    if value.short == "super" and family not in ("any", "super"):
        raise Refused("a SUPER argument (cast it)")
    return FAMILIES[family](value)


def _as_super(value: Typed) -> Typed:
    return value if value.short in ("super", "any") else dynamic.cast_to(value)


def as_text(value: Typed) -> Typed:
    """The text of a value, as a text function reads it."""
    if value.short in ("varchar", "bpchar", "any"):
        return value
    if value.type in (LITERAL, NULL):
        return Typed(value.node, VARCHAR)
    return cast(value, VARCHAR)


def _as_int(value: Typed) -> Typed:
    if value.short in INTEGERS or value.short in ("any", "null"):
        return value
    if value.short in NUMBERS or value.type is LITERAL:
        return cast(value, INT8 if value.short == "int8" else INT4)
    raise Wrong(f"a whole number is expected, not a value of type {value.type.rule.name}")


def _as_number(value: Typed) -> Typed:
    if value.short in NUMBERS or value.short in ("any", "null"):
        return value
    if value.type is LITERAL:
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
    if value.type is LITERAL:
        return temporal.interval_literal(value.literal or "", None)
    raise Wrong(f"an interval is expected, not a value of type {value.type.rule.name}")


def _as_given(value: Typed) -> Typed:
    return value


def _as_bool(value: Typed) -> Typed:
    if value.short in ("bool", "any", "null"):
        return value
    if value.type is LITERAL or value.short in INTEGERS:
        return cast(value, named("bool"))
    raise Wrong(f"a condition is expected, not a value of type {value.type.rule.name}")


def _as_bytes(value: Typed) -> Typed:
    if value.short in ("varbyte", "any", "null"):
        return value
    return cast(value, named("varbyte"))


def _as_geometry(value: Typed) -> Typed:
    """A geometry; a quoted text and a geography are converted."""
    if value.short in ("geometry", "any", "null"):
        return value
    if value.type is LITERAL or value.short == "geography":
        return cast(value, named("geometry"))
    raise Wrong(f"a GEOMETRY is expected, not a value of type {value.type.rule.name}", "cast it, or ST_GeomFromText")


def _as_geometry_or_geography(value: Typed) -> Typed:
    return value if value.short == "geography" else _as_geometry(value)


def _as_cell(value: Typed) -> Typed:
    """The index of an H3 cell, as a BIGINT or as a text."""
    return as_text(value) if value.short in TEXTS else _as_int(value)


def _as_any(value: Typed) -> Typed:
    return Typed(value.node, VARCHAR) if value.type is LITERAL else value


def _as_ordered(value: Typed) -> Typed:
    orderable(value.type, "here")
    return _as_any(value)


def orderable(kind: Type, place: str) -> None:
    """Raise Wrong for a type whose values can't be compared."""
    if kind.rule.short in ("geometry", "geography"):
        raise Wrong(f"a value of type {kind.rule.name} can't stand {place}", "take a text of it: ST_AsEWKT")


FAMILIES: dict[str, Callable[[Typed], Typed]] = {
    "any": _as_any,
    "bool": _as_bool,
    "bytes": _as_bytes,
    "cell": _as_cell,
    "date": _as_one(named("date")),
    "float": _as_float,
    "geo": _as_geometry_or_geography,
    "geometry": _as_geometry,
    "int": _as_int,
    "given": _as_given,
    "interval": _as_interval,
    "moment": _as_moment,
    "number": _as_number,
    "ordered": _as_ordered,
    "super": _as_super,
    "text": as_text,
    "textual": lambda value: value if value.short == "varbyte" else as_text(value),
    "timestamp": _as_one(TIMESTAMP),
    "timestamptz": _as_one(TIMESTAMPTZ),
}


# Values of one type: comparisons, CASE, COALESCE, IN, UNION


def common(values: Sequence[Typed]) -> tuple[list[Typed], Type]:
    """Values that stand beside each other, as of one type, and that type."""
    kind = common_type([v.type for v in values])
    if kind is ANY or kind is NULL:
        return list(values), kind
    return [_met(v, kind) for v in values], kind


def common_type(kinds: Sequence[Type]) -> Type:
    """The type that values of these types meet in; Wrong when there is none."""
    found: Type | None = None
    for kind in kinds:
        if kind.rule.short == "any":
            return ANY
        if kind not in (LITERAL, NULL):
            found = kind if found is None else _meeting(found, kind)
    if found is not None:
        return found
    return VARCHAR if LITERAL in kinds else NULL


_ORDER = ("int2", "int4", "int8", "numeric", "float4", "float8")


def _meeting(one: Type, other: Type) -> Type:
    if one == other:
        return one
    a, b = one.rule.short, other.rule.short
    if "super" in (a, b):
        return dynamic.SUPER
    if a in NUMBERS and b in NUMBERS:
        if "numeric" in (a, b) and not {a, b} & FLOATS:
            return _wider(as_numeric(one), as_numeric(other))
        if {a, b} & FLOATS:
            return one if a == b else FLOAT8
        return max(one, other, key=lambda t: _ORDER.index(t.rule.short))
    if a in _CUT and b in _CUT and "varbyte" not in (a, b):
        return named("varchar" if "varchar" in (a, b) else "bpchar", max(one.args[0], other.args[0]))
    if a in MOMENTS and b in MOMENTS:
        return TIMESTAMPTZ if "timestamptz" in (a, b) else TIMESTAMP
    if a in TIMES and b in TIMES:
        return TIMETZ
    if a in INTERVALS and b in INTERVALS and (a == b or "interval" in (a, b)):
        return temporal.meeting(one, other)
    if a == b:
        return max(one, other, key=lambda t: t.args)
    raise Wrong(f"values of type {one.rule.name} and {other.rule.name} do not go together", "cast one of them")


NUMERIC_OF = {"int2": (5, 0), "int4": (10, 0), "int8": (19, 0)}


def as_numeric(kind: Type) -> Type:
    """The NUMERIC that an integer is beside one."""
    return named("numeric", *NUMERIC_OF[kind.rule.short]) if kind.rule.short in NUMERIC_OF else kind


def _wider(one: Type, other: Type) -> Type:
    scale = max(one.args[1], other.args[1])
    whole = max(one.args[0] - one.args[1], other.args[0] - other.args[1])
    return named("numeric", min(whole + scale, 38), scale)


def _met(value: Typed, kind: Type) -> Typed:
    """A value as of a type that it meets others in; numbers and texts DuckDB brings together by itself."""
    if value.type is LITERAL and kind.rule.short not in TEXTS:
        return cast(value, kind if kind.rule.short != "numeric" else _numeric_literal(value, kind))
    if value.short != kind.rule.short and (value.short in MOMENTS | TIMES or kind is dynamic.SUPER):
        return cast(value, kind)
    return value


def _numeric_literal(value: Typed, kind: Type) -> Type:
    """The NUMERIC that holds a quoted number exactly."""
    match = re.fullmatch(r"\s*[+-]?(\d*)\.?(\d*)\s*", value.literal or "")
    if match is None:
        return kind
    scale = max(len(match[2]), kind.args[1])
    return named("numeric", min(38, max(len(match[1]) + scale, kind.args[0])), scale)


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
    if known is not None or _bytes(text.type) <= length:
        return text
    return Typed(own("without_excess" if _is_simple(text) else "without_excess_once", text, length), text.type)
