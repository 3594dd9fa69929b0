"""The warehouse fit agrees with the local one, and nothing but sums leaves the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import rsnb
from rsnb import Session
from rsnb.errors import ModelError
from rsnb.ml import local, statistics, warehouse
from rsnb.ml.data import Examples
from rsnb.ml.features import FeatureTable
from rsnb.ml.learner import LinearLearner
from rsnb.ml.split import Split


def visits(n: int = 1500) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 3))
    z = x @ [1.0, -0.5, 0.0] - 0.5
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "near": x[:, 0],
            "far": x[:, 1] * 1e-3 + 1e4,  # its mean is ten million times its deviation
            "wide": x[:, 2] * 1e6,
            "ward": rng.choice(["A", "B", "it's"], n, p=[0.6, 0.3, 0.1]),
            "flag": rng.random(n) < 0.3,
            "w": rng.integers(1, 5, n) / 2,
            "outcome": (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int),
            "amount": z * 3 + rng.normal(size=n) + 50,
        }
    )


FEATURES = ["near", "far", "wide", "ward", "flag"]


def table(session: Session, frame: pd.DataFrame, target: str = "outcome", **options: Any) -> FeatureTable:
    rsnb.datasets["given"] = rsnb.Result(pa.Table.from_pandas(frame, preserve_index=False))
    session.sql("drop table if exists visits")
    session.sql("create table visits as select * from given")
    given = {"features": [f for f in FEATURES if f in frame], "identifier": "id", **options}
    return FeatureTable((session, "select * from visits"), target=target, **given)


def agree(learner: LinearLearner, features: FeatureTable) -> None:
    here, there = local.fit(learner, features), warehouse.fit(learner, features)
    scale = features.train.x.std(axis=0)
    np.testing.assert_allclose(there.weights[:, 0] * scale, here.weights[:, 0] * scale, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(there.bias, here.bias, rtol=1e-6, atol=1e-6)
    assert there.metrics["train:objective_loss"] == pytest.approx(here.metrics["train:objective_loss"], rel=1e-9)
    assert (there.covariance is None) == (here.covariance is None)
    if here.covariance is not None and there.covariance is not None:
        np.testing.assert_allclose(np.diag(there.covariance), np.diag(here.covariance), rtol=1e-4, atol=1e-13)


LOGISTIC: list[dict[str, Any]] = [
    {},
    {"wd": 0},
    {"wd": 0.1},
    {"l1": 0.01},
    {"l1": 0.05, "wd": 0.01},
    {"use_bias": False},
    {"use_bias": False, "unbias_data": True},
    {"positive_example_weight_mult": "balanced"},
    {"positive_example_weight_mult": 5, "wd": 0},
    {"positive_example_weight_mult": "auto"},
    {"unbias_data": False, "bias_wd_mult": 1, "wd": 0.01},
]


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("hyperparameters", LOGISTIC, ids=str)
def test_logistic_regression_agrees(session: Session, hyperparameters: dict[str, Any], weight: str | None) -> None:
    features = table(session, visits(), weight=weight)
    agree(LinearLearner("binary_classifier", **hyperparameters), features)


LINEAR: list[dict[str, Any]] = [
    {},
    {"wd": 0},
    {"wd": 1},
    {"l1": 0.05},
    {"use_bias": False},
    {"use_bias": False, "unbias_label": True},
    {"normalize_label": False, "wd": 0.1},
    {"unbias_label": False, "bias_wd_mult": 2, "wd": 0.1},
]


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("hyperparameters", LINEAR, ids=str)
def test_linear_regression_agrees(session: Session, hyperparameters: dict[str, Any], weight: str | None) -> None:
    features = table(session, visits(), "amount", weight=weight)
    agree(LinearLearner("regressor", **hyperparameters), features)


def test_unnormalised_features_agree(session: Session) -> None:
    frame = visits().drop(columns=["far", "wide"])
    for kind, target in (("binary_classifier", "outcome"), ("regressor", "amount")):
        agree(LinearLearner(kind, normalize_data=False, wd=0.01), table(session, frame, target))


def test_ordinary_least_squares_is_numpys(session: Session) -> None:
    features = table(session, visits(), "amount")
    found = warehouse.fit(LinearLearner("regressor", wd=0), features)
    centre, scale = features.train.x.mean(axis=0), features.train.x.std(axis=0)
    x = np.column_stack([(features.train.x - centre) / scale, np.ones(len(features.train))])
    w, rss, *_ = np.linalg.lstsq(x, features.train.y)
    np.testing.assert_allclose(found.weights[:, 0] * scale, w[:-1], rtol=1e-6)
    variance = np.diag(np.linalg.inv(x.T @ x))[:-1] * rss[0] / (len(x) - x.shape[1])
    assert found.covariance is not None
    np.testing.assert_allclose(np.diag(found.covariance)[:-1] * scale**2, variance, rtol=1e-6)
    assert found.metrics["train:mse"] == pytest.approx(rss[0] / len(x))
    assert found.metrics["train:r_squared"] == pytest.approx(1 - rss[0] / len(x) / features.train.y.var())


@pytest.fixture
def watched(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each statement gave."""
    sizes: list[int] = []
    run = session.sql

    def sql(*args: Any, **options: Any) -> Any:
        result = run(*args, **options)
        sizes.append(len(result))
        return result

    monkeypatch.setattr(session, "sql", sql)
    return sizes


