"""The weights of a model as a table, with what can be said of their error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rsnb.ml.data import Fitted
from rsnb.ml.metrics import Z

if TYPE_CHECKING:
    import pandas as pd

BIAS = "bias"


def table(fitted: Fitted, names: Sequence[str], sources: Sequence[str]) -> pd.DataFrame:
    """source, column, weight, standard_error, z, p, low, high; multiclass with the class in front.

    names, sources: of the encoded columns. z is weight over standard error, p that of the two-sided test with the
    normal distribution, low and high the 95 % interval (Wald).
    """
    import pandas as pd

    d, k = fitted.weights.shape
    weight = np.concatenate([fitted.weights, fitted.bias[None, :]]).T.ravel()
    error = np.full(len(weight), np.nan)
    if fitted.covariance is not None:
        error[: d + 1] = np.sqrt(np.maximum(np.diag(fitted.covariance), 0.0))
    error[error == 0] = np.nan
    z = weight / error
    columns = {
        "source": [*sources, BIAS] * k,
        "column": [*names, BIAS] * k,
        "weight": weight,
        "standard_error": error,
        "z": z,
        "p": two_sided(z),
        "low": weight - Z * error,
        "high": weight + Z * error,
    }
    found = pd.DataFrame(columns)
    if k > 1:
        found.insert(0, "class", np.repeat(np.arange(k), d + 1))
    return found


def two_sided(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability of a standard normal at least this far from 0."""
    return np.array([math.erfc(abs(value) / math.sqrt(2)) for value in z.tolist()])
