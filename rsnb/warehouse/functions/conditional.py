"""Conditional expressions that are written as functions."""

from __future__ import annotations

from rsnb.types import Type
from rsnb.warehouse.functions.function import Build, Call, taking
from rsnb.warehouse.translation.coercion import orderable
from rsnb.warehouse.translation.meeting import common, common_type
from rsnb.warehouse.translation.operators import comparable
from rsnb.warehouse.translation.typed import Typed, call, node


def _of_one_type(name: str, compares: bool = False) -> Build:
    """A function of values that have one type, and gives it; compares: it holds them against each other."""

    def build(given: Call) -> Typed:
        values, kind = common(_as_written(given))
        if compares:
            orderable(kind, f"in {name.upper()}")
        return Typed(call(name, *values), kind)

    return build


def _as_written(given: Call) -> list[Typed]:
    """The arguments before they were converted: a quoted text takes the type of the others."""
    return [given.visit(n) for n in given.nodes]


def _nullif(given: Call) -> Typed:
    one, other = comparable(_as_written(given))
    return Typed(call("nullif", one, other), common_type([one.type, other.type]) if one.type.rule.duckdb else one.type)


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
    for search, result in zip(compared[1:], values, strict=False):
        same = exp.NullSafeEQ(this=compared[0].node.copy(), expression=search.node)
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
