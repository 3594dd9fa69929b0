"""Examples with what a model says of them, scored once for several plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rsnb import settings
from rsnb.charts import theme as themes
from rsnb.errors import ModelError
from rsnb.ml.checks import check
from rsnb.ml.data import Examples
from rsnb.ml.hyperparameters import BINARY, MULTICLASS, REGRESSOR, Value
from rsnb.ml.learner import LinearLearner
from rsnb.ml.model import Model

NEEDS = {  # predictor types, whether both classes are needed, and whether the score must be a probability
    "roc": ((BINARY,), True, False),
    "precision_recall": ((BINARY,), True, False),
    "calibration": ((BINARY,), False, True),
    "confusion": ((BINARY, MULTICLASS), False, False),
    "gains": ((BINARY,), True, False),
    "residuals": ((REGRESSOR,), False, False),
}


@dataclass(frozen=True)
class Scored:
    """Examples and what the model says of them, so that several plots score once.

    part: what the examples are called. labels: of the classes. name: of the target, '' where it is not known.
    single: whether examples may be drawn one by one.
    """

    model: Model
    theme: themes.Theme
    part: str
    name: str
    labels: Sequence[str]
    y: NDArray[np.float64]
    score: NDArray[np.float64]
    label: NDArray[np.float64] | None
    single: bool = True

    @property
    def both(self) -> bool:
        """Whether the examples have both classes of a binary target."""
        return 0 < float(self.y.sum()) < len(self.y)

    @property
    def note(self) -> str:
        """How many examples there are, and of which part."""
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
    return Scored(model, chosen_theme(theme), part, target.name if target else "", labels, y, score, label)


def chosen_theme(name: str | None) -> themes.Theme:
    """The theme of that name, the setting `theme` by default."""
    return themes.theme(name or settings.load().text("theme"))
