"""What a procedure asks of the warehouse: assignments, SQL, EXECUTE, RAISE, GET DIAGNOSTICS.

Source: Redshift Developer Guide, "Supported PL/pgSQL statements".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.sql import Bound
from rsnb.types import Type, named
from rsnb.warehouse.definitions.altering import column_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.procedures import handling, tree
from rsnb.warehouse.procedures.commands import check_kind
from rsnb.warehouse.procedures.frame import Frame, Row
from rsnb.warehouse.procedures.variables import Kind, Record, Variable, kind_of

if TYPE_CHECKING:
    import pyarrow as pa

_TEXT = Kind(named("varchar", 65535), True)


def assign(frame: Frame, statement: tree.Assign) -> None:
    """variable := expression."""
    variable = frame.scalar(statement.target, statement.start)
    value, kind = frame.evaluate(statement.value, variable.kind)
    frame.put(variable, value, kind, statement.start)


def sql(frame: Frame, statement: tree.Sql) -> None:
    """A statement of SQL, whose names that are variables' become their values."""
    bound = frame.bind(statement.sql)
    try:
        outcome = run(frame, bound.text, shown(statement.sql.text, bound))
    except SqlError as exc:
        raise frame.placed(exc, statement.sql, bound) from exc
    _given(frame, statement, outcome, statement.into)
    if outcome.table is not None and not (statement.into or statement.discard) and outcome.command == "SELECT":
        raise frame.at(
            SqlError("the query's rows go nowhere", hint="select ... into variables, or perform ..."), statement.start
        )


def shown(text: str, bound: Bound) -> str:
    """The statement as the log keeps it: `$1`, `$2` ... for the values."""
    out, done = "", 0
    for number, edit in enumerate(bound.edits, 1):
        out += f"{text[done : edit.source_start]} ${number} "
        done = edit.source_end
    return out + text[done:]


def execute(frame: Frame, statement: tree.Execute) -> None:
    """EXECUTE text: a statement that is put together."""
    command = command_text(frame, statement.command)
    try:
        if check_kind(command) in ("commit", "rollback"):
            raise SqlError("COMMIT and ROLLBACK can't run as dynamic SQL", hint="write them as statements")
        outcome = run(frame, command, command)
    except SqlError as exc:
        raise dynamic(frame, exc, command, statement.start) from exc
    _given(frame, statement, outcome, statement.into)


def command_text(frame: Frame, text: tree.Text) -> str:
    """The value of an expression that is a statement's text."""
    value, _ = frame.evaluate(text, _TEXT)
    if value is None:
        raise frame.at(SqlError("the text to EXECUTE is NULL", hint="something it is made of is NULL"), text.start)
    return str(value).strip().rstrip(";")


def dynamic(frame: Frame, error: SqlError, command: str, start: int) -> SqlError:
    """An error in a text that was executed, at the place of the EXECUTE."""
    if error.sql != frame.procedure.body:
        error.hint = error.hint or f"the statement was {command!r}"
        error.sql, error.position = frame.procedure.body, start
    return error


def run(frame: Frame, text: str, logged: str) -> Outcome:
    """Run a statement of SQL as one of its own in the log."""
    session = frame.session
    if check_kind(text) == "truncate":
        handling.check(frame, "TRUNCATE")
    outcome = session.inner(text, logged)
    frame.running.notes += outcome.notes
    handling.after(frame)
    tail = re.search(r"(\d+)$", outcome.command)
    rows = outcome.table.num_rows if outcome.table is not None else int(tail[1]) if tail else 0
    frame.count = rows
    if outcome.command.split(" ")[0] in ("INSERT", "UPDATE", "DELETE"):
        frame.found.value = rows > 0
    return outcome


def _given(frame: Frame, statement: tree.Statement, outcome: Outcome, into: tree.Targets) -> None:
    if not into:
        return
    if outcome.table is None or outcome.types is None:
        raise frame.at(SqlError("INTO stands with a query"), statement.start)
    row = row_of(outcome, 0)
    frame.take(row, into, statement.start)
    frame.found.value = row.found
    frame.count = int(row.found)


