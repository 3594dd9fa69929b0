"""Geometries read and written: what goes in comes out, as GEOS reads it; measures beside exact ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from rsnb.errors import RsnbError
from rsnb.warehouse.spatial import geodesy, output, texts
from rsnb.warehouse.spatial.columns import apply
from rsnb.warehouse.spatial.running import computed
from rsnb.warehouse.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MEMBERS,
    MULTIPOINT,
    POINT,
    POLYGON,
    Shape,
    read,
    write,
)
from rsnb.warehouse.spatial.signatures import SIGNATURES, Form, forms
from rsnb.warehouse.spatial.table import routine

NUMBERS = st.integers(-999, 999).map(lambda n: n / 4)


@st.composite
def shapes(draw: Any, z: bool | None = None, m: bool | None = None, depth: int = 2) -> Shape:
    """Any geometry, empty ones included."""
    z, m = (draw(st.booleans()) if flag is None else flag for flag in (z, m))
    kind = draw(st.integers(POINT, COLLECTION if depth else MULTIPOINT))
    shape = Shape(kind, z, m, draw(st.sampled_from([0, 4326])) if depth == 2 else 0)

    def points(least: int, most: int) -> np.ndarray[Any, Any]:
        count = draw(st.integers(least, most))
        return np.array([[draw(NUMBERS) for _ in range(shape.width)] for _ in range(count)])

    if kind == POINT:
        shape.rings = [points(1, 1)] if draw(st.booleans()) else []
    elif kind == LINESTRING:
        shape.rings = [points(2, 5)] if draw(st.booleans()) else []
    elif kind == POLYGON:
        for _ in range(draw(st.integers(0, 2))):
            ring = points(3, 5)
            shape.rings.append(np.concatenate([ring, ring[:1]]))
    elif kind == COLLECTION:
        shape.members = draw(st.lists(shapes(z, m, depth - 1), max_size=3))
    else:
        inner = shapes(z, m, 0).filter(lambda s: s.kind == MEMBERS[kind])
        shape.members = draw(st.lists(inner, max_size=3))
    return shape


@settings(max_examples=150, deadline=None)
@given(shapes())
def test_text_and_binary_read_back(shape: Shape) -> None:
    data = write(shape)
    assert write(read(data)) == data
    assert write(texts.read_ewkt(texts.write_ewkt(shape, 17))) == data
    assert write(texts.read_any(output.ewkb(shape).hex().upper())) == data
    flat = texts.read_wkt(texts.write_wkt(texts.read_geojson(texts.write_geojson(shape, 17)), 17))
    assert texts.write_geojson(flat) == texts.write_geojson(shape)


@settings(max_examples=150, deadline=None)
@given(shapes())
def test_geos_reads_the_same(shape: Shape) -> None:
    found = shapely.from_wkb(write(shape))
    assert shapely.get_srid(found) == shape.srid
    assert shapely.get_num_coordinates(found) == sum(len(ring) for ring in shape.all_rings())
    assert shapely.is_empty(found) == shape.empty
    assert shapely.from_wkb(output.wkb(shape)) is not None
    if not shape.empty and shape.kind <= POLYGON:
        assert shapely.to_wkb(found, include_srid=True) == write(shape)
        assert shapely.to_wkb(found, flavor="iso") == output.wkb(shape)


ONE_GEOMETRY = [f for name in SIGNATURES for f in forms(name) if f.takes == ("geometry",)]
TWO_GEOMETRIES = [f for name in SIGNATURES for f in forms(name) if f.takes == ("geometry", "geometry")]


def answered(form: Form, *shapes: Shape) -> None:
    """A call gives a value of its type, or an error of rsnb's."""
    import pyarrow as pa

    try:
        value = computed(form, *(pa.chunked_array([pa.array([write(s)])]) for s in shapes))[0].as_py()
    except RsnbError:
        return
    if form.returns == "geometry" and value is not None:
        read(value)


@settings(max_examples=60, deadline=None)
@given(shapes(), st.sampled_from(ONE_GEOMETRY))
def test_any_geometry_is_answered(shape: Shape, form: Form) -> None:
    answered(form, shape)


@settings(max_examples=60, deadline=None)
@given(shapes(), shapes(), st.sampled_from(TWO_GEOMETRIES))
def test_any_two_geometries_are_answered(first: Shape, second: Shape, form: Form) -> None:
    answered(form, first, second)


@given(st.text("POINTLSRGEZM()=;, 0123456789.-", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        texts.read_any(text)
    except texts.Fault:
        return


@pytest.mark.parametrize("size", [40.0, 5.0, 0.5, 0.01, 0.001])
def test_geodesics_are_near_the_exact_ones(size: float) -> None:
    ring = np.array([[13.4, 42.5], [13.4, 42.5 + size], [13.4 + size * 1.3, 42.5 + size * 0.7], [13.4, 42.5]])
    area, around = Geod(ellps="WGS84").polygon_area_perimeter(*ring.T)
    earth = geodesy.spheroid(4326)
    assert geodesy.length(ring, earth) == pytest.approx(around, rel=2e-5)
    assert geodesy.ring_area(ring, earth) == pytest.approx(abs(area), rel=2e-3)


def test_null_rows_stay_null_and_the_others_in_place() -> None:
    import pyarrow as pa

    (form,) = forms("st_x")
    points = pa.array([None, write(texts.read_wkt("POINT(1 2)")), None, write(texts.read_wkt("POINT EMPTY"))])
    assert apply(form, routine(form), [points]).to_pylist() == [None, 1.0, None, None]
