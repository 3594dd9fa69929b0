"""SQL text: cut into statements, parameters found, values bound; what is bound comes back as it was."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import rsnb
from rsnb import ParameterError, Session, SqlError
from rsnb.literals import quote_identifier, quote_literal
from rsnb.sql import bind, parameters, split


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Session]:
    with rsnb.connect("embedded://") as session:
        yield session


# Statements

STATEMENTS = [
    ("select 1", ["select 1"]),
    ("select 1;", ["select 1"]),
    ("select 1; select 2", ["select 1", "select 2"]),
    ("", []),
    (" \t\r\n", []),
    (";;;", []),
    ("; select 1 ;; select 2 ;", ["select 1", "select 2"]),
    ("-- nothing; here", []),
    ("/* nothing; /* nor; */ here; */", []),
    ("-- first\nselect 1 -- last", ["select 1"]),
    ("select 1 -- a; b\n, 2; select 3", ["select 1 -- a; b\n, 2", "select 3"]),
    ("select 1 -- a; b\r, 2; select 3", ["select 1 -- a; b\r, 2", "select 3"]),
    ("select /* a; /* b; */ c; */ 1; select 2", ["select /* a; /* b; */ c; */ 1", "select 2"]),
    ("select '-- ;'; select 2", ["select '-- ;'", "select 2"]),
    ("select '/* ;'; select 2", ["select '/* ;'", "select 2"]),
    ("select 'it''s; so'; select 2", ["select 'it''s; so'", "select 2"]),
    (r"select 'it\'s; so'; select 2", [r"select 'it\'s; so'", "select 2"]),
    (r"select '\\'; select 2", [r"select '\\'", "select 2"]),
    (r"select '\\''; x'; select 2", [r"select '\\''; x'", "select 2"]),
    ("select 'two\nlines;'; select 2", ["select 'two\nlines;'", "select 2"]),
    ('select 1 as "a;b"; select 2', ['select 1 as "a;b"', "select 2"]),
    ('select 1 as "a"";b"; select 2', ['select 1 as "a"";b"', "select 2"]),
    (r'select 1 as "a\"; select 2', [r'select 1 as "a\"', "select 2"]),
    ("create function f() as $$ select 1; $$ language sql; select 2",
     ["create function f() as $$ select 1; $$ language sql", "select 2"]),
    ("select $a$ $$;$$ $b$; $a$; select 2", ["select $a$ $$;$$ $b$; $a$", "select 2"]),
    ("select $a1$;$a1$; select 2", ["select $a1$;$a1$", "select 2"]),
    ("select x$a$ from t; select y$a$", ["select x$a$ from t", "select y$a$"]),  # a name may hold a dollar
    ("select 'größe; 東京 🚀'; select größe", ["select 'größe; 東京 🚀'", "select größe"]),
    ("select 1\r\n;\r\nselect 2\r\n", ["select 1", "select 2"]),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "statements"), STATEMENTS)
def test_a_cell_is_cut_into_statements(cell: str, statements: list[str]) -> None:
    assert [s.text for s in split(cell)] == statements
    assert all(cell[s.start :].startswith(s.text) for s in split(cell))


@pytest.mark.parametrize(
    ("cell", "what", "at"),
    [
        ("select 'abc", "string", 7),
        (r"select 'abc\'", "string", 7),
        ("select 'abc''", "string", 7),
        ("select 1; select 'abc;", "string", 17),
        ('select "abc', "quoted identifier", 7),
        ('select "abc""', "quoted identifier", 7),
        ("select 1 /* abc", "comment", 9),
        ("select 1 /* /* abc */", "comment", 9),
        ("select $$ abc", "dollar-quoted text", 7),
        ("select $tag$ abc $$", "dollar-quoted text", 7),
    ],
)
def test_what_has_no_end_is_an_error_where_it_starts(cell: str, what: str, at: int) -> None:
    with pytest.raises(SqlError, match=f"the {what} that starts here has no end") as caught:
        split(cell)
    assert caught.value.position == at


def test_a_long_string_is_read_at_once() -> None:
    long = "x''\\'" * 200_000
    assert [s.text for s in split(f"select '{long}'; select 2")] == [f"select '{long}'", "select 2"]
    with pytest.raises(SqlError, match="no end"):
        split(f"select '{long}")


@given(st.lists(st.sampled_from(["'", '"', "$$", "$a$", "--", "/*", "*/", "\\", ";", "\n", "x", ":x", " ", "::"])))
def test_cutting_loses_nothing_but_comments_and_semicolons(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        statements = split(text)
    except SqlError as exc:
        assert exc.position is not None
        assert 0 <= exc.position < len(text)
        return
    for statement in statements:
        assert split(statement.text)[0].text == statement.text
        assert text[statement.start : statement.start + len(statement.text)] == statement.text


# Parameters

PARAMETERS = [  # a name in <> stands where a name stands
    ("select :a", "a"),
    ("select :a, :b, :a", "a b a"),
    ("select :größe, :über", "größe über"),
    ("select :a1_b", "a1_b"),
    ("select x::int, '10:30', \"a:b\", a:b -- :c\n/* :d */ $$ :e $$", ""),
    ("select :a::int", "a"),
    ("select '10:30'::time, :a::date::timestamp", "a"),
    ("select x[1:2], 12:30", ""),
    ("select * from :t", "<t>"),
    ("select * from :s.:t", "<s> <t>"),
    ("select * from s.:t", "<t>"),
    ("select :t.:c from :t", "<t> <c> <t>"),
    ("select * from :a, :b where x = :c", "<a> <b> c"),
    ("select * from a join :b on a.x = :c left join :d on true", "<b> c <d>"),
    ("select * from (select * from :t where a in (:x, :y)) q, :u", "<t> x y <u>"),
    ("insert into :t values (:a, :b)", "<t> a b"),
    ("update :t set a = :a, b = :b where c = :c", "<t> a b c"),
    ("delete from :t where a = :a", "<t> a"),
    ("truncate :t", "<t>"),
    ("create table :t (a int)", "<t>"),
    ("drop table if exists :t", "<t>"),
    ("create table if not exists :s.:t (a int)", "<s> <t>"),
    ("create schema :s", "<s>"),
    ("select a from t order by :a", "<a>"),
    ("select a from t order by :a desc, :b limit :n", "<a> <b> n"),
    ("select a from t group by :a, :b having sum(c) > :d order by :e", "<a> <b> d <e>"),
    ("select sum(a) over (partition by :a, :b order by :c) from t", "<a> <b> <c>"),
    ("select a from t where b in (:ids) and c = :d", "ids d"),
    ("select extract(year from :d)", "d"),
    ("select extract(year from t.:d) from t", "<d>"),
    ("select trim(both :x from y), trim(leading 'x' from :y)", "x y"),
    ("select substring(:a from :b for :c)", "a b c"),
    ("select a from t where b is distinct from :c", "c"),
    ("copy :t from :place iam_role :role", "<t> place role"),
    ("create external table :s.:t (a int) row format delimited fields terminated by :d location :l", "<s> <t> d l"),
    ("select coalesce(:a, :b) from t", "a b"),
    ("select a from t limit :a offset :b", "a b"),
]


@pytest.mark.parametrize(("text", "found"), PARAMETERS)
def test_parameters_are_found_and_placed(text: str, found: str) -> None:
    assert " ".join(f"<{p.name}>" if p.identifier else p.name for p in parameters(text)) == found
    assert all(text[p.start : p.end] == f":{p.name}" for p in parameters(text))


@pytest.mark.parametrize(
    ("text", "values", "bound"),
    [
        ("select :a", {"a": 1}, "select 1"),
        ("select :a::int", {"a": "1"}, "select '1'::int"),
        ("select 1-:a", {"a": -1}, "select 1-(-1)"),
        ("select * from :t", {"t": 'my "table"'}, 'select * from "my ""table"""'),
        ("select * from :s.:t", {"s": "public", "t": "event"}, 'select * from "public"."event"'),
        ("select a from t order by :n", {"n": 1}, "select a from t order by 1"),
        ("select a from t order by :n", {"n": np.int64(2)}, "select a from t order by 2"),
        ("select a from :t", {"t": np.str_("t")}, 'select a from "t"'),
        ("select a from t where b in (:b)", {"b": [1, None, "x"]}, "select a from t where b in (1, NULL, 'x')"),
        ("select a from t where b in (0, :b)", {"b": (1, 2)}, "select a from t where b in (0, 1, 2)"),
        ("select a from t where b = :b", {"b": ":a"}, "select a from t where b = ':a'"),  # bound once
        ("select ':a', :a -- :a", {"a": True}, "select ':a', TRUE -- :a"),
    ],
)
def test_values_are_quoted_for_their_place(text: str, values: dict[str, object], bound: str) -> None:
    assert bind(text, values).text == bound


