"""CREATE TABLE, CREATE TABLE AS and SELECT INTO as they run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import queries
from rsnb.warehouse.definitions import columns as kept
from rsnb.warehouse.definitions import constraints
from rsnb.warehouse.definitions.attributes import Attributes, settle
from rsnb.warehouse.definitions.places import find, refuse_existing, schema_for
from rsnb.warehouse.definitions.tables import (
    Column,
    CreateTable,
    Like,
    check_columns,
    parse_create_table,
)
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.measuring import measured
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import TEMPORARY, Relation
from rsnb.warehouse.spelling import place
from rsnb.warehouse.translate import Translation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def create_table(session: Connection, sql: str) -> Outcome:
    """CREATE TABLE with columns, or AS a query."""
    table = parse_create_table(sql)
    schema = schema_for(session, table.name, sql, table.temporary)
    if table.if_not_exists and (schema, table.name[-1]) in session.snapshot.relations.kinds:
        return Outcome("CREATE TABLE", notes=[f"{table.name[-1]} exists: nothing was done"])
    refuse_existing(session, schema, table.name[-1], sql)
    if table.query:
        return create_table_as(session, table, schema, sql)
    columns = _columns(session, table, sql)
    names = [c.name for c in columns]
    check_columns(names, sql)
    settle(table.attributes, names, {c.name: c.type.rule.name for c in columns}, sql)
    constraints.check(session, table.constraints, names, table.name, sql)
    keys = {n for c in table.constraints if c.kind == "primary key" for n in c.columns}
    columns = [replace(c, not_null=c.not_null or c.name in keys) for c in columns]

    def work() -> None:
        make(session, schema, table.name[-1], columns, table.attributes)
        constraints.keep(session, schema, table.name[-1], table.constraints)

    session.transaction.together(work)
    session.shared.catalog_changed()
    return Outcome("CREATE TABLE")


def make(session: Connection, schema: str, name: str, columns: list[Column], attributes: Attributes) -> None:
    """Create an empty table and note what DuckDB's catalog can't hold of it."""
    temporary = schema == TEMPORARY
    declared = ", ".join(kept.declaration(session, c, temporary) for c in columns)
    session.db.execute(f"CREATE {'TEMP ' if temporary else ''}TABLE {place(schema, name)} ({declared})")
    keep(session, schema, name, columns, attributes)


def keep(session: Connection, schema: str, name: str, columns: list[Column], attributes: Attributes) -> None:
    """Note what DuckDB's catalog can't hold of a new table."""
    session.catalog.forget(schema, name)
    session.catalog.grant_defaults("table", schema, name)
    kept.keep(session, schema, name, columns, attributes)
    kept.keep_attributes(session, schema, name, attributes, any(c.encoding not in ("", "auto") for c in columns))


def _columns(session: Connection, table: CreateTable, sql: str) -> list[Column]:
    """The columns of CREATE TABLE, those of LIKE put in place; the attributes of LIKE are taken over."""
    found: list[Column] = []
    likes = [c for c in table.columns if isinstance(c, Like)]
    if likes and table.attributes.are_given:
        raise SqlError(
            "a table LIKE another takes its distribution, sort keys and BACKUP", sql=sql, position=place_of(sql, "like")
        )
    for column in table.columns:
        if isinstance(column, Column):
            found.append(column)
            continue
        parent = _parent(session, column, sql)
        found += _like(session, parent, column, sql)
        if column is likes[0]:
            table.attributes = kept.attributes_of(session, parent)
    return found


def _parent(session: Connection, like: Like, sql: str) -> Relation:
    parent = find(session, like.parent, sql)
    if parent is None or parent.kind != "table":
        return session.snapshot.relations.local_table(like.parent, sql)  # raises with the nearest names
    if (parent.schema, parent.name) in session.snapshot.relations.bound_views:
        raise SqlError(f"{parent.name} is a view: LIKE takes a table", sql=sql, position=place_of(sql, parent.name))
    return parent


def _like(session: Connection, parent: Relation, like: Like, sql: str) -> list[Column]:
    columns = kept.of_table(session, parent)
    if like.defaults and any(c.identity for c in columns):
        Reader(sql).refuse("LIKE ... INCLUDING DEFAULTS of a table with an IDENTITY column")
    return [replace(c, identity=None, default=c.default if like.defaults else None) for c in columns]


def create_table_as(session: Connection, table: CreateTable, schema: str, sql: str) -> Outcome:
    """Create a table from a query's rows."""
    session.statement.kind = "create table as"
    outcome = Outcome("CREATE TABLE")
    translation = rows_of(session, table.query, sql)
    columns = described(translation, table.names, sql)
    body = queries.ready(session, translation, outcome)
    names = [c.name for c in columns]
    settle(table.attributes, names, {c.name: c.type.rule.name for c in columns}, sql)

    def work() -> None:
        make(session, schema, table.name[-1], columns, table.attributes)
        with measured(session, outcome):
            ((count,),) = session.db.execute(f"INSERT INTO {place(schema, table.name[-1])} {body}").fetchall()
        session.statement.rows = count

    session.transaction.together(work)
    session.shared.catalog_changed()
    return outcome


def rows_of(session: Connection, query: str, sql: str) -> Translation:
    """The translation of the query that a CREATE statement holds; errors keep their place in the statement."""
    start = max(sql.rfind(query), 0)
    try:
        body = session.snapshot.translate(query)
    except SqlError as exc:
        if exc.sql == query and exc.position is not None:
            exc.sql, exc.position = sql, exc.position + start
        raise
    if not body.rows:
        raise SqlError("expected a query after AS", sql=sql, position=start)
    return body


def described(translation: Translation, names: list[str], sql: str) -> list[Column]:
    """The columns of a query, the first ones renamed; raises for one that is named twice."""
    found = translation.columns
    if len(names) > len(found):
        raise SqlError(
            f"the query has {len(found)} columns, not {len(names)}", sql=sql, position=place_of(sql, names[len(found)])
        )
    named = [*names, *(name for name, _ in found[len(names) :])]
    check_columns(named, sql)
    return [Column(name, kind) for name, (_, kind) in zip(named, found, strict=True)]


HANDLERS = {"create_table": create_table}
