"""Aggregate functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import named
from rsnb.warehouse.functions.function import Build, Call, Refused, Wrong, aggregate, made
from rsnb.warehouse.translation.typed import FLOAT8, INT8, Typed, sql

if TYPE_CHECKING:
    from sqlglot import exp


def _known(call: Call) -> str:
    short = call[0].short
    if short == "any":
        raise Refused(f"{call.name.upper()} whose type can't be worked out (cast the argument to float8)")
    return short


def _average(call: Call) -> Typed:
    """AVG of integers is a BIGINT, cut off towards zero; of a NUMERIC it keeps the scale."""
    short = _known(call)
    if short in ("float4", "float8"):
        return Typed(call.aggregate("avg", call[0]), FLOAT8)
    if short == "numeric":
        raise Refused("AVG of a decimal value (cast the argument to float8)")
    total, count = call.aggregate("sum", call[0]), call.aggregate("count", call[0])
    return Typed(sql("CAST({total} // NULLIF({count}, 0) AS BIGINT)", total=total, count=count), INT8)


def _sum(call: Call) -> Typed:
    """SUM of SMALLINT and INTEGER is a BIGINT, of BIGINT a NUMERIC(38,0), of NUMERIC(p,s) a NUMERIC(38,s)."""
    short = _known(call)
    total = call.aggregate("sum", call[0])
    if short in ("float4", "float8"):
        return Typed(total, FLOAT8)
    if short == "numeric":
        return Typed(total, named("numeric", 38, call[0].type.args[1]))
    if short == "int8":
        return Typed(sql("CAST({total} AS DECIMAL(38,0))", total=total), named("numeric", 38, 0))
    return Typed(sql("CAST({total} AS BIGINT)", total=total), INT8)


def _count(call: Call) -> exp.Expr:
    from sqlglot import exp

    if not call.star and not call.arguments:
        raise Wrong("COUNT takes an expression or *")
    return call.aggregate("count", exp.Star() if call.star else call[0])


def _extreme(name: str) -> Build:
    """MAX and MIN; SUPER values have no order that is known here."""

    def build(call: Call) -> Typed:
        if call[0].short == "super":
            raise Refused(f"{name.upper()} of a SUPER value (cast it)")
        return Typed(call.aggregate(name, call[0]), call[0].type)

    return build


FUNCTIONS = {
    "avg": aggregate("number", "float8", _average),
    "count": aggregate("[any]", "int8", _count),
    "max": aggregate("ordered", "same", _extreme("max")),
    "min": aggregate("ordered", "same", _extreme("min")),
    "stddev": aggregate("float", "float8", made("stddev_samp")),
    "stddev_pop": aggregate("float", "float8", made("stddev_pop")),
    "stddev_samp": aggregate("float", "float8", made("stddev_samp")),
    "sum": aggregate("number", "float8", _sum),
    "var_pop": aggregate("float", "float8", made("var_pop")),
    "var_samp": aggregate("float", "float8", made("var_samp")),
    "variance": aggregate("float", "float8", made("var_samp")),
}
