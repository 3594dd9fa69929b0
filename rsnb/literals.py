"""Python values as Redshift literals, and names as identifiers, each quoted for its place.

Source: Redshift Developer Guide, "Literals" and "Names and identifiers". A backslash escapes in a string.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Collection
from typing import Any


def quote_identifier(name: str) -> str:
    """A name in double quotes; raises ValueError on an empty name or a NUL."""
    if not name or "\0" in name:
        raise ValueError(f"{name!r} is not a name")
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: object) -> str:
    """A value as a Redshift literal: typed where the bare form would be ambiguous.

    Raises ValueError for a type that SQL can't hold, an empty list, or a text with a NUL.
    """
    value = as_python(value)
    for kinds, render in _LITERALS:
        if isinstance(value, kinds):
            return render(value)
    raise ValueError(f"a value of type {type(value).__name__} has no SQL literal")


def as_python(value: object) -> object:
    """The value of a numpy, pandas, polars or Arrow object as Python's; any other as it is."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, (*_PLAIN, type)):
        return value
    for method in ("tolist", "to_list", "to_pylist", "as_py"):
        convert = getattr(value, method, None)
        if callable(convert):
            return _checked(getattr(value, "dtype", None), _in_microseconds(value), method)
    return value


def _in_microseconds(value: Any) -> Any:
    """numpy's dates and durations, when finer than SQL's microseconds, in those."""
    dtype: Any = getattr(value, "dtype", None)
    if type(value).__module__ != "numpy" or not str(dtype).endswith("[ns]"):
        return value
    coarse = value.astype(f"{dtype.kind}8[us]")
    if coarse.astype(dtype).tolist() != value.tolist():
        raise ValueError(_TOO_FINE)
    return coarse


def _checked(dtype: Any, value: Any, method: str) -> object:
    """The value as Python's; missing texts of pandas, which are NaN, as None."""
    given = getattr(value, method)()
    items = given if isinstance(given, list) else [given]
    kind = getattr(dtype, "kind", "")
    if kind in ("m", "M") and any(isinstance(item, int) for item in items):
        raise ValueError(f"a {dtype} has no SQL literal")
    return [None if item != item else item for item in items] if kind == "O" and items is given else given


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("a text with a NUL character has no SQL literal")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _float(value: float) -> str:
    return f"'{float(value)!r}'::float8"  # as a text: a bare 0.1 would be a numeric, and -0.0 lose its sign


def _decimal(value: decimal.Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"SQL's numeric has no {value}")
    digits = _number(f"{value:f}")
    return digits if "." in digits else f"{digits}::numeric({len(digits.strip('(-)'))},0)"  # 7 would be an integer


def _number(digits: str) -> str:
    if sum(d.isdigit() for d in digits) > _DIGITS:
        raise ValueError(f"SQL's numeric holds {_DIGITS} digits")
    return f"({digits})" if digits.startswith("-") else digits


def _datetime(value: datetime.datetime) -> str:
    if getattr(value, "nanosecond", 0):
        raise ValueError(_TOO_FINE)
    kind = "timestamptz" if value.tzinfo else "timestamp"
    return f"'{value.isoformat(' ')}'::{kind}"


def _interval(value: datetime.timedelta) -> str:
    if getattr(value, "nanoseconds", 0):
        raise ValueError(_TOO_FINE)
    sign, value = ("-", -value) if value < datetime.timedelta(0) else ("", value)
    parts = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
    return "interval '" + " ".join(f"{sign}{n} {unit}" for unit, n in parts.items() if n or unit == "seconds") + "'"


def _list(values: Collection[object]) -> str:
    if not values:
        raise ValueError("an empty list would make `in ()`, which SQL does not have")
    ordered = sorted(values, key=repr) if isinstance(values, (set, frozenset)) else values
    literals = []
    for value in map(as_python, ordered):
        if isinstance(value, LISTS):
            raise ValueError("a list of lists has no SQL literal")
        literals.append(quote_literal(value))
    return ", ".join(literals)


_DIGITS = 38
_TOO_FINE = "SQL's times hold microseconds, and it is finer: round it"
LISTS = (list, tuple, set, frozenset, range)
_LITERALS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (type(None), lambda value: "NULL"),
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (int, lambda value: _number(str(int(value)))),
    (float, _float),
    (decimal.Decimal, _decimal),
    (str, _text),
    ((bytes, bytearray, memoryview), lambda value: f"from_hex('{value.hex()}')"),
    (datetime.datetime, _datetime),
    (datetime.date, lambda value: f"'{value.isoformat()}'::date"),
    (datetime.time, lambda value: f"'{value.isoformat()}'::{'timetz' if value.tzinfo else 'time'}"),
    (datetime.timedelta, _interval),
    (uuid.UUID, lambda value: _text(str(value))),
    (LISTS, _list),
)
_PLAIN = tuple(kind for kinds, _ in _LITERALS for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
