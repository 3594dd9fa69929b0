"""Functions that make a geometry from text, binary or numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely

from rsnb.warehouse.spatial import texts
from rsnb.warehouse.spatial.columns import Array
from rsnb.warehouse.spatial.geodesy import spheroid
from rsnb.warehouse.spatial.routine import each, vector
from rsnb.warehouse.spatial.shapes import LINESTRING, POINT, POLYGON, Fault, NotKnown, Shape
from rsnb.warehouse.spatial.texts import checked_srid

GEOGRAPHIC = 4326


def point(*numbers: float) -> Shape:
    """A point of two to four coordinates, SRID 0."""
    if not np.isfinite(numbers).all():
        raise Fault("takes finite numbers")
    return Shape(POINT, len(numbers) > 2, len(numbers) > 3, 0, [np.array([numbers], dtype=np.float64)])


def points(x: Array, y: Array) -> Array:
    """ST_Point."""
    both = np.column_stack([x, y])
    if not np.isfinite(both).all():
        raise Fault("takes finite numbers")
    return np.asarray(shapely.points(both))


def of_text(text: str, srid: int = 0) -> Shape | None:
    """A geometry from WKT; none when the SRID is negative."""
    return _with_srid(texts.read_wkt(text), srid)


def of_hex(text: str, srid: int | None = None) -> Shape | None:
    """A geometry from WKB in hexadecimal, with the SRID given or 0."""
    return _with_srid(texts.read_hex(text), srid or 0)


def _with_srid(shape: Shape, srid: int) -> Shape | None:
    shape.srid = srid
    return shape if srid >= 0 else None


def geography(shape: Shape) -> Shape:
    """A geometry as a geography: SRID 4326 unless it has one, which is of a geographic system."""
    if shape.srid not in (0, GEOGRAPHIC):
        spheroid(shape.srid)
    return replace(shape, srid=shape.srid or GEOGRAPHIC)


def box(xmin: float, ymin: float, xmax: float, ymax: float, srid: int = 0) -> Shape:
    """The rectangle of two corners, clockwise from the lower left one; a linestring or a point where it is flat."""
    checked_srid(srid)
    left, right, low, high = min(xmin, xmax), max(xmin, xmax), min(ymin, ymax), max(ymin, ymax)
    if (left, low) == (right, high):
        return Shape(POINT, srid=srid, rings=[np.array([[left, low]])])
    if left == right or low == high:
        return Shape(LINESTRING, srid=srid, rings=[np.array([[left, low], [right, high]])])
    ring = np.array([[left, low], [left, high], [right, high], [right, low], [left, low]])
    return Shape(POLYGON, srid=srid, rings=[ring])


def make_envelope(xmin: float, ymin: float, xmax: float, ymax: float, srid: int = 0) -> Shape:
    """ST_MakeEnvelope: the lower left and the upper right corner."""
    if not np.isfinite([xmin, ymin, xmax, ymax]).all():
        raise Fault("takes finite numbers")
    if xmin > xmax or ymin > ymax:
        raise NotKnown("with a lower left corner beyond the upper right one")
    return box(xmin, ymin, xmax, ymax, srid)


def _readable(read: Callable[[str], Shape]) -> Callable[[str], Shape | None]:
    """A reader of texts that gives none for one at fault."""

    def shape(text: str) -> Shape | None:
        try:
            return read(text)
        except Fault:
            return None

    return shape


def text_geography(text: str) -> Shape:
    """A geography from a text that stands for one."""
    return geography(texts.read_any(text))


FUNCTIONS = {
    "read_geography": each(_readable(text_geography)),
    "read_geometry": each(_readable(texts.read_any)),
    "st_geogfromtext": each(lambda text: geography(texts.read_ewkt(text))),
    "st_geogfromwkb": each(lambda text: geography(texts.read_hex(text))),
    "st_geomfromewkb": each(texts.read_hex),
    "st_geomfromewkt": each(texts.read_ewkt),
    "st_geomfromgeojson": each(texts.read_geojson),
    "st_geomfromtext": each(of_text),
    "st_geomfromwkb": each(of_hex),
    "st_makeenvelope": each(make_envelope),
    "st_makepoint": each(point),
    "st_point": vector(points),
    "to_geography": each(text_geography),
    "to_geography_of": each(geography),
    "to_geometry": each(texts.read_any),
}
