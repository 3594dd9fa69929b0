"""The outputs of a bound query, converted to the types that its place wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.translation.scope import Outputs
from rsnb.warehouse.translation.typed import Typed

if TYPE_CHECKING:
    from sqlglot import exp


def retype(query: exp.Expr, had: Outputs, kinds: list[Type], convert: Callable[[Typed, Type], Typed]) -> None:
    """Convert the outputs of a bound query, in place."""
    from sqlglot import exp

    if [kind for _, kind in had] == kinds:
        return
    if isinstance(query, exp.Select) and not any(starred(item) for item in query.expressions):
        for item, (_, kind), wanted in zip(query.expressions, had, kinds, strict=True):
            if kind == wanted:
                continue
            inner = item.unalias().copy()
            value = convert(Typed(inner, kind), wanted)
            if value.node is not inner:
                item.replace(exp.alias_(value.node, item.alias_or_name, quoted=True, copy=False))
        return
    columns = [f"c{i}" for i in range(len(had))]
    converted = [
        convert(Typed(exp.column(c), kind), wanted) for c, (_, kind), wanted in zip(columns, had, kinds, strict=True)
    ]
    if all(isinstance(v.node, exp.Column) for v in converted):
        return
    outputs = [exp.alias_(v.node, name, quoted=True) for v, (name, _) in zip(converted, had, strict=True)]
    alias = exp.TableAlias(this=exp.to_identifier("rsnb_rows"), columns=[exp.to_identifier(c) for c in columns])
    inner = query.copy()
    outer = exp.select(*outputs, copy=False).from_(exp.Subquery(this=inner, alias=alias), copy=False)
    query.replace(outer)


def starred(item: exp.Expr) -> bool:
    """Whether an item of a select list is `*` or `t.*`."""
    from sqlglot import exp

    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))
