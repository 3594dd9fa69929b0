"""Functions that change a geometry's points, dimensions or SRID, or build it of other geometries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rsnb.warehouse.spatial.accessors import ring_closed
from rsnb.warehouse.spatial.routine import Routine, each
from rsnb.warehouse.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MEMBERS,
    MULTILINESTRING,
    MULTIPOINT,
    NAMES,
    POINT,
    POLYGON,
    Coordinates,
    Fault,
    NotKnown,
    Shape,
    fit,
)
from rsnb.warehouse.spatial.texts import checked_srid

_MULTI = {single: multi for multi, single in MEMBERS.items()}


def _expect(shape: Shape, *kinds: int) -> None:
    if shape.kind not in kinds:
        raise Fault(f"takes a {' or '.join(NAMES[k] for k in kinds)}, not a {shape.name}")


def _alike(first: Shape, second: Shape, dimensions: bool = True) -> None:
    if first.srid != second.srid:
        raise Fault(f"takes geometries with the same SRID, not {first.srid} and {second.srid}")
    if dimensions and (first.z, first.m) != (second.z, second.m):
        raise Fault("takes geometries of the same dimensions")


def _projected(point: Shape, line: Shape) -> Coordinates:
    """A point's coordinates in a line's dimensions."""
    return fit(point.coordinates, point.z, point.m, line.z, line.m)


def _line(shape: Shape, points: Coordinates) -> Shape:
    if len(points) == 1:
        raise NotKnown("giving a linestring of one point")
    return shape.like(LINESTRING, points)


def add_point(line: Shape, point: Shape, index: int = -1) -> Shape:
    """ST_AddPoint: at an index from 0, or at the end."""
    _expect(line, LINESTRING)
    _expect(point, POINT)
    count = len(line.coordinates)
    if not -1 <= index <= count:
        raise Fault(f"takes an index from -1 to {count} here, not {index}")
    if point.empty:
        return line
    at = count if index == -1 else index
    return _line(line, np.insert(line.coordinates, at, _projected(point, line), axis=0))


def remove_point(line: Shape, index: int) -> Shape:
    """ST_RemovePoint: at an index from 0."""
    _expect(line, LINESTRING)
    if not 0 <= index < len(line.coordinates):
        raise Fault(f"takes an index from 0 to {len(line.coordinates) - 1} here, not {index}")
    return _line(line, np.delete(line.coordinates, index, axis=0))


def set_point(line: Shape, index: int, point: Shape) -> Shape:
    """ST_SetPoint: at an index from 0, or back from the end from -1."""
    _expect(line, LINESTRING)
    _expect(point, POINT)
    _alike(line, point, dimensions=False)
    count = len(line.coordinates)
    if not -count <= index < count:
        raise Fault(f"takes an index from {-count} to {count - 1} here, not {index}")
    if point.empty:
        return line
    changed = line.coordinates.copy()
    changed[index] = _projected(point, line)[0]
    return _line(line, changed)


def reverse(shape: Shape) -> Shape:
    """ST_Reverse: points stay, the vertices of lines and rings turn round."""
    rings = shape.rings if shape.kind == POINT else [ring[::-1] for ring in shape.rings]
    return replace(shape, rings=rings, members=[reverse(m) for m in shape.members], boxed=True)


def multi(shape: Shape) -> Shape:
    """ST_Multi."""
    if shape.kind not in _MULTI:
        return shape
    members = [] if shape.empty else [replace(shape, srid=0, boxed=True)]
    return replace(shape, kind=_MULTI[shape.kind], rings=[], members=members, boxed=True)


def line_from_multipoint(shape: Shape) -> Shape:
    """ST_LineFromMultiPoint: empty points are left out."""
    _expect(shape, MULTIPOINT)
    found = list(shape.all_rings())
    return _line(shape, np.concatenate(found)) if found else shape.like(LINESTRING)


def make_line(first: Shape, second: Shape) -> Shape:
    """ST_MakeLine: the points of both, one after another."""
    for shape in (first, second):
        _expect(shape, POINT, LINESTRING, MULTIPOINT)
    _alike(first, second)
    found = [*first.all_rings(), *second.all_rings()]
    return _line(first, np.concatenate(found)) if found else first.like(LINESTRING)


def _ring(line: Shape) -> Coordinates:
    points = line.coordinates
    if len(points) and not ring_closed(points):
        raise Fault("takes linestrings that are closed")
    if 0 < len(points) < 4:
        raise Fault("takes linestrings of at least 4 points")
    return points


def make_polygon(line: Shape, holes: Shape | None = None) -> Shape:
    """ST_MakePolygon: an exterior ring, and interior rings of a MULTILINESTRING."""
    _expect(line, LINESTRING)
    if holes is None:
        return line.like(POLYGON, _ring(line))
    _expect(holes, MULTILINESTRING)
    _alike(line, holes)
    inner = [_ring(member) for member in holes.members]
    return line.like(POLYGON, _ring(line), *inner) if not line.empty else line.like(POLYGON)


def polygon(line: Shape, srid: int) -> Shape:
    """ST_Polygon: an exterior ring and the SRID."""
    return replace(make_polygon(line), srid=checked_srid(srid))


def collected(shapes: list[Shape | None]) -> Shape | None:
    """ST_Collect: geometries of one simple kind as its multi geometry, others as a collection; NULLs left out."""
    found = [s for s in shapes if s is not None]
    if not found:
        return None
    first = found[0]
    for shape in found:
        _alike(first, shape)
    kinds = {shape.kind for shape in found}
    kind = _MULTI.get(first.kind, COLLECTION) if len(kinds) == 1 else COLLECTION
    return Shape(kind, first.z, first.m, first.srid, members=[replace(s, srid=0, boxed=True) for s in found])


def collect(first: Shape | None, second: Shape | None) -> Shape | None:
    """ST_Collect of two geometries; where one is NULL, the other."""
    if first is None or second is None:
        return first or second
    return collected([first, second])


def set_srid(shape: Shape, srid: int) -> Shape:
    """ST_SetSRID."""
    return replace(shape, srid=checked_srid(srid))


def boxed(held: bool) -> Callable[[Shape], Shape]:
    """AddBBox and DropBBox."""
    return lambda shape: replace(shape, boxed=held)


def _force(z: bool, m: bool) -> Routine:
    return each(lambda shape: replace(shape.with_dimensions(z, m), boxed=True))


FUNCTIONS = {
    "addbbox": each(boxed(True)),
    "dropbbox": each(boxed(False)),
    "st_addpoint": each(add_point),
    "st_collect": each(collect, nulls="given"),
    "st_collect geometries": each(collected),
    "st_force2d": _force(False, False),
    "st_force3d": _force(True, False),
    "st_force3dm": _force(False, True),
    "st_force3dz": _force(True, False),
    "st_force4d": _force(True, True),
    "st_linefrommultipoint": each(line_from_multipoint),
    "st_makeline": each(make_line),
    "st_makepolygon": each(make_polygon),
    "st_multi": each(multi),
    "st_polygon": each(polygon),
    "st_removepoint": each(remove_point),
    "st_reverse": each(reverse),
    "st_setpoint": each(set_point),
    "st_setsrid": each(set_srid),
}
