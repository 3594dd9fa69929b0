"""The sums over a feature table's rows that a linear model is fitted from, computed inside the warehouse.

Every statement gives one row of aggregates: no row of the table leaves the engine. Features are centred by
their means before they are multiplied, so that no digits are lost to a large mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rsnb.errors import ModelError
from rsnb.literals import quote_identifier
from rsnb.ml.columns import number
from rsnb.ml.features import FeatureTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

AT_ONCE = 1500  # sums in one SELECT: Redshift allows 1,600 columns
CLAMP = 500  # beyond this exp would overflow or underflow; the probability is 0 or 1 to float64 long before


@dataclass(frozen=True)
class Moments:
    """rows, the sum of their weights, the weighted means of the d features and of the target."""

    rows: int
    weight: float
    x: Vector
    y: float


@dataclass(frozen=True)
class Products:
    """Weighted sums of products of the centred features d and target e: xx (d, d), xy (d,), yy."""

    xx: Vector
    xy: Vector
    yy: float


@dataclass(frozen=True)
class Curvature:
    """Of the logistic loss at a point: its sum, gradient (d + 1,) and Hessian (d + 1, d + 1); the bias is last."""

    loss: float
    gradient: Vector
    hessian: Vector


class Rows:
    """The encoded rows of a part: x0, x1 ..., y and, with weights, w.

    positive: what the weight is multiplied by for y = 1. count_weights: a weight column is taken into account.
    """

    def __init__(self, features: FeatureTable, part: str, positive: float = 1.0, *, count_weights: bool = True) -> None:
        source = features.warehouse("a fit in the warehouse")
        self._session = source.session
        self.names = features.names
        y, weight = features.target.expression(), features.roles.weight if count_weights else None
        self.weighted = weight is not None or positive != 1.0
        columns = [f"{e} as x{i}" for i, e in enumerate(features.encoding.expressions())]
        columns.append(f"{y} as y")
        if self.weighted:
            w = f"cast({quote_identifier(weight)} as float8)" if weight else number(1.0)
            columns.append(f"{w} * case when {y} = 1 then {number(positive)} else {number(1.0)} end as w")
        self._base = f"select {', '.join(columns)} from {source.source(part)}"
        self._index = range(len(self.names))
        self._keep = ["y", *(["w"] if self.weighted else [])]

    @property
    def wide(self) -> bool:
        """Whether all products of two features are more than one statement's."""
        return len(self.names) * (len(self.names) + 1) // 2 > AT_ONCE

    def moments(self) -> Moments:
        """Means, in one pass. Raises ModelError for NULL, infinite values, and an empty part."""
        w = "w" if self.weighted else "1.0"
        sums = [f"count(x{i})" for i in self._index]
        sums += [f"sum({self._times(f'x{i}')})" for i in self._index]
        found = self._sums(["count(*)", f"sum(cast({w} as float8))", f"sum({self._times('y')})", *sums], self._base)
        if not found[0]:
            raise ModelError("there is no row to learn from")
        counts, totals = found[3 : 3 + len(self.names)], found[3 + len(self.names) :]
        for name, count, total in zip(self.names, counts, totals, strict=True):
            if count < found[0] or not np.isfinite(total):
                reason = "NULL, which its policy refuses" if count < found[0] else "infinite or not a number"
                raise ModelError(f"the feature {name} has values that are {reason}", hint="leave those rows out")
        return Moments(int(found[0]), float(found[1]), totals / found[1], float(found[2] / found[1]))

    def products(self, moments: Moments) -> Products:
        """The centred sums of products, in one pass."""
        layer = self._weigh(f"{self._centred(moments)}, y - {number(moments.y)} as e", self._base)
        pairs = [f"sum(v{i} * d{j})" for i in self._index for j in self._index[i:]]
        e = "e * e * w" if self.weighted else "e * e"
        found = self._sums([*pairs, *(f"sum(v{i} * e)" for i in self._index), f"sum({e})"], layer)
        d = len(self.names)
        return Products(_symmetric(found[: len(pairs)], d), found[len(pairs) : len(pairs) + d], float(found[-1]))

    def curvature(self, moments: Moments, weights: Vector, bias: float, *, squares: bool = False) -> Curvature:
        """The logistic loss and its derivatives at weights (d,) of the centred features, in one pass.

        squares: in place of the Hessian the sum of the squared gradients of the rows.
        """
        h = "r * r" if squares else "h"
        layer = self._logistic(f"select {self._centred(moments)} from ({self._base}) as a", weights, bias)
        kept = ", ".join([*(f"d{i}, {h} * d{i} as v{i}" for i in self._index), f"r, {h} as h, loss"])
        layer = f"select {kept} from ({layer}) as f"
        pairs = [f"sum(v{i} * d{j})" for i in self._index for j in self._index[i:]]
        edge = [f"sum(v{i})" for i in self._index]
        slopes = [f"sum(r * d{i})" for i in self._index]
        found = self._sums(["sum(loss)", "sum(h)", "sum(r)", *edge, *slopes, *pairs], layer)
        d = len(self.names)
        hessian = np.empty((d + 1, d + 1))
        hessian[:d, :d] = _symmetric(found[3 + 2 * d :], d)
        hessian[d, :d] = hessian[:d, d] = found[3 : 3 + d]
        hessian[d, d] = found[1]
        return Curvature(float(found[0]), np.append(found[3 + d : 3 + 2 * d], found[2]), hessian)

    def slope(self, moments: Moments, weights: Vector, bias: float) -> tuple[float, Vector]:
        """The loss and its gradient, as of `curvature`; a statement of d sums, not of d * d / 2."""
        layer = self._logistic(f"select {self._centred(moments)} from ({self._base}) as a", weights, bias)
        slopes = [f"sum(r * d{i})" for i in self._index]
        found = self._sums(["sum(loss)", *slopes, "sum(r)"], layer)
        return float(found[0]), found[1:]

    def scores(self, weights: Vector, bias: float, low: float, high: float, buckets: int) -> Vector:
        """Weighted counts (2, buckets + 2) of negative and positive rows by score, in one row of SQL.

        The buckets between `low` and `high` are of equal width; the first is for scores below them, the last for
        those above. weights: (d,) in the units of the encoded columns.
        """
        eta = _linear([f"x{i}" for i in self._index], weights, bias)
        layer = f"select {', '.join(self._keep)}, {eta} as eta from ({self._base}) as a"
        layer = f"select {', '.join(self._keep)}, eta, {_DECAY} as t from ({layer}) as b"
        place = f"floor(({_PROBABILITY} - {number(low)}) * {number(buckets / (high - low))})"
        bucket = f"cast(greatest(-1, least({buckets}, {place})) as integer) as bucket"
        layer = f"select {', '.join(self._keep)}, {bucket} from ({layer}) as c"
        one = "w" if self.weighted else "cast(1 as float8)"
        counted = f"sum({one}) as n, sum({one} * y) as p"
        layer = f"select bucket, {counted} from ({layer}) as d group by bucket"
        span = range(-1, buckets + 1)
        found = self._sums([f"sum(case when bucket = {b} then {v} end)" for v in ("n", "p") for b in span], layer)
        counts, positive = np.nan_to_num(found).reshape(2, buckets + 2)
        return np.stack([counts - positive, positive])

    def _times(self, value: str) -> str:
        return f"{value} * w" if self.weighted else value

    def _centred(self, moments: Moments) -> str:
        return ", ".join([*(f"x{i} - {number(m)} as d{i}" for i, m in enumerate(moments.x)), *self._keep])

    def _weigh(self, select: str, source: str) -> str:
        """The products of a feature and its weight beside the features."""
        columns = ", ".join([*(f"d{i}, {self._times(f'd{i}')} as v{i}" for i in self._index), *self._keep, "e"])
        return f"select {columns} from (select {select} from ({source}) as a) as b"

    def _logistic(self, centred: str, weights: Vector, bias: float) -> str:
        """Layers over the centred features: residual r, second derivative h, loss; all times the row's weight."""
        d, kept = ", ".join(f"d{i}" for i in self._index), ", ".join(self._keep)
        eta = _linear([f"d{i}" for i in self._index], weights, bias)
        layer = f"select {d}, {kept}, {eta} as eta from ({centred}) as b"
        layer = f"select {d}, {kept}, eta, {_DECAY} as t from ({layer}) as c"
        parts = {
            "r": f"({_PROBABILITY} - y)",
            "h": "t / ((1 + t) * (1 + t))",
            "loss": "(ln(1 + t) + greatest(eta, cast(0 as float8)) - y * eta)",
        }
        return f"select {d}, {', '.join(f'{self._times(v)} as {k}' for k, v in parts.items())} from ({layer}) as e"

    def _sums(self, expressions: Sequence[str], source: str) -> Vector:
        """One row of aggregates, by as many statements as a SELECT's limit asks for."""
        found: list[float] = []
        for start in range(0, len(expressions), AT_ONCE):
            some = ", ".join(f"{e} as s{i}" for i, e in enumerate(expressions[start : start + AT_ONCE]))
            table = self._session.sql(f"select {some} from ({source}) as g", max_rows=0).table
            found += [np.nan if (v := column[0].as_py()) is None else float(v) for column in table.columns]
        return np.array(found)


# exp of minus the distance from 0 never overflows; both probabilities follow from it
_DECAY = f"exp(-least(abs(eta), cast({CLAMP} as float8)))"
_PROBABILITY = "case when eta >= 0 then 1 / (1 + t) else t / (1 + t) end"


def _linear(columns: Sequence[str], weights: Vector, bias: float) -> str:
    used = [f"{number(w)} * {c}" for c, w in zip(columns, weights, strict=True) if w]
    return " + ".join([number(bias), *used])


def _symmetric(upper: Vector, d: int) -> Vector:
    """A (d, d) matrix from its upper triangle, row by row."""
    found = np.zeros((d, d))
    found[np.triu_indices(d)] = upper
    return found + np.triu(found, 1).T
