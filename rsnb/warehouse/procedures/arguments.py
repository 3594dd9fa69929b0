"""The arguments of a procedure.

Source: Redshift Developer Guide, CREATE PROCEDURE.
"""

from __future__ import annotations

from dataclasses import dataclass

from rsnb.errors import SqlError
from rsnb.types import parse as parse_type
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.procedures.variables import REFCURSOR, kind_of

ARGUMENTS = 32  # of input, and of output
_MODES = ("inout", "in", "out")


@dataclass(frozen=True)
class Argument:
    """An argument: its name (empty when it has none), in, out or inout, and its type without a length."""

    name: str
    mode: str
    type: str

    def shown(self) -> str:
        """As SHOW PROCEDURE prints it."""
        mode = "" if self.mode == "in" else self.mode.upper()
        return " ".join(part for part in (mode, self.name, self.type) if part)


def bare(text: str) -> str:
    """A type's name without length or precision, as procedures keep those of their arguments."""
    return REFCURSOR if text.lower() == REFCURSOR else parse_type(text).rule.name


def read_arguments(read: Reader) -> list[Argument]:
    """`([name] [mode] type, ...)`."""
    read.expect("(")
    found: list[Argument] = []
    while not read.accept(")"):
        place = read.next.start
        argument = _argument(read)
        if argument.name and argument.name in (a.name for a in found):
            raise SqlError(f"the argument {argument.name} is declared twice", sql=read.sql, position=place)
        found.append(argument)
        if not read.peek(")"):
            read.expect(",")
    for way, mode in (("input", "in"), ("output", "out")):
        if sum(mode in a.mode for a in found) > ARGUMENTS:
            raise SqlError(f"a procedure has at most {ARGUMENTS} {way} arguments", sql=read.sql, position=0)
    return found


def _argument(read: Reader) -> Argument:
    """`[name] [mode] type`, where name and mode may change places."""
    mode = read.choose(*_MODES)

    def typed() -> str:
        start = read.next.start
        text = read.until(",", ")")
        try:
            kind_of(text, argument=True)
        except SqlError as exc:
            exc.sql, exc.position = read.sql, start
            raise
        return text

    def named() -> Argument:
        name = read.name()
        after = mode or read.choose(*_MODES) or "in"
        return Argument(name, after, bare(typed()))

    place = read.next
    alone = place.text.lower() != REFCURSOR and read.after(1).text not in (",", ")", "(")
    if alone or (read.after(1).kind == "word" and read.after(1).text.lower() in (REFCURSOR, *_MODES)):
        return read.either(lambda: Argument("", mode or "in", bare(typed())), named)
    return Argument("", mode or "in", bare(typed()))


def read_signature(read: Reader) -> list[str] | None:
    """The types of the input arguments, or None where no brackets stand."""
    if not read.peek("("):
        return None
    return [a.type for a in read_arguments(read) if a.mode != "out"]
