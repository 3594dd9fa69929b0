"""A Redshift cluster or workgroup as an engine, over the wire: `redshift://user@host:5439/database`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from rsnb import tags
from rsnb.auth import Address, identify, log_in
from rsnb.engines import Fetched, Target
from rsnb.engines.wire import faults, memory, opening
from rsnb.engines.wire.alchemy import Borrowed, create_engine
from rsnb.engines.wire.link import Link, ServerError, open_link
from rsnb.engines.wire.progress import Views
from rsnb.engines.wire.reconnecting import Reconnection, lost, pause, reads
from rsnb.engines.wire.side import Side
from rsnb.engines.wire.statement import Limits, Rows, fetch
from rsnb.engines.wire.stopping import Stop
from rsnb.errors import ConfigError, ConnectionLost, RsnbError, SqlError

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy

T = TypeVar("T")
CONFLICTS = 3  # times that a statement is run again because other transactions were in its way
REPEATS = 2  # times that a statement that is safe to repeat is, after the connection was lost
RECONNECTED = "reconnected: temporary tables and settings of the session before are gone"
BUSY = "the connection is in use: by rows of session.stream, or by session.engine"


class WireEngine:
    """A session at a server. comment: what is put before each statement, for the server's log."""

    def __init__(self, target: Target) -> None:
        self.address = Address.parse(target.url)
        opening.tls_of(self.address)  # what the URL has wrong is said before anybody is asked for a password
        self.comment = ""
        self._config = target.config
        self._identity = identify(self.address, target.keys)
        self._side = Side(self._open)
        self._views = Views(self._side)
        self._turn = threading.Lock()  # of whoever speaks on the connection
        self._switch = threading.Lock()  # between a statement's end and its stop
        self._stop: Stop | None = None
        self._running = self._closed = False
        self._reconnection = Reconnection(0)
        self._notes: tuple[str, ...] = ()
        self._link = self._reconnection.connect(self._open_tagged)

    def execute(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one statement, once more where it is safe and may help."""
        guard = memory.Guard(self._config.number("memory_warn"), self._config.number("memory_limit"), memory.free())
        limits = Limits(max_rows, guard, self._stop_rows)
        start = time.monotonic()
        try:
            with self._having_turn():
                found = self._repeat(sql, lambda link: fetch(link, self._tagged(sql), limits))
        except SqlError as exc:
            _name_dataset(exc, datasets)
            raise
        self._complete(found, time.monotonic() - start)
        return found

    def stream(self, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Run one statement; its columns, and its rows as they come. Closing the iterator stops it."""
        batches = self._batches(sql)
        return next(batches), batches

    def cancel(self) -> None:
        """Have the server stop the statement that is running; it may be called again and again."""
        with self._switch:
            if not self._running:
                return
            if self._reconnection.state:
                self._reconnection.stop()
            elif self._stop is None:
                self._stop = Stop(self._link, self._side, self._config.number("stop_deadline"))

    def aside(self, sql: str) -> list[str]:
        """The first column of a query's rows, asked in the session beside this one."""
        try:
            return [str(row[0]) for row in self._side.ask(sql)]
        except ServerError as exc:
            raise faults.explain(exc.parts, sql) from exc

    def alchemy(self) -> sqlalchemy.Engine:
        """A SQLAlchemy engine over this session; while it has the connection, nothing else runs on it."""
        return self._alchemy

    def close(self) -> None:
        """End the session and the one beside it."""
        self._closed = True
        self._side.close()
        self._link.close()

    @property
    def transaction(self) -> str:
        """`idle`, `open` or `failed`; after the connection was lost there is none."""
        return "idle" if self._link.lost else self._link.state

    def progress(self) -> str:
        """What the statement that runs is doing now."""
        return self._reconnection.state or self._views.line(self._link.pid)

    def _complete(self, found: Fetched, seconds: float) -> None:
        """Add what the server's log says of a statement, where it took long enough to be worth the question."""
        found.notes, self._notes = (*self._notes, *found.notes), ()
        if seconds < self._config.number("receipt_after"):
            return
        found.served = self._views.served(self._link.pid, seconds)
        if found.served is None:
            return
        found.query_id = int(found.served.query_id)
        if lake := self._views.lake(found.query_id):
            found.s3_files, found.s3_bytes = lake

    # A statement's turn

    @contextmanager
    def _having_turn(self) -> Iterator[None]:
        """Speak on the connection; a stop may come from here on, and is seen to its end."""
        self._take_turn()
        self._running = True
        try:
            yield
        finally:
            with self._switch:
                self._running = False
                stop, self._stop = self._stop, None
            if stop is not None:
                stop.finish()
            self._turn.release()

    def _take_turn(self) -> None:
        if not self._turn.acquire(blocking=False):
            raise ConfigError(BUSY, hint="close what has it first")

    def _repeat(self, sql: str, work: Callable[[Link], T]) -> T:
        """Do a statement's work, again after a lost connection or a conflict where that is safe."""
        conflicts = losses = 0
        while True:
            link = self._current()
            before, link.sent = link.state, False
            try:
                return work(link)
            except ServerError as exc:
                error = self._explained(exc, sql)
                if isinstance(error, ConnectionLost):
                    losses += 1
                    link.lost = True
                    self._must_be_safe(sql, before, error, losses)
                elif faults.conflict(exc.parts) and before == "idle" and conflicts < CONFLICTS:
                    conflicts += 1
                    time.sleep(pause(conflicts))
                else:
                    raise error from exc
            except ConnectionLost as exc:
                losses += 1
                self._must_be_safe(sql, before, exc, losses)

    def _batches(self, sql: str) -> Iterator[Any]:
        """First the columns, then the rows."""
        with self._having_turn():
            rows = self._repeat(sql, lambda link: Rows(link, self._tagged(sql)))
            try:
                yield rows.schema
                yield from rows
            except ServerError as exc:
                raise self._explained(exc, sql) from exc
            except ConnectionLost as exc:
                raise (self._stop.outcome() if self._stop else exc) from exc
            finally:
                rows.leave(self._stop_rows)

    def _current(self) -> Link:
        """The connection; a new one where the last was lost."""
        if self._closed:
            raise ConnectionLost(f"the connection to {self.address} is closed")
        if self._link.lost:
            self._link.close()
            self._reconnection = Reconnection(self._config.number("reconnect"))
            self._link = self._reconnection.connect(self._open_tagged)
            self._notes = (RECONNECTED,)
        return self._link

    def _must_be_safe(self, sql: str, before: str, exc: ConnectionLost, losses: int) -> None:
        """Return when the statement may be run again; else raise what is known of it."""
        if self._stop is not None:
            raise self._stop.outcome() from exc
        if before != "idle" or (self._link.sent and not reads(sql)):
            raise lost(sql, before, exc) from exc
        if losses > REPEATS or self._closed:
            raise exc

    def _explained(self, exc: ServerError, sql: str) -> RsnbError:
        if self._stop is not None and faults.code(exc.parts) in faults.STOPPED:
            return self._stop.outcome()
        return faults.explain(exc.parts, sql, len(self._tagged(sql)) - len(sql))

    def _stop_rows(self) -> None:
        """Have the server stop sending rows that are not wanted."""
        Stop(self._link, self._side, self._config.number("stop_deadline")).finish()

    # Connections

    def _open(self) -> Link:
        seconds = self._config.number("connect_timeout")
        return log_in(self._identity, lambda credentials: open_link(self.address, credentials, seconds))

    def _open_tagged(self) -> Link:
        """A connection whose statements the server counts to the notebook's query group, where it has such."""
        link = self._open()
        if self._config.text("tag") == "both":
            with suppress(ServerError):
                link.rows(tags.here().group)
        return link

    def _tagged(self, sql: str) -> str:
        return f"{self.comment} {sql}" if self.comment else sql

    @cached_property
    def _alchemy(self) -> sqlalchemy.Engine:
        return create_engine(self._borrow)

    def _borrow(self) -> Borrowed:
        if self.transaction != "idle":
            raise ConfigError("the session is in a transaction", hint="commit or roll back before session.engine")
        self._take_turn()
        try:
            self._repeat("select 1", lambda link: link.rows("select 1"))  # that it is not lost
        except BaseException:
            self._turn.release()
            raise
        return Borrowed(self._link, self._turn.release)


def _name_dataset(exc: SqlError, datasets: Mapping[str, pa.Table]) -> None:
    """Where a table that is not there is a result of the notebook, say so."""
    for name in datasets:
        if f'"{name}" does not exist' in exc.message:
            exc.hint = f"{name} is a result in this notebook, not a table of the cluster: write it there with to_sql"


def connect(target: Target) -> WireEngine:
    """Open `redshift://user@host:5439/database?tls=verify-full`."""
    return WireEngine(target)
