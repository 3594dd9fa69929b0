# ruff: noqa: E501
"""ALTER TABLE and ALTER TABLE APPEND: what changes, what stays, what Redshift refuses of each change."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql

T = "create table t (a int not null, b varchar(4), c int default 3); insert into t values (1, 'abcd'); "
V = f"{T} create view v as select * from t; create view w as select a, c as b from t; "
KEYS = "select \"column\", rtrim(encoding), distkey, sortkey from pg_table_def where tablename = 't' order by 1"

CHANGED: list[tuple[str, list[tuple[Any, ...]]]] = [
    (f"{T} alter table t add d int; select * from t", [(1, "abcd", 3, None)]),
    (f"{T} alter table t add column d varchar(2) default 'xy' encode zstd not null; insert into t (a) values (2); "
     "select a, d from t order by a", [(1, "xy"), (2, "xy")]),
    (f"{T} alter table t drop b; insert into t values (2, 4); select * from t order by a", [(1, 3), (2, 4)]),
    (f"{T} alter table t drop column b restrict; select * from t", [(1, 3)]),
    (f"{T} alter table t rename column b to bb; insert into t (a, bb) values (2, 'x'); select bb from t order by a", [("abcd",), ("x",)]),
    (f"{T} alter table t rename to u; insert into u (a, b) values (2, 'x'); select count(*) from u", [(2,)]),
    (f"{T} alter table t alter column b type varchar(6); insert into t values (2, 'abcdef'); select b from t order by a", [("abcd",), ("abcdef",)]),
    ("create table t (a int, b varchar(9)); insert into t values (1, 'abc'); alter table t alter column b type varchar(3); "
     "select type from pg_table_def where \"column\" = 'b'", [("character varying(3)",)]),
    (f"{T} comment on table t is 'x'; comment on column t.b is 'y'; alter table t alter column b type varchar(9); "
     "select remarks from svv_tables where table_name = 't'", [("x",)]),
    ("create table t (a int identity, b varchar(2)); insert into t (b) values ('x'); alter table t alter column b type varchar(5); "
     "insert into t (b) values ('yyyyy'); select * from t order by a", [(1, "x"), (2, "yyyyy")]),
    (f"{T} alter table t alter column a encode zstd, alter column b encode text255; {KEYS}",
     [("a", "zstd", False, 0), ("b", "text255", False, 0), ("c", "az64", False, 0)]),
    (f"{T} alter table t alter sortkey (c, a), alter distkey a; {KEYS}",
     [("a", "none", True, 2), ("b", "lzo", False, 0), ("c", "none", False, 1)]),
    (f"{T} alter table t alter diststyle key distkey b, alter compound sortkey (b); alter table t alter diststyle all; "
     f"alter table t alter sortkey none; {KEYS}", [("a", "az64", False, 0), ("b", "lzo", False, 0), ("c", "az64", False, 0)]),
    (f"{T} alter table t alter sortkey (a); alter table t alter sortkey auto; alter table t alter encode auto; "
     f"alter table t alter diststyle auto; {KEYS}", [("a", "none", False, 1), ("b", "lzo", False, 0), ("c", "az64", False, 0)]),
    (f"{T} alter table t add constraint k unique (a, b); alter table t add primary key (a); alter table t add foreign key (c) references t (a); "
     "alter table t drop constraint k cascade; alter table t drop constraint t_pkey; alter table t drop constraint t_c_fkey; alter table t drop column a; "
     "select * from t", [("abcd", 3)]),
    (f"{T} alter table t add unique (b); alter table t rename column b to bb; alter table t drop column bb cascade; select * from t", [(1, 3)]),
    (f"{T} create user bob password disable; alter table t owner to bob; select a from t", [(1,)]),
    # views that read other columns stay, `select *` keeps its columns
    (f"{V} alter table t add column d int; select * from v", [(1, "abcd", 3)]),
    (f"{V} alter table t drop column b cascade; select * from w", [(1, 3)]),
    (f"{T} create view w as select a from t; alter table t rename column c to cc; select * from w", [(1,)]),
    ("create view v as select 1 as a; alter table v rename to vv; select * from vv", [(1,)]),
    ("create view v as select a from public.t with no schema binding; create table t (a int); insert into t values (4); "
     "alter table v rename to vv; select a from vv", [(4,)]),
    # in a transaction
    (f"{T} begin; alter table t add column d varchar(3); alter table t rename column b to e; alter table t rename to u; rollback; select * from t",
     [(1, "abcd", 3)]),
]  # fmt: skip

WRONG: list[tuple[str, type[SqlError], str, str | None]] = [
    ("alter table nosuch add column a int", SqlError, "the table nosuch does not exist", "nosuch"),
    ("alter table nosuch set table properties ('a'='b')", SqlError, "the table nosuch does not exist", "nosuch"),
    (f"{T} alter table t frobnicate", SqlError, "expected ADD, ALTER, DROP", "frobnicate"),
    (f"{T} alter table t add column a int", SqlError, "the column a exists", "a int"),
    (f"{T} alter table t add column d int not null", SqlError, "needs a default", "d"),
    (f"{T} alter table t add column d int identity(1,1)", SqlError, "takes no IDENTITY", "d int"),
    (f"{T} alter table t add column d int unique", SqlError, "takes no constraint", "d int"),
    (f"{T} alter table t add column d int sortkey", SqlError, "takes no distribution or sort key", "d int"),
    (f"{T} alter table t add column d int, add column e int", SqlError, "ADD COLUMN stands alone", ","),
    (f"{T} alter table t alter sortkey(a), drop column b", SqlError, "DROP COLUMN stands alone", None),
    (f"{T} alter table t drop column z", SqlError, "no column z in t", "z"),
    ("create table t (a int); alter table t drop column a", SqlError, "the last column", "a"),
    ("create table t (a int distkey, b int sortkey); alter table t drop column a", SqlError, "distribution key or a sort key", "a"),
    ("create table t (a int, b int sortkey); alter table t drop column b", SqlError, "distribution key or a sort key", "b"),
    ("create table t (a int unique, b int); alter table t drop column a", SqlError, "the constraint t_a_key names a", "a"),
    (f"{V} alter table t drop column b", SqlError, "the view public.v reads the column b", "b"),
    (f"{V} alter table t rename column a to z", UnsupportedSql, "while the view public.v reads it", "a to"),
    (f"{V} alter table t rename to z", UnsupportedSql, "while the view public.v reads it", "t rename"),
    (f"{T} create table u (b int, k int); create view v as select t.b from t, u where u.k = t.a; alter table t drop column b cascade",
     UnsupportedSql, "several tables of the view", "b cascade"),
    (f"{T} alter table t rename column z to y", SqlError, "no column z", "z"),
    (f"{T} alter table t rename column a to b", SqlError, "the column b exists", "b"),
    (f"{T} create table u (a int); alter table t rename to u", SqlError, "public.u exists", "u"),
    (f"{T} alter table t rename to #u", SqlError, "not renamed to a temporary one", None),
    (f"{T} alter table t alter column a type bigint", SqlError, "only the size of a VARCHAR", "a type"),
    (f"{T} alter table t alter column b type char(9)", SqlError, "only the size of a VARCHAR", "b type"),
    (f"{T} alter table t alter column b type varchar(3)", SqlError, "holds a value of 4 bytes", "b type"),
    (f"{T} begin; alter table t alter column b type varchar(9)", SqlError, "inside a transaction", None),
    ("create table t (b varchar(3) encode text255); alter table t alter column b type varchar(9)", SqlError, "has the encoding text255", "b type"),
    ("create table t (b varchar(3) default 'x'); alter table t alter column b type varchar(9)", SqlError, "has a default", "b type"),
    ("create table t (b varchar(3) unique); alter table t alter column b type varchar(9)", SqlError, "part of a constraint", "b type"),
    (f"{T} alter table t alter column a encode az64", SqlError, "has this encoding", "a encode"),
    (f"{T} alter table t alter column a encode text255", SqlError, "text255 does not take", "a encode"),
    (f"{T} alter table t alter column a set default 1", SqlError, "expected TYPE or ENCODE", "set"),
    (f"{T} alter table t alter diststyle key", SqlError, "expected DISTKEY at the end", None),
    (f"{T} alter table t alter distkey z", SqlError, "'z' is not a column", "z"),
    (f"{T} alter table t alter interleaved sortkey(a)", SqlError, "not altered to an interleaved", "sortkey"),
    ("create table t (a int, b int) interleaved sortkey (a, b); alter table t alter distkey a", SqlError, "interleaved sort key", None),
    ("create temp table t (a int); alter table t alter diststyle all", SqlError, "does not take a temporary table", None),
    (f"{T} alter table t add primary key (b)", SqlError, "the column b can be NULL", "b)"),
    (f"{T} alter table t add primary key (a); alter table t add primary key (a)", SqlError, "t has a primary key", "primary"),
    (f"{T} alter table t add constraint k unique (a); alter table t add constraint k unique (b)", SqlError, "the constraint k exists", "k"),
    (f"{T} alter table t add constraint k unique (a); alter table t drop constraint kk", SqlError, "no constraint kk on t", "kk"),
    (f"{T} alter table t row level security on", UnsupportedSql, "ROW LEVEL SECURITY", "on"),
    (f"{T} alter table t set location 's3://x'", UnsupportedSql, "SET of a table that is not external", "set"),
    (f"{V} alter table v add column z int", SqlError, "v is a view", "v add"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), CHANGED)
def test_a_table_is_changed(check: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "error", "words", "at"), WRONG)
def test_what_is_wrong_is_said_where(fails: Any, sql: str, error: type[SqlError], words: str, at: str | None) -> None:
    fails(sql, error, words, at)


# ALTER TABLE APPEND

FROM = "create table s (a int, b varchar(3)); insert into s values (1, 'x'), (2, 'y'); "

APPENDED: list[tuple[str, list[tuple[Any, ...]]]] = [
    (f"{FROM} create table t (b varchar(3), a int); alter table t append from s; select a, b from t order by a", [(1, "x"), (2, "y")]),
    (f"{FROM} create table t (like s); alter table t append from s; select count(*) from s", [(0,)]),
    (f"{FROM} create table t (a int); alter table t append from s ignoreextra; select a from t order by 1", [(1,), (2,)]),
    (f"{FROM} create table t (a int, b varchar(3), c int default 5, d int); alter table t append from s filltarget; "
     "select * from t order by a", [(1, "x", 5, None), (2, "y", 5, None)]),
    (f"{FROM} create table t (a int, b varchar(3), i int identity(10, 1)); alter table t append from s filltarget; "
     "select i from t order by 1", [(10,), (11,)]),
    ("create table s (a int generated by default as identity, b int); insert into s (b) values (1); create table t (like s); "
     "create table u (a int generated by default as identity, b int); alter table u append from s; select * from u", [(1, 1)]),
]  # fmt: skip

NOT_APPENDED: list[tuple[str, str]] = [
    ("create table t (a int); alter table t append from s", "only s has the column b"),
    ("create table t (a int); alter table t append from s filltarget", "only s has the column b"),
    ("create table t (a int, c int); alter table t append from s ignoreextra", "only t has the column c"),
    ("create table t (a bigint, b varchar(3)); alter table t append from s", "a differs in the type"),
    ("create table t (a int, b varchar(4)); alter table t append from s", "b differs in the type"),
    ("create table t (a int encode raw, b varchar(3)); alter table t append from s", "a differs in the encoding"),
    ("create table t (a int not null, b varchar(3)); alter table t append from s", "a differs in NOT NULL"),
    ("create table t (a int, b varchar(3)) diststyle all; alter table t append from s", "differ in their distribution style"),
    ("create table t (a int, b varchar(3)) sortkey (a); alter table t append from s", "differ in their sort style"),
    ("create temp table t (like s); alter table t append from s", "t is not a permanent table"),
    ("alter table s append from s", "not appended to itself"),
    ("alter table s append from nosuch", "nosuch does not exist"),
    ("create table t (like s); begin; alter table t append from s", "inside a transaction"),
    ("create table x (a int identity); create table t (a int identity); alter table t append from x", "IDENTITY column a"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), APPENDED)
def test_rows_are_moved(check: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "words"), NOT_APPENDED)
def test_unlike_tables_are_not_appended(fails: Any, check: Any, sql: str, words: str) -> None:
    fails(f"{FROM} {sql}", SqlError, words)
    check("rollback; select count(*) from s", [(2,)])
