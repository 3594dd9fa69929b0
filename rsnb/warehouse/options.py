"""The options of COPY and UNLOAD: words with arguments, in any order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from rsnb.errors import SqlError, UnsupportedSql, similar
from rsnb.warehouse import authorization
from rsnb.warehouse.authorization import Authorization
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.secrets import hidden

Argument = Callable[[Reader], Any]
COMPRESSIONS = ("bzip2", "gzip", "lzop", "zstd")


def flag(read: Reader) -> bool:
    """An option without an argument."""
    return True


def string(read: Reader) -> str:
    """`[AS] 'text'`."""
    read.accept("as")
    return read.string()


def string_or(default: str) -> Argument:
    """`[AS] ['text']`."""

    def argument(read: Reader) -> str:
        read.accept("as")
        return read.string() if read.next.kind == "string" else default

    return argument


def number(read: Reader) -> int:
    """`[AS] number`."""
    read.accept("as")
    return read.number()


def word(read: Reader) -> str:
    """`[AS] word`, in quotes or not."""
    read.accept("as")
    return (read.string() if read.next.kind == "string" else read.take().text).lower()


def switch(read: Reader) -> bool:
    """`[ON | TRUE | OFF | FALSE]`; nothing is ON."""
    return read.choose("on", "true", "off", "false") not in ("off", "false")


def refused(construct: str) -> Argument:
    """An option of Redshift's that is not run here."""

    def argument(read: Reader) -> NoReturn:
        raise UnsupportedSql(
            f"{construct} is not supported by the embedded warehouse", sql=read.sql, position=read.last.start
        )

    return argument


_OCTAL = re.compile(r"\\([0-7]{1,3})")
_NAMED = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\v": "\v", "\\f": "\f", "\\b": "\b", "\\0": "\0"}


def characters(text: str) -> str:
    """What the text of a delimiter, a quotation mark or a NULL mark stands for: itself, `\\t`, `\\0` or `\\ddd`."""
    if text in _NAMED:
        return _NAMED[text]
    return _OCTAL.sub(lambda m: chr(int(m[1], 8)), text) if re.fullmatch(r"(\\[0-7]{3})+", text) else text


class Options:
    """The options of a statement as they were given; an error about one of them stands at its name."""

    def __init__(self, read: Reader, statement: str) -> None:
        self.read = read
        self.statement = statement
        self.given: dict[str, Any] = {}
        self.authorization = Authorization()

    def __contains__(self, name: object) -> bool:
        return name in self.given

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The option's argument, or a default."""
        return self.given.get(name, default)

    def wrong(self, name: str, message: str, hint: str | None = None) -> NoReturn:
        """Raise a SqlError at an option."""
        raise SqlError(message, sql=self.read.sql, position=place_of(self.read.sql, name), hint=hint)

    def refuse(self, name: str, construct: str, hint: str | None = None) -> NoReturn:
        """Raise an UnsupportedSql at an option."""
        raise UnsupportedSql(
            f"{construct} is not supported by the embedded warehouse",
            sql=self.read.sql,
            position=place_of(self.read.sql, name),
            hint=hint,
        )

    def together(self, name: str, others: tuple[str, ...]) -> None:
        """Raise when an option stands with one that it does not go with."""
        for other in others if name in self else ():
            if other in self:
                self.wrong(other, f"{name.upper()} is not compatible with {other.upper()}")

    def between(self, name: str, least: int, most: int) -> None:
        """Raise unless an option's number, if it is given, is in these bounds."""
        if not least <= self.get(name, least) <= most:
            self.wrong(name, f"{name.upper()} is {least} to {most}")

    @property
    def compression(self) -> str:
        """The compression named, or `none`."""
        return next((c for c in COMPRESSIONS if c in self), "none")


def reader(sql: str) -> Reader:
    """A reader over a statement whose keys are in none of its errors."""
    return Reader(hidden(sql))


def parse(read: Reader, statement: str, original: str, known: Mapping[str, Argument]) -> Options:
    """Read all options to the end of the statement; an unknown or a repeated one is an error."""
    options = Options(read, statement)
    while read.next.kind != "end":
        if read.accept("format"):
            read.accept("as")
        elif read.peek("with", "credentials") or read.peek(","):
            read.take()
        name = read.next.text.lower()
        if name in authorization.OPTIONS:
            read.take()
            authorization.read_option(read, name, original, options.authorization)
        elif name in known and read.next.kind == "word":
            read.take()
            if name in options:
                options.wrong(name, f"{name.upper()} is given twice")
            options.given[name] = known[name](read)
        else:
            _unknown(read, statement, known)
    authorization.check(read, options.authorization)
    compressions = [c for c in COMPRESSIONS if c in options]
    if len(compressions) > 1:
        options.wrong(compressions[1], f"{statement} takes one compression")
    return options


def _unknown(read: Reader, statement: str, known: Mapping[str, Argument]) -> NoReturn:
    raise SqlError(
        f"{statement} has no option {read.next.text}",
        sql=read.sql,
        position=max(read.next.start, 0),
        hint=similar(read.next.text, [*known, *authorization.OPTIONS]),
    )
