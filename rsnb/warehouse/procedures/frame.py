"""One call of a procedure while it runs: its variables, and how it asks the warehouse.

Source: Redshift Developer Guide, "Managing transactions", "Structure of PL/pgSQL".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rsnb.errors import RsnbError, SqlError
from rsnb.sql import Bound
from rsnb.types import Type, named
from rsnb.warehouse.outcome import Outcome, fetch, shaped
from rsnb.warehouse.procedures.stored import Procedure
from rsnb.warehouse.procedures.substitution import substituted
from rsnb.warehouse.procedures.tree import Target, Targets, Text
from rsnb.warehouse.procedures.variables import Kind, Record, Scope, Variable, literal
from rsnb.warehouse.queries import ready

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection

FOUND = "found"


@dataclass
class Running:
    """What a CALL and the calls inside it share.

    atomic: why nothing in it may commit or roll back; depth: how many calls stand inside another.
    """

    session: Connection
    notes: list[str] = field(default_factory=list)
    atomic: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Row:
    """A row of a query, or NULLs where there was none."""

    names: tuple[str, ...]
    types: tuple[Type, ...]
    values: tuple[Any, ...]
    found: bool = True


class Frame:
    """A procedure that is running. count: the rows of the last statement; error: the one that is being handled."""

    def __init__(self, running: Running, procedure: Procedure) -> None:
        self.running = running
        self.session = running.session
        self.procedure = procedure
        self.found = Variable(FOUND, Kind(named("bool")), False)
        self.scope = Scope(variables={FOUND: self.found})
        self.bound: dict[str, tuple[Text, tuple[tuple[str, str], ...]]] = {}  # the queries of cursors
        self.count = 0
        self.error: RsnbError | None = None

    def bind(self, text: Text) -> Bound:
        """SQL with the variables' values in place."""
        try:
            return substituted(text, self.scope)
        except SqlError as exc:
            raise self.placed(exc, text, None) from None

    def placed(self, error: SqlError, text: Text, bound: Bound | None, before: int = 0) -> SqlError:
        """The error with its place in the procedure's body; before: what was put in front of the text."""
        if error.sql == self.procedure.body:
            return error
        place = None if error.position is None else error.position - before
        if bound is not None and place is not None:
            place = bound.source(place)
        inside = place is not None and 0 <= place <= len(text.text)
        error.sql, error.position = self.procedure.body, text.start + (place or 0) if inside else text.start
        return error

    def at(self, error: SqlError, start: int) -> SqlError:
        """The error at a place of the body."""
        if error.sql != self.procedure.body:
            error.sql, error.position = self.procedure.body, start
        return error

    # Values

    def evaluate(self, text: Text, kind: Kind | None = None) -> tuple[Any, Type]:
        """The value of an expression, cast to a kind where there is one, and its type."""
        bound = self.bind(text)
        free = kind is None or (kind.free and kind.type.short == "numeric")
        head, tail = ("select (", "\n)") if free else ("select cast((", f"\n) as {kind.written() if kind else ''})")
        try:
            rows, types = self.rows(head + bound.text + tail)
        except SqlError as exc:
            raise self.placed(exc, text, bound, len(head)) from exc
        if rows.num_rows != 1 or rows.num_columns != 1:
            raise self.at(SqlError("this is not one value"), text.start)
        return rows.column(0)[0].as_py(), types[0]

    def rows(self, sql: str) -> tuple[pa.Table, tuple[Type, ...]]:
        """The rows of a query that is no statement of its own, such as an expression."""
        import duckdb

        session = self.session
        session.stopping.check()
        session.snapshot.renew()
        try:
            translation = session.snapshot.translator.translate(sql)
            types = tuple(kind for _, kind in translation.columns)
            table, _ = fetch(session.db, ready(session, translation, Outcome()), 0)
        except duckdb.Error as exc:
            raise session.explained(exc, sql) from exc
        return shaped(table, types), types

    def true(self, condition: Text) -> bool:
        """Whether a condition holds; NULL does not."""
        return self.evaluate(condition, Kind(named("bool")))[0] is True

    def text(self, variable: Variable) -> str:
        """A value as RAISE prints it."""
        value = variable.value
        if value is None:
            return "<NULL>"
        if isinstance(value, bool):
            return "t" if value else "f"
        if isinstance(value, (str, int)):
            return str(value)
        rows, _ = self.rows(f"select cast({variable.literal()} as varchar)")
        return str(rows.column(0)[0].as_py())

    # Variables

    def variable(self, target: Target, start: int) -> Variable | Record:
        """The variable that a statement names."""
        try:
            found, used = self.scope.path(target)
        except SqlError as exc:
            raise self.at(exc, start) from None
        if found is None or used != len(target):
            raise self.at(SqlError(f"there is no variable {'.'.join(target)}"), start)
        return found

    def scalar(self, target: Target, start: int) -> Variable:
        """The variable that a statement writes; raises for a record or a constant."""
        found = self.variable(target, start)
        if isinstance(found, Record):
            raise self.at(SqlError(f"{found.name} is a record: name its field"), start)
        if found.constant:
            raise self.at(SqlError(f"{found.name} is CONSTANT"), start)
        return found

    def put(self, variable: Variable, value: Any, kind: Type, start: int) -> None:
        """Give a variable a value of another type."""
        wanted = variable.kind
        if value is not None and wanted.type.short != "refcursor" and not _held(wanted, kind):
            rows, _ = self.rows(f"select cast({literal(Kind(kind), value)} as {wanted.written()})")
            value = rows.column(0)[0].as_py()
        try:
            variable.put(value)
        except SqlError as exc:
            raise self.at(exc, start) from None

    def take(self, row: Row, into: Targets, start: int) -> None:
        """Put a row into a record, or its values into variables."""
        first = self.variable(into[0], start)
        if isinstance(first, Record) and len(into) == 1:
            first.fields = {
                name: Variable(name, Kind(kind), value)
                for name, kind, value in zip(row.names, row.types, row.values, strict=True)
            }
            return
        if len(into) != len(row.names):
            raise self.at(SqlError(f"the query has {len(row.names)} columns for {len(into)} variables"), start)
        for target, value, kind in zip(into, row.values, row.types, strict=True):
            self.put(self.scalar(target, start), value, kind, start)


def _held(wanted: Kind, given: Type) -> bool:
    """Whether a value of a type is held by a variable as it is."""
    texts = ("bpchar", "varchar")
    if wanted.type.short in texts:
        return given.short in texts
    return wanted.type.short == given.short and (wanted.free or wanted.type.args == given.args)
