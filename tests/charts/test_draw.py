"""What a frame becomes as a figure: kinds, traces, sizes, colours, notes, errors."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rsnb.charts import draw, kinds, register, to_html
from rsnb.errors import ChartError

MILLION = 1_000_000
LARGEST = 2_000_000  # bytes of JSON that a million rows may become


def sent(figure: Any) -> dict[str, Any]:
    """The figure as plotly's script gets it."""
    document: dict[str, Any] = json.loads(figure.to_json())
    return document


def note(figure: Any) -> str:
    """The subtitle."""
    return str(figure.layout.title.subtitle.text).replace("<br>", " ")


@pytest.fixture
def sales() -> pd.DataFrame:
    """Columns as a Result gives them: nullable integers, exact decimals, text, times, flags."""
    return pd.DataFrame(
        {
            "eventid": pd.array([1, 2, 3, 4], dtype="Int64"),
            "city": pd.array(["Paris", "Lisbon", None, "Paris"], dtype="str"),
            "sold": pd.array([30, 10, None, 5], dtype="Int32"),
            "paid": pd.array(
                [Decimal("9.50"), Decimal("1.25"), Decimal("3.00"), None], pd.ArrowDtype(pa.decimal128(8, 2))
            ),
            "day": pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-02", None]).astype("datetime64[s]"),
            "member": pd.array([True, False, None, True], dtype="boolean"),
        }
    )


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["day", "paid"], "scatter"),
        (["city", "sold"], "bar"),
        (["sold", "paid"], "scatter"),
        (["sold"], "bar"),
        (["member", "sold"], "bar"),
    ],
)
def test_the_kind_is_chosen_by_what_the_columns_hold(sales: pd.DataFrame, columns: list[str], expected: str) -> None:
    assert draw(sales[columns]).data[0].type == expected


def test_a_time_and_a_number_are_a_line_in_order_of_time(sales: pd.DataFrame) -> None:
    trace = draw(sales[["day", "paid"]]).data[0]
    assert trace.mode == "lines+markers"
    assert [str(day)[:10] for day in trace.x] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert list(trace.y) == [1.25, 3.0, 9.5]


def test_keys_are_the_last_choice(sales: pd.DataFrame) -> None:
    assert draw(sales[["eventid", "city", "sold"]]).layout.xaxis.title.text == "city"
    assert draw(sales[["eventid", "city", "sold"]]).layout.yaxis.title.text == "sold"


def test_a_long_frame_of_times_is_split_by_its_text() -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2024-01-01"] * 2), "city": ["Paris", "Lisbon"], "sold": [1, 2]})
    assert [trace.name for trace in draw(frame).data] == ["Paris", "Lisbon"]


def test_rows_of_the_same_category_are_summed_and_said_so(sales: pd.DataFrame) -> None:
    figure = draw(sales, "bar", x="city", y="sold")
    assert dict(zip(figure.data[0].x, figure.data[0].y, strict=True))["Paris"] == 35
    assert note(figure) == "sold summed for each city"


def test_null_is_a_category_and_grey(sales: pd.DataFrame) -> None:
    figure = draw(sales, "bar", x="member", y="paid", color="city")
    assert [trace.name for trace in figure.data] == ["Paris", "Lisbon", "NULL"]
    assert figure.data[2].marker.color == "#868c98"
    assert set(figure.data[0].x) == {"true", "false", "NULL"}


def test_several_y_are_several_traces(sales: pd.DataFrame) -> None:
    for kind in ("bar", "line", "area", "scatter", "box"):
        x = None if kind == "box" else "eventid"
        assert [trace.name for trace in draw(sales, kind, x=x, y=["sold", "paid"]).data] == ["sold", "paid"]


def test_bars_are_stacked_or_side_by_side(sales: pd.DataFrame) -> None:
    assert draw(sales, "bar", x="member", y="sold", color="city").layout.barmode == "group"
    assert draw(sales, "bar", x="member", y="sold", color="city", stacked=True).layout.barmode == "stack"


def test_long_names_lie_flat_are_cut_and_are_whole_on_hover() -> None:
    long = "Paediatric intensive care unit transfer from another hospital trust in the region"
    figure = draw(pd.DataFrame({"kind": [long, "b"], "n": [2, 1]}))
    bar, axis = figure.data[0], figure.layout.yaxis
    assert bar.orientation == "h"
    assert axis.ticktext[0] == "Paediatric intensive<br>care unit transfer from…"
    assert bar.customdata[0][0].replace("<br>", " ") == long
    assert draw(pd.DataFrame({"kind": ["a", "b"], "n": [2, 1]})).data[0].orientation == "v"


