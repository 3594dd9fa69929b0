"""Cursors of a procedure: OPEN, FETCH, CLOSE, and the one that FOR over a query opens.

A session has one cursor at a time, as Redshift's; a refcursor holds its name, so that the caller can fetch from it.
Source: Redshift Developer Guide, "Supported PL/pgSQL statements": cursors.
"""

from __future__ import annotations

from collections.abc import Iterator

from rsnb.errors import SqlError
from rsnb.warehouse.cursors import Cursor
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.procedures import tree, work
from rsnb.warehouse.procedures.frame import Frame, Row
from rsnb.warehouse.procedures.variables import Scope, Variable, kind_of

_IMPLICIT = "<unnamed portal 1>"


def open_(frame: Frame, statement: tree.Open) -> None:
    """OPEN cursor: for a query, for a text, or the query that it was declared with."""
    variable = frame.scalar(statement.cursor, statement.start)
    bound = frame.bound.get(statement.cursor[-1])
    if statement.query is not None and bound is None:
        outcome = _queried(frame, statement.query, statement.dynamic, statement.start)
    elif statement.query is None and bound is not None:
        outcome = _bound(frame, statement, *bound)
    else:
        what = "has no query: open it FOR one" if bound is None else "has its query: open it without FOR"
        raise frame.at(SqlError(f"the cursor {variable.name} {what}"), statement.start)
    name = variable.value or _IMPLICIT
    _keep(frame, name, outcome)
    variable.value = name


def _bound(frame: Frame, statement: tree.Open, query: tree.Text, names: tuple[tuple[str, str], ...]) -> Outcome:
    if len(names) != len(statement.arguments):
        given, wanted = len(statement.arguments), len(names)
        raise frame.at(SqlError(f"the cursor takes {wanted} arguments, not {given}"), statement.start)
    around = frame.scope
    arguments: dict[str, Variable] = {}
    for (name, kind), text in zip(names, statement.arguments, strict=True):
        arguments[name] = Variable(name, kind_of(kind, argument=True))
        value, given_type = frame.evaluate(text, arguments[name].kind)
        frame.put(arguments[name], value, given_type, text.start)
    frame.scope = Scope("", around, dict(arguments))
    try:
        return _queried(frame, query, False, statement.start)
    finally:
        frame.scope = around


def _queried(frame: Frame, query: tree.Text, dynamic: bool, start: int) -> Outcome:
    """The rows of a query, as written or as the value of an expression."""
    if frame.session.cursor is not None:
        raise frame.at(
            SqlError(
                f"the cursor {frame.session.cursor.name} is open: a session has one at a time",
                hint="close it first; a FOR over a query is one too",
            ),
            start,
        )
    if dynamic:
        text = logged = work.command_text(frame, query)
        try:
            outcome = work.run(frame, text, logged)
        except SqlError as exc:
            raise work.dynamic(frame, exc, text, start) from exc
    else:
        bound = frame.bind(query)
        try:
            outcome = work.run(frame, bound.text, work.shown(query.text, bound))
        except SqlError as exc:
            raise frame.placed(exc, query, bound) from exc
    if outcome.table is None or outcome.types is None:
        raise frame.at(SqlError("a cursor reads a query"), query.start)
    return outcome


def _keep(frame: Frame, name: str, outcome: Outcome) -> Cursor:
    frame.session.cursor = Cursor(name, work.table_of(outcome), outcome.types)
    return frame.session.cursor


def fetch(frame: Frame, statement: tree.Fetch) -> None:
    """FETCH cursor INTO variables."""
    cursor = _opened(frame, statement.cursor, statement.start)
    table = cursor.fetch(1)
    row = work.row_of(Outcome("FETCH", table, cursor.types), 0)
    frame.take(row, statement.into, statement.start)
    frame.found.value, frame.count = row.found, int(row.found)


def close(frame: Frame, statement: tree.Close) -> None:
    """CLOSE cursor."""
    _opened(frame, statement.cursor, statement.start)
    frame.session.cursor = None


def _opened(frame: Frame, target: tree.Target, start: int) -> Cursor:
    variable = frame.scalar(target, start)
    cursor = frame.session.cursor
    if cursor is None or cursor.name != variable.value:
        name = variable.value or variable.name
        raise frame.at(SqlError(f"the cursor {name} is not open", hint="COMMIT, ROLLBACK and TRUNCATE close it"), start)
    return cursor


def each(frame: Frame, statement: tree.Rows) -> Iterator[Row]:
    """The rows of a FOR; what ends the transaction inside it closes its cursor."""
    outcome = _queried(frame, statement.query, statement.dynamic, statement.start)
    cursor = _keep(frame, _IMPLICIT, outcome)
    for at in range(cursor.table.num_rows):
        if frame.session.cursor is not cursor:
            raise frame.at(
                SqlError(
                    "the cursor of the FOR was closed inside it",
                    hint="COMMIT, ROLLBACK and TRUNCATE close it, and each statement of a NONATOMIC procedure",
                ),
                statement.start,
            )
        yield work.row_of(outcome, at)


def finish(frame: Frame) -> None:
    """The FOR is over: so is its cursor."""
    if frame.session.cursor is not None and frame.session.cursor.name == _IMPLICIT:
        frame.session.cursor = None
