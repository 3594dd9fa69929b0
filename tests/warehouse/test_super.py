"""SUPER values: the way into one, ranges over one, what it is compared with and cast to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

DOC = """'{"orders":[{"k":1,"s":"P","d":"2001-09-08"},{"k":2,"s":7}],"name":"Ann ","paid":true,"Big":1,"n":2.5}'"""
TABLE = f"create table docs (id int, v super); insert into docs values (1, json_parse({DOC})), (2, null), (3, 'abc');"

ROWS: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("select v.orders[0].k from docs order by id", [("1",), (None,), (None,)]),
    ("select d.v.orders[1].s, d.v.name from docs as d where id = 1", [("7", '"Ann "')]),
    ("select v.nothing, v.orders.k, v.orders[9], v.name[0], v.big from docs where id = 1", [(None,) * 5]),
    ("select o.k, i from docs d, d.v.orders as o at i order by i", [("1", 0), ("2", 1)]),
    ("select o.k::int from docs d, d.v.orders o where o.s = 'P'", [(1,)]),
    ("select o.k::int from docs d, d.v.orders o where o.k > 1", [(2,)]),
    ("select id, o.k::int from docs d left join d.v.orders o on true where id < 3 order by 1, 2",
     [(1, 1), (1, 2), (2, None)]),
    ("select attr, val from docs d, unpivot d.v as val at attr where id = 1 and attr < 'o' order by attr",
     [("Big", "1"), ("n", "2.5"), ("name", '"Ann "')]),
    ("select e from (select json_parse('[[1,2],[3]]') as m) t, t.m as a, a as e order by e::int",
     [("1",), ("2",), ("3",)]),
    ("select e, i from (select json_parse('{\"l\":[{\"k\":[1,[2,3]]}]}') as m) t, t.m.l[0].k[1] as e at i order by i",
     [("2", 0), ("3", 1)]),
    ("select e, m.l[0].k[1][0] from (select json_parse('{\"l\":[{\"k\":[1,[2,3]]}]}') as m) t left join t.m.l[7] e "
     "on m.l[0].k[0] = 1", [(None, "2")]),
    ("select a, v from (select json_parse('[{\"x\":1,\"y\":2}]') as m) t, unpivot t.m[0] as v at a order by a",
     [("x", "1"), ("y", "2")]),
    ("select v.orders[0].s = 'P', v.orders[0].s = 1, v.orders[0].s <> 1, v.name = 'Ann', not v.paid = 'x' "
     "from docs where id = 1", [(True, False, True, True, True)]),
    ("select v.orders[0].s < 5, v.orders[0].k = 1.0, v.n in (1, 2.5), v.paid = true from docs where id = 1",
     [(None, True, True, True)]),
    ("select v.orders[0].k::int, v.n::int, v.n::numeric(3,1), v.n::float8, v.name::varchar(2), v.paid::bool, "
     "v.orders[0].d::date, v.name::int, v.orders::varchar from docs where id = 1",
     [(1, 3, Decimal("2.5"), 2.5, "An", True, dt.date(2001, 9, 8), None, None)]),
    ("select v from docs where id = 3", [('"abc"',)]),
    ("select json_parse('[1]') = array(1), array(1, 2) = array(2, 1), object('a', 1) = object('a', 1)",
     [(True, False, True)]),
    ("select v.orders[0].s, count(*) from docs group by 1 order by 2", [('"P"', 1), (None, 2)]),
    ("select json_parse('{\"a\":[1,2]}') as p, p.a[1]::int as q, q + 1 as r", [('{"a":[1,2]}', 2, 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), ROWS)
def test_rows(check: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    check(f"{TABLE} {sql}", rows)


def test_the_type_of_a_path_is_super(session: Any) -> None:
    session.sql(TABLE)
    assert dict(session.sql("select v, v.orders[0] as o, v.n::int as n from docs").types) == {
        "v": "super",
        "o": "super",
        "n": "integer",
    }
