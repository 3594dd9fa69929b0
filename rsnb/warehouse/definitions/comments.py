"""COMMENT ON a table, view, column, constraint or database.

Source: Redshift Developer Guide, COMMENT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.literals import quote_identifier
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.definitions.altering import column_of
from rsnb.warehouse.definitions.places import Name, find
from rsnb.warehouse.definitions.views import is_view
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import place, text

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def comment(session: Connection, sql: str) -> Outcome:
    """COMMENT ON TABLE | VIEW | COLUMN | CONSTRAINT ... ON table | DATABASE ... IS '...' | NULL."""
    read = Reader(sql)
    read.expect("comment", "on")
    what = read.choose("table", "view", "column", "constraint", "database")
    if what is None:
        read.refuse(f"COMMENT ON {read.next.text.upper()}")
    name = read.qualified()
    table: Name = ()
    if what == "constraint":
        read.expect("on")
        table = read.qualified()
    read.expect("is")
    value = None if read.accept("null") else read.string()
    read.done()
    if what == "database":
        _on_database(session, name, value, sql)
    elif what == "constraint":
        _on_constraint(session, session.snapshot.relations.local_table(table, sql), name[-1], value, sql)
    elif what == "column":
        if len(name) < 2:
            raise SqlError("a column's name needs its table: table.column", sql=sql, position=place_of(sql, name[-1]))
        _on_column(session, session.snapshot.relations.local_table(name[:-1], sql), name[-1], value, sql)
    else:
        _on_relation(session, what, name, value, sql)
    session.shared.catalog_changed()
    return Outcome("COMMENT")


def _on_database(session: Connection, name: Name, value: str | None, sql: str) -> None:
    if name != (DATABASE,):
        raise SqlError(
            f"there is no database {'.'.join(name)}: this one is {DATABASE}", sql=sql, position=place_of(sql, name[0])
        )
    session.catalog.put("remark", {"kind": "database", "schemaname": "", "tablename": "", "name": DATABASE}, text=value)


def _on_constraint(session: Connection, table: Relation, name: str, value: str | None, sql: str) -> None:
    key: dict[str, object] = {"schemaname": table.schema, "tablename": table.name, "name": name}
    if not session.catalog.found("table_constraint", "name", **key):
        raise SqlError(f"there is no constraint {name} on {table.name}", sql=sql, position=place_of(sql, name))
    session.catalog.put("remark", {"kind": "constraint", **key}, text=value)


def _on_column(session: Connection, table: Relation, name: str, value: str | None, sql: str) -> None:
    column_of(session, table, name, sql)
    _say(session, f"COLUMN {place(table.schema, table.name)}.{quote_identifier(name)}", value)


def _on_relation(session: Connection, what: str, name: Name, value: str | None, sql: str) -> None:
    relation = find(session, name, sql)
    if relation is not None and is_view(session, relation.schema, relation.name) != (what == "view"):
        raise SqlError(f"{relation.name} is not a {what}", sql=sql, position=place_of(sql, relation.name))
    if relation is not None and relation.kind == "late_view":
        key: dict[str, object] = {"schemaname": relation.schema, "tablename": relation.name, "name": ""}
        session.catalog.put("remark", {"kind": "view", **key}, text=value)
        return
    local = session.snapshot.relations.local_table(name, sql, what)
    _say(session, f"{what} {place(local.schema, local.name)}", value)


def _say(session: Connection, on: str, value: str | None) -> None:
    session.db.execute(f"COMMENT ON {on} IS {'NULL' if value is None else text(value)}")


HANDLERS = {"comment": comment}
