"""A session over the Data API: statements one after another in one kept database session, cancelled by their id."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rsnb import sql as text
from rsnb.engines import Fetched
from rsnb.engines.data_api import faults, values
from rsnb.engines.data_api.calls import Calls, SessionGone
from rsnb.engines.data_api.place import Place
from rsnb.errors import Cancelled, ConnectionLost, RsnbError, SqlError, UnsupportedSql

if TYPE_CHECKING:
    import pyarrow as pa

CANCEL_AGAIN = 1.0  # seconds after which a statement that still runs is cancelled once more
_BEGINS, _ENDS = ("BEGIN", "START"), ("COMMIT", "END", "ROLLBACK", "ABORT", "TRUNCATE")


class DataApiEngine:
    """Runs statements through the Data API."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._calls = Calls(place)
        self._session: str | None = None
        self._state = "idle"
        self._leaves = False  # whether something of the session, such as a temporary table, would be missed
        self._running: str | None = None
        self._cancelled = threading.Event()
        self._asked_at = 0.0

    def execute(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one statement."""
        words = _words(sql)
        if words[0] in _BEGINS and not self._place.keep_alive:
            raise UnsupportedSql(
                "a transaction over several statements needs a kept session, and keep_alive is 0",
                sql=sql,
                hint="keep_alive = 1800 in the profile, or session.batch() for one transaction in one call",
            )
        ended, notes = self._run(Sql=sql)
        self._follow(words, ended["Status"] == "FINISHED")
        self._raise_for(ended, sql, datasets)
        return self._fetch(ended, words, max_rows, notes)

    def batch(self, statements: Sequence[str], *, datasets: Mapping[str, pa.Table], max_rows: int) -> list[Fetched]:
        """Run statements as one transaction, in one call: all of them, or none."""
        ended, notes = self._run(Sqls=list(statements))
        parts = ended.get("SubStatements") or [ended]
        for part, sql in zip(parts, statements, strict=False):
            if part["Status"] not in ("FINISHED", "ABORTED"):
                self._raise_for(part, sql, datasets)
        self._raise_for(ended, "; ".join(statements), datasets)
        return [self._fetch(part, _words(sql), max_rows, notes) for part, sql in zip(parts, statements, strict=True)]

    def aside(self, sql: str) -> list[str]:
        """The first column of a query's rows, asked in a session of its own."""
        ended = self._calls.wait(self._calls.submit(None, keep=False, Sql=sql)["Id"])
        self._raise_for(ended, sql, {})
        column = self._rows(ended["Id"], 0)[0].column(0)
        return [str(value) for value in column.to_pylist()]

    def _run(self, **statement: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Submit, and wait for the end; a cancel may come at any time."""
        self._cancelled.clear()
        answer, notes = self._submit(**statement)
        self._running, self._asked_at = answer["Id"], 0.0
        try:
            if self._cancelled.is_set():  # the interrupt came before the statement had a name
                self.cancel()
            return self._calls.wait(answer["Id"]), notes
        except ConnectionLost as exc:
            exc.message += f"; the statement {answer['Id']} may still run in the warehouse"
            raise
        finally:
            self._running = None

    def cancel(self) -> None:
        """Stop the statement that is running; asked again only when it runs on."""
        self._cancelled.set()
        running, now = self._running, time.monotonic()
        if running is None or now - self._asked_at < CANCEL_AGAIN:
            return
        self._asked_at = now
        try:
            self._calls.cancel(running)
        except RsnbError:
            return  # it has just ended, or the next try says why not

    def close(self) -> None:
        """End the session: an open transaction is rolled back, and what is left ends with keep_alive."""
        if self._session and self._state != "idle":
            with contextlib.suppress(RsnbError, SessionGone):  # the service then ends both by itself
                self._calls.wait(self._calls.submit(self._session, Sql="rollback")["Id"])
        self._session, self._state = None, "idle"

    @property
    def transaction(self) -> str:
        """`idle`, `open` or `failed`, followed from the statements: the Data API does not tell."""
        return self._state

    def _submit(self, **statement: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Submit a statement; a session that has ended is begun anew when nothing of it is missed."""
        notes: tuple[str, ...] = ()
        try:
            answer = self._calls.submit(self._session, **statement)
        except SessionGone as exc:
            lost, self._session, self._state, self._leaves = self._lost(), None, "idle", False
            if lost:
                raise ConnectionLost(
                    f"the session of {self._place} has ended; {lost}, and this statement was not run",
                    hint="begin again; keep_alive in the profile keeps a session for longer",
                ) from exc
            answer, notes = self._calls.submit(None, **statement), ("a new session: the one before had ended",)
        if self._place.keep_alive:
            self._session = answer.get("SessionId") or self._session
        return answer, notes

    def _lost(self) -> str:
        """What goes with a session that has ended."""
        lost = "its transaction is rolled back" if self._state != "idle" else ""
        return lost or ("its temporary tables and settings are gone" if self._leaves else "")

    def _follow(self, words: list[str], succeeded: bool) -> None:
        """Follow the transaction and what the session holds."""
        if not succeeded:
            self._state = "failed" if self._state != "idle" else "idle"
        elif words[0] in _BEGINS:
            self._state = "open"
        elif words[0] in _ENDS:
            self._state = "idle"
        holds = words[0] in ("SET", "PREPARE", "DECLARE") or "TEMP" in words or "TEMPORARY" in words or "#" in words
        self._leaves = self._leaves or (succeeded and holds)

    def _raise_for(self, ended: Mapping[str, Any], sql: str, datasets: Mapping[str, pa.Table]) -> None:
        if ended["Status"] == "FINISHED":
            return
        reason = str(ended.get("Error") or "")
        if self._cancelled.is_set() and (ended["Status"] == "ABORTED" or "cancel" in reason):
            raise Cancelled("the statement was cancelled; the session is usable")
        if ended["Status"] == "ABORTED":
            raise SqlError(f"the statement was stopped: {reason or 'by somebody else, or by a rule of its queue'}")
        raise faults.statement(reason or "the warehouse gave no reason", sql, datasets)

    def _fetch(self, ended: Mapping[str, Any], words: list[str], max_rows: int, notes: tuple[str, ...]) -> Fetched:
        command = " ".join(words[:2]) if words[0] in ("ALTER", "CREATE", "DROP") else words[0]
        if command in ("DELETE", "INSERT", "UPDATE") and ended.get("ResultRows", -1) >= 0:
            command += f" {ended['ResultRows']}"
        if not ended.get("HasResultSet"):
            return Fetched(command, notes=notes, statement_id=ended["Id"])
        table, columns, cut_off = self._rows(ended["Id"], max_rows)
        shown = [c.name for c in columns if c.as_text]
        notes += (f"as texts, for their types are not of the contract: {', '.join(shown)}",) if shown else ()
        kinds = tuple(str(column.type) for column in columns)
        return Fetched(command, table, cut_off, notes=notes, types=kinds, statement_id=ended["Id"])

    def _rows(self, statement: str, max_rows: int) -> tuple[pa.Table, list[values.Column], bool]:
        """The rows, page after page until there are enough; whether there are more."""
        import pyarrow as pa

        columns: list[values.Column] | None = None
        batches: list[pa.RecordBatch] = []
        for page in self._calls.pages(statement):
            if self._cancelled.is_set():
                raise Cancelled("the statement had ended; fetching its rows was stopped")
            if columns is None:
                columns = [values.Column.of(metadata) for metadata in page["ColumnMetadata"]]
            batches.append(values.batch(columns, page["Records"]))
            if max_rows and sum(batch.num_rows for batch in batches) > max_rows:
                break
        table = pa.Table.from_batches(batches, values.schema(columns or []))
        cut_off = bool(max_rows) and table.num_rows > max_rows
        return table.slice(0, max_rows) if cut_off else table, columns or [], cut_off


def _words(sql: str) -> list[str]:
    """The words before a statement's first name or value, in capitals; a # marks a temporary table."""
    words: list[str] = []
    for token in text.tokens(sql):
        if token.kind == "comment":
            continue
        if token.text == "#":
            return [*words, "#"]
        if token.kind != "word" or len(words) == 4:
            break
        words.append(token.text.upper())
    return words or ["SELECT"]
