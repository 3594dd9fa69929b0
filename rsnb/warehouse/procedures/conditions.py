"""SQLERRM and SQLSTATE: the messages and codes that Redshift has for the errors of this warehouse.

Source: PostgreSQL 8.0, appendix "Error codes", whose codes Redshift has; the messages are those that it prints.
"""

from __future__ import annotations

import re

_CONDITIONS: tuple[tuple[str, str, str], ...] = (
    (r"there is no column (\S+)", 'column "{0}" does not exist', "42703"),
    (r"the column (\S+) does not exist", 'column "{0}" does not exist', "42703"),
    (r"(?:there is no table|the table) (\S+?)(?: does not exist)?", 'relation "{0}" does not exist', "42P01"),
    (r"there is no schema (\S+)", 'schema "{0}" does not exist', "3F000"),
    (r"the column (\S+) is ambiguous", 'column reference "{0}" is ambiguous', "42702"),
    (r"division by zero", "division by zero", "22012"),
    (r"(?:\w+\.)?(\S+) exists", 'Relation "{0}" already exists', "42P07"),
    (r"the cursor (\S+) is not open", 'cursor "{0}" does not exist', "34000"),
)


def condition(message: str) -> tuple[str, str]:
    """(SQLERRM, SQLSTATE) of an error by its message; the message itself and nothing where Redshift's is not known."""
    for pattern, text, state in _CONDITIONS:
        if match := re.fullmatch(pattern, message):
            return text.format(*match.groups()), state
    return message, ""
