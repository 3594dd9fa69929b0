"""Regular expressions that DuckDB's engine does not take: look-around and the parameters of REGEXP_* functions.

Source: Redshift Developer Guide, "POSIX operators" and the pages of REGEXP_COUNT, REGEXP_INSTR, REGEXP_REPLACE and
REGEXP_SUBSTR.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rsnb.errors import SqlError, UnsupportedSql

_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": " \\t", "cntrl": "\\x00-\\x1f\\x7f", "digit": "0-9",
    "graph": "\\x21-\\x7e", "lower": "a-z", "print": "\\x20-\\x7e", "punct": "!-/:-@\\[-`{-~",
    "space": " \\t\\n\\r\\f\\v", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


# What an unescaped $ outside brackets is told from; Python's would be true before a line's end too.
_END = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


@lru_cache(maxsize=256)
def compiled(pattern: str, parameters: str) -> re.Pattern[str]:
    """A pattern as Python has it; raises SqlError for one that is not well formed."""
    flags = re.IGNORECASE if "i" in parameters else 0
    unknown = set(parameters) - set("ceip")
    if unknown:
        raise SqlError(f"a regular expression has no parameter {sorted(unknown)[0]!r}: there are c, e, i and p")
    written = re.sub(r"\[:(\w+):\]", lambda m: _CLASSES.get(m[1], m[0]), pattern)
    written = _END.sub(lambda m: r"\Z" if m[0] == "$" else m[0], written)
    if re.search(r"\[[.=]", written):
        raise UnsupportedSql("a collating element of a regular expression is not supported by the embedded warehouse")
    try:
        return re.compile(written, flags | re.ASCII)
    except re.error as exc:
        raise SqlError(f"{pattern!r} is not a regular expression: {exc}") from None


def _from(position: int) -> int:
    return max(position, 1) - 1


def count(text: str, pattern: str, position: int, parameters: str) -> int:
    """How many times a pattern occurs from a position on."""
    return sum(1 for _ in compiled(pattern, parameters).finditer(text, _from(position)))


def place(text: str, pattern: str, position: int, occurrence: int, option: int, parameters: str) -> int:
    """Where an occurrence begins, or with option 1 the character after it; 0 when there is none."""
    if position > len(text) or occurrence < 1:
        return 0
    for number, match in enumerate(compiled(pattern, parameters).finditer(text, _from(position)), 1):
        if number == occurrence:
            group = 1 if "e" in parameters and match.re.groups else 0
            return (match.end(group) if option else match.start(group)) + 1
    return 0


def replaced(text: str, pattern: str, replacement: str, position: int, parameters: str) -> str:
    """The text with every occurrence from a position on replaced."""
    if position > len(text):
        return text
    start = _from(position)
    if re.search(r"[$\\]\d", replacement):
        raise UnsupportedSql("a back reference in REGEXP_REPLACE is not supported by the embedded warehouse")
    return text[:start] + compiled(pattern, parameters).sub(lambda _: replacement, text[start:])


def part(text: str, pattern: str, position: int, occurrence: int, parameters: str) -> str | None:
    """An occurrence of a pattern; an empty text when there is none, None for an occurrence that can't be."""
    if occurrence < 1 or occurrence > max(len(text), 1):
        return None
    if position > len(text):
        return ""
    for number, match in enumerate(compiled(pattern, parameters).finditer(text, _from(position)), 1):
        if number == occurrence:
            return match[1] if "e" in parameters and match.re.groups else match[0]
    return ""


def like(text: str, pattern: str, parameters: str) -> bool:
    """Whether a pattern occurs in a text."""
    return compiled(pattern, parameters).search(text) is not None


def similar(pattern: str, escape: str) -> str:
    """A SIMILAR TO pattern as a regular expression for the whole text.

    `%` is any text, `_` any character; `| * + ? {m,n} ( ) [ ]` mean what they do in regular expressions.
    """
    out, at, inside = "", 0, False
    while at < len(pattern):
        mark = pattern[at]
        if mark == escape and at + 1 < len(pattern):
            at += 1
            out += re.escape(pattern[at])
        elif inside:
            inside = mark != "]"
            out += mark
        elif mark == "[":
            inside = True
            out += mark
        else:
            out += {"%": ".*", "_": ".", ".": r"\.", "^": r"\^", "$": r"\$", "\\": r"\\"}.get(mark, mark)
        at += 1
    return f"(?s)^(?:{out})$"
