"""Engines run one statement at a time for a session; a URL's scheme chooses the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from rsnb.errors import ConfigError
from rsnb.settings import Config

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Fetched:
    """What an engine gives back of a statement; table is None for a command without rows.

    types: the columns' Redshift types as they are printed, where the engine knows them better than from Arrow's.
    statement_id: what the warehouse calls this run.
    """

    command: str
    table: pa.Table | None = None
    cut_off: bool = False
    s3_files: int | None = None
    s3_bytes: int | None = None
    notes: tuple[str, ...] = ()
    types: tuple[str, ...] | None = None
    statement_id: str = ""


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


@dataclass(frozen=True)
class Target:
    """Where to connect: a URL, the lake's folders, the folder of relative paths, a profile's other keys, settings."""

    url: str
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
