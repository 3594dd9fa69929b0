"""Every expression of a statement as DuckDB reads it, with its Redshift type.

`visit` goes down the tree once; what stands in no table is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import isinf
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import Type, named
from rsnb.types import parse as parse_type
from rsnb.warehouse.translation import calls, conditions, oids, operators, paths, strictness
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.casts import cast, longest
from rsnb.warehouse.translation.meeting import common
from rsnb.warehouse.translation.numbers import DIGITS
from rsnb.warehouse.translation.reasons import Refused, Wrong, raised
from rsnb.warehouse.translation.trying import tried
from rsnb.warehouse.translation.typed import BOOL, FLOAT8, INT4, INT8, NULL, VARCHAR, Typed, quoted, to

if TYPE_CHECKING:
    from sqlglot import exp


def visit(b: Binder, node: exp.Expr) -> Typed:
    """The expression as DuckDB reads it, and its type; raises SqlError at its place."""
    handler = handlers().get(type(node))
    if handler is None:
        refuse(b, strictness.construct(node), node)
    try:
        return handler(b, node)
    except (Refused, Wrong) as why:
        raise raised(why, b.sql, place(node)) from None


Handler = Callable[[Binder, "exp.Expr"], Typed]


def _literal(b: Binder, node: exp.Expr) -> Typed:
    if node.is_string:
        return Typed(node, quoted(str(node.this)))
    digits = str(node.this).lower()
    if "e" in digits:
        if isinf(float(digits)):
            raise Wrong(f"{digits} is outside the range of float8")
        return Typed(node, FLOAT8)
    whole, point, part = digits.partition(".")
    if len(whole.lstrip("0")) + len(part) > DIGITS:
        raise Wrong(f"{digits} has more than {DIGITS} digits")
    if point:
        return Typed(node, named("numeric", min(max(len(whole) + len(part), 1), DIGITS), len(part)))
    number = int(digits)
    if number <= 2**63 - 1:
        return Typed(node, INT4 if number <= 2**31 - 1 else INT8)
    kind = named("numeric", len(str(number)), 0)
    return Typed(to(node, kind), kind)  # a HUGEINT of DuckDB's has more digits than a NUMERIC


def _null(b: Binder, node: exp.Expr) -> Typed:
    return Typed(node, NULL)


def _boolean(b: Binder, node: exp.Expr) -> Typed:
    return Typed(node, BOOL)


def _paren(b: Binder, node: exp.Expr) -> Typed:
    inner = visit(b, node.this)
    if inner.literal is not None:
        return inner
    node.set("this", inner.node)
    return Typed(node, inner.type)


def _binary(operate: operators.Operator) -> Handler:
    return lambda b, node: operate(visit(b, node.this), visit(b, node.expression))


def _arithmetic(symbol: str) -> Handler:
    return _binary(operators.arithmetic(symbol))


def _power(b: Binder, node: exp.Expr) -> Typed:
    return calls.called_as(b, "power", [node.this, node.expression], node)


def _negative(b: Binder, node: exp.Expr) -> Typed:
    if node.this.is_number and str(node.this.this) == str(2**63):  # the smallest BIGINT
        return Typed(to(node, INT8), INT8)
    return operators.negative(visit(b, node.this))


def _concatenation(b: Binder, node: exp.Expr) -> Typed:
    return operators.concatenation(visit(b, node.this), visit(b, node.expression))


def _tuple(b: Binder, node: exp.Expr) -> Typed:
    raise Wrong("a row stands only beside =, <> or IN", "take the brackets away")


def _case(b: Binder, node: exp.Expr) -> Typed:
    """CASE: conditions or values to compare with, and results of one type."""
    branches = node.args["ifs"]
    if node.this is not None:
        whens = operators.comparable([visit(b, node.this), *(visit(b, i.this) for i in branches)])
        node.set("this", whens[0].node)
        for branch, when in zip(branches, whens[1:], strict=True):
            branch.set("this", when.node)
    else:
        for branch in branches:
            branch.set("this", conditions.truth(b, branch.this))
    default = node.args.get("default")
    results = [visit(b, i.args["true"]) for i in branches] + ([visit(b, default)] if default is not None else [])
    results, kind = common(results)
    for branch, result in zip(branches, results, strict=False):
        branch.set("true", result.node)
    if default is not None:
        node.set("default", results[-1].node)
    return Typed(node, kind)


def _cast(b: Binder, node: exp.Expr) -> Typed:
    if oids.is_regclass(node.args["to"]):
        return oids.of_relation(b, node)
    value = visit(b, node.this)
    return cast(value, _cast_type(b, node, value))


def _cast_type(b: Binder, node: exp.Expr, value: Typed) -> Type:
    """The type that a cast names; without a length, it cuts nothing off."""
    kind = type_of(b, node.args["to"])
    if kind.short in ("varchar", "bpchar", "varbyte") and not node.args["to"].expressions:
        return named(kind.short, longest(value))
    return kind


def _try_cast(b: Binder, node: exp.Expr) -> Typed:
    """TRY_CAST gives NULL where CAST would give an error; an error in what is cast stays one."""
    value = visit(b, node.this)
    return tried(value, _cast_type(b, node, value))


def _interval(b: Binder, node: exp.Expr) -> Typed:
    raise Wrong("an interval is written as a quoted text", "interval '1 day'")


def type_of(b: Binder, node: exp.Expr) -> Type:
    """The Redshift type that a cast names; an OID is an INTEGER."""
    if oids.is_oid(node):
        return INT4
    try:
        return parse_type(strictness.type_name(node))
    except SqlError as exc:
        raise raised(Refused(f"the type {node.sql('redshift')}"), b.sql, place(node)) from exc


def _scalar_query(b: Binder, node: exp.Expr) -> Typed:
    columns = b.subquery(node.unnest())
    if len(columns) != 1:
        raise Wrong(f"a query in an expression gives one column, not {len(columns)}")
    return Typed(node, columns[0][1])


def _select(b: Binder, node: exp.Expr) -> Typed:
    columns = b.subquery(node)
    return Typed(node, columns[0][1] if columns else VARCHAR)


@lru_cache(maxsize=1)
def handlers() -> dict[type[exp.Expr], Handler]:
    """What visits each kind of node."""
    from sqlglot import exp

    return {
        exp.Add: _arithmetic("+"),
        exp.BitwiseAnd: _binary(operators.bitwise("&")),
        exp.BitwiseLeftShift: _binary(operators.bitwise("<<")),
        exp.BitwiseNot: lambda b, node: operators.complement(visit(b, node.this)),
        exp.BitwiseOr: _binary(operators.bitwise("|")),
        exp.BitwiseRightShift: _binary(operators.bitwise(">>")),
        exp.Boolean: _boolean,
        exp.Bracket: paths.visit_path,
        exp.Case: _case,
        exp.Cast: _cast,
        exp.Column: paths.visit_path,
        exp.DPipe: _concatenation,
        exp.Div: _arithmetic("/"),
        exp.Dot: paths.visit_path,
        exp.Interval: _interval,
        exp.Literal: _literal,
        exp.Mod: _arithmetic("%"),
        exp.Mul: _arithmetic("*"),
        exp.Neg: _negative,
        exp.Null: _null,
        exp.Paren: _paren,
        exp.Pow: _power,
        exp.Select: _select,
        exp.Sub: _arithmetic("-"),
        exp.Subquery: _scalar_query,
        exp.TryCast: _try_cast,
        exp.Tuple: _tuple,
        **calls.handlers(),
        **conditions.handlers(),
    }
