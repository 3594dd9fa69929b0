"""A trained model: the learner's face, predictions by name, coefficients, SQL that agrees, and its file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rsnb import Session
from rsnb.errors import LoadError, ModelError
from rsnb.ml import FeatureTable, LinearLearner, Model, formats, load_model
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.learner import BACKENDS, Parts

RNG = np.random.default_rng(2)
N = 400
FRAME = pd.DataFrame(
    {
        "age": RNG.integers(20, 90, N),
        "stay": RNG.normal(5, 2, N).round(2),
        "kind": RNG.choice(["Emergency", "Elective", "Urgent"], N),
    }
)
LINEAR = (FRAME["age"] - 60) / 15 + FRAME["stay"] / 4 - 1 + (FRAME["kind"] == "Emergency")
TARGETS = {
    "binary_classifier": (RNG.random(N) < 1 / (1 + np.exp(-LINEAR))).astype(int),
    "regressor": LINEAR + RNG.normal(size=N),
    "multiclass_classifier": np.digitize(LINEAR + RNG.logistic(size=N), [0, 1.5]),
}
X = FRAME[["age", "stay"]].to_numpy(float)
PLAIN = Examples(X, TARGETS["binary_classifier"].astype(float), ("age", "stay"))


def table(predictor_type: str) -> FeatureTable:
    frame = FRAME.assign(outcome=TARGETS[predictor_type])
    return FeatureTable(frame, target="outcome", features=list(FRAME), predictor_type=predictor_type)


def trained(predictor_type: str, **hyperparameters: object) -> Model:
    return LinearLearner(predictor_type, **hyperparameters).fit(table(predictor_type))


KINDS = [
    ("binary_classifier", {}),
    ("binary_classifier", {"loss": "hinge_loss"}),
    ("regressor", {}),
    ("multiclass_classifier", {}),
]


@pytest.fixture
def rows(session: Session) -> Session:
    """The frame as a table, and one row of NULLs."""
    session.sql("create table public.stays (row int, age int, stay float8, kind varchar(20))")
    values = [f"({i}, {r.age}, {r.stay}, '{r.kind}')" for i, r in enumerate(FRAME.itertuples())]
    session.sql(f"insert into public.stays values {', '.join(values)}")
    return session


@pytest.mark.parametrize(("predictor_type", "given"), KINDS)
def test_sql_agrees_with_predict(rows: Session, predictor_type: str, given: dict[str, object]) -> None:
    model = trained(predictor_type, **given)
    expected = model.predict(FRAME)
    columns = ", ".join(f"{expression} as {name}" for name, expression in model.sql_columns().items())
    found = rows.sql(f"select {columns} from public.stays order by row").df()
    assert list(found.columns) == list(expected.columns)
    for name in expected.columns:
        assert np.abs(found[name].to_numpy(float) - expected[name].to_numpy(float)).max() < 1e-9, name


def test_sql_neither_overflows_nor_makes_a_score_of_null(rows: Session) -> None:
    for kind, k in (("binary_classifier", 1), ("multiclass_classifier", 3)):
        weights = np.array([[1e6, -1e6, 0.0][:k]])
        model = Model(kind, LinearLearner(kind).hyperparameters, ("z",), Fitted(weights, np.zeros(k)))
        frame = pd.DataFrame({"z": [-1e300, -1.0, 0.0, 1e-7, 1.0, 1e290]})
        values = ", ".join(f"({i}, '{z}'::float8)" for i, z in enumerate(frame["z"]))
        score = model.sql_columns()["score"]
        rows.sql("drop table if exists public.z; create table public.z (row int, z float8)")
        rows.sql(f"insert into public.z values {values}, (99, null)")
        found = rows.sql(f"select {score} as score from public.z order by row").df()["score"]
        assert found[:-1].to_numpy(float) == pytest.approx(model.predict(frame)["score"].to_numpy(), abs=1e-9)
        assert pd.isna(found.iloc[-1])


def test_odd_column_names_in_sql() -> None:
    names = ('a "b"', "select")
    learner = LinearLearner().fit(Examples(X, PLAIN.y, names))
    assert '"a ""b"""' in str(learner.to_sql())


