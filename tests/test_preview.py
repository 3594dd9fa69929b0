"""The first rows of a result, for the eye."""

import datetime
import decimal

import pyarrow as pa
import pytest

from rsnb import preview

TABLE = pa.table({"city": ["Lima", None, "Århus <i>"], "n": [10, None, 3]})


def test_text_is_aligned_with_numbers_to_the_right():
    assert preview.text(TABLE).split("\n") == [
        "city          n",
        "Lima         10",
        "NULL       NULL",
        "Århus <i>     3",
    ]


def test_html_is_escaped_and_marks_what_is_missing():
    html = preview.html(TABLE)
    assert "Århus &lt;i&gt;" in html
    assert html.count("opacity:.5") == 2
    assert '<th style="text-align:right">n</th>' in html


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (decimal.Decimal("1.50"), "1.50"),
        (b"\x00\xff", "00ff"),
        (datetime.datetime(2020, 1, 2, 3, 4, 5), "2020-01-02 03:04:05"),
        ("two\nlines", "two lines"),
        ("x" * 80, "x" * 59 + "…"),
    ],
)
def test_a_value_as_text(value, shown):
    assert preview.text(pa.table({"v": [value]})).split("\n")[1].strip() == shown


def test_what_is_left_out_is_said():
    many = pa.table({"n": range(1_000_000)})
    assert preview.text(many).split("\n")[-1] == "20 of 1,000,000 rows"
    assert preview.html(many).count("<tr>") == 21
    assert preview.html(many).endswith("<p>20 of 1,000,000 rows</p>")
    assert preview.text(many.slice(0, 0)).split("\n") == ["n", "no rows"]


def test_a_long_value_is_whole_in_the_tooltip():
    long = "x" * 400
    assert f'title="{long}"' in preview.html(pa.table({"v": [long]}))


def test_repeated_names_are_columns_of_their_own():
    table = pa.table([[1], [2]], names=["a", "a"])
    assert preview.text(table).split() == ["a", "a", "1", "2"]
