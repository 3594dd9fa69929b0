"""Frame and SQL give the same features; policies; what is remembered."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import rsnb
from rsnb import Session
from rsnb.errors import ModelError
from rsnb.ml.bands import bands
from rsnb.ml.encoding import Encoding

HOSTILE = [
    "a", "A", "a ", "a   ", " a", "it's", "''", "back\\slash", "\\", "\\'", "two\nlines", "tab\t", "😀", "😀 ", "é",
    "e\u0301", "", " ", None, "null", "NULL", "%", "_", ":name", "--", "/*", "$$", '"', "a;b", "\u00a0", "a\u00a0",
    "(other)", "(missing)", "'; drop table t; --", "{}", "ＡＢＣ", "=", "x" * 300,
]  # fmt: skip


def in_sql(session: Session, encoding: Encoding, table: pa.Table) -> np.ndarray:
    """The features of a table by the encoding's expressions, in the order of the rows; NULL is NaN."""
    rsnb.datasets["given"] = rsnb.Result(table.append_column("place", pa.array(range(table.num_rows))))
    columns = ", ".join(f"{e} as f{i}" for i, e in enumerate(encoding.expressions()))
    found = session.sql(f"select {columns} from given order by place").df()
    return found.to_numpy(dtype=np.float64)


def agrees(session: Session, encoding: Encoding, table: pa.Table) -> None:
    frame = rsnb.Result(table).df()
    np.testing.assert_allclose(in_sql(session, encoding, table), encoding.encode(frame), rtol=0, atol=1e-12)


@pytest.mark.parametrize("leave_out", [True, False])
@pytest.mark.parametrize("unseen", ["other", "zero"])
@pytest.mark.parametrize("nulls", ["indicate", "fill"])
@pytest.mark.parametrize("rare", [0, 2])
def test_hostile_categories_agree(session: Session, leave_out: bool, unseen: str, nulls: str, rare: int) -> None:
    given = pa.table({"c": pa.array([*HOSTILE, "a", "it's"], pa.string())})
    encoding = Encoding.of(rsnb.Result(given).df(), leave_out=leave_out, unseen=unseen, nulls=nulls, rare=rare)
    agrees(session, encoding, given)
    other = pa.table({"c": pa.array([v if v is None else v + "!" for v in HOSTILE], pa.string())})
    agrees(session, encoding, other)


def test_trailing_blanks_do_not_count() -> None:
    frame = pd.DataFrame({"c": ["a", "a  ", "b", "b ", "b"]})
    encoding = Encoding.of(frame)
    assert encoding.names == ("c=a",)
    assert encoding.encode(frame).ravel().tolist() == [1, 1, 0, 0, 0]


def test_numbers_agree_to_the_last_bit(session: Session) -> None:
    rng = np.random.default_rng(3)
    given = pa.table(
        {
            "i": pa.array([*rng.integers(-9, 9, 97).tolist(), 2**31 - 1, None, None], pa.int32()),
            "big": pa.array([*rng.integers(-(2**62), 2**62, 99).tolist(), None], pa.int64()),
            "f": pa.array([*rng.normal(size=98).tolist(), 1e100, None]),
            "real": pa.array([*rng.normal(size=99).tolist(), None], pa.float32()),
            "d": pa.array([*(Decimal(int(v)) / 100 for v in rng.integers(0, 10**6, 99)), None], pa.decimal128(12, 2)),
            "b": pa.array([*(rng.random(99) < 0.5).tolist(), None], pa.bool_()),
        }
    )
    for standardise in (False, True):
        encoding = Encoding.of(rsnb.Result(given).df(), standardise=standardise)
        expected = encoding.encode(rsnb.Result(given).df())
        np.testing.assert_array_equal(in_sql(session, encoding, given), expected)
        assert np.isfinite(expected).all()


