"""TO_NUMBER: a pattern as the texts that it reads, and the NUMERIC that they are.

Source: Redshift Developer Guide, TO_NUMBER, "Numeric format strings".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rsnb.warehouse.formats.moments import Unknown
from rsnb.warehouse.formats.pattern import Part
from rsnb.warehouse.formats.shapes import shape

_DIGITS = ("9", "0", ".", "D", ",", "G")


class Reading(NamedTuple):
    """A regular expression for the texts, and the digits of the NUMERIC: all, and behind the point."""

    looks: str
    precision: int
    scale: int


def reading(pattern: str) -> Reading:
    """How a pattern reads a text; raises Malformed, Unknown."""
    found = shape(pattern)
    parts = [part for part in found.parts if part.name != "FM"]
    places = [at for at, part in enumerate(parts) if part.name in _DIGITS]
    first, last = places[0], places[-1] + 1
    if places != list(range(first, last)):
        raise Unknown("a pattern of TO_NUMBER with other than digits between the digits")
    before, behind = _around(parts[:first]), _around(parts[last:])
    sign = "" if found.leading_sign is not None or found.minus else "[-+<]?" if found.bracket else "[-+]?"
    looks = rf"\s*{before}{sign}\s*{_number(parts[first:last])}{behind}\s*"
    return Reading(looks, min(found.whole + found.places, 38), found.places)


def _around(parts: list[Part]) -> str:
    """What stands beside the digits: each may be there or not."""
    looks = {"L": r"\$?", "S": r"[-+]?", "MI": r"[-+]?", "SG": r"[-+]?", "PR": r">?"}
    pieces = []
    for part in parts:
        if part.key and part.name not in looks:
            raise Unknown(f"{part.key} in a pattern of TO_NUMBER")
        pieces.append(looks[part.name] if part.key else f"(?:{re.escape(part.text)})?")
    return r"\s*".join(["", *pieces]) if pieces else ""


def _number(parts: list[Part]) -> str:
    """Digits with their separators: those before one may be missing, together with it."""
    looks, count = "", 0
    for part in parts:
        if part.name in ("9", "0"):
            count += 1
        elif part.name in (",", "G"):
            looks, count = rf"(?:{looks}\d{{0,{count}}},)?", 0
        else:
            looks, count = rf"{looks}\d{{0,{count}}}(?:\.", 0
    return rf"{looks}\d{{0,{count}}}" + (")?" if r"(?:\." in looks else "")
