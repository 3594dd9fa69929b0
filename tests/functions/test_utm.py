"""UTM in SQL (as DuckDB macros) and in numpy, against published vectors and against each other.

The vectors are those of RSNB_DATA (default ../shared/data); where it is absent, the few below. The id of each
test names which of the two it ran on.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pytest
from _pytest.mark import ParameterSet

from rsnb import functions
from rsnb.errors import ConfigError
from rsnb.functions.utm import ALPHA, EQUATORIAL_RADIUS, FLATTENING, RECTIFYING_RADIUS, utm

Answer = tuple[int | None, float | None, float | None]
Locate = Callable[[float | None, float | None], Answer]

FOLDER = Path(os.environ.get("RSNB_DATA", Path(__file__).parents[2] / "../shared/data")) / "utm"

# latitude, longitude, zone, easting, northing, tolerance in metres
VECTORS = [
    # Karney's TMcoords.dat (https://zenodo.org/record/32470), moved to the central meridian of zone 17
    (19.376879758731, -80.655395297462, 17, 536187.3424147238, 2142565.3248023055, 1e-6),
    (33.028801664026, -80.234157316145, 17, 571519.4504575307, 3654740.4448518865, 1e-6),
    (9.916090592983, -78.104722660163, 17, 817518.4555464869, 1097517.5837454216, 1e-6),
    (-35.434073450488, -82.762794707137, 17, 339987.8130412481, 6077390.7467693295, 1e-6),
    (69.499593633291, -79.071664373908, 17, 575358.2619616239, 7711258.662251006, 1e-6),
    (-3.58204121273, -82.137286307295, 17, 373685.80838209915, 9603993.31207885, 1e-6),
    (0, 0, 31, 166021.443081, 0, 5e-7),
    (48.8583, 2.2945, 31, 448251.898, 5411943.794, 5e-4),  # the Eiffel tower
    (60.39135, 5.3249, 32, 297508.41, 6700645.30, 5e-3),  # Bergen, in the Norway exception
    (0, 180, 1, 166021, 0, 1),
    (84, -5.00601, 30, 476594, 9328501, 1),
]
# latitude, then longitude: zone
ZONES_AT: dict[float, dict[float, int]] = {
    55.999: {3: 31},
    56: {3: 32},
    60: {2.999: 31, 3: 32, 11.999: 32, 12: 33},
    63.999: {3: 32},
    64: {3: 31},
    71.999: {9: 32},
    72: {9: 33},
    75: {-0.001: 30, 0: 31, 8.999: 31, 9: 33, 20.999: 33, 21: 35, 32.999: 35, 33: 37, 41.999: 37, 42: 38},
    84: {9: 33},
    0: {-540: 1, -180.001: 60, -180: 1, -1e-300: 30, 179.999: 60, 180: 1, 366: 32, 540: 1}
    | {6 * k - 180: k % 60 + 1 for k in range(61)}
    | {math.nextafter(6 * k - 180, -math.inf): k for k in range(1, 61) if k != 30}
    | {math.nextafter(edge, -math.inf): 60 for edge in (-180, 540, 900, 1260)},
}
NOWHERE = [
    *[(84.000001, 0), (-80.000001, 0), (90, 0), (-90, 0), (1e300, 0), (math.inf, 0), (-math.inf, 0)],
    *[(math.nan, 0), (0, math.nan), (math.nan, math.nan), (0, math.inf), (0, -math.inf), (0, 1e9)],
    *[(None, 0), (0, None), (None, None)],
]
CREATE_FUNCTION = (
    r"create or replace function (\w+) \((.*?)\) returns (\w+) immutable\s+"
    r"as \$\$ select (.*) \$\$ language sql"
)
# Math_functions.md, and the words before a bracket that are no function
REDSHIFT_WORDS = set(re.findall(r"\w+", "abs atan atan2 cos exp floor ln mod power sin sqrt tan cast decimal and"))
CLAUSES = {"select", "with", "from", "into", "where", "group", "having", "order", "limit", "union", "over"}


def rows(file: str) -> list[dict[str, str]]:
    path = FOLDER / file
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []


def numbers(row: dict[str, str], names: str) -> list[float]:
    return [float(row[name]) for name in names.split()]


def vectors() -> list[ParameterSet]:
    names = "lat lon zone easting northing tolerance_m"
    published = [
        pytest.param(*numbers(row, names), id=f"utm_vectors.csv line {number}")
        for number, row in enumerate(rows("utm_vectors.csv"), start=2)
        if "forced zone" not in row["note"]
    ]
    return published + [pytest.param(*row, id=f"own vector {number}") for number, row in enumerate(VECTORS)]


def zones() -> list[ParameterSet]:
    published = [
        pytest.param(*numbers(row, "lat lon zone"), id=f"utm_zone_exceptions.csv line {number}")
        for number, row in enumerate(rows("utm_zone_exceptions.csv"), start=2)
    ]
    return published + [
        pytest.param(lat, lon, zone, id=f"own zone {lat} {lon}")
        for lat, row in ZONES_AT.items()
        for lon, zone in row.items()
    ]


def macro(statement: str) -> str:
    """A CREATE FUNCTION statement as the CREATE MACRO that DuckDB has in its place."""
    match = re.fullmatch(CREATE_FUNCTION, statement.strip(), re.DOTALL)
    assert match, statement
    name, arguments, returns, body = match.groups()
    names = [f"a{number}" for number, _ in enumerate(arguments.split(","), start=1)]
    body = re.sub(r"\$(\d)", r"cast(a\1 as float8)", body)
    return f"create macro {name}({', '.join(names)}) as cast({body} as {returns})"


def statements() -> list[str]:
    return [statement for statement in functions.sql("utm").split(";") if statement.strip()]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for statement in statements():
            connection.execute(macro(statement))
        connection.execute(
            "prepare utm as select f_utm_zone(lat, lon), f_utm_easting(lat, lon), f_utm_northing(lat, lon),"
            " f_ll_utm(lat, lon) from (select $1::float8 as lat, $2::float8 as lon)"
        )
        yield connection


def in_sql(warehouse: duckdb.DuckDBPyConnection, lat: float | None, lon: float | None) -> Answer:
    values = ["null" if value is None else f"'{float(value)!r}'::float8" for value in (lat, lon)]
    [(zone, easting, northing, text)] = warehouse.execute(f"execute utm({', '.join(values)})").fetchall()
    expected = None if zone is None else f"{zone}|{easting:.3f}|{northing:.3f}"
    assert text == expected
    return zone, easting, northing


def in_numpy(lat: float | None, lon: float | None) -> Answer:
    zone, easting, northing = utm(lat, lon)
    if zone:
        return int(zone), float(easting), float(northing)
    assert np.isnan(easting)
    assert np.isnan(northing)
    return None, None, None


@pytest.fixture(params=["sql", "numpy"])
def locate(request: pytest.FixtureRequest) -> Locate:
    """Zone, easting and northing of a point; three times None where there is no UTM."""
    return in_numpy if request.param == "numpy" else partial(in_sql, request.getfixturevalue("warehouse"))


@pytest.mark.parametrize(("lat", "lon", "zone", "easting", "northing", "tolerance"), vectors())
def test_vector(
    locate: Locate, lat: float, lon: float, zone: int, easting: float, northing: float, tolerance: float
) -> None:
    assert locate(lat, lon) == pytest.approx((zone, easting, northing), abs=tolerance, rel=0)


@pytest.mark.parametrize(("lat", "lon", "zone"), zones())
def test_zone(locate: Locate, lat: float, lon: float, zone: int) -> None:
    assert locate(lat, lon)[0] == zone


@pytest.mark.parametrize(("lat", "lon"), NOWHERE)
def test_nowhere(locate: Locate, lat: float | None, lon: float | None) -> None:
    assert locate(lat, lon) == (None, None, None)


@pytest.mark.parametrize("lat", [84, 60, 1e-9, -1e-9, -45, -80])
def test_northing_on_the_central_meridian_is_its_arc(locate: Locate, lat: float) -> None:
    """Against the integral of the radius of curvature, a (1 - e^2) / (1 - e^2 sin^2)^(3/2)."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    squared = FLATTENING * (2 - FLATTENING)
    half = math.radians(lat) / 2
    curvature = EQUATORIAL_RADIUS * (1 - squared) / (1 - squared * np.sin(half * (nodes + 1)) ** 2) ** 1.5
    arc = 0.9996 * half * float(weights @ curvature)
    assert locate(lat, 15) == pytest.approx((33, 500_000, arc + (lat < 0) * 1e7), abs=2e-8, rel=0)


