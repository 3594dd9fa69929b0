# ruff: noqa: E501
"""Cases of the spatial functions."""

from __future__ import annotations

from typing import Any

TEXT, FLOAT, INT, BIG, BOOL, BYTES = (
    "character varying", "double precision", "integer", "bigint", "boolean", "binary varying",
)  # fmt: skip
POLYGON = "POLYGON((0 0,10 0,10 10,0 10,0 0),(1 1,1 2,2 1,1 1))"
LINE = "LINESTRING(0 0,10 0,10 10,5 5,0 5)"


def wkt(text: str, srid: int = 0) -> str:
    return f"st_geomfromtext('{text}'{f', {srid}' if srid else ''})"


def geog(text: str) -> str:
    return f"st_geogfromtext('{text}')"


def shown(call: str, text: str | None) -> tuple[str, str | None, str]:
    return f"st_asewkt({call})", text, TEXT


def both(name: str, first: str, second: str, value: bool | None) -> tuple[str, bool | None, str]:
    return f"{name}({wkt(first)}, {wkt(second)})", value, BOOL


CASES: dict[str, list[tuple[str, Any, str]]] = {
    # made from text, binary and numbers
    "st_geomfromtext": [
        shown(wkt("point ( 1  2 )"), "POINT(1 2)"),
        shown(wkt("MULTIPOINT(1 0,EMPTY)"), "MULTIPOINT((1 0),EMPTY)"),
        shown(wkt("MULTIPOINT ZM ((0 1 2 3),EMPTY)"), "MULTIPOINT ZM ((0 1 2 3),EMPTY)"),
        shown(
            wkt("GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION(LINESTRING EMPTY))"),
            "GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION(LINESTRING EMPTY))",
        ),
        shown(wkt("MULTILINESTRING M EMPTY"), "MULTILINESTRING M EMPTY"),
        shown(wkt("POINT(1e3 -.5)", 4326), "SRID=4326;POINT(1000 -0.5)"),
        shown("st_geomfromtext('POINT(1 2)', -1)", None),
        shown("st_geomfromtext(null)", None),
        (
            "st_geomfromtext('POINT(1 2)', 4326)",
            bytes.fromhex("0101000020E6100000000000000000F03F0000000000000040"),
            BYTES,
        ),
    ],
    "st_geomfromewkt": [shown("st_geomfromewkt('SRID=4326;POINT EMPTY')", "SRID=4326;POINT EMPTY")],
    "st_geomfromwkb": [
        shown("st_geomfromwkb('0101000000000000000000F03F0000000000000040', 7)", "SRID=7;POINT(1 2)"),
        shown("st_geomfromwkb('0101000020E6100000000000000000F03F0000000000000040')", "POINT(1 2)"),
        shown(
            "st_geomfromwkb('0000000003000000010000000400000000000000000000000000000000"
            "3FF000000000000000000000000000003FF00000000000003FF000000000000000000000000000000000000000000000')",
            "POLYGON((0 0,1 0,1 1,0 0))",
        ),
    ],
    "st_geomfromewkb": [
        shown(
            "st_geomfromewkb('01B90B0000000000000000F03F000000000000004000000000000008400000000000001040')",
            "POINT ZM (1 2 3 4)",
        ),
        shown(
            "st_geomfromewkb('0101000060E6100000000000000000F03F00000000000000400000000000000840')",
            "SRID=4326;POINT M (1 2 3)",
        ),
    ],
    "st_geomfromgeojson": [
        shown('st_geomfromgeojson(\'{"type":"Point","coordinates":[1,2]}\')', "SRID=4326;POINT(1 2)"),
        shown(
            'st_geomfromgeojson(\'{"type":"MultiPoint","coordinates":[[1,2],[3,4,5]]}\')',
            "SRID=4326;MULTIPOINT Z ((1 2 0),(3 4 5))",
        ),
        shown(
            'st_geomfromgeojson(\'{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[]}]}\')',
            "SRID=4326;GEOMETRYCOLLECTION(POINT EMPTY)",
        ),
    ],
    "st_geogfromtext": [
        shown(geog("POINT(1 2)"), "SRID=4326;POINT(1 2)"),
        shown(geog("SRID=4324;POINT(1 2)"), "SRID=4324;POINT(1 2)"),
    ],
    "st_geogfromwkb": [shown("st_geogfromwkb('0101000000000000000000F03F0000000000000040')", "SRID=4326;POINT(1 2)")],
    "st_point": [shown("st_point(1, 2.5)", "POINT(1 2.5)"), shown("st_point(null, 2)", None)],
    "st_makepoint": [
        shown("st_makepoint(1, 2)", "POINT(1 2)"),
        shown("st_makepoint(1, 2, 3)", "POINT Z (1 2 3)"),
        shown("st_makepoint(1, 2, 3, 4)", "POINT ZM (1 2 3 4)"),
    ],
    "st_makeenvelope": [
        shown("st_makeenvelope(2, 4, 5, 7)", "POLYGON((2 4,2 7,5 7,5 4,2 4))"),
        shown("st_makeenvelope(2, 4, 2, 7, 4326)", "SRID=4326;LINESTRING(2 4,2 7)"),
        shown("st_makeenvelope(2, 4, 2, 4)", "POINT(2 4)"),
    ],
    # shown as text and binary
    "st_asewkt": [
        ("st_asewkt(st_point(1, 2))", "POINT(1 2)", TEXT),
        ("st_asewkt('SRID=4326;POINT(0.1234567 2)'::geometry, 3)", "SRID=4326;POINT(0.123 2)", TEXT),
        ("st_asewkt(st_point(1, 2), null)", None, TEXT),
    ],
    "st_astext": [
        (
            f"st_astext({wkt('POINT(3.141592653589793 -6.283185307179586)', 4326)})",
            "POINT(3.14159265358979 -6.28318530717959)",
            TEXT,
        ),
        ("st_astext(st_point(15556182.9688576, 0.00012345), 6)", "POINT(1.55562e+07 0.00012345)", TEXT),
        (f"st_astext({geog('LINESTRING(110 40, 2 3)')})", "LINESTRING(110 40,2 3)", TEXT),
        ("st_astext('01010000000000000000001C400000000000002040')", "POINT(7 8)", TEXT),
    ],
    "st_asgeojson": [
        (f"st_asgeojson({wkt(LINE)})", '{"type":"LineString","coordinates":[[0,0],[10,0],[10,10],[5,5],[0,5]]}', TEXT),
        (f"st_asgeojson({wkt('POINT ZM (1 2 3 4)')})", '{"type":"Point","coordinates":[1,2,3]}', TEXT),
        (f"st_asgeojson({wkt('POINT M (1 2 3)')})", '{"type":"Point","coordinates":[1,2]}', TEXT),
        (
            f"st_asgeojson({wkt('MULTIPOLYGON(((0 0,1 0,0 1,0 0)))')}, 6)",
            '{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,1],[0,0]]]]}',
            TEXT,
        ),
        (f"st_asgeojson({geog('POINT(0.1234567 1)')}, 3)", '{"type":"Point","coordinates":[0.123,1]}', TEXT),
    ],
    "st_asbinary": [
        (f"st_asbinary({wkt('POINT(1 2)', 4326)})", bytes.fromhex("0101000000000000000000F03F0000000000000040"), BYTES),
        (
            f"st_asbinary({wkt('MULTIPOINT Z ((1 2 3))')})",
            bytes.fromhex("01EC0300000100000001E9030000000000000000F03F00000000000000400000000000000840"),
            BYTES,
        ),
    ],
    "st_asewkb": [
        (
            f"st_asewkb({wkt('POINT(1 2)', 4326)})",
            bytes.fromhex("0101000020E6100000000000000000F03F0000000000000040"),
            BYTES,
        ),
        (
            f"st_asewkb({wkt('POINT M (1 2 3)')})",
            bytes.fromhex("01D1070000000000000000F03F00000000000000400000000000000840"),
            BYTES,
        ),
    ],
    "st_ashexewkb": [
        (
            f"st_ashexewkb({wkt('POINT Z (1 2 3)', 4326)})",
            "01010000A0E6100000000000000000F03F00000000000000400000000000000840",
            TEXT,
        ),
        (f"st_ashexewkb({geog('POINT(1 2)')})", "0101000020E6100000000000000000F03F0000000000000040", TEXT),
    ],
    "st_ashexwkb": [
        (
            f"st_ashexwkb({wkt('POINT Z (1 2 3)', 4326)})",
            "01E9030000000000000000F03F00000000000000400000000000000840",
            TEXT,
        )
    ],
    # what a geometry is made of
    "geometrytype": [
        (f"geometrytype({wkt('POLYGON((0 2,1 1,0 -1,0 2))')})", "POLYGON", TEXT),
        (f"geometrytype({wkt('MULTIPOINT M (0 1 2)')})", "MULTIPOINTM", TEXT),
        (f"geometrytype({wkt('POINT ZM (0 1 2 3)')})", "POINT", TEXT),
    ],
    "st_geometrytype": [(f"st_geometrytype({wkt('MULTILINESTRING EMPTY')})", "ST_MultiLineString", TEXT)],
    "st_dimension": [
        (f"st_dimension({wkt('MULTIPOINT EMPTY')})", 0, INT),
        (f"st_dimension({wkt(LINE)})", 1, INT),
        (f"st_dimension({wkt('GEOMETRYCOLLECTION(POINT(1 2),' + POLYGON + ')')})", 2, INT),
        (f"st_dimension({wkt('GEOMETRYCOLLECTION EMPTY')})", 0, INT),
    ],
    "st_ndims": [
        (f"st_ndims({wkt('POINT(1 2)')})", 2, INT),
        (f"st_ndims({wkt('MULTIPOINT M EMPTY')})", 3, INT),
        (f"st_ndims({wkt('POINT ZM (1 2 3 4)')})", 4, INT),
    ],
    "st_srid": [(f"st_srid({wkt('POINT(1 2)')})", 0, INT), (f"st_srid({wkt('POINT(1 2)', 26918)})", 26918, INT)],
    "st_npoints": [
        (f"st_npoints({wkt(POLYGON)})", 9, INT),
        (f"st_npoints({wkt('MULTIPOINT(1 2,EMPTY)')})", 1, INT),
        (f"st_npoints({geog('LINESTRING(110 40, 2 3, -10 80)')})", 3, INT),
    ],
    "st_numpoints": [
        (f"st_numpoints({wkt(LINE)})", 5, INT),
        (f"st_numpoints({wkt('MULTIPOINT(1 2,3 4)')})", None, INT),
    ],
    "st_nrings": [
        (f"st_nrings({wkt(POLYGON)})", 2, INT),
        (
            f"st_nrings({wkt('GEOMETRYCOLLECTION(POINT(1 2),MULTIPOLYGON(((0 0,1 0,0 1,0 0)),((5 5,6 5,5 6,5 5))))')})",
            2,
            INT,
        ),
        (f"st_nrings({wkt(LINE)})", 0, INT),
    ],
    "st_numinteriorrings": [
        (f"st_numinteriorrings({wkt(POLYGON)})", 1, INT),
        (f"st_numinteriorrings({wkt(LINE)})", None, INT),
    ],
    "st_numgeometries": [
        (f"st_numgeometries({wkt('POINT EMPTY')})", 0, INT),
        (f"st_numgeometries({wkt('POINT(1 2)')})", 1, INT),
        (f"st_numgeometries({wkt('MULTIPOINT(1 2,EMPTY)')})", 2, INT),
    ],
    "st_geometryn": [
        shown(
            f"st_geometryn({wkt('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))', 7)}, 2)",
            "SRID=7;LINESTRING(0 0,1 1)",
        ),
        shown(f"st_geometryn({wkt('POINT(1 2)')}, 1)", "POINT(1 2)"),
        shown(f"st_geometryn({wkt('POINT(1 2)')}, 2)", None),
    ],
    "st_exteriorring": [
        shown(f"st_exteriorring({wkt(POLYGON, 7)})", "SRID=7;LINESTRING(0 0,10 0,10 10,0 10,0 0)"),
        shown(f"st_exteriorring({wkt('POLYGON EMPTY')})", "POLYGON EMPTY"),
        shown(f"st_exteriorring({wkt(LINE)})", None),
    ],
    "st_interiorringn": [
        shown(f"st_interiorringn({wkt(POLYGON)}, 1)", "LINESTRING(1 1,1 2,2 1,1 1)"),
        shown(f"st_interiorringn({wkt(POLYGON)}, 2)", None),
        shown(f"st_interiorringn({wkt(POLYGON)}, 0)", None),
    ],
    "st_startpoint": [
        shown(f"st_startpoint({wkt(LINE, 7)})", "SRID=7;POINT(0 0)"),
        shown(f"st_startpoint({wkt('POINT(1 2)')})", None),
    ],
    "st_endpoint": [
        shown(f"st_endpoint({wkt('LINESTRING Z (0 1 2,3 4 5)')})", "POINT Z (3 4 5)"),
        shown(f"st_endpoint({wkt('LINESTRING EMPTY')})", None),
    ],
    "st_pointn": [
        shown(f"st_pointn({wkt(LINE, 7)}, 2)", "SRID=7;POINT(10 0)"),
        shown(f"st_pointn({wkt(LINE)}, -1)", "POINT(0 5)"),
        shown(f"st_pointn({wkt(LINE)}, 0)", None),
        shown(f"st_pointn({wkt(LINE)}, 6)", None),
    ],
    "st_points": [
        shown(f"st_points({wkt('POLYGON((0 0,1 0,0 1,0 0))', 7)})", "SRID=7;MULTIPOINT((0 0),(1 0),(0 1),(0 0))"),
        shown(f"st_points({wkt('MULTIPOINT Z (EMPTY,(1 2 3))')})", "MULTIPOINT Z ((1 2 3))"),
        shown(f"st_points({wkt('LINESTRING EMPTY')})", "MULTIPOINT EMPTY"),
    ],
    "st_x": [
        ("st_x(st_point(1, 2))", 1.0, FLOAT),
        (f"st_x({wkt('POINT EMPTY')})", None, FLOAT),
        ("st_x(null)", None, FLOAT),
    ],
    "st_y": [("st_y(st_point(1, 2))", 2.0, FLOAT)],
    "st_z": [
        ("st_z(st_makepoint(1, 2, 3))", 3.0, FLOAT),
        ("st_z(st_point(1, 2))", None, FLOAT),
        (f"st_z({wkt('POINT M (1 2 3)')})", None, FLOAT),
    ],
    "st_m": [
        (f"st_m({wkt('POINT M (1 2 3)')})", 3.0, FLOAT),
        ("st_m(st_makepoint(1, 2, 3, 4))", 4.0, FLOAT),
        ("st_m(st_makepoint(1, 2, 3))", None, FLOAT),
    ],
    "st_xmin": [(f"st_xmin({wkt(LINE)})", 0.0, FLOAT), (f"st_xmin({wkt('POLYGON EMPTY')})", None, FLOAT)],
    "st_xmax": [(f"st_xmax({wkt(LINE)})", 10.0, FLOAT)],
    "st_ymin": [(f"st_ymin({wkt('MULTIPOINT(1 -3,2 5)')})", -3.0, FLOAT)],
    "st_ymax": [(f"st_ymax({wkt('MULTIPOINT(1 -3,2 5)')})", 5.0, FLOAT)],
    "st_zmin": [
        (f"st_zmin({wkt('LINESTRING ZM (0 1 2 3,4 5 6 7)')})", 2.0, FLOAT),
        (f"st_zmin({wkt(LINE)})", None, FLOAT),
    ],
    "st_zmax": [
        (f"st_zmax({wkt('LINESTRING Z (0 1 2,4 5 6)')})", 6.0, FLOAT),
        (f"st_zmax({wkt('LINESTRING M (0 1 2,4 5 6)')})", None, FLOAT),
    ],
    "st_mmin": [
        (f"st_mmin({wkt('LINESTRING ZM (0 1 2 3,4 5 6 7)')})", 3.0, FLOAT),
        (f"st_mmin({wkt('LINESTRING M EMPTY')})", None, FLOAT),
    ],
    "st_mmax": [(f"st_mmax({wkt('LINESTRING M (0 1 2,4 5 6)')})", 6.0, FLOAT)],
    "supportsbbox": [
        ("supportsbbox(st_point(1, 2))", True, BOOL),
        ("supportsbbox(dropbbox(st_point(1, 2)))", False, BOOL),
        ("supportsbbox(st_reverse(dropbbox(st_point(1, 2))))", True, BOOL),
    ],
    "addbbox": [("supportsbbox(addbbox(dropbbox(st_point(1, 2))))", True, BOOL)],
    "dropbbox": [
        shown(f"dropbbox({wkt('LINESTRING Z (0 1 2,3 4 5)', 7)})", "SRID=7;LINESTRING Z (0 1 2,3 4 5)"),
        ("st_ashexewkb(dropbbox(st_point(1, 2)))", "0101000000000000000000F03F0000000000000040", TEXT),
    ],
    "st_isempty": [
        (f"st_isempty({wkt('MULTIPOINT(EMPTY)')})", True, BOOL),
        (f"st_isempty({wkt('POINT(1 2)')})", False, BOOL),
    ],
    "st_iscollection": [
        (f"st_iscollection({wkt('MULTIPOINT EMPTY')})", True, BOOL),
        (f"st_iscollection({wkt(LINE)})", False, BOOL),
    ],
    "st_isclosed": [
        (f"st_isclosed({wkt('LINESTRING Z (0 0 1,1 0 2,0 0 3)')})", True, BOOL),
        (f"st_isclosed({wkt(LINE)})", False, BOOL),
        (f"st_isclosed({wkt('POINT EMPTY')})", False, BOOL),
        (f"st_isclosed({wkt('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))')})", False, BOOL),
    ],
    # relations
    "st_contains": [
        both("st_contains", "POLYGON((0 2,1 1,0 -1,0 2))", "POLYGON((-1 3,2 1,0 -3,-1 3))", False),
        both("st_contains", POLYGON, "POINT(5 5)", True),
        both("st_contains", POLYGON, "POINT(0 5)", False),
        ("st_contains(null, st_point(1, 2))", None, BOOL),
    ],
    "st_within": [both("st_within", "POINT(5 5)", POLYGON, True)],
    "st_containsproperly": [
        both("st_containsproperly", "POLYGON((0 0,10 0,10 10,0 10,0 0))", "LINESTRING(5 5,10 5,10 6,5 5)", False),
        both("st_containsproperly", POLYGON, "POINT(5 5)", True),
    ],
    "st_covers": [both("st_covers", POLYGON, "POINT(0 5)", True), both("st_covers", POLYGON, "POINT EMPTY", False)],
    "st_coveredby": [both("st_coveredby", "POINT(0 5)", POLYGON, True)],
    "st_crosses": [
        both("st_crosses", "POLYGON((0 0,10 0,10 10,0 10,0 0))", "MULTIPOINT(5 5,0 0,-1 -1)", True),
        both("st_crosses", "POLYGON((0 0,10 0,10 10,0 10,0 0))", "MULTIPOINT(0 0,-1 -1)", False),
    ],
    "st_disjoint": [
        both("st_disjoint", POLYGON, "POINT(1.2 1.2)", True),
        both("st_disjoint", POLYGON, "POINT(0 0)", False),
    ],
    "st_intersects": [both("st_intersects", POLYGON, "MULTIPOINT((1.2 1.2),(6 6))", True)],
    "st_touches": [
        both("st_touches", POLYGON, "LINESTRING(10 5,20 5)", True),
        both("st_touches", POLYGON, LINE, False),
    ],
    "st_equals": [
        both("st_equals", "LINESTRING(1 0,10 0)", "LINESTRING(1 0,5 0,10 0)", True),
        both("st_equals", "POINT EMPTY", "POINT EMPTY", False),
    ],
    "st_dwithin": [
        ("st_dwithin(st_point(0, 0), st_point(3, 4), 5)", True, BOOL),
        ("st_dwithin(st_point(0, 0), st_point(3, 4), 4.9)", False, BOOL),
    ],
    "st_issimple": [
        (f"st_issimple({wkt('LINESTRING(0 0,10 0,5 5,5 -5)')})", False, BOOL),
        (f"st_issimple({wkt('LINESTRING(0 0,0 0,1 1)')})", False, BOOL),
        (f"st_issimple({wkt(LINE)})", True, BOOL),
        (f"st_issimple({wkt('MULTIPOINT(1 2,1 2)')})", False, BOOL),
        (f"st_issimple({wkt('POLYGON((0 0,1 0,1 0,0 1,0 0))')})", False, BOOL),
    ],
    "st_isvalid": [
        (f"st_isvalid({wkt('POLYGON((0 0,10 0,10 10,0 10,0 0),(5 0,10 5,5 10,0 5,5 0))')})", False, BOOL),
        (f"st_isvalid({wkt(POLYGON)})", True, BOOL),
    ],
    "st_isring": [
        (f"st_isring({wkt('LINESTRING(0 0,1 1,1 2,0 0)')})", True, BOOL),
        (f"st_isring({wkt(LINE)})", False, BOOL),
    ],
    "st_ispolygonccw": [
        (f"st_ispolygonccw({wkt(POLYGON)})", True, BOOL),
        (f"st_ispolygonccw({wkt('POLYGON((0 0,0 1,1 1,0 0))')})", False, BOOL),
        (f"st_ispolygonccw({wkt('POINT(1 2)')})", True, BOOL),
    ],
    "st_ispolygoncw": [(f"st_ispolygoncw({wkt('POLYGON((0 0,0 1,1 1,0 0))')})", True, BOOL)],
    # measures
    "st_area": [
        (f"st_area({wkt(POLYGON)})", 99.5, FLOAT),
        (f"st_area({wkt(LINE)})", 0.0, FLOAT),
        (f"st_area({geog('MULTIPOINT(0 0,1 1)')})", 0.0, FLOAT),
        (f"round(st_area({geog('POLYGON((34 35,28 30,25 34,34 35))')}))", 201824655743.0, FLOAT),
    ],
    "st_length": [
        (f"st_length({wkt('MULTILINESTRING((0 0,3 4),(0 0,0 1))')})", 6.0, FLOAT),
        (f"st_length({wkt(POLYGON)})", 0.0, FLOAT),
        (
            f"st_length({wkt('GEOMETRYCOLLECTION(LINESTRING(0 0,3 4),GEOMETRYCOLLECTION(LINESTRING(0 0,0 1)),' + POLYGON + ')')})",
            6.0,
            FLOAT,
        ),
        (f"round(st_length({geog('LINESTRING(5 0,6 0,4 0)')}), 6)", 333958.47238, FLOAT),
        (f"st_length({geog('POINT(4 5)')})", 0.0, FLOAT),
    ],
    "st_length2d": [
        (f"st_length2d({wkt('LINESTRING Z (0 0 9,3 4 0)')})", 5.0, FLOAT),
        (f"st_length2d({geog('POINT(4 5)')})", 0.0, FLOAT),
    ],
    "st_perimeter": [
        (f"st_perimeter({wkt('MULTIPOLYGON(((0 0,4 0,4 3,0 0)))')})", 12.0, FLOAT),
        (f"st_perimeter({wkt(LINE)})", 0.0, FLOAT),
        (f"round(st_perimeter({geog('POLYGON((0 0,1 0,0 1,0 0))')}), 4)", 378790.4284, FLOAT),
    ],
    "st_perimeter2d": [
        (f"st_perimeter2d({wkt('POLYGON((0 0,4 0,4 3,0 0))')})", 12.0, FLOAT),
        (f"st_perimeter2d({geog('POINT(1 2)')})", 0.0, FLOAT),
    ],
    "st_distance": [
        (f"st_distance({wkt('POLYGON((0 0,1 0,1 1,0 0))')}, st_point(4, 5))", 5.0, FLOAT),
        (f"st_distance({wkt('POINT EMPTY')}, st_point(4, 5))", None, FLOAT),
        (f"round(st_distance({geog('POINT(1 1)')}, {geog('POINT(-21.32 121.2)')}), 4)", 13090291.8797, FLOAT),
        (f"st_distance({geog('POINT(1 1)')}, {geog('POINT(1 1)')})", 0.0, FLOAT),
    ],
    "st_distancesphere": [
        (
            "round(st_distancesphere(st_point(11.786111, 48.353889), st_point(8.570556, 50.033333)) / 1000)",
            299.0,
            FLOAT,
        ),
        ("st_distancesphere(st_point(0, 0), st_point(180, 0), 1)", 3.141592653589793, FLOAT),
    ],
    "st_lengthsphere": [
        (f"round(st_lengthsphere({wkt('LINESTRING(10 10,45 45)')}), 5)", 5127736.08293, FLOAT),
        (f"st_lengthsphere({wkt(POLYGON)})", 0.0, FLOAT),
    ],
    "st_azimuth": [
        ("st_azimuth(st_point(1, 2), st_point(5, 6))", 0.7853981633974483, FLOAT),
        ("st_azimuth(st_point(0, 0), st_point(0, 1))", 0.0, FLOAT),
        ("st_azimuth(st_point(0, 0), st_point(0, 0))", None, FLOAT),
    ],
    "st_angle": [
        ("st_angle(st_point(1, 1), st_point(0, 0), st_point(1, 0)) / pi() * 180", 45.0, FLOAT),
        ("st_angle(st_point(1, 1), st_point(0, 0), st_point(1, 0), st_point(2, 0)) / pi() * 180", 225.0, FLOAT),
        ("st_angle(st_point(0, 0), st_point(0, 0), st_point(1, 0))", None, FLOAT),
    ],
    # made of other geometries
    "st_addpoint": [
        shown(
            f"st_addpoint({wkt('LINESTRING Z (0 0 1,1 1 1)', 7)}, st_point(2, 2))",
            "SRID=7;LINESTRING Z (0 0 1,1 1 1,2 2 0)",
        ),
        shown(f"st_addpoint({wkt('LINESTRING(0 0,1 1)')}, st_makepoint(2, 2, 9), 0)", "LINESTRING(2 2,0 0,1 1)"),
        shown(f"st_addpoint({wkt('LINESTRING(0 0,1 1)')}, {wkt('POINT EMPTY')})", "LINESTRING(0 0,1 1)"),
    ],
    "st_removepoint": [shown(f"st_removepoint({wkt(LINE)}, 4)", "LINESTRING(0 0,10 0,10 10,5 5)")],
    "st_setpoint": [
        shown(f"st_setpoint({wkt('LINESTRING(1 2,3 2,5 2,1 2)')}, 2, st_point(7, 9))", "LINESTRING(1 2,3 2,7 9,1 2)"),
        shown(f"st_setpoint({wkt('LINESTRING(1 2,3 2,5 2,1 2)')}, -3, st_point(7, 9))", "LINESTRING(1 2,7 9,5 2,1 2)"),
    ],
    "st_reverse": [
        shown(f"st_reverse({wkt('LINESTRING(1 0,2 0,3 0)', 7)})", "SRID=7;LINESTRING(3 0,2 0,1 0)"),
        shown(f"st_reverse({wkt('MULTIPOINT(1 0,2 0)')})", "MULTIPOINT((1 0),(2 0))"),
    ],
    "st_multi": [
        shown(f"st_multi({wkt('POINT(1 2)', 7)})", "SRID=7;MULTIPOINT((1 2))"),
        shown(f"st_multi({wkt('GEOMETRYCOLLECTION(POINT(1 2))')})", "GEOMETRYCOLLECTION(POINT(1 2))"),
    ],
    "st_force2d": [shown(f"st_force2d({wkt('MULTIPOINT Z (0 1 2,EMPTY)')})", "MULTIPOINT((0 1),EMPTY)")],
    "st_force3d": [shown(f"st_force3d({wkt('POINT(0 1)')})", "POINT Z (0 1 0)")],
    "st_force3dz": [shown(f"st_force3dz({wkt('MULTIPOINT M (0 1 2,EMPTY)')})", "MULTIPOINT Z ((0 1 0),EMPTY)")],
    "st_force3dm": [shown(f"st_force3dm({wkt('POINT ZM (0 1 2 3)')})", "POINT M (0 1 3)")],
    "st_force4d": [shown(f"st_force4d({wkt('POINT M (0 1 2)')})", "POINT ZM (0 1 0 2)")],
    "st_linefrommultipoint": [
        shown(f"st_linefrommultipoint({wkt('MULTIPOINT(0 0,EMPTY,1 1)', 7)})", "SRID=7;LINESTRING(0 0,1 1)"),
        shown(f"st_linefrommultipoint({wkt('MULTIPOINT EMPTY')})", "LINESTRING EMPTY"),
    ],
    "st_makeline": [
        shown(f"st_makeline(st_point(0, 0), {wkt('MULTIPOINT(1 1,EMPTY,2 2)')})", "LINESTRING(0 0,1 1,2 2)"),
        shown(f"st_makeline({wkt('POINT EMPTY')}, {wkt('POINT EMPTY')})", "LINESTRING EMPTY"),
    ],
    "st_makepolygon": [
        shown(
            f"st_makepolygon({wkt('LINESTRING(0 0,9 0,9 9,0 0)')}, {wkt('MULTILINESTRING((3 1,4 1,4 2,3 1),EMPTY)')})",
            "POLYGON((0 0,9 0,9 9,0 0),(3 1,4 1,4 2,3 1))",
        ),
        shown(f"st_makepolygon({wkt('LINESTRING EMPTY')})", "POLYGON EMPTY"),
    ],
    "st_polygon": [
        shown(f"st_polygon({wkt('LINESTRING(0 0,9 0,9 9,0 0)')}, 4356)", "SRID=4356;POLYGON((0 0,9 0,9 9,0 0))")
    ],
    "st_setsrid": [shown(f"st_setsrid({wkt('POINT(1 2)')}, 50)", "SRID=50;POINT(1 2)")],
    "st_collect": [
        shown("st_collect(st_point(1, 2), st_point(3, 4))", "MULTIPOINT((1 2),(3 4))"),
        shown(
            f"st_collect(st_point(1, 2), {wkt('MULTIPOINT(1 2)')})", "GEOMETRYCOLLECTION(POINT(1 2),MULTIPOINT((1 2)))"
        ),
        shown("st_collect(null, st_point(3, 4))", "POINT(3 4)"),
        shown("st_collect(null::geometry, null)", None),
    ],
    # calculated
    "st_boundary": [
        shown(f"st_boundary({wkt(POLYGON, 7)})", "SRID=7;MULTILINESTRING((0 0,10 0,10 10,0 10,0 0),(1 1,1 2,2 1,1 1))"),
        shown(
            f"st_boundary({wkt('POLYGON ZM ((0 0 1 2,1 0 1 2,0 1 1 2,0 0 1 2))')})",
            "LINESTRING Z (0 0 1,1 0 1,0 1 1,0 0 1)",
        ),
        shown(f"st_boundary({wkt(LINE)})", "MULTIPOINT((0 0),(0 5))"),
        shown(f"st_boundary({wkt('LINESTRING(0 0,1 1,2 0,0 0)')})", "MULTIPOINT EMPTY"),
        shown("st_boundary(st_point(1, 2))", "GEOMETRYCOLLECTION EMPTY"),
    ],
    "st_centroid": [
        shown(
            f"st_centroid({wkt('LINESTRING(110 40,2 3,-10 80,-7 9,-22 -33)', 4326)})",
            "SRID=4326;POINT(15.6965103455214 27.0206782881905)",
        ),
        shown(f"st_centroid({wkt('POINT EMPTY')})", None),
    ],
    "st_convexhull": [
        shown(
            f"st_convexhull({wkt('LINESTRING(0 0,1 0,0 1,1 1,0.5 0.5)', 7)})", "SRID=7;POLYGON((0 0,0 1,1 1,1 0,0 0))"
        ),
        shown(f"st_convexhull({wkt('LINESTRING(1 1,0.2 0.2,0 0)')})", "LINESTRING(0 0,1 1)"),
        shown(f"st_convexhull({wkt('MULTIPOINT M (0 0 1,0 0 2)')})", "POINT(0 0)"),
        shown(f"st_convexhull({wkt('LINESTRING M EMPTY')})", "LINESTRING M EMPTY"),
    ],
    "st_envelope": [
        shown(
            f"st_envelope({wkt('GEOMETRYCOLLECTION Z (POINT Z (20 0 1),LINESTRING Z (0 10 1,10 0 1))', 7)})",
            "SRID=7;POLYGON((0 0,0 10,20 10,20 0,0 0))",
        ),
        shown(f"st_envelope({wkt('MULTIPOINT(1 2,1 5)')})", "LINESTRING(1 2,1 5)"),
        shown(f"st_envelope({wkt('POLYGON EMPTY')})", "POLYGON EMPTY"),
    ],
    "st_intersection": [
        shown(
            f"st_intersection({wkt('POLYGON((0 0,100 100,0 200,0 0))')}, {wkt('POLYGON((0 0,10 0,0 10,0 0))')})",
            "POLYGON((0 0,0 10,5 5,0 0))",
        ),
        shown(
            f"st_intersection({wkt('LINESTRING(0 100,0 0)', 7)}, {wkt('POLYGON((1 0,10 0,1 10,1 0))', 7)})",
            "SRID=7;LINESTRING EMPTY",
        ),
    ],
    "st_union": [
        shown(
            f"st_union({wkt('POLYGON((0 0,100 100,0 200,0 0))')}, {wkt('POLYGON((0 0,10 0,0 10,0 0))')})",
            "POLYGON((0 0,0 200,100 100,5 5,10 0,0 0))",
        ),
        shown(
            f"st_union({wkt('POLYGON((0 0,1 0,2 0,2 2,0 0))')}, {wkt('POLYGON((5 5,6 5,5 6,5 5))')})",
            "MULTIPOLYGON(((0 0,2 2,2 0,1 0,0 0)),((5 5,5 6,6 5,5 5)))",
        ),
    ],
    "st_buffer": [
        shown(
            "st_buffer(st_point(3, 4), 2, 3)",
            "POLYGON((1 4,1.26794919243112 5,2 5.73205080756888,3 6,4 5.73205080756888,4.73205080756888 5,5 4,4.73205080756888 3,4 2.26794919243112,3 2,2 2.26794919243112,1.26794919243112 3,1 4))",
        ),
        shown(
            f"st_buffer({wkt('LINESTRING(2 2,12 2,12 7)', 7)}, 1, 1)",
            "SRID=7;POLYGON((1 2,2 3,11 3,11 7,12 8,13 7,13 2,12 1,2 1,1 2))",
        ),
        ("round(st_area(st_buffer(st_makeenvelope(0, 0, 10, 10), 1)), 3)", 143.121, FLOAT),
    ],
    "st_simplify": [
        shown(f"st_simplify({wkt('LINESTRING(0 0,1 2,1 1,2 2,2 1)')}, 1)", "LINESTRING(0 0,1 2,2 1)"),
        shown(f"st_simplify({wkt('LINESTRING M (0 0 1,1 0 2,2 0 3)', 7)}, -1)", "SRID=7;LINESTRING M (0 0 1,2 0 3)"),
    ],
    "st_lineinterpolatepoint": [
        shown(f"st_lineinterpolatepoint({wkt('LINESTRING(0 0,5 5,7 7,10 10)', 7)}, 0.5)", "SRID=7;POINT(5 5)"),
        shown(f"st_lineinterpolatepoint({wkt('LINESTRING Z (0 0 1,10 0 3)')}, 0.25)", "POINT Z (2.5 0 2)"),
        shown(f"st_lineinterpolatepoint({wkt('LINESTRING(0 0,5 5)')}, 1)", "POINT(5 5)"),
        shown(f"st_lineinterpolatepoint({wkt('LINESTRING EMPTY')}, 0.5)", "POINT EMPTY"),
    ],
    "st_transform": [
        shown(f"st_transform({wkt('GEOMETRYCOLLECTION EMPTY', 3857)}, 4326)", "SRID=4326;GEOMETRYCOLLECTION EMPTY"),
        shown(
            f"st_transform({wkt('LINESTRING(110 40,2 3)', 4326)}, 26918)",
            "SRID=26918;LINESTRING(73106.6977300955 15556182.9688576,14347201.5059964 1545178.32934967)",
        ),
        shown(
            f"st_transform({wkt('POINT ZM (-10 10 -7 5)', 6989)}, 6317)",
            "SRID=6317;POINT ZM (6186430.2771091 -1090834.57212608 1100247.33216237 5)",
        ),
    ],
    # grids
    "st_geohash": [
        (f"st_geohash({wkt('POINT(45 -45)')}, 25)", "m000000000000000000000gzz", TEXT),
        ("st_geohash(st_point(-115.172816, 36.114646))", "9qqj7nmxncgyy4d0dbxq", TEXT),
        (f"st_geohash({wkt('POINT EMPTY')}, 10)", None, TEXT),
    ],
    "st_geomfromgeohash": [
        shown(
            "st_geomfromgeohash('9qqj7', 3)",
            "POLYGON((-115.3125 35.15625,-115.3125 36.5625,-113.90625 36.5625,-113.90625 35.15625,-115.3125 35.15625))",
        ),
        shown("st_geomfromgeohash('9qqj7nmxncgyy4d0dbxqz00')", "POINT(-115.172816 36.114646)"),
    ],
    "st_geosquare": [
        ("st_geosquare(st_point(13.5, 52.5))", -4410772491521635895, BIG),
        ("st_geosquare(st_point(13.5, 52.5), 10)", 797852, BIG),
        (f"st_geosquare({wkt('POINT EMPTY')})", None, BIG),
    ],
    "st_geomfromgeosquare": [
        shown(
            "st_geomfromgeosquare(797852)",
            "POLYGON((13.359375 52.3828125,13.359375 52.734375,13.7109375 52.734375,13.7109375 52.3828125,13.359375 52.3828125))",
        ),
        shown("st_geomfromgeosquare(797852, 3)", "POLYGON((0 45,0 90,45 90,45 45,0 45))"),
    ],
    "h3_fromlonglat": [("h3_fromlonglat(0, 0, 10)", 623560421467684863, BIG)],
    "h3_frompoint": [
        ("h3_frompoint(st_point(0, 0), 10)", 623560421467684863, BIG),
        (f"h3_frompoint({wkt('POINT EMPTY')}, 10)", None, BIG),
    ],
    "h3_center": [("st_astext(h3_center('8025fffffffffff'), 9)", "POINT(101.500692 44.9859023)", TEXT)],
    "h3_boundary": [
        (
            "st_astext(h3_boundary(577129255373111295), 5)",
            "POLYGON((87.773 52.654,86.708 40.313,98.229 33.621,110.69 37.164,116.21 47.309,106.4 56.211,87.773 52.654))",
            TEXT,
        )
    ],
    "h3_isvalid": [
        ("h3_isvalid('85283473fffffff')", True, BOOL),
        ("h3_isvalid(5)", False, BOOL),
        ("h3_isvalid('x')", False, BOOL),
    ],
    "h3_resolution": [("h3_resolution('85283473fffffff')", 5, INT)],
    "h3_toparent": [
        ("h3_toparent('85283473fffffff', 0)", 577199624117288959, BIG),
        ("h3_toparent(646078419604526808, 8)", 614553222213795839, BIG),
    ],
    "h3_tochildren": [
        (
            "h3_tochildren(599686042433355775, 6)",
            "[604189641121202175,604189641255419903,604189641389637631,604189641523855359,604189641658073087,604189641792290815,604189641926508543]",
            TEXT,
        ),
    ],
    "h3_polyfill": [
        ("json_array_length(json_serialize(h3_polyfill(st_makeenvelope(0, 0, 1, 1), 4)))", 8, INT),
        (f"h3_polyfill({wkt('POLYGON EMPTY')}, 4)", None, TEXT),
    ],
}

