"""What is known of a column before it is encoded, from a frame or by SQL aggregates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier
from rsnb.ml.columns import BOOLEAN, NONE, NUMBER, TEXT, TIME, floats, kind_of, texts

if TYPE_CHECKING:
    import pandas as pd

LEVELS = 1000  # the most frequent texts are listed, the others are rare

_KINDS = {
    "smallint": NUMBER, "integer": NUMBER, "bigint": NUMBER, "numeric": NUMBER, "real": NUMBER,
    "double precision": NUMBER, "boolean": BOOLEAN, "character varying": TEXT, "character": TEXT, "date": TIME,
    "timestamp without time zone": TIME, "timestamp with time zone": TIME,
}  # fmt: skip
WHOLE = ("smallint", "integer", "bigint")


def kind_of_type(name: str) -> str:
    """The kind of a Redshift type such as `numeric(8,2)`; its own name where it can't be a feature."""
    bare = name.split("(")[0]
    return _KINDS.get(bare, bare)


@dataclass(frozen=True)
class Profile:
    """A column over some rows.

    mean, deviation (of the population), low, high: of a number, or of a boolean as 0 and 1; NaN without rows.
    distinct: of texts and whole numbers, else None. levels: counts of the texts, most frequent first; more:
    there are others.
    """

    name: str
    kind: str
    rows: int
    nulls: int
    distinct: int | None = None
    mean: float = np.nan
    deviation: float = np.nan
    low: float = np.nan
    high: float = np.nan
    levels: Mapping[str, int] = field(default_factory=dict)
    more: bool = False

    @property
    def constant(self) -> bool:
        """Whether all rows have the same value, or NULL."""
        if self.nulls == self.rows:
            return True
        return self.nulls == 0 and (self.low == self.high if self.distinct is None else self.distinct == 1)

    @property
    def unique(self) -> bool:
        """Whether every row has a value of its own."""
        return self.nulls == 0 and self.distinct == self.rows > 1


def of_frame(values: pd.Series[Any]) -> Profile:
    """A frame column's profile; ModelError when it has infinite values."""
    kind, name = kind_of(values), str(values.name)
    nulls = int(values.isna().sum())
    if kind in (NUMBER, BOOLEAN):
        found = floats(values)
        found = found[~np.isnan(found)]
        nulls = len(values) - len(found)
        if not len(found):
            return Profile(name, kind, len(values), nulls, distinct=0)
        whole = kind == NUMBER and bool((found == np.floor(found)).all())
        distinct = len(np.unique(found)) if whole else None
        low, high = float(found.min()), float(found.max())
        return Profile(name, kind, len(values), nulls, distinct, float(found.mean()), float(found.std()), low, high)
    if kind == TEXT:
        return of_levels(name, len(values), nulls, Counter(v for v in texts(values) if v is not None))
    return Profile(name, kind, len(values), nulls, distinct=0 if kind == NONE else None)


def of_levels(name: str, rows: int, nulls: int, counts: Mapping[str, int], distinct: int | None = None) -> Profile:
    """A text column's profile from the counts of its levels, or of the most frequent of them."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:LEVELS]
    known = len(counts) if distinct is None else distinct
    return Profile(name, TEXT, rows, nulls, known, levels=dict(ordered), more=known > len(ordered))


def aggregates(name: str, kind: str, *, whole: bool) -> list[str]:
    """The aggregates that `of_aggregates` reads: count, distinct, mean, deviation, low, high."""
    column = quote_identifier(name)
    counted = f"count({column})"
    if kind == TEXT:
        return [counted, f"count(distinct rtrim({column}, ' '))"]
    if kind not in (NUMBER, BOOLEAN):
        return [counted]
    value = f"case when {column} then 1 when not {column} then 0 end" if kind == BOOLEAN else column
    value = f"cast({value} as float8)"
    distinct = [f"count(distinct {column})"] if whole else []
    return [counted, *(f"{f}({value})" for f in ("avg", "stddev_pop", "min", "max")), *distinct]


def of_aggregates(name: str, kind: str, rows: int, values: list[Any]) -> Profile:
    """The profile of a column from the values of its `aggregates`; ModelError when it has infinite values."""
    nulls = rows - int(values[0])
    if kind == TEXT:
        return Profile(name, kind, rows, nulls, int(values[1]))
    if kind not in (NUMBER, BOOLEAN):
        return Profile(name, kind, rows, nulls)
    mean, deviation, low, high = (np.nan if v is None else float(v) for v in values[1:5])
    if nulls < rows and not np.isfinite([mean, low, high]).all():
        raise ModelError(
            f"the column {name} has values that are infinite or not a number",
            hint="leave those rows out, or make the values NULL",
        )
    return Profile(name, kind, rows, nulls, int(values[5]) if len(values) > 5 else None, mean, deviation, low, high)
