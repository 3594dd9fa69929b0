"""What each column of a feature table is for, declared or found out, and why a column is not a feature."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rsnb.errors import ModelError, similar
from rsnb.ml.columns import BOOLEAN, NONE, NUMBER, TEXT, TIME
from rsnb.ml.profile import Profile

NEARLY_UNIQUE = 0.5  # distinct texts by rows: above this a text says who, not what
_KEY = re.compile(r"(?:^|_)(?:id|key|nbr|number|no|uuid|guid)$|^id(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Declared:
    """The roles that the user gave."""

    target: str
    identifier: str | None = None
    group: str | None = None
    weight: str | None = None
    time: str | None = None
    features: tuple[str, ...] | None = None

    def check(self, kinds: Mapping[str, str]) -> None:
        """Raise ModelError for a column that is not there, and for one with two roles."""
        named = {r: c for r in ("target", "identifier", "group", "weight", "time") if (c := getattr(self, r))}
        for role, column in [*named.items(), *(("feature", f) for f in self.features or ())]:
            if column not in kinds:
                raise ModelError(f"there is no column {column} for the {role}", hint=similar(column, kinds))
        for role, column in named.items():
            if column in (self.features or ()):
                raise ModelError(f"the column {column} is the {role}: it can't be a feature too")
            if role != "target" and column == self.target:
                raise ModelError(f"the column {column} is the target: it can't be the {role} too")


@dataclass(frozen=True)
class Roles:
    """The columns by role. dropped: the columns without one, and why. notes: what was found out, for the card."""

    target: str
    features: tuple[str, ...]
    identifier: str | None = None
    group: str | None = None
    weight: str | None = None
    time: str | None = None
    dropped: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def find(declared: Declared, profiles: Sequence[Profile]) -> Roles:
    """The roles of all columns; profiles: of every column beside the target, over all rows.

    A unique column that is a text, or named as a key, is the identifier; a column named as a key that
    repeats in some rows is the group. Raises ModelError when a declared feature can't be one, and when none is left.
    """
    by_name = {p.name: p for p in profiles}
    identifier = declared.identifier or _first(by_name, declared, _identifies)
    group = declared.group or _first(by_name, declared, _groups, identifier)
    taken = {identifier: "the identifier", group: "the group", declared.weight: "the weight", declared.time: "the time"}
    features, dropped = [], {}
    for name, one in by_name.items():
        reason = taken.get(name) or _reason(one)
        if declared.features is not None and name not in declared.features:
            dropped[name] = taken.get(name) or "not declared as a feature"
        elif reason is None:
            features.append(name)
        elif declared.features is not None and not _bearable(one):
            raise ModelError(f"the column {name} can't be a feature: {reason}", hint="leave it out of the features")
        elif declared.features is not None:
            features.append(name)
        else:
            dropped[name] = reason
    if not features:
        why = "; ".join(f"{name}: {reason}" for name, reason in dropped.items())
        raise ModelError(f"no column is left to learn from ({why})" if why else "the table has no column to learn from")
    found = {"identifier": (declared.identifier, identifier), "group": (declared.group, group)}
    notes = tuple(f"{name} was taken for the {role}" for role, (given, name) in found.items() if name and not given)
    ordered = sorted(features, key=declared.features.index) if declared.features else features
    return Roles(declared.target, tuple(ordered), identifier, group, declared.weight, declared.time, dropped, notes)


def _first(by_name: Mapping[str, Profile], declared: Declared, test: object, *others: str | None) -> str | None:
    """The first column that nobody gave a role and that passes a test."""
    given = {declared.identifier, declared.group, declared.weight, declared.time, *(declared.features or ()), *others}
    return next((n for n, p in by_name.items() if n not in given and callable(test) and test(p)), None)


def _identifies(one: Profile) -> bool:
    return one.unique and one.kind in (TEXT, NUMBER) and (one.kind == TEXT or bool(_KEY.search(one.name)))


def _groups(one: Profile) -> bool:
    """Named as a key, with values for most rows of which some repeat."""
    often = one.distinct is not None and one.rows * 0.05 < one.distinct < one.rows
    return often and one.kind in (TEXT, NUMBER) and one.nulls == 0 and bool(_KEY.search(one.name))


def _reason(one: Profile) -> str | None:
    """Why a column is no feature; None for one that is."""
    if one.kind == TIME:
        return "a date or a time: make a number of it in the query"
    if one.kind == NONE or one.nulls == one.rows:
        return "it has no value"
    if one.kind not in (NUMBER, BOOLEAN, TEXT):
        return f"a value of type {one.kind} can't be encoded"
    if one.constant:
        return "constant"
    if one.unique and (one.kind == TEXT or _KEY.search(one.name)):
        return "unique: a value of its own in every row"
    if one.kind == TEXT and (one.distinct or 0) > NEARLY_UNIQUE * one.rows:
        return f"nearly unique: {one.distinct:,} values in {one.rows:,} rows"
    return None


def _bearable(one: Profile) -> bool:
    """Whether a column that would be dropped may be a feature when it is declared as one."""
    return one.kind in (NUMBER, BOOLEAN, TEXT) and not one.constant
