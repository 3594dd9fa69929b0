# ruff: noqa: E501
"""JSON files: keys without regard to case, kinds of values, the properties of the SerDe, and faults."""

from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal
from typing import Any

import pytest

from rsnb.errors import LoadError, UnsupportedSql
from tests.warehouse.spectrum.conftest import JSON, with_properties

HCATALOG = "row format serde 'org.apache.hive.hcatalog.data.JsonSerDe' stored as textfile"
MOMENT = dt.datetime(2020, 1, 2, 3, 4, 5)

READS: list[tuple[Any, str, str, list[tuple[Any, ...]]]] = [
    ('{"I":1,"s":"abcdef"}{"I":2}\n\n{"I":3,"s":null}', "i int, s varchar(3)", JSON, [(1, "abc"), (2, None), (3, None)]),
    ('{"i":1}', "i int, j int", HCATALOG, [(1, None)]),
    ('{\n  "i": 1,\n  "s": "x"\n}\n{"i":2}', "i int, s varchar(3)", JSON, [(1, "x"), (2, None)]),
    ({"a": '{"I":1}', "b": '{"i":2}', "c": '{"j":3}'}, "i int", JSON, [(1,), (2,), (None,)]),
    ({"a.gz": gzip.compress(b'{"i":1}', mtime=0), "b": '{"i":2}'}, "i int", JSON, [(1,), (2,)]),
    ('{"i":"7"}', "i int", JSON, [(7,)]),
    ('{"i":1}', "i double precision", JSON, [(1.0,)]),
    ('{"i":12.5}', "i decimal(6,3)", JSON, [(Decimal("12.500"),)]),
    ('{"i":true}', "i boolean", JSON, [(True,)]),
    ('{"i":5}', "i varchar(3)", JSON, [("5",)]),
    ('{"i":true}', "i varchar(5)", JSON, [("true",)]),
    ('{"i":{"x":[1,2]}}', "i varchar(20)", JSON, [('{"x":[1,2]}',)]),
    ('{"i":"2020-01-02"}', "i date", JSON, [(dt.date(2020, 1, 2),)]),
    ('{"i":"2020-01-02T03:04:05Z"}', "i timestamp", JSON, [(MOMENT,)]),
    ('{"i":"2020-01-02T03:04:05.000+00:00"}', "i timestamp", JSON, [(MOMENT,)]),
    ('{"i":"2020-01-02 03:04:05"}', "i timestamp", JSON, [(MOMENT,)]),
    ('{"a.b":1}', "a_b int", with_properties(JSON, "'dots.in.keys'='true'"), [(1,)]),
    ('{"Rq":1}', "x int", with_properties(JSON, "'mapping.x'='rq'"), [(1,)]),
    ('{"I":1,"i":2}', "i int, j int", with_properties(JSON, "'case.insensitive'='false', 'mapping.j'='I'"), [(2, 1)]),
    ('{"I":"x","i":{"k":3}}', "i struct<k:int>, j varchar(3)", with_properties(JSON, "'case.insensitive'='false', 'mapping.j'='I'"), "select t.i.k, j from s.t"),
    ('[{"i":1},{"i":2}]', "i int", with_properties(JSON, "'strip.outer.array'='true'"), [(1,), (2,)]),
    ("", "i int", JSON, []),
]  # fmt: skip


@pytest.mark.parametrize(("files", "columns", "clauses", "rows"), READS)
def test_reads(check: Any, table: Any, files: Any, columns: str, clauses: str, rows: Any) -> None:
    table(files, columns, clauses)
    if isinstance(rows, str):
        check(rows, [(3, "x")])
    else:
        check("select * from s.t order by 1", rows)


FAULTS: list[tuple[str, str, tuple[str, ...]]] = [
    ('{"i":1}\n{"i":', "i int", ("object 2", "not JSON")),
    ('{"i":1}{"i":2} x', "i int", ("object 3", "not JSON")),
    ("[1, 2]", "i int", ("no object", "'strip.outer.array'='true'")),
    ('{"i":"x"}', "i int", ('"x"',)),
    ('{"i":1.5}', "i int", ("i is of type integer, the file has numbers with a fraction",)),
    ('{"i":true}', "i int", ("i is of type integer, the file has true and false",)),
    ('{"i":1}', "i boolean", ("i is of type boolean, the file has numbers",)),
    ('{"i":1}{"i":"a"}', "i int", ("the file has values of several kinds",)),
    ('{"i":[1]}', "i int", ("the file has an array",)),
    ('{"i":{"j":1}}', "i int", ("the file has an object",)),
    ('{"i":1}', "i struct<j:int>", ("i is of type struct, the file has numbers",)),
    ('{"i":{"j":1.5}}', "i struct<j:int>", ("i.j is of type integer",)),
    ('{"i":1}{"I":2}', "i int", ("i is spelt both 'i' and 'I'",)),
    ('{"i":{"j":1,"J":2}}', "i struct<j:int>", ("i.j is spelt both 'j' and 'J'",)),
    ('{"i":"2020-01-02T03:04:05+02:00"}', "i timestamp", ("'2020-01-02T03:04:05+02:00'",)),
    ('{"i":"2020-13-02"}', "i date", ("'2020-13-02'",)),
    ('{"i":1577934245}', "i timestamp", ("the file has numbers",)),
    ('{"i":99999999999}', "i int", ("99999999999",)),
    ('{"i":{"1":1}}', "i map<int,int>", ("the key of a map in JSON is a text",)),
]  # fmt: skip


@pytest.mark.parametrize(("content", "columns", "words"), FAULTS)
def test_a_fault_is_named(refuses: Any, table: Any, external: Any, content: str, columns: str, words: Any) -> None:
    table(content, columns, JSON)
    refuses(
        "select count(i.j) from s.t"
        if "struct" in columns
        else "select count(*) from s.t, s.t.i k"
        if "map" in columns
        else "select * from s.t",
        LoadError,
        "t/a",
        *words,
    )
    assert external.sql("select 1").scalar() == 1


@pytest.mark.parametrize(
    ("clauses", "words"),
    [
        (with_properties(JSON, "'ignore.malformed.json'='true'"), "'ignore.malformed.json'"),
        (with_properties(JSON, "'use.null.for.invalid.data'='true'"), "'use.null.for.invalid.data'"),
        (with_properties(HCATALOG, "'mapping.i'='j'"), "'mapping.i'"),
    ],
)
def test_a_property_that_is_not_known(refuses: Any, external: Any, clauses: str, words: str) -> None:
    refuses(f"create external table s.t (i int) {clauses} location 's3://lake/t'", UnsupportedSql, words)


def test_a_file_that_changed_is_looked_at_again(check: Any, table: Any, put: Any) -> None:
    table('{"I":1}', "i int, j int", JSON)
    check("select * from s.t", [(1, None)])
    put("t/a", '{"i":2, "J":3}')
    check("select * from s.t", [(2, 3)])
