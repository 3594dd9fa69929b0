"""What happened in a warehouse: streams of typed rows, kept in memory, that the system views are drawn from.

A warehouse has one journal for all its sessions. Each dataclass below is a stream; its docstring names the views.
The session itself writes Statement, SessionLife, ConnectionEvent and Transaction. Handlers of statements
add the rest:

    session.journal.add(LoadedFile(session.statement.query, table="sales", address="s3://…", bytes=1, lines=10))

`session.statement` is the row of the statement that is running (its query id, pid, user, transaction, start): a
row of another stream carries only the query id, and the views join them. Fill its `rows` and `bytes` where they
are known. Moments are microseconds since 1970 in UTC, from `now()`. Adding is an append; the oldest rows go.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from rsnb.errors import Cancelled, RsnbError

Row = TypeVar("Row")
Moment = int  # microseconds since 1970, UTC
COMPUTED = frozenset(  # kinds that Redshift's compute nodes run; a query only where it reads a table
    {"select", "with", "(", "insert", "update", "delete", "merge", "copy", "unload", "create table as"}
)
KEPT = 10_000  # rows of a stream
TEXT_KEPT = 64_000_000  # characters of statement text in all


def now() -> Moment:
    """This moment."""
    return time.time_ns() // 1000


@dataclass(slots=True)
class Statement:
    """One statement: STL_QUERY, STL_UTILITYTEXT, STL_DDLTEXT, SVL_QLOG, STV_RECENTS, SYS_QUERY_HISTORY and others.

    kind: its first words, such as `select` or `create table`. status: running, success, failed or canceled.
    leader: it read no table. source_query: the query whose cached result it returned. sources: the local tables
    that it names, target: the one that it changes, as (schema, name). planned: microseconds until it ran.
    """

    query: int
    pid: int
    user: int
    xid: int
    text: str
    label: str = "default"
    database: str = "dev"
    start: Moment = field(default_factory=now)
    kind: str = ""
    end: Moment | None = None
    status: str = "running"
    error: str = ""
    rows: int = 0
    bytes: int = 0
    planned: int | None = None
    leader: bool = True
    source_query: int | None = None
    sources: tuple[tuple[str, str], ...] = ()
    target: tuple[str, str] | None = None

    @property
    def computed(self) -> bool:
        """Whether Redshift's compute nodes would have run it."""
        return self.kind in COMPUTED and not (self.leader and self.kind in ("select", "with", "("))


@dataclass(slots=True)
class SessionLife:
    """A session from its start to its end: STV_SESSIONS, STL_SESSIONS, SYS_SESSION_HISTORY."""

    pid: int
    user: int
    user_name: str
    database: str
    start: Moment = field(default_factory=now)
    end: Moment | None = None
    application: str = ""
    statements: int = 0


@dataclass(slots=True)
class ConnectionEvent:
    """A session that came or went: STL_CONNECTION_LOG, SYS_CONNECTION_LOG."""

    event: str  # as Redshift words it: `initiating session`, `disconnecting session`
    pid: int
    user_name: str
    database: str
    time: Moment = field(default_factory=now)
    duration: int = 0
    application: str = ""


@dataclass(slots=True)
class Transaction:
    """A transaction that BEGIN opened: SVV_TRANSACTIONS, SYS_TRANSACTION_HISTORY, STL_UNDONE.

    One that a single statement made stands in that statement's row. status: active, committed or aborted.
    """

    xid: int
    pid: int
    user: int
    start: Moment = field(default_factory=now)
    end: Moment | None = None
    status: str = "active"


@dataclass(slots=True)
class Conflict:
    """A transaction that another's write stopped: STL_TR_CONFLICT."""

    xid: int
    pid: int
    schema: str
    table: str
    start: Moment
    time: Moment = field(default_factory=now)


@dataclass(slots=True)
class Message:
    """What RAISE said in a procedure: SVL_STORED_PROC_MESSAGES, SYS_PROCEDURE_MESSAGES. number: the level's."""

    query: int
    number: int
    level: str
    text: str
    line: int
    time: Moment = field(default_factory=now)


@dataclass(slots=True)
class Load:
    """A COPY, whether it loaded or failed: SYS_LOAD_HISTORY.

    format: csv, txt, json, avro, orc or parquet. rows and bytes are what went into the table; the files counts
    say how many there were and how many were read.
    """

    query: int
    schema: str
    table: str
    source: str
    format: str
    rows: int = 0
    bytes: int = 0
    files: int = 0
    file_bytes: int = 0
    scanned_files: int = 0
    scanned_bytes: int = 0
    errors: int = 0


@dataclass(slots=True)
class LoadedFile:
    """A file that a COPY read: STL_LOAD_COMMITS, SYS_LOAD_DETAIL."""

    query: int
    table: str
    address: str
    bytes: int = 0
    lines: int = 0
    errors: int = 0
    format: str = "txt"
    start: Moment = field(default_factory=now)
    end: Moment = field(default_factory=now)


@dataclass(slots=True)
class LoadFault:
    """A row that a COPY could not load: STL_LOAD_ERRORS, STL_LOADERROR_DETAIL, SYS_LOAD_ERROR_DETAIL.

    line: from 1. position: of the value in its line, from 0. type: `int4`, `varchar` … as Redshift has it there.
    length: the column's declared one, where it has one. code: Redshift's number for the reason. values: the row's
    fields up to the one at fault, (column, type, length, value) each, where the format has them.
    """

    query: int
    schema: str
    table: str
    address: str
    line: int
    column: str
    type: str
    length: str
    position: int
    raw_line: str
    raw_value: str
    code: int
    reason: str
    start_offset: int = 0
    time: Moment = field(default_factory=now)
    values: tuple[tuple[str, str, str, str | None], ...] = ()


