"""Lines and areas along a sorted x."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rsnb.charts.bars import ticks, totals
from rsnb.charts.chart import Chart
from rsnb.charts.groups import groups, only_one
from rsnb.charts.text import figure, shorten
from rsnb.charts.thin import BUCKETS, lowest_and_highest

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go
    from numpy.typing import NDArray

DOTTED = 40  # up to so many points, each is marked


def line(chart: Chart) -> go.Figure:
    """A line for each y, or for each colour, in order of x; text stays in the frame's order.

    A line of many rows is drawn through the lowest and highest y of each of 1,200 steps.
    """
    import plotly.graph_objects as go

    chart.refuse("size")
    only_one(chart)
    x, ys = chart.pair("time", "number", "text")
    values, drawn = chart.values(x), go.Figure()
    for name, color, rows, y in _series(chart):
        kept = rows[lowest_and_highest(chart.positions(x)[rows], y[rows])]
        if len(kept) < len(rows):
            chart.note(f"of each {BUCKETS:,}th of {x}, the lowest and the highest row are drawn")
        drawn.add_trace(_trace(chart, name, color, _pick(values, kept), y[kept]))
    _axes(drawn, chart, values, ys)
    return drawn


def area(chart: Chart) -> go.Figure:
    """Areas stacked on each other, one for each y or each colour; rows with the same x are summed."""
    import numpy as np
    import plotly.graph_objects as go

    chart.refuse("size")
    only_one(chart)
    x, ys = chart.pair("time", "number", "text")
    table, colors = totals(chart)
    at = np.arange(len(table))
    if chart.role(x) != "text":
        table = table.sort_index()
        at = table.index.to_numpy().astype(np.int64 if chart.role(x) == "time" else np.float64)
    kept = lowest_and_highest(at.astype(np.float64), table.sum(axis=1).to_numpy())
    if len(kept) < len(table):
        chart.note(f"of each {BUCKETS:,}th of {x}, the lowest and the highest total are drawn")
    table, drawn = table.iloc[kept].fillna(0.0), go.Figure()
    for name, color in zip(table.columns, colors, strict=True):
        trace = _trace(chart, str(name), color, table.index.to_numpy(), table[name].to_numpy())
        drawn.add_trace(trace.update(stackgroup="all", mode="lines", line={"width": 1}, fillcolor=_faint(color)))
    _axes(drawn, chart, list(table.index), ys)
    return drawn


def _series(chart: Chart) -> Iterator[tuple[str, str, NDArray[np.intp], NDArray[np.float64]]]:
    """Name, colour, sorted rows and y of each line; rows without an x are left out."""
    import numpy as np

    at = chart.positions(str(chart.x))
    order = np.arange(len(at)) if chart.role(str(chart.x)) == "text" else np.argsort(at, kind="stable")
    order = order[~np.isnan(at[order])]
    if len(order) < len(at):
        chart.note(f"{len(at) - len(order):,} rows without {chart.x} left out")
    if not chart.color:
        for index, name in enumerate(chart.y):
            yield str(name), chart.theme.palette[index % len(chart.theme.palette)], order, chart.numbers(name)
        return
    split, y = groups(chart, chart.color), chart.numbers(chart.y[0])
    for code, name in enumerate(split.names[: len(split.names) - split.rest]):
        yield name, split.colors[code], order[split.codes[order] == code], y
    if split.rest:
        chart.note("the others are left out")


def _trace(chart: Chart, name: str, color: str, x: Any, y: NDArray[np.float64]) -> go.Scatter:
    import plotly.graph_objects as go

    head = "<b>%{x}</b><br>"
    dots = "lines+markers" if len(y) <= DOTTED else "lines"
    return go.Scatter(
        x=x,
        y=y,
        name=shorten(name),
        mode=dots,
        line={"color": color, "width": 2},
        marker={"size": 6, "color": color},
        customdata=[figure(value) for value in y],
        hovertemplate=f"{head}{shorten(name, 40)}: %{{customdata}}<extra></extra>",
    )


def _axes(drawn: go.Figure, chart: Chart, values: Any, ys: list[str]) -> None:
    x = str(chart.x)
    words = list(dict.fromkeys(str(value) for value in values)) if chart.role(x) == "text" else []
    drawn.update_xaxes((ticks(words) if 0 < len(words) <= 30 else {}) | {"title": {"text": chart.title(x)}})
    if chart.role(x) == "text":
        drawn.update_xaxes(type="category")
    drawn.update_yaxes(title={"text": ", ".join(chart.title(name) for name in ys)})


def _pick(values: Any, rows: NDArray[np.intp]) -> Any:
    import numpy as np

    return np.asarray(values)[rows]


def _faint(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.55)"
