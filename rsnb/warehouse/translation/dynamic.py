"""SUPER values: the way into one, what it is compared with, what it is cast to; held as DuckDB JSON.

A value whose dynamic type does not fit gives NULL, where a static type would give an error.
Source: Redshift Developer Guide, "Querying semistructured data", "Limitations" of the SUPER type.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from rsnb.types import Type, named
from rsnb.warehouse.texts import PREFIX
from rsnb.warehouse.translation import blanks
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import INTEGERS, NUMBERS, TEXTS, Typed, call, own, sql, to

if TYPE_CHECKING:
    from sqlglot import exp

SUPER = named("super")


class Mode(NamedTuple):
    """What the parameters of a session say of its SUPER values."""

    case_sensitive: bool = False  # attributes are named as written
    lax_steps: bool = True  # a step to nothing is NULL, not an error
    lax_casts: bool = True  # a cast that does not fit is NULL, not an error
    last_repeated: bool = False  # JSON_PARSE keeps the last of attributes that repeat


LAX = Mode()
MODE: ContextVar[Mode] = ContextVar("mode", default=LAX)  # of the session whose statement is translated


def step(value: Typed, field: str | Typed) -> Typed:
    """The attribute of an object, or the element of an array at an index; NULL where there is none, if lax."""
    from sqlglot import exp

    lax = MODE.get().lax_steps
    if isinstance(field, str):
        mark = attribute(field)
    elif isinstance(field.node, exp.Literal) and field.node.is_int:
        mark = f"[{field.node.name}]"
    elif field.short in INTEGERS:
        return Typed(own("super_element" if lax else "super_element_strict", value, field), SUPER)
    else:
        raise Wrong("an element of an array is named by a whole number")
    node, path = value.node, "super_path" if lax else "super_path_strict"
    if isinstance(node, exp.Anonymous) and node.name == own(path).name:  # one path for several steps
        inner, before = node.expressions
        return Typed(own(path, inner, before.name + mark), SUPER)
    return Typed(own(path, node, "$" + mark), SUPER)


def named_by(identifier: exp.Expr) -> str:
    """The attribute that a name in the statement stands for."""
    return str(identifier.meta.get(WRITTEN, identifier.name))


WRITTEN = "written"  # what an identifier notes its letters under before they are put into lower case


def attribute(name: str) -> str:
    """An attribute's name as a step of a JSON path."""
    return '."' + name.replace('"', '\\"') + '"'


# Casts


def cast_from(value: Typed, kind: Type) -> Typed:
    """A SUPER value as another type; NULL where its dynamic type has no such cast, if lax."""
    cast = _cast_from(value, kind)
    return cast if MODE.get().lax_casts else Typed(own("super_cast_strict", value, cast, kind.rule.name), cast.type)


def _cast_from(value: Typed, kind: Type) -> Typed:
    from sqlglot import exp

    short = kind.rule.short
    if short in INTEGERS:
        return Typed(to(own("super_whole", value, _BOUNDS[short]), kind), kind)
    if short in ("varchar", "bpchar"):
        return Typed(own("super_text", value), named("varchar"))
    macro = _MACROS.get(short)
    if macro is None:
        raise Refused(f"a cast of SUPER to {kind.rule.name}")
    if short == "bool":
        return Typed(own(macro, value), kind)
    return Typed(exp.TryCast(this=own(macro, value), to=to(value, kind).args["to"]), kind)


_BOUNDS = {"int2": 2**15, "int4": 2**31, "int8": 2**63}  # one more than the largest value
_MACROS = {
    "bool": "super_truth", "date": "super_moment", "float4": "super_digits", "float8": "super_digits",
    "numeric": "super_digits", "time": "super_moment", "timestamp": "super_moment", "timestamptz": "super_moment",
}  # fmt: skip


def cast_to(value: Typed) -> Typed:
    """A value as SUPER; dates and times have no such cast."""
    short = value.short
    if short == "null":
        return Typed(to(value, "JSON"), SUPER)
    if short in INTEGERS or short in ("numeric", "bool"):
        return Typed(to(to(value, "VARCHAR"), "JSON"), SUPER)
    if short in ("float4", "float8"):
        return Typed(own("float_to_super", value), SUPER)
    if short in TEXTS:
        return Typed(sql("to_json({value})", value=value), SUPER)
    raise Wrong(f"a value of type {value.type.rule.name} can't be cast to super")


# Arithmetic


def calculated(symbol: str, left: Typed, right: Typed) -> Typed:
    """`left symbol right` of which one is SUPER, as is the result."""
    one, other = (_json(v if v.short == "super" else cast_to(v)) for v in (left, right))
    return Typed(to(call(f"{PREFIX}super_calculated", symbol, one, other), "JSON"), SUPER)


def rounded(name: str, value: Typed) -> Typed:
    """A function of one number, of a SUPER value."""
    return Typed(to(call(f"{PREFIX}super_rounded", name, _json(value)), "JSON"), SUPER)


def _json(value: Typed) -> exp.Expr:
    return to(value, "VARCHAR")


# Comparisons


def compared(values: Sequence[Typed]) -> list[Typed]:
    """Values beside a SUPER one: it counts as of the others' type, and as NULL when it is of another."""
    others = [v for v in values if v.short not in ("super", "null")]
    if not others:
        return [Typed(own("super_key", v), named("varchar")) if v.short == "super" else v for v in values]
    found = {kinds for kinds in (TEXTS, NUMBERS, frozenset({"bool"})) if any(v.short in kinds for v in others)}
    if len(found) > 1:
        raise Refused("a comparison of SUPER with values of several types")
    short = others[0].short
    if short in TEXTS:  # blanks at the end of one do not count
        return [
            Typed(own("super_string", v), named("varchar")) if v.short == "super" else blanks.compared(v)
            for v in values
        ]
    if short in NUMBERS:
        macro, kind = "super_number", named("numeric", 38, 18)
    elif short == "bool":
        macro, kind = "super_bool", named("bool")
    else:
        raise Refused(f"a comparison of SUPER with {others[0].type.rule.name} (cast the SUPER value)")
    return [Typed(own(macro, v), kind) if v.short == "super" else v for v in values]


def equality(values: Sequence[Typed], result: exp.Expr, answer: bool) -> exp.Expr:
    """`=`, `<>` and IN of values of different dynamic types are false or true, not NULL."""
    from sqlglot import exp

    present = [exp.Not(this=exp.Is(this=v.node.copy(), expression=exp.Null())) for v in values]
    branch = exp.If(this=exp.and_(*present), true=exp.Boolean(this=answer))
    return exp.Anonymous(this="coalesce", expressions=[result, exp.Case(ifs=[branch])])


def ordered(left: Typed, right: Typed, node: exp.Expr) -> exp.Expr:
    """`<`, `>` and the like of two SUPER values: NULL where their dynamic types differ."""
    from sqlglot import exp

    return type(node)(this=own("super_compared", left, right), expression=exp.Literal.number(0))


def text(value: Typed) -> Typed:
    """A SUPER value as an operator of texts takes it: NULL where it is no string; any other value as it is."""
    return Typed(own("super_moment", value), named("varchar")) if value.short == "super" else value


def condition(value: Typed) -> exp.Expr:
    """A SUPER value that stands as a condition."""
    return own("super_condition", value)