def test_a_frame_s_columns_are_found_by_name() -> None:
    model = trained("binary_classifier")
    expected = model.predict(FRAME)
    other = FRAME[["kind", "stay", "age"]].assign(patient=range(N))
    assert model.predict(other).equals(expected)
    assert list(model.predict(FRAME.iloc[5:9]).index) == [5, 6, 7, 8]
    for wrong, said in (
        (FRAME.drop(columns="stay"), "stay is missing"),
        (FRAME.assign(age=FRAME["kind"]), "age is of type text, it was number"),
    ):
        with pytest.raises(ModelError, match=said):
            model.predict(wrong)


def test_columns_of_a_model_without_an_encoding() -> None:
    model = LinearLearner().fit(PLAIN)
    expected = model.predict(PLAIN)
    assert model.predict(FRAME[["stay", "age"]])["score"].tolist() == expected["score"].tolist()
    for wrong, said in (
        (FRAME[["age"]], "missing: stay"),
        (FRAME.assign(stay="long")[["age", "stay"]], "stay is str"),
        (FRAME.assign(stay=np.nan)[["age", "stay"]], "stay: there are values that are NULL"),
    ):
        with pytest.raises(ModelError, match=said):
            model.predict(wrong)


def test_examples_must_have_the_same_columns_in_any_order() -> None:
    model = LinearLearner().fit(PLAIN)
    turned = Examples(X[:, ::-1], PLAIN.y, ("stay", "age"))
    assert model.predict(turned).equals(model.predict(PLAIN))
    with pytest.raises(ModelError, match="missing: stay; extra: days, kind"):
        model.predict(Examples(np.zeros((1, 3)), np.zeros(1), ("days", "age", "kind")))


def test_the_scores_of_many_classes() -> None:
    found = trained("multiclass_classifier").predict(FRAME)
    each = found[["score_0", "score_1", "score_2"]]
    assert each.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (each.to_numpy().argmax(axis=1) == found["predicted_label"]).all()
    assert (each.max(axis=1) == found["score"]).all()
    assert list(trained("regressor").predict(FRAME).columns) == ["score"]


def test_the_label_is_by_the_threshold() -> None:
    model = trained("binary_classifier", binary_classifier_model_selection_criteria="f_beta", f_beta=3)
    found = model.predict(FRAME)
    assert model.threshold == model.linear.threshold != 0.5
    assert ((found["score"] >= model.threshold) == (found["predicted_label"] == 1)).all()


def test_before_a_fit_the_learner_says_what_to_do() -> None:
    learner = LinearLearner()
    for call in (learner.evaluate, learner.deploy, learner.delete, lambda: learner.predict(FRAME)):
        with pytest.raises(ModelError, match="has not been fitted") as caught:
            call()
        assert "learner.fit(features)" in str(caught.value)


def test_features_of_another_predictor_type() -> None:
    with pytest.raises(ModelError, match="the features are for a regressor, the learner is a binary_classifier"):
        LinearLearner().fit(table("regressor"))


def test_the_life_of_a_learner() -> None:
    learner = LinearLearner()
    model = learner.fit(table("binary_classifier"))
    assert learner.deploy() == "this process"
    assert learner.predict(FRAME).equals(model.predict(FRAME))
    found = learner.evaluate()
    assert found.loc["roc_auc", "low"] < found.loc["roc_auc", "value"] < found.loc["roc_auc", "high"]
    assert found.loc["accuracy", "n"] == model.provenance["test_rows"]
    assert model.metrics["roc_auc"].value == found.loc["roc_auc", "value"]
    assert model.provenance["backend"] == "local"
    assert learner.delete() == []
    assert learner.predict(FRAME).equals(model.predict(FRAME))


