"""Rows of a Redshift query beside those of the same query run by DuckDB alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Rows = list[tuple[Any, ...]]


def same(ours: Rows, native: Rows) -> bool:
    """Whether the rows are equal, ties of ORDER BY and what Redshift cuts off apart."""
    if len(ours) != len(native):
        return False
    return _equal(ours, native) or _equal(sorted(ours, key=_rank), sorted(native, key=_rank))


def _equal(ours: Rows, native: Rows) -> bool:
    return all(all(map(_close, one, other)) for one, other in zip(ours, native, strict=True))


def _close(ours: Any, native: Any) -> bool:
    """What is cut off may differ: a decimal by one in its last place, a whole number from a fraction."""
    if ours is None or native is None:
        return ours is native
    if not isinstance(ours, (int, float, Decimal)):
        return str(ours).rstrip() == str(native).rstrip()
    unit = 0.0
    if isinstance(ours, Decimal):
        unit = 10.0 ** int(ours.as_tuple().exponent)
    elif isinstance(ours, int) and not float(native).is_integer():
        unit = 1.0
    return abs(float(ours) - float(native)) <= unit + 1e-9 * max(1.0, abs(float(native)))


def _rank(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(round(float(v))) if isinstance(v, (int, float, Decimal)) else str(v) for v in row)
