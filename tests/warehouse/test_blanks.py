"""Blanks at the end of a VARCHAR do not count where it is compared, joined, grouped or ordered; LEN sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import rsnb

NAMES = "create table n (name varchar(20), i int); insert into n values {}"
MIXED = "('a', 1), ('a ', 2), ('b', 3), ('b  ', 4), (null, 5)"
PLAIN = "('a', 1), ('a', 2), ('b', 3), ('b', 4), (null, 5)"

# Each gives the same for texts with and without such blanks
ALIKE = [
    "select i from n where name = 'a' order by i",
    "select i from n where name = 'a   ' order by i",
    "select i from n where name <> 'a' order by i",
    "select i from n where name > 'a' order by i",
    "select i from n where name between 'a' and 'a' order by i",
    "select i from n where name in ('a', 'c') order by i",
    "select i from n where name in (select 'a') order by i",
    "select i from n where name in (select name from n where i = 2) order by i",
    "select i from n where name not in ('b') order by i",
    "select i from n where name = any (select 'a ') order by i",
    "select i from n where (name, i) in (select 'a', 2)",
    "select i from n where upper(name) = 'A' order by i",
    "select i from n where name || '' = 'b' order by i",
    "select i from n where coalesce(name, 'a') = 'a' order by i",
    "select i from n where left(name, 2) = 'a' order by i",
    "select i from n where name::varchar(2) = 'b' order by i",
    "select i from n where name = 'a'::char(5) order by i",
    "select case name when 'a' then 1 else 2 end, decode(name, 'b', 1, 0) from n order by i",
    "select i, nullif(name, 'a') is null from n order by i",
    "select name, count(*), sum(i) from n group by name order by name",
    "select name, count(*) from n group by 1 order by 2, 1",
    "select upper(name) as u, count(*) from n group by u having u > 'A' order by u",
    "select n.name, max(i) from n group by name order by n.name",
    "select name || 'x', count(*) from n group by name order by 1",
    "select name, (select max(i) from n m where m.name = n.name) from n group by name order by 1",
    "select name, grouping(name), count(*) from n group by rollup (name) order by 1, 2",
    "select case when i < 3 then name else 'z' end as k, count(*) from n group by k order by k",
    "select distinct name from n order by name",
    "select distinct * from (select name from n) order by name",
    "select count(distinct name), listagg(distinct name, ', ') within group (order by name) from n",
    "select name from n union select name from n order by name",
    "select name from n union select 'a ' order by 1",
    "select name from n except select 'a' order by name",
    "select name from n intersect select 'a '",
    "select * from (select name from n) intersect select name from n order by name",
    "select i, rank() over (partition by name order by i), dense_rank() over (order by name) from n order by i",
    "select i from n order by name, i desc",
    "select i from n union all select i from n where name = 'a' order by i",
    "select x.i, y.i from n x join n y on x.name = y.name order by 1, 2",
    "select x.i, y.i from n x join n y using (name) order by 1, 2",
    "select x.i, y.i, z.i from n x join n y using (name) left join n z using (name) order by 1, 2, 3",
    "select y.z, count(*) from n left join (select 'a' as name, 9 as z) y using (name) where name > '' group by z "
    "order by 1",
    "with g as (select name, sum(i) as s from n group by name) select n.i, g.s from n join g using (name) order by 1",
    "select * from (select name, i from n where i < 4) pivot (count(i) for name in ('a', 'b'))",
    "with recursive r (name, d) as (select 'a ', 1 union all select n.name, d + 1 from n join r on n.name = r.name "
    "where d < 2) select count(*), max(d) from r",
]  # fmt: skip


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[rsnb.Session, rsnb.Session]]:
    with rsnb.connect("embedded://") as one, rsnb.connect("embedded://") as other:
        one.sql(NAMES.format(MIXED))
        other.sql(NAMES.format(PLAIN))
        yield one, other


@pytest.mark.parametrize("sql", ALIKE)
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a transaction"])
def test_blanks_do_not_count(both: tuple[rsnb.Session, rsnb.Session], sql: str, inside: bool) -> None:
    found = []
    for session in both:
        if inside:
            session.sql("begin")
        found.append(session.sql(sql).table.to_pylist())
        if inside:
            session.sql("rollback")
    assert found[0] == found[1]
    assert found[0]


def test_they_stay_in_the_data(both: tuple[rsnb.Session, rsnb.Session]) -> None:
    result = both[0].sql("select name, len(name), name like 'a', nullif(name, 'b') from n where i < 3 order by i")
    assert [tuple(row.values()) for row in result.table.to_pylist()] == [
        ("a", 1, True, "a"),
        ("a ", 2, False, "a "),
    ]


def test_full_join_using_gives_the_side_that_there_is(check: Any, session: rsnb.Session) -> None:
    session.sql("create table l (k varchar(5), x int); insert into l values ('a ', 1), ('b', 2)")
    session.sql("create table r (k varchar(5), y int); insert into r values ('a', 3), ('c  ', 4)")
    check("select * from l full join r using (k) order by x, y", [("a ", 1, 3), ("b", 2, None), ("c  ", None, 4)])
    check("select * from l right join r using (k) order by y", [("a", 1, 3), ("c  ", None, 4)])


def test_using_again_without_texts_in_doubt(check: Any, session: rsnb.Session) -> None:
    session.sql("create table l (k varchar(5)); insert into l values ('a ')")
    session.sql("create table r (k varchar(5)); insert into r values ('a')")
    session.sql("create table c (k char(5), x int); insert into c values ('a', 1)")
    check("select k, x from l join r using (k) join c using (k)", [("a ", 1)])
    check("select k, x from c join r using (k) left join l using (k)", [("a    ", 1)])
    check("select k, count(*) from l full join r using (k) full join c using (k) group by k", [("a", 1)])


def test_what_is_written_changes_what_is_known(session: rsnb.Session) -> None:
    session.sql("create table t (name varchar(9)); insert into t values ('a')")
    query = "select count(*) as n from t where name = 'a'"
    assert session.sql(query).table.to_pylist() == [{"n": 1}]
    session.sql("insert into t values ('a ')")
    assert session.sql(query).table.to_pylist() == [{"n": 2}]
    session.sql("delete from t where len(name) = 2")
    assert session.sql(query).table.to_pylist() == [{"n": 1}]
    session.sql("begin; insert into t values ('a   ')")
    assert session.sql(query).table.to_pylist() == [{"n": 2}]
    session.sql("rollback")
    assert session.sql(query).table.to_pylist() == [{"n": 1}]
    session.sql("update t set name = 'a    '")
    assert session.sql(query).table.to_pylist() == [{"n": 1}]
    session.sql("drop table t; create table t (name varchar(9)); insert into t values ('a ')")
    assert session.sql(query).table.to_pylist() == [{"n": 1}]


def test_a_temporary_table_is_looked_into_by_its_session(session: rsnb.Session) -> None:
    session.sql("create temp table t (name varchar(9)); insert into t values ('a'), ('a ')")
    assert session.sql("select count(distinct name) as n from t").table.to_pylist() == [{"n": 1}]


def test_views_and_written_tables_compare_alike(session: rsnb.Session) -> None:
    session.sql(NAMES.format(MIXED))
    session.sql("create view v as select name, i from n where name = 'a'")
    session.sql("create table g as select name, count(*) as c from n group by name")
    session.sql("create materialized view m as select name, max(i) as i from n group by name")
    assert session.sql("select count(*) as n from v where name = 'a'").table.to_pylist() == [{"n": 2}]
    assert session.sql("select count(*) as n from g").table.to_pylist() == [{"n": 3}]
    assert session.sql("select i from m where name = 'b  '").table.to_pylist() == [{"i": 4}]
    session.sql("update n set i = 0 where name = 'a'; delete from n where name in ('b')")
    assert session.sql("select sum(i) as n, count(*) as c from n").table.to_pylist() == [{"n": 5, "c": 3}]
