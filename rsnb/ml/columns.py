"""How one column of a table becomes numbers: in a frame, and by the same rule in Redshift SQL.

Texts are compared without their trailing blanks, as Redshift compares them (Developer Guide, "Character
types"). NaN in a frame is NULL. What a policy refuses raises in `encode` and is NULL in SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier, quote_literal

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MISSING, OTHER = "(missing)", "(other)"  # the levels of NULL, and of rare and unseen categories
NUMBER, BOOLEAN, TEXT, TIME, NONE = "number", "boolean", "text", "time", "none"  # kinds of a table's columns


def kind_of(values: pd.Series[Any]) -> str:
    """A frame column's kind: number, boolean, text, time, none (nothing but NULL), else its dtype's name."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(values.dtype):
        return BOOLEAN
    if pd.api.types.is_numeric_dtype(values.dtype):
        return NUMBER
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return TIME
    found = pd.api.types.infer_dtype(values, skipna=True)
    known = {"string": TEXT, "empty": NONE, "boolean": BOOLEAN, "integer": NUMBER, "floating": NUMBER,
             "decimal": NUMBER, "mixed-integer-float": NUMBER, "date": TIME, "datetime": TIME,
             "categorical": TEXT}  # fmt: skip
    return known.get(found, found)


def floats(values: pd.Series[Any]) -> NDArray[np.float64]:
    """(n,) float64; NULL is NaN. Raises ModelError when a value is infinite."""
    import pandas as pd

    if pd.api.types.is_object_dtype(values.dtype):
        found = np.array([np.nan if pd.isna(v) else float(v) for v in values], dtype=np.float64)
    else:
        found = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if infinite := int(np.isinf(found).sum()):
        raise ModelError(
            f"the column {values.name} has {infinite:,} infinite values",
            hint="leave those rows out, or make the values NULL",
        )
    return found


def texts(values: pd.Series[Any]) -> NDArray[np.object_]:
    """(n,) str without trailing blanks; NULL is None."""
    import pandas as pd

    found = values.astype(object).to_numpy()
    return np.array([None if pd.isna(v) else str(v).rstrip(" ") for v in found], dtype=object)


def literal(value: str, column: str) -> str:
    """A category as a SQL literal; ModelError for a text that SQL can't hold."""
    try:
        return quote_literal(value)
    except ValueError as exc:
        raise ModelError(f"a category of the column {column} can't be written in SQL: {exc}") from None


def number(value: float) -> str:
    """A float64 as a SQL literal of the same value."""
    return quote_literal(float(value))


def _stripped(name: str) -> str:
    return f"rtrim({quote_identifier(name)}, ' ')"


def _refused(name: str, rows: Any, what: str) -> None:
    if count := int(np.count_nonzero(rows)):
        raise ModelError(
            f"the column {name} has {count:,} rows with {what}, which its policy refuses",
            hint="leave those rows out, or choose another policy",
        )


@dataclass(frozen=True)
class Number:
    """A number, or a boolean as 0 and 1: (value - mean) / scale.

    fill: in place of NULL, None refuses it. indicator: a second column that is 1 where it was NULL.
    """

    name: str
    boolean: bool = False
    mean: float = 0.0
    scale: float = 1.0
    fill: float | None = None
    indicator: bool = False
    type: ClassVar[str] = "number"

    @property
    def kind(self) -> str:
        """The kind of column that it reads."""
        return BOOLEAN if self.boolean else NUMBER

    @property
    def names(self) -> list[str]:
        """The encoded columns."""
        return [self.name, f"{self.name}={MISSING}"] if self.indicator else [self.name]

    def encode(self, values: pd.Series[Any]) -> NDArray[np.float64]:
        """(n, 1) or, with the indicator, (n, 2)."""
        return _filled(self.name, floats(values), self.fill, self.indicator, self.mean, self.scale)

    def expressions(self) -> list[str]:
        """The same numbers as Redshift SQL, an expression for each encoded column."""
        column = quote_identifier(self.name)
        value = f"case when {column} then 1 when not {column} then 0 end" if self.boolean else column
        return _filled_sql(f"cast({value} as float8)", column, self.fill, self.indicator, self.mean, self.scale)


@dataclass(frozen=True)
class Ordinal:
    """Ordered buckets as 0, 1, 2 ...: of a number by `edges`, of a text by its place among `bands`.

    A value on an edge is in the bucket above it; a band that is not among them counts as NULL. fill, indicator: as
    of Number.
    """

    name: str
    edges: tuple[float, ...] = ()
    bands: tuple[str, ...] = ()
    fill: float | None = None
    indicator: bool = False
    type: ClassVar[str] = "ordinal"

    @property
    def kind(self) -> str:
        """The kind of column that it reads."""
        return TEXT if self.bands else NUMBER

    @property
    def names(self) -> list[str]:
        """The encoded columns."""
        return [self.name, f"{self.name}={MISSING}"] if self.indicator else [self.name]

    def bucket(self, values: pd.Series[Any]) -> NDArray[np.float64]:
        """(n,) the bucket's place; NaN where there is none."""
        if self.bands:
            place = {band: float(index) for index, band in enumerate(self.bands)}
            return np.array([place.get(v, np.nan) for v in texts(values)], dtype=np.float64)
        given = floats(values)
        return np.where(np.isnan(given), np.nan, np.searchsorted(self.edges, given, side="right"))

    def encode(self, values: pd.Series[Any]) -> NDArray[np.float64]:
        """(n, 1) or, with the indicator, (n, 2)."""
        return _filled(self.name, self.bucket(values), self.fill, self.indicator)

    def expressions(self) -> list[str]:
        """The same numbers as Redshift SQL, an expression for each encoded column."""
        column = quote_identifier(self.name)
        if self.bands:
            text = _stripped(self.name)
            cases = [f"when {text} = {literal(band, self.name)} then {i}" for i, band in enumerate(self.bands)]
        else:
            cases = [f"when {column} < {number(edge)} then {i}" for i, edge in enumerate(self.edges)]
            cases.append(f"when {column} is not null then {len(self.edges)}")
        value = f"cast(case {' '.join(cases)} end as float8)"
        return _filled_sql(value, value, self.fill, self.indicator)


