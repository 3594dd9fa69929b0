"""A line below a running cell that changes in place: in a notebook, and in a terminal."""

from __future__ import annotations

import sys
import uuid
from typing import Any


class LiveLine:
    """Shows a text where the last one stood; an empty text takes it away.

    shell: IPython's, whose kernel, where it has one, updates what a cell shows.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._display = ""

    def __call__(self, text: str) -> None:
        """Show a text."""
        if getattr(self._shell, "kernel", None) is None:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            return
        known, self._display = bool(self._display), self._display or uuid.uuid4().hex
        if text or known:
            self._shell.display_pub.publish({"text/plain": text}, transient={"display_id": self._display}, update=known)
