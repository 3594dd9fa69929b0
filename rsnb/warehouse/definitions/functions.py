"""SQL functions of the user's: one expression over $1, $2, ..., kept as a DuckDB macro.

Source: Redshift Developer Guide, CREATE FUNCTION.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.types import parse as parse_type
from rsnb.warehouse.definitions.places import schema_for
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader, unquote
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def create_function(session: Connection, sql: str) -> Outcome:
    """CREATE [OR REPLACE] FUNCTION ... LANGUAGE SQL: one expression over $1, $2, ..."""
    read = Reader(sql)
    read.expect("create")
    replace = read.accept("or", "replace")
    read.expect("function")
    name = read.qualified()
    _refuse_language(sql)
    read.expect("(")
    arguments = []
    while not read.accept(")"):
        arguments.append(str(parse_type(read.until(",", ")"))))
        read.accept(",")
    read.expect("returns")
    returns = read.until("volatile", "stable", "immutable", "as")
    returns = str(parse_type(returns))
    if not read.choose("volatile", "stable", "immutable"):
        read.fail("expected VOLATILE, STABLE or IMMUTABLE")
    read.expect("as")
    if read.next.kind not in ("dollar", "string"):
        read.fail("expected the body, between $$")
    body = _function_body(read.take().text)
    read.expect("language")
    if not read.accept("sql"):
        read.refuse(f"a function in {read.next.text.upper()} (Redshift runs SQL functions only)")
    schema = schema_for(session, name, sql)
    if name[-1] in session.relations.functions and not replace:
        raise SqlError(f"the function {name[-1]} exists", sql=sql, hint="create or replace function")
    _create_macro(session, schema, name[-1], arguments, returns, body)
    return Outcome("CREATE FUNCTION")


def _refuse_language(sql: str) -> None:
    found = [t.text for t in Reader(sql).tokens]
    for before, word in pairwise(found):
        if before.lower() == "language" and word.lower() != "sql":
            raise UnsupportedSql(
                f"a function in {word.upper()} is not supported by the embedded warehouse", sql=sql,
                position=place_of(sql, word),
            )  # fmt: skip


def _function_body(literal: str) -> str:
    text = literal.split("$", 2)[2].rsplit("$", 2)[0] if literal.startswith("$") else unquote(literal)
    read = Reader(text)
    read.expect("select")
    return read.rest()


def _create_macro(session: Connection, schema: str, name: str, arguments: list[str], returns: str, body: str) -> None:
    kinds = [parse_type(a).duckdb for a in arguments]
    expression = session.translator.expression(
        _with_named_arguments(body, arguments), {f"p{i}": kind for i, kind in enumerate(kinds, 1)}
    )
    names = ", ".join(f"p{i}" for i in range(1, len(arguments) + 1))
    value = f"CAST({expression} AS {parse_type(returns).duckdb})"

    def work() -> None:
        session.db.execute(f"CREATE OR REPLACE MACRO {place(schema, name)}({names}) AS {value}")
        session.catalog.put(
            "sql_function", {"schemaname": schema, "name": name}, arguments=arguments, returns=returns, body=body
        )

    session.together(work)
    session.changed()


def _with_named_arguments(body: str, arguments: list[str]) -> str:
    """`$1` becomes the first argument, cast to its declared type."""
    out, done = "", 0
    found = Reader(body).tokens
    for mark, number in pairwise(found):
        if mark.text == "$" and number.text.isdigit() and mark.end == number.start:
            index = int(number.text)
            if not 1 <= index <= len(arguments):
                raise SqlError(f"there is no argument ${index}", sql=body, position=mark.start)
            out += body[done : mark.start] + f"cast(p{index} as {arguments[index - 1]})"
            done = number.end
    return out + body[done:]


def drop_function(session: Connection, sql: str) -> Outcome:
    """DROP FUNCTION name(types) [CASCADE | RESTRICT]."""
    read = Reader(sql)
    read.expect("drop", "function")
    name = read.qualified()[-1]
    read.expect("(")
    read.until(")")
    read.expect(")")
    read.choose("cascade", "restrict")
    read.done()
    function = session.relations.functions.get(name)
    if function is None:
        raise SqlError(f"there is no function {name}", sql=sql, position=place_of(sql, name))
    session.db.execute(f"DROP MACRO {place(function.schema, name)}")
    session.catalog.drop("sql_function", schemaname=function.schema, name=name)
    session.changed()
    return Outcome()


HANDLERS = {"create_function": create_function, "drop_function": drop_function}
