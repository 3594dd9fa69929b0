"""What rows are grouped, told apart and ordered by: the items of GROUP BY, DISTINCT and ORDER BY.

A text is such a key without the blanks at its end. The one that stands for a group has none either: which of the
group's texts Redshift prints is not documented.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.translation import blanks, dynamic_order
from rsnb.warehouse.translation.binder import place, refuse
from rsnb.warehouse.translation.coercion import orderable
from rsnb.warehouse.translation.dynamic import SUPER
from rsnb.warehouse.translation.outputs import starred
from rsnb.warehouse.translation.reasons import Wrong, raised
from rsnb.warehouse.translation.scope import Outputs
from rsnb.warehouse.translation.typed import AGGREGATE, INT4, Typed

if TYPE_CHECKING:
    from sqlglot import exp

    from rsnb.warehouse.translation.statement import Statement

Keys = list[tuple["exp.Expr", "exp.Expr"]]  # what is grouped by, and the key that it is in its place


def check(s: Statement, kinds: Sequence[Type], where: str, node: exp.Expr) -> None:
    """Raise SqlError where values that can't be compared would be."""
    try:
        for kind in kinds:
            orderable(kind, where)
    except Wrong as why:
        raise raised(why, s.sql, place(node)) from None


def key(value: Typed) -> Typed:
    """What is the same for equal values."""
    return dynamic_order.key(value) if value.type == SUPER else blanks.compared(value)


# DISTINCT, UNION, INTERSECT, EXCEPT


def bind_distinct(s: Statement, node: exp.Select, columns: Outputs) -> None:
    """SELECT DISTINCT: its outputs are keys; SUPER values that are equal must be so in every letter."""
    from sqlglot import exp

    check(s, [kind for _, kind in columns], "in SELECT DISTINCT", node)
    for i, (name, kind) in enumerate(columns):
        if blanks.is_significant(kind):
            found = blanks.compared(Typed(node.expressions[i].unalias().copy(), kind))
            node.expressions[i].replace(exp.alias_(found.node, name, quoted=True))
            columns[i] = (name, found.type)
    if any(kind == SUPER for _, kind in columns):
        dynamic_order.check_distinct(node, _written(node, columns))


def bind_set(s: Statement, node: exp.SetOperation, columns: Outputs) -> None:
    """UNION, INTERSECT and EXCEPT that bring equal rows together."""
    check(s, [kind for _, kind in columns], "in a set operation other than UNION ALL", node)
    if any(kind == SUPER for _, kind in columns):
        for side in (node.this, node.expression):
            dynamic_order.check_set(side, columns)


# GROUP BY


def bind_group(s: Statement, group: exp.Group, node: exp.Select, columns: Outputs) -> Keys:
    """GROUP BY; returns the keys that have to be put in place of what they were made from."""
    keys: Keys = []
    written = _written(node, columns)
    checks: list[exp.Expr] = []
    items = [_grouped(s, item, written, checks, keys) for item in group.expressions]
    group.set("expressions", items + checks)
    return keys


def _grouped(s: Statement, node: exp.Expr, written: list[Typed], checks: list[exp.Expr], keys: Keys) -> exp.Expr:
    """An item of GROUP BY: an expression, a position, or a grouping set of them; of a SUPER value with a check."""
    from sqlglot import exp

    if isinstance(node, (exp.Cube, exp.GroupingSets, exp.Rollup, exp.Tuple)):
        node.set("expressions", [_grouped(s, item, written, checks, keys) for item in node.expressions])
        return node
    value = s.visit(node)
    placed = _placed(value, written)
    check(s, [placed.type], "in GROUP BY", node)
    if placed.type == SUPER:
        checks.append(dynamic_order.check_group(_unaliased(s, placed)))
    if not blanks.is_significant(placed.type) or placed.literal is not None:
        return value.node
    made_from = _spelled(s, placed.node)
    found = blanks.compared(Typed(made_from.copy(), placed.type)).node
    keys.append((made_from, found))
    return found


