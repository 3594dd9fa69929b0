"""The local backend: exact solvers in this process, the same answer every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import ModelError
from rsnb.ml import softmax, solvers, thresholds
from rsnb.ml.checks import check, number_of_classes
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.design import Design, Matrix, Vector, moments
from rsnb.ml.hyperparameters import AUTO_WD, BINARY, MULTICLASS, REGRESSOR, flag, loss_name, number
from rsnb.ml.losses import KINKED, loss, score
from rsnb.ml.threads import one_thread

if TYPE_CHECKING:
    from rsnb.ml.learner import LinearLearner

Progress = Callable[[str], None]


def fit(learner: LinearLearner, features: Any, progress: Progress | None = None) -> Fitted:
    """Train on features.train and choose the threshold on features.validation, or on train without one.

    ModelError for examples that can't be learned from (rsnb.ml.checks), for columns that depend on each
    other or classes that a plane separates when wd and l1 are 0. progress: called with a line of text.
    """
    say = progress or (lambda line: None)
    train: Examples = features.train
    check(train, learner.predictor_type, learner.hyperparameters)
    if features.validation is not None:
        check(features.validation, learner.predictor_type, learner.hyperparameters, "validation")
    say(f"{len(train):,} rows, {train.x.shape[1]} columns, {learner.loss}")
    with one_thread():
        fitted = _Training(learner, train).fitted()
        if learner.predictor_type == BINARY:
            fitted = _with_threshold(learner, fitted, train, features.validation)
    say(f"solved in {fitted.iterations} iterations, {learner.loss} {fitted.metrics['train:objective_loss']:.6g}")
    return fitted


class _Training:
    """The examples of one training, standardised, with penalties and weights."""

    def __init__(self, learner: LinearLearner, train: Examples) -> None:
        self.learner, self.train = learner, train
        self.values = learner.hyperparameters
        self.loss = loss_name(learner.predictor_type, self.values)
        self.notes: list[str] = []
        weight = np.ones(len(train)) if train.weight is None else np.asarray(train.weight, np.float64)
        self.balanced = _class_weights(learner, train.y, weight, self.notes)
        self.weight = weight if self.balanced is None else weight * self.balanced
        self.centre, self.unit = self._label()
        self.design = self._design(weight)
        self.penalty = self._penalty()
        self._determined()

    def fitted(self) -> Fitted:
        """The linear function, with its covariance where the estimate has one."""
        if self.learner.predictor_type == MULTICLASS:
            return self._multinomial()
        solution = self._solution()
        covariance = self._covariance(solution)
        weights, bias = self.design.fold(solution.w[:, None])
        self._separated(weights, bias)
        found = Fitted(
            weights * self.unit,
            bias * self.unit + self.centre,
            covariance=None if covariance is None else self.design.fold_covariance(covariance) * self.unit**2,
            iterations=solution.iterations,
            notes=tuple(self.notes),
        )
        sharp = self._objective(solution.w) if self.loss in KINKED else solution.point.objective
        return replace(found, metrics={"train:objective_loss": sharp})

    def _solution(self) -> solvers.Solution:
        start = np.zeros(self.design.width)
        if self.loss in KINKED:
            smooth = partial(loss, self.loss, self.values, self.unit)
            return solvers.continued(self.design, lambda m: smooth(m), self.penalty, start)
        function = loss(self.loss, self.values, self.unit)
        damping = 0.0 if self.loss in ("logistic", "squared_loss") else 1e-9
        solve = partial(solvers.newton, loss=function, penalty=self.penalty, damping=damping)
        if self.loss != "logistic":
            return solve(self.design, start=start)
        near = solvers.from_sample(self.design, lambda design, w: solve(design, start=w), start)
        return (
            solve(self.design, start=start) if near is None else solve(self.design, start=near, tolerance=solvers.NEAR)
        )

    def _multinomial(self) -> Fitted:
        classes = number_of_classes(self.train.y, self.values)
        labels = self.train.y.astype(np.intp)
        problem = softmax.Multinomial(self.design, labels, classes, self.penalty.l2, self.penalty.l1)
        w, value, iterations = softmax.solve(problem)
        weights, bias = self.design.fold(w)
        metrics = {"train:objective_loss": value}
        return Fitted(weights, bias, iterations=iterations, metrics=metrics, notes=tuple(self.notes))

    def _label(self) -> tuple[float, float]:
        """What is taken from the target and what it is divided by: mean and deviation of a regressor's."""
        if self.learner.predictor_type != REGRESSOR:
            return 0.0, 1.0
        mean, deviation = moments(self.train.y[:, None], self.weight)
        bias = flag(self.values, "use_bias")
        centre = float(mean[0]) if bias and flag(self.values, "unbias_label", auto=bias) else 0.0
        return centre, float(deviation[0]) if flag(self.values, "normalize_label") else 1.0

    def _design(self, weight: Vector) -> Design:
        mean, deviation = moments(self.train.x, weight)
        if not np.isfinite(deviation).all():
            large = ", ".join(self.train.names[j] for j in np.flatnonzero(~np.isfinite(deviation)))
            raise ModelError(
                f"{large}: the numbers are too large for their variance", hint="divide them, or take the log"
            )
        varies = deviation > 1e-12 * np.maximum(np.abs(mean), 1e-300)
        if not varies.all():
            names = [self.train.names[j] for j in np.flatnonzero(~varies)]
            self.notes.append(f"constant, so without weight: {', '.join(names)}")
        inverse = 1 / np.where(varies, deviation, 1.0) if flag(self.values, "normalize_data") else np.ones(len(mean))
        bias = flag(self.values, "use_bias")
        if not flag(self.values, "unbias_data", auto=bias):
            mean = np.zeros_like(mean)
        y = self.train.y
        if self.learner.predictor_type == REGRESSOR:
            y = (y - self.centre) / self.unit
        return Design(self.train.x, y, self.weight, mean, np.where(varies, inverse, 0.0), bias)

    def _penalty(self) -> solvers.Penalty:
        """wd and l1 of the weights, wd * bias_wd_mult of the bias; a constant column is held at 0."""
        d, width = self.train.x.shape[1], self.design.width
        wd, l1 = number(self.values, "wd", AUTO_WD), number(self.values, "l1")
        l2, first = np.full(width, wd), np.full(width, l1)
        l2[d:], first[d:] = wd * number(self.values, "bias_wd_mult"), 0.0
        l2[:d][self.design.inverse == 0] = 1.0
        return solvers.Penalty(l2, first)

    def _determined(self) -> None:
        """Without a penalty there must be more rows than features, none a linear combination of others."""
        if number(self.values, "wd", AUTO_WD) or number(self.values, "l1"):
            if len(self.train) <= self.train.x.shape[1]:
                self.notes.append("fewer rows than features: the penalty decides between equally good fits")
            return
        if len(self.train) < self.design.width:
            raise ModelError(
                f"{len(self.train):,} rows for {self.design.width:,} parameters: many fits are equally good",
                hint="set wd, for instance wd=1e-4, or take fewer features",
            )
        point = solvers.evaluate(
            self.design, loss("squared_loss", self.values), self.penalty, np.zeros(self.design.width)
        )
        values, vectors = np.linalg.eigh(point.hessian)
        if values[0] <= solvers.SINGULAR * values[-1]:
            part = np.abs(vectors[: self.train.x.shape[1], 0])
            names = [self.train.names[j] for j in np.argsort(-part)[:6] if part[j] > 1e-4 * part.max()]
            raise ModelError(
                f"{', '.join(names)} depend on each other: one is a sum of the others",
                hint="leave one of them out, or set wd, for instance wd=1e-4",
            )

    def _separated(self, weights: Matrix, bias: Vector) -> None:
        """Logistic regression without a penalty has no solution where a plane separates the classes."""
        free = not (number(self.values, "wd", AUTO_WD) or number(self.values, "l1"))
        if self.loss != "logistic" or not free:
            return
        z = self.train.x @ weights[:, 0] + bias[0]
        if z[self.train.y == 1].min() > z[self.train.y == 0].max():
            raise ModelError(
                "the features separate the two classes without an error: the weights would grow without end",
                hint="look for a feature that knows the target, or set wd, for instance wd=1e-4",
            )

    def _objective(self, w: Vector) -> float:
        function = loss(self.loss, self.values, self.unit)
        design, total, value = self.design, float(self.weight.sum()), 0.0
        for rows, block in design.blocks():
            value += float(design.weight[rows] @ function(design.scores(block, w), design.y[rows])[0])
        return value / total + self.penalty.value(w)

    def _covariance(self, solution: solvers.Solution) -> Matrix | None:
        """Of the standardised estimate: H^-1 F H^-1, F the information, H that with the penalty.

        Without a penalty that is the inverse of F. Weights count as repeated rows. Squared loss: times the
        residual variance. Class weights: F is the sum of the squared gradients (White 1982, "Maximum
        likelihood estimation of misspecified models"). None with an L1 penalty and for the other losses.
        """
        if self.loss not in ("logistic", "squared_loss") or self.penalty.l1.any():
            return None
        total = float(self.weight.sum())
        information = solution.point.information * total
        if self.balanced is not None:
            information = self._squared_gradients(solution.w)
        inverse = np.linalg.inv(solution.point.hessian * total)
        covariance = inverse @ information @ inverse
        if self.loss == "logistic":
            return np.asarray(covariance)
        freedom = len(self.train) - int((self.design.inverse != 0).sum()) - self.design.bias
        if freedom <= 0:
            return None
        residual = 2 * total * (solution.point.objective - self.penalty.value(solution.point.w))
        return np.asarray(covariance * residual / freedom)

    def _squared_gradients(self, w: Vector) -> Matrix:
        found = np.zeros((len(w), len(w)))
        function = loss(self.loss, self.values)
        for rows, block in self.design.blocks():
            slope = function(self.design.scores(block, w), self.design.y[rows])[1]
            found += self.design.gram(block, self.design.weight[rows] * slope)
        return found


