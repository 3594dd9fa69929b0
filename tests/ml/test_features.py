"""Roles, the card, and tables that nothing can be learnt from; a frame and a warehouse answer alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import rsnb
from rsnb import Session
from rsnb.errors import ModelError
from rsnb.ml.features import FeatureTable
from rsnb.ml.split import PARTS, Split


def encounters(n: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            "encounter_id": np.arange(n),
            "patient_key": rng.integers(0, n // 2, n),
            "age": rng.choice(["[0-10)", "[10-20)", "[20-30)", "[30-40)"], n),
            "x": np.where(rng.random(n) < 0.1, np.nan, x),
            "insulin": rng.choice(["No", "Up", "it's"], n),
            "flag": rng.random(n) < 0.3,
            "admitted": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D"),
            "note": [f"note {i % (n - 5)}" for i in range(n)],
            "hospital": "H1",
            "outcome": np.where(rng.random(n) < 1 / (1 + np.exp(-x)), "Yes", "No"),
        }
    )
    frame["admitted"] = frame["admitted"].astype("datetime64[us]")
    return frame


@pytest.fixture(params=["frame", "result", "table", "query"])
def make(request: pytest.FixtureRequest, session: Session) -> Iterator[Any]:
    """A feature table of a frame's rows, from each kind of source."""

    def of(frame: pd.DataFrame, **options: Any) -> FeatureTable:
        if request.param == "frame":
            return FeatureTable(frame, **options)
        rsnb.datasets["given"] = rsnb.Result(pa.Table.from_pandas(frame, preserve_index=False))
        if request.param == "result":
            return FeatureTable(session.sql("select * from given"), **options)
        session.sql("drop table if exists given_rows")
        session.sql("create table given_rows as select * from given")
        if request.param == "table":
            return FeatureTable((session, "public.given_rows"), **options)
        return FeatureTable((session, "select * from given_rows -- all of them\n;"), **options)

    yield of


def test_roles_are_found_out(make: Any) -> None:
    table = make(encounters(), target="outcome")
    assert table.roles.identifier == "encounter_id"
    assert table.roles.group == "patient_key"
    assert table.roles.features == ("age", "x", "insulin", "flag")
    assert table.roles.dropped == {
        "encounter_id": "the identifier",
        "patient_key": "the group",
        "admitted": "a date or a time: make a number of it in the query",
        "note": "nearly unique: 1,995 values in 2,000 rows",
        "hospital": "constant",
    }
    assert table.predictor_type == "binary_classifier"
    assert table.target.labels == ("No", "Yes")
    assert table.split.by == "group"


def test_roles_are_declared(make: Any) -> None:
    frame = encounters().assign(w=np.arange(2000) % 3 + 0.5)
    table = make(frame, target="outcome", identifier="encounter_id", time="admitted", weight="w",
                 features=["x", "flag"], positive="No", split=Split(by="time"))  # fmt: skip
    assert table.names == ("x", "x=(missing)", "flag")
    assert table.target.labels == ("Yes", "No")
    assert table.train.weight is not None
    assert set(table.train.weight.tolist()) == {0.5, 1.5, 2.5}


def test_examples_have_names_sources_and_groups(make: Any) -> None:
    table = make(encounters(), target="outcome")
    for part in PARTS:
        examples = table.part(part)
        assert examples.x.shape == (int(table.counts[part].sum()), len(table.names))
        assert np.isfinite(examples.x).all()
        assert set(examples.y.tolist()) == {0.0, 1.0}
        assert len(examples.group) == len(examples)
    assert len(table.train) + len(table.validation) + len(table.test) == 2000
    assert len(table.part("train", limit=10)) == 10
    with pytest.raises(ModelError, match="there is no part trian"):
        table.part("trian")


def test_the_encoding_is_learnt_from_training_rows_alone() -> None:
    frame = encounters()
    table = FeatureTable(frame, target="outcome", standardise=True, nulls="fill")
    x = table.train.x[:, table.names.index("x")]
    known = table.frame("train").x.notna().to_numpy()
    assert x[known].mean() == pytest.approx(0, abs=1e-12)
    assert x[known].std() == pytest.approx(1)


def test_a_part_that_is_left_out_is_none() -> None:
    table = FeatureTable(encounters(), target="outcome", split=Split(0.8, 0, 0.2))
    assert table.validation is None
    assert table.test is not None


def test_the_card(make: Any) -> None:
    card = make(encounters(), target="outcome").card()
    text = str(card)
    for line in (
        "binary_classifier of outcome: 6 encoded columns",
        "part        rows   No           Yes",
        "age      ordinal   1",
        "insulin  category  2",
        "hospital      constant",
        "split by group (patient_key): train 70%, validation 10%, test 20%",
        "encounter_id was taken for the identifier",
    ):
        assert line in text
    assert "leakage" not in text.lower()
    html = card._repr_html_()
    assert html.startswith("<div>") and "<td>patient_key</td>" in html


