"""COPY of JSON and Avro: objects one after another, by keys and by paths, whole into SUPER, and what is at fault."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from typing import Any

import fastavro
import pyarrow as pa
import pytest

from rsnb.errors import LoadError, SqlError

DAY = dt.date(2020, 1, 1)
TABLE = "i int, s varchar(30), d date"

LOADS: list[tuple[str | bytes, str, list[tuple[Any, ...]]]] = [
    ('{"i":1,"s":"a","d":"2020-01-01"}\n{"i":2,"x":0}', "json 'auto'", [(1, "a", DAY), (2, None, None)]),
    ('{"i":1}{"s":"a",\n "i":2}\n\n {"i":3}', "format as json", [(1, None, None), (2, "a", None), (3, None, None)]),
    ('{"I":1,"S":"a"}', "json as 'auto'", [(None, None, None)]),
    ('{"I":1,"s":"a"}{"i":2,"S":"b"}', "json 'auto ignorecase'", [(1, "a", None), (2, "b", None)]),
    ('{"i":"7","s":{"a":[1,{"b":null}]}}', "json 'auto'", [(7, '{"a":[1,{"b":null}]}', None)]),
    ('{"i":1,"s":true}{"i":2,"s":1.5}', "json 'auto'", [(1, "true", None), (2, "1.5", None)]),
    ('{"i":1,"s":null}{"i":null}', "json 'auto'", [(1, None, None), (None, None, None)]),
    ('{"i":"","s":"","d":""}', "json 'auto'", [(None, "", None)]),
    ('{"i":1,"s":""}{"i":2,"s":" "}', "json 'auto' emptyasnull", [(1, None, None), (2, " ", None)]),
    ('{"i":1,"s":"\\\\ \\n \\t \\u00e9"}', "json 'auto'", [(1, "\\ \n \t é", None)]),
    ('skipped\n{"i":1}', "json 'auto' ignoreheader 1", [(1, None, None)]),
    (gzip.compress(b'{"i":1}', mtime=0), "json 'auto' gzip", [(1, None, None)]),
    ('{"i":1,"s":"é"}'.encode("utf-16"), "json 'auto' encoding utf16", [(1, "é", None)]),
    (b'{"i":1,"s":"a\xffb"}', "json 'auto' acceptinvchars", [(1, "a?b", None)]),
    ('{"i":1,"d":"01.02.2020"}', "json 'auto' dateformat 'DD.MM.YYYY'", [(1, None, dt.date(2020, 2, 1))]),
    ("", "json 'auto'", []),
    (" \n", "json 'auto'", []),
]  # fmt: skip

FAULTS: list[tuple[str | bytes, str, int, int, str]] = [
    ('{"i":1,"s":"a"}\n{"i":2,"s":"b"', "json 'auto'", 2, 1216, "not valid JSON"),
    ('{"i":1},\n{"i":2}', "json 'auto'", 1, 1216, "not valid JSON"),
    ('{"i":1}\n{"i":\n"x"}', "json 'auto'", 3, 1207, "Invalid digit, Value 'x'"),
    ('{"i":1.5}', "json 'auto'", 1, 1207, "Invalid digit, Value '.'"),
    ('[{"i":1}]', "json 'auto'", 1, 1216, "reads JSON objects"),
    ('{"i":1,"I":2}', "json 'auto ignorecase'", 1, 1216, ""),
    (b'{"i":1,"s":"\xff"}', "json 'auto'", 1, 1220, "Bad UTF8 hex sequence: ff"),
]


@pytest.mark.parametrize(("content", "options", "rows"), LOADS)
def test_loads(loads: Any, content: str | bytes, options: str, rows: list[tuple[Any, ...]]) -> None:
    loads(TABLE, content, options, rows)


@pytest.mark.parametrize(("content", "options", "line", "code", "words"), FAULTS)
def test_an_object_is_at_fault(
    faults: Any, content: str | bytes, options: str, line: int, code: int, words: str
) -> None:
    fault = faults(TABLE, content, options, f"object {line}", words)[0]
    assert (fault.line, fault.code) == (line, code)


def test_a_file_is_read_on_after_what_is_no_json(check: Any, put: Any) -> None:
    place = put("in/a", '{"i":1}\n{"i":,}\n{"i":\n3}\nnothing\n{"i":4}{"i":5}')
    check(f"create table t ({TABLE}); copy t from '{place}' iam_role default json 'auto' maxerror 3", command="COPY 4")
    check("select i from t order by i", [(1,), (3,), (4,), (5,)])


PATHS: list[tuple[str, list[str], list[tuple[Any, ...]]]] = [
    ('{"id":1,"n":{"s":"a"}}', ["$['id']", "$['n']['s']"], [(1, "a")]),
    ('{"id":1,"n":{"s":"a"}}', ["$.id", "$.n.s"], [(1, "a")]),
    ('[1,"a"]\n[2,["b"]]', ["$[0]", "$[1]"], [(1, "a"), (2, '["b"]')]),
    ('{"a":[{"b":1},{"b":2}],"it\'s":"x"}', ["$.a[1].b", "$.a"], [(2, '[{"b":1},{"b":2}]')]),
    ('{"a.b":1,"q\\"r":"x"}', ["$['a.b']", "$['q\"r']"], [(1, "x")]),
    ('{"id":1}', ["$.none", "$"], [(None, '{"id":1}')]),
]


@pytest.mark.parametrize(("content", "paths", "rows"), PATHS)
def test_paths(loads: Any, put: Any, content: str, paths: list[str], rows: list[tuple[Any, ...]]) -> None:
    place = put("paths.json", json.dumps({"jsonpaths": paths}))
    loads("i int, s varchar(30)", content, f"json '{place}'", rows)


def test_an_array_that_is_too_short_is_at_fault(faults: Any, put: Any) -> None:
    place = put("paths.json", '{"jsonpaths": ["$.a[1]"]}')
    (fault,) = faults(
        "i int", '{"a":[1]}', f"json '{place}'", "object 1, column i", "Not an array or index out of range"
    )
    assert fault.code == 1216


WRONG_PATHS = [
    ('{"jsonpaths": ["$.a"]}', "1 paths for 2 columns"),
    ('{"jsonpaths": ["$.a", "$[\'b\']", "$.c[\'d\']"]}', "mixes the bracket and the dot notation"),
    ('{"jsonpaths": ["$.a[*]", "$.b"]}', "names keys and array elements only"),
    ('{"jsonpaths": ["a", "b"]}', "it begins with $"),
    ('{"jsonpaths": ["$.a", ""]}', "a list of texts"),
    ('{"jsonpaths": ["$.a"]} x', "Extra data"),
    ("[]", "one JSON object"),
]


@pytest.mark.parametrize(("content", "words"), WRONG_PATHS)
def test_wrong_paths(refuses: Any, put: Any, content: str, words: str) -> None:
    data, place = put("in/a", "{}"), put("paths.json", content)
    refuses(
        f"create table t (i int, s varchar(9)); copy t from '{data}' iam_role default json '{place}'", LoadError, words
    )


def test_where_the_paths_are(check: Any, refuses: Any, put: Any) -> None:
    data = put("in/a", '{"i":1}')
    copy = f"copy t from '{data}' iam_role default json"
    check("create table t (i int)")
    refuses(f"{copy} 's3://lake/none.json'", LoadError, "no JSONPaths file s3://lake/none.json")
    refuses(f"{copy} 'automatic'", SqlError, "neither 'auto' nor a JSONPaths file")
    check(f"{copy} '{put('other.json', '{}')}'; select i from t", [(1,)])  # another key: as 'auto', in Redshift too


def test_json_into_super(loads: Any) -> None:
    value = '{"id":1,"a":["x",{"B":null}]}'
    loads("doc super", value, "json 'noshred'", [(value,)])


def test_parts_into_super(check: Any, loads: Any) -> None:
    loads("i int, a super, b super", '{"i":1,"a":[1,"x"],"b":"text"}{"i":2,"a":null}', "json 'auto'",
          [(1, '[1,"x"]', '"text"'), (2, "null", None)])  # fmt: skip


def test_noshred_takes_one_super_column(refuses: Any, put: Any) -> None:
    place = put("in/a", "{}")
    refuses(
        f"create table t (i int); copy t from '{place}' iam_role default json 'noshred'",
        SqlError,
        "one column of type SUPER",
    )


SCHEMA = {
    "type": "record",
    "name": "row",
    "fields": [
        {"name": "i", "type": ["null", "int"]},
        {"name": "s", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "kind", "type": {"type": "enum", "name": "kinds", "symbols": ["A", "B"]}},
        {"name": "nested", "type": {"type": "array", "items": {"type": "map", "values": "int"}}},
        {"name": "Raw", "type": "bytes"},
    ],
}
RECORD = {"i": 1, "s": "é", "at": 1577836800500, "kind": "B", "nested": [{"a": 1}], "Raw": b"\x00\xff"}


def avro(codec: str, *records: Any, schema: Any = SCHEMA) -> bytes:
    file = io.BytesIO()
    fastavro.writer(file, schema, records, codec="null" if codec == "snappy" else codec, sync_marker=b"s" * 16)
    return snappy(file.getvalue()) if codec == "snappy" else file.getvalue()


def snappy(file: bytes) -> bytes:
    """The same container with its one block packed by snappy."""
    head, block, _ = file.split(b"s" * 16)
    body = io.BytesIO(block)
    count = fastavro.schemaless_reader(body, "long", None)
    fastavro.schemaless_reader(body, "long", None)
    packed = bytes(pa.compress(body.read(), codec="snappy", asbytes=True)) + b"crc!"
    sizes = io.BytesIO()
    for number in (count, len(packed)):
        fastavro.schemaless_writer(sizes, "long", number)
    head = head.replace(b"avro.codec\x08null", b"avro.codec\x0csnappy")
    return b"".join([head, b"s" * 16, sizes.getvalue(), packed, b"s" * 16])


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy"])
def test_avro(loads: Any, codec: str) -> None:
    at = dt.datetime(2020, 1, 1, 0, 0, 0, 500000)
    loads("i int, s varchar(9), at timestamp, kind char(1), nested varchar(20), \"raw\" varchar(20)",
          avro(codec, RECORD, {**RECORD, "i": None}), "format as avro 'auto' timeformat 'epochmillisecs'",
          [(1, "é", at, "B", '[{"a":1}]', None), (None, "é", at, "B", '[{"a":1}]', None)],
          order="i nulls last")  # fmt: skip


def test_avro_by_paths_and_whatever_the_case(loads: Any, check: Any, put: Any) -> None:
    place = put("paths.json", '{"jsonpaths": ["$.nested[0].a", "$.s"]}')
    loads("x int, y varchar(9)", avro("null", RECORD), f"avro '{place}'", [(1, "é")])
    check("create table u (\"raw\" varchar(9)); copy u from 's3://lake/in' iam_role default avro 'auto ignorecase'")
    check("select u.raw from u", [("\0ÿ",)])


WRONG_AVRO = [
    (b"", "not a whole Avro file"),
    (b"Obj\x02rest of it that is long enough", "not a whole Avro file"),
    (avro("null", RECORD)[:-20], "not a whole Avro file"),
    (avro("bzip2", RECORD), "the codec bzip2"),
    (avro("null", 1, schema="int"), "not a record"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("content", "words"), WRONG_AVRO)
def test_wrong_avro(refuses: Any, put: Any, content: bytes, words: str) -> None:
    place = put("in/a", content)
    refuses(f"create table t (i int); copy t from '{place}' iam_role default avro", LoadError, "in/a", words)
