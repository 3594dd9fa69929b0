"""How a table's columns became features: remembered, so that every later row is encoded alike, here and in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rsnb.errors import ModelError, similar
from rsnb.literals import quote_identifier
from rsnb.ml import columns
from rsnb.ml.bands import bands
from rsnb.ml.columns import NONE, Category, Column, Number, Ordinal, kind_of
from rsnb.ml.profile import Profile, of_frame
from rsnb.ml.target import Target

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

VERSION = 1


@dataclass(frozen=True)
class Policies:
    """How columns are encoded. A value that is a mapping holds for the columns that it names.

    standardise: numbers less their mean, divided by their standard deviation over the training rows.
    leave_out: a category's most frequent level has no column. rare: categories below this count (a whole
    number) or share of the rows are merged. unseen: categories that training did not have are `other`,
    `zero` (in all columns) or `error`. nulls: `indicate` (a category's own level; a number's mean, with a
    column that says so), `fill` (0 in all columns; the mean) or `error`. buckets: a number's edges.
    bands: texts such as `[70-80)` are ordered buckets.
    """

    standardise: bool | Mapping[str, bool] = False
    leave_out: bool | Mapping[str, bool] = True
    rare: float | Mapping[str, float] = 0.01
    unseen: str | Mapping[str, str] = "other"
    nulls: str | Mapping[str, str] = "indicate"
    buckets: Mapping[str, Sequence[float]] | None = None
    bands: bool | Mapping[str, bool] = True

    def __post_init__(self) -> None:
        for policy, allowed in _CHOICES.items():
            given = getattr(self, policy)
            for value in given.values() if isinstance(given, Mapping) else [given]:
                if value not in allowed:
                    raise ModelError(f"the policy {policy} is {value!r}", hint=f"it is one of {', '.join(allowed)}")
        for column, edges in (self.buckets or {}).items():
            if not len(edges) or not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
                raise ModelError(f"the edges of {column} do not rise: {list(edges)}")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Policies:
        """Policies by name; ModelError for one that does not exist."""
        known = [f.name for f in fields(cls)]
        for name in given:
            if name not in known:
                raise ModelError(f"there is no policy {name}", hint=similar(name, known))
        return cls(**given)

    def get(self, policy: str, column: str) -> Any:
        """The policy's value for a column."""
        given = getattr(self, policy)
        return given.get(column, _DEFAULTS[policy]) if isinstance(given, Mapping) else given


_CHOICES = {"unseen": ("other", "zero", "error"), "nulls": ("indicate", "fill", "error")}
_DEFAULTS = {f.name: f.default for f in fields(Policies)}


