"""Functions that tell of a geometry: its kind, its parts, its coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely

from rsnb.warehouse.spatial import texts
from rsnb.warehouse.spatial.columns import Array, without
from rsnb.warehouse.spatial.routine import each, vector
from rsnb.warehouse.spatial.shapes import (
    LINESTRING,
    MULTIPOINT,
    POINT,
    POLYGON,
    Fault,
    Shape,
)

_LINESTRING, _POLYGON, _MULTI = 1, 3, 4  # shapely's numbers


def _of_point(ordinate: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """An ordinate of points; NULL for the empty point and for points without it."""

    def get(geometries: Array) -> Array:
        kinds = shapely.get_type_id(geometries)
        if (kinds != 0).any():
            raise Fault(f"takes a POINT, not a {geometries[kinds != 0][0].geom_type.upper()}")
        values = ordinate_of(ordinate, geometries)
        return without(values, np.isnan(values))

    return get


def ordinate_of(ordinate: Callable[[Array], Array], points: Array) -> Array:
    """An ordinate of points; NaN for the empty point and for points without it."""
    there = ~shapely.is_empty(points)
    values = np.full(len(points), np.nan)
    values[there] = ordinate(points[there])
    return values


def _bound(index: int) -> Callable[[Array], Array]:
    def get(geometries: Array) -> Array:
        values = shapely.bounds(geometries)[:, index]
        return without(values, np.isnan(values))

    return get


def _extreme(ordinate: str, choose: Callable[[Array], float]) -> Callable[[Shape], float | None]:
    """The least or greatest Z or M of a geometry; none when it has no such ordinate or no point."""

    def get(shape: Shape) -> float | None:
        if not getattr(shape, ordinate) or shape.empty:
            return None
        column = 2 if ordinate == "z" else -1
        return float(choose(np.concatenate([ring[:, column] for ring in shape.all_rings()])))

    return get


def ring_closed(ring: Array) -> bool:
    """Whether a line's first and last points coincide in the plane."""
    return len(ring) > 0 and bool((ring[0, :2] == ring[-1, :2]).all())


def is_closed(shape: Shape) -> bool:
    """ST_IsClosed: points are, but for the empty one; the rest when there is something and all of it is closed."""
    if shape.kind == POINT:
        return not shape.empty
    if shape.kind == MULTIPOINT:
        return True
    if shape.members:
        return all(is_closed(m) for m in shape.members)
    return bool(shape.rings) and all(map(ring_closed, shape.rings))


def count_rings(shape: Shape) -> int:
    """The rings of all polygons in a geometry."""
    return sum(len(part.rings) for part in shape.simple() if part.kind == POLYGON)


def count_geometries(shape: Shape) -> int:
    """The members of a multi geometry or a collection; 1 or 0 for another."""
    return len(shape.members) if shape.kind > POLYGON else int(not shape.empty)


def geometry_n(shape: Shape, index: int) -> Shape | None:
    """ST_GeometryN, counted from 1."""
    if shape.kind <= POLYGON:
        return shape if index == 1 else None
    if not 1 <= index <= len(shape.members):
        raise Fault(f"takes an index from 1 to {len(shape.members)} here, not {index}")
    return replace(shape.members[index - 1], srid=shape.srid)


def interior_ring(shape: Shape, index: int) -> Shape | None:
    """ST_InteriorRingN, counted from 1."""
    if shape.kind != POLYGON or not 1 <= index < len(shape.rings):
        return None
    return shape.like(LINESTRING, shape.rings[index])


def exterior_ring(shape: Shape) -> Shape | None:
    """ST_ExteriorRing; an empty polygon gives an empty polygon."""
    if shape.kind != POLYGON:
        return None
    return shape if shape.empty else shape.like(LINESTRING, shape.rings[0])


def point_n(shape: Shape, index: int) -> Shape | None:
    """ST_PointN: counted from 1, or back from the end from -1."""
    points = shape.coordinates
    if shape.kind != LINESTRING or not 1 <= abs(index) <= len(points):
        return None
    at = index - 1 if index > 0 else len(points) + index
    return shape.like(POINT, points[at : at + 1])


def points(shape: Shape) -> Shape:
    """ST_Points: every point as a MULTIPOINT."""
    rings = [ring[i : i + 1] for ring in shape.all_rings() for i in range(len(ring))]
    return replace(shape.like(MULTIPOINT), members=[replace(shape.like(POINT, ring), srid=0) for ring in rings])


def geometry_type(shape: Shape) -> str:
    """GeometryType: the subtype in capitals, with M for a geometry that has M and no Z."""
    return shape.name + ("M" if shape.m and not shape.z else "")


def _num_points(geometries: Array) -> Array:
    return without(shapely.get_num_coordinates(geometries), shapely.get_type_id(geometries) != _LINESTRING)


def _num_interior_rings(geometries: Array) -> Array:
    return without(shapely.get_num_interior_rings(geometries), shapely.get_type_id(geometries) != _POLYGON)


FUNCTIONS = {
    "geometrytype": each(geometry_type),
    "st_dimension": vector(lambda g: np.maximum(shapely.get_dimensions(g), 0)),
    "st_endpoint": each(lambda shape: point_n(shape, -1)),
    "st_exteriorring": each(exterior_ring),
    "st_geometryn": each(geometry_n),
    "st_geometrytype": each(lambda shape: f"ST_{texts.TITLES[shape.kind]}"),
    "st_interiorringn": each(interior_ring),
    "st_isclosed": each(is_closed),
    "st_iscollection": vector(lambda g: shapely.get_type_id(g) >= _MULTI),
    "st_isempty": vector(shapely.is_empty),
    "st_m": vector(_of_point(shapely.get_m)),
    "st_mmax": each(_extreme("m", np.max)),
    "st_mmin": each(_extreme("m", np.min)),
    "st_ndims": each(lambda shape: shape.width),
    "st_npoints": vector(shapely.get_num_coordinates),
    "st_nrings": each(count_rings),
    "st_numgeometries": each(count_geometries),
    "st_numinteriorrings": vector(_num_interior_rings),
    "st_numpoints": vector(_num_points),
    "st_pointn": each(point_n),
    "st_points": each(points),
    "st_srid": vector(shapely.get_srid),
    "st_startpoint": each(lambda shape: point_n(shape, 1)),
    "st_x": vector(_of_point(shapely.get_x)),
    "st_xmax": vector(_bound(2)),
    "st_xmin": vector(_bound(0)),
    "st_y": vector(_of_point(shapely.get_y)),
    "st_ymax": vector(_bound(3)),
    "st_ymin": vector(_bound(1)),
    "st_z": vector(_of_point(shapely.get_z)),
    "st_zmax": each(_extreme("z", np.max)),
    "st_zmin": each(_extreme("z", np.min)),
    "supportsbbox": each(lambda shape: shape.boxed),
}
