"""Several sessions on one warehouse see each other's commits, locks and statements, and can end them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rsnb
from rsnb import Cancelled, ConnectionLost, RsnbError, Session, SqlError

LONG = "select max((a.n * 7 + b.n * 3 + c.n) % 11) from numbers a, numbers b, numbers c"


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Session]:
    with rsnb.connect(f"embedded://{tmp_path}/w.duckdb") as opened:
        yield opened


@pytest.fixture
def second(tmp_path: Path, first: Session) -> Iterator[Session]:
    with rsnb.connect(f"embedded://{tmp_path}/w.duckdb") as opened:
        yield opened


@pytest.fixture
def numbers(first: Session) -> None:
    values = ", ".join(f"({n})" for n in range(1000))
    first.sql(f"create table numbers (n int); insert into numbers values {values}")
    for _ in range(4):
        first.sql("insert into numbers select n + (select count(*) from numbers) from numbers")


class Running(threading.Thread):
    """A statement that a session runs in the background; what it ended with."""

    def __init__(self, session: Session, sql: str) -> None:
        super().__init__()
        self.work = lambda: session.sql(sql)
        self.ended: Any = None
        self.start()

    def run(self) -> None:
        try:
            self.ended = self.work()
        except RsnbError as exc:
            self.ended = exc

    def result(self) -> Any:
        self.join(20)
        assert not self.is_alive()
        return self.ended


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def running(watcher: Session, text: str) -> int:
    """The pid of the session that runs a statement that begins with a text, once it does."""
    found: list[int] = []

    def seen() -> bool:
        rows = watcher.sql("select pid, trim(query) from stv_recents where status = 'Running'").table.to_pylist()
        found.extend(row["pid"] for row in rows if row["btrim"].startswith(text))
        return bool(found)

    until(seen)
    return found[0]


def test_sessions_see_each_other(first: Session, second: Session) -> None:
    assert first.sql("select count(*) from stv_sessions where trim(user_name) = 'awsuser'").scalar() == 2
    second.close()
    assert first.sql("select count(*) from stv_sessions").scalar() == 1
    ended = "select trim(status) from sys_session_history order by start_time"
    assert first.sql(ended).df()["btrim"].tolist() == ["active", "closed"]
    events = "select trim(event) from stl_connection_log order by recordtime"
    assert first.sql(events).df()["btrim"].tolist() == [*["initiating session"] * 2, "disconnecting session"]


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("cancel {pid}", "was cancelled on the request of session"),
        ("cancel {pid} 'Long-running query'", "Long-running query"),
        ("select pg_cancel_backend({pid})", "was cancelled on the request of session"),
    ],
)
def test_a_statement_is_cancelled_by_another_session(first: Session, second: Session, sql: str, said: str) -> None:
    background = Running(second, LONG)
    first.sql(sql.format(pid=running(first, LONG[:30])))
    error = background.result()
    assert isinstance(error, Cancelled)
    assert said in str(error)
    assert second.sql("select 1").scalar() == 1
    ended = "select status, trim(error_message) as e from sys_query_history where query_text like 'select max(%'"
    assert list(first.sql(ended).table.to_pylist()[0].values()) == ["canceled  ", error.message]


@pytest.mark.usefixtures("numbers")
def test_a_session_is_terminated(first: Session, second: Session) -> None:
    second.sql("begin; insert into numbers values (-1)")
    background = Running(second, LONG)
    first.sql(f"select pg_terminate_backend({running(first, LONG[:30])})")
    assert "was terminated by session" in str(background.result())
    with pytest.raises(ConnectionLost, match=r"was terminated by session 1(.|\n)*connect again"):
        second.sql("select 1")
    assert first.sql("select count(*) from stv_sessions").scalar() == 1
    assert first.sql("select count(*) from numbers").scalar() == 16_000
    assert first.sql("select count(*) from stv_locks").scalar() == 0


def test_an_idle_session_is_terminated(first: Session, second: Session) -> None:
    pid = second.sql("select pg_backend_pid()").scalar()
    assert first.sql(f"select pg_terminate_backend({pid})").scalar() == 1
    assert first.sql(f"select trim(type) from svl_terminate where pid = {pid}").scalar() == "TERMINATE"
    with pytest.raises(ConnectionLost):
        second.sql("select 1")


def test_there_is_nothing_to_cancel(first: Session, second: Session) -> None:
    first.sql(f"cancel {second.sql('select pg_backend_pid()').scalar()}")  # it runs nothing
    with pytest.raises(SqlError, match="there is no session 802"):
        first.sql("cancel 802")
    assert first.sql("select pg_cancel_backend(802), pg_terminate_backend(802)").df().iloc[0].tolist() == [0, 0]


@pytest.mark.usefixtures("numbers")
def test_statement_timeout(first: Session) -> None:
    first.sql("set statement_timeout to 500")
    with pytest.raises(Cancelled, match="stopped after statement_timeout, 500 ms"):
        first.sql(LONG)
    assert first.sql("select 1").scalar() == 1
    assert first.sql("reset statement_timeout; show statement_timeout").scalar() == "0"


# Locks


def test_a_writer_waits_for_the_transaction_that_writes_the_table(first: Session, second: Session) -> None:
    first.sql("create table t (a int); create table u (a int); begin; insert into t values (1)")
    second.sql("insert into u values (1)")  # another table
    assert second.sql("select count(*) from t").scalar() == 0  # a reader does not wait
    background = Running(second, "insert into t values (2)")
    until(lambda: first.sql("select count(*) from pg_locks where not granted").scalar() == 1)
    first.sql("commit")
    assert background.result().receipt.command == "INSERT 1"
    assert first.sql("select count(*) from t").scalar() == 2


def test_a_locked_table_keeps_readers_out(first: Session, second: Session) -> None:
    first.sql("create table t (a int); create view v as select a from t; begin; lock table t")
    background = Running(second, "select count(*) from v")
    until(lambda: first.sql("select count(*) from svv_transactions where not granted").scalar() == 1)
    first.sql("insert into t values (1); commit")
    assert background.result().scalar() == 1


def test_a_wait_for_a_lock_can_be_cancelled_and_timed_out(first: Session, second: Session) -> None:
    first.sql("create table t (a int); begin; lock t")
    background = Running(second, "insert into t values (2)")
    first.sql(f"cancel {running(first, 'insert')} 'not now'")
    assert str(background.result()) == "not now"
    with pytest.raises(Cancelled, match="statement_timeout"):
        second.sql("set statement_timeout to 30; select * from t")


def test_two_that_wait_for_each_other(first: Session, second: Session) -> None:
    first.sql("create table t (a int); create table u (a int); begin; insert into t values (1)")
    second.sql("begin; insert into u values (1)")
    background = Running(second, "insert into t values (2)")
    until(lambda: first.sql("select count(*) from pg_locks where not granted").scalar() == 1)
    with pytest.raises(SqlError, match="deadlock detected"):
        first.sql("insert into u values (2)")
    first.sql("rollback")
    assert background.result().receipt.command == "INSERT 1"


def test_locks_are_shown(first: Session, second: Session) -> None:
    first.sql("create table t (a int); begin; insert into t values (1)")
    shown = second.sql(
        "select c.relname, l.lock_owner_pid, trim(l.lock_status) as status from stv_locks l join pg_class c "
        "on c.oid = l.table_id"
    )
    pid = first.sql("select pg_backend_pid()").scalar()
    assert shown.table.to_pylist() == [{"relname": "t", "lock_owner_pid": pid, "status": "Holding write lock"}]
    modes = "select lock_mode, lockable_object_type, granted from svv_transactions order by 1"
    assert [tuple(row.values()) for row in second.sql(modes).table.to_pylist()] == [
        ("ExclusiveLock", "transactionid", True), ("ShareRowExclusiveLock", "relation", True)
    ]  # fmt: skip
    first.sql("rollback")
    assert second.sql("select count(*) from stv_locks").scalar() == 0


def test_lock_statements(first: Session) -> None:
    first.sql("create table t (a int); create view v as select a from t")
    assert first.sql("lock t").receipt.notes == ("LOCK has no effect outside a transaction",)
    with pytest.raises(SqlError, match="v is a view"):
        first.sql("lock v")
    with pytest.raises(SqlError, match="the table nowhere does not exist"):
        first.sql("lock t, nowhere")


def test_conflicts_of_transactions(first: Session, second: Session) -> None:
    first.sql("create table t (a int); insert into t values (1)")
    second.sql("begin; select * from t")
    first.sql("update t set a = 2")
    with pytest.raises(SqlError, match="the transaction conflicts with another"):
        second.sql("update t set a = 3")
    second.sql("rollback")
    shown = first.sql("select c.relname from stl_tr_conflict x join pg_class c on c.oid = x.table_id")
    assert shown.df()["relname"].tolist() == ["t"]
    undone = "select count(*) from stl_undone u join stl_tr_conflict c on c.xact_id = u.xact_id_undone"
    assert first.sql(undone).scalar() == 1


def test_transactions(first: Session) -> None:
    first.sql(
        "create table t (a int); begin; insert into t values (1); commit; begin; insert into t values (2); rollback"
    )
    shown = first.sql(
        "select trim(h.status) as status, count(*) from sys_transaction_history h join sys_query_history q "
        "using (transaction_id) where query_text like 'insert%' group by 1 order by 1"
    )
    assert [tuple(row.values()) for row in shown.table.to_pylist()] == [("committed", 1), ("rolledback", 1)]


def test_open_cursors(check: Any, session: Any) -> None:
    check(
        "begin; create table t as select 1 as a union all select 2; declare c cursor for select * from t; fetch from c"
    )
    own = "session_id = pg_backend_pid(), declare_time >= sysdate"
    check(f"select cursor_name, {own}, total_rows, fetched_rows from svv_active_cursors", [("c", True, True, 2, 1)])
    check("select trim(name), xid > 0, row_count from stv_active_cursors", [("c", True, 2)])
    check("select current_cursor_count from stv_cursor_configuration", [(1,)])
    check("commit; select count(*) from stv_active_cursors", [(0,)])
