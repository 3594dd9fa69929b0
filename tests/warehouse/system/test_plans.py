"""EXPLAIN in Redshift's form, and the views of plans and steps."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rsnb import Session, SqlError, UnsupportedSql

TABLES = (
    "create table sales (salesid int, eventid int, qty int); create table event (eventid int, name varchar(30)); "
    "insert into sales values (1, 1, 3), (2, 1, 5); insert into event values (1, 'a'), (1, 'b')"
)
SHAPES = [  # the lines, costs and rows left out
    ("select * from event", ["XN Seq Scan on event"]),
    ("select * from event where name = 'a'", ["XN Seq Scan on event", "  Filter: (name = 'a')"]),
    ("select 1", ["XN Result"]),
    ("select sum(qty) from sales", ["XN Aggregate", "  ->  XN Seq Scan on sales"]),
    ("select qty, count(*) from sales group by qty order by 1 limit 3",
     ["XN Limit", "  ->  XN Sort", "        Sort Key: qty", "        ->  XN HashAggregate",
      "              ->  XN Seq Scan on sales"]),
    ("select * from sales s join event e on s.eventid = e.eventid",
     ["XN Hash Join DS_DIST_NONE", '  Hash Cond: ("outer".eventid = "inner".eventid)', "  ->  XN Seq Scan on ",
      "  ->  XN Hash", "        ->  XN Seq Scan on "]),
    ("select * from event a, sales b where a.eventid < b.salesid",
     ["XN Nested Loop Join DS_DIST_NONE", "  Join Filter: (", "  ->  XN Seq Scan on ", "  ->  XN Seq Scan on "]),
    ("select eventid from event union all select eventid from sales",
     ["XN Append", "  ->  XN Seq Scan on event", "  ->  XN Seq Scan on sales"]),
    ("select row_number() over (partition by eventid order by qty) from sales",
     ["XN Window", "  Partition: eventid", "  Order: qty", "  ->  XN Seq Scan on sales"]),
    ("delete from sales where qty = 3", ["XN Seq Scan on sales", "  Filter: (qty = 3)"]),
    ("insert into event select * from event", ["XN Seq Scan on event"]),
    ("create table more as select * from event", ["XN Seq Scan on event"]),
]  # fmt: skip


@pytest.fixture
def made(session: Session) -> Session:
    session.sql(TABLES)
    return session


def lines(session: Session, sql: str) -> list[str]:
    """The plan's lines, the last one, which says what the numbers are, left out."""
    *plan, note = session.sql(f"explain {sql}").table["QUERY PLAN"].to_pylist()
    assert "rows are DuckDB's estimates" in note
    return plan


@pytest.mark.parametrize(("sql", "shape"), SHAPES, ids=[s[0] for s in SHAPES])
def test_the_shape_of_a_plan(made: Session, sql: str, shape: list[str]) -> None:
    found = lines(made, sql)
    assert len(found) == len(shape)
    assert all(line.startswith(start) for line, start in zip(found, shape, strict=True)), found
    steps = [line for line in found if "XN " in line]
    assert all(re.search(r"  \(cost=\d+\.\d\d\.\.\d+\.\d\d rows=\d+ width=\d+\)$", line) for line in steps)


def test_costs_grow_upward(made: Session) -> None:
    totals = [float(found[1]) for line in lines(made, SHAPES[4][0]) if (found := re.search(r"\.\.(\d+\.\d+) ", line))]
    assert totals == sorted(totals, reverse=True)


def test_nothing_is_run(made: Session) -> None:
    made.sql("explain delete from sales; explain create table more as select * from event")
    assert made.sql("select count(*) from sales").scalar() == 2
    assert made.sql("select count(*) from pg_tables where tablename = 'more'").scalar() == 0


def test_what_can_not_be_explained(made: Session) -> None:
    with pytest.raises(UnsupportedSql, match="EXPLAIN VERBOSE"):
        made.sql("explain verbose select 1")
    with pytest.raises(SqlError, match="EXPLAIN is for queries and CREATE TABLE AS"):
        made.sql("explain create table x (a int)")


def test_stl_explain(made: Session, check: Any) -> None:
    query = made.sql("explain select sum(qty) from sales where qty = 3").receipt.query_id
    check(
        f"select nodeid, parentid, split_part(plannode, '  (', 1), trim(info) from stl_explain where query = {query} "
        "order by 1",
        [(1, 0, "XN Aggregate", ""), (2, 1, "  ->  XN Seq Scan on sales", "Filter: (qty = 3)")],
    )
    check(f"select plan_node_id, plan_parent_id, trim(plan_info) from sys_query_explain where query_id = {query} "
          "order by 1", [(1, 0, ""), (2, 1, "Filter: (qty = 3)")])  # fmt: skip


def test_stl_explain_has_the_plans_of_queries_that_ran(made: Session, check: Any) -> None:
    query = made.sql("select count(*) from sales s join event e on s.eventid = e.eventid").receipt.query_id
    made.sql("select * from stl_scan s join event e on s.query = e.eventid")  # what views stand on is nobody's business
    check(f"select split_part(trim(plannode), '  (', 1) from stl_explain where query = {query} order by nodeid limit 2",
          [("XN Aggregate",), ("->  XN Hash Join DS_DIST_NONE",)])  # fmt: skip
    check("select distinct query from stl_explain join stl_query using (query) where querytxt like 'select%'",
          [(query,)])  # fmt: skip


