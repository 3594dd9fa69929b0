"""GRANT and REVOKE: recorded for the system views; nothing here asks for a privilege.

Source: Redshift Developer Guide, GRANT, REVOKE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.definitions.altering import column_of
from rsnb.warehouse.definitions.places import existing_schema, find, split
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges.clauses import Grant, parse_grant
from rsnb.warehouse.privileges.principals import existing
from rsnb.warehouse.privileges.recording import record
from rsnb.warehouse.relations import Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

Name = tuple[str, ...]
LANGUAGES = ("exfunc", "plpgsql", "plpythonu", "sql")


def grant(session: Connection, sql: str) -> Outcome:
    """GRANT and REVOKE in all their forms."""
    parsed = parse_grant(sql)
    for grantee in parsed.grantees:
        if grantee.kind != "public":
            existing(session, grantee.kind, grantee.name, sql)
    if parsed.kind == "role":
        session.transaction.together(lambda: _roles(session, parsed, sql))
        return Outcome()
    targets = _targets(session, parsed, sql)
    session.transaction.together(lambda: record(session, parsed, targets, sql))
    return Outcome()


# Roles


def _roles(session: Connection, parsed: Grant, sql: str) -> None:
    for (role,) in parsed.objects:
        existing(session, "role", role, sql)
        for grantee in parsed.grantees:
            row: dict[str, object] = {"role": role, "grantee_kind": grantee.kind, "grantee": grantee.name}
            if parsed.option_only:
                session.catalog.change("role_grant", {"admin": False}, **row)
            elif parsed.revoke:
                session.catalog.drop("role_grant", **row)
            else:
                if grantee.kind == "role":
                    _refuse_circle(session, role, grantee.name, sql)
                session.catalog.put("role_grant", row, admin=grantee.option)


def _refuse_circle(session: Connection, role: str, to: str, sql: str) -> None:
    """Raise when a role would come to be granted to itself."""
    above = {role}
    while True:
        found = session.catalog.found("role_grant", "role", "grantee", grantee_kind="role")
        more = above | {granted for granted, grantee in found if grantee in above}
        if more == above:
            break
        above = more
    if to in above:
        raise SqlError(
            f"the role {role} can't be granted to {to}: {to} is granted to it", sql=sql, position=place_of(sql, to)
        )


# What the privileges are on


def _targets(session: Connection, parsed: Grant, sql: str) -> list[tuple[str, str]]:
    """(schema, name) of each object, as the catalog keeps them."""
    if parsed.scope in ("schema", "database"):
        return [_scope(session, parsed.scope, name, sql) for name in parsed.objects]
    if parsed.scope == "all":
        return [target for name in parsed.objects for target in _all_of(session, parsed.kind, name, sql)]
    return [_TARGETS[parsed.kind](session, parsed, name, sql) for name in parsed.objects]


def _scope(session: Connection, scope: str, name: Name, sql: str) -> tuple[str, str]:
    if scope == "schema":
        return existing_schema(session, split(name, sql)[1], sql), ""
    return "", _database(session, None, name, sql)[1]


def _all_of(session: Connection, kind: str, name: Name, sql: str) -> list[tuple[str, str]]:
    schema = existing_schema(session, split(name, sql)[1], sql)
    if kind == "table":
        return [key for key in sorted(session.snapshot.relations.kinds) if key[0] == schema]
    if kind == "function":
        functions = session.catalog.found("sql_function", "name", "types", schemaname=schema)
        return [(schema, f"{function}({types})") for function, types in functions]
    procedures = session.catalog.found("procedure", "name", "signature", schemaname=schema)
    return [(schema, f"{procedure}({','.join(types)})") for procedure, types in procedures]


def _table(session: Connection, parsed: Grant, name: Name, sql: str) -> tuple[str, str]:
    relation = find(session, name, sql)
    if relation is None or relation.kind in ("dataset", "system"):
        relation = session.snapshot.relations.local_table(name, sql)  # raises with the nearest names
    for privilege in parsed.privileges:
        _columns(session, relation, privilege.columns, sql)
    return relation.schema, relation.name


def _columns(session: Connection, relation: Relation, columns: tuple[str, ...], sql: str) -> None:
    if columns and relation.kind == "late_view":
        raise SqlError(
            f"columns of the late-binding view {relation.name} take no privileges", sql=sql,
            position=place_of(sql, columns[0]),
        )  # fmt: skip
    for column in columns:
        column_of(session, relation, column, sql)


def _schema(session: Connection, _parsed: Grant, name: Name, sql: str) -> tuple[str, str]:
    return existing_schema(session, split(("", *name)[-2:], sql)[1], sql), ""


def _database(_session: Connection, _parsed: Grant | None, name: Name, sql: str) -> tuple[str, str]:
    if name != (DATABASE,):
        raise SqlError(
            f"there is no database {name[0]}: this one is {DATABASE}", sql=sql, position=place_of(sql, name[0])
        )
    return "", DATABASE


def _language(_session: Connection, _parsed: Grant, name: Name, sql: str) -> tuple[str, str]:
    if name[0] not in LANGUAGES:
        raise SqlError(
            f"there is no language {name[0]}", sql=sql, position=place_of(sql, name[0]),
            hint=similar(name[0], LANGUAGES),
        )  # fmt: skip
    return "", name[0]


def _function(session: Connection, parsed: Grant, name: Name, sql: str) -> tuple[str, str]:
    *place, types = name
    schema, function = split(tuple(place), sql)
    if parsed.kind == "procedure":
        for held_in, signature in session.catalog.found("procedure", "schemaname", "signature", name=function):
            if schema in ("", held_in) and ",".join(signature) == types:
                return held_in, f"{function}({types})"
    for found in session.snapshot.relations.functions.get(function, []) if parsed.kind == "function" else []:
        if schema in ("", found.schema) and found.types == types:
            return found.schema, found.macro
    raise SqlError(
        f"there is no {parsed.kind} {'.'.join(place)}({types.replace(',', ', ')})",
        sql=sql,
        position=place_of(sql, function),
    )


_TARGETS = {
    "assumerole": lambda _session, _parsed, name, _sql: ("", name[0]),
    "column": _table,
    "database": _database,
    "function": _function,
    "language": _language,
    "procedure": _function,
    "schema": _schema,
    "system": lambda _session, _parsed, _name, _sql: ("", ""),
    "table": _table,
}

HANDLERS = {"grant": grant, "revoke": grant}
