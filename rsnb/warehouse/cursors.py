"""DECLARE, FETCH and CLOSE: a query's rows, a few at a time.

Source: Redshift Developer Guide, DECLARE, FETCH, CLOSE. As there, the whole result is kept while the cursor is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse import queries, statements
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.records import now

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection


@dataclass
class Cursor:
    """An open cursor.

    at: the number of rows before its position. after: it ran off the end. declared: when, in microseconds since 1970.
    """

    name: str
    table: pa.Table
    types: tuple[Type, ...] | None
    at: int = 0
    after: bool = False
    declared: int = field(default_factory=now)

    def fetch(self, count: int | None) -> pa.Table:
        """The next rows, all of them for None; 0 is the present row again."""
        if count == 0:
            here = self.at > 0 and not self.after
            return self.table.slice(self.at - 1, 1) if here else self.table.slice(0, 0)
        left = self.table.num_rows - self.at
        rows = self.table.slice(self.at, left if count is None else min(count, left))
        self.after = count is None or count > left
        self.at += rows.num_rows
        return rows


def declare(session: Connection, sql: str) -> Outcome:
    """DECLARE name CURSOR FOR query: in a transaction, one at a time."""
    read = Reader(sql)
    read.expect("declare")
    name = read.name()
    read.expect("cursor", "for")
    start = read.next.start
    query = read.rest()
    if session.transaction.state != "open":
        raise SqlError("a cursor is declared inside a transaction", sql=sql, position=0, hint="`begin` first")
    if session.cursor is not None:
        raise SqlError(
            f"the cursor {session.cursor.name} is open: a session has one at a time", sql=sql,
            position=place_of(sql, name), hint=f"close {session.cursor.name}",
        )  # fmt: skip
    if statements.kind(query)[1] != "query":
        raise SqlError("a cursor is declared for a query", sql=sql, position=start)
    limit, session.max_rows = session.max_rows, 0
    try:
        rows = queries.query(session, query)
    except SqlError as exc:
        if exc.sql == query and exc.position is not None:
            exc.sql, exc.position = sql, exc.position + start
        raise
    finally:
        session.max_rows = limit
    session.cursor = Cursor(name, rows.table, rows.types)
    return Outcome("DECLARE CURSOR", s3_files=rows.s3_files, s3_bytes=rows.s3_bytes, notes=rows.notes)


def fetch(session: Connection, sql: str) -> Outcome:
    """FETCH [NEXT | ALL | FORWARD [count | ALL]] FROM cursor."""
    read = Reader(sql)
    read.expect("fetch")
    count: int | None = 1
    how = read.choose("next", "all", "forward")
    if how == "all" or (how == "forward" and read.accept("all")):
        count = None
    elif how == "forward" and not read.peek("from"):
        count = read.number()
    if not read.accept("from"):
        read.fail("expected NEXT, ALL or FORWARD, then FROM and a cursor")
    cursor = _open_cursor(session, read)
    outcome = Outcome("FETCH", cursor.fetch(count), cursor.types)
    if session.max_rows and outcome.table is not None and outcome.table.num_rows > session.max_rows:
        outcome.table, outcome.cut_off = outcome.table.slice(0, session.max_rows), True
    return outcome


def close(session: Connection, sql: str) -> Outcome:
    """CLOSE cursor."""
    read = Reader(sql)
    read.expect("close")
    _open_cursor(session, read)
    session.cursor = None
    return Outcome("CLOSE CURSOR")


def _open_cursor(session: Connection, read: Reader) -> Cursor:
    name = read.name()
    read.done()
    if session.cursor is None or session.cursor.name != name:
        raise SqlError(
            f"there is no open cursor {name}", sql=read.sql, position=read.last.start,
            hint=f"the open one is {session.cursor.name}" if session.cursor else f"declare {name} cursor for ...",
        )  # fmt: skip
    return session.cursor


HANDLERS = {"close": close, "declare": declare, "fetch": fetch}
