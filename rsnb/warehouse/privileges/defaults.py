"""ALTER DEFAULT PRIVILEGES: what is granted on each table or function as it is created.

Source: Redshift Developer Guide, ALTER DEFAULT PRIVILEGES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.definitions.places import existing_schema
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges.clauses import PRIVILEGES, Grant, Privilege, begun, read_grantees
from rsnb.warehouse.privileges.principals import existing, read_principal

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_OBJECTS = {"tables": "table", "functions": "function", "procedures": "procedure"}


def alter_default_privileges(session: Connection, sql: str) -> Outcome:
    """ALTER DEFAULT PRIVILEGES [FOR USER user [, ...]] [IN SCHEMA schema [, ...]] GRANT | REVOKE ..."""
    read = Reader(sql)
    read.expect("alter", "default", "privileges")
    owners = [session.user]
    if read.choose("for user", "for role"):
        owners = read.several(lambda: existing(session, "user", read_principal(read), sql))
    schemas = [""]
    if read.accept("in", "schema"):
        schemas = read.several(lambda: existing_schema(session, read.name(), sql))
    grant = _clause(read)
    for grantee in grant.grantees:
        if grantee.kind != "public":
            existing(session, grantee.kind, grantee.name, sql)

    def work() -> None:
        for owner in owners:
            for schema in schemas:
                _keep(session, grant, owner, schema)

    session.transaction.together(work)
    return Outcome()


def _clause(read: Reader) -> Grant:
    grant = begun(read)
    names = read.several(lambda: read.choose("all privileges", "all") or read.name())
    read.expect("on")
    word = read.choose(*_OBJECTS) or read.fail(f"expected {', '.join(_OBJECTS).upper()}")
    grant.kind = _OBJECTS[word]
    known = PRIVILEGES[grant.kind]
    for name in names:
        if name.startswith("all"):
            grant.privileges += [Privilege(p) for p in known]
        elif name in known:
            grant.privileges.append(Privilege(name))
        else:
            raise SqlError(
                f"there is no privilege {name.upper()} on {word}", sql=read.sql, position=0,
                hint=f"there is {', '.join(known).upper()}",
            )  # fmt: skip
    read_grantees(read, grant)
    read.choose("cascade", "restrict")
    read.done()
    return grant


def _keep(session: Connection, grant: Grant, owner: str, schema: str) -> None:
    for privilege in grant.privileges:
        for grantee in grant.grantees:
            row: dict[str, object] = {
                "owner": owner, "schemaname": schema, "kind": grant.kind, "privilege": privilege.name,
                "grantee_kind": grantee.kind, "grantee": grantee.name,
            }  # fmt: skip
            if grant.option_only:
                session.catalog.change("default_privilege", {"grantable": False}, **row)
            elif grant.revoke:
                session.catalog.drop("default_privilege", **row)
            else:
                session.catalog.put("default_privilege", row, grantable=grantee.option)


HANDLERS = {"alter_default_privileges": alter_default_privileges}
