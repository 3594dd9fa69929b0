"""Bars: one for each x, or for each x and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rsnb.charts.chart import CATEGORIES, Chart
from rsnb.charts.groups import groups, only_one
from rsnb.charts.text import escape, figure, shorten, whole, wrap
from rsnb.charts.theme import HEIGHT

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

STEPS = 1000  # bars along an axis of time or numbers


def bar(chart: Chart, *, stacked: bool = False, horizontal: bool | None = None) -> go.Figure:
    """Bars of y for each x; rows with the same x are summed, and the subtitle says so.

    stacked: colours on top of each other, not side by side. horizontal: by default when labels are long.
    Of more than 50 categories, the 50 with the largest y are drawn.
    """
    import plotly.graph_objects as go

    chart.refuse("size")
    only_one(chart)
    x, _ = chart.pair("text", "time", "number")
    text = chart.role(x) == "text"
    table, colors = totals(chart)
    table = largest(chart, table, CATEGORIES if text else STEPS)
    flat = text and (_are_long([str(name) for name in table.index]) if horizontal is None else horizontal)
    drawn = go.Figure()
    for name, color in zip(table.columns, colors, strict=True):
        drawn.add_trace(_trace(chart, table[name], color, flat, stacked, text))
    drawn.update_layout(barmode="stack" if stacked or chart.color == x else "group")
    _axes(drawn, chart, table, flat, text)
    if flat:
        room = 0 if stacked else 10 + 9 * len(table.columns)
        room = max(room, 38 if any("<br>" in name for name in drawn.layout.yaxis.ticktext) else 24)
        drawn.update_layout(height=max(260, room * len(table) + 130))
    return drawn


def totals(chart: Chart) -> tuple[pd.DataFrame, list[str]]:
    """y summed by x, one column for each colour or each y, and their colours."""
    import pandas as pd

    x, ys = chart.pair("text", "time", "number")
    at = pd.Series(chart.values(x), name="x")
    if chart.color:
        split = groups(chart, chart.color)
        keyed = pd.DataFrame({"x": at, "group": split.codes, "y": chart.numbers(ys[0])})
        summed = keyed.groupby(["x", "group"], sort=False)["y"].sum(min_count=1)
        table = summed.unstack("group").reindex(columns=range(len(split.names)), index=at.dropna().unique())
        table.columns = pd.Index(split.names)
        colors, repeated = split.colors, len(summed) < len(keyed.dropna(subset=["x"]))
    else:
        keyed = pd.DataFrame({name: chart.numbers(name) for name in ys})
        table = keyed.groupby(at, sort=False).sum(min_count=1)
        colors = [chart.theme.palette[index % len(chart.theme.palette)] for index in range(len(ys))]
        repeated = len(table) < at.notna().sum()
    if repeated:
        chart.note(f"{', '.join(ys)} summed for each {x}" + (f" and {chart.color}" if chart.color else ""))
    return table.dropna(how="all") if chart.role(x) != "text" else table, colors


def largest(chart: Chart, table: pd.DataFrame, limit: int) -> pd.DataFrame:
    """At most `limit` rows, those with the largest sums from the largest down; the rest is noted."""
    if len(table) <= limit:
        return table
    chart.note(f"top {limit:,} of {len(table):,} values of {chart.x} by {' + '.join(chart.y)}")
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index[:limit]]


def ticks(names: list[str]) -> dict[str, Any]:
    """An axis of categories in this order, with names that fit; the full ones are on hover."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names,
        "tickmode": "array",
        "tickvals": names,
        "ticktext": [wrap(name) for name in names],
    }


def _trace(chart: Chart, column: pd.Series[Any], color: str, flat: bool, stacked: bool, text: bool) -> go.Bar:
    import plotly.graph_objects as go

    at = column.index.to_numpy()
    value, place = ("x", "y") if flat else ("y", "x")
    head = "%{customdata[0]}" if text else "%{" + place + "}"
    measure = escape(chart.title(chart.y[0]) if chart.color else str(column.name))
    series = escape(shorten(str(column.name), 40)) + "<br>" if chart.color else ""
    said = [[whole(str(name)) if text else "", figure(number)] for name, number in zip(at, column, strict=True)]
    return go.Bar(
        {place: at, value: column.to_numpy()},
        name=shorten(str(column.name)),
        orientation="h" if flat else "v",
        marker={"color": color, "line": {"width": 0}, "cornerradius": 0 if stacked else 2},
        customdata=said,
        hovertemplate=f"<b>{head}</b><br>{series}{measure}: %{{customdata[1]}}<extra></extra>",
    )


def _axes(drawn: go.Figure, chart: Chart, table: pd.DataFrame, flat: bool, text: bool) -> None:
    names = ticks([str(name) for name in table.index]) if text else {}
    place = names | {"title": {"text": chart.title(str(chart.x))}}
    value = {"title": {"text": ", ".join(chart.title(name) for name in chart.y)}}
    if flat:
        drawn.update_yaxes(place | {"autorange": "reversed", "showgrid": False})
        drawn.update_xaxes(value | {"showgrid": True, "showline": False, "ticks": ""})
    else:
        drawn.update_xaxes(place)
        drawn.update_yaxes(value)
    drawn.update_layout(height=HEIGHT)


def _are_long(names: list[str]) -> bool:
    """True when the names would not stand side by side under upright bars."""
    longest = max(map(len, names), default=0)
    return longest > 16 or longest * len(names) > 130
