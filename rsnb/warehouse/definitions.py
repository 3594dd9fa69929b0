"""Statements that change the catalog: CREATE, ALTER and DROP of schemas, tables, views, functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.literals import quote_identifier
from rsnb.warehouse import queries, tables
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import ALWAYS, TEMPORARY
from rsnb.warehouse.spelling import place, text
from rsnb.warehouse.translate import Translation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


_HIDDEN = (SCHEMA, TEMPORARY, "information_schema", "pg_catalog")


def create_schema(session: Connection, sql: str) -> Outcome:
    """CREATE SCHEMA [IF NOT EXISTS] name."""
    read = Reader(sql)
    read.expect("create", "schema")
    if_not_exists = read.accept("if", "not", "exists")
    name = read.name()
    if read.next.kind != "end":
        read.refuse(f"{read.next.text.upper()} in CREATE SCHEMA")
    if name in _HIDDEN:
        raise SqlError(f"the name {name} is reserved", sql=sql, position=place_of(sql, name))
    if name in session.relations.schemas | session.relations.external_schemas:
        if if_not_exists:
            return Outcome()
        raise SqlError(f"the schema {name} exists", sql=sql, position=place_of(sql, name))
    session.db.execute(f"CREATE SCHEMA {'IF NOT EXISTS ' if if_not_exists else ''}{quote_identifier(name)}")
    session.changed()
    return Outcome()


def create_table(session: Connection, sql: str) -> Outcome:
    """CREATE TABLE with columns, or AS a query."""
    table = tables.parse_create_table(sql)
    schema = schema_for(session, table.name, sql, table.temporary)
    outcome = Outcome("CREATE TABLE")
    if session.relations.find(schema, table.name[-1]) is not None:
        if table.if_not_exists:
            return outcome
        raise SqlError(f"{'.'.join(table.name)} exists", sql=sql, position=place_of(sql, table.name[-1]))
    body = ""
    if table.query:
        body = "AS " + queries.ready(session, _rows(session, table.query, sql), outcome)
    head = "CREATE TEMP TABLE" if table.temporary else "CREATE TABLE"

    def work() -> None:
        nonlocal body
        if not table.query:
            body = f"({', '.join(_column(session, schema, table, c) for c in table.columns)})"
        session.db.execute(f"{head} {place(schema, table.name[-1])} {body}")
        _keep(session, schema, table)

    session.together(work)
    session.changed()
    return outcome


def _column(session: Connection, schema: str, table: tables.CreateTable, column: tables.Column) -> str:
    """A column for DuckDB; IDENTITY counts in a sequence of the warehouse's."""
    default = session.translator.expression(column.default, {}) if column.default else None
    if column.identity:
        name = quote_identifier(f"{ALWAYS if column.always else ''}{schema}.{table.name[-1]}.{column.name}")
        seed, step = column.identity
        session.db.execute(
            f"CREATE OR REPLACE SEQUENCE {SCHEMA}.{name} START {seed} INCREMENT {step} "
            f"MINVALUE {min(seed, -(2**62))} MAXVALUE {2**62}"
        )
        default = f"nextval('{SCHEMA}.{name}')"
    return tables.definition(column, default)


def _keep(session: Connection, schema: str, table: tables.CreateTable) -> None:
    """Note what DuckDB's catalog can't hold: declared types, encodings and keys."""
    session.catalog.drop("column_info", schemaname=schema, tablename=table.name[-1])
    declared = {c.name: (str(c.type), c.encoding) for c in table.columns}
    for name in declared or {table.distkey, *table.sortkey} - {""}:
        kind, encoding = declared.get(name, (None, "none"))
        session.catalog.put(
            "column_info",
            {"schemaname": schema, "tablename": table.name[-1], "column": name},
            type=kind,
            encoding=encoding,
            distkey=name == table.distkey,
            sortkey=table.sortkey.index(name) + 1 if name in table.sortkey else 0,
        )


def _rows(session: Connection, query: str, sql: str) -> Translation:
    """The translation of the query that a CREATE statement holds."""
    body = session.translate(query)
    if not body.rows:
        raise SqlError("expected a query after AS", sql=sql, position=0)
    return body


