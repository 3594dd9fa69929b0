"""A table written anew, for what DuckDB's ALTER TABLE can't change: a length, a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.literals import quote_identifier
from rsnb.warehouse.definitions import columns as kept
from rsnb.warehouse.definitions.tables import Column
from rsnb.warehouse.relations import TEMPORARY, Relation
from rsnb.warehouse.spelling import identifiers, place, text

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_MEANWHILE = "rsnb_rebuilt"


def rebuild(session: Connection, table: Relation, columns: list[Column]) -> None:
    """Write a table anew with these columns; new ones get their default. The caller holds a transaction."""
    _copy(session, table, columns, table.schema, _MEANWHILE)
    comments = _comments(session, table)
    session.db.execute(f"DROP TABLE {place(table.schema, table.name)}")
    session.db.execute(f"ALTER TABLE {place(table.schema, _MEANWHILE)} RENAME TO {quote_identifier(table.name)}")
    _comment(session, table, comments)


def move(session: Connection, table: Relation, schema: str) -> None:
    """Write a table anew in another schema, and drop it here. The caller holds a transaction."""
    _copy(session, table, kept.of_table(session, table), schema, table.name)
    comments = _comments(session, table)
    session.db.execute(f"DROP TABLE {place(table.schema, table.name)}")
    _comment(session, Relation(table.kind, schema, table.name), comments)


def _copy(session: Connection, table: Relation, columns: list[Column], schema: str, name: str) -> None:
    counting = kept.sequences(session, table)
    known = session.snapshot.relations.columns(table.schema, table.name)
    temporary = schema == TEMPORARY
    declared = [kept.declaration(session, c, temporary, counting.get(c.name, "")) for c in columns]
    head = f"CREATE {'TEMP ' if temporary else ''}TABLE {place(schema, name)}"
    session.db.execute(f"{head} ({', '.join(declared)})")
    taken = identifiers(c.name for c in columns if c.name in known)
    session.db.execute(
        f"INSERT INTO {place(schema, name)} ({taken}) SELECT {taken} FROM {place(table.schema, table.name)}"
    )


def _comments(session: Connection, table: Relation) -> dict[str, str]:
    """The comments of a table, under an empty name, and of its columns."""
    where = "schema_name = ? and table_name = ? and comment is not null"
    rows = session.catalog.rows(
        f"select '', comment from duckdb_tables() where {where} "
        f"union all select column_name, comment from duckdb_columns() where {where}",
        *(table.schema, table.name) * 2,
    )
    return dict(rows)


def _comment(session: Connection, table: Relation, comments: dict[str, str]) -> None:
    where = place(table.schema, table.name)
    for column, comment in comments.items():
        what = f"COLUMN {where}.{quote_identifier(column)}" if column else f"TABLE {where}"
        session.db.execute(f"COMMENT ON {what} IS {text(comment)}")
