"""The system views: SYS, STL, STV, SVL, SVV and PG_CATALOG, by noun, as tables of data.

A view is one `View`: what it selects from, and a line for each column. It costs nothing until a statement reads it:
then its SQL takes its name's place, and the streams of the journal that it stands on are registered as Arrow tables.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.records import now
from rsnb.warehouse.system import (
    absent,
    acl,
    catalog,
    cursors,
    external,
    information_schema,
    ingestion,
    loads,
    maintenance,
    parts,
    pg_catalog,
    pg_types,
    plans,
    privileges,
    procedures,
    queries,
    scaling,
    sessions,
    sets,
    sharing,
    spectrum,
    steps,
    storage,
    tables,
    transactions,
    workload,
)
from rsnb.warehouse.system.sources import SOURCES
from rsnb.warehouse.system.view import View

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection

_NOUNS = (
    absent, acl, cursors, external, information_schema, ingestion, loads, maintenance, pg_catalog, plans, privileges,
    procedures, queries, scaling, sessions, sets, sharing, spectrum, steps, storage, tables, transactions, workload,
)  # fmt: skip
VIEWS: dict[str, View] = {view.name: view for noun in _NOUNS for view in noun.VIEWS}
PARTS = acl.PARTS | catalog.PARTS | parts.PARTS | pg_types.PARTS | privileges.PARTS

INFORMATION_SCHEMA = "information_schema"
_SOURCE = "rsnb_dataset_."  # begins the name under which a source is registered with DuckDB
_MOMENT = "/*moment*/"
_NAMED = re.compile(rf'"({SCHEMA}|{INFORMATION_SCHEMA})"\."([a-z0-9_]+)"')


def key(schema: str, name: str) -> str | None:
    """The key in VIEWS of what a user calls `name` or `schema.name`; None when it is no system view."""
    found = name if schema in ("", "pg_catalog") else f"{schema}.{name}"
    return found if found in VIEWS and not found.startswith("_") else None


def _placed_key(schema: str, name: str) -> str | None:
    """The key in VIEWS of a name in a translated statement."""
    found = name if schema == SCHEMA else f"{schema}.{name}"
    return found if found in VIEWS else None


def named(sql: str) -> set[str]:
    """The system views that a translated statement reads."""
    if f'"{SCHEMA}"."' not in sql and f'"{INFORMATION_SCHEMA}"."' not in sql:
        return set()
    return {found for match in _NAMED.finditer(sql) if (found := _placed_key(*match.groups()))}


def placed(session: Connection, sql: str, views: set[str]) -> str:
    """A translated statement with the system views that it reads in place, and their sources registered."""
    needed = {source for view in views for source in _rows(view)[1]}
    for source in needed:
        table = _system_columns() if source == "system_column" else SOURCES[source](session)
        session.db.register(_SOURCE + source, table)
    at = str(now())

    def put(match: re.Match[str]) -> str:
        view = _placed_key(*match.groups())
        return f"({_rows(view)[0].replace(_MOMENT, at)})" if view else match[0]

    return _NAMED.sub(put, sql)


@lru_cache
def _rows(view: str) -> tuple[str, frozenset[str]]:
    """The SQL of a view, and the sources that it stands on."""
    places = _Places()
    return VIEWS[view].sql(places), frozenset(places.sources)


class _Places(dict[str, str]):
    """What stands for a name in braces: a view or a part as a subquery, a source as the table registered for it."""

    def __init__(self) -> None:
        super().__init__(moment=f"make_timestamp({_MOMENT})")
        self.sources: set[str] = set()

    def __missing__(self, name: str) -> str:
        if name in SOURCES or name == "system_column":
            self.sources.add(name)
            return f'"{_SOURCE}{name}"'
        if name in PARTS:
            return PARTS[name].format_map(self)
        return f"({VIEWS[name].sql(self)})"


@lru_cache
def _system_columns() -> pa.Table:
    """The columns of the system views themselves, for the views that list tables and columns."""
    import pyarrow as pa

    rows = []
    for oid, name in enumerate((name for name in sorted(VIEWS) if name[0] != "_"), 5000):
        schema, _, short = name.rpartition(".")
        place = {"oid": oid, "schemaname": schema or "pg_catalog", "name": short}
        visible = (c for c in VIEWS[name].columns if not c.hidden)
        rows += [place | {"column": c.name, "number": n, "type": c.shown} for n, c in enumerate(visible, 1)]
    return pa.Table.from_pylist(rows)
