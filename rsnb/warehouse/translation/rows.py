"""Rows: `(a, b) = (1, 2)`, `(a, b) in ((1, 2), ...)`, `(a, b) in (select ...)`. They stand nowhere else.

DuckDB holds two NULLs inside a row to be equal, so a row is compared value by value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.translation.binder import Binder, refuse
from rsnb.warehouse.translation.reasons import Wrong
from rsnb.warehouse.translation.typed import Typed

if TYPE_CHECKING:
    from sqlglot import exp


def is_row(node: exp.Expr) -> bool:
    """Whether an expression is `(a, b)`."""
    from sqlglot import exp

    return isinstance(node.unnest(), exp.Tuple)


def compared(b: Binder, node: exp.Expr) -> Typed:
    """`=` and `<>` of two rows."""
    from sqlglot import exp

    if not isinstance(node, (exp.EQ, exp.NEQ)):
        refuse(b, "a comparison of rows other than = and <>", node)
    equal = _equal(node.this, node.expression)
    return b.visit(exp.Not(this=equal) if isinstance(node, exp.NEQ) else equal)


def listed(b: Binder, node: exp.Expr) -> Typed:
    """`(a, b) in ((1, 2), (3, 4))`."""
    from sqlglot import exp

    found = [_equal(node.this.copy(), item) for item in node.expressions]
    return b.visit(exp.Paren(this=exp.or_(*found, copy=False)))


def visited(b: Binder, node: exp.Expr) -> list[Typed]:
    """The values of a row, or of a single expression; what is visited is put in place."""
    if is_row(node):
        values = [b.visit(item) for item in node.unnest().expressions]
        node.unnest().set("expressions", [v.node for v in values])
        return values
    value = b.visit(node)
    if value.node is not node:
        node.replace(value.node)
    return [value]


def check_width(row: int, other: int) -> None:
    """Raise Wrong where a row and what it is compared with differ in length."""
    if row != other:
        raise Wrong(f"{_values(row)} can't be compared with {_values(other)}")


def _values(count: int) -> str:
    return "one value" if count == 1 else f"a row of {count} values"


def _equal(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """Each value equal to the one at its place."""
    from sqlglot import exp

    left, right = ([*node.unnest().expressions] if is_row(node) else [node] for node in (one, other))
    check_width(len(left), len(right))
    equal = [exp.EQ(this=x, expression=y) for x, y in zip(left, right, strict=True)]
    return exp.Paren(this=exp.and_(*equal, copy=False))
