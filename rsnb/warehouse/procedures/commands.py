"""SQL inside a procedure: which statements may stand there, SELECT ... INTO, CALL.

Source: Redshift Developer Guide, "Limits and differences for stored procedure support", SELECT INTO, CALL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import statements
from rsnb.warehouse.procedures import tree

if TYPE_CHECKING:
    from rsnb.warehouse.procedures.blocks import Source

# Statements that need a transaction of their own, and those of cursors and transactions that PL/pgSQL has its own of.
_REFUSED = {
    "begin": "a procedure stands in a transaction; a NONATOMIC one has START TRANSACTION",
    "cancel": "it ends the session's own statement",
    "create_external_table": "",
    "create_procedure": "",
    "deallocate": "",
    "prepare": "EXECUTE runs a text",
    "use": "",
    "vacuum": "",
}


def check_kind(sql: str) -> str:
    """The handler's name of a statement that may stand in a procedure; raises for another."""
    phrase, handler = statements.kind(sql)
    words = sql.lower().split()
    append = handler == "alter_table" and "append" in words
    if handler in _REFUSED or append or words[:2] == ["set", "local"]:
        shown = "ALTER TABLE APPEND" if append else "SET LOCAL" if handler == "set" else phrase.upper()
        raise SqlError(f"{shown} can't run in a procedure", sql=sql, position=0, hint=_REFUSED.get(handler) or None)
    return handler


def command(source: Source, start: int) -> tree.Statement:
    """Any other statement of SQL."""
    text = source.until_semicolon()
    _checked(source, text)
    return tree.Sql(start, text)


def _checked(source: Source, text: tree.Text) -> None:
    try:
        check_kind(text.text)
    except SqlError as exc:
        exc.sql, exc.position = source.read.sql, text.start + (exc.position or 0)
        raise


def select_into(source: Source, start: int) -> tree.Statement:
    """SELECT [INTO variables]: INTO may stand anywhere outside brackets."""
    read = source.read
    depth = 0
    while read.next.kind != "end" and not (depth == 0 and (read.peek(";") or read.peek("into"))):
        text = read.take().text
        depth += (text == "(") - (text == ")")
    head = read.sql[start : read.last.end]
    if not read.peek("into"):
        _checked(source, tree.Text(head, start))
        return tree.Sql(start, tree.Text(head, start))
    place = read.take().start
    if word := read.choose("temp", "temporary", "table"):
        source.refuse(f"SELECT INTO {word.upper()} makes no table in a procedure: create table ... as select", place)
    targets = source.targets()
    rest = tree.Text("", start + len(head))
    if not read.peek(";"):
        rest = source.until_semicolon()
    gap = " " * (rest.start - len(head) - start)  # so that errors keep their place
    return tree.Sql(start, tree.Text(head + gap + rest.text, start), targets)


def call(source: Source, start: int) -> tree.Statement:
    """CALL procedure(arguments)."""
    read = source.read
    name = read.qualified()
    arguments: list[tree.Text] = []
    if read.accept("(", ")"):
        return tree.Call(start, name, ())
    arguments = read.listed(lambda: source.expression(",", ")"))
    return tree.Call(start, name, tuple(arguments))
