"""The spatial functions that the embedded warehouse has: name by name, what each takes and returns.

Types are by their short names. A type in brackets may be left out; `geo` is a geometry or a geography, `cell` the
index of an H3 cell as a number or as text, `geometries` the rows of an aggregate.
Source: Redshift Developer Guide, "Spatial functions", the function's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

SIGNATURES = {
    "addbbox": "geometry -> geometry",
    "dropbbox": "geometry -> geometry",
    "geometrytype": "geometry -> varchar",
    "h3_boundary": "cell -> geometry",
    "h3_center": "cell -> geometry",
    "h3_fromlonglat": "float8 float8 int4 -> int8",
    "h3_frompoint": "geometry int4 -> int8",
    "h3_isvalid": "cell -> bool",
    "h3_polyfill": "geometry int4 -> super",
    "h3_resolution": "cell -> int4",
    "h3_tochildren": "cell int4 -> super",
    "h3_toparent": "cell int4 -> int8",
    "st_addpoint": "geometry geometry [int4] -> geometry",
    "st_angle": "geometry geometry geometry [geometry] -> float8",
    "st_area": "geo -> float8",
    "st_asbinary": "geometry -> varbyte",
    "st_asewkb": "geometry -> varbyte",
    "st_asewkt": "geo [int4] -> varchar",
    "st_asgeojson": "geo [int4] -> varchar",
    "st_ashexewkb": "geo -> varchar",
    "st_ashexwkb": "geo -> varchar",
    "st_astext": "geo [int4] -> varchar",
    "st_azimuth": "geometry geometry -> float8",
    "st_boundary": "geometry -> geometry",
    "st_buffer": "geometry float8 [int4] -> geometry",
    "st_centroid": "geometry -> geometry",
    "st_collect": "geometry geometry -> geometry",
    "st_contains": "geometry geometry -> bool",
    "st_containsproperly": "geometry geometry -> bool",
    "st_convexhull": "geometry -> geometry",
    "st_coveredby": "geometry geometry -> bool",
    "st_covers": "geometry geometry -> bool",
    "st_crosses": "geometry geometry -> bool",
    "st_dimension": "geometry -> int4",
    "st_disjoint": "geometry geometry -> bool",
    "st_distance": "geo geo -> float8",
    "st_distancesphere": "geometry geometry [float8] -> float8",
    "st_dwithin": "geometry geometry float8 -> bool",
    "st_endpoint": "geometry -> geometry",
    "st_envelope": "geometry -> geometry",
    "st_equals": "geometry geometry -> bool",
    "st_exteriorring": "geometry -> geometry",
    "st_force2d": "geometry -> geometry",
    "st_force3d": "geometry -> geometry",
    "st_force3dm": "geometry -> geometry",
    "st_force3dz": "geometry -> geometry",
    "st_force4d": "geometry -> geometry",
    "st_geogfromtext": "varchar -> geography",
    "st_geogfromwkb": "varchar -> geography",
    "st_geohash": "geometry [int4] -> varchar",
    "st_geometryn": "geometry int4 -> geometry",
    "st_geometrytype": "geometry -> varchar",
    "st_geomfromewkb": "varchar -> geometry",
    "st_geomfromewkt": "varchar -> geometry",
    "st_geomfromgeohash": "varchar [int4] -> geometry",
    "st_geomfromgeojson": "varchar -> geometry",
    "st_geomfromgeosquare": "int8 [int4] -> geometry",
    "st_geomfromtext": "varchar [int4] -> geometry",
    "st_geomfromwkb": "varchar [int4] -> geometry",
    "st_geosquare": "geometry [int4] -> int8",
    "st_interiorringn": "geometry int4 -> geometry",
    "st_intersection": "geometry geometry -> geometry",
    "st_intersects": "geometry geometry -> bool",
    "st_isclosed": "geometry -> bool",
    "st_iscollection": "geometry -> bool",
    "st_isempty": "geometry -> bool",
    "st_ispolygonccw": "geometry -> bool",
    "st_ispolygoncw": "geometry -> bool",
    "st_isring": "geometry -> bool",
    "st_issimple": "geometry -> bool",
    "st_isvalid": "geometry -> bool",
    "st_length": "geo -> float8",
    "st_length2d": "geo -> float8",
    "st_lengthsphere": "geometry -> float8",
    "st_linefrommultipoint": "geometry -> geometry",
    "st_lineinterpolatepoint": "geometry float8 -> geometry",
    "st_m": "geometry -> float8",
    "st_makeenvelope": "float8 float8 float8 float8 [int4] -> geometry",
    "st_makeline": "geometry geometry -> geometry",
    "st_makepoint": "float8 float8 [float8] [float8] -> geometry",
    "st_makepolygon": "geometry [geometry] -> geometry",
    "st_mmax": "geometry -> float8",
    "st_mmin": "geometry -> float8",
    "st_multi": "geometry -> geometry",
    "st_ndims": "geometry -> int4",
    "st_npoints": "geo -> int4",
    "st_nrings": "geometry -> int4",
    "st_numgeometries": "geometry -> int4",
    "st_numinteriorrings": "geometry -> int4",
    "st_numpoints": "geometry -> int4",
    "st_perimeter": "geo -> float8",
    "st_perimeter2d": "geo -> float8",
    "st_point": "float8 float8 -> geometry",
    "st_pointn": "geometry int4 -> geometry",
    "st_points": "geometry -> geometry",
    "st_polygon": "geometry int4 -> geometry",
    "st_removepoint": "geometry int4 -> geometry",
    "st_reverse": "geometry -> geometry",
    "st_setpoint": "geometry int4 geometry -> geometry",
    "st_setsrid": "geometry int4 -> geometry",
    "st_simplify": "geometry float8 -> geometry",
    "st_srid": "geometry -> int4",
    "st_startpoint": "geometry -> geometry",
    "st_touches": "geometry geometry -> bool",
    "st_transform": "geometry int4 -> geometry",
    "st_union": "geometry geometry -> geometry",
    "st_within": "geometry geometry -> bool",
    "st_x": "geometry -> float8",
    "st_xmax": "geometry -> float8",
    "st_xmin": "geometry -> float8",
    "st_y": "geometry -> float8",
    "st_ymax": "geometry -> float8",
    "st_ymin": "geometry -> float8",
    "st_z": "geometry -> float8",
    "st_zmax": "geometry -> float8",
    "st_zmin": "geometry -> float8",
    "supportsbbox": "geometry -> bool",
}
AGGREGATES = {"st_collect": "geometries -> geometry"}
# Conversions to GEOMETRY and GEOGRAPHY; not functions that a user calls. Those that read give NULL for a text at fault.
CASTS = {
    "read_geography": "varchar -> geography",
    "read_geometry": "varchar -> geometry",
    "to_geography": "varchar -> geography",
    "to_geography_of": "geometry -> geography",
    "to_geometry": "varchar -> geometry",
}
PREFIX = "rsnb_spatial_"  # of the name of DuckDB's function for each type of results
SPATIAL = ("geometry", "geography")
_EITHER = {"geo": SPATIAL, "cell": ("int8", "varchar")}
DUCKDB = {
    "bool": "BOOLEAN",
    "float8": "DOUBLE",
    "geography": "BLOB",
    "geometries": "BLOB[]",
    "geometry": "BLOB",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "super": "VARCHAR",
    "varbyte": "BLOB",
    "varchar": "VARCHAR",
}


@dataclass(frozen=True)
class Form:
    """One form of a function: its arguments' types and its result's, by their short names."""

    name: str
    takes: tuple[str, ...]
    returns: str

    @property
    def key(self) -> str:
        """The text that stands for it in a call."""
        return " ".join((self.name, *self.takes))

    def sql(self, *arguments: str) -> str:
        """A call as DuckDB SQL."""
        return f"{self.duckdb}('{self.key}', {', '.join(arguments)})"

    @property
    def duckdb(self) -> str:
        """The function of DuckDB that computes it."""
        return PREFIX + DUCKDB[self.returns].lower()


@lru_cache(maxsize=512)
def forms(name: str) -> tuple[Form, ...]:
    """The forms of a function, an aggregate or a cast, the shortest first."""
    found = []
    for table in (SIGNATURES, AGGREGATES, CASTS):
        if name in table:
            takes, returns = (part.split() for part in table[name].split("->"))
            found += [Form(name, kinds, returns[0]) for kinds in _spelled(takes)]
    return tuple(found)


@lru_cache(maxsize=1)
def every_form() -> dict[str, Form]:
    """All forms by their key."""
    return {form.key: form for name in {*SIGNATURES, *AGGREGATES, *CASTS} for form in forms(name)}


def _spelled(takes: list[str]) -> list[tuple[str, ...]]:
    """The arguments without their brackets and alternatives: `geo [int4]` is four forms."""
    least = sum(not word.startswith("[") for word in takes)
    words = [word.strip("[]") for word in takes]
    either = next((word for word in words if word in _EITHER), None)
    kinds = _EITHER[either] if either else ("",)
    counts = range(least, len(words) + 1)
    return [tuple(kind if word == either else word for word in words[:count]) for count, kind in product(counts, kinds)]