@pytest.mark.parametrize(("kind", "target"), [("binary_classifier", "outcome"), ("regressor", "amount")])
def test_only_sums_leave_the_engine(session: Session, watched: list[int], kind: str, target: str) -> None:
    features = table(session, visits(), target)
    watched.clear()
    warehouse.fit(
        LinearLearner(kind, positive_example_weight_mult=2) if kind[0] == "b" else LinearLearner(kind), features
    )
    assert watched
    assert max(watched) == 1


def test_through_the_learner(session: Session) -> None:
    features = table(session, visits())
    learner = LinearLearner("binary_classifier", binary_classifier_model_selection_criteria="f1")
    lines: list[str] = []
    model = learner.fit(features, backend="warehouse", progress=lines.append)
    assert lines[0].endswith("inside the warehouse")
    predicted = model.predict(features.frame("test"))
    assert predicted.score.between(0, 1).all()
    assert "value" in learner.evaluate()


@pytest.mark.parametrize(
    "criterion",
    [
        {"binary_classifier_model_selection_criteria": "accuracy"},
        {"binary_classifier_model_selection_criteria": "f1"},
        {"binary_classifier_model_selection_criteria": "f_beta", "f_beta": 2},
        {"binary_classifier_model_selection_criteria": "precision_at_target_recall", "target_recall": 0.9},
        {"binary_classifier_model_selection_criteria": "recall_at_target_precision", "target_precision": 0.8},
        {"binary_classifier_model_selection_criteria": "recall_at_target_precision", "target_precision": 1.0},
        {"binary_classifier_model_selection_criteria": "loss_function"},
    ],
    ids=str,
)
def test_the_threshold_is_as_good_as_the_local_one(session: Session, criterion: dict[str, Any]) -> None:
    features = table(session, visits())
    learner = LinearLearner("binary_classifier", **criterion)
    here, there = local.fit(learner, features), warehouse.fit(learner, features)
    examples = features.validation
    assert examples is not None and here.threshold is not None and there.threshold is not None
    score = 1 / (1 + np.exp(-(examples.x @ here.weights[:, 0] + here.bias)))
    assert ((score >= here.threshold) == (score >= there.threshold)).mean() >= 0.99
    name = criterion["binary_classifier_model_selection_criteria"]
    if name == "accuracy":
        right = [((score >= t) == examples.y).mean() for t in (here.threshold, there.threshold)]
        assert right[1] >= right[0] - 1e-12


def test_the_threshold_without_validation(session: Session) -> None:
    features = table(session, visits(), split=Split(0.8, 0, 0.2))
    found = warehouse.fit(LinearLearner("binary_classifier"), features)
    assert any("chosen on the training rows" in note for note in found.notes)
    assert 0 < (found.threshold or 0) < 1


def test_more_sums_than_a_select_holds(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "AT_ONCE", 7)
    agree(LinearLearner("binary_classifier"), table(session, visits()))


def test_rows_on_the_edge_of_float8(session: Session) -> None:
    """Scores so far out that exp of them overflows."""
    frame = visits()
    frame.loc[3, "near"] = 1e5
    features = table(session, frame, features=["near"], split=Split(1, 0, 0))
    agree(LinearLearner("binary_classifier", normalize_data=False, wd=0), features)


def test_a_column_that_does_not_vary_has_no_weight(session: Session) -> None:
    features = table(session, visits())
    session.sql("update visits set flag = true")
    found = warehouse.fit(LinearLearner("binary_classifier"), features)
    assert found.weights[features.names.index("flag"), 0] == 0
    assert any("constant, so without weight: flag" in note for note in found.notes)


