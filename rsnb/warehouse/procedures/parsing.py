"""The statements of PL/pgSQL, by their first words; everything else is SQL.

Source: Redshift Developer Guide, "Supported PL/pgSQL statements".
"""

from __future__ import annotations

from collections.abc import Callable

from rsnb.warehouse.procedures import tree
from rsnb.warehouse.procedures.blocks import Source
from rsnb.warehouse.procedures.commands import call, command, select_into
from rsnb.warehouse.procedures.control import case, for_, if_, leave, loop, while_

LEVELS = ("log", "info", "notice", "warning", "exception")


def parse_body(text: str, nonatomic: bool) -> tree.Block:
    """The tree of a procedure's body; raises SqlError or UnsupportedSql at its place in the body."""
    return Source(text, nonatomic, _statement).whole()


def _statement(source: Source) -> tree.Statement:
    start = source.read.next.start
    label = source.label()
    for words, parse in _LABELLED.items():
        if source.read.peek(*words):
            return parse(source, start, label)
    if label:
        source.read.fail("expected a block or a loop after its label")
    if target := source.read.either(lambda: _assigned(source), lambda: None):
        return tree.Assign(start, target, source.until_semicolon())
    for words, plain in _PLAIN.items():
        if source.read.accept(*words):
            return plain(source, start)
    return command(source, start)


def _assigned(source: Source) -> tree.Target | None:
    target = source.target()
    if not source.read.choose(": =", "="):
        source.read.fail("expected :=")
    return target


def _block(source: Source, start: int, label: str) -> tree.Statement:
    return source.block(label)


def _return(source: Source, start: int) -> tree.Statement:
    if not source.read.peek(";"):
        source.read.fail("RETURN gives nothing back: a procedure has OUT arguments")
    return tree.Return(start)


def _raise(source: Source, start: int) -> tree.Statement:
    read = source.read
    if read.peek(";"):
        if not (source.nonatomic and source.handling):
            source.refuse("RAISE alone stands in the exception handler of a NONATOMIC procedure", start)
        return tree.Raise(start)
    level = read.choose(*LEVELS) or read.fail(f"expected {', '.join(LEVELS).upper()}")
    text = read.string()
    arguments = []
    while read.accept(","):
        place = read.next.start
        source.target()
        if not (read.peek(",") or read.peek(";")):
            source.refuse("RAISE takes variables, not expressions: assign it to one first", place)
        arguments.append(tree.Text(read.sql[place : read.last.end], place))
    if text.replace("%%", "").count("%") != len(arguments):
        source.refuse(f"RAISE has {len(arguments)} variables, and its text another number of %", start)
    return tree.Raise(start, level, text, tuple(arguments))


def _open(source: Source, start: int) -> tree.Statement:
    cursor = source.target()
    if source.read.accept("for"):
        dynamic = source.read.accept("execute")
        return tree.Open(start, cursor, source.until_semicolon(), dynamic)
    arguments: list[tree.Text] = []
    if source.read.peek("("):
        arguments = source.read.listed(lambda: source.expression(",", ")"))
    return tree.Open(start, cursor, arguments=tuple(arguments))


def _fetch(source: Source, start: int) -> tree.Statement:
    cursor = source.target()
    if not source.read.accept("into"):
        source.read.fail("expected INTO: FETCH takes the next row into variables")
    return tree.Fetch(start, cursor, source.targets())


def _close(source: Source, start: int) -> tree.Statement:
    return tree.Close(start, source.target())


def _diagnostics(source: Source, start: int) -> tree.Statement:
    target = source.target()
    if not source.read.choose(": =", "="):
        source.read.fail("expected :=")
    source.read.expect("row_count")
    return tree.Diagnostics(start, target)


def _execute(source: Source, start: int) -> tree.Statement:
    text = source.expression(";", "into", "using")
    if source.read.peek("using"):
        source.read.fail("EXECUTE takes no USING: put values into the text with quote_literal")
    return tree.Execute(start, text, source.targets() if source.read.accept("into") else ())


def _perform(source: Source, start: int) -> tree.Statement:
    text = source.until_semicolon()
    head = source.read.sql[start : text.start]
    query = "select".ljust(len(head)) + text.text  # so that errors keep their place
    return tree.Sql(start, tree.Text(query, start), discard=True)


def _control(kind: str) -> Callable[[Source, int], tree.Statement]:
    def parse(source: Source, start: int) -> tree.Statement:
        if kind == "start" and not source.nonatomic:
            source.refuse("START TRANSACTION stands in a NONATOMIC procedure only", start)
        source.read.choose("work", "transaction")
        return tree.Control(start, kind)

    return parse


_LABELLED: dict[tuple[str, ...], Callable[[Source, int, str], tree.Statement]] = {
    ("begin",): _block,
    ("declare",): _block,
    ("for",): for_,
    ("loop",): loop,
    ("while",): while_,
}
_PLAIN: dict[tuple[str, ...], Callable[[Source, int], tree.Statement]] = {
    ("abort",): _control("rollback"),
    ("call",): call,
    ("case",): case,
    ("close",): _close,
    ("commit",): _control("commit"),
    ("continue",): leave,
    ("execute",): _execute,
    ("exit",): leave,
    ("fetch",): _fetch,
    ("get", "diagnostics"): _diagnostics,
    ("if",): if_,
    ("null",): lambda source, start: tree.Nothing(start),
    ("open",): _open,
    ("perform",): _perform,
    ("raise",): _raise,
    ("return",): _return,
    ("rollback",): _control("rollback"),
    ("select",): select_into,
    ("start", "transaction"): _control("start"),
    ("with",): select_into,
}
