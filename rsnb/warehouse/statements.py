"""The kinds of Redshift statements, known by their first words.

Each is run by a handler of rsnb.warehouse.handlers, or refused by name with the reason. The longest phrase
that begins a statement decides. Source: Redshift Developer Guide, "SQL commands".
"""

from __future__ import annotations

import re

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.sql import tokens

RUN = {
    "abort": "rollback",
    "alter default privileges": "alter_default_privileges",
    "alter external schema": "alter_external_schema",
    "alter function": "alter_function",
    "alter group": "alter_group",
    "alter materialized view": "alter_materialized_view",
    "alter procedure": "alter_procedure",
    "alter role": "alter_role",
    "alter schema": "alter_schema",
    "alter table": "alter_table",
    "alter user": "alter_user",
    "analyze": "analyze",
    "analyze compression": "analyze_compression",
    "begin": "begin",
    "call": "call",
    "cancel": "cancel",
    "close": "close",
    "comment on": "comment",
    "commit": "commit",
    "copy": "copy",
    "create external schema": "create_external_schema",
    "create external table": "create_external_table",
    "create function": "create_function",
    "create group": "create_group",
    "create local temp table": "create_table",
    "create local temporary table": "create_table",
    "create materialized view": "create_materialized_view",
    "create or replace function": "create_function",
    "create or replace procedure": "create_procedure",
    "create or replace view": "create_view",
    "create procedure": "create_procedure",
    "create role": "create_role",
    "create schema": "create_schema",
    "create table": "create_table",
    "create temp table": "create_table",
    "create temporary table": "create_table",
    "create user": "create_user",
    "create view": "create_view",
    "deallocate": "deallocate",
    "declare": "declare",
    "delete": "change",
    "drop function": "drop_function",
    "drop group": "drop_group",
    "drop materialized view": "drop_relation",
    "drop procedure": "drop_procedure",
    "drop role": "drop_role",
    "drop schema": "drop_schema",
    "drop table": "drop_relation",
    "drop user": "drop_user",
    "drop view": "drop_relation",
    "end": "commit",
    "execute": "execute",
    "explain": "explain",
    "fetch": "fetch",
    "grant": "grant",
    "insert": "change",
    "lock": "lock",
    "merge": "merge",
    "prepare": "prepare",
    "refresh materialized view": "refresh_materialized_view",
    "reset session authorization": "set_session_authorization",
    "reset session_authorization": "set_session_authorization",
    "reset": "reset",
    "revoke": "revoke",
    "rollback": "rollback",
    "select": "query",
    "set local session authorization": "set_session_authorization",
    "set session authorization": "set_session_authorization",
    "set session_authorization": "set_session_authorization",
    "set": "set",
    "show": "show",
    "start transaction": "begin",
    "truncate": "truncate",
    "unload": "unload",
    "update": "change",
    "use": "use",
    "vacuum": "vacuum",
    "with": "query",
    "(": "query",
}

_ALONE = "this warehouse is one database of its own"
_NO_CLUSTER = "there is no cluster behind it"
_NO_MODELS = "there is no SageMaker behind it; `rsnb.ml` trains models"
_NO_SHARING = "there is no other warehouse to share with"
_NOT_ENFORCED = "privileges are recorded, not enforced"

