"""Which columns hold no text that ends in a blank: what such a column is compared with needs no other care.

It is looked up once for each state of a table. What is being written by somebody is not known, nor is anything
inside a transaction, which sees its own state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.literals import quote_identifier
from rsnb.warehouse.relations import TEMPORARY
from rsnb.warehouse.translation.blanks import Column

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


class Endings:
    """What is known of one warehouse's columns, each with the state of its table."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Column], tuple[tuple[int, ...], bool]] = {}

    def blankless(self, session: Connection, column: Column) -> bool:
        """Whether no text of a column ends in a blank, as far as is known."""
        shared, table = session.shared, (column.schema, column.table)
        if session.transaction.state != "idle" or shared.locks.is_written(table):
            return False
        key = (session.pid if column.schema == TEMPORARY else 0, column)
        state = shared.results.state(shared.version, [table])
        known = self._known.get(key)
        if known is None or known[0] != state:
            known = self._known[key] = (state, _look(session, column))
        return known[1]


def _look(session: Connection, column: Column) -> bool:
    name, schema, table = map(quote_identifier, (column.name, column.schema, column.table))
    query = f"SELECT count(*) FROM (SELECT 1 FROM {schema}.{table} WHERE suffix({name}, ' ') LIMIT 1)"
    return session.db.execute(query).fetchall() == [(0,)]
