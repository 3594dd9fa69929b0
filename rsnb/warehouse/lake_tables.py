"""Statements about the lake: external schemas, external tables and their partitions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import external
from rsnb.warehouse.definitions import altering
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.outcome import Outcome

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def create_external_schema(session: Connection, sql: str) -> Outcome:
    """CREATE EXTERNAL SCHEMA ... FROM DATA CATALOG."""
    schema = external.parse_schema(sql)
    if schema.name in session.relations.external_schemas:
        if schema.if_not_exists:
            return Outcome()
        raise SqlError(f"the schema {schema.name} exists", sql=sql, position=place_of(sql, schema.name))
    options = json.dumps({k.upper(): v for k, v in schema.options.items() if k != "create_external_database"})
    key: dict[str, object] = {"schemaname": schema.name}
    session.catalog.put("external_schema", key, databasename=schema.database, esoptions=options)
    session.changed()
    return Outcome()


def create_external_table(session: Connection, sql: str) -> Outcome:
    """CREATE EXTERNAL TABLE; not inside a transaction, as in Redshift."""
    session.refuse_inside_transaction("CREATE EXTERNAL TABLE", sql)
    table = external.parse_table(sql)
    if table.schema not in session.relations.external_schemas:
        raise SqlError(
            f"{table.schema} is not an external schema",
            sql=sql,
            position=place_of(sql, table.schema),
            hint=f"create external schema {table.schema} from data catalog database '...' iam_role default",
        )
    if session.relations.find(table.schema, table.name):
        raise SqlError(f"{table.schema}.{table.name} exists", sql=sql, position=place_of(sql, table.name))
    session.lake.path(table.location)  # an address that nothing is mapped to is an error now, not later
    key: dict[str, object] = {"schemaname": table.schema, "tablename": table.name}
    session.catalog.put("external_table", key, definition=table.to_json())
    session.changed()
    return Outcome()


def alter_table(session: Connection, sql: str) -> Outcome:
    """ALTER TABLE of an external table: partitions and location. Of a local one: see definitions.altering."""
    read = Reader(sql)
    read.expect("alter", "table")
    name = read.qualified()
    found = session.relations.find(name[-2] if len(name) > 1 else "", name[-1])
    if found is None or found.kind != "external":
        return altering.alter_table(session, sql)
    session.refuse_inside_transaction("ALTER TABLE of an external table", sql)
    change = external.parse_partition(sql)
    table = session.external(found.schema, found.name)
    keys = [c.name for c in table.partition_columns]
    for values, location in change.partitions:
        if sorted(values) != sorted(keys):
            wanted = ", ".join(keys) or "no column"
            raise SqlError(f"a partition of {found.name} names {wanted}, not {', '.join(values)}", sql=sql, position=0)
        part = [_canonical(session, c, values[c.name], sql) for c in table.partition_columns]
        _change_partition(session, table, change, part, location, sql)
    session.changed()
    return Outcome("ALTER TABLE")


def _canonical(session: Connection, column: external.ExternalColumn, value: str, sql: str) -> str:
    """A partition's value as its column's type writes it; raises SqlError when it has none."""
    import duckdb

    try:
        ((same,),) = session.catalog.rows(f"SELECT CAST(CAST(? AS {column.type}) AS VARCHAR)", value)
    except duckdb.Error:
        raise SqlError(
            f"{value!r} is not valid for the partition column {column.name} of type {column.external_type}",
            sql=sql,
            position=place_of(sql, value),
        ) from None
    return str(same)


def _change_partition(
    session: Connection,
    table: external.ExternalTable,
    change: external.PartitionChange,
    part: list[str],
    location: str,
    sql: str,
) -> None:
    key: dict[str, object] = {"schemaname": table.schema, "tablename": table.name, "part": part}
    known = session.catalog.rows(
        f"SELECT 1 FROM {SCHEMA}.external_partition WHERE schemaname = ? AND tablename = ? AND part = ?", *key.values()
    )
    shown = ", ".join(part)
    if change.action == "drop":
        if not known:
            raise SqlError(f"there is no partition ({shown})", sql=sql, position=0)
        session.catalog.drop("external_partition", **key)
        return
    if known and not change.if_not_exists:
        raise SqlError(f"the partition ({shown}) exists", sql=sql, position=0, hint="add if not exists partition ...")
    if not known:
        session.lake.path(location)
        session.catalog.put("external_partition", key, location=location)


HANDLERS = {
    "alter_table": alter_table,
    "create_external_schema": create_external_schema,
    "create_external_table": create_external_table,
}
