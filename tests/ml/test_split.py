"""No group on both sides, no later row in train, and SQL draws the rows that Python draws."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import rsnb
from rsnb import Session
from rsnb.errors import ModelError
from rsnb.ml.features import FeatureTable
from rsnb.ml.split import PARTS, ByKey, ByRow, ByTime, Split, cuts_of

KEYS = ["a", "a ", "", " ", "it's", "back\\slash", "😀", "é", "\u00a0", None, "#0", ":x", "7", "07", "x" * 300]


def in_sql(session: Session, drawn: Any, table: pa.Table) -> np.ndarray:
    """The parts of a table's rows by the predicates; every row must be in one of them."""
    rsnb.datasets["given"] = rsnb.Result(table.append_column("place", pa.array(range(table.num_rows))))
    found = np.full(table.num_rows, -1)
    for index, part in enumerate(PARTS):
        places = session.sql(f"select place from given where {drawn.predicate(part)}").table.column(0).to_pylist()
        assert (found[places] == -1).all()
        found[places] = index
    return found


@pytest.mark.parametrize("split", [Split(), Split(0.8, 0, 0.2, seed=5), Split(0.5, 0.5, 0), Split(1, 0, 0)])
def test_text_keys_are_drawn_alike(session: Session, split: Split) -> None:
    table = pa.table({"k": pa.array([*KEYS, *(f"patient {i}" for i in range(500))])})
    drawn = ByKey(split, "k", "text")
    np.testing.assert_array_equal(in_sql(session, drawn, table), drawn.assign(rsnb.Result(table).df()))


@pytest.mark.parametrize("kind", [pa.int16(), pa.int32(), pa.int64()])
def test_whole_keys_are_drawn_alike(session: Session, kind: pa.DataType) -> None:
    table = pa.table({"k": pa.array([*range(-200, 300), None], kind)})
    drawn = ByKey(Split(seed=1), "k", "number")
    np.testing.assert_array_equal(in_sql(session, drawn, table), drawn.assign(rsnb.Result(table).df()))


def test_large_keys_keep_their_digits(session: Session) -> None:
    table = pa.table({"k": pa.array([2**62 + i for i in range(200)])})
    drawn = ByKey(Split(), "k", "number")
    found = drawn.assign(rsnb.Result(table).df())
    np.testing.assert_array_equal(in_sql(session, drawn, table), found)
    assert len(set(found.tolist())) == 3


def test_the_place_is_the_first_digits_of_md5() -> None:
    drawn = ByKey(Split(0.7, 0.1, 0.2, seed=3), "k", "text").assign(pd.DataFrame({"k": ["abc"]}))
    share = int(hashlib.md5(b"abc#3").hexdigest()[:8], 16) / 16**8
    assert drawn.tolist() == [int(share >= 0.7) + int(share >= 0.8)]


def test_shares_are_about_those_asked_for() -> None:
    frame = pd.DataFrame({"k": range(20_000)})
    shares = np.bincount(ByKey(Split(), "k", "number").assign(frame)) / len(frame)
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.01)
    assert np.bincount(ByRow(Split()).assign(frame)).tolist() == [14_000, 2_000, 4_000]


def test_another_seed_draws_other_rows() -> None:
    frame = pd.DataFrame({"k": range(1000)})
    for drawn in (lambda seed: ByKey(Split(seed=seed), "k", "number"), lambda seed: ByRow(Split(seed=seed))):
        assert (drawn(0).assign(frame) == drawn(0).assign(frame)).all()
        assert (drawn(0).assign(frame) != drawn(1).assign(frame)).any()


