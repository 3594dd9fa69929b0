# ruff: noqa: E501
"""External schemas and tables: formats, faults, partitions, nested data."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rsnb.errors import ConfigError, LoadError, RsnbError, SqlError, UnsupportedSql

DAY = dt.date(2020, 1, 1)
TEXT = "row format delimited fields terminated by '|' stored as textfile"
JSON = "row format serde 'org.openx.data.jsonserde.JsonSerDe' stored as textfile"
CSV = (
    "row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' with serdeproperties "
    "('separatorChar' = ',', 'quoteChar' = '\"', 'escapeChar' = '\\\\') stored as textfile"
)
COLUMNS = "i int, s varchar(4), d date"


@pytest.fixture
def external(session: Any) -> Callable[..., None]:
    """Create the external table s.t."""
    session.sql("create external schema s from data catalog database 'd' iam_role default region 'us-east-1'")

    def create(clauses: str, columns: str = COLUMNS, place: str = "s3://lake/in/", properties: str = "") -> None:
        session.sql(f"create external table s.t ({columns}) {clauses} location '{place}' {properties}")

    return create


READS: list[tuple[str | bytes, str, str, list[tuple[Any, ...]]]] = [
    ("1|a|2020-01-01\n2|\\N|\n", TEXT, "", [(1, "a", DAY), (2, None, None)]),
    ("1|abcdef|\n2\n", TEXT, "", [(1, "abcd", None), (2, None, None)]),
    ("h\n1|a|2020-01-01\n", TEXT, "table properties ('skip.header.line.count' = '1')", [(1, "a", DAY)]),
    ('i,s,d\n1,"a,b",2020-01-01\n', CSV, "table properties ('skip.header.line.count'='1')", [(1, "a,b", DAY)]),
    ('{"I":1,"S":"a","D":"2020-01-01"}{"I":2}', JSON, "", [(1, "a", DAY), (2, None, None)]),
    ("", TEXT, "", []),
]

FAULTS: list[tuple[str | bytes, str, tuple[str, ...]]] = [
    ("1|a|2020-01-01|x\n", TEXT, ("line 1", "Found: 4")),
    ("1|a|2020-01-01\n2|b|2020-13-01\n", TEXT, ("line 2", "2020-13-01")),
    ("1|a|\n1.5|b|\n", TEXT, ("line 2", "'1.5'", "INTEGER")),
    ('{"i":1}\n{"i":', JSON, ("object 2", "not JSON")),
    ('{"i":"x"}', JSON, ("'x'",)),
    ('{"i":1}\n{"I":2}', JSON, ("both 'i' and 'I'",)),
    ("not parquet", "stored as parquet", ("not a Parquet file",)),
]


@pytest.mark.parametrize(("content", "clauses", "properties", "rows"), READS)
def test_reads(check: Any, put: Any, external: Any, content: Any, clauses: str, properties: str, rows: Any) -> None:
    put("in/a", content)
    external(clauses, properties=properties)
    check("select * from s.t order by i", rows)


@pytest.mark.parametrize(("content", "clauses", "words"), FAULTS)
def test_a_fault_is_placed(session: Any, put: Any, external: Any, content: Any, clauses: str, words: Any) -> None:
    put("in/bad", content)
    external(clauses)
    with pytest.raises(LoadError) as caught:
        session.sql("select * from s.t")
    for word in words:
        assert word.strip("'") in str(caught.value)
    assert session.sql("select 1").scalar() == 1


def test_a_truncated_gzip(refuses: Any, put: Any, external: Any) -> None:
    put("in/a.gz", gzip.compress(b"1|a|2020-01-01\n" * 5000, mtime=0)[:60])
    external(TEXT)
    refuses("select * from s.t", LoadError, "a.gz", "not a whole gzip file")


def test_an_empty_folder_is_an_empty_table_with_a_note(check: Any, external: Any) -> None:
    external(TEXT)
    result = check("select * from s.t", [], ["integer", "character varying", "date"])
    assert result.receipt.notes == ("s.t is empty: no files under s3://lake/in",)


def test_parquet(check: Any, refuses: Any, lake: Path, external: Any) -> None:
    (lake / "in").mkdir()
    pq.write_table(
        pa.table({"I": pa.array([1], pa.int32()), "s": ["abcdef"], "d": [DAY], "extra": [1.5]}), lake / "in/a.parquet"
    )
    external("stored as parquet")
    check("select * from s.t", [(1, "abcd", DAY)])
    pq.write_table(pa.table({"i": pa.array([2], pa.int32()), "s": ["a"]}), lake / "in/b.parquet")
    result = check("select * from s.t order by i", [(1, "abcd", DAY), (2, "a", None)])
    assert "b.parquet has no column d of s.t: it is NULL" in result.receipt.notes[0]
    pq.write_table(pa.table({"i": [2]}), lake / "in/c.parquet")
    refuses("select * from s.t", LoadError, "c.parquet", "i of s.t: it is of type integer, the file's is BIGINT")


@pytest.mark.parametrize(
    ("sql", "error", "words"),
    [
        ("create external table s.t (i int) stored as avro location 's3://lake/x'", UnsupportedSql, "AVRO"),
        ("create external table s.t (i int) stored as parquet location 's3://lake/x' table properties ('a'='b')",
         UnsupportedSql, "'a'"),
        ("create external table s.t (i map<int,int>) stored as textfile location 's3://lake/x'", SqlError, "type map"),
        ("create external table s.t (i array<array<int>>) stored as parquet location 's3://lake/x'", SqlError, "not arrays"),
        ("create external table s.t (i int) row format serde 'x.y' stored as textfile location 's3://lake/x'",
         UnsupportedSql, "x.y"),
        ("create external table s.t (i int) stored as parquet location 's3://other/x'", ConfigError, "s3://other"),
        ("create external table s.t (i int) stored as parquet", SqlError, "LOCATION"),
        ("create external table t (i int) stored as parquet location 's3://lake/x'", SqlError, "external schema"),
        ("create external table public.t (i int) stored as parquet location 's3://lake/x'", SqlError, "not an external"),
        ("create external table s.t (i foo) stored as parquet location 's3://lake/x'", SqlError, "no type 'foo'"),
        ("create external schema z from hive metastore database 'd'", UnsupportedSql, "HIVE"),
        ("create table s.t (i int)", SqlError, "external schema"),
        ("select * from s.nope", SqlError, "there is no table s.nope"),
    ],
)  # fmt: skip
def test_a_wrong_definition(refuses: Any, external: Any, sql: str, error: type[RsnbError], words: str) -> None:
    refuses(sql, error, words)


def test_an_external_table_is_not_written(refuses: Any, external: Any) -> None:
    external(TEXT)
    for sql in ("insert into s.t values (1)", "delete from s.t", "update s.t set i = 1"):
        refuses(sql, UnsupportedSql, "not a local table")
    refuses("truncate s.t", SqlError, "not a local table")
    refuses("create view v as select * from s.t", SqlError, "binds late")


def test_partitions(check: Any, refuses: Any, put: Any, session: Any, external: Any) -> None:
    put("a/x", "1|a|\n")
    put("b/x", "2|b|\n")
    external(f"partitioned by (k int, l varchar(3)) {TEXT}")
    check("select * from s.t", [])
    session.sql("alter table s.t add partition (k=1, l='x') location 's3://lake/a/'")
    refuses("alter table s.t add partition (l='x', k='01') location 's3://lake/a'", SqlError, "(1, x) exists")
    session.sql(
        "alter table s.t add if not exists partition (k=1, l='x') location 's3://lake/a' "
        "partition (k=2, l='y') location 's3://lake/b'"
    )
    check("select i, k, l from s.t where k = 2", [(2, 2, "y")])
    check("select k, count(*) from s.t group by 1 order by 1", [(1, 1), (2, 1)])
    refuses("alter table s.t add partition (k=1) location 's3://lake/a'", SqlError, "names k, l")
    refuses("alter table s.t add partition (k='z', l='x') location 's3://lake/a'", SqlError, "'z'")
    session.sql("alter table s.t drop partition (k=1, l='x')")
    refuses("alter table s.t drop partition (k=1, l='x')", SqlError, "no partition (1, x)")
    check('select "values", location from svv_external_partitions', [('["2","y"]', "s3://lake/b")])


NESTED = (
    '{"Id":1,"Name":{"Given":"A"},"phones":["1","2"],'
    '"orders":[{"price":10,"items":[{"n":1},{"n":2}]},{"price":20,"items":[]}],"m":[{"x":[1,2]},{"x":[3]}]}\n'
    '{"Id":2,"Name":{"Given":"C"},"phones":[],"orders":null}\n'
)
NESTED_COLUMNS = (
    "id int, name struct<given:varchar(5),fam:varchar(5)>, phones array<varchar(5)>, "
    "orders array<struct<price:int,items:array<struct<n:int>>>>, m array<struct<x:array<int>>>"
)
UNNESTED: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("select c.id, c.name.given, c.name.fam from s.t c", [(1, "A", None), (2, "C", None)]),
    ("select id, name.given from s.t", [(1, "A"), (2, "C")]),
    ("select s.t.name.given, t.id from s.t", [("A", 1), ("C", 2)]),
    ("select c.id, p from s.t c, c.phones p", [(1, "1"), (1, "2")]),
    ("select c.id, o.price from s.t c inner join c.orders o on true", [(1, 10), (1, 20)]),
    ("select c.id, o.price from s.t c left join c.orders o on true", [(1, 10), (1, 20), (2, None)]),
    ("select o.price, i.n from s.t c, c.orders o, o.items i", [(10, 1), (10, 2)]),
    ("select c.id, i.n from s.t c left join c.orders o on true left join o.items i on true",
     [(1, 1), (1, 2), (1, None), (2, None)]),
    ("select c.id, y from s.t c, c.m x, x.x y", [(1, 1), (1, 2), (1, 3)]),
    ("select s.id, p from s.t s, s.phones p", [(1, "1"), (1, "2")]),
    ("select c.id, (select sum(o.price) from c.orders o) from s.t c", [(1, 30), (2, None)]),
    ("select c.id, (select count(*) from c.phones p) from s.t c", [(1, 2), (2, 0)]),
    ("with q as (select * from s.t) select q.id, p from q, q.phones p", [(1, "1"), (1, "2")]),
    ("select c.id, max(o.price / 3) from s.t c, c.orders o where o.price > 5 group by 1", [(1, 6)]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), UNNESTED)
def test_nested_data(session: Any, put: Any, external: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    put("in/a.json", NESTED)
    external(JSON, columns=NESTED_COLUMNS)
    result = session.sql(sql).table
    found = list(zip(*(c.to_pylist() for c in result.columns), strict=True))
    assert sorted(found, key=str) == sorted(rows, key=str)


def test_nested_names_that_are_not_there(refuses: Any, put: Any, external: Any) -> None:
    put("in/a.json", NESTED)
    external(JSON, columns=NESTED_COLUMNS)
    refuses("select c.name.giv from s.t c", SqlError, "no field giv")
    refuses("select p from s.t c, c.phon p", SqlError, "no column phon")
    refuses("select c.phones[0] from s.t c", UnsupportedSql, "array element")
    refuses("select c.name from s.t c", SqlError, "name the field")


def test_a_late_binding_view_over_an_external_table(check: Any, put: Any, external: Any) -> None:
    put("in/a", "1|a|\n")
    external(TEXT)
    check("create view v as select i, s from s.t with no schema binding; select v.s from v where i = 1", [("a",)])
