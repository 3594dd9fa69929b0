"""The rows of a warehouse's journal, a dataclass for each stream; its docstring names the views that show it.

Every row but those of sessions and transactions carries the query id of its statement, and the views join them.
Moments are microseconds since 1970 in UTC, from `now()`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

Moment = int  # microseconds since 1970, UTC
COMPUTED = frozenset(  # kinds that Redshift's compute nodes run; a query only where it reads a table
    {"select", "with", "(", "insert", "update", "delete", "merge", "copy", "unload", "create table as"}
)


def now() -> Moment:
    """This moment."""
    return time.time_ns() // 1000


@dataclass(slots=True)
class Statement:
    """One statement: STL_QUERY, STL_UTILITYTEXT, STL_DDLTEXT, SVL_QLOG, STV_RECENTS, SYS_QUERY_HISTORY and others.

    kind: its first words, such as `select` or `create table`. status: running, success, failed or canceled.
    leader: it read no table. source_query: the query whose cached result it returned. sources: the local tables
    that it names, target: the one that it changes, as (schema, name). planned: microseconds until it ran. caller: the
    query id of the CALL in which it ran. watching: it reads system views.
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
    caller: int | None = None
    watching: bool = False

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
    """A file that a COPY read: STL_LOAD_COMMITS, SYS_LOAD_DETAIL. changed: when it was last written."""

    query: int
    table: str
    address: str
    bytes: int = 0
    lines: int = 0
    errors: int = 0
    format: str = "txt"
    changed: Moment | None = None
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
class ColumnEncoding:
    """A column that ANALYZE COMPRESSION looked at, its number from 0: STL_ANALYZE_COMPRESSION."""

    query: int
    schema: str
    table: str
    number: int
    old: str
    new: str
    start: Moment = field(default_factory=now)


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
class StateChange:
    """A materialized view that can't be refreshed any more: STL_MV_STATE, SYS_MV_STATE. state: that of STV_MV_INFO."""

    query: int
    schema: str
    name: str
    base_schema: str
    base_table: str
    state: int
    time: Moment = field(default_factory=now)


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


@dataclass(slots=True)
class Profile:
    """What DuckDB measured of a statement: STL_SCAN and the other views of steps, SVL_QUERY_SUMMARY, STL_EXPLAIN.

    packed: its profile in JSON, compressed. whole: all rows were fetched. external: the one external table read.
    """

    query: int
    packed: bytes
    whole: bool = True
    external: str = ""


STREAMS: tuple[type, ...] = (
    Statement, SessionLife, ConnectionEvent, Transaction, Conflict, Load, LoadedFile, LoadFault,
    LoadReplacement, Message, Unload, UnloadedFile, ExternalScan, ListedPrefix, ExternalFault, Vacuum, Analyze, Refresh,
    ColumnEncoding,
    StateChange, UserChange, Ending, PlanLine,
    Profile,
)  # fmt: skip
