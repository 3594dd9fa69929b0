"""The solvers reach the minimum that other methods find, for every loss."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from scipy.sparse import csr_array, eye_array, hstack, vstack

from rsnb.ml import LinearLearner, design, losses, solvers
from rsnb.ml.data import Examples
from rsnb.ml.hyperparameters import LOSSES, resolve

N, D = 600, 5
RNG = np.random.default_rng(3)
X = RNG.normal(size=(N, D)) * [1, 5, 0.1, 100, 1] + [0, 10, 0, 2000, 0]
S = (X - X.mean(axis=0)) / X.std(axis=0)
ONES = np.column_stack([S, np.ones(N)])
BINARY = (RNG.random(N) < 1 / (1 + np.exp(-(S @ [0.5, -0.3, 0.2, 0, 1] - 1)))).astype(float)
NUMBER = 3 + S @ [4.0, 8, 0, 0, -4] + RNG.standard_t(3, size=N) * 2
CLASS = np.argmax(S @ RNG.normal(size=(D, 4)) + RNG.gumbel(size=(N, 4)), axis=1).astype(float)
TARGETS = {"binary_classifier": BINARY, "regressor": NUMBER, "multiclass_classifier": CLASS}


def standardised(predictor_type: str, **hyperparameters: object) -> np.ndarray:
    """The parameters of the standardised columns, the bias last: (D + 1, k)."""
    examples = Examples(X, TARGETS[predictor_type], tuple("abcde"))
    fitted = LinearLearner(predictor_type, **hyperparameters).fit(examples).linear
    bias = fitted.bias + X.mean(axis=0) @ fitted.weights
    return np.vstack([fitted.weights * X.std(axis=0)[:, None], bias])


def minimum(objective, start) -> np.ndarray:  # type: ignore[no-untyped-def]
    return np.asarray(minimize(objective, start, method="BFGS", options={"gtol": 1e-7}).x)


@pytest.mark.parametrize("wd", [0, 1e-4, 1.0])
def test_logistic(wd: float) -> None:
    def objective(w: np.ndarray) -> float:
        z = ONES @ w
        return float(np.mean(np.logaddexp(0, z) - BINARY * z) + wd / 2 * w[:-1] @ w[:-1])

    found = standardised("binary_classifier", wd=wd)[:, 0]
    assert found == pytest.approx(minimum(objective, np.zeros(D + 1)), abs=1e-5)
    z = ONES @ found
    gradient = ONES.T @ (1 / (1 + np.exp(-z)) - BINARY) / N + wd * np.append(found[:-1], 0)
    assert np.abs(gradient).max() < 1e-9


@pytest.mark.parametrize("wd", [0, 0.1])
def test_squared_loss_is_least_squares(wd: float) -> None:
    system = ONES.T @ ONES + N * wd * np.diag([1.0] * D + [0])
    assert standardised("regressor", wd=wd)[:, 0] == pytest.approx(np.linalg.solve(system, ONES.T @ NUMBER), rel=1e-10)


def test_weights_are_rows_again() -> None:
    weight = RNG.integers(0, 4, N).astype(float)
    again = np.repeat(np.arange(N), weight.astype(int))
    for kind, y in (("binary_classifier", BINARY), ("regressor", NUMBER)):
        learner = LinearLearner(kind, wd=1e-3)
        weighted = learner.fit(Examples(X, y, tuple("abcde"), weight=weight)).linear
        repeated = learner.fit(Examples(X[again], y[again], tuple("abcde"))).linear
        assert weighted.weights == pytest.approx(repeated.weights, rel=1e-8)
        assert weighted.bias == pytest.approx(repeated.bias, rel=1e-8)
        if kind == "binary_classifier":
            assert weighted.covariance == pytest.approx(repeated.covariance, rel=1e-6)


@pytest.mark.parametrize("predictor_type", ["binary_classifier", "regressor"])
def test_l1_meets_the_conditions_of_its_minimum(predictor_type: str) -> None:
    unit = NUMBER.std() if predictor_type == "regressor" else 1.0
    found = standardised(predictor_type, l1=0.05, wd=0)[:, 0] / unit
    z = ONES @ found
    error = z - NUMBER / unit if predictor_type == "regressor" else 1 / (1 + np.exp(-z)) - BINARY
    gradient = ONES.T @ error / N
    zero = found[:-1] == 0
    assert 0 < zero.sum() < D
    assert (np.abs(gradient[:-1][zero]) <= 0.05 + 1e-9).all()
    assert gradient[:-1][~zero] == pytest.approx(-0.05 * np.sign(found[:-1][~zero]), abs=1e-8)
    assert gradient[-1] == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize(
    ("loss", "down", "up", "insensitivity"),
    [("absolute_loss", 1, 1, 0), ("quantile_loss", 0.8, 0.2, 0), ("eps_insensitive_absolute_loss", 1, 1, 0.5)],
)
def test_a_kinked_loss_is_a_linear_programme(loss: str, down: float, up: float, insensitivity: float) -> None:
    own = {"quantile": 0.8} if loss == "quantile_loss" else {}
    error = ONES @ standardised("regressor", loss=loss, wd=0, loss_insensitivity=0.5, **own)[:, 0] - NUMBER
    value = np.mean(down * np.maximum(-error - insensitivity, 0) + up * np.maximum(error - insensitivity, 0))
    rows, one = csr_array(ONES), eye_array(N)
    best = linprog(
        np.concatenate([np.zeros(D + 1), np.full(N, down / N), np.full(N, up / N)]),
        vstack([hstack([-rows, -one, 0 * one]), hstack([rows, 0 * one, -one])]).tocsc(),
        np.concatenate([insensitivity - NUMBER, insensitivity + NUMBER]),
        bounds=[(None, None)] * (D + 1) + [(0, None)] * (2 * N),
    )
    assert best.fun <= value + 1e-9 <= best.fun * (1 + 1e-6)


def test_hinge_is_a_linear_programme() -> None:
    w = standardised("binary_classifier", loss="hinge_loss", wd=0)[:, 0]
    sign = 2 * BINARY - 1
    value = np.mean(np.maximum(1 - sign * (ONES @ w), 0))
    best = linprog(
        np.concatenate([np.zeros(D + 1), np.full(N, 1 / N)]),
        np.hstack([-sign[:, None] * ONES, -np.eye(N)]),
        -np.ones(N),
        bounds=[(None, None)] * (D + 1) + [(0, None)] * N,
    )
    assert best.fun <= value + 1e-9 <= best.fun * (1 + 1e-5)


@pytest.mark.parametrize("loss", ["huber_loss", "eps_insensitive_squared_loss"])
def test_a_loss_with_flat_parts(loss: str) -> None:
    def objective(w: np.ndarray) -> float:
        error = np.abs(ONES @ w - NUMBER)
        if loss == "huber_loss":
            return float(np.mean(np.where(error <= 1, error**2 / 2, error - 0.5)))
        return float(np.mean(np.maximum(error - 0.5, 0) ** 2 / 2))

    found = standardised("regressor", loss=loss, wd=0, loss_insensitivity=0.5)[:, 0]
    assert objective(found) <= objective(minimum(objective, found + 0.1)) + 1e-10


@pytest.mark.parametrize(("wd", "l1"), [(0, 0), (1e-3, 0), (0, 0.01), (1e-3, 0.01)])
def test_softmax(wd: float, l1: float) -> None:
    found = standardised("multiclass_classifier", wd=wd, l1=l1)
    p = np.exp(ONES @ found)
    p /= p.sum(axis=1, keepdims=True)
    gradient = ONES.T @ (p - np.eye(4)[CLASS.astype(int)]) / N
    gradient[:-1] += wd * found[:-1]
    held = (found[:-1] == 0) & (l1 > 0)
    assert (np.abs(gradient[:-1][held]) <= l1 + 1e-7).all()
    assert gradient[:-1][~held] == pytest.approx(-l1 * np.sign(found[:-1][~held]), abs=1e-7)
    assert gradient[-1] == pytest.approx(0, abs=1e-7)
    assert found[-1].sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", [name for names in LOSSES.values() for name in names if name != "softmax_loss"])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_slope_and_curvature_are_derivatives(name: str, smoothing: float) -> None:
    kind = "binary_classifier" if name in LOSSES["binary_classifier"] else "regressor"
    values = resolve("regressor", {"loss_insensitivity": 0.3}) | resolve(kind, {})
    function = losses.loss(name, {**values, "margin": 1.0, "quantile": 0.8, "huber_delta": 1.0}, smoothing=smoothing)
    z, y, h = RNG.normal(size=200) * 2, RNG.integers(0, 2, 200).astype(float), 1e-6
    _, slope, curvature = function(z, y)
    assert slope == pytest.approx((function(z + h, y)[0] - function(z - h, y)[0]) / (2 * h), abs=1e-5)
    assert curvature == pytest.approx((function(z + h, y)[1] - function(z - h, y)[1]) / (2 * h), abs=1e-4)


def test_moments_do_not_lose_digits() -> None:
    x = np.column_stack([1e9 + RNG.normal(size=70_000), np.full(70_000, 0.1)])
    mean, deviation = design.moments(x, np.ones(len(x)))
    assert mean == pytest.approx(x.mean(axis=0), rel=1e-14)
    assert deviation[0] == pytest.approx(x[:, 0].std(), rel=1e-6)
    assert deviation[1] == 0


def test_a_large_table_starts_from_a_sample_and_ends_at_the_same_minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = standardised("binary_classifier")
    monkeypatch.setattr(solvers, "SAMPLE", 100)
    assert standardised("binary_classifier") == pytest.approx(whole, abs=1e-8)
