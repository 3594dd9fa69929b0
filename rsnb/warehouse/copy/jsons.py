"""JSON in the files of COPY: objects or arrays one after another, and the paths from them to the columns.

Source: Redshift Developer Guide, COPY "Data format parameters", "COPY from JSON format".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from rsnb.errors import LoadError
from rsnb.lake import Lake
from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.copy.record import INVALID_JSON, Record
from rsnb.warehouse.spelling import text

_CHUNK = 4 << 20  # characters; an object is at most as long
_MARK = re.compile(r"\[(\d+)\]|\['([^']+)'\]|\.([^.'\[\]]+)")


@dataclass(frozen=True)
class JsonPath:
    """A path as DuckDB writes it, and the arrays that it goes into: their paths and the least length."""

    sql: str
    arrays: list[tuple[str, int]] = field(default_factory=list)

    @property
    def guard(self) -> str:
        """Whether the arrays are there and long enough, as SQL over `json`."""
        return " AND ".join(f"coalesce(json_array_length(json, {text(a)}), 0) >= {n}" for a, n in self.arrays) or "true"


def parse_path(written: str) -> JsonPath:
    """A JSONPath expression in bracket or dot notation; raises ValueError where Redshift takes none such."""
    path, at = "$", 1
    arrays: list[tuple[str, int]] = []
    notations = set()
    if written[:1] != "$":
        raise ValueError("it begins with $")
    while at < len(written):
        match = _MARK.match(written, at)
        if match is None:
            raise ValueError(f"{written[at:]!r} is not read: a path names keys and array elements only")
        if match[1] is not None:
            arrays.append((path, int(match[1]) + 1))
            path += f"[{match[1]}]"
        else:
            notations.add(match.lastindex)
            path += '."' + (match[2] or match[3]).replace("\\", "\\\\").replace('"', '\\"') + '"'
        at = match.end()
    if len(notations) > 1:
        raise ValueError("it mixes the bracket and the dot notation")
    return JsonPath(path, arrays)


def paths_of(copy: Copy, lake: Lake) -> list[JsonPath]:
    """The paths of the JSONPaths file that the command names; none where the columns' names are the keys."""
    source = copy.options[copy.format]
    if source in ("auto", "auto ignorecase", "noshred"):
        return []
    if "://" not in source:
        copy.options.wrong(copy.format, f"{copy.format.upper()} {source!r} is neither 'auto' nor a JSONPaths file",
                           hint="'auto', 'auto ignorecase', 'noshred' or 's3://bucket/jsonpaths.json'")  # fmt: skip
    file = lake.file(source.strip())
    if file is None:
        raise LoadError(f"there is no JSONPaths file {source}", hint=lake.where(source.strip()))
    try:
        content = json.loads(file.path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        _malformed(source, str(exc))
    if not isinstance(content, dict):
        _malformed(source, "it is one JSON object")
    if "jsonpaths" not in content:
        return []  # as Redshift does
    given = content["jsonpaths"]
    if not isinstance(given, list) or not all(isinstance(p, str) and p for p in given):
        _malformed(source, "its jsonpaths are a list of texts")
    return [_path(source, p) for p in given]


def _path(source: str, written: str) -> JsonPath:
    try:
        return parse_path(written)
    except ValueError as exc:
        _malformed(source, f"the path {written!r}: {exc}")


def _malformed(source: str, reason: str) -> NoReturn:
    raise LoadError(f"{source} is not a JSONPaths file: {reason}", hint='it holds {"jsonpaths": ["$.a", ...]}')


Decode = Callable[[str, int], tuple[Any, int]]
_SPACE = re.compile(r"\s*+")
_RESTART = re.compile(r"\n(?=\s*[\[{])")


def records(path: Path) -> Iterator[Record]:
    """The objects and arrays of a file, each with the number of its last line; between them stands white space."""
    decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        buffer, at, line, more = "", 0, 1, True
        while True:
            start = _blank_end(buffer, at)
            end, good = _next(decode, buffer, start)
            if more and not good and len(buffer) - start < 2 * _CHUNK:
                chunk = file.read(_CHUNK)
                buffer, at, more = buffer[at:] + chunk, 0, bool(chunk)
                continue
            if start == len(buffer):
                return
            line += buffer.count("\n", at, end)
            raw = buffer[start:end]
            yield Record(line, raw, (raw,)) if good else Record(line, raw, reason=INVALID_JSON)
            at = end


def _blank_end(buffer: str, at: int) -> int:
    match = _SPACE.match(buffer, at)
    return match.end() if match else at


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _next(decode: Decode, buffer: str, start: int) -> tuple[int, bool]:
    """Where the value at `start` ends, and whether it is an object or array; else where to go on."""
    if buffer[start : start + 1] in ("{", "["):
        try:
            return decode(buffer, start)[1], True
        except (ValueError, RecursionError):
            pass
    found = _RESTART.search(buffer, start)
    return (found.start() if found else len(buffer)), False
