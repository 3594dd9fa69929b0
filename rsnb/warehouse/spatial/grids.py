"""Places as codes: geohashes, geosquares and cells of the H3 grid."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from rsnb.warehouse.spatial.constructors import box, point
from rsnb.warehouse.spatial.routine import each
from rsnb.warehouse.spatial.shapes import POINT, POLYGON, Fault, NotKnown, Shape

_DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz"
_HASH_LENGTH = 20
_DEPTHS = range(1, 33)
_SUPER_BYTES = 16 * 1024 * 1024


def _place(shape: Shape) -> tuple[float, float] | None:
    """The longitude and latitude of a point; none for the empty one."""
    if shape.kind != POINT:
        raise Fault(f"takes a POINT, not a {shape.name}")
    if shape.empty:
        return None
    x, y = shape.coordinates[0, :2].tolist()
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise Fault(f"takes a longitude from -180 to 180 and a latitude from -90 to 90, not {x:g} and {y:g}")
    return x, y


def geohash(shape: Shape, precision: int = _HASH_LENGTH) -> str | None:
    """ST_GeoHash: so many characters, each of five halvings of longitude and latitude in turn."""
    place = _place(shape)
    if precision < 1:
        raise NotKnown(f"with the precision {precision}")
    if place is None:
        return None
    ranges, code, found = [[-180.0, 180.0], [-90.0, 90.0]], 0, []
    for step in range(5 * precision):
        limits, value = ranges[step % 2], place[step % 2]
        middle = (limits[0] + limits[1]) / 2
        upper = value >= middle
        limits[0 if upper else 1] = middle
        code = code << 1 | upper
        if step % 5 == 4:
            found.append(_DIGITS[code])
            code = 0
    return "".join(found)


def of_geohash(text: str, precision: int = -1) -> Shape:
    """ST_GeomFromGeoHash: the rectangle of a geohash, or of its first characters."""
    if not text or any(c not in _DIGITS for c in text):
        raise Fault(f"takes a geohash, not {text!r}")
    used = text if precision < 0 or precision > len(text) else text[:precision]
    ranges = [[-180.0, 180.0], [-90.0, 90.0]]
    bits = [_DIGITS.index(c) >> (4 - i) & 1 for c in used for i in range(5)]
    for step, upper in enumerate(bits):
        limits = ranges[step % 2]
        limits[0 if upper else 1] = (limits[0] + limits[1]) / 2
    return box(ranges[0][0], ranges[1][0], ranges[0][1], ranges[1][1])


def geosquare(shape: Shape, depth: int = _DEPTHS[-1]) -> int | None:
    """ST_GeoSquare: after a 1, a bit for east, then for each depth a bit for south and one for east."""
    if depth not in _DEPTHS:
        raise Fault(f"takes a depth from 1 to 32, not {depth}")
    place = _place(shape)
    if place is None:
        return None
    x, y = place
    size, left, low = 180.0, -180.0, -90.0
    if _beyond(x, 0.0):
        code, left = 3, 0.0
    else:
        code = 2
    for _ in range(depth - 1):
        size /= 2
        east, north = _beyond(x, left + size), _beyond(y, low + size)
        code = code << 2 | (not north) << 1 | east
        left, low = left + size * east, low + size * north
    return code - (1 << 64) if code >= 1 << 63 else code


def _beyond(value: float, edge: float) -> bool:
    if value == edge:
        raise NotKnown(f"of a point on the edge {edge:g} between two geosquares")
    return value > edge


def of_geosquare(code: int, depth: int | None = None) -> Shape:
    """ST_GeomFromGeoSquare: the square of a code, or of its first subdivisions."""
    if depth is not None and depth not in _DEPTHS:
        raise Fault(f"takes a depth from 1 to 32, not {depth}")
    bits = f"{code % (1 << 64):b}"[1:]
    if len(bits) % 2 == 0:
        raise Fault(f"takes a geosquare, not {code}")
    size, low = 180.0, -90.0
    left = 0.0 if bits[0] == "1" else -180.0
    pairs = [bits[i : i + 2] for i in range(1, len(bits), 2)]
    for pair in pairs if depth is None else pairs[: depth - 1]:
        size /= 2
        left, low = left + size * (pair[1] == "1"), low + size * (pair[0] == "0")
    return box(left, low, left + size, low + size)


def _cells() -> Any:
    from h3.api import basic_int

    return basic_int


def _resolution(resolution: int, least: int = 0, most: int = 15) -> int:
    if not least <= resolution <= most:
        raise Fault(f"takes a resolution from {least} to {most}, not {resolution}")
    return resolution


def _cell(index: int | str) -> int:
    """A cell as its number; raises Fault when there is none such."""
    h3 = _cells()
    try:
        number = h3.str_to_int(index) if isinstance(index, str) else index
        valid = h3.is_valid_cell(number)
    except (ValueError, OverflowError):
        valid = False
    if not valid:
        raise Fault(f"takes the index of an H3 cell, not {index}")
    return int(number)


def from_long_lat(longitude: float, latitude: float, resolution: int) -> int:
    """H3_FromLongLat."""
    return int(_cells().latlng_to_cell(latitude, longitude, _resolution(resolution)))


def from_point(shape: Shape, resolution: int) -> int | None:
    """H3_FromPoint."""
    _resolution(resolution)
    if shape.kind != POINT:
        raise Fault(f"takes a POINT, not a {shape.name}")
    if shape.empty:
        return None
    longitude, latitude = shape.coordinates[0, :2].tolist()
    return from_long_lat(longitude, latitude, resolution)


def center(index: int | str) -> Shape:
    """H3_Center."""
    latitude, longitude = _cells().cell_to_latlng(_cell(index))
    return point(longitude, latitude)


def outline(index: int | str) -> Shape:
    """H3_Boundary."""
    corners = [(longitude, latitude) for latitude, longitude in _cells().cell_to_boundary(_cell(index))]
    return Shape(POLYGON, rings=[np.array([*corners, corners[0]])])


def is_valid_cell(index: int | str) -> bool:
    """H3_IsValid."""
    try:
        _cell(index)
    except Fault:
        return False
    return True


def cell_resolution(index: int | str) -> int:
    """H3_Resolution."""
    return int(_cells().get_resolution(_cell(index)))


def parent(index: int | str, resolution: int) -> int:
    """H3_ToParent."""
    cell = _cell(index)
    return int(_cells().cell_to_parent(cell, _resolution(resolution, most=cell_resolution(cell))))


def children(index: int | str, resolution: int) -> str:
    """H3_ToChildren, as the text of a SUPER array."""
    cell = _cell(index)
    h3 = _cells()
    _resolution(resolution, least=cell_resolution(cell))
    if h3.cell_to_children_size(cell, resolution) * 19 > _SUPER_BYTES:
        raise Fault("gives more cells than a SUPER value holds")
    return _array(h3.cell_to_children(cell, resolution))


def polyfill(shape: Shape, resolution: int) -> str | None:
    """H3_Polyfill: the cells whose centre lies in a polygon, as the text of a SUPER array."""
    import h3

    _resolution(resolution)
    if shape.kind != POLYGON:
        raise Fault(f"takes a POLYGON, not a {shape.name}")
    if shape.empty:
        return None
    rings = [[(y, x) for x, y in ring[:, :2].tolist()] for ring in shape.rings]
    return _array(_cells().polygon_to_cells(h3.LatLngPoly(*rings), resolution))


def _array(cells: list[int]) -> str:
    text = json.dumps(list(cells), separators=(",", ":"))
    if len(text) > _SUPER_BYTES:
        raise Fault("gives more cells than a SUPER value holds")
    return text


FUNCTIONS = {
    "h3_boundary": each(outline),
    "h3_center": each(center),
    "h3_fromlonglat": each(from_long_lat),
    "h3_frompoint": each(from_point),
    "h3_isvalid": each(is_valid_cell),
    "h3_polyfill": each(polyfill),
    "h3_resolution": each(cell_resolution),
    "h3_tochildren": each(children),
    "h3_toparent": each(parent),
    "st_geohash": each(geohash),
    "st_geomfromgeohash": each(of_geohash),
    "st_geomfromgeosquare": each(of_geosquare),
    "st_geosquare": each(geosquare),
}
