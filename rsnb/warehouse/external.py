"""External schemas and tables: what they are, and their grammar.

Source: Redshift Developer Guide, CREATE EXTERNAL SCHEMA, CREATE EXTERNAL TABLE, ALTER TABLE
(external table).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from rsnb.errors import SqlError
from rsnb.literals import quote_identifier
from rsnb.types import parse as parse_type
from rsnb.warehouse.grammar import Reader


@dataclass(frozen=True)
class ExternalColumn:
    """A column: external_type as it was declared, type as DuckDB has it; part_key counts from 1."""

    name: str
    external_type: str
    type: str
    part_key: int = 0


@dataclass
class ExternalTable:
    """The definition of an external table, as kept in the catalog."""

    schema: str
    name: str
    columns: list[ExternalColumn]
    location: str = ""
    format: str = "text"
    delimiter: str = "\x01"
    input_format: str = "org.apache.hadoop.mapred.TextInputFormat"
    output_format: str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    serde: str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
    serde_properties: dict[str, str] = field(default_factory=dict)
    table_properties: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ExternalTable:
        values: dict[str, Any] = json.loads(text)
        return cls(**{**values, "columns": [ExternalColumn(**c) for c in values["columns"]]})

    @property
    def types(self) -> dict[str, str]:
        """Column names and DuckDB types."""
        return {c.name: c.type for c in self.columns}

    @property
    def data_columns(self) -> list[ExternalColumn]:
        """The columns that stand in the files."""
        return [c for c in self.columns if not c.part_key]

    @property
    def partition_columns(self) -> list[ExternalColumn]:
        """The columns that stand in the partitions' places."""
        return [c for c in self.columns if c.part_key]


# Grammar


@dataclass(frozen=True)
class ExternalSchema:
    """A parsed CREATE EXTERNAL SCHEMA."""

    name: str
    database: str
    if_not_exists: bool
    options: dict[str, str]


def parse_schema(sql: str) -> ExternalSchema:
    """Read `create external schema [if not exists] name from data catalog database 'x' ...`."""
    read = Reader(sql)
    read.expect("create", "external", "schema")
    if_not_exists = read.accept("if", "not", "exists")
    name = read.name()
    read.expect("from")
    if not read.accept("data", "catalog"):
        read.refuse(f"an external schema from {read.next.text.upper()}")
    options: dict[str, str] = {}
    while read.next.kind != "end":
        key = read.choose("database", "iam_role", "region", "catalog_role", "create external database if not exists")
        if key is None:
            read.refuse(f"the option {read.next.text.upper()} of CREATE EXTERNAL SCHEMA")
        if key.startswith("create"):
            options["create_external_database"] = "true"
        else:
            options[key] = "default" if key == "iam_role" and read.accept("default") else read.string()
    if "database" not in options:
        read.fail("expected DATABASE 'name'")
    return ExternalSchema(name, options.pop("database"), if_not_exists, options)


def parse_table(sql: str) -> ExternalTable:
    """Read a CREATE EXTERNAL TABLE with a column list."""
    read = Reader(sql)
    read.expect("create", "external", "table")
    names = read.qualified()
    if len(names) < 2:
        read.fail("an external table's name needs its external schema")
    if read.peek("partitioned") or not read.peek("("):
        read.refuse("CREATE EXTERNAL TABLE AS")
    table = ExternalTable(names[-2], names[-1], read.listed(lambda: _column(read)))
    if read.accept("partitioned", "by"):
        keys = read.listed(lambda: _column(read))
        table.columns += [ExternalColumn(c.name, c.external_type, c.type, i) for i, c in enumerate(keys, 1)]
    while read.next.kind != "end":
        _clause(read, table)
    _check(read, table)
    return table


def _column(read: Reader) -> ExternalColumn:
    name = read.name()
    start = read.next.start
    kind = _type(read)
    return ExternalColumn(name, read.sql[start : read.last.end].lower(), kind)


def _type(read: Reader) -> str:
    """A scalar, `array<type>` or `struct<name:type, ...>` as a DuckDB type."""
    if read.accept("array"):
        read.expect("<")
        inner = _type(read)
        read.expect(">")
        return f"{inner}[]"
    if read.accept("struct"):
        read.expect("<")
        fields = [_field(read)]
        while read.accept(","):
            fields.append(_field(read))
        read.expect(">")
        return f"STRUCT({', '.join(fields)})"
    if read.peek("map"):
        read.refuse("a column of type MAP")
    text = read.until(",", ")", ">")
    try:
        return parse_type(text).duckdb
    except SqlError as exc:
        raise SqlError(exc.message, sql=read.sql, position=read.sql.find(text), hint=exc.hint) from None


def _field(read: Reader) -> str:
    name = read.name()
    read.expect(":")
    return f"{quote_identifier(name)} {_type(read)}"


