# ruff: noqa: E501
"""CREATE EXTERNAL TABLE AS and INSERT INTO external tables: what is written is read back, with its partitions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rsnb.errors import SqlError, UnsupportedSql
from tests.warehouse.spectrum.conftest import CSV, TEXT

LOCAL = """create table l (k int, d date, n varchar(9), f float8, b boolean, c char(3), x decimal(8,2), m timestamp, big bigint, sm smallint, r real);
insert into l values
(1, '2020-01-01', 'one', 1.5, true, 'a', 1.10, '2020-01-01 10:00:00', 1, 1, 2.5),
(2, '2020-01-02', 'two', 2, false, 'b', -2.2, null, 2, 2, 1),
(3, null, '', null, null, null, null, null, null, null, null),
(4, '2020-01-02', null, 1e300, true, 'abc', 0, '1999-12-31 23:59:59.123456', 9223372036854775807, -1, 0.1)"""


@pytest.fixture
def local(external: Any) -> Any:
    """A session with the external schema s and a local table l of every type."""
    external.sql(LOCAL)
    return external


FORMATS = [
    "stored as parquet location 's3://lake/w/'",
    "stored as parquet location 's3://lake/w/' table properties ('compression_type'='none')",
    "stored as textfile location 's3://lake/w/'",
    "row format delimited fields terminated by '|' stored as textfile location 's3://lake/w/' table properties ('serialization.null.format'='NULL', 'compression_type'='gzip')",
    "stored as textfile location 's3://lake/w/' table properties ('compression_type'='bzip2', 'write.parallel'='off')",
]


@pytest.mark.parametrize("clauses", FORMATS)
def test_what_is_written_is_read_back(check: Any, local: Any, clauses: str) -> None:
    check(f"create external table s.w {clauses} as select * from l", command="CREATE EXTERNAL TABLE")
    check("(select * from s.w except select * from l) union all (select * from l except select * from s.w)", [])
    check("insert into s.w select * from l where k < 3", command="INSERT 2")
    check("select k, count(*) from s.w group by 1 order by 1", [(1, 2), (2, 2), (3, 1), (4, 1)])
    check("select json_extract_path_text(parameters, 'numRows') from svv_external_tables", [("6",)])
    check("select count(*), sum(line_count) from stl_unload_log", [(2, 6)])


def test_the_names_of_files(check: Any, local: Any, lake: Path) -> None:
    check(
        "create external table s.w stored as parquet location 's3://lake/w' as select k from l; create external table s.v stored as textfile location 's3://lake/v' as select k from l"
    )
    (one,), (two,) = (list((lake / name).iterdir()) for name in ("w", "v"))
    date, time, micros, query, node, part, last = one.stem.split("_")
    assert (len(date), len(time), len(micros), node, part, last, one.suffix) == (
        8,
        6,
        6,
        "0001",
        "part",
        "00",
        ".parquet",
    )
    assert query.isdigit()
    assert two.name.endswith("_0001_part_00.txt")


def test_files_end_at_their_largest_size(check: Any, external: Any, lake: Path) -> None:
    external.sql("create table big as with recursive r(i) as (select 1 union all select i + 1 from r where i < 80000) "
                 "select i, repeat(md5(i::varchar), 5) as t from r")  # fmt: skip
    external.sql(
        "create external table s.w stored as textfile location 's3://lake/w/' table properties ('write.maxfilesize.mb'='5') as select * from big"
    )
    sizes = [f.stat().st_size for f in (lake / "w").iterdir()]
    assert len(sizes) == 2
    assert max(sizes) < 7 * 2**20
    check("select count(*), sum(i) from s.w", [(80000, 80000 * 80001 // 2)])


def test_partitions_are_made(check: Any, local: Any, lake: Path) -> None:
    check(
        "create external table s.w partitioned by (d, k) stored as parquet location 's3://lake/w/' as select k, n, d from l"
    )
    check("select columnname, part_key from svv_external_columns order by columnnum", [("n", 0), ("d", 1), ("k", 2)])
    check('select "values", location from svv_external_partitions order by 1', [
        ('["2020-01-01","1"]', "s3://lake/w/d=2020-01-01/k=1"), ('["2020-01-02","2"]', "s3://lake/w/d=2020-01-02/k=2"),
        ('["2020-01-02","4"]', "s3://lake/w/d=2020-01-02/k=4"), ('[null,"3"]', "s3://lake/w/d=__HIVE_DEFAULT_PARTITION__/k=3"),
    ])  # fmt: skip
    (file,) = (lake / "w/d=2020-01-01/k=1").iterdir()
    assert pq.read_schema(file).names == ["n"]
    check(
        "select * from s.w order by k",
        [
            ("one", dt.date(2020, 1, 1), 1),
            ("two", dt.date(2020, 1, 2), 2),
            ("", None, 3),
            (None, dt.date(2020, 1, 2), 4),
        ],
    )
    assert check("select n from s.w where d = '2020-01-02' and k = 2", [("two",)]).receipt.s3_files == 1
    check("insert into s.w select 'five', '2020-01-05', 5", command="INSERT 1")
    check("insert into s.w select n, d, k from l where k = 1; select count(*) from svv_external_partitions", [(5,)])
    check("select n from s.w where k in (1, 5) order by 1", [("five",), ("one",), ("one",)])
    local.sql("alter table s.w partition (d='2020-01-01', k=1) set location 's3://lake/moved/'")
    check(
        "insert into s.w select 'there', '2020-01-01', 1; select n, regexp_substr(\"$path\", 's3://lake/[^/]*') from s.w where k = 1",
        [("there", "s3://lake/moved")],
    )


KEYS: list[tuple[str, str]] = [
    ("smallint", "-3"), ("bigint", "5"), ("decimal(5,2)", "1.50"), ("boolean", "true"), ("char(5)", "'a b'"),
    ("varchar(20)", "'a/b=c''d%\\u00e9 #'"), ("varchar(20)", "'x'"), ("date", "'2020-01-01'"), ("timestamp", "'2020-01-01 10:11:12'"), ("int", "null"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), KEYS)
def test_the_type_of_a_key(check: Any, external: Any, kind: str, value: str) -> None:
    value = value.encode().decode("unicode_escape")
    external.sql(f"create table l as select 1 as v, {value}::{kind} as k")
    check("create external table s.w partitioned by (k) stored as parquet location 's3://lake/w' as select * from l")
    check("(select * from s.w except select * from l) union all (select * from l except select * from s.w)", [])
    check("insert into s.w select * from l; select count(*) from svv_external_partitions", [(1,)])
    check("select count(*) from s.w", [(2,)])


def test_values_are_converted_as_an_assignment_does(check: Any, refuses: Any, external: Any) -> None:
    external.sql(
        "create external table s.w (i smallint, v varchar(3), d date, x decimal(5,1)) stored as parquet location 's3://lake/w'"
    )
    check(
        "insert into s.w select 7::bigint, 12::int, '2020-01-02 10:00:00'::timestamp, 1.26; select * from s.w",
        [(7, "12", dt.date(2020, 1, 2), Decimal("1.3"))],
    )
    check(
        "insert into s.w select '8', 'abc   ', '2020-01-03', null; select * from s.w where i = 8",
        [(8, "abc", dt.date(2020, 1, 3), None)],
    )
    refuses(
        "insert into s.w select 1, 'abcd', null, null", SqlError, "too long for the column v of s.w: at most 3 bytes"
    )
    refuses("insert into s.w select 'x', null, null, null", SqlError, "'x'")
    refuses("insert into s.w select 99999, null, null, null", SqlError, "99999")
    check("select count(*) from s.w", [(2,)])


WRONG: list[tuple[str, type[SqlError], str]] = [
    ("create external table s.n stored as parquet location 's3://lake/w' as select k from l", SqlError, "is not empty"),
    ("create external table s.w stored as parquet location 's3://lake/n' as select k from l", SqlError, "s.w exists"),
    ("create external table s.n stored as orc location 's3://lake/n' as select k from l", SqlError, "PARQUET or TEXTFILE"),
    ("create external table s.n location 's3://lake/n' as select k from l", SqlError, "PARQUET or TEXTFILE"),
    (f"create external table s.n {CSV} location 's3://lake/n' as select k from l", UnsupportedSql, "ROW FORMAT SERDE"),
    ("create external table s.n stored as parquet location 's3://lake/n' as select k from l limit 2", SqlError, "LIMIT"),
    ("create external table s.n stored as parquet location 's3://lake/n' as select top 2 k from l", SqlError, "TOP"),
    ("create external table s.n stored as parquet location 's3://lake/n' as select k as a, k as a from l", SqlError, "different names"),
    ("create external table s.n stored as parquet location 's3://lake/n' as select m::timestamptz as m from l", SqlError, "timestamp with time zone"),
    ("create external table s.n stored as parquet location 's3://lake/n' as select json_parse('1') as m", SqlError, "super"),
    ("create external table s.n partitioned by (z) stored as parquet location 's3://lake/n' as select k from l", SqlError, "no column z"),
    ("create external table s.n partitioned by (k) stored as parquet location 's3://lake/n' as select k from l", SqlError, "beside its partition"),
    ("create external table s.n partitioned by (k, k) stored as parquet location 's3://lake/n' as select k, n from l", SqlError, "stands twice"),
    ("create external table s.n stored as parquet location 's3://lake/n' table properties ('compression_type'='gzip') as select k from l", SqlError, "none or snappy"),
    ("create external table s.n stored as textfile location 's3://lake/n' table properties ('compression_type'='snappy') as select k from l", SqlError, "bzip2 or gzip or none"),
    ("create external table s.n row format delimited fields terminated by 'w' stored as textfile location 's3://lake/n' as select n from l", SqlError, "has the delimiter"),
    ("create external table s.n stored as textfile location 's3://lake/n' table properties ('serialization.null.format'='one') as select n from l", SqlError, "mark of NULL"),
    ("create external table s.n stored as parquet location 's3://lake/n' as delete from l", SqlError, ""),
    ("begin; create external table s.n stored as parquet location 's3://lake/n' as select k from l", SqlError, "inside a transaction"),
    ("insert into s.w values (1)", SqlError, "expected SELECT"),
    ("insert into s.w (k) select 1", SqlError, "expected SELECT"),
    ("insert into s.w default values", SqlError, "expected SELECT"),
    ("insert into s.w select 1, 2", SqlError, "2 columns for 1"),
    ("insert into s.w select k from l limit 1", SqlError, "LIMIT"),
    ("begin; insert into s.w select 1", SqlError, "inside a transaction"),
    (f"create external table s.c (i int) {CSV} location 's3://lake/c'; insert into s.c select 1", SqlError, "Parquet and delimited text"),
    ("create external table s.c (i int) stored as orc location 's3://lake/c'; insert into s.c select 1", SqlError, "Parquet and delimited text"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "error", "words"), WRONG)
def test_what_is_not_written(refuses: Any, local: Any, lake: Path, sql: str, error: Any, words: str) -> None:
    local.sql("create external table s.w stored as parquet location 's3://lake/w' as select k from l")
    refuses(sql, error, words)
    assert [f.parent.name for f in lake.rglob("*") if f.is_file()] == ["w"]


def test_no_rows(check: Any, local: Any) -> None:
    check(
        "create external table s.w stored as parquet location 's3://lake/w' as select k, n from l where false; select * from s.w",
        [],
    )
    check("insert into s.w select k, n from l where k = 1; select * from s.w", [(1, "one")])
    check(
        "create external table s.v partitioned by (k) stored as textfile location 's3://lake/v' as select k, n from l where false; select * from s.v",
        [],
    )


def test_a_table_is_written_from_itself(check: Any, table: Any, external: Any) -> None:
    table("1|a\n2|b\n", "i int, s varchar(4)", TEXT)
    assert check("insert into s.t select i + 10, s from s.t").receipt.s3_files == 1
    check("select i, s from s.t order by 1", [(1, "a"), (2, "b"), (11, "a"), (12, "b")])


NUMBERS = count(1)  # of the tables that the test below makes in one warehouse
PRINTABLE = st.text(st.characters(codec="utf-8", exclude_characters="\0\n\r\x01"), max_size=6).filter(
    lambda t: t != "\\N"
)
ROW = st.fixed_dictionaries({
    "i": st.none() | st.integers(-(2**31), 2**31 - 1),
    "t": st.none() | PRINTABLE,
    "f": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "x": st.none() | st.decimals(-999, 999, places=3),
    "d": st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)),
    "m": st.none() | st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)),
    "b": st.none() | st.booleans(),
})  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=4))
def test_any_rows_are_read_back(external: Any, rows: list[dict[str, Any]]) -> None:
    number = next(NUMBERS)
    external.sql(
        "drop table if exists l; create table l (i int, t varchar(40), f float8, x decimal(9,3), d date, m timestamp, b boolean)"
    )
    for row in rows:
        external.sql("insert into l values (:i, :t, :f, :x, :d, :m, :b)", **row)
    for form in ("parquet", "textfile"):
        external.sql(
            f"create external table s.{form}{number} stored as {form} location 's3://lake/{form}{number}' as select * from l"
        )
        both = f"(select * from s.{form}{number} except select * from l) union all (select * from l except select * from s.{form}{number})"
        assert len(external.sql(both)) == 0
        assert external.sql(f"select count(*) from s.{form}{number}").scalar() == len(rows)
