"""Decimals with many digits: results of more than 18 are exact, of more than 38 an error."""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import product
from typing import Any

import pytest

import rsnb
from rsnb.errors import SqlError
from rsnb.session import Session

D = Decimal

EXACT: list[tuple[str, str, Decimal]] = [
    ("12345.6789::numeric(18,4) * 1000000::numeric(18,4)", "numeric(37,8)", D("12345678900.00000000")),
    ("9999999999::numeric(10,0) * 9999999999::numeric(10,0)", "numeric(21,0)", D("99999999980000000001")),
    ("9999999999999999.99::numeric(18,2) * 100", "numeric(29,2)", D("999999999999999999.00")),
    ("9999999999999999.99::numeric(18,2) * 100 / 3", "numeric(38,11)", D("333333333333333333.00000000000")),
    ("9999999999999999.99::numeric(18,2) / 0.03", "numeric(22,4)", D("333333333333333333.0000")),
    ("9223372036854775807 * 1.5", "numeric(22,1)", D("13835058055282163710.5")),
    ("-9999999999::numeric(10,0) * (9999999999::numeric(10,0) * 2)", "numeric(32,0)", D("-199999999960000000002")),
    ("(99999999::numeric(9,0) * 99999999::numeric(9,0)) * 99999999::numeric(9,0)", "numeric(29,0)",
     D("999999970000000299999999")),
    ("99999999999999999999 + 1", "numeric(21,0)", D("100000000000000000000")),
]  # fmt: skip

TOO_LARGE = [
    "99999999999999999999999999999999999999::numeric(38,0) + 1",
    "99999999999999999999999999999999999999 - -1",
    "99999999999999999999999999999999999999 * 1.1",
    "sum(n) from (select 99999999999999999999999999999999999999::numeric(38,0) as n union all select 1) t",
    "sum(n) over () from (select 99999999999999999999999999999999999999 as n union all select 1) t",
    "sum(n) over (order by n rows unbounded preceding) from (select 99999999999999999999999999999999999999 as n "
    "union all select 1) t",
]


@pytest.mark.parametrize(("sql", "kind", "value"), EXACT)
def test_a_result_of_many_digits_is_exact(session: Session, sql: str, kind: str, value: Decimal) -> None:
    session.sql(f"create table made as select {sql} as n")
    assert session.sql("select n from made").arrow().to_pylist() == [{"n": value}]
    declared = session.sql("select type from pg_table_def where tablename = 'made'").arrow().to_pylist()
    assert declared == [{"type": kind}]


def test_products_of_columns_are_exact(check: Any) -> None:
    check(
        "create table line (price numeric(18,2), share numeric(9,4), amount int); "
        "insert into line values (9999999999999999.99, 99999.9999, 2147483647), (-0.01, 0.0001, 1); "
        "select price * amount, price * share, share * share * price, sum(price * amount) over () from line order by 1",
        [
            (D("-0.01"), D("-0.000001"), D("-0.0000000001"), D("21474836469999999978525163.52")),
            (
                D("21474836469999999978525163.53"),
                D("999999998999999999000.000001"),
                D("99999999800000000000000000.1999999999"),
                D("21474836469999999978525163.52"),
            ),
        ],
    )


@pytest.mark.parametrize("sql", TOO_LARGE)
def test_more_than_38_digits_are_an_error(refuses: Any, sql: str) -> None:
    refuses(f"select {sql}", SqlError, "out of range")


@pytest.mark.parametrize("digits", ["1" * 39, "1." + "1" * 38, "." + "1" * 39])
def test_a_number_of_more_than_38_digits_is_an_error(refuses: Any, digits: str) -> None:
    refuses(f"select {digits}", SqlError, "has more than 38 digits")


