# ruff: noqa: E501
"""What other dialects have and Redshift has not, reserved words, and clauses that Redshift refuses."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb.errors import SqlError

PAIRS = "(select 1 as x, 'a' as y union all select 1, 'b' union all select 2, 'a') t"

NUMBERS = "(select 1 as x union all select 2 union all select 2) n"
JOINED = "select a.x from (select 1 as x) a"

OF_OTHER_DIALECTS: list[tuple[str, str, str]] = [  # the statement, the words of the error, where its caret stands
    # joins without a condition
    (f"{JOINED} join (select 1 as y) b", "the JOIN has no ON", "y) b"),
    (f"{JOINED} /* c */ join /* d */ pg_table_def b", "the JOIN has no ON", "pg_table_def"),
    (f"{JOINED} left join pg_table_def b", "the JOIN has no ON", "pg_table_def"),
    (f"{JOINED} inner join pg_table_def b", "the JOIN has no ON", "pg_table_def"),
    (f"{JOINED} full outer join pg_table_def b where true", "the JOIN has no ON", "pg_table_def"),
    (f"{JOINED} semi join pg_table_def b on true", "at or near 'semi'", "semi"),
    (f"{JOINED} anti join pg_table_def b on true", "at or near 'anti'", "anti"),
    (f"{JOINED} asof join pg_table_def b on true", "at or near 'asof'", "asof"),
    # clauses
    (f"select x from {NUMBERS} sort by x", "Redshift has no SORT BY", ""),
    (f"select x from {NUMBERS} cluster by x", "Redshift has no CLUSTER BY", ""),
    (f"select x from {NUMBERS} distribute by x", "Redshift has no DISTRIBUTE BY", ""),
    ("select tablename from pg_table_def with (nolock)", "Redshift has no WITH (...) behind a table", "pg_table_def"),
    ("select cast('1' as varchar format 'x')", "Redshift has no FORMAT in CAST", ""),
    ("select cast('1' as int default 0 on conversion error)", "Redshift has no DEFAULT in CAST", ""),
    ("with t as materialized (select 1 as x) select x from t", "Redshift has no AS MATERIALIZED", ""),
    (f"select x from {NUMBERS} group by x with rollup", "Redshift has no WITH ROLLUP", "x with"),
    (f"select * ilike 'a%' from {NUMBERS}", "Redshift has no ILIKE behind *", ""),
    (f"select x from {NUMBERS} for update", "Redshift has no FOR UPDATE", ""),
    ("select 2 between symmetric 3 and 1", "Redshift has no BETWEEN SYMMETRIC", ""),
    (f"select *, 1 as y exclude (x) from {NUMBERS}", "EXCLUDE behind several columns is not supported", ""),
    # LIMIT and TOP
    (f"select x from {NUMBERS} limit 2, 1", "LIMIT takes one number", ", 1"),
    (f"select top 50 percent x from {NUMBERS}", "Redshift has no PERCENT", ""),
    (f"select x from {NUMBERS} limit 50 percent", "Redshift has no PERCENT", ""),
    (f"select x from {NUMBERS} limit 20%", "Redshift has no PERCENT", ""),
    (f"select x from {NUMBERS} order by x fetch first 2 rows only", "Redshift has no FETCH FIRST", ""),
    # set operators
    (f"select x from {NUMBERS} limit 1 union all select 3", "'union': it can't stand behind LIMIT", "union"),
    (f"select x from {NUMBERS} order by x except select 3", "'except': it can't stand behind ORDER BY", "except"),
    ("select 1 intersect all select 1", "INTERSECT ALL is not supported by Redshift", "all"),
    ("select 1 except all select 1", "EXCEPT ALL is not supported by Redshift", "all"),
    ("select 1 minus all select 1", "MINUS ALL is not supported by Redshift", "all"),
    # operators and words
    ("select 1 == 1", "at or near '=='", "=="),
    ("select !true", "at or near '!'", "!"),
    ("select 'a' rlike 'b'", "at or near 'rlike'", "rlike"),
    ("select 'a' regexp 'b'", "at or near 'regexp'", "regexp"),
    ("select 1 in ()", "IN takes one value at least", ")"),
    ("select 1 in unnest([1, 2])", "Redshift has no IN UNNEST", ""),
    ("select current_date()", "CURRENT_DATE stands without brackets", "("),
    ("select sysdate()", "SYSDATE stands without brackets", "("),
    ("select extract(month, date '2008-01-01')", "EXTRACT takes a part FROM a value", ","),
    ("insert pg_table_def values (1)", "INSERT goes with INTO", "pg_table_def"),
    ("insert into table t values (1)", "at or near 'table'", "table t"),
    # types
    ("select 1::string", "there is no type 'string'", "string"),
    ("select cast(1 as long)", "there is no type 'long'", "long"),
    ("select convert(number, '1')", "there is no type 'number'", "number"),
    ("select 1::tinyint", "there is no type 'tinyint'", "tinyint"),
    ("create table t (b string)", "there is no type 'string' of a column", "string"),
    ("create table t (a interval)", "there is no type 'interval' of a column", "interval"),
    # calls
    ("select sum(*) from (select 1 as x) t", "SUM takes an expression, not *", "sum"),
    ("select max(*) over () from (select 1 as x) t", "MAX takes an expression, not *", "max"),
    ("select round(1.567, 1 + 1)", "places that is not written out", "round"),
    ("select * from (select 1 as x, 2 as y) pivot (count() for x in (1))", "COUNT takes an expression", "count"),
    # what sqlglot itself fails on
    ("select 'a' ?", "can't be read", ""),
    ("select map {'a', : 1}", "can't be read", ""),
]


@pytest.mark.parametrize(("sql", "words", "at"), OF_OTHER_DIALECTS)
def test_what_other_dialects_have_is_refused_at_its_place(fails: Any, sql: str, words: str, at: str) -> None:
    fails(sql, SqlError, words, at or None)


RESERVED: list[tuple[str, str]] = [  # the statement, and where its caret stands
    ("select 1 tag", "tag"), ("select tag from (select 1 as tag) t", "tag from"), ("select 1 from pg_class system", "system"),
    ("select 1 from pg_class as system", "system"), ("with open as (select 1 as x) select 1", "open"),
    ("select x from (select 1 as x) t (percent)", "percent"), ("select 1 from delta", "delta"),
    ("select 1 from (select 1 as x) t join (select 1 as x) u using (raw)", "raw"), ("insert into t (new) values (1)", "new"),
    ("update t set language = 1", "language"), ("create table t (a int, open int)", "open"), ("create table user (a int)", "user"),
    ("create table t (a int) sortkey (tag)", "tag"), ("create view t (top) as select 1 as a", "top"), ("create schema backup", "backup"),
    ("drop table language", "language"), ("create table t (a int); alter table t rename to snapshot", "snapshot"),
    ("create table t (a int); alter table t rename column a to partition", "partition"), ("create table t (oid int)", "oid"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "at"), RESERVED)
def test_a_reserved_word_is_no_name(fails: Any, sql: str, at: str) -> None:
    assert fails(sql, SqlError, "it is a reserved word", at).hint == f'write "{at.split()[0]}"'


def test_a_reserved_word_in_quotes_behind_as_or_behind_a_dot_is_a_name(check: Any) -> None:
    check('create table t ("tag" int, "open" varchar); insert into t ("tag") values (1); update t set "open" = default')
    check('select t."tag", t.tag, 2 as tag, "user".open as user from t join t as "user" on true', [(1, 1, 2, None)])
    check("create table stamped (timestamp timestamp); select timestamp from stamped", [])
    check("select start.x from (select 1 as x) as start", [(1,)])


REFUSED_CLAUSES: list[tuple[str, str]] = [
    # DISTINCT and its order
    (f"select distinct x from {PAIRS} order by y", "ordered by what it returns"),
    (f"select distinct x from {PAIRS} order by x + 1", "ordered by what it returns"),
    # windows
    (f"select count(distinct x) over () from {PAIRS}", "COUNT (DISTINCT ...) takes no OVER"),
    (f"select sum(distinct x) over (partition by y) from {PAIRS}", "SUM (DISTINCT ...) takes no OVER"),
    (f"select row_number() over (order by 1) from {PAIRS}", "no constant"),
    (f"select row_number() over (order by x, null::int) from {PAIRS}", "no constant"),
    (f"select lag(x, 1, 0) over (order by x) from {PAIRS}", "LAG takes no default"),
    (f"select lead(x) over (partition by y) from {PAIRS}", "LEAD takes ORDER BY"),
    (f"select lag(x) over (order by x rows unbounded preceding) from {PAIRS}", "LAG takes no frame"),
    (f"select rank() over (order by x rows unbounded preceding) from {PAIRS}", "RANK takes no frame"),
    (f"select listagg(y) over (order by x) from {PAIRS}", "LISTAGG takes PARTITION BY alone"),
    (f"select median(x) over (order by x rows unbounded preceding) from {PAIRS}", "MEDIAN takes PARTITION BY alone"),
    (f"select sum(x) over (rows unbounded preceding) from {PAIRS}", "goes with ORDER BY"),
    (f"select sum(x) over (order by x rows unbounded preceding exclude current row) from {PAIRS}", "no EXCLUDE"),
    (f"select nth_value(x, 0) over (order by x rows unbounded preceding) from {PAIRS}", "an offset of 1 or more"),
    # recursive common table expressions
    ("with recursive t as (select 1 as n union all select n + 1 from t where n < 3) select n from t", "names no columns"),
    ("with recursive t(n) as (select 1 union select n + 1 from t where n < 3) select n from t", "is no UNION ALL"),
    ("with recursive t(n) as (select 1 union all select n + 1 from t where n < 3 order by 1) select n from t", "ORDER BY or LIMIT"),
    ("with recursive t(n) as (select 1 union all (select n + 1 from t where n < 3 limit 1)) select n from t", "ORDER BY or LIMIT"),
    ("with recursive t(n) as (select 1 union all select 2 from t union all select 3 from t) select n from t", "in its first query"),
    ("select * from (with recursive t(n) as (select 1 union all select n + 1 from t) select n from t) u", "in a subquery"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "words"), REFUSED_CLAUSES)
def test_a_clause_that_redshift_refuses(fails: Any, sql: str, words: str) -> None:
    fails(sql, SqlError, words)


MESSAGES: list[tuple[str, str]] = [
    ("""select json_array_length('{"a":1}')""", """'{"a":1}' is no JSON array"""),
    ("select E'a'", "a string E'...' (write '...'"),
    ("create table t (a int); alter table t add column if not exists b int", "ADD COLUMN takes no IF NOT EXISTS"),
    ("select listagg(s, s) from (select 'a' as s) t", "LISTAGG: argument 2 is a constant"),
]


@pytest.mark.parametrize(("sql", "words"), MESSAGES)
def test_a_message_says_what_is_wrong(fails: Any, sql: str, words: str) -> None:
    fails(sql, SqlError, words)


def test_respect_nulls_leaves_a_column_its_name(check: Any) -> None:
    check(f"select lag(x) respect nulls over (order by x) from {PAIRS}", columns=["lag"])


def test_distinct_is_ordered_by_what_it_returns(check: Any) -> None:
    check(f"select distinct t.x from {PAIRS} order by x desc", [(2,), (1,)])
    check(f"select distinct x as z from {PAIRS} order by t.x", [(1,), (2,)])
    check(f"select distinct upper(t.y), x % 2 from {PAIRS} order by 2, upper(y)", [("A", 0), ("A", 1), ("B", 1)])
    check(f"select distinct * from {PAIRS} order by y desc, x", [(1, "b"), (1, "a"), (2, "a")])


def test_words_of_other_dialects_are_names(check: Any) -> None:
    check(
        "select semi.x, anti.y from (select 1 as x) semi join (select 1 as y) anti on semi.x = anti.y "
        "join (select 1 as z) asof on z = x",
        [(1, 1)],
    )
    check("select 1 as string, 2 as number, 3 as tinyint", [(1, 2, 3)], columns=["string", "number", "tinyint"])


def test_a_query_in_brackets_has_its_own_order_and_limit(check: Any) -> None:
    check(f"(select x from {NUMBERS} order by x desc limit 1) union all select 7 order by 1 limit 5", [(2,), (7,)])
    check("select top 1 x from (select 1 as x) t union all select top 1 2", [(1,), (2,)])
    check("select (select 1 limit 1), 2", [(1, 2)])
