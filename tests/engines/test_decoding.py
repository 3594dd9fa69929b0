"""Rows off the wire, decoded here: against the driver's own decoders, row by row, on streams of every protocol."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redshift_connector.utils import redshift_types as driver_types
from redshift_connector.utils import type_utils as driver

from rsnb.engines.wire import cells, columns, framing
from rsnb.engines.wire.messages import BINARY, Field

Values = list[bytes | None]
quick = settings(max_examples=60, deadline=None)


def stream(rows: list[Values]) -> bytes:
    """DataRow messages."""
    made = []
    for row in rows:
        body = [struct.pack("!h", len(row))]
        for value in row:
            body += [struct.pack("!i", -1)] if value is None else [struct.pack("!i", len(value)), value]
        made += [b"D", struct.pack("!i", sum(map(len, body)) + 4), *body]
    return b"".join(made)


def block(data: bytes) -> Any:
    return np.frombuffer(data + bytes(cells.SPARE), np.uint8).copy()


def decoded(fields: list[Field], rows: list[Values], protocol: int) -> list[pa.Array]:
    """What the engine makes of these rows."""
    plan = columns.plan(tuple(fields), protocol)
    assert not isinstance(plan, str), plan
    data = stream(rows)
    starts, end = framing.rows(block(data), 0, len(data), len(fields))
    assert (len(starts), end) == (len(rows), len(data))
    found = cells.columns(block(data), starts, len(fields))
    return [column.decode(c, column.arrow) for column, c in zip(plan, found, strict=True)]


def one(oid: int, values: Values, protocol: int = 2, modifier: int = -1) -> list[Any]:
    """What the engine makes of one column."""
    (array,) = decoded([Field("c", oid, modifier)], [[value] for value in values], protocol)
    array.validate(full=True)
    return list(array.to_pylist())


def by_driver(oid: int, values: Values, scale: int | None = None, read: Callable[..., Any] | None = None) -> list[Any]:
    """What the driver makes of it in protocol 2."""
    read = read or driver_types[oid][1]
    more = () if scale is None else (scale,)
    return [None if value is None else read(value, 0, len(value), *more) for value in values]


def optional(values: st.SearchStrategy[bytes]) -> st.SearchStrategy[Values]:
    return st.lists(st.none() | values, max_size=60)


def packed(form: str, numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Values]:
    return optional(numbers.map(lambda value: struct.pack("!" + form, value)))


def integers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


SAME = {  # types whose values are the driver's own: number, what the server may send
    "boolean": (16, optional(st.sampled_from([b"\0", b"\1"]))),
    "smallint": (21, packed("h", integers(16))),
    "integer": (23, packed("i", integers(32))),
    "bigint": (20, packed("q", integers(64))),
    "oid": (26, packed("I", st.integers(0, 2**32 - 1))),
    "real": (700, packed("f", st.floats(width=32, allow_nan=False))),
    "double precision": (701, packed("d", st.floats(allow_nan=False))),
    "character varying": (1043, optional(st.text().map(str.encode))),
    "character": (1042, optional(st.text(max_size=5).map(lambda text: text.ljust(5).encode()))),
    "text": (25, optional(st.text().map(str.encode))),
    "super": (4000, optional(st.text().map(str.encode))),
    "date": (1082, packed("i", st.integers(-141_427, 2_921_939))),  # to days before 1612-10-14 the driver adds ten
    "timestamp": (1114, packed("q", st.integers(-63_082_281_600_000_000, 252_455_615_999_999_999))),
}


@pytest.mark.parametrize("name", SAME)
@quick
@given(data=st.data())
def test_as_the_driver_reads_them(name: str, data: st.DataObject) -> None:
    oid, values = SAME[name]
    given_values = data.draw(values)
    assert one(oid, given_values) == by_driver(oid, given_values)


@quick
@given(values=packed("q", st.integers(-63_082_281_600_000_000, 252_455_615_999_999_999)))
def test_timestamps_with_a_zone(values: Values) -> None:
    assert one(1184, values) == by_driver(1184, values)


@quick
@given(values=packed("q", st.integers(0, 86_399_999_999)))
def test_times(values: Values) -> None:
    expected = [
        v and (datetime.datetime.min + datetime.timedelta(0, 0, struct.unpack("!q", v)[0])).time() for v in values
    ]
    assert one(1083, values) == expected
    by_text = [v and v_expected.isoformat().encode() for v, v_expected in zip(values, expected, strict=True)]
    assert one(1083, by_text, protocol=0) == expected
    for ours, drivers in zip(expected, by_driver(1083, values), strict=True):  # whose floats lose a microsecond
        if ours is not None:
            assert abs((ours.hour - drivers.hour) * 3600 + ours.second - drivers.second) < 3600
            assert abs(ours.microsecond - drivers.microsecond) <= 1


@quick
@given(
    values=st.lists(st.none() | st.tuples(st.booleans(), integers(64), integers(128)), max_size=60),
    scale=st.integers(0, 37),
    data=st.data(),
)
def test_numerics_of_eight_and_sixteen_bytes(values: list[Any], scale: int, data: st.DataObject) -> None:
    limit = 10**38
    raw: Values = []
    for value in values:
        if value is None:
            raw.append(None)
        elif value[0]:
            raw.append(value[1].to_bytes(8, "big", signed=True))
        else:
            raw.append((abs(value[2]) % limit * (1 if value[2] > 0 else -1)).to_bytes(16, "big", signed=True))
    modifier = ((38 << 16) | scale) + 4
    with localcontext(prec=60):  # the driver rounds to the context's digits
        expected = by_driver(1700, raw, scale, driver.numeric_in_binary)
    assert one(1700, raw, modifier=modifier) == expected
    assert (
        one(1700, [v and str(e).encode() for v, e in zip(raw, map(plain, expected), strict=True)], 1, modifier)
        == expected
    )


def plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


@quick
@given(values=optional(st.binary()))
def test_bytes_as_hexadecimal_digits(values: Values) -> None:
    digits = [v if v is None else v.hex().encode() for v in values]
    assert one(6551, digits) == values
    assert one(3000, digits) == values
    assert one(3001, values) == values
    assert [v and v.hex() for v in values] == [v and d for v, d in zip(values, by_driver(3001, values), strict=True)]


@quick
@given(values=packed("q", integers(64)))
def test_intervals_of_seconds(values: Values) -> None:
    (array,) = decoded([Field("c", 1190)], [[v] for v in values], 2)
    assert array.type == pa.duration("us")
    assert array.cast(pa.int64()).to_pylist() == [
        v and d.microseconds for v, d in zip(values, by_driver(1190, values), strict=True)
    ]


@pytest.mark.parametrize(
    ("oid", "text"), [(1266, "10:11:12.5+02"), (1188, "1 year 2 mons"), (1186, "1 mon 3 days"), (1005, "{1,2}")]
)
def test_what_is_kept_as_the_server_writes_it(oid: int, text: str) -> None:
    assert one(oid, [text.encode(), None]) == [text, None]


# Rows among bytes that look like rows


@quick
@given(
    rows=st.lists(st.tuples(st.binary(max_size=40), st.none() | st.binary(max_size=40)), max_size=200),
    lure=st.sampled_from([b"", b"D\0\0\0\x12\0\2", stream([[b"x", b"y"]]), b"Z\0\0\0\5I", b"D\0" * 30]),
    cut=st.integers(0, 60),
)
def test_rows_are_found_whatever_they_hold(rows: list[Any], lure: bytes, cut: int) -> None:
    whole: list[Values] = [[lure + a, b] for a, b in rows]
    data = stream(whole)
    part = data[: len(data) - cut]
    starts, end = framing.rows(block(part), 0, len(part), 2)
    expected, at = [], 0
    for row in whole:
        size = len(stream([row]))
        if at + size > len(part):
            break
        expected.append(at)
        at += size
    assert starts.tolist() == expected
    assert end == at


def test_rows_of_more_than_sixteen_megabytes_between_small_ones() -> None:
    rows: list[Values] = [[b"a"], [b"b" * (17 << 20)], *([[b"c"]] * 3000)]
    data = stream(rows)
    starts, end = framing.rows(block(data), 0, len(data), 1)
    while end < len(data):
        more, end = framing.rows(block(data), end, len(data), 1)
        assert len(more)
        starts = np.concatenate([starts, more])
    assert (len(starts), end) == (3002, len(data))


# What the calendar and Arrow make special

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("days", "text", "since_1970"),
    [
        (2**31 - 1, "infinity", 2**31 - 1),
        (-(2**31), "-infinity", -(2**31)),
        (-746_117, "0044-03-15 BC", -735_160),
        (-730_485, "0001-01-01 BC", -719_528),
        (-730_119, "0001-01-01", -719_162),
        (-152_385, "1582-10-14", -141_428),
        (2_921_939, "9999-12-31", 2_932_896),
        (2_921_940, "10000-01-01", 2_932_897),
        (0, "2000-01-01", 10_957),
    ],
)
def test_dates_of_all_times(days: int, text: str, since_1970: int) -> None:
    """The calendar goes on before 1582, as the server's own text says; the driver's binary decoder differs there."""
    for value, protocol in ((struct.pack("!i", days), 2), (text.encode(), 0)):
        (array,) = decoded([Field("d", 1082)], [[value], [None]], protocol)
        assert array.cast(pa.int32()).to_pylist() == [since_1970, None]


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        (2**63 - 1, 2**63 - 1),  # infinity
        (-(2**63), -(2**63) + 1),  # -infinity: the least of all is numpy's NaT
        (0, 946_684_800_000_000),
        (-730_485 * DAY, (10_957 - 730_485) * DAY),  # 0001-01-01 BC
        (-211_813_488_000_000_000, -211_813_488_000_000_000 + 946_684_800_000_000),  # 4713 BC
    ],
)
@pytest.mark.parametrize("oid", [1114, 1184])
def test_timestamps_of_all_times(oid: int, moment: int, held: int) -> None:
    (array,) = decoded([Field("t", oid)], [[struct.pack("!q", moment)], [None]], 2)
    assert array.cast(pa.int64()).to_pylist() == [held, None]


@pytest.mark.parametrize(
    ("oid", "value", "words"),
    [
        (1082, b"15/03/2004", "Failed to parse"),
        (1082, b"15 March 2004", "set datestyle to iso"),
        (1700, b"NaN", "not a valid decimal128"),
        (6551, b"0", "hexadecimal"),
        (6551, b"zz", "hexadecimal"),
        (1043, b"\xff", "UTF8"),
    ],
)
def test_what_is_not_as_it_should_be_is_an_error(oid: int, value: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        one(oid, [value], protocol=0, modifier=((5 << 16) | 2) + 4)


def test_a_numeric_of_another_size_is_an_error() -> None:
    with pytest.raises(ValueError, match="a numeric of 12 bytes"):
        one(1700, [bytes(8), bytes(12)], modifier=((5 << 16) | 2) + 4)


# What is not decoded here


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (Field("c", 99999), "the column c has a type of the number 99999, which is not known here"),
        (Field("n", 1700), "the column n is a numeric without precision and scale"),
        (Field("n", 1700, ((50 << 16) | 2) + 4), "the column n is a numeric without precision and scale"),
    ],
)
def test_the_reason_is_a_sentence(field: Field, why: str) -> None:
    assert columns.plan((field,), 2) == why


def test_formats_are_those_that_the_driver_asks_for() -> None:
    """Except where text is what is kept."""
    kept_as_text = {1266, 1186, 1188, 1002, 1005, 1007, 1009, 1015, 1021, 1028, 1033, 1034, 30}
    for oid, kind in columns.KINDS.items():
        if oid in kept_as_text:
            assert kind.arrow == "string"
            continue
        plan = columns.plan((Field("c", oid, ((5 << 16) | 2) + 4),), 2)
        assert (oid, plan[0].format) == (oid, driver_types[oid][0])
        assert (oid, kind.later) == (oid, 2 if oid in (1082, 1083, 1700, 3001) else 0)
    assert BINARY == 1
