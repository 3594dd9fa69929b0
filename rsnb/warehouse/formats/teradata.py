"""TEXT_TO_INT_ALT and TEXT_TO_NUMERIC_ALT: numbers in texts as Teradata writes them.

Source: Redshift Developer Guide, TEXT_TO_INT_ALT, TEXT_TO_NUMERIC_ALT, "Teradata-style formatting characters for
numeric data".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

_EXACT = Context(prec=120)
_ZONED = {**{mark: (digit, 1) for digit, mark in enumerate("{ABCDEFGHI")},
          **{mark: (digit, -1) for digit, mark in enumerate("}JKLMNOPQR")}}  # fmt: skip
_CURRENCY = r"(?:\$|USD|US Dollars)"
_NUMBER = re.compile(
    rf"\s*(?:{_CURRENCY}\s*)?(?P<lead>[+-])?(?:{_CURRENCY}\s*)?"
    r"(?P<whole>[\d/,:%]*)(?:\.(?P<part>[\d/,:%]*))?(?:[Ee](?P<power>[+-]?\d+))?"
    rf"(?P<trail>[+-])?(?:\s*{_CURRENCY})?\s*"
)


class Unreadable(ValueError):
    """A text that is no number, or not as its format says; or a format that is none."""


@dataclass(frozen=True)
class Format:
    """A FORMAT phrase. whole, part: the most digits, None for any. implied: the point is not written (V)."""

    whole: int | None = None
    part: int | None = None
    implied: bool = False
    zoned: bool = False
    currency: bool = False


_PHRASE = re.compile(
    r"(?P<front>[LCN]?)(?P<whole>[Z9]*(?:\((?:\d+|I)\))?)(?:(?P<radix>[D.V])(?P<part>9*(?:\((?:\d+|F)\))?))?"
    r"(?P<zoned>S?)(?P<back>[LCN]?)"
)


def phrase(text: str) -> Format:
    """A FORMAT phrase; raises Unreadable."""
    match = _PHRASE.fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        raise Unreadable(f"{text!r} is no format (write 9, Z, D, V, S, L, C or N)")
    if (match["front"] and match["back"]) or re.search("9+Z", match["whole"]):
        raise Unreadable(f"{text!r} is no format")
    if match["zoned"] and (match["radix"] in ("D", ".") or "Z" in match["whole"] or "F" in text):
        raise Unreadable(f"{text!r} is no format: S stands behind plain digits")
    return Format(
        _count(match["whole"]), _count(match["part"] or ""), match["radix"] == "V", bool(match["zoned"]),
        bool(match["front"] or match["back"]),
    )  # fmt: skip


def _count(text: str) -> int | None:
    """The digits of `99`, `9(5)`; None for `9(I)` and `9(F)`."""
    match = re.fullmatch(r"([Z9]*)(?:\((\w+)\))?", text)
    marks, repeated = (match[1], match[2]) if match else ("", None)
    if repeated is None:
        return len(marks)
    return None if repeated in ("I", "F") else len(marks) - 1 + int(repeated)


def read(text: str, format_: Format | None) -> Decimal:
    """The number of a text, 0 of an empty one; raises Unreadable."""
    if not text.strip():
        return Decimal(0)
    wanted = text.rstrip()
    sign, zoned = 1, ""
    if format_ is not None and format_.zoned:
        digit, sign = _ZONED.get(wanted[-1], (None, 1))
        zoned = str(digit) if digit is not None else ""
        wanted = wanted[:-1] if zoned else wanted
    match = _NUMBER.fullmatch(wanted)
    if match is None or not re.search(r"\d", wanted + zoned) or (match["lead"] and match["trail"]):
        raise Unreadable("it is no number")
    whole, part = (re.sub(r"\D", "", match[name] or "") for name in ("whole", "part"))
    whole += zoned
    if match["lead"] == "-" or match["trail"] == "-":
        sign = -1
    value = Decimal(f"{'-' if sign < 0 else ''}{whole or 0}.{part or 0}E{match['power'] or 0}")
    return value if format_ is None else _formatted(value, format_, match)


def _formatted(value: Decimal, format_: Format, match: re.Match[str]) -> Decimal:
    if format_.implied and not match["part"]:
        value = value.scaleb(-(format_.part or 0), _EXACT)
    if format_.whole is not None and not format_.zoned and value.copy_abs() >= Decimal(10) ** format_.whole:
        raise Unreadable("it has more digits than its format")
    if not format_.currency and ("$" in match.string or "US" in match.string):
        raise Unreadable("its format has no currency")
    return value


def fixed(value: Decimal, precision: int, scale: int) -> str:
    """A number as a NUMERIC; half goes to the even neighbour. Raises Unreadable when it does not fit."""
    rounded = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN, _EXACT)
    if rounded.copy_abs() >= Decimal(10) ** (precision - scale):
        raise Unreadable(f"it does not fit NUMERIC({precision},{scale})")
    return format(rounded, "f")


def whole(value: Decimal) -> str:
    """A number as an INTEGER, its fraction cut off. Raises Unreadable when it does not fit."""
    cut = value.quantize(Decimal(1), ROUND_DOWN, _EXACT)
    if not -(2**31) <= cut < 2**31:
        raise Unreadable("it does not fit INTEGER")
    return format(cut, "f")
