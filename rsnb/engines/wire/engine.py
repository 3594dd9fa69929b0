"""A Redshift cluster or workgroup as an engine, over the wire: `redshift://user@host:5439/database`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from rsnb.auth import Address, identify, log_in
from rsnb.engines import Fetched, Target
from rsnb.engines.wire import faults, opening, statement
from rsnb.engines.wire.link import Link, ServerError, open_link
from rsnb.engines.wire.memory import Guard
from rsnb.engines.wire.reconnecting import Reconnection, lost, reads, waits
from rsnb.engines.wire.side import Side
from rsnb.engines.wire.stopping import Stop
from rsnb.errors import ConfigError, ConnectionLost, RsnbError, SqlError

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
CONFLICTS = 3  # times that a statement is run again because other transactions were in its way
REPEATS = 2  # times that a statement that is safe to repeat is, after the connection was lost
RECONNECTED = "reconnected: temporary tables and settings of the session before are gone"


class WireEngine:
    """A session at a server."""

    def __init__(self, target: Target) -> None:
        self.address = Address.parse(target.url)
        opening.tls_of(self.address)  # what the URL has wrong is said before anybody is asked for a password
        self._config = target.config
        self._identity = identify(self.address, target.keys)
        self._side = Side(self._open)
        self._turn = threading.Lock()  # of whoever speaks on the connection
        self._switch = threading.Lock()  # between a statement's end and its stop
        self._stop: Stop | None = None
        self._running = self._closed = False
        self._reconnection = Reconnection(0)
        self._notes: tuple[str, ...] = ()
        self._link = self._reconnection.connect(self._open)

    def execute(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one statement, once more where it is safe and may help."""
        guard = Guard(self._config.number("memory_warn"), self._config.number("memory_limit"))
        try:
            found = self._survive(sql, lambda link: statement.fetch(link, sql, max_rows, guard, self._stop_rows))
        except SqlError as exc:
            _name_dataset(exc, datasets)
            raise
        found.notes, self._notes = (*self._notes, *found.notes), ()
        return found

    def cancel(self) -> None:
        """Have the server stop the statement that is running; it may be called again and again."""
        with self._switch:
            if not self._running:
                return
            if self._reconnection.state:
                self._reconnection.stop()
            elif self._stop is None:
                self._stop = Stop(self._link, self._side, self._config.number("stop_deadline"))

    def close(self) -> None:
        """End the session and the one beside it."""
        self._closed = True
        self._side.close()
        self._link.close()

    def aside(self, sql: str) -> list[str]:
        """The first column of a query's rows, asked in the session beside this one."""
        try:
            return [str(row[0]) for row in self._side.ask(sql)]
        except ServerError as exc:
            raise faults.explain(exc.parts, sql) from exc

    @property
    def transaction(self) -> str:
        """`idle`, `open` or `failed`; after the connection was lost there is none."""
        return "idle" if self._link.lost else self._link.state

    # One statement

    def _survive(self, sql: str, work: Callable[[Link], T]) -> T:
        """Do a statement's work, again after a lost connection or a conflict where that is safe."""
        if not self._turn.acquire(blocking=False):
            raise ConfigError("the connection is in use by session.engine", hint="close the connection that you took")
        self._running = True
        try:
            conflicts = losses = 0
            while True:
                link = self._current()
                before, link.sent = link.state, False
                try:
                    return work(link)
                except ServerError as exc:
                    error = self._explained(exc, sql)
                    conflicts += 1
                    if isinstance(error, ConnectionLost):
                        losses += 1
                        link.lost = True
                        self._must_be_safe(sql, before, error, losses)
                    elif not (faults.conflict(exc.parts) and before == "idle" and conflicts <= CONFLICTS):
                        raise error from exc
                    else:
                        time.sleep(next(w for i, w in enumerate(waits()) if i == conflicts))
                except ConnectionLost as exc:
                    losses += 1
                    self._must_be_safe(sql, before, exc, losses)
        finally:
            self._ended()
            self._turn.release()

    def _current(self) -> Link:
        """The connection; a new one where the last was lost."""
        if self._closed:
            raise ConnectionLost(f"the connection to {self.address} is closed")
        if self._link.lost:
            self._link.close()
            self._reconnection = Reconnection(self._config.number("reconnect"))
            self._link = self._reconnection.connect(self._open)
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
        return faults.explain(exc.parts, sql)

    def _ended(self) -> None:
        """From here on a stop is too late; one that is under way is seen to its end."""
        with self._switch:
            self._running = False
            stop, self._stop = self._stop, None
        if stop is not None:
            stop.finish()

    def _stop_rows(self) -> None:
        """Have the server stop sending rows that are not wanted."""
        Stop(self._link, self._side, self._config.number("stop_deadline")).finish()

    def _open(self) -> Link:
        seconds = self._config.number("connect_timeout")
        return log_in(self._identity, lambda credentials: open_link(self.address, credentials, seconds))


def _name_dataset(exc: SqlError, datasets: Mapping[str, pa.Table]) -> None:
    """Where a table that is not there is a result of the notebook, say so."""
    for name in datasets:
        if f'"{name}" does not exist' in exc.message:
            exc.hint = f"{name} is a result in this notebook, not a table of the cluster: write it there with to_sql"


def connect(target: Target) -> WireEngine:
    """Open `redshift://user@host:5439/database?tls=verify-full`."""
    return WireEngine(target)
