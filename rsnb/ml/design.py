"""The rows as the solvers see them: standardised, with a bias, a block at a time, never copied whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

BLOCK = 1 << 20  # bytes of a block: it stays in the processor's cache


@dataclass(frozen=True)
class Design:
    """Rows (x - mean) * inverse, and a last column of ones, which is never made, where there is a bias.

    x: (n, d). mean, inverse: (d,); inverse is 0 for a column that does not vary. weight: (n,).
    Parameters are (width,) or (width, k), with width = d + 1 where there is a bias, else d.
    """

    x: Matrix
    y: Vector
    weight: Vector
    mean: Vector
    inverse: Vector
    bias: bool

    @property
    def width(self) -> int:
        """The number of parameters of one linear function."""
        return int(self.x.shape[1]) + self.bias

    def blocks(self) -> Iterator[tuple[slice, Matrix]]:
        """The place of some rows and their d columns; a block may be written to, and is filled again for the next."""
        d = self.x.shape[1]
        rows = block_rows(d)
        whole = np.empty((min(rows, len(self.x)), d))
        times = np.tile(self.inverse, (len(whole), 1))  # an operation on whole blocks is three times as fast
        minus = np.tile(self.mean * self.inverse, (len(whole), 1))
        for start in range(0, len(self.x), rows):
            part = self.x[start : start + rows]
            block = whole[: len(part)]
            np.multiply(part, times[: len(part)], out=block)
            np.subtract(block, minus[: len(part)], out=block)
            yield slice(start, start + len(part)), block

    def scores(self, block: Matrix, w: Matrix) -> Matrix:
        """The linear function on a block."""
        d = self.x.shape[1]
        return np.asarray(block @ w[:d] + w[d] if self.bias else block @ w)

    def back(self, block: Matrix, slope: Matrix) -> Matrix:
        """The block with its ones, transposed, times one number for each row (and class): a gradient."""
        found = block.T @ slope
        return np.concatenate([found, slope.sum(axis=0, keepdims=True)]) if self.bias else found

    def gram(self, block: Matrix, factor: Vector) -> Matrix:
        """Z'Z for the block with its ones, each row times its factor; overwrites the block."""
        d = self.x.shape[1]
        found = np.empty((self.width, self.width))
        block *= factor[:, None]
        np.matmul(block.T, block, out=found[:d, :d])
        if self.bias:
            found[:d, d] = found[d, :d] = factor @ block
            found[d, d] = factor @ factor
        return found

    def every(self, step: int) -> Design:
        """One row of `step`, as views."""
        return Design(self.x[::step], self.y[::step], self.weight[::step], self.mean, self.inverse, self.bias)

    def fold(self, parameters: Matrix) -> tuple[Matrix, Vector]:
        """Weights (d, k) and bias (k,) in the units of x, from the parameters (width, k) of the standardised rows."""
        d = self.x.shape[1]
        weights = parameters[:d] * self.inverse[:, None]
        bias = parameters[d] if self.bias else np.zeros(parameters.shape[1])
        return weights, bias - self.mean @ weights

    def fold_covariance(self, covariance: Matrix) -> Matrix:
        """The covariance (d + 1, d + 1) of weights and bias in the units of x."""
        d = self.x.shape[1]
        back = np.zeros((d + 1, self.width))
        back[np.arange(d), np.arange(d)] = self.inverse
        back[d, :d] = -self.mean * self.inverse
        if self.bias:
            back[d, d] = 1.0
        return np.asarray(back @ covariance @ back.T)


def block_rows(width: int) -> int:
    """Rows of a block of this width: at least as many as columns, so that products pay for adding them up."""
    return max(256, width, BLOCK // (8 * width))


def moments(x: Matrix, weight: Vector) -> tuple[Vector, Vector]:
    """Weighted mean and standard deviation (of the population) of each column; not finite where a value isn't.

    Blocks are merged as in Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for
    computing sample variances".
    """
    total, mean, spread = 0.0, np.zeros(x.shape[1]), np.zeros(x.shape[1])
    rows = block_rows(x.shape[1])
    with np.errstate(invalid="ignore", over="ignore"):
        for start in range(0, len(x), rows):
            part, w = x[start : start + rows], weight[start : start + rows]
            here = float(w.sum())
            if not here:
                spread += 0.0 * part.sum(axis=0)  # rows without weight are still looked at
                continue
            difference = part - x[0]  # a constant column has exactly no deviation
            centre = w @ difference / here
            difference -= centre
            delta, total = centre - mean, total + here
            mean += delta * here / total
            difference *= difference
            spread += w @ difference + delta * delta * here * (total - here) / total
        return mean + x[0], np.sqrt(spread / total)
