"""Type names as Redshift writes them, and what holds them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from rsnb.errors import SqlError
from rsnb.types import of_arrow, parse


@pytest.mark.parametrize(
    ("text", "shown", "duckdb"),
    [
        ("INT", "integer", "INTEGER"), ("int8", "bigint", "BIGINT"), ("float", "double precision", "DOUBLE"),
        ("numeric", "numeric(18,0)", "DECIMAL(18,0)"), ("decimal(8, 2)", "numeric(8,2)", "DECIMAL(8,2)"),
        ("varchar", "character varying(256)", "VARCHAR"), ("varchar(max)", "character varying(65535)", "VARCHAR"),
        ("timestamp", "timestamp without time zone", "TIMESTAMP"),
        ("timestamptz", "timestamp with time zone", "TIMESTAMP WITH TIME ZONE"),
        ("varbyte", "binary varying(64000)", "BLOB"),
        ("char(3)", "character(3)", "VARCHAR"),
        ("interval day to second", "interval day to second", "INTERVAL"), ("super", "super", "JSON"),
    ],
)  # fmt: skip
def test_names(text: str, shown: str, duckdb: str) -> None:
    assert (str(parse(text)), parse(text).duckdb) == (shown, duckdb)


@pytest.mark.parametrize("text", ["foo", "numeric(39,0)", "numeric(3,4)", "int(3)", "varchar(", ""])
def test_unknown_types(text: str) -> None:
    with pytest.raises(SqlError):
        parse(text)


def test_arrow_types() -> None:
    assert of_arrow(pa.decimal128(8, 2)) == "numeric(8,2)"
    assert of_arrow(pa.timestamp("us", "UTC")) == "timestamp with time zone"
    with pytest.raises(SqlError, match="name the field"):
        of_arrow(pa.struct({"a": pa.int32()}))