def test_the_card_escapes_names() -> None:
    frame = encounters().rename(columns={"x": "<script>"})
    assert "<script>" not in FeatureTable(frame, target="outcome").card()._repr_html_()


def test_the_card_names_a_feature_that_predicts_alone(make: Any) -> None:
    frame = encounters()
    rng = np.random.default_rng(1)
    positive = frame.outcome == "Yes"
    frame["after"] = positive + rng.normal(size=2000) * 0.1
    frame["code"] = np.where(positive, rng.choice(["a", "b"], 2000), rng.choice(["c", "d"], 2000))
    card = make(frame, target="outcome").card()
    assert set(card.alone) == {"after", "code"}
    assert "Suspected leakage" in str(card)


def test_the_card_of_a_regressor() -> None:
    frame = encounters().assign(amount=lambda f: f.x.fillna(0) * 2 + 1)
    card = FeatureTable(frame.drop(columns="outcome").fillna({"x": 0}), target="amount").card()
    assert card.measure == "correlation"
    assert list(card.alone) == ["x"]


def test_multiclass_labels(make: Any) -> None:
    table = make(encounters(), target="insulin")
    assert table.predictor_type == "multiclass_classifier"
    assert table.target.labels == ("No", "Up", "it's")
    assert set(table.train.y.tolist()) == {0.0, 1.0, 2.0}
    assert table.card().labels == ("No", "Up", "it's")


@pytest.mark.parametrize(
    ("values", "kind", "labels"),
    [
        ([0, 1], "binary_classifier", (0.0, 1.0)),
        ([1, 2], "binary_classifier", (1.0, 2.0)),
        ([True, False], "binary_classifier", (False, True)),
        ([1, 2, 3], "regressor", ()),
        ([0.5, 1.5], "binary_classifier", (0.5, 1.5)),
    ],
)
def test_the_predictor_type_follows_the_target(make: Any, values: list[Any], kind: str, labels: Any) -> None:
    rng = np.random.default_rng(2)
    table = make(encounters().assign(y=rng.choice(values, 2000)).drop(columns="outcome"), target="y")
    assert (table.predictor_type, table.target.labels) == (kind, labels)
    assert len(set(table.train.y.tolist())) == len(values)


def test_a_target_of_numbers_can_be_classes(make: Any) -> None:
    frame = encounters().assign(y=np.arange(2000) % 4 + 10)
    table = make(frame, target="y", predictor_type="multiclass_classifier")
    assert table.target.labels == (10.0, 11.0, 12.0, 13.0)
    assert set(table.train.y.tolist()) == {0.0, 1.0, 2.0, 3.0}


