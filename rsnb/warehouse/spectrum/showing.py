"""SHOW EXTERNAL TABLE: the statements that make an external table and its partitions again.

Source: Redshift Developer Guide, SHOW EXTERNAL TABLE.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.literals import quote_identifier
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.showing import SHOWS, table
from rsnb.warehouse.spectrum import data_catalog
from rsnb.warehouse.spectrum.partitions import NO_VALUE
from rsnb.warehouse.spectrum.table import ExternalColumn, ExternalTable, Partition

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection


def show(session: Connection, read: Reader) -> pa.Table:
    """SHOW EXTERNAL TABLE schema.table [PARTITION]."""
    name = read.qualified()
    with_partitions = read.accept("partition")
    read.done()
    found = session.relations.find(name[-2] if len(name) > 1 else "", name[-1])
    if found is None or found.kind != "external":
        shown = ".".join(name)
        raise SqlError(f"{shown} is not an external table", sql=read.sql, position=place_of(read.sql, name[-1]))
    external = session.external(found.schema, found.name)
    statements = [_create(external)]
    if with_partitions:
        known = data_catalog.partitions(session, external)
        statements += [_add(external, part, location) for part, location in known.items()]
    return table(["Show External Table DDL statement"], [("\n".join(statements),)])


SHOWS["external table"] = show


def _create(external: ExternalTable) -> str:
    columns = ",\n    ".join(map(_declared, external.data_columns))
    lines = [f"CREATE EXTERNAL TABLE {_named(external)} (\n    {columns}\n)"]
    if external.keys:
        lines.append(f"PARTITIONED BY ({', '.join(map(_declared, external.keys))})")
    lines.append(f"ROW FORMAT SERDE {_text(external.serde)}")
    if external.serde_properties:
        lines.append(f"WITH SERDEPROPERTIES ({_properties(external.serde_properties)})")
    lines.append(f"STORED AS INPUTFORMAT {_text(external.input_format)}")
    lines.append(f"OUTPUTFORMAT {_text(external.output_format)}")
    lines.append(f"LOCATION {_text(external.location)}")
    if external.table_properties:
        lines.append(f"TABLE PROPERTIES ({_properties(external.table_properties)})")
    return "\n".join(lines) + ";"


def _add(external: ExternalTable, part: Partition, location: str) -> str:
    values = ", ".join(
        f"{_name(key.name)}={_text(NO_VALUE if value is None else value)}"
        for key, value in zip(external.keys, part, strict=True)
    )
    return f"ALTER TABLE {_named(external)} ADD IF NOT EXISTS PARTITION ({values}) LOCATION {_text(location)};"


def _named(external: ExternalTable) -> str:
    return f"{_name(external.schema)}.{_name(external.name)}"


def _name(name: str) -> str:
    return name if name.isidentifier() else quote_identifier(name)


def _declared(column: ExternalColumn) -> str:
    return f"{_name(column.name)} {column.declared}"


def _properties(properties: Mapping[str, str]) -> str:
    return ", ".join(f"{_text(name)}={_text(value)}" for name, value in properties.items())


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