def test_products_of_all_sizes_are_those_of_python() -> None:
    sizes = [(1, 0), (5, 2), (9, 0), (9, 9), (10, 3), (17, 1), (18, 0), (18, 18), (19, 0), (19, 4)]
    pairs = [(one, other) for one, other in product(sizes, sizes) if one[0] + other[0] <= 37]
    most = [D("9" * precision).scaleb(-scale) for precision, scale in sizes]
    columns = ", ".join(f"c{i} numeric({p},{s})" for i, (p, s) in enumerate(sizes))
    with rsnb.connect("embedded://") as session, localcontext(prec=80):
        session.sql(f"create table most ({columns})")
        session.sql(f"insert into most values ({', '.join(map(str, most))})")
        for one, other in pairs:
            a, b = sizes.index(one), sizes.index(other)
            made = session.sql(f"select c{a} * -c{b} as n from most").arrow().to_pylist()
            assert made == [{"n": -most[a] * most[b]}], (one, other)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1e309", "select -1e309", "insert into f values (1e309, 1)", "insert into f values ('1e309', 1)",
        "insert into f values (1, '1e39')", "insert into f select s, 1 from (select '-1e309' as s union select '1') t",
        "select '1e309'::float8", "select s::real from (select '1e39' as s union select '1') t",
    ],
)  # fmt: skip
def test_a_number_that_is_too_large_for_a_float_is_an_error(session: Session, sql: str) -> None:
    session.sql("create table f (x float8, r real)")
    with pytest.raises(SqlError, match=r"out of range|outside the range"):
        session.sql(sql)


@pytest.mark.parametrize("kind", ["float8", "real", "numeric(5,2)"])
def test_digits_are_not_parted_by_underscores(refuses: Any, check: Any, kind: str) -> None:
    refuses(f"select '1_0'::{kind}", SqlError, "'1_0' is not valid for the type")
    refuses(f"select s::{kind} from (select '1_0' as s union select '1') t", SqlError, "is not valid for the type")
    check(f"select try_cast('1_0' as {kind}), try_cast('10' as {kind}) = 10", [(None, True)])


def test_texts_of_floats_are_read(check: Any) -> None:
    check(
        "select ' 1.5 '::float8, '-inf'::float8, s::float8, s::real = 100, try_cast(s as float8), "
        "try_cast('1e309' as float8) from (select '1e2' as s union all select null) t order by s",
        [(1.5, float("-inf"), 100.0, True, 100.0, None), (1.5, float("-inf"), None, None, None, None)],
    )


REALS: list[tuple[str, Any]] = [
    ("r = 0.1", False), ("r = n", False), ("n = r", False), ("r in (0.1, 5)", False), ("r between 0.1 and 0.1", False),
    ("r in (select 0.1)", False), ("r = any (select 0.1)", False), ("0.1 in (select m.r from measured m)", False),
    ("r > 0.1", True),
    ("r = '0.1'", True), ("r = 0.1::real", True), ("r in (select r)", True), ("r = r::float8", True), ("r = d", False),
    ("big = one::real", False), ("coalesce(null::real, big)", 16777217.0), ("greatest(r, n)", 0.10000000149011612),
    ("case when big > 0 then n else r end", 0.1),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "value"), REALS)
def test_a_real_beside_another_number_is_a_double_precision(check: Any, sql: str, value: Any) -> None:
    table = "create table measured (r real, n numeric(5,2), d float8, big int, one int)"
    rows = "insert into measured values (0.1, 0.1, 0.1, 16777217, 16777216)"
    check(f"{table}; {rows}; select {sql} from measured", [(value,)])


def test_a_union_of_a_real_and_a_decimal_keeps_the_digits_of_both(check: Any) -> None:
    check("select 0.5::real as n union all select 12345678.91 order by n", [(0.5,), (12345678.91,)])


AVERAGES: list[tuple[str, list[str], str]] = [
    ("numeric(38,10)", ["999999999999999999999999999.1234567891"] * 2, "999999999999999999999999999.1234567891"),
    ("numeric(38,20)", ["-99999999999999999.12345678901234567890", "-99999999999999999.12345678901234567891"],
     "-99999999999999999.12345678901234567890"),
    ("numeric(38,37)", ["0.1", "0.2", "0.0000000000000000000000000000000000001"],
     "0.1000000000000000000000000000000000000"),
    ("numeric(38,10)", ["-0.0000000001", "0"], "0.0000000000"),
    ("numeric(18,2)", ["9999999999999999.99", "9999999999999999.98"], "9999999999999999.98"),
    ("numeric(38,0)", ["9999999999999999999999999999999999999", "2"], "5000000000000000000000000000000000000"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "average"), AVERAGES)
def test_an_average_of_many_digits_is_cut_off_at_its_places(
    check: Any, kind: str, values: list[str], average: str
) -> None:
    rows = ", ".join(f"({value})" for value in values)
    table = f"create table measured (n {kind}); insert into measured values {rows}"
    check(f"{table}; select avg(n), max(a) from (select n, avg(n) over () as a from measured) t", [(D(average),) * 2])
