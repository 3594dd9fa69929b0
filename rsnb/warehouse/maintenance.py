"""ANALYZE and VACUUM: DuckDB keeps its own statistics and storage; what was asked is checked.

Source: Redshift Developer Guide, ANALYZE, VACUUM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.definitions.altering import column_of, refuse_no_table
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_KINDS = ("full", "sort only", "delete only", "reindex", "recluster")


def analyze(session: Connection, sql: str) -> Outcome:
    """ANALYZE [VERBOSE] [table [(column, ...)]] [PREDICATE COLUMNS | ALL COLUMNS]."""
    read = Reader(sql)
    read.expect("analyze")
    read.accept("verbose")
    if read.next.kind != "end" and not (read.peek("predicate", "columns") or read.peek("all", "columns")):
        table = _table(session, read)
        for name in read.names() if read.peek("(") else []:
            column_of(session, table, name, sql)
    read.choose("predicate columns", "all columns")
    read.done()
    return Outcome()


def vacuum(session: Connection, sql: str) -> Outcome:
    """VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [table] [TO n PERCENT] [BOOST]."""
    session.refuse_inside_transaction("VACUUM", sql)
    read = Reader(sql)
    read.expect("vacuum")
    kind = read.choose(*_KINDS) or "full"
    named = read.next.kind != "end" and not (read.peek("to") or read.peek("boost"))
    if named:
        _table(session, read)
    elif kind in ("reindex", "recluster"):
        read.fail(f"expected a table after VACUUM {kind.upper()}")
    if read.accept("to"):
        _threshold(read, kind, named, sql)
    read.accept("boost")
    read.done()
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
    table = session.local_table(read.qualified(), read.sql)
    if (table.schema, table.name) not in session.relations.materialized:
        refuse_no_table(session, table, read.sql)
    return table


HANDLERS = {"analyze": analyze, "vacuum": vacuum}
