"""Engines run one statement at a time for a session; a URL's scheme chooses the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from rsnb.errors import ConfigError
from rsnb.result import Served
from rsnb.settings import Config

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy


@dataclass
class Fetched:
    """What an engine gives back of a statement; table is None for a command without rows.

    types: the columns' Redshift types as they are printed, where the engine knows them better than from Arrow's.
    statement_id: what the warehouse calls this run, query_id: its number there. served: what its own log says of it.
    """

    command: str
    table: pa.Table | None = None
    cut_off: bool = False
    s3_files: int | None = None
    s3_bytes: int | None = None
    notes: tuple[str, ...] = ()
    types: tuple[str, ...] | None = None
    statement_id: str = ""
    query_id: int | None = None
    served: Served | None = None


class Engine(Protocol):
    """A connection to a warehouse. `execute` blocks; `cancel` may come from another thread meanwhile."""

    def execute(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one statement; datasets are earlier results that it may name."""

    def cancel(self) -> None:
        """Stop the statement that is running."""

    def close(self) -> None:
        """End the connection."""

    @property
    def transaction(self) -> str:
        """`idle`, `open` or `failed`."""


@runtime_checkable
class Aside(Protocol):
    """An engine that can ask the warehouse beside its session, whose transaction is then not disturbed."""

    def aside(self, sql: str) -> list[str]:
        """The first column of a query's rows."""


@runtime_checkable
class Batches(Protocol):
    """An engine that runs statements as one transaction in one call."""

    def batch(self, statements: Sequence[str], *, datasets: Mapping[str, pa.Table], max_rows: int) -> list[Fetched]:
        """Run the statements, all of them or none."""


@runtime_checkable
class Logged(Protocol):
    """An engine whose warehouse keeps a log: the comment, which says who runs a statement, is put before it."""

    comment: str


@runtime_checkable
class Related(Protocol):
    """An engine that other tools can use through SQLAlchemy."""

    def alchemy(self) -> sqlalchemy.Engine:
        """A SQLAlchemy engine over the same session."""


@runtime_checkable
class Streams(Protocol):
    """An engine that gives rows as they come."""

    def stream(self, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Run one statement; its columns, and its rows in batches. Closing the iterator stops it."""


@runtime_checkable
class Unloads(Protocol):
    """An engine whose warehouse can write a result to S3, from where it is read in parallel."""

    def unload(self, sql: str, *, datasets: Mapping[str, pa.Table], max_rows: int) -> Fetched:
        """Run one query that way."""


@runtime_checkable
class Watched(Protocol):
    """An engine that knows how far the statement is that runs."""

    def progress(self) -> str:
        """What it is doing now, as a line; nothing where that can't be known. Called from another thread."""


@dataclass(frozen=True)
class Target:
    """Where to connect: a URL, the lake's folders, the folder of relative paths, a profile's other keys, settings."""

    url: str = field(repr=False)  # a call's may have a password
    lake: Mapping[str, Path]
    root: Path
    keys: Mapping[str, Any] = field(default_factory=dict)
    config: Config = field(default_factory=Config)


Opener = Callable[[Target], Engine]
_OPENERS: dict[str, Opener | str] = {
    "data-api": "rsnb.engines.data_api:connect",
    "embedded": "rsnb.engines.embedded:connect",
    "redshift": "rsnb.engines.wire.engine:connect",
}


def register(scheme: str, opener: Opener) -> None:
    """Make URLs of this scheme open with `opener`."""
    _OPENERS[scheme] = opener


def connect(target: Target) -> Engine:
    """Open the engine that the URL's scheme names; ConfigError lists the schemes there are."""
    scheme = target.url.split("://", 1)[0] if "://" in target.url else ""
    opener = _OPENERS.get(scheme)
    if opener is None:
        raise ConfigError(f"{without_password(target.url)!r} names no engine", hint=f"a URL starts with {schemes()}")
    if isinstance(opener, str):
        module, _, name = opener.partition(":")
        opener = getattr(import_module(module), name)
    return opener(target)


def schemes() -> str:
    """The schemes that a URL may have."""
    return " or ".join(f"{s}://" for s in sorted(_OPENERS))


def without_password(url: str) -> str:
    """A URL as it may be shown: without user and password, and without what follows a `?`."""
    url = re.sub(r"(:/*)(?!/).*@", r"\1…@", url, count=1, flags=re.DOTALL)
    return re.sub(r"\?.*", "?…", url, count=1, flags=re.DOTALL)
