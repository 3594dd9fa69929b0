"""Stop stops the statement at the server: confirmed soon, late or never; the error says which, the session goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from rsnb import Cancelled, ConfigError, RsnbError, Session, TimedOut
from rsnb.engines.wire import side, stopping
from tests.postgres.certificates import Authority
from tests.postgres.faults import Fault
from tests.postgres.proxy import Proxy
from tests.postgres.server import Server

SLEEP = "select pg_sleep(30)"
CANCELLED = "the statement was cancelled; the session is usable"
NO_CANCEL = {b"pg_cancel_backend": b"no_cancel_backend"}  # says that it did, and does nothing
NO_END = {**NO_CANCEL, b"pg_terminate_backend": b"no_terminate_backend"}


def interrupt(seconds: float = 0.3) -> None:
    """Interrupt this process in a while, as a notebook's stop button does."""
    threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT)).start()


def stopped(session: Session, sql: str = SLEEP, **options: int) -> Cancelled:
    interrupt()
    with pytest.raises(Cancelled) as caught:
        session.sql(sql, **options)
    return caught.value


def running(server: Server) -> int:
    """How many statements that sleep run at the server."""
    return int(
        server.psql("select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(30)'")
    )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has a second to stop a statement, and then less."""
    monkeypatch.setenv("RSNB_STOP_DEADLINE", "1")
    monkeypatch.setattr(stopping, "GRACE", 0.3)


def test_it_stops_at_the_server_and_the_session_keeps_what_it_had(wire: Session, postgres: Server) -> None:
    wire.sql("create temp table mine (a int)")
    for _ in range(2):
        assert stopped(wire).lines() == [f"Cancelled: {CANCELLED}"]
        assert running(postgres) == 0
    assert wire.sql("select count(*) from mine").scalar() == 0


def test_in_a_transaction_it_aborts_and_says_so(wire: Session) -> None:
    assert stopped(wire, f"begin; {SLEEP}").hint == "the transaction is aborted by this error: leave it with `rollback`"
    assert wire.transaction == "failed"
    wire.sql("rollback")
    assert wire.transaction == "idle"


def test_while_rows_come(wire: Session) -> None:
    error = stopped(wire, "select generate_series(1, 20000000) as i, repeat('x', 1000) as t")
    assert error.message == CANCELLED
    assert wire.sql("select 1").scalar() == 1


def test_while_a_stream_is_read(wire: Session) -> None:
    with wire.stream("select generate_series(1, 20000000) as i, repeat('x', 1000) as t") as stream:
        interrupt()
        with pytest.raises(Cancelled):
            for _ in stream:
                pass
    assert wire.sql("select 1").scalar() == 1


def test_a_confirmation_that_comes_late_is_waited_for(wired: Callable[..., Session], proxy: Proxy) -> None:
    session = wired(proxy)
    proxy.fault = Fault("error", cut=False, seconds=0.8)
    start = time.monotonic()
    assert stopped(session, "select /* fault */ pg_sleep(30)").message == CANCELLED
    assert 1 < time.monotonic() - start < 5
    assert session.sql("select 1").scalar() == 1


def test_without_a_confirmation_the_session_is_ended(
    wired: Callable[..., Session], proxy: Proxy, postgres: Server, impatient: None
) -> None:
    session = wired(proxy)
    session.sql("create temp table mine (a int); begin")
    proxy.replace = NO_CANCEL
    error = stopped(session)
    assert "the server did not stop the statement within 1 s, and ended the session" in error.message
    assert (session.transaction, running(postgres)) == ("idle", 0)
    result = session.sql("select 1")
    assert result.receipt.notes == ("reconnected: temporary tables and settings of the session before are gone",)
    with pytest.raises(RsnbError, match='"mine" does not exist'):
        session.sql("select * from mine")


def test_a_server_that_does_not_answer_is_cut_off(
    wired: Callable[..., Session], proxy: Proxy, postgres: Server, impatient: None
) -> None:
    session = wired(proxy)
    proxy.replace = NO_END
    error = stopped(session)
    assert "the server did not answer for 1.3 s: the connection was cut" in error.message
    assert "`select pg_terminate_backend(" in (error.hint or "")
    proxy.replace = {}
    assert session.sql("select 1").scalar() == 1
    postgres.psql("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(30)'")


def none_to_be_had(*_: object) -> None:
    raise RsnbError("too many connections")


def test_without_a_second_session_the_protocol_cancels(
    wired: Callable[..., Session], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = wired(proxy)
    monkeypatch.setattr(side.Side, "ask", none_to_be_had)
    assert stopped(session).message == CANCELLED
    assert proxy.cancels >= 1


def test_the_protocol_cancels_over_tls_too(
    wired: Callable[..., Session], proxied: Callable[..., Proxy], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = proxied(tls=authority.server("127.0.0.1"))
    session = wired(proxy, tls="require")
    monkeypatch.setattr(side.Side, "ask", none_to_be_had)
    assert stopped(session).message == CANCELLED
    assert all(start.encrypted for start in proxy.starts)
    assert proxy.cancels >= 1


def test_a_statement_has_a_timeout(wire: Session, postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TimedOut, match=f"the statement took longer than its 1 s: {CANCELLED}"):
        wire.sql(SLEEP, timeout=1)
    assert (running(postgres), wire.sql("select 1", timeout=30).scalar()) == (0, 1)
    with pytest.raises(ConfigError, match="timeout is -1"):
        wire.sql("select 1", timeout=-1)


def test_the_timeout_is_a_setting(wired: Callable[..., Session], proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RSNB_TIMEOUT", "1")
    session = wired(proxy)
    with pytest.raises(TimedOut):
        session.sql(SLEEP)
    assert session.sql("select 1").scalar() == 1


def test_an_interrupt_at_any_moment_leaves_the_session_usable(wire: Session) -> None:
    for i in range(30):
        try:
            interrupt(i / 1500)
            while True:
                wire.sql("select i from generate_series(1, 1000) i")
        except (Cancelled, KeyboardInterrupt):
            pass
        assert wire.sql("select :i", i=i).scalar() == i
    assert wire.transaction == "idle"


def test_closing_a_session_ends_what_it_runs(wired: Callable[..., Session], proxy: Proxy, postgres: Server) -> None:
    session = wired(proxy)
    ended: list[RsnbError] = []

    def run() -> None:
        with pytest.raises(RsnbError) as caught:
            session.sql(SLEEP)
        ended.append(caught.value)

    thread = threading.Thread(target=run)
    thread.start()
    while not running(postgres):
        time.sleep(0.02)
    session.close()
    thread.join(10)
    assert (len(ended), running(postgres)) == (1, 0)
