# ruff: noqa: E501
"""Every function of the table, by cases of value and type; what is refused."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.functions import FUNCTIONS
from rsnb.warehouse.translation.refused_functions import REASONS, WORDS
from tests.warehouse import cases

MODULES = [import_module(f"{cases.__name__}.{m.name}") for m in pkgutil.iter_modules(cases.__path__)]


def gathered(kind: str) -> list[tuple[str, Any]]:
    """Every case of a kind, of all families."""
    return [item for module in MODULES for item in getattr(module, kind, {}).items()]


CASES, QUERIES = gathered("CASES"), gathered("QUERIES")
COVERED = {name for name, _ in CASES + QUERIES}

CLOCK = {
    "current_date", "current_time", "current_timestamp", "getdate", "localtime", "localtimestamp", "now", "sysdate",
    "timeofday",
}  # fmt: skip
REASONED = {name for module in MODULES for name in getattr(module, "COVERED", set())}
REFUSED = [sql for module in MODULES for sql in getattr(module, "REFUSED", [])]
UNSUPPORTED = [sql for module in MODULES for sql in getattr(module, "UNSUPPORTED", [])]


def test_every_function_has_a_case() -> None:
    assert set(FUNCTIONS) - COVERED - CLOCK - REASONED == set()


@pytest.mark.parametrize(("sql", "value", "kind"), [case for _, found in CASES for case in found])
def test_value_and_type(check: Any, sql: str, value: Any, kind: str) -> None:
    check(f"select {sql} as v", [(value,)], [kind])


@pytest.mark.parametrize(("sql", "values", "kinds"), [case for _, found in QUERIES for case in found])
def test_aggregate_or_window(check: Any, sql: str, values: tuple[Any, ...], kinds: list[str]) -> None:
    result = check(sql, types=kinds)
    last = tuple(column[-1].as_py() for column in result.table.columns)
    assert last == pytest.approx(values)


@pytest.mark.parametrize("sql", REFUSED)
def test_what_redshift_refuses_is_an_error(refuses: Any, sql: str) -> None:
    refuses(sql, SqlError)


@pytest.mark.parametrize("sql", UNSUPPORTED)
def test_what_could_differ_is_refused(refuses: Any, sql: str) -> None:
    refuses(sql, UnsupportedSql, "supported")


@pytest.mark.parametrize("name", sorted(REASONS))
def test_a_function_of_the_guide_is_refused_with_the_reason(refuses: Any, name: str) -> None:
    assert name not in FUNCTIONS
    refuses(f"select {name}({'' if name.startswith('current') else '1'})", UnsupportedSql, name.upper(), REASONS[name])
    if name in WORDS:
        refuses(f"select 1, {name}", UnsupportedSql, name.upper(), REASONS[name])


def test_object_transform_is_refused_whatever_its_syntax(refuses: Any) -> None:
    refuses("""select object_transform(object('a', 1) keep '"a"' set '"b"', 2)""", UnsupportedSql, "OBJECT_TRANSFORM")


def test_a_refused_function_names_the_nearest(refuses: Any) -> None:
    refuses("select lenght('a')", UnsupportedSql, "LENGHT", "did you mean length")


def test_columns_have_the_names_of_redshift(check: Any) -> None:
    sql = (
        "select getdate(), sysdate, current_date, nvl(1, 2), decode(1, 1, 2), trim('a'), dateadd(day, 1, '2008-01-01')"
    )
    check(sql, columns=["timestamp", "timestamp", "date", "coalesce", "case", "btrim", "date_add"])
    check(
        "select 1, 'a'::text, count(*), (select 2), 1 + 1",
        columns=["?column?", "varchar", "count", "?column?", "?column?"],
    )


def test_getdate_is_the_statements_and_sysdate_the_transactions(session: Any) -> None:
    session.sql("begin")
    first = session.sql("select getdate(), sysdate").df()
    second = session.sql("select getdate(), sysdate").df()
    session.sql("rollback")
    assert (first.iloc[0, 0], first.iloc[0, 1]) != (second.iloc[0, 0], second.iloc[0, 1])
    assert first.iloc[0, 1] == second.iloc[0, 1]


def test_functions_over_columns_take_the_same_edges(check: Any) -> None:
    sql = (
        "select left(s, n), substring(s, n, 2), split_part(s, ',', m), lpad(s, m, 'x'), strpos(s, p), s::varchar(2), c::int "
        "from (select 'abc' as s, 0 as n, 1 as m, 'c' as p, ' 12' as c) t"
    )
    check(sql, [("", "a", "abc", "a", 3, "ab", 12)])