def visits(n: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    start = np.datetime64("2024-01-01", "us")
    return pd.DataFrame(
        {
            "visit_id": np.arange(n),
            "patient_key": rng.integers(0, n // 3, n).astype(str),
            "day": start + rng.integers(0, 200, n) * np.timedelta64(1, "D"),
            "x": rng.normal(size=n),
            "y": rng.integers(0, 2, n),
        }
    )


def parts(table: FeatureTable, column: str) -> list[pd.Series]:
    return [table.frame(part)[column] for part in PARTS]


def test_no_group_is_on_both_sides(session: Session) -> None:
    frame = visits()
    rsnb.datasets["visits"] = rsnb.Result(pa.Table.from_pandas(frame))
    for source in (frame, (session, "visits")):
        train, validation, test = (set(p) for p in parts(FeatureTable(source, target="y"), "patient_key"))
        assert not (train & validation or train & test or validation & test)
        assert len(train | validation | test) == frame.patient_key.nunique()


def test_frame_and_warehouse_hold_the_same_rows(session: Session) -> None:
    frame = visits()
    rsnb.datasets["visits"] = rsnb.Result(pa.Table.from_pandas(frame))
    for split in (Split(), Split(by="time"), Split(by="random"), Split(0.8, 0, 0.2)):
        here = FeatureTable(frame, target="y", time="day", split=split)
        there = FeatureTable((session, "visits"), target="y", time="day", split=split)
        for a, b in zip(parts(here, "visit_id"), parts(there, "visit_id"), strict=True):
            assert sorted(a) == sorted(b)


def test_no_row_of_train_is_later(session: Session) -> None:
    frame = visits()
    rsnb.datasets["visits"] = rsnb.Result(pa.Table.from_pandas(frame))
    for source in (frame, (session, "visits")):
        train, validation, test = parts(FeatureTable(source, target="y", group=None, time="day",
                                                     split=Split(by="time")), "day")  # fmt: skip
        assert train.max() < validation.min() <= validation.max() < test.min()
        assert [len(p) / len(frame) for p in (train, validation, test)] == pytest.approx([0.7, 0.1, 0.2], abs=0.02)


@pytest.mark.parametrize(
    "moments",
    [
        pa.array([datetime.date(2024, 1, 1) + datetime.timedelta(i % 50) for i in range(200)]),
        pa.array([datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=i) for i in range(200)], pa.timestamp("us")),
        pa.array([datetime.datetime(2024, 1, 1, i % 24) for i in range(200)], pa.timestamp("us", "UTC")),
        pa.array([2000 + i % 20 for i in range(200)], pa.int32()),
    ],
)
def test_dates_timestamps_and_years_are_cut_alike(session: Session, moments: pa.Array) -> None:
    table = pa.table({"t": moments})
    drawn = ByTime("t", cuts_of(Split(), rsnb.Result(table).df()["t"]))
    found = drawn.assign(rsnb.Result(table).df())
    np.testing.assert_array_equal(in_sql(session, drawn, table), found)
    assert set(found.tolist()) == {0, 1, 2}


@pytest.mark.parametrize("shares", [(0.5, 0.1, 0.1), (0, 0.5, 0.5), (1.2, -0.2, 0)])
def test_shares_add_up(shares: tuple[float, float, float]) -> None:
    with pytest.raises(ModelError, match="do not add up to 1"):
        Split(*shares)


def test_wrong_ways_are_refused(session: Session) -> None:
    frame = visits()
    rsnb.datasets["visits"] = rsnb.Result(pa.Table.from_pandas(frame))
    rsnb.datasets["bare"] = rsnb.Result(pa.Table.from_pandas(frame[["x", "y"]]))
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (frame, {"split": Split(by="time")}, "a split by time needs a column"),
        (frame[["x", "y"]], {"split": Split(by="group")}, "a split by group needs a column"),
        ((session, "bare"), {}, "needs a column that tells rows apart"),
        (frame, {"group": "x"}, "neither a whole number nor a text"),
        ((session, "visits"), {"group": "x"}, "neither a whole number nor a text"),
        (frame.assign(day=None), {"time": "day", "split": Split(by="time")}, "has 3,000 rows with NULL"),
        (frame, {"time": "patient_key", "split": Split(by="time")}, "can't be ordered by time"),
    ]
    for source, options, message in cases:
        with pytest.raises(ModelError, match=message):
            FeatureTable(source, target="y", **options)
    with pytest.raises(ModelError, match="no split by luck"):
        Split(by="luck")


def test_null_groups_go_together() -> None:
    frame = pd.DataFrame({"k": [None] * 50})
    assert len(set(ByKey(Split(), "k", "text").assign(frame).tolist())) == 1
