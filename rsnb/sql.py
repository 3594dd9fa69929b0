"""SQL text: cut a cell into statements, bind `:name` values, quote. Redshift's lexical rules.

Source: Redshift Developer Guide, "Literals" and "Names and identifiers". A backslash escapes in a string.
"""

from __future__ import annotations

import datetime
import decimal
import re
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from rsnb.errors import ParameterError, SqlError, similar

_TOKEN = re.compile(
    r"""(?P<comment>--[^\r\n]*|/\*)
      | (?P<string>'(?:[^'\\]++|\\.|'')*+')
      | (?P<identifier>"(?:[^"]++|"")*+")
      | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)
      | (?P<open>['"]|\$(?:[^\W\d]\w*)?\$)
      | (?P<parameter>(?<![:\w]):[^\W\d]\w*)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<number>\d[\w.]*)
      | (?P<cast>::)
      | (?P<mark>\S)""",
    re.VERBOSE | re.DOTALL,
)
_BLOCK_COMMENT = re.compile(r"/\*|\*/")
_OPEN = {"'": "string", '"': "quoted identifier", "$": "dollar-quoted text"}


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

    Raises SqlError on an unterminated string, quoted identifier, dollar-quoted text or comment.
    """
    at = 0
    while match := _TOKEN.search(text, at):
        kind, start, at = str(match.lastgroup), match.start(), match.end()
        if kind == "tag":
            kind = "dollar"
        elif kind == "open":
            raise SqlError(f"the {_OPEN[match.group()[0]]} that starts here has no end", sql=text, position=start)
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

_NAME_AFTER = {
    "from", "join", "into", "update", "table", "view", "schema", "by", ".",
    "exists", "truncate", "copy", "analyze", "vacuum",
}  # fmt: skip
_LISTS_NAMES = {"from", "by"}  # a name also stands after each comma of these clauses
_CLAUSES = {"select", "from", "where", "by", "having", "qualify", "limit", "offset", "set", "values", "on", "using"}
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
    words = ["", ""]  # the two tokens before
    calls, clauses = [""], [""]  # by depth of parentheses: the function's name, the clause
    first = ""
    for token in tokens(text):
        if token.kind == "comment":
            continue
        word = token.text.lower()
        first = first or word
        if token.kind == "parameter":
            name = _stands_for_name(words, clauses[-1]) and not _is_value_after_from(words, calls[-1], first)
            found.append(Parameter(token.text[1:], token.start, token.end, name or text.startswith(".", token.end)))
        elif word == "(":
            calls.append(words[-1])
            clauses.append("")
        elif word == ")" and len(calls) > 1:
            calls.pop()
            clauses.pop()
        elif word in _CLAUSES:
            clauses[-1] = word
        words = [words[-1], word]
    return tuple(found)


def _stands_for_name(words: list[str], clause: str) -> bool:
    return words[-1] in _NAME_AFTER or (words[-1] == "," and clause in _LISTS_NAMES)


def _is_value_after_from(words: list[str], call: str, first: str) -> bool:
    """`copy t from 's3://...'`, `extract(year from x)` and `a is distinct from b` have a value there."""
    return words[-1] == "from" and (first == "copy" or call in _VALUE_AFTER_FROM or words[0] == "distinct")


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
        value = _python(value)
        if isinstance(value, _LISTS) and not text[: parameter.start].rstrip().endswith(("(", ",")):
            raise ValueError(f"it is a list, which stands in parentheses: in (:{parameter.name})")
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
    value = _python(value)
    for kinds, render in _LITERALS:
        if isinstance(value, kinds):
            return render(value)
    raise ValueError(f"a value of type {type(value).__name__} has no SQL literal")


def _python(value: object) -> object:
    """The value of a numpy, pandas, polars or Arrow object as Python's; any other as it is."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, (*_PLAIN, type)):
        return value
    for method in ("tolist", "to_list", "to_pylist", "as_py"):
        convert = getattr(value, method, None)
        if callable(convert):
            return _checked(getattr(value, "dtype", None), _in_microseconds(value), method)
    return value


def _in_microseconds(value: Any) -> Any:
    """numpy's dates and durations, when finer than SQL's microseconds, in those."""
    dtype: Any = getattr(value, "dtype", None)
    if type(value).__module__ != "numpy" or not str(dtype).endswith("[ns]"):
        return value
    coarse = value.astype(f"{dtype.kind}8[us]")
    if coarse.astype(dtype).tolist() != value.tolist():
        raise ValueError(_TOO_FINE)
    return coarse


def _checked(dtype: Any, value: Any, method: str) -> object:
    """The value as Python's; missing texts of pandas, which are NaN, as None."""
    given = getattr(value, method)()
    items = given if isinstance(given, list) else [given]
    kind = getattr(dtype, "kind", "")
    if kind in ("m", "M") and any(isinstance(item, int) for item in items):
        raise ValueError(f"a {dtype} has no SQL literal")
    return [None if item != item else item for item in items] if kind == "O" and items is given else given


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("a text with a NUL character has no SQL literal")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _float(value: float) -> str:
    return f"'{float(value)!r}'::float8"  # as a text: a bare 0.1 would be a numeric, and -0.0 lose its sign


def _decimal(value: decimal.Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"SQL's numeric has no {value}")
    return f"({value:f})" if value < 0 else f"{value:f}"


def _datetime(value: datetime.datetime) -> str:
    if getattr(value, "nanosecond", 0):
        raise ValueError(_TOO_FINE)
    kind = "timestamptz" if value.tzinfo else "timestamp"
    return f"'{value.isoformat(' ')}'::{kind}"


def _interval(value: datetime.timedelta) -> str:
    if getattr(value, "nanoseconds", 0):
        raise ValueError(_TOO_FINE)
    sign, value = ("-", -value) if value < datetime.timedelta(0) else ("", value)
    parts = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
    return "interval '" + " ".join(f"{sign}{n} {unit}" for unit, n in parts.items() if n or unit == "seconds") + "'"


def _list(values: Collection[object]) -> str:
    if not values:
        raise ValueError("an empty list would make `in ()`, which SQL does not have")
    ordered = sorted(values, key=repr) if isinstance(values, (set, frozenset)) else values
    literals = []
    for value in map(_python, ordered):
        if isinstance(value, _LISTS):
            raise ValueError("a list of lists has no SQL literal")
        literals.append(quote_literal(value))
    return ", ".join(literals)


_TOO_FINE = "SQL's times hold microseconds, and it is finer: round it"
_LISTS = (list, tuple, set, frozenset, range)
_LITERALS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (type(None), lambda value: "NULL"),
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (int, lambda value: f"({int(value)})" if value < 0 else str(int(value))),
    (float, _float),
    (decimal.Decimal, _decimal),
    (str, _text),
    ((bytes, bytearray, memoryview), lambda value: f"from_hex('{value.hex()}')"),
    (datetime.datetime, _datetime),
    (datetime.date, lambda value: f"'{value.isoformat()}'::date"),
    (datetime.time, lambda value: f"'{value.isoformat()}'::{'timetz' if value.tzinfo else 'time'}"),
    (datetime.timedelta, _interval),
    (uuid.UUID, lambda value: _text(str(value))),
    (_LISTS, _list),
)
_PLAIN = tuple(kind for kinds, _ in _LITERALS for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
