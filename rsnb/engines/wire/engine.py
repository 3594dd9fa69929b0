"""A Redshift cluster or workgroup as an engine, over the wire: `redshift://user@host:5439/database`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rsnb.engines import Fetched, Target
from rsnb.engines.wire import faults, memory
from rsnb.engines.wire.alchemy import Borrowed, create_engine
from rsnb.engines.wire.columns import plan
from rsnb.engines.wire.link import Link, ServerError
from rsnb.engines.wire.progress import Views
from rsnb.engines.wire.reconnecting import reads
from rsnb.engines.wire.server import Server
from rsnb.engines.wire.statement import Limits, Rows, cut, fetch, first_word
from rsnb.engines.wire.unloading import Reading, Unloading, estimate, refusal
from rsnb.errors import ConfigError, ConnectionLost, SqlError, UnsupportedSql
from rsnb.lake import Lake

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy


class WireEngine:
    """A session at a server."""

    def __init__(self, target: Target) -> None:
        self._config = target.config
        self._server = Server(target)
        self._views = Views(self._server.side)
        self._unloading = Unloading.of(
            self._server.address, target.keys, Lake(target.lake), target.config.text("unload_to")
        )

    def execute(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one statement, once more where it is safe and may help; a large result by way of S3, if so set."""
        with self._server.turn():
            if self._is_large(sql):
                return self._run(sql, datasets, lambda link: self._unloaded(link, sql, max_rows, must=False))
            return self._run(sql, datasets, lambda link: self._fetched(link, sql, max_rows))

    def unload(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one query by way of S3; what returns no rows is run as it is."""
        with self._server.turn():
            return self._run(sql, datasets, lambda link: self._unloaded(link, sql, max_rows, must=True))

    def stream(self, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Run one statement; its columns, and its rows as they come. Closing the iterator stops it."""
        batches = self._batches(sql)
        return next(batches), batches

    def cancel(self) -> None:
        """Have the server stop the statement that is running; it may be called again and again."""
        self._server.cancel()

    def aside(self, sql: str) -> list[str]:
        """The first column of a query's rows, asked in the session beside this one."""
        try:
            return [str(row[0]) for row in self._server.side.ask(sql)]
        except ServerError as exc:
            raise faults.explain(exc.parts, sql) from exc

    def progress(self) -> str:
        """What the statement that runs is doing now."""
        return self._server.state or self._views.line(self._server.link.pid)

    def alchemy(self) -> sqlalchemy.Engine:
        """A SQLAlchemy engine over this session; while it has the connection, nothing else runs on it."""
        return self._alchemy

    def close(self) -> None:
        """End the session and the one beside it."""
        self._server.close()

    @property
    def comment(self) -> str:
        """What is put before each statement, for the server's log."""
        return self._server.comment

    @comment.setter
    def comment(self, text: str) -> None:
        self._server.comment = text

    @property
    def transaction(self) -> str:
        """`idle`, `open` or `failed`; after the connection was lost there is none."""
        return "idle" if self._server.link.lost else self._server.link.state

    # One statement

    def _run(self, sql: str, datasets: Mapping[str, pa.Table], work: Callable[[Link], Fetched]) -> Fetched:
        """Do a statement's work, and complete what it found."""
        start = time.monotonic()
        try:
            found = self._server.repeat(sql, work)
        except SqlError as exc:
            _name_dataset(exc, datasets)
            raise
        found.notes, self._server.news = (*self._server.news, *found.notes), ()
        if time.monotonic() - start >= self._config.number("receipt_after"):
            self._complete(found, time.monotonic() - start)
        return found

    def _complete(self, found: Fetched, seconds: float) -> None:
        """Add what the server's log says of a statement."""
        found.served = self._views.served(self._server.link.pid, seconds)
        if found.served is None:
            return
        found.query_id = int(found.served.query_id)
        if lake := self._views.lake(found.query_id):
            found.s3_files, found.s3_bytes = lake

    def _fetched(self, link: Link, sql: str, max_rows: int) -> Fetched:
        return fetch(link, self._server.tagged(sql), self._limits(max_rows))

    def _limits(self, max_rows: int) -> Limits:
        guard = memory.Guard(self._config.number("memory_warn"), self._config.number("memory_limit"))
        return Limits(max_rows, guard, self._server.stop_rows)

    def _batches(self, sql: str) -> Iterator[Any]:
        """First the columns, then the rows."""
        with self._server.turn():
            rows = self._server.repeat(sql, lambda link: Rows(link, self._server.tagged(sql)))
            try:
                yield rows.schema
                yield from rows
            except ServerError as exc:
                raise self._server.explained(exc, sql) from exc
            except ConnectionLost as exc:
                raise self._server.ended_by(exc) from exc
            finally:
                rows.leave(self._server.stop_rows)

    # By way of S3

    def _is_large(self, sql: str) -> bool:
        """Whether a query's plan estimates more than the setting allows over the wire."""
        limit = self._config.number("unload_above") * 1_000_000
        if not limit or first_word(sql) not in ("select", "with") or not reads(sql):
            return False
        with suppress(SqlError):  # the statement itself says what is wrong
            plan = self._server.repeat(sql, lambda link: link.rows(f"explain {sql}"))
            return estimate(str(plan[0][0])) > limit
        return False

    def _unloaded(self, link: Link, sql: str, max_rows: int, *, must: bool) -> Fetched:
        """A query's rows by way of S3. must: raise what is in the way, in place of taking the wire."""
        planned = plan(link.describe(sql), link.protocol)
        if not planned or (isinstance(planned, str) and not must):
            return self._fetched(link, sql, max_rows)
        if isinstance(planned, str):
            raise UnsupportedSql(f"it can't be unloaded: {planned}", sql=sql, hint="run it without --unload")
        if why := refusal(planned, sql):
            if must:
                raise why
            return self._fetched(link, sql, max_rows)
        self._unloading.check()
        limits = self._limits(max_rows)
        with self._unloading.folder() as folder:
            fetch(link, self._server.tagged(self._unloading.statement(sql, folder)), limits)
            reading = Reading(folder, planned)
            with self._server.stopped_by(reading.stop):
                table = reading.table(max_rows, limits.guard)
        found = Fetched("SELECT", table, notes=tuple(filter(None, [limits.guard.note, f"by way of {folder.address}"])))
        found.types = tuple(column.type for column in planned)
        return cut(found, max_rows)

    # Other tools

    @cached_property
    def _alchemy(self) -> sqlalchemy.Engine:
        return create_engine(self._borrow)

    def _borrow(self) -> Borrowed:
        if self.transaction != "idle":
            raise ConfigError("the session is in a transaction", hint="commit or roll back before session.engine")
        self._server.take_turn()
        try:
            self._server.repeat("select 1", lambda link: link.rows("select 1"))  # that it is not lost
        except BaseException:
            self._server.end_turn()
            raise
        return Borrowed(self._server.link, self._server.end_turn)


def _name_dataset(exc: SqlError, datasets: Mapping[str, pa.Table]) -> None:
    """Where a table that is not there is a result of the notebook, say so."""
    for name in datasets:
        if f'"{name}" does not exist' in exc.message:
            exc.hint = f"{name} is a result in this notebook, not a table of the cluster: write it there with to_sql"


def connect(target: Target) -> WireEngine:
    """Open `redshift://user@host:5439/database?tls=verify-full`."""
    return WireEngine(target)
