# ruff: noqa: E501
"""The system views answer from what was created; nothing of the warehouse's own shows."""

from __future__ import annotations

from typing import Any

import pytest

VIEWS = ["svv_tables", "svv_columns", "pg_table_def", "svv_external_schemas", "svv_external_tables",
         "svv_external_columns", "svv_external_partitions"]  # fmt: skip


@pytest.fixture
def made(session: Any) -> None:
    session.sql(
        "create table t (a int identity(1,1) encode az64 distkey, b varchar(10) not null sortkey, c numeric(8,2)); "
        "create table n as select 1.25 as x, 'a' as y; create view v as select b from t; "
        "create view w as select b from public.t with no schema binding; create schema other; create table other.o (a int); "
        "create external schema s from data catalog database 'd' iam_role 'arn:x'; "
        "create external table s.e (i int, j array<int>) partitioned by (k date) "
        "row format delimited fields terminated by ',' stored as textfile location 's3://lake/e' "
        "table properties ('numRows'='5')"
    )


def test_pg_table_def(check: Any, made: None) -> None:
    check(
        'select "column", type, encoding, distkey, sortkey, "notnull" from pg_table_def where tablename = \'t\' order by 1',
        [
            ("a", "integer", "az64", True, 0, True),
            ("b", "character varying(10)", "none", False, 1, True),
            ("c", "numeric(8,2)", "az64", False, 0, False),
        ],
    )
    check("select type from pg_table_def where tablename = 'n' order by \"column\"",
          [("numeric(3,2)",), ("character varying(65535)",)])  # fmt: skip
    check("select count(*) from pg_table_def where schemaname = 'other'", [(0,)])
    check("set search_path to other; select tablename from pg_table_def", [("o",)])


def test_svv_tables(check: Any, made: None) -> None:
    check(
        "select table_schema, table_name, table_type from svv_tables order by 1, 2",
        [
            ("other", "o", "BASE TABLE"), ("public", "n", "BASE TABLE"), ("public", "t", "BASE TABLE"),
            ("public", "v", "VIEW"), ("public", "w", "VIEW"), ("s", "e", "EXTERNAL TABLE"),
        ],
    )  # fmt: skip


def test_svv_columns(check: Any, made: None) -> None:
    check(
        "select column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, "
        "numeric_precision, numeric_scale from svv_columns where table_name = 't' order by 2",
        [
            ("a", 1, '"identity"', "NO", "integer", None, None, None),
            ("b", 2, None, "NO", "character varying", 10, None, None),
            ("c", 3, None, "YES", "numeric", None, 8, 2),
        ],
    )
    check("select count(*) from svv_columns where table_name = 'e'", [(3,)])


def test_external_views(check: Any, made: None) -> None:
    check("select schemaname, databasename, esoptions from svv_external_schemas", [("s", "d", '{"IAM_ROLE": "arn:x"}')])
    check(
        "select schemaname, tablename, location, serialization_lib, parameters from svv_external_tables",
        [("s", "e", "s3://lake/e", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", '{"numRows":"5"}')],
    )
    check(
        "select columnname, external_type, columnnum, part_key from svv_external_columns order by columnnum",
        [("i", "int", 1, 0), ("j", "array<int>", 2, 0), ("k", "date", 3, 1)],
    )


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_of_our_own_shows(session: Any, made: None, view: str) -> None:
    shown = session.sql(f"select * from {view}").df().to_string()
    assert "rsnb_" not in shown
    assert "nextval" not in shown
    assert " main " not in shown
