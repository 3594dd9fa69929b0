"""What the plots of a model are made of: titles, frames, traces and annotations."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rsnb.charts import theme as themes
from rsnb.charts.text import escape, figure, shorten
from rsnb.ml import metrics
from rsnb.ml.scored import Scored

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

STEPS = 40  # bars of a distribution
POINTS = 2000  # residuals that are drawn one by one


def titled(style: themes.Theme, title: str, notes: Sequence[str], drawn: go.Figure | None = None) -> go.Figure:
    """The figure, a new one by default, with the project's template, its title, and the notes below it."""
    import plotly.graph_objects as go

    lines = textwrap.wrap(escape(" · ".join(notes)), 88)
    drawn = go.Figure() if drawn is None else drawn
    drawn.update_layout(template=themes.template_name(style), height=themes.HEIGHT, showlegend=False)
    drawn.update_layout(title={"text": title, "subtitle": {"text": "<br>".join(lines)}})
    return drawn.update_layout(margin={"t": 60 + 17 * len(lines)}, legend={"orientation": "h", "x": 0, "y": 1.0,
                                       "xanchor": "left", "yanchor": "bottom"})  # fmt: skip


def frame(one: Scored, title: str, notes: Sequence[str], drawn: go.Figure | None = None) -> go.Figure:
    """The figure, titled with the plot and the target."""
    return titled(one.theme, f"{title} of {shorten(one.name, 40)}" if one.name else title, notes, drawn)


def interval(metric: metrics.Metric) -> str:
    """A metric with its interval, as text."""
    value, low, high = (
        f"{v:.3f}" if abs(metric.value) < 10 else figure(float(f"{v:.4g}"))
        for v in (metric.value, metric.low, metric.high)
    )
    return f"{value} ({low} to {high})"


def short(one: Scored, place: int) -> str:
    """A class in a line of text."""
    return f"“{shorten(one.labels[place])}”"


def curve(one: Scored, x: pd.Series[Any], y: pd.Series[Any], said: pd.Series[Any], hover: str) -> go.Scatter:
    """A line in the first colour, and what its points say on hover."""
    import plotly.graph_objects as go

    line = {"color": one.theme.palette[0], "width": 2.5}
    return go.Scatter(x=x.to_numpy(), y=y.to_numpy(), customdata=said.to_numpy(), mode="lines", line=line,
                      hovertemplate=hover)  # fmt: skip


def reference(one: Scored, x: Sequence[float], y: Sequence[float], dash: str = "dot") -> go.Scatter:
    """A quiet line to compare with."""
    import plotly.graph_objects as go

    return go.Scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", line={"color": one.theme.other, "width": 1.5, "dash": dash}
    )


def mark(drawn: go.Figure, one: Scored, x: float, y: float, text: str, below: bool = True) -> None:
    """The chosen threshold on a curve, and what it does: below a curve that rises, above one that falls."""
    import plotly.graph_objects as go

    color = one.theme.palette[1]
    marker = {"size": 11, "color": color, "line": {"width": 2, "color": one.theme.background}}
    drawn.add_trace(go.Scatter(x=[x], y=[y], mode="markers", marker=marker, hovertemplate=f"{text}<extra></extra>"))
    left, low = x > 0.7, below if y > 0.3 else False
    far = below and not low  # at the foot of the curve there is room only farther to the right
    drawn.add_annotation(
        x=x, y=y, text=text, align="right" if left else "left", bgcolor=one.theme.background, borderpad=2,
        xanchor="right" if left else "left", yanchor="top" if low or y > 0.75 else "bottom", showarrow=True,
        arrowhead=0, arrowwidth=1, arrowcolor=one.theme.axis, standoff=7, ax=-14 if left else 110 if far else 14,
        ay=0 if far else 16 if low or y > 0.75 else -16,
    )  # fmt: skip


def say(drawn: go.Figure, one: Scored, x: float, y: float, text: str, **where: Any) -> None:
    """A quiet word at a place."""
    font = {"color": one.theme.muted, "size": themes.SIZES["label"]}
    drawn.add_annotation(x=x, y=y, text=text, showarrow=False, font=font, **where)


def shares(drawn: go.Figure, x: str, y: str) -> None:
    """Both axes from 0 to 1, in percent."""
    drawn.update_xaxes(title={"text": x}, range=[-0.005, 1.005], tickformat=".0%", zeroline=False)
    drawn.update_yaxes(title={"text": y}, range=[-0.005, 1.03], tickformat=".0%")


