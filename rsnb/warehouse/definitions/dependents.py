"""The views bound to a table that changes: which read what, and which are in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.definitions.drops import drop_local
from rsnb.warehouse.definitions.places import dependents
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.relations import Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def drop_reading(session: Connection, table: Relation, column: str, cascade: bool, sql: str) -> None:
    """Before a column is dropped: with CASCADE drop the views that read it, else raise."""
    for schema, view in dependents(session, table.schema, table.name):
        if not _reads(session, schema, view, column):
            continue
        if not cascade:
            raise SqlError(
                f"the view {schema}.{view} reads the column {column}", sql=sql, position=place_of(sql, column),
                hint="add CASCADE to drop it too",
            )  # fmt: skip
        if _sources_with(session, schema, view, column) != 1:
            raise UnsupportedSql(
                f"several tables of the view {schema}.{view} have a column {column}: "
                "DROP COLUMN ... CASCADE is not supported by the embedded warehouse then",
                sql=sql,
                position=place_of(sql, column),
                hint="drop the view first",
            )
        drop_local(session, "view", Relation("table", schema, view))


def refuse_reading(session: Connection, table: Relation, column: str | None, sql: str) -> None:
    """Before a rename of a table or its column: raise when a view reads it; Redshift would rename there too."""
    for schema, view in dependents(session, table.schema, table.name):
        if (schema, view) in session.snapshot.relations.materialized:
            continue  # it keeps its rows, and can't be refreshed any more
        if column is None or _reads(session, schema, view, column):
            name = column or table.name
            raise UnsupportedSql(
                f"renaming {name} is not supported by the embedded warehouse while the view {schema}.{view} reads it",
                sql=sql,
                position=place_of(sql, name),
                hint="drop the view, rename, create the view again",
            )


def _reads(session: Connection, schema: str, view: str, column: str) -> bool:
    """Whether a column of this name stands in a view's query; a materialized view keeps what it read."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    rows = session.catalog.rows("select sql from duckdb_views() where schema_name = ? and view_name = ?", schema, view)
    try:
        tree = sqlglot.parse_one(rows[0][0], dialect="duckdb") if rows else None
    except SqlglotError:
        return True
    if tree is None:
        return False
    outer = tree.expression  # the view's columns by name, over its query (see views)
    body = outer.find(exp.Subquery)
    reading = outer if body is None or body.find(exp.Star) else body
    return any(node.name == column for node in reading.find_all(exp.Column))


def _sources_with(session: Connection, schema: str, view: str, column: str) -> int:
    sources = session.catalog.found("view_source", "source_schema", "source_name", schemaname=schema, viewname=view)
    return sum(column in session.snapshot.relations.columns(*source) for source in sources)
