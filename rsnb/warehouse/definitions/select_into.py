"""SELECT ... INTO [TEMP] [TABLE] name: a table made of the query's rows.

Source: Redshift Developer Guide, SELECT INTO.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.definitions.creation import create_table_as
from rsnb.warehouse.definitions.places import refuse_existing, schema_for
from rsnb.warehouse.definitions.tables import CreateTable
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def parse_select_into(sql: str) -> CreateTable:
    """The table that a query's INTO names, with the query without it."""
    read = Reader(sql)
    depth = 0
    while not (depth == 0 and read.peek("into")):
        text = read.take().text
        depth += (text == "(") - (text == ")")
    start = read.next.start
    read.expect("into")
    temporary = read.choose("temporary", "temp") is not None
    read.accept("table")
    name = read.qualified()
    gap = " " * (read.last.end - start)  # so that errors keep their place
    query = sql[:start] + gap + sql[read.last.end :]
    return CreateTable(name, temporary or name[-1].startswith("#"), query=query)


def select_into(session: Connection, sql: str) -> Outcome:
    """SELECT ... INTO: a new table."""
    table = parse_select_into(sql)
    schema = schema_for(session, table.name, sql, table.temporary)
    refuse_existing(session, schema, table.name[-1], sql)
    outcome = create_table_as(session, table, schema, sql)
    outcome.command = "SELECT"
    return outcome


HANDLERS = {"select_into": select_into}
