"""The statements that define external tables: CREATE EXTERNAL TABLE and ALTER TABLE.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE, ALTER TABLE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.definitions import altering
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.spectrum import data_catalog, partitions, regex, writing
from rsnb.warehouse.spectrum.alter import Change, parse_alter
from rsnb.warehouse.spectrum.create import Creation, check_columns, check_serde, parse_create
from rsnb.warehouse.spectrum.properties import check_properties
from rsnb.warehouse.spectrum.schemas import alter_external_schema, create_external_schema
from rsnb.warehouse.spectrum.table import ExternalTable

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def create_external_table(session: Connection, sql: str) -> Outcome:
    """CREATE EXTERNAL TABLE; not inside a transaction, as in Redshift."""
    outside_transaction(session, "CREATE EXTERNAL TABLE", sql)
    creation = parse_create(sql)
    _check_place(session, creation, sql)
    table = creation.table
    if creation.query:
        return writing.create_as(session, creation, sql)
    if table.reader == "regex":
        regex.check(session.db, table, sql)
    data_catalog.put(session, table)
    session.shared.catalog_changed()
    return Outcome()


def _check_place(session: Connection, creation: Creation, sql: str) -> None:
    table = creation.table
    if creation.database not in ("", DATABASE):
        raise SqlError(f"there is no database {creation.database}", sql=sql, position=place_of(sql, creation.database))
    if table.schema not in session.snapshot.relations.external_schemas:
        raise SqlError(
            f"{table.schema} is not an external schema", sql=sql, position=place_of(sql, table.schema),
            hint=f"create external schema {table.schema} from data catalog database '...' iam_role default",
        )  # fmt: skip
    if session.snapshot.relations.find(table.schema, table.name):
        raise SqlError(f"{table.shown} exists", sql=sql, position=place_of(sql, table.name))
    session.lake.path(table.location)  # an address that nothing is mapped to is an error now, not later


def outside_transaction(session: Connection, what: str, sql: str) -> None:
    """Raise inside a transaction, where Redshift does not change external tables."""
    if session.transaction.state == "open":
        raise SqlError(
            f"{what} can't run inside a transaction", sql=sql, position=0, hint="`commit` or `rollback` first"
        )


def alter_table(session: Connection, sql: str) -> Outcome:
    """ALTER TABLE of an external table; of a local one, see rsnb.warehouse.definitions."""
    read = Reader(sql)
    read.expect("alter", "table")
    name = read.qualified()
    found = session.snapshot.relations.find(name[-2] if len(name) > 1 else "", name[-1])
    if found is None and len(name) > 1 and name[-2] in session.snapshot.relations.external_schemas:
        data_catalog.table(session, name[-2], name[-1])  # raises with the nearest names
    if found is None or found.kind != "external":
        return altering.alter_table(session, sql)
    outside_transaction(session, "ALTER TABLE of an external table", sql)
    change = parse_alter(sql)
    table = data_catalog.table(session, found.schema, found.name)
    notes = _CHANGES[change.kind](session, table, change, sql)
    session.shared.catalog_changed()
    return Outcome("ALTER TABLE", notes=notes)


Changes = Callable[["Connection", ExternalTable, Change, str], list[str]]


def _put(session: Connection, table: ExternalTable, sql: str) -> list[str]:
    read = Reader(sql)
    check_columns(read, table)
    check_serde(read, table)
    check_properties(read, table.table_properties)
    data_catalog.put(session, table)
    return []


def _not_avro(table: ExternalTable, sql: str) -> None:
    if table.reader == "avro":
        raise SqlError("columns of a table over Avro files are not added or dropped", sql=sql, position=0)


def _add_column(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    _not_avro(table, sql)
    table.columns = [*table.data_columns, change.column, *table.keys]
    return _put(session, table, sql)


def _named(table: ExternalTable, name: str, sql: str) -> None:
    if name not in [c.name for c in table.columns]:
        raise SqlError(f"there is no column {name} in {table.name}", sql=sql, position=place_of(sql, name))


def _drop_column(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    _not_avro(table, sql)
    _named(table, change.name, sql)
    if change.name in [k.name for k in table.keys]:
        raise SqlError(
            f"the partition column {change.name} can't be dropped", sql=sql, position=place_of(sql, change.name)
        )
    if len(table.data_columns) == 1:
        raise SqlError(
            f"{change.name} is the last column of {table.name}", sql=sql, position=place_of(sql, change.name)
        )
    table.columns = [c for c in table.columns if c.name != change.name]
    return _put(session, table, sql)


def _rename_column(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    _named(table, change.name, sql)
    table.columns = [replace(c, name=change.new_name) if c.name == change.name else c for c in table.columns]
    return _put(session, table, sql)


def _set_location(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    session.lake.path(change.location)
    table.location = change.location
    return _put(session, table, sql)


def _set_format(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    if change.format.serde != table.serde:
        table.serde_properties = {}
    table.set_format(change.format)
    return _put(session, table, sql)


def _set_properties(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    table.table_properties = {**table.table_properties, **change.properties}
    return _put(session, table, sql)


_CHANGES: dict[str, Changes] = {
    "add column": _add_column,
    "add partition": partitions.add,
    "drop column": _drop_column,
    "drop partition": partitions.drop,
    "move partition": partitions.move,
    "rename column": _rename_column,
    "set format": _set_format,
    "set location": _set_location,
    "set properties": _set_properties,
}

HANDLERS = {
    "alter_external_schema": alter_external_schema,
    "alter_table": alter_table,
    "create_external_schema": create_external_schema,
    "create_external_table": create_external_table,
}