POINTS = (
    "with t(id, g) as (select 1, st_point(4, 5) union all select 2, st_point(1, 2) union all select 3, null::geometry)"
)

QUERIES = {
    "st_collect": [
        (
            f"{POINTS} select st_asewkt(st_collect(g) within group (order by id desc)) from t",
            ("MULTIPOINT((1 2),(4 5))",),
            [TEXT],
        ),
        (
            f"{POINTS} select st_asewkt(st_collect(g) within group (order by st_x(g) desc)) from t where id < 9 group by id > 0",
            ("MULTIPOINT((4 5),(1 2))",),
            [TEXT],
        ),
        (f"{POINTS} select st_asewkt(st_collect(g)) from t where id = 3", (None,), [TEXT]),
        (f"{POINTS} select count(g) from t", (2,), [BIG]),
    ],
}

REFUSED = [
    f"{POINTS} select st_collect(distinct g) from t",
    "select st_geomfromtext('POINT(1 2 3)')",
    "select st_geomfromtext('LINESTRING(0 0)')",
    "select st_geomfromtext('POLYGON((0 0,1 1,2 0))')",
    "select st_geomfromtext('CIRCULARSTRING(0 0,1 1,2 0)')",
    "select st_geomfromtext('GEOMETRYCOLLECTION(POINT Z (1 2 3))')",
    "select st_geomfromtext('POINT(1 2')",
    "select st_geomfromtext('POINT(1 nan)')",
    "select st_geomfromwkb('01010000000000')",
    "select st_geomfromwkb('0101000000000000000000F03F000000000000004000')",
    "select st_geomfromwkb('0109000000000000000000F03F0000000000000040')",
    'select st_geomfromgeojson(\'{"type":"Feature"}\')',
    "select st_geomfromgeojson('{')",
    "select st_geogfromtext('SRID=3857;POINT(1 2)')",
    "select st_geogfromtext('SRID=99999;POINT(1 2)')",
    "select st_makeenvelope(1, 2, 3, 4, -1)",
    f"select st_x({wkt(LINE)})",
    "select st_astext(st_point(1, 2), 21)",
    "select st_setsrid(st_point(1, 2), -1)",
    "select st_contains(st_point(1, 2), st_setsrid(st_point(1, 2), 4326))",
    f"select st_contains(st_point(1, 2), {wkt('GEOMETRYCOLLECTION EMPTY')})",
    "select st_equals(null, st_point(1, 2))",
    "select st_crosses(st_point(1, 2), null)",
    "select st_dwithin(st_point(1, 2), st_point(1, 2), -1)",
    "select st_distancesphere(st_point(1, 2), st_point(1, 2), -1)",
    f"select st_distancesphere(st_point(1, 2), {wkt(LINE)})",
    f"select st_distance({geog('POINT(1 2)')}, {geog('LINESTRING(1 2,3 4)')})",
    f"select st_distance({geog('POINT(1 2)')}, st_point(1, 2))",
    f"select st_azimuth({wkt('POINT EMPTY')}, st_point(1, 2))",
    f"select st_geometryn({wkt('MULTIPOINT(1 2)')}, 2)",
    f"select st_addpoint({wkt(LINE)}, st_point(1, 2), 6)",
    "select st_addpoint(st_point(1, 2), st_point(1, 2))",
    f"select st_removepoint({wkt(LINE)}, 5)",
    f"select st_setpoint({wkt(LINE)}, -6, st_point(1, 2))",
    f"select st_makepolygon({wkt(LINE)})",
    f"select st_makeline({wkt(POLYGON)}, st_point(1, 2))",
    "select st_makeline(st_point(1, 2), st_makepoint(1, 2, 3))",
    "select st_collect(st_point(1, 2), st_setsrid(st_point(1, 2), 7))",
    f"select st_boundary({wkt('GEOMETRYCOLLECTION EMPTY')})",
    f"select st_buffer({wkt('GEOMETRYCOLLECTION EMPTY')}, 1)",
    f"select st_union({wkt(LINE)}, {wkt(POLYGON)})",
    "select st_intersection(st_makepoint(1, 2, 3), st_point(1, 2))",
    f"select st_lineinterpolatepoint({wkt(LINE)}, 1.1)",
    "select st_transform(st_point(1, 2), 4326)",
    "select st_transform(st_setsrid(st_point(1, 2), 4326), 99999)",
    f"select st_isring({wkt(POLYGON)})",
    f"select st_geohash({wkt(LINE)})",
    "select st_geomfromgeohash('9qa')",
    "select st_geosquare(st_point(181, 0))",
    "select st_geosquare(st_point(1, 1), 33)",
    "select st_geomfromgeosquare(1)",
    "select h3_fromlonglat(0, 0, 16)",
    "select h3_center('zz')",
    "select h3_toparent('85283473fffffff', 6)",
    "select h3_tochildren('85283473fffffff', 4)",
    f"select h3_polyfill({wkt(LINE)}, 4)",
    "select st_point(1)",
    "select st_x(1)",
    "select st_point(1, 2)::varchar",
    "select st_point(1, 2) = st_point(1, 2)",
    "select st_point(1, 2) || 'a'",
    "select max(st_point(1, 2))",
    "select st_collect(st_point(1, 2), st_point(1, 2)) over ()",
]

UNSUPPORTED = [
    "select st_memsize(st_point(1, 2))",
    f"select st_ispolygoncw({wkt(POLYGON)})",
    f"select st_isvalid({wkt('POLYGON((0 0,10 0,10 10,0 10,0 0),(1 1,2 1,1 2,1 1))')})",
    "select st_buffer(st_point(1, 2), -1)",
    "select st_buffer(st_point(1, 2), 1, 0)",
    f"select st_union({wkt('POINT EMPTY')}, {wkt(POLYGON)})",
    f"select st_simplify({wkt('POLYGON((0 0,1 0,0 1,0 0))')}, 5)",
    "select st_geosquare(st_point(0, 1))",
    f"select st_area({geog('POLYGON((0 80,120 80,-120 80,0 80))')})",
    f"select st_removepoint({wkt('LINESTRING(0 0,1 1)')}, 0)",
    "select st_angle(st_point(0, 0), st_point(1, 1), st_point(1, 1), st_point(2, 0))",
    f"{POINTS} select st_collect(g) over () from t",
]
