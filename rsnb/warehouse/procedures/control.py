"""The parser of conditions and loops.

Source: Redshift Developer Guide, "Supported PL/pgSQL statements": conditionals, loops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.sql import tokens
from rsnb.warehouse.procedures import tree

if TYPE_CHECKING:
    from rsnb.warehouse.procedures.blocks import Source


def if_(source: Source, start: int) -> tree.Statement:
    """IF condition THEN ... [ELSIF condition THEN ...] [ELSE ...] END IF."""
    read = source.read
    branches = []
    while True:
        condition = source.expression("then")
        read.expect("then")
        branches.append((condition, source.body("elsif", "elseif", "else", "end")))
        if not read.choose("elsif", "elseif"):
            break
    otherwise = source.body("end") if read.accept("else") else ()
    read.expect("end", "if")
    return tree.If(start, tuple(branches), otherwise)


def case(source: Source, start: int) -> tree.Statement:
    """CASE [subject] WHEN value [, ...] THEN ... [ELSE ...] END CASE."""
    read = source.read
    subject = None if read.peek("when") else source.expression("when")
    branches = []
    while read.accept("when"):
        values = [source.expression(",", "then") if subject else source.expression("then")]
        while read.accept(","):
            values.append(source.expression(",", "then"))
        read.expect("then")
        branches.append((tuple(values), source.body("when", "else", "end")))
    if not branches:
        read.fail("expected WHEN")
    otherwise = source.body("end") if read.accept("else") else None
    read.expect("end", "case")
    return tree.Case(start, subject, tuple(branches), otherwise)


def loop(source: Source, start: int, label: str) -> tree.Statement:
    """LOOP ... END LOOP."""
    return tree.Loop(start, label, _looped(source, label))


def while_(source: Source, start: int, label: str) -> tree.Statement:
    """WHILE condition LOOP ... END LOOP."""
    source.read.expect("while")
    condition = source.expression("loop")
    return tree.Loop(start, label, _looped(source, label), condition)


def for_(source: Source, start: int, label: str) -> tree.Statement:
    """FOR over whole numbers, over a query's rows, or over those of a query made of text."""
    read = source.read
    read.expect("for")
    targets = source.targets()
    read.expect("in")
    dynamic = read.accept("execute")
    reverse = not dynamic and read.accept("reverse")
    query = dynamic or read.peek("select") or read.peek("with") or read.peeks_query()
    text = source.expression("loop")
    if query:
        return tree.Rows(start, label, targets, text, dynamic, _looped(source, label))
    bounds = _bounds(text)
    if bounds is None:
        source.refuse("FOR goes over low .. high, a query or EXECUTE text", text.start)
    if len(targets) != 1 or len(targets[0]) != 1:
        source.refuse("FOR over whole numbers has one variable", start)
    return tree.Count(start, label, targets[0][0], *bounds, reverse, _looped(source, label))


def _bounds(text: tree.Text) -> tuple[tree.Text, tree.Text] | None:
    """The two sides of the first `..`."""
    for token in tokens(text.text):
        at = text.text.find("..", token.start, token.end + 1)
        if token.kind in ("number", "mark") and at >= 0:
            low, high = text.text[:at], text.text[at + 2 :]
            if low.strip() and high.strip():
                return tree.Text(low, text.start), tree.Text(high, text.start + at + 2)
    return None


def _looped(source: Source, label: str) -> tree.Body:
    source.read.expect("loop")
    source.labels.append((label, True))
    body = source.body("end")
    source.labels.pop()
    source.read.expect("end", "loop")
    source.end_label(label)
    return body


def leave(source: Source, start: int) -> tree.Statement:
    """EXIT or CONTINUE [label] [WHEN condition]."""
    read = source.read
    again = read.last.text.lower() == "continue"
    label = ""
    if not (read.peek("when") or read.peek(";")):
        label = read.name()
    known = [name for name, loops in source.labels if (loops or not again) and name]
    if label and label not in known:
        source.refuse(f"there is no {'loop' if again else 'loop or block'} {label} around this", start)
    if not label and not any(loops for _, loops in source.labels):
        source.refuse(f"{'CONTINUE' if again else 'EXIT'} without a label stands in a loop", start)
    condition = source.until_semicolon() if read.accept("when") else None
    return tree.Leave(start, label, again, condition)
