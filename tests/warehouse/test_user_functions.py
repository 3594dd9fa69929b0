# ruff: noqa: E501
"""SQL functions of the user's: arguments, overloads, callers; ANALYZE COMPRESSION."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql

F = ("create function f(int) returns int stable as $$ select $1 + 1 $$ language sql; "
     "create function f(int, int) returns int immutable as $body$ select $1 * $2; $body$ language sql; "
     "create function f(varchar) returns varchar volatile as 'select upper($1) || ''!''' language sql; ")  # fmt: skip

GIVES: list[tuple[str, list[tuple[Any, ...]]]] = [
    (f"{F} select f(1), f(2, 3), f('x'::varchar), f('y')", [(2, 6, "X!", "Y!")]),
    (f"{F} select f(f(f(1)), f(1)) as n, public.f(1) as m", [(6, 2)]),
    (f"{F} create table t (a int); insert into t values (1), (2); select sum(f(a)), max(f(a, a)) from t where f(a) > 1", [(5, 4)]),
    (f"{F} create or replace function f(integer) returns int stable as $$ select $1 + 100 $$ language sql; select f(1)", [(101,)]),
    (f"{F} create function g(float, float) returns float stable as $$ select case when $1 > $2 then $1 else $2 end $$ language sql; "
     "create function h(float) returns float stable as $$ select g($1, 10) * 2 $$ language sql; select h(3), h(30)", [(20.0, 60.0)]),
    ("create function n() returns int stable as $$ select 42 $$ language sql; select n(), n() + 1", [(42, 43)]),
    ("create function n(numeric(10,2)) returns numeric(10,1) stable as $$ select $1 $$ language sql; select n(1.256)", None),
    ("create function s(varchar) returns varchar stable as $$ select $1 $$ language sql; select len(s(repeat('x', 300)))", [(300,)]),
    (f"{F} create schema q; create function q.f(int) returns int stable as $$ select -$1 $$ language sql; select q.f(1) as a, f(1) as b", [(-1, 2)]),
    (f"{F} create schema q; create function q.f(int) returns int stable as $$ select -$1 $$ language sql; set search_path to q, public; select f(1) as a, f(2, 3) as b", [(-1, 6)]),
    (f"{F} drop function f(int); select f(2, 2)", [(4,)]),
    (f"{F} drop function f(a int, b int); select f(2)", [(3,)]),
    (f"{F} create view v as select f(1) as a; drop function f(int) cascade; select count(*) from svv_tables where table_name = 'v'", [(0,)]),
    (f"{F} alter function f(int) rename to ff; select ff(1) as a", [(2,)]),
    (f"{F} create user bob password disable; grant execute on function f(int) to bob; alter function f(int) rename to ff; alter function ff(int) owner to bob; "
     "select function_name, argument_types from svv_function_privileges", [("ff", "integer")]),
    (f"{F} create user bob password disable; grant execute on function f(int) to bob; drop function f(int); select count(*) from svv_function_privileges", [(0,)]),
    (f"{F} begin; drop function f(int); rollback; select f(1) as a", [(2,)]),
]  # fmt: skip

FAILS: list[tuple[str, type[SqlError], str, str | None]] = [
    (f"{F} create function f(integer) returns int stable as $$ select 1 $$ language sql", SqlError, "the function f(integer) exists", "f("),
    (f"{F} create or replace function f(int) returns varchar stable as $$ select 'x' $$ language sql", SqlError, "OR REPLACE keeps that", "returns"),
    (f"{F} select f(1, 2, 3)", SqlError, "takes 1 or 2 arguments, not 3", "f("),
    (f"{F} create function f(bigint) returns int stable as $$ select 0 $$ language sql; select f(1.5)", UnsupportedSql, "several functions f fit", "f("),
    (f"{F} drop function f(float)", SqlError, "there is no function f(double precision)", "f("),
    (f"{F} drop function g(int)", SqlError, "there is no function g(integer)", "g("),
    (f"{F} create view v as select f(1) as a; drop function f(int)", SqlError, "the view public.v calls f(integer)", "f("),
    (f"{F} create function g(int) returns int stable as $$ select f($1) $$ language sql; drop function f(int) cascade", SqlError, "calls f(integer)", "f("),
    (f"{F} create function g(int) returns int stable as $$ select f($1) $$ language sql; alter function f(int) rename to h", SqlError, "calls f(integer)", "f("),
    (f"{F} create function g(int) returns int stable as $$ select 1 $$ language sql; alter function f(int) rename to g", SqlError, "the function g(integer) exists", "g"),
    (f"{F} alter function f(int) frob", SqlError, "expected OWNER TO or RENAME TO", "frob"),
    ("create function lower(varchar) returns varchar stable as $$ select $1 $$ language sql", UnsupportedSql, "a function named lower", "lower"),
    ("create function g(nosuch) returns int stable as $$ select 1 $$ language sql", SqlError, "there is no type", "nosuch"),
    ("create function g(int) returns int as $$ select 1 $$ language sql", SqlError, "expected VOLATILE, STABLE or IMMUTABLE", "as"),
    ("create function g(int) returns int stable as $$ select 1 $$", SqlError, "expected LANGUAGE SQL", None),
    ("create function g(int) returns int stable as 7 language sql", SqlError, "expected the body, between $$", "7"),
    ("create function g(int) returns int stable as $$ delete from t $$ language sql", SqlError, "expected SELECT", "delete"),
    ("create function g(a float) returns float stable as $$ return a $$ language plpythonu", UnsupportedSql, "a function in PLPYTHONU", "plpythonu"),
    ("create external function g(int) returns int stable lambda 'x' iam_role default", UnsupportedSql, "there is no Lambda behind it", None),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), GIVES)
def test_gives(check: Any, sql: str, rows: list[tuple[Any, ...]] | None) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "error", "words", "at"), FAILS)
def test_what_is_wrong_is_said_where(fails: Any, sql: str, error: type[SqlError], words: str, at: str | None) -> None:
    fails(sql, error, words, at)


# ANALYZE COMPRESSION

T = """create table t (a int sortkey, b bigint encode raw, c varchar(40) encode raw, d numeric(12,2), e date encode raw,
    f bool, g varchar(9) encode zstd, h float8); insert into t with recursive q(n) as (select 1 union all select n + 1 from q where n < 1000) select n, n, 'the text of the row ' || n, n, '2020-01-01'::date + n,
    true, 'x', n / 3.0 from q; """  # fmt: skip


def test_compression_is_measured(check: Any) -> None:
    rows = check(f"{T} analyze compression t", columns=["Table", "Column", "Encoding", "Est_reduction_pct"]).table
    found = {row["Column"]: (row["Encoding"], float(row["Est_reduction_pct"])) for row in rows.to_pylist()}
    assert found["a"] == ("raw", 0)  # a sort key keeps its encoding
    assert found["d"] == ("az64", 0)  # it has it
    assert found["g"] == ("zstd", 0)
    assert {name: encoding for name, (encoding, _) in found.items() if name in "bcefh"} == {
        "b": "az64", "c": "zstd", "e": "az64", "f": "zstd", "h": "zstd"
    }  # fmt: skip
    assert all(50 < reduction < 100 for name, (_, reduction) in found.items() if name in "bcef")


def test_compression_of_some_columns(check: Any) -> None:
    result = check(f"{T} analyze compression t (b) comprows 1000")
    assert [row["Encoding"] for row in result.table.to_pylist()] == ["N/A", "az64", *["N/A"] * 6]
    assert "estimated from a sample" in result.receipt.notes[0]
    check("create table e (a int); drop table t; analyze compression", [("e", "a", "az64", "0.00")])


@pytest.mark.parametrize(
    ("sql", "words", "at"),
    [("analyze compression nosuch", "nosuch does not exist", "nosuch"), ("analyze compression t (z)", "no column z", "z"),
     ("analyze compression t comprows 5", "COMPROWS is 1,000", "5"), ("analyze compression t frob", "did not expect 'frob'", "frob")],
)  # fmt: skip
def test_a_wrong_analysis(fails: Any, sql: str, words: str, at: str) -> None:
    fails(f"create table t (a int); {sql}", SqlError, words, at)
