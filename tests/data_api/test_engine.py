"""Statements through the Data API, over HTTP to a service on loopback that runs them: see tests/aws/data_api.py."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import rsnb
from rsnb import Cancelled, ConfigError, ConnectionLost, Session, SqlError, UnsupportedSql
from tests.aws.cloud import ACCOUNT, Cloud
from tests.aws.data_api import DataApi

SALES = "data-api://sales/dev?region=eu-west-1"


@pytest.fixture
def api(data_api: DataApi) -> Iterator[Session]:
    """A session on the cluster sales."""
    with rsnb.connect(SALES) as session:
        yield session


TYPES = """select 1::smallint as a, 2::int as b, 3::bigint as c, 1.50::numeric(10,2) as d, 0.5::real as e,
  0.25::float8 as f, true as g, 'text'::varchar(20) as h, 'ab'::char(4) as i, '2020-01-02'::date as j,
  '2020-01-02 03:04:05.5'::timestamp as k, '2020-01-02 03:04:05+02'::timestamptz as l, '13:14:15'::time as m,
  from_hex('00ff') as n, 12345678901234567890.123456789::numeric(38,9) as o
union all select null, null, null, null, null, null, null, null, null, null, null, null, null, null, null"""


def test_every_type_comes_as_from_the_embedded_warehouse(api: Session) -> None:
    with rsnb.connect("embedded://") as embedded:
        wanted = embedded.sql(TYPES)
    got = api.sql(TYPES)
    assert got.table.schema == wanted.table.schema
    assert got.table.equals(wanted.table)
    assert list(got.types.values()) == list(wanted.types.values())
    assert got.df().dtypes.to_dict() == wanted.df().dtypes.to_dict()


def test_special_numbers_and_empty_results(api: Session) -> None:
    special = api.sql("select 'NaN'::float8 as a, 'Infinity'::float8 as b, '-Infinity'::real as c, -0.0::float8 as d")
    assert [str(value) for value in special.table.to_pylist()[0].values()] == ["nan", "inf", "-inf", "-0.0"]
    empty = api.sql("select 1::int as a, null::numeric(5,1) as b where false")
    assert (len(empty), list(empty.types.values())) == (0, ["integer", "numeric(5,1)"])
    assert [str(t) for t in empty.table.schema.types] == ["int32", "decimal128(5, 1)"]
    assert api.sql("select 1 as x, 2 as x").df().columns.tolist() == ["x", "x"]


def test_rows_are_paged_and_cut_off(api: Session, data_api: DataApi, cloud: Cloud) -> None:
    data_api.page = 7
    api.sql("create table n (i int); insert into n values " + ", ".join(f"({i})" for i in range(50)))
    cloud.calls.clear()
    assert api.sql("select i from n order by i").table.column("i").to_pylist() == list(range(50))
    assert len(cloud.asked("GetStatementResult")) == 8
    cloud.calls.clear()
    few = api.sql("select i from n order by i", max_rows=10)
    assert (few.table.column("i").to_pylist(), few.receipt.cut_off) == (list(range(10)), True)
    assert len(cloud.asked("GetStatementResult")) == 2
    assert not api.sql("select i from n", max_rows=50).receipt.cut_off


def test_the_receipt_names_the_statement(api: Session, data_api: DataApi) -> None:
    receipt = api.sql("create table t (a int)").receipt
    assert receipt.statement_id in data_api.statements
    assert receipt.command == "CREATE TABLE"
    assert str(receipt).endswith(f"statement {receipt.statement_id}")
    assert api.sql("insert into t values (1)").receipt.command == "INSERT 1"


def test_values_are_bound_as_literals(api: Session) -> None:
    hostile = 'it\'s; drop table t -- "x" \\ 🦆 :name'
    assert api.sql("select :text as a, :none as b", text=hostile, none=None).table.to_pylist() == [
        {"a": hostile, "b": None}
    ]
    long = "ä" * 30_000
    assert api.sql("select len(:text) as n", text=long).scalar() == 30_000


# Sessions and transactions


def test_one_session_is_kept_for_temporary_tables_and_transactions(api: Session, cloud: Cloud) -> None:
    api.sql("create temp table kept as select 1 as a")
    assert api.sql("select a from kept").scalar() == 1
    api.sql("create table t (a int)")
    assert api.transaction == "idle"
    api.sql("begin; insert into t values (1)")
    assert api.transaction == "open"
    api.sql("rollback")
    assert api.sql("select count(*) from t").scalar() == 0
    first, *rest = [call.parameters for call in cloud.asked("ExecuteStatement")]
    assert (first["ClusterIdentifier"], first["Database"], first["SessionKeepAliveSeconds"]) == ("sales", "dev", 1800)
    assert all(set(call) == {"Sql", "SessionId", "ClientToken"} for call in rest)
    assert len({call["SessionId"] for call in rest}) == 1


def test_an_error_aborts_the_transaction_and_says_so(api: Session) -> None:
    api.sql("create table t (a int); begin")
    with pytest.raises(SqlError) as caught:
        api.sql("select nosuch from t")
    assert "rollback" in (caught.value.hint or "")
    assert api.transaction == "failed"
    with pytest.raises(SqlError, match="aborted"):
        api.sql("select 1")
    api.sql("rollback")
    assert api.transaction == "idle"


def test_closing_rolls_back(data_api: DataApi) -> None:
    with rsnb.connect(SALES) as session:
        session.sql("create table t (a int); begin; insert into t values (1)")
    assert session.transaction == "closed"
    with rsnb.connect(SALES) as other:
        assert other.sql("select count(*) from t").scalar() == 0


def test_a_session_that_ended_is_begun_anew_when_nothing_is_missed(api: Session, data_api: DataApi) -> None:
    api.sql("create table t (a int)")
    data_api.end_session()
    result = api.sql("insert into t values (1)")
    assert result.receipt.notes == ("a new session: the one before had ended",)
    assert api.sql("select count(*) from t").scalar() == 1


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("begin", "its transaction is rolled back"),
        ("create temp table x (a int)", "its temporary tables and settings are gone"),
        ("create temporary table x (a int)", "its temporary tables and settings are gone"),
    ],
)
def test_what_went_with_a_session_is_said(api: Session, data_api: DataApi, before: str, said: str) -> None:
    api.sql(before)
    data_api.end_session()
    with pytest.raises(ConnectionLost) as caught:
        api.sql("select 1")
    assert "the session of the cluster sales has ended" in caught.value.message
    assert said in caught.value.message
    assert "this statement was not run" in caught.value.message
    assert api.sql("select 1").scalar() == 1
    assert api.transaction == "idle"


def test_without_a_kept_session_each_statement_is_its_own(data_api: DataApi, cloud: Cloud) -> None:
    with rsnb.connect(SALES + "&keep_alive=0") as session:
        session.sql("create table t (a int); insert into t values (1)")
        assert session.sql("select a from t").scalar() == 1
        assert all("SessionId" not in call.parameters for call in cloud.asked("ExecuteStatement"))
        with pytest.raises(UnsupportedSql, match="keep_alive is 0"):
            session.sql("begin")


def test_a_batch_is_one_call_and_one_transaction(data_api: DataApi, cloud: Cloud) -> None:
    with rsnb.connect(SALES + "&keep_alive=0") as session:
        results = session.batch("create table t (a int); insert into t values (:a); select a from t", {"a": 7})
        assert [result.receipt.command for result in results] == ["CREATE TABLE", "INSERT 1", "SELECT"]
        assert results[-1].scalar() == 7
        assert len({result.receipt.statement_id for result in results}) == 3
        (call,) = cloud.asked("BatchExecuteStatement")
        assert call.parameters["Sqls"] == ["create table t (a int)", "insert into t values (7)", "select a from t"]
        with pytest.raises(SqlError) as caught:
            session.batch("insert into t values (8); select nosuch from t; insert into t values (9)")
        assert caught.value.sql == "select nosuch from t"
        assert session.sql("select a from t").table.to_pylist() == [{"a": 7}]


def test_a_batch_of_any_engine_is_all_or_nothing(session: Session) -> None:
    assert [r.receipt.command for r in session.batch("create table t (a int); insert into t values (1)")] == [
        "CREATE TABLE",
        "INSERT 1",
    ]
    with pytest.raises(SqlError, match="nosuch"):
        session.batch("insert into t values (2); select nosuch from t")
    assert session.transaction == "idle"
    assert session.sql("select count(*) from t").scalar() == 1
    session.sql("begin")
    with pytest.raises(SqlError, match="one is open"):
        session.batch("select 1")


# Which warehouse, and as whom

CALLED: list[tuple[str, dict[str, Any], dict[str, str]]] = [  # URL, the profile's keys, what the call names
    (SALES, {}, {"ClusterIdentifier": "sales"}),
    ("data-api://ann@sales/dev?region=eu-west-1", {}, {"ClusterIdentifier": "sales", "DbUser": "ann"}),
    ("data-api://sales/dev", {"db_user": "ann"}, {"ClusterIdentifier": "sales", "DbUser": "ann"}),
    ("data-api://etl/dev", {}, {"WorkgroupName": "etl"}),
    ("data-api://etl/dev?type=workgroup", {}, {"WorkgroupName": "etl"}),
    ("data-api://x/dev", {"workgroup": "etl"}, {"WorkgroupName": "etl"}),
    ("data-api://x/dev", {"cluster": "sales"}, {"ClusterIdentifier": "sales"}),
    ("data-api://etl/dev", {"assume_roles": [f"arn:aws:iam::{ACCOUNT}:role/x"]}, {"WorkgroupName": "etl"}),
]


@pytest.mark.parametrize(("url", "keys", "named"), CALLED)
def test_the_warehouse_is_named_by_url_and_profile(
    data_api: DataApi, cloud: Cloud, url: str, keys: dict[str, Any], named: dict[str, str]
) -> None:
    from rsnb.engines import Target, connect

    engine = connect(Target(url, {}, data_api.folder, keys))
    assert engine.execute("select 1", datasets={}, max_rows=0).command == "SELECT"
    call = cloud.asked("ExecuteStatement")[-1].parameters
    assert {
        key: call[key] for key in ("ClusterIdentifier", "WorkgroupName", "DbUser", "SecretArn") if key in call
    } == named
    engine.execute("select 1", datasets={}, max_rows=0)
    engine.close()


def test_a_profile_of_the_data_api(data_api: DataApi, project: Any) -> None:
    (project / "rsnb.toml").write_text(
        '[profiles.etl]\nurl = "data-api://etl/dev"\nregion = "eu-west-1"\nkeep_alive = 60'
    )
    with rsnb.connect("etl") as session:
        assert session.sql("select 1").scalar() == 1


WRONG = [  # URL, keys, what is said, the hint
    ("data-api://sales/dev?regio=x", {}, "data-api:// has no option 'regio'", "did you mean region?"),
    ("data-api://sales/dev?type=lake", {}, "type is 'lake'", "type=workgroup"),
    ("data-api://sales/dev?keep_alive=x", {}, "keep_alive is 'x'", "0 to 86400"),
    ("data-api://sales/dev", {"keep_alive": 90_000}, "keep_alive is 90000", "0 to 86400"),
    ("data-api://sales", {}, "the URL names no database on sales", "data-api://sales/dev?region="),
    ("data-api://sales/dev", {"identity": "jwt", "token_env": "X"}, 'takes no identity = "jwt"', "iam, okta"),
    ("data-api://sales/dev", {"db_groups": ["x"]}, "the Data API takes no db_groups", "redshift://"),
]


@pytest.mark.parametrize(("url", "keys", "said", "hint"), WRONG)
def test_what_it_does_not_take_is_said_before_a_call(
    data_api: DataApi, cloud: Cloud, url: str, keys: dict[str, Any], said: str, hint: str
) -> None:
    from rsnb.engines import Target, connect

    with pytest.raises(ConfigError) as caught:
        connect(Target(url, {}, data_api.folder, keys))
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")
    assert cloud.calls == []


# Waiting and stopping


def long_statement(session: Session) -> str:
    session.sql("create table r (range int); insert into r values " + ", ".join(f"({i})" for i in range(2000)))
    return "select count(*) from r a, r b, r c, r d where a.range + b.range + c.range = d.range * 7"


@pytest.mark.parametrize("long_polls", [True, False])
def test_it_waits_by_long_polls_or_with_pauses(api: Session, data_api: DataApi, cloud: Cloud, long_polls: bool) -> None:
    data_api.long_polls, data_api.hold = long_polls, 0.5
    start = time.monotonic()
    assert api.sql("select 1").scalar() == 1
    assert time.monotonic() - start < 20
    asked = cloud.asked("DescribeStatement")
    assert len(asked) == 1 if long_polls else 2 <= len(asked) <= 10


def test_an_interrupt_stops_the_statement_and_the_session_goes_on(
    api: Session, data_api: DataApi, cloud: Cloud
) -> None:
    sql = long_statement(api)
    api.sql("begin; create table t (a int)")
    timer = threading.Timer(0.5, interrupt)
    timer.start()
    start = time.monotonic()
    with pytest.raises(Cancelled, match="the statement was cancelled; the session is usable"):
        api.sql(sql)
    assert time.monotonic() - start < 20
    assert 1 <= len(cloud.asked("CancelStatement")) <= 10
    assert api.transaction == "failed"
    api.sql("rollback")
    assert api.sql("select 1").scalar() == 1


def test_a_statement_is_stopped_before_it_begins(api: Session, data_api: DataApi) -> None:
    data_api.hold = 1.0
    threading.Timer(0.2, interrupt).start()
    with pytest.raises(Cancelled):
        api.sql("create table never (a int)")
    data_api.hold = 0
    with pytest.raises(SqlError, match="never"):
        api.sql("select * from never")


def test_fetching_is_stopped_between_pages(api: Session, data_api: DataApi, monkeypatch: pytest.MonkeyPatch) -> None:
    api.sql("create table n (i int); insert into n values " + ", ".join(f"({i})" for i in range(300)))
    data_api.page = 1
    threading.Timer(0.3, interrupt).start()
    with pytest.raises(Cancelled):
        api.sql("select i from n, (select 1) where i >= 0 order by i")
    data_api.page = 1000
    assert api.sql("select count(*) from n").scalar() == 300


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)