def schema_for(session: Connection, name: tuple[str, ...], sql: str, temporary: bool = False) -> str:
    """Where a new object goes: its own schema, else the first of the search path."""
    if temporary:
        return TEMPORARY
    schema = name[-2] if len(name) > 1 else session.search_path[0]
    if schema in session.relations.external_schemas:
        raise SqlError(
            f"{schema} is an external schema: it holds external tables only", sql=sql, position=place_of(sql, schema)
        )
    if schema not in session.relations.schemas:
        raise SqlError(
            f"there is no schema {schema}", sql=sql, position=place_of(sql, schema), hint=f"create schema {schema}"
        )
    return schema


def create_view(session: Connection, sql: str) -> Outcome:
    """CREATE [OR REPLACE] VIEW ... [WITH NO SCHEMA BINDING]; a late-binding view is kept as its text."""
    read = Reader(sql)
    read.expect("create")
    replace = read.accept("or", "replace")
    read.expect("view")
    name = read.qualified()
    if read.peek("("):
        read.refuse("a column list of CREATE VIEW")
    read.expect("as")
    query, late = _without_binding(read.rest())
    schema = schema_for(session, name, sql)
    if not replace and session.relations.find(schema, name[-1]):
        raise SqlError(
            f"{'.'.join(name)} exists", sql=sql, position=place_of(sql, name[-1]), hint="create or replace view"
        )
    if late:
        session.translator.check_qualified(query)
        session.catalog.put("late_view", {"schemaname": schema, "viewname": name[-1]}, definition=query)
    else:
        body = _rows(session, query, sql)
        if body.scans or body.datasets:
            raise SqlError(
                "a view over external tables or datasets binds late", sql=sql, hint="add WITH NO SCHEMA BINDING"
            )
        queries.ready(session, body, Outcome())
        session.together(lambda: _bind_view(session, schema, name[-1], body))
    session.changed()
    return Outcome("CREATE VIEW")


def _bind_view(session: Connection, schema: str, name: str, body: Translation) -> None:
    session.db.execute(f"CREATE OR REPLACE VIEW {place(schema, name)} AS {body.sql}")
    session.catalog.drop("view_source", schemaname=schema, viewname=name)
    for source_schema, source_name in sorted(body.sources):
        key: dict[str, object] = {
            "schemaname": schema, "viewname": name, "source_schema": source_schema, "source_name": source_name
        }  # fmt: skip
        session.catalog.put("view_source", key)


def _without_binding(text: str) -> tuple[str, bool]:
    words = ["with", "no", "schema", "binding"]
    found = [t for t in Reader(text).tokens if t.kind != "comment"]
    if [t.text.lower() for t in found[-4:]] != words:
        return text, False
    return text[: found[-4].start].rstrip(), True


# Session


def set_search_path(session: Connection, sql: str) -> Outcome:
    """SET search_path TO schema [, ...]."""
    read = Reader(sql)
    read.expect("set", "search_path")
    if not (read.accept("to") or read.accept("=")):
        read.fail("expected TO")
    names = [_schema_name(read)]
    while read.accept(","):
        names.append(_schema_name(read))
    read.done()
    path = tuple(n for n in names if n != "$user") or ("public",)
    known = session.relations.schemas | session.relations.external_schemas
    for name in path:
        if name not in known:
            raise SqlError(
                f"there is no schema {name}", sql=sql, position=place_of(sql, name), hint=similar(name, known)
            )
    session.set_search_path(path)
    return Outcome("SET")


def _schema_name(read: Reader) -> str:
    return read.string() if read.next.kind == "string" else read.name()


def comment(session: Connection, sql: str) -> Outcome:
    """COMMENT ON TABLE | COLUMN ... IS '...'."""
    read = Reader(sql)
    read.expect("comment", "on")
    what = read.choose("table", "column") or read.refuse(f"COMMENT ON {read.next.text.upper()}")
    name = read.qualified()
    table = session.local_table(name[: len(name) - (what == "column")] or name, sql)
    column = f".{quote_identifier(name[-1])}" if what == "column" else ""
    read.expect("is")
    value = "NULL" if read.accept("null") else text(read.string())
    read.done()
    session.db.execute(f"COMMENT ON {what} {place(table.schema, table.name)}{column} IS {value}")
    return Outcome("COMMENT")


HANDLERS = {
    "comment": comment,
    "create_schema": create_schema,
    "create_table": create_table,
    "create_view": create_view,
    "nothing": lambda _session, _sql: Outcome(),
    "set_search_path": set_search_path,
}
