# ruff: noqa: E501
"""Delimited files, OpenCSV and regular expressions: values, NULL, packing, what does not fit and what is done with it."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from rsnb.errors import LoadError, SqlError, UnsupportedSql
from tests.warehouse.spectrum.conftest import CSV, TEXT, handled, with_properties

DAY = dt.date(2017, 5, 1)
LAZY = "row format serde 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' stored as textfile"
REGEX = "row format serde 'org.apache.hadoop.hive.serde2.RegexSerDe' stored as textfile"

VALUES: list[tuple[str, str, list[Any]]] = [
    ("int", "1|2||\\N|007|+3|-4\n", [1, 2, None, None, 7, 3, -4]),
    ("varchar(3)", "abc|abcdef||\\N|éé\n", ["abc", "abc", "", None, "é"]),
    ("char(3)", "a|a  |abcdef|\\N\n", ["a  ", "a  ", "abc", None]),
    ("decimal(5,2)", "1|1.5|-2.25||\\N\n", [Decimal("1.00"), Decimal("1.50"), Decimal("-2.25"), None, None]),
    ("real", "1|0.5|1e3|\n", [1.0, 0.5, 1000.0, None]),
    ("double precision", "1|0.5|1e300|\n", [1.0, 0.5, 1e300, None]),
    ("boolean", "t|f|true|FALSE|\n", [True, False, True, False, None]),
    ("date", "2017-05-01|05-01-2017|may-01-2017|01-MAY-2017|2017-may-01|5-1-17|05-01-89|\n",
     [DAY, DAY, DAY, DAY, DAY, DAY, dt.date(1989, 5, 1), None]),
    ("timestamp", "2017-05-01 11:30:59.000000|2017-05-01 11:30:59|2017-05-01 11:30:59.5|\n",
     [dt.datetime(2017, 5, 1, 11, 30, 59)] * 2 + [dt.datetime(2017, 5, 1, 11, 30, 59, 500000), None]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "line", "values"), VALUES)
def test_values(check: Any, table: Any, kind: str, line: str, values: list[Any]) -> None:
    table(line, ", ".join(f"c{i} {kind}" for i in range(len(values))))
    check("select * from s.t", [tuple(values)])


WRONG: list[tuple[str, str]] = [
    ("int", "1.5"), ("int", "1e3"), ("int", "0x1"), ("int", "1_000"), ("int", "99999999999"), ("smallint", "40000"),
    ("decimal(3,2)", "12.5"), ("boolean", "yes"), ("date", "2017/05/01"), ("date", "2017-13-01"), ("date", "13-01-2017"),
    ("timestamp", "2017-05-01"), ("timestamp", "2017-05-01T10:00:00"), ("timestamp", "2017-05-01 10:00:00+02"),
    ("real", "one"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_a_value_that_is_none_of_its_type(refuses: Any, table: Any, kind: str, value: str) -> None:
    table(f"a|\nb|{value}\n", f"v varchar(9), c {kind}")
    refuses("select c from s.t", LoadError, "t/a", "line 2", value)


READS: list[tuple[str, str, str, str, list[tuple[Any, ...]]]] = [
    # files, columns, clauses, table properties, rows
    ("1|a\n2\n", "i int, s varchar(4)", TEXT, "", [(1, "a"), (2, None)]),
    ("h\nh\n1|a\n", "i int, s varchar(4)", TEXT, "table properties ('skip.header.line.count'='2')", [(1, "a")]),
    ("1|NA\n2|\\N\n", "i int, s varchar(4)", TEXT, "table properties ('serialization.null.format'='NA')", [(1, None), (2, "\\N")]),
    ("1|\n2|x\n", "i int, s varchar(4)", TEXT, "table properties ('serialization.null.format'='')", [(1, None), (2, "x")]),
    ("1\x01a\n", "i int, s varchar(4)", "stored as textfile", "", [(1, "a")]),
    ("1\x01a\n", "i int, s varchar(4)", "", "", [(1, "a")]),
    ("1\x07a\n", "i int, s varchar(4)", "row format delimited fields terminated by '\\007' lines terminated by '\\n'", "", [(1, "a")]),
    ("1\ta|b\n", "i int, s varchar(4)", "row format delimited fields terminated by '\\t'", "", [(1, "a|b")]),
    ('1|"a"\n', "i int, s varchar(4)", TEXT, "", [(1, '"a"')]),
    ("1|a\\|b\\\\|c\n", "i int, s varchar(9), u varchar(9)",
     with_properties(LAZY, "'field.delim'='|', 'escape.delim'='\\\\'"), "", [(1, "a|b\\", "c")]),
    ("1|a\r\n2|b\r\n", "i int, s varchar(4)", TEXT, "", [(1, "a"), (2, "b")]),
    ('1,"a,b"\n2,"say ""hi"""\n3,""\n4,\n5\n', "i int, s varchar(9)", CSV, "", [(1, "a,b"), (2, 'say "hi"'), (3, ""), (4, ""), (5, None)]),
    ('1,"a \\"q\\""\n2,"x \\\\ y"\n3,"\\n"\n', "i int, s varchar(9)", CSV, "", [(1, 'a "q"'), (2, "x \\ y"), (3, "n")]),
    ("1;'a;b'\n", "i int, s varchar(9)", with_properties(CSV, "'separatorChar'=';', 'quoteChar'='''', 'escapeChar'='\\\\'"), "", [(1, "a;b")]),
    ('1,"a\nb"\n', "i int, s varchar(9)", with_properties(CSV, "'wholeFile'='true'"), "", [(1, "a\nb")]),
    ("12 ab\n13 cd\nbad\n", "i int, s varchar(9)", with_properties(REGEX, "'input.regex'='(\\\\d+) ([a-z]+)'"), "", [(12, "ab"), (13, "cd"), (None, None)]),
    ("12 AB\n", "i int, s varchar(9)", with_properties(REGEX, "'input.regex'='(\\\\d+) ([a-z]+)', 'input.regex.case.insensitive'='true'"), "", [(12, "AB")]),
    ("ab\n", "s varchar(9), u varchar(9)", with_properties(REGEX, "'input.regex'='(a|ab)(c|)'"), "", [("ab", "")]),
    ("x 1\nx \n", "s varchar(9), i int", with_properties(REGEX, "'input.regex'='(x) (\\\\d)?'"), "", [("x", 1), ("x", None)]),
    ("", "i int", TEXT, "", []),
]  # fmt: skip


