"""The items of GROUP BY and ORDER BY: expressions, output columns by name or by position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.translation import dynamic_order
from rsnb.warehouse.translation.binder import place, refuse
from rsnb.warehouse.translation.coercion import orderable
from rsnb.warehouse.translation.dynamic import SUPER
from rsnb.warehouse.translation.reasons import Wrong, raised
from rsnb.warehouse.translation.scope import Outputs
from rsnb.warehouse.translation.typed import INT4, Typed

if TYPE_CHECKING:
    from sqlglot import exp

    from rsnb.warehouse.translation.statement import Statement


def check(s: Statement, kinds: Sequence[Type], where: str, node: exp.Expr) -> None:
    """Raise SqlError where values that can't be compared would be."""
    try:
        for kind in kinds:
            orderable(kind, where)
    except Wrong as why:
        raise raised(why, s.sql, place(node)) from None


def bind_distinct(s: Statement, node: exp.Select, columns: Outputs) -> None:
    """SELECT DISTINCT: rows that are equal must be so in every letter."""
    check(s, [kind for _, kind in columns], "in SELECT DISTINCT", node)
    if any(kind == SUPER for _, kind in columns):
        dynamic_order.check_distinct(node, _written(node, columns))


def bind_set(s: Statement, node: exp.SetOperation, columns: Outputs) -> None:
    """UNION, INTERSECT and EXCEPT that bring equal rows together."""
    kinds, names = [kind for _, kind in columns], [name for name, _ in columns]
    check(s, kinds, "in a set operation other than UNION ALL", node)
    if SUPER in kinds:
        for side in (node.this, node.expression):
            dynamic_order.check_set(side, kinds, names)


def bind_group(s: Statement, group: exp.Group, node: exp.Select, columns: Outputs) -> None:
    """GROUP BY."""
    written = _written(node, columns)
    checks: list[exp.Expr] = []
    items = [_grouped(s, item, written, checks) for item in group.expressions]
    group.set("expressions", items + checks)


def _grouped(s: Statement, node: exp.Expr, written: list[Typed], checks: list[exp.Expr]) -> exp.Expr:
    """An item of GROUP BY: an expression, a position, or a grouping set of them; of a SUPER value with a check."""
    from sqlglot import exp

    if isinstance(node, (exp.Cube, exp.GroupingSets, exp.Rollup, exp.Tuple)):
        node.set("expressions", [_grouped(s, item, written, checks) for item in node.expressions])
        return node
    value = s.visit(node)
    placed = _placed(value, written)
    check(s, [placed.type], "in GROUP BY", node)
    if placed.type == SUPER:
        checks.append(dynamic_order.check_group(_unaliased(s, placed)))
    return value.node


def bind_order(s: Statement, order: exp.Order, node: exp.Expr, columns: Outputs) -> None:
    """ORDER BY of a query."""
    from sqlglot import exp

    written = _written(node, columns) if isinstance(node, exp.Select) else _named(columns)
    outputs = {name: value for (name, _), value in zip(columns, written, strict=True)}
    order.set("expressions", [part for item in order.expressions for part in _sorted(s, node, item, written, outputs)])


def _sorted(
    s: Statement, node: exp.Expr, item: exp.Expr, written: list[Typed], outputs: dict[str, Typed]
) -> list[exp.Expr]:
    """An item of ORDER BY as those that DuckDB sorts by."""
    from sqlglot import exp

    alone = item.this
    if isinstance(alone, exp.Column) and not alone.table and alone.name in outputs:
        placed = outputs[alone.name]  # the output column comes first
    elif isinstance(node, exp.Select):
        value = s.visit(alone)
        placed = _placed(value, written)
        item.set("this", value.node)
    elif isinstance(alone, exp.Literal):
        placed = _placed(Typed(alone, INT4), written)
    else:
        refuse(s, "ORDER BY of other than an output column after a set operation", item)
    check(s, [placed.type], "in ORDER BY", item)
    if placed.type != SUPER:
        return [item]
    if not isinstance(node, exp.Select):
        refuse(s, "ORDER BY of a SUPER value after a set operation (put the query into a subquery)", item)
    return dynamic_order.sort(node, item, _unaliased(s, placed))


def _placed(value: Typed, written: list[Typed]) -> Typed:
    """What an item stands for: a whole number for an output."""
    from sqlglot import exp

    number = int(value.node.name) if isinstance(value.node, exp.Literal) and value.node.is_int else 0
    return written[number - 1] if 1 <= number <= len(written) else value


def _written(node: exp.Expr, columns: Outputs) -> list[Typed]:
    """The outputs of a bound query as expressions; those of `*` as columns."""
    from sqlglot import exp

    named = {i.alias_or_name: i.this if isinstance(i, exp.Alias) else i for i in node.expressions}
    return [Typed(named.get(name) or exp.column(name, quoted=True), kind) for name, kind in columns]


def _named(columns: Outputs) -> list[Typed]:
    """The columns of a set operation as expressions."""
    from sqlglot import exp

    return [Typed(exp.column(name, quoted=True), kind) for name, kind in columns]


def _unaliased(s: Statement, value: Typed) -> exp.Expr:
    """The expression that an output's name stands for."""
    from sqlglot import exp

    node = value.node
    alias = s.scope.aliases.get(node.name) if isinstance(node, exp.Column) and not node.table else None
    return alias.node if alias is not None else node
