"""Ranging over arrays in FROM: `from table t, t.items i`, joins `on true`, arrays of arrays, subqueries.

Source: Redshift Developer Guide, "Querying nested data with Amazon Redshift Spectrum".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


def sources(tree: exp.Expr) -> dict[int, set[str]]:
    """The names of the FROM items of every SELECT, by its id; read before any table is replaced."""
    from sqlglot import exp

    found = {}
    for select in tree.find_all(exp.Select):
        first = select.args.get("from_")
        items = [first, *(select.args.get("joins") or [])] if first else []
        found[id(select)] = {name for item in items for name in _names(item.this)}
    return found


def _names(item: exp.Expr) -> list[str]:
    """The names that a FROM item gives; sqlglot has made an UNNEST of some ranges itself."""
    from sqlglot import exp

    alias = item.args.get("alias")
    if isinstance(item, exp.Unnest) and alias is not None:
        return [column.name for column in alias.columns]
    return [item.alias_or_name]


def ranges(table: exp.Expr, known: dict[int, set[str]]) -> bool:
    """Whether a table that does not exist is an array of a FROM item that it can see."""
    from sqlglot import exp

    name = table.text("db") or table.name
    own = table.find_ancestor(exp.Select)
    above: exp.Expr | None = own
    while above is not None:
        names = known.get(id(above), set())
        if name in (names if table.text("db") or above is not own else names - {table.alias_or_name}):
            return True
        above = above.find_ancestor(exp.Select)
    return False


def range_over(table: exp.Expr) -> None:
    """`source.array alias` in FROM ranges over the elements of an array."""
    from sqlglot import exp

    column = exp.column(table.name, table=table.text("db") or None)
    name = table.alias_or_name
    alias = exp.TableAlias(this=exp.to_identifier(f"_{name}"), columns=[exp.to_identifier(name)])
    table.replace(exp.Unnest(expressions=[column], alias=alias))
