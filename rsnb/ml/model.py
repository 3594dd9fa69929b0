"""A trained linear model: scores for a frame, coefficients, SQL, and a file of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier
from rsnb.ml import coefficients, model_file, score_table, scoring
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.hyperparameters import BINARY, MULTICLASS, Value, loss_name
from rsnb.ml.losses import score as link
from rsnb.ml.metrics import Metric

if TYPE_CHECKING:
    import pandas as pd

    from rsnb.session import Session

Scorer = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64] | None]]


class Encodes(Protocol):
    """What a model needs of an encoding (rsnb.ml.encoding.Encoding)."""

    def encode(self, frame: pd.DataFrame) -> NDArray[np.float64]: ...
    def expressions(self) -> list[str]: ...
    def check(self, frame: pd.DataFrame) -> None: ...
    def to_dict(self) -> dict[str, Any]: ...


@dataclass
class Model:
    """A linear function with what is needed to use it.

    names, sources: of the d encoded columns. encoding: None where the examples came encoded: then the names
    are the columns. fitted: None where only the service knows the weights; `scorer` asks it then. metrics:
    of the test examples. provenance: where, when and from what it was trained, as texts and numbers.
    """

    predictor_type: str
    hyperparameters: dict[str, Value]
    names: tuple[str, ...]
    fitted: Fitted | None
    sources: tuple[str, ...] = ()
    encoding: Encodes | None = None
    metrics: dict[str, Metric] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    scorer: Scorer | None = field(default=None, repr=False, compare=False)

    @property
    def loss(self) -> str:
        """The loss that was minimised."""
        return loss_name(self.predictor_type, self.hyperparameters)

    @property
    def linear(self) -> Fitted:
        """The linear function; ModelError where its weights are not known here."""
        if self.fitted is None:
            raise ModelError(
                "the weights of this model are with the service that trained it",
                hint="deploy it and predict through its endpoint, or train with backend='local'",
            )
        return self.fitted

    def encode(self, rows: pd.DataFrame | Examples) -> NDArray[np.float64]:
        """(n, d) encoded columns of a frame or of examples, found by name; other columns are left alone.

        ModelError lists the columns that are missing or of another type; examples must have exactly the
        model's, in any order.
        """
        if isinstance(rows, Examples):
            return self._by_name(rows)
        return _numbers(rows, self.names) if self.encoding is None else self.encoding.encode(rows)

    def scores(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Scores (n,) or, multiclass, (n, k), and predicted labels (n,), None for a regressor."""
        if self.scorer is not None:
            found, labels = self.scorer(x)
            return (found if self.predictor_type == MULTICLASS else found.reshape(len(x))), labels
        fitted = self.linear
        found = link(self.loss, x @ fitted.weights + fitted.bias)
        if self.predictor_type == BINARY:
            return found, (found >= self.threshold).astype(np.float64)
        return found, found.argmax(axis=1).astype(np.float64) if self.predictor_type == MULTICLASS else None

    @property
    def threshold(self) -> float:
        """The score from which on a binary classifier says 1."""
        if self.linear.threshold is not None:
            return self.linear.threshold
        return 0.5 if self.loss == "logistic" else 0.0

    def predict(self, rows: pd.DataFrame | Examples) -> pd.DataFrame:
        """score, predicted_label for each row, with the frame's index.

        A regressor has no predicted_label. A multiclass score is that of the predicted class; score_0 and so
        on are those of all.
        """
        import pandas as pd

        score, label = self.scores(self.encode(rows))
        columns: dict[str, Any] = {"score": score if score.ndim == 1 else score.max(axis=1)}
        if label is not None:
            columns["predicted_label"] = label.astype(np.int64)
        if score.ndim == 2:
            columns |= {f"score_{i}": score[:, i] for i in range(score.shape[1])}
        return pd.DataFrame(columns, index=None if isinstance(rows, Examples) else rows.index)

    def coefficients(self) -> pd.DataFrame:
        """weight, standard_error, z, p, low, high of each encoded column and of the bias, with its source column.

        The errors are NaN where the estimate has no covariance, and for a column without weight. A multiclass
        model has one row for each class and column.
        """
        return coefficients.table(self.linear, self.names, self.sources or self.names)

    def to_sql(self) -> str | list[str]:
        """The score as a Redshift SQL expression over the table's columns; of a multiclass model one for each class.

        Equal to `predict` to 1e-9; NULL where a feature is NULL.
        """
        fitted, columns = self.linear, self._expressions()
        if self.predictor_type == MULTICLASS:
            return scoring.softmax(columns, fitted.weights, fitted.bias)
        z = scoring.linear(columns, fitted.weights[:, 0], float(fitted.bias[0]))
        return scoring.logistic(z) if self.loss == "logistic" else z

    def sql_columns(self) -> dict[str, str]:
        """The columns of `predict` as Redshift SQL expressions, by name."""
        score = self.to_sql()
        if isinstance(score, list):
            each = {f"score_{i}": expression for i, expression in enumerate(score)}
            return {"score": f"greatest({', '.join(score)})", "predicted_label": scoring.largest(score), **each}
        if self.predictor_type == BINARY:
            return {"score": score, "predicted_label": scoring.label(score, self.threshold)}
        return {"score": score}

    def score(self, session: Session, table: str, *, into: str, **options: Any) -> int:
        """Write the scores of a table's rows into a new table of the warehouse; see rsnb.ml.score_table.score."""
        return score_table.score(session, self, table, into=into, **options)

    def save(self, path: str | Path) -> Path:
        """Write the model as JSON, which `load_model` reads."""
        text = json.dumps(model_file.as_json({**vars(self), "fitted": self.linear}), indent=1, allow_nan=False)
        Path(path).write_text(text + "\n", encoding="utf-8")
        return Path(path)

    def check(self, features: Any) -> None:
        """ModelError that lists what is missing, extra or of another type in a frame, Examples or a feature table."""
        if not hasattr(features, "columns"):
            _same(self.names, list(features.names))
        elif self.encoding is not None:
            self.encoding.check(features)
        else:
            _same(self.names, [str(c) for c in features.columns])
            _numbers(features, self.names)

    def _expressions(self) -> list[str]:
        if self.encoding is not None:
            return self.encoding.expressions()
        return [f"cast({quote_identifier(name)} as float8)" for name in self.names]

    def _by_name(self, examples: Examples) -> NDArray[np.float64]:
        if examples.names == self.names:
            return examples.x
        _same(self.names, list(examples.names))
        place = {name: j for j, name in enumerate(examples.names)}
        return examples.x[:, [place[name] for name in self.names]]


