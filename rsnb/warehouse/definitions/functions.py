"""SQL functions of the user's: one expression over $1, $2, ..., kept as a DuckDB macro for each signature.

Source: Redshift Developer Guide, CREATE FUNCTION, ALTER FUNCTION, DROP FUNCTION.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql, similar
from rsnb.types import Type
from rsnb.types import parse as parse_type
from rsnb.warehouse.definitions.drops import drop_local
from rsnb.warehouse.definitions.places import Name, schema_for, split
from rsnb.warehouse.definitions.tables import read_type
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.functions import FUNCTIONS
from rsnb.warehouse.grammar import Reader, unquote
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges.principals import existing, read_principal
from rsnb.warehouse.relations import Function, Relation, signature
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_VOLATILITY = ("volatile", "stable", "immutable")


@dataclass(frozen=True)
class CreateFunction:
    """A parsed CREATE FUNCTION; body is the expression after SELECT."""

    name: Name
    replace: bool
    arguments: tuple[Type, ...]
    returns: Type
    volatility: str
    body: str


def parse_create_function(sql: str) -> CreateFunction:
    """Read a CREATE [OR REPLACE] FUNCTION ... LANGUAGE SQL."""
    read = Reader(sql)
    read.expect("create")
    replace = read.accept("or", "replace")
    read.expect("function")
    name = read.qualified()
    _refuse_language(sql)
    arguments = tuple(_types(read))
    read.expect("returns")
    returns = _whole(read)
    volatility = read.choose(*_VOLATILITY) or read.fail("expected VOLATILE, STABLE or IMMUTABLE")
    read.expect("as")
    if read.next.kind not in ("dollar", "string"):
        read.fail("expected the body, between $$")
    body = _expression(read.take().text)
    read.expect("language", "sql")
    read.done()
    return CreateFunction(name, replace, arguments, returns, volatility, body)


def _types(read: Reader) -> list[Type]:
    """`(type, type, ...)`, or `()`."""
    if read.accept("(", ")"):
        return []
    return read.listed(lambda: _whole(read))


def _whole(read: Reader) -> Type:
    """A type; a text whose length is not written is as long as it can be."""
    start = read.next.start
    kind = read_type(read)
    bare = "(" not in read.sql[start : read.last.end]
    return parse_type(f"{kind.rule.name}(max)") if bare and kind.rule.short == "varchar" else kind


def _refuse_language(sql: str) -> None:
    found = [t.text for t in Reader(sql).tokens]
    for before, word in pairwise(found):
        if before.lower() == "language" and word.lower() != "sql":
            raise UnsupportedSql(
                f"a function in {word.upper()} is not supported by the embedded warehouse", sql=sql,
                position=place_of(sql, word), hint="write it as one SQL expression over $1, $2 ...",
            )  # fmt: skip


def _expression(literal: str) -> str:
    text = literal.split("$", 2)[2].rsplit("$", 2)[0] if literal.startswith("$") else unquote(literal)
    read = Reader(text)
    read.expect("select")
    return read.rest().rstrip().removesuffix(";")


def create_function(session: Connection, sql: str) -> Outcome:
    """CREATE [OR REPLACE] FUNCTION ... LANGUAGE SQL; overloads differ in their arguments' types."""
    parsed = parse_create_function(sql)
    schema, name = schema_for(session, parsed.name, sql), parsed.name[-1]
    if name in FUNCTIONS:
        raise UnsupportedSql(
            f"a function named {name}, as one of Redshift's own, is not supported by the embedded warehouse", sql=sql,
            position=place_of(sql, name), hint=f"name it f_{name}",
        )  # fmt: skip
    types = signature(parsed.arguments)
    known = _found(session, schema, name, types)
    if known is not None and not parsed.replace:
        raise SqlError(
            f"the function {name}({types}) exists", sql=sql, position=place_of(sql, name),
            hint="create or replace function",
        )  # fmt: skip
    if known is not None and parse_type(known.returns).rule is not parsed.returns.rule:
        raise SqlError(
            f"the function {name}({types}) returns {known.returns}: OR REPLACE keeps that", sql=sql,
            position=place_of(sql, "returns"), hint="drop it first",
        )  # fmt: skip
    definition = _definition(session, parsed)

    def work() -> None:
        session.db.execute(f"CREATE OR REPLACE MACRO {place(schema, f'{name}({types})')}{definition}")
        session.catalog.drop("sql_function", schemaname=schema, name=name, types=types)
        session.catalog.add("sql_function", [{
            "schemaname": schema, "name": name, "types": types, "arguments": [str(t) for t in parsed.arguments],
            "returns": str(parsed.returns), "body": parsed.body, "volatility": parsed.volatility,
        }])  # fmt: skip
        if known is None:
            session.catalog.grant_defaults("function", schema, f"{name}({types})")

    session.transaction.together(work)
    session.shared.catalog_changed()
    return Outcome("CREATE FUNCTION")


def _found(session: Connection, schema: str, name: str, types: str) -> Function | None:
    known = session.snapshot.relations.functions.get(name, [])
    return next((f for f in known if (f.schema, f.types) == (schema, types)), None)


