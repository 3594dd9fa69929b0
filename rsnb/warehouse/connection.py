"""A session of the embedded warehouse: one DuckDB cursor, a transaction state, a search path."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

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
from rsnb.warehouse.records import Statement, now
from rsnb.warehouse.relations import Relation, Relations
from rsnb.warehouse.secrets import hidden
from rsnb.warehouse.shared import Shared
from rsnb.warehouse.spectrum import data_catalog, record
from rsnb.warehouse.spectrum.scan import Scan
from rsnb.warehouse.spectrum.table import ExternalTable
from rsnb.warehouse.spelling import text
from rsnb.warehouse.stopping import Stopping
from rsnb.warehouse.transactions import Transaction
from rsnb.warehouse.translate import Translation, Translator

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


class Connection:
    """Runs Redshift statements one at a time; `cancel` may be called from another thread.

    journal: what happened in the warehouse; statement: the row of the one that is running.
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
        statement = self._begin(sql)
        self.stopping.begin(statement, self.timeout)
        try:
            outcome = self._run(sql, datasets, max_rows)
        except BaseException as exc:
            self.transaction.fail()
            self._seen = -1
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
        self.statement = self.journal.begin(self.pid, hidden(sql), self.label, self.transaction.row)
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
            self.transaction.settle()
        return outcome

    def _run(self, sql: str, datasets: Mapping[str, pa.Table], max_rows: int) -> Outcome:
        import duckdb

        try:
            phrase, handler = statements.kind(sql)
            self.statement.kind = phrase
            self.transaction.enter(handler, sql)
            self._refresh(datasets)
            self.max_rows = max_rows
            outcome = self.handle(handler, phrase, sql)
        except duckdb.Error as exc:
            raise self.explained(exc, sql) from exc
        return outcome

    def explained(self, error: duckdb.Error, sql: str) -> RsnbError:
        """The error to raise in place of DuckDB's."""
        if type(error).__name__ == "TransactionException" and "onflict" in str(error):
            self.journal.conflict(self.transaction.row, self.statement)
        return faults.explain(error, hidden(sql), self.relations.names)

    def handle(self, handler: str, phrase: str, sql: str) -> Outcome:
        """Run a statement of a known kind."""
        self.transaction.admit(handler, phrase, sql)
        if handler == "query" and self.transaction.state == "idle" and self.relations.refreshed_automatically:
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
        self._translations.clear()
        chance.forget(self.seed)
        with suppress(Exception):  # a session that broke is closed all the same
            self.transaction.rollback()
            self.catalog.close()
        self.transaction.abandon()
        self.journal.close_session(self.pid)
        self.db.close()

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
