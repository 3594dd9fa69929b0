"""Lengths, areas, distances and angles."""

from __future__ import annotations

import numpy as np
import shapely

from rsnb.warehouse.spatial import geodesy
from rsnb.warehouse.spatial.accessors import ordinate_of
from rsnb.warehouse.spatial.columns import Array, without
from rsnb.warehouse.spatial.predicates import no_collection, same_srid
from rsnb.warehouse.spatial.routine import each, vector
from rsnb.warehouse.spatial.shapes import POINT, Fault, NotKnown, Shape

_LINES, _AREAS = (1, 2, 5), (3, 6)  # shapely's numbers
_COLLECTION = 7


def _sum_of(geometries: Array, kinds: tuple[int, ...]) -> Array:
    """shapely's length of the geometries of some kinds, of the members of collections too; 0 for the others."""
    ids = shapely.get_type_id(geometries)
    total = np.where(np.isin(ids, kinds), shapely.length(geometries), 0.0)
    within = np.flatnonzero(ids == _COLLECTION)
    if len(within):
        members, owner = shapely.get_parts(geometries[within], return_index=True)
        total[within] = np.bincount(owner, _sum_of(members, kinds), minlength=len(within)) if len(members) else 0.0
    return np.asarray(total)


def _distance(first: Array, second: Array) -> Array:
    same_srid(first, second)
    no_collection(first, second)
    found = shapely.distance(first, second)
    return without(found, np.isnan(found))


def _points(*geometries: Array) -> list[Array]:
    """The coordinates of points, NaN for the empty one; raises Fault for another geometry."""
    if any((shapely.get_type_id(g) != 0).any() for g in geometries):
        raise Fault("takes geometries that are points")
    return [np.column_stack([ordinate_of(shapely.get_x, g), ordinate_of(shapely.get_y, g)]) for g in geometries]


def geography_distance(first: Array, second: Array) -> Array:
    """ST_Distance of geographies: the distance of two points on their spheroid, in metres."""
    srids = same_srid(first, second)
    start, end = _points(first, second)
    found = np.empty(len(start))
    for srid in np.unique(srids):
        rows = srids == srid
        found[rows] = geodesy.distance(start[rows], end[rows], geodesy.spheroid(int(srid)))
    return without(found, np.isnan(found))


def distance_sphere(first: Array, second: Array, radius: Array | None = None) -> Array:
    """ST_DistanceSphere: metres, or the radius's unit."""
    same_srid(first, second)
    start, end = _points(first, second)
    if radius is not None and (radius < 0).any():
        raise Fault("takes a radius that is not negative")
    found = geodesy.great_circle(start, end, geodesy.MEAN_RADIUS if radius is None else radius)
    return without(found, np.isnan(found))


def _bearing(start: Shape, end: Shape) -> float:
    """The angle of a line from the north, clockwise, in radians."""
    x, y = end.coordinates[0, :2] - start.coordinates[0, :2]
    return float(np.arctan2(x, y) % (2 * np.pi))


def _check_points(*shapes: Shape) -> None:
    for shape in shapes:
        if shape.kind != POINT:
            raise Fault(f"takes points, not a {shape.name}")
        if shape.empty:
            raise Fault("takes no empty point")
        if shape.srid != shapes[0].srid:
            raise Fault(f"takes geometries with the same SRID, not {shapes[0].srid} and {shape.srid}")


def _same_place(first: Shape, second: Shape) -> bool:
    return bool((first.coordinates[0, :2] == second.coordinates[0, :2]).all())


def azimuth(start: Shape, end: Shape) -> float | None:
    """ST_Azimuth."""
    _check_points(start, end)
    return None if _same_place(start, end) else _bearing(start, end)


def angle(a: Shape, b: Shape, c: Shape) -> float | None:
    """ST_Angle of three points: from a to c around b, clockwise."""
    _check_points(a, b, c)
    if _same_place(a, b) or _same_place(b, c):
        return None
    return float((_bearing(b, c) - _bearing(b, a)) % (2 * np.pi))


def angle_of_lines(a: Shape, b: Shape, c: Shape, d: Shape) -> float | None:
    """ST_Angle of four points: from the line a to b to the line c to d, clockwise."""
    _check_points(a, b, c, d)
    if _same_place(a, b) or _same_place(c, d):
        return None
    if _same_place(b, c):
        raise NotKnown("of four points of which the second and the third are equal")
    return float((_bearing(c, d) - _bearing(a, b)) % (2 * np.pi))


def angle_of(*points: Shape) -> float | None:
    """ST_Angle."""
    return angle(*points) if len(points) == 3 else angle_of_lines(*points)


_LENGTH, _GEOGRAPHY_LENGTH = vector(lambda g: _sum_of(g, _LINES)), each(geodesy.geography_length)
_PERIMETER, _GEOGRAPHY_PERIMETER = vector(lambda g: _sum_of(g, _AREAS)), each(geodesy.geography_perimeter)

FUNCTIONS = {
    "st_angle": each(angle_of),
    "st_area": vector(shapely.area),
    "st_area geography": each(geodesy.geography_area),
    "st_azimuth": each(azimuth),
    "st_distance": vector(_distance),
    "st_distance geography": vector(geography_distance),
    "st_distancesphere": vector(distance_sphere),
    "st_length": _LENGTH,
    "st_length geography": _GEOGRAPHY_LENGTH,
    "st_length2d": _LENGTH,
    "st_length2d geography": _GEOGRAPHY_LENGTH,
    "st_lengthsphere": each(geodesy.sphere_length),
    "st_perimeter": _PERIMETER,
    "st_perimeter geography": _GEOGRAPHY_PERIMETER,
    "st_perimeter2d": _PERIMETER,
    "st_perimeter2d geography": _GEOGRAPHY_PERIMETER,
}
