"""Fewer points from many, always the same ones, so that a million rows stay a small figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUCKETS = 1200  # steps along a line: more than a chart has pixels across


def sample(count: int, limit: int, *extremes: NDArray[np.float64]) -> NDArray[np.intp]:
    """Positions of at most `limit` rows of `count`, in order, with each given column's lowest and highest."""
    import numpy as np

    if count <= limit:
        return np.arange(count)
    ends = [end(column) for column in extremes if not np.isnan(column).all() for end in (np.nanargmin, np.nanargmax)]
    drawn = np.random.default_rng(0).choice(count, limit - len(ends), replace=False)
    return np.union1d(drawn, np.array(ends, dtype=np.intp)).astype(np.intp)


def lowest_and_highest(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.intp]:
    """Positions, in order, of the lowest and highest y in each of BUCKETS equal steps of a sorted x.

    A step that holds nothing but NaN keeps one of them, so that a gap in the line stays a gap.
    """
    import numpy as np

    if len(x) <= 2 * BUCKETS:
        return np.arange(len(x))
    width = (x[-1] - x[0]) or 1.0
    bucket = np.minimum(((x - x[0]) / width * BUCKETS).astype(np.int64), BUCKETS - 1)
    known = np.flatnonzero(~np.isnan(y))
    order = known[np.lexsort((y[known], bucket[known]))]
    turns = np.flatnonzero(np.diff(bucket[order])) if len(order) else np.array([], dtype=np.intp)
    low = order[np.concatenate(([0], turns + 1))] if len(order) else order
    high = order[np.concatenate((turns, [len(order) - 1]))] if len(order) else order
    gaps = np.flatnonzero(~np.isin(bucket, bucket[known]))
    _, first = np.unique(bucket[gaps], return_index=True)
    ends = np.array([0, len(x) - 1])
    return np.unique(np.concatenate((low, high, gaps[first], ends))).astype(np.intp)
