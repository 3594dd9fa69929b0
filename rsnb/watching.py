"""What a statement is doing while it runs: asked beside it, in a thread of its own, shown where the user waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

FIRST, EVERY = 1.5, 1.0  # seconds before the first look, and between two


class Watch:
    """Looks now and then how far a statement is, until it is closed.

    ask: gives a line of text, nothing where it can't be known; it may take long. show: shows it, called by `tick`.
    """

    def __init__(self, ask: Callable[[], str], show: Callable[[str], None]) -> None:
        self._ask = ask
        self._show = show
        self._line = self._shown = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="rsnb-watch", daemon=True)
        self._thread.start()

    def tick(self) -> None:
        """Show what is new; called by whoever waits for the statement."""
        if self._line != self._shown:
            self._shown = self._line
            self._show(self._shown)

    def close(self) -> None:
        """The statement has ended: what was shown is taken away."""
        self._over.set()
        if self._shown:
            self._show("")

    def _look(self) -> None:
        pause = FIRST
        while not self._over.wait(pause):
            self._line = self._ask()
            pause = EVERY
