"""Names and texts as DuckDB's SQL writes them."""

from __future__ import annotations

from collections.abc import Iterable

from rsnb.literals import quote_identifier


def place(schema: str, name: str) -> str:
    """A table's name for DuckDB."""
    return f"{quote_identifier(schema)}.{quote_identifier(name)}"


def identifiers(names: Iterable[str]) -> str:
    """Names, quoted, with commas between."""
    return ", ".join(quote_identifier(n) for n in names)


def text(value: str) -> str:
    """A string literal of DuckDB."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: list[str]) -> str:
    """A list of string literals of DuckDB."""
    return f"[{', '.join(text(v) for v in values)}]"
