"""Training, validation and test rows: drawn by a key's hash, so that Python and SQL draw the same ones.

A key's place is the first 8 hexadecimal digits of md5(key || '#' || seed), compared as text with the places
where the parts end. All rows of a key are in one part. By time, no row of a part is later than one of the next.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier, quote_literal
from rsnb.ml.columns import NONE, NUMBER, TEXT, TIME, floats, kind_of, texts

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

PARTS = ("train", "validation", "test")
DIGITS = 8
WAYS = ("group", "time", "random")


@dataclass(frozen=True)
class Split:
    """Shares of the rows (or groups); they add up to 1.

    by: `group`, `time` or `random`; left open, what the feature table has, in this order.
    """

    train: float = 0.7
    validation: float = 0.1
    test: float = 0.2
    by: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        shares = (self.train, self.validation, self.test)
        if min(shares) < 0 or self.train == 0 or abs(sum(shares) - 1) > 1e-9:
            raise ModelError(f"the parts {shares} of the split do not add up to 1, or leave nothing to train on")
        if self.by not in (None, *WAYS):
            raise ModelError(f"there is no split by {self.by}", hint=f"it is one of {', '.join(WAYS)}")

    @property
    def ends(self) -> tuple[float, float]:
        """Where the training and the validation part end, as shares."""
        return self.train, 1.0 if self.test == 0 else self.train + self.validation

    def described(self, column: str | None) -> str:
        """The way and the shares in words; column: that the split goes by, where there is one."""
        shares = zip(PARTS, (self.train, self.validation, self.test), strict=True)
        key = f" ({column})" if column else ""
        return f"split by {self.by}{key}: {', '.join(f'{part} {share:.0%}' for part, share in shares if share)}"


@dataclass(frozen=True)
class ByKey:
    """A split by the hash of a column: a group (all its rows stay together), or an identifier."""

    split: Split
    column: str
    kind: str

    def assign(self, frame: pd.DataFrame) -> NDArray[np.int8]:
        """(n,) the number of each row's part in PARTS."""
        import pandas as pd

        places, keys = pd.factorize(_keys(frame[self.column]))
        hashes = np.array([_digits(key, self.split.seed) for key in keys], dtype=object)
        found = np.zeros(len(keys), dtype=np.int8)
        for end in self._ends():
            found += np.array([end is not None and digits >= end for digits in hashes], dtype=np.int8)
        return found[places]

    def predicate(self, part: str) -> str:
        """The rows of a part as a SQL condition."""
        column = quote_identifier(self.column)
        text = f"rtrim({column}, ' ')" if self.kind == TEXT else f"cast(cast({column} as bigint) as varchar)"
        place = f"substring(md5(coalesce({text}, '') || '#{self.split.seed}'), 1, {DIGITS})"
        return _between(place, [None if end is None else f"'{end}'" for end in self._ends()], part)

    def _ends(self) -> list[str | None]:
        """The first place after the training and after the validation part; None after the last place."""
        ends = [round(share * 16**DIGITS) for share in self.split.ends]
        return [f"{end:0{DIGITS}x}" if end < 16**DIGITS else None for end in ends]


@dataclass(frozen=True)
class ByTime:
    """A split by a date, a timestamp or a number. cuts: the first moments after training and validation."""

    column: str
    cuts: tuple[Any, Any]

    def assign(self, frame: pd.DataFrame) -> NDArray[np.int8]:
        """(n,) the number of each row's part in PARTS."""
        found = np.zeros(len(frame), dtype=np.int8)
        for cut in self.cuts:
            if cut is not None:
                found += np.asarray(_moments(frame[self.column]) >= _comparable(cut), dtype=np.int8)
        return found

    def predicate(self, part: str) -> str:
        """The rows of a part as a SQL condition."""
        ends = [None if cut is None else quote_literal(cut) for cut in self.cuts]
        return _between(quote_identifier(self.column), ends, part)


@dataclass(frozen=True)
class ByRow:
    """A split of a frame whose rows have no key; a warehouse can't draw it."""

    split: Split

    def assign(self, frame: pd.DataFrame) -> NDArray[np.int8]:
        """(n,) the number of each row's part in PARTS: exact shares in a random order."""
        places = np.random.default_rng(self.split.seed).permutation(len(frame))
        ends = np.round(np.array(self.split.ends) * len(frame))
        return np.searchsorted(ends, places, side="right").astype(np.int8)

    def predicate(self, part: str) -> str:
        """Raise ModelError: SQL can't tell the rows of a part from the others."""
        raise ModelError(
            "a random split inside the warehouse needs a column that tells rows apart",
            hint="name an identifier or a group, whole numbers or texts",
        )


Drawn = ByKey | ByTime | ByRow


def cut_places(split: Split, rows: int) -> list[int | None]:
    """The places (from 0, in the order of time) of the first rows after training and validation."""
    places = [round(share * rows) for share in split.ends]
    return [place if place < rows else None for place in places]


def cuts_of(split: Split, values: pd.Series[Any]) -> tuple[Any, Any]:
    """The moments at those places; rows of the same moment go together, into the later part."""
    ordered = np.sort(_moments(values))
    first, second = (None if place is None else _plain(ordered[place]) for place in cut_places(split, len(ordered)))
    return first, second


def _keys(values: pd.Series[Any]) -> NDArray[np.object_]:
    """The keys as SQL casts them to text; NULL is empty, as in `predicate`."""
    kind = kind_of(values)
    if kind in (TEXT, NONE):
        return np.array(["" if v is None else v for v in texts(values)], dtype=object)
    if kind == NUMBER:
        found = floats(values)
        if (found[~np.isnan(found)] == np.floor(found[~np.isnan(found)])).all():
            return np.array(["" if v is None or v != v else str(int(v)) for v in values.astype(object).where(
                values.notna(), None)], dtype=object)  # fmt: skip
    raise ModelError(f"the key {values.name} of the split is neither a whole number nor a text")


def _digits(key: str, seed: int) -> str:
    return hashlib.md5(f"{key}#{seed}".encode(), usedforsecurity=False).hexdigest()[:DIGITS]


def _between(place: str, ends: list[str | None], part: str) -> str:
    first, second = ends
    if part == "train":
        return f"{place} < {first}" if first else "1 = 1"
    if part == "validation":
        bounds = [f"{place} >= {first}" if first else "1 = 0", *([f"{place} < {second}"] if second else [])]
        return "1 = 0" if first == second else " and ".join(bounds)
    return f"{place} >= {second}" if second else "1 = 0"


def _moments(values: pd.Series[Any]) -> NDArray[Any]:
    import pandas as pd

    if values.isna().any():
        raise ModelError(f"the time column {values.name} has {int(values.isna().sum()):,} rows with NULL")
    if kind_of(values) == NUMBER:
        return floats(values)
    if kind_of(values) == TIME:
        return pd.to_datetime(values, utc=True).to_numpy(dtype="datetime64[us]")
    raise ModelError(f"the time column {values.name} is of type {kind_of(values)}: it can't be ordered by time")


def _plain(moment: Any) -> Any:
    """A value of `_moments` as a Python number or datetime."""
    return moment.item()


def _comparable(cut: Any) -> Any:
    if isinstance(cut, datetime.datetime):
        return np.datetime64(cut.astimezone(datetime.UTC).replace(tzinfo=None) if cut.tzinfo else cut, "us")
    return np.datetime64(cut, "us") if isinstance(cut, datetime.date) else cut
