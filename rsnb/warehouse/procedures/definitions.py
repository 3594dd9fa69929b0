"""CREATE, ALTER, DROP and SHOW PROCEDURE.

Source: Redshift Developer Guide, CREATE PROCEDURE, ALTER PROCEDURE, DROP PROCEDURE, SHOW PROCEDURE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import showing
from rsnb.warehouse.definitions.places import schema_for
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.parameters import checked, parameter
from rsnb.warehouse.privileges.principals import existing
from rsnb.warehouse.procedures import stored
from rsnb.warehouse.procedures.arguments import read_arguments, read_signature
from rsnb.warehouse.procedures.stored import Procedure

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

BODY_BYTES = 2 * 1024 * 1024


@dataclass
class Clauses:
    """What stands around a procedure's arguments, in any order."""

    body: str | None = None
    start: int = 0
    language: str = ""
    nonatomic: bool = False
    definer: bool = False
    config: list[tuple[str, str]] = field(default_factory=list)


def create(session: Connection, sql: str) -> Outcome:
    """CREATE [OR REPLACE] PROCEDURE."""
    read = Reader(sql)
    read.expect("create")
    replace = read.accept("or", "replace")
    read.expect("procedure")
    name = read.qualified()
    arguments = read_arguments(read)
    clauses = _clauses(read)
    schema = schema_for(session, name, sql)
    body = clauses.body or ""
    procedure = Procedure(
        schema, name[-1], tuple(arguments), body, clauses.nonatomic, clauses.definer, tuple(clauses.config)
    )
    try:
        _ = procedure.tree
    except SqlError as exc:
        if exc.sql == body:
            exc.sql, exc.position = sql, clauses.start + (exc.position or 0)
        raise
    before = session.catalog.found("procedure", "arguments", "signature", schemaname=schema, name=name[-1])
    same = [given for given, signature in before if signature == procedure.signature]
    if same and not replace:
        raise SqlError(
            f"the procedure {procedure} exists", sql=sql, position=place_of(sql, name[-1]),
            hint="create or replace procedure",
        )  # fmt: skip
    if same and [a[2] for a in same[0] if a[1] != "in"] != [a.type for a in procedure.outputs]:
        raise SqlError(
            f"the output arguments of {procedure} can't change", sql=sql, position=place_of(sql, name[-1]),
            hint=f"drop procedure {procedure} first",
        )  # fmt: skip
    session.transaction.together(lambda: _keep(session, procedure, bool(same)))
    return Outcome("CREATE PROCEDURE")


def _keep(session: Connection, procedure: Procedure, replaced: bool) -> None:
    session.catalog.put(
        "procedure",
        {"schemaname": procedure.schema, "name": procedure.name, "signature": procedure.signature},
        arguments=[[a.name, a.mode, a.type] for a in procedure.arguments], body=procedure.body,
        nonatomic=procedure.nonatomic, definer=procedure.definer, config=[list(pair) for pair in procedure.config],
    )  # fmt: skip
    if not replaced:
        session.catalog.grant_defaults("procedure", procedure.schema, procedure.granted)


def _clauses(read: Reader) -> Clauses:
    found = Clauses()
    while read.next.kind != "end":
        if read.accept("nonatomic"):
            found.nonatomic = True
        elif read.accept("as"):
            found.body, found.start = _body(read)
        elif read.accept("language"):
            found.language = read.name()
            if found.language != "plpgsql":
                raise SqlError(
                    f"a procedure is written in plpgsql, not {found.language}", sql=read.sql, position=read.last.start
                )
        elif mode := read.choose("security invoker", "security definer"):
            found.definer = mode.endswith("definer")
        elif read.accept("set"):
            found.config.append(_setting(read))
        else:
            read.fail("expected AS, LANGUAGE, NONATOMIC, SECURITY or SET")
    if found.body is None:
        read.fail("expected AS and the body, between $$")
    if not found.language:
        read.fail("expected LANGUAGE plpgsql")
    if found.nonatomic and (found.definer or found.config):
        what = "SECURITY DEFINER" if found.definer else "SET"
        raise SqlError(f"a NONATOMIC procedure takes no {what}", sql=read.sql, position=place_of(read.sql, "nonatomic"))
    return found


