"""CREATE, ALTER and DROP USER; SET SESSION AUTHORIZATION.

Source: Redshift Developer Guide, CREATE USER, ALTER USER, DROP USER, SET SESSION AUTHORIZATION.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges import principals
from rsnb.warehouse.privileges.principals import existing, read_principal, refuse_taken
from rsnb.warehouse.privileges.user_options import UserOptions, read_options
from rsnb.warehouse.records import UserChange
from rsnb.warehouse.secrets import hidden

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_NEW: dict[str, object] = {
    "createdb": False, "superuser": False, "syslog": "restricted", "valid_until": None, "connection_limit": None,
    "session_timeout": None, "external_id": None, "password": None,
}  # fmt: skip


def create_user(session: Connection, sql: str) -> Outcome:
    """CREATE USER name [WITH] PASSWORD ... [option ...]."""
    read = Reader(hidden(sql))
    read.expect("create", "user")
    name = read_principal(read)
    options = read_options(read, sql, altering=False)
    refuse_taken(session, "user", name, read.sql)
    if "password" not in options.values:
        raise SqlError(
            "a user has a PASSWORD, or PASSWORD DISABLE", sql=read.sql, position=place_of(read.sql, name),
            hint=f"create user {name} password disable",
        )  # fmt: skip
    _check(session, options, read.sql)
    number = principals.next_id(session, "user")

    def work() -> None:
        session.catalog.put("db_user", {"name": name}, id=number, settings=[], **{**_NEW, **options.values})
        for group in options.groups:
            session.catalog.put("group_member", {"groupname": group, "member": name})

    session.transaction.together(work)
    _journal(session, name, "create")
    return Outcome()


def _check(session: Connection, options: UserOptions, sql: str) -> None:
    for group in options.groups:
        existing(session, "group", group, sql)
    until = options.values.get("valid_until")
    if until not in (None, "infinity"):
        ((moment,),) = session.catalog.rows("SELECT try_cast(? AS TIMESTAMP)", until)
        if moment is None:
            raise SqlError(f"{until!r} is not valid for VALID UNTIL", sql=sql, position=place_of(sql, "until"))
        options.values["valid_until"] = str(moment)


def alter_user(session: Connection, sql: str) -> Outcome:
    """ALTER USER name [WITH] option [, ...]."""
    read = Reader(hidden(sql))
    read.expect("alter", "user")
    name = existing(session, "user", read_principal(read), read.sql)
    if read.next.kind == "end":
        read.fail("expected an option")
    options = read_options(read, sql, altering=True)
    _check(session, options, read.sql)
    if options.rename:
        refuse_taken(session, "user", options.rename, read.sql)

    def work() -> None:
        if options.values:
            session.catalog.change("db_user", options.values, name=name)
        if options.settings:
            ((kept,),) = session.catalog.found("db_user", "settings", name=name)
            settings = dict(item.split("=", 1) for item in kept or [])
            settings |= {k: v for k, v in options.settings.items() if v is not None}
            left = [f"{k}={v}" for k, v in sorted(settings.items()) if options.settings.get(k, v) is not None]
            session.catalog.change("db_user", {"settings": left}, name=name)
        if options.rename:
            principals.rename(session, "user", name, options.rename)

    session.transaction.together(work)
    _journal(session, options.rename or name, "rename" if options.rename else "alter", name)
    return Outcome()


def drop_user(session: Connection, sql: str) -> Outcome:
    """DROP USER [IF EXISTS] name [, ...]; not one that owns something or holds a privilege."""
    read = Reader(sql)
    read.expect("drop", "user")
    if_exists = read.accept("if", "exists")
    names = read.several(lambda: read_principal(read))
    read.done()
    known = principals.names(session, "user")
    missing = [name for name in names if name not in known]
    if missing and not if_exists:
        existing(session, "user", missing[0], sql)
    drops = [name for name in dict.fromkeys(names) if name in known]
    for name in drops:
        _refuse_used(session, name, sql)

    def work() -> None:
        for name in drops:
            _journal(session, name, "drop")
            principals.forget(session, "user", name)

    session.transaction.together(work)
    return Outcome(notes=[f"there is no user {name}: skipped" for name in missing])


def _refuse_used(session: Connection, name: str, sql: str) -> None:
    if name == session.user:
        raise SqlError("the present user can't be dropped", sql=sql, position=place_of(sql, name))
    if session.catalog.found("owner", "name", owner=name) or session.catalog.found("db_role", "name", owner=name):
        why = "owns some object"
    elif session.catalog.found("privilege", "name", grantee_kind="user", grantee=name):
        why = "has a privilege on some object"
    else:
        return
    raise SqlError(
        f"the user {name} can't be dropped: it {why}", sql=sql, position=place_of(sql, name.split(":")[-1]),
        hint="give the object to another owner, or revoke the privilege, first",
    )  # fmt: skip


def _journal(session: Connection, name: str, action: str, old_name: str = "") -> None:
    rows = session.catalog.found("db_user", "id", "createdb", "superuser", name=name)
    number, createdb, superuser = rows[0] if rows else (0, False, False)
    session.journal.add(UserChange(session.statement.query, number, name, action, old_name, createdb, superuser))


def set_session_authorization(session: Connection, sql: str) -> Outcome:
    """SET [LOCAL] SESSION AUTHORIZATION, RESET SESSION AUTHORIZATION: to the present user only."""
    read = Reader(sql)
    verb = read.choose("set local", "set", "reset") or read.fail("expected SET or RESET")
    if not read.accept("session", "authorization"):
        read.expect("session_authorization")
        read.choose("to", "=")
    name = session.user
    if verb != "reset" and not read.accept("default"):
        name = read.string() if read.next.kind == "string" else read_principal(read)
    read.done()
    existing(session, "user", name, sql)
    if name != session.user:
        raise UnsupportedSql(
            "SET SESSION AUTHORIZATION is not supported by the embedded warehouse: privileges are recorded, "
            f"not enforced, so {name} would see what {session.user} sees",
            sql=sql,
            position=place_of(sql, name),
        )
    return Outcome()


HANDLERS = {
    "alter_user": alter_user,
    "create_user": create_user,
    "drop_user": drop_user,
    "set_session_authorization": set_session_authorization,
}
