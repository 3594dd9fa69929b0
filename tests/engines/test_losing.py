"""A connection that is lost: what is safe is run again, for the rest the error says what is known."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from rsnb import Cancelled, ConnectionLost, Session
from rsnb.engines.wire import reconnecting
from tests.engines.test_stopping import interrupt
from tests.postgres.faults import Fault
from tests.postgres.proxy import Proxy
from tests.postgres.server import Server

DURING = ("description", "between rows", "within a row", "after the last row", "completed")
ROWS = "select /* fault */ i from generate_series(1, 9) i"
AGAIN = ("reconnected: temporary tables and settings of the session before are gone",)


@pytest.fixture
def table(postgres: Server) -> Callable[[], int]:
    """A table that counts what is inserted."""
    postgres.psql("drop table if exists kept; create table kept (a int); grant all on kept to public")
    return lambda: int(postgres.psql("select count(*) from kept"))


@pytest.mark.parametrize("point", ["statement", *DURING])
def test_a_query_is_run_again(wire: Session, proxy: Proxy, point: str) -> None:
    proxy.fault = Fault(point)
    result = wire.sql(ROWS)
    assert (len(result), result.receipt.notes) == (9, AGAIN)
    assert wire.sql("select 1").receipt.notes == ()


@pytest.mark.parametrize("point", DURING)
def test_a_query_is_not_run_again_for_ever(wire: Session, proxy: Proxy, point: str) -> None:
    proxy.fault = Fault(point, times=99)
    with pytest.raises(ConnectionLost, match="is lost: the server hung up"):
        wire.sql(ROWS)
    proxy.fault = None
    assert wire.sql("select 1").scalar() == 1


def test_what_was_not_sent_is_sent_again(wire: Session, proxy: Proxy, table: Callable[[], int]) -> None:
    proxy.fault = Fault("statement")
    assert wire.sql("insert /* fault */ into kept values (1)").receipt.notes == AGAIN
    proxy.cut()  # while nothing runs
    wire.sql("insert into kept values (2)")
    assert table() == 2


def test_of_a_change_that_was_sent_it_is_said_that_nothing_is_known(
    wire: Session, proxy: Proxy, table: Callable[[], int]
) -> None:
    proxy.fault = Fault("after the last row")
    with pytest.raises(ConnectionLost, match="after `insert` was sent: whether it took effect is not known") as caught:
        wire.sql("insert /* fault */ into kept values (1)")
    assert "look at the data" in (caught.value.hint or "")
    assert table() == 1  # it did, and it was not run again


@pytest.mark.parametrize(
    "sql", ["select /* fault */ * into copied from kept", "create /* fault */ table copied (a int)"]
)
def test_what_writes_is_not_run_again(wire: Session, proxy: Proxy, table: Callable[[], int], sql: str) -> None:
    wire.sql("drop table if exists copied")
    proxy.fault = Fault("after the last row")
    with pytest.raises(ConnectionLost, match="is not known"):
        wire.sql(sql)


def test_in_a_transaction_nothing_is_run_again(wire: Session, proxy: Proxy, table: Callable[[], int]) -> None:
    wire.sql("begin; insert into kept values (1)")
    proxy.fault = Fault("between rows")
    with pytest.raises(ConnectionLost, match="in a transaction: the server rolls it back") as caught:
        wire.sql(ROWS)
    assert "begin it again" in (caught.value.hint or "")
    assert (wire.transaction, wire.sql("select count(*) from kept").scalar()) == ("idle", 0)


def test_of_a_commit_nothing_is_known(wire: Session, proxy: Proxy, table: Callable[[], int]) -> None:
    wire.sql("begin; insert into kept values (1)")
    proxy.fault = Fault("after the last row")
    with pytest.raises(ConnectionLost, match="after `commit` was sent: whether it took effect is not known"):
        wire.sql("commit /* fault */ work")
    assert table() == 1


def test_after_rows_were_given_a_stream_is_not_begun_again(wire: Session, proxy: Proxy) -> None:
    proxy.fault = Fault("between rows", row=30_000)
    with (
        pytest.raises(ConnectionLost, match="is lost"),
        wire.stream("select /* fault */ i, repeat('x', 500) from generate_series(1, 40000) i") as stream,
    ):
        for _ in stream:
            pass
    assert 0 < stream.rows <= 30_000
    assert wire.sql("select 1").receipt.notes == AGAIN


def test_a_server_that_ends_the_session_says_why(wire: Session, proxy: Proxy, postgres: Server) -> None:
    wire.sql("begin")
    threading.Timer(
        0.3, lambda: postgres.psql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'scram'")
    ).start()
    with pytest.raises(ConnectionLost, match="terminating connection due to administrator command"):
        wire.sql("select i from generate_series(1, 1000) i where pg_sleep(0.01) is not null")
    assert wire.sql("select 1").scalar() == 1


def test_it_reconnects_when_the_cluster_is_back(wire: Session, proxy: Proxy) -> None:
    proxy.reachable = False
    proxy.cut()
    threading.Timer(0.8, lambda: setattr(proxy, "reachable", True)).start()
    start = time.monotonic()
    assert wire.sql("select 1").scalar() == 1
    assert time.monotonic() - start > 0.7


def test_while_it_reconnects_it_says_so_and_can_be_stopped(wire: Session, proxy: Proxy) -> None:
    lines: list[str] = []
    wire.on_progress = lines.append
    proxy.reachable = False
    proxy.cut()
    interrupt(2.5)
    with pytest.raises(Cancelled, match="stopped while reconnecting"):
        wire.sql("select 1")
    assert any(line.startswith("reconnecting: attempt ") for line in lines)
    assert lines[-1] == ""
    proxy.reachable = True
    assert wire.sql("select 1").scalar() == 1


def test_it_gives_up_in_time(wired: Callable[..., Session], proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RSNB_RECONNECT", "1")
    session = wired(proxy)
    proxy.reachable = False
    proxy.cut()
    with pytest.raises(ConnectionLost, match=r"hung up during the login \(tried \d times in 1 s\)"):
        session.sql("select 1")
    proxy.reachable = True


def test_the_pauses_grow_and_differ() -> None:
    assert reconnecting.pause(0) == 0
    for attempt in range(1, 12):
        middle = min(reconnecting.FIRST * 2 ** (attempt - 1), reconnecting.MOST)
        assert middle * 0.8 <= reconnecting.pause(attempt) <= middle * 1.2
    assert len({reconnecting.pause(3) for _ in range(9)}) > 1


@pytest.mark.parametrize(
    ("sql", "safe"),
    [
        ("select 1", True), ("  -- a\n/* b */ SELECT 1", True), ("(select 1) union (select 2)", True),
        ("with a as (select 1) select * from a", True), ("show search_path", True), ("explain select 1", True),
        ("values (1)", True), ("select 'into'", True), ('select 1 as "into"', True),
        ("select 1 into t", False), ("insert into t select 1", False), ("create table t as select 1", False),
        ("explain analyze delete from t", False), ("call p()", False), ("vacuum", False),
        ("copy t from 's3://b'", False),
        ("unload ('select 1') to 's3://b'", False), ("", False),
    ],
)  # fmt: skip
def test_what_only_reads(sql: str, safe: bool) -> None:
    assert reconnecting.reads(sql) is safe
