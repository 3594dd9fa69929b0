"""What a statement is doing while it runs, and its receipt, from the server's views.

PostgreSQL has no such views: here views of Redshift's names and columns stand over pg_stat_activity, which knows what
each session runs and how long its last statement took. What only Redshift knows (the queue, the steps) is a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rsnb import Session, SqlError, watching
from rsnb.engines.wire.progress import Views
from rsnb.result import Served
from tests.postgres.proxy import Proxy
from tests.postgres.server import Server

VIEWS = """
drop schema if exists log cascade;
create schema log;
create table log.said (status text, queue text, queued bigint, compiled bigint, rows bigint, cached bool);
insert into log.said values ('running', null, 1500000, 250000, 0, false);
create view log.sys_query_history as select pid::bigint * 100 as query_id, pid as session_id,
    case when state = 'active' then rpad(status, 10) else 'success' end as status, queue as service_class_name,
    queued as queue_time, compiled as compile_time, rows as returned_rows, 4242::bigint as returned_bytes,
    cached as result_cache_hit, query_start as start_time,
    (extract(epoch from coalesce(state_change, now()) - query_start) * 1000000)::bigint as elapsed_time,
    (extract(epoch from coalesce(state_change, now()) - query_start) * 1000000)::bigint - queued as execution_time
    from pg_stat_activity, log.said;
create table log.sys_query_detail (query_id bigint, step_id int, is_active bool, end_time timestamp);
create table log.sys_external_query_detail (query_id bigint, scanned_files bigint, returned_bytes bigint);
grant usage on schema log to public; grant select on all tables in schema log to public;
alter role scram set search_path to public, log;
"""
LONG = "select i from generate_series(1, 60) i where pg_sleep(0.01) is not null"


@pytest.fixture(autouse=True)
def _soon(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long here is shorter than what a user has to wait for the first line."""
    monkeypatch.setattr(watching, "FIRST", 0.2)
    monkeypatch.setattr(watching, "EVERY", 0.2)
    monkeypatch.setenv("RSNB_RECEIPT_AFTER", "0")


@pytest.fixture
def logged(postgres: Server) -> Iterator[Callable[[str], str]]:
    """The views are there; runs SQL past the session."""
    postgres.psql(VIEWS)
    yield postgres.psql
    postgres.psql("drop schema log cascade; alter role scram reset search_path")


def lines(session: Session, sql: str = LONG) -> list[str]:
    """What is shown while a statement runs."""
    shown: list[str] = []
    session.on_progress = shown.append
    session.sql(sql)
    return shown


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("status = 'queued', queue = 'etl'", "queued in etl: 2 s so far"),
        ("status = 'queued', queued = 0", "queued: 0 s so far"),
        ("status = 'planning'", "compiling: 0 s so far"),
        ("status = 'planning', compiled = 0", "planning"),
        ("status = 'running'", "running step 3 of 7"),
        ("status = 'returning'", "returning rows"),
        ("status = 'returning', rows = 12345", "returning rows: 12,345 so far"),
    ],
)
def test_a_line_of_what_it_does(
    wired: Callable[..., Session], proxy: Proxy, logged: Callable[[str], str], said: str, line: str
) -> None:
    session = wired(proxy)
    pid = session.sql("select pg_backend_pid()").scalar()
    logged(f"update log.said set {said}")
    for step in range(7):
        logged(
            f"insert into log.sys_query_detail values ({pid}00, {step}, {step == 2}, {'now()' if step < 2 else 'null'})"
        )
    shown = lines(session)
    assert shown[0] == line.replace("2 s", shown[0].split(": ")[-1][:3]) if "etl" in line else shown[0] == line
    assert shown[-1] == ""


def test_without_rows_of_steps_it_is_running(
    wired: Callable[..., Session], proxy: Proxy, logged: Callable[[str], str]
) -> None:
    assert lines(wired(proxy))[0] == "running"


def test_where_the_views_are_not_readable_nothing_is_said_and_not_asked_again(wire: Session, proxy: Proxy) -> None:
    assert lines(wire) == lines(wire) == []
    assert sum(b"sys_query_history" in data for data in proxy.sent) == 1


def test_a_short_statement_asks_nothing(
    wired: Callable[..., Session], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RSNB_RECEIPT_AFTER")
    assert lines(wired(proxy), "select 1") == []
    assert len(proxy.starts) == 1


# The receipt


def test_the_receipt_is_completed_from_the_log(
    wired: Callable[..., Session], proxy: Proxy, logged: Callable[[str], str]
) -> None:
    session = wired(proxy)
    pid = session.sql("select pg_backend_pid()").scalar()
    logged(f"insert into log.sys_external_query_detail values ({pid}00, 3, 1000000), ({pid}00, 4, 500000)")
    receipt = session.sql("select i from generate_series(1, 200) i where pg_sleep(0.01) is not null").receipt
    assert receipt.served is not None
    assert (receipt.query_id, receipt.served.queued, receipt.served.compiled) == (pid * 100, 1.5, 0.25)
    assert 0.5 < receipt.served.ran < receipt.seconds
    assert (receipt.s3_files, receipt.s3_bytes, receipt.served.returned_bytes) == (7, 1_500_000, 4242)
    assert f"queued 1.5 s, compiled 0.2 s, ran {receipt.served.ran:.1f} s · 7 lake files, 1.5 MB" in str(receipt)


def test_the_log_is_asked_from_so_many_seconds_on(
    wired: Callable[..., Session], proxy: Proxy, logged: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logged("update log.said set cached = true")
    receipt = wired(proxy).sql("select pg_sleep(0.2) is null as done").receipt
    assert receipt.served is not None
    assert receipt.served.cached
    assert "from the result cache" in str(receipt)
    monkeypatch.setenv("RSNB_RECEIPT_AFTER", "1")
    assert wired(proxy).sql("select 1").receipt.served is None


def test_a_log_that_lags_is_not_taken_for_this_statement(wire: Session, logged: Callable[[str], str]) -> None:
    views = Views(wire._engine._server.side)  # type: ignore[attr-defined]
    pid = wire.sql("select pg_backend_pid()").scalar()
    assert views.served(pid, seconds=60) is None
    assert views.readable


def test_what_is_shown_of_the_servers_times() -> None:
    assert str(Served("1", queued=1.26, compiled=0.01, ran=3)) == "queued 1.3 s, ran 3.0 s"
    assert str(Served("1", cached=True, ran=3)) == "from the result cache"
    assert str(Served("1")) == ""


def test_the_last_line_goes_away_when_the_statement_fails(
    wired: Callable[..., Session], proxy: Proxy, logged: Callable[[str], str]
) -> None:
    session = wired(proxy)
    shown: list[str] = []
    session.on_progress = shown.append
    with pytest.raises(SqlError, match="division by zero"):
        session.sql("select 1 / (60 - i) from generate_series(1, 90) i where pg_sleep(0.01) is not null")
    assert (shown[0], shown[-1]) == ("running", "")
