"""What ends the statement that a session is running: a cancel, a time limit, the end of the session."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from rsnb.errors import Cancelled, RsnbError

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection
    from rsnb.warehouse.records import Statement

_PATIENCE = 0.005  # seconds between two interrupts: the first can come before the engine has begun


class Stopping:
    """Ends a session's running statement, from other threads."""

    def __init__(self, session: Connection) -> None:
        self._session = session
        self._error: RsnbError | None = None
        self._timer: threading.Timer | None = None
        self.running: Statement | None = None

    def begin(self, statement: Statement, milliseconds: int) -> None:
        """A statement starts; it may take so long, 0 is without limit."""
        self._error = None
        self.running = statement
        if milliseconds:
            why = Cancelled(
                f"the statement was stopped after statement_timeout, {milliseconds:,} ms",
                hint="`set statement_timeout to 0` lets it run",
            )
            self._timer = threading.Timer(milliseconds / 1000, self.stop, [statement, why])
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """The statement has ended."""
        self.running = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def stop(self, statement: Statement, error: RsnbError) -> None:
        """Let a statement end with an error, and wait until it has ended; nothing happens when it already has."""
        while self.running is statement:
            self._error = error
            self._session.db.interrupt()
            time.sleep(_PATIENCE)

    def interrupt(self) -> None:
        """Ask the statement that is running to end; the one who asks asks again until it has."""
        if self.running is not None:
            self._error = Cancelled("the statement was cancelled; the session is usable")
        self._session.db.interrupt()

    def check(self) -> None:
        """Raise when the statement is to end."""
        if self._error is not None:
            raise self._error

    def reason(self, error: BaseException) -> BaseException:
        """Why a statement ended, where the engine only says that it was interrupted."""
        return self._error if self._error is not None and isinstance(error, Cancelled) else error
