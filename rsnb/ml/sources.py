"""Where a feature table's rows are: in a frame, or in a warehouse, from which only aggregates are taken until
somebody asks for the rows. Both answer the same questions; rows whose target is NULL are left out of all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier
from rsnb.ml import profile
from rsnb.ml.columns import BOOLEAN, NUMBER, TEXT, kind_of, texts
from rsnb.ml.encoding import Encoding
from rsnb.ml.profile import Profile
from rsnb.ml.split import PARTS, ByKey, Drawn, Split, cut_places, cuts_of
from rsnb.ml.target import CLASSES, Label, Target
from rsnb.result import Result
from rsnb.session import Session
from rsnb.sql import split

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

AT_ONCE = 1000  # expressions in one SELECT: Redshift allows 1,600 columns


class Frame:
    """Rows of a pandas frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        if len(set(frame.columns)) < len(frame.columns):
            raise ModelError("two columns have the same name")
        self._all = frame.rename(columns=str).reset_index(drop=True)
        self.kinds = {str(name): kind_of(values) for name, values in self._all.items()}
        self.parts: NDArray[np.int8] = np.zeros(len(frame), dtype=np.int8)

    def keep(self, target: str) -> int:
        """Leave rows without a target out; how many those are."""
        kept = self._all[target].notna()
        dropped = int((~kept).sum())
        self._all = self._all[kept].reset_index(drop=True)
        self.parts = self.parts[: len(self._all)]
        return dropped

    def count(self) -> int:
        """The rows that have a target."""
        return len(self._all)

    def values(self, name: str) -> list[Label]:
        """A column's distinct values, CLASSES + 1 of them at most."""
        known = self._all[name].dropna()
        found = texts(known) if self.kinds[name] == TEXT else known.to_numpy()
        distinct = sorted(set(found.tolist()))[: CLASSES + 1]
        return [_label(v, self.kinds[name]) for v in distinct]

    def draw(self, drawn: Drawn) -> None:
        """Assign every row to a part."""
        self.parts = drawn.assign(self._all)

    def cuts(self, column: str, split: Split) -> tuple[Any, Any]:
        """The moments where the parts of a split by time end."""
        return cuts_of(split, self._all[column])

    def profiles(self, names: Sequence[str], part: str | None = None) -> list[Profile]:
        """The columns' profiles over a part, or over all rows."""
        chosen = self._all if part is None else self.frame(part, names)
        return [profile.of_frame(chosen[name]) for name in names]

    def frame(self, part: str, names: Sequence[str], limit: int = 0) -> pd.DataFrame:
        """A part's rows, at most `limit` of them."""
        rows: pd.DataFrame = self._all.loc[self.parts == PARTS.index(part), list(names)]
        return rows.iloc[:limit] if limit else rows

    def tally(self, target: Target) -> dict[str, NDArray[np.int64]]:
        """For each part its rows by class, in the order of the labels; all in one for a regressor."""
        classes = max(len(target.labels), 1)
        found = target.encode(self._all[target.name]).astype(np.int64) if target.labels else self.parts * 0
        return {part: np.bincount(found[self.parts == i], minlength=classes) for i, part in enumerate(PARTS)}

    def same(self, encoding: Encoding, target: Target) -> list[str]:
        """The encoded columns that equal the target, or its complement, in every training row."""
        rows = self.frame("train", [*(c.name for c in encoding.columns), target.name])
        x, y = encoding.encode(rows), target.encode(rows[target.name])
        equal = (x == y[:, None]).all(axis=0) | ((1 - x == y[:, None]).all(axis=0) & target.binary)
        return [source for source, is_ in zip(encoding.sources, equal, strict=True) if is_]


