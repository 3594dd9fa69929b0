# ruff: noqa: E501
"""HyperLogLog sketches: those that the guide prints, and what may be done with them."""

from __future__ import annotations

TEXT = "character varying"  # of the Arrow column


def sketch(indices: str, values: str) -> str:
    return f'{{"version":1,"logm":15,"sparse":{{"indices":[{indices}],"values":[{values}]}}}}'


FOUR = sketch("20812342,20850007,22362299,47158030", "1,2,1,1")
SIX = sketch("20812342,20850007,22362299,40314817,42650774,47158030", "1,2,1,3,2,1")
BIG = sketch("15099259,33107846,37891580,50065963", "2,3,2,1")
TABLE = (
    "create table a_table (an_int int, b_int int); insert into a_table values (1,1), (2,1), (3,1), (4,1), (1,2), (2,2), (3,2), (4,2), (5,2), (6,2);"
    "create table kept (sketch hllsketch); insert into kept select hll_create_sketch(an_int) from a_table group by b_int; "
)
MANY = "(select 1 as n union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8)"
CROSSED = f"(select a.n + 8 * b.n + 64 * c.n + 512 * d.n as v from {MANY} a, {MANY} b, {MANY} c, {MANY} d)"
CASES = {
    "hll_combine_sketches": [
        ("hll_combine_sketches(hll_create_sketch(1), hll_create_sketch(2))", sketch("22362299,47158030", "1,1"), TEXT),
        ("hll_combine_sketches(hll_create_sketch(2), hll_create_sketch(null))", sketch("47158030", "1"), TEXT),
        (f"hll_combine_sketches(null, '{FOUR}')", None, TEXT),
        (f"hll_combine_sketches('{sketch('5,7', '1,9')}', '{sketch('7', '2')}')", sketch("5,7", "1,9"), TEXT),
    ],
    "hll_create_sketch": [
        ("hll_create_sketch('foo')", sketch("40242751", "2"), TEXT),
        ("hll_create_sketch(null::int)", sketch("", ""), TEXT),
        (f"coalesce(null, '{FOUR}'::hllsketch)", FOUR, TEXT),
    ],
    "hll_cardinality": [
        ("hll_cardinality(hll_create_sketch(1.5))", 1, "bigint"),
        ("hll_cardinality(hll_create_sketch(null))", 0, "bigint"), ("hll_cardinality(null)", None, "bigint"),
        (f"hll_cardinality('{BIG}')", 4, "bigint"),
        (f"hll_cardinality('{sketch('', '')}')", 0, "bigint"),
    ],
}  # fmt: skip
QUERIES = {
    "hll": [
        (f"{TABLE} select hll(an_int), hll(b_int) from a_table", (6, 2), ["bigint", "bigint"]),
        (f"{TABLE} select hll(an_int) from a_table where false", (0,), ["bigint"]),
    ],
    "hll_cardinality": [
        (f"{TABLE} select hll_cardinality(sketch) as c from kept order by c", (6,), ["bigint"]),
        (f"select hll_cardinality(hll_create_sketch(v)), hll_cardinality(hll_create_sketch(v::varchar)) from {CROSSED} t", (4096, 4096), ["bigint", "bigint"]),
    ],
    "hll_combine": [
        (f"{TABLE} select hll_combine(sketch) from kept", (SIX,), [TEXT]),
        (f"{TABLE} select hll_cardinality(hll_combine(sketch)), count(sketch) from (select sketch from kept union all select null) t", (6, 2), ["bigint", "bigint"]),
        (f"select hll_cardinality(hll_combine(s)) from (select hll_create_sketch(v) as s from {CROSSED} t group by v % 7) t", (4096,), ["bigint"]),
    ],
    "hll_create_sketch": [
        (f"{TABLE} select hll_create_sketch(an_int) from a_table where b_int = 1", (FOUR,), [TEXT]),
        (f"{TABLE} select hll_create_sketch(an_int::bigint) from a_table where an_int in (1, 2, 5, 6)", (BIG,), [TEXT]),
        (f"{TABLE} select hll_create_sketch(an_int) from a_table where an_int > 10", (sketch("", ""),), [TEXT]),
        (f"create table d (s hllsketch default '{BIG}', n int); insert into d (n) values (1); select s from d", (BIG,), [TEXT]),
    ],
}  # fmt: skip
SKETCH = f"'{FOUR}'::hllsketch"
REFUSED = [
    f"select 1 from (select {SKETCH} as s) t order by s", f"select count(*) from (select {SKETCH} as s) t group by s",
    f"select distinct {SKETCH}", f"select {SKETCH} = {SKETCH}", f"select max({SKETCH})", f"select upper({SKETCH})",
    f"select hll({SKETCH})", f"select {SKETCH} union select {SKETCH}", f"select {SKETCH}::varbyte",
    "select hll_cardinality(1)", "create table k (s hllsketch sortkey)",
]  # fmt: skip
UNSUPPORTED = [
    "select hll_create_sketch(1.5)", f"select hll_create_sketch(v) from {CROSSED} t", f"select {SKETCH}::varchar",
    "select 'ABAABA'::hllsketch", """select '{"logm":15,"sparse":{"indices":[4878],"values":[1]}}'::hllsketch""",
    f"select '{sketch('1,2', '1')}'::hllsketch", f"select '{sketch('99999999', '1')}'::hllsketch",
    f"select '{sketch('1', '64')}'::hllsketch", f"select hll_combine({SKETCH}) from (select 1) t where false",
    "select hll_create_sketch(1) over ()", "select hll_create_sketch(json_parse('1'))",
]  # fmt: skip
