"""What GRANT and REVOKE say: privileges, what they are on, and whose they are.

Source: Redshift Developer Guide, GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, "Scoped permissions".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rsnb.errors import SqlError
from rsnb.warehouse.definitions.tables import read_type
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.privileges.principals import read_principal
from rsnb.warehouse.procedures.arguments import read_signature

PRIVILEGES = {  # by what they are on; the first ones are those of ALL
    "table": ("select", "insert", "update", "delete", "drop", "references", "alter", "truncate"),
    "column": ("select", "update"),
    "schema": ("create", "usage", "alter", "drop"),
    "database": ("create", "temp", "usage", "alter"),
    "function": ("execute",),
    "procedure": ("execute",),
    "language": ("usage",),
}
SCOPED = {  # by the word after FOR
    "tables": "table", "schemas": "schema", "functions": "function", "procedures": "procedure",
    "languages": "language",
}  # fmt: skip
SYSTEM = (
    "access catalog", "access system table", "alter datashare", "alter default privileges", "alter table",
    "alter user", "analyze", "cancel", "create datashare", "create library", "create model",
    "create or replace external function", "create or replace function", "create or replace procedure",
    "create or replace view", "create role", "create schema", "create table", "create user", "drop datashare",
    "drop function", "drop library", "drop model", "drop procedure", "drop role", "drop schema", "drop table",
    "drop user", "drop view", "explain masking", "explain rls", "ignore rls", "truncate table", "vacuum",
)  # fmt: skip
COMMANDS = ("all", "copy", "unload", "external function", "create model")  # of ASSUMEROLE
_ELSEWHERE = {
    "datashare": "there is no other warehouse to share with",
    "external": "the Data Catalog of the account is not asked",
    "model": "there is no SageMaker behind it",
    "template": "COPY and UNLOAD take their options in the statement",
}


@dataclass(frozen=True)
class Grantee:
    """Who is granted something; option: WITH GRANT OPTION or WITH ADMIN OPTION."""

    kind: str
    name: str
    option: bool = False


@dataclass(frozen=True)
class Privilege:
    """A privilege, of some columns where they are named."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass
class Grant:
    """A parsed GRANT or REVOKE.

    kind: what the privileges are on, or `role`, `system`, `assumerole`. objects: their names. scope: `all` for ALL
    TABLES IN SCHEMA, `schema` or `database` for FOR TABLES IN, whose objects are schemas or databases.
    """

    revoke: bool
    option_only: bool = False
    privileges: list[Privilege] = field(default_factory=list)
    kind: str = ""
    objects: list[tuple[str, ...]] = field(default_factory=list)
    scope: str = ""
    grantees: list[Grantee] = field(default_factory=list)


def parse_grant(sql: str) -> Grant:
    """Read a whole GRANT or REVOKE."""
    read = Reader(sql)
    grant = begun(read)
    if read.accept("assumerole"):
        _assume_role(read, grant)
    elif read.peek("role"):
        grant.kind = "role"
        grant.objects = read.several(lambda: _role(read))
    else:
        _privileges(read, grant)
        _on(read, grant)
    read_grantees(read, grant)
    if grant.kind == "assumerole":
        read.expect("for")
        grant.privileges = [Privilege(c) for c in read.several(lambda: _command(read))]
    if grant.revoke:
        read.choose("cascade", "restrict")
    read.done()
    _check_options(grant, sql)
    return grant


def begun(read: Reader) -> Grant:
    """`grant`, or `revoke [grant option for | admin option for]`."""
    if read.accept("grant"):
        return Grant(revoke=False)
    read.expect("revoke")
    return Grant(revoke=True, option_only=read.choose("grant option for", "admin option for") is not None)


def _role(read: Reader) -> tuple[str]:
    read.accept("role")
    return (read_principal(read),)


def _command(read: Reader) -> str:
    return read.choose(*COMMANDS) or read.fail(f"expected {', '.join(COMMANDS).upper()}")


def _assume_role(read: Reader, grant: Grant) -> None:
    read.expect("on")
    grant.kind = "assumerole"
    if word := read.choose("default", "all"):
        grant.objects = [(word,)]
    else:
        grant.objects = read.several(lambda: (read.string(),))


def _privileges(read: Reader, grant: Grant) -> None:
    """Names with their columns, until ON, FOR, TO or FROM; names alone may be roles."""
    while True:
        phrase = read.choose(*SYSTEM, "all privileges", "all", "temporary")
        name = {"temporary": "temp", "all privileges": "all"}.get(phrase or "", phrase) or read_principal(read)
        grant.privileges.append(Privilege(name, tuple(read.names()) if read.peek("(") else ()))
        if not read.accept(","):
            break


def _on(read: Reader, grant: Grant) -> None:
    if read.accept("on"):
        _objects(read, grant)
    elif read.accept("for"):
        _scoped(read, grant)
    elif all(p.name in (*SYSTEM, "all") for p in grant.privileges):
        grant.kind = "system"
        grant.objects = [()]
    else:
        grant.kind = "role"
        grant.objects = [(p.name,) for p in grant.privileges]
        grant.privileges = []
        return
    _check_privileges(read, grant)


