# ruff: noqa: E501
"""Arithmetic of decimals, aggregates over them, percentiles, lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

D = Decimal
INT, BIGINT, TEXT, BOOL = "integer", "bigint", "character varying", "boolean"
ROWS = "(select 1 as x, 'b' as s, 1.50 as d union all select 2, 'a', 2.25 union all select 4, 'b', null) t"
OVER = "over (order by x rows between unbounded preceding and unbounded following)"

CASES: dict[str, list[tuple[str, Any, str]]] = {
    "division": [
        ("41211::decimal(7,2) / 57535::decimal(7,2)", D("0.71627704"), "numeric(15,8)"),
        ("1706.00::decimal(8,2) / 2::smallint", D("853.00000000"), "numeric(14,8)"),
        ("-2.0 / 3", D("-0.666666666666"), "numeric(13,12)"),
        ("1::decimal(19,2) / 3::decimal(38,19)", D("0.3333"), "numeric(38,4)"),
        ("1::decimal(19,0) / 3::decimal(19,0)", D("0.3333333333333333333"), "numeric(38,19)"),
    ],
    "precedence": [
        ("10 / mod(7, 4)", 3, INT), ("not is_valid_json('[1]')", True, BOOL), ("2 * len('a' || 'b') - -3", 7, INT),
        ("- abs(-2) - mod(5, 3)", -4, INT), ("7 % round(2.6)", D("1"), "numeric(10,0)"),
    ],
    "arithmetic": [
        ("1.25::decimal(8,2) * 3::smallint", D("3.75"), "numeric(14,2)"),
        ("1.25::decimal(8,2) + 1", D("2.25"), "numeric(13,2)"),
        ("7.5 % 2", D("1.5"), "numeric(11,1)"),
        ("5 & 3", 1, INT), ("5 | 3", 7, INT), ("1 << 4", 16, INT), ("~5", -6, INT), ("-16 >> 2", -4, INT),
    ],
    "text of floats": [
        ("(0.1::float8 + 0.2::float8)::varchar", "0.3", TEXT), ("1e20::varchar", "1e+20", TEXT), ("1e-5::varchar", "1e-05", TEXT),
        ("1999.99::real::varchar", "1999.99", TEXT), ("'nan'::float8::varchar", "NaN", TEXT), ("'a' || 2.0::float8", "a2", TEXT),
    ],
}  # fmt: skip
QUERIES: dict[str, list[tuple[str, tuple[Any, ...], list[str]]]] = {
    "any_value": [(f"select any_value(7) from {ROWS}", (7,), [INT])],
    "approximate count": [(f"select approximate count(distinct s) from {ROWS}", (2,), [BIGINT])],
    "approximate percentile_disc": [(f"select approximate percentile_disc(0.5) within group (order by x) from {ROWS}", (2,), [INT])],
    "avg": [(f"select avg(d), avg(x) from {ROWS}", (D("1.87"), 2), ["numeric(38,2)", BIGINT])],
    "bit_and": [(f"select bit_and(x), bit_and(x > 1) from {ROWS}", (0, False), [INT, BOOL])],
    "bit_or": [(f"select bit_or(x), bit_or(x > 1) from {ROWS}", (7, True), [INT, BOOL])],
    "bool_and": [(f"select bool_and(x > 0) from {ROWS}", (True,), [BOOL])],
    "bool_or": [(f"select bool_or(x > 9) from {ROWS}", (False,), [BOOL])],
    "cot": [("select cot(1::float8)", (0.642092615934331,), ["double precision"])],
    "grouping": [(f"select x, s, grouping(x, s) from {ROWS} where x = 1 group by cube (x, s) order by 3", (None, None, 3), [INT, TEXT, INT]), (f"select s, grouping(s) from {ROWS} group by rollup (s) order by 2", (None, 1), [TEXT, INT])],
    "grouping_id": [(f"select s, grouping_id(s), grouping_id(s, x) from {ROWS} group by cube (s, x) order by 3", (None, 1, 3), [TEXT, INT, INT])],
    "listagg": [
        (f"select listagg(s) within group (order by x desc), listagg(distinct s, ', ') within group (order by x) from {ROWS}", ("bab", "b, a"), [TEXT, TEXT]),
        (f"select listagg(x, '|') within group (order by x) over () from {ROWS}", ("1|2|4",), [TEXT]),
        (f"select listagg(s, null) within group (order by x), listagg(s, '-'::varchar) within group (order by x) from {ROWS}", ("bab", "b-a-b"), [TEXT, TEXT]),
        (f"select listagg(s) from {ROWS} where false", (None,), [TEXT]),
    ],
    "median": [(f"select median(x), median(x::float8) from {ROWS} where x < 4", (D("1.5"), 1.5), ["numeric(38,1)", "double precision"])],
    "nth_value": [(f"select nth_value(x, 2) {OVER} from {ROWS}", (2,), [INT])],
    "percentile_cont": [(f"select percentile_cont(0.75) within group (order by x desc) from {ROWS}", (D("1.5"),), ["numeric(38,2)"]),
                        (f"select percentile_cont(0.99) within group (order by x) from {ROWS}", (D("3.96"),), ["numeric(38,2)"])],
    "percentile_disc": [(f"select percentile_disc(0.5) within group (order by x) over () from {ROWS}", (2,), [INT])],
    "ratio_to_report": [(f"select ratio_to_report(x) over () from {ROWS} where x > 1 order by 1", (2 / 3,), ["double precision"])],
    "ignore nulls": [(f"select last_value(d ignore nulls) {OVER}, lag(d) ignore nulls over (order by x) from {ROWS} order by x", (D("2.25"), D("2.25")), ["numeric(3,2)", "numeric(3,2)"])],
}  # fmt: skip
REFUSED = [
    "select 1.5 / 0", "select row_number()", "select 1 & 1.5",
    "select percentile_cont(0.5) from (select 1 as x) t", "select approximate count(1)",
    "select percentile_cont(-0.5) within group (order by x) from (select 1 as x) t", "select percentile_cont(1.5) within group (order by x) from (select 1 as x) t",
    "select percentile_disc(-0.25) within group (order by x) over () from (select 1 as x) t", "select percentile_disc(x) within group (order by x) from (select 1 as x) t",
    "select approximate percentile_disc(2) within group (order by x) from (select 1 as x) t", "select listagg(s, s) from (select 'a' as s) t",
]  # fmt: skip
UNSUPPORTED = [
    "select percentile_cont(0.25 + 0.25) within group (order by x) from (select 1 as x) t", "select listagg(s, chr(10)) from (select 'a' as s) t",
    "select round(d, 1 + 1), trunc(d, x) from (select 1.567 as d, 1 as x) t",
    "select median(d) from (select 1.50 as d union all select 2.25) t", "select ratio_to_report(d) over () from (select 1.5 as d) t",
    "select @ -5", "select |/ 25", "select percentile_disc(0.5) within group (order by x desc) from (select 1 as x) t",
    "select s = d from (select 'a'::varchar as s, 1.5 as d) t",
]  # fmt: skip
COVERED = {"random"}  # in tests/warehouse/test_setting.py
