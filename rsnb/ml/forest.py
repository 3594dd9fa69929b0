"""The weights of a model as a forest plot: a mark and an interval for each, under the column they are of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rsnb.charts import theme as themes
from rsnb.charts.text import shorten, whole, wrap
from rsnb.ml import marks
from rsnb.ml.learner import LinearLearner
from rsnb.ml.model import Model
from rsnb.ml.scored import chosen_theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def coefficients(of: LinearLearner | Model, n: int = 30, theme: str | None = None) -> go.Figure:
    """The n columns with the largest |z| and their weights, 95 % intervals, under the table's column they are of.

    The largest |weight| where there is no |z|. A multiclass model has a mark for each class, for as many classes
    as there are colours.
    """
    model = of if isinstance(of, Model) else of.model
    style, table = chosen_theme(theme), model.coefficients()
    table = table[table["column"].isin(model.names)]
    known, total = bool(table["z"].notna().any()), table["column"].nunique()
    table = table.assign(size=(table["z"] if known else table["weight"]).abs().fillna(0.0))
    top = table.groupby("column")["size"].max().sort_values(ascending=False, kind="stable").index[:n]
    table = table[table["column"].isin(top)]
    target = getattr(model.encoding, "target", None)
    notes = ["95 % intervals; hollow where 0 is inside" if known else "without intervals: the estimate has no errors"]
    if total > len(top):
        notes.insert(0, f"{len(top)} of {total:,} columns, those with the largest {'|z|' if known else 'weights'}")
    drawn = marks.titled(style, f"Coefficients of {shorten(target.name, 40)}" if target else "Coefficients", notes)
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
