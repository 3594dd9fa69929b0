"""The data catalog: external databases with their tables and partitions, which external schemas refer to.

A table belongs to the database: every external schema over it shows it, and it stays when a schema is dropped.
Source: Redshift Developer Guide, CREATE EXTERNAL SCHEMA, DROP SCHEMA, SVV_EXTERNAL_PARTITIONS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError, similar
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.spectrum.table import ExternalTable, Partition

if TYPE_CHECKING:
    import duckdb

    from rsnb.warehouse.connection import Connection


def database_of(session: Connection, schema: str) -> str:
    """The external database that an external schema refers to."""
    rows = session.catalog.found("external_schema", "databasename", schemaname=schema)
    return str(rows[0][0])


def table(session: Connection, schema: str, name: str) -> ExternalTable:
    """The definition of an external table, as an external schema shows it."""
    rows = session.catalog.rows(
        f"SELECT definition FROM {SCHEMA}.external_table WHERE schemaname = ? AND tablename = ?", schema, name
    )
    if not rows:
        hint = similar(f"{schema}.{name}", session.snapshot.relations.names())
        raise SqlError(f"there is no external table {schema}.{name}", hint=hint)
    return ExternalTable.from_json(rows[0][0], schema)


def _key(session: Connection, table: ExternalTable) -> dict[str, object]:
    return {"databasename": database_of(session, table.schema), "tablename": table.name}


def put(session: Connection, table: ExternalTable) -> None:
    """Write a table's definition in place of the one that it had."""
    session.catalog.put("lake_table", _key(session, table), definition=table.to_json())


def drop(session: Connection, schema: str, name: str) -> None:
    """Drop a table with its partitions; its files stay."""
    key: dict[str, object] = {"databasename": database_of(session, schema), "tablename": name}
    session.catalog.drop("lake_table", **key)
    session.catalog.drop("lake_partition", **key)


def drop_schema(session: Connection, schema: str, database: bool, cascade: bool, sql: str) -> None:
    """Drop an external schema; with `database`, the external database too, and all schemas over it."""
    key: dict[str, object] = {"databasename": database_of(session, schema)}
    if not database:
        session.catalog.drop("external_schema", schemaname=schema)
        return
    held = session.catalog.found("lake_table", "tablename", **key)
    if held and not cascade:
        raise SqlError(
            f"the external database {key['databasename']} holds {held[0][0]}", sql=sql, position=0, hint="add CASCADE"
        )
    for place in ("external_schema", "lake_table", "lake_partition"):
        session.catalog.drop(place, **key)


# Partitions


def partitions(session: Connection, table: ExternalTable) -> dict[Partition, str]:
    """The locations of a table's partitions by their values."""
    rows = session.catalog.found("lake_partition", "part", "location", **_key(session, table))
    return {tuple(part): location for part, location in rows}


def add_partitions(session: Connection, table: ExternalTable, added: dict[Partition, str]) -> None:
    """Note the locations of partitions that are not there yet."""
    key = list(_key(session, table).values())
    session.db.execute(
        f"INSERT INTO {SCHEMA}.lake_partition SELECT ?, ?, unnest(?::VARCHAR[][]), unnest(?::VARCHAR[])",
        [*key, [list(part) for part in added], list(added.values())],
    )


def move_partition(session: Connection, table: ExternalTable, part: Partition, location: str) -> None:
    """Give a partition another location."""
    session.catalog.change("lake_partition", {"location": location}, **_key(session, table), part=list(part))


def drop_partition(session: Connection, table: ExternalTable, part: Partition) -> None:
    """Drop a partition; its files stay."""
    session.catalog.drop("lake_partition", **_key(session, table), part=list(part))


def qualified(
    session: Connection, table: ExternalTable, predicates: list[str]
) -> tuple[list[tuple[Partition, str]], int]:
    """(values, location) of the partitions that predicates on the partition columns leave, and how many there are.

    A predicate whose value is an error leaves all: the statement itself will say so, or not come to it.
    """
    import duckdb

    key = list(_key(session, table).values())
    tried = _choosing(table, [f"coalesce(try(coalesce({p}, false)), true)" for p in predicates])
    side = session.db.cursor()
    try:
        side.execute(f"EXPLAIN {tried}", key)
        rows = session.catalog.rows(tried, *key)
    except duckdb.BinderException:  # TRY takes no function that may raise by itself
        rows = _beside(session, side, table, predicates, key)
    return [(tuple(part), location) for part, location, chosen in rows if chosen], len(rows)


_MOMENT = re.compile(r"\b(NOW|CURRENT_\w+|own_getdate)\b", re.IGNORECASE)


def _beside(
    session: Connection, side: duckdb.DuckDBPyConnection, table: ExternalTable, predicates: list[str], key: list[object]
) -> list[tuple[Any, ...]]:
    """The partitions, asked for where an error does not end the user's transaction, and now is another moment."""
    import duckdb

    everything = session.catalog.rows(_choosing(table, []), *key)
    if any(_MOMENT.search(p) for p in predicates):
        return everything
    for name in ("TimeZone", "ieee_floating_point_ops", "integer_division"):
        ((value,),) = session.catalog.rows(f"SELECT current_setting('{name}')")
        side.execute(f"SET {name} = '{value}'")
    try:
        return side.execute(_choosing(table, [f"coalesce({p}, false)" for p in predicates]), key).fetchall()
    except duckdb.Error:
        return everything


def _choosing(table: ExternalTable, conditions: list[str]) -> str:
    """A query for all partitions that says of each whether the conditions leave it."""
    keys = ", ".join(f'CAST(part[{i}] AS {key.type.duckdb}) AS "{key.name}"' for i, key in enumerate(table.keys, 1))
    of_table = f"SELECT part, location, {keys} FROM {SCHEMA}.lake_partition WHERE databasename = ? AND tablename = ?"
    return f"SELECT part, location, {' AND '.join(conditions) or 'true'} FROM ({of_table}) ORDER BY part"
