"""A logistic and a linear regression over 10,000,000 rows of 20 columns, fitted inside the embedded warehouse.

The peer has no such fit: our seconds are held against the target. Making the table is not counted.
"""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.benchmarks.table import Row

ROUNDS = 1
ROWS, COLUMNS, CHUNKS = 10_000_000, 20, 10


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the feature table, of either fit, and the rows of the largest result of the fits."""
    if side == "peer":
        return {"feature table": 0.0}
    import rsnb

    with rsnb.connect("embedded://") as session:
        session.sql("set enable_result_cache_for_session to off")
        _fill(session)
        return {
            **_fit(session, "outcome", "binary_classifier", "logistic"),
            **_fit(session, "amount", "regressor", "linear"),
        }


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The fits' seconds; how many rows left the engine."""
    name = f"warehouse fit, {ROWS:,} x {COLUMNS}"
    return [
        Row(f"{name}: logistic regression", "s", ours["logistic"], target=60),
        Row(f"{name}: linear regression", "s", ours["linear"], target=60),
        Row(f"{name}: feature table before it", "s", ours["logistic table"]),
        Row(f"{name}: rows of the largest result", "rows", ours["logistic rows"], target=1),
    ]


def _fit(session: Any, target: str, predictor_type: str, name: str) -> dict[str, float]:
    from rsnb.ml import warehouse
    from rsnb.ml.features import FeatureTable
    from rsnb.ml.hyperparameters import resolve

    learner = SimpleNamespace(predictor_type=predictor_type, hyperparameters=resolve(predictor_type, {}))
    start = time.perf_counter()
    features = [f"x{i}" for i in range(COLUMNS)]
    table = FeatureTable((session, "visits"), target=target, features=features, identifier="id", nulls="error")
    made = time.perf_counter()
    largest, run = [0], session.sql

    def watched(*given: Any, **options: Any) -> Any:
        result = run(*given, **options)
        largest.append(len(result))
        return result

    session.sql = watched
    warehouse.fit(learner, table)
    session.sql = run
    return {f"{name} table": made - start, name: time.perf_counter() - made, f"{name} rows": max(largest)}


def _fill(session: Any) -> None:
    """The table visits: id, x0 to x19, a binary outcome and an amount, in chunks."""
    import numpy as np
    import pyarrow as pa

    import rsnb

    names = [f"x{i}" for i in range(COLUMNS)]
    columns = ", ".join(f"{name} float8" for name in [*names, "outcome", "amount"])
    session.sql(f"create table visits (id bigint, {columns})")
    rng, size = np.random.default_rng(1), ROWS // CHUNKS
    weights = rng.normal(size=COLUMNS) / 4
    for chunk in range(CHUNKS):
        x = rng.normal(size=(size, COLUMNS)) * np.arange(1, COLUMNS + 1) + 10
        z = (x - 10) / np.arange(1, COLUMNS + 1) @ weights - 1.5
        data = {"id": np.arange(size) + chunk * size, **dict(zip(names, x.T, strict=True))}
        data["outcome"] = (rng.random(size) < 1 / (1 + np.exp(-z))).astype(np.float64)
        data["amount"] = z + rng.normal(size=size)
        rsnb.datasets["chunk"] = rsnb.Result(pa.table(data))
        session.sql("insert into visits select * from chunk")
    del rsnb.datasets["chunk"]
