"""Transactions of a procedure: COMMIT, ROLLBACK, what an exception handler begins and ends, SET clauses, messages.

Source: Redshift Developer Guide, "Managing transactions", "Trapping errors".
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rsnb.errors import RsnbError, SqlError, UnsupportedSql
from rsnb.types import named
from rsnb.warehouse import setting
from rsnb.warehouse.procedures import tree
from rsnb.warehouse.procedures.conditions import condition
from rsnb.warehouse.procedures.frame import Frame, Running
from rsnb.warehouse.procedures.stored import Procedure
from rsnb.warehouse.procedures.variables import Kind, Scope, Variable
from rsnb.warehouse.records import Message

LEVELS = {"log": 10, "info": 20, "notice": 40, "warning": 50, "exception": 60}
_TEXT = Kind(named("varchar", 65535), True)


class Raised(SqlError):
    """What RAISE EXCEPTION raised."""


def control(frame: Frame, statement: tree.Control) -> None:
    """COMMIT, ROLLBACK or START TRANSACTION."""
    session = frame.session
    if statement.kind == "start":
        if session.transaction.state == "open":
            frame.running.notes.append("there is a transaction in progress: START TRANSACTION did nothing")
        else:
            session.transaction.begin(fresh=True)
        return
    check(frame, statement.kind.upper(), statement.start)
    frame.running.notes += session.inner(statement.kind).notes
    after(frame)


def check(frame: Frame, what: str, start: int | None = None) -> None:
    """Raise where a procedure may not end the transaction."""
    if frame.running.atomic and not frame.procedure.nonatomic:
        error = SqlError(f"{what} can't run here: {frame.running.atomic}", hint="call it outside a transaction")
        raise error if start is None else frame.at(error, start)


def after(frame: Frame) -> None:
    """After a statement: a transaction follows one that ended; in a NONATOMIC procedure, the statement committed."""
    session = frame.session
    if session.transaction.state == "idle":
        session.cursor = None
        if not frame.procedure.nonatomic:
            session.transaction.begin(fresh=True)


def enter(frame: Frame, error: RsnbError, around: Scope) -> Scope:
    """Undo the transaction and begin the handler's; the handler's variables."""
    session = frame.session
    if session.transaction.state != "idle":
        session.transaction.rollback()
    after(frame)
    frame.error = error
    message, state = (error.message, "P0001") if isinstance(error, Raised) else condition(error.message)
    unknown = UnsupportedSql(f"the SQLSTATE of this error is not known to the embedded warehouse: {error.message}")
    return Scope("", around, {
        "sqlerrm": Variable("sqlerrm", _TEXT, message),
        "sqlstate": Variable("sqlstate", _TEXT, state) if state else unknown,
    })  # fmt: skip


def leave(frame: Frame, error: RsnbError) -> None:
    """The handler ran: an atomic procedure commits what it did and raises the error again."""
    frame.error = None
    if not frame.procedure.nonatomic:
        frame.session.transaction.commit()
        after(frame)
        raise error


def said(frame: Frame, level: str, message: str, start: int) -> None:
    """Log a message of RAISE, where stored_proc_log_min_messages lets it through."""
    session = frame.session
    if LEVELS[level] >= LEVELS[session.values["stored_proc_log_min_messages"].lower()]:
        query, line = session.statement.query, _line(frame, start)
        session.journal.add(Message(query, LEVELS[level], level.upper(), message, line))


def _line(frame: Frame, start: int) -> int:
    """The line of a statement, counted from BEGIN's side of the line that `$$` stands on."""
    body = frame.procedure.body
    return body.count("\n", 0, start) + (not body.startswith("\n"))


def entered(
    running: Running, procedure: Procedure, values: list[Any], invoke: Callable[..., list[Variable]]
) -> list[Variable]:
    """Run a procedure with its SET clauses in force."""
    session, before = running.session, running.atomic
    kept = [(name, session.values.get(name)) for name, _ in procedure.config]
    if procedure.config:
        running.atomic = before or f"{procedure.name} was created with SET"
    for name, value in procedure.config:
        setting.put(session, name, value)
    try:
        return invoke(running, procedure, values)
    finally:
        running.atomic = before
        with suppress(SqlError):  # the first error is the one to show
            for name, old in kept:
                setting.put(session, name, old)
