"""PREPARE, EXECUTE and DEALLOCATE: a statement with $1, $2 ..., run with other values each time.

Source: Redshift Developer Guide, PREPARE, EXECUTE, DEALLOCATE.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.warehouse import statements
from rsnb.warehouse.definitions.tables import read_type
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_KINDS = ("change", "query")


@dataclass(frozen=True)
class Prepared:
    """A prepared statement: its parameters' types as they were written, and its text."""

    types: tuple[str, ...]
    text: str

    def filled(self, values: list[str]) -> str:
        """The statement with values in place of its parameters, each cast to its type."""
        out, done = "", 0
        for start, end, index in _parameters(self.text):
            out += self.text[done:start] + _typed(values[index - 1], self.types[index - 1])
            done = end
        return out + self.text[done:]


def _typed(value: str, kind: str) -> str:
    """A value of a type; a type that is written without its length cuts nothing off."""
    bare = kind.lower() in ("char", "character", "bpchar", "varchar", "character varying", "nchar", "nvarchar",
                            "text", "decimal", "numeric", "dec", "varbyte", "unknown")  # fmt: skip
    return f"({value})" if bare else f"cast({value} as {kind})"


def _parameters(text: str) -> list[tuple[int, int, int]]:
    """(start, end, number) of each `$n`."""
    return [
        (mark.start, number.end, int(number.text))
        for mark, number in pairwise(Reader(text).tokens)
        if mark.text == "$" and number.text.isdigit() and mark.end == number.start
    ]


def prepare(session: Connection, sql: str) -> Outcome:
    """PREPARE name [(type, ...)] AS a query, INSERT, UPDATE or DELETE."""
    read = Reader(sql)
    read.expect("prepare")
    name = read.name()
    types = tuple(read.listed(lambda: _type(read))) if read.peek("(") else ()
    read.expect("as")
    start = read.next.start
    text = read.rest()
    if name in session.prepared:
        raise SqlError(f"{name} is prepared", sql=sql, position=0, hint=f"deallocate {name}")
    if statements.kind(text)[1] not in _KINDS:
        raise SqlError("SELECT, INSERT, UPDATE and DELETE can be prepared", sql=sql, position=start)
    for at, _, index in _parameters(text):
        if not 1 <= index <= len(types):
            raise SqlError(
                f"there is no parameter ${index}", sql=sql, position=start + at,
                hint=f"give its type: prepare {name} (type, ...) as ...",
            )  # fmt: skip
    session.prepared[name] = Prepared(types, text)
    return Outcome("PREPARE")


def _type(read: Reader) -> str:
    start = read.next.start
    read_type(read)  # raises for one that is not known
    return read.sql[start : read.last.end]


def execute(session: Connection, sql: str) -> Outcome:
    """EXECUTE name [(value, ...)]."""
    read = Reader(sql)
    read.expect("execute")
    name = read.name()
    known = _prepared(session, name, read)
    values = read.listed(lambda: _value(read)) if read.peek("(") else []
    read.done()
    if len(values) != len(known.types):
        raise SqlError(
            f"{name} takes {len(known.types)} values, not {len(values)}", sql=sql, position=0,
            hint=f"execute {name}({', '.join(known.types)})",
        )  # fmt: skip
    text = known.filled(values)
    phrase, handler = statements.kind(text)
    return session.handle(handler, phrase, text)


def _value(read: Reader) -> str:
    return read.expression(",", ")") or read.fail("expected a value")


def _prepared(session: Connection, name: str, read: Reader) -> Prepared:
    if name not in session.prepared:
        raise SqlError(
            f"nothing is prepared as {name}", sql=read.sql, position=read.last.start,
            hint=similar(name, session.prepared),
        )  # fmt: skip
    return session.prepared[name]


def deallocate(session: Connection, sql: str) -> Outcome:
    """DEALLOCATE [PREPARE] name | ALL."""
    read = Reader(sql)
    read.expect("deallocate")
    read.accept("prepare")
    if read.accept("all"):
        read.done()
        session.prepared.clear()
        return Outcome("DEALLOCATE ALL")
    name = read.name()
    _prepared(session, name, read)
    read.done()
    del session.prepared[name]
    return Outcome("DEALLOCATE")


HANDLERS = {"deallocate": deallocate, "execute": execute, "prepare": prepare}
