"""A model as JSON values and back; numbers keep every digit, and what is NaN becomes null."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import ModelError, RsnbError
from rsnb.ml.data import Fitted
from rsnb.ml.hyperparameters import resolve
from rsnb.ml.metrics import Metric

FORMAT, VERSION = "rsnb linear model", 1


def as_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the file holds of a model's fields."""
    fitted: Fitted = fields["fitted"]
    encoding, metrics = fields["encoding"], fields["metrics"]
    return {
        "format": FORMAT,
        "version": VERSION,
        "predictor_type": fields["predictor_type"],
        "hyperparameters": fields["hyperparameters"],
        "names": list(fields["names"]),
        "sources": list(fields["sources"]),
        "encoding": None if encoding is None else encoding.to_dict(),
        "fitted": {
            "weights": fitted.weights.tolist(),
            "bias": fitted.bias.tolist(),
            "threshold": fitted.threshold,
            "covariance": None if fitted.covariance is None else fitted.covariance.tolist(),
            "iterations": fitted.iterations,
            "metrics": {name: _number(value) for name, value in fitted.metrics.items()},
            "notes": list(fitted.notes),
        },
        "metrics": {name: {k: _number(v) for k, v in asdict(m).items()} for name, m in metrics.items()},
        "provenance": fields["provenance"],
    }


def from_json(given: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A model's fields; ModelError for another file or a newer version, and where something does not fit together."""
    if given.get("format") != FORMAT:
        raise ModelError(f"{path} is not a model of rsnb", hint="Model.save writes one")
    if not isinstance(given.get("version"), int) or given["version"] > VERSION:
        raise ModelError(
            f"{path} is of version {given.get('version')}; this rsnb reads up to {VERSION}", hint="pip install -U rsnb"
        )
    try:
        names = tuple(given["names"])
        fields = {
            "predictor_type": given["predictor_type"],
            "hyperparameters": resolve(given["predictor_type"], given["hyperparameters"]),
            "names": names,
            "fitted": _fitted(given["fitted"], len(names)),
            "sources": tuple(given["sources"]),
            "encoding": _encoding(given["encoding"]),
            "metrics": {n: Metric(**{k: _back(v) for k, v in m.items()}) for n, m in given["metrics"].items()},
            "provenance": dict(given["provenance"]),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise ModelError(f"{path} is damaged: {type(exc).__name__} {exc}", hint="save the model again") from exc
    except RsnbError as exc:
        raise ModelError(f"{path}: {exc.message}", hint=exc.hint) from exc
    encoded = getattr(fields["encoding"], "names", names)
    if tuple(encoded) != names:
        raise ModelError(f"{path} is damaged: its encoding does not give its columns", hint="save the model again")
    return fields


def _fitted(given: Mapping[str, Any], width: int) -> Fitted:
    weights, bias = _array(given["weights"]), _array(given["bias"])
    if weights.shape != (width, len(bias)):
        raise ValueError(f"weights of the shape {weights.shape} for {width} columns")
    covariance = None if given["covariance"] is None else _array(given["covariance"])
    if covariance is not None and covariance.shape != (width + 1, width + 1):
        raise ValueError(f"a covariance of the shape {covariance.shape} for {width} columns")
    metrics = {name: _back(value) for name, value in given["metrics"].items()}
    threshold = None if given["threshold"] is None else float(given["threshold"])
    return Fitted(weights, bias, threshold, covariance, int(given["iterations"]), metrics, tuple(given["notes"]))


def _encoding(given: Mapping[str, Any] | None) -> Any:
    if given is None:
        return None
    from rsnb.ml.encoding import Encoding

    return Encoding.from_dict(given)


def _array(given: Any) -> NDArray[np.float64]:
    found = np.array(given, np.float64)
    if not np.isfinite(found).all():
        raise ValueError("a number is not finite")
    return found


def _number(value: float) -> float | None:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _back(value: float | None) -> Any:
    return math.nan if value is None else value
