"""Stopping the statement that runs: asked for from the side, confirmed by the server, else enforced step by step."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress

from rsnb.engines.wire import opening
from rsnb.engines.wire.link import Link, ServerError
from rsnb.engines.wire.side import Side
from rsnb.errors import Cancelled, RsnbError

AGAIN = 0.5  # seconds between two requests
GRACE = 3.0  # seconds that the server has to end a session that it was told to end


class Stop:
    """One statement's stop, in a thread of its own. step: how far it had to go.

    seconds: how long the server may take to confirm before the session is ended.
    """

    def __init__(self, link: Link, side: Side, seconds: float) -> None:
        self.step = ""
        self._link = link
        self._side = side
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rsnb-stop", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """The statement has ended: nothing more is sent, and what was sent is answered."""
        self._ended.set()
        self._thread.join()

    def outcome(self) -> Cancelled:
        """What came of it, where the statement did end by it."""
        link = self._link
        if self.step == "terminated":
            return Cancelled(
                f"the server did not stop the statement within {self._seconds:g} s, and ended the session {link.pid}; "
                "an open transaction is rolled back, temporary tables are gone",
                hint="the next statement opens a new session",
            )
        if self.step == "cut":
            return Cancelled(
                f"the server did not answer for {self._seconds + GRACE:g} s: the connection was cut, and the statement "
                "may still run there",
                hint=f"the next statement opens a new session; `select pg_terminate_backend({link.pid})` ends this one",
            )
        return Cancelled("the statement was cancelled; the session is usable")

    def _run(self) -> None:
        end = time.monotonic() + self._seconds
        while not self._ended.is_set() and time.monotonic() < end:
            self._cancel()  # again and again: the statement may not have begun
            if self._ended.wait(min(AGAIN, max(end - time.monotonic(), 0))):
                return
        if self._ended.is_set():
            return
        self.step = "terminated"
        with suppress(RsnbError, ServerError):
            self._side.ask(f"select pg_terminate_backend({self._link.pid})")
        if self._ended.wait(GRACE):
            return
        self.step = "cut"
        self._link.shut()

    def _cancel(self) -> None:
        """By the side session; where there is none to be had, by a request of the protocol."""
        self.step = "cancelled"
        try:
            self._side.ask(f"select pg_cancel_backend({self._link.pid})")
        except (RsnbError, ServerError):
            with suppress(OSError):
                request(self._link)


def request(link: Link) -> None:
    """Ask the server on a connection of its own, without signing in, to stop what this one runs."""
    key = link.driver._backend_key_data
    if not key:
        return
    bare = socket.create_connection((link.address.host, link.address.port), timeout=5)
    with bare if opening.tls_of(link.address) == "off" else opening.encrypted(bare) as channel:
        channel.sendall(struct.pack("!ii", 16, 80877102) + key)
        with suppress(OSError):
            channel.recv(1)  # the server hangs up when it has done so
