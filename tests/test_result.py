"""Results: one contract from Redshift type to Arrow to pandas, whatever the values; frames, scalars, receipts."""

from __future__ import annotations

import builtins
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pytest

from rsnb import MissingExtra, Receipt, Result, RsnbError, Session
from rsnb.result import frame_of
from rsnb.types import RULES

UTC = dt.UTC

SKETCH = '{"version":1,"logm":15,"sparse":{"indices":[40242751],"values":[2]}}'

# Redshift type, Arrow type, pandas dtype, a literal, its value
CONTRACT = [
    ("smallint", "int16", "Int16", "-5", -5),
    ("integer", "int32", "Int32", "7", 7),
    ("bigint", "int64", "Int64", "9007199254740993", 9007199254740993),
    ("numeric(5,2)", "decimal128(5, 2)", "decimal128(5, 2)[pyarrow]", "'123.45'", Decimal("123.45")),
    ("numeric(38,10)", "decimal128(38, 10)", "decimal128(38, 10)[pyarrow]", "'0.0000000001'", Decimal("0.0000000001")),
    ("real", "float", "float32", "0.5", 0.5),
    ("double precision", "double", "float64", "0.1", 0.1),
    ("boolean", "bool", "boolean", "true", True),
    ("varchar(20)", "string", "str", "'größe'", "größe"),
    ("date", "date32[day]", "datetime64[s]", "'2024-02-29'", dt.date(2024, 2, 29)),
    ("timestamp", "timestamp[us]", "datetime64[us]", "'2024-02-29 01:02:03.000004'",
     dt.datetime(2024, 2, 29, 1, 2, 3, 4)),
    ("timestamptz", "timestamp[us, tz=UTC]", "datetime64[us, UTC]", "'2024-02-29 01:02:03+02'",
     dt.datetime(2024, 2, 28, 23, 2, 3, tzinfo=UTC)),
    ("time", "time64[us]", "time64[us][pyarrow]", "'01:02:03.000004'", dt.time(1, 2, 3, 4)),
    ("super", "string", "str", "json_parse('[1]')", "[1]"),
    ("timetz", "string", "str", "'01:02:03.5-08'", "09:02:03.5+00"),
    ("interval year to month", "string", "str", "'1-2'", "1 year 2 mons"),
    ("interval day to second", "duration[us]", "timedelta64[us]", "'1 2:03:04.5'",
     dt.timedelta(1, 7384, 500000)),
    ("char(3)", "string", "str", "'ab'", "ab "),
    ("hllsketch", "string", "str", f"'{SKETCH}'", SKETCH),
    ("varbyte", "binary", "binary[pyarrow]", "from_hex('00ff')", b"\x00\xff"),
]  # fmt: skip
NOT_YET = {"geography", "geometry"}
ROWS = {
    "values": "insert into t values ({0}), (null)",
    "all null": "insert into t values (null), (null)",
    "no rows": "select 1",
}


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize(("redshift", "arrow", "pandas", "literal", "value"), CONTRACT, ids=[c[0] for c in CONTRACT])
def test_a_type_is_held_the_same_whatever_the_values(
    session: Session, redshift: str, arrow: str, pandas: str, literal: str, value: object, rows: str
) -> None:
    session.sql(f"create table t (v {redshift}); {ROWS[rows].format(literal)}")
    result = session.sql("select v from t order by v is null")
    assert str(result.table.schema.field("v").type) == arrow
    assert str(result.df().dtypes["v"]) == pandas
    expected = {"values": [value, None], "all null": [None, None], "no rows": []}[rows]
    assert result.table.column("v").to_pylist() == expected
    if rows == "values":
        held = result.df()["v"].iloc[0]
        assert held == (pd.Timestamp(str(value)) if redshift == "date" else value)
        assert pd.isna(result.df()["v"].iloc[1])
    assert result.types["v"].split("(")[0] in RULES


def test_every_rule_is_in_the_contract(session: Session) -> None:
    session.sql("create table t (" + ", ".join(f"c{i} {c[0]}" for i, c in enumerate(CONTRACT)) + ")")
    kinds = session.sql("select * from t").types.values()
    assert {kind.split("(")[0] for kind in kinds} == set(RULES) - NOT_YET


def test_an_expression_without_a_type_is_a_text(session: Session) -> None:
    result = session.sql("select null as n")
    assert str(result.df().dtypes["n"]) == "str"


def test_columns_of_one_name_are_all_kept(session: Session) -> None:
    result = session.sql("select 1 as a, 'x' as a, 2.5 as b, null as a")
    assert result.columns == ["a", "a", "b", "a"]
    assert list(result.df().columns) == ["a", "a", "b", "a"]
    assert result.df().iloc[0, :3].tolist() == [1, "x", Decimal("2.5")]
    assert [str(kind) for kind in result.df().dtypes] == ["Int32", "str", "decimal128(2, 1)[pyarrow]", "str"]


