"""RecordIO: the published bytes, whatever the shape; and what is wrong with a file, by record and offset."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix, random_array

from rsnb.errors import LoadError, ModelError
from rsnb.ml import read_recordio, recordio, recordio_layout, write_recordio

GOLDEN = bytes.fromhex(  # float32, x = [1.5, -2, 3.25], y = 1
    "0a23d7ce 30000000 0a1a 0a0676616c756573 1210 120e 0a0c 0000c03f000000c000005040"
    "1212 0a0676616c756573 1208 1206 0a04 0000803f"
)


def varint(number: int) -> bytes:
    return bytes([number & 127 | 128]) + varint(number >> 7) if number > 127 else bytes([number])


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def tensor(values, kind: str, keys=None, width: int | None = None) -> bytes:  # type: ignore[no-untyped-def]
    body = field(1, struct.pack(f"<{len(values)}{kind}", *values)) if len(values) else b""
    if keys is not None:
        body += field(2, b"".join(map(varint, keys))) if len(keys) else b""
        body += field(3, varint(width or 0))
    return field(1, b"values") + field(2, field({"f": 2, "d": 3}[kind], body))


def framed(payload: bytes) -> bytes:
    return struct.pack("<II", recordio_layout.MAGIC, len(payload)) + payload + bytes(-len(payload) % 4)


def dense(x, y=None, kind: str = "f", label: str = "f") -> bytes:  # type: ignore[no-untyped-def]
    """The layout of the documentation, a record at a time, without numpy's help."""
    labels = [b""] * len(x) if y is None else [field(2, tensor([v], label)) for v in y]
    return b"".join(framed(field(1, tensor(row, kind)) + end) for row, end in zip(x.tolist(), labels, strict=True))


def sparse(x: csr_array, y, kind: str = "f") -> bytes:  # type: ignore[no-untyped-def]
    out = b""
    for i in range(x.shape[0]):
        part = slice(x.indptr[i], x.indptr[i + 1])
        row = tensor(x.data[part].tolist(), kind, x.indices[part].tolist(), x.shape[1])
        out += framed(field(1, row) + (b"" if y is None else field(2, tensor([float(y[i])], "f"))))
    return out


def written(features, labels=None) -> bytes:  # type: ignore[no-untyped-def]
    file = io.BytesIO()
    assert write_recordio(file, features, labels) == features.shape[0]
    return file.getvalue()


def test_the_published_bytes() -> None:
    x = np.array([[1.5, -2, 3.25]], np.float32)
    assert written(x, np.array([1], np.float32)) == GOLDEN == dense(x, [1.0])


@pytest.mark.parametrize("width", [1, 2, 3, 27, 30, 31, 32, 40, 127, 128, 4000, 5000])
@pytest.mark.parametrize(("kind", "dtype"), [("f", np.float32), ("d", np.float64)])
def test_dense_bytes_and_back(width: int, kind: str, dtype: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordio, "CHUNK", 3 * (width * 8 + 64))  # several chunks, the last one shorter
    x = np.random.default_rng(width).normal(size=(11, width)).astype(dtype)
    y = (np.arange(11) % 3).astype(np.float32)
    assert written(x) == dense(x, kind=kind)
    assert written(x, y) == dense(x, y, kind)
    assert written(x, y.astype(np.float64)) == dense(x, y, kind, "d")
    features, labels = read_recordio(io.BytesIO(written(x, y)))
    assert features.dtype == dtype
    assert np.array_equal(features, x)
    assert np.array_equal(labels, y)
    assert read_recordio(io.BytesIO(written(x)))[1] is None


@pytest.mark.parametrize("width", [1, 5, 127, 128, 300, 20_000])
@pytest.mark.parametrize(("kind", "dtype"), [("f", np.float32), ("d", np.float64)])
def test_sparse_bytes_and_back(width: int, kind: str, dtype: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordio, "CHUNK", 16 * 40)
    x = random_array((60, width), density=min(0.4, 40 / width), rng=np.random.default_rng(width), format="csr")
    x = csr_array(csr_array(x.astype(dtype)).multiply((np.arange(60) % 9 > 0)[:, None]))  # some rows have no entry
    x.eliminate_zeros()
    y = np.arange(60) % 2
    assert written(x, y) == sparse(x, y, kind)
    assert written(csr_matrix(x)) == sparse(x, None, kind)
    features, labels = read_recordio(io.BytesIO(written(x, y)))
    assert isinstance(features, csr_array)
    assert features.dtype == dtype
    assert (features != x).nnz == 0
    assert np.array_equal(labels, y)


