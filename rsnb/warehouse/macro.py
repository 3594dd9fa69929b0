"""What a DuckDB macro of the warehouse's own is."""

from __future__ import annotations

from typing import NamedTuple

SCHEMA = "rsnb_system"  # hidden from the user and from the system views


class Macro(NamedTuple):
    """A macro's arguments and body; returns is its Redshift type, empty for that of its argument."""

    arguments: str
    returns: str
    body: str
