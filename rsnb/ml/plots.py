"""What a model does on examples, as plotly figures in the theme of the charts.

Each function takes a learner, or a model with examples; a learner's test part is the default. Raises ModelError
for a plot that the predictor type, or the examples, do not have.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rsnb import settings
from rsnb.charts import theme as themes
from rsnb.charts.text import escape, figure, shorten, whole, wrap
from rsnb.errors import ModelError
from rsnb.ml import curves, metrics
from rsnb.ml.checks import check
from rsnb.ml.data import Examples
from rsnb.ml.hyperparameters import BINARY, MULTICLASS, REGRESSOR, Value
from rsnb.ml.learner import LinearLearner
from rsnb.ml.model import Model

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

CLASSES = 20  # of a confusion matrix; more are not readable
NEEDS = {  # predictor types, whether both classes are needed, and whether the score must be a probability
    "roc": ((BINARY,), True, False),
    "precision_recall": ((BINARY,), True, False),
    "calibration": ((BINARY,), False, True),
    "confusion": ((BINARY, MULTICLASS), False, False),
    "gains": ((BINARY,), True, False),
    "residuals": ((REGRESSOR,), False, False),
}
STEPS = 40  # bars of a distribution
POINTS = 2000  # residuals that are drawn one by one


@dataclass(frozen=True)
class Scored:
    """Examples and what the model says of them, so that several plots score once.

    part: what the examples are called. labels: of the classes. name: of the target, '' where it is not known.
    """

    model: Model
    theme: themes.Theme
    part: str
    name: str
    labels: Sequence[str]
    y: NDArray[np.float64]
    score: NDArray[np.float64]
    label: NDArray[np.float64] | None

    @property
    def both(self) -> bool:
        """Whether the examples have both classes of a binary target."""
        return 0 < float(self.y.sum()) < len(self.y)

    @property
    def note(self) -> str:
        return f"{len(self.y):,} {self.part}"

    @property
    def threshold(self) -> str:
        """The chosen threshold in words; its value may be with the service."""
        return "chosen threshold" if self.model.fitted is None else f"threshold {self.model.threshold:.3g}"

    def lacks(self, plot: str) -> str:
        """Why there is no such plot of these examples, '' where there is one."""
        kinds, both, probability = NEEDS[plot]
        if self.model.predictor_type not in kinds:
            return f"{plot} is a plot of a {' or '.join(kinds)}, and the model is a {self.model.predictor_type}"
        if probability and self.model.loss != "logistic":
            return f"the scores of {self.model.loss} are no probabilities: they have no {plot}"
        if both and not self.both:
            return f"all {self.note} have one class, {self.labels[int(self.y[0])]!r}: {plot} needs both"
        return ""


Scorable = LinearLearner | Model | Scored


def scored(of: Scorable, examples: Examples | None = None, theme: str | None = None) -> Scored:
    """The model's scores for examples, the learner's test part by default; theme: the setting `theme` by default."""
    if isinstance(of, Scored):
        return of
    learner = of if isinstance(of, LinearLearner) else None
    model = of if isinstance(of, Model) else of.model
    given = learner.features.test if examples is None and learner else examples
    if given is None:
        why = "the features have no test split to plot" if learner else "a model alone has no examples to plot"
        raise ModelError(why, hint="give examples: Examples, or a part of a feature table")
    x, y = np.asarray(given.x, np.float64), np.asarray(given.y, np.float64)
    if not len(y):
        raise ModelError("the examples have no row, so there is nothing to plot")
    given = Examples(x, y, tuple(map(str, given.names)))
    known: dict[str, Value] = {**model.hyperparameters, "feature_dim": "auto"}
    if model.fitted is not None and model.predictor_type == MULTICLASS:
        known["num_classes"] = len(model.fitted.bias)
    part = "examples" if examples is not None else "test examples"
    check(given, model.predictor_type, known, part)
    score, label = model.scores(model.encode(given))
    target = getattr(model.encoding, "target", None)
    count = score.shape[1] if score.ndim == 2 else 2
    labels = list(map(str, target.labels)) if target and target.labels else list(map(str, range(count)))
    return Scored(model, _theme(theme), part, target.name if target else "", labels, y, score, label)


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
    drawn = _figure(one, "ROC curve", [f"AUC {_interval(area)}", one.note])
    drawn.add_trace(_reference(one, [0, 1], [0, 1]))
    hover = "threshold %{customdata:.3g}<br>false positives %{x:.1%}<br>true positives %{y:.1%}<extra></extra>"
    drawn.add_trace(_curve(one, x, y, said, hover))
    label = np.asarray(one.label)
    at = float(label[one.y == 0].mean()), float(label[one.y == 1].mean())
    _mark(drawn, one, *at, f"{one.threshold}<br>{at[1]:.1%} of {_short(one, 1)} found<br>{at[0]:.1%} false alarms")
    _say(drawn, one, 0.72, 0.72, "chance", xanchor="left", yanchor="top")
    _shares(drawn, f"false positive rate (of {_short(one, 0)})", f"true positive rate (of {_short(one, 1)})")
    return drawn


@_public
def precision_recall(one: Scored) -> go.Figure:
    """Precision by recall, the share of positives as the line of chance, and the chosen threshold."""
    curve = curves.precision_recall(one.y, one.score)
    area, share = metrics.pr_auc(one.y, one.score), float(one.y.mean())
    drawn = _figure(one, "Precision and recall", [f"average precision {_interval(area)}", one.note])
    drawn.add_trace(_reference(one, [0, 1], [share, share]))
    hover = "threshold %{customdata:.3g}<br>recall %{x:.1%}<br>precision %{y:.1%}<extra></extra>"
    drawn.add_trace(_curve(one, curve["recall"], curve["precision"], curve["threshold"], hover))
    label = np.asarray(one.label)
    if label.any():
        recall, precision = float(label[one.y == 1].mean()), float(one.y[label == 1].mean())
        _mark(
            drawn, one, recall, precision, f"{one.threshold}<br>recall {recall:.1%}<br>precision {precision:.1%}", False
        )
    _say(drawn, one, 1, share, f"prevalence {share:.1%}", xanchor="right", yanchor="top" if share > 0.1 else "bottom")
    _shares(drawn, f"recall (of {_short(one, 1)})", "precision")
    return drawn


@_public
def calibration(one: Scored) -> go.Figure:
    """Predicted probability against what was observed, with intervals, and the distribution of the scores below."""
    from plotly.subplots import make_subplots

    found = curves.calibration(one.y, one.score)
    notes = [f"{len(found)} bins of equally many examples, 95 % intervals (Wilson)", one.note]
    drawn = _figure(one, "Calibration", notes, make_subplots(2, 1, shared_xaxes=True, row_heights=[0.76, 0.24],
                                                             vertical_spacing=0.05))  # fmt: skip
    most = float(min(1.0, max(found["high"].max(), found["predicted"].max()) * 1.08))
    drawn.add_trace(_reference(one, [0, most], [0, most]), 1, 1)
    drawn.add_trace(_bins(one, found), 1, 1)
    drawn.add_trace(_histogram(one, np.clip(one.score, 0, most), (0.0, most)), 2, 1)
    above = int((one.score > most).sum())
    if above:
        _say(
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
        title={"text": f"predicted probability of {_short(one, 1)}"}, row=2
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
    text = [[_cell(n, s, len(kept)) for n, s in zip(*row, strict=True)] for row in zip(cells, shares, strict=True)]
    hover = "actual %{customdata[0]}<br>predicted %{customdata[1]}<br><b>%{customdata[2]}</b> (%{z:.1%})<extra></extra>"
    said = [[[whole(a), whole(p), f"{cells[i, j]:,}"] for j, p in enumerate(names)] for i, a in enumerate(names)]
    at, ticks = list(range(len(names))), [wrap(name, 16) for name in names]
    drawn = _figure(one, "Confusion matrix", notes)
    drawn.add_trace(go.Heatmap(z=shares, x=at, y=at, text=text, texttemplate="%{text}", customdata=said, xgap=3, ygap=3,
                               zmin=0, zmax=1, colorscale=_tint(one.theme), showscale=False, hovertemplate=hover,
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
    first = f"the highest tenth holds {tenth['captured']:.1%} of {_short(one, 1)}, {tenth['lift']:.2f} times chance"
    drawn = _figure(one, "Cumulative gains", [first, one.note])
    drawn.add_trace(_reference(one, [0, 1], [0, 1]))
    drawn.add_trace(_reference(one, [0, share, 1], [0, 1, 1], "dash"))
    hover = "highest %{x:.0%}<br>hold %{y:.1%}<br>%{customdata:.2f} times chance<extra></extra>"
    drawn.add_trace(_curve(one, curve["share"], curve["captured"], curve["lift"], hover))
    label = np.asarray(one.label)
    taken, found = float(label.mean()), float(label[one.y == 1].mean())
    _mark(drawn, one, taken, found, f"{one.threshold}<br>{taken:.1%} taken<br>{found:.1%} of {_short(one, 1)} found")
    _say(drawn, one, 0.72, 0.72, "chance", xanchor="left", yanchor="top")
    _say(drawn, one, share + 0.01, 0.985, "perfect", xanchor="left", yanchor="top")
    _shares(drawn, "share of the examples, from the highest score", f"share of {_short(one, 1)}")
    return drawn


@_public
def residuals(one: Scored) -> go.Figure:
    """Predicted against actual less predicted: points, or where they are many a density; and their distribution."""
    from plotly.subplots import make_subplots

    residual = one.y - one.score
    drawn = make_subplots(1, 2, shared_yaxes=True, column_widths=[0.8, 0.2], horizontal_spacing=0.02)
    (left, right), (low, high) = _inner(one.score), _inner(residual)
    inside = (one.score >= left) & (one.score <= right) & (residual >= low) & (residual <= high)
    rmse, r2 = (metrics.regression(one.y, one.score)[name] for name in ("rmse", "r2"))
    notes = [f"RMSE {_interval(rmse)}", *([] if np.isnan(r2.value) else [f"R² {_interval(r2)}"]), one.note]
    if not inside.all():
        notes.append(f"{int((~inside).sum()):,} outermost left out")
    if many := len(residual) > POINTS:
        notes.append("line: mean residual")
    drawn = _figure(one, "Residuals", notes, drawn)
    x, y = one.score[inside], residual[inside]
    drawn.add_trace(_density(one, x, y) if many else _points(one, x, y), 1, 1)
    if many:
        drawn.add_trace(_means(one, x, y), 1, 1)
    drawn.add_trace(_histogram(one, y, (low, high), flat=True), 1, 2)
    target = f" {shorten(one.name)}" if one.name else ""
    drawn.update_xaxes(title={"text": f"predicted{target}"}, col=1).update_xaxes(
        title={"text": "examples"}, nticks=3, col=2
    )
    drawn.update_yaxes(title={"text": "actual less predicted"}, col=1)
    return drawn.update_layout(bargap=0.04)


def coefficients(of: LinearLearner | Model, n: int = 30, theme: str | None = None) -> go.Figure:
    """The n columns with the largest |z| and their weights, 95 % intervals, under the table's column they are of.

    The largest |weight| where there is no |z|. A multiclass model has a mark for each class, for as many classes
    as there are colours.
    """
    model = of if isinstance(of, Model) else of.model
    style, table = _theme(theme), model.coefficients()
    table = table[table["column"].isin(model.names)]
    known, total = bool(table["z"].notna().any()), table["column"].nunique()
    table = table.assign(size=(table["z"] if known else table["weight"]).abs().fillna(0.0))
    top = table.groupby("column")["size"].max().sort_values(ascending=False, kind="stable").index[:n]
    table = table[table["column"].isin(top)]
    target = getattr(model.encoding, "target", None)
    notes = ["95 % intervals; hollow where 0 is inside" if known else "without intervals: the estimate has no errors"]
    if total > len(top):
        notes.insert(0, f"{len(top)} of {total:,} columns, those with the largest {'|z|' if known else 'weights'}")
    drawn = _titled(style, f"Coefficients of {shorten(target.name, 40)}" if target else "Coefficients", notes)
    rows, reach = _rows(table), _reach(table)
    parts = [table] if "class" not in table else [part for _, part in table.groupby("class")][: len(style.palette)]
    labels = getattr(target, "labels", None) or range(len(parts))
    for place, part in enumerate(parts):
        shift = 0.0 if len(parts) == 1 else 0.5 * (place / (len(parts) - 1) - 0.5)
        drawn.add_trace(_weights(style, part, rows, str(labels[place]), style.palette[place], shift, reach))
    step = {"logistic": "log-odds", "softmax_loss": "log of the class's score"}.get(model.loss, "score")
    drawn.update_xaxes(title={"text": f"change of the {step} for one unit of the column"}, showgrid=True)
    texts = [text for text, _ in rows.values()]
    drawn.update_yaxes(tickvals=[at for _, at in rows.values()], ticktext=texts, range=[len(rows) - 0.4, -0.6],
                       showgrid=len(parts) > 1, zeroline=False)  # fmt: skip
    if len(parts) > 1:
        drawn.update_layout(showlegend=True, margin={"t": drawn.layout.margin.t + 32})
    return drawn.update_layout(height=max(260, (29 if any("<br>" in text for text in texts) else 21) * len(rows) + 150))


def _reach(table: pd.DataFrame) -> float:
    """How far from 0 the axis goes: a few weights far off must not squeeze all others."""
    far = table[["weight", "low", "high"]].abs().max(axis=1)
    most, usual = float(far.max()), float(np.nanquantile(far.to_numpy(), 0.9))
    return 2 * usual if most > 3 * usual > 0 else most


def _rows(table: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Label and place of each encoded column, and of a heading above those that are of one column of the table."""
    found: dict[str, tuple[str, int]] = {}
    order = table.groupby("source")["size"].max().sort_values(ascending=False, kind="stable").index
    for source in order:
        some = table[table["source"] == source].sort_values("weight", ascending=False)
        columns = list(dict.fromkeys(some["column"]))
        if columns == [source]:
            found[source] = (f"<b>{shorten(source, 34)}</b>", len(found))
            continue
        if len(columns) == 1:
            level = wrap(columns[0].removeprefix(f"{source}="), 30)
            found[columns[0]] = (f"<b>{shorten(source, 34)}</b> {level}", len(found))
            continue
        found[f"\0{source}"] = (f"<b>{shorten(source, 34)}</b>", len(found))
        for column in columns:
            found[column] = (wrap(column.removeprefix(f"{source}="), 34), len(found))
    return found


