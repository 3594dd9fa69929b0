"""SUPER values: the way into one, ranges over one, what it is compared with and cast to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql

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
    ("select array(1.0) = array(1), object('a', 1, 'b', 2) = object('b', 2.0, 'a', 1), "
     "9007199254740993::super = 9007199254740992::super", [(True, True, False)]),
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


MIXED = (
    "create table mixed (a super); insert into mixed values (100), (9), ('AWS'), (true), (array(1,2)), (-2.5), "
    "(object('b', 1, 'a', 2)), (2.50), (null), (1.0::float8), ('BCD'), (false);"
)
ORDERED = ["false", "true", "-2.5", "1e+0", "2.50", "9", "100", '"AWS"', '"BCD"', "[1,2]", '{"b":1,"a":2}', None]
TWICE = "(select 1::super as a union all select 1.0::super union all select 2::super) x"

OVER_ROWS: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("select a from mixed order by a", [(a,) for a in ORDERED]),
    ("select a as x from mixed order by x desc", [(a,) for a in ORDERED[::-1]]),
    ("select *, 1 as n from mixed order by a nulls first limit 2", [(None, 1), ("false", 1)]),
    ("select 1 as n, mixed.* from mixed order by 2 desc limit 2", [(1, None), (1, ORDERED[-2])]),
    ("select b as c, a as b from (select 2::super as b, 1 as a union all select 1, 2) x order by c",
     [("1", 2), ("2", 1)]),
    ("select v = 'x ', v in ('x  '), v = s, s <> v, v >= s from (select 'x'::super as v, 'x '::varchar as s) y",
     [(True, True, True, False, True)]),
    ("select distinct a from mixed order by 1", [(a,) for a in ORDERED]),
    ("select a, count(*) from mixed where a > 5 or a = 'AWS' group by a order by a",
     [("9", 1), ("100", 1), ('"AWS"', 1)]),
    ("select a as b, max(1) from mixed where a > 5 group by b order by b desc", [("100", 1), ("9", 1)]),
    ("select a from mixed where a > 5 union select a from mixed where a > 50 except select 100", [("9",)]),
    ("select a from mixed where a = 9 union select 'x'::varchar union all select 1.5 union select null limit 0", []),
    ("select a from (select a from mixed where a = 9 union select c from (select 'x'::varchar as c) y "
     "union select 1.5) z order by a", [("1.5",), ("9",), ('"x"',)]),
    (f"select count(distinct a), count(a) from {TWICE}", [(2, 3)]),
    (f"select max(c) from (select count(*) over (partition by a) as c from {TWICE}) y", [(2,)]),
    ("select count(*) from mixed where a not in ('AWS', 'x')", [(10,)]),
    ("select count(*) from mixed where a in (select 1 union all select 9)", [(2,)]),
    ("select 9 in (select a from mixed where a is not null), 7 in (select a from mixed where a is not null)",
     [(True, False)]),
    ("select a < 'B', a < 50::super, a >= 'AWS'::super from mixed where a = 'AWS'", [(True, None, True)]),
    ("select true::super < false::super, 2::super > 1.5::super", [(False, True)]),
    ("select count(a like '%'), count(a ilike 'a%' or null), count(a ~ '^A' or null) from mixed", [(2, 1, 1)]),
    ("select nullif(a, 9), nullif(a, 'AWS') from mixed where a in (9, 100) order by a", [(None, "9"), ("100", "100")]),
    ("select count(decode(a, 'AWS', 1, null, 1)) from mixed", [(2,)]),
    ("select count(*) from mixed where json_typeof(a) = 'boolean' and not a", [(1,)]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), OVER_ROWS)
def test_order_and_equality_go_by_the_dynamic_type(check: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    check(f"{MIXED} {sql}", rows)


NOT_KNOWN = [
    ("select a from mixed union all select 'Amazon' order by a", "set operation"),
    ("select a from (select a from mixed union all select 'Amazon') x order by a", "case"),
    ("select a from (select a from mixed union all select array(2)) x order by a", "arrays or objects"),
    ("select a, count(*) from mixed group by a", "written otherwise"),
    (f"select a from {TWICE} union select 3", "written otherwise"),
    (f"select distinct a from {TWICE}", "written differently"),
    ("select rank() over (order by a) from mixed", "OVER"),
    ("select a from mixed where not a", "no boolean"),
    ("select a from mixed where a > all (select 1)", "ALL"),
    ("select a from mixed where a in (1, 'x')", "several types"),
    ("select a from mixed where a between 1::super and 2", "BETWEEN"),
    ("select array(1) < array(2)", "arrays or objects"),
    ("select greatest(a, 1) from mixed", "GREATEST"),
    ("select a || 'x' from mixed", "||"),
]


@pytest.mark.parametrize(("sql", "words"), NOT_KNOWN)
def test_an_order_that_is_not_known_is_refused(session: Any, refuses: Any, sql: str, words: str) -> None:
    session.sql(MIXED)
    refuses(sql, UnsupportedSql, words)


CALCULATED: list[tuple[str, tuple[Any, ...]]] = [
    ("(4192801::super + 0.5) * 4192801::super / 10", ("1757958232200.1500",)),
    ("1.50::super + 1, 1 - 2.25::super, 1.5::super * 0.5, 7.5::super % 2, -7::super % 4",
     ("2.50", "-1.25", "0.75", "1.5", "-3")),
    ("7.5::super / 3, -1.5::super / 0.25, 1.5::super / 1.5::float8, 3::super * 0.1::float8",
     ("2.5000", "-6.0000", "1e+0", "3.0000000000000004e-1")),
    ("-(2.50::super), -(0.0::super), -('x'::super), - array(1)", ("-2.50", "0.0", None, None)),
    ("'x'::super + 'y'::super, 'x'::super + 'é', 'x'::super + 1, true::super + 1, 1 + null::super, null + 1::super",
     ('"xy"', '"xé"', None, None, None, None)),
    ("'x'::super - 'y', array(1) + array(2), 1::super * 'x'", (None, None, None)),
    ("abs(-1.50::super), floor(-1.5::super), ceil(1.05::super), round(2.5::super), sign(-0.5::super), "
     "trunc(-2.7::super)",
     ("1.50", "-2", "2", "3", "-1", "-2")),
    ("round(-2.5::float8::super), abs('x'::super), floor(array(1)), round(null::super)", ("-3e+0", None, None, None)),
    ("99999999999999999999999999999999999999::super - 1", ("9" * 37 + "8",)),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "values"), CALCULATED)
def test_arithmetic_goes_by_the_dynamic_type(check: Any, session: Any, sql: str, values: tuple[Any, ...]) -> None:
    assert set(check(f"select {sql}", [values]).types.values()) == {"super"}


CALCULATIONS_REFUSED = [
    ("select 1::super / 0", SqlError, "division by zero"),
    ("select 1.5::super % 0", SqlError, "division by zero"),
    ("select 99999999999999999999999999999999999999::super * 10", SqlError, "38 digits"),
    ("select 1e308::super * 10", SqlError, "float8"),
    ("select round(1.25::super, 1)", SqlError, "second argument"),
    ("select current_date + 1::super", SqlError, "date"),
    ("select 7::super / 2", UnsupportedSql, "whole numbers"),
    ("select 7.0::super / 3", UnsupportedSql, "four places"),
]


@pytest.mark.parametrize(("sql", "error", "words"), CALCULATIONS_REFUSED)
def test_what_arithmetic_can_not_answer_is_an_error(refuses: Any, sql: str, error: Any, words: str) -> None:
    refuses(sql, error, words)


PRICES = (
    "create table prices (k int, a super); insert into prices values (1, 1), (1, 2.50), (1, null), (2, 3), "
    "(2, 1.5::float8), (3, 'x'), (4, null), (5, 7), (5, 8);"
)


def test_sum_min_and_max_of_numbers(check: Any, refuses: Any) -> None:
    rows = [(1, "3.50", "2.50", "1"), (2, "4.5e+0", "3", "1.5e+0"), (4, None, None, None), (5, "15", "8", "7")]
    check(f"{PRICES} select k, sum(a), max(a), min(a) from prices where k <> 3 group by k order by k", rows)
    check("select k from prices where k <> 3 group by k having sum(a) > 3.6 order by sum(a) desc", [(5,), (2,)])
    check("select sum(a) over (partition by k), sum(a * 2) over () from prices where k = 5", [("15", "30")] * 2)
    check("select k from prices where k in (1, 5) order by a + 1 desc limit 3", [(1,), (5,), (5,)])
    for name in ("sum", "min", "max"):
        refuses(f"select {name}(a) from prices", UnsupportedSql, "no number")
    refuses("select sum(distinct a) from prices", UnsupportedSql, "DISTINCT")
    refuses("select avg(a) from prices", UnsupportedSql, "SUPER")
    refuses("select k from prices order by object('k', a)", UnsupportedSql, "objects")
    refuses("select k from prices where k = 5 order by json_parse('[1]')", UnsupportedSql, "subquery")


def test_attributes_are_named_as_written_where_the_session_says_so(check: Any) -> None:
    check("create table tbl (col super)")
    check('insert into tbl values (json_parse(\'{"A": "A", "a": "a", "L": [{"K": 1}]}\'))')
    check("select col.A, col.a, col.L from tbl", [('"a"', '"a"', None)])
    check("create view bound as select t.col.A as x from tbl t")
    check("set enable_case_sensitive_super_attribute to true")
    rows = [('"A"', '"a"', "1")]
    check("select col.A, col.a, t.COL.L[0].K from tbl t", rows, columns=["a", "a", "k"])
    check("select public.tbl.col.A from tbl", [('"A"',)])
    check('select x.K, COL."L"[0].k from tbl t, t.col.L as x', [("1", None)])
    check("select x from bound", [('"a"',)])
    check("create view named as select col.A as x from tbl; reset enable_case_sensitive_super_attribute")
    check("select n.x, col.A from named n, tbl", [('"A"', '"a"')])


def test_strict_steps_and_casts(check: Any, refuses: Any) -> None:
    check("create table tbl (v super)")
    check('insert into tbl values (json_parse(\'{"a": [1, null], "s": "x"}\')), (null)')
    check("set navigate_super_null_on_error to off; set cast_super_null_on_error to off")
    check("select v.a[0]::int, v.a[1], v.s::varchar from tbl order by 1", [(1, None, "x"), (None, None, None)])
    check("select v.a[i::int]::int from tbl, (select 0 as i) where v is not null", [(1,)])
    refuses("select v.b from tbl", SqlError, 'nothing at $."b"')
    refuses("select v.a[2] from tbl", SqlError, "nothing at")
    refuses("select v.a[i] from tbl, (select 2 as i)", SqlError, "nothing at")
    refuses("select v.s::int from tbl", SqlError, "can't be cast to integer")
    refuses("select v.a::varchar from tbl", SqlError, "can't be cast to character varying")
    check("reset all; select v.b, v.s::int from tbl where v is not null", [(None, None)])


def test_the_last_of_repeated_attributes_is_kept_where_the_session_says_so(check: Any, refuses: Any) -> None:
    check("set json_parse_dedup_attributes to on")
    check("select json_parse('{\"b\": {\"a\": 1, \"a\": 2.5}, \"c\": [true, null, \"é\"]}')",
          [('{"b":{"a":2.5},"c":[true,null,"é"]}',)])  # fmt: skip
    refuses('select json_parse(\'{"a": 1, "b": 2, "a": 3}\')', UnsupportedSql, "in between")
    refuses("select json_parse('{\"a\": 1,}')", SqlError, "JSON")


UNNESTED: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("select d.id, u.e.k from docs d, unnest(d.v.orders) as u(e) order by 2", [(1, "1"), (1, "2")]),
    ("select e.k, n from docs d, unnest(d.v.orders) with offset as u(e, n) order by n", [("1", 0), ("2", 1)]),
    ("select d.id, u.n from docs d left join unnest(d.v.orders) with offset u(e, n) on true where id < 3 order by 1, 2",
     [(1, 0), (1, 1), (2, None)]),
    ("select u.*, w.f from (select array(array(1, 2), array(3)) as a) t, unnest(t.a) u(e), "
     "unnest(u.e) with offset w(f, i) where i = 0 order by f", [("[1,2]", "1"), ("[3]", "3")]),
    ("select sum(u.e) from unnest(array(1, 2.5)) as u(e)", [("3.5",)]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), UNNESTED)
def test_unnest_is_a_table_of_elements(check: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    check(f"{TABLE} {sql}", rows)


@pytest.mark.parametrize("names", ["as u", "", "u(e, n)", "with offset as u(e)"])
def test_unnest_has_the_names_of_its_columns(refuses: Any, names: str) -> None:
    refuses(f"select 1 from unnest(array(1)) {names}", UnsupportedSql, "UNNEST")


@pytest.mark.parametrize("name", ["v", "i", "rsnb"])
def test_an_array_in_a_column_of_any_name_is_unnested(check: Any, session: Any, name: str) -> None:
    session.sql(f"create table n ({name} super); insert into n select json_parse('[10, 20]')")
    check(f"select e, x from n, unnest({name}) with offset as t(e, x) order by x", [("10", 0), ("20", 1)])
    check(f"select e, x from n, n.{name} as e at x order by x", [("10", 0), ("20", 1)])
