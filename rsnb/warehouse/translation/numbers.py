"""Arithmetic of numbers: result types, and NUMERIC precision and scale.

Source: Redshift Developer Guide, "Computations with numeric values".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import Type, named
from rsnb.warehouse.translation.meeting import as_numeric
from rsnb.warehouse.translation.typed import FLOAT4, FLOAT8, FLOATS, INTEGERS, Typed, sql, to

if TYPE_CHECKING:
    from sqlglot import exp

DIGITS = 38  # the most that a NUMERIC holds
NARROW = 18  # the most digits that DuckDB calculates with in 64 bits


def binary(symbol: str, left: Typed, right: Typed) -> exp.Expr:
    """The operator as DuckDB writes it."""
    from sqlglot import exp

    kinds = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div, "%": exp.Mod}
    return kinds[symbol](this=left.node, expression=right.node)


def calculated(symbol: str, left: Typed, right: Typed) -> Typed:
    """`left symbol right` of two numbers."""
    if left.short in FLOATS or right.short in FLOATS:
        kind = FLOAT4 if left.short == right.short == "float4" else FLOAT8
        if kind is FLOAT8:  # a REAL is widened first
            left, right = (Typed(to(v, FLOAT8), FLOAT8) if v.short == "float4" else v for v in (left, right))
        return Typed(binary(symbol, left, right), kind)
    if left.short in INTEGERS and right.short in INTEGERS:
        return Typed(binary(symbol, left, right), _wider(left.type, right.type))
    one, other = as_numeric(left.type), as_numeric(right.type)
    left, right = Typed(left.node, one), Typed(right.node, other)
    if symbol == "/":
        return _quotient(left, right)
    if symbol == "*" and _digits(left) + _digits(right) > NARROW:  # DuckDB would stay within 64 bits
        left = widened(left)
    return Typed(binary(symbol, left, right), _result(symbol, one, other))


def widened(value: Typed) -> Typed:
    """A NUMERIC as DuckDB calculates with it in 128 bits."""
    precision, scale = value.type.args
    kind = named("numeric", max(precision, NARROW + 1), scale)
    return value if _is_wide(value.node) else Typed(to(value, kind), value.type)


def _is_wide(node: exp.Expr) -> bool:
    """Whether DuckDB calculates in 128 bits for certain: what a type declares can be wider than what DuckDB takes."""
    from sqlglot import exp

    node = node.unnest()
    if isinstance(node, exp.Cast):
        sizes = node.to.expressions
        return node.to.this == exp.DataType.Type.DECIMAL and bool(sizes) and int(sizes[0].name) > NARROW
    return isinstance(node, exp.Mul) and _is_wide(node.this)


def _digits(value: Typed) -> int:
    """The most digits that a NUMERIC has; a number that is written out has its own."""
    from sqlglot import exp

    node = value.node
    return len(node.name.replace(".", "")) if isinstance(node, exp.Literal) else value.type.args[0]


def _wider(one: Type, other: Type) -> Type:
    return max(one, other, key=lambda t: ("int2", "int4", "int8").index(t.rule.short))


def _result(symbol: str, one: Type, other: Type) -> Type:
    """Precision and scale of a sum, a difference, a product or a remainder."""
    (p1, s1), (p2, s2) = one.args, other.args
    if symbol == "*":
        return named("numeric", min(p1 + p2 + 1, DIGITS), min(s1 + s2, DIGITS))
    scale = max(s1, s2)
    precision = max(p1 - s1, p2 - s2) + scale + (symbol != "%")
    return named("numeric", min(precision, DIGITS), scale)


def quotient_type(one: Type, other: Type) -> Type:
    """Precision and scale of a quotient: at least four places, at most 38 digits."""
    (p1, s1), (p2, s2) = one.args, other.args
    scale = max(4, s1 + p2 - s2 + 1)
    precision = p1 - s1 + s2 + scale
    if precision > DIGITS:
        scale = max(DIGITS + scale - precision, 4)
        precision = DIGITS
    return named("numeric", precision, scale)


def _quotient(left: Typed, right: Typed) -> Typed:
    """A quotient of NUMERIC values is cut off at its scale: a whole division of the values without their points."""
    kind = quotient_type(left.type, right.type)
    shift = kind.args[1] - left.type.args[1] + right.type.args[1]
    whole = "BIGINT" if max(left.type.args[0] + max(shift, 0), right.type.args[0] - min(shift, 0)) <= 18 else "HUGEINT"
    above, below = _unscaled(left, whole), _unscaled(right, whole)
    if shift > 0:
        above = sql(f"{{n}} * {10**shift}::{whole}", n=above)
    elif shift < 0:
        below = sql(f"{{n}} * {10**-shift}::{whole}", n=below)
    return Typed(rescaled(sql("{a} // {b}", a=above, b=below), kind), kind)


def _unscaled(value: Typed, whole: str) -> exp.Expr:
    """A NUMERIC without its point, as a whole number."""
    precision, scale = value.type.args
    if not scale:
        return to(value, whole)
    if precision + scale > DIGITS:  # the product would not fit
        return sql(f"CAST(replace(CAST({{v}} AS VARCHAR), '.', '') AS {whole})", v=value)
    if precision + scale > NARROW:
        value = widened(value)
    return sql(f"CAST({{v}} * {10**scale} AS {whole})", v=value)


def rescaled(whole: exp.Expr, kind: Type) -> exp.Expr:
    """A whole number with the point of a NUMERIC type put in."""
    scale = kind.args[1]
    point = f"0.{'0' * (scale - 1)}1" if scale else "1"
    return sql(f"CAST({{w}} AS DECIMAL(38,0)) * {point}::DECIMAL({max(scale, 1)},{scale})", w=whole)
