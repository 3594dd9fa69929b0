"""What UNLOAD wrote, COPY and an external table read back equal: random rows, types, formats and options."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rsnb
from rsnb.session import Session

TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)
PLAIN = st.text("abc xyz,|'\"\\éß", max_size=8).map(str.rstrip)
MOMENTS = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))
SMALL = st.decimals(min_value=-9999, max_value=9999, places=3)

# type, Arrow type, values, the formats that do not take it
TYPES: list[tuple[str, pa.DataType, Any, tuple[str, ...]]] = [
    ("smallint", pa.int16(), st.integers(-(2**15), 2**15 - 1), ()),
    ("int", pa.int32(), st.integers(-(2**31), 2**31 - 1), ()),
    ("bigint", pa.int64(), st.integers(-(2**63), 2**63 - 1), ()),
    ("decimal(7,3)", pa.decimal128(7, 3), SMALL, ()),
    ("real", pa.float32(), st.floats(allow_nan=False, allow_infinity=False, width=32), ()),
    ("float8", pa.float64(), st.floats(allow_nan=False, allow_infinity=False), ()),
    ("boolean", pa.bool_(), st.booleans(), ()),
    ("varchar(60)", pa.string(), TEXTS, ("fixedwidth",)),
    ("varchar(20)", pa.string(), PLAIN.filter(bool), ()),
    ("char(8)", pa.string(), st.text("abc 'x", max_size=8).map(str.rstrip).filter(bool), ()),
    ("date", pa.date32(), st.dates(), ()),
    ("timestamp", pa.timestamp("us"), MOMENTS, ()),
    ("timestamptz", pa.timestamp("us", "UTC"), MOMENTS, ()),
    ("time", pa.time64("us"), st.times(), ("parquet",)),
    ("varbyte(9)", pa.binary(), st.binary(max_size=9), ("parquet", "json", "fixedwidth")),
]
# the options of UNLOAD and those of COPY
FORMATS: dict[str, tuple[str, str]] = {
    "text": ("escape null as '@@'", "escape null as '@@'"),
    "quoted": ("addquotes escape null as '@@' delimiter ','", "removequotes escape null as '@@' delimiter ','"),
    "csv": ("csv null as '@@'", "csv null as '@@'"),
    "header": ("csv header delimiter ';' null as '@@'", "csv ignoreheader 1 delimiter ';' null as '@@'"),
    "json": ("json", "json 'auto'"),
    "fixedwidth": ("fixedwidth '{widths}' null as '@'", "fixedwidth '{widths}' trimblanks null as '@'"),
    "parquet": ("parquet", "parquet"),
}
OPTIONS = st.sampled_from(["", "parallel off", "manifest", "manifest verbose parallel off"])
COMPRESSIONS = st.sampled_from(["", "gzip", "bzip2", "zstd"])


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("lake")
    (folder / "rsnb.toml").write_text('[lake]\n"s3://lake" = "./lake"\n', encoding="utf-8")
    with rsnb.connect("embedded://", start=folder) as opened:
        opened.sql("create external schema spectrum from data catalog database 'x' iam_role default")
        yield opened


@st.composite
def tables(draw: st.DrawFn, form: str) -> tuple[list[str], pa.Table]:
    """Declared columns, and rows of them."""
    taken = [t for t in TYPES if form not in t[3]]
    chosen = draw(st.lists(st.sampled_from(taken), min_size=1, max_size=6))
    rows = draw(st.integers(0, 12))
    columns = [pa.array(range(rows), pa.int32())]
    for _, arrow, values, _ in chosen:
        columns.append(pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), arrow))
    names = [f"c{i}" for i in range(len(columns))]
    declared = [f"{n} {kind}" for n, kind in zip(names, ["int", *(t[0] for t in chosen)], strict=True)]
    return declared, pa.table(columns, names)


def fill(session: Session, name: str, declared: list[str], rows: pa.Table) -> None:
    """A table of the warehouse with these rows, past its SQL."""
    session.sql(f"drop table if exists {name}; create table {name} ({', '.join(declared)})")
    db = session._engine._connection.db  # type: ignore[attr-defined]
    db.register("given", rows)
    db.execute(f"insert into public.{name} select * from given")
    db.unregister("given")


@settings(max_examples=12, deadline=None)
@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_copy_reads_what_unload_wrote(warehouse: Session, form: str, data: st.DataObject) -> None:
    declared, rows = data.draw(tables(form))
    target, more = f"s3://lake/{form}/", data.draw(OPTIONS)
    packed = data.draw(COMPRESSIONS) if form != "parquet" else ""
    widths = ",".join(f"{i}:30" for i in range(len(declared)))
    unload, copy = (options.format(widths=widths) for options in FORMATS[form])
    fill(warehouse, "t", declared, rows)
    warehouse.sql(f"unload ('select * from t') to '{target}' iam_role default {unload} {packed} {more} cleanpath")
    warehouse.sql("drop table if exists u; create table u (like t)")
    source = f"{target}manifest" if "manifest" in more else target
    if rows.num_rows or form != "json":
        manifest = "manifest" if "manifest" in more else ""
        warehouse.sql(f"copy u from '{source}' iam_role default {copy} {packed} {manifest}")
    assert warehouse.sql("select * from u order by c0").arrow() == warehouse.sql("select * from t order by c0").arrow()


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_an_external_table_reads_what_unload_wrote(warehouse: Session, data: st.DataObject) -> None:
    declared, rows = data.draw(tables("parquet"))
    declared = [d.replace("timestamptz", "timestamp").replace(" char(8)", " varchar(8)") for d in declared]
    rows = pa.table(
        [c.cast(pa.timestamp("us")) if pa.types.is_timestamp(c.type) else c for c in rows.columns], rows.column_names
    )
    fill(warehouse, "t", declared, rows)
    warehouse.sql("unload ('select * from t') to 's3://lake/e/' iam_role default parquet cleanpath")
    columns = ", ".join(declared)
    warehouse.sql("drop table if exists spectrum.e")
    warehouse.sql(f"create external table spectrum.e ({columns}) stored as parquet location 's3://lake/e/'")
    back = warehouse.sql("select * from spectrum.e order by c0").arrow()
    assert back.to_pylist() == warehouse.sql("select * from t order by c0").arrow().to_pylist()


def test_special_numbers(check: Any) -> None:
    check("create table t (a float8, b real); insert into t values ('NaN', 'Infinity'), ('-Infinity', null)")
    check("unload ('select * from t') to 's3://lake/x' iam_role default; create table u (like t)")
    check("copy u from 's3://lake/x' iam_role default")
    (first, second) = check("select a, b from u order by b").df().itertuples(index=False)
    assert (str(first.a), first.b, second.a) == ("nan", float("inf"), float("-inf"))


def test_partitions_are_read_by_an_external_table(check: Any, lake: Path) -> None:
    check("create external schema spectrum from data catalog database 'x' iam_role default")
    check("create table t (i int, day date, kind varchar(9))")
    check("insert into t values (1, '2020-01-01', 'a'), (2, '2020-01-02', 'b')")
    check("unload ('select * from t') to 's3://lake/p/' iam_role default parquet partition by (day, kind)")
    check("create external table spectrum.p (i int) partitioned by (day date, kind varchar(9)) "
          "stored as parquet location 's3://lake/p/'")  # fmt: skip
    for day, kind in (("2020-01-01", "a"), ("2020-01-02", "b")):
        check(f"alter table spectrum.p add partition (day='{day}', kind='{kind}') "
              f"location 's3://lake/p/day={day}/kind={kind}/'")  # fmt: skip
    check(
        "select i, day, kind from spectrum.p order by i", [(1, dt.date(2020, 1, 1), "a"), (2, dt.date(2020, 1, 2), "b")]
    )


def test_super(check: Any) -> None:
    check('create table t (i int, x super); insert into t values (1, json_parse(\'{"a":[1,"b|c",null]}\'))')
    for unload, copy in (("escape", "escape"), ("csv", "csv"), ("json", "json 'auto'"), ("parquet", "parquet")):
        check(f"unload ('select * from t') to 's3://lake/{unload}/' iam_role default {unload}")
        check("drop table if exists u; create table u (like t)")
        check(f"copy u from 's3://lake/{unload}/' iam_role default {copy}")
        check("select i, json_serialize(x) from u", [(1, '{"a":[1,"b|c",null]}')])


def test_a_large_decimal(check: Any) -> None:
    value = Decimal("12345678901234567890.123456789012345678")
    check("create table t (d decimal(38,18))")
    check(f"insert into t values ({value})")
    for unload in ("", "csv", "parquet"):
        check(f"unload ('select * from t') to 's3://lake/{unload}/' iam_role default {unload}")
        check("drop table if exists u; create table u (like t)")
        check(f"copy u from 's3://lake/{unload}/' iam_role default {unload}")
        check("select d from u", [(value,)])
