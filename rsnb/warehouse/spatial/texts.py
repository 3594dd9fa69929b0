"""Geometries as text: well-known text with and without the SRID, hexadecimal, GeoJSON."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from rsnb.warehouse.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MEMBERS,
    MULTIPOINT,
    NAMES,
    POINT,
    POLYGON,
    Coordinates,
    Fault,
    Shape,
    check,
    read,
)

_KINDS = {name: kind for kind, name in NAMES.items()}
_TAG = re.compile(r"\s*([A-Za-z]+)(?:\s+(ZM|Z|M)\b)?\s*", re.IGNORECASE)
_SRID = re.compile(r"\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_HEX = re.compile(r"\s*0[01][0-9A-Fa-f]*\s*")
_EMPTY = re.compile(r"\s*EMPTY\b\s*", re.IGNORECASE)
_END = re.compile(r"[,)]")
MAX_SRID = 2**31 - 1


def read_wkt(text: str) -> Shape:
    """The geometry of well-known text; Z and M are written: `POINT Z (1 2 3)`."""
    reader = _Wkt(text)
    shape = reader.shape(None)
    if reader.at != len(text.rstrip()):
        raise reader.fault("ends here")
    return shape


def read_ewkt(text: str) -> Shape:
    """The geometry of well-known text with or without `SRID=number;` before it."""
    match = _SRID.match(text)
    shape = read_wkt(text[match.end() :] if match else text)
    if match:
        shape.srid = checked_srid(int(match[1]))
    return shape


def read_hex(text: str) -> Shape:
    """The geometry of well-known binary in hexadecimal."""
    try:
        return read(bytes.fromhex(text))
    except ValueError as exc:
        raise Fault("takes well-known binary in hexadecimal digits") from exc


def read_any(text: str) -> Shape:
    """The geometry of a text that stands for one: EWKB in hexadecimal, or EWKT."""
    return read_hex(text.strip()) if _HEX.fullmatch(text) else read_ewkt(text)


def checked_srid(srid: int) -> int:
    """The SRID; raises Fault when it can't be one."""
    if not 0 <= srid <= MAX_SRID:
        raise Fault(f"takes an SRID that is not negative, not {srid}")
    return srid


