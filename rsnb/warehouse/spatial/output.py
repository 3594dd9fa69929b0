"""Functions that give a geometry as text or binary."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

from rsnb.warehouse.spatial import texts
from rsnb.warehouse.spatial.routine import each
from rsnb.warehouse.spatial.shapes import Fault, Shape, write

_DIGITS = range(1, 21)
Text = Callable[[Shape, int], str]


def _checked(form: Text) -> Callable[..., str]:
    """A text form with the number of significant digits checked."""

    def text(shape: Shape, digits: int = 15) -> str:
        if digits not in _DIGITS:
            raise Fault(f"takes a precision from 1 to 20, not {digits}")
        return form(shape, digits)

    return text


def ewkb(shape: Shape) -> bytes:
    """EWKB as PostGIS numbers the types."""
    return write(replace(shape, boxed=True))


def wkb(shape: Shape) -> bytes:
    """WKB as OGC numbers the types: Z adds 1000, M adds 2000; no SRID."""
    return _numbered(replace(shape, srid=0))


def numbered_ewkb(shape: Shape) -> bytes:
    """WKB as OGC numbers the types, with the SRID."""
    plain = _numbered(replace(shape, srid=0))
    if not shape.srid:
        return plain
    (code,) = struct.unpack_from("<I", plain, 1)
    return plain[:1] + struct.pack("<II", code | 0x20000000, shape.srid) + plain[5:]


def _numbered(shape: Shape) -> bytes:
    """WKB in which the type of a geometry and of each member is OGC's number."""
    data = bytearray(write(replace(shape, boxed=True)))
    _renumber(data, 0, shape)
    return bytes(data)


def _renumber(data: bytearray, at: int, shape: Shape) -> int:
    """Put OGC's number at a geometry's place; returns where the next one stands."""
    struct.pack_into("<I", data, at + 1, shape.kind + 1000 * shape.z + 2000 * shape.m)
    size = 8 * shape.width
    at += 5
    if shape.kind == 1:
        return at + size
    at += 4
    if shape.kind == 2:
        return at + size * len(shape.coordinates)
    for ring in shape.rings:
        at += 4 + size * len(ring)
    for member in shape.members:
        at = _renumber(data, at, member)
    return at


def _hex(form: Callable[[Shape], bytes]) -> Callable[[Shape], str]:
    return lambda shape: form(shape).hex().upper()


FUNCTIONS = {
    "st_asbinary": each(wkb),
    "st_asewkb": each(numbered_ewkb),
    "st_asewkt": each(_checked(texts.write_ewkt)),
    "st_asgeojson": each(_checked(texts.write_geojson)),
    "st_ashexewkb": each(_hex(ewkb)),
    "st_ashexwkb": each(_hex(wkb)),
    "st_astext": each(_checked(texts.write_wkt)),
}
