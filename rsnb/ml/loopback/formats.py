"""Rows and predictions in the formats of a linear learner's endpoint.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html (requests) and LL-in-formats.html (answers).
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import RsnbError
from rsnb.ml.recordio import read_recordio, varint

Matrix = NDArray[np.float64]

CSV, JSON = "text/csv", "application/json"
LINES, RECORDIO = "application/jsonlines", "application/x-recordio-protobuf"


class Unreadable(Exception):
    """A body that is not what its content type says. status: as the container answers it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def read(body: bytes, content_type: str) -> Matrix:
    """(n, d) of the rows in a request; rounded to float32, as the container holds them."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _READERS:
        raise Unreadable(f"Content-type {kind or '(none)'} not supported. Supported are {', '.join(_READERS)}", 415)
    try:
        x = _READERS[kind](body)
    except (ValueError, KeyError, TypeError, IndexError, RsnbError) as exc:
        raise Unreadable(f"Unable to decode payload: Incorrect data format. ({exc})") from exc
    if x.ndim != 2 or not x.size:
        raise Unreadable("Unable to decode payload: Incorrect data format. (there is no row in it)")
    if not np.isfinite(x).all():
        raise Unreadable("Unable to decode payload: Incorrect data format. (NaN or infinity in it)")
    return np.asarray(x, np.float32).astype(np.float64)


def csv(body: bytes) -> Matrix:
    """(n, d) of the numbers in CSV without a header."""
    import pyarrow as pa
    from pyarrow import csv as reader

    names = [str(i) for i in range(body.partition(b"\n")[0].count(b",") + 1)]
    options = reader.ReadOptions(column_names=names)
    numbers = reader.ConvertOptions(column_types=dict.fromkeys(names, pa.float64()), null_values=[])
    try:
        table = reader.read_csv(io.BytesIO(body), read_options=options, convert_options=numbers)
    except pa.ArrowException as exc:
        raise ValueError(str(exc)) from exc
    return np.column_stack([column.to_numpy() for column in table.columns])


def recordio(body: bytes) -> tuple[Matrix, NDArray[np.float64] | None]:
    """(n, d) features and, where there are, (n,) labels of RecordIO-protobuf."""
    x, y = read_recordio(io.BytesIO(body))
    dense = x if isinstance(x, np.ndarray) else x.toarray()
    return np.asarray(dense, np.float64), None if y is None else np.asarray(y, np.float64)


def _json(body: bytes) -> Matrix:
    return _rows(json.loads(body)["instances"])


def _json_lines(body: bytes) -> Matrix:
    return _rows([json.loads(line) for line in body.splitlines() if line.strip()])


def _rows(instances: list[dict[str, Any]]) -> Matrix:
    """{"features": [...]} or {"data": {"features": {"values": [...]}}}, the latter also sparse."""
    rows = []
    for instance in instances:
        given = instance["features"] if "features" in instance else instance["data"]["features"]
        if isinstance(given, dict) and "keys" in given:
            row = np.zeros(int(given["shape"][0]))
            row[given["keys"]] = given["values"]
            rows.append(row)
        else:
            rows.append(np.asarray(given["values"] if isinstance(given, dict) else given, float))
    return np.array(rows)


_READERS: dict[str, Callable[[bytes], Matrix]] = {
    CSV: csv,
    JSON: _json,
    LINES: _json_lines,
    RECORDIO: lambda body: recordio(body)[0],
}


def write(scores: Matrix, labels: Matrix | None, accept: str) -> tuple[bytes, str]:
    """The body and the content type of an answer. scores: (n, k). labels: (n,), None for a regressor."""
    kind = accept.partition(";")[0].strip().lower()
    kind = JSON if kind in ("", "*/*") else kind
    if kind == RECORDIO:
        return _records(scores, labels), kind
    rows = [{"score": s[0] if len(s) == 1 else s} for s in scores.astype("float32").astype(float).tolist()]
    if labels is not None:
        rows = [{**row, "predicted_label": int(label)} for row, label in zip(rows, labels, strict=True)]
    if kind == LINES:
        return "".join(f"{json.dumps(row)}\n" for row in rows).encode(), kind
    if kind == JSON:
        return json.dumps({"predictions": rows}).encode(), kind
    raise Unreadable(f"Accept type {kind} not supported. Supported are {JSON}, {LINES}, {RECORDIO}", 406)


def _records(scores: Matrix, labels: Matrix | None) -> bytes:
    """Records with the label entries score and, but for a regressor, predicted_label: float32."""
    columns = {"score": scores} if labels is None else {"score": scores, "predicted_label": labels[:, None]}
    payload, places = b"", []
    for name, values in columns.items():
        payload += _entry(name, 4 * values.shape[1])
        places.append((len(payload) - 4 * values.shape[1], values))
    record = struct.pack("<II", 0xCED7230A, len(payload)) + payload + b"\0" * (-len(payload) % 4)
    rows = np.tile(np.frombuffer(record, np.uint8), (len(scores), 1))
    for start, values in places:
        width = 4 * values.shape[1]
        rows[:, 8 + start : 8 + start + width] = np.ascontiguousarray(values, "<f4").view(np.uint8).reshape(-1, width)
    return rows.tobytes()


def _entry(name: str, size: int) -> bytes:
    """A label entry of a Record: the map key, then a Value with a Float32Tensor of `size` zero bytes."""
    tensor = _field(0x12, _field(0x0A, bytes(size)))
    return _field(0x12, _field(0x0A, name.encode()) + _field(0x12, tensor))


def _field(tag: int, body: bytes) -> bytes:
    return bytes([tag]) + varint(len(body)) + body
