"""EXPLAIN: the plan of a statement, in Redshift's form.

Source: Redshift Developer Guide, EXPLAIN, "Query plan".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import plan
from rsnb.warehouse.definitions.tables import parse_create_table
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.queries import ready
from rsnb.warehouse.records import PlanLine

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def explain(session: Connection, sql: str) -> Outcome:
    """EXPLAIN a query, CREATE TABLE AS, INSERT, UPDATE or DELETE: one line of the plan a row."""
    import pyarrow as pa

    read = Reader(sql)
    read.expect("explain")
    if read.accept("verbose"):
        read.refuse("EXPLAIN VERBOSE")
    outcome = Outcome("EXPLAIN")
    translation = session.snapshot.query(_explained(read))
    text = ready(session, translation, outcome)
    session.scans = []  # nothing is read
    ((_, found),) = session.db.execute(f"EXPLAIN (FORMAT json) {text}").fetchall()
    external = next(iter(translation.scans.values()))[1] if len(translation.scans) == 1 else ""
    step = plan.of(json.loads(found), session.snapshot.relations.columns, external)
    for line in step.written():
        session.journal.add(PlanLine(session.statement.query, *line))
    lines = [*step.lines(), plan.NOTE]
    outcome.table = pa.table({"QUERY PLAN": pa.array(lines, pa.string())})
    return outcome


def _explained(read: Reader) -> str:
    """The statement whose plan is asked for; of CREATE TABLE AS, its query."""
    rest = read.rest()
    if not Reader(rest).peek("create"):
        return rest
    query = parse_create_table(rest).query
    if not query:
        raise SqlError("EXPLAIN is for queries and CREATE TABLE AS", sql=read.sql, position=0)
    return query


HANDLERS = {"explain": explain}
