"""The linear learner: feature tables to a trained model, here, on SageMaker and inside the warehouse."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rsnb.ml.features import FeatureTable
    from rsnb.ml.learner import LinearLearner
    from rsnb.ml.model import Model, load_model
    from rsnb.ml.recordio import read_recordio, write_recordio
    from rsnb.ml.split import Split

__all__ = ["FeatureTable", "LinearLearner", "Model", "Split", "load_model", "read_recordio", "write_recordio"]

PLACES = {
    "FeatureTable": "features",
    "LinearLearner": "learner",
    "Model": "model",
    "Split": "split",
    "load_model": "model",
    "read_recordio": "recordio",
    "write_recordio": "recordio",
}


def __getattr__(name: str) -> Any:
    """A public name, imported when it is used: numpy and pandas take their time."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"rsnb.ml.{PLACES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
