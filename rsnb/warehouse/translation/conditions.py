"""What is true or false: comparisons, patterns, IN, and the logical operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.warehouse.texts import PREFIX, patterns
from rsnb.warehouse.translation import blanks, collation, dynamic, dynamic_order, operators, rows
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.casts import cast
from rsnb.warehouse.translation.coercion import as_text
from rsnb.warehouse.translation.meeting import beside, common, widened
from rsnb.warehouse.translation.outputs import retype
from rsnb.warehouse.translation.reasons import Refused, Wrong, raised
from rsnb.warehouse.translation.scope import Outputs
from rsnb.warehouse.translation.typed import BOOL, Typed, call

if TYPE_CHECKING:
    from sqlglot import exp

Handler = Callable[[Binder, "exp.Expr"], Typed]


def _comparison(b: Binder, node: exp.Expr) -> Typed:
    """A comparison with a value, or with ANY or ALL of a subquery."""
    from sqlglot import exp

    if isinstance(node.expression, (exp.Any, exp.All)):
        return _quantified(b, node)
    if rows.is_row(node.this) or rows.is_row(node.expression):
        return rows.compared(b, node)
    if (caseless := collation.compared(b, node)) is not None:
        return caseless
    values = [b.visit(node.this), b.visit(node.expression)]
    if any(v.short == "super" for v in values):
        return Typed(_dynamic(node, values), BOOL)
    left, right = operators.comparable(values)
    node.set("this", left.node)
    node.set("expression", right.node)
    return Typed(node, BOOL)


def _dynamic(node: exp.Expr, values: list[Typed]) -> exp.Expr:
    """A comparison with a SUPER value."""
    from sqlglot import exp

    equal = isinstance(node, (exp.EQ, exp.NEQ))
    if not equal and values[0].short == values[1].short:
        return dynamic.ordered(values[0], values[1], node)
    left, right = operators.comparable(values)
    node.set("this", left.node)
    node.set("expression", right.node)
    if not equal:
        return node
    above = node.parent
    while isinstance(above, (exp.And, exp.Paren)):
        above = above.parent
    if isinstance(above, (exp.Where, exp.Join)) and isinstance(node, exp.EQ):
        return node  # false and NULL come to the same
    return dynamic.equality(values, node.copy(), isinstance(node, exp.NEQ))


def _quantified(b: Binder, node: exp.Expr) -> Typed:
    from sqlglot import exp

    query = node.expression.this
    query = query.unnest() if isinstance(query, (exp.Paren, exp.Subquery)) else query
    if not isinstance(query, exp.Query):
        refuse(b, f"{type(node.expression).__name__.upper()} of other than a query", node)
    value = b.visit(node.this)
    node.set("this", value.node)
    columns = b.subquery(query)
    if "super" in (value.short, *(kind.short for _, kind in columns)):
        refuse(b, f"{type(node.expression).__name__.upper()} with a SUPER value (cast it)", node)
    _without_blanks([value], query, columns)
    return Typed(node, BOOL)


def _without_blanks(values: list[Typed], query: exp.Expr, columns: Outputs) -> None:
    """Compare values, which are in place, with the columns of a bound query without blanks at the end of texts."""
    pairs = [(value.type, kind) for value, (_, kind) in zip(values, columns, strict=True)]
    kinds = [beside(blanks.compared_as(kind), own) for own, kind in pairs]
    retype(query, columns, kinds, lambda v, kind: widened(blanks.compared(v), kind))
    for value, (own, kind) in zip(values, pairs, strict=True):
        found = widened(blanks.compared(Typed(value.node.copy(), own)), beside(own, kind))
        if found.node != value.node:
            value.node.replace(found.node)


def _condition(b: Binder, node: exp.Expr) -> Typed:
    """AND, OR and NOT take truth values."""
    for key in ("this", "expression"):
        if (part := node.args.get(key)) is not None:
            node.set(key, truth(b, part))
    return Typed(node, BOOL)


def truth(b: Binder, node: exp.Expr) -> exp.Expr:
    """A condition of WHERE, ON, HAVING, CASE or a logical operator."""
    value = b.visit(node)
    if value.short in ("bool", "null", "any"):
        return value.node
    if value.is_quoted:
        return cast(value, BOOL).node
    if value.short == "super":
        return dynamic.condition(value)
    raise raised(Wrong(f"a condition is true or false, not a value of {value.type.rule.name}"), b.sql, place(node))


def _is(b: Binder, node: exp.Expr) -> Typed:
    from sqlglot import exp

    value = b.visit(node.this)
    if isinstance(node.expression, exp.Boolean) and value.short not in ("bool", "any", "null"):
        value = Typed(dynamic.condition(value), BOOL) if value.short == "super" else cast(value, BOOL)
    node.set("this", value.node)
    return Typed(node, BOOL)


def _between(b: Binder, node: exp.Expr) -> Typed:
    keys = ("this", "low", "high")
    values = [b.visit(node.args[k]) for k in keys]
    if "super" in (values[1].short, values[2].short):
        refuse(b, "BETWEEN with a SUPER bound (write >= and <=)", node)
    for key, value in zip(keys, operators.comparable(values), strict=True):
        node.set(key, value.node)
    return Typed(node, BOOL)


def _in(b: Binder, node: exp.Expr) -> Typed:
    """`value in (list)` and `value in (query)`."""
    query = node.args.get("query")
    if query is not None:
        value = rows.visited(b, node.this)
        columns = b.subquery(query.unnest())
        rows.check_width(len(value), len(columns))
        if "super" in (*(v.short for v in value), *(kind.short for _, kind in columns)):
            dynamic_order.within(node, value, columns)
            return Typed(node, BOOL)
        if len(value) == 1 and value[0].is_quoted:
            value = common([value[0], Typed(value[0].node, columns[0][1])])[0][:1]
            node.set("this", value[0].node)
        _without_blanks(value, query.unnest(), columns)
        return Typed(node, BOOL)
    if node.args.get("field") is not None:
        refuse(b, "IN without a list", node)
    if any(rows.is_row(item) for item in (node.this, *node.expressions)):
        return rows.listed(b, node)
    given = [b.visit(node.this), *(b.visit(item) for item in node.expressions)]
    values = operators.comparable(given)
    node.set("this", values[0].node)
    node.set("expressions", [v.node for v in values[1:]])
    if any(v.short == "super" for v in given):
        return Typed(dynamic.equality(given, node.copy(), False), BOOL)
    return Typed(node, BOOL)


def _like(b: Binder, node: exp.Expr) -> Typed:
    from sqlglot import exp

    escape = None
    if isinstance(node, exp.Escape):
        if isinstance(node.this, exp.SimilarTo):
            return _similar(b, node)
        escape, node = node.expression, node.this
    value, pattern = dynamic.text(b.visit(node.this)), dynamic.text(b.visit(node.expression))
    return Typed(operators.like(node, value, pattern, escape), BOOL)


def _regexp(parameters: str) -> Handler:
    """`~` and `~*`: whether a regular expression occurs in a text."""

    def handler(b: Binder, node: exp.Expr) -> Typed:
        text, pattern = (as_text(dynamic.text(b.visit(part))) for part in (node.this, node.expression))
        return Typed(call(f"{PREFIX}regexp_like", text, pattern, parameters), BOOL)

    return handler


def _similar(b: Binder, node: exp.Expr) -> Typed:
    """SIMILAR TO: whether a pattern is the whole text."""
    from sqlglot import exp

    escape = "\\"
    if isinstance(node, exp.Escape):
        escape, node = str(node.expression.name), node.this
    text, pattern = as_text(dynamic.text(b.visit(node.this))), b.visit(node.expression)
    if pattern.literal is None:
        raise Refused("SIMILAR TO with a pattern that is not written out")
    return Typed(call(f"{PREFIX}regexp_like", text, patterns.similar(pattern.literal, escape), "c"), BOOL)


def _exists(b: Binder, node: exp.Expr) -> Typed:
    b.subquery(node.this.unnest())
    return Typed(node, BOOL)


def handlers() -> dict[type[exp.Expr], Handler]:
    """What visits each kind of condition."""
    from sqlglot import exp

    compared = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
    return {
        exp.And: _condition,
        exp.Between: _between,
        exp.Escape: _like,
        exp.Exists: _exists,
        exp.ILike: _like,
        exp.In: _in,
        exp.Is: _is,
        exp.Like: _like,
        exp.Not: _condition,
        exp.Or: _condition,
        exp.RegexpILike: _regexp("i"),
        exp.RegexpLike: _regexp("c"),
        exp.SimilarTo: _similar,
        **dict.fromkeys(compared, _comparison),
    }