def _weights(
    style: themes.Theme,
    table: pd.DataFrame,
    rows: Mapping[str, tuple[str, int]],
    name: str,
    color: str,
    shift: float,
    reach: float,
) -> go.Scatter:
    """A mark for each weight, hollow where its interval has 0 inside, and the interval where there is one.

    Past the reach, an arrow and the number.
    """
    import plotly.graph_objects as go

    weight, low, high = (table[name].to_numpy() for name in ("weight", "low", "high"))
    sure, beyond = ~((low <= 0) & (high >= 0)), np.abs(weight) > reach
    arrow = np.where(weight > 0, "triangle-right", "triangle-left")
    each = zip(table["column"], weight, low, high, table["p"], strict=True)
    return go.Scatter(
        x=np.clip(weight, -reach, reach), y=[rows[c][1] + shift for c in table["column"]], mode="markers+text",
        name=shorten(name), customdata=[_said(*one) for one in each], hovertemplate="%{customdata}<extra></extra>",
        text=[f"  {w:.2f}  ".replace("-", "−") if far else "" for w, far in zip(weight, beyond, strict=True)],
        textposition=["middle left" if w > 0 else "middle right" for w in weight], textfont={"color": style.muted},
        error_x={"type": "data", "array": np.where(beyond, 0.0, np.nan_to_num(high - weight)), "color": color,
                 "thickness": 1.5, "width": 0},
        marker={"size": 8, "symbol": np.where(beyond, arrow, "circle").tolist(),
                "color": [color if s else style.background for s in sure], "line": {"width": 1.5, "color": color}},
    )  # fmt: skip


