# ruff: noqa: E501
"""Partitions, manifests and pseudocolumns: where files are, which are read, and what is recorded of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest

from rsnb.errors import LoadError, SqlError
from tests.warehouse.spectrum.conftest import TEXT, parquet


@pytest.fixture
def days(table: Any, put: Any, external: Any) -> Any:
    """s.t with a partition for each of four days, with as many rows as the day's number."""
    for day in range(1, 5):
        put(f"d/day={day}/f", f"{day}0|x{day}\n" * day)
    external.sql(
        f"create external table s.t (v int, w varchar(3)) partitioned by (k int, d date) {TEXT} location 's3://lake/d/'"
    )
    external.sql("alter table s.t add " + " ".join(
        f"partition (k={day}, d='2020-01-0{day}') location 's3://lake/d/day={day}/'" for day in range(1, 5)))  # fmt: skip
    external.sql("create table l (k int, n varchar(9)); insert into l values (1, 'one'), (2, 'two')")
    return external


PRUNED: list[tuple[str, list[int], int]] = [
    # a condition, the partitions that it is true of, the files that are read
    ("k = 2", [2], 1),
    ("2 = k", [2], 1),
    ("k = '2'", [2], 1),
    ("k in (2, 3)", [2, 3], 2),
    ("k between 2 and 3 and v > 20", [3], 2),
    ("k not in (2, 3)", [1, 4], 2),
    ("d = '2020-01-02'", [2], 1),
    ("d > '2020-01-02' and w = 'x4'", [4], 2),
    ("k = 1 or d = '2020-01-03'", [1, 3], 2),
    ("k = 1 or v = 30", [1, 3], 4),
    ("k / 2 = 1", [2, 3], 2),
    ("mod(k, 2) = 0 and d::varchar like '2020-01-0%'", [2, 4], 2),
    ("date_trunc('month', d) = '2020-01-01' and k < 2", [1], 1),
    ("extract(day from d) = 2", [2], 1),
    ("d < current_date", [1, 2, 3, 4], 4),
    ("d > current_date - 1", [], 0),
    ("d >= getdate()", [], 0),
    ("k = (select min(k) from l)", [1], 4),
    ("k is null", [], 0),
    ("k = 9", [], 0),
    ("coalesce(k, 1) = 1", [1], 1),
    ("case when k > 2 then 'late' else 'early' end = 'late'", [3, 4], 2),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "rows", "files"), PRUNED)
def test_conditions_on_partition_columns_prune(
    check: Any, days: Any, condition: str, rows: list[int], files: int
) -> None:
    result = check(f"select k, count(*) from s.t where {condition} group by 1 order by 1", [(k, k) for k in rows])
    assert result.receipt.s3_files == files
    detail = "total_partitions, qualified_partitions, scanned_files, file_format, source_type"
    check(f"select {detail} from sys_external_query_detail order by query_id desc limit 1",
          [(4, files, files, "Text", "S3" + " " * 30)])  # fmt: skip


AROUND: list[tuple[str, int, int]] = [
    # a query, its count, the files that it reads
    ("select count(*) from s.t join l on t.k = l.k and t.k < 2", 1, 1),
    ("select count(*) from s.t join l on t.k = l.k", 3, 4),
    ("select count(*) from l left join s.t on t.k = l.k and t.k = 1", 2, 1),
    ("select count(*) from s.t left join l on t.k = l.k and t.k = 1", 10, 4),
    ("select count(*) from s.t a join s.t b on a.k = b.k where a.k = 2 and b.k = 2", 4, 2),
    ("with q as (select * from s.t) select count(*) from q where k = 3", 3, 1),
    ("select count(*) from (select k as day, v from s.t where d < '2020-01-04') x where day > 1", 5, 2),
    ("select count(*) from v where k = 3", 3, 1),
    ("select n from (select k, count(*) as n from s.t group by k) x where k = 4", 4, 1),
    ("select count(*) from (select k from s.t union all select k from l) u where k = 2", 3, 1),
    ("select count(*) from l where exists (select 1 from s.t where t.k = l.k and t.k = 2)", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "count", "files"), AROUND)
