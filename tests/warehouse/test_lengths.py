"""The lengths of texts that a query makes: they follow its inputs, and hold every value."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from rsnb.errors import SqlError
from rsnb.session import Session

CUSTOMERS = (
    "create table customer (country char(2), note varchar(30), name varchar(20), code int); "
    "insert into customer values ('de', 'x', 'Abc', 1), (null, null, 'Ende', 2)"
)
LONG = "12345678901234567890123456789012345678901234567"

LENGTHS: list[tuple[str, str]] = [
    ("'abc'", "character varying(3)"),
    ("'naïve'", "character varying(6)"),
    ("''", "character varying(1)"),
    ("country", "character(2)"),
    ("nvl(country, 'unknown')", "character varying(7)"),
    ("nvl(country, '--')", "character(2)"),
    ("nvl(note, name, 'x')", "character varying(30)"),
    (f"coalesce(note, '{LONG}')", "character varying(47)"),
    ("case when country is null then 'unknown' else country end", "character varying(7)"),
    ("case code when 1 then 'one' when 2 then 'three' end", "character varying(5)"),
    ("decode(code, 1, 'one', 2, 'three', null)", "character varying(5)"),
    ("nvl2(country, country, 'none')", "character varying(4)"),
    ("greatest(note, 'z')", "character varying(30)"),
    ("max(name) over ()", "character varying(20)"),
    ("'x' || 'yz'", "character varying(3)"),
    ("name || '-'", "character varying(21)"),
    ("name || '-' || note", "character varying(51)"),
    ("country || name", "character varying(22)"),
    ("concat(name, 'xy')", "character varying(22)"),
    ("upper(name)", "character varying(20)"),
    ("lower(country)", "character varying(2)"),
    ("initcap('ab')", "character varying(2)"),
    ("trim(name)", "character varying(20)"),
    ("btrim(name, 'x')", "character varying(20)"),
    ("ltrim(name)", "character varying(20)"),
    ("rtrim(name)", "character varying(20)"),
    ("left(name, 2)", "character varying(20)"),
    ("right(name, 2)", "character varying(20)"),
    ("substring(name, 2, 3)", "character varying(20)"),
    ("substring(name from 2)", "character varying(20)"),
    ("split_part(name, 'b', 1)", "character varying(20)"),
    ("reverse(name)", "character varying(20)"),
    ("soundex(name)", "character varying(4)"),
    ("md5(name)", "character varying(32)"),
    ("sha1(name)", "character varying(40)"),
    ("replace(name, 'a', 'bb')", "character varying(65535)"),
    ("upper(name)::char(3)", "character(3)"),
    ("code::varchar", "character varying(11)"),
]  # fmt: skip

UNIONS: list[tuple[str, str]] = [
    ("select country as c from customer union all select 'unknown'", "character varying(7)"),
    ("select 'a' as c union all select 'bbb' union all select 'cc'", "character varying(3)"),
    ("select c from (select 'none' as c) t union select country from customer", "character varying(4)"),
    ("with w as (select 'abc' as c) select c from w union all select name from customer", "character varying(20)"),
    ("select 'a longer text than twenty' as c union select name from customer", "character varying(25)"),
]


@pytest.mark.parametrize(("sql", "kind"), LENGTHS)
def test_length(session: Session, sql: str, kind: str) -> None:
    session.sql(CUSTOMERS)
    session.sql(f"create table made as select {sql} as c from customer")
    assert _kind(session, "made") == kind


@pytest.mark.parametrize(("sql", "kind"), UNIONS)
def test_length_of_a_union(session: Session, sql: str, kind: str) -> None:
    session.sql(CUSTOMERS)
    session.sql(f"create table made as {sql}")
    assert _kind(session, "made") == kind


@pytest.mark.parametrize("what", ["materialized view", "view"])
def test_length_in_a_view(session: Session, what: str) -> None:
    session.sql(CUSTOMERS)
    session.sql(f"create {what} made as select nvl(country, 'unknown') as c from customer")
    assert _kind(session, "made") == "character varying(7)"


def test_values_are_kept_as_they_are(check: Any) -> None:
    sql = "select nvl(country, 'unknown') as c, nvl(country, 'x ') as d from customer"
    check(f"{CUSTOMERS}; {sql}; create table made as {sql}; select * from made", [("de", "de"), ("unknown", "x ")])


def test_a_quoted_text_is_still_of_the_type_beside_it(check: Any) -> None:
    check(
        "select d from (select '2020-01-01' as d) t where d < sysdate union all select date '2022-01-01' order by 1",
        [(dt.date(2020, 1, 1),), (dt.date(2022, 1, 1),)],
    )


HELD: list[tuple[str, Any]] = [
    ("len(repeat('a', 65535))", 65535),
    ("len(repeat('ab', n))", 6),
    ("len(repeat('a', 40000) || repeat('a', 25535))", 65535),
    ("len(lpad('a', 65535)), len(rpad('é', 20000, 'b')), len(lpad(s, n))", (65535, 20000, 3)),
    ("s || s || '-' || upper(s || s)", "xx-XX"),
    ("concat(s, s)", "xx"),
]

TOO_LONG = [
    "repeat('a', 70000)", "repeat('é', 40000)", "repeat(s, n * 30000)", "replicate('ab', 40000)", "lpad('a', 70000)",
    "rpad('a', n * 30000)", "lpad('é', 40000, 'é')", "repeat('a', 40000) || repeat('a', 40000)",
    "concat(repeat('a', 40000), repeat('a', 40000))", "s || 'x' || repeat('a', 65535)",
]  # fmt: skip


@pytest.mark.parametrize(("sql", "value"), HELD)
def test_a_long_text_is_held(check: Any, sql: str, value: Any) -> None:
    table = "create table long (s varchar(max), n int); insert into long values ('x', 3)"
    check(f"{table}; select {sql} from long", [value if isinstance(value, tuple) else (value,)])


@pytest.mark.parametrize("sql", TOO_LONG)
def test_a_text_of_more_than_65535_bytes_is_an_error(session: Session, sql: str) -> None:
    session.sql("create table long (s varchar(max), n int); insert into long values ('x', 3)")
    with pytest.raises(SqlError, match="is longer than the longest VARCHAR: 65535"):
        session.sql(f"select len({sql}) from long")


def _kind(session: Session, table: str) -> str:
    rows = session.sql(f"select type from pg_table_def where tablename = '{table}'").arrow().to_pylist()
    return str(rows[0]["type"])
