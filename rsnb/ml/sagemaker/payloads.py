"""What goes over the wire: hyperparameters as text, rows as RecordIO or CSV, predictions as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import ModelError
from rsnb.ml.data import Examples
from rsnb.ml.hyperparameters import HYPERPARAMETERS, MULTICLASS, as_strings
from rsnb.ml.recordio import write_recordio

RECORDIO, CSV = "application/x-recordio-protobuf", "text/csv"
SHARD = 64 << 20  # bytes of an object of a channel
BODY = 5_500_000  # bytes of a request or an answer: InvokeEndpoint takes 6 MB

Matrix = NDArray[np.float64]
Scores = tuple[Matrix, Matrix | None]


def hyperparameters(learner: Any, features: Any, uploaded: bool = True) -> dict[str, str]:
    """What the job is told: what differs from the defaults, and what the features decide.

    uploaded: whether the job trains on the rows of features.train; the service trains nothing on fewer than
    mini_batch_size rows.
    """
    given: Mapping[str, Any] = learner.hyperparameters
    values = {name: value for name, value in given.items() if value != HYPERPARAMETERS[name].default}
    if learner.predictor_type == MULTICLASS and "num_classes" not in values:
        labels = getattr(getattr(features, "target", None), "labels", ())
        values["num_classes"] = len(labels) or int(features.train.y.max()) + 1
    if uploaded and len(features.train) < int(given["mini_batch_size"]):
        values["mini_batch_size"] = len(features.train)
    return {"predictor_type": learner.predictor_type, "feature_dim": str(len(features.names)), **as_strings(values)}


def shards(examples: Examples) -> Iterator[bytes]:
    """The examples as RecordIO objects of at most SHARD bytes, in float32, which is what the learner reads."""
    if examples.weight is not None:
        raise ModelError(
            "SageMaker's linear learner takes no weights of examples",
            hint="train with backend='local' or 'warehouse', or leave the weight out",
        )
    x, y = _single(examples.x, examples.names), examples.y.astype(np.float32)
    for start, end in _slices(len(x), SHARD // (4 * x.shape[1] + 64)):
        yield _recordio(x[start:end], y[start:end])


def bodies(x: Matrix, classes: int) -> Iterator[bytes]:
    """Rows as RecordIO requests whose bodies and answers are under 6 MB."""
    single = _single(x, ())
    size = min(BODY // (4 * x.shape[1] + 64), BODY // (40 + 24 * classes))
    if not size:
        raise ModelError(f"a row of {x.shape[1]:,} features is larger than a request to an endpoint may be")
    for start, end in _slices(len(x), size):
        yield _recordio(single[start:end], None)


def csv_parts(x: Matrix) -> list[bytes]:
    """Rows as CSV objects without a header, of at most about SHARD bytes."""
    import pyarrow as pa
    from pyarrow import csv

    single, parts = _single(x, ()), []
    for start, end in _slices(len(x), max(1, SHARD // (12 * x.shape[1]))):
        table = pa.table({str(i): single[start:end, i] for i in range(x.shape[1])})
        held = io.BytesIO()
        csv.write_csv(table, held, csv.WriteOptions(include_header=False))
        parts.append(held.getvalue())
    return parts


def answered(body: bytes) -> Scores:
    """The predictions of a JSON answer."""
    return _scores(json.loads(body)["predictions"])


def answered_lines(body: bytes) -> Scores:
    """The predictions of a JSON lines object."""
    return _scores([json.loads(line) for line in body.splitlines() if line.strip()])


def joined(parts: Sequence[Scores], rows: int) -> Scores:
    """All parts as one; ModelError when there are not as many predictions as rows."""
    scores = np.concatenate([scores for scores, _ in parts])
    if len(scores) != rows:
        raise ModelError(f"{rows:,} rows were sent and {len(scores):,} predictions came back", hint="try again")
    labels = [found for _, found in parts if found is not None]
    return scores, np.concatenate(labels) if labels else None


def _scores(rows: Sequence[Mapping[str, Any]]) -> Scores:
    """(n, k) scores and (n,) labels; a binary classifier and a regressor give one score as a number."""
    scores = np.array([row["score"] for row in rows], float).reshape(len(rows), -1)
    labels = np.array([row["predicted_label"] for row in rows], float) if "predicted_label" in rows[0] else None
    return scores, labels


def _single(x: Matrix, names: Sequence[str]) -> NDArray[np.float32]:
    """The features in float32; ModelError where one is too large for it."""
    if not len(x):
        raise ModelError("there is no row to send")
    with np.errstate(over="ignore"):
        single = np.asarray(x, np.float32)
    if not np.isfinite(single).all():
        column = int(np.flatnonzero(~np.isfinite(single).all(axis=0))[0])
        named = names[column] if names else f"number {column}"
        raise ModelError(f"the feature {named} has a value that float32 can't hold", hint="scale it, or leave it out")
    return single


def _recordio(x: NDArray[np.float32], y: NDArray[np.float32] | None) -> bytes:
    held = io.BytesIO()
    write_recordio(held, x, y)
    return held.getvalue()


def _slices(rows: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, rows, max(1, size)):
        yield start, min(start + max(1, size), rows)