def _said(column: str, weight: float, low: float, high: float, p: float) -> str:
    """A weight on hover."""
    if np.isnan(low):
        return f"<b>{whole(column)}</b><br>{weight:.4g}"
    chance = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    return f"<b>{whole(column)}</b><br>{weight:.4g} ({low:.4g} to {high:.4g})<br>{chance}"


def _titled(style: themes.Theme, title: str, notes: Sequence[str], drawn: go.Figure | None = None) -> go.Figure:
    """The figure, a new one by default, with the project's template, its title, and the notes below it."""
    import plotly.graph_objects as go

    lines = textwrap.wrap(escape(" · ".join(notes)), 88)
    drawn = go.Figure() if drawn is None else drawn
    drawn.update_layout(template=themes.template_name(style), height=themes.HEIGHT, showlegend=False)
    drawn.update_layout(title={"text": title, "subtitle": {"text": "<br>".join(lines)}})
    return drawn.update_layout(margin={"t": 60 + 17 * len(lines)}, legend={"orientation": "h", "x": 0, "y": 1.0,
                                       "xanchor": "left", "yanchor": "bottom"})  # fmt: skip


def _figure(one: Scored, title: str, notes: Sequence[str], drawn: go.Figure | None = None) -> go.Figure:
    return _titled(one.theme, f"{title} of {shorten(one.name, 40)}" if one.name else title, notes, drawn)


