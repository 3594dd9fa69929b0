"""COPY of Parquet and ORC: columns by position, the types that match, and those that do not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from rsnb.errors import LoadError, SqlError

DAY = dt.date(2020, 1, 1)
AT = dt.datetime(2020, 1, 1, 10, 11, 12, 500000)


def write(folder: Path, kind: str, **columns: pa.Array) -> None:
    table = pa.table(columns)
    place = str(folder / f"data.{kind}")
    pq.write_table(table, place) if kind == "parquet" else orc.write_table(table, place)


LOADS: list[tuple[str, pa.Array, Any]] = [
    ("smallint", pa.array([1, None], pa.int16()), [1, None]),
    ("int", pa.array([1, None], pa.int32()), [1, None]),
    ("bigint", pa.array([2**40, None], pa.int64()), [2**40, None]),
    ("decimal(9,2)", pa.array([Decimal("1.25"), None], pa.decimal128(7, 2)), [Decimal("1.25"), None]),
    ("real", pa.array([0.5, None], pa.float32()), [0.5, None]),
    ("float8", pa.array([0.1, None], pa.float64()), [0.1, None]),
    ("boolean", pa.array([True, None]), [True, None]),
    ("varchar(3)", pa.array(["é", None]), ["é", None]),
    ("char(3)", pa.array(["a ", None]), ["a  ", None]),
    ("date", pa.array([DAY, None]), [DAY, None]),
    ("timestamp", pa.array([AT, None], pa.timestamp("us")), [AT, None]),
    ("timestamp", pa.array([AT, None], pa.timestamp("us", "UTC")), [AT, None]),
    ("varbyte(9)", pa.array([b"\x00", None], pa.binary()), [b"\x00", None]),
    ("int", pa.nulls(2), [None, None]),
]


@pytest.mark.parametrize(("kind", "array", "expected"), LOADS)
@pytest.mark.parametrize("form", ["parquet", "orc"])
def test_a_column_is_loaded_as_its_type(
    check: Any, lake: Path, form: str, kind: str, array: pa.Array, expected: Any
) -> None:
    if form == "orc" and pa.types.is_null(array.type):
        pytest.skip("ORC has no column without a type")
    write(lake, form, x=array)
    check(
        f"create table t (c {kind}); copy t from 's3://lake/data' iam_role default format as {form}", command="COPY 2"
    )
    check("select c from t", [(value,) for value in expected])


REFUSED: list[tuple[str, pa.Array, str]] = [
    ("int", pa.array([1], pa.int64()), "its column x is of type BIGINT, the column c of integer"),
    ("bigint", pa.array([1], pa.int32()), "of type INTEGER, the column c of bigint"),
    ("int", pa.array(["1"]), "of type VARCHAR, the column c of integer"),
    ("decimal(9,2)", pa.array([Decimal("1.250")]), "of type DECIMAL(4,3), the column c of numeric(9,2)"),
    ("varchar(3)", pa.array(["abcd"]), "column c: 'abcd' is 4 bytes long, the column 3"),
    ("int not null", pa.array([None], pa.int32()), "column c: the column can't be NULL"),
    ("super", pa.array([[1]]), "of type INTEGER[]"),
]


@pytest.mark.parametrize(("kind", "array", "words"), REFUSED)
def test_a_column_that_does_not_match(
    check: Any, refuses: Any, lake: Path, kind: str, array: pa.Array, words: str
) -> None:
    array = array.cast(pa.list_(pa.int32())) if pa.types.is_list(array.type) else array
    write(lake, "parquet", x=array)
    refuses(f"create table t (c {kind}); copy t from 's3://lake/data' iam_role default parquet", LoadError,
            "s3://lake/data.parquet", words)  # fmt: skip
    check("select * from t", [])


def test_nested_columns_into_super(check: Any, lake: Path) -> None:
    nested = pa.array([{"a": [1, 2], "B": "x"}, None])
    for form in ("parquet", "orc"):
        write(lake, form, x=nested)
        check(f"drop table if exists t; create table t (c super); "
              f"copy t from 's3://lake/data.{form}' iam_role default {form} serializetojson")  # fmt: skip
        check("select c from t", [('{"a":[1,2],"B":"x"}',), (None,)])


def test_the_number_of_columns(check: Any, refuses: Any, lake: Path) -> None:
    write(lake, "parquet", x=pa.array([1], pa.int32()))
    copy = "copy t from 's3://lake/data.parquet' iam_role default parquet"
    refuses(f"create table t (a int, b varchar(9)); {copy}", LoadError, "1 columns for 2 of t", "it has x")
    check(f"{copy} fillrecord; select * from t", [(1, None)])
    check("copy t (a) from 's3://lake/data.parquet' iam_role default parquet noload", command="COPY 1")


def test_files_that_are_none(refuses: Any, put: Any) -> None:
    for form, name in (("parquet", "Parquet"), ("orc", "ORC")):
        place = put("in/a", b"not one of these files, whatever it says")
        refuses(f"create table if not exists t (a int); copy t from '{place}' iam_role default {form}", LoadError,
                f"in/a is not a{'n' if name == 'ORC' else ''} {name} file")  # fmt: skip


@pytest.mark.parametrize("option", ["maxerror 3", "gzip", "delimiter ','", "compupdate on"])
def test_options_that_columnar_files_do_not_take(refuses: Any, lake: Path, option: str) -> None:
    write(lake, "parquet", x=pa.array([1], pa.int32()))
    refuses(f"create table t (a int); copy t from 's3://lake/data' iam_role default parquet {option}", SqlError,
            f"{option.split()[0].upper()} is not supported for COPY from PARQUET")  # fmt: skip
