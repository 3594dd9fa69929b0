"""The words and signs of other dialects, found in the tokens of a statement: sqlglot reads them, Redshift does not.

Sources: Redshift Developer Guide, "SELECT", UNION, INSERT, "Data types"; PostgreSQL 8.0's grammar.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rsnb.errors import SqlError


class Fault(NamedTuple):
    """What is wrong at which token, and what to write."""

    message: str
    at: int
    hint: str | None = None


_SIGNS = {"!": "write not", "==": "write =", "regexp": "write ~", "rlike": "write ~"}
_WITHOUT_BRACKETS = frozenset(
    {"current_date", "current_time", "current_timestamp", "current_user", "current_user_id", "session_user", "sysdate",
     "user"}
)  # fmt: skip
_CASTS = frozenset({"cast", "try_cast"})
_SETS = frozenset({"except", "intersect", "minus", "union"})
_LAST = frozenset({"limit", "offset", "order by"})
_TYPES = frozenset(
    {
        "bigint", "binary", "binary varying", "bool", "boolean", "bpchar", "char", "char varying", "character",
        "character varying", "date", "datetime", "dec", "decimal", "double", "double precision", "float", "float4",
        "float8", "geography", "geometry", "hllsketch", "int", "int2", "int4", "int8", "integer", "interval", "name",
        "national", "nchar", "numeric", "nvarchar", "oid", "real", "smallint", "super", "text", "time", "timestamp",
        "timestamptz", "timetz", "varbinary", "varbyte", "varchar",
    }
)  # fmt: skip
_TYPES_INSTEAD = {
    "blob": "varbyte", "bytea": "varbyte", "clob": "varchar", "fixed": "numeric", "int16": "smallint",
    "int32": "integer", "int64": "bigint", "json": "super", "jsonb": "super", "long": "bigint", "number": "numeric",
    "nvarchar2": "varchar", "short": "smallint", "str": "varchar", "string": "varchar", "tinyint": "smallint",
    "uuid": "varchar(36)", "varchar2": "varchar",
}  # fmt: skip


def check(tokens: list[Any], sql: str) -> None:
    """Raise SqlError at the first token that is another dialect's."""
    for fault in _faults(_words(tokens)):
        raise SqlError(fault.message, sql=sql, position=tokens[min(fault.at, len(tokens) - 1)].start, hint=fault.hint)


def _words(tokens: list[Any]) -> list[str]:
    """The tokens in lower case, two empty ones behind them; what is quoted is empty."""
    from sqlglot import TokenType

    quoted = (TokenType.IDENTIFIER, TokenType.STRING)
    words = ["" if t.token_type in quoted else t.text.lower() for t in tokens]
    return [" ".join(w.split()) if " " in w or "\n" in w else w for w in words] + ["", ""]


def _faults(words: list[str]) -> Iterator[Fault]:
    yield from _insert(words)
    outside: list[tuple[str, str]] = []  # of each open bracket: the word before it, the last clause outside
    call = clause = before = ""
    for at, word in enumerate(words):
        if word == "(":
            outside.append((call, clause))
            call, clause = before, ""
            yield from _bracket(words, at, before)
        elif word == ")" and outside:
            call, clause = outside.pop()
        elif word == ",":
            yield from _comma(at, call, clause)
        elif word in _LAST and before != "with":  # WITH OFFSET is UNNEST's
            clause = word
        elif word in _SETS:
            yield from _set_operation(words, at, clause)
            clause = ""
        elif word == "::" or (word == "as" and call in _CASTS):
            yield from _type(words, at + 1)
        elif word in _SIGNS and not words[at + 1].startswith("~"):  # `!~` is an operator
            yield Fault(f"syntax error at or near {word!r}", at, _SIGNS[word])
        before = word


def _insert(words: list[str]) -> Iterator[Fault]:
    """INSERT goes with INTO and a table's name."""
    if words[0] == "insert" and words[1] not in ("into", "overwrite", "or"):
        yield Fault("syntax error: INSERT goes with INTO", 1, "write insert into")
    elif words[:3] == ["insert", "into", "table"]:
        yield Fault("syntax error at or near 'table'", 2, "write the table's name behind INTO")


def _bracket(words: list[str], at: int, before: str) -> Iterator[Fault]:
    """A bracket where none can be, or without what it needs."""
    if before in _WITHOUT_BRACKETS:
        yield Fault(f"syntax error: {before.upper()} stands without brackets", at, f"write {before}")
    elif before == "in" and words[at + 1] == ")":
        yield Fault("syntax error: IN takes one value at least", at + 1)
    elif before == "convert":
        yield from _type(words, at + 1)


def _comma(at: int, call: str, clause: str) -> Iterator[Fault]:
    if clause in ("limit", "offset"):
        yield Fault("syntax error: LIMIT takes one number", at, "write limit 1 offset 2")
    elif call == "extract":
        yield Fault("syntax error: EXTRACT takes a part FROM a value", at, "write extract(month from ...)")


def _set_operation(words: list[str], at: int, clause: str) -> Iterator[Fault]:
    """A query before a set operator ends without ORDER BY and LIMIT; only UNION has an ALL."""
    name = words[at].upper()
    if clause:
        hint = "put the query before it in brackets"
        yield Fault(f"syntax error at or near {words[at]!r}: it can't stand behind {clause.upper()}", at, hint)
    if words[at + 1] == "all" and name != "UNION":
        yield Fault(f"{name} ALL is not supported by Redshift", at + 1, f"write {name.lower()}")


def _type(words: list[str], at: int) -> Iterator[Fault]:
    name = words[at]
    if name and name not in _TYPES and name[0].isalpha() and not name.startswith("reg"):
        instead = _TYPES_INSTEAD.get(name)
        yield Fault(f"there is no type {name!r}", at, instead and f"write {instead}")
