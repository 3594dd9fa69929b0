"""One contract for every engine: the types, the names, the limits, the transactions and the errors of a session.

The engines: the embedded warehouse; the wire in the driver's protocols 0 and 2, to PostgreSQL behind a proxy; the Data
API on loopback, which runs an embedded warehouse. PostgreSQL spells some types its own way: the proxy sends its json as
SUPER and its bytea as VARBYTE.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest

import rsnb
from rsnb import ConfigError, Session, SqlError
from rsnb.types import parse
from tests.aws.fixtures import cloud, data_api, running_cloud
from tests.postgres.fixtures import postgres, proxied
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD

__all__ = ["cloud", "data_api", "postgres", "proxied", "running_cloud"]

ENGINES = ["embedded", "wire", "wire-binary", "data-api"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, project: object) -> Iterator[Session]:
    """A session of each engine in turn."""
    with ExitStack() as stack:
        if request.param == "data-api":
            request.getfixturevalue("data_api")
            url = "data-api://sales/dev?region=eu-west-1"
        elif request.param == "embedded":
            url = "embedded://"
        else:
            opened: Callable[..., Proxy] = request.getfixturevalue("proxied")
            proxy = opened(protocol=2 if request.param == "wire-binary" else 0)
            url = f"redshift://scram:{quote(PASSWORD, safe='')}@127.0.0.1:{proxy.port}/postgres?tls=off"
        session = stack.enter_context(rsnb.connect(url))
        if url.startswith("redshift:"):  # a backslash escapes at Redshift
            session.sql("set standard_conforming_strings = off; set escape_string_warning = off")
        yield session
    rsnb.datasets.clear()


TYPES: list[tuple[str, str, Any]] = [  # the type, an expression of it, its value in Arrow
    ("smallint", "7", 7),
    ("integer", "-7", -7),
    ("bigint", "4611686018427387904", 2**62),
    ("numeric(10,2)", "1.50", Decimal("1.50")),
    ("numeric(38,9)", "-12345678901234567890.123456789", Decimal("-12345678901234567890.123456789")),
    ("real", "0.5", 0.5),
    ("double precision", "0.1", 0.1),
    ("double precision", "'Infinity'", float("inf")),
    ("boolean", "true", True),
    ("character varying(20)", "'ä🦆'", "ä🦆"),
    ("date", "'2020-02-29'", datetime.date(2020, 2, 29)),
    ("date", "'1900-01-01'", datetime.date(1900, 1, 1)),
    ("timestamp", "'2020-01-02 03:04:05.000006'", datetime.datetime(2020, 1, 2, 3, 4, 5, 6)),
    ("timestamptz", "'2020-01-02 03:04:05+02'", datetime.datetime(2020, 1, 2, 1, 4, 5, tzinfo=datetime.UTC)),
    ("time", "'13:14:15.25'", datetime.time(13, 14, 15, 250_000)),
]
ARROW = {
    "bigint": "int64",
    "boolean": "bool",
    "character varying": "string",
    "date": "date32[day]",
    "double precision": "double",
    "integer": "int32",
    "real": "float",
    "smallint": "int16",
    "time without time zone": "time64[us]",
    "timestamp with time zone": "timestamp[us, tz=UTC]",
    "timestamp without time zone": "timestamp[us]",
}


@pytest.mark.parametrize(("kind", "sql", "value"), TYPES)
def test_a_type_is_the_same_over_every_engine(engine: Session, kind: str, sql: str, value: Any) -> None:
    engine.sql(f"create temp table contract_types (x {kind}); insert into contract_types values ({sql}), (null)")
    result = engine.sql("select x from contract_types order by x is null")
    digits = kind.partition("(")[2].rstrip(")").replace(",", ", ")
    rule = parse(kind).rule
    assert str(result.table.column("x").type) == ARROW.get(rule.name, f"decimal128({digits})")
    assert result.table.column("x").to_pylist() == [value, None]
    assert result.types["x"] == str(parse(kind)) if digits else parse(result.types["x"]).rule is rule
    assert str(result.df()["x"].dtype) == rule.pandas.replace("p, s", digits)
    nothing = engine.sql("select x from contract_types where false")
    assert nothing.table.schema.types == result.table.schema.types
    assert nothing.df()["x"].dtype == result.df()["x"].dtype


def test_a_column_type_is_decided_without_its_values(engine: Session) -> None:
    nulls = engine.sql("select null::int as a, null::numeric(5,1) as b, null::date as c, null::boolean as d")
    assert [str(kind) for kind in nulls.table.schema.types] == ["int32", "decimal128(5, 1)", "date32[day]", "bool"]
    assert nulls.table.to_pylist() == [{"a": None, "b": None, "c": None, "d": None}]


def test_names_are_as_the_warehouse_gives_them(engine: Session) -> None:
    result = engine.sql('select 1 as x, 2 as x, 3 as "a b", 4 as Upper')
    assert result.columns == ["x", "x", "a b", "upper"]
    assert result.df().iloc[0].tolist() == [1, 2, 3, 4]


def test_rows_are_cut_off_where_they_are_told_to(engine: Session) -> None:
    engine.sql("create table contract_rows (i int)")
    try:
        engine.sql("insert into contract_rows values " + ", ".join(f"({i})" for i in range(25)))
        few = engine.sql("select i from contract_rows order by i", max_rows=10)
        assert (few.table.column("i").to_pylist(), few.receipt.cut_off) == (list(range(10)), True)
        whole = engine.sql("select i from contract_rows order by i", max_rows=25)
        assert (len(whole), whole.receipt.cut_off) == (25, False)
        with pytest.raises(ConfigError):
            engine.sql("select 1", max_rows=-1)
    finally:
        engine.sql("drop table contract_rows")


def test_values_are_bound(engine: Session) -> None:
    hostile = 'it\'s; drop table x -- "y" \\ 🦆 :name $1 %s'
    values = {"text": hostile, "number": 7, "none": None, "day": datetime.date(2020, 1, 2), "money": Decimal("1.50")}
    sql = "select :text::varchar(100) as a, :number::int as b, :none::int as c, :day as d, :money::numeric(5,2) as e"
    row = engine.sql(f"{sql}, 2 in (:items) as f", **values, items=[1, 2]).table.to_pylist()[0]
    assert row == {
        "a": hostile, "b": 7, "c": None, "d": datetime.date(2020, 1, 2), "e": Decimal("1.50"), "f": True,
    }  # fmt: skip


def test_a_transaction_is_followed(engine: Session) -> None:
    engine.sql("create table contract_rows (i int)")
    try:
        assert engine.transaction == "idle"
        engine.sql("begin; insert into contract_rows values (1)")
        assert engine.transaction == "open"
        engine.sql("rollback")
        assert engine.transaction == "idle"
        engine.sql("begin; insert into contract_rows values (2); commit")
        assert engine.sql("select i from contract_rows").scalar() == 2
        engine.sql("begin")
        with pytest.raises(SqlError) as caught:
            engine.sql("select nosuch from contract_rows")
        assert engine.transaction == "failed"
        assert "rollback" in (caught.value.hint or "")
        with pytest.raises(SqlError, match="aborted"):
            engine.sql("select 1")
        engine.sql("rollback")
        assert engine.transaction == "idle"
    finally:
        engine.sql("drop table contract_rows")


def test_a_batch_is_all_or_nothing(engine: Session) -> None:
    engine.sql("create table contract_rows (i int)")
    try:
        with pytest.raises(SqlError):
            engine.batch("insert into contract_rows values (1); select nosuch from contract_rows")
        assert engine.sql("select count(*) from contract_rows").scalar() == 0
        results = engine.batch("insert into contract_rows values (1); select 1")
        assert [result.receipt.command.split()[0] for result in results] == ["INSERT", "SELECT"]
        assert engine.sql("select count(*) from contract_rows").scalar() == 1
    finally:
        engine.sql("drop table contract_rows")


def test_an_error_marks_its_place(engine: Session) -> None:
    with pytest.raises(SqlError) as caught:
        engine.sql("select 1;\nselect\n  nosuch")
    assert "nosuch" in caught.value.message
    assert (caught.value.line, caught.value.column) == (3, 3)
    assert engine.sql("select 1").scalar() == 1


def test_a_temporary_table_lasts_as_long_as_the_session(engine: Session) -> None:
    engine.sql("create temp table contract_temp as select 7 as a")
    assert engine.sql("select a from contract_temp").scalar() == 7


def test_a_command_has_no_rows(engine: Session) -> None:
    result = engine.sql("create table contract_rows (i int)")
    assert (result.columns, len(result), result.receipt.command) == ([], 0, "CREATE TABLE")
    assert engine.sql("drop table contract_rows").receipt.command == "DROP TABLE"
    assert isinstance(result.table, pa.Table)
