"""A repeated query is answered from the result cache, unless something that it reads changed, or it may not be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rsnb
from rsnb import Session
from rsnb.warehouse import result_cache


@pytest.fixture
def made(session: Session) -> Session:
    session.sql(
        "create table t (a int); insert into t values (1), (2); create table other (a int); "
        "create view v as select a from t; create view w as select a, getdate() as g from t"
    )
    return session


def source(session: Session, sql: str) -> int | None:
    """The query whose result a statement is answered with."""
    served = session.sql(sql).receipt.served
    return int(served.source_query) if served is not None and served.cached else None


def test_a_repeated_query_is_answered_with_the_first_ones_rows(made: Session) -> None:
    first = made.sql("select sum(a) from t")
    again = made.sql("select sum(a) from t")
    assert first.receipt.served is None
    assert (again.scalar(), again.types) == (3, first.types)
    assert f"from the result cache (query {first.receipt.query_id})" in str(again.receipt)
    assert source(made, "select sum(a) from t") == first.receipt.query_id


def test_the_views_tell(made: Session, check: Any) -> None:
    check("select a from t order by 1; select a from t order by 1")
    mine = "where query_text like 'select a from t%' order by query_id"
    check(f"select result_cache_hit, result_cache_query_id = 0, trim(status) from sys_query_history {mine}",
          [(False, True, "success"), (True, False, "success")])  # fmt: skip
    shown = "select trim(substring), source_query is null, query - source_query from svl_qlog"
    check(f"{shown} where substring like 'select a %'",
          [("select a from t order by 1", True, None), ("select a from t order by 1", False, 1)])  # fmt: skip


CHANGES = [
    "insert into t values (7)",
    "update t set a = 7 where a = 1",
    "delete from t where a = 1",
    "truncate t",
    "begin; insert into t values (7); commit",
    "alter table t add column b int",
    "drop view v; drop table t cascade; create table t (a int); create view v as select a from t",
    "alter table t append from other",
]


@pytest.mark.parametrize("query", ["select count(*) from t", "select count(*) from v"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_what_it_reads_ends_it(made: Session, query: str, change: str) -> None:
    made.sql("insert into other values (9)")
    before = made.sql(query).scalar()
    made.sql(change)
    result = made.sql(query)
    assert result.receipt.served is None
    expected = {"insert": before + 1, "begin;": before + 1, "delete": before - 1, "trunca": 0, "drop v": 0}
    assert result.scalar() == expected.get(change[:6], before + 1 if "append" in change else before)


def test_a_change_elsewhere_does_not(made: Session) -> None:
    made.sql("select count(*) from t")
    assert source(made, "insert into other values (1); select count(*) from t") is not None
    assert source(made, "begin; insert into other values (1); commit; select count(*) from t") is not None


NEVER = [
    "select a, getdate() from t",
    "select a, sysdate from t",
    "select a, current_date from t",
    "select a, random() from t",
    "select a, current_user from t",
    "select a, pg_last_query_id() from t",
    "select a, query from t cross join stl_query where query < 0",
    "select a from w",
    "select a from t cross join earlier",
    "select 1",
]


@pytest.mark.parametrize("query", NEVER)
def test_what_may_answer_anew_is_not_kept(made: Session, query: str) -> None:
    rsnb.datasets["earlier"] = made.sql("select 1 as one")
    try:
        assert [source(made, query) for _ in range(2)] == [None, None]
    finally:
        rsnb.datasets.clear()


def test_it_can_be_turned_off(made: Session) -> None:
    made.sql("select a from t; set enable_result_cache_for_session to off")
    assert source(made, "select a from t") is None
    assert source(made, "reset enable_result_cache_for_session; select a from t") is not None


def test_a_transaction_sees_its_own_rows(made: Session) -> None:
    assert made.sql("select count(*) from t").scalar() == 2
    assert made.sql("begin; insert into t values (1); select count(*) from t").scalar() == 3
    assert made.sql("rollback; select count(*) from t").scalar() == 2


def test_other_settings_are_other_queries(made: Session) -> None:
    made.sql("select a from t")
    assert made.sql("set describe_field_name_in_uppercase to on; select a from t").columns == ["A"]
    assert made.sql("select a from t", max_rows=1).receipt.cut_off
    made.sql("create schema s; create table s.t (b int); set search_path to s, public")
    assert made.sql("select * from t").columns == ["B"]


def test_large_results_and_old_ones_go(made: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "MOST", 20)
    queries = ["select a from t order by 1", "select a + 1 from t", "select a + 2 from t"]
    for query in queries:
        made.sql(query)
    assert [source(made, query) is None for query in reversed(queries)] == [False, False, True]
    monkeypatch.setattr(result_cache, "LARGEST", 4)
    assert [source(made, "select a + 4 from t") for _ in range(2)] == [None, None]


# Several sessions


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Session, Session]]:
    url = f"embedded://{tmp_path}/w.duckdb"
    with rsnb.connect(url) as first, rsnb.connect(url) as second:
        first.sql("create table t (a int); insert into t values (1)")
        yield first, second


def test_sessions_share_it(two: tuple[Session, Session]) -> None:
    first, second = two
    query = first.sql("select a from t").receipt.query_id
    assert source(second, "select a from t") == query
    second.sql("insert into t values (2)")
    assert len(first.sql("select a from t")) == 2


def test_what_is_not_committed_is_not_seen(two: tuple[Session, Session]) -> None:
    first, second = two
    second.sql("select a from t; begin; insert into t values (2)")
    assert len(first.sql("select a from t")) == 1
    second.sql("commit")
    assert len(first.sql("select a from t")) == 2


def test_a_temporary_table_is_its_sessions_own(two: tuple[Session, Session]) -> None:
    first, second = two
    second.sql("create temp table t (a int)")
    assert [len(first.sql("select a from t")) for _ in range(2)] == [1, 1]
    assert [len(second.sql("select a from t")) for _ in range(2)] == [0, 0]
    assert len(first.sql("select a from t")) == 1
