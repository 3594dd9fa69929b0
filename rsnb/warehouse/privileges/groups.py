"""CREATE, ALTER and DROP of groups and roles.

Source: Redshift Developer Guide, CREATE GROUP, ALTER GROUP, DROP GROUP, CREATE ROLE, ALTER ROLE, DROP ROLE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges import principals
from rsnb.warehouse.privileges.principals import existing, read_principal, refuse_taken

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def create_group(session: Connection, sql: str) -> Outcome:
    """CREATE GROUP name [WITH] [USER user [, ...]]."""
    read = Reader(sql)
    read.expect("create", "group")
    name = read.name()
    read.accept("with")
    members = _users(session, read) if read.accept("user") else []
    read.done()
    refuse_taken(session, "group", name, sql)
    number = principals.next_id(session, "group")

    def work() -> None:
        session.catalog.put("db_group", {"name": name}, id=number)
        for member in members:
            session.catalog.put("group_member", {"groupname": name, "member": member})

    session.transaction.together(work)
    return Outcome()


def _users(session: Connection, read: Reader) -> list[str]:
    return read.several(lambda: existing(session, "user", read_principal(read), read.sql))


def alter_group(session: Connection, sql: str) -> Outcome:
    """ALTER GROUP name ADD USER | DROP USER | RENAME TO."""
    read = Reader(sql)
    read.expect("alter", "group")
    name = existing(session, "group", read.name(), sql)
    action = read.choose("add user", "drop user", "rename to")
    if action is None:
        read.fail("expected ADD USER, DROP USER or RENAME TO")
    if action == "rename to":
        new = read.name()
        read.done()
        refuse_taken(session, "group", new, sql)
        session.transaction.together(lambda: principals.rename(session, "group", name, new))
        return Outcome()
    members = _users(session, read)
    read.done()

    def work() -> None:
        for member in members:
            key: dict[str, object] = {"groupname": name, "member": member}
            session.catalog.put("group_member", key) if action == "add user" else session.catalog.drop(
                "group_member", **key
            )

    session.transaction.together(work)
    return Outcome()


def drop_group(session: Connection, sql: str) -> Outcome:
    """DROP GROUP name; not one that holds a privilege."""
    read = Reader(sql)
    read.expect("drop", "group")
    name = existing(session, "group", read.name(), sql)
    read.done()
    _refuse_privileged(session, "group", name, sql)
    session.transaction.together(lambda: principals.forget(session, "group", name))
    return Outcome()


def _refuse_privileged(session: Connection, kind: str, name: str, sql: str, hint: str = "") -> None:
    if session.catalog.found("privilege", "name", grantee_kind=kind, grantee=name):
        raise SqlError(
            f"the {kind} {name} can't be dropped: it has a privilege on some object",
            sql=sql,
            position=place_of(sql, name),
            hint=f"revoke its privileges first{hint}",
        )


# Roles


def create_role(session: Connection, sql: str) -> Outcome:
    """CREATE ROLE name [EXTERNALID id]."""
    read = Reader(sql)
    read.expect("create", "role")
    name = read_principal(read)
    external = None
    if read.accept("externalid"):
        read.accept("to")
        external = read.verbatim()
    read.done()
    refuse_taken(session, "role", name, sql)
    session.catalog.put(
        "db_role", {"name": name}, id=principals.next_id(session, "role"), owner=session.user, external_id=external
    )
    return Outcome()


def alter_role(session: Connection, sql: str) -> Outcome:
    """ALTER ROLE name [WITH] RENAME TO | OWNER TO | EXTERNALID TO."""
    read = Reader(sql)
    read.expect("alter", "role")
    name = _own_role(session, read_principal(read), sql)
    read.accept("with")
    done = 0
    while action := read.choose("rename to", "owner to", "externalid to", "externalid"):
        done += 1
        if action == "rename to":
            new = read_principal(read)
            refuse_taken(session, "role", new, sql)
            principals.rename(session, "role", name, new)
            name = new
        elif action == "owner to":
            owner = existing(session, "user", read_principal(read), sql)
            session.catalog.change("db_role", {"owner": owner}, name=name)
        else:
            external = read.verbatim()
            session.catalog.change("db_role", {"external_id": external}, name=name)
        read.accept(",")
    if not done:
        read.fail("expected RENAME TO, OWNER TO or EXTERNALID TO")
    read.done()
    return Outcome()


def drop_role(session: Connection, sql: str) -> Outcome:
    """DROP ROLE name [FORCE | RESTRICT]; without FORCE not one that is granted, or holds something."""
    read = Reader(sql)
    read.expect("drop", "role")
    name = _own_role(session, read_principal(read), sql)
    force = read.choose("force", "restrict") == "force"
    read.done()
    if not force:
        granted = session.catalog.found("role_grant", "grantee_kind", "grantee", role=name)
        granted += [("role", role) for (role,) in session.catalog.found(
            "role_grant", "role", grantee_kind="role", grantee=name
        )]  # fmt: skip
        if granted:
            raise SqlError(
                f"the role {name} can't be dropped: it is tied to the {granted[0][0]} {granted[0][1]}",
                sql=sql,
                position=place_of(sql, name),
                hint="revoke it first, or add FORCE",
            )
        _refuse_privileged(session, "role", name, sql, ", or add FORCE")
    session.transaction.together(lambda: principals.forget(session, "role", name))
    return Outcome()


def _own_role(session: Connection, name: str, sql: str) -> str:
    if name.startswith("sys:"):
        raise SqlError(
            f"{name} is a role of the system's: it stays as it is", sql=sql, position=place_of(sql, name.split(":")[1])
        )
    return existing(session, "role", name, sql)


HANDLERS = {
    "alter_group": alter_group,
    "alter_role": alter_role,
    "create_group": create_group,
    "create_role": create_role,
    "drop_group": drop_group,
    "drop_role": drop_role,
}
