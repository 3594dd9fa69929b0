# ruff: noqa: E501
"""Views of the three kinds, schemas, DROP and COMMENT."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql

T = "create table t (a int, b varchar(4)); insert into t values (1, 'x'), (2, 'y'); "
M = f"{T} create materialized view m as select a, b from t; "

GIVES: list[tuple[str, list[tuple[Any, ...]]]] = [
    (f"{T} create view v (x, y) as select a, b from t; select x, y from v order by 1", [(1, "x"), (2, "y")]),
    (f"{T} create view v (x) as select a, b from t; select x, b from v order by 1", [(1, "x"), (2, "y")]),
    (f"{T} create view v (x, y) as select a, b from public.t with no schema binding; select y from v where x = 2", [("y",)]),
    (f"{T} create view v as select a from t; create or replace view v as select a + 1 as a from t; select * from v order by 1", [(2,), (3,)]),
    (f"{T} create view v as select a from public.t with no schema binding; create or replace view v as select b from t; select * from v order by 1",
     [("x",), ("y",)]),
    (f"{T} create view v as select 'ab'::char(4) as c; select type from pg_table_def where tablename = 'v'", [("character(4)",)]),
    (f"{T} create view v as select a from t; create view w as select a from v; drop view v cascade; select count(*) from svv_tables where table_schema = 'public'", [(1,)]),
    (f"{T} create view v as select a from t; create view w as select a from v; drop view v, w; select count(*) from svv_tables where table_schema = 'public'", [(1,)]),
    (f"{T} create table u (a int); drop table if exists t, nosuch, u; select count(*) from svv_tables where table_schema = 'public'", [(0,)]),
    # materialized views keep their rows until REFRESH
    (f"{M} insert into t values (3, 'z'); select count(*) from m", [(2,)]),
    (f"{M} insert into t values (3, 'z'); refresh materialized view m; select count(*) from m", [(3,)]),
    (f"{M} delete from t; truncate t; refresh materialized view m; select count(*) from m", [(0,)]),
    (f"{T} create materialized view m distkey(1) sortkey(b) backup no auto refresh yes as select a, b from t; "
     "select \"column\", distkey, sortkey from pg_table_def where tablename = 'm' order by 1", [("a", True, 0), ("b", False, 1)]),
    (f"{M} create materialized view n as select sum(a) as s from m; insert into t values (10, 'z'); refresh materialized view n; select s from n", [(3,)]),
    (f"{M} create materialized view n as select sum(a) as s from m; insert into t values (10, 'z'); refresh materialized view n cascade; select s from n", [(13,)]),
    (f"{M} create materialized view n as select a from m; drop table t cascade; select count(*) from svv_tables where table_schema = 'public'", [(0,)]),
    (f"{M} begin; insert into t values (3, 'z'); refresh materialized view m; rollback; refresh materialized view m; select count(*) from m", [(2,)]),
    (f"{M} alter table t drop column b; select b from m order by 1", [("x",), ("y",)]),
    (f"{M} create table u (like t); merge into t using u on t.a = u.a when matched then delete when not matched then insert values (u.a, u.b); "
     "drop materialized view m; select count(*) from t", [(2,)]),
    # AUTO REFRESH: before a query reads it, outside a transaction
    (f"{T} create materialized view m auto refresh yes as select count(*) as n from t; insert into t values (3, 'z'); select n from m", [(3,)]),
    (f"{T} create materialized view m auto refresh yes as select count(*) as n from t; select n from m; insert into t values (3, 'z'); select n from m", [(3,)]),
    (f"{T} create materialized view m auto refresh yes as select count(*) as n from t; begin; insert into t values (3, 'z'); select n from m", [(2,)]),
    (f"{M} create view v as select count(*) as n from m; alter materialized view m auto refresh yes; delete from t; select n from v", [(0,)]),
    (f"{T} create materialized view m auto refresh yes as select a from t; alter table t rename column a to z; delete from t; select count(*) from m", [(2,)]),
    # schemas
    ("create schema s; create table s.t (a int identity, b varchar(3)); insert into s.t (b) values ('x'); comment on table s.t is 'y'; "
     "create user bob password disable; grant usage on schema s to bob; grant select on s.t to bob; alter schema s rename to r; insert into r.t (b) values ('zzz'); "
     "select a, b, has_table_privilege('bob', 'r.t', 'select'), has_schema_privilege('bob', 'r', 'usage') from r.t order by 1", [(1, "x", True, True), (2, "zzz", True, True)]),
    ("create schema s; create table s.t (a int); create view s.v as select a from public.x with no schema binding; create materialized view s.m as select a from s.t; "
     "alter schema s rename to r; select table_name from svv_tables where table_schema = 'r' order by 1", [("m",), ("t",), ("v",)]),
    ("create user bob password disable; create schema if not exists s authorization bob quota 2 gb; create schema if not exists s; create table s.t (a int); select count(*) from s.t", [(0,)]),
    ("create user bob password disable; create schema authorization bob; create table bob.t (a int); select count(*) from bob.t", [(0,)]),
    ("create user bob password disable; create schema s; alter schema s owner to bob; alter schema s quota unlimited; drop schema s; create schema s", None),
    ("create schema s; create schema r; create table s.t (a int identity); create view s.v as select a from s.t; "
     "create view v as select a from s.t; drop schema if exists s, r, nosuch cascade", None),
    ("create schema s; drop schema if exists s, nosuch; create schema s", None),
    ("use dev; select 1 as a", [(1,)]),
    # comments
    (f"{T} comment on table t is 'one'; select remarks from svv_tables where table_name = 't'", [("one",)]),
    (f"{T} create view v as select a from t; comment on view v is 'two'; select remarks from svv_tables where table_name = 'v'", [("two",)]),
    (f"{T} alter table t add constraint k unique (a); comment on constraint k on t is 'x'; comment on database dev is 'y'; "
     "comment on column t.a is 'z'; comment on column public.t.a is null; select 1 as a", [(1,)]),
]  # fmt: skip

FAILS: list[tuple[str, type[SqlError], str, str | None]] = [
    (f"{T} create view v as select a from t; create view v as select b from t", SqlError, "public.v exists", "v as"),
    (f"{T} create view v as select a from t; create or replace view v as select b from t", SqlError, "has other columns", "v as"),
    (f"{T} create view v as select a from t; create or replace view v as select a::bigint as a from t", SqlError, "has other columns", "v as"),
    (f"{T} create or replace view t as select 1 as a", SqlError, "t is not a view", "t as"),
    (f"{T} create view v (x, y, z) as select a, b from t", SqlError, "has 2 columns, not 3", "z"),
    (f"{T} create view v as select a, a from t", SqlError, "'a' is declared twice", "a"),
    (f"{T} create view v as delete from t", SqlError, "expected a query after AS", "delete"),
    ("create temp table t (a int); create view v as select a from t", UnsupportedSql, "a view of the temporary table t", "t"),
    (f"{M} insert into m values (1, 'a')", SqlError, "m is a materialized view: its rows change by REFRESH", "m"),
    (f"{M} update m set a = 1", SqlError, "its rows change by REFRESH", "m"),
    (f"{M} delete from m", SqlError, "its rows change by REFRESH", "m"),
    (f"{M} truncate m", SqlError, "m is a view", "m"),
    (f"{M} alter table m rename to n", SqlError, "is not renamed", "m rename"),
    (f"{M} drop table t", SqlError, "the view public.m depends on t", "t"),
    (f"{M} drop view m", SqlError, "m is not a view", "m"),
    (f"{M} drop materialized view t", SqlError, "t is not a materialized view", "t"),
    (f"{M} refresh materialized view t", SqlError, "t is not a materialized view", "t"),
    (f"{M} refresh materialized view mm", SqlError, "the materialized view mm does not exist", "mm"),
    (f"{M} alter table t rename column a to z; refresh materialized view m", SqlError, "can't be refreshed: a column of a table that it reads was renamed", None),
    (f"{M} alter table t add column c int; alter table t drop column c; refresh materialized view m", SqlError, "was dropped", None),
    (f"{M} alter table t alter column b type varchar(9); refresh materialized view m", SqlError, "has another type", None),
    (f"{M} alter table t rename to u; refresh materialized view m", SqlError, "a table that it reads was renamed", None),
    (f"{M} alter table t rename to u; drop table u", SqlError, "the view public.m depends on u", "u"),
    (f"{T} create materialized view m as select a from t order by a", SqlError, "takes no ORDER BY", "order"),
    (f"{T} create materialized view m as select a from t limit 1", SqlError, "takes no LIMIT", "limit"),
    (f"{T} create view v as select a from t; create materialized view m as select a from v", SqlError, "does not read the view v", "v"),
    (f"{T} create view v as select a from public.t with no schema binding; create materialized view m as select a from v",
     SqlError, "does not read the view v", "v"),
    ("create materialized view m as select table_name from svv_tables", SqlError, "does not read the view svv_tables", "svv_tables"),
    ("create temp table t (a int); create materialized view m as select a from t", SqlError, "the temporary table t", "t"),
    (f"{T} create function f(int) returns int stable as $$ select $1 $$ language sql; create materialized view m as select f(a) as x from t",
     SqlError, "no user-defined function: f", "f(a)"),
    (f"{T} create materialized view m auto refresh maybe as select a from t", SqlError, "expected YES or NO", "maybe"),
    (f"{M} create materialized view n auto refresh yes as select a from m", SqlError, "AUTO REFRESH does not take", "m"),
    (f"{M} alter materialized view m row level security on", UnsupportedSql, "ROW LEVEL SECURITY", "row"),
    ("create schema s quota lots", SqlError, "expected a whole number", "lots"),
    ("create schema pg_mine", SqlError, "the name pg_mine is reserved", "pg_mine"),
    ("create schema s create table t (a int)", UnsupportedSql, "CREATE in CREATE SCHEMA", "create table"),
    ("alter schema nosuch owner to bob", SqlError, "there is no schema nosuch", "nosuch"),
    ("alter schema public rename to private", UnsupportedSql, "renaming the schema public", "public"),
    ("create schema s; create table s.t (a int); create view v as select a from s.t; alter schema s rename to r", UnsupportedSql, "while the view public.v stands on it", "s rename"),
    ("create schema s; create function s.f(int) returns int stable as $$ select $1 $$ language sql; alter schema s rename to r", UnsupportedSql, "while the function f", "s rename"),
    ("create schema s; create schema r; alter schema s rename to r", SqlError, "the schema r exists", "r"),
    ("create schema s; alter schema s rename to pg_s", SqlError, "the name pg_s is reserved", "pg_s"),
    ("alter schema public drop", SqlError, "expected RENAME TO, OWNER TO or QUOTA", "drop"),
    ("drop schema public cascade", SqlError, "the schema public stays", "public"),
    ("drop schema nosuch", SqlError, "there is no schema nosuch", "nosuch"),
    ("create schema s; create function s.f(int) returns int stable as $$ select $1 $$ language sql; drop schema s", SqlError, "holds f", "s"),
    ("use other", UnsupportedSql, "it has one database, dev", "other"),
    (f"{T} comment on view t is 'x'", SqlError, "t is not a view", "t is"),
    (f"{T} comment on table nosuch is 'x'", SqlError, "nosuch does not exist", "nosuch"),
    (f"{T} comment on column t.z is 'x'", SqlError, "no column z", "z"),
    (f"{T} comment on column a is 'x'", SqlError, "needs its table", "a is"),
    (f"{T} comment on constraint k on t is 'x'", SqlError, "no constraint k", "k on"),
    ("comment on database other is 'x'", SqlError, "there is no database other", "other"),
    ("comment on function f is 'x'", UnsupportedSql, "COMMENT ON FUNCTION", "function"),
    (f"{T} drop table t restrict cascade", SqlError, "did not expect 'cascade'", "cascade"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), GIVES)
def test_gives(check: Any, sql: str, rows: list[tuple[Any, ...]] | None) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "error", "words", "at"), FAILS)
def test_what_is_wrong_is_said_where(fails: Any, sql: str, error: type[SqlError], words: str, at: str | None) -> None:
    fails(sql, error, words, at)


def test_refresh_says_what_it_did(session: Any) -> None:
    session.sql(f"{M} insert into t values (3, 'z')")
    refreshed = [session.sql("refresh materialized view m").receipt.notes[0] for _ in range(2)]
    assert refreshed == [
        "Materialized view m was recomputed successfully.",
        "Materialized view m is already up to date.",
    ]