@dataclass(frozen=True)
class Encoding:
    """The rule of every feature column, and the target's.

    ignored: columns that the table had beside these: they may be there when rows are encoded. keys: those of
    them that tell rows apart.
    """

    columns: tuple[Column, ...]
    target: Target | None = None
    ignored: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls,
        profiles: Sequence[Profile],
        policies: Policies,
        target: Target | None = None,
        ignored: Sequence[str] = (),
        keys: Sequence[str] = (),
    ) -> Encoding:
        """The encoding that training rows lead to; profiles: of those rows' feature columns."""
        for name in policies.buckets or {}:
            if not any(p.name == name and p.kind == columns.NUMBER for p in profiles):
                raise ModelError(f"buckets are given for {name}, which is not a feature that is a number")
        found = [column for p in profiles if (column := _rule(p, policies)).names]
        if not found:
            raise ModelError("no feature is left to learn from")
        return cls(tuple(found), target, tuple(ignored), tuple(keys))

    @classmethod
    def of(cls, frame: pd.DataFrame, names: Sequence[str] | None = None, **policies: Any) -> Encoding:
        """The encoding that a frame's columns lead to, all of them by default."""
        chosen = [str(c) for c in frame.columns] if names is None else list(names)
        return cls.fit([of_frame(frame[name]) for name in chosen], Policies.of(policies))

    @property
    def names(self) -> tuple[str, ...]:
        """The d encoded columns, such as `age` and `insulin=Up`."""
        return tuple(name for column in self.columns for name in column.names)

    @property
    def sources(self) -> tuple[str, ...]:
        """For each encoded column the column of the table that it comes from."""
        return tuple(column.name for column in self.columns for _ in column.names)

    @property
    def full(self) -> Encoding:
        """The same with a column for every level, also for those that are left out."""
        return replace(self, columns=tuple(c.full if isinstance(c, Category) else c for c in self.columns))

    def encode(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """(n, d) float64, finite; the frame's columns are found by name, in any order.

        Raises ModelError for columns that are missing or of another type, and for values that a policy refuses.
        """
        self._check(frame)
        return np.ascontiguousarray(np.hstack([column.encode(frame[column.name]) for column in self.columns]))

    def expressions(self) -> list[str]:
        """The same features as Redshift SQL, in the order of `names`: each a float8 of the same value."""
        return [expression for column in self.columns for expression in column.expressions()]

    def check(self, frame: pd.DataFrame) -> None:
        """Raise ModelError that lists a frame's columns that are missing, of another type, or not known."""
        known = {c.name for c in self.columns} | set(self.ignored) | {self.target.name if self.target else ""}
        self._check(frame, [str(name) for name in frame.columns if str(name) not in known])

    def _check(self, frame: pd.DataFrame, strange: Sequence[str] = ()) -> None:
        given, used = [str(c) for c in frame.columns], {c.name for c in self.columns}
        for name in used:
            if given.count(name) > 1:
                raise ModelError(f"the column {name} is there twice")
        self.check_kinds({name: kind_of(frame[name]) for name in given if name in used}, strange)

    def check_kinds(self, kinds: Mapping[str, str], strange: Sequence[str] = ()) -> None:
        """As `check`, of a table whose columns are of these kinds. strange: columns that should not be there."""
        wrong = [f"{c.name} is missing" for c in self.columns if c.name not in kinds]
        wrong += [
            f"{c.name} is of type {kinds[c.name]}, it was {c.kind}"
            for c in self.columns
            if kinds.get(c.name, NONE) not in (c.kind, NONE)
        ]
        wrong += [f"{name} was not there in training" for name in strange]
        if wrong:
            raise ModelError(
                f"the columns are not those of the training: {'; '.join(wrong)}",
                hint=f"the features are {', '.join(c.name for c in self.columns)}",
            )

    def select(self, extra: Sequence[str] = ()) -> str:
        """The features as a SELECT list: the names quoted, after any other expressions."""
        named = zip(self.expressions(), self.names, strict=True)
        return ", ".join([*extra, *(f"{e} as {quote_identifier(n)}" for e, n in named)])

    def to_dict(self) -> dict[str, Any]:
        """The encoding as JSON holds it."""
        return {
            "version": VERSION,
            "columns": [columns.to_dict(c) for c in self.columns],
            "target": self.target.to_dict() if self.target else None,
            "ignored": list(self.ignored),
            "keys": list(self.keys),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Encoding:
        """The encoding that `to_dict` gave; ModelError when another version wrote it."""
        if given.get("version") != VERSION:
            raise ModelError(
                f"the encoding is of version {given.get('version')}, this is version {VERSION}",
                hint="train the model again",
            )
        target = Target.from_dict(given["target"]) if given["target"] else None
        return cls(
            tuple(map(columns.from_dict, given["columns"])), target, tuple(given["ignored"]), tuple(given["keys"])
        )


def _rule(profile: Profile, policies: Policies) -> Column:
    """The rule that a column's training rows lead to."""
    nulls = policies.get("nulls", profile.name)
    if profile.nulls and nulls == "error":
        raise ModelError(
            f"the column {profile.name} has {profile.nulls:,} rows with NULL, which its policy refuses",
            hint="leave those rows out, or choose another policy for nulls",
        )
    indicator = nulls == "indicate" and profile.nulls > 0
    if profile.kind != columns.TEXT:
        return _number(profile, policies, refuse=nulls == "error", indicator=indicator)
    if policies.get("bands", profile.name) and (ordered := bands(list(profile.levels))):
        counts = np.array([profile.levels[band] for band in ordered], dtype=np.float64)
        mean = float(counts @ np.arange(len(ordered)) / counts.sum())
        return Ordinal(profile.name, bands=ordered, fill=None if nulls == "error" else mean, indicator=indicator)
    return _category(profile, policies, nulls, indicator)


def _number(profile: Profile, policies: Policies, *, refuse: bool, indicator: bool) -> Number | Ordinal:
    edges = tuple(float(e) for e in (policies.buckets or {}).get(profile.name, ()))
    if edges:
        place = float(np.searchsorted(edges, profile.mean, side="right"))
        return Ordinal(profile.name, edges, fill=None if refuse else place, indicator=indicator)
    scaled = policies.get("standardise", profile.name) and profile.deviation > 0
    return Number(
        profile.name,
        boolean=profile.kind == columns.BOOLEAN,
        mean=profile.mean if scaled else 0.0,
        scale=profile.deviation if scaled else 1.0,
        fill=None if refuse else profile.mean,
        indicator=indicator,
    )


def _category(profile: Profile, policies: Policies, nulls: str, missing: bool) -> Category:
    rare, unseen = policies.get("rare", profile.name), policies.get("unseen", profile.name)
    least = rare if isinstance(rare, int) else rare * profile.rows
    kept = [level for level, count in profile.levels.items() if count >= least]
    merged = [level for level in profile.levels if level not in set(kept)]
    first = kept[0] if kept and policies.get("leave_out", profile.name) else None
    return Category(
        profile.name,
        levels=tuple(sorted(level for level in kept if level != first)),
        left_out=first,
        other=bool(merged) or profile.more,
        missing=missing,
        merged=() if unseen == "other" else tuple(merged),
        unseen=unseen,
        nulls={"indicate": "level", "fill": "zero", "error": "error"}[nulls],
    )
