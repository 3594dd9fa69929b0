"""Bytes of records of different lengths, written and read for all records at once.

Each record has its own place in one buffer; a step writes or reads the same thing in every record, or in
those that a mask names, and moves their places on. Whole numbers are protobuf's base-128 varints.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ALL = slice(None)
Rows = slice | NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
MOST = 10  # bytes of a varint of 64 bits


class Wrong(Exception):
    """A record is not what was expected. row: its number in the batch, at: the byte in the buffer."""

    def __init__(self, row: int, at: int, expected: str) -> None:
        super().__init__(expected)
        self.row, self.at, self.expected = row, at, expected


class Writer:
    """A zeroed buffer for records of these sizes, in bytes."""

    def __init__(self, sizes: Places) -> None:
        ends = np.cumsum(sizes)
        self.buffer: Bytes = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
        self.at: Places = ends - sizes

    def constant(self, content: bytes, rows: Rows = ALL) -> None:
        """The same bytes in each record."""
        at = self.at[rows]
        for offset, byte in enumerate(content):
            self.buffer[at + offset] = byte
        self.at[rows] += len(content)

    def table(self, content: Bytes) -> None:
        """Row i of an (n, bytes) table in record i."""
        self.buffer[self.at[:, None] + np.arange(content.shape[1])] = content
        self.at += content.shape[1]

    def varints(self, numbers: NDArray[Any], rows: Rows = ALL) -> None:
        """A whole number in each record."""
        self.at[rows] += _put_varints(self.buffer, self.at[rows], numbers)

    def items(self, content: Bytes, counts: Places) -> None:
        """The next `counts[i]` rows of an (items, bytes) table in record i."""
        size = content.shape[1]
        at = spread(self.at, counts, size)
        self.buffer[at[:, None] + np.arange(size)] = content
        self.at += counts * size

    def varint_items(self, numbers: NDArray[Any], counts: Places) -> None:
        """The next `counts[i]` whole numbers in record i."""
        sizes = varint_sizes(numbers)
        before = np.cumsum(sizes) - sizes
        _put_varints(self.buffer, spread(self.at - sums(before, counts, first=True), counts, 0) + before, numbers)
        self.at += sums(sizes, counts)


class Reader:
    """Places in a buffer, one for each record; `Wrong` where a record ends or differs."""

    def __init__(self, buffer: Bytes, at: Places, end: Places) -> None:
        self.buffer, self.at, self.end = buffer, at.copy(), end

    def expect(self, content: bytes, what: str, rows: NDArray[np.bool_] | None = None) -> None:
        """Each record goes on with these bytes."""
        for byte in content:
            self._check(self.peek() == byte, what, rows)
            self.at[ALL if rows is None else rows] += 1

    def peek(self) -> NDArray[np.int64]:
        """The next byte of each record, -1 at its end."""
        inside = self.at < self.end
        found = np.full(len(self.at), -1, np.int64)
        found[inside] = self.buffer[self.at[inside]]
        return found

    def varints(self, what: str, rows: NDArray[np.bool_] | None = None) -> Places:
        """The whole number that is next in each record; 0 in the records that are not read."""
        going = np.ones(len(self.at), bool) if rows is None else rows.copy()
        found = np.zeros(len(self.at), np.int64)
        for digit in range(MOST - 1):
            if not going.any():
                return found
            byte = self.peek()
            self._check(byte >= 0, what, going)
            found[going] |= (byte[going] & 127) << (7 * digit)
            self.at[going] += 1
            going &= byte > 127
        self._check(~going, what, None)
        return found

    def take(self, sizes: Places, what: str) -> Bytes:
        """The next `sizes[i]` bytes of record i, of all records one after the other."""
        self._check(self.at + sizes <= self.end, what, None)
        taken = self.buffer[spread(self.at, sizes, 1)]
        self.at += sizes
        return taken

    def _check(self, right: NDArray[np.bool_], what: str, rows: NDArray[np.bool_] | None) -> None:
        wrong = ~right if rows is None else ~right & rows
        if wrong.any():
            row = int(np.argmax(wrong))
            raise Wrong(row, int(self.at[row]), what)


def spread(starts: Places, counts: Places, step: int) -> Places:
    """starts[i], starts[i] + step, ... `counts[i]` of them, for each i."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.repeat(starts - before * step, counts) + np.arange(int(counts.sum())) * step)


def sums(values: NDArray[Any], counts: Places, *, first: bool = False) -> Places:
    """The sum of each record's `counts[i]` values, or the first of them; 0 where there is none."""
    if first:
        starts = np.cumsum(counts) - counts
        return np.asarray(np.append(values, 0)[starts] * (counts > 0), np.int64)
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    ends = np.cumsum(counts)
    return np.asarray(total[ends] - total[ends - counts], np.int64)


def varint_sizes(numbers: NDArray[Any]) -> Places:
    """The bytes that each whole number takes."""
    sizes, left = np.ones(len(numbers), np.int64), numbers.astype(np.uint64) >> np.uint64(7)
    while left.any():
        sizes += left > 0
        left >>= np.uint64(7)
    return sizes


def decode_varints(content: Bytes) -> Places:
    """The whole numbers that stand one after the other in some bytes."""
    last = content < 128
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)[: len(ends)]
    if not len(ends):
        return np.zeros(0, np.int64)
    digit = np.arange(len(content)) - np.repeat(starts, ends - starts + 1)
    return np.add.reduceat((content & 127).astype(np.int64) << (7 * digit), starts)


def _put_varints(buffer: Bytes, at: Places, numbers: NDArray[Any]) -> Places:
    """Write whole numbers at their places; returns the bytes that each takes."""
    sizes, left = varint_sizes(numbers), numbers.astype(np.uint64)
    for digit in range(int(sizes.max(initial=0))):
        here = sizes > digit
        more = (sizes[here] > digit + 1).astype(np.uint8) << 7
        buffer[at[here] + digit] = (left[here] & np.uint64(127)).astype(np.uint8) | more
        left >>= np.uint64(7)
    return sizes
