"""COPY of delimited, CSV and fixed-width files: every option, what is NULL, what is at fault and where."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

DAY = dt.date(2020, 1, 1)
ROW = (1, "a", DAY)
TABLE = "i int, s varchar(6), d date"
PLAIN = b"1|a|2020-01-01\n"


def zstd(content: bytes) -> bytes:
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


LOADS: list[tuple[str | bytes, str, list[tuple[Any, ...]]]] = [
    ("1|a|2020-01-01\n2||\n3|\\N|2020-01-01\n", "", [ROW, (2, "", None), (3, None, DAY)]),
    ("1|a|2020-01-01", "", [ROW]),
    ("1|a|2020-01-01\r\n", "", [ROW]),
    ("1|a|2020-01-01\n2|b|2020-01-01\r\n", "", [ROW, (2, "b", DAY)]),
    ("1|a|2020-01-01|\n", "", [ROW]),  # a delimiter may end a row
    (" 1 |a| 2020-01-01 \n  | |\n", "", [ROW, (None, " ", None)]),
    ("1|a\\b|\n2|\"x\"|\n", "", [(1, "a\\b", None), (2, '"x"', None)]),
    ("", "", []),
    ("\ufeff1|a|\n", "maxerror 5", []),  # a byte order mark is a part of the first field
    ("1\ta\t2020-01-01", "delimiter '\\t'", [ROW]),
    ("1,a,2020-01-01", "delimiter as ','", [ROW]),
    ("1\x01a\x012020-01-01", "delimiter '\\001'", [ROW]),
    ("1|~|a|~|2020-01-01", "delimiter '|~|'", [ROW]),
    ("h1\nh2\n1|a|2020-01-01\n", "ignoreheader as 2", [ROW]),
    ("h\n", "ignoreheader 1", []),
    ("h\n", "ignoreheader 3", []),
    ("1|a|2020-01-01\n\n", "ignoreblanklines", [ROW]),
    ("1|x|2020-01-01\n2|\\N|2020-01-01\n3|a|x\n", "null as 'x'", [(1, None, DAY), (2, "\\N", DAY), (3, "a", None)]),
    ("1||2020-01-01\n2| |\n", "emptyasnull", [(1, None, DAY), (2, " ", None)]),
    ("1||2020-01-01\n2| \t|\n", "blanksasnull", [(1, None, DAY), (2, None, None)]),
    ("1|\0|2020-01-01\n2|a\0|\n", "null '\\000'", [(1, None, DAY), (2, "a\0", None)]),
    ("1|a \t|2020-01-01\n2| a|\n", "trimblanks", [ROW, (2, " a", None)]),
    ("1|abcdefgh|\n2|ééééé|\n", "truncatecolumns", [(1, "abcdef", None), (2, "ééé", None)]),
    ("1|a\n2\n", "fillrecord", [(1, "a", None), (2, "", None)]),
    ("1|a\n2\n", "fillrecord emptyasnull", [(1, "a", None), (2, None, None)]),
    ("1|a\\|b|\n2|c\\\\d|\n3|e\\\nf|\n4|\\N|\n5|\\\\N|\n", "escape",
     [(1, "a|b", None), (2, "c\\d", None), (3, "e\nf", None), (4, None, None), (5, None, None)]),
    ("1|'a'|\"2020-01-01\"\n2|\"|\"|\n3|b'|\n4|'it's'|\n5|\"\"|\n", "removequotes",
     [ROW, (2, "|", None), (3, "b'", None), (4, "it's", None), (5, "", None)]),
    ("1|'a\\'b'|\n2|\"a\\\"|\"|\n", "removequotes escape", [(1, "a'b", None), (2, 'a"|', None)]),
    (b"1|a\xffb|\n2|\xe0\xa1|\n", "acceptinvchars", [(1, "a?b", None), (2, "??", None)]),
    (b"1|a\xffb|\n", "acceptinvchars as '^'", [(1, "a^b", None)]),
    (gzip.compress(PLAIN, mtime=0), "gzip", [ROW]),
    (gzip.compress(PLAIN, mtime=0) + gzip.compress(b"2||\n", mtime=0), "gzip", [ROW, (2, "", None)]),
    (bz2.compress(PLAIN), "bzip2", [ROW]),
    (zstd(PLAIN), "zstd", [ROW]),
    ("1|é|\n".encode("utf-16"), "encoding utf16", [(1, "é", None)]),
    ("1|é|\n".encode("utf-16-le"), "encoding as 'utf16le'", [(1, "é", None)]),
    ("1|é|\n".encode("utf-16-be"), "encoding utf16be", [(1, "é", None)]),
    ("1|é|\n".encode("latin-1"), "encoding iso88591", [(1, "é", None)]),
    (gzip.compress("h\n1|é|\n".encode("utf-16"), mtime=0), "gzip encoding utf16 ignoreheader 1", [(1, "é", None)]),
    ('1,"a,b",2020-01-01\n2,"q""q",\n3, "x" ,\n4,"a\n\nb",\n5,,\n', "csv",
     [(1, "a,b", DAY), (2, 'q"q', None), (3, "x", None), (4, "a\n\nb", None), (5, "", None)]),
    ('"1","a\r\nb",""\r\n', "csv", [(1, "a\r\nb", None)]),
    ("1,'a,b',2020-01-01\n2,a\"b,\n", "csv quote as ''''", [(1, "a,b", DAY), (2, 'a"b', None)]),
    ("1;a;2020-01-01", "format as csv delimiter ';'", [ROW]),
    ('i,s,d\n1,a,2020-01-01\n', "csv ignoreheader 1", [ROW]),
    ("1\t\"a\" \t2020-01-01\n", "csv delimiter '\\t'", [ROW]),
    ("1  a     2020-01-01\n2  b b   \n", "fixedwidth 'i:3,s:6,d:10'", [(1, "a     ", DAY), (2, "b b   ", None)]),
    ("1  a     2020-01-01   \n2  é\n", "fixedwidth as '0:3, 1:6, 2:10' trimblanks fillrecord", [ROW, (2, "é", None)]),
    ("1|a|01/31/2020", "dateformat 'MM/DD/YYYY'", [(1, "a", dt.date(2020, 1, 31))]),
    ("1|a|March 31, 2003", "dateformat as 'MON DD, YYYY'", [(1, "a", dt.date(2003, 3, 31))]),
    ("1|a|20200101\n2|a|x\n3|a|00/00/00\n", "dateformat 'YYYYMMDD' acceptanydate",
     [ROW, (2, "a", None), (3, "a", None)]),
    ("1|a|2020-01-01 10:11:12", "", [ROW]),
    ("1|a|2020-01-01", "compupdate preset statupdate on comprows 5000 region 'us-east-1' dateformat 'auto'", [ROW]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "options", "rows"), LOADS)
def test_loads(loads: Any, content: str | bytes, options: str, rows: list[tuple[Any, ...]]) -> None:
    loads(TABLE, content, options, rows)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# type, a text, its value; ... what is at fault: Redshift's number and words
VALUES: list[tuple[str, str, str, Any]] = [
    ("smallint", "", "-32768", -32768),
    ("bigint", "", "+9223372036854775807", 9223372036854775807),
    ("int", "", "007", 7),
    ("decimal(5,2)", "", "1.239", Decimal("1.23")),
    ("decimal(5,2)", "", "-.259", Decimal("-0.25")),
    ("decimal(5,0)", "", "-0.9", Decimal(0)),
    ("decimal(5,2)", "roundec", "1.235", Decimal("1.24")),
    ("decimal(5,2)", "", "5.", Decimal(5)),
    ("real", "", "1e10", 1e10),
    ("float8", "", " -1.5E-3 ", -0.0015),
    ("float8", "", "Infinity", float("inf")),
    ("boolean", "", "Y", True),
    ("boolean", "", "0", False),
    ("char(3)", "", "a  ", "a  "),
    ("char(3)", "emptyasnull", "", None),
    ("varchar(3)", "", "€", "€"),
    ("timestamp", "", "2020-01-01 10:11:12.5", at("2020-01-01 10:11:12.5")),
    ("timestamp", "timeformat 'DD.MM.YYYY HH:MI:SS'", "31.12.2020 18:45:05.123456", at("2020-12-31 18:45:05.123456")),
    ("timestamp", "timeformat 'YYYY-MM-DD HH12:MI AM'", "2020-01-01 12:30 am", at("2020-01-01 00:30:00")),
    ("timestamp", "timeformat 'auto'", "2019-02-11T05:09:12.195Z", at("2019-02-11 05:09:12.195")),
    ("timestamp", "timeformat 'auto'", "19960108 040809", at("1996-01-08 04:08:09")),
    ("timestamp", "timeformat 'auto'", "1996.008", at("1996-01-08 00:00:00")),
    ("timestamp", "timeformat 'auto'", "J2345678 04:05:06.789", at("1710-02-23 04:05:06.789")),
    ("timestamp", "timeformat 'auto'", "17 Dec 07:37:16 1997 PST", at("1997-12-17 07:37:16")),
    ("timestamp", "timeformat 'epochsecs'", "1577836800", at("2020-01-01 00:00:00")),
    ("timestamp", "timeformat 'epochmillisecs'", "1577836800500", at("2020-01-01 00:00:00.5")),
    ("timestamptz", "timeformat 'epochsecs'", "1577836800", at("2020-01-01 00:00:00+00:00")),
    ("timestamptz", "", "2020-01-01 00:00:00-8:00", at("2020-01-01 08:00:00+00:00")),
    ("timestamptz", "", "2020-01-01 00:00:00+05:30", at("2019-12-31 18:30:00+00:00")),
    ("timestamptz", "", "2020-01-01 00:00:00", at("2020-01-01 00:00:00+00:00")),
    ("timestamptz", "timeformat 'auto'", "12/17/1997 07:37:16.00 PST", at("1997-12-17 15:37:16+00:00")),
    ("timestamptz", "timeformat 'auto'", "1997-12-17 07:37:16-08", at("1997-12-17 15:37:16+00:00")),
    ("timestamptz", "timeformat 'auto'", "2019-02-11T05:09:12.195Z", at("2019-02-11 05:09:12.195+00:00")),
    ("date", "dateformat 'auto'", "12/17/1997", dt.date(1997, 12, 17)),
    ("date", "dateformat 'YY-MM-DD'", "99-12-31", dt.date(1999, 12, 31)),
    ("time", "", "10:11:12.5", dt.time(10, 11, 12, 500000)),
    ("varbyte(3)", "", "00ffAB", b"\x00\xff\xab"),
]
WRONG: list[tuple[str, str, str, int, str]] = [
    ("smallint", "", "32768", 1222, "Overflow"),
    ("int", "", "2.5", 1207, "Invalid digit, Value '.', Pos 1, Type: Integer"),
    ("int", "", "1e3", 1207, "Invalid digit, Value 'e', Pos 1, Type: Integer"),
    ("int", "", "1_000", 1207, "Value '_', Pos 1"),
    ("bigint", "", "0x1F", 1207, "Value 'x', Pos 1, Type: Long"),
    ("decimal(5,2)", "", "1e3", 1207, "Value 'e', Pos 1, Type: Decimal"),
    ("decimal(5,2)", "", "1000", 1204, "Overflow for NUMERIC(5,2)"),
    ("float8", "", "1e999", 1204, "Overflow"),
    ("float8", "", "1.5x", 1207, "Value 'x', Pos 3, Type: Double"),
    ("boolean", "", "maybe", 1210, "Unknown boolean format"),
    ("char(3)", "", "abcd", 1204, "Char length exceeds DDL length"),
    ("char(3)", "", "é", 1220, "Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid"),
    ("varchar(3)", "", "éé", 1204, "String length exceeds DDL length"),
    ("date", "", "2020-13-01", 1205, "Invalid date format or value [YYYY-MM-DD]"),
    ("date", "", "2020-02-30", 1205, "[YYYY-MM-DD]"),
    ("date", "", "2020-1-1", 1205, "length must be 10 or more"),
    ("date", "", "2020/01/01", 1205, "[YYYY-MM-DD]"),
    ("timestamp", "", "2020-01-01T10:11:12Z", 1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]"),
    ("timestamp", "", "2020-01-01 25:00:00", 1206, "[YYYY-MM-DD HH24:MI:SS]"),
    ("timestamp", "timeformat 'MM/DD/YYYY'", "31/12/2020", 1206, "[MM/DD/YYYY]"),
    ("timestamp", "timeformat 'epochsecs'", "1.5", 1206, "[epochsecs]"),
    ("varbyte(3)", "", "0g", 1207, "Value 'g', Pos 1, Type: Varbyte"),
    ("varbyte(1)", "", "0000", 1204, "String length exceeds DDL length"),
    ("int not null", "", "", 1213, "Missing data for not-null field"),
    ("varchar(3) not null", "", "\\N", 1213, "Missing data for not-null field"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "options", "text", "value"), VALUES)
def test_a_text_is_read_as_its_type(loads: Any, kind: str, options: str, text: str, value: Any) -> None:
    loads(f"n int, x {kind}", f"1|{text}\n", options, [(1, value)])


@pytest.mark.parametrize(("kind", "options", "text", "code", "words"), WRONG)
def test_a_text_is_at_fault(faults: Any, kind: str, options: str, text: str, code: int, words: str) -> None:
    (fault,) = faults(f"n int, x {kind}", f"12|{text}\n", options, "in/data, line 1, column x", words, f"error {code}")
    assert (fault.code, fault.column, fault.position, fault.line) == (code, "x", 3, 1)
    assert words in fault.reason
    assert fault.raw_value == "".join(c if c.isascii() else "." for c in text)


# content, options, the line, Redshift's number, words
ROWS: list[tuple[str | bytes, str, int, int, str]] = [
    ("1|a|\n2\n", "", 2, 1214, "Delimiter not found"),
    ("1|a||9\n", "", 1, 1202, "Extra column(s) found"),
    ("1|a|\n\n2||\n", "", 2, 1211, "contained no data"),
    ("\n1|a|\n", "", 1, 1211, "contained no data"),
    ("1|a|\n\r\n2||\r\n", "", 2, 1211, "contained no data"),
    ("h\n1|a|\n2|b\n", "ignoreheader 1", 3, 1214, "Delimiter not found"),
    ("1|a\rb|\n", "", 1, 1216, "Missing newline: Unexpected character 0x62 found at location 4"),
    ("15|\0|\n", "", 1, 1216, "Unexpected character 0x7c found at location 4"),
    ("1|a|\r2|b|\r", "", 1, 1216, "Missing newline"),
    (b"1|a|\n2|\xffb|\n", "", 2, 1220, "Bad UTF8 hex sequence: ff"),
    ("1|'a|\n", "removequotes", 1, 1214, "Delimited value missing end quote"),
    ('1,"a\n2,b,\n', "csv", 1, 1214, "Delimited value missing end quote"),
    ('1,a"b,\n', "csv", 1, 1216, "Unescaped quote character"),
    ('1,"a"b,\n', "csv", 1, 1216, "Unescaped quote character"),
    ('1,"a\nb",\nx,b,\n', "csv", 3, 1207, "Invalid digit, Value 'x'"),
    ("1,a\n", "csv", 1, 1214, "Delimiter not found"),
    ("1  a\n", "fixedwidth 'i:3,s:6,d:10'", 1, 1214, "Delimiter not found"),
    ("x  a\n", "fixedwidth 'i:3,s:6,d:10'", 1, 1207, "Invalid digit"),
    ("1  a     2020-01-01x\n", "fixedwidth 'i:3,s:6,d:10'", 1, 1202, "Extra column(s) found"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "options", "line", "code", "words"), ROWS)
def test_a_row_is_at_fault(faults: Any, content: str | bytes, options: str, line: int, code: int, words: str) -> None:
    fault = faults(TABLE, content, options, f"line {line}", words)[0]
    assert (fault.line, fault.code) == (line, code)


def test_the_place_of_a_field_is_that_of_the_guide(faults: Any) -> None:
    wide = "1         Customer#000000001       \xff".encode("latin-1")
    (fault,) = faults("a int, b varchar(25), c varchar(9)", wide, "fixedwidth 'a:10,b:25,c:9'")
    assert (fault.column, fault.position, fault.type, fault.length) == ("c", 34, "varchar", "9")


def test_the_fields_before_are_kept(faults: Any) -> None:
    (fault,) = faults("a int, b varchar(9), c int", '1,"x, y",z\n', "csv")
    assert fault.values == (("a", "int4", "", "1"), ("b", "varchar", "9", "x, y"), ("c", "int4", "", "z"))
    assert fault.position == 9
