"""What is known of steps, commits and endings; what there is none of."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import Session, SqlError
from rsnb.warehouse.system import VIEWS, absent, ingestion, scaling, sharing


@pytest.fixture
def made(session: Session) -> Session:
    session.sql("create table t (a int); insert into t values (1), (2), (3); delete from t where a > 1")
    return session


@pytest.mark.parametrize("name", sorted(name for name in VIEWS if not name.startswith("_")))
def test_every_view_answers(check: Any, name: str) -> None:
    check(f"select count(*) >= 0 from {name}", [(True,)])


@pytest.mark.parametrize("name", [view.name for noun in (absent, ingestion, sharing) for view in noun.VIEWS])
def test_of_what_is_not_here_there_are_no_rows(check: Any, made: Session, name: str) -> None:
    check(f"select * from {name}", [], columns=[column.name for column in VIEWS[name].columns])


@pytest.mark.parametrize("name", [view.name for view in scaling.VIEWS])
def test_all_clusters_are_the_main_one(made: Session, name: str) -> None:
    made.sql("explain select a from t")
    main = next(n for n in VIEWS if n in (name.replace("svcs", "stl"), name.replace("svcs", "svl")))
    columns = ", ".join(column.name for column in VIEWS[name].columns)
    mine = made.sql(f"select * from {name} where query < 4").table
    assert mine.to_pylist() == made.sql(f"select {columns} from {main} where query < 4").table.to_pylist()


def test_texts_of_statements_without_a_group_have_no_label(check: Any, made: Session) -> None:
    made.sql("analyze t")
    for view in ("stl_ddltext", "stl_utilitytext", "svl_statementtext"):
        check(f"select count(*) > 0, sum(len(trim(label))) from {view}", [(True, 0)])
    made.sql("set query_group to 'nightly'; create table u (a int)")
    check("select trim(label) from stl_ddltext where text like 'create table u%'", [("nightly",)])


def test_statements_of_a_procedure_name_its_call(check: Any, made: Session) -> None:
    made.sql("create procedure p() as $$ begin update t set a = 2; end; $$ language plpgsql; call p()")
    check("select trim(q.substring), trim(c.querytxt) from svl_qlog q "
          "join svl_stored_proc_call c on c.query = q.from_sp_call",
          [("update t set a = 2", "call p()")])  # fmt: skip


def test_when_a_user_last_created_something(check: Any, made: Session) -> None:
    check("select last_ddl_ts between dateadd(minute, -1, sysdate) and sysdate from svl_user_info "
          "where usename = current_user", [(True,)])  # fmt: skip
    made.sql("create user someone password disable")
    check("select last_ddl_timestamp from svv_user_info where user_name = 'someone'", [(None,)])


def test_steps_that_wrote(check: Any, made: Session) -> None:
    named = "join svv_table_info i on i.table_id = s.tbl"
    check(f'select i."table", s.rows from stl_insert s {named}', [("t", 3)])
    check(f'select i."table", s.rows from stl_delete s {named}', [("t", 2)])
    check("select query, stream, segment from stl_stream_segs order by query limit 1", [(2, 0, 0)])
    check("select count(*) from stl_hash", [(0,)])


def test_a_running_query_is_a_step_of_its_own(check: Any, made: Session) -> None:
    check("select count(*), count(distinct query) from stv_exec_state cross join t", [(1, 1)])
    check("select s.query = q.query, s.exec_time >= 0 from stv_wlm_query_task_state s cross join stv_inflight q "
          "cross join t", [(True, True)])  # fmt: skip


def test_costs_of_a_plan(check: Any, made: Session) -> None:
    made.sql("explain select count(*) from t")
    check("select nodeid, startupcost, totalcost > 0, rows from stl_plan_info order by nodeid limit 1",
          [(1, 0.0, True, 1)])  # fmt: skip


def test_what_is_measured_of_a_whole_query(check: Any, made: Session) -> None:
    check("select q.segment, q.rows, q.run_time > 0 from stl_query_metrics q join stl_query s using (query) "
          "where s.querytxt like 'delete from t%'", [(-1, 2, True)])  # fmt: skip
    check("select count(*) from stv_query_metrics cross join t", [(1,)])
    check("create table i (a int, b int) interleaved sortkey (a, b)")
    check("select col from svv_interleaved_columns order by 1", [(0,), (1,)])
    check("select trim(isolation_level) from stv_db_isolation_level", [("Snapshot Isolation",)])


def test_commits(check: Any, made: Session) -> None:
    made.sql("begin; insert into t values (9); rollback; begin; insert into t values (7); commit")
    ran = "select xid, aborted from stl_query where querytxt like 'insert into t values (%'"
    check(f"select count(*) from ({ran}) q join stl_commit_stats c using (xid)", [(2,)])
    check("select distinct node, queuelen, datediff(ms, startqueue, startwork) from stl_commit_stats", [(-1, 0, 0)])
    check("select xact_id = xact_id_undone from stl_undone", [(True,)])


def test_what_may_not_stand_in_a_transaction(check: Any, refuses: Any, made: Session) -> None:
    made.sql("begin")
    refuses("vacuum t", SqlError, "inside a transaction")
    made.sql("rollback")
    check("select trim(cmdname), trim(text) from svl_multi_statement_violations", [("VACUUM", "vacuum t")])


def test_quotas(check: Any, session: Session) -> None:
    session.sql("create schema small quota 10 mb; create table small.t as select 'x' as a; create schema free")
    check("select trim(schema_name), quota, disk_usage_pct >= 0 from svv_schema_quota_state", [("small", 10, True)])
