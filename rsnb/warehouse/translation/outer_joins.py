"""Oracle's outer join mark: `a.x = b.y(+)` in WHERE makes b the side that may be missing.

Source: Redshift Developer Guide, "Oracle-style outer joins in the WHERE clause".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.translation.binder import Binder, place
from rsnb.warehouse.translation.reasons import Wrong, raised

if TYPE_CHECKING:
    from sqlglot import exp


def unfold(b: Binder, node: exp.Select) -> None:
    """Turn marked conditions of a query whose sources are bound into outer joins, in place."""
    from sqlglot import exp

    where = node.args.get("where")
    if where is None or not any(c.args.get("join_mark") for c in where.find_all(exp.Column)):
        return
    joins = node.args.get("joins") or []
    if any(j.args.get("on") is not None or j.args.get("using") or j.args.get("side") for j in joins):
        raise raised(Wrong("(+) does not go with JOIN in one query"), b.sql, place(where))
    kept: list[exp.Expr] = []
    optional: dict[str, list[exp.Expr]] = {}
    for condition in _conjuncts(where.this):
        marked = {_holder(b, c) for c in condition.find_all(exp.Column) if c.args.get("join_mark")}
        if not marked:
            kept.append(condition)
            continue
        if len(marked) > 1 or isinstance(condition, (exp.Or, exp.In)):
            raise raised(Wrong("(+) marks one table of a condition, outside OR and IN"), b.sql, place(condition))
        for column in condition.find_all(exp.Column):
            column.set("join_mark", None)
        optional.setdefault(marked.pop(), []).append(condition)
    _join(node, optional)
    node.set("where", exp.Where(this=exp.and_(*kept, copy=False)) if kept else None)


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _conjuncts(node.this) if isinstance(node.this, exp.And) else [node]
    return [*_conjuncts(node.this), *_conjuncts(node.expression)] if isinstance(node, exp.And) else [node]


def _holder(b: Binder, column: exp.Column) -> str:
    """The name of the source that a marked column is of."""
    source = b.scope.source(column.table) if column.table else b.scope.holder(column.name)
    if source is None:
        raise raised(Wrong(f"there is no column {column.name}"), b.sql, place(column))
    return source.name


def _join(node: exp.Select, optional: dict[str, list[exp.Expr]]) -> None:
    """FROM with the optional tables joined last, each on its conditions."""
    from sqlglot import exp

    items = [node.args["from_"].this, *(j.this for j in node.args.get("joins") or [])]
    first = [i for i in items if i.alias_or_name not in optional] or items[:1]
    rest = [i for i in items if not any(i is f for f in first)]
    joins: list[exp.Expr] = [exp.Join(this=i) for i in first[1:]]
    joins += [exp.Join(this=item, side="LEFT", on=exp.and_(*optional[item.alias_or_name], copy=False)) for item in rest]
    node.set("from_", exp.From(this=first[0]))
    node.set("joins", joins)
