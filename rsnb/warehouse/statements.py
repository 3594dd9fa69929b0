"""The kinds of Redshift statements, known by their first words.

Each is run by a handler of rsnb.warehouse.connection, or refused by name. The longest phrase that
begins a statement decides. Source: Redshift Developer Guide, "SQL commands".
"""

from __future__ import annotations

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.sql import tokens

RUN = {
    "abort": "rollback",
    "alter table": "alter_table",
    "analyze": "nothing",
    "begin": "begin",
    "comment on": "comment",
    "commit": "commit",
    "copy": "copy",
    "create external schema": "create_external_schema",
    "create external table": "create_external_table",
    "create function": "create_function",
    "create or replace function": "create_function",
    "create or replace view": "create_view",
    "create schema": "create_schema",
    "create table": "create_table",
    "create temp table": "create_table",
    "create temporary table": "create_table",
    "create local temp table": "create_table",
    "create local temporary table": "create_table",
    "create view": "create_view",
    "delete": "change",
    "drop function": "drop_function",
    "drop schema": "drop_schema",
    "drop table": "drop_relation",
    "drop view": "drop_relation",
    "end": "commit",
    "explain": "explain",
    "insert": "change",
    "rollback": "rollback",
    "select": "query",
    "set search_path": "set_search_path",
    "start transaction": "begin",
    "truncate": "truncate",
    "update": "change",
    "vacuum": "nothing",
    "with": "query",
    "(": "query",
}

REFUSED = (
    "alter", "alter database", "alter datashare", "alter default privileges", "alter group", "alter role",
    "alter schema", "alter user", "analyze compression", "attach", "call", "cancel", "close", "create database",
    "create datashare", "create external function", "create group", "create identity provider", "create library",
    "create masking policy", "create materialized view", "create model", "create procedure",
    "create or replace procedure", "create rls policy", "create role", "create user", "deallocate", "declare",
    "desc", "detach", "drop", "execute", "fetch", "grant", "insert external table", "lock", "merge", "prepare",
    "refresh materialized view", "reset", "revoke", "set", "show", "unload", "use",
)  # fmt: skip

_HANDLERS: dict[str, str | None] = {**RUN, **dict.fromkeys(REFUSED)}
_LONGEST = max(len(phrase.split()) for phrase in _HANDLERS)


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
        if handler is None:
            raise UnsupportedSql(
                f"{_named(words, phrase)} is not supported by the embedded warehouse", sql=sql, position=0
            )
        return phrase, handler
    raise SqlError(
        f"{words[0]!r} does not begin a statement of Redshift's" if words else "there is no statement",
        sql=sql,
        position=next((t.start for t in tokens(sql) if t.kind != "comment"), None),
    )


def _named(words: list[str], phrase: str) -> str:
    """`drop user` for a phrase that only says `drop`."""
    more = words[len(phrase.split())] if phrase in ("alter", "drop", "set", "show", "reset") and len(words) > 1 else ""
    return f"{phrase} {more}".strip().upper()


_WORDS = {"abort", "begin", "commit", "end", "isolation", "level", "read", "committed", "uncommitted", "repeatable",
          "rollback", "serializable", "start", "transaction", "work", "write", ","}  # fmt: skip


def checked(sql: str) -> str:
    """The statement; raises on what BEGIN, COMMIT or ROLLBACK does not take."""
    for token in tokens(sql):
        if token.kind == "comment":
            continue
        if token.text.lower() == "only":
            raise UnsupportedSql("READ ONLY is not supported by the embedded warehouse", sql=sql, position=token.start)
        if token.text.lower() not in _WORDS:
            raise SqlError(f"syntax error at or near {token.text!r}", sql=sql, position=token.start)
    return sql
