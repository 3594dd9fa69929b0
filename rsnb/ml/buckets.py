"""The threshold of a binary classifier from counts of rows by score, which one row of SQL holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rsnb.ml.hyperparameters import Value, number
from rsnb.ml.statistics import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

BUCKETS = 200  # there are two counts of each in one SELECT
ROUNDS = 3  # after the first, the buckets in which a better threshold may lie are cut into as many


def choose(rows: Rows, weights: Vector, bias: float, hyperparameters: Mapping[str, Value]) -> tuple[float, str]:
    """The threshold by the learner's criterion, and a note where a target can't be met, else ''.

    It is a bucket's edge, the best of those that were looked at. weights: (d,) of the encoded columns.
    """
    if hyperparameters["binary_classifier_model_selection_criteria"] in ("loss_function", "cross_entropy_loss"):
        return 0.5, ""
    low, high = 0.0, 1.0
    found: list[tuple[float, float]] = []  # value, threshold
    held = 0.0
    for _ in range(ROUNDS):
        negative, positive = rows.scores(weights, bias, low, high, BUCKETS)
        edges = np.linspace(low, high, BUCKETS + 1)
        criterion = _Criterion(hyperparameters, float(positive.sum()))
        true, false = _above(positive), _above(negative)
        value = criterion.value(true, false)
        best = np.flatnonzero(value >= value.max() - 1e-12)
        edge = int(best[np.argmin(np.abs(edges[best] - 0.5))])
        found.append((float(value.max()), float(edges[edge])))
        held = max(held, float(criterion.held(true, false).max()))
        # a threshold inside a bucket has at most its lower edge's true, at least its upper edge's false positives
        better = np.flatnonzero(criterion.value(true[:-1], false[1:]) > max(v for v, _ in found) + 1e-12)
        if not len(better):
            break
        low, high = float(edges[better.min()]), float(edges[better.max() + 1])
    top = max(value for value, _ in found)
    threshold = min((edge for value, edge in found if value >= top - 1e-12), key=lambda edge: abs(edge - 0.5))
    return threshold, criterion.note(held)


def _above(counts: Vector) -> Vector:
    """The rows with a score at or above each edge; counts: as Rows.scores gives them."""
    return np.asarray(np.cumsum(counts[::-1])[::-1][1:])


class _Criterion:
    """What a threshold is worth, from its true and false positives; each (k,)."""

    def __init__(self, hyperparameters: Mapping[str, Value], positives: float) -> None:
        self.name = str(hyperparameters["binary_classifier_model_selection_criteria"])
        self.positives = max(positives, 1.0)
        self.beta = 1.0 if self.name == "f1" else number(hyperparameters, "f_beta")
        self.kept = {"precision_at_target_recall": "recall", "recall_at_target_precision": "precision"}.get(self.name)
        self.target = number(hyperparameters, f"target_{self.kept}") if self.kept else 0.0

    def value(self, true: Vector, false: Vector) -> Vector:
        """Larger is better; where the target is not reached, less than any that reaches it."""
        if self.name == "accuracy":
            return (true - false) / self.positives
        if self.kept is None:
            return (1 + self.beta**2) * true / (true + false + self.beta**2 * self.positives)
        held = self.held(true, false)
        other = self._recall(true) if self.kept == "precision" else self._precision(true, false)
        return np.where(held >= self.target, 1 + other, held)

    def held(self, true: Vector, false: Vector) -> Vector:
        """What must reach the target, 1 where there is none."""
        if self.kept is None:
            return np.ones_like(true)
        return self._recall(true) if self.kept == "recall" else self._precision(true, false)

    def note(self, held: float) -> str:
        """That the target is not reached, else ''. held: the most that was."""
        if held >= self.target:
            return ""
        return f"no threshold reaches the target {self.kept} of {self.target:g}; the nearest, {held:.3f}, was taken"

    def _recall(self, true: Vector) -> Vector:
        return true / self.positives

    def _precision(self, true: Vector, false: Vector) -> Vector:
        return np.divide(true, true + false, out=np.zeros_like(true), where=true + false > 0)
