"""From a frame to a figure: the kinds of chart, and what every chart has in common."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rsnb import settings
from rsnb.charts import bars, lines, points, spread
from rsnb.charts import map as maps
from rsnb.charts import theme as themes
from rsnb.charts.chart import Chart, frame_of
from rsnb.charts.text import escape, phrase
from rsnb.errors import ChartError, similar

if TYPE_CHECKING:
    import plotly.graph_objects as go

Builder = Callable[..., Any]  # (chart, **options) -> plotly figure

_BUILDERS: dict[str, Builder] = {
    "bar": bars.bar,
    "line": lines.line,
    "area": lines.area,
    "scatter": points.scatter,
    "histogram": spread.histogram,
    "box": spread.box,
    "heatmap": spread.heatmap,
    "map": maps.map_,
}


def register(kind: str, builder: Builder) -> None:
    """Add a kind of chart; builder takes a Chart and its options as keywords, and returns a plotly figure."""
    _BUILDERS[kind] = builder


def kinds() -> list[str]:
    """The kinds of chart there are."""
    return list(_BUILDERS)


def draw(
    frame: Any,
    kind: str | None = None,
    *,
    x: str | None = None,
    y: str | Sequence[str] | None = None,
    color: str | None = None,
    size: str | None = None,
    title: str | None = None,
    theme: str | None = None,
    **options: Any,
) -> go.Figure:
    """A plotly figure of a pandas DataFrame.

    y may be a list of columns: one trace for each. theme: light or dark, by default the setting `theme`.
    options: those of the kind, such as stacked= and horizontal= of a bar, bins= of a histogram, lat=, lon=,
    hover= and color_map= of a map.

    Without a kind, the first of these that the columns (or x and y, where given) allow: latitude and
    longitude make a map; a time and a number a line; text and a number bars; two numbers a scatter; one
    number a histogram. Without x and y, the first columns that fit are taken; keys such as `eventid` come
    last. The subtitle says what was left out, summed or sampled. Raises ChartError.
    """
    ys = [y] if isinstance(y, str) else list(y or [])
    chart = Chart(
        kind or "chart", frame_of(frame), themes.theme(theme or settings.load().text("theme")), x, ys, color, size
    )
    for name in (x, *ys, color, size):
        if name is not None:
            chart.column(name)
    bare = x is None and not ys
    if kind is None and len(chart.frame):
        kind = _suggest(chart, options)
    builder = _builder(kind) if kind else None
    if builder:
        chart.kind = str(kind)
        _check_options(chart, builder, options)
    if not len(chart.frame) or builder is None:
        return _finish(_blank(chart, "No rows"), chart, title)
    if bare and kind == "line" and color is None:
        chart.color = _split(chart)
    drawn = builder(chart, **options)
    return _finish(drawn if drawn.data else _blank(chart, "No values"), chart, title)


def _builder(kind: str) -> Builder:
    if kind not in _BUILDERS:
        listed = f"the kinds are {phrase(kinds())}"
        near = similar(kind, kinds())
        raise ChartError(f"there is no chart {kind!r}", hint=f"{near} {listed}" if "mean" in near else listed)
    return _BUILDERS[kind]


def _check_options(chart: Chart, builder: Builder, options: dict[str, Any]) -> None:
    """ChartError for an option that the builder does not declare, or a column it names that is not there."""
    known = list(inspect.signature(builder).parameters)[1:]
    for name, value in options.items():
        if name not in known:
            held = f"its options are {phrase(known)}" if known else "it has none"
            raise ChartError(f"a {chart.kind} has no option {name!r}", hint=held)
        for column in {"lat": [value], "lon": [value], "hover": value}.get(name, []) if value is not None else []:
            chart.column(column)


def _suggest(chart: Chart, options: dict[str, Any]) -> str:
    """The kind that the columns allow; see draw."""
    if chart.x is None and not chart.y:
        if {"lat", "lon"} & set(options) or maps.guess(chart):
            return "map"
        times, words, numbers = (chart.columns(role) for role in ("time", "text", "number"))
        if not numbers:
            raise ChartError("no column holds numbers, so there is nothing to draw", hint="try kind='heatmap'")
        return "line" if times else "bar" if words else "scatter" if len(numbers) > 1 else "histogram"
    if chart.x is None:
        return "bar"
    number = "scatter" if chart.y else "histogram"
    return {"time": "line", "text": "bar", "number": number}[chart.role(chart.x)]


def _split(chart: Chart) -> str | None:
    """The text column that tells apart rows with the same time, when it has few values."""
    times, words = chart.columns("time"), chart.columns("text")
    if not times or not words or not chart.frame[times[0]].duplicated().any():
        return None
    return words[0] if chart.frame[words[0]].nunique() <= len(chart.theme.palette) else None


def _blank(chart: Chart, said: str) -> go.Figure:
    """A figure with nothing on it but a line that says why."""
    import plotly.graph_objects as go

    drawn = go.Figure()
    drawn.update_xaxes(visible=False).update_yaxes(visible=False)
    drawn.update_layout(height=240)
    font = {"size": 15, "color": chart.theme.muted}
    drawn.add_annotation(text=said, xref="paper", yref="paper", x=0.5, y=0.5, showarrow=False, font=font)
    return drawn


def _finish(drawn: go.Figure, chart: Chart, title: str | None) -> go.Figure:
    """Template, title, notes as the subtitle, and a legend where it fits."""
    notes = textwrap.wrap(escape(" · ".join(chart.notes)), 88)
    drawn.update_layout(template=themes.template_name(chart.theme), title={"text": title or ""})
    drawn.update_layout(title={"subtitle": {"text": "<br>".join(notes)}})
    if drawn.layout.height is None:
        drawn.update_layout(height=themes.HEIGHT)
    named = [trace.name or "" for trace in drawn.data if trace.showlegend is not False]
    shown = len(named) > 1 or bool(chart.color and any(named))
    top = 16 + (28 if title else 0) + 17 * len(notes) + (8 if title or notes else 0)
    row = sum(len(name) * 7 + 44 for name in named) < 560
    if shown and row:
        drawn.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"})
        top += 32
    drawn.update_layout(showlegend=shown, margin={"t": max(top, 24)})
    if shown and chart.color:
        drawn.update_layout(legend={"title": {"text": chart.title(chart.color)}})
    return drawn