def test_buckets_and_bands_agree(session: Session) -> None:
    given = pa.table(
        {
            "age": pa.array(["[0-10)", "[10-20)", "[20-30) ", "[90-100)", None, "[10-20)"]),
            "stay": pa.array([0.5, 1.0, 3.0, 7.0, None, 99.0]),
        }
    )
    frame = rsnb.Result(given).df()
    encoding = Encoding.of(frame, buckets={"stay": [1, 3, 7]})
    agrees(session, encoding, given)
    x = encoding.encode(frame)
    assert x[:4, 0].tolist() == [0, 1, 2, 3]
    assert x[:4, 2].tolist() == [0, 1, 2, 3]
    assert x[4].tolist() == pytest.approx([1.4, 1, 3, 1])  # mean band, bucket of the mean
    unseen = pa.table({"age": pa.array(["[30-40)", None]), "stay": pa.array([None, 1.0])})
    agrees(session, encoding, unseen)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (["[10-20)", "[0-10)", "[20-30)"], ("[0-10)", "[10-20)", "[20-30)")),
        (["90+", "60-69", "70-79", "80-89", "<60"], ("<60", "60-69", "70-79", "80-89", "90+")),
        (["18 to 30", "30 to 40", "40 to 50"], ("18 to 30", "30 to 40", "40 to 50")),
        ([">30", "<30", "NO"], ()),
        (["250", "250.01", "428"], ()),
        (["2020-01", "2020-02", "2020-03"], ()),
        (["1-5", "3-8", "8-9"], ()),
        (["[0-10)", "[10-20)"], ()),
        ([], ()),
    ],
)
def test_bands_are_recognised(levels: list[str], expected: tuple[str, ...]) -> None:
    assert bands(levels) == expected


def test_rare_levels_are_merged_by_count_or_share() -> None:
    frame = pd.DataFrame({"c": ["a"] * 90 + ["b"] * 8 + ["c", "d"]})
    assert Encoding.of(frame, rare=5).names == ("c=b", "c=(other)")
    assert Encoding.of(frame, rare=0.05).names == ("c=b", "c=(other)")
    assert Encoding.of(frame, rare=0).names == ("c=b", "c=c", "c=d")
    assert Encoding.of(frame, rare=0, leave_out=False).names == ("c=a", "c=b", "c=c", "c=d")
    assert Encoding.of(frame, rare={"c": 9}).names == ("c=(other)",)


def test_unseen_categories() -> None:
    frame, new = pd.DataFrame({"c": ["a"] * 5 + ["b"] * 3 + ["r"]}), pd.DataFrame({"c": ["new", "r", "b"]})

    def encode(unseen: str) -> list[list[float]]:
        return Encoding.of(frame, rare=2, unseen=unseen).encode(new).tolist()

    assert encode("other") == [[0, 1], [0, 1], [1, 0]]
    assert encode("zero") == [[0, 0], [0, 1], [1, 0]]
    with pytest.raises(ModelError, match="1 rows with a category that training did not have"):
        encode("error")


def test_what_a_policy_refuses_is_null_in_sql(session: Session) -> None:
    frame = pd.DataFrame({"c": ["a", "b"], "x": [1.0, 2.0]})
    encoding = Encoding.of(frame, unseen="error", nulls="error")
    given = pa.table({"c": pa.array(["b", "z", None]), "x": pa.array([1.0, None, 2.0])})
    found = in_sql(session, encoding, given)
    np.testing.assert_array_equal(found, [[1, 1], [np.nan, np.nan], [np.nan, 2]])
    for row in (1, 2):
        with pytest.raises(ModelError, match="its policy refuses"):
            encoding.encode(rsnb.Result(given).df().iloc[[row]])


def test_null_policies() -> None:
    frame = pd.DataFrame({"x": [1.0, 3.0, None], "c": ["a", None, "b"]})
    assert Encoding.of(frame).names == ("x", "x=(missing)", "c=b", "c=(missing)")
    assert Encoding.of(frame, nulls="fill").names == ("x", "c=b")
    assert Encoding.of(frame, nulls={"x": "fill"}).names == ("x", "c=b", "c=(missing)")
    assert Encoding.of(frame).encode(frame)[2].tolist() == [2, 1, 1, 0]
    with pytest.raises(ModelError, match="the column x has 1 rows with NULL"):
        Encoding.of(frame, nulls="error")


