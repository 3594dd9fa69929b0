# ruff: noqa: E501
"""INSERT, UPDATE, DELETE and MERGE beyond the plain forms; PREPARE, cursors, transactions, ANALYZE, VACUUM."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rsnb
from rsnb.errors import SqlError, UnsupportedSql

T = "create table t (a int, b varchar(5) default 'new', c int default 7); insert into t values (1, 'x', 1), (2, 'y', 2), (3, 'z', 3); "

GIVES: list[tuple[str, list[tuple[Any, ...]]]] = [
    (f"{T} insert into t default values; select * from t where c = 7", [(None, "new", 7)]),
    (f"{T} insert into t values (4), (5); select * from t where a > 3 order by a", [(4, "new", 7), (5, "new", 7)]),
    (f"{T} insert into t select 4, 'four'; select * from t where a = 4", [(4, "four", 7)]),
    (f"{T} insert into t values (4, default, 4), (5, 'five', default); select * from t where a > 3 order by a", [(4, "new", 4), (5, "five", 7)]),
    (f"{T} insert into t (c, a) values (default, 4); select * from t where a = 4", [(4, "new", 7)]),
    (f"{T} insert into t (b) values ('abcde   '); select b from t where a is null", [("abcde",)]),
    (f"{T} insert into t (b) select 'ab' || '      '; select '<' || b || '>' as s from t where a is null", [("<ab   >",)]),
    (f"{T} update t set b = default, c = a + 1 where a = 2; select * from t where a = 2", [(2, "new", 3)]),
    (f"{T} update t x set c = 0 where x.a = 3; select c from t where a = 3", [(0,)]),
    (f"{T} create table u (a int, d int); insert into u values (1, 10); update t set c = u.d from u where u.a = t.a; select c from t order by a", [(10,), (2,), (3,)]),
    (f"{T} with q as (select 2 as k) update t set c = 0 from q where t.a = q.k; select c from t order by a", [(1,), (0,), (3,)]),
    (f"{T} with q as (select 2 as k) delete from t using q where t.a = q.k; select a from t order by a", [(1,), (3,)]),
    (f"{T} with q as (select 2 as k) delete from t where a in (select k from q); select a from t order by a", [(1,), (3,)]),
    (f"{T} insert into t with q as (select 9 as k) select k from q; select a from t where a = 9", [(9,)]),
    (f"{T} set error_on_nondeterministic_update to true; update t set c = u.k from (select 2 as k union select 9) u where a = k; select c from t order by a",
     [(1,), (2,), (3,)]),
    # MERGE
    (f"{T} create table s (k int, v int); insert into s values (1, 10), (9, 90); "
     "merge into t using s on t.a = s.k when matched then update set c = s.v, b = 'upd' when not matched then insert (a, c) values (s.k, s.v + 1); "
     "select * from t order by a", [(1, "upd", 10), (2, "y", 2), (3, "z", 3), (9, "new", 91)]),
    (f"{T} create table s (k int); insert into s values (1), (9), (9); "
     "merge into t using s as x on t.a = x.k when matched then delete when not matched then insert values (x.k); select a from t order by a",
     [(2,), (3,), (9,), (9,)]),
    ("create table t (k int, v int); insert into t values (1, 1); create table s (k int, v int); insert into s values (1, 2), (2, 3); "
     "merge into t using s on t.k = s.k when matched then update set k = 2, v = s.v when not matched then insert values (s.k, s.v); select * from t order by v",
     [(2, 2), (2, 3)]),  # what does not match is settled before the update
    ("create table t (k int, v varchar(9)); insert into t values (30, 'Tony'), (30, 'Daisy'), (11, 'Alice'), (23, 'Bill'), (23, 'Nikki'); "
     "create table s (k int, v varchar(9)); insert into s values (23, 'David'), (22, 'Clarence'); "
     "merge into t using s on t.k = s.k remove duplicates; select * from t order by k, v",
     [(11, "Alice"), (22, "Clarence"), (23, "David"), (30, "Daisy"), (30, "Tony")]),
    (f"{T} create temp table s (k int); insert into s values (1), (null); merge into t using s on t.a = s.k and s.k < 5 "
     "when matched then update set c = case when s.k > 0 then 100 else 200 end when not matched then insert values (s.k, 'n', 5); select a, c from t order by c",
     [(2, 2), (3, 3), (None, 5), (1, 100)]),
    (f"{T} create schema q; create table q.s (k int); insert into q.s values (1); merge into public.t using q.s on t.a = q.s.k "
     "when matched then update set b = default when not matched then insert values (1, 'q', 1); select b from t where a = 1", [("new",)]),
    # PREPARE
    (f"{T} prepare p (int, varchar) as insert into t (a, b) values ($1, $2); execute p (4, 'four'); execute p (2 + 3, upper('five')); deallocate p; "
     "select a, b from t where a > 3 order by a", [(4, "four"), (5, "FIVE")]),
    (f"{T} prepare p (int) as select b from t where a = $1 or a = $1 + 1; execute p (1)", [("x",), ("y",)]),
    (f"{T} prepare p (numeric(5,1)) as select $1 as n; execute p (1.25)", None),
    (f"{T} prepare p as select count(*) as n from t; delete from t where a = 1; execute p", [(2,)]),
    (f"{T} prepare p as select 1 as a; deallocate all; prepare p as select 2 as a; execute p", [(2,)]),
    # cursors
    (f"{T} begin; declare c cursor for select a from t order by a; fetch from c", [(1,)]),
    (f"{T} begin; declare c cursor for select a from t order by a; fetch next from c; fetch forward 2 from c", [(2,), (3,)]),
    (f"{T} begin; declare c cursor for select a from t order by a; fetch next from c; fetch forward 0 from c", [(1,)]),
    (f"{T} begin; declare c cursor for select a from t order by a; fetch forward 0 from c", []),
    (f"{T} begin; declare c cursor for select a from t order by a; fetch forward 9 from c; fetch forward 0 from c", []),
    (f"{T} begin; declare c cursor for select a from t order by a; fetch forward 3 from c; fetch forward 0 from c", [(3,)]),
    (f"{T} begin; declare c cursor for select a from t order by a; fetch forward from c; fetch forward all from c", [(2,), (3,)]),
    (f"{T} begin; declare c cursor for select a from t; delete from t; fetch all from c", [(1,), (2,), (3,)]),
    (f"{T} begin; declare c cursor for select 'x'::char(3) as k; fetch all from c", [("x  ",)]),
    (f"{T} begin; declare c cursor for select 1 as a; close c; declare d cursor for select 2 as a; fetch all from d", [(2,)]),
    (f"{T} begin; declare c cursor for select 1 as a; commit; begin; declare c cursor for select 2 as a; fetch all from c", [(2,)]),
    # transactions
    (f"{T} begin work; delete from t; rollback work; select count(*) from t", [(3,)]),
    (f"{T} start transaction isolation level repeatable read, read write; delete from t; end transaction; select count(*) from t", [(0,)]),
    (f"{T} begin transaction isolation level snapshot; delete from t; abort; select count(*) from t", [(3,)]),
    (f"{T} begin read only; select count(*) from t", [(3,)]),
    (f"{T} begin read only; commit; delete from t; select count(*) from t", [(0,)]),
    (f"{T} begin; delete from t where a = 1; truncate table t; rollback; select count(*) from t", [(0,)]),
    # maintenance
    (f"{T} vacuum; vacuum t; vacuum full t to 90 percent; vacuum sort only t boost; vacuum delete only; vacuum reindex t; "
     "vacuum recluster t boost; analyze; analyze verbose t; analyze t (a, c) predicate columns; analyze all columns; select count(*) from t", [(3,)]),
]  # fmt: skip

M = "create table t (a int, b int); create table s (a int, b int); "

FAILS: list[tuple[str, type[SqlError], str, str | None]] = [
    (f"{T} set error_on_nondeterministic_update to true; update t set c = u.k from (select 2 as k union all select 2) u where a = k",
     SqlError, "found multiple matches to update the same tuple", "update"),
    (f"{T} set error_on_nondeterministic_update to true; with u as (select 2 as k union all select 2) update t set c = u.k from u where a = k",
     SqlError, "found multiple matches to update the same tuple", "with"),
    (f"{T} update t set b", SqlError, "SET takes column = value", "b"),
    (f"{T} insert into t values (1, 'a', 2, 3)", SqlError, "3 columns of t take no 4 values", None),
    (f"{T} insert into t (a, b) values (1)", SqlError, "2 columns of t take no 1 values", None),
    (f"{T} insert into t (b) values ('abcdef   ')", SqlError, "too long for the column b of t", None),
    ("create table t (a int identity, b int); insert into t values (1)", SqlError, "the IDENTITY column a takes no value", None),
    ("create table t (b int, a int identity); insert into t values (1); update t set a = 2", SqlError, "the IDENTITY column a takes no value", "a"),
    ("create table t (a int not null); insert into t default values", SqlError, "a can't be NULL", None),
    (f"{T} with q as (select 1) insert into t select * from q", SqlError, "WITH does not stand before INSERT", None),
    (f"{T} create view v as select a from t; insert into v values (1)", UnsupportedSql, "not a local table", None),
    (f"{T} create view v as select a from t; truncate v", SqlError, "v is a view", "v"),
    # MERGE
    ("merge t using s on a = b", SqlError, "expected MERGE INTO", "merge"),
    (f"{M} merge into t x using s on t.a = s.a remove duplicates", SqlError, "the target of MERGE has no alias", "x"),
    (f"{M} merge into t using (select 1 as a) s on t.a = s.a remove duplicates", UnsupportedSql, "a subquery as the source of MERGE", "("),
    (f"{M} merge into t using s on when matched then delete", SqlError, "expected a condition", "when"),
    (f"{M} merge into t using s on t.a = s.a when matched then delete", SqlError, "expected WHEN NOT MATCHED", None),
    (f"{M} merge into t using s on t.a = s.a when not matched then insert values (1)", SqlError, "expected WHEN MATCHED", "when"),
    (f"{M} merge into t using s on t.a = s.a when matched and s.b > 1 then delete", UnsupportedSql, "a condition of WHEN MATCHED", "and"),
    (f"{M} merge into t using s on t.a = s.a when matched then insert values (1)", SqlError, "expected UPDATE SET or DELETE", "insert"),
    (f"{M} merge into t using s on t.a = s.z remove duplicates", SqlError, "no column z", "z"),
    (f"{M} merge into t using s on t.a = s.a when matched then update set z = 1 when not matched then insert values (1, 1)", SqlError, "no column z", "z"),
    (f"{M} merge into t using s on t.a = s.a when matched then delete when not matched then insert values (s.q)", SqlError, "no column q", "q"),
    (f"{M} merge into t using s on t.a = s.a when matched then delete when not matched then insert (q) values (1)", SqlError, "no column q", "q"),
    (f"{M} merge into t using t on t.a = t.a remove duplicates", SqlError, "two tables", "t using"),
    (f"{M} merge into t using nosuch on t.a = nosuch.a remove duplicates", SqlError, "nosuch does not exist", "nosuch"),
    (f"{M} create view v as select * from s; merge into t using v on t.a = v.a remove duplicates", SqlError, "v is not", "v on"),
    (f"{M} create view v as select * from s; merge into v using s on v.a = s.a remove duplicates", SqlError, "v is a view", "v using"),
    (f"{M} create table u (a int); merge into t using u on t.a = u.a remove duplicates", SqlError, "t has 2, u has 1", "remove"),
    (f"{M} insert into t values (1, 1); insert into s values (1, 1), (1, 2); merge into t using s on t.a = s.a remove duplicates",
     SqlError, "a row of t matches several rows of the source", "on"),
    ("create table t (k int, v super); create table s (k int, v super); merge into t using s on t.k = s.k when matched then update set v = s.v[0] "
     "when not matched then insert values (s.k, s.v)", SqlError, "a part of a SUPER column", "v = s"),
    # PREPARE
    (f"{T} prepare p as drop table t", SqlError, "SELECT, INSERT, UPDATE and DELETE can be prepared", "drop"),
    (f"{T} prepare p (int) as select $2", SqlError, "there is no parameter $2", "$2"),
    (f"{T} prepare p (nosuch) as select $1", SqlError, "there is no type", "nosuch"),
    ("prepare p as select 1; prepare p as select 2", SqlError, "p is prepared", None),
    ("prepare p (int) as select $1; execute p", SqlError, "p takes 1 values, not 0", None),
    ("prepare p (int) as select $1; execute p (1, 2)", SqlError, "p takes 1 values, not 2", None),
    ("execute nosuch", SqlError, "nothing is prepared as nosuch", "nosuch"),
    ("prepare pp as select 1; deallocate p", SqlError, "did you mean pp?", "p"),
    ("prepare p (int) as select $1; execute p (1,)", SqlError, "expected a value", ")"),
    # cursors
    ("declare c cursor for select 1", SqlError, "a cursor is declared inside a transaction", None),
    ("begin; declare c cursor for select 1; declare d cursor for select 1", SqlError, "the cursor c is open", "d"),
    ("begin; declare c cursor for delete from t", SqlError, "declared for a query", "delete"),
    ("begin; declare c cursor for select nosuch", SqlError, "no column nosuch", "nosuch"),
    ("begin; declare c scroll cursor for select 1", SqlError, "expected CURSOR FOR", "scroll"),
    ("begin; fetch from c", SqlError, "there is no open cursor c", "c"),
    ("begin; declare c cursor for select 1; fetch backward from c", SqlError, "expected NEXT, ALL or FORWARD", "backward"),
    ("begin; declare c cursor for select 1; fetch from d", SqlError, "the open one is c", "d"),
    ("begin; declare c cursor for select 1; close d", SqlError, "there is no open cursor d", "d"),
    ("begin; declare c cursor for select 1; commit; fetch from c", SqlError, "there is no open cursor c", "c"),
    # transactions
    (f"{T} begin read only; delete from t", SqlError, "DELETE can't run: the transaction is READ ONLY", None),
    (f"{T} begin read only; create table u (a int)", SqlError, "CREATE TABLE can't run", None),
    (f"{T} begin read only; prepare p as delete from t; execute p", SqlError, "can't run: the transaction is READ ONLY", None),
    (f"{T} begin read only; select 1 as a into u", SqlError, "the transaction is READ ONLY", None),
    ("begin isolation level chaos", SqlError, "expected SERIALIZABLE", "chaos"),
    ("begin quickly", SqlError, "expected ISOLATION LEVEL", "quickly"),
    ("commit prepared", SqlError, "did not expect 'prepared'", "prepared"),
    # maintenance
    ("begin; vacuum", SqlError, "VACUUM can't run inside a transaction", None),
    ("vacuum nosuch", SqlError, "nosuch does not exist", "nosuch"),
    ("vacuum reindex", SqlError, "expected a table after VACUUM REINDEX", None),
    (f"{T} vacuum reindex t to 99 percent", SqlError, "takes no TO ... PERCENT", "99"),
    (f"{T} vacuum t to 101 percent", SqlError, "0 to 100 percent", "101"),
    ("vacuum to 99 percent", SqlError, "needs a table", "99"),
    (f"{T} analyze t (z)", SqlError, "no column z in t", "z"),
    (f"{T} create view v as select a from t; vacuum v", SqlError, "v is a view", "v"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), GIVES)
def test_gives(check: Any, sql: str, rows: list[tuple[Any, ...]] | None) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "error", "words", "at"), FAILS)
def test_what_is_wrong_is_said_where(fails: Any, sql: str, error: type[SqlError], words: str, at: str | None) -> None:
    fails(sql, error, words, at)


def test_a_merge_that_fails_changes_nothing(session: Any) -> None:
    session.sql(f"{M} insert into t values (1, 1), (2, 2); insert into s values (2, 0), (3, 1)")
    with pytest.raises(SqlError, match="division by zero"):
        session.sql(
            "merge into t using s on t.a = s.a when matched then update set b = 1 / s.b when not matched then insert values (s.a, 1)"
        )
    assert session.sql("select sum(b) from t").scalar() == 3


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=8),
    st.dictionaries(st.integers(0, 6), st.integers(10, 19), max_size=6),
    st.booleans(),
)
def test_merge_is_what_the_rows_say(target: list[tuple[int, int]], source: dict[int, int], delete: bool) -> None:
    """Any rows, against the same done in Python."""
    with rsnb.connect("embedded://") as session:
        session.sql(M)
        for name, rows in (("t", target), ("s", list(source.items()))):
            for row in rows:
                session.sql(f"insert into {name} values {row}")
        action = "delete" if delete else "update set b = s.b"
        session.sql(
            f"merge into t using s on t.a = s.a when matched then {action} when not matched then insert values (s.a, s.b)"
        )
        kept = [(a, source.get(a, b)) for a, b in target if not (delete and a in source)]
        added = [(a, b) for a, b in source.items() if a not in {a for a, _ in target}]
        table = session.sql("select a, b from t order by a, b").table
        assert list(zip(*(c.to_pylist() for c in table.columns), strict=True)) == sorted(kept + added)
