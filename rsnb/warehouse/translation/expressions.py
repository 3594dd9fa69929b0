"""Every expression of a statement as DuckDB reads it, with its Redshift type.

`visit` goes down the tree once; what stands in no table is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import Type, named
from rsnb.types import parse as parse_type
from rsnb.warehouse.texts import PREFIX, patterns
from rsnb.warehouse.translation import calls, dynamic, oids, operators, paths, rows, strictness
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.casts import cast, longest
from rsnb.warehouse.translation.coercion import as_text
from rsnb.warehouse.translation.meeting import common
from rsnb.warehouse.translation.reasons import Refused, Wrong, raised
from rsnb.warehouse.translation.trying import tried
from rsnb.warehouse.translation.typed import BOOL, FLOAT8, INT4, INT8, LITERAL, NULL, VARCHAR, Typed, call, to

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
        return Typed(node, LITERAL)
    digits = str(node.this).lower()
    if "e" in digits:
        return Typed(node, FLOAT8)
    if "." in digits:
        whole, _, part = digits.partition(".")
        return Typed(node, named("numeric", max(len(whole) + len(part), 1), len(part)))
    number = int(digits)
    if number <= 2**63 - 1:
        return Typed(node, INT4 if number <= 2**31 - 1 else INT8)
    if len(digits) > 38:
        raise Wrong(f"{digits} has more than 38 digits")
    return Typed(node, named("numeric", len(digits), 0))


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


def _comparison(b: Binder, node: exp.Expr) -> Typed:
    """A comparison with a value, or with ANY or ALL of a subquery."""
    from sqlglot import exp

    if isinstance(node.expression, (exp.Any, exp.All)):
        return _quantified(b, node)
    if rows.is_row(node.this) or rows.is_row(node.expression):
        return rows.compared(b, node)
    values = [visit(b, node.this), visit(b, node.expression)]
    left, right = operators.comparable(values)
    node.set("this", left.node)
    node.set("expression", right.node)
    if any(v.short == "super" for v in values):
        return Typed(_dynamic(node, values), BOOL)
    return Typed(node, BOOL)


def _dynamic(node: exp.Expr, values: list[Typed]) -> exp.Expr:
    """A comparison with a SUPER value."""
    from sqlglot import exp

    if not isinstance(node, (exp.EQ, exp.NEQ)):
        dynamic.ordered(*values)
        return node
    above = node.parent
    while isinstance(above, (exp.And, exp.Paren)):
        above = above.parent
    if isinstance(above, (exp.Where, exp.Join)) and isinstance(node, exp.EQ):
        return node  # false and NULL come to the same
    return dynamic.equality(values[0], values[1], node.copy(), isinstance(node, exp.NEQ))


def _quantified(b: Binder, node: exp.Expr) -> Typed:
    from sqlglot import exp

    query = node.expression.this
    query = query.unnest() if isinstance(query, (exp.Paren, exp.Subquery)) else query
    if not isinstance(query, exp.Query):
        refuse(b, f"{type(node.expression).__name__.upper()} of other than a query", node)
    node.set("this", visit(b, node.this).node)
    b.subquery(query)
    return Typed(node, BOOL)


def _condition(b: Binder, node: exp.Expr) -> Typed:
    """AND, OR and NOT take truth values."""
    for key in ("this", "expression"):
        if (part := node.args.get(key)) is not None:
            node.set(key, truth(b, part))
    return Typed(node, BOOL)


def truth(b: Binder, node: exp.Expr) -> exp.Expr:
    """A condition of WHERE, ON, HAVING, CASE or a logical operator."""
    value = visit(b, node)
    if value.short in ("bool", "null", "any"):
        return value.node
    if value.type is LITERAL:
        return cast(value, BOOL).node
    if value.short == "super":
        return cast(value, BOOL).node
    raise raised(Wrong(f"a condition is true or false, not a value of {value.type.rule.name}"), b.sql, place(node))


def _is(b: Binder, node: exp.Expr) -> Typed:
    from sqlglot import exp

    value = visit(b, node.this)
    if isinstance(node.expression, exp.Boolean) and value.short not in ("bool", "any", "null"):
        value = cast(value, BOOL)
    node.set("this", value.node)
    return Typed(node, BOOL)


def _between(b: Binder, node: exp.Expr) -> Typed:
    keys = ("this", "low", "high")
    for key, value in zip(keys, operators.comparable([visit(b, node.args[k]) for k in keys]), strict=True):
        node.set(key, value.node)
    return Typed(node, BOOL)


def _in(b: Binder, node: exp.Expr) -> Typed:
    """`value in (list)` and `value in (query)`."""

    query = node.args.get("query")
    if query is not None:
        value = rows.visited(b, node.this)
        columns = [kind for _, kind in b.subquery(query.unnest())]
        rows.check_width(len(value), len(columns))
        if len(value) == 1 and value[0].type is LITERAL:
            node.set("this", common([value[0], Typed(value[0].node, columns[0])])[0][0].node)
        return Typed(node, BOOL)
    if node.args.get("field") is not None:
        refuse(b, "IN without a list", node)
    if any(rows.is_row(item) for item in (node.this, *node.expressions)):
        return rows.listed(b, node)
    values = operators.comparable([visit(b, node.this), *(visit(b, item) for item in node.expressions)])
    node.set("this", values[0].node)
    node.set("expressions", [v.node for v in values[1:]])
    return Typed(node, BOOL)


def _tuple(b: Binder, node: exp.Expr) -> Typed:
    raise Wrong("a row stands only beside =, <> or IN", "take the brackets away")


def _like(b: Binder, node: exp.Expr) -> Typed:
    from sqlglot import exp

    escape = None
    if isinstance(node, exp.Escape):
        if isinstance(node.this, exp.SimilarTo):
            return _similar(b, node)
        escape, node = node.expression, node.this
    return Typed(operators.like(node, visit(b, node.this), visit(b, node.expression), escape), BOOL)


def _regexp(parameters: str) -> Handler:
    """`~` and `~*`: whether a regular expression occurs in a text."""

    def handler(b: Binder, node: exp.Expr) -> Typed:
        text, pattern = as_text(visit(b, node.this)), as_text(visit(b, node.expression))
        return Typed(call(f"{PREFIX}regexp_like", text, pattern, parameters), BOOL)

    return handler


def _similar(b: Binder, node: exp.Expr) -> Typed:
    """SIMILAR TO: whether a pattern is the whole text."""
    from sqlglot import exp

    escape = "\\"
    if isinstance(node, exp.Escape):
        escape, node = str(node.expression.name), node.this
    text, pattern = as_text(visit(b, node.this)), visit(b, node.expression)
    if pattern.literal is None:
        raise Refused("SIMILAR TO with a pattern that is not written out")
    return Typed(call(f"{PREFIX}regexp_like", text, patterns.similar(pattern.literal, escape), "c"), BOOL)


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
            branch.set("this", truth(b, branch.this))
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


def _exists(b: Binder, node: exp.Expr) -> Typed:
    b.subquery(node.this.unnest())
    return Typed(node, BOOL)


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

    compared = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
    return {
        exp.Add: _arithmetic("+"),
        exp.And: _condition,
        exp.Between: _between,
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
        exp.Escape: _like,
        exp.Exists: _exists,
        exp.ILike: _like,
        exp.In: _in,
        exp.Interval: _interval,
        exp.Is: _is,
        exp.Like: _like,
        exp.Literal: _literal,
        exp.Mod: _arithmetic("%"),
        exp.Mul: _arithmetic("*"),
        exp.Neg: _negative,
        exp.Not: _condition,
        exp.Null: _null,
        exp.NullSafeEQ: _comparison,
        exp.NullSafeNEQ: _comparison,
        exp.Or: _condition,
        exp.Paren: _paren,
        exp.Pow: _power,
        exp.RegexpILike: _regexp("i"),
        exp.RegexpLike: _regexp("c"),
        exp.Select: _select,
        exp.SimilarTo: _similar,
        exp.Sub: _arithmetic("-"),
        exp.Subquery: _scalar_query,
        exp.TryCast: _try_cast,
        exp.Tuple: _tuple,
        **dict.fromkeys(compared, _comparison),
        **calls.handlers(),
    }
