"""COPY: every option with a real file, every bad input with its place, and nothing half-loaded."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rsnb.errors import ConfigError, LoadError, RsnbError, SqlError, UnsupportedSql

DAY = dt.date(2020, 1, 1)
TABLE = "create table t (i int not null, s varchar(4), d date)"
ROW = (1, "a", DAY)

LOADS: list[tuple[str | bytes, str, list[tuple[Any, ...]]]] = [
    ("1|a|2020-01-01\n2||\n3|\\N|2020-01-01\n", "", [ROW, (2, "", None), (3, None, DAY)]),
    ("1\ta\t2020-01-01", "delimiter '\\t'", [ROW]),
    ("1|a|2020-01-01\r\n", "", [ROW]),
    ("i,s,d\n1,\"a,b\",2020-01-01\n2,\"q\"\"q\",\n", "csv ignoreheader 1", [(1, "a,b", DAY), (2, 'q"q', None)]),
    ("1,'a,b',2020-01-01\n", "csv quote ''''", [(1, "a,b", DAY)]),
    ("1;a;2020-01-01", "csv delimiter ';'", [ROW]),
    ("1|x|2020-01-01", "null as 'x'", [(1, None, DAY)]),
    ("1|a|01/01/2020", "dateformat 'MM/DD/YYYY'", [ROW]),
    ("1|a|2020-01-01", "dateformat 'auto' timeformat 'auto' compupdate off statupdate on region 'us-east-1'", [ROW]),
    ("1|a\\b|", "acceptinvchars", [(1, "a\\b", None)]),
    (gzip.compress(b"1|a|2020-01-01\n", mtime=0), "gzip", [ROW]),
    ('{"i":1,"s":"a","d":"2020-01-01"}\n{"i":2,"x":0}', "json 'auto'", [ROW, (2, None, None)]),
    ("", "", []),
]  # fmt: skip

# content, options, words of the error: file, line or object, column, value
FAULTS: list[tuple[str | bytes, str, tuple[str, ...]]] = [
    ("1|a|2020-01-01\n2\n", "", ("line 2", "too few columns")),
    ("1|a|2020-01-01|9\n", "", ("line 1", "too many columns")),
    ("1|a|2020-01-01\n2|b|2020-13-01\n", "", ("line 2", "column d", "'2020-13-01'", "DATE")),
    (b"1|a|2020-01-01\n2|\xff|2020-01-01\n", "", ("line 2", "column s", "UTF-8")),
    (gzip.compress(b"1|a|2020-01-01\n" * 5000, mtime=0)[:60], "gzip", ("not a whole gzip file",)),
    ("1|a|2020-01-01\n2|abcde|2020-01-01\n", "", ("line 2", "column s", "'abcde'", "longer than 4 bytes")),
    ("1|a|2020-01-01\n\n3||\n|b|2020-01-01\n", "", ("line 4", "column i", "can't be NULL")),
    ("h\n1|a|2020-01-01\n2.5|b|2020-01-01\n", "ignoreheader 1", ("line 3", "column i", "'2.5'", "INTEGER")),
    ('"1","a\nb","2020-01-01"\n"x","b",""\n', "csv", ("column i", "'x'", "INTEGER")),
    ("1e3|b|2020-01-01\n", "", ("line 1", "column i", "'1e3'")),
    ('{"i":1,"s":"a"}\n{"i":2,"s":"b"', "json 'auto'", ("object 2", "not JSON")),
    ('{"i":1}\n{"i":"x"}', "json 'auto'", ("object 2", "column i", "'x'")),
    ('{"i":1.5}', "json 'auto'", ("object 1", "column i", "'1.5'")),
    ('{"i":1,"s":"abcde"}', "json 'auto'", ("object 1", "column s", "longer than 4 bytes")),
    ('{"s":"a"}', "json 'auto'", ("object 1", "column i", "can't be NULL")),
    ('[{"i":1}]', "json 'auto'", ("object 1", "not a JSON object")),
]  # fmt: skip

REFUSED = ["maxerror 10", "removequotes", "escape", "emptyasnull", "blanksasnull", "truncatecolumns", "fillrecord",
           "ignoreblanklines", "manifest", "bzip2", "lzop", "encrypted", "noload", "roundec", "explicit_ids",
           "access_key_id 'x'", "format avro", "format orc", "json 'noshred'", "json 'auto ignorecase'"]  # fmt: skip


@pytest.mark.parametrize(("content", "options", "rows"), LOADS)
def test_loads(check: Any, put: Any, content: str | bytes, options: str, rows: list[tuple[Any, ...]]) -> None:
    place = put("in/data", content)
    loaded = check(f"{TABLE}; copy t from '{place}' iam_role default {options}", command=f"COPY {len(rows)}")
    assert loaded.receipt.s3_files == 1
    check("select * from t order by i", rows)


@pytest.mark.parametrize(("content", "options", "words"), FAULTS)
@pytest.mark.parametrize("opened", [False, True])
def test_a_fault_is_placed_and_nothing_is_loaded(
    session: Any, put: Any, content: str | bytes, options: str, words: tuple[str, ...], opened: bool
) -> None:
    put("in/b", content)
    session.sql(f"{TABLE}; insert into t values (9, 'z', null)")
    if opened:
        session.sql("begin; insert into t values (8, 'y', null)")
    with pytest.raises(LoadError) as caught:
        session.sql(f"copy t from 's3://lake/in/' iam_role default {options}")
    shown = str(caught.value)
    assert all(word in shown for word in ("in/b", *words)), shown
    assert session.transaction == ("failed" if opened else "idle")
    session.sql("rollback")
    assert session.sql("select i from t").df()["i"].tolist() == [9]


@pytest.mark.parametrize("option", REFUSED)
def test_a_refused_option_is_named(refuses: Any, put: Any, option: str) -> None:
    put("in/a", "1|a|")
    named = option.upper().split()[-1 if option.startswith("format") else 0]
    refuses(f"{TABLE}; copy t from 's3://lake/in' iam_role default {option}", UnsupportedSql, named)


@pytest.mark.parametrize(
    ("sql", "error", "words"),
    [
        ("copy t from 's3://other/x' iam_role default", ConfigError, "no folder is mapped to s3://other/x"),
        ("copy t from 's3://lake/none' iam_role default", LoadError, "no files under s3://lake/none"),
        ("copy t from 's3://lake/../x' iam_role default", ConfigError, "leaves its folder"),
        ("copy t from '/etc/passwd' iam_role default", ConfigError, "not an address"),
        ("copy nope from 's3://lake/in' iam_role default", SqlError, "the table nope does not exist"),
        ("copy t (zz) from 's3://lake/in' iam_role default", SqlError, "no column zz"),
        ("copy t from 's3://lake/in' iam_role default delimiter '||'", SqlError, "one character"),
        ("copy t from 's3://lake/in' iam_role default quote '\"'", SqlError, "QUOTE goes with CSV"),
        ("copy t from 's3://lake/in' iam_role default gzip zstd", SqlError, "one compression"),
        ("copy t", SqlError, "expected FROM at the end"),
    ],
)
def test_a_wrong_command(refuses: Any, put: Any, session: Any, sql: str, error: type[RsnbError], words: str) -> None:
    put("in/a", "1|a|")
    session.sql(TABLE)
    refuses(sql, error, words)


def test_columns_are_loaded_in_the_order_named(check: Any, put: Any) -> None:
    check(f"{TABLE}; copy t (s, i) from '{put('in/a', 'x|7')}' iam_role default; select * from t", [(7, "x", None)])


def test_json_paths(check: Any, refuses: Any, put: Any) -> None:
    data, paths = put("in/a", '{"id":1,"n":{"s":"a"}}'), put("p.json", '{"jsonpaths": ["$[\'id\']", "$.n.s"]}')
    check(f"{TABLE}; copy t (i, s) from '{data}' iam_role default json '{paths}'; select i, s from t", [(1, "a")])
    refuses(f"copy t from '{data}' iam_role default json '{paths}'", LoadError, "2 paths for 3 columns")
    refuses(f"copy t from '{data}' iam_role default json 's3://lake/no.json'", LoadError, "no JSONPaths file")
    refuses(f"copy t from '{data}' iam_role default json '{data}'", LoadError, "not a JSONPaths file")


def test_epochs_in_json(check: Any, put: Any) -> None:
    data = put("in/a", '{"m":1577836800500}')
    check(
        f"create table e (m timestamp); copy e from '{data}' iam_role default json 'auto' timeformat 'epochmillisecs'"
    )
    check("select * from e", [(dt.datetime(2020, 1, 1, 0, 0, 0, 500000),)])


def test_parquet_is_loaded_by_position(check: Any, refuses: Any, lake: Path) -> None:
    pq.write_table(pa.table({"x": [1], "y": ["a"], "z": [DAY]}), lake / "a.parquet")
    check(f"{TABLE}; copy t from 's3://lake/a.parquet' iam_role default format as parquet; select * from t", [ROW])
    pq.write_table(pa.table({"x": [1], "y": ["abcde"], "z": [DAY]}), lake / "b.parquet")
    pq.write_table(pa.table({"x": [1], "y": ["a"]}), lake / "c.parquet")
    pq.write_table(pa.table({"x": [1], "y": ["a"], "z": [1.5]}), lake / "d.parquet")
    for name, words in (("b", ("row 1", "column s")), ("c", ("2 columns for 3",)), ("d", ("column d", "DOUBLE"))):
        refuses(
            f"copy t from 's3://lake/{name}.parquet' iam_role default parquet", LoadError, f"{name}.parquet", *words
        )
