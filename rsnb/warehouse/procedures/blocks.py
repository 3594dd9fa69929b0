"""The parser of a procedure's body: blocks, their declarations, and what stands between two semicolons.

Source: Redshift Developer Guide, "Structure of PL/pgSQL".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from rsnb.errors import SqlError
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.procedures.tree import Block, Body, Declaration, Statement, Target, Targets, Text

VARIABLES = 1024


class Source:
    """Reads a body from left to right; parse reads one statement.

    labels: those of the blocks and loops around, loops marked.
    """

    def __init__(self, text: str, nonatomic: bool, parse: Callable[[Source], Statement]) -> None:
        self.read = Reader(text)
        self.nonatomic = nonatomic
        self.labels: list[tuple[str, bool]] = []
        self.handling = 0  # depth of exception handlers
        self._parse = parse
        self._variables = 0

    def whole(self) -> Block:
        """The block that is the whole body."""
        block = self.block(self.label())
        self.read.accept(";")
        self.read.done()
        return block

    def label(self) -> str:
        """`<<label>>` where one comes next."""
        if not self.read.accept("<", "<"):
            return ""
        name = self.read.name()
        self.read.expect(">", ">")
        return name

    def block(self, label: str) -> Block:
        """[DECLARE declarations] BEGIN statements [EXCEPTION WHEN OTHERS THEN statements] END."""
        start = self.read.next.start
        declarations: list[Declaration] = []
        while self.read.accept("declare"):
            while not (self.read.peek("begin") or self.read.peek("declare")):
                declarations.append(self._declaration(declarations))
        self.read.expect("begin")
        self.labels.append((label, False))
        body = self.body("exception", "end")
        handler = self._handler() if self.read.accept("exception") else None
        self.read.expect("end")
        self.labels.pop()
        self.end_label(label)
        return Block(start, label, tuple(declarations), body, handler)

    def body(self, *stops: str) -> Body:
        """Statements up to one of these words, which is not read."""
        found = []
        while not any(self.read.peek(stop) for stop in stops):
            if self.read.next.kind == "end":
                self.read.fail(f"expected {' or '.join(stops).upper()}")
            if not self.read.accept(";"):
                found.append(self._parse(self))
                if self.read.next.kind != "end":
                    self.read.expect(";")
        return tuple(found)

    def _handler(self) -> Body:
        self.read.expect("when")
        if not self.read.accept("others"):
            self.read.fail("expected OTHERS, the one condition that Redshift has")
        self.read.expect("then")
        self.handling += 1
        body = self.body("end", "when")
        self.handling -= 1
        if self.read.peek("when"):
            self.read.fail("OTHERS is the one condition, did not expect another WHEN")
        return body

    def end_label(self, label: str) -> None:
        """The label that may stand after END."""
        if self.read.next.kind in ("word", "identifier"):
            place = self.read.next.start
            if (name := self.read.name()) != label:
                self.refuse(f"the label here is {label or 'none'}, not {name}", place)

    def _declaration(self, known: list[Declaration]) -> Declaration:
        read = self.read
        start = read.next.start
        name = read.name()
        self._variables += 1
        if name in (d.name for d in known):
            self.refuse(f"{name} is declared twice", start)
        if self._variables > VARIABLES:
            self.refuse(f"a procedure has at most {VARIABLES:,} variables", start)
        if read.accept("alias", "for"):
            read.expect("$")
            declared = Declaration(name, start, alias=read.number())
        elif read.accept("cursor"):
            declared = self._cursor(name, start)
        else:
            declared = self._variable(name, start)
        read.expect(";")
        return declared

    def _cursor(self, name: str, start: int) -> Declaration:
        arguments: list[tuple[str, str]] = []
        if self.read.peek("("):
            arguments = self.read.listed(lambda: (self.read.name(), self.type(",", ")")))
        if not self.read.choose("for", "is"):
            self.read.fail("expected FOR and a query")
        return Declaration(name, start, "refcursor", query=self.until_semicolon(), arguments=tuple(arguments))

    def _variable(self, name: str, start: int) -> Declaration:
        read = self.read
        constant = read.accept("constant")
        kind = self.type("not", "default", ":", "=", ";")
        not_null = read.accept("not", "null")
        default = None
        if read.choose("default", ": =", "="):
            default = self.until_semicolon()
        if not_null and default is None:
            self.refuse(f"{name} is NOT NULL and has no default", start)
        return Declaration(name, start, kind, constant, not_null, default)

    def type(self, *stops: str) -> str:
        """A type as written."""
        return self.read.until(*stops) or self.read.fail("expected a type")

    def until_semicolon(self) -> Text:
        """The text up to the next semicolon."""
        return self.until(lambda: self.read.peek(";"), "expected an expression or a query")

    def until(self, stops: Callable[[], bool], missing: str) -> Text:
        """The text up to where this holds; what is missing when there is none."""
        start = end = self.read.next.start
        while self.read.next.kind != "end" and not stops():
            end = self.read.take().end
        if end == start:
            self.read.fail(missing)
        return Text(self.read.sql[start:end], start)

    def expression(self, *stops: str) -> Text:
        """An expression up to one of these words outside brackets and CASE."""
        start = self.read.next.start
        text = self.read.expression(*stops)
        return Text(text, start) if text else self.read.fail("expected an expression")

    def target(self) -> Target:
        """A variable, or a record's field."""
        if self.read.accept("$"):
            return (f"${self.read.number()}",)
        return self.read.path()

    def targets(self) -> Targets:
        """Variables with commas between."""
        return tuple(self.read.several(self.target))

    def refuse(self, message: str, place: int) -> NoReturn:
        """Raise a SqlError at a place of the body."""
        raise SqlError(message, sql=self.read.sql, position=place)
