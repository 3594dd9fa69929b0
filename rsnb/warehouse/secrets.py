"""Keys and passwords that a statement holds: hidden wherever its text is kept or shown."""

from __future__ import annotations

from rsnb.sql import Token, tokens

_STATEMENTS = ("copy", "unload", "create", "alter")  # those that can hold one
_BEFORE = {"access_key_id", "secret_access_key", "session_token", "credentials", "master_symmetric_key", "password"}


def hidden(sql: str) -> str:
    """The statement with stars in the place of every key's letters; positions in it stay as they are."""
    if not any(word in sql[:200].lower() for word in _STATEMENTS):
        return sql
    found = [t for t in tokens(sql) if t.kind != "comment"]
    if not found or found[0].text.lower() not in _STATEMENTS:
        return sql
    for i, token in enumerate(found):
        if token.kind == "string" and _follows(found[max(0, i - 2) : i]):
            sql = f"{sql[: token.start]}'{'*' * (token.end - token.start - 2)}'{sql[token.end :]}"
    return sql


def _follows(before: list[Token]) -> bool:
    """Whether a key's name, or its name and AS or =, stands before."""
    words = [t.text.lower() for t in before]
    return words[-1:] != [] and (words[-1] in _BEFORE or (words[-1] in ("as", "=") and words[0] in _BEFORE))
