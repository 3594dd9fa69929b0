"""rsnb's local learner in the place of the container: hyperparameters as text in, metrics and log lines out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import RsnbError
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.hyperparameters import BINARY
from rsnb.ml.loopback.channels import ClientError
from rsnb.ml.loopback.predictor import Predictor

Matrix = NDArray[np.float64]

OBJECTIVES = {
    "binary_classifier": "binary_classification_cross_entropy_objective",
    "multiclass_classifier": "multiclass_cross_entropy_objective",
    "regressor": "mse_objective",
}
FINAL = {"objective_loss", "mse", "absolute_loss"}  # metrics whose log line says <loss>, not <score>


def fit(hyperparameters: Mapping[str, str], channels: Mapping[str, Examples]) -> Fitted:
    """Train on the channels; ClientError for hyperparameters or examples that the learner refuses."""
    from rsnb.ml import local
    from rsnb.ml.learner import LinearLearner, Parts

    given = {name: value for name, value in hyperparameters.items() if name != "predictor_type"}
    rows = len(channels["train"])
    try:
        learner = LinearLearner(hyperparameters.get("predictor_type", ""), **given)
        if rows < int(str(learner.hyperparameters["mini_batch_size"])):
            raise ClientError(
                "No training data processed. Either the training channel is empty or the mini-batch size is too high. "
                "Verify that training data contains non-empty files and the mini-batch size is less than the number "
                "of records per training host."
            )
        return local.fit(learner, Parts(channels["train"], channels.get("validation")))
    except RsnbError as exc:
        raise ClientError(f"Unable to initialize or run the algorithm. {exc.message}") from exc


def measure(predictor: Predictor, examples: Examples) -> dict[str, float]:
    """The documented metrics of a fit on some examples, objective_loss first."""
    y = examples.y
    scores, labels = predictor.predict(examples.x)
    if labels is None:
        error = scores[:, 0] - y
        mse = float(np.mean(error**2))
        return {"objective_loss": mse, "mse": mse, "absolute_loss": float(np.mean(np.abs(error)))}
    if predictor.predictor_type == BINARY:
        return _binary(scores[:, 0], labels, y)
    chosen = np.clip(scores[np.arange(len(y)), y.astype(int)], 1e-15, 1)
    return {"objective_loss": float(-np.mean(np.log(chosen))), "multiclass_accuracy": float(np.mean(labels == y))}


def _binary(p: Matrix, labels: Matrix, y: Matrix) -> dict[str, float]:
    p = np.clip(p, 1e-15, 1 - 1e-15)
    hits, called, positives = float(np.sum(labels * y)), float(np.sum(labels)), float(np.sum(y))
    found = {
        "objective_loss": float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))),
        "binary_classification_accuracy": float(np.mean(labels == y)),
        "binary_f_1.000": 2 * hits / (called + positives) if called + positives else 0.0,
        "precision": hits / called if called else 0.0,
        "recall": hits / positives if positives else 0.0,
    }
    return found | ({"roc_auc_score": _auc(p, y)} if 0 < positives < len(y) else {})


def _auc(p: Matrix, y: Matrix) -> float:
    """The probability that a positive scores above a negative; ties count half."""
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positives = float(np.sum(y))
    return float((np.sum(ranks[y == 1]) - positives * (positives + 1) / 2) / (positives * (len(y) - positives)))


def lines(
    predictor: Predictor, measured: Mapping[str, Mapping[str, float]], rows: int, seconds: float
) -> Iterator[str]:
    """The log of a fit, in the container's format. The exact solver has one pass: one epoch."""
    stamp = datetime.now().strftime("%m/%d/%Y %H:%M:%S")
    head = f"[{stamp} INFO 140000000000000]"
    for channel, metrics in measured.items():
        objective, loss = OBJECTIVES[predictor.predictor_type], metrics["objective_loss"]
        yield f"{head} #quality_metric: host=algo-1, epoch=0, {channel} {objective} <loss>={loss}"
    yield f"{head} #progress_metric: host=algo-1, completed 100.0 % of epochs"
    yield f"{head} #throughput_metric: host=algo-1, train throughput={rows / max(seconds, 1e-6)} records/second"
    for channel, metrics in measured.items():
        for name, value in metrics.items():
            if name not in FINAL:
                yield f"{head} #quality_metric: host=algo-1, {channel} {name} <score>={value}"
            elif name != "objective_loss":
                yield f"{head} #quality_metric: host=algo-1, {channel} {name} <loss>={value}"


def finals(measured: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The metrics under the names that DescribeTrainingJob gives them."""
    found = {"train:progress": 100.0}
    for channel, metrics in measured.items():
        for name, value in metrics.items():
            found[f"{channel}:{'binary_f_beta' if name == 'binary_f_1.000' else name}"] = value
        found[f"{channel}:objective_loss:final"] = metrics["objective_loss"]
    return found