def _theme(name: str | None) -> themes.Theme:
    return themes.theme(name or settings.load().text("theme"))


def _interval(metric: metrics.Metric) -> str:
    value, low, high = (
        f"{v:.3f}" if abs(metric.value) < 10 else figure(float(f"{v:.4g}"))
        for v in (metric.value, metric.low, metric.high)
    )
    return f"{value} ({low} to {high})"


def _short(one: Scored, place: int) -> str:
    """A class in a line of text."""
    return f"“{shorten(one.labels[place])}”"


def _curve(one: Scored, x: pd.Series[Any], y: pd.Series[Any], said: pd.Series[Any], hover: str) -> go.Scatter:
    import plotly.graph_objects as go

    line = {"color": one.theme.palette[0], "width": 2.5}
    return go.Scatter(x=x.to_numpy(), y=y.to_numpy(), customdata=said.to_numpy(), mode="lines", line=line,
                      hovertemplate=hover)  # fmt: skip


def _reference(one: Scored, x: Sequence[float], y: Sequence[float], dash: str = "dot") -> go.Scatter:
    import plotly.graph_objects as go

    return go.Scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", line={"color": one.theme.other, "width": 1.5, "dash": dash}
    )


def _mark(drawn: go.Figure, one: Scored, x: float, y: float, text: str, below: bool = True) -> None:
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


