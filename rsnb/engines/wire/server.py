"""The server, as one session uses it: whose turn it is, what is run again, how it is stopped, when it reconnects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from rsnb import tags
from rsnb.auth import Address, identify, log_in
from rsnb.engines import Target
from rsnb.engines.wire import faults, opening
from rsnb.engines.wire.link import Link, ServerError, open_link
from rsnb.engines.wire.reconnecting import Reconnection, lost, pause, reads
from rsnb.engines.wire.side import Side
from rsnb.engines.wire.stopping import Stop
from rsnb.errors import ConfigError, ConnectionLost, RsnbError

T = TypeVar("T")
CONFLICTS = 3  # times that a statement is run again because other transactions were in its way
REPEATS = 2  # times that a statement that is safe to repeat is, after the connection was lost
RECONNECTED = "reconnected: temporary tables and settings of the session before are gone"
BUSY = "the connection is in use: by rows of session.stream, or by session.engine"


class Server:
    """A session at a server, and one beside it. link: the connection; side: the other one.

    comment: what is put before each statement, for the server's log. news: what happened to the connection, for the
    next receipt.
    """

    def __init__(self, target: Target) -> None:
        self.address = Address.parse(target.url)
        opening.tls_of(self.address)  # what the URL has wrong is said before anybody is asked for a password
        self.comment = ""
        self.news: tuple[str, ...] = ()
        self.side = Side(self._open)
        self._config = target.config
        self._identity = identify(self.address, target.keys)
        self._turn = threading.Lock()  # of whoever speaks on the connection
        self._switch = threading.Lock()  # between a statement's end and its stop
        self._stop: Stop | None = None
        self._instead: Callable[[], None] | None = None  # what a stop does while nothing runs at the server
        self._running = self._closed = False
        self._reconnection = Reconnection(0)
        self.link = self._reconnection.connect(self._open_tagged)

    @property
    def state(self) -> str:
        """That it reconnects, while it does."""
        return self._reconnection.state

    def tagged(self, sql: str) -> str:
        """A statement with the comment that says who runs it."""
        return f"{self.comment} {sql}" if self.comment else sql

    def close(self) -> None:
        """End both sessions."""
        self._closed = True
        self.side.close()
        self.link.close()

    # Turns and stops

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Speak on the connection; a stop may come from here on, and is seen to its end."""
        self.take_turn()
        self._running = True
        try:
            yield
        finally:
            with self._switch:
                self._running = False
                stop, self._stop = self._stop, None
            if stop is not None:
                stop.finish()
            self.end_turn()

    def take_turn(self) -> None:
        """Have the connection until `end_turn`; ConfigError when somebody has it."""
        if not self._turn.acquire(blocking=False):
            raise ConfigError(BUSY, hint="close what has it first")

    def end_turn(self) -> None:
        """Let others have the connection."""
        self._turn.release()

    def cancel(self) -> None:
        """Have the server stop the statement that is running; it may be called again and again."""
        with self._switch:
            if not self._running:
                return
            if self._instead is not None:
                self._instead()
            elif self._stop is None:
                self._stop = self._new_stop()

    @contextmanager
    def stopped_by(self, stop: Callable[[], None]) -> Iterator[None]:
        """What is done here, a stop ends by this and not at the server."""
        self._instead = stop
        try:
            yield
        finally:
            with self._switch:
                self._instead = None

    def stop_rows(self) -> None:
        """Have the server stop sending rows that are not wanted."""
        self._new_stop().finish()

    def _new_stop(self) -> Stop:
        return Stop(self.link, self.side, self._config.number("stop_deadline"))

    # Running again

    def repeat(self, sql: str, work: Callable[[Link], T]) -> T:
        """Do a statement's work, again after a lost connection or a conflict where that is safe."""
        conflicts = losses = 0
        while True:
            link = self._current()
            before, link.sent = link.state, False
            try:
                return work(link)
            except ServerError as exc:
                error = self.explained(exc, sql)
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

    def explained(self, exc: ServerError, sql: str) -> RsnbError:
        """The error of what the server said to a statement; what came of a stop, where there was one."""
        if self._stop is not None and faults.code(exc.parts) in faults.STOPPED:
            return self._stop.outcome()
        return faults.explain(exc.parts, sql, len(self.tagged(sql)) - len(sql))

    def ended_by(self, exc: ConnectionLost) -> RsnbError:
        """The error of a connection that was lost, perhaps by a stop."""
        return self._stop.outcome() if self._stop is not None else exc

    def _must_be_safe(self, sql: str, before: str, exc: ConnectionLost, losses: int) -> None:
        """Return when the statement may be run again; else raise what is known of it."""
        if self._stop is not None:
            raise self._stop.outcome() from exc
        if before != "idle" or (self.link.sent and not reads(sql)):
            raise lost(sql, before, exc) from exc
        if losses > REPEATS or self._closed:
            raise exc

    # Connections

    def _current(self) -> Link:
        """The connection; a new one where the last was lost."""
        if self._closed:
            raise ConnectionLost(f"the connection to {self.address} is closed")
        if self.link.lost:
            self.link.close()
            self._reconnection = Reconnection(self._config.number("reconnect"))
            with self.stopped_by(self._reconnection.stop):
                self.link = self._reconnection.connect(self._open_tagged)
            self.news = (RECONNECTED,)
        return self.link

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
