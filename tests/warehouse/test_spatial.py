"""GEOMETRY and GEOGRAPHY values in columns, statements and files; how the spatial functions come and fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import rsnb
from rsnb.errors import MissingExtra, SqlError
from rsnb.warehouse import spatial
from rsnb.warehouse.spatial.signatures import AGGREGATES, CASTS, SIGNATURES, forms
from rsnb.warehouse.spatial.table import ROUTINES, routine
from tests.warehouse.conftest import rows_of

PLACES = "create table places (id int, shape geometry, spot geography)"


@pytest.fixture
def places(session: Any) -> Any:
    session.sql(PLACES)
    session.sql("""insert into places values
        (1, 'POINT(1 2)', 'POINT(13.4 52.5)'), (2, 'SRID=4326;LINESTRING(0 0,3 4)', null),
        (3, '010100000000000000000014400000000000001840', 'SRID=4326;POINT(8.7 50.1)'), (4, null, null)""")
    return session


def test_columns_take_texts_and_binary(places: Any, check: Any) -> None:
    check(
        "select id, st_asewkt(shape), st_asewkt(spot) from places order by id",
        [
            (1, "POINT(1 2)", "SRID=4326;POINT(13.4 52.5)"),
            (2, "SRID=4326;LINESTRING(0 0,3 4)", None),
            (3, "POINT(5 6)", "SRID=4326;POINT(8.7 50.1)"),
            (4, None, None),
        ],
    )
    result = check("select shape from places where id = 1")
    assert rows_of(result) == [(bytes.fromhex("0101000000000000000000F03F0000000000000040"),)]


def test_columns_keep_their_type(places: Any, check: Any) -> None:
    places.sql("create table copied as select id, shape, spot from places")
    places.sql("update copied set shape = st_centroid(shape) where st_length(shape) > 0")
    check("select st_astext(shape) from copied where id = 2", [("POINT(1.5 2)",)])
    check("select st_area(spot) from copied where id = 1", [(0.0,)])
    check("select st_astext(nvl(shape, st_point(0, 0))) from copied where id = 4", [("POINT(0 0)",)])
    check(
        "select st_astext(case when id = 1 then shape end) from copied order by id limit 2", [("POINT(1 2)",), (None,)]
    )
    places.sql("delete from copied where st_dwithin(st_setsrid(shape, 0), st_point(1, 2), 0)")
    check("select count(*), count(shape), count(spot) from copied", [(3, 2, 1)])


def test_geometries_join(places: Any, check: Any) -> None:
    check(
        "select a.id, b.id from places a join places b on st_intersects(st_setsrid(a.shape, 0), st_setsrid(b.shape, 0))"
        " and a.id < b.id",
        [],
    )
    check("select id from places where st_contains(st_makeenvelope(0, 0, 9, 9), st_setsrid(shape, 0)) order by id",
          [(1,), (2,), (3,)])  # fmt: skip


def test_geography_and_geometry_become_each_other(check: Any) -> None:
    check("select st_asewkt(st_geomfromtext('POINT(1 2)')::geography)", [("SRID=4326;POINT(1 2)",)])
    check("select st_asewkt(cast(st_geogfromtext('POINT(1 2)') as geometry))", [("SRID=4326;POINT(1 2)",)])
    check("select st_srid(st_geogfromtext('POINT(1 2)'))", [(4326,)])
    check("select null::geometry, 'POINT(1 2)'::geometry is null", [(None, False)])


def test_unnamed_columns_have_the_functions_name(check: Any) -> None:
    check(
        "select ST_AsText(ST_Point(1, 2)), ST_X(st_point(1, 2)), 'POINT(1 2)'::geography",
        columns=["st_astext", "st_x", "geography"],
    )


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select count(*) from places group by shape", "GROUP BY"),
        ("select shape from places group by 1", "GROUP BY"),
        ("select id, shape from places order by 2", "ORDER BY"),
        ("select distinct shape from places", "DISTINCT"),
        ("select id from places order by shape", "ORDER BY"),
        ("select shape from places union select shape from places", "set operation"),
        ("select id from places where shape = shape", "comparison"),
        ("select id from places where shape in (shape)", "comparison"),
        ("select min(spot) from places", "MIN"),
        ("select greatest(shape, shape) from places", "GREATEST"),
        ("select count(*) over (partition by shape) from places", "PARTITION BY"),
        ("select rank() over (order by shape) from places", "ORDER BY"),
        ("select st_collect(shape) within group (order by shape) from places", "ORDER BY"),
        ("select count(distinct shape) from places", "COUNT"),
        ("select shape::varchar from places", "can't be cast"),
        ("insert into places values (5, 1, null)", "can't be cast"),
        ("insert into places values (5, 'POINT(1)', null)", "GEOMETRY takes well-known text"),
        ("insert into places values (5, null, 'SRID=3857;POINT(1 2)')", "GEOGRAPHY takes a geographic SRID"),
        ("create table bad (shape geometry sortkey)", "shape"),
    ],
)
def test_what_geometries_can_not_do(places: Any, refuses: Any, sql: str, words: str) -> None:
    refuses(sql, SqlError, words)


def test_an_error_names_the_function_at_its_place(places: Any, refuses: Any) -> None:
    caught = refuses("select id,\n  st_y(shape) from places", SqlError, "ST_Y takes a POINT, not a LINESTRING")
    assert (caught.line, caught.column) == (2, 3)


def test_errors_leave_the_session_usable(places: Any, check: Any, refuses: Any) -> None:
    refuses("select st_x(shape) from places", SqlError)
    check("select st_x(shape) from places where id = 1", [(1.0,)])


def test_a_transaction_may_be_the_first_to_call_one(session: Any, check: Any) -> None:
    session.sql("begin")
    session.sql("create table t as select 1 as a")
    check("select st_x(st_point(a, 2)) from t", [(1.0,)])
    session.sql("commit")


def test_two_sessions_share_the_functions(tmp_path: Path) -> None:
    url = f"embedded:///{tmp_path}/shared.duckdb"
    with rsnb.connect(url) as one, rsnb.connect(url) as other:
        assert rows_of(one.sql("select st_x(st_point(1, 2))")) == [(1.0,)]
        one.sql("begin")
        assert rows_of(other.sql("select st_x(st_point(3, 2)), st_y(st_point(3, 2))")) == [(3.0, 2.0)]
        assert rows_of(one.sql("select st_y(st_point(1, 2))")) == [(2.0,)]


def test_views_functions_and_defaults_work_in_a_reopened_file(tmp_path: Path) -> None:
    url = f"embedded:///{tmp_path}/kept.duckdb"
    with rsnb.connect(url) as session:
        session.sql(PLACES)
        session.sql("insert into places values (1, 'POINT(1 2)', null)")
        session.sql("create view seen as select st_x(shape) as x from places")
        session.sql("create view late as select st_y(shape) as y from public.places with no schema binding")
        session.sql("""create function length_of(varchar) returns float8 stable as $$
            select st_length(st_geomfromtext($1)) $$ language sql""")
        session.sql("create table marked (id int, shape geometry default 'POINT(7 8)'::geometry)")
    with rsnb.connect(url) as session:
        session.sql("insert into marked (id) values (1)")
        assert rows_of(session.sql("select x, y from seen, late")) == [(1.0, 2.0)]
        assert rows_of(session.sql("select length_of('LINESTRING(0 0,3 4)')")) == [(5.0,)]
        assert rows_of(session.sql("select st_astext(shape) from marked")) == [("POINT(7 8)",)]


def test_a_missing_package_says_what_to_install(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spatial, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as caught:
        session.sql("select st_x(st_point(1, 2))")
    assert "rsnb[spatial]" in str(caught.value)


def test_other_statements_import_none_of_it() -> None:
    code = """
