"""Mathematical functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import Type, named
from rsnb.warehouse.functions.function import Build, Call, Refused, Wrong, number_at_least, own, same, taking
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
        return Typed(to(given[0], DATE), DATE)
    return Typed(call("trunc", *given.arguments), _rounded(given))


def _mod(given: Call) -> Typed:
    return arithmetic("%")(coerce(given[0], "number"), coerce(given[1], "number"))


def _rounded(given: Call) -> Type:
    """A NUMERIC keeps its whole digits and as many places as are asked for."""
    kind = given[0].type
    if kind.short != "numeric":
        return kind
    precision, scale = kind.args
    places = int(given[1].node.name) if len(given) > 1 and number_at_least(given[1].node, 0) else 0
    kept = min(places, scale)
    return named("numeric", precision, kept)


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
    "round": taking("quantity [int]", _rounded, _dynamic(same("round"))),
    "sign": taking("quantity", "float8", _dynamic(_sign)),
    "sin": taking("float", "float8", same("sin")),
    "sqrt": taking("float", "float8", same("sqrt")),
    "tan": taking("float", "float8", same("tan")),
    "trunc": taking("any [int]", "same", _dynamic(_trunc)),
}
