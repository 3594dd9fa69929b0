"""UNLOAD: what is in its files, how they are named, which options go together, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rsnb.errors import ConfigError, LoadError, RsnbError, SqlError, UnsupportedSql
from rsnb.warehouse.records import Unload, UnloadedFile
from tests.warehouse.copy.conftest import journal

TABLE = """create table t (i int, s varchar(20), c char(4), f float8, n numeric(6,2), b boolean, d date, m timestamp);
insert into t values
(1, 'a|b', 'xy', 1, 1.5, true, '2020-01-01', '2020-01-01 10:11:12.5'),
(2, null, null, null, null, null, null, null),
(3, 'say "hi"', '', 1e20, -0.25, false, '2020-01-02', '2020-01-02 00:00:00')"""
DELIMITED = ["1|a|b|xy|1|1.50|t|2020-01-01|2020-01-01 10:11:12.5", "2|||||||",
             '3|say "hi"||1e+20|-0.25|f|2020-01-02|2020-01-02 00:00:00']  # fmt: skip


@pytest.fixture
def unloads(session: Any, lake: Path) -> Callable[..., dict[str, str]]:
    """The files that an UNLOAD of a query makes, by their keys."""

    def run(query: str, options: str = "", target: str = "out/x_") -> dict[str, str]:
        session.sql(f"unload ('{query}') to 's3://lake/{target}' iam_role default {options}")
        return {str(f.relative_to(lake)): f.read_bytes().decode() for f in sorted(lake.rglob("*")) if f.is_file()}

    return run


WRITTEN: list[tuple[str, list[str]]] = [
    ("", DELIMITED),
    ("null as 'NIL'", [DELIMITED[0], "2" + "|NIL" * 7, DELIMITED[2]]),
    ("delimiter as '\\t'", [DELIMITED[0].replace("|", "\t").replace("a\tb", "a|b"), "2" + "\t" * 7,
                            DELIMITED[2].replace("|", "\t")]),
    ("escape", [DELIMITED[0].replace("a|b", "a\\|b"), DELIMITED[1], DELIMITED[2]]),
    ("addquotes", ['1|"a|b"|"xy"|1|1.50|t|2020-01-01|2020-01-01 10:11:12.5', "2|||||||",
                   '3|"say "hi""|""|1e+20|-0.25|f|2020-01-02|2020-01-02 00:00:00']),
    ("addquotes escape", ['1|"a\\|b"|"xy"|1|1.50|t|2020-01-01|2020-01-01 10:11:12.5', "2|||||||",
                          '3|"say \\"hi\\""|""|1e+20|-0.25|f|2020-01-02|2020-01-02 00:00:00']),
    ("csv", ["1,a|b,xy,1,1.50,t,2020-01-01,2020-01-01 10:11:12.5", "2,,,,,,,",
             '3,"say ""hi""",,1e+20,-0.25,f,2020-01-02,2020-01-02 00:00:00']),
    ("format as csv delimiter '|' header", ["i|s|c|f|n|b|d|m", DELIMITED[0].replace("a|b", '"a|b"'), DELIMITED[1],
                                            DELIMITED[2].replace('say "hi"', '"say ""hi"""')]),
    ("header", ["i|s|c|f|n|b|d|m", *DELIMITED]),
    ("json", [
        '{"i":1,"s":"a|b","c":"xy","f":1,"n":1.50,"b":"t","d":"2020-01-01","m":"2020-01-01 10:11:12.5"}',
        '{"i":2,"s":null,"c":null,"f":null,"n":null,"b":null,"d":null,"m":null}',
        '{"i":3,"s":"say \\"hi\\"","c":"","f":1e+20,"n":-0.25,"b":"f","d":"2020-01-02","m":"2020-01-02 00:00:00"}']),
    ("fixedwidth as 'i:2,s:9,c:4,f:6,n:6,b:1,d:10,m:21'", [
        "1 a|b      xy  1     1.50  t2020-01-012020-01-01 10:11:12.5", "2" + " " * 58,
        '3 say "hi"     1e+20 -0.25 f2020-01-022020-01-02 00:00:00  ']),
]  # fmt: skip


@pytest.mark.parametrize(("options", "lines"), WRITTEN)
def test_what_is_written(session: Any, unloads: Any, options: str, lines: list[str]) -> None:
    session.sql(TABLE)
    files = unloads("select * from t order by i", options)
    assert files == {"out/x_0000_part_00": "".join(f"{line}\n" for line in lines)}


