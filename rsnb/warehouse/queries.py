"""Statements that read rows: SELECT, EXPLAIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.lake import LakeFile
from rsnb.warehouse import external, locking, scan, session_info, system
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.journal import now
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.outcome import Outcome, fetch, shaped
from rsnb.warehouse.relations import DATASET
from rsnb.warehouse.translate import Translation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

LONG = 2_000  # characters from which parsing a text twice costs more than copying its rows once more


def query(session: Connection, sql: str) -> Outcome:
    """Run a SELECT and fetch its rows."""
    outcome = Outcome("SELECT")
    translation = session.translate(sql)
    text = ready(session, translation, outcome)
    if len(text) > LONG and text is translation.sql and translation.parsed is None:
        (translation.parsed,) = session.db.extract_statements(text)
    table, outcome.cut_off = fetch(session.db, translation.parsed or text, session.max_rows)
    outcome.types = tuple(kind for _, kind in translation.columns)
    outcome.table = shaped(table, outcome.types)
    return outcome


def explain(session: Connection, sql: str) -> Outcome:
    """The plan of DuckDB for a statement, one line a row."""
    import pyarrow as pa

    read = Reader(sql)
    read.expect("explain")
    outcome = Outcome("EXPLAIN")
    text = ready(session, session.translate(read.rest()), outcome)
    plan = session.db.execute(f"EXPLAIN {text}").fetchall()
    lines = [line for _, part in plan for line in str(part).rstrip().split("\n")]
    outcome.table = pa.table({"QUERY PLAN": pa.array(lines, pa.string())})
    return outcome


def ready(session: Connection, translation: Translation, outcome: Outcome) -> str:
    """DuckDB SQL that can run: external tables put in place, datasets registered, refusals raised."""
    text = translation.sql
    for mark, (schema, name) in translation.scans.items():
        reading = _scan(session, session.external(schema, name), outcome)
        text = text.replace(f'"{SCHEMA}"."{mark}"', f"({reading})")
    for name in translation.datasets:
        session.db.register(DATASET + name, session.relations.datasets[name])
    statement = session.statement
    statement.leader = not (translation.sources or translation.scans or translation.datasets)
    statement.sources, statement.target = tuple(translation.sources), translation.target
    if views := system.named(text):
        statement.leader = statement.leader and all(system.VIEWS[name].leader for name in views)
        text = system.placed(session, text, views)
    if translation.sources:
        locking.guard(session, translation)
    session_info.answer(session, text)
    session.stopping.check()
    statement.planned = now() - statement.start
    return text


def _scan(session: Connection, table: external.ExternalTable, outcome: Outcome) -> str:
    """A DuckDB query for an external table's rows; the files that it reads are noted in the outcome."""
    parts: list[str] = []
    read: list[LakeFile] = []
    for values, location in _places(session, table):
        files = session.lake.files(location)
        read += files
        if files:
            parts.append(scan.scan(session.db, table, [f.path for f in files], values))
    if not read:
        outcome.notes.append(f"{table.schema}.{table.name} is empty: no files under {table.location}")
    outcome.s3_files = (outcome.s3_files or 0) + len(read)
    outcome.s3_bytes = (outcome.s3_bytes or 0) + sum(f.size for f in read)
    return " UNION ALL ".join(parts) or scan.empty(table)


def _places(session: Connection, table: external.ExternalTable) -> list[tuple[dict[str, str], str]]:
    """(partition values, location) of every partition; of a table without partition keys, its own."""
    if not table.partition_columns:
        return [({}, table.location)]
    names = [c.name for c in table.partition_columns]
    rows = session.catalog.rows(
        f"SELECT part, location FROM {SCHEMA}.external_partition WHERE schemaname = ? AND tablename = ? ORDER BY part",
        table.schema,
        table.name,
    )
    return [(dict(zip(names, part, strict=True)), location) for part, location in rows]


HANDLERS = {"query": query, "explain": explain}
