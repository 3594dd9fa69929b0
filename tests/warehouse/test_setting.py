"""SET, RESET and SHOW: parameters that are followed, recorded or kept, and context variables."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import Session, SqlError, UnsupportedSql
from rsnb.warehouse.parameters import FOLLOWED, PARAMETERS, RECORDED

SHOWN = [  # (set, the name that SHOW takes, its column, its value)
    ("set query_group to 'nightly run'", "query_group", "query_group", "nightly run"),
    ("set analyze_threshold_percent to 0.5", "analyze_threshold_percent", "analyze_threshold_percent", "0.5"),
    ("set statement_timeout = 10000", "statement_timeout", "statement_timeout", "10000"),
    ("set statement_timeout to '2min'", "statement_timeout", "statement_timeout", "120000"),
    ("set enable_result_cache_for_session to false", "enable_result_cache_for_session",
     "enable_result_cache_for_session", "off"),
    ("set datestyle to 'ISO'", "datestyle", "DateStyle", "ISO, MDY"),
    ("set datestyle to mdy", "datestyle", "DateStyle", "ISO, MDY"),
    ("set time zone 'utc'", "time zone", "TimeZone", "UTC"),
    ("set session wlm_query_slot_count to 3", "wlm_query_slot_count", "wlm_query_slot_count", "3"),
    ("set stored_proc_log_min_messages to notice", "stored_proc_log_min_messages", "stored_proc_log_min_messages",
     "NOTICE"),
    ("set extra_float_digits to -3", "extra_float_digits", "extra_float_digits", "-3"),
    ("set app_context.user_id to 123", "app_context.user_id", "app_context.user_id", "123"),
    ("create schema enterprise; set search_path to enterprise", "search_path", "search_path", "enterprise"),
    ("create schema enterprise; set search_path to '$user', public, enterprise", "search_path", "search_path",
     '"$user", public, enterprise'),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "name", "column", "value"), SHOWN, ids=[s[0] for s in SHOWN])
def test_a_value_is_shown_and_reset(check: Any, session: Any, sql: str, name: str, column: str, value: str) -> None:
    check(sql, command="SET")
    check(f"show {name}", [(value,)], columns=[column])
    if "." not in name:
        check(f"reset {name.replace('time zone', 'timezone')}", command="RESET")
        check(f"show {name}", [(PARAMETERS[name.replace("time zone", "timezone")].default,)])


def test_show_all(check: Any) -> None:
    check("show all", [(p.name, p.default) for p in PARAMETERS.values()], columns=["name", "setting"])
    assert list(PARAMETERS) == sorted(PARAMETERS)
    check("set query_group to x; set a.b to y; reset all; show query_group", [("unset",)])


@pytest.mark.parametrize("name", [p.name for p in PARAMETERS.values() if p.effect not in (FOLLOWED, RECORDED)])
def test_the_default_of_every_parameter_may_be_set(check: Any, name: str) -> None:
    check(
        f"set {name} to '{PARAMETERS[name].default}'; set {name} to default; show {name}", [(PARAMETERS[name].default,)]
    )


REFUSED = [
    ("set timezone to 'America/Nowhere'", SqlError, "there is no time zone America/Nowhere"),
    ("set timezone to 'PST'", SqlError, "'PST' is not a value of timezone"),
    ("set time zone interval '1 month'", SqlError, "an offset has hours and minutes"),
    ("set enable_case_sensitive_identifier to true", UnsupportedSql, "folded to lower case"),
    ("set wlm_query_slot_count to 51", SqlError, "it is 1 to 50"),
    ("set statement_timeout to soon", SqlError, "milliseconds"),
    ("set enable_vacuum_boost to maybe", SqlError, "true or false"),
    ("set nothing_known to 1", SqlError, "there is no parameter nothing_known"),
    ("set query_grup to 1", SqlError, "did you mean query_group?"),
    ("set search_path to nowhere", SqlError, "there is no schema nowhere"),
    ("set query_group", SqlError, "expected TO"),
    ("set query_group to", SqlError, "expected a value"),
    ("set a.b.c to 1", SqlError, "one dot"),
    ("set seed to 2", SqlError, "the seed is a number from 0 to 1"),
    ("show nothing_known", SqlError, "there is no parameter nothing_known"),
    ("show a.b", SqlError, "the context variable a.b is not set"),
    ("reset nothing_known", SqlError, "there is no parameter nothing_known"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "error", "words"), REFUSED, ids=[r[0] for r in REFUSED])
def test_refused(refuses: Any, sql: str, error: type[SqlError], words: str) -> None:
    refuses(sql, error, words)


def test_a_rolled_back_transaction_takes_its_values_back(check: Any) -> None:
    check("set query_group to a; begin; set query_group to b; rollback; show query_group", [("a",)])
    check("begin; set query_group to b; commit; show query_group", [("b",)])
    check("create schema s; begin; set search_path to s; rollback; show search_path", [("$user, public",)])


def test_set_local_ends_with_the_transaction(check: Any) -> None:
    check("begin; set local query_group to a; show query_group", [("a",)])
    check("commit; show query_group", [("unset",)])
    assert check("set local query_group to a").receipt.notes == ("SET LOCAL has no effect outside a transaction",)
    check("show query_group", [("unset",)])


def test_random_follows_a_seed(check: Any) -> None:
    for _ in range(2):  # the guide's numbers
        check("set seed to .25; select cast(random() * 100 as int)", [(21,)], columns=["int4"])
        check("select cast(random() * 100 as int), cast(random() * 100 as int)", [(79, 12)])
    check("set seed to .25; create view v as select random() as r; select cast(100 * r as int) from v", [(21,)])
    check("set seed to 0; select random()", [(0.8401877167634666,)], types=["double precision"])


def test_random_without_a_seed_is_another_number_each_time(session: Session) -> None:
    session.sql("create table x as select random() as r from (select 1 union all select 2) t")
    found = session.sql("select r from x").table["r"].to_pylist()
    found += [session.sql("select random()").scalar(), session.sql("select random()").scalar()]
    assert len(set(found)) == 4
    assert all(0 <= number < 1 for number in found)


def test_search_path_is_followed(check: Any) -> None:
    check("create schema s; create table s.t (a int); insert into s.t values (1); set search_path to s, public")
    check("select a from t", [(1,)])
    check("reset search_path; create table t (b int); select * from t", [], columns=["b"])
