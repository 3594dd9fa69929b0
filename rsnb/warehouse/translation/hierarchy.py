"""CONNECT BY as a recursive common table expression.

Source: Redshift Developer Guide, "CONNECT BY clause": the hierarchy is made first, WHERE filters it after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.reasons import Wrong, raised

if TYPE_CHECKING:
    from sqlglot import exp

TREE, PARENT, LEVEL = "rsnb_tree", "rsnb_parent", "level"


def unfold(b: Binder, node: exp.Select) -> None:
    """Rewrite a hierarchical query, not yet bound, in place."""
    from sqlglot import exp

    connect = node.args["connect"]
    from_ = node.args.get("from_")
    if connect.args.get("nocycle"):
        refuse(b, "CONNECT BY NOCYCLE", node)
    if from_ is None or node.args.get("joins"):
        refuse(b, "CONNECT BY over a join", node)
    source, name = from_.this, from_.this.alias_or_name
    columns = [c for c, _ in b.columns_of(exp.select("*").from_(source.copy()))]
    if LEVEL in columns:
        refuse(b, "CONNECT BY over a table with a column named level", node)
    condition = connect.args["connect"]
    if not list(condition.find_all(exp.Prior)):
        raise raised(Wrong("CONNECT BY takes a condition with PRIOR"), b.sql, place(condition))
    roots = exp.select(*[exp.column(c, table=name, quoted=True) for c in columns],
                       exp.alias_(exp.Literal.number(1), LEVEL)).from_(source.copy())  # fmt: skip
    if (start := connect.args.get("start")) is not None:
        roots = roots.where(start.copy())
    children = (
        exp.select(*[exp.column(c, table=name, quoted=True) for c in columns],
                   exp.alias_(exp.Add(this=exp.column(LEVEL, table=PARENT), expression=exp.Literal.number(1)), LEVEL))
        .from_(source.copy())
        .join(_tree(PARENT), on=_of_parent(condition.copy(), name))
    )  # fmt: skip
    tree = exp.CTE(this=exp.union(roots, children, distinct=False), alias=exp.TableAlias(this=exp.to_identifier(TREE)))
    node.set("connect", None)
    node.set("from_", exp.From(this=_tree(name)))
    before = node.args.get("with_")
    node.set("with_", exp.With(expressions=[*(before.expressions if before is not None else []), tree], recursive=True))


def _tree(name: str) -> exp.Table:
    """The hierarchy under a name."""
    from sqlglot import exp

    return exp.Table(this=exp.to_identifier(TREE), alias=exp.TableAlias(this=exp.to_identifier(name)))


def _of_parent(condition: exp.Expr, name: str) -> exp.Expr:
    """The condition with PRIOR's columns as the parent row's, the others as the child's."""
    from sqlglot import exp

    for column in list(condition.find_all(exp.Column)):
        above = column.find_ancestor(exp.Prior) is not None
        column.set("table", exp.to_identifier(PARENT if above else name))
    for prior in list(condition.find_all(exp.Prior)):
        prior.replace(exp.Paren(this=prior.this))
    return condition
