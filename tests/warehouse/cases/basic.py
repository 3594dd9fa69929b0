# ruff: noqa: E501
"""Functions with one answer for each case: name → (expression, value, type)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

D = Decimal

INT, BIGINT, FLOAT, TEXT = "integer", "bigint", "double precision", "character varying"
DATE, MOMENT, BOOL = "date", "timestamp without time zone", "boolean"
NUMBERS = "(select 1 as x union all select 2 union all select 4) t"
ONE = "(select 1 as x) t"


def when(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]


# function → (expression, value, type), ...

CASES: dict[str, list[tuple[str, Any, str]]] = {
    "abs": [("abs(-3)", 3, INT), ("abs(-2.5)", D("2.5"), "numeric(2,1)"), ("abs(null::int)", None, INT)],
    "acos": [("acos(1)", 0.0, FLOAT), ("acos(null)", None, FLOAT)],
    "ascii": [("ascii('amazon')", 97, INT), ("ascii('é')", 233, INT), ("ascii('')", 0, INT), ("ascii(null)", None, INT)],
    "asin": [("asin(0)", 0.0, FLOAT), ("asin(null)", None, FLOAT)],
    "atan": [("atan(0)", 0.0, FLOAT), ("atan(null)", None, FLOAT)],
    "atan2": [("atan2(0, 1)", 0.0, FLOAT), ("atan2(null, 1)", None, FLOAT)],
    "btrim": [("btrim('xyzaxyzbxyzcxyz', 'xyz')", "axyzbxyzc", TEXT), ("btrim(null)", None, TEXT)],
    "case": [("case when null then 1 else 2 end", 2, INT), ("case 1 when 2 then 'a' end", None, TEXT)],
    "cast": [
        ("cast('12' as int)", 12, INT),
        ("cast(2.5 as int)", 3, INT),
        ("cast(-2.5 as int)", -3, INT),
        ("cast(2.345 as numeric(5,2))", D("2.35"), "numeric(5,2)"),
        ("1.999::decimal", D(2), "numeric(18,0)"),
        ("'abcdef'::varchar(3)", "abc", TEXT),
        ("'ééé'::varchar(3)", "é", TEXT),
        ("12345::varchar(3)", "123", TEXT),
        ("'yes'::bool", True, BOOL),
        ("'0'::bool", False, BOOL),
        ("0::bool", False, BOOL),
        ("true::int", 1, INT),
        ("'2008-02-01'::date", dt.date(2008, 2, 1), DATE),
        ("'2008-02-01'::date::varchar", "2008-02-01", TEXT),
        ("cast(null as date)", None, DATE),
    ],
    "cbrt": [("cbrt(27.0)", 3.0, FLOAT), ("cbrt(-8.0)", -2.0, FLOAT), ("cbrt(0)", 0.0, FLOAT), ("cbrt(null)", None, FLOAT)],
    "ceil": [("ceil(2.1::float8)", 3.0, FLOAT), ("ceil(null::float8)", None, FLOAT)],
    "ceiling": [("ceiling(-2.9::float8)", -2.0, FLOAT), ("ceiling(null::float8)", None, FLOAT)],
    "charindex": [("charindex('fish', 'dogfish')", 4, INT), ("charindex('a', null)", None, INT)],
    "chr": [("chr(65)", "A", TEXT), ("chr(233)", None, TEXT), ("chr(null)", None, TEXT)],
    "coalesce": [("coalesce(null, null, 2)", 2, INT), ("coalesce(null::int, null)", None, INT)],
    "concat": [("concat('a', 'b')", "ab", TEXT), ("concat('a', null)", None, TEXT)],
    "convert": [("convert(integer, 3.7)", 4, INT), ("convert(int, null)", None, INT)],
    "cos": [("cos(0)", 1.0, FLOAT), ("cos(null)", None, FLOAT)],
    "decode": [
        ("decode(null, null, 'x', 'y')", "x", TEXT),
        ("decode(3, 1, 'a', 2, 'b')", None, TEXT),
        ("decode(3, 1, 'a', 'z')", "z", TEXT),
    ],
    "degrees": [("degrees(pi())", 180.0, FLOAT), ("degrees(null)", None, FLOAT)],
    "dexp": [("dexp(0)", 1.0, FLOAT)],
    "dlog1": [("dlog1(1)", 0.0, FLOAT)],
    "dlog10": [("dlog10(100)", 2.0, FLOAT)],
    "exp": [("exp(0)", 1.0, FLOAT), ("exp(null)", None, FLOAT)],
    "floor": [("floor(-2.5::float8)", -3.0, FLOAT), ("floor(null::float8)", None, FLOAT)],
    "from_hex": [("from_hex('616263')", b"abc", "binary varying"), ("from_hex(null)", None, "binary varying")],
    "greatest": [("greatest(1, null, 3)", 3, INT), ("greatest(null::int, null)", None, INT)],
    "least": [("least(1, null, 3)", 1, INT), ("least(null::int, null)", None, INT)],
    "left": [("left('Chicago', 5)", "Chica", TEXT), ("left('abc', 0)", "", TEXT), ("left(null, 1)", None, TEXT)],
    "len": [("len('cat   ')", 6, INT), ("len('français')", 8, INT), ("len(null)", None, INT)],
    "length": [("length('')", 0, INT), ("length(null)", None, INT)],
    "ln": [("ln(1)", 0.0, FLOAT), ("ln(null)", None, FLOAT)],
    "log": [("log(100)", 2.0, FLOAT), ("log(null)", None, FLOAT)],
    "lower": [("lower('ÀB')", "àb", TEXT), ("lower(null)", None, TEXT)],
    "lpad": [
        ("lpad('abc', 6)", "   abc", TEXT),
        ("lpad('abc', 6, 'xy')", "xyxabc", TEXT),
        ("lpad('abcdef', 3)", "abc", TEXT),
        ("lpad('a', -1, 'x')", "", TEXT),
        ("lpad('abc', 5, '')", "abc", TEXT),
        ("lpad(null, 3, 'x')", None, TEXT),
    ],
    "ltrim": [("ltrim('2008-12', '0-2')", "8-12", TEXT), ("ltrim(' a ')", "a ", TEXT), ("ltrim(null)", None, TEXT)],
    "md5": [("md5('Amazon Redshift')", "f7415e33f972c03abd4f3fed36748f7a", TEXT), ("md5(null)", None, TEXT)],
    "mod": [("mod(-10, 3)", -1, INT), ("mod(10, -3)", 1, INT), ("mod(null::int, 3)", None, INT)],
    "nullif": [("nullif(1, 2)", 1, INT), ("nullif(1, 1)", None, INT)],
    "nvl": [("nvl(null, 'a')", "a", TEXT), ("nvl(null::int, null)", None, INT)],
    "nvl2": [("nvl2(1, 'a', 'b')", "a", TEXT), ("nvl2(null, 'a', 'b')", "b", TEXT), ("nvl2(1, null, 'b')", None, TEXT)],
    "pi": [("pi()", 3.141592653589793, FLOAT)],
    "position": [("position('dog' in 'fish')", 0, INT), ("position('a' in null)", None, INT)],
    "pow": [("pow(2, -1)", 0.5, FLOAT), ("pow(null, 1)", None, FLOAT)],
    "power": [("power(2, 3)", 8.0, FLOAT), ("power(2, null)", None, FLOAT)],
    "radians": [("radians(180)", 3.141592653589793, FLOAT), ("radians(null)", None, FLOAT)],
    "repeat": [("repeat('ab', 2)", "abab", TEXT), ("repeat('ab', -1)", "", TEXT), ("repeat(null::varchar, 2)", None, TEXT)],
    "replace": [("replace('abcabc', 'b', '')", "acac", TEXT), ("replace('a', null, 'b')", None, TEXT)],
    "reverse": [("reverse('abcde')", "edcba", TEXT), ("reverse(null)", None, TEXT)],
    "right": [("right('Chicago', 5)", "icago", TEXT), ("right(null, 5)", None, TEXT)],
    "round": [
        ("round(28.05)", D(28), "numeric(4,0)"),
        ("round(28.05, 1)", D("28.1"), "numeric(4,1)"),
        ("round(-2.5)", D(-3), "numeric(2,0)"),
        ("round(1234, -2)", 1200, INT),
        ("round(null::int)", None, INT),
    ],
    "rpad": [("rpad('Salome', 8, '01')", "Salome01", TEXT), ("rpad('a', null, 'x')", None, TEXT)],
    "rtrim": [("rtrim('abcxx', 'x')", "abc", TEXT), ("rtrim(null)", None, TEXT)],
    "sign": [
        ("sign(-2.5)", D(-1), "numeric(1,0)"),
        ("sign(-2.5::float8)", -1.0, FLOAT),
        ("sign(null::float8)", None, FLOAT),
    ],
    "sin": [("sin(0)", 0.0, FLOAT), ("sin(null)", None, FLOAT)],
    "split_part": [
        ("split_part('abc$def$ghi', '$', 2)", "def", TEXT),
        ("split_part('a$b', '$', 5)", "", TEXT),
        ("split_part('ab', '$', 1)", "ab", TEXT),
        ("split_part(null, ',', 1)", None, TEXT),
    ],
    "sqrt": [("sqrt(16)", 4.0, FLOAT), ("sqrt(null)", None, FLOAT)],
    "strpos": [("strpos('dogfish', 'fist')", 0, INT), ("strpos(null, 'a')", None, INT)],
    "substr": [("substr('abc', 2)", "bc", TEXT), ("substr(null, 2)", None, TEXT)],
    "substring": [
        ("substring('caterpillar', 6, 8)", "pillar", TEXT),
        ("substring('caterpillar', -2, 6)", "cat", TEXT),
        ("substring('caterpillar', 0, 1)", "", TEXT),
        ("substring('caterpillar' from 2 for 2)", "at", TEXT),
        ("substring('abc', null, 2)", None, TEXT),
    ],
    "tan": [("tan(0)", 0.0, FLOAT), ("tan(null)", None, FLOAT)],
    "trim": [
        ("trim('  a ')", "a", TEXT),
        ("trim(both 'x' from 'xax')", "a", TEXT),
        ("trim(leading 'x' from 'xax')", "ax", TEXT),
        ("trim(null)", None, TEXT),
    ],
    "trunc": [
        ("trunc(-2.7::float8)", -2.0, FLOAT),
        ("trunc(111.15, 1)", D("111.1"), "numeric(5,1)"),
        ("trunc(timestamp '2011-07-21 10:32:38')", dt.date(2011, 7, 21), DATE),
        ("trunc(null::float8)", None, FLOAT),
    ],
    "upper": [("upper('àb')", "ÀB", TEXT), ("upper(null)", None, TEXT)],
}  # fmt: skip

# aggregate and window functions → (select list and FROM, values of the last row, types)
QUERIES: dict[str, list[tuple[str, tuple[Any, ...], list[str]]]] = {
    "avg": [
        (f"select avg(x), avg(x::bigint), avg(x::float8), avg(distinct x) from {NUMBERS}", (2, 2, 7 / 3, 2),
         [BIGINT, BIGINT, FLOAT, BIGINT]),
        (f"select avg(-x) from {NUMBERS}", (-2,), [BIGINT]),
        (f"select avg(x) from {ONE} where false", (None,), [BIGINT]),
    ],
    "count": [(f"select count(*), count(distinct x), count(null) from {NUMBERS}", (3, 3, 0), [BIGINT] * 3)],
    "max": [(f"select max(x), max(null::int) from {NUMBERS}", (4, None), [INT, INT])],
    "min": [(f"select min(x), min(null::int) from {NUMBERS}", (1, None), [INT, INT])],
    "sum": [
        (f"select sum(x), sum(x::bigint), sum(x::numeric(5,2)), sum(x::float8) from {NUMBERS}",
         (7, D(7), D("7.00"), 7.0), [BIGINT, "numeric(38,0)", "numeric(38,2)", FLOAT]),
        (f"select sum(x) from {ONE} where false", (None,), [BIGINT]),
    ],
    "stddev": [(f"select stddev(x) from {ONE}", (None,), [FLOAT])],
    "stddev_samp": [("select stddev_samp(x) from (select 1 as x union all select 3) t", (2**0.5,), [FLOAT])],
    "stddev_pop": [(f"select stddev_pop(x), stddev_pop(null::int) from {ONE}", (0.0, None), [FLOAT] * 2)],
    "variance": [(f"select variance(x) from {ONE}", (None,), [FLOAT])],
    "var_samp": [("select var_samp(x) from (select 1 as x union all select 3) t", (2.0,), [FLOAT])],
    "var_pop": [(f"select var_pop(x), var_pop(null::int) from {ONE}", (0.0, None), [FLOAT] * 2)],
    "row_number": [(f"select row_number() over (order by x) from {NUMBERS} order by x", (3,), [BIGINT])],
    "rank": [(f"select rank() over (order by x / 2) from {NUMBERS} order by x", (3,), [INT])],
    "dense_rank": [(f"select dense_rank() over (order by x) from {NUMBERS} order by x", (3,), [INT])],
    "ntile": [(f"select ntile(2) over (order by x) from {NUMBERS} order by x", (2,), [BIGINT])],
    "percent_rank": [(f"select percent_rank() over (order by x) from {NUMBERS} order by x", (1.0,), [FLOAT])],
    "cume_dist": [(f"select cume_dist() over (order by x) from {NUMBERS} order by x", (1.0,), [FLOAT])],
    "lag": [(f"select lag(x) over (order by x), lag(x, 5) over (order by x) from {NUMBERS} order by x", (2, None),
             [INT, INT])],
    "lead": [(f"select lead(x) over (order by x), lead(x, 0) over (order by x) from {NUMBERS} order by x",
              (None, 4), [INT, INT])],
    "first_value": [(f"select first_value(x) over (order by x rows unbounded preceding) from {NUMBERS} order by x",
                     (1,), [INT])],
    "last_value": [(
        "select last_value(x) over (order by x rows between unbounded preceding and unbounded following), "
        f"last_value(null::int) over (order by x rows unbounded preceding) from {NUMBERS} order by x", (4, None),
        [INT, INT])],
}  # fmt: skip


REFUSED = [
    "select acos(2)", "select asin(-2)", "select ln(0)", "select log(-1)", "select sqrt(-1)", "select exp(1000)",
    "select power(10, 400)", "select power(-8, 0.5)", "select chr(0)", "select split_part('a', ',', 0)",
    "select split_part('a', '', 1)", "select left('abc', -1)", "select substring('abc', 1, -1)", "select strpos('a', '')",
    "select from_hex('abc')", "select from_hex('zz')", "select mod(1, 0)", "select 1 / 0", "select 1.0::float8 / 0",
    "select '12.7'::int", "select '1e3'::int", "select '0x1f'::int", "select 'on'::bool", "select 2.5::float8::bool", "select 5.0::bool",
    "select 70000::smallint", "select 1000::numeric(3,0)", "select '02/30/2008'::date", "select '2008-02-30'::date",
    "select count(1, 2)", "select concat('a', 'b', 'c')", "select log(2, 8)", "select count(*) filter (where true)",
]  # fmt: skip
UNSUPPORTED = [
    "select sum(x) over (order by x) from (select 1 as x) t",
    "select last_value(x) over (order by x) from (select 1 as x) t",
    "select sum(x) over (order by x range unbounded preceding) from (select 1 as x) t",
    "select read_csv('/etc/passwd')",
]  # fmt: skip
