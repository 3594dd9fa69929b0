"""How a spatial function is computed.

A function works either on whole columns (`vector`: shapely's geometries and numpy's numbers in arrays) or on one row
after another (`each`: Shapes and Python's values). It is NULL where an argument is NULL, unless its entry says else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Work = Callable[..., Any]


class Routine(NamedTuple):
    """What computes a function.

    columns: whether the work takes whole columns. nulls: `null`, the result when an argument is NULL; `error`; or
    `given`, the work sees the NULLs.
    """

    work: Work
    columns: bool
    nulls: str = "null"


def vector(work: Work, nulls: str = "null") -> Routine:
    """A routine over whole columns."""
    return Routine(work, True, nulls)


def each(work: Work, nulls: str = "null") -> Routine:
    """A routine over one row after another."""
    return Routine(work, False, nulls)