def put_keys(s: Statement, node: exp.Select, columns: Outputs, keys: Keys) -> None:
    """Put the keys of GROUP BY in place of what they were made from, outside aggregates."""
    from sqlglot import exp

    if not keys:
        return
    known = {_canonical(s, made_from): found for made_from, found in keys}
    texts = [_canonical(s, item.unalias()) for item in node.expressions]
    for i, (item, text) in enumerate(zip(list(node.expressions), texts, strict=True)):
        if (found := known.get(text)) is None:
            _replace(s, item.unalias(), known)
            continue
        item.replace(exp.alias_(found.copy(), item.alias_or_name, quoted=True))
        if len(columns) == len(texts):
            columns[i] = (columns[i][0], blanks.without_any(columns[i][1]))
    for clause in ("having", "qualify", "order"):
        if (part := node.args.get(clause)) is not None:
            _replace(s, part, known)


def _replace(s: Statement, node: exp.Expr, known: dict[str, exp.Expr]) -> None:
    from sqlglot import exp

    if isinstance(node, exp.Query) or (node.meta.get(AGGREGATE) and node.name != "grouping"):
        return
    if isinstance(node, exp.Condition):
        text = _canonical(s, node)
        if (found := known.get(text)) is not None:
            node.replace(found.copy())
            return
        if any(text == _canonical(s, found) for found in known.values()):
            return
    for child in list(node.iter_expressions()):
        _replace(s, child, known)


def _canonical(s: Statement, node: exp.Expr) -> str:
    """The text of an expression with every alias written out and every column with its table."""
    from sqlglot import exp

    tree = exp.Paren(this=_spelled(s, node))
    for column in tree.find_all(exp.Column):
        if not column.table and column.name not in s.scope.merged and (source := s.scope.holder(column.name)):
            column.set("table", exp.to_identifier(source.name))
    return str(tree.this.unnest().sql("duckdb", identify=True))


def _spelled(s: Statement, node: exp.Expr) -> exp.Expr:
    """A copy of an expression with every alias of the select list written out."""
    from sqlglot import exp

    tree = exp.Paren(this=node.copy())
    for column in list(tree.find_all(exp.Column)):
        alias = None if column.table or s.scope.holder(column.name) else s.scope.aliases.get(column.name)
        if alias is not None:
            found = _spelled(s, alias.node)
            column.replace(exp.Paren(this=found) if isinstance(found, exp.Binary) else found)
    spelled: exp.Expr = tree.this
    return spelled


# ORDER BY


def bind_order(s: Statement, order: exp.Order, node: exp.Expr, columns: Outputs) -> None:
    """ORDER BY of a query."""
    from sqlglot import exp

    written = _written(node, columns) if isinstance(node, exp.Select) else _named(columns)
    outputs = {name: value for (name, _), value in zip(columns[::-1], written[::-1], strict=True)}
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
        if blanks.is_significant(placed.type) and placed.literal is None:
            item.set("this", blanks.compared(Typed(placed.node.copy(), placed.type)).node)
        return [item]
    if not isinstance(node, exp.Select):
        refuse(s, "ORDER BY of a SUPER value after a set operation (put the query into a subquery)", item)
    return dynamic_order.sort(node, item, _unaliased(s, placed))


# What an item stands for


def _placed(value: Typed, written: list[Typed]) -> Typed:
    """What an item stands for: a whole number for an output."""
    from sqlglot import exp

    number = int(value.node.name) if isinstance(value.node, exp.Literal) and value.node.is_int else 0
    return written[number - 1] if 1 <= number <= len(written) else value


def _written(node: exp.Expr, columns: Outputs) -> list[Typed]:
    """The outputs of a bound query as expressions; those of `*` as columns."""
    from sqlglot import exp

    items = [item for item in node.expressions if not starred(item)]
    if len(items) == len(columns):
        return [Typed(item.unalias(), kind) for item, (_, kind) in zip(items, columns, strict=True)]
    named = {item.alias_or_name: item.unalias() for item in items}
    return [Typed(named.get(name) or exp.column(name, quoted=True), kind) for name, kind in columns]


def _named(columns: Outputs) -> list[Typed]:
    """The columns of a set operation as expressions."""
    from sqlglot import exp

    return [Typed(exp.column(name, quoted=True), kind) for name, kind in columns]


def _unaliased(s: Statement, value: Typed) -> exp.Expr:
    """The expression that an output's name stands for, where no table has a column of that name."""
    from sqlglot import exp

    node = value.node
    if not isinstance(node, exp.Column) or node.table or s.scope.holder(node.name) is not None:
        return node
    alias = s.scope.aliases.get(node.name)
    return alias.node if alias is not None else node