@dataclass(frozen=True)
class Category:
    """A text as one column of 0 and 1 for each level.

    levels: those with a column of their own. left_out: the level without one, which the others are
    compared with. other: rare and unseen categories have a column. missing: NULL has one.
    merged: the rare categories, kept only where an unseen one is not to be taken for a rare one.
    unseen: `other`, `zero` (0 in all columns) or `error`. nulls: `level`, `zero` or `error`.
    """

    name: str
    levels: tuple[str, ...]
    left_out: str | None = None
    other: bool = False
    missing: bool = False
    merged: tuple[str, ...] = ()
    unseen: str = "other"
    nulls: str = "level"
    type: ClassVar[str] = "category"
    kind: ClassVar[str] = TEXT

    @property
    def names(self) -> list[str]:
        """The encoded columns."""
        return [f"{self.name}={level}" for level in self._columns]

    @property
    def full(self) -> Category:
        """The same with no level left out."""
        return replace(self, levels=tuple(self._known), left_out=None)

    @property
    def _columns(self) -> list[str]:
        extra = [OTHER] * self.other + [MISSING] * self.missing
        return [*self.levels, *extra]

    @property
    def _known(self) -> list[str]:
        return [*self.levels, *([] if self.left_out is None else [self.left_out])]

    def encode(self, values: pd.Series[Any]) -> NDArray[np.float64]:
        """(n, k) of 0 and 1, at most one 1 in a row."""
        given = texts(values)
        null = np.array([v is None for v in given], dtype=bool)
        known = set(self._known)
        strange = np.array([v is not None and v not in known for v in given], dtype=bool)
        rare = np.array([v in set(self.merged) for v in given], dtype=bool) if self.merged else strange & False
        if self.nulls == "error":
            _refused(self.name, null, "NULL")
        if self.unseen == "error":
            _refused(self.name, strange & ~rare, "a category that training did not have")
        found = [np.asarray(given == level, dtype=np.float64) for level in self.levels]
        if self.other:
            found.append(np.asarray(strange if self.unseen == "other" else rare, dtype=np.float64))
        if self.missing:
            found.append(np.asarray(null, dtype=np.float64))
        return np.column_stack(found) if found else np.zeros((len(given), 0))

    def expressions(self) -> list[str]:
        """The same numbers as Redshift SQL, an expression for each encoded column."""
        column, text = quote_identifier(self.name), _stripped(self.name)
        tests = [f"{text} = {literal(level, self.name)}" for level in self.levels]
        if self.other and self.unseen == "other":
            tests.append(f"not ({self._in(self._known)})" if self._known else f"{column} is not null")
        elif self.other:
            tests.append(self._in(self.merged))
        if self.missing:
            tests.append(f"{column} is null")
        refused = [f"{column} is null"] * (self.nulls == "error")
        if self.unseen == "error":
            refused.append(f"not ({self._in([*self._known, *self.merged])})")
        first = f"when {' or '.join(refused)} then null " if refused else ""
        return [f"cast(case {first}when {test} then 1 else 0 end as float8)" for test in tests]

    def _in(self, levels: Sequence[str]) -> str:
        return f"{_stripped(self.name)} in ({', '.join(literal(level, self.name) for level in levels)})"


def _filled(
    name: str, values: NDArray[np.float64], fill: float | None, indicator: bool, mean: float = 0, scale: float = 1
) -> NDArray[np.float64]:
    null = np.isnan(values)
    if fill is None:
        _refused(name, null, "NULL or a band that training did not have")
    else:
        values = np.where(null, fill, values)
    if (mean, scale) != (0, 1):
        values = (values - mean) / scale
    return np.column_stack([values, null.astype(np.float64)] if indicator else [values])


def _filled_sql(
    value: str, tested: str, fill: float | None, indicator: bool, mean: float = 0, scale: float = 1
) -> list[str]:
    filled = value if fill is None else f"coalesce({value}, {number(fill)})"
    if (mean, scale) != (0, 1):
        filled = f"({filled} - {number(mean)}) / {number(scale)}"
    return [filled, f"cast(case when {tested} is null then 1 else 0 end as float8)"] if indicator else [filled]


Column = Number | Ordinal | Category
_TYPES: dict[str, type[Number] | type[Ordinal] | type[Category]] = {c.type: c for c in (Number, Ordinal, Category)}


def to_dict(column: Column) -> dict[str, Any]:
    """A column's rule as JSON holds it."""
    return {"type": column.type, **asdict(column)}


def from_dict(given: dict[str, Any]) -> Column:
    """The rule that `to_dict` wrote."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items() if k != "type"}
    return _TYPES[given["type"]](**values)