def test_every_float_is_kept_bit_by_bit(tmp_path: Path) -> None:
    x = np.array([[np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38]], np.float32)
    write_recordio(tmp_path / "x.rec", x)
    assert read_recordio(str(tmp_path / "x.rec"))[0].tobytes() == x.tobytes()


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.int64, bool, np.float16, ">f4"])
def test_other_numbers_become_float32_where_that_is_exact(dtype: object) -> None:
    x = np.array([[0, 1], [1, 0]]).astype(dtype)
    assert written(x, x[:, 0]) == dense(x.astype(float), [0.0, 1.0])


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.array([[2**24 + 1]]), "not exact as float32"),
        (np.array([["a"]]), "not <U1"),
        (np.array([[1j]]), "complex128"),
        (np.array([[None]]), "object"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((3, 0)), r"shape \(3, 0\)"),
    ],
)
def test_what_the_format_does_not_hold(x: np.ndarray, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        write_recordio(io.BytesIO(), x)


def test_a_whole_number_that_is_exact_is_written() -> None:
    assert read_recordio(io.BytesIO(written(np.array([[2**24, 2**40]]))))[0].tolist() == [[2.0**24, 2.0**40]]


def test_as_many_labels_as_columns_are_not_enough() -> None:
    with pytest.raises(ModelError, match="3 rows"):
        write_recordio(io.BytesIO(), np.zeros((3, 2)), np.zeros(2))


X = np.arange(12, dtype=np.float32).reshape(4, 3)
WHOLE = written(X, np.ones(4, np.float32))
NARROW, FLOAT64 = written(X[:, :2], np.ones(4, np.float32)), written(X.astype(np.float64), np.ones(4, np.float32))
SPARSE = written(csr_array(X), np.ones(4, np.float32))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (WHOLE[:-1], "record 3 at byte 168: the file ends 1 bytes early"),
        (WHOLE[: 2 * 56 + 5], "record 2 at byte 112: the file ends in the record's header"),
        (b"\0" + WHOLE[1:], "record 0 at byte 0: it starts with ced72300"),
        (WHOLE[:56] + b"label,a\n" + WHOLE[56:], "record 1 at byte 56: it starts with"),
        (WHOLE + NARROW, "record 4, byte 224: it is 2 wide, dense; the records before are 3 wide, dense"),
        (WHOLE + SPARSE, "record 4, byte 224: it is 3 wide, sparse"),
        (WHOLE + FLOAT64, "record 4, byte .*: no float32 features"),
        (WHOLE + written(X), "record 4, byte .*: no a label, as other records have"),
        (WHOLE.replace(b"values", b"valuez"), 'record 0, byte .*: no key "values"'),
        (WHOLE[:8] + b"\x1a" + WHOLE[9:], "record 0, byte 8: no features"),
        (WHOLE[:4] + b"\0\0\0\x20" + WHOLE[8:], "record in several parts"),
        (SPARSE.replace(b"\x1a\x01\x03", b"\x1a\x01\x02"), "a key is not under the width of 2"),
    ],
)
def test_a_fault_is_named_by_record_and_byte(content: bytes, said: str) -> None:
    with pytest.raises(LoadError, match=said):
        read_recordio(io.BytesIO(content))


@pytest.mark.parametrize("content", [WHOLE, SPARSE], ids=["dense", "sparse"])
def test_no_damage_goes_unnoticed_or_crashes(content: bytes) -> None:
    good = read_recordio(io.BytesIO(content))
    headers = {*range(24), *range(36, 52)} if content is WHOLE else range(len(content))
    for at in range(len(content)):
        damaged = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        try:
            features, labels = read_recordio(io.BytesIO(damaged))
        except LoadError:
            continue
        assert features.shape == good[0].shape
        if content is WHOLE:
            assert at % 56 not in headers, f"a changed header at byte {at} was read"
        assert labels is not None


def test_a_file_that_is_not_there_is_the_system_s_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_recordio(tmp_path / "none.rec")
