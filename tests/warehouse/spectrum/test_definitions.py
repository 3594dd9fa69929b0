# ruff: noqa: E501
"""External schemas and tables as they are defined, shown, altered and dropped; what is refused, and why."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb.errors import ConfigError, RsnbError, SqlError, UnsupportedSql
from tests.warehouse.spectrum.conftest import TEXT

ROLE = "arn:aws:iam::123456789012:role/spectrum"

SCHEMAS: list[tuple[str, str]] = [
    (f"from data catalog database 'D' iam_role '{ROLE}' region 'us-west-2'", f'{{"IAM_ROLE": "{ROLE}", "REGION": "us-west-2"}}'),
    ("from data catalog database 'd' iam_role default create external database if not exists", '{"IAM_ROLE": "default"}'),
    (f"from data catalog database 'd' iam_role '{ROLE},{ROLE}' catalog_role '{ROLE}'", f'{{"IAM_ROLE": "{ROLE},{ROLE}", "CATALOG_ROLE": "{ROLE}"}}'),
    ("from data catalog database 'd' iam_role 'SESSION' catalog_role 'SESSION' catalog_id '123456789012'",
     '{"IAM_ROLE": "SESSION", "CATALOG_ROLE": "SESSION", "CATALOG_ID": "123456789012"}'),
    ("from database 'd' iam_role default", '{"IAM_ROLE": "default"}'),
]  # fmt: skip


@pytest.mark.parametrize(("clauses", "options"), SCHEMAS)
def test_an_external_schema(check: Any, clauses: str, options: str) -> None:
    check(
        f"create external schema s {clauses}; select schemaname, databasename, esoptions from svv_external_schemas",
        [("s", "d", options)],
    )


NO_SCHEMAS: list[tuple[str, type[RsnbError], str]] = [
    (f"from {source}", UnsupportedSql, source.split()[0].upper())
    for source in (
        "hive metastore database 'd' uri '172.10.10.10' port 99 iam_role default",
        "postgres database 'd' schema 'x' uri 'h' port 5432 iam_role default secret_arn 'z'",
        "mysql database 'd' uri 'h' iam_role default secret_arn 'z'", "kinesis iam_role default",
        "msk iam_role default authentication none cluster_arn 'x'", "kafka iam_role default",
        "redshift database 'd' schema 'public'",
    )
] + [
    ("from data catalog database 'd'", SqlError, "expected IAM_ROLE"),
    ("from data catalog iam_role default", SqlError, "expected DATABASE"),
    ("from data catalog database 'd' iam_role 'me'", SqlError, "'me' is not the ARN of a role"),
    (f"from data catalog database 'd' iam_role '{ROLE}, {ROLE}'", SqlError, "no blank between them"),
    (f"from data catalog database 'd' iam_role '{','.join([ROLE] * 11)}'", SqlError, "at most 10 roles"),
    ("from data catalog database 'd' catalog_role default iam_role default", SqlError, "expected a string"),
    ("from data catalog database 'd' iam_role default region 'moon'", SqlError, "'moon' is not a region"),
    ("from data catalog database 'd' iam_role default uri 'h'", UnsupportedSql, "URI"),
    ("from data catalog database 'd' iam_role default catalog_id '1'", SqlError, "'SESSION'"),
    ("from data catalog database 'd' iam_role default iam_role default", SqlError, "IAM_ROLE stands twice"),
    ("from data catalog database 'd' database 'e' iam_role default", SqlError, "DATABASE stands twice"),
    ("from data catalog database 'd' iam_role default comment 'x'", SqlError, "found 'comment'"),
]  # fmt: skip


@pytest.mark.parametrize(("clauses", "error", "words"), NO_SCHEMAS)
def test_an_external_schema_that_is_not_made(refuses: Any, clauses: str, error: Any, words: str) -> None:
    refuses(f"create external schema s {clauses}", error, words)


def test_a_table_belongs_to_its_database_and_shows_in_every_schema_over_it(
    check: Any, refuses: Any, table: Any
) -> None:
    table("1\n", "i int")
    result = check(
        "create external schema other from data catalog database 'd' iam_role default create external database if not exists"
    )
    assert result.receipt.notes == ("the external database d exists",)
    check("select count(*) from other.t", [(1,)])
    check("drop schema s; select count(*) from other.t", [(1,)])
    check("create external schema s from data catalog database 'd' iam_role default; select count(*) from s.t", [(1,)])
    refuses("drop schema s drop external database", SqlError, "the external database d holds t", "CASCADE")
    check("drop schema s drop external database cascade; select count(*) from svv_external_schemas", [(0,)])
    check(
        "create external schema s from data catalog database 'd' iam_role default; select count(*) from svv_external_tables",
        [(0,)],
    )


def test_a_schema_that_is_there(refuses: Any, external: Any) -> None:
    refuses("create external schema s from data catalog database 'd' iam_role default", SqlError, "the schema s exists")
    result = external.sql("create external schema if not exists s from data catalog database 'e' iam_role default")
    assert result.receipt.notes == ("the schema s exists: skipped",)
    refuses("create external schema public from data catalog database 'd' iam_role default", SqlError, "public exists")


def test_alter_external_schema(check: Any, refuses: Any, external: Any) -> None:
    check(f"alter external schema s iam_role '{ROLE}'; select esoptions from svv_external_schemas",
          [(f'{{"IAM_ROLE": "{ROLE}", "REGION": "us-east-1"}}',)])  # fmt: skip
    refuses("alter external schema s authentication iam", UnsupportedSql, "AUTHENTICATION")
    refuses("alter external schema nope iam_role default", SqlError, "no external schema nope")
    refuses("alter external schema public iam_role default", SqlError, "no external schema public")


PLACE = "location 's3://lake/x'"
WRONG: list[tuple[str, type[RsnbError], str]] = [
    (f"create external table s.t (i int) stored as {name} {PLACE}", UnsupportedSql, name.upper())
    for name in ("rcfile", "sequencefile", "ion", "csv")
] + [
    (f"create external table s.t (i int) row format serde '{name}' stored as textfile {PLACE}", UnsupportedSql, name.rsplit(".", 1)[-1])
    for name in ("x.y", "com.amazonaws.glue.serde.GrokSerDe", "com.amazon.ionhiveserde.IonHiveSerDe")
] + [
    (f"create external table s.t (i int) stored as inputformat '{name}' outputformat 'o' {PLACE}", UnsupportedSql, name.rsplit(".", 1)[-1])
    for name in ("x.y", "org.apache.hudi.hadoop.HoodieParquetInputFormat", "org.apache.hadoop.mapred.SequenceFileInputFormat")
] + [
    ("create external table s.t (i int) stored as parquet location 's3://other/x'", ConfigError, "s3://other"),
    ("create external table s.t (i int) stored as parquet", SqlError, "LOCATION"),
    (f"create external table s.t stored as parquet {PLACE}", SqlError, "expected a list of columns, or AS"),
    (f"create external table t (i int) stored as parquet {PLACE}", SqlError, "external schema"),
    (f"create external table public.t (i int) stored as parquet {PLACE}", SqlError, "not an external schema"),
    (f"create external table nope.s.t (i int) stored as parquet {PLACE}", SqlError, "no database nope"),
    (f"create external table s.t (i int) stored as parquet stored as orc {PLACE}", SqlError, "STORED stands twice"),
    (f"create external table s.t (i int) stored as parquet {PLACE} partitioned by (k int)", SqlError, "expected ROW FORMAT"),
    (f"create external table s.t (i int) stored as parquet {PLACE} tblproperties ('a'='b')", SqlError, "TABLE PROPERTIES"),
    (f"create external table if not exists s.t (i int) stored as parquet {PLACE}", SqlError, "external schema"),
    # columns
    (f"create external table s.t (i foo) stored as parquet {PLACE}", SqlError, "no type 'foo'"),
    (f"create external table s.t (i string) stored as parquet {PLACE}", SqlError, "varchar(max)"),
    (f"create external table s.t (i super) stored as parquet {PLACE}", SqlError, "no columns of type super"),
    (f"create external table s.t (i timestamptz) stored as parquet {PLACE}", SqlError, "timestamp with time zone"),
    (f"create external table s.t (i int not null) stored as parquet {PLACE}", SqlError, "found 'not'"),
    (f"create external table s.t (i int, I int) stored as parquet {PLACE}", SqlError, "'i' is declared twice"),
    (f"create external table s.t (i int) partitioned by (i int) stored as parquet {PLACE}", SqlError, "'i' is declared twice"),
    (f"create external table s.t (\"$path\" int) stored as parquet {PLACE}", SqlError, "pseudocolumn"),
    (f"create external table s.t (i array<array<int>>) stored as parquet {PLACE}", SqlError, "not arrays"),
    (f"create external table s.t (i array<map<varchar,int>>) stored as parquet {PLACE}", SqlError, "not maps"),
    (f"create external table s.t (i map<array<int>,int>) stored as parquet {PLACE}", SqlError, "key of a map is a scalar"),
    (f"create external table s.t (i array<int>) stored as textfile {PLACE}", SqlError, "text files can't be of type array"),
    (f"create external table s.t (i varbyte) stored as textfile {PLACE}", SqlError, "Parquet and ORC"),
    (f"create external table s.t (i int) partitioned by (k struct<a:int>) stored as parquet {PLACE}", SqlError, "a partition column"),
    (f"create external table s.t (i int) partitioned by (k varbyte) stored as parquet {PLACE}", SqlError, "a partition column"),
    (f"create external table s.t ({', '.join(f'c{i} int' for i in range(1599))}) stored as parquet {PLACE}", SqlError, "1,598"),
    (f"create external table s.t (i {'struct<a:' * 101}int{'>' * 101}) stored as parquet {PLACE}", SqlError, "100 deep"),
    # properties
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('a'='b')", UnsupportedSql, "'a'"),
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('numRows'='many')", SqlError, "a number of rows"),
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('NUMROWS'='1')", UnsupportedSql, "'NUMROWS'"),
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('compression_type'='zstd')", SqlError, "bzip2, gzip, none or snappy"),
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('write.maxfilesize.mb'='4')", SqlError, "5 to 6200"),
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('surplus_char_handling'='FAIL')", SqlError, "'data_cleansing_enabled'='true'"),
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('data_cleansing_enabled'='true', 'surplus_char_handling'='KEEP')", SqlError, "TRUNCATE"),
    (f"create external table s.t (i int) {TEXT} {PLACE} table properties ('data_cleansing_enabled'='true', 'invalid_char_handling'='REPLACE')", SqlError, "'replacement_char'"),
    (f"create external table s.t (i int) row format delimited fields terminated by '||' {PLACE}", SqlError, "one ASCII character"),
    (f"create external table s.t (i int) row format delimited fields terminated by '|' escaped by '\\\\' {PLACE}", UnsupportedSql, "ESCAPED BY"),
    (f"create external table s.t (i int) row format delimited fields terminated by '|' lines terminated by ';' {PLACE}", UnsupportedSql, "LINES TERMINATED BY"),
    (f"create external table s.t (i int) row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' with serdeproperties ('x'='y') {PLACE}", UnsupportedSql, "'x' of OpenCSVSerde"),
    (f"create external table s.t (i int) row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' with serdeproperties ('quoteChar'='ab') {PLACE}", UnsupportedSql, "'ab'"),
    (f"create external table s.t (i int) row format serde 'org.apache.hadoop.hive.serde2.RegexSerDe' {PLACE}", SqlError, "'input.regex'"),
    # elsewhere
    ("create table s.t (i int)", SqlError, "external schema"),
    ("select * from s.nope", SqlError, "there is no table s.nope"),
    ("alter table s.nope add partition (k=1) location 's3://lake/x'", SqlError, "no external table s.nope"),
    (f"begin; create external table s.t (i int) {TEXT} {PLACE}", SqlError, "inside a transaction"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "error", "words"), WRONG)
def test_a_wrong_definition(refuses: Any, external: Any, sql: str, error: type[RsnbError], words: str) -> None:
    refuses(sql, error, words)


def test_an_external_table_is_not_changed_but_by_insert(refuses: Any, table: Any, external: Any) -> None:
    table("1\n", "i int")
    for sql in ("delete from s.t", "update s.t set i = 1"):
        refuses(sql, SqlError, "s.t is an external table", "insert into")
    refuses("truncate s.t", SqlError, "not a local table")
    refuses("create view v as select * from s.t", SqlError, "binds late")
    refuses('select "$spectrum_oid" from s.t', UnsupportedSql, "$spectrum_oid")
    refuses("begin; drop table s.t", SqlError, "inside a transaction")
    external.sql("rollback")


def test_a_late_binding_view(check: Any, table: Any) -> None:
    table("1|a\n2|b\n", "i int, s varchar(4)")
    check("create view v as select i, s from s.t with no schema binding; select v.s from v where i = 1", [("a",)])


SHOWN = """CREATE EXTERNAL TABLE s.t (
    i int,
    s varchar(10),
    n decimal(8,2)
)
PARTITIONED BY (k date, "a b" smallint)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('escapeChar'='\\\\', 'quoteChar'='''')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://lake/t'
TABLE PROPERTIES ('numRows'='5');
ALTER TABLE s.t ADD IF NOT EXISTS PARTITION (k='2020-01-01', "a b"='1') LOCATION 's3://lake/p';
ALTER TABLE s.t ADD IF NOT EXISTS PARTITION (k='__HIVE_DEFAULT_PARTITION__', "a b"='2') LOCATION 's3://lake/q';"""


def test_show_external_table_gives_what_makes_it_again(check: Any, refuses: Any, external: Any) -> None:
    external.sql(SHOWN)
    check("show external table s.t partition", [(SHOWN,)], columns=["Show External Table DDL statement"])
    check("show external table s.t", [(SHOWN.split("\nALTER")[0],)])
    external.sql("drop table s.t; " + SHOWN)
    check("show external table s.t partition", [(SHOWN,)])
    refuses("show external table s.nope", SqlError, "no table s.nope")


def test_what_the_catalog_shows(check: Any, external: Any) -> None:
    external.sql(
        "create external table dev.s.t (A integer, b int8, c numeric, d float4, e float8, f bool, g character varying(5), h char, "
        'i varbyte(9), j timestamp, k struct<x:array<struct<y:string>>, "Z":map<varchar(3),int2>>) partitioned by (l date) '
        "stored as parquet location 'S3://lake/T/'"
    )
    check(
        "select columnname, external_type, part_key from svv_external_columns order by columnnum",
        [("a", "int", 0), ("b", "bigint", 0), ("c", "decimal(18,0)", 0), ("d", "float", 0), ("e", "double", 0), ("f", "boolean", 0),
         ("g", "varchar(5)", 0), ("h", "char(1)", 0), ("i", "varbyte(9)", 0), ("j", "timestamp", 0),
         ("k", "struct<x:array<struct<y:varchar(65535)>>,z:map<varchar(3),smallint>>", 0), ("l", "date", 1)],
    )  # fmt: skip
    check("select location from svv_external_tables", [("s3://lake/T",)])


def test_columns_are_added_renamed_and_dropped(check: Any, refuses: Any, table: Any, external: Any) -> None:
    table("1|a|x\n", "i int, s varchar(4)", f"partitioned by (k int) {TEXT}")
    external.sql("alter table s.t add partition (k=1) location 's3://lake/t'")
    check("alter table s.t add column u varchar(4); select * from s.t", [(1, "a", "x", 1)])
    check("alter table s.t rename column u to v; select v, k from s.t", [("x", 1)])
    check("alter table s.t add w int; alter table s.t drop w restrict; select * from s.t", [(1, "a", "x", 1)])
    refuses("alter table s.t add column i int", SqlError, "'i' is declared twice")
    refuses("alter table s.t rename column i to s", SqlError, "'s' is declared twice")
    refuses("alter table s.t add column z int default 1", SqlError, "takes no DEFAULT")
    refuses("alter table s.t drop column k", SqlError, "partition column k can't be dropped")
    refuses("alter table s.t drop column nope", SqlError, "no column nope")
    refuses("alter table s.t rename to u", SqlError, "can't be renamed")
    refuses("alter table s.t owner to me", SqlError, "expected ADD")
    refuses("begin; alter table s.t add column z int", SqlError, "inside a transaction")
    external.sql("rollback; alter table s.t drop column s; alter table s.t drop column v")
    refuses("alter table s.t drop column i", SqlError, "last column")


def test_location_format_and_properties_are_set(check: Any, refuses: Any, table: Any, put: Any, external: Any) -> None:
    table("h\n1\n", "i varchar(4)")
    put("u/a", "2\n")
    check("alter table s.t set table properties ('skip.header.line.count'='1'); select * from s.t", [("1",)])
    check("alter table s.t set location 's3://lake/u/'; select * from s.t", [])
    check("alter table s.t set table properties ('skip.header.line.count'='0'); select * from s.t", [("2",)])
    check("alter table s.t set file format parquet; select serialization_lib, parameters from svv_external_tables",
          [("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", '{"skip.header.line.count":"0"}')])  # fmt: skip
    refuses("alter table s.t set file format rcfile", UnsupportedSql, "RCFILE")
    refuses("alter table s.t set table properties ('x'='1')", UnsupportedSql, "'x'")
    refuses("alter table s.t set location 's3://other/u/'", ConfigError, "s3://other")