def test_null_where_training_had_none() -> None:
    frame = pd.DataFrame({"x": [1.0, 3.0], "c": ["a", "b"]})
    new = pd.DataFrame({"x": [None], "c": [None]})
    assert Encoding.of(frame).encode(new).tolist() == [[2, 0]]


def test_infinite_values_are_refused() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    encoding = Encoding.of(frame)
    for bad in (np.inf, -np.inf):
        with pytest.raises(ModelError, match="the column x has 1 infinite values"):
            encoding.encode(pd.DataFrame({"x": [bad]}))


def test_it_is_the_same_after_json() -> None:
    frame = pd.DataFrame(
        {"x": [0.1, 3.0, None], "age": ["0-9", "10-19", "20-29"], "c": HOSTILE[:3], "b": [True, False, None]}
    )
    encoding = Encoding.of(frame, standardise=True, unseen="zero", rare=2)
    again = Encoding.from_dict(json.loads(json.dumps(encoding.to_dict(), allow_nan=False)))
    assert again == encoding
    assert again.expressions() == encoding.expressions()
    with pytest.raises(ModelError, match="version 99"):
        Encoding.from_dict({**encoding.to_dict(), "version": 99})


def test_sources_name_the_column_of_the_table() -> None:
    encoding = Encoding.of(pd.DataFrame({"x": [1.0, None], "c": ["a", "b"]}))
    assert dict(zip(encoding.names, encoding.sources, strict=True)) == {"x": "x", "x=(missing)": "x", "c=b": "c"}


BASE = pd.DataFrame({"x": [1.0, 2.0], "c": ["a", "b"], "b": [True, False]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="c"), "c is missing"),
        (lambda f: f.assign(more=1), "more was not there in training"),
        (lambda f: f.assign(x=f.x.astype(str)), "x is of type text, it was number"),
        (lambda f: f.assign(b=1), "b is of type number, it was boolean"),
        (lambda f: f.assign(c=pd.Timestamp("2020-01-01")), "c is of type time, it was text"),
        (lambda f: f.assign(c=1).drop(columns="x"), "x is missing; c is of type number"),
    ],
)
def test_other_columns_are_listed(change: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Encoding.of(BASE).check(change(BASE))


def test_order_index_and_more_columns_do_not_matter() -> None:
    encoding = Encoding.of(BASE)
    expected = encoding.encode(BASE)
    shuffled = BASE.assign(more=1)[["more", "b", "c", "x"]].set_index(pd.Index([7, 3]))
    np.testing.assert_array_equal(encoding.encode(shuffled), expected)
    encoding.check(BASE[["b", "c", "x"]])


def test_no_row_and_only_null_can_be_encoded() -> None:
    encoding = Encoding.of(BASE)
    assert encoding.encode(BASE.iloc[:0]).shape == (0, 3)
    assert encoding.encode(pd.DataFrame({"x": [None], "c": [None], "b": [None]})).tolist() == [[1.5, 0, 0.5]]


@pytest.mark.parametrize(
    ("policies", "message"),
    [
        ({"unsen": "zero"}, "there is no policy unsen"),
        ({"unseen": "maybe"}, "the policy unseen is 'maybe'"),
        ({"nulls": {"x": "drop"}}, "the policy nulls is 'drop'"),
        ({"buckets": {"x": [3, 1]}}, "do not rise"),
        ({"buckets": {"c": [3, 4]}}, "not a feature that is a number"),
    ],
)
def test_wrong_policies_are_refused(policies: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Encoding.of(BASE, **policies)


def test_a_text_that_sql_can_not_hold_is_refused_as_sql() -> None:
    encoding = Encoding.of(pd.DataFrame({"c": ["a", "a", "n\0l"]}), rare=0)
    with pytest.raises(ModelError, match="can't be written in SQL"):
        encoding.expressions()