def test_names_are_never_markup() -> None:
    name = "<b>%{x}</b></script><script>alert(1)</script>"
    figure = draw(pd.DataFrame({name: [name], "n": [1]}))
    assert "</script><script>alert" not in to_html(figure, False)
    assert "<b>" not in figure.layout.yaxis.ticktext[0]
    assert "<b>" not in figure.data[0].customdata[0][0]


def test_of_many_categories_the_largest_are_drawn() -> None:
    figure = draw(pd.DataFrame({"venue": [f"v{n}" for n in range(213)], "sold": range(213)}))
    assert len(figure.data[0].y) == 50
    assert figure.data[0].y[0] == "v212"
    assert note(figure) == "top 50 of 213 values of venue by sold"


def test_of_many_colours_the_rest_is_grey() -> None:
    figure = draw(
        pd.DataFrame({"c": list("abcdefghijkl"), "x": range(12), "y": range(12)}), "scatter", x="x", y="y", color="c"
    )
    assert len(figure.data) == 8
    assert figure.data[-1].name == "5 others"
    assert sum(len(trace.x) for trace in figure.data) == 12


def test_size_is_by_area() -> None:
    figure = draw(pd.DataFrame({"x": [1, 2, 3], "y": [1, 2, 3], "n": [100, 25, 0]}), "scatter", x="x", y="y", size="n")
    assert list(figure.data[0].marker.size) == [34, 17, 4]


def test_a_number_colours_on_a_scale_and_a_small_integer_as_a_category() -> None:
    frame = pd.DataFrame({"x": range(9), "y": range(9), "age": np.linspace(18, 90, 9), "group": [1, 2, 3] * 3})
    assert draw(frame, "scatter", x="x", y="y", color="age").data[0].marker.coloraxis == "coloraxis"
    assert [trace.name for trace in draw(frame, "scatter", x="x", y="y", color="group").data] == ["1", "2", "3"]


def test_a_histogram_counts_every_row_in_round_ranges() -> None:
    figure = draw(pd.DataFrame({"x": np.linspace(0, 100, 1001)}), "histogram", bins=10)
    assert list(figure.data[0].customdata[:2]) == ["0 to 10", "10 to 20"]
    assert sum(figure.data[0].y) == 1001


def test_a_histogram_of_times_and_of_few_integers() -> None:
    times = pd.DataFrame({"at": pd.date_range("2024-01-01", periods=100, tz="UTC")})
    figure = draw(times, "histogram")
    assert sum(figure.data[0].y) == 100
    assert figure.layout.xaxis.title.text == "at (UTC)"
    assert list(draw(pd.DataFrame({"n": [1, 1, 3]})).data[0].y) == [2, 0, 1]


def test_nulls_that_are_left_out_are_counted() -> None:
    assert note(draw(pd.DataFrame({"x": pd.array([1, None, 3], dtype="Int64")}))) == "1 NULLs left out"


def test_a_box_holds_exact_quartiles() -> None:
    trace = draw(pd.DataFrame({"g": ["a"] * 101, "v": [*range(100), 1000]}), "box", x="g", y="v").data[0]
    assert (trace.q1[0], trace.median[0], trace.q3[0]) == (25, 50, 75)
    assert trace.upperfence[0] == 99
    assert list(trace.y[0]) == [1000]


def test_a_heatmap_sums_and_leaves_empty_cells_empty() -> None:
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "p", "q"], "n": [1, 2, 4]})
    figure = draw(frame, "heatmap", x="a", y="b", color="n")
    assert np.array_equal(np.asarray(figure.data[0].z), [[3, np.nan], [np.nan, 4]], equal_nan=True)
    assert np.nansum(np.asarray(draw(frame, "heatmap").data[0].z)) == 7


@pytest.mark.parametrize("values", [["1.5", None], [1.5, np.inf]])
def test_objects_and_infinities_are_drawn_as_numbers_or_gaps(values: list[Any]) -> None:
    column = pd.Series([Decimal(v) if isinstance(v, str) else v for v in values], dtype=object)
    trace = draw(pd.DataFrame({"x": [1, 2], "y": column}), "scatter", x="x", y="y").data[0]
    assert trace.y[0] == 1.5
    assert np.isnan(trace.y[1])


@pytest.mark.parametrize("kind", [None, *kinds()])
def test_no_rows_is_a_figure_that_says_so(sales: pd.DataFrame, kind: str | None) -> None:
    figure = draw(sales[:0], kind, title="Sales")
    assert [note.text for note in figure.layout.annotations] == ["No rows"]
    assert figure.layout.title.text == "Sales"


