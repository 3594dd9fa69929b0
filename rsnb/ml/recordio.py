"""RecordIO-protobuf, the native format of SageMaker's built-in algorithms: numpy or CSR in, numpy or CSR out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rsnb.errors import ModelError
from rsnb.ml import ragged, recordio_reader
from rsnb.ml.recordio_layout import KEY, LONGEST, MAGIC, TENSORS, record_type, tensor_head, varint

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from scipy.sparse import csr_array

__all__ = ["read_recordio", "varint", "write_recordio"]

CHUNK = 1 << 22  # bytes that are assembled at a time

File = str | Path | IO[bytes]


def write_recordio(file: File, features: Any, labels: ArrayLike | None = None) -> int:
    """Write examples and return the number of records.

    file: a path or a binary file. features: (n, d) array, or a scipy CSR matrix, which is written sparse.
    labels: (n,). float32 and float64 are written as they are; SageMaker's Linear Learner reads float32
    only, so convert before. Integers, booleans and float16 become float32 where that is exact. NaN,
    infinity and -0.0 are kept bit by bit. ModelError: another type, other shapes, a number that is not exact.
    """
    with _opened(file, "wb") as sink:
        if hasattr(features, "tocsr"):
            return _write_sparse(sink, features.tocsr(), labels)
        return _write_dense(sink, np.asarray(features), labels)


def read_recordio(file: File) -> tuple[NDArray[Any] | csr_array, NDArray[Any] | None]:
    """The features and labels of a file: (n, d) array and (n,), or a CSR array; labels may be None.

    Dense arrays look into the file's bytes without a copy. Every header is checked. LoadError says at
    which record and offset the file is not what it should be; sparse records need scipy.
    """
    with _opened(file, "rb") as source:
        name = str(getattr(source, "name", "the file"))
        content = np.fromfile(source, np.uint8) if isinstance(file, (str, Path)) else source.read()
    return recordio_reader.read(np.frombuffer(content, np.uint8), name)


def _write_dense(sink: IO[bytes], features: NDArray[Any], labels: ArrayLike | None) -> int:
    if features.ndim != 2 or not features.shape[1]:
        raise ModelError(f"features are an array of rows and columns, not one of shape {features.shape}")
    kind, y = _kind(features.dtype), _labels(labels, len(features))
    layout, head, between = record_type(kind, features.shape[1], None if y is None else y.dtype)
    rows = max(1, CHUNK // layout.itemsize)
    chunk = np.zeros(min(rows, len(features)), layout)
    chunk["head"], chunk["between"] = np.void(head), np.void(between)
    for start in range(0, len(features), rows):
        part = features[start : start + rows]
        chunk["x"][: len(part)] = _exact(part, kind)
        if y is not None:
            chunk["y"][: len(part)] = y[start : start + rows]
        sink.write(chunk[: len(part)].view(np.uint8).data)
    return len(features)


def _write_sparse(sink: IO[bytes], features: Any, labels: ArrayLike | None) -> int:
    rows, width = features.shape
    kind, y = _kind(features.dtype), _labels(labels, rows)
    between = tensor_head(b"\x12", y.dtype, 1) if y is not None else b""
    for start, end in _row_chunks(features.indptr, CHUNK // 16):
        part = slice(features.indptr[start], features.indptr[end])
        keys, counts = features.indices[part].astype(np.uint64), np.diff(features.indptr[start : end + 1])
        if keys.size and int(keys.max()) >= width:
            raise ModelError(f"a column number of the sparse features is not under their width of {width}")
        tails = _tails(between, None if y is None else y[start:end], end - start)
        sink.write(_sparse_records(_exact(features.data[part], kind), keys, counts.astype(np.int64), width, tails).data)
    return int(rows)


def _sparse_records(
    data: NDArray[Any], keys: NDArray[np.uint64], counts: NDArray[np.int64], width: int, tails: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The bytes of sparse records: data and keys of all rows, counts: of each row, tails: (n, bytes) of labels.

    A row without entries has neither values nor keys, only the shape.
    """
    size, digits = ragged.varint_sizes, varint(width)
    shape = b"\x1a" + varint(len(digits)) + digits
    some = counts > 0
    values = counts * data.dtype.itemsize
    key_bytes = ragged.sums(size(keys), counts)
    tensor = np.where(some, 2 + size(values) + values + size(key_bytes) + key_bytes, 0) + len(shape)
    value = 1 + size(tensor) + tensor
    entry = len(KEY) + 1 + size(value) + value
    length = 1 + size(entry) + entry + tails.shape[1]
    if length.size and int(length.max()) >= LONGEST:
        raise ModelError(
            f"a row has {int(counts.max()):,} entries; a RecordIO record holds up to {LONGEST - 1:,} bytes"
        )
    out = ragged.Writer(8 + length + -length % 4)
    out.constant(MAGIC.to_bytes(4, "little"))
    out.table(length.astype("<u4").view(np.uint8).reshape(-1, 4))
    for before, number in ((b"\x0a", entry), (KEY + b"\x12", value), (TENSORS[data.dtype], tensor)):
        out.constant(before)
        out.varints(number)
    out.constant(b"\x0a", some)
    out.varints(values[some], some)
    out.items(data.view(np.uint8).reshape(len(data), data.dtype.itemsize), counts)
    out.constant(b"\x12", some)
    out.varints(key_bytes[some], some)
    out.varint_items(keys, counts)
    out.constant(shape)
    out.table(tails)
    return out.buffer


