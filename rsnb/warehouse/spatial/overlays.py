"""ST_Intersection and ST_Union in the plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from rsnb.warehouse.spatial.columns import Array
from rsnb.warehouse.spatial.predicates import no_collection, same_srid
from rsnb.warehouse.spatial.routine import vector
from rsnb.warehouse.spatial.shapes import Fault, NotKnown

_AREAS, _LINES, _COLLECTION = (3, 6), (1, 2, 5), 7  # shapely's numbers


def intersection(first: Array, second: Array) -> Array:
    """ST_Intersection."""
    return _overlay(first, second, shapely.intersection)


def union(first: Array, second: Array) -> Array:
    """ST_Union."""
    both = np.concatenate([first, second])
    if np.isin(shapely.get_type_id(both), _LINES).any():
        raise Fault("takes no LINESTRING and no MULTILINESTRING")
    if shapely.is_empty(both).any():
        raise NotKnown("of an empty geometry")
    return _overlay(first, second, shapely.union)


def _overlay(first: Array, second: Array, work: Callable[[Array, Array], Array]) -> Array:
    srid = same_srid(first, second)
    no_collection(first, second)
    if (shapely.get_coordinate_dimension(np.concatenate([first, second])) > 2).any():
        raise Fault("takes 2D geometries")
    made = work(first, second)
    _check_dimension(made, first, second)
    for row in np.flatnonzero(np.isin(shapely.get_type_id(made), _AREAS) & ~shapely.is_empty(made)):
        made[row] = shapely.normalize(_straight(made[row], _rings(first[row]) | _rings(second[row])))
    return np.asarray(shapely.set_srid(made, srid))


def _check_dimension(made: Array, first: Array, second: Array) -> None:
    """Raise NotKnown where areas share less than the other geometry's dimension, or shares of several."""
    one, other = shapely.get_dimensions(first), shapely.get_dimensions(second)
    less = (np.maximum(one, other) == 2) & (shapely.get_dimensions(made) < np.minimum(one, other))
    mixed = shapely.get_type_id(made) == _COLLECTION
    if ((less | mixed) & ~shapely.is_empty(made)).any():
        raise NotKnown("of geometries that touch")


def _rings(geometry: Any) -> set[bytes]:
    """The rings of an area, each as the bytes of its normal form."""
    return {shapely.to_wkb(shapely.normalize(ring)) for ring in shapely.get_rings(geometry)}


def _straight(area: Any, untouched: set[bytes]) -> Any:
    """An area without the points within its straight sides, but for rings that no other geometry touched."""

    def ring(found: Any) -> Array:
        points = shapely.get_coordinates(found)[:-1]
        if shapely.to_wkb(shapely.normalize(found)) in untouched:
            return np.asarray(points)
        before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
        bent = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
        return np.asarray(points[bent] if bent.sum() > 2 else points)

    polygons = [shapely.Polygon(ring(p.exterior), [ring(i) for i in p.interiors]) for p in shapely.get_parts(area)]
    return polygons[0] if shapely.get_type_id(area) == _AREAS[0] else shapely.MultiPolygon(polygons)


FUNCTIONS = {"st_intersection": vector(intersection), "st_union": vector(union)}
