"""Points: two measures of each row, and by colour and size up to two more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rsnb.charts.chart import Chart
from rsnb.charts.groups import groups, is_category, only_one
from rsnb.charts.text import escape, shorten
from rsnb.charts.thin import sample

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go
    from numpy.typing import NDArray

SVG = 2_000  # points; more are drawn through WebGL
LIMIT = 50_000  # points; of more, a sample is drawn
CROWD = 200  # points; of more, the widest is 18 pixels across, not 34


def scatter(chart: Chart, *, max_px: int | None = None) -> go.Figure:
    """A point for each row, coloured by a category or on a scale, and sized by area.

    max_px: how far the largest goes across; by default 34 pixels, 18 in a crowd. More than 2,000 points go through
    WebGL; of more than 50,000 the same random sample is drawn each time, together with the lowest and highest of x
    and y.
    """
    import numpy as np
    import plotly.graph_objects as go

    only_one(chart)
    x, ys = chart.pair("number", "time", "text")
    at, drawn = chart.positions(x), go.Figure()
    rows = sample(len(at), LIMIT, at, *(chart.numbers(y) for y in ys))
    if len(rows) < len(at):
        chart.note(f"{len(rows):,} of {len(at):,} rows, sampled")
    values, sizes = np.asarray(chart.values(x)), _sizes(chart, max_px or (34 if len(rows) <= CROWD else 18))
    make = go.Scattergl if len(rows) * len(ys) > SVG else go.Scatter
    for name, y, picked, marker in _series(chart, rows):
        size = sizes[picked] if sizes is not None else 7 if len(rows) <= SVG else 4
        marker |= {"size": size, "opacity": 0.8 if len(rows) <= SVG else 0.5}
        drawn.add_trace(make(x=values[picked], y=chart.numbers(y)[picked], name=shorten(name), marker=marker))
        drawn.data[-1].update(mode="markers", hovertemplate=_hover(chart, y, name if chart.color else ""))
        if sizes is not None:
            drawn.data[-1].customdata = chart.numbers(str(chart.size), "size")[picked]
    drawn.update_xaxes(title={"text": chart.title(x)}, showgrid=True)
    drawn.update_yaxes(title={"text": ", ".join(chart.title(name) for name in ys)})
    if chart.color and not is_category(chart, chart.color):
        drawn.update_layout(coloraxis={"colorbar": {"title": {"text": chart.title(chart.color)}}})
    return drawn


def diameters(values: NDArray[np.float64], widest: int, narrowest: float = 4.0) -> NDArray[np.float64]:
    """Pixels across, so that the area is in proportion to the value; NaN and what is below 0 is narrowest."""
    import numpy as np

    known = np.nan_to_num(np.maximum(values, 0.0))
    most = float(known.max(initial=0.0)) or 1.0
    across: NDArray[np.float64] = np.round(np.maximum(widest * np.sqrt(known / most), narrowest), 1)
    return across


def _sizes(chart: Chart, widest: int) -> NDArray[np.float64] | None:
    if not chart.size:
        return None
    chart.note(f"area: {chart.size}")
    return diameters(chart.numbers(chart.size, "size"), widest)


def _series(chart: Chart, rows: NDArray[np.intp]) -> list[tuple[str, str, NDArray[np.intp], dict[str, Any]]]:
    """Name, y, rows and marker of each trace."""
    line = {"width": 0.5, "color": chart.theme.background} if len(rows) <= SVG else {"width": 0}
    if chart.color and is_category(chart, chart.color):
        split, y = groups(chart, chart.color), chart.y[0]
        return [
            (name, y, rows[split.codes[rows] == code], {"color": split.colors[code], "line": line})
            for code, name in enumerate(split.names)
        ]
    if chart.color:
        scaled = chart.numbers(chart.color, "color")[rows]
        return [(str(chart.color), chart.y[0], rows, {"color": scaled, "coloraxis": "coloraxis", "line": line})]
    palette = chart.theme.palette
    return [(y, y, rows, {"color": palette[i % len(palette)], "line": line}) for i, y in enumerate(chart.y)]


def _hover(chart: Chart, y: str, group: str) -> str:
    head = f"<b>{shorten(group, 40)}</b><br>" if group and is_category(chart, str(chart.color)) else ""
    parts = [f"{chart.title(str(chart.x))}: %{{x}}", f"{chart.title(y)}: %{{y}}"]
    if chart.color and not head:
        parts.append(f"{escape(str(chart.color))}: %{{marker.color}}")
    if chart.size:
        parts.append(f"{escape(str(chart.size))}: %{{customdata}}")
    return head + "<br>".join(parts) + "<extra></extra>"
