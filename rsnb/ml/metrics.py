"""How good a model's scores are on examples: each number with the examples it stands on and a 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rsnb.ml.hyperparameters import BINARY, REGRESSOR

if TYPE_CHECKING:
    import pandas as pd

Vector = NDArray[np.float64]
Z = 1.959963984540054  # of the normal distribution, for 95 %


@dataclass(frozen=True)
class Metric:
    """A value, its 95 % interval, and the number of examples; NaN where the examples do not give one."""

    value: float
    low: float = math.nan
    high: float = math.nan
    n: int = 0

    def __str__(self) -> str:
        if math.isnan(self.low):
            return f"{self.value:.4g} (n = {self.n:,})"
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g}, n = {self.n:,})"


Metrics = dict[str, Metric]


def evaluate(
    predictor_type: str, y: Vector, score: Vector, label: Vector | None, beta: float = 1.0, probability: bool = True
) -> Metrics:
    """The metrics of a predictor type. score: (n,), or (n, k) of a multiclass classifier. label: predicted, (n,).

    probability: whether the score is one; log loss and Brier score need that.
    """
    if predictor_type == REGRESSOR or label is None:
        return regression(y, score)
    if predictor_type == BINARY:
        return binary(y, score, label, beta, probability)
    return multiclass(y, score, label)


def binary(y: Vector, score: Vector, label: Vector, beta: float = 1.0, probability: bool = True) -> Metrics:
    """Of a binary classifier; f_beta's interval by the delta method."""
    n, positives = len(y), int(y.sum())
    tp, fp = float(((label == 1) & (y == 1)).sum()), float(((label == 1) & (y == 0)).sum())
    found = {
        "accuracy": proportion(float((label == y).sum()), n),
        "precision": proportion(tp, int(tp + fp)),
        "recall": proportion(tp, positives),
        "f_beta": f_score(tp, fp, positives - tp, n, beta),
        "roc_auc": roc_auc(y, score),
        "pr_auc": pr_auc(y, score),
    }
    if probability:
        p = np.clip(score, 1e-15, 1 - 1e-15)
        found["log_loss"] = mean(-np.where(y == 1, np.log(p), np.log1p(-p)))
        found["brier"] = mean((score - y) ** 2)
    return {**found, "positive_rate": proportion(positives, n)}


def multiclass(y: Vector, score: NDArray[np.float64], label: Vector) -> Metrics:
    """Of a multiclass classifier; macro_f is the mean of the classes' F1, its interval by the delta method."""
    n, k = score.shape
    table = np.zeros((k, k))
    np.add.at(table, (y.astype(np.intp), label.astype(np.intp)), 1.0)
    hits, size = np.diag(table), table.sum(axis=0) + table.sum(axis=1)
    there = size > 0
    each = np.divide(2 * hits, size, out=np.zeros(k), where=there)
    share = np.divide(each, size, out=np.zeros(k), where=there)
    slope = -(share[:, None] + share[None, :]) + np.diag(np.divide(2, size, out=np.zeros(k), where=there))
    error = _delta(table.ravel() / n, slope.ravel() * n / max(1, there.sum()), n)
    p = np.clip(score[np.arange(n), y.astype(np.intp)], 1e-15, 1.0)
    return {
        "accuracy": proportion(float(hits.sum()), n),
        "macro_f": _interval(float(each[there].mean()), error, n, 0.0, 1.0),
        "cross_entropy": mean(-np.log(p)),
    }


def regression(y: Vector, score: Vector) -> Metrics:
    """Of a regressor; intervals by the delta method from the squared errors."""
    square, spread = (score - y) ** 2, (y - y.mean()) ** 2
    mse, variance, n = mean(square), float(spread.mean()), len(y)
    rmse = Metric(math.sqrt(mse.value), math.sqrt(max(mse.low, 0.0)), math.sqrt(mse.high), n)
    r2 = Metric(math.nan, n=n)
    if variance:
        influence = -square / variance + mse.value / variance**2 * spread
        r2 = _interval(1 - mse.value / variance, float(influence.std()) / math.sqrt(n), n, -math.inf, 1.0)
    return {"mse": mse, "rmse": rmse, "mae": mean(np.abs(score - y)), "r2": r2}


