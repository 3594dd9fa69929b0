"""Users, groups and roles by name: what they are called, and whether they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

KINDS = {"user": "db_user", "group": "db_group", "role": "db_role"}  # each with its table of the catalog


def read_principal(read: Reader) -> str:
    """A name, or one with a provider or `sys` before a colon: `iam:bob`, `sys:dba`."""
    name = read.name()
    return f"{name}:{read.name()}" if read.accept(":") else name


def names(session: Connection, kind: str) -> list[str]:
    """The names of all users, groups or roles."""
    return [name for (name,) in session.catalog.found(KINDS[kind], "name")]


def existing(session: Connection, kind: str, name: str, sql: str) -> str:
    """A user, group or role that a statement names; raises with the nearest names."""
    known = names(session, kind)
    if name not in known:
        raise SqlError(
            f"there is no {kind} {name}", sql=sql, position=place_of(sql, name.split(":")[-1]),
            hint=similar(name, known) if known else f"create {kind} {name}",
        )  # fmt: skip
    return name


def refuse_taken(session: Connection, kind: str, name: str, sql: str) -> None:
    """Raise when the name is taken; users and roles share their names."""
    shared = ("user", "role") if kind in ("user", "role") else (kind,)
    for other in shared:
        if name in names(session, other):
            raise SqlError(f"the {other} {name} exists", sql=sql, position=place_of(sql, name.split(":")[-1]))
    if name == "public":
        raise SqlError(f"PUBLIC is no name of a {kind}", sql=sql, position=place_of(sql, name))
    if name.startswith("sys:") or (kind == "group" and name.startswith("__")):
        raise SqlError(f"the name {name} is reserved", sql=sql, position=place_of(sql, name.split(":")[-1]))


def next_id(session: Connection, kind: str) -> int:
    """A number for a new user, group or role."""
    used = [number for (number,) in session.catalog.found(KINDS[kind], "id")]
    return int(max([100, *used])) + 1


def rename(session: Connection, kind: str, old: str, new: str) -> None:
    """Carry a new name to wherever the old one is kept."""
    change = session.catalog.change
    change(KINDS[kind], {"name": new}, name=old)
    for table in ("default_privilege", "privilege", "role_grant"):
        change(table, {"grantee": new}, grantee_kind=kind, grantee=old)
    if kind == "user":
        change("group_member", {"member": new}, member=old)
        change("owner", {"owner": new}, owner=old)
        change("default_privilege", {"owner": new}, owner=old)
        change("db_role", {"owner": new}, owner=old)
    elif kind == "group":
        change("group_member", {"groupname": new}, groupname=old)
    else:
        change("role_grant", {"role": new}, role=old)


def forget(session: Connection, kind: str, name: str) -> None:
    """Delete a user, group or role and what it was granted."""
    session.catalog.drop(KINDS[kind], name=name)
    for table in ("default_privilege", "privilege", "role_grant"):
        session.catalog.drop(table, grantee_kind=kind, grantee=name)
    if kind == "role":
        session.catalog.drop("role_grant", role=name)
    else:
        session.catalog.drop("group_member", **{"member" if kind == "user" else "groupname": name})
