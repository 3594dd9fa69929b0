"""The journal holds what the sessions of a warehouse did, in order, and no more than it keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import rsnb
from rsnb import RsnbError
from rsnb.lake import Lake
from rsnb.warehouse import Connection, Warehouse, journal
from rsnb.warehouse.journal import Journal
from rsnb.warehouse.records import ConnectionEvent, LoadedFile, SessionLife, Statement, Transaction


@pytest.fixture
def warehouse() -> Warehouse:
    return Warehouse(None)


@pytest.fixture
def connect(warehouse: Warehouse) -> Callable[[], Connection]:
    return lambda: warehouse.connect(Lake())


def test_a_statement_leaves_its_row(warehouse: Warehouse, connect: Callable[[], Connection]) -> None:
    connection = connect()
    for sql in ("create table t (a int)", "insert into t values (1), (2)", "select * from t"):
        connection.execute(sql)
    found = warehouse.shared.journal.rows(Statement)
    assert [(s.query, s.kind, s.status, s.rows) for s in found] == [
        (1, "create table", "success", 0), (2, "insert", "success", 2), (3, "select", "success", 2)
    ]  # fmt: skip
    assert all(s.end is not None and s.start <= s.end for s in found)
    assert len({s.xid for s in found}) == 3


def test_an_error_is_kept(warehouse: Warehouse, connect: Callable[[], Connection]) -> None:
    with pytest.raises(RsnbError):
        connect().execute("select * from nowhere")
    (statement,) = warehouse.shared.journal.rows(Statement)
    assert (statement.status, statement.error) == ("failed", "there is no table nowhere")


def test_statements_of_a_transaction_share_its_id(warehouse: Warehouse, connect: Callable[[], Connection]) -> None:
    connection = connect()
    for sql in ("begin", "select 1", "commit", "begin", "rollback", "select 2"):
        connection.execute(sql)
    xids = [s.xid for s in warehouse.shared.journal.rows(Statement)]
    assert xids[0] == xids[1] == xids[2] != xids[3] == xids[4] != xids[5]
    assert [(t.xid, t.status) for t in warehouse.shared.journal.rows(Transaction)] == [
        (xids[0], "committed"), (xids[3], "aborted")
    ]  # fmt: skip


def test_sessions_come_and_go(warehouse: Warehouse, connect: Callable[[], Connection]) -> None:
    first, second = connect(), connect()
    second.execute("begin")
    second.close()
    assert [(s.pid == first.pid, s.end is None) for s in warehouse.shared.journal.rows(SessionLife)] == [
        (True, True), (False, False)
    ]  # fmt: skip
    assert [(e.event, e.pid) for e in warehouse.shared.journal.rows(ConnectionEvent)] == [
        ("initiating session", first.pid), ("initiating session", second.pid), ("disconnecting session", second.pid)
    ]  # fmt: skip
    assert [t.status for t in warehouse.shared.journal.rows(Transaction)] == ["aborted"]


def test_the_oldest_rows_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT", 3)
    kept = Journal()
    pid = kept.open_session(100, "awsuser")
    for n in range(5):
        kept.begin(pid, f"select {n}", "default", None)
        kept.add(LoadedFile(n, "t", f"s3://b/{n}"))
    assert [s.text for s in kept.rows(Statement)] == ["select 2", "select 3", "select 4"]
    assert [f.query for f in kept.rows(LoadedFile)] == [2, 3, 4]


def test_long_texts_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "TEXT_KEPT", 10)
    kept = Journal()
    pid = kept.open_session(100, "awsuser")
    for text in ("12345", "12345", "1"):
        kept.begin(pid, text, "default", None)
    assert [s.text for s in kept.rows(Statement)] == ["12345", "1"]


def test_sessions_of_a_file_share_it(tmp_path: Path) -> None:
    url = f"embedded://{tmp_path}/w.duckdb"
    with rsnb.connect(url) as first, rsnb.connect(url) as second:
        first.sql("select 1")
        second.sql("select 2")
        rows = first._engine._warehouse.shared.journal.rows(Statement)  # type: ignore[attr-defined]
        assert [s.text for s in rows] == ["select 1", "select 2"]
