"""SQL text: cut a cell into statements, bind `:name` values. Redshift's lexical rules.

Source: Redshift Developer Guide, "Literals" and "Names and identifiers". A backslash escapes in a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rsnb.errors import ParameterError, SqlError, similar
from rsnb.literals import LISTS, as_python, quote_identifier, quote_literal

_TOKEN = re.compile(
    r"""(?P<comment>--[^\r\n]*|/\*)
      | (?P<string>'(?:[^'\\]++|\\.|'')*+')
      | (?P<identifier>"(?:[^"]++|"")*+")
      | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)
      | (?P<open>['"]|\$(?:[^\W\d]\w*)?\$)
      | (?P<parameter>(?<![:\w"]):[^\W\d]\w*)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<number>\d[\w.]*)
      | (?P<cast>::)
      | (?P<mark>\S)""",
    re.VERBOSE | re.DOTALL,
)
_PARAMETER = re.compile(r"(?<![:\w\"]):[^\W\d]")
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


def tokens(text: str, at: int = 0) -> Iterator[Token]:
    """The tokens of SQL text from an offset on, comments included, white space left out.

    Raises SqlError on an unterminated string, quoted identifier, dollar-quoted text or comment.
    """
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


_STRETCH = re.compile(r"(?:(?<![:\w\"]):[^\W\d]\w*+|[^\W\d][\w$]*+|\d[\w.]*+|[^\w'\"$;/-])++")


def _stretches(text: str) -> Iterator[Token]:
    """The tokens of a text, all that stands between quotes, comments and semicolons as one: fast to cut at."""
    at = 0
    while at < len(text):
        if match := _STRETCH.match(text, at):
            at = match.end()
            if stretch := match.group().strip():
                start = text.index(stretch, match.start())
                yield Token("word", stretch, start, start + len(stretch))
        else:
            token = next(tokens(text, at))
            at = token.end
            yield token


@lru_cache(maxsize=256)
def split(text: str) -> tuple[Statement, ...]:
    """Cut a cell into its statements at semicolons; comments alone make no statement."""
    statements = []
    start: int | None = None
    end = 0
    for token in _stretches(text):
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
    if not _PARAMETER.search(text):
        return ()
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
            name = _stands_for_name(words, clauses[-1]) and not _stands_for_value(words, calls[-1], first)
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


def _stands_for_value(words: list[str], call: str, first: str) -> bool:
    """As in `copy t from 's3://...'`, `extract(year from x)`, `a is distinct from b`, `terminated by '|'`."""
    if words[-1] == "by":
        return words[0] not in ("order", "group", "partition")
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
        value = as_python(value)
        if parameter.identifier and not isinstance(value, int):  # order by 1
            if not isinstance(value, str):
                raise ValueError(f"a name stands here, so it is a text, not a {type(value).__name__}")
            return quote_identifier(value)
        if isinstance(value, LISTS) and not text[: parameter.start].rstrip().endswith(("(", ",")):
            raise ValueError(f"it is a list, which stands in parentheses: in (:{parameter.name})")
        return quote_literal(value)
    except ValueError as exc:
        raise ParameterError(
            f"the parameter :{parameter.name} can't be bound: {exc}", sql=text, position=parameter.start
        ) from None
