"""REFRESH of materialized views, also by itself where AUTO REFRESH says so.

Source: Redshift Developer Guide, REFRESH MATERIALIZED VIEW, "Refreshing a materialized view", STV_MV_INFO. A view
with AUTO REFRESH is refreshed before a query outside a transaction reads it; a cluster does it when it finds time.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import locking, queries
from rsnb.warehouse.definitions.places import Name, find
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.locks import WRITE
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.records import Refresh, now
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

UNREFRESHABLE = {  # by the state that the system views show (STV_MV_INFO)
    101: "a column of a table that it reads was dropped",
    102: "a column of a table that it reads has another type",
    103: "a table that it reads was renamed",
    104: "a column of a table that it reads was renamed",
    105: "the schema of a table that it reads was renamed",
}
_FAILED = {  # as SVL_MV_REFRESH_STATUS words it
    101: "A base table column was dropped",
    102: "A base table column type was changed",
    103: "A base table was renamed",
    104: "A base table column was renamed",
    105: "Schema of MV was renamed",
}


def refresh_materialized_view(session: Connection, sql: str) -> Outcome:
    """REFRESH MATERIALIZED VIEW name [RESTRICT | CASCADE]; CASCADE refreshes first the views that it reads."""
    read = Reader(sql)
    read.expect("refresh", "materialized", "view")
    name = read.qualified()
    cascade = read.choose("restrict", "cascade") == "cascade"
    read.done()
    view = materialized(session, name, sql)
    outcome = Outcome()
    order = [*(_below(session, view) if cascade else []), view]
    for one in dict.fromkeys(order):
        outcome.notes.append(_refresh(session, one, outcome))
    return outcome


def materialized(session: Connection, name: Name, sql: str) -> Relation:
    """The materialized view that a command names; raises with the nearest names."""
    relation = find(session, name, sql)
    if relation is None or (relation.schema, relation.name) not in session.snapshot.relations.materialized:
        if relation is None:
            session.snapshot.relations.local_table(name, sql, "materialized view")  # raises with the nearest names
        raise SqlError(f"{name[-1]} is not a materialized view", sql=sql, position=place_of(sql, name[-1]))
    return relation


def _below(session: Connection, view: Relation) -> list[Relation]:
    """The materialized views that a view reads, those below first."""
    found: list[Relation] = []
    for schema, name in session.catalog.found(
        "view_source", "source_schema", "source_name", schemaname=view.schema, viewname=view.name
    ):
        if (schema, name) in session.snapshot.relations.materialized:
            below = Relation("table", schema, name)
            found += [*_below(session, below), below]
    return found


def _refresh(session: Connection, view: Relation, outcome: Outcome, kind: str = "Manual") -> str:
    """Run a view's query again where a table that it reads has changed; what was done, as Redshift says it."""
    key: dict[str, object] = {"schemaname": view.schema, "viewname": view.name}
    ((query, stale, state),) = session.catalog.found("materialized_view", "query", "stale", "state", **key)
    if state in UNREFRESHABLE:
        _log(session, view, f"Refresh failed. {_FAILED[state]}", now(), kind)
        raise SqlError(
            f"the materialized view {view.name} can't be refreshed: {UNREFRESHABLE[state]}",
            hint="drop it and create it again",
        )
    body = session.snapshot.translate(query)
    if not stale and not body.scans and not is_mutable(query):
        _log(session, view, "MV was already updated", now(), kind)
        return f"Materialized view {view.name} is already up to date."
    start = now()
    text = queries.ready(session, body, outcome)
    target = place(view.schema, view.name)

    locking.take(session, (view.schema, view.name), WRITE)

    def work() -> None:
        session.db.execute(f"DELETE FROM {target}")
        session.db.execute(f"INSERT INTO {target} {text}")
        session.catalog.change("materialized_view", {"stale": is_mutable(query)}, **key)
        session.transaction.wrote(view)

    session.transaction.together(work)
    _log(session, view, "Refresh successfully recomputed MV from scratch", start, kind)
    return f"Materialized view {view.name} was recomputed successfully."


_MUTABLE = {"current_date", "current_time", "current_timestamp", "getdate", "now", "random", "sysdate", "timeofday"}


def is_mutable(query: str) -> bool:
    """Whether a query may give other rows without a change of its tables."""
    return any(t.text.lower() in _MUTABLE for t in Reader(query).tokens)


def _log(session: Connection, view: Relation, status: str, start: int, kind: str) -> None:
    session.journal.add(Refresh(session.statement.query, view.schema, view.name, status, kind, start))


def refresh_read(session: Connection, sql: str) -> None:
    """Refresh the stale views with AUTO REFRESH that a query reads; one that can't be stays as it is."""
    import duckdb

    read = session.snapshot.relations.tables_under(session.snapshot.translate(sql).sources)
    for schema, name in sorted(read & session.snapshot.relations.refreshed_automatically):
        if session.shared.locks.is_written((schema, name)):
            continue
        key: dict[str, object] = {"schemaname": schema, "viewname": name}
        if session.catalog.found("materialized_view", "viewname", **key, stale=True, state=0):
            with suppress(SqlError, duckdb.Error):
                _refresh(session, Relation("table", schema, name), Outcome(), "Auto")


HANDLERS = {"refresh_materialized_view": refresh_materialized_view}
