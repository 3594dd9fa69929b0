"""The views of statements answer from what ran, in this session and in the others."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import SqlError


@pytest.fixture
def ran(session: Any) -> None:
    session.sql(
        "set query_group to 'nightly'; create table t (a int); insert into t values (1), (2), (3); select * from t; "
        "select 7; create table u as select * from t"
    )
    with pytest.raises(SqlError):
        session.sql("select a / (a - a) from t")


def test_stl_query_holds_what_compute_nodes_run(check: Any, ran: None) -> None:
    check(
        "select trim(querytxt), trim(label), aborted, starttime <= endtime from stl_query order by query",
        [
            ("insert into t values (1), (2), (3)", "nightly", 0, True),
            ("select * from t", "nightly", 0, True),
            ("create table u as select * from t", "nightly", 0, True),
            ("select a / (a - a) from t", "nightly", 1, True),
        ],
        columns=["btrim", "btrim", "aborted", "?column?"],
    )


def test_texts_go_by_kind(check: Any, ran: None) -> None:
    check("select trim(text) from stl_ddltext", [("create table t (a int)",)])
    check("select trim(text) from stl_utilitytext", [("set query_group to 'nightly'",)])
    check(
        "select type, trim(text) from svl_statementtext where type = 'DDL' or text like 'insert%' order by starttime",
        [("DDL", "create table t (a int)"), ("QUERY", "insert into t values (1), (2), (3)")],
    )


def test_long_texts_come_in_pieces(check: Any, session: Any) -> None:
    query = f"select a as first,\n a as {'x' * 100}, a as {'y' * 90} from t"
    session.sql(f"create table t (a int); {query}")
    check(
        "select sequence, len(text) from stl_querytext where query = (select min(query) from stl_query) order by 1",
        [(0, 200), (1, len(query) + 1 - 200)],  # a newline is written as two characters
    )
    written = query.replace("\n", "\\n")
    check("select text from stl_querytext where query = 2 and sequence = 0", [(written[:200],)])


def test_sys_query_history(check: Any, ran: None) -> None:
    check(
        "select trim(query_type), trim(status), returned_rows, result_cache_hit, trim(error_message) "
        "from sys_query_history order by query_id",
        [
            ("UTILITY", "success", 0, False, ""),
            ("DDL", "success", 0, False, ""),
            ("INSERT", "success", 3, False, ""),
            ("SELECT", "success", 3, False, ""),
            ("SELECT", "success", 1, False, ""),
            ("CTAS", "success", 0, False, ""),
            ("SELECT", "failed", 0, False, "division by zero"),
            ("SELECT", "running", 0, False, ""),
        ],
    )
    check("select count(*) from sys_query_history where elapsed_time >= execution_time and queue_time = 0", [(9,)])
    check("select trim(username) from sys_query_history limit 1", [("awsuser",)])
    check("select trim(text) from sys_query_text where text like 'create table t%'", [("create table t (a int)",)])


def test_the_running_query_sees_itself(check: Any) -> None:
    sql = "select trim(text), aborted from svl_qlog q right join stv_inflight i on i.query = q.query"
    check(sql, [(sql[:100], None)])
    check("select trim(status), pid from stv_recents where query like 'select trim(text)%'", [("Done", -1)])
    check("select current_query like '%pg_stat_activity' from pg_stat_activity", [(True,)])


def test_child_queries_and_their_ids(check: Any, ran: None) -> None:
    check("select child_query_sequence, sequence, trim(text) from sys_child_query_text where query_id = 4",
          [(1, 0, "select * from t")])  # fmt: skip
    check("select count(distinct query_uuid) = count(distinct query_id), min(len(query_uuid)) from sys_query_text",
          [(True, 36)])  # fmt: skip
    check("select count(*) from sys_child_query_text c join sys_query_text t using (query_uuid, query_id) "
          "where query_id < 8", [(4,)])  # fmt: skip
