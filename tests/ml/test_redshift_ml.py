"""The text of CREATE MODEL, and the following of a model's state over recorded SHOW MODEL rows. Not run on AWS."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import rsnb
from rsnb import Session
from rsnb.errors import ModelError, UnsupportedSql
from rsnb.ml import redshift_ml
from rsnb.ml.features import FeatureTable


@pytest.fixture
def features(session: Session) -> FeatureTable:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": np.arange(1000),
            "x": rng.normal(size=1000),
            "ward": rng.choice(["A", "it's"], 1000),
            "outcome": rng.choice(["No", "Yes"], 1000),
        }
    )
    rsnb.datasets["given"] = rsnb.Result(pa.Table.from_pandas(frame))
    session.sql("create table visits as select * from given")
    return FeatureTable((session, "visits"), target="outcome", features=["x", "ward"], identifier="id")


def test_the_text(features: FeatureTable) -> None:
    text = redshift_ml.create_model_sql(features, "ml.readmission", bucket="bucket", objective="AUC", max_runtime=1800)
    lines = text.split("\n")
    rows = int(features.counts["train"].sum())
    assert [lines[0], *lines[2:]] == [
        "create model ml.readmission",
        "target y",
        "function ml.predict_readmission",
        "iam_role default",
        "model_type linear_learner",
        "problem_type BINARY_CLASSIFICATION",
        "objective 'AUC'",
        f"settings (s3_bucket 'bucket', max_cells {rows * 3}, max_runtime 1800)",
    ]


def test_the_query_in_it_runs(features: FeatureTable, session: Session) -> None:
    for encoded, names in ((True, ["f0", "f1", "y"]), (False, ["f0", "f1", "y"])):
        text = redshift_ml.create_model_sql(features, "m", bucket="b", encoded=encoded)
        result = session.sql(text.split("\n")[1].removeprefix("from (").removesuffix(")"))
        assert result.columns == names
        assert result.types["y"] == "integer"
        assert len(result) == features.counts["train"].sum()


def test_the_call_runs_over_the_same_columns(features: FeatureTable) -> None:
    call = redshift_ml.predict_sql(features, "predict_m")
    assert call == f"predict_m({', '.join(features.encoding.expressions())})"
    assert redshift_ml.predict_sql(features, "predict_m", encoded=False) == 'predict_m("x", "ward")'


def test_a_role_is_a_literal(features: FeatureTable) -> None:
    text = redshift_ml.create_model_sql(features, "m", bucket="b", iam_role="arn:aws:iam::1:role/it's")
    assert "iam_role 'arn:aws:iam::1:role/it''s'" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "m; drop table t"}, "is not a name"),
        ({"function": "f()"}, "is not a name"),
        ({"objective": "MSE"}, "the objective MSE is not for a binary_classifier"),
    ],
)
def test_what_redshift_refuses_is_named(features: FeatureTable, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        redshift_ml.create_model_sql(features, **{"name": "m", "bucket": "b", **options})


def test_too_few_rows(session: Session, features: FeatureTable) -> None:
    few = FeatureTable(
        (session, "select * from visits where id < 400"), target="outcome", features=["x"], identifier="id"
    )
    with pytest.raises(ModelError, match="trains on 500 rows or more"):
        redshift_ml.create_model_sql(few, "m", bucket="b")


def test_the_embedded_warehouse_refuses_it(session: Session, features: FeatureTable) -> None:
    with pytest.raises(UnsupportedSql):
        redshift_ml.train(session, features, "m", bucket="b")


def shown(state: str, *more: tuple[str, str], header: bool = False) -> pa.Table:
    """Rows as the guide's SHOW MODEL examples have them: `Key`, `Value`, or the model's name as the header."""
    rows = [
        ("Schema Name", "public"),
        ("Owner", "awsuser"),
        ("Creation Time", "Thu, 30.06.2022 18:00:10"),
        ("Model State", state),
        *more,
        ("", ""),
        ("TRAINING DATA:", ""),
        ("Query", "SELECT F0 , F1 , Y"),
        ("", "FROM VISITS"),
        ("Target Column", "Y"),
        ("PARAMETERS:", ""),
        ("Model Type", "linear_learner"),
        ("Function Name", "predict_m"),
    ]
    names = ["Model Name", "m"] if header else ["Key", "Value"]
    rows = rows if header else [("Model Name", "m"), *rows]
    return pa.table([pa.array([k for k, _ in rows]), pa.array([v for _, v in rows])], names=names)


class Recorded:
    """A session that answers SHOW MODEL with recorded rows, one after the other; the last one from then on."""

    def __init__(self, *tables: pa.Table) -> None:
        self.tables = list(tables)
        self.statements: list[str] = []

    def sql(self, text: str, /, **parameters: object) -> rsnb.Result:
        self.statements.append(text)
        if not text.startswith("show model"):
            return rsnb.Result(pa.table({}))
        return rsnb.Result(self.tables.pop(0) if len(self.tables) > 1 else self.tables[0])


READY = (("validation:f1_binary", "0.61"), ("Estimated Cost", "4.29"))


@pytest.mark.parametrize("header", [True, False])
def test_it_is_followed_until_ready(features: FeatureTable, header: bool) -> None:
    session = Recorded(shown("TRAINING", header=header), shown("TRAINING", header=header),
                       shown("READY", *READY, header=header))  # fmt: skip
    waits: list[float] = []
    lines: list[str] = []
    found = redshift_ml.train(session, features, "m", bucket="b", every=7, progress=lines.append,
                              sleep=waits.append)  # type: ignore[arg-type]  # fmt: skip
    assert session.statements[0].startswith("create model m\n")
    assert session.statements[1:] == ["show model m"] * 3
    assert waits == [7, 7]
    assert lines == ["m: TRAINING", "m: TRAINING", "m: READY"]
    assert (found.state, found.metrics, found.cost) == ("READY", {"validation:f1_binary": 0.61}, 4.29)
    assert found.values["Function Name"] == "predict_m"


@pytest.mark.parametrize(
    "failed",
    [shown("FAILED", ("Failure Reason", "the role can't write to the bucket")),
     shown("FAILED - the role can't write to the bucket")],
)  # fmt: skip
def test_a_failure_says_why(failed: pa.Table) -> None:
    with pytest.raises(ModelError, match="the training of m failed: the role can't write to the bucket"):
        redshift_ml.follow(Recorded(shown("TRAINING"), failed), "m", sleep=lambda s: None)  # type: ignore[arg-type]


def test_a_state_that_is_not_known_is_waited_for() -> None:
    session = Recorded(shown("UNDER REFRESH"), shown("READY"))
    assert redshift_ml.follow(session, "m", sleep=lambda s: None).state == "READY"  # type: ignore[arg-type]


def test_it_does_not_wait_for_ever() -> None:
    with pytest.raises(ModelError, match="the model m is TRAINING after 60 s") as caught:
        redshift_ml.follow(Recorded(shown("TRAINING")), "m", timeout=60, sleep=lambda s: None)  # type: ignore[arg-type]
    assert "drop model m" in str(caught.value.hint)


def test_an_interrupt_says_that_it_still_costs(features: FeatureTable) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(ModelError, match="still training, and costs"):
        redshift_ml.train(Recorded(shown("TRAINING")), features, "m", bucket="b", sleep=interrupt)  # type: ignore[arg-type]


def test_rows_without_a_state() -> None:
    with pytest.raises(ModelError, match="gave no state"):
        redshift_ml.state_of(pa.table({"Key": ["Owner"], "Value": ["me"]}))


def test_dropping() -> None:
    session = Recorded(shown("READY"))
    redshift_ml.drop_model(session, "ml.m")  # type: ignore[arg-type]
    assert session.statements == ["drop model ml.m"]
    with pytest.raises(ModelError, match="is not a name"):
        redshift_ml.drop_model(session, "m cascade")  # type: ignore[arg-type]