def test_conditions_around_the_table_prune(check: Any, days: Any, sql: str, count: int, files: int) -> None:
    days.sql("create view v as select * from s.t with no schema binding")
    assert check(sql, [(count,)]).receipt.s3_files == files


def test_a_condition_that_is_an_error_is_one(refuses: Any, days: Any) -> None:
    refuses("select * from s.t where d = '2020-01-0x'", SqlError, "'2020-01-0x'")
    refuses("select * from s.t where 1 / (k - 1) = 1", SqlError, "division by zero")
    assert days.sql("select count(*) from s.t where k = 1").scalar() == 1


def test_a_condition_in_a_transaction(check: Any, days: Any) -> None:
    assert check("begin; select count(*) from s.t where k = '2'", [(2,)]).receipt.s3_files == 1
    check("select count(*) from s.t where d = getdate()::date; commit")


def test_changes_of_rows_prune_too(check: Any, days: Any) -> None:
    assert check("create table c as select * from s.t where k = 2", command="CREATE TABLE").receipt.s3_files == 1
    assert check("insert into c select * from s.t where k = 3").receipt.s3_files == 1
    check("select k, count(*) from c group by 1 order by 1", [(2, 2), (3, 3)])
    assert check("delete from l using s.t where t.k = l.k and t.k = 1").receipt.s3_files in (1, 4)
    check("select k from l", [(2,)])


def test_partitions_are_added_moved_and_dropped(check: Any, refuses: Any, days: Any, put: Any) -> None:
    check(
        'select "values", location from svv_external_partitions order by 1 limit 1',
        [('["1","2020-01-01"]', "s3://lake/d/day=1")],
    )
    refuses(
        "alter table s.t add partition (d='01-01-2020', k='01') location 's3://lake/x'",
        SqlError,
        "(1, 2020-01-01) exists",
        "if not exists",
    )
    result = check(
        "alter table s.t add if not exists partition (k=1, d='2020-01-01') location 's3://lake/x' partition (k=5, d='2020-01-05') location 's3://lake/d/day=1'"
    )
    assert result.receipt.notes == ("the partition (1, 2020-01-01) exists: skipped",)
    check("select v, k from s.t where k in (1, 5) order by 2", [(10, 1), (10, 5)])
    put("moved/f", "99|y\n")
    check(
        "alter table s.t partition (k=1, d='2020-01-01') set location 's3://lake/moved/'; select v from s.t where k = 1",
        [(99,)],
    )
    check("alter table s.t drop partition (k=1, d='2020-01-01'); select count(*) from s.t where k = 1", [(0,)])
    refuses("alter table s.t drop partition (k=1, d='2020-01-01')", SqlError, "no partition (1, 2020-01-01)")
    refuses(
        "alter table s.t partition (k=1, d='2020-01-01') set location 's3://lake/x'",
        SqlError,
        "no partition (1, 2020-01-01)",
    )
    for values, words in (
        ("k=6", "names k, d, not k"),
        ("k=6, k=7", "k stands twice"),
        ("k='z', d='2020-01-01'", "'z'"),
        ("k=6, d='soon'", "'soon'"),
        ("k=6, d='2020-01-06', l=1", "names k, d"),
    ):
        refuses(f"alter table s.t add partition ({values}) location 's3://lake/x'", SqlError, words)
    refuses("alter table s.t add if not exists column z int", SqlError, "expected PARTITION")
    many = " ".join(f"partition (k={k}, d='2021-01-01') location 's3://lake/x'" for k in range(101))
    refuses(f"alter table s.t add {many}", SqlError, "at most 100 partitions")


