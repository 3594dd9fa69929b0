"""Deterministic solvers of convex problems: the mean loss, plus wd / 2 |w|^2, plus l1 |w|_1.

Every smooth loss with one score is minimised by Newton's method; for the squared loss that is the normal
equations, solved twice (the second time refines). An L1 penalty makes the step a lasso in the d x d Hessian,
solved by coordinate descent (proximal Newton: Lee, Sun and Saunders 2014). A loss with a kink is smoothed,
and the smoothing taken down to SMOOTHEST: the mean loss is then at most 2 log 2 SMOOTHEST over its minimum.
Softmax has its solvers in rsnb.ml.softmax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from rsnb.errors import ModelError
from rsnb.ml.design import Design, Matrix, Vector
from rsnb.ml.losses import Loss

TOLERANCE = 1e-13  # of what the last step is still to gain; after it the error is of the order of its square
NEAR = 1e-10  # the same for a smooth loss from a start that is known to be near
ITERATIONS = 200
SMOOTHEST = 1e-6
SAMPLE = 50_000  # rows of the sample that gives the start for a larger table
SINGULAR = 1e-11  # smallest eigenvalue over the largest, under which columns are linear combinations of others


@dataclass(frozen=True)
class Penalty:
    """L2 and L1 penalty of each parameter, (width,)."""

    l2: Vector
    l1: Vector

    def value(self, w: Vector) -> float:
        """The penalty of parameters (width,)."""
        return float(self.l2 @ (w * w) / 2 + self.l1 @ np.abs(w))


@dataclass(frozen=True)
class Point:
    """Parameters, the objective there, the gradient and the Hessian of its smooth part.

    information: the Hessian without the penalty.
    """

    w: Vector
    objective: float
    gradient: Vector
    hessian: Matrix
    information: Matrix


@dataclass(frozen=True)
class Solution:
    """The last point that was looked at, the parameters after the step from there, and the iterations."""

    point: Point
    w: Vector
    iterations: int


def evaluate(design: Design, loss: Loss, penalty: Penalty, w: Vector) -> Point:
    """One pass over the rows."""
    value, gradient, information = 0.0, np.zeros_like(w), np.zeros((len(w), len(w)))
    for rows, block in design.blocks():
        losses, slope, curvature = loss(design.scores(block, w), design.y[rows])
        weight = design.weight[rows]
        value += float(weight @ losses)
        gradient += design.back(block, weight * slope)
        information += design.gram(block, np.sqrt(weight * curvature))
    total = float(design.weight.sum())
    information /= total
    hessian = information + np.diag(penalty.l2)
    return Point(w, value / total + penalty.value(w), gradient / total + penalty.l2 * w, hessian, information)


def newton(
    design: Design, loss: Loss, penalty: Penalty, start: Vector, damping: float = 0.0, tolerance: float = TOLERANCE
) -> Solution:
    """The minimum from a start. damping: share of the mean curvature that is added where a Hessian may be singular.

    ModelError where the columns depend on each other and no penalty decides between them.
    """
    point, iteration = evaluate(design, loss, penalty, start), 0
    for iteration in range(1, ITERATIONS + 1):
        step = direction(point, penalty.l1, damping)
        decrease = _promised(point, penalty, step)
        if decrease <= tolerance * max(1.0, abs(point.objective)):
            return Solution(point, point.w + step, iteration)
        following = _along(design, loss, penalty, point, step, decrease)
        if following is None:  # nothing is left but rounding
            break
        point = following
    return Solution(point, point.w, iteration)


def continued(design: Design, smooth: Callable[[float], Loss], penalty: Penalty, start: Vector) -> Solution:
    """The minimum of a loss with a kink, through ever sharper stand-ins; smooth: the stand-in of a smoothing."""
    smoothing, w, iterations = 1.0, start, 0
    while True:
        last = smoothing <= SMOOTHEST
        found = newton(design, smooth(smoothing), penalty, w, damping=1e-9, tolerance=min(1e-3 * smoothing, 1e-7))
        w, iterations = found.w, iterations + found.iterations
        if last:
            return replace(found, iterations=iterations)
        smoothing = max(smoothing / 10, SMOOTHEST)


def from_sample(design: Design, solve: Callable[[Design, Vector], Solution], start: Vector) -> Vector | None:
    """A start for a large table: the solution on an evenly spaced sample of its rows. None for a small table."""
    step = len(design.x) // SAMPLE
    if step < 4:
        return None
    try:
        return solve(design.every(step), start).w
    except ModelError:  # the sample lacks a class or a category; the table may not
        return None


def direction(point: Point, l1: Vector, damping: float = 0.0) -> Vector:
    """The Newton step; with an L1 penalty the minimum of the quadratic model with it."""
    hessian = point.hessian
    if damping:
        hessian = hessian + damping * max(float(np.trace(hessian)) / len(hessian), 1e-3) * np.eye(len(hessian))
    if l1.any():
        return lasso(hessian, point.gradient - hessian @ point.w, l1, point.w) - point.w
    try:
        np.linalg.cholesky(hessian)
    except np.linalg.LinAlgError:
        raise ModelError("the Hessian is singular", hint="set wd, for instance wd=1e-4") from None
    return np.asarray(-np.linalg.solve(hessian, point.gradient), np.float64)


def lasso(hessian: Matrix, linear: Vector, l1: Vector, start: Vector) -> Vector:
    """The minimum of w'Hw / 2 + linear'w + l1'|w|, by coordinate descent (Friedman, Hastie and Tibshirani 2010).

    Once the signs stand, the parameters that are not 0 solve a linear system: that is tried along the way.
    """
    w, tolerance = start.copy(), 1e-3
    while tolerance > 1e-13:
        _descend(w, hessian, linear, l1, tolerance)
        exact = _with_signs(w, hessian, linear, l1)
        if exact is not None:
            return exact
        tolerance /= 10
    return w


def _descend(w: Vector, hessian: Matrix, linear: Vector, l1: Vector, tolerance: float, sweeps: int = 500) -> None:
    """Move one parameter after the other to its best place, until none moves by more than the tolerance."""
    gradient = hessian @ w + linear
    diagonal = np.maximum(np.diag(hessian), 1e-300)
    every = range(len(w))
    chosen: Iterable[int] = every
    for _ in range(sweeps):
        largest = 0.0
        for j in chosen:
            aim = w[j] - gradient[j] / diagonal[j]
            new = np.sign(aim) * max(abs(aim) - l1[j] / diagonal[j], 0.0)
            change = new - w[j]
            if change:
                w[j] = new
                gradient += change * hessian[j]
                largest = max(largest, abs(change) * diagonal[j] ** 0.5)
        if largest > tolerance:
            chosen = np.flatnonzero(w)  # those at 0 are looked at again when the others stand still
        elif chosen is every:
            break
        else:
            chosen = every


def _with_signs(w: Vector, hessian: Matrix, linear: Vector, l1: Vector) -> Vector | None:
    """The minimum, if it has the signs of w; else None."""
    free = (w != 0) | (l1 == 0)
    exact = np.zeros_like(w)
    try:
        exact[free] = np.linalg.solve(hessian[np.ix_(free, free)], -(linear + l1 * np.sign(w))[free])
    except np.linalg.LinAlgError:
        return None
    gradient = hessian @ exact + linear
    held = (np.abs(gradient) <= l1 * (1 + 1e-10))[~free].all()
    same = (np.sign(exact) == np.sign(w))[free & (l1 > 0)].all()
    return exact if held and same else None


def _promised(point: Point, penalty: Penalty, step: Vector) -> float:
    """What the quadratic model says that the objective falls by."""
    smooth = point.gradient @ step + step @ point.hessian @ step / 2
    return -float(smooth + penalty.l1 @ (np.abs(point.w + step) - np.abs(point.w)))


def _along(design: Design, loss: Loss, penalty: Penalty, point: Point, step: Vector, decrease: float) -> Point | None:
    """The first of the whole step, its half, ... that makes the objective smaller by enough; None if none does."""
    length = 1.0
    while length > 1e-10:
        found = evaluate(design, loss, penalty, point.w + length * step)
        if found.objective <= point.objective - 1e-4 * length * decrease:
            return found
        length /= 2
    return None
