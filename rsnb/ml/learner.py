"""The linear learner: one face over the backends that train."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from rsnb._version import __version__
from rsnb.errors import ConfigError, ModelError, similar
from rsnb.ml import metrics
from rsnb.ml.checks import check
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.hyperparameters import BINARY, MULTICLASS, Value, loss_name, number, resolve
from rsnb.ml.model import Model

if TYPE_CHECKING:
    import pandas as pd

BACKENDS = {  # module:function(learner, features, **options) -> Fitted, or what has one as `fitted`
    "local": "rsnb.ml.local:fit",
    "sagemaker": "rsnb.ml.sagemaker:fit",
    "warehouse": "rsnb.ml.warehouse:fit",
}


@dataclass(frozen=True)
class Parts:
    """Examples in the place of a feature table."""

    train: Examples
    validation: Examples | None = None
    test: Examples | None = None

    def __post_init__(self) -> None:
        for part in ("train", "validation", "test"):
            examples = getattr(self, part)
            object.__setattr__(self, part, None if examples is None else _arrays(examples))

    @property
    def names(self) -> tuple[str, ...]:
        """The encoded columns."""
        return self.train.names


class LinearLearner:
    """A linear model to train. hyperparameters: of SageMaker's Linear Learner (rsnb.ml.hyperparameters).

    ConfigError for an unknown predictor type or hyperparameter, or a value out of its range.
    """

    def __init__(self, predictor_type: str = BINARY, **hyperparameters: object) -> None:
        self.predictor_type = predictor_type
        self.hyperparameters: dict[str, Value] = resolve(predictor_type, hyperparameters)
        self.given = tuple(hyperparameters)
        self.features: Any = None
        self.backend = ""
        self.trained: Any = None
        self._model: Model | None = None

    def __repr__(self) -> str:
        given = "".join(f", {name}={self.hyperparameters[name]!r}" for name in self.given)
        return f"LinearLearner({self.predictor_type!r}{given})"

    @property
    def loss(self) -> str:
        """The loss that is minimised."""
        return loss_name(self.predictor_type, self.hyperparameters)

    @property
    def model(self) -> Model:
        """The model of the last fit; ModelError before the first."""
        if self._model is None:
            raise ModelError("the learner has not been fitted", hint="learner.fit(features) trains it")
        return self._model

    def fit(self, features: Any, backend: str = "local", **options: Any) -> Model:
        """Train on a feature table, or on Examples, and keep the model.

        backend: local, sagemaker or warehouse. options: of the backend; `progress`, which all have, is called
        with a line of text.
        """
        if backend not in BACKENDS:
            raise ConfigError(f"there is no backend {backend!r}", hint=similar(backend, BACKENDS))
        given = Parts(features) if isinstance(features, Examples) else features
        kind = getattr(given, "predictor_type", self.predictor_type)
        if kind != self.predictor_type:
            raise ModelError(
                f"the features are for a {kind}, the learner is a {self.predictor_type}",
                hint=f"LinearLearner({kind!r}), or predictor_type={self.predictor_type!r} of the feature table",
            )
        train = getattr(_module(backend), BACKENDS[backend].partition(":")[2])
        _check_options(train, backend, options)
        trained = train(self, given, **options)
        self.features, self.backend, self.trained = given, backend, trained
        self._model = self._made(trained)
        return self._model

    def evaluate(self, examples: Examples | None = None) -> pd.DataFrame:
        """value, low, high, n of each metric, on the test examples or on others; kept as model.metrics."""
        model = self.model
        used = self.features.test if examples is None else _arrays(examples)
        if used is None:
            raise ModelError(
                "the features have no test split to evaluate on", hint="learner.evaluate(examples), or split them"
            )
        known: dict[str, Value] = {**self.hyperparameters, "feature_dim": "auto"}
        if model.fitted is not None and self.predictor_type == MULTICLASS:
            known["num_classes"] = len(model.fitted.bias)
        check(used, self.predictor_type, known, "test")
        score, label = model.scores(model.encode(used))
        beta = number(self.hyperparameters, "f_beta") if self.predictor_type == BINARY else 1.0
        found = metrics.evaluate(self.predictor_type, used.y, score, label, beta, self.loss == "logistic")
        model.metrics = found
        return metrics.frame(found)

    def predict(self, rows: pd.DataFrame | Examples) -> pd.DataFrame:
        """score and predicted_label of each row: through the endpoint of a deployed model, else in this process."""
        return self.model.predict(rows)

    def deploy(self, **options: Any) -> str:
        """Serve the model, and return the name of its endpoint; a model that is used here needs none."""
        model, module = self.model, _module(self.backend)
        if not hasattr(module, "deploy"):
            return "this process"
        endpoint = str(module.deploy(self.trained, **options))
        model.scorer = lambda x: module.predict(self.trained, x)
        return endpoint

    def delete(self, **options: Any) -> list[str]:
        """Remove all that the backend keeps of the model: what was done, in words. The model here stays."""
        model, module = self.model, _module(self.backend)
        if not hasattr(module, "delete"):
            return []
        done: list[str] = module.delete(self.trained, **options)
        model.scorer = None
        return done

    def _made(self, trained: Any) -> Model:
        fitted: Fitted | None = trained if isinstance(trained, Fitted) else trained.fitted
        names = tuple(self.features.names)
        encoding = getattr(self.features, "encoding", None)
        if encoding is not None:
            sources = tuple(encoding.sources)
        else:
            sources = getattr(getattr(self.features, "train", None), "sources", ()) or names
        return Model(
            predictor_type=self.predictor_type,
            hyperparameters=dict(self.hyperparameters),
            names=names,
            fitted=fitted,
            sources=sources,
            encoding=encoding,
            provenance={
                "rsnb": __version__,
                "backend": self.backend,
                "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
                **_rows(self.features),
            },
        )


def _arrays(examples: Examples) -> Examples:
    """Examples that a user put together, from whatever numpy can read; arrays of float64 are not copied."""
    weight = None if examples.weight is None else np.asarray(examples.weight, np.float64)
    x, y = np.asarray(examples.x, np.float64), np.asarray(examples.y, np.float64)
    return replace(examples, x=x, y=y, names=tuple(map(str, examples.names)), weight=weight)


def _check_options(train: Any, backend: str, options: dict[str, Any]) -> None:
    """ConfigError for options of a backend that are missing or that it does not have."""
    known = list(inspect.signature(train).parameters.values())[2:]
    missing = [p.name for p in known if p.default is p.empty and p.name not in options]
    unknown = [name for name in options if name not in {p.name for p in known}]
    if missing or unknown:
        said = f"it needs {', '.join(missing)}" if missing else f"it has no option {', '.join(unknown)}"
        raise ConfigError(f"the backend {backend}: {said}", hint=f"its options are {', '.join(p.name for p in known)}")


def _module(backend: str) -> ModuleType:
    return import_module(BACKENDS[backend].partition(":")[0])


def _rows(features: Any) -> dict[str, int]:
    """The rows of each part; of a feature table from its counts, so that no row is read for it."""
    counts = getattr(features, "counts", None)
    if counts is not None:
        return {f"{part}_rows": int(n.sum()) for part, n in counts.items()}
    parts = {part: getattr(features, part) for part in ("train", "validation", "test")}
    return {f"{part}_rows": len(examples) for part, examples in parts.items() if examples is not None}