def test_escapes_and_newlines(session: Any, unloads: Any) -> None:
    session.sql("create table t (s varchar(20)); insert into t values ('a\\\\b' || chr(10) || 'c' || chr(13))")
    assert unloads("select * from t", "escape") == {"out/x_0000_part_00": "a\\\\b\\\nc\\\r\n"}
    files = unloads("select * from t", "csv allowoverwrite")
    assert files == {"out/x_0000_part_00": '"a\\b\nc\r"\n'}
    assert json.loads(unloads("select * from t", "json allowoverwrite")["out/x_0000_part_00"]) == {"s": "a\\b\nc\r"}


NAMES: list[tuple[str, list[str]]] = [
    ("", ["0000_part_00"]),
    ("parallel off", ["000"]),
    ("parallel off header gzip", ["000.gz"]),
    ("zstd", ["0000_part_00.zst"]),
    ("csv bzip2", ["0000_part_00.bz2"]),
    ("extension 'txt.gz' gzip", ["0000_part_00.txt.gz"]),
    ("parquet", ["0000_part_00.parquet"]),
    ("parquet parallel false", ["000.parquet"]),
    ("manifest", ["0000_part_00", "manifest"]),
]


@pytest.mark.parametrize(("options", "names"), NAMES)
def test_names(session: Any, lake: Path, options: str, names: list[str]) -> None:
    session.sql(f"unload ('select 1 as x') to 's3://lake/deep/er/p_' iam_role default {options}")
    assert sorted(f.name for f in (lake / "deep" / "er").iterdir()) == [f"p_{name}" for name in names]


UNPACK = {"gzip": gzip.decompress, "bzip2": bz2.decompress,
          "zstd": lambda b: bytes(pa.input_stream(pa.BufferReader(b), compression="zstd").read())}  # fmt: skip


@pytest.mark.parametrize("compression", UNPACK)
def test_compressions(session: Any, lake: Path, compression: str) -> None:
    session.sql(f"unload ('select 1 as x') to 's3://lake/p' iam_role default {compression}")
    (file,) = (f for f in lake.iterdir() if f.is_file())
    assert UNPACK[compression](file.read_bytes()) == b"1\n"


def test_files_are_not_larger_than_maxfilesize(session: Any, lake: Path) -> None:
    session.sql("create table t as select n, repeat('x', 1000) as s from (select 1 as n)")
    for _ in range(14):
        session.sql("insert into t select n, s from t")
    session.sql("unload ('select * from t') to 's3://lake/p' iam_role default maxfilesize 5 mb parallel off manifest")
    sizes = {f.name: f.stat().st_size for f in sorted(lake.iterdir())}
    assert list(sizes) == ["p000", "p001", "pmanifest"]
    assert sum(sizes[n] for n in ("p000", "p001")) == 2**14 * 1003
    assert json.loads((lake / "pmanifest").read_text())["entries"] == [
        {"url": f"s3://lake/{n}", "meta": {"content_length": sizes[n]}} for n in ("p000", "p001")]  # fmt: skip


def test_a_verbose_manifest(session: Any, unloads: Any) -> None:
    session.sql(TABLE)
    files = unloads("select i, s, n, d from t", "manifest verbose header")
    size = len(files["out/x_0000_part_00"])
    assert json.loads(files["out/x_manifest"]) == {
        "entries": [{"url": "s3://lake/out/x_0000_part_00", "meta": {"content_length": size, "record_count": 4}}],
        "schema": {"elements": [
            {"name": "i", "type": {"base": "integer"}},
            {"name": "s", "type": {"base": "character varying", "max_length": 20}},
            {"name": "n", "type": {"base": "numeric", "precision": 6, "scale": 2}},
            {"name": "d", "type": {"base": "date"}}]},
        "meta": {"content_length": size, "record_count": 4},
        "author": {"name": "Amazon Redshift", "version": "1.0.0"},
    }  # fmt: skip