def _class_weights(learner: LinearLearner, y: Vector, weight: Vector, notes: list[str]) -> Vector | None:
    """What the weight of each example is multiplied by, None for nothing."""
    values = learner.hyperparameters
    if learner.predictor_type == BINARY:
        given = values["positive_example_weight_mult"]
        if given == "auto":
            notes.append("positive_example_weight_mult auto: 1, the threshold does the rest")
        if given in ("auto", 1.0):
            return None
        multiple = float(weight @ (1 - y) / (weight @ y)) if given == "balanced" else float(given)
        return np.where(y == 1, multiple, 1.0)
    if learner.predictor_type == MULTICLASS and flag(values, "balance_multiclass_weights"):
        labels = y.astype(np.intp)
        share = np.bincount(labels, weights=weight)
        return np.asarray((share.sum() / (len(share) * share))[labels])
    return None


def _with_threshold(learner: LinearLearner, fitted: Fitted, train: Examples, validation: Examples | None) -> Fitted:
    examples, notes, middle = validation or train, list(fitted.notes), 0.5 if learner.loss == "logistic" else 0.0
    if validation is None:
        notes.append("there is no validation split: the threshold was chosen on the training examples")
    elif len(np.unique(validation.y)) < 2:
        notes.append("validation has one class only: the threshold was chosen on the training examples")
        examples = train
    rows = slice(0, int(number(learner.hyperparameters, "num_calibration_samples", len(examples))))
    z: NDArray[np.float64] = examples.x[rows] @ fitted.weights + fitted.bias
    threshold, note = thresholds.choose(score(learner.loss, z), examples.y[rows], learner.hyperparameters, middle)
    return replace(fitted, threshold=threshold, notes=tuple([*notes, note] if note else notes))
