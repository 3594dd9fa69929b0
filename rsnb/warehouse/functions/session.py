"""Functions of the session: who it is, where it stands, what it did last.

Their values are DuckDB's variables: one that stays the same in a session stands in `rsnb_session`, which
rsnb.warehouse.following fills; any other is one of its own, which rsnb.warehouse.session_info fills before each
statement that names it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from rsnb.errors import UnsupportedSql
from rsnb.warehouse.functions.function import Build, Call, Refused, taking
from rsnb.warehouse.translation.parse import called
from rsnb.warehouse.translation.typed import call, sql, to

if TYPE_CHECKING:
    from sqlglot import exp

ASKED = "rsnb_asked."  # begins the name of a variable that is filled for each statement; what follows is its JSON


def refuse_asked(text: str, where: str) -> None:
    """Raise where DuckDB SQL that is kept, such as a view's, asks for what is filled for each statement."""
    if found := re.search(rf'{re.escape(ASKED)}\["(\w+)"', text):
        raise UnsupportedSql(f"{found[1].upper()} in {where} is not supported by the embedded warehouse")


def _kept(name: str, kind: str) -> Build:
    """A value that is the same for all statements of a session."""
    return lambda given: to(sql(f"getvariable('rsnb_session')['{name}']"), kind)


def _asked(kind: str) -> Build:
    """A value that is asked for when the statement runs; its arguments are constants."""

    def build(given: Call) -> exp.Expr:
        request = json.dumps([given.name, *(_constant(given, node) for node in given.nodes)])
        return to(call("getvariable", ASKED + request), kind)

    return build


def _constant(given: Call, node: exp.Expr) -> object:
    """The value of an argument; pg_backend_pid() stands for itself."""
    from sqlglot import exp

    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else int(node.this)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Anonymous) and called(node)[0] == "pg_backend_pid":
        return "pg_backend_pid()"
    raise Refused(f"{given.name.upper()} of other than a constant")


def _schemas(given: Call) -> exp.Expr:
    """The schemas of the search path as an array prints; with the implicit ones when the argument is true."""
    kept = "getvariable('rsnb_session')"
    return sql(f"if({{all}}, {kept}['all_schemas'], {kept}['schemas'])", all=given[0])


FUNCTIONS = {
    "current_database": taking("", "varchar", _kept("database", "VARCHAR")),
    "current_schema": taking("", "varchar", _kept("schema", "VARCHAR")),
    "current_schemas": taking("bool", "varchar", _schemas),
    "current_setting": taking("text [bool]", "varchar", _asked("VARCHAR")),
    "current_user": taking("", "varchar", _kept("user", "VARCHAR")),
    "current_user_id": taking("", "int4", _kept("user_id", "INTEGER")),
    "db_collation": taking("", "varchar", lambda given: sql("'case_sensitive'::VARCHAR")),  # the only one here
    "last_user_query_id": taking("", "int4", _asked("INTEGER")),
    "pg_backend_pid": taking("", "int4", _kept("pid", "INTEGER")),
    "pg_cancel_backend": taking("int", "int4", _asked("INTEGER")),
    "pg_last_copy_count": taking("", "int8", _asked("BIGINT")),
    "pg_last_copy_id": taking("", "int4", _asked("INTEGER")),
    "pg_last_query_id": taking("", "int4", _asked("INTEGER")),
    "pg_last_unload_count": taking("", "int8", _asked("BIGINT")),
    "pg_last_unload_id": taking("", "int4", _asked("INTEGER")),
    "pg_terminate_backend": taking("int", "int4", _asked("INTEGER")),
    "session_user": taking("", "varchar", _kept("session_user", "VARCHAR")),
    "set_config": taking("text text bool", "varchar", _asked("VARCHAR")),
    "slice_num": taking("", "int4", _asked("INTEGER")),
    "version": taking("", "varchar", _kept("version", "VARCHAR")),
}
