"""A logistic regression of 1,000,000 x 40 in this process, beside scikit-learn's on standardised features."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from tests.benchmarks import learners
from tests.benchmarks.table import Row

ROUNDS = 3
ROWS, COLUMNS, TEST = 1_000_000, 40, 100_000


def prepare(folder: Path) -> None:
    """The same examples for both sides, as they are and standardised, and the peer's environment."""
    import numpy as np

    learners.make()
    rng = np.random.default_rng(1)
    x = rng.normal(size=(ROWS + TEST, COLUMNS))
    z = x @ rng.normal(scale=0.15, size=COLUMNS) - 1.8
    y = (rng.random(len(x)) < 1 / (1 + np.exp(-z))).astype(float)
    x = x * rng.uniform(0.5, 20, COLUMNS) + rng.uniform(-50, 50, COLUMNS)
    for name, rows in (("train", slice(ROWS)), ("test", slice(ROWS, None))):
        np.save(folder / f"x-{name}.npy", x[rows])
        np.save(folder / f"y-{name}.npy", y[rows])
        np.save(folder / f"s-{name}.npy", (x[rows] - x[:ROWS].mean(axis=0)) / x[:ROWS].std(axis=0))


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the fit, the AUC on the test examples, and for ours the process's peak of memory by the data's."""
    return ours(folder) if side == "ours" else learners.ask("local_fit", folder)


def ours(folder: Path) -> dict[str, float]:
    """With standardising, standard errors and the choice of the threshold."""
    import numpy as np

    from rsnb.ml import LinearLearner
    from rsnb.ml.data import Examples

    names = tuple(f"x{i}" for i in range(COLUMNS))
    train = Examples(np.load(folder / "x-train.npy"), np.load(folder / "y-train.npy"), names)
    learner = LinearLearner("binary_classifier")
    start = time.perf_counter()
    learner.fit(train)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / train.x.nbytes
    test = Examples(np.load(folder / "x-test.npy"), np.load(folder / "y-test.npy"), names)
    return {"seconds": seconds, "auc": float(learner.evaluate(test).loc["roc_auc", "value"]), "peak": peak}


def peer(folder: Path) -> dict[str, float]:
    """Runs in the environment of tests.benchmarks.learners; the same penalty."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    x, y = np.load(folder / "s-train.npy"), np.load(folder / "y-train.npy")
    model = LogisticRegression(C=1 / (ROWS * 1e-4), solver="lbfgs")
    start = time.perf_counter()
    model.fit(x, y)
    seconds = time.perf_counter() - start
    score = model.predict_proba(np.load(folder / "s-test.npy"))[:, 1]
    return {"seconds": seconds, "auc": float(roc_auc_score(np.load(folder / "y-test.npy"), score))}


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The seconds, the AUC and the memory."""
    name = f"logistic regression, {ROWS:,} x {COLUMNS}"
    return [
        Row(f"{name}: fit", "s", ours["seconds"], peers["seconds"], 2.0),
        Row(f"{name}: difference of AUC", "", abs(ours["auc"] - peers["auc"]), target=0.0005),
        Row(f"{name}: peak memory of the process by the data's", "times", ours["peak"], target=3.0),
    ]
