"""Mutated statements give an answer or an RsnbError, never another exception."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rsnb
from rsnb.errors import RsnbError

VALID = (
    "select a, b, count(*) from t where a > 1 and b like 'x%' group by 1, 2 having count(*) > 1 order by a desc",
    "with q as (select a from t union all select 2) select q.a, sum(q.a) over (order by q.a rows 1 preceding) from q",
    "insert into t (a, b) values (1, 'x'), (2, null)",
    "update t set b = 'y' from t as u where u.a = t.a and t.a in (1, 2)",
    "delete from t using t as u where u.a = t.a",
    "create table n (a int not null default 3, b varchar(5) encode zstd, c numeric(8, 2)) distkey(a) sortkey(a, b)",
    "create table m as select a, cast(b as varchar(3)) as c from t",
    "alter table t add column z int default 1",
    "alter table t rename column a to q",
    "create or replace view v as select a from public.t with no schema binding",
    "create function f(int, varchar(5)) returns int stable as $$ select $1 + len($2) $$ language sql",
    "copy t (a, b) from 's3://nothing/x' iam_role default csv ignoreheader 1 delimiter ','",
    "create external schema s from data catalog database 'd' iam_role default region 'us-east-1'",
    "create external table s.e (a int, b array<struct<c:int>>) partitioned by (k int) stored as parquet "
    "location 's3://nothing/x' table properties ('numRows'='1')",
    "alter table s.e add if not exists partition (k = 1) location 's3://nothing/x'",
    "select date_trunc('month', d), dateadd(day, 1, d), datediff(year, d, getdate()), extract(week from d) from t",
    "select nvl(a, 1), decode(a, 1, 'x', 'y'), case when a = 1 then 2 end, a::varchar(3) || 'x', -a % 2 from t",
    "select split_part(b, ',', 2), substring(b, 1, 2), lpad(b, 3, '0'), trim(both 'x' from b), b ilike 'y' from t",
    "select * from (select a, b from t) pivot (count(*) as n for b in ('x' as x, 'y')) order by a nulls first limit 3",
    "select * from (select 1 as q, 2 as r) unpivot include nulls (v for k in (q as x, r))",
    "select a, listagg(distinct b, ',') within group (order by b) from t group by grouping sets ((a), ()) order by 1",
    "select b, percentile_cont(0.5) within group (order by a) over (partition by b) from t qualify rank() over "
    "(order by a) <= 2",
    "select e, e.x[0].y::int, i from (select json_parse('{\"l\":[{\"x\":[1]}]}') as j) s, s.j.l as e at i",
    "select v, w from (select json_parse('[{\"x\":[[1]]}]') as m) q, q.m[0].x[0] as v, unpivot q.m[0] as w at k",
    "select u.e, n from (select array(1, 'a') as m) q, unnest(q.m) with offset as u(e, n) order by u.e desc",
    "select q.m.a + 1, round(q.m.a), count(distinct q.m) from (select json_parse('{\"a\":1.5}') as m) q "
    "where q.m.a in (1.5, 2) or array_contains(array(1, null), q.m) group by q.m.a having sum(q.m.a) > 0 order by 1",
    "select to_char(d, 'YYYY-MM-DD'), to_number('1,5', '9,9'), to_date('01 02 2003', 'DD MM YYYY') from t",
    "select * from t left join t as u on t.a = u.a(+) where (t.a, t.b) in ((1, 'x'), (2, 'y')) and exists (select 1)",
    "select a from t start with a = 1 connect by prior a = d - current_date and level < 3",
    "select regexp_replace(b, '([a-z]+)x', '#', 1, 'i'), b similar to 'a|b', b ~ '^x', '1 day'::interval from t",
    "select d + interval '1 month', convert_timezone('UTC', 'CET', d::timestamp), d at time zone 'UTC' from t",
    "merge into t using (select 1 as a, 'z' as b) s on t.a = s.a when matched then update set b = s.b "
    "when not matched then insert values (s.a, s.b, null)",
    "create procedure p(x in int, y out int) as $$ declare z int := 1; begin if x > z then y := x; end if; end $$ "
    "language plpgsql",
    "call p(1)", "grant select, insert on t to group g with grant option",
    "create user u password 'Abc12345' in group g",
    "unload ('select a from t') to 's3://nothing/x' iam_role default parquet partition by (a) allowoverwrite",
    "merge into t using t s on t.a = s.a remove duplicates", "alter table t alter column b type varchar(9)",
    "prepare w(int) as select a from t where a = $1", "execute w(1)", "declare c cursor for select a from t",
    "fetch forward 2 from c", "show table t", "select pg_table_def.tablename from pg_table_def where schemaname = 'x'",
    "select query, trim(querytxt) from stl_query where starttime > getdate() - 1 order by query desc limit 1",
    "create materialized view mv auto refresh no as select a, count(*) from t group by a",
    "select c, k from pg_get_cols('t') as x(s name, r name, c name, k varchar, n int) where n > 1",
    "select pg_timezone_abbrevs() as z limit 2", "select col_description('public.t'::regclass, 2), random(), 5::oid",
    "select x.a, * from (select t.*, u.* from t join t as u using (a)) x where a + 1 = 2 or true = 1",
    "refresh materialized view mv", "analyze t (a)", "vacuum full t to 99 percent", "lock t", "set timezone to 'CET'",
    "set search_path to public", "comment on column t.a is 'x'", "truncate table t", "explain select 1",
    "begin", "commit", "rollback", "drop table if exists n, m cascade", "drop schema if exists q cascade",
)  # fmt: skip
PIECES = [re.findall(r"\s+|'[^']*'|\w+|.", sql) for sql in VALID]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid statement with pieces cut out, doubled, swapped, or taken from another."""
    pieces = list(draw(st.sampled_from(PIECES)))
    for _ in range(draw(st.integers(1, 3))):
        at, other = (draw(st.integers(0, len(pieces) - 1)) for _ in range(2))
        match draw(st.sampled_from(["cut", "double", "swap", "graft", "end"])):
            case "cut":
                pieces[at] = ""
            case "double":
                pieces.insert(at, pieces[at])
            case "swap":
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "graft":
                pieces[at] = draw(st.sampled_from(draw(st.sampled_from(PIECES))))
            case "end":
                pieces = pieces[: at + 1]
    return "".join(pieces)


def test_a_mutated_statement_gives_an_answer_or_an_error_of_ours() -> None:
    with rsnb.connect("embedded://") as session:

        @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(mutated())
        def runs(sql: str) -> None:
            session.sql("rollback; create table if not exists t (a int, b varchar(5), d date)")
            try:
                session.sql(sql)
            except RsnbError as error:
                assert "rsnb_system" not in str(error), sql

        runs()
