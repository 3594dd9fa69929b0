"""ST_Buffer: the points within a distance of a geometry, with round ends and round corners.

Redshift's circles start at an angle and step clockwise, adding up the steps, so that the last digits of their points
tell where they started. The pieces along each segment, around each end and each outer corner are made so, and united.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import atan2, ceil, cos, pi, sin, sqrt
from typing import Any

import shapely

from rsnb.warehouse.spatial.predicates import turn
from rsnb.warehouse.spatial.routine import each
from rsnb.warehouse.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    POINT,
    POLYGON,
    Coordinates,
    Fault,
    NotKnown,
    Shape,
    read,
    write,
)
from rsnb.warehouse.spatial.simplification import simpler

QUARTER = 8  # segments of a quarter circle
Point = tuple[float, float]


def buffer(shape: Shape, distance: float, quarter: int = QUARTER) -> Shape:
    """The buffer in the plane; quarter: the segments of a quarter circle."""
    if shape.kind == COLLECTION:
        raise Fault("takes no GEOMETRYCOLLECTION")
    if quarter < 1:
        raise NotKnown(f"with {quarter} segments for a quarter circle")
    if not distance > 0:
        raise NotKnown(f"with the distance {distance:g}")
    if shape.empty:
        raise NotKnown("of an empty geometry")
    flat = shape.with_dimensions(False, False)
    made = shapely.union_all([piece for part in flat.simple() for piece in _pieces(part, distance, 4 * quarter)])
    return replace(read(shapely.to_wkb(shapely.normalize(made))), srid=shape.srid)


def _pieces(part: Shape, distance: float, circle: int) -> Iterator[Any]:
    """The polygons that make up the buffer of a point, a linestring or a polygon."""
    if part.kind == POINT:
        for x, y in part.coordinates.tolist():
            yield shapely.Polygon(_arc((x, y), 0.0, 2 * pi / circle, circle, distance))
    elif part.kind == LINESTRING and part.rings:
        line = _points(part.coordinates, distance)
        yield from _along(line, distance, circle)
        yield from _along(line[::-1], distance, circle)
    elif part.kind == POLYGON and part.rings:
        yield shapely.from_wkb(write(part))
        for i, ring in enumerate(part.rings):
            outside = ring if turn(ring) == (1 if i else -1) else ring[::-1]  # what is to grow lies to the left
            yield from _along(_points(outside, distance), distance, circle, closed=True)


def _points(line: Coordinates, distance: float) -> list[Point]:
    return [(x, y) for x, y in simpler(line, distance / 1000).tolist()]


def _arc(center: Point, angle: float, step: float, count: int, distance: float) -> list[Point]:
    """Points around a centre, clockwise."""
    found = []
    for _ in range(count):
        found.append((center[0] + distance * cos(angle), center[1] + distance * sin(angle)))
        angle -= step
    return found


def _left(start: Point, end: Point, distance: float) -> tuple[Point, Point]:
    """A segment moved to its left."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    size = sqrt(dx * dx + dy * dy)
    px, py = distance * -dy / size, distance * dx / size
    return (start[0] + px, start[1] + py), (end[0] + px, end[1] + py)


def _along(line: list[Point], distance: float, circle: int, closed: bool = False) -> Iterator[Any]:
    """The pieces to the left of a line: beside each segment, around outer corners, and around its end."""
    segments = [(a, b) for a, b in pairwise(line) if a != b]
    sides = [_left(a, b, distance) for a, b in segments]
    for (a, b), (left_a, left_b) in zip(segments, sides, strict=True):
        yield shapely.Polygon([a, left_a, left_b, b])
    following = [*range(1, len(segments)), *([0] if closed else [])]
    for before, after in zip(range(len(segments)), following, strict=False):
        (a, b), (_, c) = segments[before], segments[after]
        if (b[0] - a[0]) * (c[1] - b[1]) < (b[1] - a[1]) * (c[0] - b[0]):  # it turns right
            yield _corner(b, sides[before][1], sides[after][0], distance, circle)
    if segments and not closed:
        yield _end(segments[-1], sides[-1][1], distance, circle)


def _corner(vertex: Point, start: Point, end: Point, distance: float, circle: int) -> Any:
    first, last = (atan2(p[1] - vertex[1], p[0] - vertex[0]) for p in (start, end))
    while last > first:
        last -= 2 * pi
    steps = max(ceil(circle * (first - last) / (2 * pi)), 1)
    step = (first - last) / steps
    return shapely.Polygon([vertex, start, *_arc(vertex, first - step, step, steps - 1, distance), end])


def _end(segment: tuple[Point, Point], left: Point, distance: float, circle: int) -> Any:
    start, end = segment
    angle = atan2(left[1] - end[1], left[0] - end[0])
    half = _arc(end, -pi if angle == pi else angle, 2 * pi / circle, circle // 2 + 1, distance)
    return shapely.Polygon([left, *half[1:-1], _left(end, start, distance)[0]])


FUNCTIONS = {"st_buffer": each(buffer)}
