"""Mathematical functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.types import Type, named
from rsnb.warehouse.functions.function import Build, Call, Refused, Wrong, own, same, taking
from rsnb.warehouse.translation import dynamic
from rsnb.warehouse.translation.coercion import coerce
from rsnb.warehouse.translation.operators import arithmetic
from rsnb.warehouse.translation.typed import DATE, FLOAT8, FLOATS, MOMENTS, Typed, call, to

if TYPE_CHECKING:
    from sqlglot import exp


def _dynamic(otherwise: Build) -> Build:
    """A function of a number that takes a SUPER value too, without a second argument."""

    def build(given: Call) -> exp.Expr | Typed:
        if given[0].short != "super":
            return otherwise(given)
        if len(given) > 1:
            raise Wrong(f"{given.name.upper()} of a SUPER value takes no second argument", "cast it")
        return dynamic.rounded(given.name, given[0])

    return build


def _sign(given: Call) -> Typed:
    """SIGN of a float is a float, of another number a NUMERIC(1,0)."""
    if given[0].short == "any":
        raise Refused("SIGN of a value of unknown type (cast it)")
    kind = FLOAT8 if given[0].short in FLOATS else named("numeric", 1, 0)
    return Typed(to(call("sign", given[0]), kind), kind)


def _trunc(given: Call) -> Typed:
    """TRUNC of a timestamp is its date."""
    if given[0].short in MOMENTS:
        if len(given) > 1:
            message = f"TRUNC of a {given[0].type.rule.name} value takes one argument"
            raise Wrong(message, "date_trunc('month', ...) cuts off what is smaller")
        return Typed(to(given[0], DATE), DATE)
    return _cut("trunc")(given)


def _cut(name: str) -> Callable[[Call], Typed]:
    """ROUND and TRUNC of a number; DuckDB wants to know the places that a decimal keeps."""

    def build(given: Call) -> Typed:
        if given[0].short == "numeric" and len(given) > 1 and _places(given) is None:
            why = "of a decimal to a number of places that is not written out (cast the decimal to float8)"
            raise Refused(f"{given.name.upper()} {why}")
        return Typed(call(name, *given.arguments), _rounded(given))

    return build


def _places(given: Call) -> int | None:
    """The places that are kept, where they are written out; fewer than 0 are counted from the point leftwards."""
    from sqlglot import exp

    node = given[1].node.unnest()
    sign, number = (-1, node.this.unnest()) if isinstance(node, exp.Neg) else (1, node)
    return sign * int(number.name) if isinstance(number, exp.Literal) and number.is_int else None


def _mod(given: Call) -> Typed:
    return arithmetic("%")(coerce(given[0], "number"), coerce(given[1], "number"))


def _rounded(given: Call) -> Type:
    """A NUMERIC keeps its whole digits and as many places as are asked for."""
    kind = given[0].type
    if kind.short != "numeric":
        return kind
    precision, scale = kind.args
    places = _places(given) or 0 if len(given) > 1 else 0
    return named("numeric", precision, min(max(places, 0), scale))


FUNCTIONS = {
    "abs": taking("quantity", "same", _dynamic(same("abs"))),
    "acos": taking("float", "float8", same("acos")),
    "asin": taking("float", "float8", same("asin")),
    "atan": taking("float", "float8", same("atan")),
    "atan2": taking("float float", "float8", same("atan2")),
    "cbrt": taking("float", "float8", own("cbrt")),
    "ceil": taking("quantity", _rounded, _dynamic(same("ceil"))),
    "ceiling": taking("quantity", _rounded, _dynamic(same("ceil")), "ceil"),
    "cos": taking("float", "float8", same("cos")),
    "cot": taking("float", "float8", same("cot")),
    "degrees": taking("float", "float8", same("degrees")),
    "dexp": taking("float", "float8", own("exp")),
    "dlog1": taking("float", "float8", same("ln")),
    "dlog10": taking("float", "float8", same("log10")),
    "exp": taking("float", "float8", own("exp")),
    "floor": taking("quantity", _rounded, _dynamic(same("floor"))),
    "ln": taking("float", "float8", same("ln")),
    "log": taking("float", "float8", same("log10"), "dlog10"),
    "mod": taking("number number", "same", _mod),
    "pi": taking("", "float8", same("pi")),
    "pow": taking("float float", "float8", own("power")),
    "power": taking("float float", "float8", own("power")),
    "radians": taking("float", "float8", same("radians")),
    "random": taking("", "float8", own("random")),
    "round": taking("quantity [int]", "same", _dynamic(_cut("round"))),
    "sign": taking("quantity", "float8", _dynamic(_sign)),
    "sin": taking("float", "float8", same("sin")),
    "sqrt": taking("float", "float8", same("sqrt")),
    "tan": taking("float", "float8", same("tan")),
    "trunc": taking("any [int]", "same", _dynamic(_trunc)),
}
