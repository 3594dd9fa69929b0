"""The hyperparameters: documented names, defaults and ranges; a wrong one is refused with what is right."""

from __future__ import annotations

import math

import pytest

from rsnb.errors import ConfigError
from rsnb.ml import LinearLearner
from rsnb.ml.hyperparameters import HYPERPARAMETERS, INEXACT, PREDICTOR_TYPES, as_strings, resolve

DOCUMENTED = {  # https://docs.aws.amazon.com/sagemaker/latest/dg/ll_hyperparameters.html, with its defaults
    "accuracy_top_k": 3, "balance_multiclass_weights": False, "beta_1": "auto", "beta_2": "auto",
    "bias_lr_mult": "auto", "bias_wd_mult": "auto", "binary_classifier_model_selection_criteria": "accuracy",
    "early_stopping_patience": 3, "early_stopping_tolerance": 0.001, "epochs": 15, "f_beta": 1.0,
    "feature_dim": "auto", "huber_delta": 1.0, "init_bias": 0.0, "init_method": "uniform", "init_scale": 0.07,
    "init_sigma": 0.01, "l1": "auto", "learning_rate": "auto", "loss": "auto", "loss_insensitivity": 0.01,
    "lr_scheduler_factor": "auto", "lr_scheduler_minimum_lr": "auto", "lr_scheduler_step": "auto", "margin": 1.0,
    "mini_batch_size": 1000, "momentum": "auto", "normalize_data": True, "normalize_label": "auto",
    "num_calibration_samples": "auto", "num_classes": None, "num_models": "auto", "num_point_for_scaler": 10_000,
    "optimizer": "auto", "positive_example_weight_mult": 1.0, "quantile": 0.5, "target_precision": 0.8,
    "target_recall": 0.8, "unbias_data": "auto", "unbias_label": "auto", "use_bias": True,
    "use_lr_scheduler": True, "wd": "auto",
}  # fmt: skip


def test_the_documented_names_and_defaults() -> None:
    assert {name: h.default for name, h in HYPERPARAMETERS.items()} == DOCUMENTED
    assert set(INEXACT) <= set(HYPERPARAMETERS)


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_each_default_is_in_its_own_range_and_explained(name: str) -> None:
    one = HYPERPARAMETERS[name]
    assert one.default is None or one.parse(one.default) == one.default
    assert one.default is None or one.parse(str(one.default)) == one.default  # as SageMaker has it: a text
    assert one.help
    assert one.range


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"wd": -1}, "a number from 0 or 'auto'"),
        ({"wd": "none"}, "a number from 0 or 'auto'"),
        ({"wd": math.nan}, "wd can't be nan"),
        ({"wd": math.inf}, "wd can't be inf"),
        ({"wd": True}, "wd can't be True"),
        ({"wd": None}, "wd can't be None"),
        ({"epochs": 1.5}, "a whole number from 1"),
        ({"epochs": 0}, "a whole number from 1"),
        ({"use_bias": 1}, "True or False"),
        ({"optimizer": "lbfgs"}, "'auto', 'adam', 'sgd' or 'rmsprop'"),
        ({"target_recall": 1.2}, "a number from 0 to 1"),
        ({"f_beta": 0}, "a number over 0"),
        ({"positive_example_weight_mult": "even"}, "a number over 0, 'balanced' or 'auto'"),
        ({"num_classes": 2}, "from 3 to 1,000,000"),
        ({"loss": "squared_loss"}, "one of auto, logistic, hinge_loss"),
        ({"loss": "log"}, "loss can't be 'log'"),
        ({"quantile": 0.5}, "it is for a regressor"),
        ({"weight_decay": 0}, "there is no hyperparameter 'weight_decay'"),
        ({"learning_rat": 0}, "did you mean learning_rate?"),
    ],
)
def test_a_wrong_one_is_refused_with_what_is_right(given: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        LinearLearner("binary_classifier", **given)
    assert said in str(caught.value)


def test_an_unknown_predictor_type() -> None:
    with pytest.raises(ConfigError, match="binary_classifier, multiclass_classifier, regressor"):
        LinearLearner("classifier")


def test_as_texts_and_back() -> None:
    for kind in PREDICTOR_TYPES:
        values = resolve(kind, {"wd": 0.5, "use_bias": False})
        texts = as_strings(values)
        assert texts["use_bias"] == "false"
        assert resolve(kind, texts) == values


def test_a_learner_shows_what_was_given() -> None:
    assert repr(LinearLearner("regressor", wd="0.5")) == "LinearLearner('regressor', wd=0.5)"
