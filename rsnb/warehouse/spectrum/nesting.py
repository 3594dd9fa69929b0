"""What Redshift does not run over nested data, found in a bound statement.

Source: Redshift Developer Guide, "Nested data limitations".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

from rsnb.errors import SqlError
from rsnb.warehouse.macros import SCHEMA

if TYPE_CHECKING:
    from sqlglot import exp


def check(tree: exp.Expr, marks: set[str], sql: str) -> None:
    """Raise SqlError for a join or a subquery that nested data do not stand in.

    marks: the places (`rsnb_system.MARK`) of the external tables with nested columns.
    """
    from sqlglot import exp

    for query in tree.find_all(exp.Select) if marks else ():
        items = list(_items(query))
        if any(_is_scan(item.this, marks) for item in items):
            _check_joins(items, sql)
        ranges = [item.this for item in items if isinstance(item.this, exp.Unnest)]
        if any(_is_outside(item, items) and _is_nested(item, query, marks) for item in ranges):
            _check_subquery(query, items, sql)


def _items(query: exp.Select) -> Iterator[exp.Expr]:
    """FROM and the joins of a query."""
    if (first := query.args.get("from_")) is not None:
        yield first
        yield from query.args.get("joins") or []


def _is_scan(item: exp.Expr, marks: set[str]) -> bool:
    from sqlglot import exp

    return isinstance(item, exp.Table) and item.text("db") == SCHEMA and item.name in marks


def _name(item: exp.Expr) -> str:
    """The name under which a query sees an item: of a range, that of its element."""
    from sqlglot import exp

    alias = item.args.get("alias")
    if isinstance(item, exp.Unnest) and alias is not None and alias.columns:
        return str(alias.columns[0].name)
    return str(item.alias_or_name)


def _root(item: exp.Unnest) -> str:
    """The name that a range starts from: a table's, or another range's."""
    from sqlglot import exp

    column = item.expressions[0].find(exp.Column)
    return str(column.table or column.name) if column is not None else ""


def _is_outside(item: exp.Unnest, items: list[exp.Expr]) -> bool:
    """Whether a range starts from a table of the query around."""
    return _root(item) not in {_name(other.this) for other in items}


def _is_nested(item: exp.Unnest, query: exp.Select, marks: set[str]) -> bool:
    """Whether a range is over nested data of the lake, by the query that its root stands in."""
    from sqlglot import exp

    root, around = _root(item), query.find_ancestor(exp.Select)
    while around is not None:
        for other in _items(around):
            if _name(other.this) == root:
                inner = other.this
                return _is_scan(inner, marks) or (
                    isinstance(inner, exp.Unnest) and _starts_in_lake(inner, around, marks)
                )
        around = around.find_ancestor(exp.Select)
    return False


def _starts_in_lake(item: exp.Unnest, query: exp.Select, marks: set[str]) -> bool:
    """Whether a range of this query, or of one around it, leads to an external table."""
    from sqlglot import exp

    for other in _items(query):
        if other.this is not item and _name(other.this) == _root(item):
            inner = other.this
            return _is_scan(inner, marks) or (isinstance(inner, exp.Unnest) and _starts_in_lake(inner, query, marks))
    return _is_nested(item, query, marks)


def _check_joins(items: list[exp.Expr], sql: str) -> None:
    from sqlglot import exp

    for join in items[1:]:
        if join.args.get("side") and not isinstance(join.this, exp.Unnest):
            _refuse(
                f"the outer join of {_name(join.this)} with a table of nested data",
                "an outer join names the table and its own arrays alone: join the other table in a query around", sql,
            )  # fmt: skip


def _check_subquery(query: exp.Select, items: list[exp.Expr], sql: str) -> None:
    """A subquery over the arrays of the row around it names them in FROM, and nothing of that row elsewhere."""
    from sqlglot import exp

    for item in items:
        if not isinstance(item.this, exp.Unnest):
            _refuse(f"{_name(item.this)} beside an array of the row around", "name the arrays alone in FROM", sql)
    above = query.parent.parent if isinstance(query.parent, exp.Subquery) else query.parent
    if isinstance(above, exp.In):
        _refuse("IN with a subquery over nested data", "use EXISTS", sql)
    own = {_name(item.this) for item in items}
    places = {id(column) for item in items for column in item.find_all(exp.Column)}
    for column in query.find_all(exp.Column):
        if (
            id(column) not in places
            and (column.table or column.name) not in own
            and not isinstance(column.this, exp.Star)
        ):
            _refuse(
                f"{column.table or column.name} outside of FROM in a subquery over its arrays",
                "compare in the query around, or range over the array there", sql,
            )  # fmt: skip


def _refuse(what: str, hint: str, sql: str) -> NoReturn:
    raise SqlError(f"Redshift does not run {what}", sql=sql, position=0, hint=hint)
