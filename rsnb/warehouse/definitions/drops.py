"""DROP of tables, views, materialized views and schemas.

Source: Redshift Developer Guide, DROP TABLE, DROP VIEW, DROP MATERIALIZED VIEW, DROP SCHEMA.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.literals import quote_identifier
from rsnb.warehouse.definitions import columns
from rsnb.warehouse.definitions.places import dependents, existing_schema, find, refuse_dependents
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spectrum import data_catalog
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def drop_relation(session: Connection, sql: str) -> Outcome:
    """DROP TABLE, VIEW or MATERIALIZED VIEW [IF EXISTS] name [, ...] [CASCADE | RESTRICT]."""
    read = Reader(sql)
    read.expect("drop")
    what = read.choose("table", "view", "materialized view") or ""
    if_exists = read.accept("if", "exists")
    names = read.several(read.qualified)
    cascade = read.choose("cascade", "restrict") == "cascade"
    read.done()
    found = [find(session, name, sql) for name in names]
    for name, relation in zip(names, found, strict=True):
        if relation is None and not if_exists:
            session.snapshot.relations.local_table(name, sql, what)  # raises with the nearest names
    drops = list(dict.fromkeys(r for r in found if r is not None))

    def work() -> None:
        for relation in drops:
            _drop(session, what, relation, cascade, {(r.schema, r.name) for r in drops}, sql)

    session.transaction.together(work)
    session.shared.catalog_changed()
    missing = [name[-1] for name, relation in zip(names, found, strict=True) if relation is None]
    return Outcome(f"DROP {what.upper()}", notes=[f"there is no {what} {name}: skipped" for name in missing])


def _kind(session: Connection, relation: Relation) -> str:
    if relation.kind == "late_view":
        return "view"
    if relation.kind != "table":
        return "table" if relation.kind == "external" else relation.kind
    key = (relation.schema, relation.name)
    if key in session.snapshot.relations.materialized:
        return "materialized view"
    return "view" if key in session.snapshot.relations.bound_views else "table"


def _drop(
    session: Connection, what: str, relation: Relation, cascade: bool, also: set[tuple[str, str]], sql: str
) -> None:
    schema, name = relation.schema, relation.name
    kind = _kind(session, relation)
    if kind != what:
        hint = f"drop {kind} {name}" if kind in ("table", "view", "materialized view") else None
        raise SqlError(f"{name} is not a {what}", sql=sql, position=place_of(sql, name), hint=hint)
    if relation.kind == "external":
        session.transaction.refuse_inside("DROP TABLE of an external table", sql)
        data_catalog.drop(session, schema, name)
    elif relation.kind == "late_view":
        session.catalog.forget(schema, name)
    else:
        if not cascade and not set(dependents(session, schema, name)) <= also:
            refuse_dependents(session, schema, name, sql)
        drop_local(session, kind, relation)


def drop_local(session: Connection, kind: str, relation: Relation) -> None:
    """Drop a table or a view of DuckDB's with the views over it, its sequences, and what is kept of it."""
    schema, name = relation.schema, relation.name
    for view_schema, view in dependents(session, schema, name):
        view_relation = Relation("table", view_schema, view)
        drop_local(session, _kind(session, view_relation), view_relation)
    counting = columns.sequences(session, relation) if kind == "table" else {}
    session.db.execute(f"DROP {'VIEW' if kind == 'view' else 'TABLE'} IF EXISTS {place(schema, name)}")
    for sequence in counting.values():
        session.db.execute(f"DROP SEQUENCE {sequence}")
    session.catalog.forget(schema, name)
    session.catalog.drop("table_constraint", parent_schema=schema, parent_table=name)


def drop_schema(session: Connection, sql: str) -> Outcome:
    """DROP SCHEMA [IF EXISTS] name [, ...] [DROP EXTERNAL DATABASE] [CASCADE | RESTRICT]; files stay."""
    read = Reader(sql)
    read.expect("drop", "schema")
    if_exists = read.accept("if", "exists")
    names = read.several(read.identifier)
    database = read.accept("drop", "external", "database")
    cascade = read.choose("cascade", "restrict") == "cascade"
    read.done()
    known = session.snapshot.relations.all_schemas
    missing = [name for name in names if name not in known]
    if missing and not if_exists:
        existing_schema(session, missing[0], sql)
    drops = [name for name in dict.fromkeys(names) if name in known]

    def work() -> None:
        for name in drops:
            if name in session.snapshot.relations.external_schemas:
                data_catalog.drop_schema(session, name, database, cascade, sql)
            else:
                _drop_schema(session, name, cascade, sql)
            for table in ("owner", "privilege", "schema_info"):
                session.catalog.drop(table, schemaname=name)

    session.transaction.together(work)
    session.shared.catalog_changed()
    return Outcome("DROP SCHEMA", notes=[f"there is no schema {name}: skipped" for name in missing])


def _drop_schema(session: Connection, name: str, cascade: bool, sql: str) -> None:
    if name == "public":
        raise SqlError("the schema public stays", sql=sql, position=place_of(sql, name))
    if not cascade:
        _refuse_full(session, name, sql)
    for schema, relation in sorted(session.snapshot.relations.kinds):
        if schema == name:
            _drop_with(session, relation, schema)
    session.db.execute(f"DROP SCHEMA {quote_identifier(name)} CASCADE")
    for table in ("procedure", "sql_function"):
        session.catalog.drop(table, schemaname=name)


def _drop_with(session: Connection, name: str, schema: str) -> None:
    relation = Relation(session.snapshot.relations.kinds[schema, name], schema, name)
    if relation.kind == "table":
        drop_local(session, _kind(session, relation), relation)
    else:
        session.catalog.forget(schema, name)


def _refuse_full(session: Connection, schema: str, sql: str) -> None:
    held = [name for place, name in session.snapshot.relations.kinds if place == schema]
    for table in ("procedure", "sql_function"):
        held += [name for (name,) in session.catalog.found(table, "name", schemaname=schema)]
    if held:
        raise SqlError(
            f"the schema {schema} holds {held[0]}", sql=sql, position=place_of(sql, schema), hint="add CASCADE"
        )


HANDLERS = {"drop_relation": drop_relation, "drop_schema": drop_schema}
