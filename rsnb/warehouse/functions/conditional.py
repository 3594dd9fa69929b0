"""Conditional expressions that are written as functions."""

from __future__ import annotations

from rsnb.types import Type
from rsnb.warehouse.functions.function import Build, Call, Refused, taking
from rsnb.warehouse.translation import blanks, dynamic
from rsnb.warehouse.translation.coercion import coerce, orderable
from rsnb.warehouse.translation.meeting import common, common_type
from rsnb.warehouse.translation.operators import comparable
from rsnb.warehouse.translation.typed import Typed, call, node, sql


def _of_one_type(name: str, compares: bool = False) -> Build:
    """A function of values that have one type, and gives it; compares: it holds them against each other."""

    def build(given: Call) -> Typed:
        values, kind = common(_as_written(given))
        if compares:
            orderable(kind, f"in {name.upper()}")
            if kind == dynamic.SUPER:
                raise Refused(f"{name.upper()} of a SUPER value (cast it)")
        return Typed(call(name, *values), kind)

    return build


def _as_written(given: Call) -> list[Typed]:
    """The arguments before they were converted: a quoted text takes the type of the others."""
    return [given.visit(n) for n in given.nodes]


def _nullif(given: Call) -> Typed:
    values = _as_written(given)
    if any(v.short == "super" for v in values):
        return _nullif_super(*values)
    one, other = comparable(values)
    kind = common_type([one.type, other.type]) if one.type.rule.duckdb else one.type
    if not blanks.is_significant(values[0].type):
        return Typed(call("nullif", one, other), blanks.ending_as(kind, [one]))
    found = sql("case when {a} = {b} then null else {v} end", a=one, b=other, v=values[0].node.copy())
    return Typed(found, blanks.ending_as(kind, [values[0]]))


def _nullif_super(one: Typed, other: Typed) -> Typed:
    """NULLIF beside a SUPER value, which stays what it is."""
    from sqlglot import exp

    left, right = comparable([one, other])
    same = exp.If(this=exp.EQ(this=left.node, expression=right.node), true=exp.Null())
    return Typed(exp.Case(ifs=[same], default=one.node.copy()), coerce(one, "any").type)


def _nvl2(given: Call) -> Typed:
    from sqlglot import exp

    tested, *results = _as_written(given)
    values, kind = common(results)
    present = exp.Not(this=exp.Is(this=tested.node, expression=exp.Null()))
    branch = exp.If(this=present, true=values[0].node)
    return Typed(exp.Case(ifs=[branch], default=values[1].node), kind)


def _decode(given: Call) -> Typed:
    """DECODE compares NULL as equal to NULL."""
    from sqlglot import exp

    nodes = given.nodes
    tested, *rest = (given.visit(n) for n in nodes)
    default = rest.pop() if len(rest) % 2 else None
    searches, results = rest[::2], rest[1::2]
    compared = comparable([tested, *searches])
    values, kind = common([*results, *([default] if default else [])])
    branches = []
    written = [tested, *searches]
    for at, result in zip(range(1, len(compared)), values, strict=False):
        same: exp.Expr = exp.NullSafeEQ(this=compared[0].node.copy(), expression=compared[at].node)
        if any(v.short == "super" for v in written):  # NULL also stands for a value of another dynamic type
            nulls = [exp.Is(this=written[i].node.copy(), expression=exp.Null()) for i in (0, at)]
            same = exp.and_(same, exp.EQ(this=exp.paren(nulls[0]), expression=exp.paren(nulls[1])))
        branches.append(exp.If(this=same, true=result.node))
    return Typed(exp.Case(ifs=branches, default=node(values[-1]) if default else None), kind)


def _of_result(given: Call) -> Type:
    return given[0].type


FUNCTIONS = {
    "coalesce": taking("raw raw*", _of_result, _of_one_type("coalesce")),
    "decode": taking("raw raw raw raw*", _of_result, _decode, "case"),
    "greatest": taking("raw raw*", _of_result, _of_one_type("greatest", compares=True)),
    "least": taking("raw raw*", _of_result, _of_one_type("least", compares=True)),
    "nullif": taking("raw raw", _of_result, _nullif),
    "nvl": taking("raw raw*", _of_result, _of_one_type("coalesce"), "coalesce"),
    "nvl2": taking("raw raw raw", _of_result, _nvl2),
}