def table_of(outcome: Outcome) -> pa.Table:
    """The rows of a query's result."""
    if outcome.table is None:
        raise SqlError("this is not a query")
    return outcome.table


def row_of(outcome: Outcome, at: int) -> Row:
    """A row of a query's result; NULLs where it has none."""
    table, types = table_of(outcome), outcome.types or ()
    there = at < table.num_rows
    values = tuple(column[at].as_py() if there else None for column in table.columns)
    return Row(tuple(table.column_names), types, values, there)


def raise_(frame: Frame, statement: tree.Raise) -> None:
    """RAISE level 'format', variables."""
    if frame.error is not None and not statement.level:
        raise frame.error
    values = []
    for text in statement.arguments:
        variable = frame.variable(_name(text), text.start)
        if isinstance(variable, Record):
            raise frame.at(SqlError(f"{variable.name} is a record: name its field"), text.start)
        values.append(frame.text(variable))
    parts = statement.format.split("%%")
    given = iter(values)
    message = "%".join(re.sub("%", lambda _: next(given), part) for part in parts)
    handling.said(frame, statement.level, message, statement.start)
    if statement.level == "exception":
        raise handling.Raised(message, sql=frame.procedure.body, position=statement.start)
    if statement.level != "log":
        frame.running.notes.append(f"{statement.level.upper()}: {message}")


def _name(text: tree.Text) -> tree.Target:
    read = Reader(text.text)
    return (f"${read.number()}",) if read.accept("$") else read.path()


def target_of(frame: Frame, text: tree.Text) -> tree.Target:
    """The variable that an INOUT argument of a nested call is."""
    try:
        read = Reader(text.text)
        target = (f"${read.number()}",) if read.accept("$") else read.path()
        read.done()
    except SqlError:
        raise frame.at(SqlError("an INOUT argument of a nested call is a variable"), text.start) from None
    return target


def diagnostics(frame: Frame, statement: tree.Diagnostics) -> None:
    """GET DIAGNOSTICS variable := ROW_COUNT."""
    frame.put(frame.scalar(statement.target, statement.start), frame.count, named("int8"), statement.start)


def converted(frame: Frame, value: Any, given: Type | None, wanted: str) -> Any:
    """A value as the type of an argument."""
    variable = Variable("", kind_of(wanted, argument=True))
    frame.put(variable, value, given or named("varchar", 65535), 0)
    return variable.value


def declared_kind(frame: Frame, declared: tree.Declaration) -> Kind | Record | None:
    """The type of a declared variable, None for RECORD; %TYPE and %ROWTYPE are those of a variable or a table."""
    text = declared.type
    if text.lower() == "record":
        return None
    match = re.fullmatch(r"(.+?)\s*%\s*(row)?type", text, re.IGNORECASE | re.DOTALL)
    try:
        if match is None:
            return kind_of(text)
        parts = Reader(match[1]).path()
        if match[2]:
            return _row_type(frame, declared.name, parts)
        found, used = frame.scope.path(parts)
        if isinstance(found, Variable) and used == len(parts):
            return found.kind
        table = frame.session.snapshot.relations.local_table(parts[:-1], match[1])
        column_of(frame.session, table, parts[-1], match[1])
        return Kind(frame.session.snapshot.relations.columns(table.schema, table.name)[parts[-1]])
    except SqlError as exc:
        exc.sql, exc.position = frame.procedure.body, declared.start
        raise


def _row_type(frame: Frame, name: str, parts: tuple[str, ...]) -> Record:
    table = frame.session.snapshot.relations.local_table(parts, ".".join(parts))
    columns = frame.session.snapshot.relations.columns(table.schema, table.name)
    return Record(name, {column: Variable(column, Kind(kind)) for column, kind in columns.items()})


def equal(frame: Frame, subject: str, condition: tree.Text) -> bool:
    """Whether the value of a CASE is that of a WHEN."""
    bound = frame.bind(condition)
    try:
        rows, _ = frame.rows(f"select {subject}({bound.text}\n)")
    except SqlError as exc:
        raise frame.placed(exc, condition, bound, len(f"select {subject}(")) from exc
    return rows.column(0)[0].as_py() is True
