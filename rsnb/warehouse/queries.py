"""Statements that read rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse import locking, session_info, system
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.measuring import measured
from rsnb.warehouse.outcome import Outcome, fetch, shaped
from rsnb.warehouse.records import now
from rsnb.warehouse.relations import DATASET
from rsnb.warehouse.result_cache import Caching
from rsnb.warehouse.spectrum import data_catalog
from rsnb.warehouse.spectrum.scan import scan
from rsnb.warehouse.spectrum.table import PSEUDOCOLUMNS
from rsnb.warehouse.translate import Translation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

LONG = 2_000  # characters from which parsing a text twice costs more than copying its rows once more


def query(session: Connection, sql: str) -> Outcome:
    """Run a SELECT and fetch its rows; a result that is kept of the same query is given again."""
    outcome = Outcome("SELECT")
    caching = Caching(session, sql)
    if caching.answers(outcome):
        return outcome
    translation = session.snapshot.query(sql)
    _run(session, translation, outcome, caching)
    if not session.snapshot.holds(translation):  # somebody wrote to its tables meanwhile
        session.scans, session.reads = [], 0
        _run(session, session.snapshot.translate(sql), outcome, caching)
    if session.values["describe_field_name_in_uppercase"] == "on" and outcome.table is not None:
        outcome.table = outcome.table.rename_columns([name.upper() for name in outcome.table.column_names])
    caching.end(outcome)
    return outcome


def _run(session: Connection, translation: Translation, outcome: Outcome, caching: Caching) -> None:
    outcome.types = tuple(kind for _, kind in translation.columns)

    def work() -> None:
        text = ready(session, translation, outcome)
        if len(text) > LONG and text is translation.sql and translation.parsed is None:
            (translation.parsed,) = session.db.extract_statements(text)
        caching.begin(translation, text)
        with measured(session, outcome):
            table, outcome.cut_off = fetch(session.db, translation.parsed or text, session.max_rows)
        outcome.table = shaped(table, outcome.types or ())

    if translation.scans:  # so that now is the same moment for the partitions and for the rows
        session.transaction.together(work)
    else:
        work()


def ready(session: Connection, translation: Translation, outcome: Outcome) -> str:
    """DuckDB SQL that can run: external tables put in place, datasets registered, refusals raised."""
    text = translation.sql
    for mark, (schema, name) in translation.scans.items():
        place = f'"{SCHEMA}"."{mark}"'
        if place in text:
            pseudocolumns = any(f'"{column}"' in text for column in PSEUDOCOLUMNS)
            table = data_catalog.table(session, schema, name)
            reading = scan(session, table, translation.predicates[mark], pseudocolumns)
            text = text.replace(place, f"({reading.sql})")
            session.scans.append(reading)
    for name in translation.datasets:
        session.db.register(DATASET + name, session.snapshot.relations.datasets[name])
    statement = session.statement
    statement.leader = not (translation.sources or translation.scans or translation.datasets)
    statement.sources, statement.target = tuple(translation.sources), translation.target
    if views := system.named(text):
        statement.watching = True
        statement.leader = statement.leader and all(system.VIEWS[name].leader for name in views)
        text = system.placed(session, text, views)
    if translation.sources:
        locking.guard(session, translation)
    session_info.answer(session, text)
    session.stopping.check()
    statement.planned = now() - statement.start
    return text


HANDLERS = {"query": query}