def half(frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    return frame.assign(**columns)


BAD: list[tuple[str, Any, dict[str, Any], str]] = [
    ("target missing", lambda f: f, {"target": "outcom"}, "there is no column outcom for the target"),
    ("target constant", lambda f: f.assign(outcome="Yes"), {}, "the target outcome is constant: it is 'Yes'"),
    ("three values", lambda f: f, {"target": "insulin", "predictor_type": "binary_classifier"},
     "the target insulin has 3 values"),
    ("two values for many", lambda f: f, {"predictor_type": "multiclass_classifier"}, "that is a binary classifier's"),
    ("text for a regressor", lambda f: f, {"predictor_type": "regressor"}, "outcome is text"),
    ("date as target", lambda f: f, {"target": "admitted"}, "is of type time: it can't be predicted"),
    ("unknown predictor type", lambda f: f, {"predictor_type": "classifier"}, "no predictor type classifier"),
    ("unknown positive", lambda f: f, {"positive": "yes"}, "has no label 'yes'"),
    ("all targets NULL", lambda f: f.assign(outcome=pd.Series([None] * len(f), dtype="str")), {},
     "the target outcome is NULL in all rows"),
    ("empty", lambda f: f.iloc[:0], {}, "the table is empty"),
    ("infinite", lambda f: f.assign(x=np.where(f.index == 3, np.inf, f.x)), {}, "the column x has .*infinite"),
    ("equal to the target", lambda f: f.assign(copy=f.outcome), {}, "the feature copy equals the target outcome"),
    ("its complement", lambda f: f.assign(copy=f.outcome == "No"), {}, "the feature copy equals the target"),
    ("a level of it", lambda f: f.assign(readmitted=np.where(f.outcome == "Yes", "<30", np.where(f.flag, ">30", "NO"))),
     {}, "the feature readmitted equals the target"),
    ("no feature", lambda f: f[["encounter_id", "hospital", "outcome"]], {}, "no column is left to learn from"),
    ("feature missing", lambda f: f, {"features": ["x", "z"]}, "there is no column z for the feature"),
    ("feature is the target", lambda f: f, {"features": ["outcome"]}, "is the target: it can't be a feature too"),
    ("feature is constant", lambda f: f, {"features": ["hospital"]}, "hospital can't be a feature: constant"),
    ("feature is a date", lambda f: f, {"features": ["admitted"]}, "admitted can't be a feature"),
    ("group is the target", lambda f: f, {"group": "outcome"}, "it can't be the group too"),
    ("weight of 0", lambda f: f.assign(w=0), {"weight": "w"}, "the weight w is not a number above 0"),
    ("weight of NULL", lambda f: f.assign(w=f.x), {"weight": "w"}, "the weight w is not a number above 0"),
    ("one class in train", lambda f: f.assign(outcome=np.where(f.admitted < "2024-10-01", "No", "Yes")),
     {"time": "admitted", "split": Split(by="time")}, "all training rows have one class"),
    ("unknown policy", lambda f: f, {"normalise": True}, "there is no policy normalise"),
    ("unknown leakage", lambda f: f, {"leakage": "ignore"}, "leakage is 'ignore'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "options", "message"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_input_is_named(make: Any, change: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        make(change(encounters()), **{"target": "outcome", **options})


def test_rows_without_a_target_are_left_out_and_said(make: Any) -> None:
    frame = encounters()
    frame["outcome"] = frame["outcome"].where(frame.index % 10 != 0, None)
    table = make(frame, target="outcome")
    assert sum(int(n.sum()) for n in table.counts.values()) == 1800
    assert "200 rows whose target is NULL are left out" in str(table.card())


def test_one_class_outside_train_is_said(make: Any) -> None:
    frame = encounters()
    late = frame.admitted >= frame.admitted.quantile(0.9)
    frame["outcome"] = np.where(late, "No", frame.outcome)
    table = make(frame, target="outcome", time="admitted", split=Split(0.5, 0.4, 0.1, by="time"))
    assert "test rows have one class, 'No'" in str(table.card())
    assert set(table.test.y.tolist()) == {0.0}


def test_leakage_may_be_a_warning(make: Any) -> None:
    table = make(encounters().assign(copy=lambda f: f.outcome), target="outcome", leakage="warn")
    assert table.same == ["copy"]
    assert table.card().alone["copy"] == 1.0


def test_a_column_constant_in_training_is_dropped() -> None:
    frame = encounters()
    frame["late"] = (frame.admitted >= frame.admitted.max() - pd.Timedelta(days=5)).astype(int)
    table = FeatureTable(frame, target="outcome", time="admitted", split=Split(by="time"))
    assert table.roles.dropped["late"] == "constant in the training rows"
    assert "late" not in table.names


def test_wrong_sources_are_refused(session: Session) -> None:
    for source, message in (
        ([1, 2], "can't be made from a list"),
        ((session, "select 1; select 2"), "stands on one query or table, not on 2"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns have the same name"),
    ):
        with pytest.raises(ModelError, match=message):
            FeatureTable(source, target="y")


def test_only_aggregates_are_read_until_rows_are_asked_for(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    rsnb.datasets["given"] = rsnb.Result(pa.Table.from_pandas(encounters()))
    sizes, run = [], session.sql

    def watched(*args: Any, **options: Any) -> Any:
        sizes.append(len(run(*args, **options)))
        return run(*args, **options)

    monkeypatch.setattr(session, "sql", watched)
    FeatureTable((session, "given"), target="outcome")
    assert max(sizes) <= 4  # the levels of a category with their counts


def test_unload_is_label_first_without_header(session: Session) -> None:
    rsnb.datasets["given"] = rsnb.Result(pa.Table.from_pandas(encounters()))
    table = FeatureTable((session, "given"), target="outcome", features=["x", "insulin"], nulls="fill")
    text = table.unload_sql("s3://bucket/prefix/", "arn:aws:iam::123456789012:role/learner", part="test")
    head, to, role, form = text.split("\n")
    assert head.startswith("unload ('select cast(case when rtrim(\"outcome\", '' '') = ''No'' then 0 ")
    assert "''it\\\\''''s''" not in head and "''it''''s''" in head
    assert to == "to 's3://bucket/prefix/'"
    assert role == "iam_role 'arn:aws:iam::123456789012:role/learner'"
    assert form == "format as csv"
    assert "header" not in text.lower()
    assert "iam_role default" in table.unload_sql("s3://bucket/prefix/")
    rows = session.sql(table.query("test"))
    assert rows.columns[0] == "outcome"
    np.testing.assert_allclose(
        np.sort(rows.df().to_numpy(), axis=0),
        np.sort(np.column_stack([table.test.y, table.test.x]), axis=0),  # type: ignore[union-attr]
    )
    with pytest.raises(ModelError, match="not to 'bucket/prefix'"):
        table.unload_sql("bucket/prefix")


def test_a_frame_has_no_rows_to_unload() -> None:
    table = FeatureTable(encounters(), target="outcome")
    assert table.session is None
    with pytest.raises(ModelError, match="the encoded query needs the rows in a warehouse"):
        table.unload_sql("s3://bucket/prefix")
