"""The losses of the linear learner as functions of score and target: value, slope, curvature.

The hinge, absolute, quantile and eps-insensitive absolute loss have a kink. With `smoothing` m > 0 the kink
max(0, t) becomes m log(1 + exp(t / m)), which is at most m log 2 above it and has a curvature everywhere
(Chen and Mangasarian 1996, "A class of smoothing functions for nonlinear and mixed complementarity problems").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rsnb.ml.hyperparameters import Value, number

Vector = NDArray[np.float64]
Parts = tuple[Vector, Vector, Vector]  # value, slope, curvature; each (n,)
Loss = Callable[[Vector, Vector], Parts]  # of scores and targets

KINKED = ("hinge_loss", "absolute_loss", "eps_insensitive_absolute_loss", "quantile_loss")


def loss(name: str, hyperparameters: Mapping[str, Value], unit: float = 1.0, smoothing: float = 0.0) -> Loss:
    """The loss of this name; `unit`: what one unit of the score is in the target's units, 1 unless normalised."""
    if name == "logistic":
        return logistic
    if name == "squared_loss":
        return squared
    if name == "hinge_loss":
        return partial(hinge, margin=number(hyperparameters, "margin"), smoothing=smoothing)
    if name == "huber_loss":
        return partial(huber, delta=number(hyperparameters, "huber_delta") / unit)
    insensitivity = number(hyperparameters, "loss_insensitivity") / unit
    if name == "eps_insensitive_squared_loss":
        return partial(insensitive_squared, insensitivity=insensitivity)
    if name == "eps_insensitive_absolute_loss":
        return partial(tilted, insensitivity=insensitivity, smoothing=smoothing)
    quantile = number(hyperparameters, "quantile")
    up, down = (1.0, 1.0) if name == "absolute_loss" else (1 - quantile, quantile)
    return partial(tilted, up=up, down=down, smoothing=smoothing)


def logistic(z: Vector, y: Vector) -> Parts:
    """log(1 + exp(-z)) for y = 1, log(1 + exp(z)) for y = 0."""
    small = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1.0, small) / (1.0 + small)
    return np.log1p(small) + np.maximum(z, 0.0) - y * z, p - y, p * (1.0 - p)


def squared(z: Vector, y: Vector) -> Parts:
    """Half of the squared error."""
    error = z - y
    return error * error / 2, error, np.ones_like(z)


def hinge(z: Vector, y: Vector, margin: float = 1.0, smoothing: float = 0.0) -> Parts:
    """max(0, margin - z) for y = 1, max(0, margin + z) for y = 0."""
    sign = 2 * y - 1
    value, slope, curvature = _ramp(margin - sign * z, smoothing)
    return value, -sign * slope, curvature


def tilted(
    z: Vector, y: Vector, up: float = 1.0, down: float = 1.0, insensitivity: float = 0.0, smoothing: float = 0.0
) -> Parts:
    """Errors over the insensitivity, times `up` where the score is too high and `down` where it is too low."""
    over = _ramp(z - y - insensitivity, smoothing)
    under = _ramp(y - z - insensitivity, smoothing)
    return up * over[0] + down * under[0], up * over[1] - down * under[1], up * over[2] + down * under[2]


def insensitive_squared(z: Vector, y: Vector, insensitivity: float) -> Parts:
    """Half of the square of the error over the insensitivity."""
    error = z - y
    over = np.sign(error) * np.maximum(np.abs(error) - insensitivity, 0.0)
    return over * over / 2, over, (over != 0).astype(np.float64)


def huber(z: Vector, y: Vector, delta: float) -> Parts:
    """Half of the squared error up to delta, from there on linear (Huber 1964)."""
    error = z - y
    near = np.clip(error, -delta, delta)
    return near * (error - near / 2), near, (np.abs(error) <= delta).astype(np.float64)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of the classes; (n, k) to (n, k)."""
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exps / exps.sum(axis=1, keepdims=True))


def sigmoid(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-z)) without overflow."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, small) / (1.0 + small))


def _ramp(t: Vector, smoothing: float) -> Parts:
    """max(0, t), or its smooth stand-in."""
    if not smoothing:
        return np.maximum(t, 0.0), (t > 0).astype(np.float64), np.zeros_like(t)
    small = np.exp(-np.abs(t) / smoothing)
    p = np.where(t >= 0, 1.0, small) / (1.0 + small)
    return np.maximum(t, 0.0) + smoothing * np.log1p(small), p, p * (1.0 - p) / smoothing


def score(loss: str, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score of a linear function's values (n, k): (n,) for k = 1, (n, k) for softmax.

    A probability for the logistic and the softmax loss, else the value itself.
    """
    if loss == "softmax_loss":
        return softmax(z)
    return sigmoid(z[:, 0]) if loss == "logistic" else z[:, 0]
