"""Predicates on partition columns, found in a bound statement: they say which partitions have to be read.

The rows are still filtered by the statement itself. A predicate is left out where reading fewer partitions could
change the answer: on the side of an outer join that keeps its rows, under LIMIT or a window, with a subquery or a
function that gives another value each time. Source: Redshift Developer Guide, "Partitioning Redshift Spectrum
external tables", "Improving Amazon Redshift Spectrum query performance".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.translation.blanks import BLANKLESS

if TYPE_CHECKING:
    from sqlglot import exp


class _Seen(NamedTuple):
    """What a query sees of the partition columns: under this alias, by these names."""

    query: exp.Select
    alias: str
    columns: dict[str, str]  # a name in the query → the partition column


def predicates(tree: exp.Expr, mark: str, columns: set[str]) -> list[str]:
    """Conditions on an external table's partition columns that every row of the answer meets, as DuckDB SQL.

    tree: a bound statement, in which the table stands as `rsnb_system.MARK AS alias`. columns: its partition columns.
    """
    from sqlglot import exp

    places = [t for t in tree.find_all(exp.Table) if t.name == mark and t.db == SCHEMA]
    if len(places) != 1 or not columns:
        return []
    found: list[str] = []
    query = places[0].find_ancestor(exp.Select)
    seen = _Seen(query, places[0].alias_or_name, {c: c for c in columns}) if query is not None else None
    while seen is not None and seen.columns:
        item = _item(seen)
        if item is None:
            break
        found += [_renamed(c, seen) for c in _conditions(seen.query, item) if _is_about(c, seen)]
        if _nulls(seen.query, item):
            break  # what is around sees NULL in place of the rows that are not there
        seen = _around(seen)
    return list(dict.fromkeys(found))


def _item(seen: _Seen) -> exp.Expr | None:
    """The item of FROM that stands under the alias: the From or Join that holds it, nothing when it is nested."""
    from sqlglot import exp

    first = seen.query.args.get("from_")
    for item in [first, *(seen.query.args.get("joins") or [])]:
        if item is not None and item.this.alias_or_name == seen.alias:
            alias = item.this.args.get("alias")
            renamed = isinstance(alias, exp.TableAlias) and alias.columns
            bracketed = bool(item.this.args.get("joins"))
            return None if renamed or bracketed else item
    return None


# Joins


def _side(join: exp.Expr) -> str:
    return str(join.args.get("side") or "").upper()


def _nulls(query: exp.Select, item: exp.Expr) -> bool:
    """Whether a join may put NULL in place of the item's rows."""
    joins = list(query.args.get("joins") or [])
    position = joins.index(item) if item in joins else -1
    return any(
        side == "FULL" or (side == "LEFT" and index == position) or (side == "RIGHT" and index > position)
        for index, side in enumerate(map(_side, joins))
    )


