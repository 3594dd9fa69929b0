"""DuckDB's errors as rsnb's: what failed, where in the user's text, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from rsnb.errors import (
    Cancelled,
    ConnectionLost,
    LoadError,
    MissingExtra,
    RsnbError,
    SqlError,
    UnsupportedSql,
    WarehouseLocked,
    similar,
)
from rsnb.sql import tokens

if TYPE_CHECKING:
    import duckdb

Match = re.Match[str]


def explain(error: duckdb.Error, sql: str, names: Callable[[], Iterable[str]] = tuple) -> RsnbError:
    """The error to raise in place of a DuckDB error; sql is the user's statement.

    names: the tables that the user could have meant.
    """
    text = str(error)
    kind = type(error).__name__
    if kind == "InterruptException":
        return Cancelled("the statement was cancelled; the session is usable")
    if kind == "TransactionException" and "onflict" in text:
        return SqlError(
            "the transaction conflicts with another that changed the same table at the same time", sql=sql,
            hint="`rollback`, then run it again; Redshift's error for this is 1023",
        )  # fmt: skip
    if kind == "IOException":
        return _of_file(text)
    if kind == "FatalException":
        return ConnectionLost(f"the embedded warehouse stopped: {first_line(text)}", hint="connect again")
    for pattern, build in _PATTERNS:
        if match := re.search(pattern, text, re.DOTALL):
            return build(match, sql, names)
    return SqlError(first_line(text), sql=sql)


_DUCKDB_ADVICE = re.compile(r"Use TRY\(.*|You might need to add explicit type casts\.|Candidate \w+:.*")


def first_line(text: str) -> str:
    """The first line of DuckDB's message, without the name of the error's kind."""
    line = text.strip().split("\n")[0]
    line = re.sub(r"^(\w+ )*Error: ", "", line)
    return _DUCKDB_ADVICE.sub("", line).strip()


def _of_file(text: str) -> RsnbError:
    if match := re.search(r'Could not set lock on file "(.*?)".*?(?:PID (\d+))?\)?\.?(?: See|$)', text, re.DOTALL):
        holder = re.search(r"PID (\d+)", text)
        by = f"the process {holder[1]}" if holder else "another process"
        return WarehouseLocked(
            f"the warehouse file {match[1]} is held by {by}",
            hint="close it there (a notebook's kernel, a shell), or connect to another file or to embedded://",
        )
    if match := re.search(r"Unexpected end of GZIP stream: (\S+)|(?:gzip|GZIP).*?(/\S+)", text):
        place = match[1] or match[2]
        return LoadError(f"{place} is not a whole gzip file: it ends too early", hint="copy the file again")
    return LoadError(first_line(text))


def place_of(sql: str, word: str) -> int | None:
    """Where a name or a literal first stands in the user's text."""
    wanted = word.lower()
    found = [t for t in tokens(sql) if t.kind != "comment" and t.text.lower().strip("\"'") == wanted]
    names = [t for t in found if t.kind != "string"]
    return next((t.start for t in names or found), None)


def anchored(error: SqlError, sql: str) -> None:
    """Give an error in a statement that was made of the user's its place in the user's own."""
    if error.sql not in ("", sql) and error.position is not None:
        word = next((t.text for t in tokens(error.sql) if t.end > error.position), "")
        error.sql, error.position = sql, place_of(sql, word.strip("\"'"))
    error.sql = sql


