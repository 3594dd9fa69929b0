"""A geometry as its coordinates, and its bytes: extended well-known binary with the SRID.

A GEOMETRY or GEOGRAPHY value is held as EWKB, little endian, as Redshift shows it in hexadecimal. One that was
made without its bounding box (DropBBox) is held big endian: the same geometry to every reader, and told apart here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

POINT, LINESTRING, POLYGON, MULTIPOINT, MULTILINESTRING, MULTIPOLYGON, COLLECTION = range(1, 8)
NAMES = {
    POINT: "POINT",
    LINESTRING: "LINESTRING",
    POLYGON: "POLYGON",
    MULTIPOINT: "MULTIPOINT",
    MULTILINESTRING: "MULTILINESTRING",
    MULTIPOLYGON: "MULTIPOLYGON",
    COLLECTION: "GEOMETRYCOLLECTION",
}
MEMBERS = {MULTIPOINT: POINT, MULTILINESTRING: LINESTRING, MULTIPOLYGON: POLYGON}
MAX_BYTES = 1_048_447

_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000

Coordinates = np.ndarray[Any, np.dtype[np.float64]]


class Fault(Exception):
    """Something that a function of Redshift's raises an error for; the text goes on after the function's name."""


class NotKnown(Exception):
    """Something that Redshift answers, in a way that is not known here; the text names it."""


@dataclass
class Shape:
    """A geometry: its kind, its dimensions, its coordinates.

    rings: arrays of coordinates, one for a point or a linestring, one for each ring of a polygon; none when empty.
    members: the geometries of a multi geometry or a collection.
    """

    kind: int
    z: bool = False
    m: bool = False
    srid: int = 0
    rings: list[Coordinates] = field(default_factory=list)
    members: list[Shape] = field(default_factory=list)
    boxed: bool = True

    @property
    def name(self) -> str:
        """The subtype as WKT spells it."""
        return NAMES[self.kind]

    @property
    def width(self) -> int:
        """The coordinates of a point: 2 to 4."""
        return 2 + self.z + self.m

    @property
    def coordinates(self) -> Coordinates:
        """The only ring's coordinates, for a point or a linestring."""
        return self.rings[0] if self.rings else np.empty((0, self.width))

    @property
    def empty(self) -> bool:
        """Whether it has no point."""
        return not any(True for _ in self.all_rings())

    def all_rings(self) -> Iterator[Coordinates]:
        """Every array of coordinates that is not empty, members included."""
        yield from (r for r in self.rings if len(r))
        for member in self.members:
            yield from member.all_rings()

    def simple(self) -> Iterator[Shape]:
        """The points, linestrings and polygons that it is made of."""
        if self.kind <= POLYGON:
            yield self
        for member in self.members:
            yield from member.simple()

    def like(self, kind: int, *rings: Coordinates) -> Shape:
        """A geometry of one array of coordinates or several, with this one's dimensions and SRID."""
        return Shape(kind, self.z, self.m, self.srid, [r for r in rings if len(r)])

    def with_dimensions(self, z: bool, m: bool) -> Shape:
        """The same geometry with Z and M kept, dropped, or made 0."""
        rings = [fit(r, self.z, self.m, z, m) for r in self.rings]
        return replace(self, z=z, m=m, rings=rings, members=[s.with_dimensions(z, m) for s in self.members])


def fit(coordinates: Coordinates, z: bool, m: bool, to_z: bool, to_m: bool) -> Coordinates:
    """Coordinates with their Z and M kept, dropped, or made 0."""
    nothing = np.zeros(len(coordinates))
    columns = [coordinates[:, 0], coordinates[:, 1]]
    if to_z:
        columns.append(coordinates[:, 2] if z else nothing)
    if to_m:
        columns.append(coordinates[:, -1] if m else nothing)
    return np.column_stack(columns)


def write(shape: Shape) -> bytes:
    """The EWKB of a geometry."""
    out: list[bytes] = []
    _write(shape, "<" if shape.boxed else ">", shape.srid, out)
    return b"".join(out)


