# ruff: noqa: E501
"""Predicates on partition columns: which are found, and that reading only what they leave gives the same answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb
import pytest
import sqlglot

from rsnb.warehouse.pruning import predicates

SCAN = "rsnb_system.scan_0"
COLUMNS = {"k", "l"}

# a bound statement → the predicates on the partition columns k and l of the scan
CASES: list[tuple[str, list[str]]] = [
    # one table
    (f"select id from {SCAN} as t where k = 2", ['"k" = 2']),
    (f"select id from {SCAN} as t where t.k = 2 and id > 1 and (l = 'a' and k < 3)", ['"k" = 2', "\"l\" = 'a'", '"k" < 3']),
    (f"select id from {SCAN} as t where k in (1, 2) or t.l = 'b'", ["\"k\" IN (1, 2) OR \"l\" = 'b'"]),
    (f"select id from {SCAN} as t where k between 1 and 2", ['"k" BETWEEN 1 AND 2']),
    (f"select id from {SCAN} as t where not k = 2", ['NOT "k" = 2']),
    (f"select id from {SCAN} as t where k is null", ['"k" IS NULL']),
    (f"select id from {SCAN} as t where upper(l) = 'A' and k + 1 = 3", ["UPPER(\"l\") = 'A'", '"k" + 1 = 3']),
    (f"select id from {SCAN} as t where l like 'a%'", ["\"l\" LIKE 'a%'"]),
    (f"select id from {SCAN} as t where k = id", []),
    (f"select id from {SCAN} as t where k = 1 or id = 3", []),
    (f"select id from {SCAN} as t where 1 = 1", []),
    (f"select id from {SCAN} as t where k = (select max(k) from x)", []),
    (f"select id from {SCAN} as t where k > random() - 1", []),
    (f"select id from {SCAN} as t where k < public.f(2)", []),
    (f"select id from {SCAN} as t", []),
    # joins
    (f"select t.id from {SCAN} as t join x on t.id = x.id and t.k = 2", ['"k" = 2']),
    (f"select t.id from {SCAN} as t join x on t.k = x.k", []),
    (f"select t.id from {SCAN} as t, x where t.id = x.id and t.k = 2 and x.k = 1", ['"k" = 2']),
    (f"select t.id from {SCAN} as t left join x on t.k = 2", []),
    (f"select t.id from {SCAN} as t left join x on t.id = x.id where t.k = 2", ['"k" = 2']),
    (f"select x.id, t.id from x left join {SCAN} as t on t.id = x.id and t.k = 2", ['"k" = 2']),
    (f"select x.id, t.id from x left join {SCAN} as t on t.id = x.id and t.k is null", ['"k" IS NULL']),
    (f"select x.id, t.id from x left join {SCAN} as t on t.id = x.id where t.k = 2", ['"k" = 2']),
    (f"select x.id, t.id from x left join {SCAN} as t on t.id = x.id where t.k is null", []),
    (f"select x.id, t.id from x left join {SCAN} as t on t.id = x.id where coalesce(t.k, 2) = 2", []),
    (f"select x.id, t.id from x left join {SCAN} as t on t.id = x.id join x as y on t.k is null", []),
    (f"select x.id, t.id from {SCAN} as t right join x on t.k = 2", ['"k" = 2']),
    (f"select x.id, t.id from x right join {SCAN} as t on t.k = 2", []),
    (f"select x.id, t.id from x right join {SCAN} as t on t.id = x.id where t.k = 2", ['"k" = 2']),
    (f"select x.id, t.id from x full join {SCAN} as t on t.k = 2", []),
    (f"select x.id, t.id from x full join {SCAN} as t on t.id = x.id where t.k = 2", ['"k" = 2']),
    (f"select x.id, t.id from x full join {SCAN} as t on t.id = x.id where t.k is null", []),
    (f"select t.id, k from {SCAN} as t left join x using (k) where k = 2", ['"k" = 2']),
    (f"select t.id, k from x left join {SCAN} as t using (k) where k = 2", ['"k" = 2']),
    # queries around
    (f"select * from (select id, k as day from {SCAN} as t where l = 'a') as v where v.day = 2", ["\"l\" = 'a'", '"k" = 2']),
    (f"select * from (select * from {SCAN} as t) as v where k = 2", ['"k" = 2']),
    (f"select * from (select t.* from {SCAN} as t join x on t.id = x.id) as v where k = 2", ['"k" = 2']),
    (f"with q as (select k, id from {SCAN} as t) select id from q where q.k = 2", ['"k" = 2']),
    (f"with q as (select k, id from {SCAN} as t) select a.id from q as a join q as b on a.id = b.id where a.k = 2", []),
    (f"with q as (select k, id from {SCAN} as t where k > 1) select a.id from q as a, q as b where a.k = 2", ['"k" > 1']),
    (f"select * from (select id, k from {SCAN} as t order by id limit 2) as v where k = 2", []),
    (f"select * from (select k, row_number() over (order by id) from {SCAN} as t) as v where k = 2", []),
    (f"select * from (select k, l, count(*) as n from {SCAN} as t group by k, l) as v where k = 2 and n > 0", ['"k" = 2']),
    (f"select * from (select k, count(*) as n from {SCAN} as t group by 1 having count(*) > 1) as v where k = 2", ['"k" = 2']),
    (f"select * from (select max(k) as k from {SCAN} as t) as v where k = 2", []),
    (f"select * from (select k, l from {SCAN} as t group by rollup (k, l)) as v where k = 2", []),
    (f"select * from (select distinct k from {SCAN} as t) as v where k = 2", ['"k" = 2']),
    (f"select * from (select id as k from {SCAN} as t) as v where k = 2", []),
    (f"select * from (select x.id, t.k from x left join {SCAN} as t on t.id = x.id) as v where k is null", []),
    (f"select * from (select k, id from {SCAN} as t union all select k, id from x) as v where k = 2", ['"k" = 2']),
    (f"select * from (select k as a, id from x union select k, id from {SCAN} as t) as v where a = 2", ['"k" = 2']),
    (f"select * from (select k, id from {SCAN} as t except select k, id from x) as v where k = 2", []),
    (f"select * from (select id, k from {SCAN} as t) as v left join x on v.id = x.id where v.k = 2", ['"k" = 2']),
    (f"select x.id from x where exists (select 1 from {SCAN} as t where t.id = x.id and t.k = 2)", ['"k" = 2']),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> Any:
    db = duckdb.connect()
    db.execute("create schema rsnb_system; create schema public; create macro public.f(a) as a")
    rows = "(values (1, 1, 'a'), (2, 2, 'b'), (3, 2, 'a'), (4, 3, 'A'), (5, null, 'a'), (6, 2, null)) as v(id, k, l)"
    db.execute(f"create table whole as select * from {rows}")
    db.execute(
        "create table x as select id, k from whole where id % 2 = 1 union all select 7, 2 union all select 2, null"
    )
    return db


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_the_predicates_of_a_statement(tables: Any, sql: str, expected: list[str]) -> None:
    found = predicates(sqlglot.parse_one(sql, read="duckdb"), "scan_0", COLUMNS)
    assert found == expected
    answers = []
    for condition in ("true", " and ".join(f"({p})" for p in found) or "true"):
        tables.execute(f"create or replace table {SCAN} as select * from whole where {condition}")
        answers.append(Counter(tables.execute(sql).fetchall()))
    assert answers[0] == answers[1]


def test_only_the_scan_that_is_asked_for(tables: Any) -> None:
    sql = (
        "select a.id from rsnb_system.scan_0 as a join rsnb_system.scan_1 as b on a.id = b.id where a.k = 1 and b.k = 2"
    )
    tree = sqlglot.parse_one(sql, read="duckdb")
    assert predicates(tree, "scan_0", COLUMNS) == ['"k" = 1']
    assert predicates(tree, "scan_1", COLUMNS) == ['"k" = 2']
    assert predicates(tree, "scan_2", COLUMNS) == []
    assert predicates(tree, "scan_0", set()) == []