def _tails(between: bytes, y: NDArray[Any] | None, rows: int) -> NDArray[np.uint8]:
    """What stands after the features of each record: the label's header and its bytes."""
    if y is None:
        return np.empty((rows, 0), np.uint8)
    head = np.broadcast_to(np.frombuffer(between, np.uint8), (rows, len(between)))
    return np.hstack([head, np.ascontiguousarray(y).view(np.uint8).reshape(rows, y.dtype.itemsize)])


def _row_chunks(indptr: NDArray[Any], entries: int) -> Iterator[tuple[int, int]]:
    """Ranges of rows with about so many entries and at most so many rows."""
    start, rows = 0, len(indptr) - 1
    while start < rows:
        end = int(np.searchsorted(indptr, indptr[start] + entries, "right")) - 1
        end = min(max(end, start + 1), start + entries, rows)
        yield start, end
        start = end


def _labels(labels: ArrayLike | None, rows: int) -> NDArray[Any] | None:
    if labels is None:
        return None
    y = np.asarray(labels)
    if y.shape != (rows,):
        raise ModelError(
            f"the labels have the shape {y.shape}; the features have {rows:,} rows", hint="one for each row"
        )
    return _exact(y, _kind(y.dtype))


def _kind(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type that is written for an array of this type."""
    if dtype.newbyteorder("<") in TENSORS:
        return dtype.newbyteorder("<")
    if dtype.kind in "iub" or dtype == np.float16:
        return np.dtype("<f4")
    raise ModelError(
        f"RecordIO holds float32 or float64, not {dtype}", hint="convert first: features.astype('float32')"
    )


def _exact(values: NDArray[Any], kind: np.dtype[Any]) -> NDArray[Any]:
    """The values as this type; ModelError where a whole number has too many digits for float32."""
    converted = values.astype(kind, copy=False)
    if values.dtype.kind in "iu" and values.dtype.itemsize > 2 and values.size:
        wrong = np.abs(converted) >= 2**24
        if wrong.any() and (converted[wrong].astype(np.float64) != values[wrong].astype(np.float64)).any():
            raise ModelError(
                f"whole numbers up to {np.abs(values).max():,} are not exact as float32, which RecordIO holds",
                hint="convert to float64, or to float32 to accept the rounding",
            )
    return converted


def _opened(file: File, mode: str) -> AbstractContextManager[IO[bytes]]:
    if isinstance(file, (str, Path)):
        return open(file, mode)
    return nullcontext(file)