def _body(read: Reader) -> tuple[str, int]:
    if read.next.kind != "dollar":
        read.fail("expected the body, between $$")
    token = read.take()
    tag = token.text[: token.text.index("$", 1) + 1]
    body = token.text[len(tag) : -len(tag)]
    if len(body.encode()) > BODY_BYTES:
        raise SqlError("the body of a procedure holds at most 2 MB", sql=read.sql, position=token.start)
    return body, token.start + len(tag)


def _setting(read: Reader) -> tuple[str, str]:
    place = read.next.start
    name = read.name()
    if not read.choose("to", "="):
        read.fail("expected TO")
    value = read.string() if read.next.kind == "string" else read.take().text
    return name, checked(parameter(name, read.sql, place), value, read.sql, place)


def drop(session: Connection, sql: str) -> Outcome:
    """DROP PROCEDURE name(types)."""
    read = Reader(sql)
    read.expect("drop", "procedure")
    name = read.qualified()
    types = read_signature(read)
    if types is None:
        read.fail("expected the types of its arguments in brackets")
    read.done()
    procedure = stored.exact(session, name, types, sql)

    def work() -> None:
        session.catalog.drop("procedure", **_key(procedure))
        for table in ("owner", "privilege"):
            session.catalog.drop(table, kind="procedure", schemaname=procedure.schema, name=procedure.granted)

    session.transaction.together(work)
    return Outcome()


def _key(procedure: Procedure) -> dict[str, object]:
    return {"schemaname": procedure.schema, "name": procedure.name, "signature": procedure.signature}


def alter(session: Connection, sql: str) -> Outcome:
    """ALTER PROCEDURE name[(types)] {RENAME TO name | OWNER TO user}."""
    read = Reader(sql)
    read.expect("alter", "procedure")
    name = read.qualified()
    procedure = stored.exact(session, name, read_signature(read), sql)
    action = read.choose("rename to", "owner to") or read.fail("expected RENAME TO or OWNER TO")
    place = read.next.start
    new = read.name()
    read.done()
    if action == "owner to":
        new = session.user if new in ("current_user", "session_user") else new
        existing(session, "user", new, sql)
        session.catalog.set_owner("procedure", procedure.schema, procedure.granted, new)
        return Outcome()
    taken = session.catalog.found(
        "procedure", "body", schemaname=procedure.schema, name=new, signature=procedure.signature
    )
    if taken:
        raise SqlError(f"the procedure {new}({', '.join(procedure.signature)}) exists", sql=sql, position=place)
    session.transaction.together(lambda: _rename(session, procedure, new))
    return Outcome()


def _rename(session: Connection, procedure: Procedure, new: str) -> None:
    old = procedure.granted
    session.catalog.change("procedure", {"name": new}, **_key(procedure))
    for table in ("owner", "privilege"):
        session.catalog.change(
            table, {"name": new + old[len(procedure.name) :]}, kind="procedure", schemaname=procedure.schema, name=old
        )


def show(session: Connection, read: Reader) -> Outcome:
    """SHOW PROCEDURE name[(types)]."""
    name = read.qualified()
    types = read_signature(read)
    read.done()
    text = definition(stored.exact(session, name, types, read.sql))
    return Outcome("SHOW", showing.table(["Stored Procedure Definition"], [(text,)]))


def definition(procedure: Procedure) -> str:
    """The CREATE statement of a procedure."""
    arguments = ", ".join(a.shown() for a in procedure.arguments)
    lines = [f"CREATE OR REPLACE PROCEDURE {procedure.schema}.{procedure.name}({arguments})"]
    lines += ["NONATOMIC"] if procedure.nonatomic else []
    lines += ["LANGUAGE plpgsql"]
    lines += ["SECURITY DEFINER"] if procedure.definer else []
    lines += [f"SET {name} TO '{value}'" for name, value in procedure.config]
    return "\n".join(lines) + f"\nAS $_${procedure.body}$_$\n"


showing.SHOWS["procedure"] = show
HANDLERS = {"alter_procedure": alter, "create_procedure": create, "drop_procedure": drop}
