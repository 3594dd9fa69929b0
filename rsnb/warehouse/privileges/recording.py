"""Privileges as the catalog keeps them: a row for each privilege, object and grantee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.privileges.clauses import Grant, Grantee, Privilege

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

Key = dict[str, object]


def key(grant: Grant, target: tuple[str, str], privilege: Privilege, grantee: Grantee, column: str = "") -> Key:
    """The row of the catalog that says that somebody has a privilege; target is a schema and a name."""
    return {
        "kind": grant.kind,
        "schemaname": target[0],
        "name": target[1],
        "columnname": column,
        "privilege": privilege.name,
        "grantee_kind": grantee.kind,
        "grantee": grantee.name,
        "scope": grant.scope if grant.scope != "all" else "",
    }


def record(session: Connection, grant: Grant, targets: list[tuple[str, str]], sql: str) -> None:
    """Write or delete the rows of a GRANT or REVOKE. The caller holds a transaction."""
    for target in targets:
        for privilege in grant.privileges:
            for grantee in grant.grantees:
                for column in privilege.columns or ("",):
                    _one(session, grant, key(grant, target, privilege, grantee, column), grantee, sql)


def _one(session: Connection, grant: Grant, row: Key, grantee: Grantee, sql: str) -> None:
    had = session.catalog.found("privilege", "grantable", **row)
    if grant.kind in ("table", "column"):
        _check_levels(session, grant, row, sql)
    if not grant.revoke:
        grantable = grantee.option or any(option for (option,) in had)
        if grant.kind != "column" or not _at_other_level(session, row, "table"):
            session.catalog.put("privilege", row, grantable=grantable, grantor=session.user)
    elif grant.option_only:
        session.catalog.change("privilege", {"grantable": False}, **row)
    else:
        session.catalog.drop("privilege", **row)
        if grant.kind == "table":
            of_columns = {k: v for k, v in row.items() if k != "columnname"} | {"kind": "column"}
            session.catalog.drop("privilege", **of_columns)


def _at_other_level(session: Connection, row: Key, kind: str) -> bool:
    other = {k: v for k, v in row.items() if k != "columnname"} | {"kind": kind}
    return bool(session.catalog.found("privilege", "name", **other))


def _check_levels(session: Connection, grant: Grant, row: Key, sql: str) -> None:
    """A privilege is held on a table or on its columns, not on both (GRANT, "Usage notes")."""
    shown = f"{str(row['privilege']).upper()} on {row['name']}"
    if grant.kind == "table" and not grant.revoke and _at_other_level(session, row, "column"):
        raise SqlError(
            f"{row['grantee']} has {shown} for some of its columns", sql=sql, position=place_of(sql, str(row["name"])),
            hint="revoke it from the columns first",
        )  # fmt: skip
    if grant.kind == "column" and grant.revoke and _at_other_level(session, row, "table"):
        raise SqlError(
            f"{row['grantee']} has {shown} for the whole table", sql=sql, position=place_of(sql, str(row["name"])),
            hint="revoke it from the table",
        )  # fmt: skip
