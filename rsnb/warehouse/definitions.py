"""Statements that change the catalog: CREATE, ALTER and DROP of schemas, tables, views, functions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.sql import quote_identifier
from rsnb.types import parse as parse_type
from rsnb.warehouse import queries, tables
from rsnb.warehouse.catalog import SCHEMA
from rsnb.warehouse.external import place
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader, unquote
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import TEMPORARY

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def create_schema(session: Connection, sql: str) -> Outcome:
    """CREATE SCHEMA [IF NOT EXISTS] name."""
    read = Reader(sql)
    read.expect("create", "schema")
    if_not_exists = read.accept("if", "not", "exists")
    name = read.name()
    if read.next.kind != "end":
        read.refuse(f"{read.next.text.upper()} in CREATE SCHEMA")
    if name in session.relations.external_schemas and not if_not_exists:
        raise SqlError(f"the schema {name} exists", sql=sql, position=place_of(sql, name))
    session.db.execute(f"CREATE SCHEMA {'IF NOT EXISTS ' if if_not_exists else ''}{quote_identifier(name)}")
    session.changed()
    return Outcome()


def create_table(session: Connection, sql: str) -> Outcome:
    """CREATE TABLE with columns, or AS a query."""
    table = tables.parse_create_table(sql)
    schema = _schema_for(session, table.name, sql, table.temporary)
    outcome = Outcome("CREATE TABLE")
    if session.relations.find(schema, table.name[-1]) is not None:
        if table.if_not_exists:
            return outcome
        raise SqlError(f"{'.'.join(table.name)} exists", sql=sql, position=place_of(sql, table.name[-1]))
    if table.query:
        body = "AS " + queries.ready(session, session.translate(table.query), outcome)
    else:
        body = f"({', '.join(_column(session, schema, table, c) for c in table.columns)})"
    head = "CREATE TEMP TABLE" if table.temporary else "CREATE TABLE"

    def work() -> None:
        session.db.execute(f"{head} {place(schema, table.name[-1])} {body}")
        _keep(session, schema, table)

    session.together(work)
    session.changed()
    return outcome


def _column(session: Connection, schema: str, table: tables.CreateTable, column: tables.Column) -> str:
    """A column for DuckDB; IDENTITY counts in a sequence of the warehouse's."""
    default = session.translator.expression(column.default, {}) if column.default else None
    if column.identity:
        name = quote_identifier(f"{schema}.{table.name[-1]}.{column.name}")
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


