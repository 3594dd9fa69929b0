"""SQL text: cut a cell into statements, bind `:name` values, quote. Redshift's lexical rules.

Source: Redshift Developer Guide, "Literals" and "Names and identifiers". A backslash escapes in a string.
"""

from __future__ import annotations

import datetime
import decimal
import math
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rsnb.errors import ParameterError, SqlError, similar

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*)
      | (?P<string>'(?:[^'\\]|\\.|'')*')
      | (?P<identifier>"(?:[^"]|"")*")
      | (?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
      | (?P<open>['"])
      | (?P<parameter>(?<![:\w]):[A-Za-z_]\w*)
      | (?P<word>[^\W\d]\w*)
      | (?P<number>\d[\w.]*)
      | (?P<cast>::)
      | (?P<mark>\S)""",
    re.VERBOSE | re.DOTALL,
)
_BLOCK_COMMENT = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A piece of SQL text: kind is a group of _TOKEN; offsets are 0-based, end exclusive."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Statement:
    """One statement of a cell, without its semicolon; start is its offset in the cell."""

    text: str
    start: int = 0


def tokens(text: str) -> Iterator[Token]:
    """The tokens of SQL text, comments included, white space left out.

    Raises SqlError on an unterminated string, quoted identifier or comment.
    """
    at = 0
    while match := _TOKEN.search(text, at):
        kind, start, at = str(match.lastgroup), match.start(), match.end()
        if kind == "tag":
            kind = "dollar"
        elif kind == "open":
            what = "string" if match.group() == "'" else "quoted identifier"
            raise SqlError(f"the {what} that starts here has no end", sql=text, position=start)
        elif match.group() == "/*":
            at = _end_of_comment(text, start)
        yield Token(kind, text[start:at], start, at)


def _end_of_comment(text: str, start: int) -> int:
    depth = 0
    for match in _BLOCK_COMMENT.finditer(text, start):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    raise SqlError("the comment that starts here has no end", sql=text, position=start)


@lru_cache(maxsize=256)
def split(text: str) -> tuple[Statement, ...]:
    """Cut a cell into its statements at semicolons; comments alone make no statement."""
    statements = []
    start: int | None = None
    end = 0
    for token in tokens(text):
        if token.text == ";":
            if start is not None:
                statements.append(Statement(text[start:end], start))
            start = None
        elif token.kind != "comment":
            start = token.start if start is None else start
            end = token.end
    if start is not None:
        statements.append(Statement(text[start:end], start))
    return tuple(statements)


# Parameters

_IDENTIFIER_FOLLOWS = {"from", "join", "into", "update", "table", "view", "schema", "by", "."}
_VALUE_AFTER_FROM = {"extract", "trim", "substring", "overlay", "position"}


class Parameter(NamedTuple):
    """A `:name` in SQL text; identifier says that it stands where a name stands."""

    name: str
    start: int
    end: int
    identifier: bool


@lru_cache(maxsize=256)
def parameters(text: str) -> tuple[Parameter, ...]:
    """The `:name` parameters of a statement, in order."""
    found = []
    previous, calls = "", [""]
    for token in tokens(text):
        if token.kind == "comment":
            continue
        if token.kind == "parameter":
            in_call = previous == "from" and calls[-1] in _VALUE_AFTER_FROM
            identifier = (previous in _IDENTIFIER_FOLLOWS and not in_call) or text.startswith(".", token.end)
            found.append(Parameter(token.text[1:], token.start, token.end, identifier))
        elif token.text == "(":
            calls.append(previous)
        elif token.text == ")" and len(calls) > 1:
            calls.pop()
        previous = token.text.lower()
    return tuple(found)


class Edit(NamedTuple):
    """A value put in place of a parameter: its span in the bound text and in the source."""

    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True)
class Bound:
    """A statement with its values in place; knows where its text came from."""

    text: str
    edits: tuple[Edit, ...] = ()

    def source(self, position: int) -> int:
        """The offset in the statement as written for an offset in the bound text."""
        before = [edit for edit in self.edits if edit.start <= position]
        if not before:
            return position
        edit = before[-1]
        return edit.source_start if position < edit.end else position - edit.end + edit.source_end


def bind(text: str, values: Mapping[str, object]) -> Bound:
    """Put the values of its `:name` parameters into a statement, each quoted for its place.

    A list fills `in (:ids)`, None is NULL, a text where a name stands is quoted as an identifier.
    Raises ParameterError for a missing value or an unsupported type.
    """
    edits: list[Edit] = []
    pieces: list[str] = []
    done = length = 0
    for parameter in parameters(text):
        rendered = _render(text, parameter, values)
        pieces += [text[done : parameter.start], rendered]
        start = length + parameter.start - done
        length = start + len(rendered)
        done = parameter.end
        edits.append(Edit(start, length, parameter.start, parameter.end))
    return Bound("".join([*pieces, text[done:]]), tuple(edits))


def _render(text: str, parameter: Parameter, values: Mapping[str, object]) -> str:
    try:
        value = values[parameter.name]
    except KeyError:
        raise ParameterError(
            f"the parameter :{parameter.name} has no value",
            sql=text,
            position=parameter.start,
            hint=f"give {parameter.name} a value; "
            + similar(parameter.name, (k for k in values if not k.startswith("_"))),
        ) from None
    try:
        if parameter.identifier and isinstance(value, str):
            return quote_identifier(value)
        return quote_literal(value)
    except ValueError as exc:
        raise ParameterError(
            f"the parameter :{parameter.name} can't be bound: {exc}", sql=text, position=parameter.start
        ) from None


def quote_identifier(name: str) -> str:
    """A name in double quotes; raises ValueError on an empty name or a NUL."""
    if not name or "\0" in name:
        raise ValueError(f"{name!r} is not a name")
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: object) -> str:
    """A value as a Redshift literal: typed where the bare form would be ambiguous.

    Raises ValueError for a type that SQL can't hold, an empty list, or a text with a NUL.
    """
    for kinds, render in _LITERALS:
        if isinstance(value, kinds):
            return render(value)
    if type(value).__name__ in ("NAType", "NaTType"):
        return "NULL"
    for method in ("tolist", "to_list", "to_pylist", "as_py"):  # numpy, pandas, polars, Arrow
        convert = getattr(value, method, None)
        if callable(convert):
            return quote_literal(convert())
    raise ValueError(f"a {type(value).__name__} has no SQL literal")


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("a text with a NUL character has no SQL literal")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _float(value: float) -> str:
    if not math.isfinite(value):
        return f"'{value}'::float8"
    return f"({value!r})::float8" if math.copysign(1, value) < 0 else f"{value!r}::float8"


def _datetime(value: datetime.datetime) -> str:
    if value != value:  # pandas.NaT is a datetime
        return "NULL"
    kind = "timestamptz" if value.tzinfo else "timestamp"
    return f"'{value.isoformat(' ')}'::{kind}"


def _list(values: list[object] | tuple[object, ...] | set[object]) -> str:
    if not values:
        raise ValueError("an empty list would make `in ()`, which SQL does not have")
    ordered = sorted(values, key=repr) if isinstance(values, (set, frozenset)) else values
    return ", ".join(quote_literal(v) for v in ordered)


_LITERALS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (type(None), lambda value: "NULL"),
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (int, lambda value: f"({int(value)})" if value < 0 else str(int(value))),
    (float, _float),
    (decimal.Decimal, lambda value: f"({value:f})" if value < 0 else f"{value:f}"),
    (str, _text),
    (bytes, lambda value: f"from_hex('{value.hex()}')"),
    (datetime.datetime, _datetime),
    (datetime.date, lambda value: f"'{value.isoformat()}'::date"),
    (datetime.time, lambda value: f"'{value.isoformat()}'::time"),
    (datetime.timedelta, lambda value: f"interval '{value.total_seconds()!r} seconds'"),
    (uuid.UUID, lambda value: _text(str(value))),
    ((list, tuple, set, frozenset), _list),
)
