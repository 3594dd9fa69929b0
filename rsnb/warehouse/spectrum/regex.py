"""The regular expression of a RegexSerDe: what DuckDB reads as Java does, and what it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.spectrum.table import ExternalTable
from rsnb.warehouse.spectrum.values import TEXTS

if TYPE_CHECKING:
    import duckdb


def pattern(properties: Mapping[str, str]) -> str:
    """The expression for a whole line."""
    folded = properties.get("input.regex.case.insensitive", "").lower() == "true"
    return f"{'(?i)' if folded else ''}^(?:{properties['input.regex']})$"


def check(db: duckdb.DuckDBPyConnection, table: ExternalTable, sql: str) -> None:
    """Raise unless the expression gives a value to each column, and gives the values that Java would."""
    import duckdb

    written = table.serde_properties["input.regex"]
    try:
        db.execute("SELECT regexp_full_match('', ?)", [pattern(table.serde_properties)]).fetchall()
    except duckdb.Error as exc:
        raise UnsupportedSql(
            f"this 'input.regex' is not supported by the embedded warehouse: {str(exc).splitlines()[0]}", sql=sql,
            position=0, hint="write it without look-around, back references and possessive quantifiers",
        ) from None  # fmt: skip
    optional = groups(written)
    columns = table.data_columns
    if len(optional) != len(columns):
        raise SqlError(
            f"'input.regex' has {len(optional)} groups for {len(columns)} columns", sql=sql, position=0,
            hint="each column takes one group in brackets; write (?:...) for brackets that are none",
        )  # fmt: skip
    for column, may_miss in zip(columns, optional, strict=True):
        if may_miss and column.type.short in TEXTS:
            raise UnsupportedSql(
                f"a group of 'input.regex' that may be left out (for {column.name}) is not supported by the embedded "
                "warehouse", sql=sql, position=0, hint="put the part that may be missing inside the group: ((?:...)?)",
            )  # fmt: skip


_PARTS = re.compile(r"\\Q.*?\\E|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\(\?|\(|\)|\||[?*]|\{0?,|.", re.DOTALL)


@dataclass
class _Bracket:
    """A bracket that is open: the groups found before it, whether it takes a value, whether it holds a `|`."""

    start: int
    takes: bool
    choice: bool = False


def groups(written: str) -> list[bool]:
    """For each group that takes a value, whether it may take none: it or what is around it may be left out."""
    found: list[bool] = []
    opened = [_Bracket(0, False)]
    parts = [m[0] for m in _PARTS.finditer(written)]
    for at, part in enumerate([*parts, ")"]):
        following = parts[at + 1] if at + 1 < len(parts) else ""
        if part in ("(", "(?"):
            takes = part == "(" or (following in ("P", "<") and parts[at + 2] not in ("=", "!"))
            opened.append(_Bracket(len(found), takes))
            found += [False] * takes
        elif part == "|":
            opened[-1].choice = True
        elif part == ")":
            bracket = opened.pop() if len(opened) > 1 else opened[0]
            optional = following in ("?", "*", "{0,", "{,")
            first = bracket.start if optional else bracket.start + bracket.takes
            if optional or bracket.choice:
                found[first:] = [True] * (len(found) - first)
    return found
