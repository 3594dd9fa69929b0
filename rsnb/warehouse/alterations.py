"""ALTER TABLE of local tables; DROP of tables, views and schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.literals import quote_identifier
from rsnb.warehouse import tables
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def alter_table(session: Connection, sql: str) -> Outcome:
    """ALTER TABLE: add, drop or rename a column, rename the table."""
    read = Reader(sql)
    read.expect("alter", "table")
    name = read.qualified()
    table = session.local_table(name, sql)
    head = f"ALTER TABLE {place(table.schema, table.name)}"
    action = read.choose("add column", "add", "drop column", "rename column", "rename to")
    if action in ("add column", "add"):
        if read.choose("constraint", "primary key", "unique", "foreign key"):
            read.refuse("ALTER TABLE ... ADD CONSTRAINT")
        column = tables.parse_column(read)
        noted = (column.encoding, column.name, str(column.type))
        default = session.translator.expression(column.default, {}) if column.default else None
        command = f"ADD COLUMN {tables.definition(column, default, check=False)}"
    elif action == "drop column":
        noted = ("drop", read.name(), "")
        command = f"DROP COLUMN {quote_identifier(noted[1])}"
        read.choose("restrict", "cascade")
    elif action == "rename column":
        old = read.name()
        read.expect("to")
        noted = ("rename", old, read.name())
        command = f"RENAME COLUMN {quote_identifier(old)} TO {quote_identifier(noted[2])}"
    elif action == "rename to":
        noted = ("table", table.name, read.name())
        command = f"RENAME TO {quote_identifier(noted[2])}"
    else:
        read.refuse(f"ALTER TABLE ... {read.next.text.upper()}")
    read.done()

    def work() -> None:
        session.db.execute(f"{head} {command}")
        _keep_altered(session, table, noted)

    if action in ("drop column", "rename column", "rename to"):
        _refuse_dependents(session, table.schema, table.name, sql)
    session.together(work)
    session.changed()
    return Outcome("ALTER TABLE")


def _keep_altered(session: Connection, table: Relation, noted: tuple[str, str, str]) -> None:
    """Change what is noted of a table's columns as the table was changed: (change, old name, new name)."""
    change, old, new = noted
    where = "schemaname = ? AND tablename = ?"
    if change == "table":
        session.db.execute(
            f"UPDATE {SCHEMA}.column_info SET tablename = ? WHERE {where}", [new, table.schema, table.name]
        )
    elif change == "rename":
        session.db.execute(
            f'UPDATE {SCHEMA}.column_info SET "column" = ? WHERE {where} AND "column" = ?',
            [new, table.schema, table.name, old],
        )
    elif change == "drop":
        session.catalog.drop("column_info", schemaname=table.schema, tablename=table.name, column=old)
    else:
        session.catalog.put(
            "column_info",
            {"schemaname": table.schema, "tablename": table.name, "column": old},
            type=new,
            encoding=change,
            distkey=False,
            sortkey=0,
        )


def drop_relation(session: Connection, sql: str) -> Outcome:
    """DROP TABLE or DROP VIEW [IF EXISTS] name [, ...] [CASCADE | RESTRICT]."""
    read = Reader(sql)
    read.expect("drop")
    what = read.choose("table", "view") or ""
    if_exists = read.accept("if", "exists")
    names = [read.qualified()]
    while read.accept(","):
        names.append(read.qualified())
    cascade = read.choose("cascade", "restrict") == "cascade"
    read.done()
    found = [(name, session.relations.find(name[-2] if len(name) > 1 else "", name[-1])) for name in names]
    for name, relation in found:
        if relation is None and not if_exists:
            session.local_table(name, sql, what)  # raises with the nearest names

    def work() -> None:
        for _, relation in found:
            if relation is not None:
                _drop(session, what, relation, cascade, sql)

    session.together(work)
    session.changed()
    return Outcome(f"DROP {what.upper()}")


def _drop(session: Connection, what: str, relation: Relation, cascade: bool, sql: str) -> None:
    schema, name = relation.schema, relation.name
    key: dict[str, object] = {"schemaname": schema, "tablename": name}
    is_view = (schema, name) in session.relations.bound_views
    if relation.kind == "external" and what == "table":
        session.catalog.drop("external_table", **key)
        session.catalog.drop("external_partition", **key)
    elif relation.kind == "late_view" and what == "view":
        session.catalog.drop("late_view", schemaname=schema, viewname=name)
    elif relation.kind == "table" and is_view == (what == "view"):
        _drop_local(session, what, schema, name, cascade, sql)
    else:
        raise SqlError(f"{name} is not a {what}", sql=sql, position=place_of(sql, name))


def _drop_local(session: Connection, what: str, schema: str, name: str, cascade: bool, sql: str) -> None:
    """Drop a table or view, and with CASCADE the views over it."""
    if not cascade:
        _refuse_dependents(session, schema, name, sql)
    for view_schema, view in _dependents(session, schema, name):
        _drop_local(session, "view", view_schema, view, True, sql)
    session.db.execute(f"DROP {what.upper()} {place(schema, name)}")
    session.catalog.drop("column_info", schemaname=schema, tablename=name)
    session.catalog.drop("view_source", schemaname=schema, viewname=name)


def _dependents(session: Connection, schema: str, name: str) -> list[tuple[str, str]]:
    return [
        (view_schema, view)
        for view_schema, view in session.catalog.rows(
            f"SELECT schemaname, viewname FROM {SCHEMA}.view_source WHERE source_schema = ? AND source_name = ?",
            schema,
            name,
        )
    ]


def _refuse_dependents(session: Connection, schema: str, name: str, sql: str) -> None:
    if views := _dependents(session, schema, name):
        raise SqlError(
            f"the view {'.'.join(views[0])} depends on {name}",
            sql=sql,
            position=place_of(sql, name),
            hint="drop it first, or add CASCADE to DROP",
        )


def drop_schema(session: Connection, sql: str) -> Outcome:
    """DROP SCHEMA [IF EXISTS] name [DROP EXTERNAL DATABASE] [CASCADE | RESTRICT]; files stay."""
    read = Reader(sql)
    read.expect("drop", "schema")
    if_exists = read.accept("if", "exists")
    name = read.name()
    read.accept("drop", "external", "database")
    cascade = read.choose("cascade", "restrict") == "cascade"
    read.done()
    known = session.relations.schemas | session.relations.external_schemas
    if name not in known:
        if if_exists:
            return Outcome()
        raise SqlError(f"there is no schema {name}", sql=sql, position=place_of(sql, name), hint=similar(name, known))
    if name in session.relations.schemas:
        held = [n for s, n in session.relations.kinds if s == name]
        if held and not cascade:
            raise SqlError(
                f"the schema {name} holds {held[0]}", sql=sql, position=place_of(sql, name), hint="add CASCADE"
            )

    def work() -> None:
        if name in session.relations.schemas:
            session.db.execute(f"DROP SCHEMA {quote_identifier(name)} CASCADE")
        for table in ("column_info", "late_view", "sql_function", "view_source"):
            session.catalog.drop(table, schemaname=name)
        for table in ("external_schema", "external_table", "external_partition"):
            session.catalog.drop(table, schemaname=name)

    session.together(work)
    session.changed()
    return Outcome()


HANDLERS = {"alter_table": alter_table, "drop_relation": drop_relation, "drop_schema": drop_schema}
