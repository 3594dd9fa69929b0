"""How values are spread: a histogram, boxes, a heatmap. All counted here, so that the figure stays small."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rsnb.charts.bars import ticks
from rsnb.charts.chart import CATEGORIES, Chart
from rsnb.charts.groups import groups
from rsnb.charts.text import escape, figure, shorten
from rsnb.errors import ChartError

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go
    from numpy.typing import NDArray

OUTLIERS = 100  # drawn for each box: the lowest and the highest
CELLS = 60  # steps along an axis of a heatmap


def histogram(chart: Chart, *, bins: int | None = None) -> go.Figure:
    """How many rows fall in each range of x, a number or a time; colours are stacked.

    bins: about how many ranges; by default as many as Freedman and Diaconis' rule asks for, 5 to 60.
    """
    import numpy as np
    import plotly.graph_objects as go

    chart.refuse("size", "y")
    chart.x = chart.x or next(iter(chart.columns("number", "time")), None)
    if chart.x is None:
        raise chart.missing("x", "numbers or times")
    if chart.role(chart.x) != "time":
        chart.numbers(chart.x, "x")
    at = chart.positions(chart.x)
    known = ~np.isnan(at)
    if not known.all():
        chart.note(f"{(~known).sum():,} NULLs left out")
    drawn = go.Figure()
    drawn.update_layout(barmode="stack", bargap=0)
    drawn.update_xaxes(title={"text": chart.title(chart.x)})
    drawn.update_yaxes(title={"text": "rows"})
    if not known.any():
        return drawn
    found = edges(at[known], bins)
    split = groups(chart, chart.color) if chart.color else None
    for code, name in enumerate(split.names if split else ["rows"]):
        rows = known & (split.codes == code) if split else known
        color = split.colors[code] if split else chart.theme.palette[0]
        drawn.add_trace(_bins(chart, np.histogram(at[rows], found)[0], found, name if split else "", color))
    return drawn


def edges(values: NDArray[np.float64], bins: int | None) -> NDArray[np.float64]:
    """Edges of equal ranges of a round width: 1, 2 or 5 times a power of ten."""
    import numpy as np

    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.array([low - 0.5, low + 0.5])
    whole = bool((values == np.floor(values)).all())
    if whole and bins is None and high - low < 30:
        return np.arange(low - 0.5, high + 1.5, dtype=np.float64)
    quarter, three = np.percentile(values, [25, 75])
    rule = 2 * (three - quarter) / len(values) ** (1 / 3)
    count = bins or min(60, max(5, math.ceil((high - low) / rule) if rule else 30))
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    width = min((step * power for step in (1, 2, 5, 10)), key=lambda step: abs(math.log(step / rough)))
    width = max(1.0, width) if whole else width
    start = math.floor(low / width)
    return np.arange(start, math.floor(high / width) + 2, dtype=np.float64) * width


def box(chart: Chart) -> go.Figure:
    """Quartiles, whiskers and outliers of y, for each x when given; y may be several columns.

    Whiskers reach the last value within 1.5 times the box (Tukey 1977). Counted over every row; of the
    outliers, the 50 lowest and the 50 highest of a box are drawn.
    """
    import numpy as np
    import plotly.graph_objects as go

    chart.refuse("size", "color")
    chart.y = chart.y or chart.columns("number")[:1]
    if not chart.y:
        raise chart.missing("y", "numbers")
    drawn = go.Figure()
    for index, name in enumerate(chart.y):
        values = chart.numbers(name)
        sets = _by_category(chart, values) if chart.x else {name: values}
        sets = {key: held[~np.isnan(held)] for key, held in sets.items() if not np.isnan(held).all()}
        if sets:
            color = chart.theme.palette[index % len(chart.theme.palette)]
            drawn.add_trace(_boxes(chart, name, sets, color))
    labels = list(dict.fromkeys(str(label) for trace in drawn.data for label in trace.x))
    drawn.update_layout(boxmode="group" if chart.x and len(chart.y) > 1 else "overlay")
    drawn.update_xaxes(ticks(labels) | {"title": {"text": chart.title(chart.x) if chart.x else None}})
    drawn.update_yaxes(title={"text": ", ".join(chart.title(name) for name in chart.y)})
    return drawn


def heatmap(chart: Chart) -> go.Figure:
    """A cell for each x and y, coloured by the sum of color, or by the number of rows without one.

    Numbers and times with more than 60 values are put in 60 equal steps; of text, the 50 commonest are drawn.
    """
    import numpy as np
    import plotly.graph_objects as go

    chart.refuse("size")
    x, y = _heatmap_axes(chart)
    (columns, across), (rows, down) = _steps(chart, x), _steps(chart, y)
    weight = chart.numbers(chart.color, "color") if chart.color else np.ones(len(columns))
    known = (columns >= 0) & (rows >= 0) & ~np.isnan(weight)
    flat = rows[known] * len(across) + columns[known]
    cells = len(across) * len(down)
    z = np.bincount(flat, weight[known], cells).astype(np.float64)
    z[np.bincount(flat, minlength=cells) == 0] = np.nan
    measure = chart.title(chart.color) if chart.color else "rows"
    if chart.color and len(np.unique(flat)) < len(flat):
        chart.note(f"{chart.color} summed for each cell")
    drawn = go.Figure()
    if known.any():
        drawn.add_trace(_cells(chart, across, down, z.reshape(len(down), len(across)), measure))
    drawn.update_layout(coloraxis={"colorbar": {"title": {"text": measure}}})
    for name, axis, labels in ((x, drawn.update_xaxes, across), (y, drawn.update_yaxes, down)):
        axis(_axis(chart, name, labels))
    if chart.role(y) == "text":
        drawn.update_yaxes(autorange="reversed")
    return drawn


def _bins(chart: Chart, counts: NDArray[Any], found: NDArray[np.float64], name: str, color: str) -> go.Bar:
    import numpy as np
    import plotly.graph_objects as go

    time = chart.role(str(chart.x)) == "time"
    middle = (found[:-1] + found[1:]) / 2
    whole = bool((found[0] % 1 == 0.5) and (np.diff(found) == 1).all())
    ends = [_stamp(edge) for edge in found] if time else [figure(edge) for edge in found]
    said = [figure(at) for at in middle] if whole else [f"{a} to {b}" for a, b in pairwise(ends)]
    group = f"<br>{shorten(name, 40)}" if name else ""
    return go.Bar(
        x=middle.astype("datetime64[ms]") if time else middle,
        y=counts,
        width=np.diff(found),
        name=shorten(name),
        customdata=said,
        marker={"color": color, "line": {"width": 0.5, "color": chart.theme.background}},
        hovertemplate=f"<b>%{{customdata}}</b>{group}<br>rows: %{{y:,}}<extra></extra>",
    )


def _stamp(milliseconds: float) -> str:
    import numpy as np

    return str(np.datetime64(int(milliseconds), "ms").astype("datetime64[s]")).replace("T", " ")


def _by_category(chart: Chart, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    import numpy as np

    codes, labels = _steps(chart, str(chart.x), as_words=True)
    return {label: values[codes == code] for code, label in enumerate(np.asarray(labels, dtype=object))}


def _boxes(chart: Chart, name: str, sets: dict[str, NDArray[np.float64]], color: str) -> go.Box:
    import numpy as np
    import plotly.graph_objects as go

    quarters = np.array([np.percentile(held, [25, 50, 75]) for held in sets.values()])
    reach = 1.5 * (quarters[:, 2] - quarters[:, 0])
    low, high = quarters[:, 0] - reach, quarters[:, 2] + reach
    inside = [held[(held >= a) & (held <= b)] for held, a, b in zip(sets.values(), low, high, strict=True)]
    outside = [np.sort(held[(held < a) | (held > b)]) for held, a, b in zip(sets.values(), low, high, strict=True)]
    if any(len(held) > OUTLIERS for held in outside):
        chart.note(f"of a box's outliers, the {OUTLIERS // 2} lowest and {OUTLIERS // 2} highest are drawn")
    half = OUTLIERS // 2
    drawn = [held if len(held) <= OUTLIERS else np.concatenate((held[:half], held[-half:])) for held in outside]
    return go.Box(
        x=list(sets),
        y=[held.tolist() for held in drawn],
        q1=quarters[:, 0],
        median=quarters[:, 1],
        q3=quarters[:, 2],
        lowerfence=[held.min() for held in inside],
        upperfence=[held.max() for held in inside],
        name=shorten(name),
        boxpoints="outliers",
        marker={"color": color, "size": 4, "opacity": 0.6},
        line={"width": 1.5},
    )


def _heatmap_axes(chart: Chart) -> tuple[str, str]:
    """x and y; when neither was given, the first two columns of text or time, else of numbers."""
    if chart.x is None and not chart.y:
        found = [name for name in chart.columns("time", "text", "number") if name != chart.color]
        words = [name for name in found if chart.role(name) != "number"]
        picked = words if len(words) > 1 else words + [name for name in found if name not in words]
        chart.x, chart.y = next(iter(picked), None), picked[1:2]
        rest = [name for name in chart.columns("number") if name not in picked[:2]]
        chart.color = chart.color or next(iter(rest if len(words) > 1 else []), None)
    if chart.x is None or not chart.y:
        raise chart.missing("x" if chart.x is None else "y", "text, times or numbers")
    if len(chart.y) > 1:
        raise ChartError("a heatmap has one y", hint="give one column name")
    return chart.x, chart.y[0]


def _steps(chart: Chart, name: str, as_words: bool = False) -> tuple[NDArray[np.intp], Any]:
    """The step along an axis for each row, -1 for none, and what the steps are called."""
    import numpy as np
    import pandas as pd

    words = chart.role(name) == "text"
    if not words:
        at = chart.positions(name)
        codes, found = pd.factorize(at, sort=True)
        if len(found) > CELLS:
            cut = np.linspace(found[0], found[-1], CELLS + 1)
            codes = np.where(np.isnan(at), -1, np.clip(np.digitize(at, cut) - 1, 0, CELLS - 1))
            found = (cut[:-1] + cut[1:]) / 2
            chart.note(f"{name} in {CELLS} equal steps")
        found = found.astype(np.int64).astype("datetime64[ms]") if chart.role(name) == "time" else found
        if as_words:
            shown = [str(value) if chart.role(name) == "time" else figure(float(value)) for value in found]
            return codes.astype(np.intp), shown
        return codes.astype(np.intp), found
    codes, labels = pd.factorize(np.asarray(chart.values(name), dtype=object))
    if len(labels) > CATEGORIES:
        chart.note(f"the {CATEGORIES} commonest of {len(labels):,} values of {name}")
        kept = np.sort(np.argsort(-np.bincount(codes), kind="stable")[:CATEGORIES])
        place = np.full(len(labels), -1)
        place[kept] = np.arange(len(kept))
        return place[codes], labels[kept]
    return codes, labels


def _cells(chart: Chart, across: Any, down: Any, z: NDArray[np.float64], measure: str) -> go.Heatmap:
    import plotly.graph_objects as go

    x, y = escape(str(chart.x)), escape(chart.y[0])
    said = f"{x}: <b>%{{x}}</b><br>{y}: <b>%{{y}}</b><br>{measure}: %{{z:,.6~g}}<extra></extra>"
    return go.Heatmap(x=across, y=down, z=z, coloraxis="coloraxis", xgap=1, ygap=1, hovertemplate=said)


def _axis(chart: Chart, name: str, labels: Any) -> dict[str, Any]:
    title: dict[str, Any] = {"title": {"text": chart.title(name)}, "showgrid": False, "zeroline": False}
    return title | (ticks([str(label) for label in labels]) if chart.role(name) == "text" else {})
