"""The values of files as the types of their columns, as DuckDB SQL.

What does not fit is an error that names the text and its file, or what the table's data handling says. Source:
Redshift Developer Guide, CREATE EXTERNAL TABLE (data types, data handling options).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rsnb.types import VARCHAR_MAX, Type
from rsnb.warehouse.macros import WHOLE_NUMBER, qualified
from rsnb.warehouse.spectrum.properties import Handling
from rsnb.warehouse.spelling import text

INTEGERS = ("int2", "int4", "int8")
TEXTS = ("varchar", "bpchar")
INVALID = "\ufdd0"  # stands in a copy of a file for bytes that are not UTF-8: a character that no text may hold


@dataclass
class Values:
    """Converts values of one scan; `dropped` collects the conditions under which a whole row is NULL.

    file: the column with the file's name, for messages. without: the conditions under which a row is left out.
    """

    handling: Handling
    file: str
    dropped: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)

    def from_text(self, value: str, kind: Type) -> str:
        """A text of a delimited file as a scalar type; an empty text is NULL, but in a VARCHAR or CHAR."""
        if kind.short in TEXTS:
            return self.text(self._valid(value), kind)
        made = _FROM_TEXT[kind.short if kind.short not in INTEGERS else "int"](value, kind.duckdb)
        if kind.short in INTEGERS and self.handling.overflow:
            whole = f"regexp_full_match({value}, {WHOLE_NUMBER})"
            return self._empty(
                value, self._overflow(f"{made} IS NULL AND {whole}", made, f"{made} IS NULL", value, kind)
            )
        return self._empty(value, f"coalesce({made}, {self.fault(value, kind.duckdb)})")

    def _empty(self, value: str, made: str) -> str:
        return f"CASE WHEN {value} IS NULL OR {value} = '' THEN NULL ELSE {made} END"

    def fault(self, value: str, kind: str) -> str:
        """An error that names a value and its file."""
        return f"error('Could not convert string ''' || {value} || ''' to {kind} in file <' || {self.file} || '>')"

    # Numbers that are too large

    def narrowed(self, value: str, kind: Type) -> str:
        """A whole number of a wider type as a narrower one."""
        made = f"TRY_CAST({value} AS {kind.duckdb})"
        over = f"{value} IS NOT NULL AND {made} IS NULL"
        return self._overflow(over, made, "false", f"CAST({value} AS VARCHAR)", kind)

    def _overflow(self, over: str, made: str, wrong: str, shown: str, kind: Type) -> str:
        action = self.handling.overflow
        if action == "drop_row":
            self.dropped.append(over)
        then = "NULL" if action in ("drop_row", "set_to_null") else self.fault(shown, kind.duckdb)
        return f"CASE WHEN {over} THEN {then} WHEN {wrong} THEN {self.fault(shown, kind.duckdb)} ELSE {made} END"

    # Texts

    def _valid(self, value: str) -> str:
        """A text in which invalid bytes are marked: NULL if any are, unless the table says otherwise."""
        bad = f"contains({value}, {text(INVALID)})"
        action = self.handling.invalid
        if action == "replace":
            return f"replace({value}, {text(INVALID)}, {text(self.handling.replacement)})"
        if action == "drop_row":
            self.dropped.append(bad)
        if action == "fail":
            shown = f"replace({value}, {text(INVALID)}, '?')"
            fault = f"error('Invalid UTF-8 in the value ''' || {shown} || ''' in file <' || {self.file} || '>')"
            self.without.append(f"CASE WHEN {bad} THEN {fault} ELSE false END")
            return value
        return f"CASE WHEN {bad} THEN NULL ELSE {value} END"

    def text(self, value: str, kind: Type) -> str:
        """A text cut off at its column's length in bytes; a CHAR is held without the blanks at its end."""
        length = kind.args[0]
        if kind.short == "bpchar":
            value = f"rtrim({value}, ' ')"
        elif length >= VARCHAR_MAX:
            return value
        over, action = f"strlen({value}) > {length}", self.handling.surplus
        if action == "drop_row":
            self.dropped.append(over)
        if action in ("drop_row", "set_to_null"):
            return f"CASE WHEN {over} THEN NULL ELSE {value} END"
        if action == "fail":
            return f"CASE WHEN {over} THEN {self._too_long(value, length)} ELSE {value} END"
        cut = f"{qualified('truncate_bytes')}({value}, {length})"
        return f"rtrim({cut}, ' ')" if kind.short == "bpchar" else cut

    def binary(self, value: str, kind: Type) -> str:
        """Bytes that are more than the column's length are NULL, unless the table says otherwise."""
        length = kind.args[0]
        over, action = f"octet_length({value}) > {length}", self.handling.surplus_bytes
        if action == "drop_row":
            self.without.append(over)
        if action == "truncate":
            return f"{value}[1:{length}]"
        if action == "fail":
            return f"CASE WHEN {over} THEN {self._too_long('hex(' + value + ')', length)} ELSE {value} END"
        return f"CASE WHEN {over} THEN NULL ELSE {value} END"

    def _too_long(self, value: str, length: int) -> str:
        return f"error('The value ''' || {value} || ''' is longer than {length} bytes in file <' || {self.file} || '>')"

    # Whole rows

    def row(self, value: str) -> str:
        """A value of a row that is NULL as a whole under the conditions of DROP_ROW."""
        if not self.dropped:
            return value
        return f"CASE WHEN {' OR '.join(f'coalesce({d}, false)' for d in self.dropped)} THEN NULL ELSE {value} END"

    def kept(self) -> str:
        """The condition under which a row counts."""
        return " AND ".join(f"NOT coalesce({w}, false)" for w in self.without)


def _integer(value: str, kind: str) -> str:
    """DuckDB reads 1.5, 1e3 and 1_000 too: only what is written as itself, or is all digits, is a number here."""
    made = f"TRY_CAST({value} AS {kind})"
    return f"CASE WHEN CAST({made} AS VARCHAR) = {value} OR regexp_full_match({value}, {WHOLE_NUMBER}) THEN {made} END"


def _plain(value: str, kind: str) -> str:
    return f"TRY_CAST({value} AS {kind})"


def _own(name: str) -> Callable[[str, str], str]:
    return lambda value, kind: f"{qualified(name)}({value})"


_FROM_TEXT: dict[str, Callable[[str, str], str]] = {
    "bool": _own("lake_truth"),
    "date": _own("lake_date"),
    "float4": _plain,
    "float8": _plain,
    "int": _integer,
    "numeric": _plain,
    "timestamp": _own("lake_moment"),
}
