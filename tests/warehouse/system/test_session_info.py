"""What a session did last, and where it stands, as its functions say."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import RsnbError, UnsupportedSql


def test_the_last_query_is_one_that_read_a_table(check: Any) -> None:
    check("create table t (a int); insert into t values (1); select a from t; select 1; set query_group to x")
    check("select trim(querytxt) from stl_query where query = pg_last_query_id()", [("select a from t",)])
    check("select pg_last_query_id() = (select max(query) from stl_query)", [(True,)])


def test_the_functions_are_asked_in_order(check: Any) -> None:
    check("select set_config('app.name', 'it''s', false) as a, current_setting('app.name') as b", [("it's", "it's")])
    check("show app.name", [("it's",)])
    check(
        "begin; select set_config('query_group', 'a', true); commit; select current_setting('query_group')",
        [("unset",)],
    )


def test_a_repeated_statement_asks_again(check: Any) -> None:
    check("create table t (a int)")
    assert len({check("insert into t values (1); select pg_last_query_id() as last").scalar() for _ in range(3)}) == 3


def test_the_search_path(check: Any) -> None:
    check("create schema s; set search_path to s, public; select current_schema(), current_schemas(true)",
          [("s", "{pg_catalog,s,public}")])  # fmt: skip
    check("reset search_path; select current_schema()", [("public",)])


def test_a_default_and_a_view_see_the_session(check: Any) -> None:
    check("create table t (a int, who varchar(20) default current_user); insert into t (a) values (1); select * from t",
          [(1, "awsuser")])  # fmt: skip
    check("create view v as select a, pg_backend_pid() as pid from t; select pid from v", [(1,)])


@pytest.mark.parametrize("what", ["create view v as select", "create table t as select"])
def test_what_changes_with_each_statement_stays_out_of_views(session: Any, what: str) -> None:
    if "view" in what:
        with pytest.raises(UnsupportedSql, match="PG_LAST_QUERY_ID in a view"):
            session.sql(f"{what} pg_last_query_id() as q")
    else:
        session.sql(f"{what} pg_last_query_id() as q")
        assert session.sql("select q from t").scalar() == -1


def test_the_last_copy(check: Any, session: Any, put: Any) -> None:
    good, bad = put("good.csv", "1\n2\n"), put("bad.csv", "x\n")
    session.sql(f"create table t (a int); copy t from '{good}' iam_role default csv")
    check("select pg_last_copy_count(), pg_last_copy_id() = (select max(query_id) from sys_load_history)", [(2, True)])
    with pytest.raises(RsnbError):
        session.sql(f"copy t from '{bad}' iam_role default csv")
    check("select pg_last_copy_count(), pg_last_copy_id() = (select max(query_id) from sys_load_history)", [(0, True)])


def test_the_slice_of_a_row(check: Any, session: Any) -> None:
    check("create table t (a int); insert into t values (1), (2); select distinct slice_num() from t", [(0,)])
    check("select slice_num()", [(10_000,)])
