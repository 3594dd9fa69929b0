"""The outputs of a bound query, converted to the types that its place wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.translation.typed import Typed

if TYPE_CHECKING:
    from sqlglot import exp


def retype(
    query: exp.Expr,
    had: list[Type],
    kinds: list[Type],
    convert: Callable[[Typed, Type], Typed],
    names: Sequence[str] = (),
) -> None:
    """Convert the outputs of a bound query, in place; names: what its columns are called, where that matters."""
    from sqlglot import exp

    if had == kinds or all(kind == wanted for kind, wanted in zip(had, kinds, strict=True)):
        return
    if isinstance(query, exp.Select) and not any(starred(item) for item in query.expressions):
        for item, kind, wanted in zip(query.expressions, had, kinds, strict=True):
            inner = item.this if isinstance(item, exp.Alias) else item
            given = Typed(inner.copy(), kind)
            value = convert(given, wanted)
            if value.node is not given.node:
                item.replace(exp.alias_(value.node, item.alias_or_name, quoted=True, copy=False))
        return
    columns = [f"c{i}" for i in range(len(had))]
    converted = [
        convert(Typed(exp.column(c), kind), wanted) for c, kind, wanted in zip(columns, had, kinds, strict=True)
    ]
    if all(isinstance(v.node, exp.Column) for v in converted):
        return
    alias = exp.TableAlias(this=exp.to_identifier("rsnb_rows"), columns=[exp.to_identifier(c) for c in columns])
    inner = query.copy()
    nodes = [v.node for v in converted]
    if names:
        nodes = [exp.alias_(n, name, quoted=True, copy=False) for n, name in zip(nodes, names, strict=True)]
    outer = exp.select(*nodes, copy=False).from_(exp.Subquery(this=inner, alias=alias), copy=False)
    query.replace(outer)


def starred(item: exp.Expr) -> bool:
    """Whether an item of a select list is `*` or `t.*`."""
    from sqlglot import exp

    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))
