"""Scores written inside the warehouse are those that predict gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import rsnb
from rsnb import Session
from rsnb.errors import ModelError, SqlError
from rsnb.ml.data import Examples
from rsnb.ml.features import FeatureTable
from rsnb.ml.learner import LinearLearner
from rsnb.ml.model import Model
from rsnb.ml.score_table import score


def patients(n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "patient_id": np.arange(n),
            "x": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "ward": rng.choice(["A", "it's", "back\\slash", "😀", ""], n),
            "flag": rng.random(n) < 0.4,
            "outcome": rng.integers(0, 2, n),
            "kind": rng.choice(["a", "b", "c"], n),
            "amount": rng.normal(size=n),
        }
    )


@pytest.fixture
def rows(session: Session) -> pd.DataFrame:
    frame = patients()
    rsnb.datasets["given"] = rsnb.Result(pa.Table.from_pandas(frame, preserve_index=False))
    session.sql("create table patients as select * from given")
    return frame


def trained(frame: pd.DataFrame, target: str = "outcome", kind: str = "binary_classifier", **options: Any) -> Model:
    features = ["x", "ward", "flag"]
    return LinearLearner(kind).fit(FeatureTable(frame, target=target, features=features, **options))


def written(session: Session, name: str = "scores") -> pd.DataFrame:
    return session.sql(f"select * from {name} order by patient_id").df()


@pytest.mark.parametrize("view", [False, True])
@pytest.mark.parametrize(
    ("target", "kind"),
    [("outcome", "binary_classifier"), ("amount", "regressor"), ("kind", "multiclass_classifier")],
)
def test_scores_are_those_of_predict(session: Session, rows: pd.DataFrame, target: str, kind: str, view: bool) -> None:
    model = trained(rows, target, kind)
    assert score(session, model, "patients", into="scores", view=view) == 600
    found, expected = written(session), model.predict(rows)
    assert list(found.columns) == ["patient_id", *expected.columns]
    np.testing.assert_allclose(found[expected.columns].to_numpy(float), expected.to_numpy(float), rtol=0, atol=1e-9)


def test_of_a_query_with_other_keys(session: Session, rows: pd.DataFrame) -> None:
    query = "select patient_id, flag, ward, x, kind from patients where flag"
    assert score(session, trained(rows), query, into="public.scores", keys=["patient_id", "kind"]) == rows.flag.sum()
    assert list(written(session).columns) == ["patient_id", "kind", "score", "predicted_label"]


def test_a_new_category_is_scored_as_predict_does(session: Session, rows: pd.DataFrame) -> None:
    model = trained(rows)
    session.sql("update patients set ward = 'new' where patient_id < 50")
    score(session, model, "patients", into="scores")
    expected = model.predict(rows.assign(ward=rows.ward.where(rows.patient_id >= 50, "new")))
    np.testing.assert_allclose(written(session).score, expected.score, rtol=0, atol=1e-9)


def test_a_target_that_is_there(session: Session, rows: pd.DataFrame) -> None:
    model = trained(rows)
    score(session, model, "patients", into="scores")
    with pytest.raises(ModelError, match="there is a table scores already"):
        score(session, model, "patients", into="scores")
    assert score(session, model, "select * from patients where flag", into="scores", replace=True) == rows.flag.sum()
    assert len(written(session)) == rows.flag.sum()
    score(session, model, "patients", into="scores", replace=True, view=True)
    with pytest.raises(ModelError, match="there is a view scores already"):
        score(session, model, "patients", into="scores")
    assert score(session, model, "patients", into="scores", replace=True) == 600
    assert score(session, model, "patients", into="new_scores", replace=True) == 600


def test_a_failure_leaves_the_old_scores(session: Session, rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    model = trained(rows)
    score(session, model, "patients", into="scores")
    columns = model.sql_columns()
    monkeypatch.setattr(Model, "sql_columns", lambda self: {**columns, "broken": "no_such_column"})
    with pytest.raises(SqlError, match="no_such_column"):
        score(session, model, "patients", into="scores", replace=True)
    assert session.transaction == "idle"
    assert len(written(session)) == 600


def test_inside_the_users_transaction(session: Session, rows: pd.DataFrame) -> None:
    model = trained(rows)
    session.sql("begin")
    score(session, model, "patients", into="scores")
    score(session, model, "patients", into="scores", replace=True)
    session.sql("rollback")
    with pytest.raises(SqlError, match="no table"):
        session.sql("select * from scores")


def test_bad_input_is_named(session: Session, rows: pd.DataFrame) -> None:
    model = trained(rows)
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("select patient_id, x, ward from patients", {}, "flag is missing"),
        ("select patient_id, x, ward, cast(x as varchar(9)) as flag from patients where 1 = 0", {}, "flag"),
        ("select patient_id, ward as x, ward, flag from patients", {}, "x is of type text, it was number"),
        ("select x, ward, flag from patients", {}, "scores without a key"),
        ("patients", {"keys": ["patient"]}, "there is no column patient to keep"),
        ("select *, 1 as score from patients", {"keys": ["score"]}, "the key score has the name"),
        ("patients", {"into": "a b"}, "'a b' is not a table's name"),
        ("patients; drop table patients", {}, "stands on one query or table"),
    ]
    for table, options, message in cases:
        with pytest.raises((ModelError, SqlError), match=message):
            score(session, model, table, **{"into": "scores", **options})
    with pytest.raises(SqlError, match="no table nowhere"):
        score(session, model, "nowhere", into="scores")


def test_rows_that_get_no_score(session: Session, rows: pd.DataFrame) -> None:
    known = rows.dropna(subset=["x"])
    model = trained(known, nulls="error")
    with pytest.raises(ModelError, match=f"{int(rows.x.isna().sum())} of 600 rows get no score"):
        score(session, model, "patients", into="scores")
    assert score(session, model, "select * from patients where x is not null", into="scores") == len(known)


def test_a_model_of_examples(session: Session, rows: pd.DataFrame) -> None:
    x = rows[["amount"]].to_numpy()
    model = LinearLearner("binary_classifier").fit(Examples(x, rows.outcome.to_numpy(float), ("amount",)))
    assert score(session, model, "patients", into="scores", keys=["patient_id"]) == 600
    np.testing.assert_allclose(written(session).score, model.predict(rows).score, rtol=0, atol=1e-9)
    with pytest.raises(ModelError, match="amount missing"):
        score(session, model, "select patient_id from patients", into="more", keys=["patient_id"])