def test_origin_is_exact(locate: Locate) -> None:
    assert locate(0, 3) == (31, 500_000, 0)


@pytest.mark.parametrize("turns", [-3, -1, 1, 10])
def test_wrapped_longitude_is_the_same_place(locate: Locate, turns: int) -> None:
    assert locate(52.5, 13.5 + 360 * turns) == locate(52.5, 13.5)


@pytest.mark.parametrize("lon", [179.99999999999997, 539.9999999999999, -180.00000000000003])
def test_a_hair_west_of_the_date_line(locate: Locate, lon: float) -> None:
    _, easting, northing = locate(0, -180)
    assert locate(0, lon) == pytest.approx((60, 1e6 - (easting or 0), northing), abs=1e-6)


def test_sql_and_numpy_agree(warehouse: duckdb.DuckDBPyConnection) -> None:
    random = np.random.default_rng(20110726)
    lat, lon = random.uniform(-82, 86, 100_000), random.uniform(-400, 400, 100_000)
    warehouse.register("points", {"lat": lat, "lon": lon})
    answer = warehouse.execute(
        "select coalesce(f_utm_zone(lat, lon), 0) as zone,"
        " coalesce(f_utm_easting(lat, lon), 'nan') as easting,"
        " coalesce(f_utm_northing(lat, lon), 'nan') as northing from points"
    ).fetchnumpy()
    expected = utm(lat, lon)
    assert 0 < np.count_nonzero(expected.zone == 0) < 5_000
    np.testing.assert_array_equal(answer["zone"], expected.zone)
    np.testing.assert_allclose(answer["easting"], expected.easting, rtol=0, atol=1e-3)
    np.testing.assert_allclose(answer["northing"], expected.northing, rtol=0, atol=1e-3)


