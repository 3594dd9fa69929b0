"""What the server sends, taken off the driver's own socket: message by message, and rows a block at a time."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Any

import numpy as np

from rsnb.engines.wire import framing
from rsnb.engines.wire.cells import SPARE
from rsnb.errors import ConnectionLost

SMALL, LARGE = 1 << 16, 1 << 23  # bytes of a block, at first and at most; a longer message is read whole
_LENGTH = struct.Struct("!i").unpack_from
_READY = b"Z\0\0\0\5"


class Inbox:
    """A block of bytes in front of a socket. source: the driver's buffered file, whose buffer is emptied first."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.block = np.zeros(SMALL + SPARE, np.uint8)
        self._start = self._end = 0

    def message(self) -> tuple[bytes, bytes]:
        """The next message: its tag and its body."""
        size = self._whole()
        start, self._start = self._start, self._start + size
        whole = self.block[start : start + size].tobytes()
        return whole[:1], whole[5:]

    def peek(self) -> bytes:
        """The next message's tag."""
        self._need(5)
        return self.block[self._start : self._start + 1].tobytes()

    def rows(self, columns: int) -> framing.Places:
        """Where rows start in `block`, as many as it holds of those that come next; good until the next call."""
        self._fill_up()
        self._whole()
        starts, self._start = framing.rows(self.block, self._start, self._end, columns)
        return starts

    def _whole(self) -> int:
        """Have the next message whole; its size."""
        self._need(5)
        size = int(_LENGTH(self.block.data, self._start + 1)[0]) + 1
        if size < 5:
            raise ConnectionLost("the server sent what is no message of its protocol")
        self._need(size)
        return size

    def _need(self, size: int) -> None:
        while self._end - self._start < size:
            self._receive(size)

    def _fill_up(self) -> None:
        """Receive until the block is full, or the answer is at its end.

        Where the server hung up, what it said before is still there.
        """
        with suppress(ConnectionLost):
            while not self._ends_ready() and self._end - self._start < LARGE:
                self._receive(min(LARGE, 2 * (self._end - self._start)))

    def _ends_ready(self) -> bool:
        """Whether the last bytes look like the end of an answer; a value may do so too, which costs a smaller block."""
        last = max(self._start, self._end - 6)
        return self.block[last : self._end - 1].tobytes() == _READY

    def _receive(self, size: int) -> None:
        """Take more bytes in, with room for a message of this size."""
        self._make_room(size)
        got = self._source.readinto1(self.block.data[self._end : len(self.block) - SPARE])
        if not got:
            raise ConnectionLost("the server hung up")
        self._end += got

    def _make_room(self, size: int) -> None:
        held = self._end - self._start
        if self._start and (not held or self._start + size > len(self.block) - SPARE):
            self.block[:held] = self.block[self._start : self._end].copy()
            self._start, self._end = 0, held
        if size > len(self.block) - SPARE:
            larger = np.zeros(max(size, 2 * held) + SPARE, np.uint8)
            larger[:held] = self.block[:held]
            self.block = larger
