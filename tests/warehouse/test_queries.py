"""Queries: literals, operators, comparison, names, clauses, null order, types."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql

D = Decimal

PAIRS = "(select 1 as x, 'a' as y union all select 1, 'b' union all select 2, 'a') t"
NULLS = "(select 1 as x union all select null union all select 2) t"

EXPRESSIONS: list[tuple[str, Any]] = [
    # literals: a backslash escapes
    (r"'a\nb'", "a\nb"), (r"'it\'s'", "it's"), (r"'\\'", "\\"), (r"'a\qb'", "aqb"), ("'a''b'", "a'b"),
    # integer division and modulo cut off towards zero
    ("7 / 2", 3), ("-7 / 2", -3), ("7 / -2", -3), ("-7 % 3", -1), ("7 % -2", 1), ("7 / 2.0::float8", 3.5),
    ("1.10 * 1.10", D("1.2100")), ("0.1 + 0.2", D("0.3")), ("-2 ^ 2", 4.0),
    # NULL
    ("null || 'a'", None), ("null = null", None), ("1 in (1, null)", True), ("3 in (1, null)", None),
    ("3 not in (1, null)", None), ("1 is distinct from null", True), ("'' is null", False), ("not null", None),
    # comparison: beside a literal that ends in blanks, blanks at the end do not count
    ("'a' = 'a  '", True), ("'a' <> 'a '", False), ("'a' in ('b', 'a  ')", True), ("'a  ' = 'a'", True),
    ("'a' between 'a ' and 'b'", True), ("'a' > 'B'", True), ("'a' || 1", "a1"),
    # LIKE: a backslash escapes, also when the pattern is computed
    ("'a_b' like 'a\\\\_b'", True), ("'axb' like 'a\\\\_b'", False), ("'axb' like 'a' || '\\\\_b'", False),
    ("'a%b' like 'a^%b' escape '^'", True), ("'a' like 'A'", False), ("'a' ilike 'A'", True), ("'a ' like 'a'", False),
    ("'É' not ilike 'e'", True),
    ("2 not between 3 and 1", True), ("date '2008-01-01' + 1", dt.date(2008, 1, 2)),
    ("date '2008-01-10' - date '2008-01-01'", 9), ("1 = '1'", True),
    ("date '2008-01-31' + interval '1 month'", dt.datetime(2008, 2, 29)),
    ("'2008-02-01 10:00:00+02'::timestamptz", dt.datetime(2008, 2, 1, 8, tzinfo=dt.UTC)),
]  # fmt: skip

QUERIES: list[tuple[str, list[tuple[Any, ...]]]] = [
    (f"select x from {NULLS} order by x", [(1,), (2,), (None,)]),
    (f"select x from {NULLS} order by x desc", [(None,), (2,), (1,)]),
    (f"select x from {NULLS} order by x desc nulls last", [(2,), (1,), (None,)]),
    (f"select x, row_number() over (order by x desc) as n from {NULLS} order by n limit 1", [(None, 1)]),
    ("select 1 as a, a + 1 as b, b * 2 as c", [(1, 2, 4)]),
    ("select x % 2 as k, count(*) from (select 1 as x union all select 3) t group by 1 having count(*) > 1", [(1, 2)]),
    ("select x from (select 1 x union all select 2) t qualify row_number() over (order by x desc) = 1", [(2,)]),
    ("select 1 union select 1", [(1,)]),
    ("select 1 except select 1", []),
    ("select 1 minus select 2", [(1,)]),
    ("select 1 intersect select 1", [(1,)]),
    ("with t as (select 1 as x) select * from t where x in (with t as (select 2 as x) select x - 1 from t)", [(1,)]),
    ("with pg_table_def as (select 1 as x) select * from pg_table_def", [(1,)]),
    ("with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select n from t", [(1,), (2,), (3,)]),
    ("select x, count(*) from (select 1 as x) t group by rollup (x) order by x nulls last", [(1, 1), (None, 1)]),
    ("select top 1 x from (select 1 as x union all select 2) t order by x", [(1,)]),
    (f"select x from {PAIRS} order by x limit all offset 2", [(2,)]),
    ("select (select 1), exists (select 1 where false)", [(1, False)]),
    ("select a.x, b.y from (select 1 as x) a left join (select 1 as x, 2 as y) b using (x)", [(1, 2)]),
    ("select T.X from (select 1 as x) t", [(1,)]),
    ("select x from (select 1 as x union select 2.5) t order by 1", [(D("1.0"),), (D("2.5"),)]),
    # a bracket behind syntax of two words is no call
    (f"select x, y, count(*) from {PAIRS} group by (x, y) order by (x), y", [(1, "a", 1), (1, "b", 1), (2, "a", 1)]),
    (f"select x, count(*) from {PAIRS} group by grouping sets ((x), ()) order by 1", [(1, 2), (2, 1), (None, 3)]),
    (f"select x, y, count(*) from {PAIRS} group by grouping sets ((x, y), (x)) having count(*) > 1", [(1, None, 2)]),
    (
        f"select sum(x) over (partition by (y) order by (x) rows unbounded preceding) s from {PAIRS} order by 1",
        [(1,), (1,), (3,)],
    ),
    # rows
    (f"select x from {PAIRS} where (x, y) = (1, 'b')", [(1,)]),
    (f"select y from {PAIRS} where (x, y) <> (1, 'b') order by x", [("a",), ("a",)]),
    (f"select x, y from {PAIRS} where (x, y) in ((1, 'b'), (2, 'a')) order by x", [(1, "b"), (2, "a")]),
    (f"select x, y from {PAIRS} where (x, y) not in ((1, 'b'), (2, null))", [(1, "a")]),
    (f"select x from {PAIRS} where (x, y) in (select 2, 'a')", [(2,)]),
    ("select (1, null::int) = (1, null), (1, 2) = (2, null::int)", [(None, False)]),
    # an alias in WHERE, where no column has its name
    (f"select x + 1 as z, z * 2 as zz from {PAIRS} where z > 2 and zz = 6", [(3, 6)]),
    (f"select x * 10 as x from {PAIRS} where x = 2", [(20,)]),
    (f"select y as w from {PAIRS} where x in (select x as v from {PAIRS} where v = 2)", [("a",)]),
    (
        f"select (select max(x) from {PAIRS} where t.y = u.y) as list from (select 'a' as y) u group by list, u.y",
        [(2,)],
    ),
    # truth values beside 0 and 1
    (f"select x from {PAIRS} where (y = 'b') = 1", [(1,)]),
    (f"select x from {PAIRS} where (y = 'a') in (0)", [(1,)]),
    (f"select y + '-' + y as #Twice from {PAIRS} where x = 2", [("a-a",)]),
    # columns that repeat
    (f"select * from {PAIRS} join (select 1 as x, 'c' as y) u using (x) order by 2", [(1, "a", "c"), (1, "b", "c")]),
    (f"select q.* from (select t.*, 5 as x from {PAIRS} where y = 'b') q", [(1, "b", 5)]),
    ("with q as (select 1 as x, 2 as x, 3 as z) select z, * from q", [(3, 1, 2, 3)]),
    ("with q as (select 1 as x, 2 as x, 3 as z) select * exclude (z) from q", [(1, 2)]),
]

REFUSED: list[tuple[str, type[SqlError], str]] = [
    ("select 1,", SqlError, "ends with a comma"),
    ("select 1 <=> 1", SqlError, "<=>"),
    ("select 1 from", SqlError, "syntax error"),
    ("select * from events tablesample (10)", SqlError, "at or near '10'"),
    ("values (1)", SqlError, "does not begin a statement"),
    ("select 'a' + 1", SqlError, "not valid for the type INTEGER"),
    ("select 2147483647 + 1", SqlError, "out of range"),
    ("select sum(x) from (select 9223372036854775807::int8 as x) t group by 1 / 0", SqlError, "division by zero"),
    ("select * from (values (1)) v", UnsupportedSql, "VALUES in FROM"),
    ("select distinct on (x) x from (select 1 as x) t", SqlError, "Redshift has no DISTINCT ON"),
    ("select 'é' ilike 'É'", UnsupportedSql, "ILIKE"),
    ("select * from generate_series(1, 2)", UnsupportedSql, "table function"),
    ("select * from read_csv('/etc/passwd')", UnsupportedSql, "table function"),
    ("select * from '/etc/passwd'", SqlError, "there is no table"),
    ("select (1, 2)", SqlError, "a row stands only beside =, <> or IN"),
    ("select 1 order by (1, 2)", SqlError, "a row stands only beside =, <> or IN"),
    ("select (1, 2) < (1, 3)", UnsupportedSql, "a comparison of rows other than = and <>"),
    ("select (1, 2) = (1, 2, 3)", SqlError, "a row of 2 values can't be compared with a row of 3 values"),
    ("select 1 where 1 in (select 1, 2)", SqlError, "one value can't be compared with a row of 2 values"),
    ("select x from (select 1 as x, 2 as x) t", SqlError, "the column x is ambiguous"),
    ("select x as x from (select 1 as y) t where x = 1", SqlError, "there is no column x"),
    ("select count(*) as n from (select 1 as y) t where n = 1", SqlError, "aggregates"),
    ("select rank() over (order by random()) from (select 1 as x) t", UnsupportedSql, "RANDOM inside OVER"),
    ("select true = 2", UnsupportedSql, "a truth value with a number other than 0 and 1"),
    ("select 'a' + 'b'", SqlError, "there is no unknown + unknown"),
]


@pytest.mark.parametrize(("sql", "value"), EXPRESSIONS)
def test_expression(check: Any, sql: str, value: Any) -> None:
    check(f"select {sql}", [(value,)])


@pytest.mark.parametrize(("sql", "rows"), QUERIES)
def test_query(check: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "error", "words"), REFUSED)
def test_refused(refuses: Any, sql: str, error: type[SqlError], words: str) -> None:
    refuses(sql, error, words)


def test_names_are_folded_and_repeated_names_are_kept(check: Any) -> None:
    check('select 1 as "Foo", 2 as FOO, 3 "x y"', [(1, 2, 3)], columns=["foo", "foo", "x y"])


PARTS = (
    "create table part (name varchar(10), maker varchar(10), quality int, price decimal(12,2)); "
    "insert into part values "
    "('prop', 'local', 2, 10.00), ('prop', 'big', null, 9.00), ('prop', 'small', 1, 12.00), ('wing', 'big', 1, 15.20)"
)
PEOPLE = (
    "create table people (id int, boss int); "
    "insert into people values (1, null), (2, 1), (3, 1), (4, 2); create table pay (person int, amount int); "
    "insert into pay values (1, 5), (4, 7)"
)
CLAUSES = [
    (f"{PARTS}; select * from (select name, price from part) pivot (avg(price) for name in ('prop', 'wing'))",
     [(D("10.33"), D("15.20"))], ["prop", "wing"]),
    (f"{PARTS}; select * from (select quality, maker from part) "
     "pivot (count(*) as n for quality in (1 as high, null as na)) order by maker",
     [("big", 1, 1), ("local", 0, 0), ("small", 1, 0)], ["maker", "high_n", "na_n"]),
    (f"{PARTS}; select * from (select maker, quality from part) p pivot (count(*) for quality in (1, 2)) order by 1",
     [("big", 1, 0), ("local", 0, 1), ("small", 1, 0)], ["maker", "1", "2"]),
    ("create table c (q int, red int, blue int); insert into c values (1, 10, null), (2, 20, 5); "
     "select * from c unpivot (n for color in (red as r, blue)) order by q, color",
     [(1, "r", 10), (2, "blue", 5), (2, "r", 20)], ["q", "color", "n"]),
    ("create table c (q int, red int, blue int); insert into c values (1, 10, null); "
     "select * from c unpivot include nulls (n for color in (red, blue)) order by color",
     [(1, "blue", None), (1, "red", 10)], ["q", "color", "n"]),
    (f"{PEOPLE}; select id, level from people start with boss is null connect by prior id = boss order by id",
     [(1, 1), (2, 2), (3, 2), (4, 3)], ["id", "level"]),
    (f"{PEOPLE}; select count(*) from people p where level > 1 connect by prior id = boss start with id = 2",
     [(1,)], ["count"]),
    (f"{PEOPLE}; select id, amount from people, pay where person(+) = id and amount(+) > 5 order by id",
     [(1, None), (2, None), (3, None), (4, 7)], ["id", "amount"]),
    (f"{PEOPLE}; select p.id, b.id from people p, people b where p.boss = b.id(+) and p.id < 3 order by 1",
     [(1, None), (2, 1)], ["id", "id"]),
    ("select x, sum(y) from (select 1 as x, 2 as y union all select 1, 3) t group by cube (x) order by 1",
     [(1, 5), (None, 5)], ["x", "sum"]),
    ("select * exclude (b) from (select 1 as a, 2 as b, 3 as c) t", [(1, 3)], ["a", "c"]),
    ("select * from (select 1 as k, 2 as a) x join (select 1 as k, 3 as b) y using (k)", [(1, 2, 3)], ["k", "a", "b"]),
    ("select x::int::varchar, (case when true then x end)::int4, upper('a')::char(2) from (select 1 as x) t",
     [("1", 1, "A ")], ["x", "int4", "upper"]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows", "columns"), CLAUSES)
def test_clause(check: Any, sql: str, rows: list[tuple[Any, ...]], columns: list[str]) -> None:
    check(sql, rows, columns=columns)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select * from people p, pay q join people r on true where p.id = q.person(+)", "does not go with JOIN"),
        ("select * from people p, pay q where p.id = q.person(+) or p.id = 1", "outside OR"),
        ("select * from people connect by id = boss", "PRIOR"),
        ("select id from people union select id, boss from people", "1 and 2 columns"),
        ("select id from people union select 'a'::varchar(3)", "do not go together"),
    ],
)
def test_clauses_that_redshift_refuses(session: Any, refuses: Any, sql: str, words: str) -> None:
    session.sql(PEOPLE)
    refuses(sql, SqlError, words)


def test_a_decimal_literal_beside_a_float_is_a_float(check: Any) -> None:
    check("select 100.0 * 3::float8 / 8", [(37.5,)])


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("select 1 from (select 1 as id) a join pg_table_def b", "pg_table_def"),
        ("select id from (select 1 as id) t group", "group"),
        ("select id from (select 1 as id) order", "order"),
    ],
)
def test_an_unfinished_clause_is_a_syntax_error(session: Any, sql: str, word: str) -> None:
    with pytest.raises(SqlError, match="syntax error") as caught:
        session.sql(sql)
    assert caught.value.position == sql.index(word)


def test_rows_that_are_cut_off_keep_their_names(session: Any) -> None:
    result = session.sql("select count(*), count(*) from (select 1 as id)", max_rows=5)
    assert result.columns == ["count", "count"]
    assert not result.receipt.cut_off
    cut = session.sql("select 1 as a union all select 2", max_rows=1)
    assert (len(cut), cut.receipt.cut_off) == (1, True)
    assert session.sql("select 3 as a").scalar() == 3
