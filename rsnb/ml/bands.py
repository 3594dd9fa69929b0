"""Texts that are ordered buckets, such as age bands."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import numpy as np

_RANGE = re.compile(r"[\[(]?\s*(-?\d+(?:\.\d+)?)\s*(?:-|–|,|to)\s*(-?\d+(?:\.\d+)?)\s*[\])]?")
_BELOW = re.compile(r"(?:<=?|under|below)\s*(-?\d+(?:\.\d+)?)", re.IGNORECASE)
_ABOVE = re.compile(r"(?:>=?|over|above)\s*(-?\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*\+", re.IGNORECASE)


def bands(levels: Sequence[str]) -> tuple[str, ...]:
    """The levels in order if they all are bands such as `[70-80)`, `70 to 80`, `<10` or `90+`; else nothing.

    At least three of them are ranges of a lower and a higher number, and no two overlap.
    """
    places: dict[str, tuple[float, float]] = {}
    for level in levels:
        if match := _RANGE.fullmatch(level):
            places[level] = (float(match[1]), float(match[2]))
        elif match := _BELOW.fullmatch(level):
            places[level] = (-np.inf, float(match[1]))
        elif match := _ABOVE.fullmatch(level):
            places[level] = (float(match[1] or match[2]), np.inf)
        else:
            return ()
    ordered = sorted(places, key=places.__getitem__)
    ranges = [p for p in places.values() if np.isfinite(p).all()]
    rising = all(low < high for low, high in ranges)
    apart = all(places[a][1] <= places[b][0] for a, b in itertools.pairwise(ordered))
    return tuple(ordered) if len(ranges) >= 3 and rising and apart else ()