def test_evaluating_without_or_with_one_class_in_the_test_split() -> None:
    learner = LinearLearner()
    learner.fit(PLAIN)
    with pytest.raises(ModelError, match="no test split"):
        learner.evaluate()
    learner.fit(Parts(PLAIN, test=Examples(X[:9], np.zeros(9), PLAIN.names)))
    assert np.isnan(learner.evaluate().loc["roc_auc", "value"])
    many = LinearLearner("multiclass_classifier")
    many.fit(Examples(X, TARGETS["multiclass_classifier"], PLAIN.names))
    with pytest.raises(ModelError, match="test: there is a class 3; num_classes is 3"):
        many.evaluate(Examples(X[:4], np.arange(4), PLAIN.names))
    with pytest.raises(ModelError, match="test: the target is missing"):
        learner.evaluate(Examples(X[:2], np.array([0, np.nan]), PLAIN.names))


def test_a_backend_that_keeps_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """As SageMaker's: what it trained has no `fitted`, and predicts through its endpoint."""
    monkeypatch.setitem(BACKENDS, "remote", f"{__name__}:remote_fit")
    monkeypatch.setitem(__import__("sys").modules, __name__, __import__("types").SimpleNamespace(**globals()))
    learner = LinearLearner()
    model = learner.fit(PLAIN, backend="remote")
    for use in (model.to_sql, model.coefficients, lambda: model.predict(PLAIN), lambda: model.save("m.json")):
        with pytest.raises(ModelError, match="weights of this model are with the service"):
            use()
    assert learner.deploy() == "endpoint"
    assert learner.predict(PLAIN)["score"].tolist() == [0.25] * N
    assert learner.predict(PLAIN)["predicted_label"].tolist() == [1] * N
    assert learner.delete() == ["the endpoint is deleted"]
    with pytest.raises(ModelError, match="deploy it"):
        learner.predict(PLAIN)


class Remote:
    fitted = None


def remote_fit(learner: LinearLearner, features: object) -> Remote:
    return Remote()


def deploy(trained: Remote) -> str:
    return "endpoint"


