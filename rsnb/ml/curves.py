"""The curves behind the metrics, as small frames that a plot can draw: at most POINTS rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rsnb.ml.metrics import Vector, proportion
from rsnb.ml.thresholds import counts

if TYPE_CHECKING:
    import pandas as pd

POINTS = 1000


def roc(y: Vector, score: Vector) -> pd.DataFrame:
    """threshold, false_positive_rate, true_positive_rate; from the highest threshold."""
    import pandas as pd

    cuts, true, false = counts(score, y)
    kept = _kept(len(cuts))
    negatives, positives = max(1.0, false[-1]), max(1.0, true[-1])
    rates = {"false_positive_rate": false[kept] / negatives, "true_positive_rate": true[kept] / positives}
    return pd.DataFrame({"threshold": cuts[kept], **rates})


def precision_recall(y: Vector, score: Vector) -> pd.DataFrame:
    """threshold, recall, precision; the first row is the first score, where precision begins."""
    import pandas as pd

    cuts, true, false = (values[1:] for values in counts(score, y))
    kept = _kept(len(cuts))
    precision = true[kept] / (true[kept] + false[kept])
    return pd.DataFrame({"threshold": cuts[kept], "recall": true[kept] / max(1.0, true[-1]), "precision": precision})


def calibration(y: Vector, score: Vector, bins: int = 10) -> pd.DataFrame:
    """predicted, observed, low, high (Wilson), n of bins with equally many examples, by rising score."""
    import pandas as pd

    parts = [part for part in np.array_split(np.argsort(score, kind="stable"), bins) if len(part)]
    observed = [proportion(float(y[part].sum()), len(part)) for part in parts]
    rows = [(float(score[p].mean()), o.value, o.low, o.high, o.n) for p, o in zip(parts, observed, strict=True)]
    return pd.DataFrame(rows, columns=["predicted", "observed", "low", "high", "n"])


def confusion(y: Vector, label: Vector, classes: int = 2) -> pd.DataFrame:
    """Examples by actual class (rows) and predicted class (columns)."""
    import pandas as pd

    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (y.astype(np.intp), label.astype(np.intp)), 1)
    names = range(classes)
    return pd.DataFrame(table, pd.Index(names, name="actual"), pd.Index(names, name="predicted"))


def gains(y: Vector, score: Vector, bins: int = 100) -> pd.DataFrame:
    """share of the examples taken by falling score, captured share of the positives, and lift over chance.

    Examples with the same score count in proportion, so that their order does not matter.
    """
    import pandas as pd

    _, true, false = counts(score, y)
    share = np.linspace(0.0, 1.0, bins + 1)
    captured = np.interp(share, (true + false) / len(y), true / max(1.0, true[-1]))
    lift = np.divide(captured, share, out=np.full_like(share, np.nan), where=share > 0)
    return pd.DataFrame({"share": share, "captured": captured, "lift": lift})


def residuals(y: Vector, score: Vector) -> pd.DataFrame:
    """predicted and residual (actual less predicted) of a regressor, evenly over the range of predictions."""
    import pandas as pd

    order = np.argsort(score, kind="stable")[_kept(len(score))]
    return pd.DataFrame({"predicted": score[order], "residual": y[order] - score[order]})


def _kept(length: int) -> NDArray[np.intp]:
    """The places of at most POINTS rows, the first and the last among them."""
    if length <= POINTS:
        return np.arange(length)
    return np.unique(np.linspace(0, length - 1, POINTS).round().astype(np.intp))
