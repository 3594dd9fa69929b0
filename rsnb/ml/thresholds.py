"""The score from which on a binary classifier says yes, chosen as Linear Learner's documented criteria say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rsnb.ml.hyperparameters import Value, number

Vector = NDArray[np.float64]


def choose(score: Vector, y: Vector, hyperparameters: Mapping[str, Value], middle: float = 0.5) -> tuple[float, str]:
    """The threshold, half way between two scores, and a note where the criterion can't be met, else ''.

    score, y: (n,) of the examples that it is chosen on. middle: the threshold by the loss alone, 0.5 for a
    probability and 0 for a margin; it decides between thresholds that are equally good. f1 is f_beta with
    beta 1; a target that no threshold reaches gives the nearest.
    """
    criterion = str(hyperparameters["binary_classifier_model_selection_criteria"])
    if criterion in ("loss_function", "cross_entropy_loss"):
        return middle, ""
    cuts, true, false = counts(score, y, middle)
    positives = float(y.sum())
    precision = np.divide(true, true + false, out=np.zeros_like(true), where=true + false > 0)
    recall = true / positives if positives else np.zeros_like(true)
    if criterion == "accuracy":
        return _best(cuts, true - false, middle), ""
    if criterion in ("f_beta", "f1"):
        beta = 1.0 if criterion == "f1" else number(hyperparameters, "f_beta")
        return _best(cuts, (1 + beta**2) * true / (true + false + beta**2 * max(positives, 1e-300)), middle), ""
    if criterion == "precision_at_target_recall":
        return _at_target(cuts, precision, recall, number(hyperparameters, "target_recall"), "recall", middle)
    return _at_target(cuts, recall, precision, number(hyperparameters, "target_precision"), "precision", middle)


def counts(score: Vector, y: Vector, middle: float = 0.5) -> tuple[Vector, Vector, Vector]:
    """All different thresholds, from the highest, with the true and the false positives from there on.

    The first is above every score, the last below.
    """
    order = np.argsort(-score)
    ranked = score[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    true = np.concatenate([[0.0], np.cumsum(y[order])[ends]])
    false = np.concatenate([[0.0], ends + 1.0]) - true
    levels = ranked[ends]
    outside = (max(levels[0] + 1e-3, 2 * middle), min(levels[-1] - 1e-3, 0.0)) if len(levels) else (middle, middle)
    cuts = np.concatenate([[outside[0]], (levels[:-1] + levels[1:]) / 2, [outside[1]]])
    return cuts, true, false


def _best(cuts: Vector, value: Vector, middle: float) -> float:
    """The threshold of the largest value; of several the one nearest to the middle."""
    best = np.flatnonzero(value >= value.max() - 1e-12 * max(1.0, abs(float(value.max()))))
    return float(cuts[best[np.argmin(np.abs(cuts[best] - middle))]])


def _at_target(cuts: Vector, value: Vector, held: Vector, target: float, name: str, middle: float) -> tuple[float, str]:
    reached = held >= target
    if reached.any():
        return _best(cuts[reached], value[reached], middle), ""
    note = f"no threshold reaches the target {name} of {target:g}; the nearest, {held.max():.3f}, was taken"
    return _best(cuts, held, middle), note