def predict(trained: Remote, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.full((len(x), 1), 0.25), np.ones(len(x))


def delete(trained: Remote) -> list[str]:
    return ["the endpoint is deleted"]


def test_coefficients() -> None:
    model = trained("binary_classifier")
    found = model.coefficients()
    assert list(found["source"]) == ["age", "stay", "kind", "kind", "bias"]
    assert found["weight"].to_numpy() == pytest.approx([*model.linear.weights[:, 0], model.linear.bias[0]])
    age = found.iloc[0]
    assert age["z"] == pytest.approx(age["weight"] / age["standard_error"])
    assert age["low"] < age["weight"] < age["high"]
    assert 0 < age["p"] < 1e-6
    many = trained("multiclass_classifier").coefficients()
    assert many["class"].tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert many["standard_error"].isna().all()


def test_p_is_that_of_the_normal_distribution() -> None:
    from rsnb.ml.coefficients import two_sided

    assert two_sided(np.array([0, 1.959963984540054, -1.959963984540054])) == pytest.approx([1, 0.05, 0.05])
    assert 0 < two_sided(np.array([30.0]))[0] < 1e-190


@pytest.mark.parametrize(("predictor_type", "given"), KINDS)
def test_saved_and_loaded(tmp_path: Path, predictor_type: str, given: dict[str, object]) -> None:
    learner = LinearLearner(predictor_type, **given)
    model = learner.fit(table(predictor_type))
    learner.evaluate()
    loaded = load_model(model.save(tmp_path / "model.json"))
    assert loaded.predict(FRAME).equals(model.predict(FRAME))
    assert loaded.to_sql() == model.to_sql()
    assert loaded.coefficients().equals(model.coefficients())
    assert {n: str(m) for n, m in loaded.metrics.items()} == {n: str(m) for n, m in model.metrics.items()}
    assert (loaded.hyperparameters, loaded.provenance) == (model.hyperparameters, model.provenance)


def test_a_model_of_plain_examples_is_saved_too(tmp_path: Path) -> None:
    model = LinearLearner().fit(PLAIN)
    assert load_model(model.save(tmp_path / "m.json"), PLAIN).predict(PLAIN).equals(model.predict(PLAIN))


def test_loading_for_features_that_do_not_match(tmp_path: Path) -> None:
    path = trained("binary_classifier").save(tmp_path / "m.json")
    assert load_model(path, FRAME.assign(outcome=0)) is not None
    assert load_model(path, table("binary_classifier")) is not None
    with pytest.raises(ModelError) as caught:
        load_model(path, FRAME.drop(columns="age").assign(kind=1, ward="a"))
    for fault in ("age is missing", "kind is of type number, it was text", "ward was not there in training"):
        assert fault in str(caught.value)
    plain = LinearLearner().fit(PLAIN).save(tmp_path / "plain.json")
    with pytest.raises(ModelError, match="missing: stay; extra: days"):
        load_model(plain, FRAME[["age"]].assign(days=1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "is of version 2; this rsnb reads up to 1"),
        ({"format": "other"}, "is not a model of rsnb"),
        ({"names": ["age"]}, "is damaged"),
        ({"fitted": {}}, "is damaged: KeyError 'weights'"),
        ({"hyperparameters": {"alpha": 1}}, "there is no hyperparameter 'alpha'"),
        ({"predictor_type": "tree"}, "there is no predictor type 'tree'"),
    ],
)
def test_a_file_that_is_not_right(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = LinearLearner().fit(PLAIN).save(tmp_path / "m.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ModelError, match=said):
        load_model(path)


@pytest.mark.parametrize("content", ["", "[]", "{", "\x80pickle"])
def test_a_file_that_is_no_model(tmp_path: Path, content: str) -> None:
    (tmp_path / "m.json").write_text(content, encoding="latin-1")
    with pytest.raises(ModelError, match=r"m\.json"):
        load_model(tmp_path / "m.json")
    with pytest.raises(ModelError, match="can't be read"):
        load_model(tmp_path / "none.json")


def test_csv_has_the_label_first_and_no_header(tmp_path: Path) -> None:
    x, y = np.array([[0.1, 1e-300], [-2.5, 3.0]]), np.array([1, 0])
    assert formats.write_csv(tmp_path / "x.csv", x, y) == 2
    assert (tmp_path / "x.csv").read_text() == "1,0.1,1e-300\n0,-2.5,3\n"
    features, labels = formats.read_csv(tmp_path / "x.csv")
    assert np.array_equal(features, x)
    assert np.array_equal(labels, y)
    (tmp_path / "x.csv").write_text("1,a\n0,b\n")
    with pytest.raises(LoadError, match="column 2 is not all numbers: it holds string"):
        formats.read_csv(tmp_path / "x.csv")


def test_parquet_keeps_names_and_type(tmp_path: Path) -> None:
    x, y = RNG.normal(size=(70_000, 2)), np.arange(70_000) % 2
    formats.write_parquet(tmp_path / "x.parquet", x, y, ("a", "b"))
    features, labels, names = formats.read_parquet(tmp_path / "x.parquet")
    assert np.array_equal(features, x)
    assert np.array_equal(labels, y)
    assert names == ("a", "b")
    with pytest.raises(ModelError, match="3 names for 2 features"):
        formats.write_parquet(tmp_path / "x.parquet", x, y, ("a", "b", "c"))
    (tmp_path / "x.parquet").write_text("no")
    with pytest.raises(LoadError, match=r"x\.parquet"):
        formats.read_parquet(tmp_path / "x.parquet")


def test_the_front_is_light() -> None:
    import subprocess
    import sys

    code = "import rsnb.ml, sys; print(*(m for m in ('numpy', 'pandas', 'pyarrow', 'scipy') if m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
