"""Typed literals as they are written: `date '2008-01-01'`, `interval '1-2' year to month`.

sqlglot would bind a cast behind one to its text, and would take an interval apart: the tokens are put in a form
that it reads as what they are.
"""

from __future__ import annotations

from typing import Any

from rsnb.warehouse.moments.intervals import Qualifier, qualifier

_TYPES = frozenset({"date", "datetime", "time", "timestamp", "timestamptz", "timetz"})
_UNITS = frozenset({"year", "month", "day", "hour", "minute", "second"})


def spelled_out(tokens: list[Any]) -> list[Any]:
    """The tokens with typed literals as casts, interval literals as calls."""
    from sqlglot import TokenType

    words = [token.text.lower() for token in tokens]
    strings = [token.token_type is TokenType.STRING for token in tokens]
    kept: list[Any] = []
    at = 0
    while at < len(tokens):
        end = _typed(words, strings, at)
        if end:
            kept += _cast(tokens, at, end)
            at = end + 1
        elif words[at] == "interval" and not strings[at] and at + 1 < len(tokens):
            at = _interval(tokens, words, strings, at, kept)
        else:
            kept.append(tokens[at])
            at += 1
    return kept


def _typed(words: list[str], strings: list[bool], at: int) -> int:
    """The place of the text of a literal whose type begins here; 0 where none does."""
    if strings[at] or words[at] not in _TYPES or (at and words[at - 1] in ("as", "::", ".")):
        return 0
    end = at + 1
    if words[at] in ("time", "timestamp") and words[end : end + 3] in (
        ["with", "time", "zone"],
        ["without", "time", "zone"],
    ):
        end += 3
    return end if end < len(words) and strings[end] else 0


def _cast(tokens: list[Any], start: int, end: int) -> list[Any]:
    """`cast(text as type)`."""
    from sqlglot import TokenType

    first, text = tokens[start], tokens[end]
    return [
        _new(first, TokenType.VAR, "cast"), _new(first, TokenType.L_PAREN, "("), text,
        _new(text, TokenType.ALIAS, "as"), *tokens[start:end], _new(text, TokenType.R_PAREN, ")"),
    ]  # fmt: skip


def _interval(tokens: list[Any], words: list[str], strings: list[bool], at: int, kept: list[Any]) -> int:
    """Take in an interval literal, or the word of a type; the place behind it."""
    from sqlglot import TokenType

    first = tokens[at]
    if strings[at + 1]:
        found, end = _qualifier(words, strings, at + 2)
        kind = "interval" if found is None else "intervaly2m" if found.of_months else "intervald2s"
        kept += [
            _new(first, TokenType.VAR, kind), _new(first, TokenType.L_PAREN, "("), tokens[at + 1],
        ]  # fmt: skip
        if found is not None:
            kept += [_new(first, TokenType.COMMA, ","), _new(first, TokenType.STRING, str(found))]
        kept.append(_new(first, TokenType.R_PAREN, ")"))
        return end
    kept.append(first)
    return at + 1


def _qualifier(words: list[str], strings: list[bool], start: int) -> tuple[Qualifier | None, int]:
    """The qualifier that begins at a place, and the place behind it."""
    if start >= len(words) or words[start] not in _UNITS or strings[start]:
        return None, start
    end = start + 1
    if words[end : end + 1] == ["to"] and words[end + 1 : end + 2] and words[end + 1] in _UNITS:
        end += 2
    if words[end - 1] == "second" and words[end : end + 1] == ["("] and words[end + 2 : end + 3] == [")"]:
        end += 3
    return qualifier(" ".join(words[start:end])), end


def _new(like: Any, kind: Any, text: str) -> Any:
    """A token of another kind at the place of one."""
    return type(like)(kind, text, like.line, like.col, like.start, like.end)
