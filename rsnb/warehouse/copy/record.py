"""A row of a file as it was read, or why it could not be."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """Redshift's number and words for a fault, and where in its line it is, from 0.

    Source: Redshift Developer Guide, "Load error reference".
    """

    code: int
    words: str
    position: int = 0


class Record(NamedTuple):
    """The fields of a row, or why there are none; line counts from 1, raw is its text.

    With both, the reason holds when no field is at fault by itself.
    """

    line: int
    raw: str
    fields: tuple[str | None, ...] = ()
    reason: Reason | None = None


BLANK_LINE = Reason(1211, "Input line contained no data")
EXTRA_COLUMNS = Reason(1202, "Extra column(s) found")
MISSING_COLUMNS = Reason(1214, "Delimiter not found")
MISSING_END_QUOTE = Reason(1214, "Delimited value missing end quote")
INVALID_QUOTES = Reason(1216, "Invalid quote formatting for CSV. Unescaped quote character")
INVALID_JSON = Reason(1216, "Invalid value. The input line is not valid JSON")
NOT_AN_OBJECT = Reason(1216, "Invalid value. COPY with 'auto' reads JSON objects")
INVALID_PATH = Reason(1216, "Invalid JSONPath format: Not an array or index out of range")
MISSING_NULL = Reason(1213, "Missing data for not-null field")


def missing_newline(line: str, at: int) -> Reason:
    """A character after what ends a record, a NUL or a carriage return, that is no newline."""
    after = f"0x{ord(line[at + 1]):x}" if at + 1 < len(line) else "end of file"
    return Reason(1216, f"Missing newline: Unexpected character {after} found at location {at + 1}")