def _definition(session: Connection, parsed: CreateFunction) -> str:
    """The arguments and the body of DuckDB's macro."""
    kinds = [t.duckdb for t in parsed.arguments]
    expression = session.snapshot.translator.expression(
        _with_named_arguments(parsed.body, parsed.arguments), {f"p{i}": kind for i, kind in enumerate(kinds, 1)}
    )
    names = ", ".join(f"p{i}" for i in range(1, len(kinds) + 1))
    return f"({names}) AS CAST({expression} AS {parsed.returns.duckdb})"


def _with_named_arguments(body: str, arguments: tuple[Type, ...]) -> str:
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


# ALTER, DROP


def _named(session: Connection, read: Reader) -> Function:
    """The function that `name(type, ...)` names; raises with those that there are."""
    name = read.qualified()
    arguments = read.either(lambda: _types(read), lambda: _typed_names(read))
    given, function = split(name, read.sql)
    types = signature(tuple(arguments))
    overloads = session.snapshot.relations.functions.get(function, [])
    found = [f for f in overloads if f.types == types and given in ("", f.schema)]
    if not found:
        shown = [f"{f.name}({f.types})" for f in overloads]
        raise SqlError(
            f"there is no function {function}({types})", sql=read.sql, position=place_of(read.sql, function),
            hint=f"there is {', '.join(shown)}" if shown else similar(function, session.snapshot.relations.functions),
        )  # fmt: skip
    return found[0]


def _typed_names(read: Reader) -> list[Type]:
    """`(name type, ...)`."""

    def typed() -> Type:
        read.name()
        return read_type(read)

    return read.listed(typed)


def drop_function(session: Connection, sql: str) -> Outcome:
    """DROP FUNCTION name(types) [CASCADE | RESTRICT]."""
    read = Reader(sql)
    read.expect("drop", "function")
    function = _named(session, read)
    cascade = read.choose("cascade", "restrict") == "cascade"
    read.done()
    views = _views_that_call(session, function)
    _refuse_called(session, function, [] if cascade else views, "drop", sql)

    def work() -> None:
        for schema, view in views:
            drop_local(session, "view", Relation("table", schema, view))
        _drop(session, function)

    session.transaction.together(work)
    session.shared.catalog_changed()
    return Outcome()


def _drop(session: Connection, function: Function) -> None:
    session.db.execute(f"DROP MACRO {place(function.schema, function.macro)}")
    session.catalog.drop("sql_function", schemaname=function.schema, name=function.name, types=function.types)
    session.catalog.forget(function.schema, function.macro)


def _views_that_call(session: Connection, function: Function) -> list[tuple[str, str]]:
    """The bound views that call a function."""
    return [
        (schema, view)
        for schema, view in session.catalog.rows(
            "select schema_name, view_name from duckdb_views() where contains(lower(sql), ?) order by all",
            f'"{function.macro}"',
        )
    ]


def _refuse_called(session: Connection, function: Function, views: list[tuple[str, str]], verb: str, sql: str) -> None:
    """Raise when views or other functions call the function."""
    callers = [f"the view {schema}.{view}" for schema, view in views]
    callers += [
        f"the function {name}"
        for (name,) in session.catalog.rows(
            "select function_name from duckdb_functions() where contains(lower(macro_definition), ?) order by all",
            f'"{function.macro}"',
        )
    ]
    if callers:
        raise SqlError(
            f"{callers[0]} calls {function.macro}", sql=sql, position=place_of(sql, function.name),
            hint=f"drop it first, then {verb} the function",
        )  # fmt: skip


def alter_function(session: Connection, sql: str) -> Outcome:
    """ALTER FUNCTION name(types) OWNER TO | RENAME TO."""
    read = Reader(sql)
    read.expect("alter", "function")
    function = _named(session, read)
    action = read.choose("owner to", "rename to") or read.fail("expected OWNER TO or RENAME TO")
    if action == "owner to":
        owner = existing(session, "user", read_principal(read), sql)
        read.done()
        session.catalog.set_owner("function", function.schema, function.macro, owner)
        return Outcome()
    new = read.name()
    read.done()
    if _found(session, function.schema, new, function.types) is not None:
        raise SqlError(f"the function {new}({function.types}) exists", sql=sql, position=place_of(sql, new))
    _refuse_called(session, function, _views_that_call(session, function), "rename", sql)
    session.transaction.together(lambda: _rename(session, function, new))
    session.shared.catalog_changed()
    return Outcome()


def _rename(session: Connection, function: Function, new: str) -> None:
    """Write the macro anew under its new name."""
    ((parameters, body),) = session.catalog.rows(
        "select parameters, macro_definition from duckdb_functions() where schema_name = ? and function_name = ?",
        function.schema,
        function.macro,
    )
    renamed = f"{new}({function.types})"
    session.db.execute(f"CREATE MACRO {place(function.schema, renamed)}({', '.join(parameters)}) AS {body}")
    session.db.execute(f"DROP MACRO {place(function.schema, function.macro)}")
    key: dict[str, object] = {"schemaname": function.schema, "name": function.name, "types": function.types}
    session.catalog.change("sql_function", {"name": new}, **key)
    session.catalog.rename(function.schema, function.macro, renamed)


HANDLERS = {"alter_function": alter_function, "create_function": create_function, "drop_function": drop_function}
