"""Lengths and areas on a sphere and on the spheroid of a geography's SRID.

Redshift's figures for geographies are those of the Andoyer-Lambert formula (first order in the flattening) for
distances and azimuths, and of the geodesic area series at first order (C. F. F. Karney, "Algorithms for geodesics",
2013, equations 58 to 63): they give the guide's examples to their last digit, where exact geodesics differ
from the sixth. Between points less than 10 km apart the area takes the excess from the latitudes, as the azimuths
lose their digits there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rsnb.warehouse.spatial.columns import Array
from rsnb.warehouse.spatial.shapes import LINESTRING, POLYGON, Coordinates, Fault, NotKnown, Shape

_WGS84 = (6378137.0, 1 / 298.257223563)
MEAN_RADIUS = (2 * _WGS84[0] + _WGS84[0] * (1 - _WGS84[1])) / 3


@dataclass(frozen=True)
class Spheroid:
    """An ellipsoid of revolution: radius at the equator in metres, flattening."""

    radius: float
    flattening: float

    @property
    def eccentricity(self) -> float:
        """The first eccentricity, squared."""
        return self.flattening * (2 - self.flattening)

    @property
    def mean_radius(self) -> float:
        """The mean of the three half axes."""
        return self.radius * (3 - self.flattening) / 3

    @property
    def authalic(self) -> float:
        """The squared radius of the sphere with the same area."""
        e = np.sqrt(self.eccentricity)
        if not e:
            return self.radius**2
        polar = self.radius * (1 - self.flattening)
        return float(self.radius**2 / 2 + polar**2 / 2 * np.arctanh(e) / e)


@lru_cache(maxsize=64)
def spheroid(srid: int) -> Spheroid:
    """The spheroid of a geographic SRID; raises Fault when there is none of that number."""
    if srid == 4326:
        return Spheroid(*_WGS84)
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_epsg(srid)
    except CRSError as exc:
        raise Fault(f"finds no spatial reference system of SRID {srid}") from exc
    if not system.is_geographic or system.ellipsoid is None:
        raise Fault(f"takes a geographic SRID, and {srid} is {system.name}")
    inverse = system.ellipsoid.inverse_flattening
    return Spheroid(system.ellipsoid.semi_major_metre, 1 / inverse if inverse else 0.0)


def great_circle(start: Array, end: Array, radius: Array | float) -> Array:
    """Distances on a sphere between points in degrees (rows of longitude and latitude)."""
    (lon1, lat1), (lon2, lat2) = np.radians(start).T, np.radians(end).T
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return np.asarray(2 * radius * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def distance(start: Coordinates, end: Coordinates, on: Spheroid) -> Array:
    """Distances on a spheroid between points in degrees, by the formula of Andoyer and Lambert."""
    (lon1, lat1), (lon2, lat2) = np.radians(start).T, np.radians(end).T
    first, second = np.sin(lat1), np.sin(lat2)
    cosine = np.clip(first * second + np.cos(lat1) * np.cos(lat2) * np.cos(lon2 - lon1), -1, 1)
    angle = np.arccos(cosine)
    three = 3 * np.sin(angle)
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.where(cosine == 1, 0, (angle + three) / (1 - cosine))
        far = np.where(cosine == -1, 0, (angle - three) / (1 + cosine))
    correction = on.flattening / 4 * (near * (first - second) ** 2 + far * (first + second) ** 2)
    same = (start == end).all(axis=1)
    return np.where(same, 0.0, on.radius * (angle - correction))


def _azimuths(lon1: Array, lat1: Array, lon2: Array, lat2: Array, f: float) -> tuple[Array, Array]:
    """The azimuths at both ends of segments, by the formula of Andoyer and Lambert."""
    turn = lon2 - lon1
    sine, cosine = np.sin(turn), np.cos(turn)
    there = np.arctan2(sine, np.cos(lat1) * np.tan(lat2) - np.sin(lat1) * cosine)
    back = np.arctan2(sine, np.cos(lat2) * np.tan(lat1) - np.sin(lat2) * cosine)
    u = f / 2 * np.cos(lat1) ** 2 * np.sin(2 * there)
    v = f / 2 * np.cos(lat2) ** 2 * np.sin(2 * back)
    angle = np.arccos(np.clip(np.sin(lat1) * np.sin(lat2) + np.cos(lat1) * np.cos(lat2) * cosine, -1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(np.sin(angle) == 0, 0, angle / np.sin(angle))
    reverse = np.where(back >= 0, np.pi, -np.pi) - back
    return there - (v * t - u), reverse - (v - u * t)


def ring_area(ring: Coordinates, on: Spheroid) -> float:
    """The area inside a ring of points in degrees, in square metres, without its sign."""
    lon, lat = np.radians(ring[:, 0]), np.radians(ring[:, 1])
    moved = lon[:-1] != lon[1:]
    if not moved.any():
        return 0.0
    if np.count_nonzero(np.abs(np.diff(lon % (2 * np.pi))) > np.pi) % 2:
        raise NotKnown("of a polygon around a pole")
    lon1, lat1, lon2, lat2 = lon[:-1][moved], lat[:-1][moved], lon[1:][moved], lat[1:][moved]
    excess, correction = _excess(lon1, lat1, lon2, lat2, on)
    length = distance(ring[:-1][moved], ring[1:][moved], on)
    near = (length < on.mean_radius / 638) & (lat1 != np.pi / 2) & (lat2 != np.pi / 2)
    t1, t2 = np.tan(lat1 / 2), np.tan(lat2 / 2)
    planar = 2 * np.arctan((t1 + t2) / (1 + t1 * t2) * np.tan((lon2 - lon1) / 2))
    total = on.authalic * np.where(near, planar, excess).sum()
    return float(abs(total + on.eccentricity * on.radius**2 * correction.sum()))


def _excess(lon1: Array, lat1: Array, lon2: Array, lat2: Array, on: Spheroid) -> tuple[Array, Array]:
    """The spherical and the ellipsoidal part of the area between segments and the equator."""
    azimuth1, azimuth2 = _azimuths(lon1, lat1, lon2, lat2, on.flattening)
    beta1, beta2 = (np.arctan(np.tan(lat) * (1 - on.flattening)) for lat in (lat1, lat2))
    sine0 = np.sin(azimuth1) * np.cos(beta1)
    cosine0 = np.sqrt(np.clip(1 - sine0**2, 0, 1))
    root = np.sqrt(1 + on.eccentricity / (1 - on.eccentricity) * cosine0**2)
    small, third = (root - 1) / (root + 1), on.flattening / (2 - on.flattening)
    c0, c1 = (10 - 4 * third) / 15 - small / 5, small / 45

    def series(azimuth: Array, beta: Array) -> Array:
        x, y = np.cos(azimuth) * np.cos(beta), np.sin(beta)
        size = np.hypot(x, y)
        cosine = np.divide(x, size, out=np.ones_like(x), where=size != 0)
        return np.asarray(c0 * cosine + c1 * (4 * cosine**3 - 3 * cosine))

    return azimuth2 - azimuth1, cosine0 * sine0 * (series(azimuth2, beta2) - series(azimuth1, beta1))


def length(ring: Coordinates, on: Spheroid) -> float:
    """The length of a line of points in degrees, in metres."""
    return float(distance(ring[:-1, :2], ring[1:, :2], on).sum())


def parts(shape: Shape, kind: int) -> Iterator[Shape]:
    """The points, linestrings or polygons of a geography that are not empty."""
    return (part for part in shape.simple() if part.kind == kind and part.rings)


def geography_length(shape: Shape) -> float:
    """The length of a geography's lines, in metres."""
    on = spheroid(shape.srid)
    return sum((length(line.coordinates, on) for line in parts(shape, LINESTRING)), 0.0)


def geography_perimeter(shape: Shape) -> float:
    """The length of the boundaries of a geography's areas, in metres."""
    on = spheroid(shape.srid)
    return sum((length(ring, on) for area in parts(shape, POLYGON) for ring in area.rings), 0.0)


def geography_area(shape: Shape) -> float:
    """The area of a geography, in square metres."""
    on = spheroid(shape.srid)
    areas = ([ring_area(ring[:, :2], on) for ring in area.rings] for area in parts(shape, POLYGON))
    return sum((rings[0] - sum(rings[1:]) for rings in areas), 0.0)


def sphere_length(shape: Shape) -> float:
    """ST_LengthSphere: the length of a geometry's lines on a sphere of the earth's mean radius."""
    lines = (line.coordinates[:, :2] for line in parts(shape, LINESTRING))
    return sum((float(great_circle(p[:-1], p[1:], MEAN_RADIUS).sum()) for p in lines), 0.0)
