"""The first object of a JSON file that is none: where DuckDB's own message would not tell its place."""

from __future__ import annotations

import json
from pathlib import Path


def malformed(file: Path, arrays: bool = False) -> tuple[int, str, str] | None:
    """(number, text, reason) of the first JSON object of a file that is not one; None when all are."""
    source = file.read_bytes().decode("utf-8", "replace")
    read, at, number = json.JSONDecoder().raw_decode, 0, 0
    while (start := _start(source, at)) < len(source):
        number += 1
        try:
            value, at = read(source, start)
        except ValueError as exc:
            return number, source[start : start + 120], f"is not JSON: {exc}"
        if not isinstance(value, dict) and not (arrays and isinstance(value, list)):
            return number, source[start : start + 120], "is not a JSON object"
    return None


def _start(source: str, at: int) -> int:
    while at < len(source) and source[at].isspace():
        at += 1
    return at
