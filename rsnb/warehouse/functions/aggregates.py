"""Aggregate functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import named
from rsnb.warehouse.functions.function import Build, Call, Refused, Wrong, aggregate, made
from rsnb.warehouse.translation import dynamic, typed
from rsnb.warehouse.translation.coercion import coerce
from rsnb.warehouse.translation.numbers import DIGITS, rescaled
from rsnb.warehouse.translation.typed import BOOL, FLOAT8, INT4, INT8, MOMENTS, VARCHAR, Typed, sql, to

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
        return _average_numeric(call)
    total, count = call.aggregate("sum", call[0]), call.aggregate("count", call[0])
    return Typed(sql("CAST({total} // NULLIF({count}, 0) AS BIGINT)", total=total, count=count), INT8)


def _average_numeric(call: Call) -> Typed:
    """AVG of a NUMERIC(p,s) is a NUMERIC(38,s), cut off as a quotient is."""
    kind = named("numeric", 38, call[0].type.args[1])
    total, count = call.aggregate("sum", call[0]), call.aggregate("count", call[0])
    whole = sql("{total} // NULLIF({count}, 0)", total=_unscaled(total, kind.args[1]), count=count)
    return Typed(rescaled(whole, kind), kind)


def _unscaled(total: exp.Expr, scale: int) -> exp.Expr:
    """A sum of NUMERIC values without its point; only of one with few whole digits DuckDB holds the product."""
    if not scale:
        return to(total, "HUGEINT")
    read = "CAST(replace(CAST({t} AS VARCHAR), '.', '') AS HUGEINT)"
    most = 10 ** max(DIGITS - 2 * scale, 0) - 1
    return sql(
        f"CASE WHEN {{t}} BETWEEN -{most} AND {most} THEN CAST({{t}} * {10**scale} AS HUGEINT) ELSE {read} END", t=total
    )


def _sum(call: Call) -> Typed:
    """SUM of SMALLINT and INTEGER is a BIGINT, of BIGINT a NUMERIC(38,0), of NUMERIC(p,s) a NUMERIC(38,s)."""
    short = _known(call)
    if short == "super":
        return _sum_of_super(call)
    total = call.aggregate("sum", call[0])
    if short in ("float4", "float8"):
        return Typed(total, FLOAT8)
    if short == "numeric":
        return Typed(total, named("numeric", 38, call[0].type.args[1]))
    if short == "int8":
        return Typed(sql("CAST({total} AS DECIMAL(38,0))", total=total), named("numeric", 38, 0))
    return Typed(sql("CAST({total} AS BIGINT)", total=total), INT8)


def _sum_of_super(call: Call) -> Typed:
    """SUM of SUPER numbers: of decimals with the most places that one has, with a float a float."""
    number, places = typed.own("super_summand", call[0]), typed.own("super_places", call[0])
    is_float = typed.own("super_is_float", call[0])
    return Typed(
        typed.own(
            "super_sum", call.aggregate("sum", number), call.aggregate("max", places),
            call.aggregate("bool_or", is_float), call.aggregate("sum", typed.own("super_size", call[0])),
        ),
        dynamic.SUPER,
    )  # fmt: skip


def _count(call: Call) -> exp.Expr:
    from sqlglot import exp

    if not call.star and not call.arguments:
        raise Wrong("COUNT takes an expression or *")
    return call.aggregate("count", exp.Star() if call.star else call[0])


def _extreme(name: str) -> Build:
    """MAX and MIN; of SUPER values those of numbers."""

    def build(call: Call) -> Typed:
        if call[0].short == "super":
            return Typed(call.aggregate(f"arg_{name}", call[0], typed.own("super_summand", call[0])), dynamic.SUPER)
        return Typed(call.aggregate(name, call[0]), call[0].type)

    return build


def _listagg(call: Call) -> Typed:
    """LISTAGG joins what is not NULL in the order of WITHIN GROUP; DISTINCT keeps the first of each."""
    from sqlglot import exp

    mark = _written(call, 1) if len(call) > 1 else exp.Null()
    mark = typed.node("") if isinstance(mark, exp.Null) else mark
    value: exp.Expr = call[0].node
    distinct, call.distinct = call.distinct, False
    if call.within:
        value = exp.Order(this=value, expressions=[o.copy() for o in call.within])
    values = sql("list_filter({l}, lambda e: e IS NOT NULL)", l=call.aggregate("list", value))
    return Typed(typed.own("listagg", typed.own("unique", values) if distinct else values, mark), VARCHAR)


def _percentile(call: Call, share: exp.Expr, value: Typed, descending: bool) -> Typed:
    """A percentile between two values: of a float a float, of an integer or a decimal a NUMERIC.

    It has as many places as the share is written with, or as the value has, where these are more.
    """
    written = call[0].type.args[1] if len(call) and call[0].short == "numeric" and call.within else 1
    if descending:
        share = sql("1 - {p}", p=share)
    if value.short in MOMENTS:
        raise Refused(f"{call.name.upper()} of a {value.type.rule.name}")
    found = call.aggregate("quantile_cont", to(value, FLOAT8), share)
    if value.short in ("float4", "float8"):
        return Typed(found, FLOAT8)
    places = max(value.type.args[1] if value.short == "numeric" else 0, written, 1)
    kind = named("numeric", 38, places)
    return Typed(to(typed.own("exact_places", found, places), kind), kind)


def _written(call: Call, index: int) -> exp.Expr:
    """The constant that an argument is, casts and brackets taken away."""
    from sqlglot import exp

    node = call.nodes[index].unnest()
    while isinstance(node, exp.Cast):
        node = node.this.unnest()
    if node.find(exp.Column) is not None:
        raise Wrong(f"{call.name.upper()}: argument {index + 1} is a constant")
    if not isinstance(node, (exp.Literal, exp.Neg, exp.Null)):
        raise Refused(f"{call.name.upper()} with an argument {index + 1} that is not written out")
    return node


def _share(call: Call) -> exp.Expr:
    """The share that a percentile is asked for: a constant between 0 and 1, as it is written."""
    from sqlglot import exp

    share = _written(call, 0)
    if not isinstance(share, exp.Literal) or share.is_string or float(share.name) > 1:
        raise Wrong(f"{call.name.upper()} takes a number between 0 and 1")
    return to(call[0], FLOAT8)


def _median(call: Call) -> Typed:
    return _percentile(call, typed.node(0.5), call[0], False)


def _within(call: Call) -> tuple[Typed, bool]:
    """The one expression of WITHIN GROUP (ORDER BY ...), with its type, and whether it is descending."""
    if len(call.within) != 1:
        raise Wrong(f"{call.name.upper()} takes WITHIN GROUP (ORDER BY one expression)")
    value = call.within_values[0]
    return value, bool(call.within[0].args.get("desc"))


def _percentile_cont(call: Call) -> Typed:
    value, descending = _within(call)
    return _percentile(call, _share(call), coerce(value, "number"), descending)


def _percentile_disc(call: Call) -> Typed:
    value, descending = _within(call)
    name = "quantile_disc"
    if descending:
        raise Refused("PERCENTILE_DISC in descending order")
    return Typed(call.aggregate(name, value, _share(call)), value.type)


def _approximate_count(call: Call) -> Typed:
    """APPROXIMATE COUNT(DISTINCT): the exact count is within its error."""
    if not call.distinct:
        raise Wrong("APPROXIMATE goes with COUNT(DISTINCT ...)")
    return Typed(call.aggregate("count", call[0]), INT8)


def _ratio(call: Call) -> Typed:
    """RATIO_TO_REPORT: the share of a value in the sum of its window."""
    if not call.windowed:
        raise Wrong("RATIO_TO_REPORT is a window function: it takes OVER (...)")
    if call[0].short == "numeric":
        raise Refused("RATIO_TO_REPORT of a decimal (cast it to float8)")
    value = to(call[0], FLOAT8)
    return Typed(sql("{v} / {total}", v=value, total=call.aggregate("sum", value)), FLOAT8)


def _bits(name: str) -> Build:
    """BIT_AND and BIT_OR of integers; of booleans BOOL_AND and BOOL_OR."""

    def build(call: Call) -> Typed:
        if call[0].short == "bool":
            return Typed(call.aggregate(name.replace("bit", "bool"), call[0]), BOOL)
        if call[0].short not in ("int2", "int4", "int8"):
            raise Wrong(f"{name.upper()} takes integers")
        return Typed(call.aggregate(name, call[0]), call[0].type)

    return build


FUNCTIONS = {
    "any_value": aggregate("any", "same", made("any_value")),
    "approximate count": aggregate("any", "int8", _approximate_count, "count"),
    "approximate percentile_disc": aggregate("any", "float8", _percentile_disc, "percentile_disc"),
    "avg": aggregate("number", "float8", _average),
    "bit_and": aggregate("any", "same", _bits("bit_and")),
    "bit_or": aggregate("any", "same", _bits("bit_or")),
    "bool_and": aggregate("bool", "bool", made("bool_and")),
    "bool_or": aggregate("bool", "bool", made("bool_or")),
    "count": aggregate("[any]", "int8", _count),
    "grouping": aggregate("any any*", "int4", lambda call: to(call.aggregate("grouping", *call.arguments), INT4)),
    "grouping_id": aggregate("any any*", "int4", lambda call: to(call.aggregate("grouping", *call.arguments), INT4)),
    "listagg": aggregate("text [text]", "varchar", _listagg),
    "max": aggregate("measured", "same", _extreme("max")),
    "median": aggregate("number", "float8", _median),
    "min": aggregate("measured", "same", _extreme("min")),
    "percentile_cont": aggregate("number", "float8", _percentile_cont),
    "percentile_disc": aggregate("number", "float8", _percentile_disc),
    "ratio_to_report": aggregate("number", "float8", _ratio),
    "stddev": aggregate("float", "float8", made("stddev_samp")),
    "stddev_pop": aggregate("float", "float8", made("stddev_pop")),
    "stddev_samp": aggregate("float", "float8", made("stddev_samp")),
    "sum": aggregate("quantity", "float8", _sum),
    "var_pop": aggregate("float", "float8", made("var_pop")),
    "var_samp": aggregate("float", "float8", made("var_samp")),
    "variance": aggregate("float", "float8", made("var_samp")),
}
