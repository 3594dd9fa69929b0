"""What a model does on examples, as plotly figures in the theme of the charts: each function takes a learner, of
which the test part is the default, or a model with examples, and raises ModelError for a plot that they do not have.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

import numpy as np

from rsnb.charts.text import shorten, whole, wrap
from rsnb.errors import ModelError
from rsnb.ml import curves, marks, metrics
from rsnb.ml.data import Examples
from rsnb.ml.forest import coefficients
from rsnb.ml.scored import Scorable, Scored, scored

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "Scored",
    "calibration",
    "coefficients",
    "confusion",
    "gains",
    "plots",
    "precision_recall",
    "residuals",
    "roc",
    "scored",
]

CLASSES = 20  # of a confusion matrix; more are not readable


def plots(of: Scorable, examples: Examples | None = None, theme: str | None = None) -> dict[str, go.Figure]:
    """The plots that fit the predictor type and the examples, by name."""
    one = scored(of, examples, theme)
    drawn = (roc, precision_recall, calibration, confusion, gains, residuals)
    found: dict[str, go.Figure] = {draw.__name__: draw(one) for draw in drawn if not one.lacks(draw.__name__)}
    if one.model.fitted is not None:
        found["coefficients"] = coefficients(one.model, theme=one.theme.name)
    return found


def _public(draw: Callable[[Scored], go.Figure]) -> Callable[..., go.Figure]:
    """A plot of scored examples as one of a learner, or of a model with examples."""

    @wraps(draw)
    def plot(of: Scorable, examples: Examples | None = None, theme: str | None = None) -> go.Figure:
        one = scored(of, examples, theme)
        if why := one.lacks(draw.__name__):
            raise ModelError(why, hint="plots() draws those that fit")
        return draw(one)

    return plot


@_public
def roc(one: Scored) -> go.Figure:
    """The ROC curve with its area, the line of chance and the chosen threshold."""
    curve = curves.roc(one.y, one.score)
    area = metrics.roc_auc(one.y, one.score)
    x, y, said = curve["false_positive_rate"], curve["true_positive_rate"], curve["threshold"]
    drawn = marks.frame(one, "ROC curve", [f"AUC {marks.interval(area)}", one.note])
    drawn.add_trace(marks.reference(one, [0, 1], [0, 1]))
    hover = "threshold %{customdata:.3g}<br>false positives %{x:.1%}<br>true positives %{y:.1%}<extra></extra>"
    drawn.add_trace(marks.curve(one, x, y, said, hover))
    label = np.asarray(one.label)
    at = float(label[one.y == 0].mean()), float(label[one.y == 1].mean())
    marks.mark(
        drawn, one, *at, f"{one.threshold}<br>{at[1]:.1%} of {marks.short(one, 1)} found<br>{at[0]:.1%} false alarms"
    )
    marks.say(drawn, one, 0.72, 0.72, "chance", xanchor="left", yanchor="top")
    marks.shares(
        drawn, f"false positive rate (of {marks.short(one, 0)})", f"true positive rate (of {marks.short(one, 1)})"
    )
    return drawn


@_public
def precision_recall(one: Scored) -> go.Figure:
    """Precision by recall, the share of positives as the line of chance, and the chosen threshold."""
    curve = curves.precision_recall(one.y, one.score)
    area, share = metrics.pr_auc(one.y, one.score), float(one.y.mean())
    drawn = marks.frame(one, "Precision and recall", [f"average precision {marks.interval(area)}", one.note])
    drawn.add_trace(marks.reference(one, [0, 1], [share, share]))
    hover = "threshold %{customdata:.3g}<br>recall %{x:.1%}<br>precision %{y:.1%}<extra></extra>"
    drawn.add_trace(marks.curve(one, curve["recall"], curve["precision"], curve["threshold"], hover))
    label = np.asarray(one.label)
    if label.any():
        recall, precision = float(label[one.y == 1].mean()), float(one.y[label == 1].mean())
        marks.mark(
            drawn, one, recall, precision, f"{one.threshold}<br>recall {recall:.1%}<br>precision {precision:.1%}", False
        )
    marks.say(
        drawn, one, 1, share, f"prevalence {share:.1%}", xanchor="right", yanchor="top" if share > 0.1 else "bottom"
    )
    marks.shares(drawn, f"recall (of {marks.short(one, 1)})", "precision")
    return drawn


@_public
def calibration(one: Scored) -> go.Figure:
    """Predicted probability against what was observed, with intervals, and the distribution of the scores below."""
    from plotly.subplots import make_subplots

    found = curves.calibration(one.y, one.score)
    notes = [f"{len(found)} bins of equally many examples, 95 % intervals (Wilson)", one.note]
    drawn = marks.frame(one, "Calibration", notes, make_subplots(2, 1, shared_xaxes=True, row_heights=[0.76, 0.24],
                                                                 vertical_spacing=0.05))  # fmt: skip
    most = float(min(1.0, max(found["high"].max(), found["predicted"].max()) * 1.08))
    drawn.add_trace(marks.reference(one, [0, most], [0, most]), 1, 1)
    drawn.add_trace(marks.bins(one, found), 1, 1)
    drawn.add_trace(marks.histogram(one, np.clip(one.score, 0, most), (0.0, most)), 2, 1)
    above = int((one.score > most).sum())
    if above:
        marks.say(
            drawn,
            one,
            most,
            1,
            f"last bar: and {above:,} above",
            xref="x2",
            yref="y2 domain",
            xanchor="right",
            yanchor="top",
        )
    drawn.update_xaxes(range=[0, most], tickformat=".0~%")
    drawn.update_xaxes(showticklabels=False, ticks="", row=1).update_xaxes(
        title={"text": f"predicted probability of {marks.short(one, 1)}"}, row=2
    )
    drawn.update_yaxes(title={"text": "observed share"}, range=[0, most], tickformat=".0~%", row=1)
    return drawn.update_yaxes(title={"text": "examples"}, nticks=3, row=2).update_layout(bargap=0.04, height=500)


@_public
def confusion(one: Scored) -> go.Figure:
    """Examples by actual and predicted class: counts, and shares of the actual class."""
    import plotly.graph_objects as go

    table = curves.confusion(one.y, np.asarray(one.label), len(one.labels)).to_numpy()
    kept = np.sort(np.argsort(-table.sum(axis=1), kind="stable")[:CLASSES])
    right = f"{metrics.proportion(float(np.trace(table)), len(one.y)).value:.1%} right"
    notes = ["shares are of the actual class", right, one.note]
    if len(kept) < len(table):
        notes.insert(0, f"the {CLASSES} commonest of {len(table):,} classes")
    share = table / np.maximum(1, table.sum(axis=1, keepdims=True))
    names = [one.labels[i] for i in kept]
    cells, shares = table[np.ix_(kept, kept)], share[np.ix_(kept, kept)]
    text = [[marks.cell(n, s, len(kept)) for n, s in zip(*row, strict=True)] for row in zip(cells, shares, strict=True)]
    hover = "actual %{customdata[0]}<br>predicted %{customdata[1]}<br><b>%{customdata[2]}</b> (%{z:.1%})<extra></extra>"
    said = [[[whole(a), whole(p), f"{cells[i, j]:,}"] for j, p in enumerate(names)] for i, a in enumerate(names)]
    at, ticks = list(range(len(names))), [wrap(name, 16) for name in names]
    drawn = marks.frame(one, "Confusion matrix", notes)
    drawn.add_trace(go.Heatmap(z=shares, x=at, y=at, text=text, texttemplate="%{text}", customdata=said, xgap=3, ygap=3,
                               zmin=0, zmax=1, colorscale=marks.tint(one.theme), showscale=False, hovertemplate=hover,
                               textfont={"color": one.theme.text, "size": 14 if len(at) < 5 else 11}))  # fmt: skip
    plain = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "tickvals": at, "ticktext": ticks}
    drawn.update_xaxes(plain | {"title": {"text": "predicted"}})
    drawn.update_yaxes(plain | {"title": {"text": "actual"}, "autorange": "reversed"})
    return drawn.update_layout(height=max(380, 34 * len(at) + 170))


@_public
def gains(one: Scored) -> go.Figure:
    """The share of the positives among the examples with the highest scores; by chance, and at best."""
    curve, share = curves.gains(one.y, one.score), float(one.y.mean())
    tenth = curve.iloc[10]
    first = (
        f"the highest tenth holds {tenth['captured']:.1%} of {marks.short(one, 1)}, {tenth['lift']:.2f} times chance"
    )
    drawn = marks.frame(one, "Cumulative gains", [first, one.note])
    drawn.add_trace(marks.reference(one, [0, 1], [0, 1]))
    drawn.add_trace(marks.reference(one, [0, share, 1], [0, 1, 1], "dash"))
    hover = "highest %{x:.0%}<br>hold %{y:.1%}<br>%{customdata:.2f} times chance<extra></extra>"
    drawn.add_trace(marks.curve(one, curve["share"], curve["captured"], curve["lift"], hover))
    label = np.asarray(one.label)
    taken, found = float(label.mean()), float(label[one.y == 1].mean())
    marks.mark(
        drawn, one, taken, found, f"{one.threshold}<br>{taken:.1%} taken<br>{found:.1%} of {marks.short(one, 1)} found"
    )
    marks.say(drawn, one, 0.72, 0.72, "chance", xanchor="left", yanchor="top")
    marks.say(drawn, one, share + 0.01, 0.985, "perfect", xanchor="left", yanchor="top")
    marks.shares(drawn, "share of the examples, from the highest score", f"share of {marks.short(one, 1)}")
    return drawn


@_public
def residuals(one: Scored) -> go.Figure:
    """Predicted against actual less predicted: points, or where they are many a density; and their distribution."""
    from plotly.subplots import make_subplots

    residual = one.y - one.score
    drawn = make_subplots(1, 2, shared_yaxes=True, column_widths=[0.8, 0.2], horizontal_spacing=0.02)
    (left, right), (low, high) = marks.inner(one.score), marks.inner(residual)
    inside = (one.score >= left) & (one.score <= right) & (residual >= low) & (residual <= high)
    rmse, r2 = (metrics.regression(one.y, one.score)[name] for name in ("rmse", "r2"))
    notes = [f"RMSE {marks.interval(rmse)}", *([] if np.isnan(r2.value) else [f"R² {marks.interval(r2)}"]), one.note]
    if not inside.all():
        notes.append(f"{int((~inside).sum()):,} outermost left out")
    if many := len(residual) > marks.POINTS or not one.single:
        notes.append("line: mean residual")
    drawn = marks.frame(one, "Residuals", notes, drawn)
    x, y = one.score[inside], residual[inside]
    drawn.add_trace(marks.density(one, x, y) if many else marks.points(one, x, y), 1, 1)
    if many:
        drawn.add_trace(marks.means(one, x, y), 1, 1)
    drawn.add_trace(marks.histogram(one, y, (low, high), flat=True), 1, 2)
    target = f" {shorten(one.name)}" if one.name else ""
    drawn.update_xaxes(title={"text": f"predicted{target}"}, col=1).update_xaxes(
        title={"text": "examples"}, nticks=3, col=2
    )
    drawn.update_yaxes(title={"text": "actual less predicted"}, col=1)
    return drawn.update_layout(bargap=0.04)