class _Wkt:
    """Reads one geometry after another from well-known text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fault(self, wanted: str) -> Fault:
        rest = self.text[self.at : self.at + 20].strip()
        return Fault(f"takes well-known text: {wanted} at character {self.at + 1}, before {rest!r}")

    def shape(self, within: Shape | None) -> Shape:
        tag = _TAG.match(self.text, self.at)
        kind = _KINDS.get(tag[1].upper()) if tag else None
        if tag is None or kind is None:
            raise self.fault("a geometry stands")
        dimensions = (tag[2] or "").upper()
        self.at = tag.end()
        shape = Shape(kind, "Z" in dimensions, "M" in dimensions)
        if within is not None and not dimensions:
            shape.z, shape.m = within.z, within.m
        self.fill(shape)
        return shape

    def fill(self, shape: Shape) -> None:
        if self.is_empty():
            return
        if shape.kind == COLLECTION:
            shape.members = self.listed(lambda: self.shape(shape))
        elif shape.kind in MEMBERS:
            shape.members = self.listed(lambda: self.member(shape))
        elif shape.kind == POLYGON:
            shape.rings = self.listed(lambda: self.points(shape))
        else:
            shape.rings = [self.points(shape)]
            if shape.kind == POINT and len(shape.rings[0]) != 1:
                raise self.fault("a POINT has one point,")
        check(shape)

    def member(self, parent: Shape) -> Shape:
        inner = Shape(MEMBERS[parent.kind], parent.z, parent.m)
        if parent.kind != MULTIPOINT or self.peek() in ("(", "E", "e"):
            self.fill(inner)
            return inner
        end = _END.search(self.text, self.at)  # a point without its brackets
        stop = end.start() if end else len(self.text)
        inner.rings = [self.numbers(self.text[self.at : stop], inner.width)]
        self.at = stop
        return inner

    def is_empty(self) -> bool:
        match = _EMPTY.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match is not None

    def listed(self, one: Any) -> list[Any]:
        self.expect("(")
        found = [one()]
        while self.peek() == ",":
            self.expect(",")
            found.append(one())
        self.expect(")")
        return found

    def points(self, shape: Shape) -> Coordinates:
        self.expect("(")
        end = self.text.find(")", self.at)
        if end < 0:
            raise self.fault("a closing bracket is missing")
        numbers = self.numbers(self.text[self.at : end], shape.width)
        self.at = end
        self.expect(")")
        return numbers

    def numbers(self, text: str, width: int) -> Coordinates:
        try:
            rows = [[float(n) for n in point.split()] for point in text.split(",")]
        except ValueError as exc:
            raise self.fault("numbers stand") from exc
        if any(len(row) != width for row in rows):
            raise self.fault(f"points have {width} coordinates (Z and M are written: POINT Z (1 2 3))")
        found = np.array(rows)
        if not np.isfinite(found).all():
            raise self.fault("finite numbers stand")
        return found

    def peek(self) -> str:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def expect(self, mark: str) -> None:
        if self.peek() != mark:
            raise self.fault(f"{mark!r} is missing")
        self.at += 1
        self.peek()


def write_wkt(shape: Shape, digits: int = 15) -> str:
    """Well-known text with so many significant digits: `POINT Z (1 2 3)`, `POINT(1 2)`."""
    tag = ("Z" if shape.z else "") + ("M" if shape.m else "")
    name = f"{shape.name} {tag} " if tag else shape.name
    body = _body(shape, f"%.{digits}g")
    return f"{name.strip()} EMPTY" if body == "EMPTY" else name + body


def _body(shape: Shape, form: str) -> str:
    if shape.kind == COLLECTION:
        inner = [write_wkt(m, int(form[2:-1])) for m in shape.members]
    elif shape.members:
        inner = [_body(m, form) for m in shape.members]
    elif shape.kind == POLYGON:
        inner = [f"({_points(r, form)})" for r in shape.rings]
    else:
        inner = [_points(r, form) for r in shape.rings]
    return f"({','.join(inner)})" if inner else "EMPTY"


def _points(coordinates: Coordinates, form: str) -> str:
    one = " ".join([form] * coordinates.shape[1])
    return ",".join([one % tuple(row) for row in coordinates.tolist()])


def write_ewkt(shape: Shape, digits: int = 15) -> str:
    """Well-known text after `SRID=number;`, which is left out when the SRID is 0."""
    return (f"SRID={shape.srid};" if shape.srid else "") + write_wkt(shape, digits)


_WORDS = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
TITLES = dict(zip(NAMES, _WORDS, strict=True))  # as GeoJSON and ST_GeometryType spell the subtypes
_GEOJSON = {title.lower(): kind for kind, title in TITLES.items()}


def write_geojson(shape: Shape, digits: int = 15) -> str:
    """GeoJSON with so many significant digits; M is left out."""
    flat = shape.with_dimensions(shape.z, False) if shape.m else shape
    return _geojson(flat, f"%.{digits}g")


def _geojson(shape: Shape, form: str) -> str:
    title = TITLES[shape.kind]
    if shape.kind == COLLECTION:
        inner = ",".join(_geojson(m, form) for m in shape.members)
        return f'{{"type":"{title}","geometries":[{inner}]}}'
    return f'{{"type":"{title}","coordinates":{_nested(shape, form)}}}'


def _nested(shape: Shape, form: str) -> str:
    if shape.kind == POINT:
        return _listed(shape.coordinates, form)[1:-1] or "[]"
    if shape.kind == LINESTRING:
        return _listed(shape.coordinates, form)
    parts = [_nested(m, form) for m in shape.members] if shape.members else [_listed(r, form) for r in shape.rings]
    return f"[{','.join(parts)}]"


def _listed(coordinates: Coordinates, form: str) -> str:
    one = f"[{','.join([form] * coordinates.shape[1])}]"
    return f"[{','.join([one % tuple(row) for row in coordinates.tolist()])}]"


def read_geojson(text: str) -> Shape:
    """The geometry of GeoJSON, with SRID 4326; Z where a point has it, then 0 for the others."""
    try:
        value = json.loads(text)
    except ValueError as exc:
        raise Fault(f"takes GeoJSON, and this is not JSON: {exc}") from exc
    deep = _deepest(value)
    try:
        shape = _of_geojson(value, deep > 2)
    except (TypeError, ValueError, KeyError, IndexError) as exc:
        raise Fault("takes GeoJSON, and this is not a geometry") from exc
    shape.srid = 4326
    return shape


def _deepest(value: Any) -> int:
    """The most numbers that a point of a GeoJSON value has."""
    if isinstance(value, dict):
        return max([0, *map(_deepest, value.get("geometries") or []), _deepest(value.get("coordinates"))])
    if not isinstance(value, list) or not value:
        return 0
    return max(map(_deepest, value)) if isinstance(value[0], list) else len(value)


def _of_geojson(value: Any, z: bool) -> Shape:
    kind = _GEOJSON.get(str(value["type"]).lower()) if isinstance(value, dict) else None
    if kind is None:
        raise Fault(f"takes GeoJSON of a geometry, not of type {value['type'] if isinstance(value, dict) else value!r}")
    shape = Shape(kind, z)
    if kind == COLLECTION:
        shape.members = [_of_geojson(v, z) for v in value["geometries"]]
    else:
        _fill(shape, value["coordinates"])
    return shape


def _fill(shape: Shape, value: list[Any]) -> None:
    if shape.kind == POINT:
        shape.rings = [_array([value], shape.z)] if value else []
    elif shape.kind == LINESTRING:
        shape.rings = [_array(value, shape.z)] if value else []
    elif shape.kind == POLYGON:
        shape.rings = [_array(ring, shape.z) for ring in value]
    else:
        for inner in value:
            member = Shape(MEMBERS[shape.kind], shape.z)
            _fill(member, inner)
            shape.members.append(member)
    check(shape)


def _array(points: list[list[float]], z: bool) -> Coordinates:
    width = 3 if z else 2
    if any(len(p) < 2 or any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in p) for p in points):
        raise ValueError
    return np.array([([*p, 0.0])[:width] for p in points], dtype=np.float64)
