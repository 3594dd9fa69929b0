# ruff: noqa: E501
"""Parquet and ORC files: columns by name or position, types that must be the file's, and what does not fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from rsnb.errors import LoadError, SqlError, UnsupportedSql
from tests.warehouse.spectrum.conftest import avro_file, handled, orc_file, parquet

DAY, MOMENT = dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, 5)
POSITION = "table properties ('orc.schema.resolution'='position')"

VALUES: list[tuple[str, pa.Array, Any]] = [
    ("smallint", pa.array([1], pa.int16()), 1),
    ("smallint", pa.array([1], pa.int32()), 1),
    ("int", pa.array([1], pa.int32()), 1),
    ("int", pa.array([1], pa.int8()), 1),
    ("bigint", pa.array([2**40]), 2**40),
    ("real", pa.array([0.5], pa.float32()), 0.5),
    ("double precision", pa.array([0.1]), 0.1),
    ("decimal(8,2)", pa.array([Decimal("1.10")], pa.decimal128(8, 2)), Decimal("1.10")),
    ("decimal(8,2)", pa.array([Decimal("1.10")], pa.decimal128(12, 2)), Decimal("1.10")),
    ("boolean", pa.array([True]), True),
    ("varchar(3)", pa.array(["abcdef"]), "abc"),
    ("varchar(3)", pa.array([b"abcdef"]), "abc"),
    ("varchar(9)", pa.array([b"ab\xff"]), None),
    ("varchar(9)", pa.array(["x"]).dictionary_encode(), "x"),
    ("char(3)", pa.array(["a"]), "a  "),
    ("date", pa.array([DAY]), DAY),
    ("timestamp", pa.array([MOMENT], pa.timestamp("us")), MOMENT),
    ("timestamp", pa.array([MOMENT], pa.timestamp("ms")), MOMENT),
    ("timestamp", pa.array([MOMENT], pa.timestamp("ns")), MOMENT),
    ("timestamp", pa.array([MOMENT], pa.timestamp("us", "America/New_York")), MOMENT),
    ("varbyte(3)", pa.array([b"\1\2"]), b"\1\2"),
    ("varbyte(3)", pa.array([b"\1\2\3\4"]), None),
    ("int", pa.nulls(1), None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "value"), VALUES)
def test_parquet_values(check: Any, table: Any, kind: str, values: pa.Array, value: Any) -> None:
    table(parquet(C=values, other=pa.array([1])), f"c {kind}", "stored as parquet")
    check("select * from s.t", [(value,)])


MISMATCHES: list[tuple[str, pa.Array, str]] = [
    ("bigint", pa.array([1], pa.int32()), "of type bigint, the file's is INTEGER"),
    ("int", pa.array([1]), "of type integer, the file's is BIGINT"),
    ("int", pa.array([1], pa.uint32()), "the file's is UINTEGER"),
    ("varchar(3)", pa.array([1]), "of type character varying(3), the file's is BIGINT"),
    ("double precision", pa.array([1.0], pa.float32()), "the file's is FLOAT"),
    ("decimal(8,2)", pa.array([Decimal("1.100")], pa.decimal128(8, 3)), "the file's is DECIMAL(8,3)"),
    ("date", pa.array([MOMENT], pa.timestamp("us")), "the file's is TIMESTAMP"),
    ("int", pa.array([[1]]), "the file's is array"),
    ("varbyte(3)", pa.array(["a"]), "the file's is VARCHAR"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "words"), MISMATCHES)
def test_a_parquet_column_is_of_the_tables_type(
    refuses: Any, table: Any, kind: str, values: pa.Array, words: str
) -> None:
    table(parquet(c=values), f"c {kind}", "stored as parquet")
    refuses("select * from s.t", LoadError, "t/a has an incompatible schema", "c of s.t", words)


def test_a_column_that_a_file_has_not_is_null(check: Any, table: Any) -> None:
    one, two = pa.array([1], pa.int32()), pa.array([2], pa.int32())
    table({"a": parquet(i=one), "b": parquet(i=two, j=two)}, "i int, j int, k int", "stored as parquet")
    result = check("select i, j from s.t order by i", [(1, None), (2, 2)])
    assert [note.split(" has ")[1] for note in result.receipt.notes] == [
        "no column j of s.t: it is NULL", "no column k of s.t: it is NULL", "no column k of s.t: it is NULL",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "values", "properties", "rows"),
    [
        ("smallint", [70000, 1], handled("numeric_overflow_handling", "SET_TO_NULL"), [(1,), (None,)]),
        ("smallint", [70000, 1], handled("numeric_overflow_handling", "DROP_ROW"), [(1,), (None,)]),
        ("smallint", [70000, 1], "", "'70000'"),
        ("varbyte(2)", [b"abc", b"a"], handled("surplus_bytes_handling", "TRUNCATE"), [(b"a",), (b"ab",)]),
        ("varbyte(2)", [b"abc", b"a"], handled("surplus_bytes_handling", "DROP_ROW"), [(b"a",)]),
        ("varbyte(2)", [b"abc", b"a"], handled("surplus_bytes_handling", "SET_TO_NULL"), [(b"a",), (None,)]),
        ("varbyte(2)", [b"abc", b"a"], handled("surplus_bytes_handling", "FAIL"), "'616263' is longer than 2 bytes"),
        ("varchar(2)", ["abc", "a"], handled("surplus_char_handling", "SET_TO_NULL"), [("a",), (None,)]),
    ],
)  # fmt: skip
def test_data_handling(
    check: Any, refuses: Any, table: Any, kind: str, values: Any, properties: str, rows: Any
) -> None:
    table(
        parquet(c=pa.array(values, pa.int32() if kind == "smallint" else None)),
        f"c {kind}",
        "stored as parquet",
        properties,
    )
    if isinstance(rows, str):
        refuses("select * from s.t", LoadError, "t/a", rows)
    else:
        check("select * from s.t order by 1", rows)


ORC: list[tuple[dict[str, Any], str, str, list[tuple[Any, ...]]]] = [
    ({"I": pa.array([1], pa.int32()), "s": ["abc"]}, "s varchar(2), i int", "", [("ab", 1)]),
    ({"a": pa.array([1], pa.int32()), "b": ["abc"]}, "i int, s varchar(2)", POSITION, [(1, "ab")]),
    ({"a": pa.array([1], pa.int32())}, "i int, s varchar(2)", POSITION, [(1, None)]),
    ({"i": [5]}, "i smallint", "", [(5,)]),
    ({"i": [99999, 5]}, "i smallint", handled("numeric_overflow_handling", "SET_TO_NULL"), [(5,), (None,)]),
    ({"i": pa.array([MOMENT], pa.timestamp("ns"))}, "i timestamp", "", [(MOMENT,)]),
    ({"i": [DAY]}, "i date", "", [(DAY,)]),
    ({"i": pa.array([Decimal("1.10")], pa.decimal128(8, 2))}, "i decimal(8,2)", "", [(Decimal("1.10"),)]),
    ({"i": pa.array([0.5], pa.float32()), "d": [0.1], "b": [False]}, "i real, d double precision, b boolean", "", [(0.5, 0.1, False)]),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "declared", "properties", "rows"), ORC)
def test_orc(check: Any, table: Any, columns: Any, declared: str, properties: str, rows: Any) -> None:
    table(orc_file(**columns), declared, "stored as orc", properties)
    check("select * from s.t order by 1", rows)


@pytest.mark.parametrize(
    ("clauses", "content", "words"),
    [
        ("stored as parquet", "not parquet", "not a Parquet file"),
        ("stored as parquet", parquet(i=[1])[:20], "not a Parquet file"),
        ("stored as orc", "not orc", "not an ORC file"),
        ("stored as orc", orc_file(i=[1]), "incompatible schema"),
        ("stored as orc", orc_file(i=[99999]).replace(b"ORC", b"CRO"), "not an ORC file"),
    ],
)
def test_a_broken_file_is_named(refuses: Any, table: Any, clauses: str, content: Any, words: str) -> None:
    table(content, "i varchar(3)", clauses)
    refuses("select * from s.t", LoadError, "t/a", words)


def test_the_same_table_over_two_orders_of_fields(check: Any, table: Any) -> None:
    struct = pa.struct([("map_col", pa.map_(pa.int32(), pa.list_(pa.float32()))), ("int_col", pa.int32())])
    files = {
        "a": orc_file(int_col=pa.array([1], pa.int32()), nested_col=[{"int_col": 2, "z": 3}]),
        "b": orc_file(
            nested_col=pa.array([{"map_col": [(7, [0.5])], "int_col": 4}], struct), int_col=pa.array([5], pa.int32())
        ),
    }
    files["a"] = orc_file(
        int_col=pa.array([1], pa.int32()),
        nested_col=pa.array([{"int_col": 2}], pa.struct([("int_col", pa.int32())])),
    )
    table(files, 'int_col int, nested_col struct<"int_col":int, "map_col":map<int, array<float4 >>>', "stored as orc")
    check("select int_col, t.nested_col.int_col from s.t t order by 1", [(1, 2), (5, 4)])
    check("select int_col, m.key, v from s.t t, t.nested_col.map_col m, m.value v", [(5, 7, 0.5)])


AVRO: list[tuple[Any, list[Any], str, list[Any]]] = [
    # an Avro type, values, a column's type, its values
    ("int", [1], "int", [1]),
    ("int", [1], "smallint", [1]),
    ("long", [2**40], "bigint", [2**40]),
    (["null", "long"], [None, 1], "bigint", [1, None]),
    ("float", [0.5], "real", [0.5]),
    ("double", [0.1], "double precision", [0.1]),
    ("boolean", [True], "boolean", [True]),
    ("string", ["abcdef"], "varchar(3)", ["abc"]),
    ("bytes", [b"abc"], "varchar(9)", ["abc"]),
    ({"type": "enum", "name": "e", "symbols": ["A", "B"]}, ["B"], "varchar(3)", ["B"]),
    ({"type": "bytes", "logicalType": "decimal", "precision": 8, "scale": 2}, [Decimal("1.10")], "decimal(8,2)", [Decimal("1.10")]),
    ({"type": "int", "logicalType": "date"}, [DAY], "date", [DAY]),
    ({"type": "long", "logicalType": "timestamp-millis"}, [MOMENT.replace(tzinfo=dt.UTC)], "timestamp", [MOMENT]),
    ({"type": "long", "logicalType": "local-timestamp-micros"}, [MOMENT], "timestamp", [MOMENT]),
]  # fmt: skip


@pytest.mark.parametrize("codec", ["null", "deflate"])
@pytest.mark.parametrize(("kind", "written", "column", "values"), AVRO)
def test_avro(
    check: Any, table: Any, kind: Any, written: list[Any], column: str, values: list[Any], codec: str
) -> None:
    fields = [{"name": "Other", "type": {"type": "array", "items": "int"}}, {"name": "C", "type": kind}]
    table(avro_file(fields, [{"Other": [1], "C": v} for v in written], codec), f"c {column}, d int", "stored as avro")
    check("select c, d from s.t order by 1", [(v, None) for v in values])


def test_avro_by_the_schema_of_the_table(check: Any, refuses: Any, table: Any, external: Any) -> None:
    schema = r"""{\"type\": \"record\", \"name\": \"row\", \"fields\": [{\"name\": \"b\", \"type\": \"long\"},
        {\"name\": \"z\", \"type\": \"string\", \"default\": \"none\"}]}"""
    clauses = "row format serde 'org.apache.hadoop.hive.serde2.avro.AvroSerDe' with serdeproperties ('avro.schema.literal'='{}') stored as avro"
    fields = [{"name": "a", "type": "string"}, {"name": "b", "type": "int"}]
    table(avro_file(fields, [{"a": "x", "b": 1}]), "b bigint, z varchar(9)", clauses.format(schema))
    check("select * from s.t", [(1, "none")])
    refuses("alter table s.t add column y int", SqlError, "Avro")
    refuses("alter table s.t drop column z", SqlError, "Avro")
    refuses(
        f"create external table s.u (i int) {clauses.format('{')} location 's3://lake/u'",
        UnsupportedSql,
        "avro.schema.literal",
    )
    refuses(
        "create external table s.u (i array<int>) stored as avro location 's3://lake/u'",
        SqlError,
        "avro files can't be of type array",
    )


@pytest.mark.parametrize(
    ("content", "column", "words"),
    [
        (b"not avro", "i int", "not a whole Avro file"),
        (avro_file([{"name": "i", "type": "int"}], [{"i": 1}] * 9)[:-20], "i int", "not a whole Avro file"),
        (avro_file([{"name": "i", "type": ["int", "string"]}], [{"i": 1}]), "i int", "a union of several types"),
        (avro_file([{"name": "i", "type": "int"}], [{"i": 1}]), "i bigint", "of type bigint, the file's is INTEGER"),
        (avro_file([{"name": "i", "type": {"type": "array", "items": "int"}}], [{"i": [1]}]), "i int", "the file's is array"),
    ],
)  # fmt: skip
def test_a_broken_avro_file_is_named(refuses: Any, table: Any, content: bytes, column: str, words: str) -> None:
    table(content, column, "stored as avro")
    refuses("select * from s.t", LoadError, "t/a", words)
