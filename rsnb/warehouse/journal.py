"""What happened in a warehouse: streams of typed rows, kept in memory, that the system views are drawn from.

A warehouse has one journal for all its sessions. The session itself writes Statement, SessionLife, ConnectionEvent
and Transaction. Handlers of statements add the rest:

    session.journal.add(LoadedFile(session.statement.query, table="sales", address="s3://…", bytes=1, lines=10))

`session.statement` is the row of the statement that is running (its query id, pid, user, transaction, start): fill
its `rows` and `bytes` where they are known. Adding is an append; the oldest rows go.
"""

from __future__ import annotations

import threading
from collections import deque
from itertools import count
from typing import Any, TypeVar

from rsnb.errors import Cancelled, RsnbError
from rsnb.warehouse.records import (
    STREAMS,
    Conflict,
    ConnectionEvent,
    Profile,
    SessionLife,
    Statement,
    Transaction,
    now,
)

Row = TypeVar("Row")
KEPT = 10_000  # rows of a stream
_FEWER: dict[type, int] = {Profile: 1_000}
TEXT_KEPT = 64_000_000  # characters of statement text in all


class Journal:
    """The streams of one warehouse; any thread may add to them and read them."""

    def __init__(self) -> None:
        self._streams: dict[type, deque[Any]] = {stream: deque(maxlen=_FEWER.get(stream, KEPT)) for stream in STREAMS}
        self._statements = self._streams[Statement]
        self._queries = count(1)
        self._xids = count(1)
        self._pids = count(1)
        self._open: dict[int, SessionLife] = {}
        self._text = 0
        self._lock = threading.Lock()

    def add(self, row: object) -> None:
        """Add a row to the stream of its class; the oldest one goes when the stream is full."""
        self._streams[type(row)].append(row)

    def begin(self, pid: int, text: str, label: str, transaction: Transaction | None) -> Statement:
        """Add the row of a statement that starts now, and return it; outside a transaction it is one of its own."""
        life = self._open[pid]
        xid = next(self._xids) if transaction is None else transaction.xid
        statement = Statement(next(self._queries), pid, life.user, xid, text, label)
        life.statements += 1
        with self._lock:
            kept = self._statements
            self._text += len(text)
            while kept and (len(kept) == KEPT or self._text > TEXT_KEPT):
                self._text -= len(kept.popleft().text)
            kept.append(statement)
        return statement

    def conflict(self, transaction: Transaction | None, statement: Statement) -> None:
        """Note that another session's write stopped a statement's transaction."""
        start = transaction.start if transaction else statement.start
        schema, table = statement.target or ("", "")
        self.add(Conflict(statement.xid, statement.pid, schema, table, start))

    def failed(self, statement: Statement, error: BaseException) -> None:
        """Note why a statement ended without success."""
        statement.status = "canceled" if isinstance(error, (Cancelled, KeyboardInterrupt)) else "failed"
        statement.error = error.message if isinstance(error, RsnbError) else repr(error)
        statement.end = now()

    def transaction(self, statement: Statement, fresh: bool = False) -> Transaction:
        """Add the row of the transaction that a statement opens, and return it; fresh: its id is a new one."""
        xid = next(self._xids) if fresh else statement.xid
        transaction = Transaction(xid, statement.pid, statement.user, now() if fresh else statement.start)
        self.add(transaction)
        return transaction

    def open_session(self, user: int, user_name: str, database: str = "dev") -> int:
        """Note that a session starts; its process id, which no other of this warehouse has had."""
        pid = next(self._pids)
        self._open[pid] = SessionLife(pid, user, user_name, database)
        self.add(self._open[pid])
        self.add(ConnectionEvent("initiating session", pid, user_name, database))
        return pid

    def close_session(self, pid: int) -> None:
        """Note that a session ended."""
        life = self._open.pop(pid)
        life.end = now()
        spent = life.end - life.start
        self.add(ConnectionEvent("disconnecting session", pid, life.user_name, life.database, life.end, spent))

    def rows(self, stream: type[Row]) -> list[Row]:
        """The rows of a stream as they are now, the oldest first."""
        return list(self._streams[stream])