def bins(one: Scored, found: pd.DataFrame) -> go.Scatter:
    """The bins of a calibration: observed by predicted, with intervals."""
    import plotly.graph_objects as go

    color = one.theme.palette[0]
    up, down = found["high"] - found["observed"], found["observed"] - found["low"]
    hover = "predicted %{x:.1%}<br>observed %{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})"
    return go.Scatter(
        x=found["predicted"].to_numpy(), y=found["observed"].to_numpy(), mode="lines+markers",
        customdata=found[["low", "high", "n"]].to_numpy(),
        hovertemplate=hover + "<br>%{customdata[2]:,} examples<extra></extra>",
        error_y={"type": "data", "array": up.to_numpy(), "arrayminus": down.to_numpy(), "color": color, "width": 4,
                 "thickness": 1.5},
        line={"color": color, "width": 1}, marker={"color": color, "size": 8},
    )  # fmt: skip


def histogram(one: Scored, values: NDArray[np.float64], ends: tuple[float, float], flat: bool = False) -> go.Bar:
    """How values are distributed, in STEPS equal bins between the ends; flat: bars to the right."""
    import plotly.graph_objects as go

    counts, edges = np.histogram(values, STEPS, ends)
    middle = (edges[:-1] + edges[1:]) / 2
    said = [f"{figure(float(f'{a:.3g}'))} to {figure(float(f'{b:.3g}'))}: {n:,} examples"
            for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)]  # fmt: skip
    x, y = (counts, middle) if flat else (middle, counts)
    return go.Bar(x=x, y=y, orientation="h" if flat else "v", marker={"color": one.theme.other, "line": {"width": 0}},
                  customdata=said, hovertemplate="%{customdata}<extra></extra>")  # fmt: skip


def tint(style: themes.Theme) -> list[list[Any]]:
    """From the background to a colour that text in the theme's own is still read on (over 4.5:1)."""
    from plotly.colors import sample_colorscale

    return [[0, style.background], [1, sample_colorscale([style.background, style.palette[0]], 0.6)[0]]]


def cell(count: int, share: float, classes: int) -> str:
    """The text of a cell: count and share, the share alone where there are many classes."""
    return f"<b>{count:,}</b><br>{share:.1%}" if classes < 9 else f"{share:.0%}" if count else ""


def inner(values: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of the values, without the outermost 2 in 1,000 where they are many; never the same."""
    low, high = np.quantile(values, (0.001, 0.999)) if len(values) > POINTS else (values.min(), values.max())
    return (float(low), float(high)) if low < high else (float(low) - 0.5, float(high) + 0.5)


def points(one: Scored, x: NDArray[np.float64], y: NDArray[np.float64]) -> go.Scatter:
    """Each residual as a point."""
    import plotly.graph_objects as go

    hover = "predicted %{x:.4g}<br>residual %{y:.4g}<extra></extra>"
    marker = {"color": one.theme.palette[0], "size": 6, "opacity": 0.6}
    return go.Scatter(x=x, y=y, mode="markers", marker=marker, hovertemplate=hover)


def density(one: Scored, x: NDArray[np.float64], y: NDArray[np.float64]) -> go.Heatmap:
    """How many residuals are where, in cells of a grid."""
    import plotly.graph_objects as go

    counts, across, down = np.histogram2d(x, y, (60, 40))
    z = np.where(counts > 0, counts, np.nan).T
    hover = "predicted about %{x:.4g}<br>residual about %{y:.4g}<br>%{customdata:,} examples<extra></extra>"
    return go.Heatmap(
        z=np.log10(z), x=(across[:-1] + across[1:]) / 2, y=(down[:-1] + down[1:]) / 2, customdata=z, showscale=False,
        colorscale=[[0, one.theme.grid], [1, one.theme.palette[0]]], hovertemplate=hover,
    )  # fmt: skip


def means(one: Scored, x: NDArray[np.float64], y: NDArray[np.float64]) -> go.Scatter:
    """The mean residual of at most 30 bins with equally many examples, 20 or more."""
    import plotly.graph_objects as go

    parts = np.array_split(np.argsort(x, kind="stable"), max(1, min(30, len(x) // 20)))
    hover = "predicted about %{x:.4g}<br>mean residual %{y:.3g}<extra></extra>"
    return go.Scatter(x=[x[p].mean() for p in parts], y=[y[p].mean() for p in parts], mode="lines",
                      line={"color": one.theme.palette[1], "width": 2.5}, hovertemplate=hover)  # fmt: skip
