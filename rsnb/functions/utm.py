"""Latitude and longitude (WGS 84, degrees) to UTM zone, easting and northing (metres), in SQL and in numpy.

The projection is the Krueger series to order n^6, after C. F. F. Karney, "Transverse Mercator with an
accuracy of a few nanometers", J. Geodesy 85 (2011), 475-485, https://arxiv.org/abs/1002.1417, eqs. (7) to
(14), A of (29), alpha_j of (35). phi: latitude; lam: longitude from the central meridian; e: eccentricity;
n: third flattening; a: equatorial radius.

    chi, conformal latitude: atanh(sin chi) = atanh(sin phi) - e atanh(e sin phi)
    xi'   = atan2(tan chi, cos lam)
    eta'  = atanh(sin lam cos chi)
    xi    = xi'  + sum over j = 1..6 of alpha_j sin(2j xi') cosh(2j eta')
    eta   = eta' + sum over j = 1..6 of alpha_j cos(2j xi') sinh(2j eta')
    A     = a / (1 + n) (1 + n^2/4 + n^4/64 + n^6/256)
    easting = 500 km + k0 A eta;  northing = k0 A xi, + 10,000 km in the south

Zones, with the exceptions of Norway (32V) and Svalbard (31X, 33X, 35X, 37X), follow NGA.SIG.0012 (2014), "The
Universal Grids". The SQL is rendered from the numbers that numpy computes with.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

EQUATORIAL_RADIUS = 6378137.0  # WGS 84, metres
FLATTENING = 1 / 298.257223563
SCALE = 0.9996  # k0, on the central meridian
FALSE_EASTING = 500_000.0
FALSE_NORTHING = 10_000_000.0  # in the southern hemisphere
LONGEST = 1e9  # degrees of longitude; a double further out no longer holds a centimetre

# alpha_j, a row each: the coefficients of n^j, n^(j+1), ... n^6
SERIES: tuple[tuple[float, ...], ...] = (
    (1 / 2, -2 / 3, 5 / 16, 41 / 180, -127 / 288, 7891 / 37800),
    (13 / 48, -3 / 5, 557 / 1440, 281 / 630, -1983433 / 1935360),
    (61 / 240, -103 / 140, 15061 / 26880, 167603 / 181440),
    (49561 / 161280, -179 / 168, 6601661 / 7257600),
    (34729 / 80640, -3418889 / 1995840),
    (212378941 / 319334400,),
)

N = FLATTENING / (2 - FLATTENING)
ECCENTRICITY = math.sqrt(FLATTENING * (2 - FLATTENING))
RECTIFYING_RADIUS = EQUATORIAL_RADIUS / (1 + N) * (1 + N**2 / 4 + N**4 / 64 + N**6 / 256)
ALPHA = tuple(
    math.fsum(coefficient * N**power for power, coefficient in enumerate(row, start=j))
    for j, row in enumerate(SERIES, start=1)
)


class Utm(NamedTuple):
    """Zone 1 to 60, easting and northing in metres; 0, NaN and NaN where there is no UTM."""

    zone: NDArray[np.int64]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]


def utm(latitude: ArrayLike | None, longitude: ArrayLike | None) -> Utm:
    """UTM of each point; the two inputs, in degrees, are broadcast against each other.

    A longitude is wrapped to [-180, 180). There is no UTM outside 80 S to 84 N, and none for NaN, None or a
    longitude of 1e9 degrees or more.
    """
    lat, lon = np.broadcast_arrays(np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float))
    known = (lat >= -80) & (lat <= 84) & (np.abs(lon) < LONGEST)
    lat, lon = np.where(known, lat, np.nan), _wrapped(np.where(known, lon, np.nan))
    zone = np.where(known, _zone(lat, lon), 0).astype(np.int64)
    xi, eta = _krueger(np.radians(lat), np.radians(lon - (6 * zone - 183)))
    easting = FALSE_EASTING + SCALE * RECTIFYING_RADIUS * eta
    northing = np.where(lat < 0, FALSE_NORTHING, 0.0) + SCALE * RECTIFYING_RADIUS * xi
    return Utm(zone, np.asarray(easting), np.asarray(northing))


def _wrapped(lon: NDArray[np.float64]) -> NDArray[np.float64]:
    turns: NDArray[np.float64] = np.floor(lon / 360 + 0.5)
    return lon - 360 * turns


def _zone(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    norway = (lat >= 56) & (lat < 64) & (lon >= 3) & (lon < 12)
    svalbard = (lat >= 72) & (lon >= 0) & (lon < 42)
    # a hair west of 180 may wrap to a hair west of -180, by rounding: that is zone 60, hence the remainder
    plain = np.mod(np.floor(lon / 6) + 90, 60) + 1
    return np.select([norway, svalbard], [np.full_like(lon, 32), 31 + 2 * np.floor((lon + 3) / 12)], plain)


def _krueger(phi: NDArray[np.float64], lam: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """xi and eta (radians, before the scale) of a latitude and a longitude from the central meridian."""
    tau = np.tan(phi)
    sigma = np.sinh(ECCENTRICITY * np.arctanh(ECCENTRICITY * np.sin(phi)))
    tau_conformal = tau * np.hypot(1, sigma) - sigma * np.hypot(1, tau)  # tan chi
    xi0 = np.arctan2(tau_conformal, np.cos(lam))
    eta0 = np.arcsinh(np.sin(lam) / np.hypot(tau_conformal, np.cos(lam)))
    xi, eta = xi0.copy(), eta0.copy()
    for j, alpha in enumerate(ALPHA, start=1):
        xi += alpha * np.sin(2 * j * xi0) * np.cosh(2 * j * eta0)
        eta += alpha * np.cos(2 * j * xi0) * np.sinh(2 * j * eta0)
    return xi, eta


class SqlFunction(NamedTuple):
    """A Redshift scalar SQL UDF; `{name}` in the body is a number of `_numbers`."""

    name: str
    arguments: str
    returns: str
    body: str


# An SQL UDF has no FROM, so nothing names an intermediate value but the argument of another function. Both
# engines put the body in the place of a call, so an argument is computed as often as the body names it: each
# is named as seldom as can be, and (1 + x) / (1 - x) is written 2 / (1 - x) - 1. CASE stays at the inputs,
# because DuckDB computes equal expressions once, but not those inside a CASE.
FUNCTIONS: tuple[SqlFunction, ...] = (
    # longitude -> the same in [-180, 180)
    SqlFunction(
        "f_utm_wrap",
        "float8",
        "float8",
        "case when abs($1) < {longest} then $1 - 360 * floor($1 / 360 + 0.5) end",
    ),
    # latitude, wrapped longitude -> zone
    SqlFunction(
        "f_utm_wrapped_zone",
        "float8, float8",
        "integer",
        "cast(case"
        " when $1 >= 56 and $1 < 64 and $2 >= 3 and $2 < 12 then 32"
        " when $1 >= 72 and $1 <= 84 and $2 >= 0 and $2 < 42 then 31 + 2 * floor(($2 + 3) / 12)"
        " when $1 >= -80 and $1 <= 84 then mod(cast(floor($2 / 6) as integer) + 90, 60) + 1"
        " end as integer)",
    ),
    # latitude, wrapped longitude -> lam
    SqlFunction("f_utm_lam", "float8, float8", "float8", "{degree} * ($2 + 183 - 6 * f_utm_wrapped_zone($1, $2))"),
    # sin phi -> chi
    SqlFunction(
        "f_utm_chi_of_sine",
        "float8",
        "float8",
        "2 * atan(sqrt(2 / (1 - $1) - 1) * power(2 / (1 + {e} * $1) - 1, {half_e})) - {half_pi}",
    ),
    # latitude -> chi
    SqlFunction(
        "f_utm_chi",
        "float8",
        "float8",
        "f_utm_chi_of_sine(sin({degree} * case when $1 >= -80 and $1 <= 84 then $1 end))",
    ),
    # chi, lam -> xi'
    SqlFunction("f_utm_xi", "float8, float8", "float8", "atan2(tan($1), cos($2))"),
    # chi, lam -> eta'
    SqlFunction("f_utm_eta", "float8, float8", "float8", "0.5 * ln(2 / (1 - sin($2) * cos($1)) - 1)"),
    SqlFunction("f_utm_cosh", "float8", "float8", "0.5 * (exp($1) + exp(-$1))"),
    SqlFunction("f_utm_sinh", "float8", "float8", "0.5 * (exp($1) - exp(-$1))"),
    # xi', eta' -> metres east of the central meridian, metres north of the equator
    SqlFunction("f_utm_east", "float8, float8", "float8", "{radius} * ($2 + {east})"),
    SqlFunction("f_utm_north", "float8, float8", "float8", "{radius} * ($1 + {north})"),
    # chi, lam -> the same
    SqlFunction("f_utm_krueger_east", "float8, float8", "float8", "f_utm_east(f_utm_xi($1, $2), f_utm_eta($1, $2))"),
    SqlFunction("f_utm_krueger_north", "float8, float8", "float8", "f_utm_north(f_utm_xi($1, $2), f_utm_eta($1, $2))"),
    # metres -> text with 3 decimals, rounded before the cast: Redshift does not round an explicit cast of a
    # column to a decimal (r_Numeric_types201)
    SqlFunction(
        "f_utm_metres",
        "float8",
        "varchar",
        "cast(cast(floor($1 * 1000 + 0.5) as decimal(12, 0)) * 0.001 as varchar)",
    ),
    # latitude, longitude -> what the analyst asks for
    SqlFunction("f_utm_zone", "float8, float8", "integer", "f_utm_wrapped_zone($1, f_utm_wrap($2))"),
    SqlFunction(
        "f_utm_easting",
        "float8, float8",
        "float8",
        "{false_easting} + f_utm_krueger_east(f_utm_chi($1), f_utm_lam($1, f_utm_wrap($2)))",
    ),
    SqlFunction(
        "f_utm_northing",
        "float8, float8",
        "float8",
        "case when $1 < 0 then {false_northing} else 0 end"
        " + f_utm_krueger_north(f_utm_chi($1), f_utm_lam($1, f_utm_wrap($2)))",
    ),
    SqlFunction(
        "f_ll_utm",
        "float8, float8",
        "varchar",
        "cast(f_utm_zone($1, $2) as varchar)"
        " || '|' || f_utm_metres(f_utm_easting($1, $2))"
        " || '|' || f_utm_metres(f_utm_northing($1, $2))",
    ),
)


def script() -> str:
    """The CREATE FUNCTION script of the library.

    For the analyst: `f_ll_utm(lat, lon)` gives `zone|easting|northing`, metres with 3 decimals; `f_utm_zone`,
    `f_utm_easting` and `f_utm_northing` give the parts. NULL where there is no UTM. The others are helpers.
    """
    numbers = _numbers()
    return "\n\n".join(_statement(function, numbers) for function in FUNCTIONS) + "\n"


def _statement(function: SqlFunction, numbers: dict[str, str]) -> str:
    name, arguments, returns, body = function
    return (
        f"create or replace function {name} ({arguments}) returns {returns} immutable\n"
        f"as $$ select {body.format_map(numbers)} $$ language sql;"
    )


def _numbers() -> dict[str, str]:
    terms = [(_literal(alpha), 2 * j) for j, alpha in enumerate(ALPHA, start=1)]
    return {
        "degree": _literal(math.pi / 180),
        "half_pi": _literal(math.pi / 2),
        "e": _literal(ECCENTRICITY),
        "half_e": _literal(ECCENTRICITY / 2),
        "longest": _literal(LONGEST),
        "radius": _literal(SCALE * RECTIFYING_RADIUS),
        "false_easting": _literal(FALSE_EASTING),
        "false_northing": _literal(FALSE_NORTHING),
        "east": " + ".join(f"{alpha} * cos({k} * $1) * f_utm_sinh({k} * $2)" for alpha, k in terms),
        "north": " + ".join(f"{alpha} * sin({k} * $1) * f_utm_cosh({k} * $2)" for alpha, k in terms),
    }


def _literal(number: float) -> str:
    """A number with all its digits, and an exponent: without one it would be a decimal."""
    text = repr(number)
    return text if "e" in text else f"{text}e0"
