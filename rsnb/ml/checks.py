"""What examples must be before a learner trains on them; each fault is a ModelError that says what to do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import ModelError
from rsnb.ml.data import Examples
from rsnb.ml.design import block_rows
from rsnb.ml.hyperparameters import BINARY, REGRESSOR, Value


def check(examples: Examples, predictor_type: str, hyperparameters: Mapping[str, Value], split: str = "train") -> None:
    """Shapes, finite features, a target that fits the predictor type; split: its name, for messages.

    A split of one class is refused for `train` only: it may happen elsewhere, and metrics say so.
    """
    shapes(examples, hyperparameters, split)
    target(examples.y, predictor_type, hyperparameters, split)
    bad = not_finite(examples.x)
    if bad:
        names = ", ".join(examples.names[j] for j in bad[:6]) + (" ..." if len(bad) > 6 else "")
        raise ModelError(
            f"{split}: {names} {'has' if len(bad) == 1 else 'have'} values that are NULL, NaN or infinite",
            hint="fill or drop them: the feature table has a policy for NULL",
        )


def shapes(examples: Examples, hyperparameters: Mapping[str, Value], split: str) -> None:
    """Rows, columns, names and weights belong together."""
    rows, width = examples.x.shape
    if not rows or not width:
        raise ModelError(f"{split}: {rows} rows of {width} features: there is nothing to learn from")
    for what, found in (
        ("targets", len(examples.y)),
        ("weights", rows if examples.weight is None else len(examples.weight)),
    ):
        if found != rows:
            raise ModelError(f"{split}: {found:,} {what} for {rows:,} rows")
    if len(examples.names) != width:
        raise ModelError(f"{split}: {len(examples.names)} names for {width} columns")
    if hyperparameters["feature_dim"] not in ("auto", width):
        raise ModelError(
            f"feature_dim is {hyperparameters['feature_dim']}, and {split} has {width} encoded columns",
            hint="leave feature_dim out: it is found by itself",
        )
    weight = examples.weight
    if weight is not None and not (np.isfinite(weight).all() and (weight >= 0).all() and weight.any()):
        raise ModelError(f"{split}: a weight is negative, missing or infinite, or all are 0")


def target(y: NDArray[np.float64], predictor_type: str, hyperparameters: Mapping[str, Value], split: str) -> None:
    """The target is there, varies, and has the values that the predictor type knows."""
    missing = int(np.count_nonzero(~np.isfinite(y)))
    if missing:
        raise ModelError(
            f"{split}: the target is missing in {missing:,} of {len(y):,} rows",
            hint="leave these rows out of the query",
        )
    if split == "train" and (y == y[0]).all():
        raise ModelError(
            f"{split}: the target is {y[0]:g} in all {len(y):,} rows",
            hint="there is nothing to learn from a constant: check the query and the split",
        )
    if predictor_type == REGRESSOR:
        return
    if predictor_type == BINARY:
        _binary(y, split)
    else:
        _classes(y, hyperparameters, split)


def number_of_classes(y: NDArray[np.float64], hyperparameters: Mapping[str, Value]) -> int:
    """num_classes, or one more than the largest label."""
    return int(hyperparameters.get("num_classes", int(y.max()) + 1))


def not_finite(x: NDArray[np.float64]) -> list[int]:
    """The columns that hold a NaN or an infinity."""
    bad, rows = np.zeros(x.shape[1], bool), block_rows(x.shape[1])
    ones = np.ones(rows)
    with np.errstate(invalid="ignore", over="ignore"):
        for start in range(0, len(x), rows):
            part = x[start : start + rows]
            if not np.isfinite(ones[: len(part)] @ part).all():  # a sum is quick; only then look at each value
                bad |= ~np.isfinite(part).all(axis=0)
    return [int(j) for j in np.flatnonzero(bad)]


def _binary(y: NDArray[np.float64], split: str) -> None:
    if ((y == 0) | (y == 1)).all():
        return
    values = np.unique(y)
    shown = ", ".join(f"{v:g}" for v in values[:5]) + (" ..." if len(values) > 5 else "")
    raise ModelError(
        f"{split}: the target of a binary classifier is 0 or 1; this one has {len(values)} values: {shown}",
        hint="make it 0 and 1, or take predictor_type='multiclass_classifier' or 'regressor'",
    )


def _classes(y: NDArray[np.float64], hyperparameters: Mapping[str, Value], split: str) -> None:
    if (y != np.floor(y)).any() or (y < 0).any():
        raise ModelError(
            f"{split}: the classes are not whole numbers from 0", hint="or take predictor_type='regressor'"
        )
    classes = number_of_classes(y, hyperparameters)
    if y.max() >= classes:
        raise ModelError(
            f"{split}: there is a class {y.max():g}; num_classes is {classes}, so the last is {classes - 1}"
        )
    if split != "train":
        return
    absent = np.flatnonzero(np.bincount(y.astype(np.intp), minlength=classes) == 0)
    if len(absent):
        shown = ", ".join(map(str, absent[:8]))
        raise ModelError(
            f"{split}: no example of class {shown}", hint="number the classes without gaps, or split again"
        )
    if classes < 3:
        raise ModelError(f"{split}: {classes} classes", hint="take predictor_type='binary_classifier'")
