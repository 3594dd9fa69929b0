"""A model's card: what it says of each kind of model and data, its two forms, and what must never be in it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from rsnb import Session
from rsnb.errors import ModelError
from rsnb.ml import FeatureTable, LinearLearner, load_model
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.learner import Parts
from rsnb.ml.model import Model
from rsnb.ml.model_card import ModelCard, Section, model_card
from rsnb.ml.split import Split

RNG = np.random.default_rng(4)
N = 600
FRAME = pd.DataFrame(
    {
        "patient_key": [f"PLANTED-{i // 2:05d}" for i in range(N)],
        "encounter_key": np.arange(N) + 987_654_000,
        "age": RNG.normal(60, 12, N) + 0.123456,
        "kind": RNG.choice(["Emergency", "Elective | <b>", "Urgent"], N),
        "fixed": 1,
    }
)
OUTCOME = np.where(RNG.random(N) < 1 / (1 + np.exp(-(FRAME["age"] - 66) / 8)), "Yes", "No")

pytestmark = pytest.mark.usefixtures("project")


def trained(source: object = None, **given: object) -> LinearLearner:
    features = FeatureTable(
        FRAME.assign(readmitted=OUTCOME) if source is None else source, target="readmitted", group="patient_key",
        identifier="encounter_key", positive="Yes", split=Split(seed=17),
    )  # fmt: skip
    learner = LinearLearner("binary_classifier", **given)
    learner.fit(features)
    return learner


def test_what_it_says() -> None:
    learner = trained(binary_classifier_model_selection_criteria="f_beta", f_beta=2)
    assert "Not evaluated yet" in model_card(learner).markdown()
    found = learner.evaluate()
    text = model_card(learner).markdown()
    auc = found.loc["roc_auc"]
    for said in (
        "# Model card: binary_classifier of readmitted",
        "Whether readmitted is 'Yes' (1) or 'No' (0).",
        "backend local: the exact minimum",
        "Split by group (patient_key): train 70%, validation 10%, test 20%, seed 17.",
        "| fixed | constant |",
        "| patient_key | the group |",
        "| f_beta | 2.0 | 1.0 |",
        "positive_example_weight_mult 1.0",
        "On the test part",
        f"| roc_auc | {auc['value']:.4g} | {auc['low']:.4g} to {auc['high']:.4g} | {auc['n']:,.0f} |",
        f"{learner.model.threshold:.4g}, chosen by the largest F score with beta 2, on the validation part",
        r"| kind=Elective \| \<b\> |",
        "they do not say what a change would cause",
        "not by time",
    ):
        assert said in text, said
    assert "epochs" not in text
    assert re.search(r"Made 20\d\d-\d\d-\d\dT\d\d:\d\d UTC with rsnb \d", text)


def test_no_row_and_no_identifier_value_is_in_it(session: Session) -> None:
    session.sql(
        "create table public.stays (patient_key varchar(20), encounter_key int, age float8, readmitted varchar(3))"
    )
    rows = zip(FRAME["patient_key"], FRAME["encounter_key"], FRAME["age"], OUTCOME, strict=True)
    session.sql(f"insert into public.stays values {', '.join(f'({p!r}, {e}, {a}, {str(o)!r})' for p, e, a, o in rows)}")
    query = "with s as (select * from public.stays where patient_key <> 'PLANTED-00003') select * from s"
    for source in (None, (session, query), (session, "public.stays")):
        learner = trained(source)
        learner.evaluate()
        card = model_card(learner, figures=True)
        for text in (card.markdown(), card.html(), card._repr_html_(), repr(card)):
            assert "PLANTED" not in text
            assert "9876540" not in text and "987,654" not in text
            assert not any(f"{age:.4f}" in text for age in FRAME["age"])
    assert "a query over public.stays." in model_card(trained((session, query))).markdown()
    assert "the table public.stays." in model_card(trained((session, "public.stays"))).markdown()


def test_a_query_that_is_not_parsed_shows_nothing_of_it() -> None:
    learner = trained()
    learner.features.rows.relation = "(select 'PLANTED' from ((( ) as source"
    assert "Source: a query." in model_card(learner).markdown()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"positive_example_weight_mult": "balanced"}, "not the probabilities of the population"),
        ({"loss": "hinge_loss"}, "The scores of hinge_loss are margins"),
        ({"l1": 0.001}, "no standard errors"),
        ({"epochs": 3}, "Given and of no effect, because the solution is exact: epochs."),
        ({"binary_classifier_model_selection_criteria": "loss_function"}, "0.5, chosen by the loss alone"),
    ],
)
def test_limits_by_hyperparameter(given: dict[str, object], said: str) -> None:
    assert said in model_card(trained(**given)).markdown()


def test_other_predictor_types_and_examples_without_a_table() -> None:
    x, z = RNG.normal(size=(300, 2)), RNG.normal(size=300)
    for kind, y in (("regressor", x[:, 0] + z), ("multiclass_classifier", np.digitize(x[:, 0] + z, [-0.5, 0.5]) * 1.0)):
        learner = LinearLearner(kind)
        learner.fit(Examples(x, y, ("a", "b")))
        text = model_card(learner).markdown()
        assert "encoded examples, without a feature table" in text and "| train | 300 |" in text
        assert "## Threshold" not in text and "Encoded columns: a, b." in text


def test_residuals_of_a_card_are_never_single_rows() -> None:
    x = RNG.normal(size=(300, 2))
    learner = LinearLearner("regressor")
    learner.fit(Parts(Examples(x, x[:, 0], ("a", "b")), test=Examples(x[:25], x[:25, 1], ("a", "b"))))
    for figure in model_card(learner, figures=True).figures["residuals"]:
        assert figure.data[0].type == "heatmap" and len(figure.data[1].x) == 1


def test_a_saved_model_has_a_card_too(tmp_path: Path) -> None:
    learner = trained()
    learner.evaluate()
    text = model_card(load_model(learner.model.save(tmp_path / "m.json"))).markdown()
    assert "| roc_auc |" in text and "the examples of the last evaluation" in text
    assert "are not known here" in text and "| patient_key | not a feature |" in text


def test_a_model_whose_weights_are_with_the_service() -> None:
    known = LinearLearner("binary_classifier").hyperparameters
    model = Model("binary_classifier", known, ("a",), None, provenance={"backend": "sagemaker", "trained_at": "now"})
    text = model_card(model).markdown()
    assert "It is with the service" in text and "The weights are with SageMaker" in text and "epochs 15" in text
    model.fitted = Fitted(np.ones((1, 1)), np.ones(1), 0.5)
    assert "cost an endpoint" not in text


def test_html_is_alone_and_has_the_script_once(tmp_path: Path) -> None:
    learner = trained()
    plain, drawn = model_card(learner).html(), model_card(learner, figures=True).html()
    assert "plotly" not in plain and "prefers-color-scheme: dark" in plain
    assert not re.search(r'(?:src|href)="', plain)
    assert drawn.count("plotly.js v") == 1
    assert drawn.count("Plotly.newPlot(") == 2 * 6
    assert "Elective | &lt;b&gt;" in plain and "<b>" not in plain
    assert "<script" not in model_card(learner, figures=True)._repr_html_()


def test_save_goes_by_the_suffix(tmp_path: Path) -> None:
    card = model_card(trained())
    assert card.save(tmp_path / "a.md").read_text(encoding="utf-8") == card.markdown() == str(card)
    assert card.save(tmp_path / "a.HTML").read_text(encoding="utf-8") == card.html()
    with pytest.raises(ModelError, match=r"(?s)a\.pdf.*\.md or \.html"):
        card.save(tmp_path / "a.pdf")


def test_markdown_shows_text_as_it_is() -> None:
    odd = r"a_b _c_ *d* [e](f) <g> `h` | \i"
    text = ModelCard("t", [Section("s", [odd], header=["x"], rows=[[odd]])], "").markdown()
    shown = MarkdownIt().enable("table").render(text)
    escaped = odd.replace("<", "&lt;").replace(">", "&gt;")
    assert f"<p>{escaped}</p>" in shown and f"<td>{escaped}</td>" in shown
