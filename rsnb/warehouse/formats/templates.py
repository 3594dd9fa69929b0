"""One template of a numeric pattern: the text of every number with so many digits."""

from __future__ import annotations

from dataclasses import dataclass, field

from rsnb.warehouse.formats.pattern import Part
from rsnb.warehouse.formats.shapes import Shape


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
