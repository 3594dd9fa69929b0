"""CAST: what each type becomes as another.

Source: Redshift Developer Guide, "Type compatibility and conversion", CAST.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.types import Type, named
from rsnb.warehouse.spatial.signatures import forms
from rsnb.warehouse.translation import blanks, dynamic, temporal
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import (
    FLOAT8,
    FLOATS,
    INTEGERS,
    TEXTS,
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


Cast = Callable[[Typed, Type], Typed]


def cast(value: Typed, kind: Type) -> Typed:
    """The value as CAST makes it; raises Wrong where Redshift has no such cast, Refused where it is not known."""
    if value.type == kind and value.type.rule.short not in CUT:
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


CUT = ("varchar", "bpchar", "varbyte")


def group(kind: Type) -> str:
    """What the casts of a type are found under: its short name, or that of the types that are cast alike."""
    short = kind.rule.short
    return "int" if short in INTEGERS else "float" if short in FLOATS else _ALIKE.get(short, short)


_ALIKE = {"varchar": "text", "bpchar": "text", "unknown": "text"}


def _plain(value: Typed, kind: Type) -> Typed:
    return Typed(to(value, kind), kind)


def _text_to_int(value: Typed, kind: Type) -> Typed:
    return Typed(to(own("to_whole", value), kind), kind)


def _text_to_float(value: Typed, kind: Type) -> Typed:
    """A text that is too large for a float is an error, not infinite."""
    if (known := value.literal) is not None and _PLAIN_NUMBER.fullmatch(known):
        return _plain(value, kind)
    return Typed(own(f"to_{kind.short}", value), kind)


def _text_to_numeric(value: Typed, kind: Type) -> Typed:
    known = value.literal
    return _plain(value if known and "_" not in known else Typed(own("to_number", value), value.type), kind)


_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d*)?")


def _to_bool(value: Typed, kind: Type) -> Typed:
    return Typed(to(own("to_truth", value), kind), kind)


def _to_text(value: Typed, kind: Type) -> Typed:
    """VARCHAR(n) cuts a text off at n bytes; a CHAR is held without the blanks at its end."""
    text = value.node if value.short in TEXTS else temporal.text(value)
    length = kind.args[0] if kind.args else VARCHAR.args[0]
    known = value.literal
    fits = len(known.encode()) <= length if known is not None else most_bytes(value.type) <= length
    if not fits:
        text = own("truncate_bytes" if value.short in TEXTS and is_simple(value) else "truncate_bytes_once",
                   text, length)  # fmt: skip
    if kind.short == "bpchar":
        return Typed(without_blanks(text), kind)
    return Typed(text, blanks.ending_as(kind, [value]) if fits else kind)


def most_bytes(kind: Type) -> int:
    """The most bytes that a value of a type has as text."""
    short = kind.rule.short
    return kind.args[0] if short in CUT and kind.args else _DIGITS.get(short) or temporal.text_length(short) or 2**31


def longest(value: Typed) -> int:
    """The length of the VARCHAR or CHAR that holds every text of a value."""
    if (known := value.literal) is not None:
        return max(len(known.encode()), 1)
    return min(most_bytes(value.type), VARCHAR.args[0])


_DIGITS = {"int2": 6, "int4": 11, "int8": 20}


def is_simple(value: Typed) -> bool:
    """Whether a value may be written twice at no cost."""
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


def _not_documented(value: Typed, kind: Type) -> Typed:
    raise Refused(f"a cast to {kind.rule.name} of a {value.type.rule.name} value")


_CASTS: dict[tuple[str, str], Cast] = {
    **{("null", kind): _plain for kind in (
        "int", "numeric", "float", "bool", "text", "date", "timestamp", "timestamptz", "time", "timetz", "varbyte",
        "super", "geometry", "geography", "intervaly2m", "intervald2s", "hllsketch")},
    ("bool", "bool"): _plain,
    ("bool", "int"): _plain,
    ("float", "float"): _plain,
    ("float", "int"): _plain,
    ("float", "numeric"): _plain,
    ("geography", "geometry"): _renamed,
    ("geometry", "geography"): _spatial("to_geography_of"),
    ("hllsketch", "text"): _not_documented,
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
    ("text", "float"): _text_to_float,
    ("text", "geography"): _spatial("to_geography"),
    ("text", "geometry"): _spatial("to_geometry"),
    ("text", "hllsketch"): lambda value, kind: Typed(own("to_sketch", value), kind),
    ("text", "int"): _text_to_int,
    ("text", "numeric"): _text_to_numeric,
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
