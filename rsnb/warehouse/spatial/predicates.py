"""Relations between geometries in the plane (DE-9IM), and what a geometry is: simple, valid, a ring, clockwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from rsnb.warehouse.spatial.columns import Array
from rsnb.warehouse.spatial.routine import Routine, each, vector
from rsnb.warehouse.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MULTIPOLYGON,
    POLYGON,
    Coordinates,
    Fault,
    NotKnown,
    Shape,
    write,
)

_COLLECTION = 7  # shapely's number; the same as in WKB


def same_srid(*geometries: Array) -> Array:
    """The SRID of each row's geometries; raises Fault when they differ."""
    first = shapely.get_srid(geometries[0])
    for other in geometries[1:]:
        differs = first != shapely.get_srid(other)
        if differs.any():
            a, b = first[differs][0], shapely.get_srid(other)[differs][0]
            raise Fault(f"takes geometries with the same SRID, not {a} and {b}")
    return np.asarray(first)


def no_collection(*geometries: Array) -> None:
    """Raise Fault when one is a GEOMETRYCOLLECTION."""
    if any((shapely.get_type_id(g) == _COLLECTION).any() for g in geometries):
        raise Fault("takes no GEOMETRYCOLLECTION")


def _relation(test: Callable[[Array, Array], Array], nonempty: bool = False, nulls: str = "null") -> Routine:
    """A predicate of two geometries; nonempty: it is false where one is empty."""

    def relate(first: Array, second: Array) -> Array:
        same_srid(first, second)
        no_collection(first, second)
        held = test(first, second)
        return held & ~(shapely.is_empty(first) | shapely.is_empty(second)) if nonempty else held

    return vector(relate, nulls)


def _prepared(test: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """A predicate for which it pays to prepare a first geometry that comes again."""

    def relate(first: Array, second: Array) -> Array:
        if len(set(map(id, first))) * 2 <= len(first):
            shapely.prepare(first)
        return test(first, second)

    return relate


def _turned(test: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """A predicate with its arguments the other way round."""
    return lambda first, second: _prepared(test)(second, first)


def within_distance(first: Array, second: Array, threshold: Array) -> Array:
    """ST_DWithin."""
    same_srid(first, second)
    no_collection(first, second)
    if (threshold < 0).any():
        raise Fault(f"takes a threshold that is not negative, not {threshold[threshold < 0][0]:g}")
    return np.asarray(shapely.dwithin(first, second, threshold))


def _repeats(ring: Coordinates) -> bool:
    """Whether two points that follow each other are equal in the plane."""
    return bool((ring[1:, :2] == ring[:-1, :2]).all(axis=1).any())


def is_simple(shape: Shape) -> bool:
    """ST_IsSimple: in Redshift, points that follow each other and are equal make a line or an area not simple."""
    if shape.kind == COLLECTION:
        return all(is_simple(m) for m in shape.members)
    rings = [ring for part in shape.simple() if part.kind >= LINESTRING for ring in part.rings]
    if any(map(_repeats, rings)):
        return False
    return shape.kind in (POLYGON, MULTIPOLYGON) or bool(shapely.is_simple(shapely.from_wkb(write(shape))))


def is_valid(shape: Shape) -> bool:
    """ST_IsValid."""
    if not shapely.is_valid(shapely.from_wkb(write(shape.with_dimensions(False, False)))):
        return False
    for part in shape.simple():
        if part.kind == POLYGON and any(turn(r) == turn(part.rings[0]) for r in part.rings[1:]):
            raise NotKnown("of a polygon whose interior rings turn as its exterior ring does")
    return True


def turn(ring: Coordinates) -> int:
    """1 for a ring that is counterclockwise, -1 for a clockwise one, 0 for a flat one."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return int(np.sign(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))


def is_counterclockwise(shape: Shape) -> bool:
    """ST_IsPolygonCCW: exterior rings counterclockwise, interior rings clockwise."""
    return all(
        turn(ring) == (-1 if i else 1)
        for part in shape.simple()
        if part.kind == POLYGON
        for i, ring in enumerate(part.rings)
    )


def is_clockwise(shape: Shape) -> bool:
    """ST_IsPolygonCW; the guide's example of a polygon with interior rings contradicts its text."""
    polygons = [part for part in shape.simple() if part.kind == POLYGON]
    if any(len(part.rings) > 1 for part in polygons):
        raise NotKnown("of a polygon with interior rings")
    return all(turn(ring) == -1 for part in polygons for ring in part.rings)


def is_ring(shape: Shape) -> bool:
    """ST_IsRing: a linestring that is closed and simple."""
    if shape.kind != LINESTRING:
        raise Fault(f"takes a LINESTRING, not a {shape.name}")
    ring = shape.coordinates
    return len(ring) > 0 and bool((ring[0, :2] == ring[-1, :2]).all()) and is_simple(shape)


FUNCTIONS = {
    "st_contains": _relation(_prepared(shapely.contains)),
    "st_containsproperly": _relation(_prepared(shapely.contains_properly), nonempty=True),
    "st_coveredby": _relation(_turned(shapely.covers), nonempty=True),
    "st_covers": _relation(_prepared(shapely.covers), nonempty=True),
    "st_crosses": _relation(_prepared(shapely.crosses), nulls="error"),
    "st_disjoint": _relation(_prepared(shapely.disjoint)),
    "st_dwithin": vector(within_distance),
    "st_equals": _relation(shapely.equals, nonempty=True, nulls="error"),
    "st_intersects": _relation(_prepared(shapely.intersects)),
    "st_ispolygonccw": each(is_counterclockwise),
    "st_ispolygoncw": each(is_clockwise),
    "st_isring": each(is_ring),
    "st_issimple": each(is_simple),
    "st_isvalid": each(is_valid),
    "st_touches": _relation(_prepared(shapely.touches), nonempty=True),
    "st_within": _relation(_turned(shapely.contains)),
}
