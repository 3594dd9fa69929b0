"""What a server says when it refuses, as rsnb's errors: the one place where that is decided.

Source: PostgreSQL documentation, "Error Codes"; Redshift gives XX000 to much that has a code of its own there, so
some are known by their words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rsnb.errors import AuthError, Cancelled, ConfigError, ConnectionLost, LoadError, RsnbError, SqlError

Parts = Mapping[str, str]  # of an error: C code, M message, D detail, H hint, P position

LOST = ("08", "57P")  # the connection, or the server, is going
STOPPED = ("57014", "57P01")  # a statement, or its session, was told to end
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (  # what is said, and the code that it stands for
    (re.compile(r"^1023\b|serializable isolation violation|conflict with concurrent transaction", re.I), "40001"),
    (re.compile(r"cancelled on user's request|canceling statement due to user request", re.I), "57014"),
    (re.compile(r"check '?(stl_load_errors|sys_load_error_detail)", re.I), "LOAD"),
    (re.compile(r"password authentication failed|IAM authentication failed", re.I), "28P01"),
    (re.compile(r'^database ".*" does not exist', re.I), "3D000"),
)
_HINTS = {
    "25P02": "leave the transaction with `rollback`",
    "40001": "another transaction changed the same rows: run it again",
    "40P01": "two transactions waited for each other: run it again",
    "53100": "the disk is full: free space, or make intermediate results smaller",
    "53200": "the server is out of memory: make the result or its joins smaller",
    "53300": "too many connections: close some, or try later",
    "LOAD": "select * from sys_load_error_detail order by start_time desc limit 10",
}


def code(parts: Parts) -> str:
    """The error's code, where Redshift says XX000 the one that its words stand for."""
    words = f"{parts.get('M', '')}\n{parts.get('D', '')}"
    known = next((code for pattern, code in _WORDS if pattern.search(words)), "")
    return known or parts.get("C", "XX000")


def conflict(parts: Parts) -> bool:
    """Whether other transactions were in the way, so that the same statement may succeed later."""
    return code(parts) in ("40001", "40P01")


def explain(parts: Parts, sql: str = "", offset: int = 0) -> RsnbError:
    """The error of what the server said. offset: characters before the statement in the text that was sent."""
    kind, words = code(parts), _words(parts)
    hint = parts.get("H") or _HINTS.get(kind)
    if kind == "57014":
        return Cancelled(words)
    if kind.startswith("28"):
        return AuthError(words, hint=hint)
    if kind == "3D000" and not sql:
        return ConfigError(words, hint="the URL ends with the database: redshift://host:5439/DATABASE")
    if kind.startswith(LOST) or (kind == "53300" and not sql):
        return ConnectionLost(words, hint=hint)
    if kind == "LOAD":
        return LoadError(words, hint=hint)
    return SqlError(words, sql=sql, position=_position(parts, sql, offset), hint=hint)


def _words(parts: Parts) -> str:
    said = parts.get("M", "").strip() or "the server gave no reason"
    detail = " ".join(parts.get("D", "").split())
    return f"{said}: {detail}" if detail else said


def _position(parts: Parts, sql: str, offset: int) -> int | None:
    """The 0-based place in the statement; None where the server names none, or one outside it."""
    given = parts.get("P", "")
    place = int(given) - 1 - offset if given.isdigit() else -1
    return place if 0 <= place <= len(sql) else None
