"""The hyperparameters of SageMaker's Linear Learner: names, types, defaults and ranges, each declared once.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ll_hyperparameters.html. What concerns only how
SageMaker searches (epochs, optimizer, learning rate, number of models, ...) is accepted everywhere; the
local and the warehouse backend solve exactly and have no use for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rsnb.errors import ConfigError, similar

BINARY, MULTICLASS, REGRESSOR = "binary_classifier", "multiclass_classifier", "regressor"
PREDICTOR_TYPES = (BINARY, MULTICLASS, REGRESSOR)

Value = bool | int | float | str

LOSSES: dict[str, tuple[str, ...]] = {  # the first is what `auto` stands for
    BINARY: ("logistic", "hinge_loss"),
    MULTICLASS: ("softmax_loss",),
    REGRESSOR: (
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "quantile_loss",
        "huber_loss",
    ),
}

CRITERIA = (
    "accuracy",
    "f_beta",
    "f1",
    "precision_at_target_recall",
    "recall_at_target_precision",
    "loss_function",
    "cross_entropy_loss",
)


@dataclass(frozen=True)
class Hyperparameter:
    """A value that the learner takes.

    kind: int, float, bool or str. low, high: the range; `open`: its ends are not in it. words: texts that
    are allowed, besides numbers or alone. types: the predictor types that it applies to.
    """

    name: str
    kind: type
    default: Value | None
    help: str
    low: float = -math.inf
    high: float = math.inf
    open: bool = False
    words: tuple[str, ...] = ()
    types: tuple[str, ...] = PREDICTOR_TYPES

    @property
    def range(self) -> str:
        """The allowed values as a text."""
        words = [f"'{word}'" for word in self.words]
        if self.kind is bool:
            words = ["True", "False", *words]
        elif self.kind is not str:
            words = [self._numbers(), *words]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"

    def parse(self, value: object) -> Value:
        """The value in this one's type, also from its text; ConfigError with the range for a wrong one."""
        if isinstance(value, str) and value in self.words:
            return value
        found = self._boolean(value) if self.kind is bool else self._number(value)
        if found is None:
            raise ConfigError(f"{self.name} can't be {value!r}", hint=f"{self.range}: {self.help}")
        return found

    def _numbers(self) -> str:
        name = "a whole number" if self.kind is int else "a number"
        over, under = ("over", "under") if self.open else ("from", "to")
        low = f" {over} {self.low:g}" if self.low > -math.inf else ""
        high = f" {'and ' if low and self.open else ''}{under} {self.high:,.12g}" if self.high < math.inf else ""
        return name + low + high

    def _boolean(self, value: object) -> bool | None:
        return {"true": True, "false": False}.get(str(value).lower()) if isinstance(value, (str, bool)) else None

    def _number(self, value: object) -> int | float | None:
        if self.kind is str or isinstance(value, bool):
            return None
        try:
            number = float(str(value))
        except ValueError:
            return None
        inside = self.low < number < self.high if self.open else self.low <= number <= self.high
        if not inside or not math.isfinite(number) or (self.kind is int and number != int(number)):
            return None
        return int(number) if self.kind is int else number


def _auto(
    name: str, kind: type, meaning: str, low: float = 0, high: float = math.inf, *, positive: bool = False
) -> Hyperparameter:
    return Hyperparameter(name, kind, "auto", meaning, low, high, positive, ("auto",))


