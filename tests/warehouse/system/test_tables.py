# ruff: noqa: E501
"""The system views answer from what was created; nothing of the warehouse's own shows."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import SqlError
from rsnb.warehouse.system import VIEWS


@pytest.fixture
def made(session: Any) -> None:
    session.sql(
        "create table t (a int identity(1,1) encode az64 distkey, b varchar(10) not null sortkey, c numeric(8,2)); "
        "create table n as select 1.25 as x, 'a' as y; create view v as select b from t; "
        "create view w as select b from public.t with no schema binding; create schema other; create table other.o (a int); "
        "create external schema s from data catalog database 'd' iam_role 'arn:aws:iam::123456789012:role/spectrum'; "
        "create external table s.e (i int, j array<int>) partitioned by (k date) "
        "stored as parquet location 's3://lake/e' "
        "table properties ('numRows'='5')"
    )


def test_pg_table_def(check: Any, made: None) -> None:
    check(
        'select "column", type, trim(encoding), distkey, sortkey, "notnull" from pg_table_def where tablename = \'t\' order by 1',
        [
            ("a", "integer", "az64", True, 0, True),
            ("b", "character varying(10)", "none", False, 1, True),
            ("c", "numeric(8,2)", "az64", False, 0, False),
        ],
    )
    check("select type from pg_table_def where tablename = 'n' order by \"column\"",
          [("numeric(3,2)",), ("character varying(1)",)])  # fmt: skip
    check("select count(*) from pg_table_def where schemaname = 'other'", [(0,)])
    mine = "select tablename from pg_table_def where schemaname <> 'pg_catalog'"
    check(f"set search_path to other; {mine}", [("o",)])
    check("select count(*) > 50 from (select distinct tablename from pg_table_def where schemaname = 'pg_catalog')",
          [(True,)])  # fmt: skip


def test_temporary_tables_are_in_a_schema_of_the_session(check: Any) -> None:
    check("create temp table mine (a char(3) distkey)")
    check(
        "select schemaname like 'pg_temp_%', type, distkey from pg_table_def where tablename = 'mine'",
        [(True, "character(3)", True)],
    )
    check("select table_type from svv_tables where table_name = 'mine'", [("LOCAL TEMPORARY",)])


def test_svv_tables(check: Any, made: None) -> None:
    mine = "where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"
    check(
        f"select table_schema, table_name, table_type, table_catalog from svv_tables {mine}",
        [
            ("other", "o", "BASE TABLE", "dev"), ("public", "n", "BASE TABLE", "dev"),
            ("public", "t", "BASE TABLE", "dev"), ("public", "v", "VIEW", "dev"), ("public", "w", "VIEW", "dev"),
            ("s", "e", "EXTERNAL TABLE", "dev"),
        ],
    )  # fmt: skip
    check(f"select count(*) from information_schema.tables {mine.split(' order')[0]}", [(5,)])
    check("select table_type, count(*) from svv_all_tables where schema_name in ('public', 's') group by 1 order by 1",
          [("EXTERNAL TABLE", 1), ("TABLE", 2), ("VIEW", 2)])  # fmt: skip
    check("select count(*) from svv_redshift_tables where schema_name = 'public'", [(4,)])


def test_svv_columns(check: Any, session: Any, made: None) -> None:
    oid = session.sql("select oid from pg_class where relname = 't'").scalar()
    default = f"""\"identity\"({oid}, 0, '1,1'::text)"""
    check(
        "select column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, "
        "numeric_precision, numeric_scale from svv_columns where table_name = 't' order by 2",
        [
            ("a", 1, default, "NO", "integer", None, 32, 0),
            ("b", 2, None, "NO", "character varying", 10, None, None),
            ("c", 3, None, "YES", "numeric", None, 8, 2),
        ],
    )
    check("select count(*) from svv_columns where table_name = 'e'", [(3,)])
    check("select count(*) from svv_all_columns where table_name = 'e'", [(3,)])
    check("select count(*) from information_schema.columns where table_name in ('e', 't')", [(3,)])
    check(
        "select column_name, data_type, encoding, distkey, sortkey from svv_redshift_columns where table_name = 't' "
        "order by ordinal_position",
        [
            ("a", "integer", "az64", True, 0), ("b", "character varying", "none", False, 1),
            ("c", "numeric", "az64", False, 0),
        ],
    )  # fmt: skip


def test_what_is_not_committed_is_seen_by_its_session_alone(check: Any, session: Any, lake: Any) -> None:
    check("begin; create table t (a int); select count(*) from svv_tables where table_name = 't'", [(1,)])
    check("rollback; select count(*) from svv_tables where table_name = 't'", [(0,)])


