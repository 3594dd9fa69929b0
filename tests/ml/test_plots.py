"""The plots of a model: which there are, what they show, what they refuse; drawn in a real browser elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from rsnb.errors import ModelError
from rsnb.ml import FeatureTable, LinearLearner, Model, plots
from rsnb.ml.data import Examples, Fitted

RNG = np.random.default_rng(3)
N = 1500
FRAME = pd.DataFrame(
    {
        "age": RNG.integers(20, 90, N),
        "stay": RNG.normal(5, 2, N),
        "kind": RNG.choice(["Emergency", "Elective <b>x</b>", "Urgent " + "very " * 30], N),
    }
)
LINEAR = (FRAME["age"] - 60) / 15 + FRAME["stay"] / 4 - 1 + (FRAME["kind"] == "Emergency")
TARGETS = {
    "binary_classifier": np.where(RNG.random(N) < 1 / (1 + np.exp(-LINEAR)), "Yes", "No"),
    "regressor": LINEAR + RNG.normal(size=N),
    "multiclass_classifier": np.array(["home", "died", "nursing"])[
        np.digitize(LINEAR + RNG.logistic(size=N), [0, 1.5])
    ],
}
BINARY = ["roc", "precision_recall", "calibration", "confusion", "gains", "coefficients"]

pytestmark = pytest.mark.usefixtures("project")


def trained(predictor_type: str, **given: object) -> LinearLearner:
    frame = FRAME.assign(outcome=TARGETS[predictor_type])
    learner = LinearLearner(predictor_type, **given)
    learner.fit(FeatureTable(frame, target="outcome", features=list(FRAME)))
    return learner


@pytest.fixture(scope="module")
def binary() -> LinearLearner:
    return trained("binary_classifier")


def subtitle(figure: go.Figure) -> str:
    return str(figure.layout.title.subtitle.text).replace("<br>", " ")


@pytest.mark.parametrize(
    ("predictor_type", "given", "expected"),
    [
        ("binary_classifier", {}, BINARY),
        ("binary_classifier", {"loss": "hinge_loss"}, [name for name in BINARY if name != "calibration"]),
        ("multiclass_classifier", {}, ["confusion", "coefficients"]),
        ("regressor", {}, ["residuals", "coefficients"]),
    ],
)
def test_those_that_fit_the_predictor_type(predictor_type: str, given: dict[str, object], expected: list[str]) -> None:
    found = plots.plots(trained(predictor_type, **given), theme="dark")
    assert list(found) == expected
    for figure in found.values():
        assert figure.data and figure.layout.template.layout.paper_bgcolor == "#111111"
        assert "<b>x" not in figure.to_json().replace("\\u003c", "<")


def test_the_theme_is_the_settings(binary: LinearLearner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert plots.roc(binary).layout.template.layout.paper_bgcolor == "#ffffff"
    monkeypatch.setenv("RSNB_THEME", "dark")
    assert plots.roc(binary).layout.template.layout.paper_bgcolor == "#111111"


def test_roc_and_precision_recall_hold_the_metrics_and_the_threshold(binary: LinearLearner) -> None:
    found, model = binary.evaluate(), binary.model
    auc, recall, precision = (found.loc[name] for name in ("roc_auc", "recall", "precision"))
    roc, pr = plots.roc(binary), plots.precision_recall(binary)
    assert f"AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})" in subtitle(roc)
    assert roc.data[-1].y[0] == pytest.approx(recall["value"])
    assert (pr.data[-1].x[0], pr.data[-1].y[0]) == pytest.approx((recall["value"], precision["value"]))
    assert any(f"threshold {model.threshold:.3g}" in note.text for note in roc.layout.annotations)
    assert pr.data[0].y[0] == pytest.approx(found.loc["positive_rate", "value"])


def test_calibration_has_every_example_in_its_histogram(binary: LinearLearner) -> None:
    drawn = plots.calibration(binary)
    assert sum(drawn.data[2].y) == len(binary.features.test)
    assert len(drawn.data[1].x) == 10


def test_confusion_counts_every_example(binary: LinearLearner) -> None:
    cells = plots.confusion(binary).data[0]
    assert sum(int(cell[2].replace(",", "")) for row in cells.customdata for cell in row) == len(binary.features.test)
    assert np.sum(cells.z, axis=1) == pytest.approx(1.0)


def test_gains_end_with_all_and_the_perfect_line_turns_at_the_prevalence(binary: LinearLearner) -> None:
    drawn = plots.gains(binary)
    assert drawn.data[2].y[-1] == 1.0
    assert drawn.data[1].x[1] == pytest.approx(binary.features.test.y.mean())


def test_coefficients_are_those_with_the_largest_z(binary: LinearLearner) -> None:
    table = binary.model.coefficients().query("column != 'bias'")
    best = table.loc[table["z"].abs().nlargest(2).index]
    drawn = plots.coefficients(binary, n=2).data[0]
    assert sorted(drawn.x) == pytest.approx(sorted(best["weight"]))
    assert sorted(drawn.error_x.array) == pytest.approx(sorted(best["high"] - best["weight"]))


def test_coefficients_without_intervals_and_one_far_off() -> None:
    model = Model(
        "regressor", {"loss": "auto"}, tuple("abcdefghijklm"), Fitted(np.r_[np.ones(12), 99][:, None], np.ones(1))
    )
    drawn = plots.coefficients(model)
    assert "without intervals" in subtitle(drawn)
    assert max(drawn.data[0].x) == 2 and "triangle-right" in drawn.data[0].marker.symbol
    assert "  99.00  " in drawn.data[0].text


def test_a_column_without_weight_has_no_interval() -> None:
    fitted = Fitted(np.array([[1.0], [0.0]]), np.zeros(1), covariance=np.diag([0.1, 0.0, 0.1]))
    assert list(plots.coefficients(Model("regressor", {"loss": "auto"}, ("a", "b"), fitted)).data[0].error_x.array) == [
        pytest.approx(1.96 * 0.1**0.5, abs=1e-3), 0.0,
    ]  # fmt: skip


def test_residuals_of_few_are_points_and_of_many_a_density() -> None:
    learner = trained("regressor")
    assert plots.residuals(learner).data[0].type == "scatter"
    one = learner.features.test
    many = Examples(np.tile(one.x, (10, 1)), np.tile(one.y, 10) + RNG.normal(size=10 * len(one)), one.names)
    drawn = plots.residuals(learner.model, many)
    assert drawn.data[0].type == "heatmap" and "outermost left out" in subtitle(drawn)


def test_a_million_points_stay_small() -> None:
    y = (RNG.random(1_000_000) < 0.3).astype(float)
    examples = Examples(RNG.normal(size=(1_000_000, 1)) + y[:, None], y, ("a",))
    learner = LinearLearner("binary_classifier")
    learner.fit(replace(examples, x=examples.x[:5000], y=y[:5000]))
    assert all(len(figure.to_json()) < 200_000 for figure in plots.plots(learner, examples).values())


def test_one_class_no_rows_and_no_test_part(binary: LinearLearner) -> None:
    one = binary.features.test
    ones = Examples(one.x[one.y == 1], one.y[one.y == 1], one.names)
    assert list(plots.plots(binary, ones)) == ["calibration", "confusion", "coefficients"]
    for draw in (plots.roc, plots.precision_recall, plots.gains):
        with pytest.raises(ModelError, match="have one class, 'Yes'"):
            draw(binary, ones)
    with pytest.raises(ModelError, match="no row"):
        plots.roc(binary, Examples(one.x[:0], one.y[:0], one.names))
    with pytest.raises(ModelError, match="a model alone has no examples"):
        plots.plots(binary.model)
    with pytest.raises(ModelError, match="NULL, NaN or infinite"):
        plots.roc(binary, Examples(one.x * np.nan, one.y, one.names))
    learner = LinearLearner("binary_classifier")
    learner.fit(one)
    with pytest.raises(ModelError, match="no test split"):
        plots.confusion(learner)


@pytest.mark.parametrize("name", ["residuals", "roc", "gains"])
def test_a_plot_of_another_predictor_type(binary: LinearLearner, name: str) -> None:
    learner = binary if name == "residuals" else trained("multiclass_classifier")
    with pytest.raises(ModelError, match=f"{name} is a plot of a"):
        getattr(plots, name)(learner)


def test_margins_have_no_calibration() -> None:
    with pytest.raises(ModelError, match="no probabilities"):
        plots.calibration(trained("binary_classifier", loss="hinge_loss"))


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_threshold_that_takes_none_or_all(binary: LinearLearner, label: float) -> None:
    one = plots.scored(binary)
    one = replace(one, label=np.full(len(one.y), label))
    for draw in (plots.roc, plots.precision_recall, plots.gains, plots.confusion):
        assert draw(one).data


def test_many_classes_show_the_commonest(tmp_path: Path) -> None:
    k, y = 40, np.arange(400.0) % 40
    model = Model("multiclass_classifier", {"loss": "auto"}, ("a",), Fitted(np.zeros((1, k)), np.arange(k) / 10))
    model.hyperparameters = dict(LinearLearner("multiclass_classifier", num_classes=k).hyperparameters)
    drawn = plots.confusion(model, Examples(np.ones((400, 1)), y, ("a",)))
    assert "20 commonest of 40 classes" in subtitle(drawn)
    assert len(drawn.data[0].z) == 20
    assert len(plots.coefficients(model).data) == 8
