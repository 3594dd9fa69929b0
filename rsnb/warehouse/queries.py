"""Statements that read or change rows: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, EXPLAIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.lake import LakeFile
from rsnb.warehouse import external
from rsnb.warehouse.catalog import SCHEMA
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome, fetch
from rsnb.warehouse.relations import DATASET
from rsnb.warehouse.translate import Translation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def query(session: Connection, sql: str) -> Outcome:
    """Run a SELECT and fetch its rows."""
    outcome = Outcome("SELECT")
    text = ready(session, session.translate(sql), outcome)
    outcome.table, outcome.cut_off = fetch(session.db.sql(text), session.max_rows)
    return outcome


def change(session: Connection, sql: str) -> Outcome:
    """Run an INSERT, UPDATE or DELETE; the command tag holds the number of rows."""
    outcome = Outcome()
    text = ready(session, session.translate(sql), outcome)
    ((count,),) = session.db.execute(text).fetchall()
    outcome.command = f"{Reader(sql).take().text.upper()} {count}"
    return outcome


def truncate(session: Connection, sql: str) -> Outcome:
    """TRUNCATE; it ends the transaction that it stands in."""
    read = Reader(sql)
    read.expect("truncate")
    read.accept("table")
    table = session.local_table(read.qualified(), sql)
    read.done()
    session.db.execute(f"DELETE FROM {external.place(table.schema, table.name)}")
    session.commit()
    return Outcome()


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
    for place, (schema, name) in translation.scans.items():
        reading = _scan(session, session.external(schema, name), outcome)
        text = text.replace(f'"{SCHEMA}"."{place}"', f"({reading})")
    for name in translation.datasets:
        session.db.register(DATASET + name, session.relations.datasets[name])
    if translation.refusal:
        session.db.execute(f"EXPLAIN {text}")  # a name that does not exist would be the better reason
        raise translation.refusal
    return text


def _scan(session: Connection, table: external.ExternalTable, outcome: Outcome) -> str:
    """A DuckDB query for an external table's rows; the files that it reads are noted in the outcome."""
    parts: list[str] = []
    read: list[LakeFile] = []
    for values, location in _places(session, table):
        files = session.lake.files(location)
        read += files
        if files:
            parts.append(external.scan(session.db, table, [f.path for f in files], values))
    if not read:
        outcome.notes.append(f"{table.schema}.{table.name} is empty: no files under {table.location}")
    outcome.s3_files = (outcome.s3_files or 0) + len(read)
    outcome.s3_bytes = (outcome.s3_bytes or 0) + sum(f.size for f in read)
    return " UNION ALL ".join(parts) or external.empty(table)


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


HANDLERS = {"query": query, "change": change, "truncate": truncate, "explain": explain}