REFUSED = {
    "alter database": _ALONE,
    "alter datashare": _NO_SHARING,
    "alter external view": "views over the lake bind late: create view ... with no schema binding",
    "alter identity provider": _NO_CLUSTER,
    "alter masking policy": _NOT_ENFORCED,
    "alter rls policy": _NOT_ENFORCED,
    "alter system": _NO_CLUSTER,
    "alter template": "COPY and UNLOAD take their options in the statement",
    "attach masking policy": _NOT_ENFORCED,
    "attach rls policy": _NOT_ENFORCED,
    "create database": _ALONE,
    "create datashare": _NO_SHARING,
    "create external function": "there is no Lambda behind it",
    "create external model": _NO_MODELS,
    "create external view": "views over the lake bind late: create view ... with no schema binding",
    "create identity provider": _NO_CLUSTER,
    "create library": "Python functions ended in July 2026",
    "create masking policy": _NOT_ENFORCED,
    "create model": _NO_MODELS,
    "create or replace external function": "there is no Lambda behind it",
    "create or replace external view": "views over the lake bind late: create view ... with no schema binding",
    "create or replace library": "Python functions ended in July 2026",
    "create rls policy": _NOT_ENFORCED,
    "create template": "COPY and UNLOAD take their options in the statement",
    "desc datashare": _NO_SHARING,
    "desc identity provider": _NO_CLUSTER,
    "detach masking policy": _NOT_ENFORCED,
    "detach rls policy": _NOT_ENFORCED,
    "drop database": _ALONE,
    "drop datashare": _NO_SHARING,
    "drop external view": "views over the lake bind late: create view ... with no schema binding",
    "drop identity provider": _NO_CLUSTER,
    "drop library": "Python functions ended in July 2026",
    "drop masking policy": _NOT_ENFORCED,
    "drop model": _NO_MODELS,
    "drop rls policy": _NOT_ENFORCED,
    "drop template": "COPY and UNLOAD take their options in the statement",
}

# What a READ ONLY transaction may run.
READS = frozenset(
    {
        "begin", "cancel", "close", "commit", "deallocate", "declare", "execute", "explain", "fetch", "prepare",
        "query", "reset", "rollback", "set", "show", "use",
    }
)  # fmt: skip

# What leaves the catalog as it is: what was known of it stays right when its transaction ends.
KEEPS_CATALOG = READS | {"change", "copy", "lock", "merge", "truncate", "unload"}

_HANDLERS: dict[str, str | None] = {**RUN, **dict.fromkeys(REFUSED)}
_LONGEST = max(len(phrase.split()) for phrase in _HANDLERS)
_OBJECTS = {"alter", "attach", "create", "desc", "detach", "drop", "refresh", "reset", "set", "show", "start"}


def kind(sql: str) -> tuple[str, str]:
    """(the words that name the kind, the handler's name); raises for a kind that is refused or unknown."""
    words: list[str] = []
    for token in tokens(sql):
        if token.kind != "comment":
            words.append(token.text.lower())
        if len(words) == _LONGEST:
            break
    for length in range(len(words), 0, -1):
        phrase = " ".join(words[:length])
        if phrase not in _HANDLERS:
            continue
        handler = _HANDLERS[phrase]
        if handler == "query":
            handler = _of_query(sql, phrase)
        if handler is None:
            reason = REFUSED[phrase]
            raise UnsupportedSql(
                f"{_named(words, phrase)} is not supported by the embedded warehouse" + (reason and f": {reason}"),
                sql=sql,
                position=0,
            )
        return phrase, handler
    raise SqlError(
        f"{_named(words, words[0])!r} does not begin a statement of Redshift's" if words else "there is no statement",
        sql=sql,
        position=next((t.start for t in tokens(sql) if t.kind != "comment"), None),
    )


_AROUND = re.compile(r"\b(?:into|update|delete|insert)\b", re.IGNORECASE)


def _of_query(sql: str, first: str) -> str:
    """The handler of what begins as a query: SELECT ... INTO makes a table, WITH may begin a change."""
    if not _AROUND.search(sql):
        return "query"
    depth = 0
    for token in tokens(sql):
        word = token.text.lower()
        if depth == 0 and token.kind == "word":
            if word == "into":
                return "select_into"
            if first == "with" and word in ("delete", "insert", "select", "update"):
                if word != "select":
                    return "change"
                first = word
        depth += (word == "(") - (word == ")")
    return "query"


def _named(words: list[str], phrase: str) -> str:
    """`SHOW TABLES` for a phrase that only says `show`."""
    more = words[1] if phrase in _OBJECTS and len(words) > 1 else ""
    return f"{phrase} {more}".strip().upper()