@pytest.mark.parametrize(("content", "columns", "clauses", "properties", "rows"), READS)
def test_reads(
    check: Any, table: Any, content: str, columns: str, clauses: str, properties: str, rows: list[tuple[Any, ...]]
) -> None:
    table(content, columns, clauses, properties)
    check("select * from s.t order by 1", rows)


def _snappy(content: bytes) -> bytes:
    """A file as Hadoop packs it with Snappy, in two chunks."""
    half = len(content) // 2
    chunks = [pa.Codec("snappy").compress(part).to_pybytes() for part in (content[:half], content[half:])]
    return len(content).to_bytes(4, "big") + b"".join(len(c).to_bytes(4, "big") + c for c in chunks)


def test_packed_files_are_known_by_their_ends(check: Any, table: Any) -> None:
    table(
        {
            "a.gz": gzip.compress(b"1\n", mtime=0),
            "b.bz2": bz2.compress(b"2\n"),
            "c.snappy": _snappy(b"3\n30\n"),
            "d": "4\n",
        },
        "i int",
    )
    check("select i from s.t order by 1", [(1,), (2,), (3,), (4,), (30,)])


def test_packed_files_are_as_the_table_says(check: Any, table: Any) -> None:
    table(
        {"a": gzip.compress(b"1\n", mtime=0), "b.bz2": gzip.compress(b"2\n", mtime=0)},
        "i int",
        properties="table properties ('compression_type'='gzip')",
    )
    check("select i from s.t order by 1", [(1,), (2,)])


def test_files_that_are_not_read(check: Any, table: Any) -> None:
    hidden = dict.fromkeys(("_a", ".b", "#c", "d~", "_e/f", ".g/h"), "9\n")
    table({**hidden, "i": "1\n", "j/k": "2\n", "empty": ""}, "i int")
    check("select i from s.t order by 1", [(1,), (2,)])


BROKEN: list[tuple[dict[str, str | bytes], str, tuple[str, ...]]] = [
    ({"a": "1|x|y\n"}, TEXT, ("t/a", "line 1", "Found: 3")),
    ({"a": "1|x\n1.5|x\n"}, TEXT, ("t/a", "line 2", "'1.5'", "INTEGER")),
    ({"a.gz": gzip.compress(b"1|x\n" * 5000, mtime=0)[:40]}, TEXT, ("a.gz", "not a whole gzip file")),
    ({"a.bz2": bz2.compress(b"1|x\n" * 5000)[:40]}, TEXT, ("a.bz2", "not a whole bzip2 file")),
    ({"a.snappy": _snappy(b"1|x\n")[:10]}, TEXT, ("a.snappy", "not a whole snappy file")),
    ({"a.snappy": b"\0\0\0\4\0\0\0\2\xff\xff"}, TEXT, ("a.snappy", "not a whole snappy file")),
    ({"a": '1,"a\nb"\n'}, CSV, ("t/a", "'wholeFile'='true'")),
    ({"a": '1,"a\n'}, CSV, ("t/a", "line 1")),
    ({"b.bz2": bz2.compress(b"1|x\n2.5|y\n")}, TEXT, ("b.bz2", "'2.5'")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "clauses", "words"), BROKEN)
def test_a_broken_file_is_named(refuses: Any, table: Any, external: Any, files: Any, clauses: str, words: Any) -> None:
    table(files, "i int, s varchar(9)", clauses)
    refuses("select * from s.t", LoadError, *words)
    assert external.sql("select 1").scalar() == 1


