"""Functions that calculate a new geometry of one: its middle, its outline, its place in another reference system."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from rsnb.warehouse.spatial.accessors import points
from rsnb.warehouse.spatial.columns import Array, without
from rsnb.warehouse.spatial.constructors import box
from rsnb.warehouse.spatial.routine import each, vector
from rsnb.warehouse.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MULTILINESTRING,
    MULTIPOINT,
    POINT,
    POLYGON,
    Fault,
    NotKnown,
    Shape,
    fit,
    read,
    write,
)

if TYPE_CHECKING:
    from pyproj import Transformer


def _geos(shape: Shape) -> Any:
    return shapely.from_wkb(write(replace(shape, boxed=True)))


def _shape(geometry: Any, srid: int) -> Shape:
    return replace(read(shapely.to_wkb(geometry)), srid=srid)


def centroid(geometries: Array) -> Array:
    """ST_Centroid; NULL for an empty geometry."""
    found = shapely.set_srid(shapely.centroid(shapely.force_2d(geometries)), shapely.get_srid(geometries))
    return without(found, shapely.is_empty(geometries))


def convex_hull(shape: Shape) -> Shape:
    """ST_ConvexHull; Z is kept, M is dropped."""
    if shape.empty:
        return shape
    if shape.m:
        shape = shape.with_dimensions(shape.z, False)
    hull = _shape(shapely.normalize(shapely.convex_hull(_geos(points(shape)))), shape.srid)
    if hull.z != shape.z:
        raise NotKnown("of a geometry whose hull has no Z")
    return hull


def envelope(shape: Shape) -> Shape:
    """ST_Envelope."""
    if shape.empty:
        return shape
    every = np.concatenate([ring[:, :2] for ring in shape.all_rings()])
    (left, low), (right, high) = every.min(axis=0), every.max(axis=0)
    return box(left, low, right, high, shape.srid)


def boundary(shape: Shape) -> Shape:
    """ST_Boundary; M is dropped."""
    if shape.kind == COLLECTION:
        raise Fault("takes no GEOMETRYCOLLECTION")
    if shape.empty:
        return shape
    flat = shape.with_dimensions(shape.z, False) if shape.m else shape
    if shape.kind in (POINT, MULTIPOINT):
        return Shape(COLLECTION, flat.z, False, flat.srid)
    if shape.kind in (LINESTRING, MULTILINESTRING):
        if flat.z and shape.kind == MULTILINESTRING:
            raise NotKnown("of a MULTILINESTRING with Z")
        ends = _shape(shapely.boundary(_geos(flat)), shape.srid)
        return replace(ends, z=flat.z) if ends.empty else ends
    lines = [flat.like(LINESTRING, ring) for part in flat.simple() for ring in part.rings]
    if shape.kind == POLYGON and len(lines) == 1:
        return lines[0]
    return Shape(MULTILINESTRING, flat.z, False, flat.srid, members=[replace(line, srid=0) for line in lines])


def interpolate(shape: Shape, fraction: float) -> Shape:
    """ST_LineInterpolatePoint; Z and M are the means of their values at the ends of the segment."""
    if shape.kind != LINESTRING:
        raise Fault(f"takes a LINESTRING, not a {shape.name}")
    if not 0 <= fraction <= 1:
        raise Fault(f"takes a fraction from 0 to 1, not {fraction:g}")
    line = shape.coordinates
    if shape.empty:
        return shape.like(POINT)
    steps = np.hypot(*np.diff(line[:, :2], axis=0).T)
    passed = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = fraction * passed[-1]
    at = int(np.clip(np.searchsorted(passed, wanted, side="right") - 1, 0, len(steps) - 1))
    share = min((wanted - passed[at]) / steps[at], 1.0) if steps[at] else 0.0
    place = line[at, :2] + share * (line[at + 1, :2] - line[at, :2])
    if shape.width > 2 and share in (0.0, 1.0):
        raise NotKnown("with Z or M at a vertex of the line")
    rest = (line[at, 2:] + line[at + 1, 2:]) / 2
    return shape.like(POINT, np.concatenate([place, rest])[None, :])


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> Transformer:
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    def system(srid: int) -> CRS:
        try:
            return CRS.from_epsg(srid)
        except CRSError as exc:
            raise Fault(f"finds no spatial reference system of SRID {srid}") from exc

    return Transformer.from_crs(system(source), system(target), always_xy=True)


def transform(shape: Shape, srid: int) -> Shape:
    """ST_Transform: x (or longitude) first, whatever the system's own order."""
    if srid == shape.srid:
        _transformer(srid, srid)
        return shape
    done = _transformed(shape, _transformer(shape.srid, srid))
    return replace(done, srid=srid, boxed=True)


def _transformed(shape: Shape, by: Transformer) -> Shape:
    rings = []
    for ring in shape.rings:
        flat = fit(ring, shape.z, shape.m, shape.z, False)
        moved = np.column_stack(by.transform(*flat.T))
        if not np.isfinite(moved).all():
            raise Fault("can't transform a point: it is outside the area of the reference system")
        rings.append(np.column_stack([moved, ring[:, -1]]) if shape.m else moved)
    return replace(shape, rings=rings, members=[_transformed(m, by) for m in shape.members])


FUNCTIONS = {
    "st_boundary": each(boundary),
    "st_centroid": vector(centroid),
    "st_convexhull": each(convex_hull),
    "st_envelope": each(envelope),
    "st_lineinterpolatepoint": each(interpolate),
    "st_transform": each(transform),
}
