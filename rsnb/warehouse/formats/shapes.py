"""What a numeric pattern says as a whole.

Source: Redshift Developer Guide, "Numeric format strings".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rsnb.warehouse.formats.moments import Unknown
from rsnb.warehouse.formats.pattern import Part, of_numbers


class Malformed(ValueError):
    """A pattern that Redshift refuses too."""


@dataclass
class Shape:
    """What a pattern says as a whole: digits before and behind the point, and where signs and zeros stand."""

    parts: list[Part]
    whole: int = 0
    places: int = 0
    decimal: bool = False
    trims: bool = True  # no 0 behind the point
    filled: bool = True  # no FM
    first_zero: int | None = None  # digits before the first 0
    leading_sign: int | None = None  # digits before an S that stands before the point
    trailing_sign: bool = False
    bracket: bool = False
    minus: bool = False  # MI, or SG


def shape(pattern: str) -> Shape:
    """What a pattern says; raises Malformed, and Unknown for what is not known here."""
    found = Shape(of_numbers(pattern))
    for part in found.parts:
        reader = _READERS.get(part.name)
        if reader is not None:
            reader(found)
        elif part.key and part.name not in (",", "G", "L", "TH"):
            raise Unknown(f"{part.key} in a pattern of TO_CHAR or TO_NUMBER")
    if found.whole == 0 or (found.decimal and found.places == 0):
        raise Unknown("a numeric pattern without digits before or behind the point")
    if found.leading_sign == found.whole:
        found.leading_sign, found.trailing_sign = None, True
    return found


def _digit(found: Shape) -> None:
    if found.bracket:
        raise Malformed("a digit stands behind PR")
    if found.decimal:
        found.places += 1
    else:
        found.whole += 1


def _zero(found: Shape) -> None:
    if found.decimal:
        found.trims = False
    elif found.first_zero is None:
        found.first_zero = found.whole
    _digit(found)


def _point(found: Shape) -> None:
    if found.decimal:
        raise Malformed("there are two decimal points")
    found.decimal = True


def _sign(found: Shape) -> None:
    if found.leading_sign is not None or found.trailing_sign or found.minus or found.bracket:
        raise Malformed("S stands beside another sign")
    if found.decimal:
        found.trailing_sign = True
    else:
        found.leading_sign = found.whole


def _minus(found: Shape) -> None:
    _check_sign(found)
    found.minus = True


def _bracket(found: Shape) -> None:
    _check_sign(found)
    found.bracket = True


def _check_sign(found: Shape) -> None:
    if found.leading_sign is not None or found.trailing_sign:
        raise Malformed("S stands beside another sign")


def _unfilled(found: Shape) -> None:
    found.filled = False


_READERS: dict[str, Callable[[Shape], None]] = {
    "9": _digit, "0": _zero, ".": _point, "D": _point, "FM": _unfilled, "S": _sign, "PR": _bracket,
    "MI": _minus, "SG": _minus,
}  # fmt: skip