def proportion(count: float, n: int) -> Metric:
    """A share with its score interval.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    if not n:
        return Metric(math.nan, n=0)
    p, wide = count / n, Z * Z / n
    centre = (p + wide / 2) / (1 + wide)
    half = Z / (1 + wide) * math.sqrt(p * (1 - p) / n + wide / (4 * n))
    return Metric(p, max(0.0, centre - half), min(1.0, centre + half), n)


def mean(values: Vector) -> Metric:
    """A mean with its interval by the normal distribution."""
    n = len(values)
    return _interval(float(values.mean()), float(values.std()) / math.sqrt(n), n, -math.inf, math.inf)


def f_score(tp: float, fp: float, fn: float, n: int, beta: float = 1.0) -> Metric:
    """(1 + b^2) TP / ((1 + b^2) TP + b^2 FN + FP)."""
    b2 = beta * beta
    below = (1 + b2) * tp + b2 * fn + fp
    if not below:
        return Metric(math.nan, n=n)
    value = (1 + b2) * tp / below
    slope = np.array([(1 + b2) * (1 - value), -value, -b2 * value]) * n / below
    return _interval(value, _delta(np.array([tp, fp, fn]) / n, slope, n), n, 0.0, 1.0)


def roc_auc(y: Vector, score: Vector) -> Metric:
    """The probability that a positive scores above a negative, ties as one half.

    Its variance: DeLong, DeLong and Clarke-Pearson 1988, "Comparing the areas under two or more correlated
    receiver operating characteristic curves", by mid-ranks as in Sun and Xu 2014.
    """
    n, m = len(y), int(y.sum())
    if m == 0 or m == n:
        return Metric(math.nan, n=n)
    positive = y == 1
    every = midranks(score)
    above = (every[positive] - midranks(score[positive])) / (n - m)
    below = 1 - (every[~positive] - midranks(score[~positive])) / m
    error = math.sqrt(_variance(above) / m + _variance(below) / (n - m))
    return _interval(float(above.mean()), error, n, 0.0, 1.0)


def pr_auc(y: Vector, score: Vector) -> Metric:
    """Average precision; interval on the logit (Boyd, Eng and Page 2013, "Area under the precision-recall curve")."""
    m = float(y.sum())
    if not m:
        return Metric(math.nan, n=len(y))
    true, false = cumulated(y, score)
    value = float(np.sum(np.diff(true, prepend=0.0) / m * true / (true + false)))
    if not 0 < value < 1:
        return Metric(value, value, value, len(y))
    centre, half = math.log(value / (1 - value)), Z / math.sqrt(m * value * (1 - value))
    return Metric(value, 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre)), len(y))


def cumulated(y: Vector, score: Vector) -> tuple[Vector, Vector]:
    """True and false positives down to each different score, from the highest."""
    order = np.argsort(-score)
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    true = np.cumsum(y[order])[ends]
    return true, ends + 1.0 - true


def midranks(values: Vector) -> Vector:
    """Ranks from 1, equal values with the mean of theirs."""
    order = np.argsort(values)
    ranked = values[order]
    starts = np.append(0, np.flatnonzero(np.diff(ranked)) + 1)
    counts = np.diff(np.append(starts, len(values)))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(starts + (counts + 1) / 2, counts)
    return ranks


def frame(metrics: Mapping[str, Metric]) -> pd.DataFrame:
    """A row for each metric: value, low, high, n."""
    import pandas as pd

    rows = [(m.value, m.low, m.high, m.n) for m in metrics.values()]
    return pd.DataFrame(rows, pd.Index(list(metrics), name="metric"), ["value", "low", "high", "n"])


def _variance(values: Vector) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _delta(shares: Vector, slope: Vector, n: int) -> float:
    """The standard error of a function of multinomial shares with this slope."""
    return math.sqrt(max(0.0, float(slope**2 @ shares - (slope @ shares) ** 2)) / n)


def _interval(value: float, error: float, n: int, least: float, most: float) -> Metric:
    return Metric(value, max(least, value - Z * error), min(most, value + Z * error), n)