def _say(drawn: go.Figure, one: Scored, x: float, y: float, text: str, **where: Any) -> None:
    """A quiet word at a place."""
    font = {"color": one.theme.muted, "size": themes.SIZES["label"]}
    drawn.add_annotation(x=x, y=y, text=text, showarrow=False, font=font, **where)


def _shares(drawn: go.Figure, x: str, y: str) -> None:
    """Both axes from 0 to 1, in percent."""
    drawn.update_xaxes(title={"text": x}, range=[-0.005, 1.005], tickformat=".0%", zeroline=False)
    drawn.update_yaxes(title={"text": y}, range=[-0.005, 1.03], tickformat=".0%")


def _bins(one: Scored, found: pd.DataFrame) -> go.Scatter:
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


def _histogram(one: Scored, values: NDArray[np.float64], ends: tuple[float, float], flat: bool = False) -> go.Bar:
    """How values are distributed, in STEPS equal bins between the ends; flat: bars to the right."""
    import plotly.graph_objects as go

    counts, edges = np.histogram(values, STEPS, ends)
    middle = (edges[:-1] + edges[1:]) / 2
    said = [f"{figure(float(f'{a:.3g}'))} to {figure(float(f'{b:.3g}'))}: {n:,} examples"
            for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)]  # fmt: skip
    x, y = (counts, middle) if flat else (middle, counts)
    return go.Bar(x=x, y=y, orientation="h" if flat else "v", marker={"color": one.theme.other, "line": {"width": 0}},
                  customdata=said, hovertemplate="%{customdata}<extra></extra>")  # fmt: skip


