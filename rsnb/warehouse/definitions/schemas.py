"""CREATE and ALTER SCHEMA, USE.

Source: Redshift Developer Guide, CREATE SCHEMA, ALTER SCHEMA.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.literals import quote_identifier
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.definitions.places import dependents, existing_schema, is_reserved, make_unrefreshable
from rsnb.warehouse.definitions.rebuilding import move
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges.principals import existing, read_principal
from rsnb.warehouse.relations import Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_MEGABYTES = {"mb": 1, "gb": 1024, "tb": 1024 * 1024}


def create_schema(session: Connection, sql: str) -> Outcome:
    """CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION user] [QUOTA n MB | GB | TB | UNLIMITED].

    The owner and the quota are kept for the system views; the quota is not enforced.
    """
    read = Reader(sql)
    read.expect("create", "schema")
    if_not_exists = read.accept("if", "not", "exists")
    owner = _owner(session, read) if read.accept("authorization") else ""
    name = owner or read.identifier()
    if not owner and read.accept("authorization"):
        owner = _owner(session, read)
    quota = _quota(read) if read.accept("quota") else None
    if read.next.kind != "end":
        read.refuse(f"{read.next.text.upper()} in CREATE SCHEMA")
    if if_not_exists and name in session.snapshot.relations.all_schemas:
        return Outcome(notes=[f"the schema {name} exists: nothing was done"])
    _check_new(session, name, sql)

    def work() -> None:
        session.db.execute(f"CREATE SCHEMA {quote_identifier(name)}")
        session.catalog.put("schema_info", {"schemaname": name}, quota=quota)
        if owner:
            session.catalog.set_owner("schema", name, "", owner)

    session.transaction.together(work)
    session.shared.catalog_changed()
    return Outcome()


def _owner(session: Connection, read: Reader) -> str:
    return existing(session, "user", read_principal(read), read.sql)


def _quota(read: Reader) -> int | None:
    """A quota in megabytes, None without a limit."""
    if read.accept("unlimited"):
        return None
    size = read.number()
    unit = read.choose(*_MEGABYTES) or "mb"
    return size * _MEGABYTES[unit]


def alter_schema(session: Connection, sql: str) -> Outcome:
    """ALTER SCHEMA name RENAME TO | OWNER TO | QUOTA."""
    read = Reader(sql)
    read.expect("alter", "schema")
    name = existing_schema(session, read.identifier(), sql)
    action = read.choose("rename to", "owner to", "quota") or read.fail("expected RENAME TO, OWNER TO or QUOTA")
    if action == "rename to":
        new = read.identifier()
        read.done()
        _rename(session, name, new, sql)
    elif action == "owner to":
        owner = _owner(session, read)
        read.done()
        session.catalog.set_owner("schema", name, "", owner)
    else:
        quota = _quota(read)
        read.done()
        session.catalog.put("schema_info", {"schemaname": name}, quota=quota)
    session.shared.catalog_changed()
    return Outcome()


def _rename(session: Connection, name: str, new: str, sql: str) -> None:
    """Move what a schema holds to a new one; bound views and functions would have to be written anew."""
    _check_new(session, new, sql)
    if name == "public":
        raise UnsupportedSql(
            "renaming the schema public is not supported by the embedded warehouse", sql=sql,
            position=place_of(sql, name),
        )  # fmt: skip
    relations = session.snapshot.relations
    tables = [Relation(kind, *key) for key, kind in relations.kinds.items() if key[0] == name and kind == "table"]
    reading = [view for t in tables for view in dependents(session, t.schema, t.name)]
    held = [f"the view {'.'.join(v)}" for v in reading if v not in relations.materialized]
    held += [f"the view {t.name}" for t in tables if (t.schema, t.name) in relations.bound_views]
    held += [
        f"the function {f}" for f, overloads in relations.functions.items() if any(o.schema == name for o in overloads)
    ]
    if held:
        raise UnsupportedSql(
            f"renaming a schema is not supported by the embedded warehouse while {held[0]} stands on it",
            sql=sql,
            position=place_of(sql, name),
            hint="drop it, rename, create it again",
        )
    session.transaction.together(lambda: _move(session, tables, name, new))


def _move(session: Connection, tables: list[Relation], name: str, new: str) -> None:
    if name in session.snapshot.relations.schemas:
        session.db.execute(f"CREATE SCHEMA {quote_identifier(new)}")
        for table in tables:
            make_unrefreshable(session, table.schema, table.name, 105)
            move(session, table, new)
        session.db.execute(f"DROP SCHEMA {quote_identifier(name)}")
    session.catalog.rename_schema(name, new)


def _check_new(session: Connection, name: str, sql: str) -> None:
    """Raise when a new schema can't have this name."""
    if is_reserved(name):
        raise SqlError(f"the name {name} is reserved", sql=sql, position=place_of(sql, name))
    if name in session.snapshot.relations.all_schemas:
        raise SqlError(f"the schema {name} exists", sql=sql, position=place_of(sql, name))


def use(session: Connection, sql: str) -> Outcome:
    """USE database: this one only."""
    read = Reader(sql)
    read.expect("use")
    name = read.name()
    read.done()
    if name != DATABASE:
        raise UnsupportedSql(
            f"USE {name} is not supported by the embedded warehouse: it has one database, {DATABASE}",
            sql=sql,
            position=place_of(sql, name),
        )
    return Outcome()


HANDLERS = {
    "alter_schema": alter_schema,
    "create_schema": create_schema,
    "use": use,
}
