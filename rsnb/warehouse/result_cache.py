"""The result cache: a query that ran before is answered with its rows, as long as nothing that it reads changed.

Source: Redshift Developer Guide, "Result caching". A result is kept of a query over local tables only (no system view,
no external table, no function that answers anew each time), outside a transaction; it is found again by the same
text under the same settings, until a statement changes a table that it reads, or the catalog.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from rsnb.warehouse.parameters import PARAMETERS, RECORDED
from rsnb.warehouse.spelling import texts

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.types import Type
    from rsnb.warehouse.connection import Connection
    from rsnb.warehouse.outcome import Outcome
    from rsnb.warehouse.translate import Translation

LARGEST = 16_000_000  # bytes of one result
MOST = 64_000_000  # bytes of all
# In DuckDB SQL: what answers anew each time, and what is not the warehouse's own
_CHANGING = re.compile(
    r"\b(now|random|nextval|getvariable|own_getdate|own_random|\w*uuid|current_\w+|pragma_\w+)\b", re.I
)
_OTHERWISE = ("enable_result_cache_for_session", "statement_timeout", "query_group", "search_path")
_OF_RESULTS = [p.name for p in PARAMETERS.values() if p.effect != RECORDED and p.name not in _OTHERWISE]

Table = tuple[str, str]
Key = tuple[object, ...]


@dataclass(frozen=True)
class Kept:
    """A result, the query that gave it, and how often what it reads had changed before it ran."""

    table: pa.Table
    types: tuple[Type, ...]
    cut_off: bool
    query: int
    state: tuple[int, ...]
    sources: tuple[Table, ...]


class ResultCache:
    """The results of one warehouse, the least recently used going first, and the count of changes by table."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._changes: dict[Table, int] = {}
        self._count = count(1)
        self._bytes = 0
        self._lock = threading.Lock()

    def changed(self, tables: Iterable[Table]) -> None:
        """Say that the rows of tables changed."""
        with self._lock:
            for table in tables:
                self._changes[table] = next(self._count)

    def state(self, version: int, sources: Iterable[Table]) -> tuple[int, ...]:
        """How often the catalog and some tables have changed."""
        return (version, *(self._changes.get(table, 0) for table in sources))

    def get(self, key: Key, version: int) -> Kept | None:
        """The result of a query, if what it reads has not changed since."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if kept.state != self.state(version, kept.sources):
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep a result, unless it is too large."""
        if kept.table.nbytes > LARGEST:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self._bytes += kept.table.nbytes
            while self._bytes > MOST:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._bytes -= kept.table.nbytes


class Caching:
    """A query's way past the cache: its answer from there, or its result into it."""

    def __init__(self, session: Connection, sql: str) -> None:
        self._session = session
        self._cache = session.shared.results
        self._version = session.shared.version
        self._key = _key(session, sql) if _is_on(session) else None
        self._sources: tuple[Table, ...] = ()
        self._state: tuple[int, ...] = ()

    def answers(self, outcome: Outcome) -> bool:
        """Whether the cache has the result; it is then in the outcome."""
        kept = self._cache.get(self._key, self._version) if self._key is not None else None
        if kept is None:
            return False
        outcome.table, outcome.types, outcome.cut_off = kept.table, kept.types, kept.cut_off
        outcome.source_query = kept.query
        statement = self._session.statement
        statement.leader, statement.sources, statement.source_query = False, kept.sources, kept.query
        return True

    def begin(self, translation: Translation, text: str) -> None:
        """The query is about to run: note what it reads, and how often that has changed."""
        if self._key is not None and translation.sources:
            self._sources = _sources(self._session, translation, text)
            self._state = self._cache.state(self._version, self._sources)

    def end(self, outcome: Outcome) -> None:
        """The query has run: keep its result."""
        if self._key is not None and self._sources and outcome.table is not None:
            query = self._session.statement.query
            kept = Kept(outcome.table, outcome.types or (), outcome.cut_off, query, self._state, self._sources)
            self._cache.put(self._key, kept)


def _is_on(session: Connection) -> bool:
    """Whether a query is answered from the cache, and kept there."""
    return session.values["enable_result_cache_for_session"] == "on" and session.transaction.state == "idle"


def _key(session: Connection, sql: str) -> Key:
    """What two queries have in common that give the same result."""
    own = session.pid if session.snapshot.relations.temporary else 0  # a temporary table may stand before another's
    parameters = (session.values[name] for name in _OF_RESULTS)
    return (sql, session.search_path, session.user, session.max_rows, own, *parameters)


def _sources(session: Connection, translation: Translation, text: str) -> tuple[Table, ...]:
    """The tables on whose rows alone a query's result depends; none when it is not to be kept."""
    if text is not translation.sql or translation.scans or translation.datasets or _CHANGING.search(text):
        return ()
    if any(f'"{f.macro}"' in text for overloads in session.snapshot.relations.functions.values() for f in overloads):
        return ()
    tables = session.snapshot.relations.tables_under(translation.sources)
    views = translation.sources - tables
    return () if views and _any_changing(session, views) else tuple(sorted(tables))


def _any_changing(session: Connection, views: set[Table]) -> bool:
    names = texts([".".join(view) for view in sorted(views)])
    rows = session.catalog.rows(
        f"select sql from duckdb_views() where list_contains({names}, schema_name || '.' || view_name)"
    )
    return any(_CHANGING.search(sql) for (sql,) in rows)
