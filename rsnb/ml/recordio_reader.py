"""Reading RecordIO-protobuf: dense records as one array, sparse ones together, faults by record and offset."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import LoadError, MissingExtra
from rsnb.ml.ragged import Bytes, Places, Reader, Wrong, decode_varints, sums
from rsnb.ml.recordio_layout import KEY, LONGEST, MAGIC, TENSORS, record_type

if TYPE_CHECKING:
    from scipy.sparse import csr_array

KINDS: dict[int, np.dtype[Any]] = {tag[0]: dtype for dtype, tag in TENSORS.items()}
BLOCK = 1 << 22  # bytes whose headers are compared at a time


def read(content: Bytes, name: str) -> tuple[NDArray[Any] | csr_array, NDArray[Any] | None]:
    """The features and labels in the bytes of a file; name: for messages."""
    if not content.size:
        raise LoadError(f"{name} is empty: there is no record in it")
    frames = _frames(content, name, limit=1)
    first = _Records(content, *frames, name)
    if not first.sparse:
        dense = _dense(content, first)
        if dense is not None:
            return dense
    records = _Records(content, *_frames(content, name), name)
    return records.together()


def _dense(content: Bytes, first: _Records) -> tuple[NDArray[Any], NDArray[Any] | None] | None:
    """All records as views into the file, if each has the headers of the first; else None."""
    layout, head, between = record_type(first.kind, len(first.values), first.label_kind)
    if content.size % layout.itemsize:
        return None
    rows = max(1, BLOCK // layout.itemsize)
    words = [
        word for field, expected in (("head", head), ("between", between)) for word in _words(layout, field, expected)
    ]
    for start in range(0, content.size // layout.itemsize, rows):
        block = content[start * layout.itemsize : (start + rows) * layout.itemsize]
        for at, kind, expected in words:
            column = np.ndarray((len(block) // layout.itemsize,), kind, block, at, (layout.itemsize,))
            if not (column == expected).all():
                return None
    records = content.view(layout)
    return records["x"], records["y"] if first.label_kind is not None else None


def _words(layout: np.dtype[Any], field: str, expected: bytes) -> Iterator[tuple[int, str, np.unsignedinteger[Any]]]:
    """A header in words of 8, 4, 2 and 1 bytes: offset, type and value of each; whole words compare fast."""
    offset = int(layout.fields[field][1])  # type: ignore[index]
    at = 0
    for size in (8, 4, 2, 1):
        while len(expected) - at >= size:
            yield offset + at, f"<u{size}", np.frombuffer(expected, f"<u{size}", 1, at)[0]
            at += size


def _frames(content: Bytes, name: str, limit: int | None = None) -> tuple[Places, Places]:
    """Where the payload of each record starts and ends."""
    view, size, at = content.data, content.size, 0
    starts: list[int] = []
    ends: list[int] = []
    while at < size and (limit is None or len(starts) < limit):
        where = f"{name}: record {len(starts)} at byte {at}"
        if at + 8 > size:
            raise LoadError(f"{where}: the file ends in the record's header", hint="it was cut off: write it again")
        magic, length = struct.unpack_from("<II", view, at)
        if magic != MAGIC:
            raise LoadError(f"{where}: it starts with {magic:08x}, not {MAGIC:08x}", hint="is it a RecordIO file?")
        if length >= LONGEST:
            raise LoadError(f"{where}: a record in several parts, which the learner's files never have")
        if at + 8 + length + -length % 4 > size:
            missing = at + 8 + length + -length % 4 - size
            raise LoadError(f"{where}: the file ends {missing} bytes early", hint="it was cut off: write it again")
        starts.append(at + 8)
        ends.append(at + 8 + length)
        at += 8 + length + -length % 4
    return np.array(starts, np.int64), np.array(ends, np.int64)


class _Records:
    """The features and labels of the records between `starts` and `ends`."""

    def __init__(self, content: Bytes, starts: Places, ends: Places, name: str) -> None:
        self.name, self.starts = name, starts
        self.label_kind: np.dtype[Any] | None = None
        self.labels: NDArray[Any] | None = None
        reader = Reader(content, starts, ends)
        try:
            self._read(reader, ends)
        except Wrong as wrong:
            self._refuse(wrong.row, wrong.at, f"no {wrong.expected} where it should be")

    def _read(self, reader: Reader, ends: Places) -> None:
        self.kind, self.values, self.counts, self.keys, self.widths = self._tensor(reader, b"\x0a", "features")
        self.sparse = bool((self.widths > 0).any())
        labelled = reader.peek() == 0x12
        if labelled.any():
            self._all(labelled, reader, "a label, as other records have")
            self.label_kind, self.labels, counts, *_ = self._tensor(reader, b"\x12", "label")
            self._all(counts == 1, reader, "one label")
        self._all(reader.at == ends, reader, "end of the record after features and label")

    def _tensor(
        self, reader: Reader, tag: bytes, what: str
    ) -> tuple[np.dtype[Any], NDArray[Any], Places, Bytes, Places]:
        """The type, the values of all records, how many each has, the bytes of the keys, the widths (0: dense)."""
        reader.expect(tag, what)
        ends = reader.varints(what)
        ends += reader.at
        reader.expect(KEY + b"\x12", f'key "values" of the {what}')
        self._all(reader.varints(what) + reader.at == ends, reader, f"{what} of the length that is stated")
        tags = reader.peek()
        if int(tags[0]) not in KINDS:
            self._refuse(0, int(reader.at[0]), f"the {what} are neither float32 nor float64")
        kind = KINDS[int(tags[0])]
        reader.expect(TENSORS[kind], f"{kind} {what}, as in the first record")
        self._all(reader.varints(what) + reader.at == ends, reader, f"{what} of the length that is stated")
        sizes = self._part(reader, 0x0A, ends)
        self._all(sizes % kind.itemsize == 0, reader, f"whole number of {kind} {what}")
        values = reader.take(sizes, what).view(kind)
        key_sizes = self._part(reader, 0x12, ends)
        keys = reader.take(key_sizes, "keys")
        widths = np.zeros(len(ends), np.int64)
        shaped = self._part(reader, 0x1A, ends) > 0
        if shaped.any():
            widths = reader.varints("width", shaped)
        self._all(reader.at == ends, reader, f"end of the {what}")
        counts = sizes // kind.itemsize
        wanted = np.where(shaped, counts, 0)
        self._all(sums(keys < 128, key_sizes) == wanted, reader, "key for each value")
        return kind, values, counts, keys, widths

    def _part(self, reader: Reader, tag: int, ends: Places) -> Places:
        """The size of a tensor's part; 0 in the records that don't have it."""
        here = (reader.peek() == tag) & (reader.at < ends)
        reader.expect(bytes([tag]), "tensor", here)
        return reader.varints("tensor", here)

    def together(self) -> tuple[NDArray[Any] | csr_array, NDArray[Any] | None]:
        """One array of all records; LoadError where they differ in width or kind."""
        different = (self.widths != self.widths[0]) | ((self.counts != self.counts[0]) & (not self.sparse))
        if different.any():
            row = int(np.argmax(different))
            shown = [
                f"{w} wide, sparse" if w else f"{n} wide, dense" for w, n in zip(self.widths, self.counts, strict=True)
            ]
            self._refuse(row, int(self.starts[row]) - 8, f"it is {shown[row]}; the records before are {shown[0]}")
        if not self.sparse:
            return self.values.reshape(len(self.starts), -1), self.labels
        return self._csr(), self.labels

    def _csr(self) -> csr_array:
        try:
            from scipy.sparse import csr_array
        except ImportError as exc:
            raise MissingExtra(
                "scipy holds the sparse records, and is not installed", hint="pip install scipy"
            ) from exc
        keys, width = decode_varints(self.keys), int(self.widths[0])
        indptr = np.concatenate([[0], np.cumsum(self.counts)])
        if (keys >= width).any():
            row = int(np.searchsorted(indptr, np.argmax(keys >= width), "right")) - 1
            self._refuse(row, int(self.starts[row]) - 8, f"a key is not under the width of {width}")
        return csr_array((self.values, keys, indptr), shape=(len(self.starts), width))

    def _all(self, right: NDArray[np.bool_], reader: Reader, what: str) -> None:
        if not right.all():
            row = int(np.argmin(right))
            raise Wrong(row, int(reader.at[row]), what)

    def _refuse(self, row: int, at: int, why: str) -> NoReturn:
        raise LoadError(f"{self.name}: record {row}, byte {at}: {why}")