H = Hyperparameter
HYPERPARAMETERS = {
    h.name: h
    for h in (
        H("num_classes", int, None, "number of classes, which are 0 to num_classes - 1", 3, 1_000_000),
        H("accuracy_top_k", int, 3, "k of the top-k accuracy", 1, types=(MULTICLASS,)),
        H("balance_multiclass_weights", bool, False, "each class has equal weight in the loss", types=(MULTICLASS,)),
        _auto("beta_1", float, "decay of the first moment; optimizer adam", 0, 1),
        _auto("beta_2", float, "decay of the second moment; optimizer adam", 0, 1),
        _auto("bias_lr_mult", float, "learning rate of the bias, times learning_rate", positive=True),
        _auto("bias_wd_mult", float, "L2 penalty of the bias, times wd; auto: none"),
        H("binary_classifier_model_selection_criteria", str, "accuracy", "what the threshold is chosen by on the "
          "validation examples", words=CRITERIA, types=(BINARY,)),
        H("early_stopping_patience", int, 3, "epochs without progress before training stops", 1),
        H("early_stopping_tolerance", float, 0.001, "relative progress that counts", 0, open=True),
        H("epochs", int, 15, "passes over the training examples at most", 1),
        H("f_beta", float, 1.0, "beta of the F score", 0, open=True, types=(BINARY,)),
        _auto("feature_dim", int, "number of encoded features", 1),
        H("huber_delta", float, 1.0, "where the Huber loss turns linear", 0, open=True, types=(REGRESSOR,)),
        H("init_bias", float, 0.0, "the bias at the start"),
        H("init_method", str, "uniform", "distribution of the weights at the start", words=("uniform", "normal")),
        H("init_scale", float, 0.07, "half width of the uniform start", 0, open=True),
        H("init_sigma", float, 0.01, "standard deviation of the normal start", 0, open=True),
        _auto("l1", float, "L1 penalty of the weights; auto: 0"),
        _auto("learning_rate", float, "step size of the optimizer", positive=True),
        H("loss", str, "auto", "what is made small", words=("auto", *(x for xs in LOSSES.values() for x in xs))),
        H("loss_insensitivity", float, 0.01, "errors up to it cost nothing; eps_insensitive losses", 0, open=True,
          types=(REGRESSOR,)),
        _auto("lr_scheduler_factor", float, "the learning rate is multiplied by it", 0, 1),
        _auto("lr_scheduler_minimum_lr", float, "the learning rate never gets smaller", positive=True),
        _auto("lr_scheduler_step", int, "steps between two learning rates", 1),
        H("margin", float, 1.0, "margin of the hinge loss", 0, open=True, types=(BINARY,)),
        H("mini_batch_size", int, 1000, "examples of a step", 1),
        _auto("momentum", float, "momentum; optimizer sgd", 0, 1),
        H("normalize_data", bool, True, "features are divided by their standard deviation", words=("auto",)),
        H("normalize_label", bool, "auto", "the target is divided by its standard deviation; auto: yes",
          words=("auto",), types=(REGRESSOR,)),
        _auto("num_calibration_samples", int, "validation examples that the threshold is chosen on", 1),
        _auto("num_models", int, "models that are trained side by side", 1),
        H("num_point_for_scaler", int, 10_000, "examples for mean and standard deviation", 1),
        H("optimizer", str, "auto", "the stochastic method", words=("auto", "adam", "sgd", "rmsprop")),
        H("positive_example_weight_mult", float, 1.0, "weight of a positive example", 0, open=True,
          words=("balanced", "auto"), types=(BINARY,)),
        H("quantile", float, 0.5, "quantile of the quantile loss", 0, 1, open=True, types=(REGRESSOR,)),
        H("target_precision", float, 0.8, "for recall_at_target_precision", 0, 1, types=(BINARY,)),
        H("target_recall", float, 0.8, "for precision_at_target_recall", 0, 1, types=(BINARY,)),
        H("unbias_data", bool, "auto", "features have mean 0; auto: as use_bias", words=("auto",)),
        H("unbias_label", bool, "auto", "the target has mean 0; auto: as use_bias", words=("auto",),
          types=(REGRESSOR,)),
        H("use_bias", bool, True, "there is a bias"),
        H("use_lr_scheduler", bool, True, "the learning rate falls"),
        _auto("wd", float, f"L2 penalty of the weights of normalised features; auto: {1e-4:g} for local and warehouse"),
    )
}  # fmt: skip

AUTO_WD = 1e-4  # what published training logs of the service show for wd = auto
INEXACT = (  # what a backend that solves exactly has no use for
    "beta_1", "beta_2", "bias_lr_mult", "early_stopping_patience", "early_stopping_tolerance", "epochs",
    "init_bias", "init_method", "init_scale", "init_sigma", "learning_rate", "lr_scheduler_factor",
    "lr_scheduler_minimum_lr", "lr_scheduler_step", "mini_batch_size", "momentum", "num_models",
    "num_point_for_scaler", "optimizer", "use_lr_scheduler",
)  # fmt: skip


def resolve(predictor_type: str, given: Mapping[str, object]) -> dict[str, Value]:
    """All hyperparameters of a predictor type: the given ones, checked, and the defaults of the others.

    ConfigError for an unknown predictor type or name, a value out of range, or one of another predictor type.
    """
    if predictor_type not in PREDICTOR_TYPES:
        raise ConfigError(f"there is no predictor type {predictor_type!r}", hint=f"one of {', '.join(PREDICTOR_TYPES)}")
    values = {name: _checked(predictor_type, name, value) for name, value in given.items()}
    loss = values.get("loss", "auto")
    if loss not in ("auto", *LOSSES[predictor_type]):
        allowed = ", ".join(("auto", *LOSSES[predictor_type]))
        raise ConfigError(f"loss can't be {loss!r} for a {predictor_type}", hint=f"one of {allowed}")
    known = {n: h.default for n, h in HYPERPARAMETERS.items() if predictor_type in h.types and h.default is not None}
    return {**known, **values}


def _checked(predictor_type: str, name: str, value: object) -> Value:
    if name not in HYPERPARAMETERS:
        raise ConfigError(f"there is no hyperparameter {name!r}", hint=similar(name, HYPERPARAMETERS))
    found = HYPERPARAMETERS[name]
    if predictor_type not in found.types:
        raise ConfigError(f"{name} is not for a {predictor_type}", hint=f"it is for a {' or '.join(found.types)}")
    return found.parse(value)


def number(values: Mapping[str, Value], name: str, auto: float = 0.0) -> float:
    """A hyperparameter as a number; `auto` where it is 'auto'."""
    value = values[name]
    return auto if isinstance(value, str) else float(value)


def flag(values: Mapping[str, Value], name: str, auto: bool = True) -> bool:
    """A hyperparameter that is true or false; `auto` where it is 'auto'."""
    value = values[name]
    return auto if isinstance(value, str) else bool(value)


def loss_name(predictor_type: str, values: Mapping[str, Value]) -> str:
    """The loss that is minimised."""
    return LOSSES[predictor_type][0] if values["loss"] == "auto" else str(values["loss"])


def as_strings(values: Mapping[str, Value]) -> dict[str, str]:
    """Hyperparameters as SageMaker takes them: texts, with true and false."""
    return {name: str(v).lower() if isinstance(v, bool) else str(v) for name, v in values.items()}