def test_no_columns_and_only_nulls() -> None:
    assert draw(pd.DataFrame()).layout.annotations[0].text == "No rows"
    nulls = pd.DataFrame({"x": pd.array([None, None], dtype="Float64")})
    assert draw(nulls).layout.annotations[0].text == "No values"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "bra"}, r"no chart 'bra'[\s\S]*did you mean bar\?[\s\S]*histogram"),
        ({"x": "citty", "y": "sold"}, r"no column 'citty'[\s\S]*did you mean city\? the columns are eventid, city"),
        ({"kind": "bar", "x": "day", "y": "city"}, r"y='city' holds text, a bar needs numbers[\s\S]*sold"),
        ({"kind": "bar", "x": "city"}, r"a bar needs y=, a column of numbers[\s\S]*city \(text\)"),
        ({"kind": "line", "y": "sold"}, "a line needs x=, a column of time, number and text"),
        ({"y": "sold"}, "needs x="),
        ({"kind": "histogram", "x": "city"}, "x='city' holds text"),
        ({"kind": "bar", "size": "sold"}, "a bar has no size"),
        ({"kind": "bar", "bins": 3}, r"no option 'bins'[\s\S]*stacked and horizontal"),
        ({"kind": "line", "x": "day", "y": ["sold", "paid"], "color": "city"}, "both split the rows"),
        ({"kind": "map"}, "a map needs lat="),
        ({"kind": "map", "lat": "sold", "lon": "longitude"}, "no column 'longitude'"),
        ({"theme": "blue"}, r"no theme 'blue'[\s\S]*light, dark"),
    ],
)
def test_errors_say_what_there_is(sales: pd.DataFrame, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ChartError, match=message):
        draw(sales, **arguments)


def test_two_columns_of_one_name_and_what_is_no_frame(sales: pd.DataFrame) -> None:
    with pytest.raises(ChartError, match="2 columns are called 'city'"):
        draw(pd.concat([sales, sales[["city"]]], axis=1), "bar", x="city", y="sold")
    with pytest.raises(ChartError, match="not from a list"):
        draw([1, 2])
    with pytest.raises(ChartError, match="no column holds numbers"):
        draw(sales[["city"]])


def test_a_kind_can_be_added(sales: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    from rsnb.charts import figure

    monkeypatch.setattr(figure, "_BUILDERS", dict(figure._BUILDERS))
    register("counter", lambda chart, *, of: figure._BUILDERS["bar"](chart, horizontal=of))
    assert "counter" in kinds()
    assert draw(sales, "counter", x="city", y="sold", of=True).data[0].orientation == "h"


@pytest.fixture(scope="module")
def million() -> pd.DataFrame:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"t": pd.date_range("2020-01-01", periods=MILLION, freq="min"), "v": random.normal(size=MILLION)}
    )
    frame["w"] = random.normal(size=MILLION)
    frame["c"] = np.array(["a", "b", "c"])[random.integers(0, 3, MILLION)]
    frame.loc[123_456, "v"] = 99.0
    return frame


@pytest.mark.parametrize("kind", ["scatter", "histogram", "line", "area", "box", "heatmap", "bar"])
def test_a_million_rows_are_a_small_figure(million: pd.DataFrame, kind: str) -> None:
    named = {
        "histogram": {"x": "v"},
        "box": {"x": "c", "y": "v"},
        "heatmap": {"x": "v", "y": "w"},
        "scatter": {"x": "v", "y": "w", "color": "c"},
    }.get(kind, {"x": "t", "y": "v"})
    figure = draw(million, kind, **named)
    assert len(figure.to_json()) < LARGEST
    assert figure.to_json() == draw(million, kind, **named).to_json()


def test_thinning_keeps_the_peaks_and_says_so(million: pd.DataFrame) -> None:
    for kind in ("line", "scatter"):
        figure = draw(million, kind, x="t", y="v")
        assert max(figure.data[0].y) == 99.0
        assert ("lowest and the highest" if kind == "line" else "50,000 of 1,000,000 rows, sampled") in note(figure)
    assert figure.data[0].type == "scattergl"


def test_a_gap_stays_a_gap_when_thinned() -> None:
    y = np.ones(100_000)
    y[40_000:60_000] = np.nan
    trace = draw(pd.DataFrame({"x": range(100_000), "y": y}), "line", x="x", y="y").data[0]
    assert np.isnan(trace.y).sum() > 100