@pytest.mark.parametrize("end", ["zst", "lz4", "lzo", "deflate", "zip"])
def test_a_packing_that_spectrum_does_not_read(refuses: Any, table: Any, end: str) -> None:
    table({f"a.{end}": "x"}, "i int")
    refuses("select * from s.t", UnsupportedSql, f"a.{end}", "gzip, bzip2 or snappy")


BAD = b"1|a\xffb\n2|ok\n"
HANDLED: list[tuple[str | bytes, str, str, list[tuple[Any, ...]] | str]] = [
    (BAD, "s varchar(5)", "", [(1, None), (2, "ok")]),
    (BAD, "s varchar(5)", handled("invalid_char_handling", "DISABLED"), [(1, None), (2, "ok")]),
    (BAD, "s varchar(5)", handled("invalid_char_handling", "SET_TO_NULL"), [(1, None), (2, "ok")]),
    (BAD, "s varchar(5)", handled("invalid_char_handling", "DROP_ROW"), [(2, "ok"), (None, None)]),
    (BAD, "s varchar(5)", handled("invalid_char_handling", "REPLACE", ", 'replacement_char'='?'"), [(1, "a?b"), (2, "ok")]),
    (BAD, "s varchar(5)", handled("invalid_char_handling", "FAIL"), "Invalid UTF-8 in the value 'a?b'"),
    (gzip.compress(BAD, mtime=0), "s varchar(5)", "table properties ('compression_type'='gzip')", [(1, None), (2, "ok")]),
    ("1|abcdef\n", "s varchar(3)", handled("surplus_char_handling", "TRUNCATE"), [(1, "abc")]),
    ("1|abcdef\n", "s varchar(3)", handled("surplus_char_handling", "DISABLED"), [(1, "abc")]),
    ("1|abcdef\n", "s varchar(3)", handled("surplus_char_handling", "SET_TO_NULL"), [(1, None)]),
    ("1|abcdef\n2|a  \n", "s char(2)", handled("surplus_char_handling", "DROP_ROW"), [(2, "a "), (None, None)]),
    ("1|abcdef\n", "s varchar(3)", handled("surplus_char_handling", "FAIL"), "'abcdef' is longer than 3 bytes"),
    ("1|abcdef\n", "s varchar(3)", "table properties ('data_cleansing_enabled'='false', 'surplus_char_handling'='FAIL')", [(1, "abc")]),
    ("1|40000\n2|5\n", "s smallint", handled("numeric_overflow_handling", "SET_TO_NULL"), [(1, None), (2, 5)]),
    ("1|40000\n2|5\n", "s smallint", handled("numeric_overflow_handling", "DROP_ROW"), [(2, 5), (None, None)]),
    ("1|40000\n", "s smallint", handled("numeric_overflow_handling", "FAIL"), "'40000'"),
    ("1|x\n", "s smallint", handled("numeric_overflow_handling", "SET_TO_NULL"), "'x'"),
    ("1|a|b\n2\n3|c\n", "s varchar(3)", handled("column_count_mismatch_handling", "SET_TO_NULL"), [(1, "a"), (2, None), (3, "c")]),
    ("1|a|b\n2\n3|c\n", "s varchar(3)", handled("column_count_mismatch_handling", "DROP_ROW"), [(3, "c")]),
    ("1|a|b\n", "s varchar(3)", handled("column_count_mismatch_handling", "FAIL"), "Found: 3"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "column", "properties", "rows"), HANDLED)
def test_data_handling(
    check: Any, refuses: Any, table: Any, content: Any, column: str, properties: str, rows: Any
) -> None:
    table(content, f"i int, {column}", properties=properties)
    if isinstance(rows, str):
        refuses("select * from s.t", LoadError, "t/a", rows)
    else:
        check("select * from s.t order by 1", rows)


NO_REGEX: list[tuple[str, type[SqlError], str]] = [
    ("(\\\\d+)", SqlError, "1 groups for 2 columns"),
    ("(\\\\d+)(a)?", UnsupportedSql, "may be left out (for s)"),
    ("(\\\\d+)(?:x(a)|y)", UnsupportedSql, "may be left out (for s)"),
    ("(\\\\d+)(a)|b", UnsupportedSql, "may be left out (for s)"),
    ("(?=x)(\\\\d+)(a)", UnsupportedSql, "look-around"),
    ("(\\\\d+)(a", UnsupportedSql, "missing )"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "error", "words"), NO_REGEX)
def test_a_regular_expression_that_java_would_read_otherwise(
    refuses: Any, external: Any, pattern: str, error: Any, words: str
) -> None:
    clauses = with_properties(REGEX, f"'input.regex'='{pattern}'")
    refuses(f"create external table s.t (i int, s varchar(9)) {clauses} location 's3://lake/t'", error, words)
