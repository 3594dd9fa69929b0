"""CREATE and ALTER SCHEMA, USE.

Source: Redshift Developer Guide, CREATE SCHEMA, ALTER SCHEMA.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.literals import quote_identifier
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.definitions.places import existing_schema, is_reserved
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges.principals import existing, read_principal

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
    name = owner or read.name()
    if not owner and read.accept("authorization"):
        owner = _owner(session, read)
    quota = _quota(read) if read.accept("quota") else None
    if read.next.kind != "end":
        read.refuse(f"{read.next.text.upper()} in CREATE SCHEMA")
    if is_reserved(name):
        raise SqlError(f"the name {name} is reserved", sql=sql, position=place_of(sql, name))
    if name in session.relations.schemas | session.relations.external_schemas:
        if if_not_exists:
            return Outcome(notes=[f"the schema {name} exists: nothing was done"])
        raise SqlError(f"the schema {name} exists", sql=sql, position=place_of(sql, name))

    def work() -> None:
        session.db.execute(f"CREATE SCHEMA {quote_identifier(name)}")
        session.catalog.put("schema_info", {"schemaname": name}, quota=quota)
        if owner:
            session.catalog.set_owner("schema", name, "", owner)

    session.together(work)
    session.changed()
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
    name = existing_schema(session, read.name(), sql)
    action = read.choose("rename to", "owner to", "quota") or read.fail("expected RENAME TO, OWNER TO or QUOTA")
    if action == "rename to":
        new = read.name()
        read.done()
        _refuse_rename(session, name, new, sql)
    elif action == "owner to":
        owner = _owner(session, read)
        read.done()
        session.catalog.set_owner("schema", name, "", owner)
    else:
        quota = _quota(read)
        read.done()
        session.catalog.put("schema_info", {"schemaname": name}, quota=quota)
    session.changed()
    return Outcome()


def _refuse_rename(session: Connection, name: str, new: str, sql: str) -> None:
    raise UnsupportedSql(
        f"renaming the schema {name} to {new} is not supported by the embedded warehouse",
        sql=sql,
        position=place_of(sql, new),
        hint=f"create schema {new}, and create its tables there",
    )


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
