"""Linear and logistic regression inside the warehouse: only sums leave it.

Means, then centred products: with the squared loss these give the minimum; for the logistic loss see
rsnb.ml.logistic. Objective and covariance are the local backend's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from rsnb.errors import ModelError
from rsnb.ml import buckets
from rsnb.ml.data import Fitted
from rsnb.ml.features import FeatureTable
from rsnb.ml.hyperparameters import BINARY, REGRESSOR, Value, flag, loss_name
from rsnb.ml.logistic import Logistic, Progress
from rsnb.ml.parameters import Parameters
from rsnb.ml.solvers import Point, direction
from rsnb.ml.statistics import Moments, Products, Rows


class Learner(Protocol):
    """What the fit needs to know of a learner; hyperparameters: all of them, resolved."""

    @property
    def predictor_type(self) -> Any: ...
    @property
    def hyperparameters(self) -> Any: ...


def fit(learner: Learner, features: FeatureTable, progress: Progress | None = None) -> Fitted:
    """Fit to the training rows where they are, and choose the threshold on the validation rows.

    progress: called with a line of text. Raises ModelError for rows that are not in a warehouse, for what this
    backend has no solver for (multiclass, other losses), and without a penalty for columns that depend on each
    other and for classes that are separated.
    """
    _check(learner, features)
    given, say = learner.hyperparameters, progress or (lambda line: None)
    rows = Rows(features, "train")
    moments = rows.moments()
    say(f"{moments.rows:,} rows, {len(rows.names)} columns, inside the warehouse")
    products = rows.products(moments)
    parameters = Parameters.of(rows.names, moments, products, given)
    parameters.check(moments.rows)
    if learner.predictor_type == REGRESSOR:
        return _regression(parameters, moments, products, given)
    multiple, notes = _positive_weight(given, moments)
    if multiple != 1.0:
        total = moments.weight * (1 + (multiple - 1) * moments.y)
        moments = Moments(moments.rows, total, moments.x, multiple * moments.y * moments.weight / total)
        rows = Rows(features, "train", multiple)
    problem = Logistic(rows, parameters, moments, say)
    found = problem.fitted(products if multiple == 1.0 else None)
    threshold, more = _threshold(features, found, given)
    notes = [*found.notes, *notes, *more]
    return Fitted(found.weights, found.bias, threshold, found.covariance, found.iterations, found.metrics, notes)


def _check(learner: Learner, features: FeatureTable) -> None:
    kind = learner.predictor_type
    if not isinstance(features, FeatureTable):
        raise ModelError(
            f"the warehouse can't fit to {type(features).__name__}: the rows are not in it",
            hint='make a feature table from a session: FeatureTable((session, "select ..."), target=...)',
        )
    features.warehouse("a fit in the warehouse")
    if kind not in (BINARY, REGRESSOR):
        raise ModelError(f"the warehouse has no solver for a {kind}", hint="use backend='local'")
    if features.predictor_type != kind:
        raise ModelError(
            f"the target {features.target.name} is for a {features.predictor_type}, the learner is a {kind}",
            hint=f"say predictor_type={kind!r} to the feature table",
        )
    if (loss := loss_name(kind, learner.hyperparameters)) not in ("logistic", "squared_loss"):
        raise ModelError(f"the warehouse has no solver for the loss {loss}", hint="use backend='local'")


def _positive_weight(given: Mapping[str, Value], moments: Moments) -> tuple[float, list[str]]:
    """What the weight of a positive example is multiplied by, and a note."""
    value = given["positive_example_weight_mult"]
    if value == "auto":
        return 1.0, ["positive_example_weight_mult auto: 1, the threshold does the rest"]
    return ((1 - moments.y) / moments.y if value == "balanced" else float(value)), []


def _threshold(features: FeatureTable, found: Fitted, given: Mapping[str, Value]) -> tuple[float, list[str]]:
    both = np.count_nonzero(features.counts["validation"]) == 2
    notes = [] if both else ["validation has not both classes: the threshold was chosen on the training rows"]
    if given["num_calibration_samples"] != "auto":
        notes.append("num_calibration_samples is of no use here: the threshold was chosen on all rows of the part")
    rows = Rows(features, "validation" if both else "train", count_weights=False)
    threshold, note = buckets.choose(rows, found.weights[:, 0], float(found.bias[0]), given)
    return threshold, [*notes, note] if note else notes


def _regression(parameters: Parameters, moments: Moments, products: Products, given: Mapping[str, Value]) -> Fitted:
    """The minimum of half the mean squared error of the normalised target, and the penalty."""
    total, penalty = moments.weight, parameters.penalty
    unit = float(np.sqrt(products.yy / total)) if flag(given, "normalize_label") else 1.0
    centred = parameters.bias and flag(given, "unbias_label", auto=True)
    mean = 0.0 if centred else moments.y / unit
    linear = -parameters.map.T @ np.append(products.xy / total / unit, mean)
    information = parameters.information
    hessian = information + np.diag(penalty.l2)
    w = np.zeros(len(linear))
    for _ in range(2):  # the second step refines
        w = w + direction(Point(w, 0.0, linear + hessian @ w, hessian, information), penalty.l1)
    error = float(products.yy / total / unit**2 + mean**2 + 2 * linear @ w + w @ information @ w)
    freedom = moments.rows - len(w)
    covariance = None
    if freedom > 0 and not penalty.l1.any():
        variance = error * total / freedom * unit**2
        covariance = parameters.covariance(total * hessian, total * information) * variance
    weights, bias = parameters.unfold(w * unit)
    metrics = {
        "train:objective_loss": error / 2 + penalty.value(w),
        "train:mse": error * unit**2,
        "train:r_squared": 1 - error * unit**2 * total / products.yy,
        "train:rows": float(moments.rows),
    }
    return Fitted(weights, bias + (moments.y if centred else 0.0), None, covariance, 1, metrics, parameters.notes)