def test_a_frame_is_made_once(session: Session) -> None:
    result = session.sql("select 1 as a")
    assert result.df() is result.df()
    assert result.arrow() is result.table


def test_polars_takes_the_rows(session: Session) -> None:
    frame = session.sql("select 1 as a, 'x' as b, '2020-01-01'::date as c, null::numeric(5,2) as d").polars()
    assert {name: str(kind) for name, kind in frame.schema.items()} == {
        "a": "Int32",
        "b": "String",
        "c": "Date",
        "d": "Decimal(precision=5, scale=2)",
    }
    assert frame.rows() == [(1, "x", dt.date(2020, 1, 1), None)]


def test_polars_with_two_columns_of_one_name_says_what_to_do(session: Session) -> None:
    with pytest.raises(RsnbError, match="several columns named a") as caught:
        session.sql("select 1 as a, 2 as a").polars()
    assert "alias" in (caught.value.hint or "")


def test_without_polars_the_error_says_what_to_install(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> ModuleType:
        if name == "polars":
            raise ModuleNotFoundError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    result = session.sql("select 1 as a")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match="polars") as caught:
        result.polars()
    assert "pip install" in (caught.value.hint or "")


def test_a_scalar_is_one_row_of_one_column(session: Session) -> None:
    assert session.sql("select 42").scalar() == 42
    assert session.sql("select null").scalar() is None
    for text, shape in [
        ("select 1, 2", "1 row of 2 columns"),
        ("select 1 union all select 2", "2 rows of 1 column"),
        ("select 1 where false", "0 rows of 1 column"),
        ("create table t (a int)", "0 rows of 0 columns"),
    ]:
        with pytest.raises(RsnbError, match=f"a scalar is one row of one column; this result has {shape}$"):
            session.sql(text).scalar()


def test_a_command_gives_no_rows(session: Session) -> None:
    result = session.sql("create table t (a int)")
    assert (len(result), result.columns, result.df().shape) == (0, [], (0, 0))
    assert result.receipt.command == "CREATE TABLE"


def test_a_result_shows_as_a_table(session: Session) -> None:
    html = session.sql("select 1 as a, '<b>' as b, null::int as c")._repr_html_()
    assert "<table" in html
    assert "&lt;b&gt;" in html
    assert "NULL" in html


RECEIPTS: list[tuple[Mapping[str, object], str]] = [
    ({"rows": 0}, "0 rows · 0.00 s · query 7"),
    ({"rows": 1}, "1 row · 0.00 s · query 7"),
    ({"rows": 1234567, "seconds": 1.234, "command": "SELECT"}, "1,234,567 rows · 1.23 s · query 7"),
    ({"rows": 10, "cut_off": True}, "10 rows (cut off at max_rows) · 0.00 s · query 7"),
    ({"command": "INSERT 3"}, "INSERT 3 · 0.00 s · query 7"),
    ({"rows": 2, "s3_files": 1, "s3_bytes": 10}, "2 rows · 0.00 s · 1 lake file, 0.0 MB · query 7"),
    ({"rows": 2, "s3_files": 1200, "s3_bytes": 2_500_000}, "2 rows · 0.00 s · 1,200 lake files, 2.5 MB · query 7"),
]


@pytest.mark.parametrize(("known", "shown"), RECEIPTS)
def test_a_receipt_is_one_line(known: Mapping[str, object], shown: str) -> None:
    assert str(Receipt(7, "select", **known)) == shown  # type: ignore[arg-type]


def test_a_receipt_says_what_ran(session: Session) -> None:
    receipt = session.sql("select :a as a union all select 2", a=1).receipt
    assert (receipt.rows, receipt.command, receipt.connection) == (2, "SELECT", "embedded")
    assert receipt.sql == "select 1 as a union all select 2"
    assert receipt.seconds > 0
    assert receipt.bytes > 0
    assert session.sql("select 1").receipt.query_id > receipt.query_id


def test_a_frame_can_be_made_of_any_table() -> None:
    frame = frame_of(pa.table({"d": pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31)]), "n": pa.nulls(2)}))
    assert frame["d"].dt.year.tolist() == [1, 9999]
    assert [str(kind) for kind in frame.dtypes] == ["datetime64[s]", "str"]


def test_a_result_without_a_warehouse() -> None:
    result = Result(pa.table({"a": [1, 2]}))
    assert len(result) == 2
    assert result.df()["a"].tolist() == [1, 2]
