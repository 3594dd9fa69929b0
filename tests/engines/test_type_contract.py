"""The type contract, over every engine: the same SQL gives the same values, held in the same types.

Over the wire it is PostgreSQL's: what it lacks is written in its words and travels under Redshift's type numbers (see
tests/postgres/redshift.py), in each of the driver's three protocols. The Data API's service runs an embedded warehouse.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

import rsnb
from rsnb import Session
from rsnb.types import RULES
from tests.aws.fixtures import cloud, data_api, running_cloud
from tests.postgres.proxy import Proxy

__all__ = ["cloud", "data_api", "running_cloud"]

ENGINES = ("embedded", "wire-0", "wire-1", "wire-2", "data_api")
UTC = datetime.UTC
ARROW = {
    "double": "float64",
    "float": "float32",
    "timestamp[us, tz=UTC]": "timestamp[us, UTC]",
    "date32[day]": "date32",
}


@dataclass(frozen=True)
class Case:
    """A type: its name, expressions of it, their values. postgres: the expressions there, where they differ.

    since: the driver's protocol from which on PostgreSQL's value can stand for Redshift's.
    """

    type: str
    expressions: tuple[str, ...]
    values: tuple[Any, ...]
    postgres: tuple[str, ...] = ()
    since: int = 0


def literals(kind: str, *texts: str) -> tuple[str, ...]:
    return tuple(f"cast('{text}' as {kind})" for text in texts)


CASES = [
    Case("smallint", literals("smallint", "1", "-32768", "32767"), (1, -32768, 32767)),
    Case("integer", literals("integer", "1", "-2147483648"), (1, -(2**31))),
    Case("bigint", literals("bigint", "1", "-9223372036854775808", "9223372036854775807"), (1, -(2**63), 2**63 - 1)),
    Case("numeric(12,2)", literals("numeric(12, 2)", "1.50", "-9999999999.99"),
         (Decimal("1.50"), Decimal("-9999999999.99"))),
    Case("numeric(18,0)", literals("numeric(18, 0)", "999999999999999999", "0"), (Decimal(10**18 - 1), Decimal(0))),
    Case("numeric(38,9)", literals("numeric(38, 9)", "-12345678901234567890123456789.123456789", "1e-9"),
         (Decimal("-12345678901234567890123456789.123456789"), Decimal("0.000000001"))),
    Case("numeric(38,38)", literals("numeric(38, 38)", "-0.5"), (Decimal("-0." + "5".ljust(38, "0")),)),
    Case("real", literals("real", "0.5", "-1.25"), (0.5, -1.25)),
    Case("double precision", literals("double precision", "0.1", "1e300", "-Infinity"), (0.1, 1e300, float("-inf"))),
    Case("boolean", ("true", "false"), (True, False)),
    Case("character(5)", literals("char(5)", "ab", ""), ("ab   ", "     ")),
    Case("character varying(20)", literals("varchar(20)", "ab ", "é🔑", ""), ("ab ", "é🔑", "")),
    Case("date", literals("date", "2020-02-29", "1500-01-01", "9999-12-31"),
         (datetime.date(2020, 2, 29), datetime.date(1500, 1, 1), datetime.date(9999, 12, 31))),
    Case("timestamp without time zone", literals("timestamp", "2020-02-29 10:11:12.123456", "1500-01-01 00:00:00"),
         (datetime.datetime(2020, 2, 29, 10, 11, 12, 123456), datetime.datetime(1500, 1, 1))),
    Case("timestamp with time zone", literals("timestamptz", "2020-02-29 10:11:12+02", "1969-12-31 23:59:59+00"),
         (datetime.datetime(2020, 2, 29, 8, 11, 12, tzinfo=UTC),
          datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC))),
    Case("time without time zone", literals("time", "10:11:12.123456", "00:00:00"),
         (datetime.time(10, 11, 12, 123456), datetime.time())),
    Case("time with time zone", literals("timetz", "10:11:12+00"), ("10:11:12+00",)),
    Case("interval day to second", ("interval '2 days 3 hours'", "interval '-1 second'"),
         (datetime.timedelta(2, 10800), datetime.timedelta(0, -1)),
         ("interval '2 days 3 hours' day to second", "interval '-1 second' day to second"), since=1),
    Case("super", ("json_parse('{\"a\":[1,null]}')",), ('{"a":[1,null]}',), ("'{\"a\":[1,null]}'::json",), since=1),
    Case("binary varying", ("from_hex('00ff')", "from_hex('')"), (b"\0\xff", b""),
         ("'\\x00ff'::bytea", "'\\x'::bytea"), since=1),
]  # fmt: skip
LACKING = {"geometry", "geography", "hllsketch", "interval year to month"}  # in PostgreSQL, or as Redshift prints it


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def connected(engine: str, request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session of each engine."""
    if engine.startswith("wire"):
        proxied: Callable[..., Proxy] = request.getfixturevalue("proxied")
        wired: Callable[..., Session] = request.getfixturevalue("wired")
        yield wired(proxied(protocol=int(engine[-1])))
        return
    address = "embedded://"
    if engine == "data_api":
        request.getfixturevalue("data_api")
        address = "data-api://sales/dev?region=eu-west-1"
    with rsnb.connect(address) as session:
        yield session


def query(case: Case, engine: str) -> str:
    """Each expression in a row, and a NULL."""
    written = case.postgres if engine.startswith("wire") and case.postgres else case.expressions
    rows = [f"select {i} as n, {expression} as v" for i, expression in enumerate(written)]
    rows.append(f"select {len(rows)}, null")
    loses = "(" in case.type or (case.type.startswith("interval") and engine.startswith("wire"))  # digits, fields
    value = f"cast(v as {case.type})" if loses else "v"
    return f"select {value} as v from (" + " union all ".join(rows) + ") as given order by n"


def test_every_type_over_every_engine(connected: Session, engine: str, project: None) -> None:
    for case in CASES:
        if engine.startswith("wire") and int(engine[-1]) < case.since:
            continue
        result = connected.sql(query(case, engine))
        name, _, digits = case.type.partition("(")
        rule = RULES[name]
        held = rule.arrow.replace("(p, s)", "(" + digits.replace(",", ", "))
        said = result.types["v"]
        assert said == case.type or said.startswith(name), (case.type, said)
        assert ARROW.get(str(result.table.schema.field("v").type), str(result.table.schema.field("v").type)) == held
        assert str(result.df()["v"].dtype) == rule.pandas.replace("(p, s)", "(" + digits.replace(",", ", ")), case.type
        assert result.table.column("v").to_pylist() == [*case.values, None], case.type
        assert result.receipt.notes == ()


def test_the_cases_are_the_contract() -> None:
    assert {case.type.partition("(")[0] for case in CASES} | LACKING == set(RULES)