@dataclass(slots=True)
class LoadReplacement:
    """Invalid bytes that ACCEPTINVCHARS replaced: STL_REPLACEMENTS."""

    query: int
    schema: str
    table: str
    address: str
    line: int
    column: str
    raw_line: str
    time: Moment = field(default_factory=now)


@dataclass(slots=True)
class Unload:
    """An UNLOAD: SYS_UNLOAD_HISTORY. format: text, csv, json or parquet. compression: none, gzip, bzip2, zstd."""

    query: int
    location: str
    format: str
    compression: str = "none"
    rows: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(slots=True)
class UnloadedFile:
    """A file that an UNLOAD wrote: STL_UNLOAD_LOG, SYS_UNLOAD_DETAIL."""

    query: int
    address: str
    lines: int
    bytes: int
    format: str
    start: Moment = field(default_factory=now)
    end: Moment = field(default_factory=now)


@dataclass(slots=True)
class ExternalScan:
    """A query's reading of one external table: SVL_S3QUERY_SUMMARY, SVL_S3PARTITION, SYS_EXTERNAL_QUERY_DETAIL.

    format: Text, CSV, JSON, Parquet … scanned: what was read of the files; returned: what came out of the scan.
    None where it is not known. partitions are those of the table; qualified, those that the predicates left.
    listed: microseconds that listing the files took.
    """

    query: int
    schema: str
    table: str
    location: str
    format: str
    files: int
    scanned_bytes: int
    scanned_rows: int | None = None
    returned_rows: int | None = None
    returned_bytes: int | None = None
    partitioned: bool = False
    nested: bool = False
    partitions: int = 0
    qualified: int = 0
    biggest_file: int = 0
    listed: int = 0
    start: Moment = field(default_factory=now)
    end: Moment = field(default_factory=now)


@dataclass(slots=True)
class ListedPrefix:
    """A listing of files under an address: SVL_S3LIST."""

    query: int
    bucket: str
    prefix: str
    files: int
    biggest_file: int
    bytes: int
    duration: int
    time: Moment = field(default_factory=now)


@dataclass(slots=True)
class ExternalFault:
    """A value of an external table's file that could not be read: SVL_SPECTRUM_SCAN_ERROR."""

    query: int
    schema: str
    table: str
    location: str
    row: int
    column: str
    value: str
    code: int
    reason: str
    time: Moment = field(default_factory=now)


@dataclass(slots=True)
class Vacuum:
    """A VACUUM of one table: STL_VACUUM, SVV_VACUUM_SUMMARY, SYS_VACUUM_HISTORY.

    kind: full, sort only, delete only, reindex or recluster. rows: the table's, before and after.
    """

    query: int
    schema: str
    table: str
    kind: str
    rows_before: int
    rows_after: int
    start: Moment = field(default_factory=now)
    end: Moment = field(default_factory=now)


@dataclass(slots=True)
class Analyze:
    """An ANALYZE of one table: STL_ANALYZE, SYS_ANALYZE_HISTORY."""

    query: int
    schema: str
    table: str
    rows: int
    start: Moment = field(default_factory=now)
    end: Moment = field(default_factory=now)


@dataclass(slots=True)
class Refresh:
    """A REFRESH MATERIALIZED VIEW: SVL_MV_REFRESH_STATUS, SYS_MV_REFRESH_HISTORY. status: as Redshift words it."""

    query: int
    schema: str
    name: str
    status: str
    kind: str = "Manual"
    start: Moment = field(default_factory=now)
    end: Moment = field(default_factory=now)


@dataclass(slots=True)
class UserChange:
    """A user made, altered or dropped: STL_USERLOG, SYS_USERLOG. action: create, alter, drop or rename."""

    query: int
    user: int
    name: str
    action: str
    old_name: str = ""
    createdb: bool = False
    superuser: bool = False
    valid_until: Moment | None = None
    time: Moment = field(default_factory=now)


@dataclass(slots=True)
class Ending:
    """A statement cancelled or a session terminated by a session: SVL_TERMINATE. kind: CANCEL or TERMINATE."""

    pid: int
    user: int
    kind: str
    time: Moment = field(default_factory=now)


@dataclass(slots=True)
class PlanLine:
    """A node of a statement's plan: STL_EXPLAIN. node: from 1; parent: 0 for the first."""

    query: int
    node: int
    parent: int
    text: str
    info: str = ""


STREAMS: tuple[type, ...] = (
    Statement, SessionLife, ConnectionEvent, Transaction, Conflict, Load, LoadedFile, LoadFault,
    LoadReplacement, Message, Unload, UnloadedFile, ExternalScan, ListedPrefix, ExternalFault, Vacuum, Analyze, Refresh,
    UserChange, Ending, PlanLine,
)  # fmt: skip


class Journal:
    """The streams of one warehouse; any thread may add to them and read them."""

    def __init__(self) -> None:
        self._streams: dict[type, deque[Any]] = {stream: deque(maxlen=KEPT) for stream in STREAMS}
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
