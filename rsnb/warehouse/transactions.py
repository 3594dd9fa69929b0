"""BEGIN, COMMIT, ROLLBACK and their other spellings.

Source: Redshift Developer Guide, BEGIN, COMMIT, END, ROLLBACK, ABORT. Every isolation level that Redshift
takes is run as DuckDB's snapshot: what its clusters call SNAPSHOT.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_LEVELS = ("serializable", "snapshot", "read committed", "read uncommitted", "repeatable read")


def begin(session: Connection, sql: str) -> Outcome:
    """BEGIN [WORK | TRANSACTION] or START TRANSACTION, with ISOLATION LEVEL and READ WRITE or READ ONLY."""
    read = Reader(sql)
    if not read.accept("start", "transaction"):
        read.expect("begin")
        read.choose("work", "transaction")
    read_only = False
    while read.next.kind != "end":
        if read.accept("isolation", "level"):
            if not read.choose(*_LEVELS):
                read.fail(f"expected {', '.join(_LEVELS).upper()}")
        else:
            mode = read.choose("read only", "read write")
            if mode is None:
                read.fail("expected ISOLATION LEVEL, READ WRITE or READ ONLY")
            read_only = mode == "read only"
        read.accept(",")
    notes = ["there is a transaction in progress: BEGIN did nothing"] if session.state != "idle" else []
    return Outcome(session.begin(read_only), notes=notes)


def commit(session: Connection, sql: str) -> Outcome:
    """COMMIT or END [WORK | TRANSACTION]."""
    return _end(session, sql, session.commit)


def rollback(session: Connection, sql: str) -> Outcome:
    """ROLLBACK or ABORT [WORK | TRANSACTION]."""
    return _end(session, sql, session.rollback)


def _end(session: Connection, sql: str, run: Callable[[], str]) -> Outcome:
    read = Reader(sql)
    read.take()
    read.choose("work", "transaction")
    read.done()
    notes = ["there is no transaction in progress"] if session.state == "idle" else []
    return Outcome(run(), notes=notes)


HANDLERS = {"begin": begin, "commit": commit, "rollback": rollback}
