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
        [(1, 0, "XN Aggregate", ""), (2, 1, "XN Seq Scan on sales", "Filter: (qty = 3)")],
    )
    check(f"select plan_node_id, plan_parent_id, trim(plan_info) from sys_query_explain where query_id = {query} "
          "order by 1", [(1, 0, ""), (2, 1, "Filter: (qty = 3)")])  # fmt: skip


def test_steps_say_what_was_read_and_returned(made: Session, check: Any) -> None:
    made.sql("select * from sales s join event e on s.eventid = e.eventid")
    check(
        "select trim(perm_table_name), rows from stl_scan where query = pg_last_query_id() order by 1",
        [("event", None), ("sales", None)],
    )
    made.sql("select * from event")
    check(
        "select step, split_part(label, ' ', 1), rows from svl_query_summary "
        "where query = (select max(query) from stl_query where querytxt like 'select * from e%') order by 1",
        [(0, "scan", None), (1, "return", 2)],
    )
    check("select count(*) from stl_wlm_query where total_exec_time > 0 and total_queue_time = 0 "
          "and query in (select query from stl_query where querytxt like 'select * from e%')", [(1,)])  # fmt: skip