def load_model(path: str | Path, features: Any = None) -> Model:
    """A model that `save` wrote; ModelError for another file, a newer version, or features that don't match.

    features: a frame, Examples or a feature table that the model is to be used with: it is checked at once.
    """
    try:
        given = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelError(f"{path} can't be read as a model: {exc}", hint="Model.save writes one") from exc
    model = Model(**model_file.from_json(given if isinstance(given, dict) else {}, str(path)))
    if features is not None:
        model.check(features)
    return model


def _same(wanted: Sequence[str], given: list[str]) -> None:
    """ModelError unless both have the same columns, in any order."""
    missing, extra = [n for n in wanted if n not in given], [n for n in given if n not in wanted]
    twice = sorted({n for n in given if given.count(n) > 1}) if len(set(given)) < len(given) else []
    faults = [f"{what}: {', '.join(n)}" for what, n in (("missing", missing), ("extra", extra), ("twice", twice)) if n]
    if faults:
        raise ModelError(f"the columns are not those of the training; {'; '.join(faults)}")


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    """The columns of these names as (n, d) finite numbers."""
    from pandas.api.types import is_numeric_dtype

    given = [str(c) for c in frame.columns]
    missing = [n for n in names if n not in given]
    retyped = [f"{n} is {frame[n].dtype}" for n in names if n in given and not is_numeric_dtype(frame[n].dtype)]
    if missing or retyped:
        faults = ([f"missing: {', '.join(missing)}"] if missing else []) + retyped
        raise ModelError(f"the columns are not those of the training; {'; '.join(faults)}", hint="all are numbers")
    x = frame[list(names)].to_numpy(np.float64, na_value=np.nan)
    if not np.isfinite(x).all():
        bad = [n for n, fine in zip(names, np.isfinite(x).all(axis=0), strict=True) if not fine]
        raise ModelError(f"{', '.join(bad)}: there are values that are NULL, NaN or infinite")
    return x