def separated() -> pd.DataFrame:
    return visits().assign(near=lambda f: f.near + 20 * f.outcome)


def hidden(frame: pd.DataFrame) -> pd.DataFrame:
    """Every row of a ward has the same outcome."""
    return frame.assign(ward=np.where((frame.outcome == 1) & frame.flag, "C", frame.ward))


BAD: list[tuple[str, Any, dict[str, Any], str, dict[str, Any], str]] = [
    ("separated", separated, {}, "binary_classifier", {"wd": 0}, r"separate the two classes \(first of all near"),
    ("a level of one class", lambda: hidden(visits()), {}, "binary_classifier", {"wd": 0}, "first of all ward=C"),
    ("dependent", lambda: visits().assign(wide=lambda f: 2 * f.near + 3), {}, "binary_classifier", {"wd": 0},
     "near, wide depend on each other|wide, near depend on each other"),
    ("dependent, linear", lambda: visits().assign(wide=lambda f: 2 * f.near + 3), {"target": "amount"}, "regressor",
     {"wd": 0}, "depend on each other"),
    ("fewer rows than features", lambda: visits(5), {"target": "amount", "split": Split(1, 0, 0), "rare": 0},
     "regressor", {"wd": 0}, r"\d rows for \d parameters"),
    ("multiclass", lambda: visits(), {"target": "ward", "features": ["near"]}, "multiclass_classifier", {},
     "no solver for a multiclass_classifier"),
    ("another predictor type", lambda: visits(), {"target": "amount"}, "binary_classifier", {},
     "amount is for a regressor, the learner is a binary_classifier"),
    ("hinge", lambda: visits(), {}, "binary_classifier", {"loss": "hinge_loss"}, "no solver for the loss hinge_loss"),
    ("huber", lambda: visits(), {"target": "amount"}, "regressor", {"loss": "huber_loss"}, "the loss huber_loss"),
]  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=[b[0] for b in BAD])
def test_what_can_not_be_fitted_is_named(session: Session, case: Any) -> None:
    _, frame, options, kind, hyperparameters, message = case
    features = table(session, frame(), **options)
    with pytest.raises(ModelError, match=message):
        warehouse.fit(LinearLearner(kind, **hyperparameters), features)


def test_a_penalty_settles_separation_and_dependence(session: Session) -> None:
    agree(LinearLearner("binary_classifier", wd=1e-3), table(session, separated()))
    agree(LinearLearner("binary_classifier", wd=1e-3), table(session, visits().assign(wide=lambda f: 2 * f.near + 3)))


def test_rows_that_changed_since(session: Session) -> None:
    features = table(session, visits(), nulls="error")
    session.sql("update visits set near = null where id < 100")
    with pytest.raises(ModelError, match="the feature near has values that are NULL"):
        warehouse.fit(LinearLearner("binary_classifier"), features)
    session.sql("update visits set near = 'Infinity'::float8 where id < 100")
    with pytest.raises(ModelError, match="the feature near has values that are infinite"):
        warehouse.fit(LinearLearner("binary_classifier"), features)
    session.sql("update visits set near = 0, outcome = 1")
    with pytest.raises(ModelError, match="all training rows have one class"):
        warehouse.fit(LinearLearner("binary_classifier"), features)
    session.sql("delete from visits")
    with pytest.raises(ModelError, match="no row to learn from"):
        warehouse.fit(LinearLearner("binary_classifier"), features)


def test_a_frame_needs_a_session(session: Session) -> None:
    features = FeatureTable(visits(), target="outcome", features=FEATURES)
    with pytest.raises(ModelError, match="a fit in the warehouse needs the rows in a warehouse") as caught:
        warehouse.fit(LinearLearner("binary_classifier"), features)
    assert "session" in str(caught.value.hint)
    examples = Examples(np.ones((2, 1)), np.array([0.0, 1.0]), ("x",))
    with pytest.raises(ModelError, match="the rows are not in it"):
        LinearLearner("binary_classifier").fit(examples, backend="warehouse")


@pytest.mark.parametrize("hyperparameters", LOGISTIC, ids=str)
def test_wide_tables_agree(session: Session, monkeypatch: pytest.MonkeyPatch, hyperparameters: dict[str, Any]) -> None:
    """Where the products of the features take several statements, the gradient alone leads to the minimum."""
    monkeypatch.setattr(statistics, "AT_ONCE", 20)
    agree(LinearLearner("binary_classifier", **hyperparameters), table(session, visits()))
