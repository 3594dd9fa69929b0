"""Redshift ML: a linear learner that Redshift has SageMaker train, by CREATE MODEL.

Never run on AWS: the embedded warehouse has no CREATE MODEL, so the tests hold the statement's text, and the
following of its state over recorded SHOW MODEL rows. Source: Redshift Developer Guide, "CREATE MODEL with user
guidance", "SHOW MODEL", "Usage notes", "Tutorial: Building regression models with linear learner". AUTO OFF and
HYPERPARAMETERS are for XGBoost and k-means there; with MODEL_TYPE LINEAR_LEARNER Redshift finds the hyperparameters.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier, quote_literal
from rsnb.ml.features import FeatureTable
from rsnb.ml.target import BINARY, MULTICLASS, REGRESSOR
from rsnb.session import Session

if TYPE_CHECKING:
    import pyarrow as pa

PROBLEMS = {BINARY: "BINARY_CLASSIFICATION", MULTICLASS: "MULTICLASS_CLASSIFICATION", REGRESSOR: "REGRESSION"}
OBJECTIVES = {BINARY: ("F1", "AUC", "Accuracy"), MULTICLASS: ("Accuracy", "F1Macro"), REGRESSOR: ("MSE",)}
LEAST_ROWS, MOST_FEATURES = 500, 256  # "Usage notes"
READY, FAILED, TRAINING = "READY", "FAILED", "TRAINING"

_NAME = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class State:
    """What SHOW MODEL says. state: READY, TRAINING, FAILED, or as Redshift has it; values: all its keys."""

    state: str
    reason: str
    values: dict[str, str]

    @property
    def metrics(self) -> dict[str, float]:
        """The validation metrics, such as validation:mse."""
        return {k: float(v) for k, v in self.values.items() if k.startswith("validation:") and v}

    @property
    def cost(self) -> float | None:
        """The estimated cost, in US dollars, where the owner asks."""
        value = self.values.get("Estimated Cost", "")
        return float(value) if value else None


def create_model_sql(
    features: FeatureTable,
    name: str,
    *,
    bucket: str,
    function: str | None = None,
    iam_role: str = "default",
    objective: str | None = None,
    max_runtime: int = 5400,
    encoded: bool = True,
) -> str:
    """The CREATE MODEL over the training rows of a feature table.

    function: the prediction function's name, `predict_NAME` by default. max_runtime: seconds. encoded: the
    model sees the encoded features, so that its function takes what `Encoding.expressions` gives; otherwise the
    columns as they are, and Redshift encodes them. Raises ModelError for what Redshift refuses.
    """
    function = function or f"{name.rpartition('.')[0]}{'.' if '.' in name else ''}predict_{name.rpartition('.')[2]}"
    for given in (name, function):
        if not _NAME.fullmatch(given):
            raise ModelError(f"{given!r} is not a name for a model or its function")
    kind = features.predictor_type
    objective = objective or OBJECTIVES[kind][0]
    if objective not in OBJECTIVES[kind]:
        raise ModelError(f"the objective {objective} is not for a {kind}", hint=f"it has {', '.join(OBJECTIVES[kind])}")
    inputs = features.names if encoded else features.roles.features
    rows = int(features.counts["train"].sum())
    if rows < LEAST_ROWS or len(inputs) > MOST_FEATURES:
        raise ModelError(
            f"Redshift ML trains on {LEAST_ROWS} rows or more and {MOST_FEATURES} features or fewer, "
            f"not on {rows:,} rows of {len(inputs)} features"
        )
    return "\n".join(
        [
            f"create model {name}",
            f"from ({_query(features, encoded=encoded)})",
            "target y",
            f"function {function}",
            f"iam_role {'default' if iam_role == 'default' else quote_literal(iam_role)}",
            "model_type linear_learner",
            f"problem_type {PROBLEMS[kind]}",
            f"objective {quote_literal(objective)}",
            f"settings (s3_bucket {quote_literal(bucket)}, max_cells {rows * (len(inputs) + 1)}, "
            f"max_runtime {max_runtime})",
        ]
    )


def _query(features: FeatureTable, *, encoded: bool) -> str:
    """The training rows under plain names: f0, f1 ... and y, an integer for classes (a target can't be DECIMAL)."""
    source = features.warehouse("Redshift ML").source("train")
    inputs = features.encoding.expressions() if encoded else [quote_identifier(f) for f in features.roles.features]
    target = features.target.expression()
    y = f"cast({target} as integer)" if features.target.labels else target
    return f"select {', '.join([*(f'{e} as f{i}' for i, e in enumerate(inputs)), f'{y} as y'])} from {source}"


def train(
    session: Session,
    features: FeatureTable,
    name: str,
    *,
    every: float = 30.0,
    timeout: float = 7200.0,
    progress: Callable[[str], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    **options: Any,
) -> State:
    """Create a model and follow it until it is ready; every, timeout: seconds. options: of `create_model_sql`.

    Raises ModelError with Redshift's reason when the training fails, and when it takes too long: it then goes
    on, and costs, until `drop_model`.
    """
    session.sql(create_model_sql(features, name, **options))
    try:
        return follow(session, name, every=every, timeout=timeout, progress=progress, sleep=sleep)
    except KeyboardInterrupt:
        message = f"interrupted: the model {name} is still training, and costs"
        raise ModelError(message, hint=_STOP.format(name)) from None


def follow(
    session: Session,
    name: str,
    *,
    every: float = 30.0,
    timeout: float = 7200.0,
    progress: Callable[[str], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> State:
    """Ask for the state of a model until it is ready; as `train`."""
    waited = 0.0
    while True:
        found = show(session, name)
        if progress:
            progress(f"{name}: {found.state}")
        if found.state == READY:
            return found
        if found.state == FAILED:
            raise ModelError(
                f"the training of {name} failed: {found.reason or 'Redshift gives no reason'}",
                hint=f"drop model {name}, and create it again",
            )
        if waited >= timeout:
            raise ModelError(f"the model {name} is {found.state} after {waited:.0f} s", hint=_STOP.format(name))
        sleep(every)
        waited += every


def show(session: Session, name: str) -> State:
    """The state of a model."""
    return state_of(session.sql(f"show model {_checked(name)}").table)


def state_of(table: pa.Table) -> State:
    """The state in the rows of SHOW MODEL: keys and values, the model's name in the first row or in the header."""
    keys, given = (column.to_pylist() for column in table.columns[:2])
    pairs = [(table.column_names[0], table.column_names[1]), *zip(keys, given, strict=True)]
    values: dict[str, str] = {}
    for key, value in pairs:
        if (key or "").strip():
            values.setdefault(key.strip(), str(value or "").strip())
    state = values.get("Model State", "")
    if not state:
        raise ModelError(f"SHOW MODEL gave no state: {', '.join(values)}")
    reason = values.get("Failure Reason") or values.get("Reason") or values.get("Error Message") or ""
    if state.upper().startswith(FAILED):  # the reason may stand behind the state
        return State(FAILED, reason or state[len(FAILED) :].strip(" :-"), values)
    return State(state.upper(), reason, values)


def predict_sql(features: FeatureTable, function: str, *, encoded: bool = True) -> str:
    """The call of a model's function over a table's columns; `encoded` as the model was made."""
    inputs = features.encoding.expressions() if encoded else [quote_identifier(f) for f in features.roles.features]
    return f"{_checked(function)}({', '.join(inputs)})"


def drop_model(session: Session, name: str) -> None:
    """Drop a model and its function; a training that is under way is stopped."""
    session.sql(f"drop model {_checked(name)}")


_STOP = "it goes on and costs until it ends: follow it again, or `drop model {}`"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ModelError(f"{name!r} is not a name for a model or its function")
    return name
