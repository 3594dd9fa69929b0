"""How a session takes locks on tables: LOCK, and what a statement's tables need.

Source: Redshift Developer Guide, LOCK.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.locks import EXCLUSIVE, READ, WRITE, Table
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import TEMPORARY

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection
    from rsnb.warehouse.translate import Translation


def guard(session: Connection, translation: Translation) -> None:
    """Take the locks that a statement needs, until it or its transaction ends."""
    if session.transaction.state == "open" or session.shared.locks.exclusive:
        for table in session.snapshot.relations.tables_under(translation.sources):
            take(session, table, READ)
    if translation.target is not None:
        take(session, translation.target, WRITE)


def take(session: Connection, table: Table, mode: int) -> None:
    """Take a lock on a table, waiting for the sessions in its way; a temporary table is nobody else's."""
    if table[0] != TEMPORARY:
        session.transaction.locked = True
        session.shared.locks.take(session.pid, table, mode, session.stopping.check)


def lock(session: Connection, sql: str) -> Outcome:
    """LOCK [TABLE] table [, ...]: nobody else reads or writes the tables until the transaction ends."""
    read = Reader(sql)
    read.expect("lock")
    read.accept("table")
    names = [read.qualified()]
    while read.accept(","):
        names.append(read.qualified())
    read.done()
    tables = [session.snapshot.relations.local_table(name, sql) for name in names]
    for table in tables:
        if (table.schema, table.name) in session.snapshot.relations.bound_views:
            raise SqlError(f"{table.name} is a view: LOCK takes tables", sql=sql, position=place_of(sql, table.name))
    if session.transaction.state == "idle":
        return Outcome("LOCK TABLE", notes=["LOCK has no effect outside a transaction"])
    for table in tables:
        take(session, (table.schema, table.name), EXCLUSIVE)
    return Outcome("LOCK TABLE")


HANDLERS = {"lock": lock}
