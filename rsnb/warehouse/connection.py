"""A session of the embedded warehouse: one DuckDB cursor, a transaction state, a search path."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from rsnb.errors import Cancelled, ConnectionLost, RsnbError, SqlError, similar
from rsnb.lake import Lake
from rsnb.literals import quote_identifier
from rsnb.warehouse import (
    chance,
    faults,
    result_cache,
    session_info,
    setting,
    statements,
)
from rsnb.warehouse.catalog import USER, USER_ID, Catalog
from rsnb.warehouse.cursors import Cursor
from rsnb.warehouse.definitions import refreshing
from rsnb.warehouse.handlers import HANDLERS
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.parameters import Values
from rsnb.warehouse.prepared import Prepared
from rsnb.warehouse.records import Statement, Transaction, now
from rsnb.warehouse.relations import Relation, Relations
from rsnb.warehouse.secrets import hidden
from rsnb.warehouse.shared import Shared
from rsnb.warehouse.spectrum import data_catalog, record
from rsnb.warehouse.spectrum.scan import Scan
from rsnb.warehouse.spectrum.table import ExternalTable
from rsnb.warehouse.spelling import text
from rsnb.warehouse.stopping import Stopping
from rsnb.warehouse.translate import Translation, Translator

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


class Connection:
    """Runs Redshift statements one at a time; `cancel` may be called from another thread.

    state is `idle`, `open` (in a transaction) or `failed` (in one that an error aborted). journal: what happened
    in the warehouse; statement: the row of the one that is running. locked: it holds locks.
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
        self.state = "idle"
        self.read_only = False
        self.transaction: Transaction | None = None
        self.locked = False
        self.max_rows = 0
        self.values = Values()
        self.label = "default"
        self.timeout = 0
        self.caching = True
        self.uppercase = False
        self.seed = 0  # the number of the sequence that RANDOM follows
        self.of_results = result_cache.of_results(self.values)
        self.prepared: dict[str, Prepared] = {}
        self.scans: list[Scan] = []  # of the external tables that the statement is to read
        self.reads = 0  # how many it had to read so far
        self.cursor: Cursor | None = None
        self.search_path: tuple[str, ...] = ("public",)
        self._busy = threading.Lock()
        self._gone = ""  # why the session is no more
        self._written: set[tuple[str, str]] = set()
        self._defined = False  # the transaction defined something
        self._seen = -1
        self._translations: dict[str, Translation] = {}
        session_info.keep(self)

    def execute(self, sql: str, datasets: Mapping[str, pa.Table] | None = None, max_rows: int = 0) -> Outcome:
        """Run one statement. An error inside a transaction aborts it, as in Redshift."""
        with self._busy:
            if self._gone:
                raise ConnectionLost(self._gone, hint="connect again: rsnb.connect()")
            return self._execute(sql, datasets or {}, max_rows)

    def _execute(self, sql: str, datasets: Mapping[str, pa.Table], max_rows: int) -> Outcome:
        statement = self.statement = self.journal.begin(self.pid, hidden(sql), self.label, self.transaction)
        self.scans, self.reads = [], 0
        self.stopping.begin(statement, self.timeout)
        try:
            outcome = self._run(sql, datasets, max_rows)
        except BaseException as exc:
            self._fail()
            reason = self.stopping.reason(exc)
            record.failed(self, reason)
            self.journal.failed(statement, reason)
            if reason is not exc:
                raise reason from exc
            raise
        finally:
            self.stopping.end()
            if self.state == "idle" and (self.locked or self._written):
                self._release()
        self._succeeded(statement, outcome)
        return outcome

    def _succeeded(self, statement: Statement, outcome: Outcome) -> None:
        record.finish(self, outcome)
        if outcome.table is not None:
            statement.rows, statement.bytes = outcome.table.num_rows, outcome.table.nbytes
        statement.status, statement.end = "success", now()

    def inner(self, sql: str, shown: str = "") -> Outcome:
        """Run a statement of a procedure inside the CALL that is running; shown: its text for the log."""
        outer, limit = self.statement, self.max_rows
        statement = self.statement = self.journal.begin(self.pid, hidden(shown or sql), self.label, self.transaction)
        self.scans, self.reads = [], 0
        try:
            outcome = self._run(sql, self.relations.datasets, 0)
            self._succeeded(statement, outcome)
        except BaseException as exc:
            self._seen = -1
            record.failed(self, exc)
            self.journal.failed(statement, exc)
            raise
        finally:
            self.statement, self.max_rows = outer, limit
            if self.state == "idle" and (self.locked or self._written):
                self._release()
        return outcome

    def _release(self) -> None:
        """Nothing is to be committed any more: others see what was written, and may write."""
        self.shared.results.changed(self._written)
        self._written.clear()
        self.shared.locks.release(self.pid)
        self.locked = False

    def _run(self, sql: str, datasets: Mapping[str, pa.Table], max_rows: int) -> Outcome:
        import duckdb

        try:
            phrase, handler = statements.kind(sql)
            self.statement.kind = phrase
            if self.state == "failed" and handler not in ("commit", "rollback"):
                self._refuse_until_rollback(sql)
            self._refresh(datasets)
            if self.state == "open":  # GETDATE is the statement's start, DuckDB's now() the transaction's
                self.db.execute("SET VARIABLE rsnb_now = ?", [datetime.now(UTC)])
            self.max_rows = max_rows
            outcome = self.handle(handler, phrase, sql)
        except duckdb.Error as exc:
            raise self.explained(exc, sql) from exc
        return outcome

    def explained(self, error: duckdb.Error, sql: str) -> RsnbError:
        """The error to raise in place of DuckDB's."""
        if type(error).__name__ == "TransactionException" and "onflict" in str(error):
            self.journal.conflict(self.transaction, self.statement)
        return faults.explain(error, hidden(sql), self.relations.names)

    def handle(self, handler: str, phrase: str, sql: str) -> Outcome:
        """Run a statement of a known kind."""
        if self.read_only and handler not in statements.READS:
            raise SqlError(
                f"{phrase.upper()} can't run: the transaction is READ ONLY", sql=sql, position=0,
                hint="leave it with `rollback`",
            )  # fmt: skip
        self._defined = self._defined or handler not in statements.KEEPS_CATALOG
        if handler == "query" and self.state == "idle" and self.relations.refreshed_automatically:
            refreshing.refresh_read(self, sql)
            self._release()
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
        self._translations.clear()
        chance.forget(self.seed)
        with suppress(Exception):  # a session that broke is closed all the same
            self.rollback()
            self.catalog.close()
        self._end_transaction("aborted")
        self._release()
        self.journal.close_session(self.pid)
        self.db.close()

    # Transactions

    def begin(self, read_only: bool = False, fresh: bool = False) -> str:
        """Start a transaction; in one, nothing happens. fresh: not the statement's own, but one that follows it."""
        if self.state == "idle":
            self.db.execute("BEGIN")
            self.state = "open"
            self.read_only, self._defined = read_only, False
            self.transaction = self.journal.transaction(self.statement, fresh)
            self.values.begin()
        return "BEGIN"

    def commit(self) -> str:
        """End the transaction; one that an error aborted is rolled back. Returns which."""
        if self.state == "failed":
            return self.rollback()
        if self.state == "open":
            self.state = "idle"
            self.db.execute("COMMIT")
            self._ended("committed")
        return "COMMIT"

    def rollback(self) -> str:
        """Undo the transaction."""
        if self.state != "idle":
            self.state = "idle"
            self.db.execute("ROLLBACK")
            self._ended("aborted")
        return "ROLLBACK"

    def _ended(self, status: str) -> None:
        """What the transaction changed is now seen by all, or by none."""
        self._end_transaction(status)
        if self.values.end(status == "committed"):
            self.follow()
        self.read_only = False
        self.cursor = None
        self.db.execute("RESET VARIABLE rsnb_now")
        if self._defined:
            self.changed()
            self._defined = False

    def _end_transaction(self, status: str) -> None:
        if self.transaction is not None:
            self.transaction.status, self.transaction.end = status, now()
            self.transaction = None

    def together(self, work: Callable[[], None]) -> None:
        """Do several things as one, inside the user's transaction or an own one."""
        if self.state == "open":
            work()
            return
        self.db.execute("BEGIN")
        try:
            work()
        except BaseException:
            with suppress(Exception):  # the first error is the one to show
                self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def refuse_inside_transaction(self, what: str, sql: str) -> None:
        """Raise when a transaction is open, for what commits by itself."""
        if self.state == "open":
            raise SqlError(
                f"{what} can't run inside a transaction", sql=sql, position=0, hint="`commit` or `rollback` first"
            )

    def _fail(self) -> None:
        if self.state == "open":
            self.state = "failed"
        self._seen = -1

    def _refuse_until_rollback(self, sql: str) -> NoReturn:
        raise SqlError(
            "the transaction is aborted by an earlier error; statements are ignored until it ends",
            sql=sql,
            hint="leave it with `rollback`, then run its statements again",
        )

    # What the session sees

    def renew(self) -> None:
        """See what the statement so far changed in the catalog."""
        self._refresh(self.relations.datasets)

    def _refresh(self, datasets: Mapping[str, pa.Table]) -> None:
        """Forget what was known of the catalog when somebody changed it."""
        if self._seen != self.shared.version:
            self._seen = self.shared.version
            self._translations.clear()
            self.relations = Relations(self.catalog, self.search_path, datasets)
            style = self.values["datestyle"]
            pseudocolumns = self.values["spectrum_enable_pseudo_columns"] == "true"
            single = self.values["error_on_nondeterministic_update"] == "true"
            self.translator = Translator(self.relations, self.late_view, self.external, style, pseudocolumns, single)
        self.relations.datasets = datasets

    def changed(self) -> None:
        """Say that the catalog changed, to this session and to the others."""
        self.shared.version += 1

    def wrote(self, table: Relation) -> None:
        """Say that the rows of a local table changed: the materialized views that read it are stale."""
        self._written.add((table.schema, table.name))
        for schema, view in self.relations.feeds.get((table.schema, table.name), []):
            self.catalog.change("materialized_view", {"stale": True}, schemaname=schema, viewname=view, stale=False)

    def side(self) -> duckdb.DuckDBPyConnection:
        """A second DuckDB cursor, for looking again after an error without touching the transaction."""
        return self.db.cursor()

    def follow(self) -> None:
        """Do as the session's parameters now say."""
        seen = Relations(self.catalog)
        known = seen.schemas | seen.external_schemas
        path = tuple(name for name in setting.schemas(self.values, self.user) if name in known) or ("public",)
        local = [name for name in path if name in seen.schemas] or ["public"]
        self.db.execute(f"SET search_path = {text(','.join(quote_identifier(name) for name in local))}")
        self.search_path = path
        setting.use_zone(self, self.values["timezone"])
        session_info.keep(self)
        self.label = self.values.get("query_group") or "default"
        self.timeout = int(self.values["statement_timeout"])
        self.caching = self.values["enable_result_cache_for_session"] == "on"
        self.of_results = result_cache.of_results(self.values)
        self.uppercase = self.values["describe_field_name_in_uppercase"] == "on"
        self._seen = -1

    def translate(self, sql: str) -> Translation:
        """DuckDB SQL of a statement; kept until the catalog changes, where it may be."""
        known = self._translations.get(sql)
        if known is None:
            known = self.translator.translate(sql)
            if not known.scans and not known.datasets:
                self._translations[sql] = known
        return known

    def late_view(self, schema: str, name: str) -> str:
        """The text of a late-binding view."""
        rows = self.catalog.rows(
            f"SELECT definition FROM {SCHEMA}.late_view WHERE schemaname = ? AND viewname = ?", schema, name
        )
        return str(rows[0][0])

    def external(self, schema: str, name: str) -> ExternalTable:
        """The definition of an external table."""
        return data_catalog.table(self, schema, name)

    def local_table(self, name: tuple[str, ...], sql: str, what: str = "table") -> Relation:
        """The local table that a command names; raises SqlError when it is not there or not local."""
        schema, table = (name[-2] if len(name) > 1 else "", name[-1])
        relation = self.relations.find(schema, table)
        if relation is None or relation.kind != "table":
            why = "is not a local table" if relation else "does not exist"
            shown = ".".join(name)
            raise SqlError(
                f"the {what} {shown} {why}",
                sql=sql,
                position=faults.place_of(sql, table),
                hint=None if relation else similar(shown, self.relations.names()),
            )
        return relation
