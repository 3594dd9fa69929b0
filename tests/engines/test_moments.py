"""Dates and times beyond Python's own are shown as the warehouse writes them."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest

from rsnb import Session, preview
from rsnb.moments import listed

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (-735_160, "0044-03-15 BC"), (-719_528, "0001-01-01 BC"), (2_932_897, "10000-01-01"), (2**31 - 1, "infinity"),
        (-(2**31), "-infinity"),
    ],
)  # fmt: skip
def test_dates(days: int, text: str) -> None:
    column = pa.chunked_array([pa.array([0, None, days], pa.int32()).cast(pa.date32())])
    assert listed(column) == [datetime.date(1970, 1, 1), None, text]
    assert text in preview.text(pa.table({"d": column}))


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (-719_528 * DAY + 1, "0001-01-01 00:00:00.000001 BC"), (2_932_897 * DAY, "10000-01-01 00:00:00"),
        (2**63 - 1, "infinity"), (-(2**63) + 1, "-infinity"),
    ],
)  # fmt: skip
def test_timestamps(microseconds: int, text: str) -> None:
    numbers = pa.array([None, microseconds], pa.int64())
    assert listed(pa.chunked_array([numbers.cast(pa.timestamp("us"))])) == [None, text]
    zone = "" if "infinity" in text else "+00"
    assert listed(pa.chunked_array([numbers.cast(pa.timestamp("us", "UTC"))])) == [None, text + zone]


def test_over_the_wire(wire: Session) -> None:
    result = wire.sql("select 'infinity'::date as a, '0044-03-15 BC'::date as b, '-infinity'::timestamp as c")
    assert preview.text(result.table).split() == ["a", "b", "c", "infinity", "0044-03-15", "BC", "-infinity"]
    assert result.df().shape == (1, 3)