def _column(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    name = match[1].split(".")[-1]
    known = re.search(r"Candidate bindings: (.*)", match.string)
    candidates = [c.strip(' "').split(".")[-1] for c in known[1].split(",")] if known else []
    hint = "did you mean " + " or ".join(dict.fromkeys(candidates)) + "?" if candidates else None
    return SqlError(f"there is no column {name}", sql=sql, position=place_of(sql, name), hint=hint)


def _table(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    return SqlError(
        f"there is no table {match[1]}", sql=sql, position=place_of(sql, match[1]), hint=similar(match[1], names())
    )


def _conversion(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    return SqlError(
        f"{match[1]!r} is not valid for the type {match[2]}",
        sql=sql,
        position=place_of(sql, match[1]),
        hint="cast or correct the value",
    )


def _too_long(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    return SqlError(
        f"a value is too long for the column {match[2]} of {match[1]}: at most {match[3]} bytes",
        sql=sql,
        hint="shorten it, or make the column longer",
    )


def _plain(message: str, hint: str | None = None) -> Callable[..., RsnbError]:
    def build(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
        shown = hint.format(*match.groups()) if hint else None
        return SqlError(message.format(*match.groups()), sql=sql, hint=shown)

    return build


def _json(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    return LoadError(f"{match[1]}: {' '.join(match[2].split())}", hint="correct the file, or leave it out")


def _csv(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    text = match.string
    file = re.search(r"^  file = (.*)$", text, re.MULTILINE)
    reason = text.split("Original Line:", 1)[-1].split("\n", 2)
    what = reason[1] if len(reason) > 1 else first_line(text)
    return LoadError(
        f"{file[1] if file else 'a file'}, line {match[1]}: {what} (the line is {reason[0].strip()[:120]!r})"
    )


def _at(message: str, hint: str | None = None) -> Callable[..., RsnbError]:
    """An error at the place of the name that DuckDB speaks of."""

    def build(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
        shown = hint.format(*match.groups()) if hint else None
        return SqlError(message.format(*match.groups()), sql=sql, position=place_of(sql, match[1]), hint=shown)

    return build


def _moment(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    return SqlError(
        f"{match[2]!r} is not valid for the type {match[1].upper()}",
        sql=sql,
        position=place_of(sql, match[2]),
        hint="write YYYY-MM-DD HH:MM:SS",
    )


def _types(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    kinds = match[2].replace("_LITERAL", "")
    name = match[1].rsplit(".own_", 1)[-1]
    return SqlError(f"{name} does not take ({kinds})", sql=sql, position=place_of(sql, name), hint="cast the arguments")


def _file(message: str) -> Callable[..., RsnbError]:
    def build(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
        return LoadError(message.format(*match.groups()), hint="correct the file, or leave it out")

    return build


def _whole(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    value = re.compile(rf"(?<![\w.]){re.escape(match[1])}(?![\w.])")
    with open(match[3], encoding="utf-8", errors="replace") as lines:
        line = next((n for n, text in enumerate(lines, 1) if value.search(text)), None)
    where = f"{match[3]}, line {line}" if line else match[3]
    return LoadError(f"{where}: {match[1]!r} is not valid for the type {match[2]}", hint="correct the file")


def _unsupported(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    return UnsupportedSql(f"{match[1]} by the embedded warehouse", sql=sql)


def _volatile(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    """A SUPER value in ORDER BY whose order is checked by a window, or a window's own."""
    return UnsupportedSql(
        "ORDER BY of a value that is computed here is not supported by the embedded warehouse", sql=sql,
        hint="make it a column of a subquery, and order that",
    )  # fmt: skip


def _raised(match: Match, sql: str, names: Callable[[], Iterable[str]]) -> RsnbError:
    """An error that a function of the warehouse's own raised."""
    if match[1] == "MissingExtra":
        return MissingExtra(match[2], hint=match[3])
    kind = UnsupportedSql if match[1] == "UnsupportedSql" else SqlError
    place = next((t.start for t in tokens(sql) if t.text.upper() == match[2].split()[0].rstrip(":")), None)
    return kind(match[2].strip(), sql=sql, position=place)


_PATTERNS: tuple[tuple[str, Callable[..., RsnbError]], ...] = (
    (r"Invalid Input Error: (.* is not supported)$", _unsupported),
    (r"ORDER BY window expressions cannot be volatile", _volatile),
    (r"while executing the UDF: (UnsupportedSql|SqlError|MissingExtra): ([^\n]*)(?:\n→ ([^\n]*))?", _raised),
    (
        r"null_padding in conjunction with quoted new lines.*?file = (\S+)",
        _file("{0}: a quoted value goes over the end of its line, which needs the SerDe property 'wholeFile'='true'"),
    ),
    (r"Unknown TimeZone '(.*?)'", _plain("there is no time zone {0}", "name one as America/New_York, EST or EST5")),
    (r"CSV Error on Line: (\d+)", _csv),
    (r'JSON in file "(.*?)", (.*?)(?:\n|$)', _json),
    (r'JSON transform error in file "(.*?)", (.*?)(?:\nTry|$)', _json),
    (r"Could not convert string '(.*?)' to (\S+) in file <(.*?)>", _whole),
    (r"Invalid Input Error: (.*) in file <(.*?)>", _file("{1}: {0}")),
    (r'Referenced column "(.*?)" (?:not found|was not found)', _column),
    (r'column named "(.*?)"', _column),
    (r'Table "\w+" does not have a column (?:named|with name) "(.*?)"', _column),
    (r"Table with name (\S+) does not exist", _table),
    (r"Could not convert string '(.*?)' to a JSON array", _plain("{0!r} is no JSON array")),
    (r'Could not convert string ["\'](.*?)["\'] to [\'"]?(\w+)', _conversion),
    (
        r'argument in function "\w+" must be a constant',
        _plain("an argument is to be a constant", "write it out: it can't be computed or read from a column here"),
    ),
    (r'invalid (date|timestamp|time) field format: "(.*?)"', _moment),
    (r'(date|timestamp|time) field value out of range: "(.*?)"', _moment),
    (r'Ambiguous reference to column name "(.*?)"', _at("the column {0} is ambiguous", "name its table: table.{0}")),
    (r'Could not find key "(.*?)" in struct', _at("there is no field {0}")),
    (r"Cannot extract field '(.*?)' from expression", _at("there is no field {0}")),
    (
        r'column "(.*?)" must appear in the GROUP BY',
        _at("the column {0} is not in GROUP BY", "group by it, or aggregate it"),
    ),
    (r'table "(.*?)" has (\d+) columns but (\d+) values', _plain("the table {0} has {1} columns, not {2}")),
    (
        r'mismatch for insert on "(.*?)": expected (\d+) columns but (\d+)',
        _plain("{1} columns of {0} take no {2} values"),
    ),
    (r'Duplicate column name "(.*?)"', _at("the column {0} is named twice")),
    (r'Referenced table "(.*?)" not found', _at("there is no table {0} in FROM")),
    (r"Unimplemented type for cast \((.*?) -> (.*?)\)", _plain("a value of type {0} can't be cast to {1}")),
    (r"(?:argument types '|function call \")(.*?)\((.*?)\)['\"]", _types),
    (r"Could not cast value (\S+) to (DECIMAL\S+)", _plain("{0} does not fit the type {1}")),
    (r"Type \w+ with value (\S+) can't be cast.*?destination type (\w+)", _plain("{0} is out of range for {1}")),
    (r"Max expression depth|stack", _plain("the statement is nested too deeply")),
    (r"(?:No magic bytes found at end of file|File) '(.*?)'(?: too small)?", _file("{0} is not a Parquet file")),
    (r'CHECK constraint failed on table "(.*?)" with expression CHECK\(\(strlen\("?(.*?)"?\) <= (\d+)\)\)', _too_long),
    (r"NOT NULL constraint failed: (\S+)", _plain("the column {0} can't be NULL")),
    (r"[Dd]ivision by zero", _plain("division by zero", "guard it: a / nullif(b, 0)")),
    (r"Out of Range Error: (.*?)(?:\n|$)", _plain("out of range: {0}")),
    (r"Current transaction is aborted", _plain("the transaction is aborted", "leave it with `rollback`")),
    (r"Schema with name (\S+) does not exist", _plain("there is no schema {0}", "create schema {0}")),
)