def _conditions(query: exp.Select, item: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of WHERE and ON that hold for every row of the item that counts."""
    joins = list(query.args.get("joins") or [])
    position = joins.index(item) if item in joins else -1
    outer = _nulls(query, item)
    if (where := query.args.get("where")) is not None:
        yield from (part for part in _parts(where.this) if not outer or _rejects_null(part))
    for index, join in enumerate(joins[max(position, 0) :], max(position, 0)):
        side, kind = _side(join), str(join.args.get("kind") or "").upper()
        if side == "FULL" or kind in ("ANTI", "SEMI"):
            return
        filters = not side or (side == "LEFT" and index == position) or (side == "RIGHT" and index > position)
        if filters and (on := join.args.get("on")) is not None:
            yield from (part for part in _parts(on) if not outer or side or _rejects_null(part))


def _parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that AND connects."""
    from sqlglot import exp

    inner = condition.unnest()
    if isinstance(inner, exp.And):
        yield from _parts(inner.this)
        yield from _parts(inner.expression)
    else:
        yield inner


def _rejects_null(condition: exp.Expr) -> bool:
    """Whether a condition on columns that are all NULL is never true."""
    from sqlglot import exp

    plain = (
        exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In,
        exp.Column, exp.Identifier, exp.Literal, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Neg,
    )  # fmt: skip
    return all(isinstance(node, plain) or node.name == BLANKLESS for node in condition.walk())


# A condition


_CHANGING = {f"{SCHEMA}.own_random", "currval", "gen_random_uuid", "nextval", "random", "setseed", "uuid"}


def _is_about(condition: exp.Expr, seen: _Seen) -> bool:
    """Whether a condition mentions the partition columns, and else constants and functions of them alone."""
    from sqlglot import exp

    names = 0
    for node in condition.walk():
        if isinstance(node, exp.Column):
            if node.name not in seen.columns or node.table not in ("", seen.alias) or node.args.get("db"):
                return False
            names += 1
        elif isinstance(node, (exp.Query, exp.Window, exp.AggFunc, exp.Lambda, exp.Rand, exp.Uuid, exp.Star)) or (
            isinstance(node, exp.Anonymous) and not _is_steady(node)
        ):
            return False
    return names > 0


def _is_steady(function: exp.Anonymous) -> bool:
    """Whether a function gives the same value for the same arguments: not one of the user's, whose body can be any."""
    from sqlglot import exp

    name = function.name.lower()
    if isinstance(function.parent, exp.Dot):
        name = f"{function.parent.this.name}.{name}"
    return name not in _CHANGING and ("." not in name or name.startswith(f"{SCHEMA}.own_"))


def _renamed(condition: exp.Expr, seen: _Seen) -> str:
    """A condition over the partition columns' own names."""
    from sqlglot import exp

    tree = exp.Paren(this=condition.copy())
    for column in list(tree.find_all(exp.Column)):
        column.replace(exp.column(seen.columns[column.name], quoted=True))
    return str(tree.this.sql("duckdb", identify=True, comments=False))


# The queries around


def _around(seen: _Seen) -> _Seen | None:
    """The query that reads this one, where a condition of it may be applied to this one's rows already."""
    from sqlglot import exp

    query = seen.query
    if any(query.args.get(key) for key in ("limit", "offset", "qualify")) or query.find(exp.Window):
        return None  # fewer rows would give other ones
    columns = _given(seen)
    above = query.parent
    if isinstance(above, exp.Union) and not isinstance(above.parent, exp.SetOperation):
        columns = _by_position(query, above, columns)
        if any(above.args.get(key) for key in ("limit", "offset")):
            return None
        above = above.parent
    if isinstance(above, exp.Subquery):
        outer = above.parent
        if isinstance(outer, (exp.From, exp.Join)) and isinstance(outer.parent, exp.Select):
            return _Seen(outer.parent, above.alias_or_name, columns)
    if isinstance(above, exp.CTE) and not above.args["alias"].columns:
        return _reader(above, columns)
    return None


def _reader(cte: exp.Expr, columns: dict[str, str]) -> _Seen | None:
    """The query that reads a common table expression, when it is the only one."""
    from sqlglot import exp

    whole = cte.root()
    readers = [t for t in whole.find_all(exp.Table) if not t.db and t.name == cte.alias]
    if len(readers) != 1 or sum(c.alias == cte.alias for c in whole.find_all(exp.CTE)) != 1:
        return None
    holder = readers[0].parent
    if isinstance(holder, (exp.From, exp.Join)) and isinstance(holder.parent, exp.Select):
        return _Seen(holder.parent, readers[0].alias_or_name, columns)
    return None


def _given(seen: _Seen) -> dict[str, str]:
    """The partition columns that a query passes on, by the names that it gives them."""
    from sqlglot import exp

    found: dict[str, str] = {}
    names: list[str] = []
    for item in seen.query.expressions:
        inner = item.unalias()
        if isinstance(inner, exp.Star) and not inner.args.get("replace"):
            found |= {c: p for c, p in seen.columns.items() if c not in _excepted(inner)}
        elif isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star):
            found |= seen.columns if inner.table == seen.alias else {}
        else:
            names.append(item.alias_or_name)
            if isinstance(inner, exp.Column) and _is_about(inner, seen):
                found[item.alias_or_name] = seen.columns[inner.name]
    once = {name: column for name, column in found.items() if names.count(name) < 2}
    return _grouped(seen, once) if seen.query.args.get("group") or seen.query.args.get("having") else once


def _excepted(star: exp.Expr) -> set[str]:
    return {e.name for e in star.args.get("except_") or []}


def _grouped(seen: _Seen, given: dict[str, str]) -> dict[str, str]:
    """Of the columns that a query passes on, those that it groups by."""
    from sqlglot import exp

    group = seen.query.args.get("group")
    if group is None or any(group.args.get(key) for key in ("cube", "rollup", "grouping_sets", "all")):
        return {}
    keys: set[str] = set()
    for item in group.expressions:
        target = item
        if isinstance(item, exp.Literal) and item.is_int and int(item.name) <= len(seen.query.expressions):
            target = seen.query.expressions[int(item.name) - 1].unalias()
        if isinstance(target, exp.Column) and _is_about(target, seen):
            keys.add(seen.columns[target.name])
    return {name: column for name, column in given.items() if column in keys}


def _by_position(query: exp.Select, union: exp.Expr, given: dict[str, str]) -> dict[str, str]:
    """The columns that a branch of a UNION passes on, by the names of the first branch."""
    from sqlglot import exp

    first = union.this
    while isinstance(first, exp.SetOperation):
        first = first.this
    if not isinstance(first, exp.Select) or union.args.get("by_name"):
        return {}
    own, names = ([item.alias_or_name for item in branch.expressions] for branch in (query, first))
    if "*" in (*own, *names) or len(own) != len(names):
        return {}
    return {outer: given[name] for name, outer in zip(own, names, strict=True) if name in given}
