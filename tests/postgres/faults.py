"""What can go wrong on the way, at a chosen point of a chosen statement."""

from __future__ import annotations

from dataclasses import dataclass

from tests.postgres.messages import Message

MARKER = b"/* fault */"  # the statement that has this text is the one that it happens to

POINTS = (
    "connect",  # as soon as the client is there
    "startup",  # once it said who it is
    "statement",  # before the server sees the statement
    "description",  # in the middle of the row description
    "between rows",
    "within a row",
    "after the last row",  # before the command is said to be complete
    "completed",  # before the server is ready again
    "error",  # before an error
)


class Cut(Exception):
    """The connection is to be cut here."""


@dataclass
class Fault:
    """At a point, cut the connection, or hold back what the server says: for a while, or (None) until it is cut.

    row: which one, from 1. times: how often it happens.
    """

    point: str
    cut: bool = True
    seconds: float | None = None
    row: int = 3
    times: int = 1

    def __post_init__(self) -> None:
        assert self.point in POINTS

    def take(self) -> bool:
        """Whether it happens once more."""
        self.times -= 1
        return self.times >= 0


class Watch:
    """Follows what the server says to a marked statement, up to the point of the fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._rows = 0

    def before(self, message: Message) -> int | None:
        """How many bytes of this message still pass before the fault; None when it is not here."""
        point = self.fault.point
        if message.tag == b"D":
            self._rows += 1
        here = {
            "description": message.tag == b"T",
            "between rows": message.tag == b"D" and self._rows == self.fault.row + 1,
            "within a row": message.tag == b"D" and self._rows == self.fault.row,
            "after the last row": message.tag == b"C",
            "completed": message.tag == b"Z" and self._rows > 0,
            "error": message.tag == b"E",
        }.get(point, False)
        if not here:
            return None
        return len(message.encode()) // 2 if point in ("description", "within a row") else 0
