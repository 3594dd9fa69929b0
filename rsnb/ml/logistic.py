"""Logistic regression by sums over the rows of a table.

Newton steps, one pass of SQL each, for the gradient and the Hessian (McCullagh and Nelder 1989, "Generalized
Linear Models", chapter 4); the first comes from the centred products alone. Where a Hessian takes several
statements, quasi-Newton steps lead up to it, which need the gradient only (BFGS: Nocedal and Wright 2006,
formula 6.19, from the Hessian at the start).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from rsnb.errors import ModelError
from rsnb.ml.data import Fitted
from rsnb.ml.parameters import Parameters
from rsnb.ml.solvers import Point, direction
from rsnb.ml.statistics import Moments, Products, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

ITERATIONS = 30
TOLERANCE = 1e-6  # of the last step, in standard deviations: the error after it is about its square
APPROACH = 60  # quasi-Newton steps at most
STUCK = 5  # steps in a row that do not get shorter: the classes are separated

Progress = Callable[[str], None]


class Logistic:
    """Newton's method over the rows of a table. say: called with a line of text for each pass."""

    def __init__(self, rows: Rows, parameters: Parameters, moments: Moments, say: Progress) -> None:
        self.rows, self.parameters, self.moments, self.say = rows, parameters, moments, say
        self.passes = 0
        if not 0 < moments.y < 1:
            raise ModelError("all training rows have one class", hint="choose another split")

    def fitted(self, products: Products | None) -> Fitted:
        """The minimum. products: of the training rows, whose classes are not weighted; they save the first pass."""
        point = self._start(products)
        if self.rows.wide:
            point = self._approach(point)
        lengths: list[float] = []
        while True:
            step = self._step(point, lengths)
            lengths.append(self.parameters.length(step))
            if lengths[-1] <= TOLERANCE:
                break
            point = self._along(point, step, self._at)
        weights, bias = self.parameters.unfold(point.w + step)
        metrics = {"train:objective_loss": point.objective, "train:rows": float(self.moments.rows)}
        covariance = self._covariance(point, weighted=products is None)
        return Fitted(weights, bias, None, covariance, self.passes, metrics, self.parameters.notes)

    def _start(self, products: Products | None) -> Point:
        """The point of no weights and, where there is a bias, the odds of the training rows."""
        own, y = self.parameters, self.moments.y
        w = np.zeros(own.map.shape[1])
        p = y if own.bias else 0.5
        if own.bias:
            w[-1] = np.log(p / (1 - p))
        if products is None:
            return self._at(w)
        loss = -(y * np.log(p) + (1 - y) * np.log(1 - p))
        gradient = own.map.T @ np.append(-products.xy / self.moments.weight, p - y)
        return self._point(w, float(loss), gradient, p * (1 - p) * own.information)

    def _at(self, w: Vector) -> Point:
        """The objective and its derivatives at some parameters: one pass over the rows."""
        own, total = self.parameters, self.moments.weight
        centred = own.map @ w
        found = self.rows.curvature(self.moments, centred[:-1], float(centred[-1]))
        information = own.map.T @ found.hessian @ own.map / total
        return self._point(w, found.loss / total, own.map.T @ found.gradient / total, information)

    def _near(self, w: Vector, hessian: Matrix) -> Point:
        """As `_at`, with a given Hessian in the place of the true one."""
        own, total = self.parameters, self.moments.weight
        centred = own.map @ w
        loss, gradient = self.rows.slope(self.moments, centred[:-1], float(centred[-1]))
        information = hessian - np.diag(own.penalty.l2)
        return self._point(w, loss / total, own.map.T @ gradient / total, information)

    def _approach(self, point: Point) -> Point:
        """The true point near the minimum that quasi-Newton steps lead to."""
        for _ in range(APPROACH):
            step = direction(point, self.parameters.penalty.l1)
            if self.parameters.length(step) <= TOLERANCE / 10:
                break
            following = self._along(point, step, functools.partial(self._near, hessian=point.hessian))
            if following.objective >= point.objective:  # nothing is left but rounding
                break
            point = self._bent(point, following)
        return self._at(point.w)

    @staticmethod
    def _bent(before: Point, after: Point) -> Point:
        """The later point with a Hessian that explains how the gradient changed."""
        moved, change, hessian = after.w - before.w, after.gradient - before.gradient, before.hessian
        if change @ moved <= 0:
            return after
        pushed = hessian @ moved
        bent = hessian + np.outer(change, change) / (change @ moved) - np.outer(pushed, pushed) / (moved @ pushed)
        return Point(after.w, after.objective, after.gradient, bent, bent)

    def _point(self, w: Vector, loss: float, gradient: Vector, information: Matrix) -> Point:
        penalty = self.parameters.penalty
        hessian = information + np.diag(penalty.l2)
        return Point(w, loss + penalty.value(w), gradient + penalty.l2 * w, hessian, information)

    def _step(self, point: Point, lengths: list[float]) -> Vector:
        """The Newton step. Raises ModelError when the steps do not get shorter, or no step is left to take."""
        recent = lengths[-STUCK:]
        running = len(lengths) > 2 * STUCK and min(recent[1:]) > 0.8 * recent[0]
        try:
            step = direction(point, self.parameters.penalty.l1)
        except ModelError:
            step, running = point.w, True
        if running or len(lengths) > ITERATIONS:
            first = ", ".join(self.parameters.largest(step, 3))
            raise ModelError(
                f"the features separate the two classes (first of all {first}): the weights would grow without end",
                hint="look for a feature that knows the target, or set wd, for instance wd=1e-4",
            )
        return step

    def _along(self, point: Point, step: Vector, at: Callable[[Vector], Point]) -> Point:
        """The point after the step, or after its half, ... where the objective would get larger."""
        length = 1.0
        while True:
            following = at(point.w + length * step)
            self.passes += 1
            self.say(f"pass {self.passes}: logistic {following.objective:.9g}")
            if following.objective <= point.objective * (1 + 1e-12) or length < 1e-3:
                return following
            length /= 2

    def _covariance(self, point: Point, *, weighted: bool) -> Matrix | None:
        """As the local backend's: weighted classes need the squared gradients, one more pass."""
        own, total = self.parameters, self.moments.weight
        if own.penalty.l1.any():
            return None
        information = total * point.information
        if weighted:
            centred = own.map @ point.w
            squares = self.rows.curvature(self.moments, centred[:-1], float(centred[-1]), squares=True).hessian
            information = own.map.T @ squares @ own.map
        return own.covariance(total * point.hessian, information)
