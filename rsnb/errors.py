"""What can go wrong, as one tree.

RsnbError
├── ConfigError            a profile, a setting, a URL or a name that is not there or not right
├── AuthError              who you are could not be established
├── SqlError               a statement that the engine refused; knows its place in the text
│   ├── UnsupportedSql     valid Redshift SQL that this engine will not run
│   └── ParameterError     a `:name` without a value, or with one that SQL can't hold
├── LoadError              a data file that could not be read: file, line, column, value
├── GuardError             a statement stopped before it ran, by a limit that the user set
├── ConnectionLost         the engine is not there, or no longer
│   └── WarehouseLocked    another process holds the warehouse file
├── Cancelled              the user stopped it
│   └── TimedOut           the time limit that the user set did
├── ChartError             a chart that the data can't give
├── ModelError             a model that can't be trained or used, or examples that are not right for it
└── MissingExtra           an optional package is not installed

A message says what was tried, on what and why it failed; `hint` says what to do next.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence


class RsnbError(Exception):
    """Base of every error that rsnb raises.

    message: what was tried, on what, why it failed. hint: the next step.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def lines(self) -> list[str]:
        """The error as a notebook shows it, one string a line."""
        return [f"{type(self).__name__}: {self.message}", *([f"→ {self.hint}"] if self.hint else [])]

    def __str__(self) -> str:
        return f"{self.message}\n→ {self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        return self.lines()  # IPython shows these lines in place of a traceback


class ConfigError(RsnbError):
    """A profile, a setting, a URL or a name that is not there or not right."""


class AuthError(RsnbError):
    """Who you are could not be established."""


class SqlError(RsnbError):
    """A statement that the engine refused.

    sql: the statement as it was run. position: 0-based offset of the fault in it, where known.
    """

    def __init__(self, message: str, *, sql: str = "", position: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.sql = sql
        self.position = position

    @property
    def line(self) -> int | None:
        """1-based line of the fault."""
        return None if self.position is None else self.sql.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int | None:
        """1-based column of the fault."""
        return None if self.position is None else self.position - self.sql.rfind("\n", 0, self.position)

    def lines(self) -> list[str]:
        """The message, the SQL with a caret at the place, and what to do next."""
        head, *rest = super().lines()
        return [head, *_marked(self.sql, self.position), *rest]

    def __str__(self) -> str:
        return "\n".join([self.message, *_marked(self.sql, self.position), *super().lines()[1:]])


class UnsupportedSql(SqlError):
    """Valid Redshift SQL that this engine will not run, because its answer could differ."""


class ParameterError(SqlError):
    """A `:name` without a value, or with one that SQL can't hold."""


class LoadError(RsnbError):
    """A data file that could not be read."""


class GuardError(RsnbError):
    """A statement stopped before it ran, by a limit that the user set."""


class ConnectionLost(RsnbError):
    """The engine is not there, or no longer."""


class WarehouseLocked(ConnectionLost):
    """Another process holds the warehouse file."""


class Cancelled(RsnbError):
    """The user stopped the statement."""


class TimedOut(Cancelled):
    """The time limit that the user set stopped the statement."""


class ChartError(RsnbError):
    """A chart that the data can't give."""


class ModelError(RsnbError):
    """A model that can't be trained or used, or examples that are not right for it."""


class MissingExtra(RsnbError):
    """An optional package is not installed."""


def similar(name: str, known: Iterable[str]) -> str:
    """A hint that lists the known names nearest to `name`, or all of them when few."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.6)
    if near:
        return f"did you mean {_either(near)}?"
    if not names:
        return "there is none yet"
    shown = ", ".join(names[:12])
    return f"there is {shown}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _marked(sql: str, position: int | None, width: int = 100) -> list[str]:
    """The line of `sql` around `position` and a caret under the place; nothing when unknown."""
    if position is None or not sql:
        return []
    start = sql.rfind("\n", 0, position) + 1
    end = sql.find("\n", position)
    line = sql[start : len(sql) if end < 0 else end].rstrip("\r").replace("\t", " ")
    at = position - start
    cut = max(0, min(at - width // 2, len(line) - width))
    number = sql.count("\n", 0, position) + 1
    before = f"line {number}: " + ("…" if cut else "") + line[cut:at]
    after = line[at : cut + width] + ("…" if cut + width < len(line) else "")
    return [before + after, " " * _columns(before) + "^"]


def _columns(text: str) -> int:
    """The columns that a text takes on a screen: two for a wide character, none for a combining one."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
