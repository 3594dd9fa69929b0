"""The lines of a file, and delimited or CSV lines as fields.

DuckDB's reader is the fast way; `records` is the exact one, for files with a row that is at fault.
Source: Redshift Developer Guide, COPY "Data format parameters" and "Data conversion parameters".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.copy.record import (
    BLANK_LINE,
    EXTRA_COLUMNS,
    INVALID_QUOTES,
    MISSING_COLUMNS,
    MISSING_END_QUOTE,
    Reason,
    Record,
    missing_newline,
)
from rsnb.warehouse.copy.target import Target

_LONGEST = 4 << 20  # characters of a row
Fields = list[str] | Reason | None  # None: the row goes on in the next line


def records(copy: Copy, targets: list[Target], path: Path) -> Iterator[Record]:
    """The rows of a file, bytes that are not UTF-8 as lone surrogates."""
    split = _splitter(copy)
    whole = len(targets)
    lines = _lines(path)
    for _ in range(copy.header):
        next(lines, None)
    pending: list[str] = []  # the lines of a row that goes on
    for number, line in lines:
        if pending and copy.format == "csv" and copy.quote not in line:
            pending.append(line)
            continue
        if line in ("", "\r") and not pending and whole > 1:
            if "ignoreblanklines" not in copy.options:
                yield Record(number, "", reason=BLANK_LINE)
            continue
        text = "\n".join([*pending, _without_return(copy, line)])
        fields = split(text, [])
        if fields is None and len(text) < _LONGEST:
            pending.append(line)
            continue
        yield _record(copy, targets, number - len(pending), text, fields or MISSING_END_QUOTE)
        pending = []
    if pending:
        yield from _unfinished(copy, targets, number - len(pending) + 1, pending, split)


def _unfinished(copy: Copy, targets: list[Target], number: int, lines: list[str], split: Splitter) -> Iterator[Record]:
    """A quoted value that has no end takes one line with it; the others are read again."""
    while lines:
        text = _without_return(copy, lines[0])
        yield _record(copy, targets, number, text, split(text, []) or MISSING_END_QUOTE)
        number, lines = number + 1, lines[1:]


def _without_return(copy: Copy, line: str) -> str:
    """A line without the carriage return at its end; one that is escaped belongs to the value."""
    body = line.removesuffix("\r")
    return line if "escape" in copy.options and _open_escape(body) else body


def _open_escape(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines with their numbers from 1, without their newlines."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        for number, line in enumerate(file, 1):
            yield number, line.removesuffix("\n")


def _record(copy: Copy, targets: list[Target], number: int, text: str, fields: list[str] | Reason) -> Record:
    if isinstance(fields, Reason):
        return Record(number, text, reason=fields)
    if copy.format == "fixedwidth":
        return Record(number, text, tuple(fields), _width(copy, text))
    missing = len(targets) - len(fields)
    if missing == -1 and fields[-1] == "":  # a delimiter may end a row
        return Record(number, text, tuple(fields[:-1]))
    if missing < 0:
        return Record(number, text, reason=EXTRA_COLUMNS)
    if missing > 0 and "fillrecord" not in copy.options:
        return Record(number, text, reason=MISSING_COLUMNS)
    filled = (None if t.kind == "character" else "" for t in targets[len(fields) :])
    return Record(number, text, (*fields, *filled))


def _width(copy: Copy, text: str) -> Reason | None:
    """The reason when a line is wider than its fields, or ends before the last one begins."""
    whole = sum(copy.widths)
    if text[whole:].strip():
        return EXTRA_COLUMNS
    short = len(text) < whole - copy.widths[-1] and "fillrecord" not in copy.options
    return MISSING_COLUMNS if short else None


Splitter = Callable[[str, list[int]], Fields]  # it adds the place where each field begins to the list


def _splitter(copy: Copy) -> Splitter:
    """The function that makes fields of a row's text."""
    if copy.format == "csv":
        return _csv(copy)
    if "removequotes" in copy.options or "escape" in copy.options:
        return _marked(copy)
    return lambda text, starts: _ended(text, copy) or _split(copy, text, starts)


def _split(copy: Copy, text: str, starts: list[int]) -> list[str]:
    fields = [text] if copy.format == "fixedwidth" else text.split(copy.delimiter)
    starts += accumulate((len(f) + len(copy.delimiter) for f in fields[:-1]), initial=0)
    return fields


def begin(copy: Copy, text: str, index: int) -> int:
    """Where a field of a row begins, from 0; in a line of fixed width, Redshift tells the place before it."""
    if copy.format == "fixedwidth":
        return sum(copy.widths[:index]) - 1
    starts: list[int] = []
    _splitter(copy)(text, starts)
    return starts[index] if index < len(starts) else len(text)


def _ended(text: str, copy: Copy, marks: str = "\r\0") -> Reason | None:
    """The reason when a NUL or a carriage return ends the record before its line."""
    for mark in marks:
        if mark in text and mark != copy.null:
            return missing_newline(text, text.index(mark))
    return None


def _csv(copy: Copy) -> Splitter:
    """Quoted fields may hold delimiters and newlines; a quotation mark in one is doubled."""
    d, q = re.escape(copy.delimiter), re.escape(copy.quote)
    blanks = f"(?:(?!{d})[^\\S\\n])*+"
    quoted = re.compile(rf"{blanks}{q}((?:[^{q}]++|{q}{q})*+){q}{blanks}({d}|\Z)")
    bare = re.compile(rf"([^{q}{d}]*+)({d}|\Z)")
    unfinished = re.compile(rf"{blanks}{q}(?:[^{q}]++|{q}{q})*+\Z")

    def split(text: str, starts: list[int]) -> Fields:
        if copy.quote not in text:
            return _ended(text, copy) or _split(copy, text, starts)
        fields: list[str] = []
        at = 0
        while True:
            starts.append(at)
            if match := quoted.match(text, at):
                fields.append(match[1].replace(copy.quote * 2, copy.quote))
            elif match := bare.match(text, at):
                fields.append(match[1])
            else:
                return None if unfinished.match(text, at) else INVALID_QUOTES._replace(position=at)
            if reason := _ended(match[1], copy, "\0" if match.re is quoted else "\r\0"):
                return reason
            at = match.end()
            if not match[2]:
                return fields

    return split


_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def _marked(copy: Copy) -> Splitter:
    """REMOVEQUOTES takes marks around a value away; with ESCAPE a backslash keeps what follows as it is."""
    escape, remove = "escape" in copy.options, "removequotes" in copy.options
    d = re.escape(copy.delimiter)
    character = r"(?:\\.|[^\\])" if escape else "."
    bare = re.compile(rf"()({character}*?)({d}|\Z)", re.DOTALL)
    quoted = re.compile(rf"(['\"])({character}*?)\1({d}|\Z)", re.DOTALL)

    def split(text: str, starts: list[int]) -> Fields:
        if escape and _open_escape(text):
            return None
        fields: list[str] = []
        at = 0
        while True:
            starts.append(at)
            pattern = quoted if remove and text[at : at + 1] in ("'", '"') else bare
            match = pattern.match(text, at)
            if match is None:
                return MISSING_END_QUOTE._replace(position=at)
            if reason := _ended(_ESCAPED.sub("", match[2]) if escape else match[2], copy):
                return reason
            fields.append(_unescaped(match[2]) if escape else match[2])
            at = match.end()
            if not match[3]:
                return fields

    return split


def _unescaped(value: str) -> str:
    """The value without its escapes; `\\N` and `\\\\N` stay the mark of NULL."""
    return "\\N" if value in ("\\N", "\\\\N") else _ESCAPED.sub(r"\1", value)