@pytest.mark.parametrize(
    ("text", "values", "message", "hint"),
    [
        ("select :kind", {"kinds": 1, "_kind": 2, "x": 3}, "the parameter :kind has no value", "did you mean kinds?"),
        ("select :a", {}, "the parameter :a has no value", "give a a value"),
        ("select 1 where 1 in (:a)", {"a": []}, "an empty list", None),
        ("select 1 where 1 in :a", {"a": [1]}, r"it is a list, which stands in parentheses: in \(:a\)", None),
        ("select :a", {"a": pd.Series([1, 2])}, "it is a list", None),
        ("select :a", {"a": {"b": 1}}, "a value of type dict has no SQL literal", None),
        ("select :a", {"a": object()}, "a value of type object has no SQL literal", None),
        ("select :a", {"a": pd.Series}, "a value of type type has no SQL literal", None),
        ("select :a", {"a": 1j}, "a value of type complex has no SQL literal", None),
        ("select :a", {"a": pd.DataFrame({"a": [1]})}, "a value of type DataFrame has no SQL literal", None),
        ("select :a", {"a": "x\0y"}, "NUL", None),
        ("select * from :a", {"a": "x\0y"}, "is not a name", None),
        ("select * from :a", {"a": ""}, "is not a name", None),
        (
            "select * from :a",
            {"a": pd.DataFrame({"x": [1]})},
            "a name stands here, so it is a text, not a DataFrame",
            None,
        ),
        ("select b from t order by :a", {"a": None}, "a name stands here, so it is a text, not a NoneType", None),
        ("select 1 in (:a)", {"a": [[1], [2]]}, "a list of lists", None),
        ("select 1 in (:a)", {"a": np.array([[1], [2]])}, "a list of lists", None),
        ("select :a", {"a": Decimal("NaN")}, "SQL's numeric has no NaN", None),
        ("select :a", {"a": Decimal("-Infinity")}, "SQL's numeric has no -Infinity", None),
        ("select :a", {"a": 10**38}, "38 digits", None),
        ("select :a", {"a": Decimal("0." + "1" * 39)}, "38 digits", None),
        ("select :a", {"a": pd.Timestamp("2020-01-01 00:00:00.000000001")}, "microseconds", None),
        ("select :a", {"a": np.datetime64("2020-01-01T00:00:00.000000001")}, "microseconds", None),
        ("select :a", {"a": pd.Timedelta(1, "ns")}, "microseconds", None),
        ("select :a", {"a": np.timedelta64(5, "M")}, "timedelta64", None),
    ],
)
def test_what_cannot_be_bound_is_said_at_its_place(
    text: str, values: dict[str, object], message: str, hint: str | None
) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        bind(text, values)
    assert caught.value.position == text.index(":")
    assert (hint or "") in (caught.value.hint or "")