STEPS = [  # of a query: segment, name, input, output
    ("select * from event", [(0, "scan", 2, 2), (0, "return", None, 2)]),
    ("select * from event where name = 'a'", [(0, "scan", 2, 1), (0, "return", None, 1)]),
    ("select count(*) from sales", [(0, "scan", None, None), (0, "return", None, 1)]),  # DuckDB has counted them
    ("select sum(qty) from sales", [(0, "scan", 2, 2), (0, "aggregate", 2, 1), (1, "return", None, 1)]),
    ("select distinct name from event", [(0, "scan", 2, 2), (0, "unique", 2, 2), (1, "return", None, 2)]),
    ("select name from event order by 1 limit 1",
     [(0, "scan", 2, 2), (0, "sort", None, 2), (1, "limit", 2, 1), (1, "return", None, 1)]),
    ("select salesid, name from sales s join event e on s.eventid = e.eventid where qty = 3",
     [(0, "scan", 2, 1), (0, "hash", None, 1), (1, "scan", 2, 2), (1, "hashjoin", 2, 2), (1, "return", None, 2)]),
    ("select count(*) from event a, sales b where a.eventid < b.salesid",
     [(0, "scan", 2, 2), (0, "save", None, 2), (1, "scan", 2, 2), (1, "nestloop", 2, 2), (1, "aggregate", 2, 1),
      (2, "return", None, 1)]),
    ("insert into event select * from event", [(0, "scan", 2, 2), (0, "insert", None, 2)]),
    ("delete from sales where qty = 3", [(0, "scan", 2, 1), (0, "delete", None, 1)]),
    ("create table more as select * from event", [(0, "scan", 2, 2), (0, "insert", None, 2)]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "steps"), STEPS, ids=[s[0] for s in STEPS])
def test_the_steps_of_a_query(made: Session, check: Any, sql: str, steps: list[tuple[Any, ...]]) -> None:
    query = made.sql(sql).receipt.query_id
    check(f"select segment_id, trim(step_name), input_rows, output_rows from sys_query_detail where query_id = {query} "
          "and step_name <> 'project' order by segment_id, step_id", steps)  # fmt: skip
    check(f"select max(segment) from stl_stream_segs where query = {query}", [(steps[-1][0],)])


def test_steps_by_kind(made: Session, check: Any) -> None:
    query = made.sql("select name, sum(qty) from sales s join event e on s.eventid = e.eventid where qty > 3 "
                     "group by name").receipt.query_id  # fmt: skip
    check(f"select trim(perm_table_name), rows, rows_pre_user_filter, is_rrscan, type from stl_scan "
          f"where query = {query} order by 1", [("event", 2, 2, "f", 2), ("sales", 1, 2, "f", 2)])  # fmt: skip
    check(f"select rows, join_type from stl_hashjoin where query = {query}", [(2, 0)])
    check(f"select rows, bytes > 0, is_diskbased, est_rows > 0 from stl_hash where query = {query}",
          [(1, True, "f", True)])  # fmt: skip
    check(f"select rows, trim(type) from stl_aggr where query = {query}", [(2, "HASHED")])
    check(f"select rows, bytes > 0 from stl_return where query = {query}", [(2, True)])
    check(f"select split_part(label, ' ', 1), rows, avgtime >= 0 from svl_query_summary where query = {query} "
          "and label like 'hjoin%'", [("hjoin", 2, True)])  # fmt: skip
    check(f"select scan_row_count, join_row_count, return_row_count from svl_query_metrics_summary "
          f"where query = {query}", [(2, 2, 2)])  # fmt: skip
    check(f"select cpu_time > 0, rows from stl_query_metrics where query = {query}", [(True, 2)])


def test_a_scan_that_leaves_blocks_out(session: Session, check: Any) -> None:
    session.sql("create table d as select 0 as n union all select 1 union all select 2 union all select 3 union all "
                "select 4 union all select 5 union all select 6 union all select 7; create table many as "
                "select a.n + 8 * (b.n + 8 * (c.n + 8 * (e.n + 8 * (f.n + 8 * g.n)))) as x "
                "from d a, d b, d c, d e, d f, d g order by 1")  # fmt: skip
    query = session.sql("select sum(x) from many where x > 262000").receipt.query_id
    check(f"select rows, rows_pre_filter < 262144, is_rrscan from stl_scan where query = {query}", [(143, True, "t")])
    query = session.sql("select x from many limit 1").receipt.query_id
    check(f"select is_rrscan from stl_scan where query = {query}", [(None,)])


def test_alerts(session: Session, check: Any) -> None:
    session.sql("create table t (a int, b int); insert into t select 1, 1 union all select 2, 2 union all select 3, 3; "
                "insert into t select x.a, y.b from t x, t y; insert into t select a, 7 from t; "
                "insert into t select a, 8 from t")  # fmt: skip
    query = session.sql("select b from t where a + b = 5 and b = 3").receipt.query_id
    check(f"select trim(event), trim(solution) from stl_alert_event_log where query <> {query}",
          [("Nested Loop Join in the query plan",
            "Review the join predicates to avoid Cartesian products")])  # fmt: skip
    check(f"select trim(event) from stl_alert_event_log where query = {query}",
          [("Very selective query filter:ratio=rows(1)/rows_pre_user_filter(48)=0.020833",)])  # fmt: skip
    check(f"select count(*) from sys_query_detail where query_id = {query} and alert like 'Very%'", [(1,)])


def test_queries_that_ran(made: Session, check: Any) -> None:
    made.sql("select * from event")
    check("select count(*) from stl_wlm_query where total_exec_time > 0 and total_queue_time = 0 "
          "and query in (select query from stl_query where querytxt like 'select * from e%')", [(1,)])  # fmt: skip
