"""A feature table: rows with roles, a split without leakage, and an encoding learnt from the training rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rsnb.errors import ModelError, similar
from rsnb.literals import quote_identifier, quote_literal
from rsnb.ml import roles
from rsnb.ml.card import LOOK_AT, Card, Used, suspects
from rsnb.ml.columns import BOOLEAN, NUMBER, TEXT, floats
from rsnb.ml.data import Examples
from rsnb.ml.encoding import Encoding, Policies
from rsnb.ml.roles import Declared, Roles
from rsnb.ml.sources import Frame, Query, Source
from rsnb.ml.split import PARTS, ByKey, ByRow, ByTime, Drawn, Split
from rsnb.ml.target import Target
from rsnb.result import Result
from rsnb.session import Session

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class FeatureTable:
    """Examples for a learner, from a result, a frame, or (session, query or table name).

    target, identifier, group, weight, time, features: columns; what is not given is found out (rsnb.ml.roles).
    split: shares and way (rsnb.ml.split). predictor_type: as of the learner, found from the target's values by
    default. positive: the label of a binary target that is 1. leakage: `refuse` or `warn` of a feature that
    equals the target. policies: of the encoding (rsnb.ml.encoding.Policies). Rows whose target is NULL are left
    out. From a session, only aggregates are read until a part's rows are asked for. Raises ModelError for a
    table that nothing can be learnt from.
    """

    def __init__(
        self,
        source: Any,
        *,
        target: str,
        identifier: str | None = None,
        group: str | None = None,
        features: Sequence[str] | None = None,
        weight: str | None = None,
        time: str | None = None,
        split: Split | None = None,
        predictor_type: str | None = None,
        positive: object = None,
        leakage: str = "refuse",
        **policies: Any,
    ) -> None:
        if leakage not in ("refuse", "warn"):
            raise ModelError(f"leakage is {leakage!r}", hint="it is refuse or warn")
        self.rows = _source(source)
        self.policies = Policies.of(policies)
        declared = Declared(target, identifier, group, weight, time, None if features is None else tuple(features))
        declared.check(self.rows.kinds)
        self.notes: list[str] = []
        self._leave_out_rows(target)
        kind, values = self.rows.kinds[target], self.rows.values(target)
        self.target = Target.choose(target, kind, values, predictor_type, positive)
        others = [name for name in self.rows.kinds if name != target]
        self.roles: Roles = roles.find(declared, self.rows.profiles(others))
        self.notes += self.roles.notes
        self.split = split or Split()
        self.drawn = self._draw()
        self.rows.draw(self.drawn)
        self.counts = self._counted()
        self._check_weights()
        self.encoding = self._encoded()
        self.same = self._same(leakage)

    @property
    def session(self) -> Session | None:
        """The session that the rows are in; None for those of a frame."""
        return self.rows.session if isinstance(self.rows, Query) else None

    @property
    def predictor_type(self) -> str:
        """What the learner is to predict: a number, one of two classes, or one of several."""
        return self.target.predictor_type

    @property
    def names(self) -> tuple[str, ...]:
        """The encoded columns."""
        return self.encoding.names

    @cached_property
    def train(self) -> Examples:
        """The training rows, encoded."""
        return self.part("train")

    @cached_property
    def validation(self) -> Examples | None:
        """The validation rows, encoded; None when the split leaves none."""
        return self.part("validation") if self.counts["validation"].sum() else None

    @cached_property
    def test(self) -> Examples | None:
        """The test rows, encoded; None when the split leaves none."""
        return self.part("test") if self.counts["test"].sum() else None

    def frame(self, part: str, limit: int = 0) -> pd.DataFrame:
        """A part's rows as they are, with the features, the target, and the other roles' columns."""
        others = (self.roles.identifier, self.roles.group, self.roles.weight, self.roles.time)
        names = [*self.roles.features, self.target.name, *dict.fromkeys(filter(None, others))]
        return self.rows.frame(_known(part), names, limit)

    def part(self, part: str, limit: int = 0) -> Examples:
        """A part's rows, encoded, at most `limit` of them."""
        frame = self.frame(part, limit)
        return Examples(
            self.encoding.encode(frame),
            self.target.encode(frame[self.target.name]),
            self.encoding.names,
            self.encoding.sources,
            floats(frame[self.roles.weight]) if self.roles.weight else None,
            frame[self.roles.group].to_numpy() if self.roles.group else None,
        )

    def card(self) -> Card:
        """What the table holds, as text and HTML: rows, classes, columns and why, missing values, leakage."""
        examples, rows = self.part("train", limit=LOOK_AT), int(self.counts["train"].sum())
        looked = [f"leakage was looked for in {len(examples):,} rows"] if len(examples) < rows else []
        return Card(
            f"{self.predictor_type} of {self.target.name}: {len(self.names)} encoded columns",
            tuple(map(str, self.target.labels)),
            {part: [int(n) for n in counts] for part, counts in self.counts.items() if counts.sum()},
            [Used(c.name, c.type, len(c.names), self.profiles[c.name].nulls) for c in self.encoding.columns],
            self.roles.dropped,
            suspects(examples, self.same),
            "AUC" if self.target.labels else "correlation",
            [self.split.described(getattr(self.drawn, "column", None)), *self.notes, *looked],
        )

    def query(self, part: str = "train") -> str:
        """The encoded rows of a part as a SELECT: the target, then the features.

        Raises ModelError for rows of a frame.
        """
        rows = self.warehouse("the encoded query")
        target = f"{self.target.expression()} as {quote_identifier(self.target.name)}"
        return f"select {self.encoding.select([target])} from {rows.source(_known(part))}"

    def unload_sql(self, address: str, iam_role: str = "default", part: str = "train") -> str:
        """The UNLOAD of a part to `s3://...` in the learner's CSV form: label first, no header.

        Source: Redshift Developer Guide, UNLOAD; SageMaker, "Common data formats for training".
        """
        if not address.startswith("s3://"):
            raise ModelError(f"UNLOAD writes to s3://bucket/prefix, not to {address!r}")
        role = "default" if iam_role == "default" else quote_literal(iam_role)
        return (
            f"unload ({quote_literal(self.query(part))})\nto {quote_literal(address)}\niam_role {role}\nformat as csv"
        )

    def warehouse(self, what: str) -> Query:
        """The rows in a warehouse; ModelError for those of a frame, which says that `what` needs a session."""
        if isinstance(self.rows, Query):
            return self.rows
        raise ModelError(
            f"{what} needs the rows in a warehouse, and this feature table was made from a frame",
            hint='make it from a session: FeatureTable((session, "select ..."), target=...)',
        )

    def _leave_out_rows(self, target: str) -> None:
        dropped = self.rows.keep(target)
        if not self.rows.count():
            raise ModelError("the table is empty" + (f": the target {target} is NULL in all rows" if dropped else ""))
        if dropped:
            self.notes.append(f"{dropped:,} rows whose target is NULL are left out")

    def _draw(self) -> Drawn:
        """The split, by what the table has."""
        found = {"group": self.roles.group, "time": self.roles.time}
        by = self.split.by or next((way for way, column in found.items() if column), "random")
        self.split = replace(self.split, by=by)
        if by == "random":
            key = self.roles.identifier
        elif not (key := found[by]):
            raise ModelError(f"a split by {by} needs a column for it", hint=f"name it: {by}=...")
        if by == "time":
            return ByTime(str(key), self.rows.cuts(str(key), self.split))
        if key:
            return ByKey(self.split, key, self.rows.kinds[key])
        return ByRow(self.split)

    def _counted(self) -> dict[str, NDArray[np.int64]]:
        counts = self.rows.tally(self.target)
        if not counts["train"].sum():
            raise ModelError("the split leaves no row to train on", hint="choose other shares, or another seed")
        if self.target.labels and np.count_nonzero(counts["train"]) < 2:
            raise ModelError("all training rows have one class", hint="choose another split")
        for part in PARTS[1:]:
            if self.target.labels and np.count_nonzero(counts[part]) == 1:
                only = self.target.labels[int(counts[part].argmax())]
                self.notes.append(f"all {int(counts[part].sum()):,} {part} rows have one class, {only!r}")
        return counts

    def _check_weights(self) -> None:
        if not self.roles.weight:
            return
        (one,) = self.rows.profiles([self.roles.weight])
        if one.kind != NUMBER or one.nulls or not one.low > 0:
            raise ModelError(f"the weight {one.name} is not a number above 0 in every row")

    def _encoded(self) -> Encoding:
        """The encoding by the training rows; columns that are constant in those are dropped."""
        kinds = (NUMBER, BOOLEAN, TEXT)
        profiles = self.rows.profiles([f for f in self.roles.features if self.rows.kinds[f] in kinds], "train")
        for one in profiles:
            if one.constant:
                dropped = {**self.roles.dropped, one.name: "constant in the training rows"}
                kept = tuple(f for f in self.roles.features if f != one.name)
                self.roles = replace(self.roles, features=kept, dropped=dropped)
        self.profiles = {p.name: p for p in profiles if not p.constant}
        ignored = [n for n in self.rows.kinds if n not in self.roles.features and n != self.target.name]
        keys = [key for key in (self.roles.identifier, self.roles.group) if key]
        return Encoding.fit(list(self.profiles.values()), self.policies, self.target, ignored, keys)

    def _same(self, leakage: str) -> list[str]:
        """The features that equal the target in every training row; ModelError unless a warning is enough."""
        found = list(dict.fromkeys(self.rows.same(self.encoding.full, self.target)))
        if found and leakage == "refuse":
            raise ModelError(
                f"the feature {found[0]} equals the target {self.target.name} in every training row",
                hint="it is known only when the target is: leave it out of the features, or say leakage='warn'",
            )
        return found


def _source(source: Any) -> Source:
    import pandas as pd

    if isinstance(source, Result):
        return Frame(source.df())
    if isinstance(source, pd.DataFrame):
        return Frame(source)
    if isinstance(source, tuple) and len(source) == 2 and isinstance(source[0], Session):
        return Query(source[0], str(source[1]))
    raise ModelError(
        f"a feature table can't be made from a {type(source).__name__}",
        hint="give a result, a frame, or (session, query or table name)",
    )


def _known(part: str) -> str:
    if part not in PARTS:
        raise ModelError(f"there is no part {part}", hint=similar(part, PARTS))
    return part