@given(st.lists(st.one_of(st.integers(), st.text(st.characters(exclude_characters="\0"))), min_size=1, max_size=5))
def test_a_place_in_the_bound_text_is_found_in_the_source(values: list[int | str]) -> None:
    names = [f"p{i}" for i in range(len(values))]
    text = "select " + " | ".join(f"c{n} = :{n}" for n in names) + " end"
    bound = bind(text, dict(zip(names, values, strict=True)))
    for word in [f"c{n} =" for n in names] + [" end"]:
        assert bound.source(bound.text.rindex(word) if word == " end" else bound.text.index(word)) == text.index(word)
    for edit, name in zip(bound.edits, names, strict=True):
        assert {bound.source(at) for at in range(edit.start, edit.end)} == {text.index(f":{name}")}
    assert bound.source(len(bound.text)) == len(text)


# Values: what is bound comes back as it was

UTC = dt.UTC


class Level(enum.IntEnum):
    HIGH = 3


class Colour(enum.StrEnum):
    RED = "red"


VALUES: list[tuple[object, object]] = [  # value, what the warehouse gives back
    (None, None),
    (True, True),
    (False, False),
    (0, 0),
    (-1, -1),
    (2**31, 2**31),
    (2**63 - 1, 2**63 - 1),
    (-(2**63), -(2**63)),
    (1.5, 1.5),
    (-1.5, -1.5),
    (0.1, 0.1),
    (1e300, 1e300),
    (5e-324, 5e-324),
    (math.inf, math.inf),
    (-math.inf, -math.inf),
    (Decimal("1.50"), Decimal("1.50")),
    (Decimal("-0.001"), Decimal("-0.001")),
    (Decimal("1E+3"), Decimal("1000")),
    (Decimal("-7"), Decimal("-7")),
    (-(10**38) + 1, Decimal(-(10**38) + 1)),
    (Decimal("99999999999999999999999999999999999999"), Decimal("99999999999999999999999999999999999999")),
    ("", ""),
    ("it's", "it's"),
    ("\\", "\\"),
    ("\\'; drop table t; --", "\\'; drop table t; --"),
    ("emoji 🚀 東京", "emoji 🚀 東京"),
    ("two\r\nlines\t", "two\r\nlines\t"),
    (b"", b""),
    (b"\x00\xff'", b"\x00\xff'"),
    (bytearray(b"ab"), b"ab"),
    (memoryview(b"ab"), b"ab"),
    (dt.date(2020, 2, 29), dt.date(2020, 2, 29)),
    (dt.date(9999, 12, 31), dt.date(9999, 12, 31)),
    (dt.datetime(2020, 1, 2, 3, 4, 5, 6), dt.datetime(2020, 1, 2, 3, 4, 5, 6)),
    (dt.datetime(2020, 1, 2, tzinfo=UTC), dt.datetime(2020, 1, 2, tzinfo=UTC)),
    (
        dt.datetime(2020, 1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))),
        dt.datetime(2020, 1, 1, 21, 30, tzinfo=UTC),
    ),
    (dt.time(23, 59, 59, 999999), dt.time(23, 59, 59, 999999)),
    (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    (Level.HIGH, 3),
    (Colour.RED, "red"),
    (np.int64(5), 5),
    (np.int16(-5), -5),
    (np.float64(2.5), 2.5),
    (np.float32(0.5), 0.5),
    (np.bool_(True), True),
    (np.str_("x"), "x"),
    (np.bytes_(b"x"), b"x"),
    (np.datetime64("2020-01-02"), dt.date(2020, 1, 2)),
    (np.datetime64("2020-01-02T03:04:05"), dt.datetime(2020, 1, 2, 3, 4, 5)),
    (np.datetime64("2020-01-02T03:04:05.123456000", "ns"), dt.datetime(2020, 1, 2, 3, 4, 5, 123456)),
    (np.datetime64("NaT"), None),
    (np.datetime64("NaT", "ns"), None),
    (pd.Timestamp("2020-01-02 03:04:05.123456"), dt.datetime(2020, 1, 2, 3, 4, 5, 123456)),
    (pd.Timestamp("2020-01-02", tz="Europe/Berlin"), dt.datetime(2020, 1, 1, 23, tzinfo=UTC)),
    (pd.NaT, None),
    (pd.NA, None),
    (pa.scalar(5), 5),
    (pa.scalar(None), None),
    (pa.scalar("x"), "x"),
    (pa.scalar(dt.date(2020, 1, 2)), dt.date(2020, 1, 2)),
    (np.array(5), 5),
]


