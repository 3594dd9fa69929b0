"""The files of an UNLOAD: their names, how they are written, and when the next one begins.

Files are written into a folder beside their place and moved there at the end, so that a failed UNLOAD leaves none.
Source: Redshift Developer Guide, UNLOAD ("TO", PARALLEL, MAXFILESIZE, PARTITION BY).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rsnb.warehouse.records import Moment, now
from rsnb.warehouse.unload.command import Unload

if TYPE_CHECKING:
    import pyarrow as pa

_COMPRESSIONS = {"gzip": "gzip", "bzip2": "bz2", "zstd": "zstd"}


@dataclass
class Written:
    """A file that was written: its address, its place for now, its rows and bytes."""

    address: str
    path: Path
    rows: int = 0
    bytes: int = 0
    start: Moment = field(default_factory=now)
    end: Moment = 0


class Writer(Protocol):
    """Writes rows into one file."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""

    def size(self) -> int:
        """The bytes so far."""

    def close(self) -> None:
        """End the file."""


class Lines:
    """A text file: the batches have one column, of lines with their newlines."""

    def __init__(self, path: Path, unload: Unload, head: bytes) -> None:
        import pyarrow as pa

        self._file = pa.OSFile(str(path), "wb")
        kind = _COMPRESSIONS.get(unload.options.compression)
        self._stream = pa.CompressedOutputStream(self._file, kind) if kind else self._file
        self._stream.write(head)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add lines: the bytes of the column as they lie in memory."""
        import pyarrow as pa

        column = batch.column(0).cast(pa.large_string())
        offsets, data = column.buffers()[1:]
        ends = memoryview(offsets).cast("q")[column.offset : column.offset + len(column) + 1]
        self._stream.write(memoryview(data)[ends[0] : ends[-1]] if data else b"")

    def size(self) -> int:
        """The bytes so far."""
        return int(self._file.tell())

    def close(self) -> None:
        """End the file."""
        self._stream.close()
        if not self._file.closed:
            self._file.close()


class Parquet:
    """A Parquet file, its row groups of the size that the command says."""

    def __init__(self, path: Path, unload: Unload, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._unload = unload
        self._path = path
        self._writer = pq.ParquetWriter(str(path), schema, version="1.0", compression=unload.codec)
        self._waiting: list[Any] = []
        self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows; a row group is written once enough of them wait."""
        self._waiting.append(batch)
        self._bytes += batch.nbytes
        if self._bytes >= self._unload.group_bytes:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting).cast(self._writer.schema))
            self._waiting, self._bytes = [], 0

    def size(self) -> int:
        """The bytes so far, as they lie in memory for what waits."""
        return self._path.stat().st_size + self._bytes

    def close(self) -> None:
        """End the file."""
        self._flush()
        self._writer.close()


class Output:
    """All files of an UNLOAD: rows go into the last one until it is full or another folder comes."""

    def __init__(self, unload: Unload, place: Path, head: bytes, schema: pa.Schema) -> None:
        self.unload = unload
        self.files: list[Written] = []
        self._place = place
        self._head = head
        self._schema = schema
        self._writer: Writer | None = None
        self._folder = ""
        self._part = 0

    def write(self, folder: str, batch: pa.RecordBatch) -> None:
        """Add rows of a partition's folder; an empty name is no partition."""
        for rows in _slices(batch):
            writer = self._writer
            if writer is None or folder != self._folder or writer.size() >= self.unload.most_bytes:
                writer = self._next(folder)
            writer.write(rows)
            self.files[-1].rows += rows.num_rows

    def _next(self, folder: str) -> Writer:
        """End the file, and begin the next one."""
        self.close()
        self._part = self._part + 1 if folder == self._folder and self.files else 0
        self._folder = folder
        address = self.unload.address(folder, self._part)
        path = self._place / str(len(self.files))
        self.files.append(Written(address, path))
        if self.unload.format == "parquet":
            self._writer = Parquet(path, self.unload, self._schema)
        else:
            self._writer = Lines(path, self.unload, self._head)
        return self._writer

    def empty(self) -> None:
        """Write a file without rows when there is none; of JSON none at all, as in Redshift."""
        if not self.files and self.unload.format != "json" and not self.unload.partitions.columns:
            self._next("")

    def close(self) -> None:
        """End the last file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self.files[-1].bytes = self.files[-1].path.stat().st_size
            self.files[-1].end = now()

    def abandon(self) -> None:
        """End the last file of an UNLOAD that failed."""
        with suppress(Exception):
            self.close()


_ROWS = 10_000  # that are written before the size is looked at


def _slices(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, _ROWS):
        yield batch.slice(start, _ROWS)
