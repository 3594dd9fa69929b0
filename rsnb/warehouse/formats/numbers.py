"""TO_CHAR of numbers: a pattern as a DuckDB expression.

What a pattern gives depends on the number's sign, on how many digits it has before the point, and with FM on how many
zeros end it: for each of these the pattern is worked out once, with places in the stead of digits. The way through a
pattern is PostgreSQL 8.0's, with the dollar as the currency's symbol.
Source: Redshift Developer Guide, TO_CHAR, "Numeric format strings".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from rsnb.warehouse.formats.moments import Unknown
from rsnb.warehouse.formats.pattern import Part, of_numbers
from rsnb.warehouse.spelling import text

LARGEST = 600  # templates of one pattern


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


# As SQL: over `d`, the sign and the digits of a number


def digits(pattern: str) -> int | None:
    """How many digits behind the point a pattern shows; None for a Roman number. Raises Malformed, Unknown."""
    return None if _roman(pattern) else shape(pattern).places


@lru_cache(maxsize=256)
def expression(pattern: str) -> str:
    """DuckDB SQL for a number of which `d` has the sign and the digits; raises Malformed, Unknown.

    `{own}` begins the name of a macro. Of a Roman number `d` has the value.
    """
    if _roman(pattern):
        shown = "{own}roman(d)" if pattern.startswith("FM") else "lpad({own}roman(d), 15, ' ')"
        return f"lower({shown})" if pattern.endswith("rn") else shown
    found = shape(pattern)
    kinds = 2 * (found.whole + 1) * (found.places + 1 if _trims(found) else 1)
    if kinds > LARGEST:
        raise Unknown("a numeric pattern so long")
    return f"case when starts_with(d, '-') then {_templates(found, True)} else {_templates(found, False)} end"


def _roman(pattern: str) -> bool:
    return pattern.removeprefix("FM") in ("RN", "rn")


def _trims(found: Shape) -> bool:
    """Whether zeros at the end are left out."""
    return found.decimal and found.trims and not found.filled


def _templates(found: Shape, negative: bool) -> str:
    """The text by how many digits stand before the point, as the length says."""
    behind = 1 + (found.places + 1 if found.decimal else 0)  # the sign, the point and what follows
    hides_zero = found.first_zero is None and found.places > 0
    branches = []
    for length in range(found.whole, 0, -1):
        shown = _kept(found, length, negative, False)
        if length == 1 and hides_zero:
            shown = f"case when d[2] = '0' then {_kept(found, length, negative, True)} else {shown} end"
        branches.append(f"when {length + behind} then {shown}")
    most = found.whole + behind
    overflow = f"case when strlen(d) > {most} then {_overflow(found, negative)} end"
    return f"case strlen(d) {' '.join(branches)} else {overflow} end"


def _kept(found: Shape, length: int, negative: bool, predecimal: bool) -> str:
    """The text by how many digits behind the point are left of those that FM trims."""
    if not _trims(found):
        return _template(found, length, negative, predecimal, None)
    tests = " ".join(
        f"when {kept} then {_template(found, length, negative, predecimal, kept)}" for kept in range(found.places + 1)
    )
    return f"case strlen(rtrim(substring(d, {length + 3}), '0')) {tests} end"


def _template(found: Shape, length: int, negative: bool, predecimal: bool, kept: int | None) -> str:
    places: list[object] = [*range(1, length + 1)]
    if found.decimal:
        places += [".", *range(length + 2, length + 2 + found.places)]
    last = None if kept is None else length + kept
    return _joined(Writing(found, places, found.whole - length, negative, predecimal, last).run())


def _overflow(found: Shape, negative: bool) -> str:
    places: list[object] = [*"#" * found.whole, *("." + "#" * found.places if found.decimal else "")]
    last = len(places) - 1 if _trims(found) else None
    return _joined(Writing(found, places, 0, negative, False, last).run())


def _joined(pieces: list[object]) -> str:
    """The pieces as one expression: neighbouring texts and neighbouring digits in one."""
    terms: list[str] = []
    run = ""  # texts not yet written
    start = end = -1  # digits not yet written
    for piece in [*pieces, None]:
        if isinstance(piece, int) and piece == end:
            end += 1
            continue
        if end > start:
            terms.append(f"substring(d, {start + 1}, {end - start})")
            start = end = -1
        if isinstance(piece, str):
            run += piece
            continue
        if run:
            terms.append(text(run))
            run = ""
        if isinstance(piece, int):
            start, end = piece, piece + 1
        elif isinstance(piece, Part):
            suffix = "{own}ordinal(cast(d as hugeint))"
            terms.append(suffix if piece.key == "th" else f"upper({suffix})")
    return " || ".join(terms) if terms else "''"


# One template: the text of every number with so many digits


@dataclass
class Writing:
    """The way through a pattern for a number. digits: its places, `.` between; blanks: digits that it has too few.

    last: the place of the last digit that FM keeps, the point where there is none. predecimal: it begins with the
    only 0 before the point.
    """

    shape: Shape
    digits: list[object]
    blanks: int
    negative: bool
    predecimal: bool
    last: int | None
    out: list[object] = field(default_factory=list)  # texts, and places of digits
    at: int = 0  # how many digits and points of the pattern were passed
    place: int = 0  # the next of the number's digits
    inside: bool = False
    signed: bool = False
    count: int = 0

    def run(self) -> list[object]:
        """Texts and places of digits, in order."""
        shape = self.shape
        self.signed = shape.minus or self._needs_no_sign()
        self.count = shape.places + shape.whole - 1 + (not self.signed and self.blanks == 0)
        for part in shape.parts:
            self._part(part)
        return self.out

    def _needs_no_sign(self) -> bool:
        shape = self.shape
        anchored = shape.leading_sign is not None or shape.trailing_sign
        return not self.negative and not shape.filled and not anchored

    def _part(self, part: Part) -> None:
        name, filled = part.name, self.shape.filled
        if name in ("9", "0", ".", "D"):
            self._digit(name)
        elif not part.key:
            self.out.append(part.text)
        elif name in (",", "G"):
            self.out += [","] if self.inside else [" "] if filled else []
        elif name == "L":
            self.out.append("$")
        elif name == "TH":
            overflow = self.digits[:1] == ["#"]
            self.out += [] if overflow or self.negative or self.shape.decimal else [part]
        elif name == "MI":
            self.out += ["-"] if self.negative else [" "] if filled else []
        elif name == "SG":
            self.out.append("-" if self.negative else "+")

    def _digit(self, name: str) -> None:
        self.inside = False
        self._sign()
        shape, zero = self.shape, self.shape.first_zero
        if self.at < self.blanks and (zero is None or zero > self.at):
            self.out += [" "] if shape.filled else []
        elif self.at < self.blanks:
            self.out.append("0")
            self.inside = True
        else:
            self._write(name)
            self.place += 1
        self._close()
        self.at += 1

    def _write(self, name: str) -> None:
        """The point, or a digit of the number."""
        digit = self.digits[self.place] if self.place < len(self.digits) else None
        cut = self.last is not None and self.place > self.last and name != "0"
        if digit is None:
            return
        if digit == ".":
            self.out.append(".")
        elif cut:
            return
        elif self._blank_zero():
            ends_in_point = self.last is not None and self.digits[self.last] == "."
            self.out += [" "] if self.shape.filled else ["0"] if ends_in_point else []
        else:
            self.out.append(digit)
            self.inside = True

    def _blank_zero(self) -> bool:
        """The 0 before the point is left out where the pattern has no 0."""
        shape = self.shape
        return shape.first_zero is None and self.place == 0 and self.predecimal and shape.places != 0

    def _sign(self) -> None:
        """The sign stands before the first digit that is written."""
        shape = self.shape
        begun = self.at >= self.blanks or shape.first_zero == self.at
        ends_in_point = self.last is not None and self.digits[self.last] == "."
        if self.signed or not begun or (self._blank_zero() and not ends_in_point):
            return
        if shape.leading_sign is not None:
            self.out.append("-" if self.negative else "+")
        elif shape.trailing_sign:
            return
        elif shape.bracket:
            if self.negative or shape.filled:
                self.out.append("<" if self.negative else " ")
        elif self.negative:
            self.out.append("-")
        elif shape.filled:
            self.out.append(" ")
        self.signed = True

    def _close(self) -> None:
        """The bracket or the sign behind the last digit."""
        shape = self.shape
        end = self.count + bool(self.blanks) + shape.decimal
        if self.last is not None and self.last == self.place:
            end = self.at
        if self.at + 1 != end:
            return
        if self.signed and shape.bracket and (self.negative or shape.filled):
            self.out.append(">" if self.negative else " ")
        elif shape.trailing_sign:
            self.out.append("-" if self.negative else "+")
