"""The credentials that this process keeps."""

from __future__ import annotations

from rsnb.auth import kept


def forget() -> None:
    """Drop them all, so that the next session asks for its own."""
    kept._kept.clear()
