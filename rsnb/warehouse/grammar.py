"""A reader over SQL tokens, for the statements that Redshift alone has."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.sql import Token, tokens
from rsnb.warehouse.reserved import UNNAMED

NAME_BYTES = 127
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
T = TypeVar("T")
_END = Token("end", "", -1, -1)


def cut(name: str) -> str:
    """A name as Redshift keeps it: its first 127 bytes, in whole characters."""
    return name if len(name) < 32 else name.encode()[:NAME_BYTES].decode(errors="ignore")


class Reader:
    """Reads one statement from left to right; every miss is a SqlError at its place."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = [t for t in tokens(sql) if t.kind != "comment"]
        self._at = 0

    @property
    def next(self) -> Token:
        """The token that comes next; of kind `end` at the end."""
        return self.tokens[self._at] if self._at < len(self.tokens) else _END

    def after(self, count: int) -> Token:
        """The token that comes so many after the next one; of kind `end` behind the end."""
        at = self._at + count
        return self.tokens[at] if at < len(self.tokens) else _END

    def peek(self, *words: str) -> bool:
        """Whether these words or marks come next."""
        ahead = self.tokens[self._at : self._at + len(words)]
        return [t.text.lower() for t in ahead] == list(words) and all(t.kind != "string" for t in ahead)

    def accept(self, *words: str) -> bool:
        """Read these words if they come next."""
        if not self.peek(*words):
            return False
        self._at += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Read these words, or raise."""
        if not self.accept(*words):
            self.fail(f"expected {' '.join(words).upper()}")

    def choose(self, *phrases: str) -> str | None:
        """Read the first of these phrases that comes next and return it."""
        return next((phrase for phrase in phrases if self.accept(*phrase.split())), None)

    @property
    def last(self) -> Token:
        """The token that was read last."""
        return self.tokens[self._at - 1]

    def take(self) -> Token:
        """Read one token, whatever it is."""
        token = self.next
        if token.kind == "end":
            self.fail("the statement ends too early")
        self._at += 1
        return token

    def name(self) -> str:
        """An identifier, folded to lower case and cut at 127 bytes as Redshift does, quotes removed."""
        mark = "#" if self.accept("#") else ""  # a temporary table
        if self.next.kind not in ("word", "identifier") or self.next.text == '""':
            self.fail("expected a name")
        text = self.take().text
        whole = mark + (text[1:-1].replace('""', '"') if text[0] == '"' else text).lower()
        return cut(whole)

    def identifier(self) -> str:
        """The name of a table, a column or the like: a reserved word is none unless it is quoted."""
        word = self.next
        if word.kind == "word" and word.text.lower() in UNNAMED:
            raise SqlError(
                f"syntax error at or near {word.text!r}: it is a reserved word",
                sql=self.sql, position=word.start, hint=f'write "{word.text.lower()}"',
            )  # fmt: skip
        return self.name()

    def verbatim(self) -> str:
        """A string, or a name in the letters that it was written in."""
        if self.next.kind == "string":
            return self.string()
        self.name()
        return self.last.text.strip('"')

    def qualified(self) -> tuple[str, ...]:
        """The name of a table, a function or the like, with what stands before its dots."""
        return (self.identifier(), *self._behind_dots())

    def path(self) -> tuple[str, ...]:
        """A name with what stands before its dots, whatever its words."""
        return (self.name(), *self._behind_dots())

    def _behind_dots(self) -> list[str]:
        parts = []
        while self.accept("."):
            parts.append(self.name())
        return parts

    def string(self) -> str:
        """A string literal's value; a backslash before a letter stays, as COPY options are read."""
        if self.next.kind != "string":
            self.fail("expected a string in single quotes")
        return unquote(self.take().text)

    def number(self) -> int:
        """A whole number."""
        if not self.next.text.isdigit():
            self.fail("expected a whole number")
        return int(self.take().text)

    def signed(self) -> int:
        """A whole number with or without a minus."""
        return -self.number() if self.accept("-") else self.number()

    def peeks_query(self) -> bool:
        """Whether a query in brackets comes next."""
        return self.peek("(", "select") or self.peek("(", "with") or self.peek("(", "(")

    def peeks_names(self) -> bool:
        """Whether `(name)` or `(name, ...` comes next: names without types."""
        ahead = [t.text for t in self.tokens[self._at : self._at + 3]]
        return len(ahead) == 3 and ahead[2] in (",", ")")

    def names(self) -> list[str]:
        """`(name, name, ...)`."""
        return self.listed(self.identifier)

    def listed(self, item: Callable[[], T]) -> list[T]:
        """`(item, item, ...)`."""
        self.expect("(")
        items = [item()]
        while self.accept(","):
            items.append(item())
        self.expect(")")
        return items

    def several(self, item: Callable[[], T]) -> list[T]:
        """`item, item, ...`."""
        items = [item()]
        while self.accept(","):
            items.append(item())
        return items

    def either(self, one: Callable[[], T], other: Callable[[], T]) -> T:
        """What the first reads; what the second reads, from the same place, where the first fails."""
        at = self._at
        try:
            return one()
        except SqlError:
            self._at = at
            return other()

    def rest(self) -> str:
        """The text from here to the end."""
        token = self.next
        self._at = len(self.tokens)
        return "" if token.kind == "end" else self.sql[token.start :]

    def until(self, *stops: str) -> str:
        """The text up to the first of these marks that stands outside brackets; the mark is not read."""
        start = self.next.start
        depth = 0
        end = start
        while self.next.kind != "end":
            text = self.next.text.lower()
            if depth == 0 and text in stops:
                break
            depth += (text in "([{<") - (text in ")]}>") if len(text) == 1 else 0
            end = self.take().end
        return self.sql[start:end] if end > start else ""

    def expression(self, *stops: str) -> str:
        """The text of an expression up to the first of these words or marks outside brackets and CASE ... END."""
        start = end = self.next.start
        depth = 0
        while self.next.kind != "end":
            text = self.next.text.lower()
            if depth == 0 and self.next.kind != "string" and text in stops:
                break
            depth += (text in ("(", "[", "case")) - (text in (")", "]", "end"))
            end = self.take().end
        return self.sql[start:end]

    def done(self) -> None:
        """Raise unless the statement ends here."""
        if self.next.kind != "end":
            self.fail(f"did not expect {self.next.text!r}")

    def fail(self, message: str) -> NoReturn:
        """Raise a SqlError at the next token."""
        at = self.next
        raise SqlError(
            message + (" at the end" if at.kind == "end" else f", found {at.text!r}" if "expected" in message else ""),
            sql=self.sql,
            position=len(self.sql) if at.kind == "end" else at.start,
        )

    def refuse(self, construct: str, reason: str = "") -> NoReturn:
        """Raise an UnsupportedSql that names the construct, and says why."""
        raise UnsupportedSql(
            f"{construct} is not supported by the embedded warehouse" + (reason and f": {reason}"),
            sql=self.sql,
            position=max(self.next.start, 0),
        )


def unquote(literal: str) -> str:
    """The value of a string literal; `\\t` and other escapes of letters are kept as written."""
    inner = literal[1:-1].replace("''", "'")
    return _ESCAPE.sub(lambda m: m[1] if m[1] in "'\\" else m[0], inner)