def test_partitions(session: Any, unloads: Any) -> None:
    session.sql("create table t (i int, s varchar(9), d date)")
    session.sql("insert into t values (1, 'a/b', '2020-01-02'), (2, null, '2020-01-01'), (3, 'a/b', '2020-01-02')")
    files = unloads("select * from t order by i desc", "partition by (d, s) manifest", "out")
    assert {k: v for k, v in files.items() if "manifest" not in k} == {
        "out/d=2020-01-01/s=__HIVE_DEFAULT_PARTITION__/0000_part_00": "2\n",
        "out/d=2020-01-02/s=a%2Fb/0000_part_00": "3\n1\n",
    }
    assert [e["url"] for e in json.loads(files["out/manifest"])["entries"]] == [
        "s3://lake/out/d=2020-01-01/s=__HIVE_DEFAULT_PARTITION__/0000_part_00",
        "s3://lake/out/d=2020-01-02/s=a%2Fb/0000_part_00"]  # fmt: skip
    files = unloads("select * from t", "csv partition by (d) include", "other/")
    assert files["other/d=2020-01-01/0000_part_00"] == "2,,2020-01-01\n"


def test_parquet(session: Any, lake: Path) -> None:
    session.sql(TABLE)
    session.sql("unload ('select *, m::timestamptz as z from t order by i') to 's3://lake/p' iam_role default parquet")
    table = pq.read_table(lake / "p0000_part_00.parquet")
    assert [str(t) for t in table.schema.types] == [
        "int32", "string", "string", "double", "decimal128(6, 2)", "bool", "date32[day]", "timestamp[us]",
        "timestamp[us]"]  # fmt: skip
    assert table.column("c").to_pylist() == ["xy", None, ""]
    assert table.column("z").to_pylist() == table.column("m").to_pylist()


def test_no_rows(session: Any, unloads: Any) -> None:
    session.sql("create table t (i int)")
    assert unloads("select * from t", "json") == {}
    assert unloads("select * from t", "header") == {"out/x_0000_part_00": "i\n"}


def test_a_target_that_is_not_empty(session: Any, unloads: Any, refuses: Any, put: Any) -> None:
    put("out/x_old", "old")
    put("out/other", "other")
    refuses("unload ('select 1') to 's3://lake/out/x_' iam_role default", SqlError,
            "not empty: s3://lake/out/x_old is there", "ALLOWOVERWRITE or CLEANPATH")  # fmt: skip
    assert unloads("select 1", "allowoverwrite") == {
        "out/other": "other",
        "out/x_0000_part_00": "1\n",
        "out/x_old": "old",
    }
    assert unloads("select 2", "cleanpath") == {"out/other": "other", "out/x_0000_part_00": "2\n"}


def test_cleanpath_of_partitions(unloads: Any, put: Any) -> None:
    put("out/k=1/old", "old")
    put("out/k=2/old", "old")
    files = unloads("select 1 as k, 5 as v", "partition by (k) cleanpath", "out/")
    assert files == {"out/k=1/0000_part_00": "5\n", "out/k=2/old": "old"}


def test_a_failed_unload_leaves_nothing(session: Any, lake: Path) -> None:
    session.sql("create table t (i int); insert into t values (1), (0)")
    with pytest.raises(SqlError):
        session.sql("unload ('select 1 / i from t') to 's3://lake/p' iam_role default")
    assert list(lake.iterdir()) == []


def test_what_is_kept_of_an_unload(session: Any, check: Any) -> None:
    session.sql(TABLE)
    check("unload ('select * from t') to 's3://lake/p' iam_role default csv gzip", command="UNLOAD 3")
    (row,) = journal(session, Unload)
    assert (row.location, row.format, row.compression, row.rows, row.files) == ("s3://lake/p", "CSV", "gzip", 3, 1)
    (file,) = journal(session, UnloadedFile)
    assert (file.address, file.lines, file.bytes) == ("s3://lake/p0000_part_00.gz", 3, row.bytes)


