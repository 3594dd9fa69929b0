"""ST_Simplify: fewer points, by the algorithm of Ramer, Douglas and Peucker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rsnb.warehouse.spatial.routine import each
from rsnb.warehouse.spatial.shapes import POLYGON, Coordinates, NotKnown, Shape


def simplify(shape: Shape, tolerance: float) -> Shape:
    """Each line and ring simplified in the plane; a negative tolerance is 0."""
    rings = [simpler(ring, max(tolerance, 0.0)) for ring in shape.rings]
    if shape.kind == POLYGON and any(len(ring) < 4 for ring in rings):
        raise NotKnown("of a polygon that the tolerance makes flat")
    return replace(shape, rings=rings, members=[simplify(m, tolerance) for m in shape.members], boxed=True)


def simpler(line: Coordinates, tolerance: float) -> Coordinates:
    """The points of a line that stay."""
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    pending = [(0, len(line) - 1)]
    while pending:
        start, end = pending.pop()
        if end - start < 2:
            continue
        far = _distances(line[start + 1 : end, :2], line[start, :2], line[end, :2])
        most = int(far.argmax())
        if far[most] > tolerance:
            middle = start + 1 + most
            keep[middle] = True
            pending += [(start, middle), (middle, end)]
    return line[keep]


def _distances(found: Coordinates, start: Coordinates, end: Coordinates) -> np.ndarray[Any, Any]:
    """The distances of points to a segment."""
    along = end - start
    size = along @ along
    share = np.clip((found - start) @ along / size, 0, 1) if size else np.zeros(len(found))
    return np.asarray(np.hypot(*(found - start - share[:, None] * along).T))


FUNCTIONS = {"st_simplify": each(simplify)}
