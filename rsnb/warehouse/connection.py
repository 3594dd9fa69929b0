"""A session of the embedded warehouse: one DuckDB cursor, on which it runs its statements."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from rsnb.errors import Cancelled, ConnectionLost, RsnbError
from rsnb.lake import Lake
from rsnb.warehouse import chance, faults, following, statements
from rsnb.warehouse.catalog import USER, USER_ID, Catalog
from rsnb.warehouse.cursors import Cursor
from rsnb.warehouse.definitions import refreshing
from rsnb.warehouse.handlers import HANDLERS
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.parameters import Values
from rsnb.warehouse.prepared import Prepared
from rsnb.warehouse.records import Statement, now
from rsnb.warehouse.secrets import hidden
from rsnb.warehouse.shared import Shared
from rsnb.warehouse.snapshot import Snapshot
from rsnb.warehouse.spectrum import record
from rsnb.warehouse.spectrum.scan import Scan
from rsnb.warehouse.stopping import Stopping
from rsnb.warehouse.transactions import Transaction

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


class Connection:
    """Runs Redshift statements one at a time; `cancel` may be called from another thread.

    transaction: where it stands. snapshot: what it sees of the catalog. values: of its parameters. journal: what
    happened in the warehouse; statement: the row of the one that is running.
    """

    statement: Statement

    def __init__(self, db: duckdb.DuckDBPyConnection, lake: Lake, shared: Shared) -> None:
        self.db = db
        self.lake = lake
        self.shared = shared
        self.journal = shared.journal
        self.pid = self.journal.open_session(USER_ID, USER)
        self.user, self.user_id = USER, USER_ID
        shared.sessions[self.pid] = self
        self.stopping = Stopping(self)
        self.catalog = Catalog(db, f"pg_temp_{self.pid}")
        self.transaction = Transaction(self)
        self.snapshot = Snapshot(self)
        self.max_rows = 0
        self.values = Values()
        self.seed = 0  # the number of the sequence that RANDOM follows
        self.prepared: dict[str, Prepared] = {}
        self.scans: list[Scan] = []  # of the external tables that the statement is to read
        self.reads = 0  # how many it had to read so far
        self.measured = False  # DuckDB measures its statements
        self.cursor: Cursor | None = None
        self.search_path: tuple[str, ...] = ("public",)
        self._busy = threading.Lock()
        self._gone = ""  # why the session is no more
        following.tell_functions(self)

    def execute(self, sql: str, datasets: Mapping[str, pa.Table] | None = None, max_rows: int = 0) -> Outcome:
        """Run one statement. An error inside a transaction aborts it, as in Redshift."""
        with self._busy:
            if self._gone:
                raise ConnectionLost(self._gone, hint="connect again: rsnb.connect()")
            return self._execute(sql, datasets or {}, max_rows)

    def _execute(self, sql: str, datasets: Mapping[str, pa.Table], max_rows: int) -> Outcome:
        statement = self._begin(sql)
        self.stopping.begin(statement, int(self.values["statement_timeout"]))
        try:
            outcome = self._run(sql, datasets, max_rows)
        except BaseException as exc:
            self.transaction.fail()
            self.snapshot.expire()
            reason = self.stopping.reason(exc)
            record.failed(self, reason)
            self.journal.failed(statement, reason)
            if reason is not exc:
                raise reason from exc
            raise
        finally:
            self.stopping.end()
            self.transaction.settle()
        self._succeeded(statement, outcome)
        return outcome

    def _begin(self, sql: str) -> Statement:
        label = self.values.get("query_group") or "default"
        self.statement = self.journal.begin(self.pid, hidden(sql), label, self.transaction.row)
        self.scans, self.reads = [], 0
        return self.statement

    def _succeeded(self, statement: Statement, outcome: Outcome) -> None:
        record.finish(self, outcome)
        if outcome.table is not None:
            statement.rows, statement.bytes = outcome.table.num_rows, outcome.table.nbytes
        statement.status, statement.end = "success", now()

    def inner(self, sql: str, shown: str = "") -> Outcome:
        """Run a statement of a procedure inside the CALL that is running; shown: its text for the log."""
        outer, limit = self.statement, self.max_rows
        statement = self._begin(shown or sql)
        statement.caller = outer.query
        try:
            outcome = self._run(sql, self.snapshot.relations.datasets, 0)
            self._succeeded(statement, outcome)
        except BaseException as exc:
            self.snapshot.expire()
            record.failed(self, exc)
            self.journal.failed(statement, exc)
            raise
        finally:
            self.statement, self.max_rows = outer, limit
            self.transaction.settle()
        return outcome

    def _run(self, sql: str, datasets: Mapping[str, pa.Table], max_rows: int) -> Outcome:
        import duckdb

        try:
            phrase, handler = statements.kind(sql)
            self.statement.kind = phrase
            self.transaction.enter(handler, sql)
            self.snapshot.refresh(datasets)
            self.max_rows = max_rows
            outcome = self.handle(handler, phrase, sql)
        except duckdb.Error as exc:
            raise self.explained(exc, sql) from exc
        return outcome

    def explained(self, error: duckdb.Error, sql: str) -> RsnbError:
        """The error to raise in place of DuckDB's."""
        if type(error).__name__ == "TransactionException" and "onflict" in str(error):
            self.journal.conflict(self.transaction.row, self.statement)
        return faults.explain(error, hidden(sql), self.snapshot.relations.names)

    def handle(self, handler: str, phrase: str, sql: str) -> Outcome:
        """Run a statement of a known kind."""
        self.transaction.admit(handler, phrase, sql)
        if handler == "query" and self.transaction.state == "idle" and self.snapshot.relations.refreshed_automatically:
            refreshing.refresh_read(self, sql)
            self.transaction.release()
        outcome = HANDLERS[handler](self, sql)
        outcome.command = outcome.command or phrase.upper()
        return outcome

    def cancel(self) -> None:
        """Ask the statement that is running to end; the one who asks asks again until it has."""
        self.stopping.interrupt()

    def terminate(self, by: Connection) -> None:
        """End the session from another one, and the statement that it is running."""
        self._gone = f"the session {self.pid} was terminated by session {by.pid}"
        if by is self:
            self.close()
            raise ConnectionLost(self._gone, hint="connect again: rsnb.connect()")
        if running := self.stopping.running:
            self.stopping.stop(running, Cancelled(self._gone))
        with self._busy:
            self.close()

    def close(self) -> None:
        """End the session; an open transaction is rolled back."""
        if self.shared.sessions.pop(self.pid, None) is None:
            return
        self._gone = self._gone or "the session is closed"
        self.snapshot.close()
        chance.forget(self.seed)
        with suppress(Exception):  # a session that broke is closed all the same
            self.transaction.rollback()
            self.catalog.close()
        self.transaction.abandon()
        self.journal.close_session(self.pid)
        self.db.close()
