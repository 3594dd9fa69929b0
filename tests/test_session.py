"""Sessions: statements in, results out; datasets by name; transactions; many sessions at once."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rsnb
from rsnb import ConfigError, ConnectionLost, ParameterError, Session, SqlError, datasets


def threads() -> int:
    return sum(thread.name == "rsnb-session" for thread in threading.enumerate())


def test_the_last_statement_is_the_result(session: Session) -> None:
    assert session.sql("create table t (a int); insert into t values (1); select a from t").scalar() == 1


def test_run_gives_every_result_in_turn(session: Session) -> None:
    results = session.run("select 1; create table t (a int); insert into t values (:a), (2); select * from t", {"a": 1})
    assert [(r.receipt.command, len(r)) for r in results] == [
        ("SELECT", 1),
        ("CREATE TABLE", 0),
        ("INSERT 2", 0),
        ("SELECT", 2),
    ]


def test_nothing_runs_before_it_is_asked_for(session: Session) -> None:
    results = session.run("create table t (a int); create table u (a int)")
    next(results)
    assert session.sql("select count(*) from t").scalar() == 0
    with pytest.raises(SqlError, match="there is no table u"):
        session.sql("select * from u")


@pytest.mark.parametrize("text", ["", "  \n", ";", "-- only this", "/* and\nthis */ ;"])
def test_no_statement_is_an_error(session: Session, text: str) -> None:
    with pytest.raises(SqlError, match="there is no statement to run"):
        session.sql(text)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("select nosuch from svv_tables", "nosuch"),
        ("select 1;\n\nselect 'x' as b, nosuch", "nosuch"),
        ("select :text, nosuch", "nosuch"),
        ("-- a comment\nselect :text;\nselect :text, * from nosuch", "nosuch"),
        ("select 1; select :missing", ":missing"),
        ("select :text; select nofunction(:text)", "nofunction"),
        ("select 1; selec 2; select 3", "selec 2"),  # of several statements, the one that failed
        ("select 1; select 1/0", "select 1/0"),
    ],
)
def test_an_error_marks_its_place_in_what_was_written(session: Session, text: str, marked: str) -> None:
    with pytest.raises(SqlError) as caught:
        session.sql(text, text="a ' long\nvalue" * 10)
    assert caught.value.sql == text
    assert caught.value.position == text.index(marked)


def test_nothing_after_an_error_is_run(session: Session) -> None:
    with pytest.raises(SqlError):
        session.sql("create table t (a int); select nosuch; drop table t")
    assert session.sql("select count(*) from t").scalar() == 0


def test_a_parameter_may_have_any_name(session: Session) -> None:
    assert session.sql("select :text + :self", text=1, self=2).scalar() == 3
    assert next(session.run("select :max_rows", {"max_rows": 3})).scalar() == 3


@pytest.mark.parametrize(
    ("limit", "rows", "cut"), [(0, 5, False), (1, 1, True), (4, 4, True), (5, 5, False), (6, 5, False)]
)
def test_max_rows_cuts_off_and_says_so(session: Session, limit: int, rows: int, cut: bool) -> None:
    text = "select 1 as n union all select 2 union all select 3 union all select 4 union all select 5"
    result = session.sql(text, max_rows=limit)
    assert (len(result), result.receipt.rows, result.receipt.cut_off) == (rows, rows, cut)
    assert ("cut off" in str(result.receipt)) == cut


def test_max_rows_can_be_a_setting(project: Path) -> None:
    (project / "rsnb.toml").write_text("[settings]\nmax_rows = 1\n")
    with rsnb.connect("embedded://") as session:
        text = "select 1 union all select 2"
        assert len(session.sql(text)) == 1
        assert len(session.sql(text, max_rows=0)) == 2


def test_max_rows_is_not_negative(session: Session) -> None:
    with pytest.raises(ConfigError, match="max_rows is -1") as caught:
        session.sql("select 1", max_rows=-1)
    assert caught.value.hint == "0 is no limit"


# Datasets


def test_a_named_result_can_be_selected_from(session: Session) -> None:
    datasets["Visits"] = session.sql("select 1 as id, 'a' as kind union all select 2, 'b'")
    assert session.sql('select max(v.ID) from visits v where "KIND" = :kind', kind="b").scalar() == 2
    assert session.sql("select count(*) from VISITS a join Visits b on a.id = b.id").scalar() == 2


def test_columns_of_a_dataset_are_lower_case(session: Session) -> None:
    import pyarrow as pa

    datasets["made"] = rsnb.Result(pa.table({"Total": [1], "größE": ["x"]}))
    assert session.sql("select total, größe from made").table.to_pylist() == [{"total": 1, "größe": "x"}]


def test_a_real_table_wins_over_a_dataset(session: Session) -> None:
    datasets["event"] = session.sql("select 'dataset' as source")
    assert session.sql("select source from event").scalar() == "dataset"
    session.sql("create table event (source varchar(10)); insert into event values ('table')")
    assert session.sql("select source from event").scalar() == "table"
    session.sql("drop table event")
    assert session.sql("select source from event").scalar() == "dataset"


def test_a_dataset_is_replaced_and_dropped(session: Session) -> None:
    datasets["d"] = session.sql("select 1 as a")
    assert session.sql("select * from d").table.to_pylist() == [{"a": 1}]
    datasets["d"] = session.sql("select 'x' as b, 2 as c")
    assert session.sql("select * from d").table.to_pylist() == [{"b": "x", "c": 2}]
    datasets["d"] = session.sql("select * from d union all select 'y', 3")  # of itself
    assert session.sql("select count(*) from d").scalar() == 2
    del datasets["d"]
    with pytest.raises(SqlError, match="there is no table d"):
        session.sql("select * from d")


def test_a_dataset_works_in_a_transaction_and_between_sessions(session: Session) -> None:
    datasets["d"] = session.sql("select 5 as a")
    session.sql("begin; create table t (a int); insert into t select a from d; commit")
    assert session.sql("select a from t").scalar() == 5
    with rsnb.connect("embedded://") as other:
        assert other.sql("select a from d").scalar() == 5


def test_an_unknown_table_hints_at_datasets(session: Session) -> None:
    datasets["visits"] = session.sql("select 1 as a")
    with pytest.raises(SqlError) as caught:
        session.sql("select * from visit")
    assert caught.value.hint == "did you mean visits?"


# Transactions


def test_the_state_of_the_transaction(session: Session) -> None:
    states = [session.transaction]
    for text in ("begin", "create table t (a int)", "commit", "begin", "insert into t values (1)", "rollback"):
        session.sql(text)
        states.append(session.transaction)
    assert states == ["idle", "open", "open", "idle", "open", "open", "idle"]
    assert session.sql("select count(*) from t").scalar() == 0


@pytest.mark.parametrize("mistake", ["select nosuch", "selec", "select 1/0", "select :nothing", "select 'x", "show x"])
@pytest.mark.parametrize("leave", ["rollback", "commit", "end", "abort"])
def test_an_error_in_a_transaction_says_that_it_is_aborted_and_how_to_leave(
    session: Session, mistake: str, leave: str
) -> None:
    session.sql("create table t (a int)")
    session.sql("begin; insert into t values (1)")
    with pytest.raises(SqlError) as caught:
        session.sql(mistake)
    said = "the transaction is aborted by this error: leave it with `rollback`"
    assert session.transaction in ("failed", "open")  # open: the statement did not reach the warehouse
    assert (said in (caught.value.hint or "")) == (session.transaction == "failed")
    if session.transaction == "open":
        session.sql("rollback")
        return
    with pytest.raises(SqlError, match="aborted by an earlier error") as caught:
        session.sql("select 1")
    assert "leave it with `rollback`" in (caught.value.hint or "")
    session.sql(leave)
    assert session.transaction == "idle"
    assert session.sql("select count(*) from t").scalar() == 0


def test_without_a_transaction_an_error_aborts_nothing(session: Session) -> None:
    with pytest.raises(SqlError) as caught:
        session.sql("create table t (a int); select nosuch")
    assert "aborted" not in str(caught.value)
    assert session.transaction == "idle"
    assert session.sql("select count(*) from t").scalar() == 0


def test_closing_rolls_back(project: Path) -> None:
    address = f"embedded://{project}/w.duckdb"
    with rsnb.connect(address) as session:
        session.sql("create table t (a int); begin; insert into t values (1)")
    with rsnb.connect(address) as session:
        assert session.sql("select count(*) from t").scalar() == 0


# Sessions


def test_a_closed_session_says_so(project: Path) -> None:
    with rsnb.connect("embedded://") as session:
        assert repr(session) == "<Session embedded (idle)>"
    assert (session.transaction, repr(session)) == ("closed", "<Session embedded (closed)>")
    with pytest.raises(ConnectionLost, match="the session embedded is closed") as caught:
        session.sql("select 1")
    assert caught.value.hint == "connect again: rsnb.connect()"
    session.close()


def test_a_session_is_closed_when_its_block_fails(project: Path) -> None:
    with pytest.raises(SqlError), rsnb.connect("embedded://") as session:
        session.sql("select nosuch")
    assert session.transaction == "closed"


def test_a_dropped_session_frees_its_thread_and_file(project: Path) -> None:
    before = threads()
    session = rsnb.connect(f"embedded://{project}/w.duckdb")
    session.sql("create table t (a int); begin; insert into t values (1)")
    assert threads() == before + 1
    del session
    gc.collect()
    assert threads() == before
    with rsnb.connect(f"embedded://{project}/w.duckdb") as again:
        assert again.sql("select count(*) from t").scalar() == 0


def test_sessions_in_memory_know_nothing_of_each_other(session: Session) -> None:
    with rsnb.connect("embedded://") as other:
        session.sql("create table t (a int)")
        with pytest.raises(SqlError, match="there is no table t"):
            other.sql("select * from t")


def test_sessions_of_a_file_see_commits_but_no_open_transaction(project: Path) -> None:
    address = f"embedded://{project}/w.duckdb"
    with rsnb.connect(address) as one, rsnb.connect(address) as two:
        one.sql("create table t (a int); begin; insert into t values (1)")
        assert two.sql("select count(*) from t").scalar() == 0
        one.sql("commit")
        assert two.sql("select count(*) from t").scalar() == 1
        one.sql("create temp table mine (a int)")
        with pytest.raises(SqlError, match="there is no table mine"):
            two.sql("select * from mine")


def test_many_threads_have_each_their_session(project: Path) -> None:
    def work(number: int) -> list[int]:
        with rsnb.connect("embedded://") as session:
            session.sql("create temp table own (n int)")
            for i in range(5):
                session.sql("insert into own values (:n)", n=number * 10 + i)
            return session.sql("select n from own order by n").table.column("n").to_pylist()

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(work, range(20))) == [[n * 10 + i for i in range(5)] for n in range(20)]


def test_one_session_serves_many_threads_in_turn(session: Session) -> None:
    session.sql("create table t (n int)")
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: session.sql("insert into t values (:n)", n=n), range(40)))
    assert session.sql("select count(distinct n) from t").scalar() == 40


def test_a_missing_value_is_an_error_before_the_warehouse(session: Session) -> None:
    with pytest.raises(ParameterError, match="the parameter :kind has no value") as caught:
        session.sql("select :kind", kinds=1)
    assert "did you mean kinds?" in (caught.value.hint or "")


def test_what_a_vanished_folder_held_is_gone_and_said(project: Path) -> None:
    (project / "rsnb.toml").write_text('[lake]\n"s3://demo" = "lake"\n')
    (project / "lake" / "t").mkdir(parents=True)
    (project / "lake" / "t" / "a.csv").write_text("1\n2\n")
    with rsnb.connect("embedded://", start=project) as session:
        session.sql(
            """create external schema lake from data catalog database 'd' iam_role default;
               create external table lake.t (a varchar(5)) row format delimited fields terminated by ','
               stored as textfile location 's3://demo/t/'"""
        )
        assert session.sql("select max(a) from lake.t").scalar() == "2"
        (project / "lake" / "t" / "a.csv").unlink()
        (project / "lake" / "t").rmdir()
        result = session.sql("select a from lake.t")
        assert len(result) == 0
        assert result.receipt.notes == ("lake.t is empty: no files under s3://demo/t",)
        assert result.receipt.s3_files == 0