def test_inputs_broadcast() -> None:
    found = utm([[10.0], [20.0]], [0.0, 7.0, 13.0])
    assert found.zone.tolist() == [[31, 32, 33]] * 2
    assert found.easting.shape == found.northing.shape == (2, 3)


def test_series_matches_the_published_numbers() -> None:
    """WGS 84 values as GeographicLib and PROJ print them."""
    assert pytest.approx(6367449.145823415, abs=1e-9) == RECTIFYING_RADIUS
    assert ALPHA[:3] == pytest.approx((8.377318206244698e-4, 7.608527773572307e-7, 1.197645503329453e-9))


def test_bodies_are_what_redshift_accepts() -> None:
    """One scalar expression, of functions that Redshift has or that the script made before."""
    made: set[str] = set()
    for statement in statements():
        match = re.fullmatch(CREATE_FUNCTION, statement.strip(), re.DOTALL)
        assert match, statement
        name, arguments, _, body = match.groups()
        assert not CLAUSES & set(re.findall(r"\w+", body))
        assert set(re.findall(r"([a-z]\w*)\s*\(", body)) <= REDSHIFT_WORDS | made, name
        assert set(re.findall(r"\$\d+", body)) == {f"${n + 1}" for n in range(arguments.count(",") + 1)}
        assert not re.search(r"\d\.\d{7,}(?!\d*e)", body), "a long number without exponent is a decimal"
        made.add(name)
    assert {"f_ll_utm", "f_utm_zone", "f_utm_easting", "f_utm_northing"} <= made


def test_names_list_the_libraries() -> None:
    assert functions.names() == sorted(functions.LIBRARIES)
    for name, (meaning, _) in functions.LIBRARIES.items():
        assert meaning
        assert functions.sql(name).startswith("create or replace function f_")


def test_unknown_library_lists_what_exists() -> None:
    with pytest.raises(ConfigError, match=r"'mercator'.*\n.*utm"):
        functions.sql("mercator")
