"""Partitions of external tables: the values of their keys, and how they are added, moved and dropped.

Source: Redshift Developer Guide, ALTER TABLE, "Partitioning Redshift Spectrum external tables".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.macros import qualified
from rsnb.warehouse.spectrum import data_catalog
from rsnb.warehouse.spectrum.alter import Change, Values
from rsnb.warehouse.spectrum.table import ExternalColumn, ExternalTable, Partition

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"  # how a folder writes that a key is NULL


def add(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    """ADD [IF NOT EXISTS] PARTITION; what was there already, for the user."""
    known = data_catalog.partitions(session, table)
    added: dict[Partition, str] = {}
    notes = []
    for values, location in change.partitions:
        part = values_of(session, table, values, sql)
        if part in known or part in added:
            if not change.if_not_exists:
                hint = "add if not exists partition ..."
                raise SqlError(f"the partition ({shown(part)}) exists", sql=sql, position=0, hint=hint)
            notes.append(f"the partition ({shown(part)}) exists: skipped")
            continue
        session.lake.path(location)  # an address that nothing is mapped to is an error now, not later
        added[part] = location
    if added:
        data_catalog.add_partitions(session, table, added)
    return notes


def move(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    """PARTITION (...) SET LOCATION."""
    ((values, location),) = change.partitions
    session.lake.path(location)
    data_catalog.move_partition(session, table, _existing(session, table, values, sql), location)
    return []


def drop(session: Connection, table: ExternalTable, change: Change, sql: str) -> list[str]:
    """DROP PARTITION; the files stay."""
    ((values, _),) = change.partitions
    data_catalog.drop_partition(session, table, _existing(session, table, values, sql))
    return []


def _existing(session: Connection, table: ExternalTable, values: Values, sql: str) -> Partition:
    part = values_of(session, table, values, sql)
    if part not in data_catalog.partitions(session, table):
        raise SqlError(f"there is no partition ({shown(part)})", sql=sql, position=0)
    return part


def shown(part: Partition) -> str:
    """A partition's values for messages."""
    return ", ".join("null" if value is None else value for value in part)


def values_of(session: Connection, table: ExternalTable, values: Values, sql: str) -> Partition:
    """A partition's values in the order of the keys, each as its type writes it."""
    keys = [key.name for key in table.keys]
    if sorted(values) != sorted(keys):
        wanted = ", ".join(keys) or "no column"
        raise SqlError(f"a partition of {table.name} names {wanted}, not {', '.join(values)}", sql=sql, position=0)
    return tuple(_canonical(session, key, values[key.name], sql) for key in table.keys)


def _canonical(session: Connection, key: ExternalColumn, value: str, sql: str) -> str | None:
    if value == NO_VALUE:
        return None
    kind = key.type
    if kind.short in ("varchar", "bpchar"):
        if len(value.encode()) > kind.args[0]:
            _wrong(key, value, sql)
        return value.rstrip(" ") if kind.short == "bpchar" else value
    made = f"coalesce({qualified('lake_date')}($1), TRY_CAST($1 AS DATE))" if kind.short == "date" else "$1"
    ((same,),) = session.catalog.rows(f"SELECT CAST(TRY_CAST({made} AS {kind.duckdb}) AS VARCHAR)", value)
    if same is None:
        _wrong(key, value, sql)
    return str(same)


def _wrong(key: ExternalColumn, value: str, sql: str) -> None:
    raise SqlError(
        f"{value!r} is not valid for the partition column {key.name} of type {key.declared}", sql=sql,
        position=place_of(sql, value),
    )  # fmt: skip
