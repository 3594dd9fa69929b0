"""Why a text is no value of its column, in Redshift's words and numbers.

Source: Redshift Developer Guide, "Load error reference", "Multibyte character load errors".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.copy.record import MISSING_NULL, Reason
from rsnb.warehouse.copy.target import Target

_SURROGATE = re.compile("[\udc80-\udcff]+")
_DIGITS = {"smallint": "Short", "integer": "Integer", "bigint": "Long", "numeric": "Decimal", "real": "Float",
           "double precision": "Double", "binary varying": "Varbyte"}  # fmt: skip


def of_value(target: Target, value: str | None, copy: Copy) -> Reason:
    """The reason why a column does not take a text; None is NULL."""
    if value is None or value == copy.null or (not value.strip() and target.kind != "character varying"):
        return MISSING_NULL
    return _REASONS.get(target.kind, _number)(target, value, copy)


def of_bytes(value: str) -> Reason:
    """The reason for a text with bytes that are not UTF-8."""
    found = _SURROGATE.search(value)
    bad = found[0].encode("utf-8", "surrogateescape") if found else b""
    error = 3 if bad[:1] and not 0xC2 <= bad[0] < 0xF5 else 2 if len(bad) == 1 else 4
    return Reason(
        1220,
        "String contains invalid or unsupported UTF8 codepoints. "
        f"Bad UTF8 hex sequence: {bad.hex(' ')} (error {error})",
    )


def _number(target: Target, value: str, copy: Copy) -> Reason:
    """The first character that no number of this type has there, else an overflow."""
    allowed = _ALLOWED[target.kind]
    body = value.rstrip()
    at = len(value) - len(value.lstrip())
    good = allowed.match(body, at)
    end = good.end() if good else at
    if end < len(body):
        return Reason(1207, f"Invalid digit, Value '{body[end]}', Pos {end}, Type: {_DIGITS[target.kind]}", end)
    if target.kind == "numeric":
        return Reason(1204, f"Overflow for NUMERIC({','.join(map(str, target.type.args))})")
    if target.kind in ("smallint", "integer", "bigint") and body[-1:].isdigit():
        return Reason(1222, f"Overflow, the value is out of the range of {target.kind}")
    if target.kind == "binary varying":
        return Reason(1204, "String length exceeds DDL length")
    if body[-1:].isdigit():
        return Reason(1204, f"Overflow, the value is out of the range of {target.kind}")
    return Reason(1207, f"Invalid digit, Value '{body[-1:]}', Pos {max(end - 1, 0)}, Type: {_DIGITS[target.kind]}")


_ALLOWED = {
    **dict.fromkeys(("smallint", "integer", "bigint"), re.compile("[+-]?[0-9]*")),
    "numeric": re.compile(r"[+-]?[0-9]*\.?[0-9]*"),
    **dict.fromkeys(("real", "double precision"), re.compile(r"[+-]?[0-9]*\.?[0-9]*(?:(?<=[0-9.])[eE][+-]?[0-9]*)?")),
    "binary varying": re.compile("[0-9A-Fa-f]*"),
}


def _varchar(target: Target, value: str, copy: Copy) -> Reason:
    if target.not_null and not value.strip():
        return MISSING_NULL
    return Reason(1204, "String length exceeds DDL length")


def _char(target: Target, value: str, copy: Copy) -> Reason:
    if not value.isascii():
        at, bad = next((i, c) for i, c in enumerate(value) if not c.isascii())
        words = "Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: "
        return Reason(1220, words + bad.encode().hex(" "), at)
    return Reason(1204, "Char length exceeds DDL length")


def _date(target: Target, value: str, copy: Copy) -> Reason:
    if len(value.strip()) < 10:
        return Reason(1205, "Invalid Date Format - length must be 10 or more")
    return Reason(1205, f"Invalid date format or value [{copy.options.get('dateformat', 'YYYY-MM-DD')}]")


def _timestamp(target: Target, value: str, copy: Copy) -> Reason:
    given = copy.options.get("timeformat", _WRITTEN.get(target.kind, "HH24:MI:SS"))
    return Reason(1206, f"Invalid timestamp format or value [{given}]")


def _spatial(target: Target, value: str, copy: Copy) -> Reason:
    return Reason(1200, f"Invalid {target.kind}: neither (E)WKT nor (E)WKB in hexadecimal")


_WRITTEN = {
    "timestamp without time zone": "YYYY-MM-DD HH24:MI:SS",
    "timestamp with time zone": "YYYY-MM-DD HH24:MI:SSOF",
}
_REASONS: dict[str, Callable[[Target, str, Copy], Reason]] = {
    "boolean": lambda target, value, copy: Reason(1210, "Unknown boolean format"),
    "character": _char,
    "character varying": _varchar,
    "date": _date,
    "geography": _spatial,
    "geometry": _spatial,
    "hllsketch": lambda target, value, copy: Reason(1200, "Invalid HLLSKETCH: no JSON of a sparse sketch"),
    "super": lambda target, value, copy: Reason(1224, "Invalid JSON format. It is not well-formed for SUPER"),
    "time with time zone": _timestamp,
    "time without time zone": _timestamp,
    "timestamp with time zone": _timestamp,
    "timestamp without time zone": _timestamp,
}