class Query:
    """Rows of a table or a query in a warehouse."""

    def __init__(self, session: Session, text: str) -> None:
        self.session = session
        self.relation = relation(text)
        self.types = self._sql(f"select * from {self.relation} limit 0").types
        self.kinds = {name: profile.kind_of_type(kind) for name, kind in self.types.items()}
        self._conditions: list[str] = []
        self._drawn: Drawn | None = None

    def keep(self, target: str) -> int:
        """Leave rows without a target out; how many those are."""
        column = quote_identifier(target)
        row = self.row([f"count(*) - count({column})"], "all")
        self._conditions.append(f"{column} is not null")
        return int(row[0])

    def count(self) -> int:
        """The rows that have a target."""
        return int(self.row(["count(*)"], "all")[0])

    def values(self, name: str) -> list[Label]:
        """A column's distinct values, CLASSES + 1 of them at most."""
        column, kind = quote_identifier(name), self.kinds[name]
        value = {TEXT: f"rtrim({column}, ' ')", NUMBER: f"cast({column} as float8)"}.get(kind, column)
        rows = self._sql(f"select distinct {value} as v from {self.source()} order by 1 limit {CLASSES + 1}")
        return [_label(v, kind) for v in rows.table.column(0).to_pylist()]

    def draw(self, drawn: Drawn) -> None:
        """Take this split from now on."""
        drawn.predicate("train")
        if isinstance(drawn, ByKey) and self.types[drawn.column] not in profile.WHOLE and drawn.kind != TEXT:
            raise ModelError(f"the key {drawn.column} of the split is neither a whole number nor a text")
        self._drawn = drawn

    def cuts(self, column: str, split: Split) -> tuple[Any, Any]:
        """The moments where the parts of a split by time end."""
        name = quote_identifier(column)
        nulls, rows = map(int, self.row([f"count(*) - count({name})", "count(*)"], "all"))
        if nulls:
            raise ModelError(f"the time column {column} has {nulls:,} rows with NULL")
        ordered = f"(select {name} as moment, row_number() over (order by {name}) as place from {self.source()}) as o"

        def at(place: int | None) -> Any:
            if place is None:
                return None
            return self._sql(f"select moment from {ordered} where place = {place + 1}").scalar()

        first, second = map(at, cut_places(split, rows))
        return first, second

    def profiles(self, names: Sequence[str], part: str | None = None) -> list[Profile]:
        """The columns' profiles over a part, or over all rows; levels of texts are read for a part only."""
        wanted = {n: profile.aggregates(n, self.kinds[n], whole=self.types[n] in profile.WHOLE) for n in names}
        rows, *values = self.row(["count(*)", *(a for some in wanted.values() for a in some)], part or "all")
        found = []
        for name, some in wanted.items():
            of, values = values[: len(some)], values[len(some) :]
            one = profile.of_aggregates(name, self.kinds[name], int(rows), of)
            found.append(self._with_levels(one, part) if part and one.kind == TEXT else one)
        return found

    def frame(self, part: str, names: Sequence[str], limit: int = 0) -> pd.DataFrame:
        """A part's rows, at most `limit` of them: they come into the notebook."""
        columns = ", ".join(map(quote_identifier, names))
        return self._sql(f"select {columns} from {self.source(part)}" + (f" limit {limit}" if limit else "")).df()

    def tally(self, target: Target) -> dict[str, NDArray[np.int64]]:
        """For each part its rows by class, in the order of the labels; all in one for a regressor."""
        y = target.expression()
        label = [f"sum(case when {y} = {i} then 1 else 0 end)" for i in range(len(target.labels))] or ["count(*)"]
        counts = {part: self.row(label, part) for part in PARTS}
        return {part: np.array([int(v or 0) for v in row], dtype=np.int64) for part, row in counts.items()}

    def same(self, encoding: Encoding, target: Target) -> list[str]:
        """The encoded columns that equal the target, or its complement, in every training row."""
        y = target.expression()
        signs = ["0"] * len(encoding.names)
        differ = [f"sum(case when {x} = {y} then 0 else 1 end)" for x in encoding.expressions()]
        if target.binary:
            signs += signs
            differ += [f"sum(case when 1 - {x} = {y} then 0 else 1 end)" for x in encoding.expressions()]
        counts = self.row(differ, "train")
        sources = encoding.sources * (2 if target.binary else 1)
        return [source for source, count in zip(sources, counts, strict=True) if count == 0]

    def source(self, part: str = "all") -> str:
        """The rows of a part, or all that have a target, for a FROM clause."""
        where = list(self._conditions)
        if part != "all" and self._drawn is not None:
            where.append(self._drawn.predicate(part))
        return self.relation + (f" where {' and '.join(where)}" if where else "")

    def row(self, expressions: Sequence[str], part: str) -> list[Any]:
        """One row of aggregates over a part, by as many statements as a SELECT's limit asks for."""
        found: list[Any] = []
        for start in range(0, len(expressions), AT_ONCE):
            some = [f"{e} as c{i}" for i, e in enumerate(expressions[start : start + AT_ONCE])]
            table = self._sql(f"select {', '.join(some)} from {self.source(part)}").table
            found += [column[0].as_py() for column in table.columns]
        return found

    def _with_levels(self, one: Profile, part: str) -> Profile:
        text = f"rtrim({quote_identifier(one.name)}, ' ')"
        counted = self._sql(
            f"select {text} as level, count(*) as n from {self.source(part)} group by 1 "
            f"order by 2 desc, 1 limit {profile.LEVELS + 1}"
        ).table.to_pydict()
        counts = {k: n for k, n in zip(counted["level"], counted["n"], strict=True) if k is not None}
        return profile.of_levels(one.name, one.rows, one.nulls, counts, one.distinct)

    def _sql(self, text: str) -> Result:
        return self.session.sql(text, max_rows=0)


Source = Frame | Query

_NAME = r'(?:[^\W\d][\w$]*|"(?:[^"]|"")+")'
TABLE = re.compile(rf"{_NAME}(?:\.{_NAME}){{0,2}}")


def relation(text: str) -> str:
    """A table's name as it is, a query in brackets, for a FROM clause; ModelError for several statements."""
    statements = split(text)
    if len(statements) != 1:
        raise ModelError(f"a feature table stands on one query or table, not on {len(statements)}")
    only = statements[0].text
    return f"{only} as source" if TABLE.fullmatch(only) else f"(\n{only}\n) as source"


def _label(value: Any, kind: str) -> Label:
    if kind == BOOLEAN:
        return bool(value)
    return float(value) if kind == NUMBER else str(value)
