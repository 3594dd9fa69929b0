"""Recursive common table expressions: what both queries make is held by one type, or refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from rsnb.errors import UnsupportedSql
from rsnb.session import Session

D = Decimal

HELD: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    ("select 1 union all select n + 1 from x where n < 3", "integer", [(1,), (2,), (3,)]),
    ("select 2147483647 union all select n + 1::bigint from x where n < 2147483649", "bigint",
     [(2147483647,), (2147483648,), (2147483649,)]),
    ("select 1::smallint union all select n * 1000 from x where n < 1000000", "integer", [(1,), (1000,), (1000000,)]),
    ("select 99.90::numeric(4,2) union all select n + 0.25 from x where n < 100", "numeric(38,2)",
     [(D("99.90"),), (D("100.15"),)]),
    ("select 'a' union all select n || 'b' from x where len(n) < 3", "character varying(65535)",
     [("a",), ("ab",), ("abb",)]),
    ("select 'a'::char(1) union all select n || 'b' from x where len(n) < 3", "character varying(65535)",
     [("a",), ("ab",), ("abb",)]),
    ("select null union all select coalesce(n, 0.5) from x where n is null", "numeric(2,1)", [(None,), (D("0.5"),)]),
    ("(select 1 union all select 5) union all select n + 1 from x where n < 2", "integer", [(1,), (2,), (5,)]),
    ("select * from (select 1.0::numeric(3,1) as m) t union all select n + 1.0 from x where n < 2", "numeric(38,1)",
     [(D("1.0"),), (D("2.0"),)]),
    ("select 1 union all select 2.5", "numeric(11,1)", [(D("1.0"),), (D("2.5"),)]),  # it does not name itself
]  # fmt: skip

REFUSED: list[tuple[str, str]] = [
    ("select 100.00::numeric(10,2) union all select n * 1.055 from x where n < 120",
     "n is numeric(10,2) in its first query and numeric(15,5) in its second"),
    ("select 1 union all select n / 3.0 from x where n > 0", "n is integer in its first query and numeric("),
    ("select 1 union all select n * 1.5 from x where n < 4", "n is integer in its first query and numeric("),
    ("select date '2020-01-01' union all select dateadd(hour, 30, n) from x where n < '2020-01-05'",
     "n is date in its first query and timestamp without time zone in its second"),
    ("select 1::real union all select n + 1::float8 from x where n < 4", "n is real in its first query and double"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "rows"), HELD)
def test_one_type_holds_both_queries(
    check: Any, session: Session, body: str, kind: str, rows: list[tuple[Any, ...]]
) -> None:
    query = f"with recursive x(n) as ({body}) select n from x"
    check(f"{query} order by n nulls first", rows)
    session.sql(f"create table made as {query}")
    declared = session.sql("select type from pg_table_def where tablename = 'made'").arrow().to_pylist()
    assert declared == [{"type": kind}]


@pytest.mark.parametrize(("body", "words"), REFUSED)
def test_types_that_would_change_a_value_are_refused(refuses: Any, body: str, words: str) -> None:
    refuses(f"with recursive x(n) as ({body}) select n from x", UnsupportedSql, words)


def test_a_tree_keeps_the_path_of_each_row(check: Any) -> None:
    check(
        "create table part (id int, part_of int, name varchar(10), price numeric(8,2)); "
        "insert into part values (1, null, 'bike', 100.00), (2, 1, 'wheel', 40.50), (3, 2, 'spoke', 0.25); "
        "with recursive tree(id, path, total) as (select id, name, price from part where part_of is null union all "
        "select p.id, t.path || '/' || p.name, t.total + p.price from part p join tree t on p.part_of = t.id) "
        "select * from tree order by id",
        [(1, "bike", D("100.00")), (2, "bike/wheel", D("140.50")), (3, "bike/wheel/spoke", D("140.75"))],
    )
