"""After a connection was lost: whether the statement may be run again, how long to try, and what is known."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable

from rsnb import sql
from rsnb.engines.wire.link import Link
from rsnb.engines.wire.statement import first_word
from rsnb.errors import Cancelled, ConnectionLost

READS = {"explain", "select", "show", "table", "values", "with"}
FIRST, MOST = 0.2, 15.0  # seconds between attempts


def reads(text: str) -> bool:
    """Whether a statement only reads, so that running it twice is running it once.

    `select … into t` writes. A function of the user's that writes can't be seen; Redshift's functions can't.
    """
    words = [token.text.lower() for token in sql.tokens(text) if token.kind not in ("comment", "string")]
    first = next((word for word in words if word != "("), "")
    return first in READS and "into" not in words and words[:2] != ["explain", "analyze"]


def pause(attempt: int) -> float:
    """Seconds to wait before an attempt: none before the first, then longer and longer, never all clients at once."""
    if attempt <= 0:
        return 0.0
    return min(FIRST * 2.0 ** (attempt - 1), MOST) * random.uniform(0.8, 1.2)  # noqa: S311  not a secret


class Reconnection:
    """Tries to connect until it succeeds or the time is over. state: what it does, for whoever looks."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.state = ""
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Give up, from another thread."""
        self._stopped.set()

    def connect(self, open_link: Callable[[], Link]) -> Link:
        """A new connection; ConnectionLost with the last attempt's reason, Cancelled when it was stopped."""
        end = time.monotonic() + self._seconds
        for attempt in itertools.count():
            wait = pause(attempt)
            self.state = f"reconnecting: attempt {attempt + 1}" + (f" in {wait:.0f} s" if wait >= 1 else "")
            if self._stopped.wait(wait):
                break
            try:
                link = open_link()
            except ConnectionLost as exc:
                if not self._seconds:
                    raise
                if time.monotonic() + pause(attempt + 1) >= end:
                    exc.message += f" (tried {attempt + 1} times in {self._seconds:g} s)"
                    raise
            else:
                self.state = ""
                return link
        raise Cancelled("stopped while reconnecting; the next statement tries again")


def lost(text: str, state: str, exc: ConnectionLost) -> ConnectionLost:
    """The error of a statement that may have taken effect, or of a transaction that is gone; it says what is known."""
    first = first_word(text)
    if state == "idle" or first in ("commit", "end"):
        return ConnectionLost(
            f"{exc.message}, after `{first}` was sent: whether it took effect is not known",
            hint="look at the data before you run it again; the next statement reconnects",
        )
    return ConnectionLost(
        f"{exc.message}, in a transaction: the server rolls it back",
        hint="begin it again: the next statement reconnects; temporary tables and settings of the session are gone",
    )