@pytest.mark.parametrize(("value", "back"), VALUES, ids=[f"{type(v).__name__}-{b!r}" for v, b in VALUES])
def test_a_value_comes_back_as_it_was(warehouse: Session, value: object, back: object) -> None:
    scalar = warehouse.sql("select :value as v", value=value).scalar()
    assert scalar == back
    assert type(scalar) is type(back)


def test_nan_and_minus_zero_come_back(warehouse: Session) -> None:
    assert math.isnan(warehouse.sql("select :v", v=math.nan).scalar())
    assert math.isnan(warehouse.sql("select :v", v=np.float32("nan")).scalar())
    assert math.copysign(1, warehouse.sql("select :v", v=-0.0).scalar()) == -1


def test_a_whole_decimal_is_a_numeric(warehouse: Session) -> None:
    assert warehouse.sql("select :a as v", a=7).types == {"v": "integer"}
    assert warehouse.sql("select :a as v", a=Decimal(-7)).types == {"v": "numeric(1,0)"}


DURATIONS = [
    dt.timedelta(0),
    dt.timedelta(microseconds=1),
    dt.timedelta(microseconds=-1),
    dt.timedelta(days=1, seconds=2, microseconds=3),
    dt.timedelta(days=-400, microseconds=3),
    np.timedelta64(90, "m"),
    pd.Timedelta("2h 3us"),
]


@pytest.mark.parametrize("duration", DURATIONS, ids=str)
def test_a_duration_is_added_exactly(warehouse: Session, duration: Any) -> None:
    start = dt.datetime(2020, 1, 2, 3, 4, 5)
    moved = warehouse.sql("select :start + :by", start=start, by=duration).scalar()
    assert moved == (pd.Timestamp(start) + pd.Timedelta(duration)).to_pydatetime()


