"""A second session beside the one that runs statements: it stops them, and looks how far they are."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rsnb.engines.wire.link import Link
from rsnb.errors import RsnbError

Rows = list[tuple[str | None, ...]]


class Side:
    """A session that is opened when it is first needed, and again when it was lost."""

    def __init__(self, open_link: Callable[[], Link]) -> None:
        self._open = open_link
        self._link: Link | None = None
        self._lock = threading.Lock()

    def ask(self, sql: str) -> Rows:
        """The rows of a statement; raises RsnbError when no session can be opened, ServerError when it is refused."""
        with self._lock:
            try:
                return self._ask(sql)
            except RsnbError:
                if self._link is None:  # it could not be opened
                    raise
                self._drop()
                return self._ask(sql)

    @property
    def open(self) -> bool:
        """Whether there is a session already."""
        return self._link is not None

    def close(self) -> None:
        """End it; one that waits for an answer is cut."""
        link = self._link
        if link is not None:
            link.shut() if self._lock.locked() else None
            with self._lock:
                self._drop()

    def _ask(self, sql: str) -> Rows:
        if self._link is None:
            self._link = self._open()
        return self._link.rows(sql)

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None
