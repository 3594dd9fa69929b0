"""What the warehouse fit solves for: weights of normalised features and a bias; the way back to the table's units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rsnb.errors import ModelError
from rsnb.ml.hyperparameters import AUTO_WD, Value, flag, number
from rsnb.ml.solvers import SINGULAR, Penalty
from rsnb.ml.statistics import Moments, Products

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

FLAT = 1e-12  # a feature's standard deviation by its mean, up to which it does not vary


@dataclass(frozen=True)
class Parameters:
    """p parameters: a weight for each feature that varies and, with `bias`, the bias last.

    map: (d + 1, p), from them to the weights of centred features and the bias. second: (d + 1, d + 1), the
    mean products of the centred features and of a column of ones.
    """

    names: tuple[str, ...]
    map: Matrix
    penalty: Penalty
    second: Matrix
    mean: Vector
    varies: NDArray[np.bool_]
    bias: bool

    @classmethod
    def of(cls, names: tuple[str, ...], moments: Moments, products: Products, given: Mapping[str, Value]) -> Parameters:
        """The parameters that the hyperparameters ask for."""
        d, bias = len(names), flag(given, "use_bias")
        deviation = np.sqrt(np.diag(products.xx) / moments.weight)
        varies = deviation > FLAT * np.maximum(np.abs(moments.x), 1e-300)
        inverse = 1 / np.where(varies, deviation, 1.0) if flag(given, "normalize_data") else np.ones(d)
        whole = np.diag(np.append(inverse, 1.0))
        if not flag(given, "unbias_data", auto=bias):
            whole[d, :d] = moments.x * inverse  # x @ w is (x - mean) @ w + mean @ w
        kept = np.append(varies, bias)
        wd, l1 = number(given, "wd", AUTO_WD), number(given, "l1")
        l2 = np.append(np.full(d, wd), wd * number(given, "bias_wd_mult"))
        second = np.zeros((d + 1, d + 1))
        second[:d, :d], second[d, d] = products.xx / moments.weight, 1.0
        penalty = Penalty(l2[kept], np.append(np.full(d, l1), 0.0)[kept])
        return cls(names, whole[:, kept], penalty, second, moments.x, varies, bias)

    @property
    def free(self) -> bool:
        """Whether no penalty decides between equally good fits."""
        return not (self.penalty.l2.any() or self.penalty.l1.any())

    @property
    def information(self) -> Matrix:
        """(p, p) the mean products of the normalised features."""
        return np.asarray(self.map.T @ self.second @ self.map)

    @property
    def notes(self) -> list[str]:
        """What the next reader has to know of the fit."""
        flat = [name for name, varies in zip(self.names, self.varies, strict=True) if not varies]
        return [f"constant, so without weight: {', '.join(flat)}"] if flat else []

    def length(self, step: Vector) -> float:
        """The largest change of the score that a step makes, for a feature that changes by one standard deviation."""
        return float((np.abs(self.map @ step) * np.sqrt(np.diag(self.second))).max())

    def largest(self, values: Vector, count: int) -> list[str]:
        """The names of the features whose values (p,) are largest, of those that are more than a trace."""
        names = np.array(self.names)[self.varies]
        size = np.abs(values[: len(names)])
        return [str(names[j]) for j in np.argsort(-size)[:count] if size[j] > 1e-4 * size.max()]

    def check(self, rows: int) -> None:
        """Raise ModelError where, without a penalty, the rows do not decide on one fit."""
        if not self.free:
            return
        if rows < self.map.shape[1]:
            raise ModelError(
                f"{rows:,} rows for {self.map.shape[1]:,} parameters: many fits are equally good",
                hint="set wd, for instance wd=1e-4, or take fewer features",
            )
        values, vectors = np.linalg.eigh(self.information)
        if values[0] <= SINGULAR * values[-1]:
            raise ModelError(
                f"{', '.join(self.largest(vectors[:, 0], 6))} depend on each other: one is a sum of the others",
                hint="leave one of them out, or set wd, for instance wd=1e-4",
            )

    def unfold(self, parameters: Vector) -> tuple[Matrix, Vector]:
        """Weights (d, 1) and bias (1,) in the units of the encoded columns."""
        d = len(self.mean)
        found = self._back() @ parameters
        return found[:d, None], found[d:]

    def covariance(self, hessian: Matrix, information: Matrix) -> Matrix:
        """(d + 1, d + 1) of weights and bias: H^-1 F H^-1; both of the summed loss, H with the penalty."""
        inverse = np.linalg.inv(hessian)
        back = self._back()
        return np.asarray(back @ inverse @ information @ inverse @ back.T)

    def _back(self) -> Matrix:
        d = len(self.mean)
        uncentred = np.eye(d + 1)
        uncentred[d, :d] = -self.mean
        return np.asarray(uncentred @ self.map)