def _clause(read: Reader, table: ExternalTable) -> None:
    if read.accept("row", "format", "delimited"):
        _delimited(read, table)
    elif read.accept("row", "format", "serde"):
        table.serde = read.string()
        if read.accept("with", "serdeproperties"):
            table.serde_properties = dict(read.listed(lambda: _property(read)))
    elif read.accept("stored", "as"):
        _stored(read, table)
    elif read.accept("location"):
        table.location = read.string()
    elif read.accept("table", "properties") or read.accept("tblproperties"):
        table.table_properties = dict(read.listed(lambda: _property(read)))
    else:
        read.fail("expected ROW FORMAT, STORED AS, LOCATION or TABLE PROPERTIES")


def _delimited(read: Reader, table: ExternalTable) -> None:
    while part := read.choose("fields terminated by", "lines terminated by"):
        mark = character(read.string())
        if part.startswith("fields"):
            table.delimiter = mark
        elif mark != "\n":
            read.refuse("LINES TERMINATED BY anything but a newline")


def character(text: str) -> str:
    """The character that a delimiter's text stands for: itself, `\\t`, or an octal code."""
    named = {"\\t": "\t", "\\n": "\n", "\\A": "\x01"}
    if text.startswith("\\") and text[1:].isdigit():
        return chr(int(text[1:], 8))
    return named.get(text, text)


def _property(read: Reader) -> tuple[str, str]:
    key = read.string()
    read.expect("=")
    return key, read.string()


_TEXT = ("org.apache.hadoop.mapred.TextInputFormat",)
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def _stored(read: Reader, table: ExternalTable) -> None:
    if read.accept("inputformat"):
        table.input_format = read.string()
        read.expect("outputformat")
        table.output_format = read.string()
        if "parquet" in table.input_format.lower():
            table.format, table.serde = "parquet", _PARQUET
        elif table.input_format not in _TEXT:
            read.refuse(f"the input format {table.input_format}")
    elif read.accept("parquet"):
        table.format, table.serde = "parquet", _PARQUET
        table.input_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
        table.output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    elif not read.accept("textfile"):
        read.refuse(f"STORED AS {read.next.text.upper()}")


_SERDES = {
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": ("text", {"field.delim", "serialization.format"}),
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": ("csv", {"separatorChar", "quoteChar", "escapeChar"}),
    "org.openx.data.jsonserde.JsonSerDe": ("json", set()),
    "org.apache.hive.hcatalog.data.JsonSerDe": ("json", set()),
    _PARQUET: ("parquet", {"serialization.format"}),
}
_PROPERTIES = {"numRows", "skip.header.line.count", "serialization.null.format", "compression_type", "classification"}


def _check(read: Reader, table: ExternalTable) -> None:
    """Refuse by name what would be read otherwise than it says."""
    if not table.location:
        read.fail("expected LOCATION 's3://...'")
    if table.serde not in _SERDES:
        read.refuse(f"the SerDe {table.serde}")
    table.format, known = _SERDES[table.serde]
    for key in table.serde_properties:
        if key not in known:
            read.refuse(f"the SerDe property {key!r}")
    for key in table.table_properties:
        if key not in _PROPERTIES:
            read.refuse(f"the table property {key!r}")
    table.delimiter = table.serde_properties.get("field.delim", table.delimiter)
    names = [c.name for c in table.columns]
    if twice := next((n for n in names if names.count(n) > 1), None):
        raise SqlError(f"the column {twice!r} is declared twice", sql=read.sql, position=0)


@dataclass(frozen=True)
class PartitionChange:
    """A parsed `alter table ... add | drop partition`."""

    schema: str
    name: str
    action: str
    if_not_exists: bool
    partitions: list[tuple[dict[str, str], str]]


def parse_partition(sql: str) -> PartitionChange:
    """Read `alter table s.t add [if not exists] partition (k='v', ...) location 's3://...' [...]`."""
    read = Reader(sql)
    read.expect("alter", "table")
    names = read.qualified()
    action = read.choose("add", "drop") or read.refuse(f"ALTER TABLE ... {read.next.text.upper()} of an external table")
    if_not_exists = read.accept("if", "not", "exists")
    partitions = []
    if not read.peek("partition"):
        read.refuse(f"ALTER TABLE ... {action.upper()} {read.next.text.upper()} of an external table")
    while read.accept("partition"):
        values = dict(read.listed(lambda: _partition_value(read)))
        place = ""
        if action == "add":
            read.expect("location")
            place = read.string()
        partitions.append((values, place))
    read.done()
    return PartitionChange(names[-2] if len(names) > 1 else "", names[-1], action, if_not_exists, partitions)


def _partition_value(read: Reader) -> tuple[str, str]:
    key = read.name()
    read.expect("=")
    return key, read.string() if read.next.kind == "string" else read.take().text