def _schema_for(session: Connection, name: tuple[str, ...], sql: str, temporary: bool = False) -> str:
    """Where a new object goes: its own schema, else the first of the search path."""
    if temporary:
        return TEMPORARY
    schema = name[-2] if len(name) > 1 else session.search_path[0]
    if schema in session.relations.external_schemas:
        raise SqlError(
            f"{schema} is an external schema: it holds external tables only", sql=sql, position=place_of(sql, schema)
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
    text, late = _without_binding(read.rest())
    schema = _schema_for(session, name, sql)
    if not replace and session.relations.find(schema, name[-1]):
        raise SqlError(
            f"{'.'.join(name)} exists", sql=sql, position=place_of(sql, name[-1]), hint="create or replace view"
        )
    if late:
        session.translator.check_qualified(text)
        session.catalog.put("late_view", {"schemaname": schema, "viewname": name[-1]}, definition=text)
    else:
        body = session.translate(text)
        if body.scans or body.datasets:
            raise SqlError(
                "a view over external tables or datasets binds late", sql=sql, hint="add WITH NO SCHEMA BINDING"
            )
        queries.ready(session, body, Outcome())
        session.db.execute(f"CREATE OR REPLACE VIEW {place(schema, name[-1])} AS {body.sql}")
    session.changed()
    return Outcome("CREATE VIEW")


def _without_binding(text: str) -> tuple[str, bool]:
    words = ["with", "no", "schema", "binding"]
    found = [t for t in Reader(text).tokens if t.kind != "comment"]
    if [t.text.lower() for t in found[-4:]] != words:
        return text, False
    return text[: found[-4].start].rstrip(), True


def create_function(session: Connection, sql: str) -> Outcome:
    """CREATE [OR REPLACE] FUNCTION ... LANGUAGE SQL: one expression over $1, $2, ..."""
    read = Reader(sql)
    read.expect("create")
    replace = read.accept("or", "replace")
    read.expect("function")
    name = read.qualified()
    read.expect("(")
    arguments = []
    while not read.accept(")"):
        arguments.append(str(parse_type(read.until(",", ")"))))
        read.accept(",")
    read.expect("returns")
    returns = read.until("volatile", "stable", "immutable", "as")
    if not read.choose("volatile", "stable", "immutable"):
        read.fail("expected VOLATILE, STABLE or IMMUTABLE")
    read.expect("as")
    body = _function_body(read.take().text)
    read.expect("language")
    if not read.accept("sql"):
        read.refuse(f"a function in {read.next.text.upper()} (Redshift runs SQL functions only)")
    schema = _schema_for(session, name, sql)
    if name[-1] in session.relations.functions and not replace:
        raise SqlError(f"the function {name[-1]} exists", sql=sql, hint="create or replace function")
    _create_macro(session, schema, name[-1], arguments, returns, body)
    return Outcome("CREATE FUNCTION")


def _function_body(literal: str) -> str:
    text = literal.split("$", 2)[2].rsplit("$", 2)[0] if literal.startswith("$") else unquote(literal)
    read = Reader(text)
    read.expect("select")
    return read.rest()


def _create_macro(session: Connection, schema: str, name: str, arguments: list[str], returns: str, body: str) -> None:
    kinds = [parse_type(a).duckdb for a in arguments]
    expression = session.translator.expression(
        _with_named_arguments(body, arguments), {f"p{i}": kind for i, kind in enumerate(kinds, 1)}
    )
    names = ", ".join(f"p{i}" for i in range(1, len(arguments) + 1))
    value = f"CAST({expression} AS {parse_type(returns).duckdb})"

    def work() -> None:
        session.db.execute(f"CREATE OR REPLACE MACRO {place(schema, name)}({names}) AS {value}")
        session.catalog.put(
            "sql_function", {"schemaname": schema, "name": name}, arguments=arguments, returns=returns, body=body
        )

    session.together(work)
    session.changed()


def _with_named_arguments(body: str, arguments: list[str]) -> str:
    """`$1` becomes the first argument, cast to its declared type."""
    out, done = "", 0
    found = Reader(body).tokens
    for mark, number in pairwise(found):
        if mark.text == "$" and number.text.isdigit() and mark.end == number.start:
            index = int(number.text)
            if not 1 <= index <= len(arguments):
                raise SqlError(f"there is no argument ${index}", sql=body, position=mark.start)
            out += body[done : mark.start] + f"cast(p{index} as {arguments[index - 1]})"
            done = number.end
    return out + body[done:]


# ALTER and DROP


def alter_table(session: Connection, sql: str) -> Outcome:
    """ALTER TABLE: add, drop or rename a column, rename the table."""
    read = Reader(sql)
    read.expect("alter", "table")
    name = read.qualified()
    table = session.local_table(name, sql)
    head = f"ALTER TABLE {place(table.schema, table.name)}"
    action = read.choose("add column", "add", "drop column", "rename column", "rename to")
    if action in ("add column", "add"):
        column = tables.parse_column(read)
        default = session.translator.expression(column.default, {}) if column.default else None
        command = f"ADD COLUMN {tables.definition(column, default, check=False)}"
    elif action == "drop column":
        command = f"DROP COLUMN {quote_identifier(read.name())}"
        read.choose("restrict", "cascade")
    elif action == "rename column":
        old = read.name()
        read.expect("to")
        command = f"RENAME COLUMN {quote_identifier(old)} TO {quote_identifier(read.name())}"
    elif action == "rename to":
        command = f"RENAME TO {quote_identifier(read.name())}"
    else:
        read.refuse(f"ALTER TABLE ... {read.next.text.upper()}")
    read.done()
    session.db.execute(f"{head} {command}")
    session.changed()
    return Outcome("ALTER TABLE")


def drop_relation(session: Connection, sql: str) -> Outcome:
    """DROP TABLE or DROP VIEW [IF EXISTS] name [, ...] [CASCADE | RESTRICT]."""
    read = Reader(sql)
    read.expect("drop")
    what = read.choose("table", "view") or ""
    if_exists = read.accept("if", "exists")
    names = [read.qualified()]
    while read.accept(","):
        names.append(read.qualified())
    read.choose("cascade", "restrict")
    read.done()
    found = [(name, session.relations.find(name[-2] if len(name) > 1 else "", name[-1])) for name in names]
    for name, relation in found:
        if relation is None and not if_exists:
            session.local_table(name, sql)  # raises with the nearest names
    for _, relation in found:
        if relation is not None:
            _drop(session, what, relation.kind, relation.schema, relation.name, sql)
    session.changed()
    return Outcome(f"DROP {what.upper()}")


def _drop(session: Connection, what: str, kind: str, schema: str, name: str, sql: str) -> None:
    key = {"schemaname": schema, "tablename": name}
    if kind == "external" and what == "table":
        session.catalog.drop("external_table", **key)
        session.catalog.drop("external_partition", **key)
    elif kind == "late_view" and what == "view":
        session.catalog.drop("late_view", schemaname=schema, viewname=name)
    elif kind == "table":
        session.db.execute(f"DROP {what.upper()} {place(schema, name)}")
        session.catalog.drop("column_info", **key)
    else:
        raise SqlError(f"{name} is not a {what}", sql=sql, position=place_of(sql, name))


def drop_schema(session: Connection, sql: str) -> Outcome:
    """DROP SCHEMA [IF EXISTS] name [DROP EXTERNAL DATABASE] [CASCADE | RESTRICT]; files stay."""
    read = Reader(sql)
    read.expect("drop", "schema")
    if_exists = read.accept("if", "exists")
    name = read.name()
    read.accept("drop", "external", "database")
    cascade = read.choose("cascade", "restrict") == "cascade"
    read.done()
    if name not in session.relations.external_schemas:
        exists = "IF EXISTS " if if_exists else ""
        session.db.execute(f"DROP SCHEMA {exists}{quote_identifier(name)}{' CASCADE' if cascade else ''}")
        for table in ("column_info", "late_view", "sql_function"):
            session.catalog.drop(table, schemaname=name)
    else:
        for table in ("external_schema", "external_table", "external_partition"):
            session.catalog.drop(table, schemaname=name)
    session.changed()
    return Outcome()


def drop_function(session: Connection, sql: str) -> Outcome:
    """DROP FUNCTION name(types) [CASCADE | RESTRICT]."""
    read = Reader(sql)
    read.expect("drop", "function")
    name = read.qualified()[-1]
    read.expect("(")
    read.until(")")
    read.expect(")")
    read.choose("cascade", "restrict")
    read.done()
    function = session.relations.functions.get(name)
    if function is None:
        raise SqlError(f"there is no function {name}", sql=sql, position=place_of(sql, name))
    session.db.execute(f"DROP MACRO {place(function.schema, name)}")
    session.catalog.drop("sql_function", schemaname=function.schema, name=name)
    session.changed()
    return Outcome()


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
    session.set_search_path(tuple(n for n in names if n != "$user") or ("public",))
    return Outcome("SET")


def _schema_name(read: Reader) -> str:
    return read.string() if read.next.kind == "string" else read.name()


def comment(session: Connection, sql: str) -> Outcome:
    """COMMENT ON TABLE | COLUMN ... IS '...'."""
    if not Reader(sql).accept("comment", "on", "table") and not Reader(sql).accept("comment", "on", "column"):
        raise UnsupportedSql("COMMENT ON anything but a table or a column is not supported", sql=sql, position=0)
    session.db.execute(sql)
    return Outcome("COMMENT")


HANDLERS = {
    "alter_table": alter_table,
    "comment": comment,
    "create_function": create_function,
    "create_schema": create_schema,
    "create_table": create_table,
    "create_view": create_view,
    "drop_function": drop_function,
    "drop_relation": drop_relation,
    "drop_schema": drop_schema,
    "nothing": lambda _session, _sql: Outcome(),
    "set_search_path": set_search_path,
}
