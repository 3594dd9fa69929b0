"""The solvers of the multinomial logistic regression: parameters (width, k), one column for each class.

Without an L1 penalty Newton's method with conjugate gradients for the step, which needs only products with
the Hessian (Nocedal and Wright 2006, algorithm 7.1). With one, accelerated proximal gradient steps with
restart (Beck and Teboulle 2009; O'Donoghue and Candes 2015), in a metric that bounds the curvature
(Bohning 1992). The start is zero and no step leaves the symmetric solution, whose biases sum to zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rsnb.ml.design import Design, Matrix
from rsnb.ml.losses import softmax

ITERATIONS = 200
STEPS = 500  # of conjugate gradients for one step of Newton
PROXIMAL = 20_000
TOLERANCE = 1e-9  # of the gradient's largest entry; of the proximal step's


@dataclass(frozen=True)
class Multinomial:
    """The objective. labels: (n,) whole numbers. l2, l1: penalty of each row of the parameters, (width,)."""

    design: Design
    labels: NDArray[np.intp]
    classes: int
    l2: NDArray[np.float64]
    l1: NDArray[np.float64]

    def smooth(self, w: Matrix) -> tuple[float, Matrix]:
        """The mean loss with the L2 penalty, and its gradient."""
        value, gradient = 0.0, np.zeros_like(w)
        for rows, block in self.design.blocks():
            scores, labels, weight = self.design.scores(block, w), self.labels[rows], self.design.weight[rows]
            p = softmax(scores)
            each = np.arange(len(labels))
            top = scores.max(axis=1)
            logs = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
            value += float(weight @ (logs - scores[each, labels]))
            p[each, labels] -= 1.0
            gradient += self.design.back(block, weight[:, None] * p)
        total = float(self.design.weight.sum())
        return value / total + float((self.l2 @ (w * w)).sum()) / 2, gradient / total + self.l2[:, None] * w

    def product(self, w: Matrix, direction: Matrix) -> Matrix:
        """The Hessian at w times a direction."""
        found = np.zeros_like(w)
        for rows, block in self.design.blocks():
            p, along = softmax(self.design.scores(block, w)), self.design.scores(block, direction)
            change = p * (along - (p * along).sum(axis=1, keepdims=True))
            found += self.design.back(block, self.design.weight[rows, None] * change)
        return found / float(self.design.weight.sum()) + self.l2[:, None] * direction


def solve(problem: Multinomial) -> tuple[Matrix, float, int]:
    """The parameters (width, k), the objective there and the number of iterations."""
    start = np.zeros((problem.design.width, problem.classes))
    return _proximal(problem, start) if problem.l1.any() else _newton(problem, start)


def _newton(problem: Multinomial, w: Matrix) -> tuple[Matrix, float, int]:
    value, gradient = problem.smooth(w)
    iteration = 0
    while iteration < ITERATIONS:
        iteration += 1
        largest = float(np.abs(gradient).max())
        if largest <= TOLERANCE:
            break
        step = _conjugate(problem, w, gradient, min(0.1, largest**0.5))
        slope, length = float((gradient * step).sum()), 1.0
        following = problem.smooth(w + step)
        while following[0] > value + 1e-4 * length * slope and length > 1e-10:
            length /= 2
            following = problem.smooth(w + length * step)
        if following[0] > value:  # nothing is left but rounding
            break
        w, (value, gradient) = w + length * step, following
    return w, value, iteration


def _conjugate(problem: Multinomial, w: Matrix, gradient: Matrix, forcing: float) -> Matrix:
    """The Newton step, up to a residual of `forcing` times the gradient."""
    step = np.zeros_like(w)
    residual, along = -gradient, -gradient
    size = float((residual * residual).sum())
    enough = size * forcing**2
    for _ in range(STEPS):
        bent = problem.product(w, along)
        curvature = float((along * bent).sum())
        if curvature <= 1e-16 * float((along * along).sum()):
            break
        length = size / curvature
        step, residual = step + length * along, residual - length * bent
        before, size = size, float((residual * residual).sum())
        if size <= enough:
            break
        along = residual + size / before * along
    return step if step.any() else -gradient


def _proximal(problem: Multinomial, w: Matrix) -> tuple[Matrix, float, int]:
    length = 1 / _curvature(problem)
    behind, momentum, iteration, done = w, 1.0, 0, False
    while not done and iteration < PROXIMAL:
        iteration += 1
        _, gradient = problem.smooth(behind)
        aim = behind - length * gradient
        new = np.sign(aim) * np.maximum(np.abs(aim) - length * problem.l1[:, None], 0.0)
        moved = new - w
        if float(((behind - new) * moved).sum()) > 0:  # the momentum points uphill: start it again
            momentum = 1.0
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        done = float(np.abs(new - behind).max()) <= TOLERANCE * length
        behind = new + (momentum - 1) / following * moved
        w, momentum = new, following
    value = problem.smooth(w)[0] + float(problem.l1 @ np.abs(w).sum(axis=1))
    return w, value, iteration


def _curvature(problem: Multinomial) -> float:
    """An upper bound of the Hessian's largest eigenvalue: half of that of X'X / n (Bohning 1992), and the penalty."""
    gram = np.zeros((problem.design.width, problem.design.width))
    for rows, block in problem.design.blocks():
        gram += problem.design.gram(block, np.sqrt(problem.design.weight[rows]))
    largest = float(np.linalg.eigvalsh(gram)[-1]) / float(problem.design.weight.sum())
    return largest / 2 + float(problem.l2.max()) + 1e-12
