"""COPY as a statement: its options and who acts, its files, its columns, MAXERROR, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rsnb.errors import ConfigError, LoadError, RsnbError, SqlError, UnsupportedSql
from rsnb.warehouse.copy.command import parse_copy
from rsnb.warehouse.records import Load, LoadedFile, LoadFault, LoadReplacement, Statement
from tests.warehouse.copy.conftest import journal

COPY = "copy t from 's3://lake/in' iam_role default"
ROLE = "arn:aws:iam::0123456789012:role/MyRedshiftRole"

AUTHORIZED = [
    "iam_role default",
    f"iam_role '{ROLE}'",
    f"iam_role '{ROLE},arn:aws-cn:iam::210987654321:role/RoleB'",
    f"credentials 'aws_iam_role={ROLE}'",
    f"with credentials as 'aws_iam_role={ROLE};master_symmetric_key=KEY' encrypted",
    "credentials 'aws_access_key_id=AKIA;aws_secret_access_key=SECRET;token=TOKEN'",
    "access_key_id 'AKIA' secret_access_key 'SECRET'",
    "access_key_id 'AKIA' secret_access_key as 'SECRET' session_token 'TOKEN'",
    "iam_role default region as 'us-west-2'",
    "iam_role default master_symmetric_key 'KEY' encrypted",
]

WRONG: list[tuple[str, type[RsnbError], str]] = [
    ("copy t from 's3://other/x' iam_role default", ConfigError, "no folder is mapped to s3://other/x"),
    ("copy t from 's3://lake/none' iam_role default", LoadError, "no files under s3://lake/none"),
    ("copy t from 's3://lake/../x' iam_role default", ConfigError, "leaves its folder"),
    ("copy t from '/etc/passwd' iam_role default", ConfigError, "not an address"),
    ("copy nope from 's3://lake/in' iam_role default", SqlError, "the table nope does not exist"),
    ("copy t (zz) from 's3://lake/in' iam_role default", SqlError, "no column zz"),
    ("copy t (i, i) from 's3://lake/in' iam_role default", SqlError, "named twice"),
    ("copy t", SqlError, "expected FROM at the end"),
    ("copy t from 's3://lake/in'", SqlError, "expected an authorization: IAM_ROLE default"),
    ("copy t from 's3://lake/in' csv", SqlError, "expected an authorization"),
    ("copy t from 'emr://j-1/part*' iam_role default", UnsupportedSql, "COPY from emr://"),
    ("copy t from 'dynamodb://t' iam_role default readratio 50", UnsupportedSql, "COPY from dynamodb://"),
    (f"{COPY} ssh", UnsupportedSql, "remote hosts (SSH)"),
    (f"{COPY} lzop", UnsupportedSql, "LZOP"),
    (f"{COPY} format shapefile simplify auto 1.1E-05", UnsupportedSql, "the format SHAPEFILE"),
    (f"{COPY} job create nightly auto on", UnsupportedSql, "COPY JOB"),
    (f"{COPY} readratio 50", UnsupportedSql, "READRATIO"),
    (f"{COPY} maxerrors 5", SqlError, "did you mean maxerror?"),
    (f"{COPY} delimiter", SqlError, "expected a string in single quotes at the end"),
    (f"{COPY} delimiter ','  delimiter ';'", SqlError, "DELIMITER is given twice"),
    (f"{COPY} csv delimiter '||'", SqlError, "one ASCII character"),
    (f"{COPY} csv delimiter ';' quote ';'", SqlError, "the delimiter and the quotation mark are the same"),
    (f"{COPY} quote '\"'", SqlError, "QUOTE goes with CSV"),
    (f"{COPY} gzip zstd", SqlError, "one compression"),
    (f"{COPY} csv escape", SqlError, "CSV is not compatible with ESCAPE"),
    (f"{COPY} csv removequotes", SqlError, "CSV is not compatible with REMOVEQUOTES"),
    (f"{COPY} fixedwidth 'a:1' delimiter ','", SqlError, "FIXEDWIDTH is not compatible with DELIMITER"),
    (f"{COPY} fixedwidth 'a'", SqlError, "'label:width, label:width, ...'"),
    (f"{COPY} fixedwidth 'a:3,b:4'", SqlError, "2 widths for 1 columns"),
    (f"{COPY} fixedwidth 'a:3' encoding utf16", SqlError, "FIXEDWIDTH files are in UTF8"),
    (f"{COPY} json 'auto' null 'x'", SqlError, "JSON is not compatible with NULL"),
    (f"{COPY} json 'auto' fillrecord", SqlError, "JSON is not compatible with FILLRECORD"),
    (f"{COPY} csv parquet", SqlError, "one format"),
    (f"{COPY} null as '\\n'", SqlError, "ends a line"),
    (f"{COPY} encoding latin9", SqlError, "ENCODING is one of UTF8"),
    (f"{COPY} maxerror 100001", SqlError, "MAXERROR is 0 to 100000"),
    (f"{COPY} comprows 5", SqlError, "COMPROWS is 1000 to 2147483647"),
    (f"{COPY} maxerror 5 ignoreallerrors", SqlError, "IGNOREALLERRORS is not compatible with MAXERROR"),
    (f"{COPY} dateformat 'YYYY-QQ'", SqlError, "the part 'QQ' of the format"),
    (f"{COPY} timeformat 'YYYY-MM-DD HH:MI:SSOF'", SqlError, "'auto' reads time zones"),
    (f"{COPY} acceptinvchars 'ab'", SqlError, "one ASCII character"),
    (f"{COPY} explicit_ids", SqlError, "t has no IDENTITY column"),
    (f"{COPY} region 'mars'", SqlError, "'mars' is not a region"),
    (f"{COPY} access_key_id 'a' secret_access_key 'b'", SqlError, "IAM_ROLE and ACCESS_KEY_ID are two authorizations"),
    (f"{COPY} session_token 'x'", SqlError, "go together"),
    (f"{COPY} encrypted auto kms_key_id 'x'", SqlError, "KMS_KEY_ID does not go with ENCRYPTED AUTO"),
    (f"{COPY} master_symmetric_key 'x'", SqlError, "MASTER_SYMMETRIC_KEY needs ENCRYPTED"),
    ("copy t from 's3://lake/in' iam_role 'me'", SqlError, "'me' is not the ARN of a role"),
    ("copy t from 's3://lake/in' access_key_id 'a'", SqlError, "go together"),
    ("copy t from 's3://lake/in' credentials 'nonsense'", SqlError, "not of the form"),
    ("copy t from 's3://lake/none' iam_role default manifest", LoadError, "no manifest s3://lake/none"),
]  # fmt: skip


@pytest.mark.parametrize("given", AUTHORIZED)
def test_who_acts(check: Any, put: Any, given: str) -> None:
    check(f"create table t (i int); copy t from '{put('in/a', '1')}' {given}", command="COPY 1")


@pytest.mark.parametrize(("sql", "error", "words"), WRONG)
def test_a_wrong_command(refuses: Any, put: Any, session: Any, sql: str, error: type[RsnbError], words: str) -> None:
    put("in/a", "1|a|")
    session.sql("create table t (i date)" if "format 'Y" in sql or "timeformat" in sql else "create table t (i int)")
    if "timeformat" in sql:
        session.sql("drop table t; create table t (i timestamp)")
    refuses(sql, error, words)


def test_roles_are_a_chain() -> None:
    copy = parse_copy(f"copy t from 's3://lake/in' iam_role '{ROLE},arn:aws:iam::1:role/b'")
    assert copy.options.authorization.roles == [ROLE, "arn:aws:iam::1:role/b"]


@pytest.mark.parametrize(
    "given",
    [
        "credentials 'aws_access_key_id=HUSH;aws_secret_access_key=HUSH'",
        "access_key_id 'HUSH' secret_access_key as 'HUSH'",
    ],
)
@pytest.mark.parametrize("rest", ["", "csv escape", "nonsense", "delimiter"])
def test_keys_are_shown_nowhere(session: Any, put: Any, given: str, rest: str) -> None:
    session.sql("create table t (i int)")
    with pytest.raises(RsnbError) as caught:
        session.sql(f"copy t from '{put('in/a', 'x')}' {given} {rest}")
    assert "HUSH" not in "".join([str(caught.value), *caught.value.lines(), repr(vars(caught.value))])
    assert "HUSH" not in repr(journal(session, Statement))


# Files


def test_every_file_of_a_prefix_is_loaded(check: Any, put: Any) -> None:
    for name in ("in/b", "in/a/c", "in_2/d", "in.log", "_in", ".in", "other"):
        put(name, f"{len(name)}\n")
    loaded = check(f"create table t (i int); {COPY}", command="COPY 4")
    assert (loaded.receipt.s3_files, loaded.receipt.s3_bytes) == (4, 8)
    check("select i from t order by i", [(4,), (6,), (6,), (6,)])
    check("truncate t; copy t from 's3://lake/' iam_role default", command="COPY 6")  # all but .in


def manifest(*entries: dict[str, Any]) -> str:
    return json.dumps({"entries": entries})


def test_a_manifest_names_the_files(check: Any, refuses: Any, put: Any) -> None:
    a, b = put("x/a", "1\n"), put("y/b", "2\n")
    listed = put("m", manifest({"url": a, "mandatory": True}, {"url": b}, {"url": a}, {"url": "s3://lake/no"}))
    check(f"create table t (i int); copy t from '{listed}' iam_role default manifest", command="COPY 3")
    put("m", manifest({"url": a}, {"url": "s3://lake/no", "mandatory": True}))
    refuses(f"copy t from '{listed}' iam_role default manifest", LoadError, "the mandatory file s3://lake/no")
    put("m", manifest({"url": "s3://lake/no"}))
    refuses(f"copy t from '{listed}' iam_role default manifest", LoadError, "found no files")


MANIFESTS = [
    ("{", "is not a manifest"),
    ("[]", "no list of entries"),
    (manifest({"uri": "x"}), "has no url"),
    (manifest({"url": "s3://lake/in", "mandatory": "yes"}), "a wrong mandatory"),
]


@pytest.mark.parametrize(("content", "words"), MANIFESTS)
def test_a_wrong_manifest(refuses: Any, put: Any, content: str, words: str) -> None:
    place = put("m", content)
    refuses(f"create table t (i int); copy t from '{place}' iam_role default manifest", LoadError, words)


def test_a_manifest_of_parquet_files_tells_their_length(refuses: Any, put: Any) -> None:
    place = put("m", manifest({"url": put("a", "x")}))
    refuses(f"create table t (i int); copy t from '{place}' iam_role default manifest parquet", LoadError,
            "no meta.content_length")  # fmt: skip


@pytest.mark.parametrize("option", ["gzip", "bzip2", "zstd"])
def test_a_file_that_is_cut_off(refuses: Any, put: Any, option: str) -> None:
    place = put("in/a", b"\x1f\x8b\x08\x00not the rest of it")
    refuses(
        f"create table t (i int); copy t from '{place}' iam_role default {option}",
        LoadError,
        f"not a whole {option} file",
    )


def test_a_file_in_another_encoding(refuses: Any, put: Any) -> None:
    place = put("in/a", "1\n")
    refuses(f"create table t (i int); copy t from '{place}' iam_role default encoding utf16", LoadError,
            "in/a is not in the encoding UTF16", "no byte order mark")  # fmt: skip


# Columns


def test_columns_are_loaded_in_the_order_named(check: Any, put: Any) -> None:
    table = "create table t (i int default 7, s varchar(9), n int identity(10, 5), d int default 1 + 1 not null)"
    check(f"{table}; copy t (s) from '{put('in/a', 'x')}' iam_role default; select * from t", [(7, "x", 10, 2)])
    check(f"truncate t; copy t (s, i) from '{put('in/a', 'x|1')}' iam_role default; select i, s from t", [(1, "x")])


def test_a_missing_column_that_can_not_be_null(refuses: Any, put: Any) -> None:
    place = put("in/a", "x")
    refuses(f"create table t (i int not null, s varchar(9)); copy t (s) from '{place}' iam_role default", RsnbError,
            "i can't be NULL")  # fmt: skip


def test_identity_columns(check: Any, refuses: Any, put: Any) -> None:
    place = put("in/a", "50|x")
    check("create table t (n int identity(1,1), s varchar(9), g int generated by default as identity (3,1))")
    copy = f"from '{place}' iam_role default"
    refuses(f"copy t (n, s) {copy}", SqlError, "the IDENTITY column n takes no value", "EXPLICIT_IDS")
    refuses(f"copy t (s) {copy} explicit_ids", SqlError, "EXPLICIT_IDS loads the IDENTITY column, and n is not among")
    check(f"copy t (n, s) {copy} explicit_ids")
    check(f"copy t (g, s) {copy}")
    check(f"copy t from '{put('in/b', 'y')}' iam_role default")
    check("select s, g from t order by s, g", [("x", 3), ("x", 50), ("y", 4)])


def test_temporary_tables(check: Any, put: Any) -> None:
    check(f"create temp table t (i int, s varchar(1)); copy t from '{put('in/a', '1|a')}' iam_role default")
    check("select * from t", [(1, "a")])


# Errors


def test_bad_rows_are_skipped_up_to_maxerror(session: Any, check: Any, put: Any) -> None:
    put("in/a", "1\nx\n2\n")
    put("in/b", "3\n4|\n5|6\n")
    loaded = check(f"create table t (i int); {COPY} maxerror 3", command="COPY 4")
    check("select i from t order by i", [(1,), (2,), (3,), (4,)])
    assert "2 record(s) could not be loaded" in loaded.receipt.notes[0]
    faults = [(f.address, f.line, f.column, f.code, f.raw_line, f.raw_value) for f in journal(session, LoadFault)]
    assert faults == [
        ("s3://lake/in/a", 2, "i", 1207, "x", "x"),
        ("s3://lake/in/b", 3, "", 1202, "5|6", ""),
    ]


def test_beyond_maxerror_nothing_is_loaded(session: Any, check: Any, refuses: Any, put: Any) -> None:
    put("in/a", "1\nx\n2\ny\n")
    check("create table t (i int); insert into t values (9)")
    refuses(
        f"{COPY} maxerror 2", LoadError, "in/a, line 2, column i: 'x'", "1 more rows are at fault", "stl_load_errors"
    )
    check("select i from t", [(9,)])
    assert [f.line for f in journal(session, LoadFault)] == [2, 4]
    (load,) = journal(session, Load)
    assert (load.rows, load.errors, load.files, load.format) == (0, 2, 1, "txt")
    check(f"{COPY} ignoreallerrors", command="COPY 2")


@pytest.mark.parametrize("state", ["idle", "failed"])
def test_a_transaction_is_kept_whole(session: Any, check: Any, refuses: Any, put: Any, state: str) -> None:
    put("in/a", "1\n" if state == "idle" else "1\nx\n")
    check("create table t (i int); begin; insert into t values (8)")
    if state == "failed":
        refuses(COPY, LoadError, "line 2")
        assert session.transaction == "failed"
        check("rollback; select i from t", [])
        check(f"begin; {COPY} maxerror 2; select i from t", [(1,)])
        check("rollback; select i from t", [])
    else:
        check(f"{COPY}; commit; select i from t order by i", [(1,), (8,)])


def test_noload_only_checks(check: Any, refuses: Any, put: Any) -> None:
    put("in/a", "1\n2\n")
    loaded = check(f"create table t (i int); {COPY} noload", command="COPY 2")
    assert "none was loaded" in loaded.receipt.notes[0]
    put("in/b", "x\n")
    refuses(f"{COPY} noload", LoadError, "in/b, line 1")
    check(f"{COPY} noload maxerror 2; select * from t", [])


def test_what_is_kept_of_a_load(session: Any, check: Any, put: Any) -> None:
    put("in/a", "h\n1\n2\n")
    put("in/b", b"h\n\xff\n")
    check(f"create table t (s varchar(3)); {COPY} ignoreheader 1 acceptinvchars")
    (load,) = journal(session, Load)
    assert (load.table, load.source, load.rows, load.files, load.scanned_files) == ("t", "s3://lake/in", 3, 2, 2)
    assert [(f.address, f.lines, f.bytes) for f in journal(session, LoadedFile)] == [
        ("s3://lake/in/a", 3, 6), ("s3://lake/in/b", 2, 4)]  # fmt: skip
    (replaced,) = journal(session, LoadReplacement)
    assert (replaced.line, replaced.column, replaced.raw_line) == (2, "s", ".")
    assert journal(session, Statement)[-1].rows == 3
    check("select trim(file_name), trim(column_name), line_number from sys_copy_replacements",
          [("s3://lake/in/b", "s", 2)])  # fmt: skip
    check("select count(*) from sys_load_detail where file_last_modified <= start_time", [(2,)])
