"""PostgreSQL's messages, cut out of a stream of bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple


class Message(NamedTuple):
    """A message: its tag, its body without the length."""

    tag: bytes
    body: bytes

    def encode(self) -> bytes:
        """As it goes over the wire."""
        return self.tag + struct.pack("!i", len(self.body) + 4) + self.body


class Splitter:
    """Collects bytes as they come and gives the messages that are whole."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that end in these bytes."""
        self._rest += data
        at = 0
        while len(self._rest) - at >= 5:
            (length,) = struct.unpack_from("!i", self._rest, at + 1)
            if len(self._rest) - at < length + 1:
                break
            yield Message(bytes(self._rest[at : at + 1]), bytes(self._rest[at + 5 : at + length + 1]))
            at += length + 1
        del self._rest[:at]


def texts(body: bytes) -> list[bytes]:
    """The NUL-ended texts of a body."""
    return body.split(b"\0")