TO = "to 's3://lake/p' iam_role default"
WRONG: list[tuple[str, type[RsnbError], str]] = [
    (f"unload ('select * from t limit 10') {TO}", SqlError, "the outer query of UNLOAD can't have LIMIT"),
    (f"unload ('select top 10 * from t') {TO}", SqlError, "can't have TOP"),
    (f"unload ('delete from t') {TO}", SqlError, "takes a SELECT"),
    (f"unload ('select * from nope') {TO}", SqlError, "nope"),
    (f"unload select {TO}", SqlError, "expected ("),
    ("unload ('select 1') to '/tmp/x' iam_role default", SqlError, "writes to an s3:// address"),
    ("unload ('select 1') to 's3://other/x' iam_role default", ConfigError, "no folder is mapped"),
    ("unload ('select 1') to 's3://lake/p'", SqlError, "expected an authorization"),
    (f"unload ('select 1') {TO} parquet header", SqlError, "PARQUET is not compatible with HEADER"),
    (f"unload ('select 1') {TO} parquet gzip", SqlError, "PARQUET is not compatible with GZIP"),
    (f"unload ('select 1') {TO} parquet null 'x'", SqlError, "PARQUET is not compatible with NULL"),
    (f"unload ('select 1') {TO} json delimiter ','", SqlError, "JSON is not compatible with DELIMITER"),
    (f"unload ('select 1') {TO} csv addquotes", SqlError, "CSV is not compatible with ADDQUOTES"),
    (f"unload ('select 1') {TO} csv escape", UnsupportedSql, "ESCAPE with CSV"),
    (f"unload ('select 1') {TO} fixedwidth 'a:1' header", SqlError, "FIXEDWIDTH is not compatible with HEADER"),
    (f"unload ('select 1') {TO} fixedwidth 'a:1,b:2'", SqlError, "2 widths for 1 columns"),
    (f"unload ('select 100 as x') {TO} fixedwidth 'a:1'", SqlError, "a value of the column x is wider"),
    (f"unload ('select 1') {TO} allowoverwrite cleanpath", SqlError, "ALLOWOVERWRITE is not compatible with CLEANPATH"),
    (f"unload ('select 1') {TO} verbose", SqlError, "UNLOAD has no option verbose"),
    (f"unload ('select 1') {TO} maxfilesize 1 mb", SqlError, "MAXFILESIZE is 5 MB to 6.2 GB"),
    (f"unload ('select 1') {TO} maxfilesize 7 gb", SqlError, "MAXFILESIZE is 5 MB to 6.2 GB"),
    (f"unload ('select 1') {TO} rowgroupsize 32", SqlError, "ROWGROUPSIZE goes with PARQUET"),
    (f"unload ('select 1') {TO} parquet rowgroupsize 200", SqlError, "from 32 to 128 MB"),
    (f"unload ('select 1 as x, 2 as x') {TO} json", SqlError, "different names"),
    (f"unload ('select 1 as x') {TO} partition by (y)", SqlError, "no column y in the query"),
    (f"unload ('select 1 as x') {TO} partition by (x)", SqlError, "no column is left"),
    (f"unload ('select 1 as x, now() as z') {TO} partition by (z)", RsnbError, ""),
    (f"unload ('select v from t') {TO} parquet", SqlError, "unload it to text or CSV"),
    (f"unload ('select 1') {TO} encrypted master_symmetric_key 'k' parquet", SqlError, "KMS_KEY_ID only"),
    (f"unload ('select 1') {TO} kms_key_id 'k'", SqlError, "KMS_KEY_ID needs ENCRYPTED"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "error", "words"), WRONG)
def test_a_wrong_command(session: Any, refuses: Any, lake: Path, sql: str, error: type[RsnbError], words: str) -> None:
    session.sql("create table t (i int, v varbyte(3))")
    refuses(sql, error, words)
    assert list(lake.iterdir()) == []


def test_the_query_in_dollar_quotes(unloads: Any, session: Any, lake: Path) -> None:
    session.sql("unload ($$select 'it''s' as x$$) to 's3://lake/p' iam_role default encrypted auto")
    assert (lake / "p0000_part_00").read_text() == "it's\n"


def test_sketches(session: Any, unloads: Any, refuses: Any, check: Any) -> None:
    session.sql(
        "create table s (k hllsketch, n int); insert into s select hll_create_sketch(1), 1;insert into s (n) values (2)"
    )
    text = '{"version":1,"logm":15,"sparse":{"indices":[22362299],"values":[1]}}'
    written = unloads("select * from s", "null as 'null' csv")
    quoted = text.replace('"', '""')
    assert written == {"out/x_0000_part_00": f'"{quoted}",1\nnull,2\n'}
    session.sql("create table r (k hllsketch, n int); copy r from 's3://lake/out/' iam_role default null as 'null' csv")
    check("select k, n from r order by n", [(text, 1), (None, 2)])
    to = "to 's3://lake/no/' iam_role default"
    refuses(f"unload ('select * from s') {to} json", SqlError, "text or CSV")
    refuses(f"unload ('select hll_create_sketch(1.5)') {to} csv", UnsupportedSql, "supported")


def test_what_is_no_sketch(session: Any, put: Any, refuses: Any) -> None:
    put("in/a.txt", "ABAABA|1\n")
    session.sql("create table s (k hllsketch, n int)")
    refuses("copy s from 's3://lake/in/' iam_role default", LoadError, "Invalid HLLSKETCH")
