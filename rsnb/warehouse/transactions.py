"""A session's transaction, and the statements that begin and end one: BEGIN, COMMIT, ROLLBACK, their other spellings.

Source: Redshift Developer Guide, BEGIN, COMMIT, END, ROLLBACK, ABORT. Every isolation level that Redshift
takes is run as DuckDB's snapshot: what its clusters call SNAPSHOT.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import following, records, statements
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_LEVELS = ("serializable", "snapshot", "read committed", "read uncommitted", "repeatable read")


class Transaction:
    """Where a session stands: state is `idle`, `open` (in a transaction) or `failed` (in one that an error aborted).

    row: the journal's, of the one that it is in. locked: the session holds locks.
    """

    def __init__(self, session: Connection) -> None:
        self._session = session
        self.state = "idle"
        self.row: records.Transaction | None = None
        self.locked = False
        self._read_only = False
        self._defined = False  # it may have changed the catalog
        self._written: set[tuple[str, str]] = set()

    def begin(self, read_only: bool = False, fresh: bool = False) -> str:
        """Start a transaction; in one, nothing happens. fresh: not the statement's own, but one that follows it."""
        session = self._session
        if self.state == "idle":
            session.db.execute("BEGIN")
            self.state = "open"
            self._read_only, self._defined = read_only, False
            self.row = session.journal.transaction(session.statement, fresh)
            session.values.begin()
        return "BEGIN"

    def commit(self) -> str:
        """End the transaction; one that an error aborted is rolled back. Returns which."""
        if self.state == "failed":
            return self.rollback()
        if self.state == "open":
            self.state = "idle"
            self._session.db.execute("COMMIT")
            self._ended("committed")
        return "COMMIT"

    def rollback(self) -> str:
        """Undo the transaction."""
        if self.state != "idle":
            self.state = "idle"
            self._session.db.execute("ROLLBACK")
            self._ended("aborted")
        return "ROLLBACK"

    def _ended(self, status: str) -> None:
        """What the transaction changed is now seen by all, or by none."""
        session = self._session
        self._close_row(status)
        if session.values.end(status == "committed"):
            following.follow(session)
        self._read_only = False
        session.cursor = None
        session.db.execute("RESET VARIABLE rsnb_now")
        if self._defined:
            session.shared.catalog_changed()
            self._defined = False

    def _close_row(self, status: str) -> None:
        if self.row is not None:
            self.row.status, self.row.end = status, records.now()
            self.row = None

    def abandon(self) -> None:
        """The session ends, whether or not the transaction could be rolled back."""
        self._close_row("aborted")
        self.release()

    # What a statement asks of it

    def enter(self, handler: str, sql: str) -> None:
        """Begin a statement: one that an error aborted takes only its end; in one, GETDATE is the statement's start."""
        if self.state == "failed" and handler not in ("commit", "rollback"):
            raise SqlError(
                "the transaction is aborted by an earlier error; statements are ignored until it ends",
                sql=sql,
                hint="leave it with `rollback`, then run its statements again",
            )
        if self.state == "open":  # DuckDB's now() is the transaction's start
            self._session.db.execute("SET VARIABLE rsnb_now = ?", [datetime.now(UTC)])

    def admit(self, handler: str, phrase: str, sql: str) -> None:
        """Note what a statement may do; raises where the transaction is READ ONLY and it does more than read."""
        if self._read_only and handler not in statements.READS:
            raise SqlError(
                f"{phrase.upper()} can't run: the transaction is READ ONLY", sql=sql, position=0,
                hint="leave it with `rollback`",
            )  # fmt: skip
        self._defined = self._defined or handler not in statements.KEEPS_CATALOG

    def fail(self) -> None:
        """An error aborts the transaction."""
        if self.state == "open":
            self.state = "failed"

    def together(self, work: Callable[[], None]) -> None:
        """Do several things as one, inside the user's transaction or an own one."""
        db = self._session.db
        if self.state == "open":
            work()
            return
        db.execute("BEGIN")
        try:
            work()
        except BaseException:
            with suppress(Exception):  # the first error is the one to show
                db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def refuse_inside(self, what: str, sql: str) -> None:
        """Raise when a transaction is open, for what commits by itself."""
        if self.state == "open":
            raise SqlError(
                f"{what} can't run inside a transaction", sql=sql, position=0, hint="`commit` or `rollback` first"
            )

    # What others see of it

    def wrote(self, table: Relation) -> None:
        """Note that the rows of a local table changed: the materialized views that read it are stale."""
        session, key = self._session, (table.schema, table.name)
        self._written.add(key)
        for schema, view in session.snapshot.relations.feeds.get(key, []):
            session.catalog.change("materialized_view", {"stale": True}, schemaname=schema, viewname=view, stale=False)

    def settle(self) -> None:
        """A statement ended: unless it left a transaction open, others see what was written, and may write."""
        if self.state == "idle" and (self.locked or self._written):
            self.release()

    def release(self) -> None:
        """Nothing is to be committed any more: others see what was written, and may write."""
        shared = self._session.shared
        shared.results.changed(self._written)
        self._written.clear()
        shared.locks.release(self._session.pid)
        self.locked = False


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
    notes = ["there is a transaction in progress: BEGIN did nothing"] if session.transaction.state != "idle" else []
    return Outcome(session.transaction.begin(read_only), notes=notes)


def commit(session: Connection, sql: str) -> Outcome:
    """COMMIT or END [WORK | TRANSACTION]."""
    return _end(session, sql, session.transaction.commit)


def rollback(session: Connection, sql: str) -> Outcome:
    """ROLLBACK or ABORT [WORK | TRANSACTION]."""
    return _end(session, sql, session.transaction.rollback)


def _end(session: Connection, sql: str, run: Callable[[], str]) -> Outcome:
    read = Reader(sql)
    read.take()
    read.choose("work", "transaction")
    read.done()
    notes = ["there is no transaction in progress"] if session.transaction.state == "idle" else []
    return Outcome(run(), notes=notes)


HANDLERS = {"begin": begin, "commit": commit, "rollback": rollback}