def test_a_table_without_partitions_says_so(check: Any, external: Any) -> None:
    external.sql(f"create external table s.t (v int) partitioned by (k int) {TEXT} location 's3://lake/t'")
    assert "add them with alter table" in check("select * from s.t", []).receipt.notes[0]
    external.sql("alter table s.t add partition (k=1) location 's3://lake/t/1'")
    assert check("select * from s.t", []).receipt.notes == (
        "s.t is empty: no files under the locations of 1 partitions",
    )
    assert check("select * from s.t where k = 2", []).receipt.notes == (
        "no partition of s.t is left by the conditions on k",
    )


KEYS: list[tuple[str, str, Any]] = [
    ("smallint", "'07'", 7), ("bigint", "-5", -5), ("decimal(5,2)", "1.5", None), ("boolean", "true", True),
    ("char(5)", "'ab'", "ab   "), ("varchar(5)", "'a''b'", "a'b"), ("date", "'05-01-2017'", dt.date(2017, 5, 1)),
    ("timestamp", "'2020-01-01 10:00:00'", dt.datetime(2020, 1, 1, 10)), ("varchar(9)", "'__HIVE_DEFAULT_PARTITION__'", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written", "value"), KEYS)
def test_the_type_of_a_key(check: Any, table: Any, external: Any, kind: str, written: str, value: Any) -> None:
    table("1\n", "v int", f"partitioned by (k {kind}) {TEXT}")
    external.sql(f"alter table s.t add partition (k={written}) location 's3://lake/t'")
    result = external.sql("select k from s.t").scalar()
    assert result == value or (kind.startswith("decimal") and float(result) == 1.5)


def test_pseudocolumns(check: Any, days: Any) -> None:
    check('select v, "$path", "$size" from s.t where k < 3 order by 1, 2', [
        (10, "s3://lake/d/day=1/f", 6), (20, "s3://lake/d/day=2/f", 12), (20, "s3://lake/d/day=2/f", 12)])  # fmt: skip
    check("select * from s.t where k = 1", [(10, "x1", 1, dt.date(2020, 1, 1))], columns=["v", "w", "k", "d"])
    check('select t.*, t."$size" from s.t where k = 1', [(10, "x1", 1, dt.date(2020, 1, 1), 6)])
    check(
        'select distinct "$path" from s.t where "$size" > 12 order by 1',
        [("s3://lake/d/day=3/f",), ("s3://lake/d/day=4/f",)],
    )
    check('select count(*) from s.t natural join (select v, k, "$size" from s.t where k = 1) x', [(1,)])
    check("select count(*) from s.t a natural join s.t b where a.k = 2", [(4,)])
    check(
        'create table p as select "$path" as path from s.t where k = 1; select path from p', [("s3://lake/d/day=1/f",)]
    )


def test_pseudocolumns_can_be_turned_off(check: Any, refuses: Any, days: Any) -> None:
    check("set spectrum_enable_pseudo_columns to false; select v from s.t where k = 1", [(10,)])
    refuses('select "$path" from s.t', SqlError, "there is no column $path", "spectrum_enable_pseudo_columns")
    check('reset spectrum_enable_pseudo_columns; select "$size" from s.t where k = 1', [(6,)])


def test_a_file_of_two_partitions(check: Any, table: Any, external: Any) -> None:
    table("1\n", "v int", f"partitioned by (k int) {TEXT}")
    external.sql("alter table s.t add partition (k=1) location 's3://lake/t' partition (k=2) location 's3://lake/t/'")
    check("select v, k from s.t order by k", [(1, 1), (1, 2)])


# Manifests


def _manifest(*entries: dict[str, Any]) -> str:
    return json.dumps({"entries": list(entries)})


def test_a_manifest(check: Any, refuses: Any, put: Any, external: Any) -> None:
    put("m/_hidden", "1\n")
    put("n/b", "2\n")
    put("list", _manifest({"url": "s3://lake/m/_hidden", "meta": {"content_length": 2}}, {"url": "s3://lake/n/b", "mandatory": True},
                          {"url": "s3://lake/n/b"}, {"url": "s3://lake/nope", "mandatory": False}))  # fmt: skip
    external.sql(f"create external table s.t (v int) {TEXT} location 's3://lake/list'")
    check("select v from s.t order by 1", [(1,), (2,), (2,)])
    check('select v, "$path" from s.t order by 1 desc limit 1', [(2, "s3://lake/n/b")])
    put("list", _manifest({"url": "s3://lake/nope", "mandatory": True}))
    refuses("select v from s.t", LoadError, "s3://lake/list lists s3://lake/nope")
    for content in ("1\n", "[]", '{"entries": [{"u": 1}]}', '{"entries": 5}'):
        put("list", content)
        refuses("select v from s.t", LoadError, "s3://lake/list is a single file, and no manifest")


SYMLINKS = (
    "row format serde 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' stored as "
    "inputformat 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat' "
    "outputformat 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'"
)


def test_a_manifest_of_delta_lake(check: Any, refuses: Any, put: Any, external: Any) -> None:
    put("d/x.parquet", parquet(i=pa.array([1], pa.int32())))
    put("d/old.parquet", parquet(i=pa.array([9], pa.int32())))
    put("d/_symlink_format_manifest/manifest", "s3://lake/d/x.parquet\n")
    external.sql(f"create external table s.t (i int) {SYMLINKS} location 's3://lake/d/_symlink_format_manifest'")
    check("select i from s.t", [(1,)])
    external.sql("alter table s.t set location 's3://lake/d/_symlink_format_manifest/manifest'")
    check("select i from s.t", [(1,)])
    for content, words in (
        ("s3://lake/nope\n", "was not found"),
        ("s3://b/x\n", "cannot contain entries in bucket b"),
        ("x\n", "Invalid S3 Path"),
    ):
        put("d/_symlink_format_manifest/manifest", content)
        refuses("select i from s.t", LoadError, words)


# What is recorded


def test_what_was_read_of_rows(check: Any, days: Any) -> None:
    check("select v from s.t where k = 3 and v > 100", [])
    check(
        "select trim(external_table_name), trim(file_format), is_partitioned, is_nested, s3_scanned_rows, s3_scanned_bytes, "
        "s3query_returned_rows, files from svl_s3query_summary where query = pg_last_query_id()",
        [("S3 Scan s_t", "Text", "t", "f", 3, 18, 0, 1)],
    )
    check("select count(*) from s.t")
    check(
        "select total_partitions, qualified_partitions from svl_s3partition where query = pg_last_query_id()", [(4, 4)]
    )
    check("select v from s.t")
    check(
        "select bucket, prefix, retrieved_files, max_file_size from svl_s3list where query = pg_last_query_id()",
        [("lake", "d", 4, 24)],
    )


def test_columnar_files_are_read_by_the_column(check: Any, table: Any) -> None:
    table(
        parquet(a=list(range(50_000)), b=[f"text {i}" for i in range(50_000)]),
        "a bigint, b varchar(20)",
        "stored as parquet",
    )
    sizes = [
        check(sql).receipt.s3_bytes
        for sql in (
            "select count(*) from s.t",
            "select sum(a) from s.t",
            "select max(b) from s.t",
            "select max(a), max(b) from s.t",
        )
    ]
    assert sizes[0] == 0
    assert 0 < sizes[1] < sizes[3]
    assert 0 < sizes[2] < sizes[3]


def test_explain_reads_nothing(check: Any, days: Any) -> None:
    result = check("explain select * from s.t")
    assert result.receipt.s3_bytes in (None, 0)
    check("select count(*) from sys_external_query_detail", [(0,)])


def test_a_fault_is_recorded(check: Any, refuses: Any, table: Any) -> None:
    table("1\nx\n", "i int")
    refuses("select * from s.t", LoadError, "line 2")
    check("select message like '%t/a, line 2%' from svl_s3log where query = pg_last_query_id()", [(True,)])
    check(
        "select trim(file_location) from sys_external_query_error",
        [("s3://lake/t",)],
    )