def _objects(read: Reader, grant: Grant) -> None:
    if word := read.choose(*_ELSEWHERE):
        read.refuse(f"GRANT ON {word.upper()}", _ELSEWHERE[word])
    if kind := read.choose("all tables in schema", "all functions in schema", "all procedures in schema"):
        grant.kind, grant.scope = kind.split()[1].removesuffix("s"), "all"
        grant.objects = read.several(read.qualified)
    elif read.accept("procedure"):
        grant.kind = "procedure"
        grant.objects = read.several(lambda: (*read.qualified(), ",".join(read_signature(read) or ())))
    elif kind := read.choose("function"):
        grant.kind = kind
        grant.objects = read.several(lambda: _signature(read))
    else:
        grant.kind = read.choose("database", "schema", "language", "table") or "table"
        principal = grant.kind in ("database", "language")
        grant.objects = read.several(lambda: (read.name(),) if principal else read.qualified())
    if grant.kind == "table" and any(p.columns for p in grant.privileges):
        grant.kind = "column"


def _signature(read: Reader) -> tuple[str, ...]:
    """`[schema.]name(type, ...)`; the last part is the types with commas between."""
    name = read.qualified()
    read.expect("(")
    types = []
    while not read.accept(")"):
        types.append(_argument(read))
        read.accept(",")
    return (*name, ",".join(types))


def _argument(read: Reader) -> str:
    """The type of an argument, whose name may stand before it."""
    read.choose("in", "out", "inout")

    def named() -> str:
        read.name()
        return read_type(read).rule.name

    return read.either(lambda: read_type(read).rule.name, named)


def _scoped(read: Reader, grant: Grant) -> None:
    word = read.choose(*SCOPED) or read.fail(f"expected {', '.join(SCOPED).upper()}")
    grant.kind = SCOPED[word]
    read.expect("in")
    grant.scope = read.choose("schema", "database") or read.fail("expected SCHEMA or DATABASE")
    grant.objects = read.several(read.qualified if grant.scope == "schema" else lambda: (read.name(),))


def _check_privileges(read: Reader, grant: Grant) -> None:
    """Raise for a privilege that there is not on this; ALL becomes all of them."""
    if grant.kind == "system":
        known: tuple[str, ...] = SYSTEM
    else:
        known = PRIVILEGES[grant.kind]
    out: list[Privilege] = []
    for privilege in grant.privileges:
        if privilege.name == "all":
            out += [Privilege(name, privilege.columns) for name in known]
        elif privilege.name in known:
            out.append(privilege)
        else:
            raise SqlError(
                f"there is no privilege {privilege.name.upper()} on a {grant.kind}", sql=read.sql,
                position=_word(read, privilege.name), hint=f"there is {', '.join(known).upper()}",
            )  # fmt: skip
        if privilege.columns and grant.kind != "column":
            raise SqlError(f"a {grant.kind} has no columns", sql=read.sql, position=_word(read, privilege.name))
    grant.privileges = out


def _word(read: Reader, name: str) -> int | None:
    return place_of(read.sql, name.split()[0])


def read_grantees(read: Reader, grant: Grant) -> None:
    """`to` or `from` users, roles, groups, PUBLIC."""
    read.expect("from" if grant.revoke else "to")
    if read.peek("iam_role") or read.peek("namespace") or read.peek("account"):
        word = read.take().text.upper()
        read.refuse(f"GRANT TO {word}", "the Data Catalog and other accounts are not asked")
    if read.peek("rls", "policy"):
        read.refuse("a grant to an RLS POLICY", "privileges are recorded, not enforced")
    grant.grantees = read.several(lambda: _grantee(read))


def _grantee(read: Reader) -> Grantee:
    kind = read.choose("role", "group", "public") or "user"
    name = kind if kind == "public" else read_principal(read)
    option = read.choose("with grant option", "with admin option")
    return Grantee(kind, name, option is not None)


def _check_options(grant: Grant, sql: str) -> None:
    for grantee in grant.grantees:
        if grantee.option and grantee.kind != "user":
            raise SqlError(f"a {grantee.kind} takes no option to grant further", sql=sql, position=0)
        if grantee.option and grant.kind == "column":
            raise SqlError("privileges of columns take no WITH GRANT OPTION", sql=sql, position=0)
        if grant.kind == "system" and grantee.kind != "role" and {p.name for p in grant.privileges} != {"create model"}:
            raise SqlError("system privileges are granted to roles", sql=sql, position=0)
        if grant.scope in ("schema", "database") and grantee.kind not in ("user", "role"):
            raise SqlError("privileges FOR all objects of a scope are granted to users and roles", sql=sql, position=0)
        if grant.kind == "role" and grantee.kind in ("group", "public"):
            raise SqlError("roles are granted to users and roles", sql=sql, position=0)
