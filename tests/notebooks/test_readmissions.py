"""The numbers of the readmissions notebook that a reader can check."""

import pytest

from tests.notebooks.conftest import REAL

pytestmark = pytest.mark.xdist_group("notebooks")

VALUES = """{
    "counts": row_counts.set_index("table_name")["encounters"].to_dict(),
    "patients": row_counts["patients"].tolist(),
    "specialties": specialties["medical_specialty"].tolist(),
    "fact_rows": len(fact),
    "fact_encounters": int(fact["encounters"].sum()),
    "fact_columns": fact.columns.tolist(),
    "fact_types": [str(t) for t in fact.dtypes],
}"""


@pytest.fixture(scope="module")
def story(run):
    return run("01_readmissions.ipynb", VALUES)


def test_both_tables_hold_every_encounter(story):
    assert story.values["counts"] == {"phi": 101_766, "nonphi": 101_766}


def test_the_keys_count_the_same_patients(story):
    phi, nonphi = story.values["patients"]
    assert phi == nonphi
    if REAL:
        assert phi == 71_518


def test_five_specialties_come_out(story):
    assert len(story.values["specialties"]) == 5
    if REAL:
        assert story.values["specialties"] == [
            "InternalMedicine",
            "Family/GeneralPractice",
            "Emergency/Trauma",
            "Cardiology",
            "Surgery-General",
        ]


def test_the_fact_table_stands_for_every_encounter(story):
    assert story.values["fact_encounters"] == 101_766
    if REAL:
        assert story.values["fact_rows"] == 336
    assert story.values["fact_columns"][:4] == [
        "readmission_result",
        "admission_type",
        "discharge_disposition",
        "diabetesmed",
    ]
    assert len(story.values["fact_columns"]) == 4 + 1 + 9


def test_the_fact_table_keeps_the_type_contract(story):
    assert story.values["fact_types"] == ["str"] * 4 + ["Int64"] + ["float64", "Int32", "Int32"] * 3


def test_the_declared_columns_are_those_of_the_lake(story):
    from rsnb.samples import readmissions

    ddl = "\n".join(c.source for c in story.notebook.cells)
    for name, kind in (*readmissions.PHI_COLUMNS, *readmissions.NONPHI_COLUMNS):
        assert f"    {name} {kind}" in ddl


def test_the_page_has_every_chart(story):
    page = story.page.read_text(encoding="utf-8")
    assert page.count('<div class="figure">') == 4
    assert "Hospital readmissions" in page
