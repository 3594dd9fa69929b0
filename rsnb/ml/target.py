"""What a model learns to predict: a number, or classes as 0 to k-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier
from rsnb.ml.columns import BOOLEAN, NUMBER, TEXT, floats, literal, number, texts

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Label = str | float | bool
BINARY, MULTICLASS, REGRESSOR = "binary_classifier", "multiclass_classifier", "regressor"
TYPES = (BINARY, MULTICLASS, REGRESSOR)
CLASSES = 1000  # more values of a target are no classes


@dataclass(frozen=True)
class Target:
    """The target column. labels: the classes in the order of their numbers; empty for a regressor."""

    name: str
    kind: str
    predictor_type: str
    labels: tuple[Label, ...] = ()

    @classmethod
    def choose(
        cls, name: str, kind: str, values: Sequence[Label], predictor_type: str | None, positive: object = None
    ) -> Target:
        """The target that a column's values make it: two are a binary one, more texts a multiclass one.

        values: the distinct values, the first of them if they are very many. positive: the label that is 1.
        Raises ModelError for a constant target, and where the values do not suit `predictor_type`.
        """
        if predictor_type not in (None, *TYPES):
            raise ModelError(f"there is no predictor type {predictor_type}", hint=f"it is one of {', '.join(TYPES)}")
        if kind not in (NUMBER, BOOLEAN, TEXT):
            raise ModelError(f"the target {name} is of type {kind}: it can't be predicted")
        if len(values) < 2:
            raise ModelError(f"the target {name} is constant: it is {values[0]!r} in every row" if values else
                             f"the target {name} has no value")  # fmt: skip
        chosen = predictor_type or (BINARY if len(values) == 2 else REGRESSOR if kind == NUMBER else MULTICLASS)
        if chosen == REGRESSOR:
            if kind == TEXT:
                raise ModelError(f"the target {name} is text: a regressor predicts a number")
            return cls(name, kind, chosen)
        return cls(name, kind, chosen, _ordered(name, sorted(values), chosen, positive))

    @property
    def binary(self) -> bool:
        """Whether it has two classes."""
        return self.predictor_type == BINARY

    def encode(self, values: pd.Series[Any]) -> NDArray[np.float64]:
        """(n,) float64: the number, or the class's; ModelError for NULL and for a label that is not known."""
        if not self.labels:
            found = floats(values)
        elif self.kind == TEXT:
            place = {label: float(index) for index, label in enumerate(self.labels)}
            found = np.array([place.get(v, np.nan) for v in texts(values)], dtype=np.float64)
        else:
            given = floats(values)
            found = np.full(len(given), np.nan)
            for index, label in enumerate(self.labels):
                found[given == float(label)] = index
        if count := int(np.isnan(found).sum()):
            raise ModelError(f"the target {self.name} has {count:,} rows with NULL or with a label that is not known")
        return found

    def expression(self) -> str:
        """The same number as Redshift SQL, a float8; NULL for a label that is not known."""
        column = quote_identifier(self.name)
        if self.kind == BOOLEAN and not self.labels:
            return f"cast(case when {column} then 1 when not {column} then 0 end as float8)"
        if not self.labels:
            return f"cast({column} as float8)"
        cases = [f"when {self._is(label)} then {index}" for index, label in enumerate(self.labels)]
        return f"cast(case {' '.join(cases)} end as float8)"

    def _is(self, label: Label) -> str:
        column = quote_identifier(self.name)
        if self.kind == BOOLEAN:
            return column if label else f"not {column}"
        if self.kind == TEXT:
            return f"rtrim({column}, ' ') = {literal(str(label), self.name)}"
        return f"cast({column} as float8) = {number(float(label))}"

    def to_dict(self) -> dict[str, Any]:
        """The target as JSON holds it."""
        return {"name": self.name, "kind": self.kind, "predictor_type": self.predictor_type,
                "labels": list(self.labels)}  # fmt: skip

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Target:
        """The target of what `to_dict` gave."""
        return cls(given["name"], given["kind"], given["predictor_type"], tuple(given["labels"]))


def _ordered(name: str, labels: list[Label], chosen: str, positive: object) -> tuple[Label, ...]:
    if len(labels) > CLASSES:
        raise ModelError(f"the target {name} has more than {CLASSES:,} values: they are no classes")
    if chosen == MULTICLASS:
        if len(labels) < 3:
            raise ModelError(f"the target {name} has two values: that is a binary classifier's")
        return tuple(labels)
    if len(labels) > 2:
        shown = ", ".join(repr(v) for v in labels[:5])
        raise ModelError(
            f"the target {name} has {len(labels):,} values ({shown} ...): a binary classifier's has two",
            hint="make it two in the query, or choose multiclass_classifier or regressor",
        )
    if positive is None:
        return tuple(labels)
    if positive not in labels:
        raise ModelError(f"the target {name} has no label {positive!r}", hint=f"it has {labels[0]!r} and {labels[1]!r}")
    return (labels[1 - labels.index(positive)], labels[labels.index(positive)])
