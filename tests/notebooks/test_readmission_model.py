"""The model notebook, with each backend; SageMaker is the loopback service."""

import importlib.util

import pytest

from tests.notebooks.conftest import REAL

pytestmark = pytest.mark.xdist_group("notebooks")

VALUES = """{
    "auc": measured.loc["roc_auc", ["value", "low", "high"]].tolist(),
    "n": int(measured.loc["roc_auc", "n"]),
    "rows": sum(len(p) for p in (features.train, features.validation, features.test)),
    "shared": len(
        set(features.frame("train")["patient_key"]) & set(features.frame("test")["patient_key"])
    ),
    "scored": scored,
    "deciles": deciles["readmitted"].tolist(),
    "encounters": int(deciles["encounters"].sum()),
}"""


@pytest.fixture(scope="module", params=["local", "warehouse", "sagemaker"])
def story(run, request):
    if request.param == "sagemaker" and importlib.util.find_spec("sagemaker") is None:
        pytest.skip('sagemaker-core is not installed: pip install "rsnb[sagemaker]"')
    return run("03_readmission_model.ipynb", VALUES, backend=request.param)


def test_the_model_finds_something_and_says_how_sure_it_is(story):
    auc, low, high = story.values["auc"]
    assert low < auc < high
    assert auc >= 0.60
    if REAL:
        assert auc >= 0.62


def test_a_fifth_of_the_patients_is_kept_for_the_test_and_on_no_other_side(story):
    assert story.values["rows"] == 101_766
    assert 0.18 < story.values["n"] / 101_766 < 0.22
    assert story.values["shared"] == 0


def test_every_encounter_is_scored_in_the_warehouse(story):
    assert story.values["scored"] == story.values["encounters"] == 101_766


def test_higher_scores_come_back_more_often(story):
    deciles = story.values["deciles"]
    assert deciles[-1] > 2 * deciles[0]


def test_the_page_has_every_plot_and_the_card(story):
    page = story.page.read_text(encoding="utf-8")
    assert page.count('<div class="figure">') == 5
    assert "Model card" in page