def _write(shape: Shape, order: str, srid: int, out: list[bytes]) -> None:
    code = shape.kind | _Z * shape.z | _M * shape.m | (_SRID if srid else 0)
    out.append(struct.pack(f"{order}BI", order == "<", code))
    if srid:
        out.append(struct.pack(f"{order}I", srid))
    if shape.kind == POINT:
        out.append(_numbers(shape.coordinates if shape.rings else np.full((1, shape.width), np.nan), order))
    elif shape.kind == LINESTRING:
        out += [struct.pack(f"{order}I", len(shape.coordinates)), _numbers(shape.coordinates, order)]
    else:
        out.append(struct.pack(f"{order}I", len(shape.rings) + len(shape.members)))
        for ring in shape.rings:
            out += [struct.pack(f"{order}I", len(ring)), _numbers(ring, order)]
        for member in shape.members:
            _write(member, order, 0, out)


def _numbers(coordinates: Coordinates, order: str) -> bytes:
    return coordinates.astype(f"{order}f8").tobytes()


def read(data: bytes) -> Shape:
    """The geometry of EWKB, or of WKB in OGC's or PostGIS's numbering; raises Fault when it is not one."""
    reader = _Reader(data)
    try:
        shape = reader.shape()
    except struct.error as exc:
        raise Fault("takes well-known binary, and this ends too early") from exc
    if reader.at != len(data):
        raise Fault(f"takes well-known binary, and this has {len(data) - reader.at} bytes too many")
    return shape


class _Reader:
    """Reads geometries one after another from bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def shape(self) -> Shape:
        order = "<" if self._take("B") else ">"
        if self.data[self.at - 1] > 1:
            raise Fault("takes well-known binary, and this has no byte order")
        code = self._take(f"{order}I")
        z, m, srid = bool(code & _Z), bool(code & _M), 0
        if code & _SRID:
            srid = self._take(f"{order}I")
        family, kind = divmod(code & 0x0FFFFFFF, 1000)
        if kind not in NAMES or family > 3:
            raise Fault(f"takes a geometry, and this is of the unknown type {code & 0x0FFFFFFF}")
        shape = Shape(kind, z or family in (1, 3), m or family in (2, 3), srid, boxed=order == "<")
        self._fill(shape, order)
        return shape

    def _fill(self, shape: Shape, order: str) -> None:
        if shape.kind == POINT:
            point = self._coordinates(1, shape.width, order)
            shape.rings = [] if np.isnan(point[:, :2]).all() else [point]
            return
        count = self._take(f"{order}I")
        if shape.kind == LINESTRING:
            shape.rings = [self._coordinates(count, shape.width, order)] if count else []
        elif shape.kind == POLYGON:
            shape.rings = [self._coordinates(self._take(f"{order}I"), shape.width, order) for _ in range(count)]
        else:
            shape.members = [self.shape() for _ in range(count)]
        check(shape)

    def _take(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return int(value)

    def _coordinates(self, count: int, width: int, order: str) -> Coordinates:
        size = count * width * 8
        if self.at + size > len(self.data):
            raise Fault("takes well-known binary, and this ends too early")
        values = np.frombuffer(self.data, f"{order}f8", count * width, self.at)
        self.at += size
        return values.astype(np.float64).reshape(count, width)


def check(shape: Shape) -> None:
    """Raise Fault for what is not a geometry: a linestring of one point, an open ring, members of another kind."""
    if shape.kind == LINESTRING and len(shape.coordinates) == 1:
        raise Fault("takes a geometry, and this has a linestring of one point")
    if shape.kind == POLYGON:
        for ring in shape.rings:
            if len(ring) < 4 or not np.array_equal(ring[0, :2], ring[-1, :2]):
                raise Fault("takes a geometry, and this has a ring that is not closed, or has less than 4 points")
    wanted = MEMBERS.get(shape.kind)
    for member in shape.members:
        if wanted and member.kind != wanted:
            raise Fault(f"takes a geometry, and this has a {member.name} in a {shape.name}")
        if (member.z, member.m) != (shape.z, shape.m):
            raise Fault("takes a geometry, and this has members of different dimensions")
