"""CALL: run a procedure, in the transaction that is open or in one of its own.

Source: Redshift Developer Guide, CALL, "Managing transactions".
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.procedures import handling, stored, work
from rsnb.warehouse.procedures.arguments import Argument
from rsnb.warehouse.procedures.frame import Frame, Running
from rsnb.warehouse.procedures.interpreter import invoke
from rsnb.warehouse.procedures.stored import Procedure
from rsnb.warehouse.procedures.tree import Text
from rsnb.warehouse.procedures.variables import Variable

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def call(session: Connection, sql: str) -> Outcome:
    """CALL procedure(arguments): its output arguments come back as one row."""
    read = Reader(sql)
    read.expect("call")
    name = read.qualified()
    arguments = [] if read.accept("(", ")") else read.listed(lambda: _argument(read))
    read.done()
    found = stored.named(session, name, sql)
    values, kinds = _values(session, sql, arguments)
    procedure = stored.chosen(found, kinds, sql, name)
    outer = session.transaction.state == "open"
    running = Running(session, atomic="the procedure was called inside a transaction" if outer else "")
    if outer:
        outputs = _run(running, procedure, values, kinds, sql)
    else:
        outputs = _in_transaction(running, procedure, values, kinds, sql)
    if not outer and session.transaction.state == "open":  # a NONATOMIC procedure began it
        session.transaction.rollback()
        raise SqlError(
            f"{procedure.name} ended with the transaction open that START TRANSACTION began; it was rolled back",
            sql=sql, position=0, hint="COMMIT before the procedure ends",
        )  # fmt: skip
    return _outcome(session, outputs, running.notes)


def _argument(read: Reader) -> Text:
    start = read.next.start
    text = read.expression(",", ")")
    if not text:
        read.fail("expected a value")
    if read.tokens and text.lower().startswith(("select ", "(select ")):
        raise SqlError("a query is no argument of CALL", sql=read.sql, position=start)
    return Text(text, start)


def _values(session: Connection, sql: str, arguments: list[Text]) -> tuple[list[Any], list[Type | None]]:
    """The arguments' values and their types, None for a bare text or NULL."""
    frame = Frame(Running(session), Procedure("", "", (), sql))
    frame.scope.variables.clear()
    values, kinds = [], []
    for argument in arguments:
        value, kind = frame.evaluate(argument)
        values.append(value)
        kinds.append(None if argument.text.startswith("'") or argument.text.lower() == "null" else kind)
    return values, list(kinds)


def _run(
    running: Running, procedure: Procedure, values: list[Any], kinds: list[Type | None], sql: str
) -> list[Variable]:
    frame = Frame(running, Procedure("", "", (), sql))

    def given(value: Any, kind: Type | None, argument: Argument) -> Any:
        return work.converted(frame, value, kind, argument.type)

    inputs = [given(*each) for each in zip(values, kinds, procedure.inputs, strict=True)]
    return handling.entered(running, procedure, inputs, invoke)


def _in_transaction(
    running: Running, procedure: Procedure, values: list[Any], kinds: list[Type | None], sql: str
) -> list[Variable]:
    """Run in a transaction of its own, or a NONATOMIC one in its own ones: what an error leaves open is undone."""
    session = running.session
    if not procedure.nonatomic:
        session.transaction.begin()
    try:
        outputs = _run(running, procedure, values, kinds, sql)
    except BaseException:
        with suppress(Exception):  # the first error is the one to show
            session.transaction.rollback()
        raise
    if not procedure.nonatomic:
        session.transaction.commit()
    return outputs


def _outcome(session: Connection, outputs: list[Variable], notes: list[str]) -> Outcome:
    if not outputs:
        return Outcome("CALL", notes=notes)
    frame = Frame(Running(session), Procedure("", "", (), ""))
    columns = ", ".join(f'{v.literal()} as "{v.name}"' for v in outputs)
    table, types = frame.rows(f"select {columns}")
    return Outcome("CALL", table, types, notes=notes)


HANDLERS = {"call": call}
