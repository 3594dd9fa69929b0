"""Records of the Data API as values of the type contract, and values as a warehouse prints them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rsnb.engines import texts
from rsnb.engines.data_api.values import Column, batch
from rsnb.errors import SqlError
from rsnb.types import parse


def column(name: str, precision: int = 0, scale: int = 0) -> Column:
    return Column.of({"name": "x", "typeName": name, "precision": precision, "scale": scale})


def read(of: Column, *fields: dict[str, Any]) -> pa.Array:
    return batch([of], [[field] for field in fields]).column(0)


NULL = {"isNull": True}
FIELDS = [  # typeName, precision, scale, a field of a record, the type, the value
    ("int2", 5, 0, {"longValue": 7}, "smallint", 7),
    ("int4", 10, 0, {"longValue": -7}, "integer", -7),
    ("int8", 19, 0, {"longValue": 2**62}, "bigint", 2**62),
    ("oid", 10, 0, {"longValue": 16384}, "bigint", 16384),
    ("numeric", 10, 2, {"stringValue": "1.50"}, "numeric(10,2)", Decimal("1.50")),
    ("numeric", 0, 0, {"stringValue": "150"}, "numeric(38,0)", Decimal(150)),
    ("float4", 8, 8, {"doubleValue": 0.5}, "real", 0.5),
    ("float8", 17, 17, {"doubleValue": 0.25}, "double precision", 0.25),
    ("float8", 17, 17, {"stringValue": "Infinity"}, "double precision", float("inf")),
    ("float8", 17, 17, {"longValue": 3}, "double precision", 3.0),
    ("bool", 1, 0, {"booleanValue": True}, "boolean", True),
    ("bool", 1, 0, {"stringValue": "false"}, "boolean", False),
    ("varchar", 20, 0, {"stringValue": "ä"}, "character varying(20)", "ä"),
    ("bpchar", 4, 0, {"stringValue": "ab  "}, "character(4)", "ab  "),
    ("text", 0, 0, {"stringValue": ""}, "character varying", ""),
    ("date", 13, 0, {"stringValue": "2020-01-02"}, "date", datetime.date(2020, 1, 2)),
    ("timestamp", 29, 6, {"stringValue": "2020-01-02 03:04:05.5"}, "timestamp without time zone",
     datetime.datetime(2020, 1, 2, 3, 4, 5, 500_000)),
    ("timestamptz", 35, 6, {"stringValue": "2020-01-02 03:04:05+02"}, "timestamp with time zone",
     datetime.datetime(2020, 1, 2, 1, 4, 5, tzinfo=datetime.UTC)),
    ("time", 15, 6, {"stringValue": "13:14:15.25"}, "time without time zone", datetime.time(13, 14, 15, 250_000)),
    ("timetz", 21, 6, {"stringValue": "13:14:15+02"}, "time with time zone", "13:14:15+02"),
    ("intervald2s", 0, 0, {"stringValue": "1 days 2 hours 3 mins 4.5 secs"}, "interval day to second",
     datetime.timedelta(1, 7384, 500_000)),
    ("intervaly2m", 0, 0, {"stringValue": "1 years 2 mons"}, "interval year to month", "1 years 2 mons"),
    ("super", 0, 0, {"stringValue": '{"a":1}'}, "super", '{"a":1}'),
    ("varbyte", 10, 0, {"stringValue": "00ff"}, "binary varying(10)", b"\0\xff"),
    ("varbyte", 10, 0, {"blobValue": b"\0\xff"}, "binary varying(10)", b"\0\xff"),
    ("geometry", 0, 0, {"stringValue": "0101000000"}, "geometry", bytes.fromhex("0101000000")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "precision", "scale", "given", "kind", "value"), FIELDS)
def test_the_columns_type_decides(
    name: str, precision: int, scale: int, given: dict[str, Any], kind: str, value: Any
) -> None:
    of = column(name, precision, scale)
    assert str(of.type) == kind
    got = read(of, given, NULL)
    assert got.to_pylist() == [value, None]
    assert got.type == read(of, NULL).type == read(of).type == texts.arrow_type(of.type)


def test_a_type_that_is_not_of_the_contract_comes_as_text() -> None:
    of = column("regproc")
    assert (str(of.type), of.as_text) == ("character varying", True)
    assert read(of, {"stringValue": "now"}, {"longValue": 3}, NULL).to_pylist() == ["now", "3", None]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("int4", {"stringValue": "x"}),
        ("date", {"stringValue": "tomorrow"}),
        ("bool", {"doubleValue": 1.5}),
        ("varbyte", {"stringValue": "zz"}),
        ("numeric", {"booleanValue": True}),
    ],
)
def test_a_value_that_is_none_of_its_type_is_an_error(name: str, field: dict[str, Any]) -> None:
    with pytest.raises(SqlError, match="of the type"):
        read(column(name, 5, 2), field)


MOMENTS = ["0044-03-15 BC", "0001-01-01 BC", "0001-01-01", "1969-12-31", "9999-12-31", "12020-02-29", "4713-01-01 BC"]


@pytest.mark.parametrize("printed", MOMENTS)
def test_dates_before_year_1_and_after_9999(printed: str) -> None:
    year, rest = printed.removesuffix(" BC").split("-", 1)
    iso = f"{1 - int(year):05}-{rest}" if printed.endswith("BC") else f"{int(year):05}-{rest}"
    wanted = np.datetime64(iso, "D").astype(int)
    array = pa.array([printed, None])
    assert texts.read(array, parse("date")).cast(pa.int32()).to_pylist() == [wanted, None]
    moment = printed.replace(" BC", "") + " 01:02:03.000004" + (" BC" if "BC" in printed else "")
    micros = int(wanted) * 86_400_000_000 + 3_723_000_004
    assert texts.read(pa.array([moment]), parse("timestamp")).cast(pa.int64()).to_pylist() == [micros]
    zoned = moment.replace("04", "04+05:30") if " BC" not in moment else moment.replace(" BC", "+05:30 BC")
    got = texts.read(pa.array([zoned]), parse("timestamptz")).cast(pa.int64()).to_pylist()
    assert got == [micros - 19_800_000_000]


INTERVALS = [
    ("1 days 02:03:04.5", 93_784_500_000),
    ("-1 days", -86_400_000_000),
    ("3 days -02:03:04", 251_816_000_000),
    ("0 days 0 hours 0 mins 0.000001 secs", 1),
    ("00:00:00", 0),
]


@pytest.mark.parametrize(("printed", "microseconds"), INTERVALS)
def test_intervals_as_they_are_printed(printed: str, microseconds: int) -> None:
    got = texts.read(pa.array([printed]), parse("interval day to second"))
    assert got.cast(pa.int64()).to_pylist() == [microseconds]
