"""The local backend: what it refuses, the threshold it chooses, errors of the estimate, and one thread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rsnb.errors import ConfigError, ModelError
from rsnb.ml import LinearLearner, thresholds
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.hyperparameters import resolve
from rsnb.ml.learner import Parts
from rsnb.ml.threads import one_thread

RNG = np.random.default_rng(5)
N = 500
X = RNG.normal(size=(N, 3)) * [1, 20, 0.1] + [0, 100, 3]
LINEAR = X[:, 0] + (X[:, 1] - 100) / 40 - 1
Y = (RNG.random(N) < 1 / (1 + np.exp(-LINEAR))).astype(float)
NAMES = ("a", "b", "c")
GOOD = Examples(X, Y, NAMES)


def fit(examples: Examples, predictor_type: str = "binary_classifier", **hyperparameters: object) -> Fitted:
    return LinearLearner(predictor_type, **hyperparameters).fit(examples).linear


def changed(values: np.ndarray, places: object, to: object) -> np.ndarray:
    copy = values.copy()
    copy[places] = to
    return copy


@pytest.mark.parametrize(
    ("examples", "predictor_type", "said"),
    [
        (replace(GOOD, y=changed(Y, slice(3), np.nan)), "binary_classifier", "the target is missing in 3 of 500 rows"),
        (replace(GOOD, y=changed(Y, 0, np.inf)), "regressor", "the target is missing in 1 of 500"),
        (replace(GOOD, y=np.ones(N)), "binary_classifier", "the target is 1 in all 500 rows"),
        (replace(GOOD, y=np.full(N, 2.5)), "regressor", "the target is 2.5 in all 500 rows"),
        (replace(GOOD, y=changed(Y, 0, 2)), "binary_classifier", "this one has 3 values: 0, 1, 2"),
        (replace(GOOD, y=np.arange(N) % 3 + 0.5), "multiclass_classifier", "not whole numbers from 0"),
        (replace(GOOD, y=np.arange(N) % 3 * 2.0), "multiclass_classifier", "no example of class 1, 3"),
        (GOOD, "multiclass_classifier", "2 classes"),
        (replace(GOOD, x=changed(X, (7, 1), np.nan)), "binary_classifier", "b has values that are NULL, NaN or inf"),
        (replace(GOOD, x=changed(X, (7, [0, 2]), np.inf)), "binary_classifier", "a, c have values"),
        (replace(GOOD, weight=changed(np.ones(N), 3, -1)), "binary_classifier", "a weight is negative"),
        (replace(GOOD, weight=np.zeros(N)), "binary_classifier", "all are 0"),
        (replace(GOOD, weight=np.ones(3)), "binary_classifier", "3 weights for 500 rows"),
        (replace(GOOD, y=Y[:9]), "binary_classifier", "9 targets for 500 rows"),
        (replace(GOOD, names=("a",)), "binary_classifier", "1 names for 3 columns"),
        (Examples(X[:0], Y[:0], NAMES), "binary_classifier", "0 rows of 3 features"),
    ],
)
def test_what_can_t_be_learnt_from(examples: Examples, predictor_type: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        fit(examples, predictor_type)
    assert said in str(caught.value)
    assert str(caught.value).startswith("train: ")


def test_huge_numbers_are_not_taken_for_infinite() -> None:
    fitted = fit(replace(GOOD, x=X * [1, 1e140, 1]))
    assert fitted.weights[1, 0] * 1e140 == pytest.approx(fit(GOOD).weights[1, 0])
    with pytest.raises(ModelError, match="b: the numbers are too large"):
        fit(replace(GOOD, x=X * [1, 1e200, 1]))


def test_dimensions_that_are_stated_must_be_right() -> None:
    with pytest.raises(ModelError, match="feature_dim is 4, and train has 3"):
        fit(GOOD, feature_dim=4)
    with pytest.raises(ModelError, match="there is a class 3; num_classes is 3"):
        fit(replace(GOOD, y=np.arange(N) % 4.0), "multiclass_classifier", num_classes=3)


def test_fewer_rows_than_features() -> None:
    wide = Examples(RNG.normal(size=(10, 30)), np.arange(10) % 2.0, tuple(f"c{i}" for i in range(30)))
    fitted = fit(wide)
    assert any("fewer rows than features" in note for note in fitted.notes)
    assert np.isfinite(fitted.weights).all()
    for kind in ("binary_classifier", "regressor"):
        with pytest.raises(ModelError, match="10 rows for 31 parameters"):
            fit(wide, kind, wd=0)


@pytest.mark.parametrize("kind", ["binary_classifier", "regressor"])
def test_columns_that_depend_on_each_other(kind: str) -> None:
    both = Examples(np.column_stack([X, X[:, 0] + X[:, 2]]), Y, (*NAMES, "sum"))
    assert np.isfinite(fit(both, kind).weights).all()
    with pytest.raises(ModelError, match="depend on each other") as caught:
        fit(both, kind, wd=0)
    assert {"a", "c", "sum"} == set(caught.value.message.split(" depend")[0].split(", "))


def test_classes_that_a_plane_separates() -> None:
    apart = replace(GOOD, y=(LINEAR > 0).astype(float))
    assert np.isfinite(fit(apart).weights).all()
    with pytest.raises(ModelError, match="separate the two classes"):
        fit(apart, wd=0)


def test_a_constant_column_has_no_weight() -> None:
    for hyperparameters in ({}, {"wd": 0}, {"normalize_data": False}, {"l1": 0.001}):
        fitted = fit(Examples(np.column_stack([X, np.full(N, 0.1)]), Y, (*NAMES, "same")), **hyperparameters)
        assert fitted.weights[3, 0] == 0
        assert "constant, so without weight: same" in fitted.notes


def test_without_a_bias() -> None:
    fitted = fit(GOOD, "regressor", use_bias=False, wd=0)
    assert fitted.weights[:, 0] == pytest.approx(np.linalg.lstsq(X, Y)[0], rel=1e-8)
    assert fitted.bias[0] == pytest.approx(0, abs=1e-12)


def test_normalising_does_not_change_what_is_not_penalised() -> None:
    plain = fit(GOOD, wd=0)
    for given in (
        {"normalize_data": False},
        {"unbias_data": False},
        {"normalize_data": "false", "unbias_data": "true"},
    ):
        other = fit(GOOD, wd=0, **given)
        assert other.weights == pytest.approx(plain.weights, rel=1e-6)
        assert other.bias == pytest.approx(plain.bias, rel=1e-6)


def test_the_same_answer_every_time() -> None:
    first, second = fit(GOOD), fit(GOOD)
    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.threshold == second.threshold


def test_errors_of_logistic_regression_are_the_inverse_information() -> None:
    fitted = fit(GOOD, wd=0)
    rows = np.column_stack([X, np.ones(N)])
    p = 1 / (1 + np.exp(-rows @ np.append(fitted.weights[:, 0], fitted.bias)))
    assert fitted.covariance == pytest.approx(np.linalg.inv(rows.T @ (rows * (p * (1 - p))[:, None])), rel=1e-5)


def test_errors_of_least_squares() -> None:
    y = LINEAR + RNG.normal(size=N)
    fitted = fit(replace(GOOD, y=y), "regressor", wd=0)
    rows = np.column_stack([X, np.ones(N)])
    error = y - rows @ np.append(fitted.weights[:, 0], fitted.bias)
    variance = error @ error / (N - 4)
    assert fitted.covariance == pytest.approx(variance * np.linalg.inv(rows.T @ rows), rel=1e-6)


@pytest.mark.parametrize("given", [{"l1": 0.01}, {"loss": "hinge_loss"}])
def test_no_errors_where_none_are_known(given: dict[str, object]) -> None:
    assert fit(GOOD, **given).covariance is None


def test_weights_of_positive_examples() -> None:
    many = fit(replace(GOOD, weight=np.where(Y == 1, 3.0, 1.0)), wd=0)
    times = fit(GOOD, positive_example_weight_mult=3, wd=0)
    assert times.weights == pytest.approx(many.weights, rel=1e-9)
    even = LinearLearner(positive_example_weight_mult="balanced")
    score = even.fit(GOOD).scores(X)[0]
    balanced = np.where(Y == 1, (1 - Y).sum() / Y.sum(), 1.0)
    assert balanced @ score / balanced.sum() == pytest.approx(0.5, abs=1e-6)
    assert fit(GOOD, positive_example_weight_mult="auto").weights == pytest.approx(fit(GOOD).weights)
    assert np.diag(times.covariance) != pytest.approx(np.diag(many.covariance))  # reweighting brings no more examples


def test_balanced_classes() -> None:
    y = np.minimum(np.arange(N) % 10, 2).astype(float)
    learner = LinearLearner("multiclass_classifier", balance_multiclass_weights=True)
    score = learner.fit(replace(GOOD, y=y)).scores(X)[0]
    weight = 1 / np.bincount(y.astype(int))[y.astype(int)]
    assert weight @ score / weight.sum() == pytest.approx([1 / 3] * 3, abs=1e-6)


SCORE = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9])
TRUTH = np.array([0, 0, 1, 0, 0, 1, 1, 0, 1, 1.0])


@pytest.mark.parametrize(
    ("given", "threshold"),
    [
        ({}, 0.55),
        ({"binary_classifier_model_selection_criteria": "f_beta"}, 0.55),
        ({"binary_classifier_model_selection_criteria": "f1", "f_beta": 9}, 0.55),
        ({"binary_classifier_model_selection_criteria": "f_beta", "f_beta": 3}, 0.25),
        ({"binary_classifier_model_selection_criteria": "precision_at_target_recall", "target_recall": 0.4}, 0.85),
        ({"binary_classifier_model_selection_criteria": "precision_at_target_recall", "target_recall": 1}, 0.25),
        ({"binary_classifier_model_selection_criteria": "recall_at_target_precision", "target_precision": 1}, 0.85),
        ({"binary_classifier_model_selection_criteria": "recall_at_target_precision", "target_precision": 0.6}, 0.25),
        ({"binary_classifier_model_selection_criteria": "loss_function"}, 0.5),
    ],
)
def test_the_threshold_is_the_best_by_the_criterion(given: dict[str, object], threshold: float) -> None:
    assert thresholds.choose(SCORE, TRUTH, resolve("binary_classifier", given)) == (pytest.approx(threshold), "")


def test_a_target_that_is_out_of_reach_is_said() -> None:
    given = {"binary_classifier_model_selection_criteria": "recall_at_target_precision", "target_precision": 0.9}
    _, note = thresholds.choose(SCORE, 1 - TRUTH, resolve("binary_classifier", given))
    assert "no threshold reaches the target precision of 0.9" in note


def test_the_threshold_comes_from_validation() -> None:
    other = Examples(X, 1 - Y, NAMES)
    learner = LinearLearner()
    on_train, on_validation = learner.fit(Parts(GOOD)).linear, learner.fit(Parts(GOOD, other)).linear
    assert on_train.threshold != on_validation.threshold
    assert any("no validation split" in note for note in on_train.notes)
    assert not on_validation.notes


def test_a_validation_split_of_one_class_is_left_aside() -> None:
    fitted = LinearLearner().fit(Parts(GOOD, Examples(X[:5], np.zeros(5), NAMES))).linear
    assert fitted.threshold == fit(GOOD).threshold
    assert any("validation has one class only" in note for note in fitted.notes)


def test_progress_is_told() -> None:
    lines: list[str] = []
    LinearLearner().fit(GOOD, progress=lines.append)
    assert lines[0] == "500 rows, 3 columns, logistic"
    assert lines[1].startswith("solved in ")


def test_an_unknown_backend() -> None:
    with pytest.raises(ConfigError, match="did you mean local"):
        LinearLearner().fit(GOOD, backend="locl")


def test_training_uses_one_thread() -> None:
    from threadpoolctl import threadpool_info

    with one_thread():
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}


def test_rows_are_never_copied_whole() -> None:
    import tracemalloc

    x = RNG.normal(size=(200_000, 20))
    y = (RNG.random(200_000) < 0.3).astype(float)
    tracemalloc.start()
    LinearLearner().fit(Examples(x, y, tuple(f"c{i}" for i in range(20))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < x.nbytes  # with the examples themselves under two times them
