"""ANALYZE and VACUUM: DuckDB keeps its own statistics and storage; what was asked is checked.

Source: Redshift Developer Guide, ANALYZE, VACUUM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.definitions.altering import column_of, refuse_no_table
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.records import Analyze, Vacuum
from rsnb.warehouse.relations import TEMPORARY, Relation
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_KINDS = ("full", "sort only", "delete only", "reindex", "recluster")


def analyze(session: Connection, sql: str) -> Outcome:
    """ANALYZE [VERBOSE] [table [(column, ...)]] [PREDICATE COLUMNS | ALL COLUMNS]."""
    read = Reader(sql)
    read.expect("analyze")
    read.accept("verbose")
    tables = all_tables(session)
    if read.next.kind != "end" and not (read.peek("predicate", "columns") or read.peek("all", "columns")):
        tables = [_table(session, read)]
        for name in read.names() if read.peek("(") else []:
            column_of(session, tables[0], name, sql)
    read.choose("predicate columns", "all columns")
    read.done()
    for table in tables:
        session.journal.add(Analyze(session.statement.query, table.schema, table.name, _rows(session, table)))
    return Outcome()


def vacuum(session: Connection, sql: str) -> Outcome:
    """VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [table] [TO n PERCENT] [BOOST]."""
    session.transaction.refuse_inside("VACUUM", sql)
    read = Reader(sql)
    read.expect("vacuum")
    kind = read.choose(*_KINDS) or "full"
    named = read.next.kind != "end" and not (read.peek("to") or read.peek("boost"))
    tables = [_table(session, read)] if named else all_tables(session)
    if not named and kind in ("reindex", "recluster"):
        read.fail(f"expected a table after VACUUM {kind.upper()}")
    if read.accept("to"):
        _threshold(read, kind, named, sql)
    read.accept("boost")
    read.done()
    for table in tables:
        rows = _rows(session, table)
        session.journal.add(Vacuum(session.statement.query, table.schema, table.name, kind, rows, rows))
    return Outcome()


def _threshold(read: Reader, kind: str, named: bool, sql: str) -> None:
    at = read.next.start
    percent = read.number()
    if not read.choose("percent"):
        read.fail("expected PERCENT")
    if not 0 <= percent <= 100:
        raise SqlError(f"a threshold is 0 to 100 percent, not {percent}", sql=sql, position=at)
    if not named:
        raise SqlError("TO ... PERCENT needs a table", sql=sql, position=at)
    if kind == "reindex":
        raise SqlError("VACUUM REINDEX takes no TO ... PERCENT", sql=sql, position=at)


def _table(session: Connection, read: Reader) -> Relation:
    table = session.snapshot.relations.local_table(read.qualified(), read.sql)
    if (table.schema, table.name) not in session.snapshot.relations.materialized:
        refuse_no_table(session, table, read.sql)
    return table


def all_tables(session: Connection) -> list[Relation]:
    """Every permanent table."""
    hidden = session.snapshot.relations.bound_views
    return [
        Relation(kind, schema, name)
        for (schema, name), kind in sorted(session.snapshot.relations.kinds.items())
        if kind == "table" and schema != TEMPORARY and (schema, name) not in hidden
    ]


def _rows(session: Connection, table: Relation) -> int:
    ((rows,),) = session.catalog.rows(f"SELECT count(*) FROM {place(table.schema, table.name)}")
    return int(rows)


HANDLERS = {"analyze": analyze, "vacuum": vacuum}
