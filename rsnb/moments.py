"""Dates and times that Python's own types do not reach, as the warehouse writes them: `0044-03-15 BC`, `infinity`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def listed(column: pa.ChunkedArray) -> list[Any]:
    """The values of a column as Python's; a date or a time before year 1 or after 9999 as its text."""
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return [_value(scalar) for scalar in column]


def _value(scalar: Any) -> Any:
    import numpy as np
    import pyarrow as pa
    import pyarrow.types as t

    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        kind = scalar.type
        if t.is_date32(kind):
            number = scalar.cast(pa.int32()).as_py()
            return _infinite(number, 32) or _text(np.datetime64(number, "D"))
        if not t.is_timestamp(kind):
            raise
        number = scalar.cast(pa.int64()).as_py()
        return _infinite(number, 64) or _text(np.datetime64(number, "us")) + ("+00" if kind.tz else "")


def _infinite(number: int, bits: int) -> str:
    """What stands for infinity in a column of so many bits; the least number of 64 is numpy's own NaT."""
    if number == 2 ** (bits - 1) - 1:
        return "infinity"
    return "-infinity" if number <= -(2 ** (bits - 1)) + (bits == 64) else ""


def _text(moment: Any) -> str:
    """A moment with its year as people count them: there is no year 0."""
    written = str(moment).replace("T", " ").removesuffix(".000000")
    sign, digits = (-1, written[1:]) if written.startswith("-") else (1, written.removeprefix("+"))
    year, _, rest = digits.partition("-")
    counted = sign * int(year)
    return f"{counted:04}-{rest}" if counted > 0 else f"{1 - counted:04}-{rest} BC"
