# ruff: noqa: E501
"""Nested data: fields of structs, arrays and maps ranged over in FROM, aggregates of them, and their limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from rsnb.errors import SqlError, UnsupportedSql
from tests.warehouse.spectrum.conftest import JSON, orc_file, parquet

COLUMNS = (
    "id int, name struct<given:varchar(5),family:varchar(3)>, phones array<varchar(5)>, "
    "orders array<struct<price:int,items:array<struct<n:int>>>>, tags map<varchar(3),varchar(3)>, "
    "deep struct<a:varchar(9),b:struct<c:int,d:struct<e:varchar(2)>>>"
)
ROWS: list[dict[str, Any]] = [
    {"Id": 1, "Name": {"Given": "A", "family": "abcd"}, "phones": ["1", "2"],
     "orders": [{"price": 10, "items": [{"n": 1}, {"n": 2}]}, {"price": 20, "items": []}],
     "tags": {"x": "one", "long": "y"}, "deep": {"a": "p", "b": {"c": 7, "d": {"e": "qrs"}}}},
    {"Id": 2, "Name": {"Given": "C", "family": None}, "phones": [], "orders": None, "tags": {}, "deep": None},
]  # fmt: skip
STRUCTS = {
    "Name": pa.struct([("Given", pa.string()), ("family", pa.string())]),
    "phones": pa.list_(pa.string()),
    "orders": pa.list_(pa.struct([("price", pa.int32()), ("items", pa.list_(pa.struct([("n", pa.int32())])))])),
    "tags": pa.map_(pa.string(), pa.string()),
    "deep": pa.struct(
        [("a", pa.string()), ("b", pa.struct([("c", pa.int32()), ("d", pa.struct([("e", pa.string())]))]))]
    ),
}


def _json() -> str:
    import json

    return "\n".join(json.dumps(row) for row in ROWS)


def _arrays() -> dict[str, pa.Array]:
    rows = [{**row, "tags": list(row["tags"].items())} for row in ROWS]
    return {"Id": pa.array([r["Id"] for r in rows], pa.int32())} | {
        name: pa.array([r[name] for r in rows], kind) for name, kind in STRUCTS.items()
    }


FORMATS: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "json": (_json, JSON),
    "parquet": (lambda: parquet(**_arrays()), "stored as parquet"),
    "orc": (lambda: orc_file(**_arrays()), "stored as orc"),
}


@pytest.fixture(params=sorted(FORMATS))
def customers(request: pytest.FixtureRequest, table: Any, external: Any) -> Any:
    """A session in which s.t holds the customers, in each format."""
    write, clauses = FORMATS[request.param]
    table(write(), COLUMNS, clauses)
    return external


UNNESTED: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("select c.id, c.name.given, c.name.family from s.t c", [(1, "A", "abc"), (2, "C", None)]),
    ("select id, name.given from s.t", [(1, "A"), (2, "C")]),
    ("select s.t.name.given, t.id from s.t", [("A", 1), ("C", 2)]),
    ("select c.deep.a, c.deep.b.c, c.deep.b.d.e from s.t c", [("p", 7, "qr"), (None, None, None)]),
    ("select id from s.t c where c.deep.b.d.e = 'qr'", [(1,)]),
    ("select c.id, p from s.t c, c.phones p", [(1, "1"), (1, "2")]),
    ("select c.id, p as phone from s.t c left join c.phones p on true", [(1, "1"), (1, "2"), (2, None)]),
    ("select c.id, o.price from s.t c inner join c.orders o on true", [(1, 10), (1, 20)]),
    ("select c.id, o.price from s.t c left join c.orders o on true", [(1, 10), (1, 20), (2, None)]),
    ("select o.price, i.n from s.t c, c.orders o, o.items i", [(10, 1), (10, 2)]),
    ("select c.id, i.n from s.t c left join c.orders o on true left join o.items i on true", [(1, 1), (1, 2), (1, None), (2, None)]),
    ("select c.id, m.key, m.value from s.t c, c.tags m", [(1, "x", "one"), (1, "lon", "y")]),
    ("select c.id, m.value from s.t c, c.tags m where m.key = 'x'", [(1, "one")]),
    ("select c.id, m.value from s.t c left join c.tags m on true", [(1, "one"), (1, "y"), (2, None)]),
    ("select s.id, p from s.t s, s.phones p", [(1, "1"), (1, "2")]),
    ("select c.id, (select sum(o.price) from c.orders o) from s.t c", [(1, 30), (2, None)]),
    ("select c.id, (select count(*) from c.phones p) as n from s.t c", [(1, 2), (2, 0)]),
    ("select c.name.given from s.t c where (select count(*) from c.phones p where p like '1%') > 0", [("A",)]),
    ("select c.id from s.t c where exists (select 1 from c.orders o where o.price > 15)", [(1,)]),
    ("select c.id, x.n from s.t c, (select count(*) as n from c.orders o) x", [(1, 2), (2, 0)]),
    ("with q as (select c.id, p from s.t c, c.phones p) select q.id, q.p from q", [(1, "1"), (1, "2")]),
    ("select c.id, l.n from s.t c join r l on c.id * 10 = l.price", [(1, "ten")]),
    ("select x.id, r.n from (select c.id, o.price from s.t c left join c.orders o on true) x left join r on x.price = r.price",
     [(1, "ten"), (1, None), (2, None)]),
    ("select count(*) from s.t a, s.t b where a.id = b.id", [(2,)]),
    ("select c.id, max(o.price / 3) from s.t c, c.orders o where o.price > 5 group by 1", [(1, 6)]),
    ("select count(*) from s.t", [(2,)]),
    ("select c.id, r.n from s.t c, c.orders o, r where o.price = r.price", [(1, "ten")]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), UNNESTED)
def test_nested_data(customers: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    result = customers.sql(f"create temp table r as select 10 as price, 'ten' as n; {sql}").table
    found = list(zip(*(c.to_pylist() for c in result.columns), strict=True))
    assert sorted(found, key=str) == sorted(rows, key=str)


def test_nested_data_are_loaded_into_a_local_table(check: Any, customers: Any) -> None:
    check(
        "create table phones as select c.name.given, p as phone from s.t c left join c.phones p on true; "
        "select * from phones order by 1, 2",
        [("A", "1"), ("A", "2"), ("C", None)],
    )


LIMITS: list[tuple[str, type[SqlError], str]] = [
    ("select * from s.t", SqlError, "name the field"),
    ("select c.name from s.t c", SqlError, "name the field"),
    ("select c.phones from s.t c", SqlError, "name the field"),
    ("select c.tags from s.t c", SqlError, "name the field"),
    ("select c.name.giv from s.t c", SqlError, "no field giv"),
    ("select p from s.t c, c.phon p", SqlError, "no column phon"),
    ("select c.phones[0] from s.t c", UnsupportedSql, "array element"),
    ("select p from s.t c, c.id p", SqlError, "is no array"),
    ("select \"$path\" from s.t", SqlError, "nested"),
    ("create table x as select name from s.t", SqlError, "name the field"),
    ("with q as (select * from s.t) select q.id, p from q, q.phones p", SqlError, "name the field"),
    ("select count(*) from (select id, name from s.t) x", SqlError, "name the field"),
    ("select c.name.given from s.t c where (select count(c.id) from c.phones p where p like '858%') > 1", SqlError, "c outside of FROM"),
    ("select c.id from s.t c where exists (select 1 from c.orders o where o.price > c.id)", SqlError, "c outside of FROM"),
    ("select id from s.t c where exists (select 1 from c.orders o where o.price > id)", SqlError, "id outside of FROM"),
    ("select c.id, (select count(*) from c.orders o, r) from s.t c", SqlError, "r beside an array"),
    ("select c.id from s.t c where '1' in (select p from c.phones p)", SqlError, "IN with a subquery"),
    ("select c.id from s.t c where '1' not in (select p from c.phones p)", SqlError, "IN with a subquery"),
    ("select c.id from s.t c left join r on c.id = r.price", SqlError, "the outer join of r"),
    ("select r.n from r left join s.t c on c.id = r.price", SqlError, "the outer join of c"),
    ("select (select count(*) from o.items i, r) from s.t c, c.orders o", SqlError, "r beside an array"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "error", "words"), LIMITS)
def test_limits(refuses: Any, customers: Any, sql: str, error: Any, words: str) -> None:
    customers.sql("create temp table r as select 10 as price, 'ten' as n")
    refuses(sql, error, words)