def test_external_views(check: Any, made: None) -> None:
    check(
        "select schemaname, databasename, esoptions from svv_external_schemas",
        [("s", "d", '{"IAM_ROLE": "arn:aws:iam::123456789012:role/spectrum"}')],
    )
    check(
        "select schemaname, tablename, location, serialization_lib, parameters from svv_external_tables",
        [("s", "e", "s3://lake/e", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", '{"numRows":"5"}')],
    )
    check(
        "select columnname, external_type, columnnum, part_key from svv_external_columns order by columnnum",
        [("i", "int", 1, 0), ("j", "array<int>", 2, 0), ("k", "date", 3, 1)],
    )


@pytest.mark.parametrize("view", [name for name in VIEWS if name.startswith(("information_schema", "pg_", "svv_"))])
def test_nothing_of_our_own_shows(session: Any, made: None, view: str) -> None:
    shown = session.sql(f"select * from {view}").df().to_string()
    assert "rsnb_" not in shown
    assert "nextval" not in shown
    assert " main " not in shown


def test_views_over_system_views(check: Any, refuses: Any) -> None:
    check(
        "create table t (a int); create view mine as select schemaname, tablename from pg_tables where schemaname = 'public'"
    )
    check("select * from mine", [("public", "t")])
    check("create table u (a int); select count(*) from mine", [(2,)])
    check("select definition like '%pg_tables%' from pg_views where viewname = 'mine'", [(True,)])
    check("create view seen as select q.query, t.a from public.t t cross join stl_query q; select * from seen", [])
    refuses(
        "create view other as select a from t cross join stl_query", SqlError, "names its tables with their schema: t"
    )


def test_oids_join(check: Any, made: None) -> None:
    check(
        "select n.nspname, c.relname, a.attname, t.typname, a.atttypmod from pg_class c join pg_namespace n "
        "on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid "
        "where c.relname = 't' order by a.attnum",
        [
            ("public", "t", "a", "int4", -1), ("public", "t", "b", "varchar", 14), ("public", "t", "c", "numeric", 524294),
        ],
    )  # fmt: skip
    check("select c.relkind, count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
          "where n.nspname in ('public', 'other') group by 1 order by 1", [("r", 3), ("v", 2)])  # fmt: skip
    check("select * from pg_namespace where nspname = 'public'", columns=["nspname", "nspowner", "nspacl"])
    check("select n.oid from pg_namespace n where nspname = 'public'", [(2200,)])


def test_constraints(check: Any) -> None:
    check("create table p (a int, b int, primary key (b, a)); create table c (x int references p (a), unique (x))")
    check(
        "select conname, contype, conkey, confkey, k.relname, f.relname from pg_constraint n join pg_class k "
        "on k.oid = n.conrelid left join pg_class f on f.oid = n.confrelid order by 1",
        [
            ("c_x_fkey", "f", "{1}", "{1}", "c", "p"), ("c_x_key", "u", "{1}", None, "c", None),
            ("p_pkey", "p", "{2,1}", None, "p", None),
        ],
    )  # fmt: skip
    check(
        "select constraint_name, constraint_type from information_schema.table_constraints order by 1",
        [("c_x_fkey", "FOREIGN KEY"), ("c_x_key", "UNIQUE"), ("p_pkey", "PRIMARY KEY")],
    )
    check(
        "select constraint_name, column_name, ordinal_position from information_schema.key_column_usage "
        "where table_name = 'p' order by 3",
        [("p_pkey", "b", 1), ("p_pkey", "a", 2)],
    )
    check("select unique_constraint_name from information_schema.referential_constraints", [("p_pkey",)])


def test_comments_and_defaults(check: Any) -> None:
    check("create table t (a int default 7, b int); comment on table t is 'orders'; comment on column t.b is 'of whom'")
    check(
        "select objsubid, description from pg_description d join pg_class c on c.oid = d.objoid order by 1",
        [(0, "orders"), (2, "of whom")],
    )
    check("select adnum, adsrc from pg_attrdef", [(1, "7")])
    check("select remarks from svv_tables where table_name = 't'", [("orders",)])


def test_sizes(check: Any, session: Any) -> None:
    check("create table t (a int sortkey, b varchar(10) encode zstd) diststyle all; create table empty (a int)")
    check("insert into t values (3, 'x'), (5, 'yy')")
    check(
        'select "table", encoded, diststyle, sortkey1, max_varchar, size, tbl_rows, stats_off from svv_table_info',
        [("t", "Y", "ALL", "a", 10, 1, 2, 0)],
    )
    check("select trim(name), rows, db_id from stv_tbl_perm order by 1", [("empty", 0, 1), ("t", 2, 1)])
    check(
        "select trim(name), col, num_values, minvalue, maxvalue from svv_diskusage order by 2",
        [("t", 0, 2, 3, 5), ("t", 1, 2, None, None)],
    )
    check("select slice from stv_slices", [(0,)])


def test_spatial_columns(check: Any) -> None:
    check("create table place (at geometry, around geography)")
    check("select f_table_name, f_geometry_column, coord_dimension, srid, type from svv_geometry_columns",
          [("place", "at", 2, 0, "GEOMETRY")])  # fmt: skip
    check("select f_geography_column, type from svv_geography_columns", [("around", "GEOGRAPHY")])


def test_who_owns_a_table(check: Any) -> None:
    check("create user ann password disable; create table t (a int); alter table t owner to ann")
    check("select table_name, table_owner from svv_redshift_tables where schema_name = 'public'", [("t", "ann")])


def test_procedures_and_functions(check: Any, session: Any) -> None:
    session.sql(
        "create procedure p(a int, inout b varchar(20), out c numeric(5,2)) as $$ begin b := 'x'; c := 1; end; $$ "
        "language plpgsql security definer; create procedure q() as $$ begin null; end; $$ language plpgsql; "
        "create function f(int) returns numeric(10,2) stable as $$ select 1.5::numeric(10,2) $$ language sql; "
        "create function f(varchar) returns int immutable as $$ select 1 $$ language sql"
    )
    check(
        "select proname, prokind, lanname, prosecdef, provolatile, pronargs, proargtypes, proargnames, proargmodes, proallargtypes, "
        "typname from pg_proc_info p join pg_language l on l.oid = prolang left join pg_type t on t.oid = prorettype order by 1, 6, 7",
        [
            ("f", "f", "sql", False, "i", 1, "1043", None, None, None, "int4"),
            ("f", "f", "sql", False, "s", 1, "23", None, None, None, "numeric"),
            ("p", "p", "plpgsql", True, "v", 2, "23 1043", "{a,b,c}", "{i,b,o}", "{23,1043,1700}", None),
            ("q", "p", "plpgsql", False, "v", 0, "", None, None, None, None),
        ],
    )
    check("select count(distinct oid) from pg_proc", [(4,)])
