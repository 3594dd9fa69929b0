"""PRIMARY KEY, UNIQUE and FOREIGN KEY: kept for the system views, not enforced, as in Redshift.

Source: Redshift Developer Guide, CREATE TABLE, "Usage notes".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.definitions.places import Name, find
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.macros import SCHEMA

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_SUFFIX = {"primary key": "pkey", "unique": "key", "foreign key": "fkey"}


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table; parent and its columns are those of a foreign key."""

    kind: str
    columns: tuple[str, ...]
    name: str = ""
    parent: Name = ()
    parent_columns: tuple[str, ...] = ()


def read_table_constraint(read: Reader) -> Constraint | None:
    """`[constraint name] primary key | unique | foreign key (...)`, if that comes next."""
    name = read.name() if read.accept("constraint") else ""
    kind = read.choose("primary key", "unique", "foreign key")
    if kind is None:
        if name:
            read.fail("expected PRIMARY KEY, UNIQUE or FOREIGN KEY")
        return None
    found = Constraint(kind, tuple(read.names()), name)
    if kind == "foreign key":
        read.expect("references")
        found = _referring(read, found)
    return found


def read_column_constraint(read: Reader, kind: str, column: str, name: str) -> Constraint:
    """What stands after PRIMARY KEY, UNIQUE or REFERENCES in a column's definition."""
    if kind != "references":
        return Constraint(kind, (column,), name)
    return _referring(read, Constraint("foreign key", (column,), name))


def _referring(read: Reader, constraint: Constraint) -> Constraint:
    parent = read.qualified()
    columns = tuple(read.names()) if read.peek("(") else ()
    return replace(constraint, parent=parent, parent_columns=columns)


def check(session: Connection, constraints: list[Constraint], columns: list[str], table: Name, sql: str) -> None:
    """Raise unless every column and every referenced table and column is there."""
    if sum(c.kind == "primary key" for c in constraints) > 1:
        raise SqlError("a table has one primary key", sql=sql, position=place_of(sql, "primary"))
    for constraint in constraints:
        _need(constraint.columns, columns, f"a column of {table[-1]}", sql)
        if constraint.kind == "foreign key":
            known = columns if constraint.parent[-1] == table[-1] else _parent_columns(session, constraint.parent, sql)
            _need(constraint.parent_columns, known, f"a column of {constraint.parent[-1]}", sql)
            if constraint.parent_columns and len(constraint.parent_columns) != len(constraint.columns):
                raise SqlError(
                    "a foreign key has as many columns as it references",
                    sql=sql,
                    position=place_of(sql, constraint.parent_columns[0]),
                )


def _need(names: tuple[str, ...], known: list[str], what: str, sql: str) -> None:
    for name in names:
        if name not in known:
            raise SqlError(f"{name!r} is not {what}", sql=sql, position=place_of(sql, name))


def _parent_columns(session: Connection, parent: Name, sql: str) -> list[str]:
    relation = session.snapshot.relations.local_table(parent, sql)
    return list(session.snapshot.relations.columns(relation.schema, relation.name))


def keep(session: Connection, schema: str, table: str, constraints: list[Constraint]) -> None:
    """Note a table's constraints; those without a name get one, as PostgreSQL chooses it."""
    taken = {name for (name,) in session.catalog.rows(f"SELECT name FROM {SCHEMA}.table_constraint")}
    for constraint in constraints:
        name = constraint.name or _chosen(table, constraint, taken)
        taken.add(name)
        parent = find(session, constraint.parent, "") if constraint.parent else None
        session.catalog.put(
            "table_constraint",
            {"schemaname": schema, "tablename": table, "name": name},
            kind=constraint.kind,
            columns=list(constraint.columns),
            parent_schema=parent.schema if parent else schema,
            parent_table=constraint.parent[-1] if constraint.parent else None,
            parent_columns=list(constraint.parent_columns),
        )


def _chosen(table: str, constraint: Constraint, taken: set[str]) -> str:
    parts = [table] if constraint.kind == "primary key" else [table, constraint.columns[0]]
    name = "_".join([*parts, _SUFFIX[constraint.kind]])
    number = 0
    chosen = name
    while chosen in taken:
        number += 1
        chosen = f"{name}{number}"
    return chosen


def naming(session: Connection, schema: str, table: str, column: str) -> list[str]:
    """The names of the constraints of a table that a column is part of."""
    rows = session.catalog.rows(
        f"SELECT name FROM {SCHEMA}.table_constraint "
        "WHERE schemaname = ? AND tablename = ? AND list_contains(columns, ?) ORDER BY name",
        schema,
        table,
        column,
    )
    return [name for (name,) in rows]


def rename_column(session: Connection, schema: str, table: str, old: str, new: str) -> None:
    """Carry a column's new name into the constraints that name it."""
    swap = f"UPDATE {SCHEMA}.table_constraint SET {{0}} = list_transform({{0}}, lambda c: if(c = ?, ?, c)) WHERE {{1}}"
    where = (session.catalog.key(schema), table)
    session.catalog.rows(swap.format("columns", "schemaname = ? AND tablename = ?"), old, new, *where)
    session.catalog.rows(swap.format("parent_columns", "parent_schema = ? AND parent_table = ?"), old, new, *where)