import sys, rsnb
with rsnb.connect("embedded://") as session:
    session.sql("create table t (a int)")
    session.sql("select a, upper('b') from t")
assert not {"shapely", "pyproj", "h3", "rsnb.warehouse.spatial.table"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_every_form_is_computed_and_nothing_else() -> None:
    names = {*SIGNATURES, *AGGREGATES, *CASTS}
    assert {name.split()[0] for name in ROUTINES} == names
    assert all(routine(form) for name in names for form in forms(name))


def test_copy_reads_text_and_binary(session: Any, put: Any, check: Any, refuses: Any) -> None:
    session.sql(PLACES)
    place = put(
        "places.txt", "1|SRID=4326;POINT(1 2)|POINT(13.4 52.5)\n2|0101000000000000000000F03F0000000000000040|\n"
    )
    session.sql(f"copy places from '{place}' iam_role default delimiter '|'")
    check(
        "select id, st_asewkt(shape), st_asewkt(spot) from places order by id",
        [(1, "SRID=4326;POINT(1 2)", "SRID=4326;POINT(13.4 52.5)"), (2, "POINT(1 2)", None)],
    )
    faulty = put("faulty.txt", "3|POINT(1 2)|\n4|POINT(1|\n")
    refuses(f"copy places from '{faulty}' iam_role default delimiter '|'", rsnb.LoadError, "shape")
    check("select count(*) from places", [(2,)])
    session.sql(f"copy places from '{faulty}' iam_role default delimiter '|' maxerror 5")
    check("select id from places where id > 2", [(3,)])
