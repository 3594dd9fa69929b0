"""Views: bound ones live in DuckDB, late-binding ones are kept as their text.

Source: Redshift Developer Guide, CREATE VIEW.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse import queries, system
from rsnb.warehouse.definitions import columns as kept
from rsnb.warehouse.definitions.attributes import Attributes
from rsnb.warehouse.definitions.creation import described, rows_of
from rsnb.warehouse.definitions.places import refuse_existing, schema_for
from rsnb.warehouse.definitions.tables import Column
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.functions.session import refuse_asked
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import TEMPORARY
from rsnb.warehouse.spelling import identifiers, place
from rsnb.warehouse.translate import Translation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def create_view(session: Connection, sql: str) -> Outcome:
    """CREATE [OR REPLACE] VIEW name [(columns)] AS query [WITH NO SCHEMA BINDING]."""
    read = Reader(sql)
    read.expect("create")
    replace = read.accept("or", "replace")
    read.expect("view")
    name = read.qualified()
    columns = read.names() if read.peek("(") else []
    read.expect("as")
    query, late = _without_binding(read.rest())
    schema = schema_for(session, name, sql)
    _check_place(session, schema, name[-1], replace, sql)
    if late or system.named(rows_of(session, query, sql).sql):  # the system views are not DuckDB's to bind to
        _keep_late(session, schema, name[-1], columns, query)
    else:
        _create_bound(session, schema, name[-1], columns, query, sql)
    session.shared.catalog_changed()
    return Outcome("CREATE VIEW")


def _check_place(session: Connection, schema: str, name: str, replace: bool, sql: str) -> None:
    if not replace:
        refuse_existing(session, schema, name, sql, "create or replace view")
        return
    relation = session.snapshot.relations.find(schema, name)
    if relation is not None and not is_view(session, schema, name):
        raise SqlError(f"{name} is not a view", sql=sql, position=place_of(sql, name))


def is_view(session: Connection, schema: str, name: str) -> bool:
    """Whether the relation is a view, bound or late-binding."""
    key = (schema, name)
    return session.snapshot.relations.kinds.get(key) == "late_view" or key in session.snapshot.relations.bound_views


def _keep_late(session: Connection, schema: str, name: str, columns: list[str], query: str) -> None:
    session.snapshot.translator.check_qualified(query)
    if columns:
        query = f"select * from (\n{query}\n) as {name}({identifiers(columns)})"

    def work() -> None:
        _forget(session, schema, name)
        session.catalog.put("late_view", {"schemaname": schema, "viewname": name}, definition=query)
        session.catalog.grant_defaults("table", schema, name)

    session.transaction.together(work)


def _create_bound(session: Connection, schema: str, name: str, columns: list[str], query: str, sql: str) -> None:
    body = rows_of(session, query, sql)
    if body.scans or body.datasets:
        raise SqlError("a view over external tables or datasets binds late", sql=sql, hint="add WITH NO SCHEMA BINDING")
    for source_schema, source in body.sources:
        if source_schema == TEMPORARY:
            raise UnsupportedSql(
                f"a view of the temporary table {source} is not supported by the embedded warehouse",
                sql=sql,
                position=place_of(sql, source),
            )
    refuse_asked(body.sql, "a view")
    queries.ready(session, body, Outcome())
    given = described(body, columns, sql)
    _refuse_other_columns(session, schema, name, given, sql)

    def work() -> None:
        _forget(session, schema, name)
        _bind(session, schema, name, given, body)
        session.catalog.put("bound_view", {"schemaname": schema, "viewname": name}, definition=sql)

    session.transaction.together(work)


def _refuse_other_columns(session: Connection, schema: str, name: str, given: list[Column], sql: str) -> None:
    """CREATE OR REPLACE keeps the names and types of a bound view's columns, as in Redshift."""
    if (schema, name) not in session.snapshot.relations.bound_views:
        return
    known = session.snapshot.relations.columns(schema, name)
    if [(c.name, c.type) for c in given] != list(known.items()):
        raise SqlError(
            f"the view {name} has other columns: CREATE OR REPLACE keeps their names and types",
            sql=sql,
            position=place_of(sql, name),
            hint=f"drop view {name} first",
        )


def _bind(session: Connection, schema: str, name: str, given: list[Column], body: Translation) -> None:
    """Create DuckDB's view; its columns are named, so that a column added to a table stays out of `select *`."""
    session.db.execute(
        f"CREATE OR REPLACE VIEW {place(schema, name)} ({identifiers(c.name for c in given)}) AS "
        f"SELECT {identifiers(found for found, _ in body.columns)} FROM ({body.sql})"
    )
    kept.keep(session, schema, name, given, Attributes())
    session.catalog.grant_defaults("table", schema, name)
    for source_schema, source_name in sorted(body.sources):
        key: dict[str, object] = {
            "schemaname": schema, "viewname": name, "source_schema": source_schema, "source_name": source_name
        }  # fmt: skip
        session.catalog.put("view_source", key)


def _forget(session: Connection, schema: str, name: str) -> None:
    """Drop a view of this name, if there is one, so that one of the other kind can take its place."""
    if (schema, name) in session.snapshot.relations.bound_views:
        session.db.execute(f"DROP VIEW {place(schema, name)}")
    session.catalog.forget(schema, name)


def _without_binding(text: str) -> tuple[str, bool]:
    words = ["with", "no", "schema", "binding"]
    found = [t for t in Reader(text).tokens if t.kind != "comment"]
    if [t.text.lower() for t in found[-4:]] != words:
        return text, False
    return text[: found[-4].start].rstrip(), True


HANDLERS = {"create_view": create_view}