def _tint(style: themes.Theme) -> list[list[Any]]:
    """From the background to a colour that text in the theme's own is still read on (over 4.5:1)."""
    from plotly.colors import sample_colorscale

    return [[0, style.background], [1, sample_colorscale([style.background, style.palette[0]], 0.6)[0]]]


def _cell(count: int, share: float, classes: int) -> str:
    return f"<b>{count:,}</b><br>{share:.1%}" if classes < 9 else f"{share:.0%}" if count else ""


def _inner(values: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of the values, without the outermost 2 in 1,000 where they are many; never the same."""
    low, high = np.quantile(values, (0.001, 0.999)) if len(values) > POINTS else (values.min(), values.max())
    return (float(low), float(high)) if low < high else (float(low) - 0.5, float(high) + 0.5)


def _points(one: Scored, x: NDArray[np.float64], y: NDArray[np.float64]) -> go.Scatter:
    import plotly.graph_objects as go

    hover = "predicted %{x:.4g}<br>residual %{y:.4g}<extra></extra>"
    marker = {"color": one.theme.palette[0], "size": 6, "opacity": 0.6}
    return go.Scatter(x=x, y=y, mode="markers", marker=marker, hovertemplate=hover)


def _density(one: Scored, x: NDArray[np.float64], y: NDArray[np.float64]) -> go.Heatmap:
    import plotly.graph_objects as go

    counts, across, down = np.histogram2d(x, y, (60, 40))
    z = np.where(counts > 0, counts, np.nan).T
    hover = "predicted about %{x:.4g}<br>residual about %{y:.4g}<br>%{customdata:,} examples<extra></extra>"
    return go.Heatmap(
        z=np.log10(z), x=(across[:-1] + across[1:]) / 2, y=(down[:-1] + down[1:]) / 2, customdata=z, showscale=False,
        colorscale=[[0, one.theme.grid], [1, one.theme.palette[0]]], hovertemplate=hover,
    )  # fmt: skip


def _means(one: Scored, x: NDArray[np.float64], y: NDArray[np.float64]) -> go.Scatter:
    """The mean residual of 30 bins with equally many examples."""
    import plotly.graph_objects as go

    parts = np.array_split(np.argsort(x, kind="stable"), 30)
    hover = "predicted about %{x:.4g}<br>mean residual %{y:.3g}<extra></extra>"
    return go.Scatter(x=[x[p].mean() for p in parts], y=[y[p].mean() for p in parts], mode="lines",
                      line={"color": one.theme.palette[1], "width": 2.5}, hovertemplate=hover)  # fmt: skip
