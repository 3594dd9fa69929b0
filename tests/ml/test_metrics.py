"""Metrics against their definitions and scikit-learn; intervals against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics as sk

from rsnb.ml import curves, metrics

RNG = np.random.default_rng(1)
N = 400
Y = (RNG.random(N) < 0.3).astype(float)
SCORE = np.clip(np.round(0.3 + 0.15 * Y + RNG.normal(size=N) * 0.2, 2), 0.01, 0.99)  # with many ties
LABEL = (SCORE >= 0.4).astype(float)
FOUND = metrics.evaluate("binary_classifier", Y, SCORE, LABEL)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", sk.accuracy_score(Y, LABEL)),
        ("precision", sk.precision_score(Y, LABEL)),
        ("recall", sk.recall_score(Y, LABEL)),
        ("f_beta", sk.f1_score(Y, LABEL)),
        ("roc_auc", sk.roc_auc_score(Y, SCORE)),
        ("pr_auc", sk.average_precision_score(Y, SCORE)),
        ("log_loss", sk.log_loss(Y, SCORE)),
        ("brier", sk.brier_score_loss(Y, SCORE)),
        ("positive_rate", Y.mean()),
    ],
)
def test_a_binary_metric_and_its_interval(name: str, expected: float) -> None:
    found = FOUND[name]
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.low < found.value < found.high
    assert found.n == {"precision": LABEL.sum(), "recall": Y.sum()}.get(name, N)


def test_every_metric_is_among_those() -> None:
    assert set(FOUND) == {
        "accuracy", "precision", "recall", "f_beta", "roc_auc", "pr_auc", "log_loss", "brier", "positive_rate",
    }  # fmt: skip
    assert "log_loss" not in metrics.evaluate("binary_classifier", Y, SCORE * 9, LABEL, probability=False)


@pytest.mark.parametrize("beta", [0.5, 2.0])
def test_f_beta(beta: float) -> None:
    found = metrics.evaluate("binary_classifier", Y, SCORE, LABEL, beta)["f_beta"]
    assert found.value == pytest.approx(sk.fbeta_score(Y, LABEL, beta=beta))


def test_auc_of_ties_is_one_half() -> None:
    assert metrics.roc_auc(np.array([0, 1, 0, 1.0]), np.ones(4)).value == 0.5


def test_delong_by_its_definition() -> None:
    positive, negative = SCORE[Y == 1], SCORE[Y == 0]
    wins = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    variance = wins.mean(axis=1).var(ddof=1) / len(positive) + wins.mean(axis=0).var(ddof=1) / len(negative)
    found = metrics.roc_auc(Y, SCORE)
    assert found.value == pytest.approx(wins.mean())
    assert found.high - found.value == pytest.approx(metrics.Z * math.sqrt(variance))


def test_wilson() -> None:
    found = metrics.proportion(81, 263)  # Newcombe 1998, "Two-sided confidence intervals for the single proportion"
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert metrics.proportion(0, 20).low == 0
    assert math.isnan(metrics.proportion(0, 0).value)


@pytest.mark.parametrize("name", ["f_beta", "roc_auc", "pr_auc", "log_loss", "brier", "recall"])
def test_an_interval_holds_the_truth_as_often_as_it_says(name: str) -> None:
    rng = np.random.default_rng(7)

    def draw(n: int) -> metrics.Metric:
        y = (rng.random(n) < 0.3).astype(float)
        score = 1 / (1 + np.exp(-(rng.normal(size=n) + y - 1)))
        return metrics.evaluate("binary_classifier", y, score, (score > 0.35).astype(float))[name]

    truth = draw(300_000).value
    held = [found.low <= truth <= found.high for found in (draw(300) for _ in range(400))]
    assert 0.91 <= np.mean(held) <= 0.99


def test_one_class_only_has_no_auc_but_the_rest() -> None:
    for y in (np.zeros(N), np.ones(N)):
        found = metrics.evaluate("binary_classifier", y, SCORE, LABEL)
        assert math.isnan(found["roc_auc"].value)
        assert found["accuracy"].value == pytest.approx((y == LABEL).mean())
    assert math.isnan(metrics.evaluate("binary_classifier", np.zeros(N), SCORE, LABEL)["recall"].value)
    assert math.isnan(metrics.evaluate("binary_classifier", np.zeros(N), SCORE, LABEL)["pr_auc"].value)


def test_multiclass() -> None:
    score = RNG.dirichlet([1, 2, 3], N)
    y = RNG.integers(0, 3, N).astype(float)
    label = score.argmax(axis=1).astype(float)
    found = metrics.evaluate("multiclass_classifier", y, score, label)
    assert found["accuracy"].value == pytest.approx(sk.accuracy_score(y, label))
    assert found["macro_f"].value == pytest.approx(sk.f1_score(y, label, average="macro"))
    assert found["cross_entropy"].value == pytest.approx(sk.log_loss(y, score))
    again = [RNG.integers(0, N, N) for _ in range(400)]
    spread = np.std([metrics.multiclass(y[i], score[i], label[i])["macro_f"].value for i in again])
    assert (found["macro_f"].high - found["macro_f"].value) / metrics.Z == pytest.approx(spread, rel=0.15)


def test_regression() -> None:
    y = RNG.normal(size=N) * 3
    score = y * 0.7 + RNG.normal(size=N)
    found = metrics.evaluate("regressor", y, score, None)
    assert found["mse"].value == pytest.approx(sk.mean_squared_error(y, score))
    assert found["rmse"].value == pytest.approx(math.sqrt(found["mse"].value))
    assert found["mae"].value == pytest.approx(sk.mean_absolute_error(y, score))
    assert found["r2"].value == pytest.approx(sk.r2_score(y, score))
    again = [RNG.integers(0, N, N) for _ in range(400)]
    for name in ("rmse", "r2"):
        spread = np.std([metrics.regression(y[i], score[i])[name].value for i in again])
        assert (found[name].high - found[name].value) / metrics.Z == pytest.approx(spread, rel=0.2)


def test_a_frame_and_a_text() -> None:
    frame = metrics.frame(FOUND)
    assert list(frame.columns) == ["value", "low", "high", "n"]
    assert frame.loc["roc_auc", "n"] == N
    assert str(metrics.Metric(0.62346, 0.6, 0.65, 1000)) == "0.6235 (0.6 to 0.65, n = 1,000)"
    assert str(metrics.Metric(0.5, n=3)) == "0.5 (n = 3)"


def test_the_roc_curve_has_the_area() -> None:
    curve = curves.roc(Y, SCORE)
    area = np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"])
    assert area == pytest.approx(FOUND["roc_auc"].value)
    assert curve.iloc[0].tolist()[1:] == [0, 0]
    assert curve.iloc[-1].tolist()[1:] == [1, 1]
    at = curve.iloc[(curve["threshold"] - 0.395).abs().argmin()]
    assert at["true_positive_rate"] == pytest.approx(FOUND["recall"].value)


def test_the_precision_recall_curve() -> None:
    precision, recall, _ = sk.precision_recall_curve(Y, SCORE)
    curve = curves.precision_recall(Y, SCORE)
    assert curve["precision"].to_numpy() == pytest.approx(precision[-2::-1])
    assert curve["recall"].to_numpy() == pytest.approx(recall[-2::-1])


def test_calibration_bins_hold_all_examples() -> None:
    bins = curves.calibration(Y, SCORE)
    assert bins["n"].sum() == N
    assert len(bins) == 10
    assert (bins["n"] * bins["observed"]).sum() == pytest.approx(Y.sum())
    assert (bins["low"] <= bins["observed"]).all()


def test_confusion_and_gains_and_residuals() -> None:
    assert (curves.confusion(Y, LABEL).to_numpy() == sk.confusion_matrix(Y, LABEL)).all()
    gains = curves.gains(Y, SCORE)
    assert gains["captured"].iloc[[0, -1]].tolist() == [0, 1]
    assert (gains["captured"] >= gains["share"] - 1e-12).mean() > 0.95
    assert gains["lift"].iloc[-1] == 1
    tied = curves.gains(Y, np.ones(N))
    assert tied["captured"].to_numpy() == pytest.approx(tied["share"].to_numpy())
    rest = curves.residuals(Y, SCORE)
    assert rest["residual"].sum() == pytest.approx((Y - SCORE).sum())


def test_curves_of_many_examples_stay_small() -> None:
    y, score = (RNG.random(50_000) < 0.5).astype(float), RNG.random(50_000)
    assert len(curves.roc(y, score)) <= curves.POINTS
    assert len(curves.precision_recall(y, score)) <= curves.POINTS
    assert len(curves.residuals(y, score)) <= curves.POINTS
