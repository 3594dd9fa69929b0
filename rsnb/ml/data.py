"""What the parts of the linear learner hand to each other: examples, and a fitted linear function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Examples:
    """Encoded rows for a learner.

    x: (n, d) float64, finite. y: (n,) float64; classes are 0..k-1. weight: (n,) or None.
    names: the d encoded columns. sources: for each of them the column of the table that it comes from.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    names: tuple[str, ...]
    sources: tuple[str, ...] = ()
    weight: NDArray[np.float64] | None = None
    group: NDArray[Any] | None = None

    def __len__(self) -> int:
        return int(self.x.shape[0])


@dataclass(frozen=True)
class Fitted:
    """A linear function in the units of the encoded columns: score = link(x @ weights + bias).

    weights: (d, k), bias: (k,), with k = 1 for a regressor and a binary classifier, else the number of
    classes. threshold: on the score of a binary classifier, chosen on validation data, else None.
    covariance: (d + 1, d + 1) of (weights, bias) where the solver gives it, else None.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    threshold: float | None = None
    covariance: NDArray[np.float64] | None = None
    iterations: int = 0
    metrics: dict[str, float] = field(default_factory=dict)
    notes: Sequence[str] = ()