def test_a_time_with_a_zone_is_not_bound_as_one_without() -> None:
    assert quote_literal(dt.time(1, 2, tzinfo=UTC)) == "'01:02:00+00:00'::timetz"


LISTS: list[tuple[object, str]] = [
    ([1, 2], "1, 2"),
    ((1,), "1"),
    ({2, 1}, "1, 2"),
    (frozenset({"a"}), "'a'"),
    (range(3), "0, 1, 2"),
    ([None, 1], "NULL, 1"),
    (np.array([1, 2]), "1, 2"),
    (np.array(["2020-01-01"], "M8[ns]"), "'2020-01-01 00:00:00'::timestamp"),
    (np.array(["2020-01-01", "NaT"], "M8[D]"), "'2020-01-01'::date, NULL"),
    (pd.Series([1, 2]), "1, 2"),
    (pd.Series([1, None], dtype="Int64"), "1, NULL"),
    (pd.Series(["a", None]), "'a', NULL"),
    (pd.Series(["a", None], dtype=object), "'a', NULL"),
    (pd.Series(["b", None], dtype="category"), "'b', NULL"),
    (pd.Series(pd.to_datetime(["2020-01-01", None])), "'2020-01-01 00:00:00'::timestamp, NULL"),
    (pd.Index(["a"]), "'a'"),
    (pl.Series([1, None]), "1, NULL"),
    (pl.Series(["a"]), "'a'"),
    (pa.array([1, None]), "1, NULL"),
    (pa.chunked_array([[1], [2]]), "1, 2"),
]


@pytest.mark.parametrize(("values", "rendered"), LISTS, ids=lambda v: type(v).__name__)
def test_a_list_fills_in(values: object, rendered: str) -> None:
    assert bind("select 1 in (:v)", {"v": values}).text == f"select 1 in ({rendered})"


# Hostile values and names

NASTY = st.text(
    st.one_of(st.sampled_from("'\"\\;-/*$:?%{}()\n\r\t ￿"), st.characters(exclude_categories=["Cs"])),
    max_size=40,
).filter(lambda text: "\0" not in text)
on_one_session = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@on_one_session
@given(NASTY)
@example("'); drop table t; --")
@example("\\'; select 2; --")
@example("\\\\'")
@example("$$; select 2; $$")
@example("/*")
@example("%s ? $1 :x {0}")
def test_a_hostile_text_is_a_value_and_nothing_else(warehouse: Session, text: str) -> None:
    statement = "select :v as v, 'end' as e -- :v"
    assert len(split(bind(statement, {"v": text}).text)) == 1
    (row,) = warehouse.sql(statement, v=text).table.to_pylist()
    assert row == {"v": text, "e": "end"}
    assert warehouse.sql("select 1 as one where :v in (:vs)", v=text, vs=[text + "x", text]).scalar() == 1


SYSTEM = ("pg_", "st", "sv", "sys_")  # how the names of the system's tables begin


@on_one_session
@given(NASTY.filter(lambda name: name and not name.lower().startswith(SYSTEM)))
@example('"; drop table t; --')
@example("t; select 1")
@example("\\")
def test_a_hostile_name_is_a_name_and_nothing_else(warehouse: Session, name: str) -> None:
    bound = bind("select * from :t", {"t": name}).text
    assert [s.text for s in split(bound)] == [bound]
    with pytest.raises(SqlError, match="there is no table"):
        warehouse.sql("select * from :t", t=name)


@given(NASTY.filter(bool))
def test_a_quoted_name_holds_the_name(name: str) -> None:
    quoted = quote_identifier(name)
    assert quoted[0] == quoted[-1] == '"'
    assert quoted[1:-1].replace('""', '"') == name
    assert '"' not in quoted[1:-1].replace('""', "")


@on_one_session
@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.binary(max_size=20)))
def test_any_number_or_bytes_come_back(warehouse: Session, value: float | bytes) -> None:
    assert warehouse.sql("select :v", v=value).scalar() == value


@on_one_session
@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**27), max_value=10**27))
def test_any_numeric_comes_back(warehouse: Session, value: decimal.Decimal) -> None:
    assert warehouse.sql("select :v", v=value).scalar() == value


@on_one_session
@given(st.one_of(st.dates(), st.datetimes(), st.times()))
def test_any_date_or_time_comes_back(warehouse: Session, value: dt.date | dt.time) -> None:
    assert warehouse.sql("select :v", v=value).scalar() == value
