"""The unmodified driver connects to PostgreSQL through the proxy, and what the proxy makes of rows is what it reads."""

from __future__ import annotations

import datetime
import gc
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import redshift_connector

from tests.postgres.certificates import Authority
from tests.postgres.faults import POINTS, Fault
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD, USERS


def connect(proxy: Proxy, user: str = "scram", **options: Any) -> redshift_connector.Connection:
    given = {"password": PASSWORD, "ssl": False, **options}
    connection = redshift_connector.connect(host="127.0.0.1", port=proxy.port, database="postgres", user=user, **given)
    connection.autocommit = True
    return connection


def refused(proxy: Proxy) -> None:
    with pytest.raises((redshift_connector.Error, ConnectionError)):
        connect(proxy)
    gc.collect()  # the driver leaves the socket of a failed login open


def ask(proxy: Proxy, sql: str, **options: Any) -> Any:
    connection = connect(proxy, **options)
    try:
        return connection.cursor().execute(sql).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("user", USERS)
def test_every_way_of_signing_in(proxy: Proxy, user: str) -> None:
    assert ask(proxy, "select current_user", user=user) == ([user],)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_tls_with_an_authority_of_our_own(
    proxied: Callable[..., Proxy], authority: Authority, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    proxy = proxied(tls=authority.server("127.0.0.1"))
    assert ask(proxy, "select 1", ssl=True, sslmode=mode) == ([1],)
    assert proxy.starts[-1].encrypted


VALUES = [  # PostgreSQL's expression, what the driver reads in protocols 0, 1 and 2
    ("1.25::numeric(12,2)", [Decimal("1.25")] * 3),
    ("'-3.5'::numeric(30,3)", [Decimal("-3.500")] * 3),
    ("'-12345678901234567890.12'::numeric(38,2)", [Decimal("-12345678901234567890.12")] * 3),
    ("0::numeric(5,4)", [Decimal("0.0000")] * 3),
    ("null::numeric(5,4)", [None] * 3),
    ("date '2020-02-29'", [datetime.date(2020, 2, 29)] * 3),
    ("time '10:11:12.5'", [datetime.time(10, 11, 12, 500000)] * 3),
    ("'{\"a\":1}'::json", [{"a": 1}, '{"a":1}', '{"a":1}']),
    ("'\\x0041'::bytea", ["\\x0041", "\x00A", "0041"]),
]


@pytest.mark.parametrize("protocol", [0, 1, 2])
@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_the_protocols(proxied: Callable[..., Proxy], protocol: int, expression: str, expected: list[Any]) -> None:
    assert ask(proxied(protocol=protocol), f"select {expression}, 7") == ([expected[protocol], 7],)


@pytest.mark.parametrize("point", [p for p in POINTS if p not in ("connect", "startup", "error")])
def test_a_cut_reaches_the_driver(proxy: Proxy, point: str) -> None:
    connection = connect(proxy)
    proxy.fault = Fault(point)
    with pytest.raises(Exception):  # noqa: B017  what the driver raises is its own affair
        connection.cursor().execute("select i from generate_series(1, 9) i /* fault */")
    connection.close()
    assert ask(proxy, "select 1 /* fault */") == ([1],)


LEAKS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@LEAKS
@pytest.mark.parametrize("point", ["connect", "startup"])
def test_a_cut_before_the_login(proxy: Proxy, point: str) -> None:
    proxy.fault = Fault(point)
    refused(proxy)


def test_a_delay(proxy: Proxy) -> None:
    connection = connect(proxy)
    proxy.fault = Fault("after the last row", cut=False, seconds=0.2)
    start = time.perf_counter()
    assert connection.cursor().execute("select 1 /* fault */").fetchall() == ([1],)
    assert time.perf_counter() - start > 0.2
    connection.close()


@LEAKS
def test_an_unreachable_proxy_hangs_up_and_comes_back(proxy: Proxy) -> None:
    proxy.reachable = False
    refused(proxy)
    proxy.reachable = True
    assert ask(proxy, "select 1") == ([1],)
