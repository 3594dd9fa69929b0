"""Functions that return rows, in FROM and alone in a select list."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import Session, SqlError, UnsupportedSql

ROLE = "arn:aws:iam::123456789012:role/Redshift-S3-Write"


@pytest.fixture
def made(session: Session) -> Session:
    session.sql(
        'create table t (a int, b numeric(8, 2)); create view late as select a, b as "my b" from public.t '
        "with no schema binding; create view gone as select x from public.nothing with no schema binding; "
        "create user jo password 'Abc12345'; create group clerks with user jo; "
        f"grant assumerole on '{ROLE}' to jo for unload; grant assumerole on '{ROLE}' to group clerks for copy"
    )
    return session


GIVES = [
    ("select pg_get_cols('t')", [("(public,t,a,integer,1)",), ('(public,t,b,"numeric(8,2)",2)',)]),
    ("select pg_get_cols('dev.public.late')",
     [("(public,late,a,integer,1)",), ('(public,late,"my b","numeric(8,2)",2)',)]),
    ("select c, k, n from pg_get_cols('public.t') as x(s name, r name, c name, k varchar, n int) where n > 1",
     [("b", "numeric(8,2)", 2)]),
    ("select pg_get_late_binding_view_cols()",
     [("(public,late,a,integer,1)",), ('(public,late,"my b","numeric(8,2)",2)',)]),
    ("select count(*) from pg_get_late_binding_view_cols() x(s name, r name, c name, k text, n int) "
     "join pg_attribute a on a.attname = x.c join pg_class r on r.oid = a.attrelid where r.relname = 't'", [(1,)]),
    ("select pg_get_iam_role_by_user('jo')", [(f"(jo,{ROLE},COPY|UNLOAD)",)]),
    (f"select g, k, c from pg_get_grantee_by_iam_role('{ROLE}') r(g text, k text, c text) order by 1",
     [("clerks", "g", "COPY"), ("jo", "u", "UNLOAD")]),
    ("select abbrev, utc_offset = interval '-5 hours', is_dst from pg_timezone_abbrevs() where abbrev in ('EST', 'EDT')"
     " order by 1", [("EDT", False, True), ("EST", True, False)]),
    ("select pg_timezone_abbrevs() as z limit 1", [("(ADT,-03:00:00,t)",)]),
    ("select z.abbrev, z.is_dst from pg_timezone_names() z where name = 'Asia/Kolkata'", [("IST", False)]),
    ("select count(*) > 400 from pg_timezone_names()", [(True,)]),
    ("select n from pg_timezone_names() as z(n) where n like 'Europe/Par%'", [("Europe/Paris",)]),
]  # fmt: skip
FAILS = [
    ("select * from pg_get_cols('t')", SqlError, "its 5 columns are named with their types"),
    (
        "select * from pg_get_cols('t') x(s int, r name, c name, k varchar, n int)",
        SqlError,
        "s is of type character varying, not integer",
    ),
    ("select pg_get_cols('nothing')", SqlError, "there is no table nothing"),
    ("select pg_get_cols()", SqlError, "the function PG_GET_COLS takes 1 argument"),
    ("select pg_get_cols('t' || '')", UnsupportedSql, "PG_GET_COLS of other than a quoted text"),
    ("select pg_timezone_names(), 1", UnsupportedSql, "PG_TIMEZONE_NAMES"),
]


@pytest.mark.parametrize(("sql", "rows"), GIVES)
def test_gives(check: Any, made: Session, sql: str, rows: list[tuple[Any, ...]]) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "error", "words"), FAILS)
def test_fails(refuses: Any, made: Session, sql: str, error: type[SqlError], words: str) -> None:
    refuses(sql, error, words)


def test_a_column_has_the_functions_name(check: Any, made: Session) -> None:
    check("select pg_get_cols('t')", columns=["pg_get_cols"])
    check("select * from pg_timezone_abbrevs() limit 0", [], columns=["abbrev", "utc_offset", "is_dst"])


def test_every_name_is_a_zone(made: Session) -> None:
    names = made.sql("select name from pg_timezone_names()").table["name"].to_pylist()
    listed = ", ".join(f"convert_timezone('{name}', timestamp '2020-01-01')" for name in names)
    assert made.sql(f"select {listed}").table.num_rows == 1
