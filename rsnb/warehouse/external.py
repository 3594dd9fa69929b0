"""External schemas and tables: their grammar, and how a table's files are read.

Source: Redshift Developer Guide, CREATE EXTERNAL SCHEMA, CREATE EXTERNAL TABLE, ALTER TABLE
(external table), "Querying nested data with Amazon Redshift Spectrum".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.sql import quote_identifier
from rsnb.types import VARCHAR_MAX
from rsnb.types import parse as parse_type
from rsnb.warehouse.catalog import SCHEMA
from rsnb.warehouse.grammar import Reader

if TYPE_CHECKING:
    import duckdb


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


_NULL = "\\N"  # how text files write a missing value


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
        mark = _character(read.string())
        if part.startswith("fields"):
            table.delimiter = mark
        elif mark != "\n":
            read.refuse("LINES TERMINATED BY anything but a newline")


def _character(text: str) -> str:
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
    action = read.choose("add", "drop") or read.fail("expected ADD or DROP")
    if_not_exists = read.accept("if", "not", "exists")
    partitions = []
    while read.accept("partition"):
        values = dict(read.listed(lambda: _partition_value(read)))
        place = ""
        if action == "add":
            read.expect("location")
            place = read.string()
        partitions.append((values, place))
    if not partitions:
        read.fail("expected PARTITION")
    read.done()
    return PartitionChange(names[-2] if len(names) > 1 else "", names[-1], action, if_not_exists, partitions)


def _partition_value(read: Reader) -> tuple[str, str]:
    key = read.name()
    read.expect("=")
    return key, read.string() if read.next.kind == "string" else read.take().text


# Reading


def place(schema: str, name: str) -> str:
    """A table's name for DuckDB."""
    return f"{quote_identifier(schema)}.{quote_identifier(name)}"


def text(value: str) -> str:
    """A string literal of DuckDB."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: list[str]) -> str:
    """A list of string literals of DuckDB."""
    return f"[{', '.join(text(v) for v in values)}]"


def scan(db: duckdb.DuckDBPyConnection, table: ExternalTable, files: list[Path], partition: Mapping[str, str]) -> str:
    """A DuckDB query for the rows of one partition's files (or of the whole table), columns in order."""
    columns = [f"{_declared(table, c)} AS {quote_identifier(c.name)}" for c in table.data_columns]
    if table.format == "json":
        table = _with_keys_as_written(db, table, files[0])
    columns += [
        f"CAST({text(partition[c.name])} AS {c.type}) AS {quote_identifier(c.name)}" for c in table.partition_columns
    ]
    return f"SELECT {', '.join(columns)} FROM {_READERS[table.format](table, [str(f) for f in files])}"


def empty(table: ExternalTable) -> str:
    """A DuckDB query with the table's columns and no rows."""
    columns = [f"CAST(NULL AS {c.type}) AS {quote_identifier(c.name)}" for c in table.columns]
    return f"SELECT {', '.join(columns)} WHERE false"


def _read_text(table: ExternalTable, files: list[str]) -> str:
    null = table.table_properties.get("serialization.null.format", _NULL)
    return _read_csv(table, files, f"delim={text(table.delimiter)}, quote='', escape='', nullstr={texts([null, ''])}")


def _read_open_csv(table: ExternalTable, files: list[str]) -> str:
    given = table.serde_properties
    delimiter, quote = given.get("separatorChar", ","), given.get("quoteChar", '"')
    escape = _character(given.get("escapeChar", "\\\\"))[:1]
    return _read_csv(
        table, files, f"delim={text(_character(delimiter))}, quote={text(quote[-1])}, escape={text(escape)}, nullstr=''"
    )


def _read_csv(table: ExternalTable, files: list[str], marks: str) -> str:
    kinds = ", ".join(f"{text(c.name)}: {text(c.type)}" for c in table.data_columns)
    kept = texts([c.name for c in table.data_columns if c.type == "VARCHAR"])
    skip = int(table.table_properties.get("skip.header.line.count", "0"))
    return (
        f"read_csv({texts(files)}, columns={{{kinds}}}, auto_detect=false, header=false, skip={skip}, "
        f"null_padding=true, strict_mode=true, force_not_null={kept}, {marks})"
    )


def _read_json(table: ExternalTable, files: list[str]) -> str:
    kinds = ", ".join(f"{text(c.name)}: {text(c.type)}" for c in table.data_columns)
    return f"read_json({texts(files)}, columns={{{kinds}}}, format='unstructured')"


def _with_keys_as_written(db: duckdb.DuckDBPyConnection, table: ExternalTable, file: Path) -> ExternalTable:
    """The table with its keys spelt as the first object of the data does: the SerDe does not mind case."""
    rows = db.execute(
        f"SELECT json FROM read_json_objects({texts([str(file)])}, format='unstructured') LIMIT 1"
    ).fetchall()
    written = {key.lower(): key for key in _keys(json.loads(rows[0][0]) if rows else {})}

    def spelt(type_: str) -> str:
        return re.sub(r'"([^"]+)"', lambda m: f'"{written.get(m[1], m[1])}"', type_)

    columns = [replace(c, name=written.get(c.name, c.name), type=spelt(c.type)) for c in table.columns]
    return replace(table, columns=columns)


def _keys(value: object) -> Iterator[str]:
    """Every key of a JSON value, at any depth."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield key
        yield from _keys(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _keys(inner)


def _read_parquet(table: ExternalTable, files: list[str]) -> str:
    return f"read_parquet({texts(files)})"


def _declared(table: ExternalTable, column: ExternalColumn) -> str:
    """A column as it was declared: texts are cut off at its length, as Spectrum does."""
    name = quote_identifier(column.name)
    if column.type != "VARCHAR":
        return f"CAST({name} AS {column.type})" if table.format == "parquet" else name
    if table.format == "text":  # force_not_null keeps the mark of a missing text
        name = f"NULLIF({name}, {text(table.table_properties.get('serialization.null.format', _NULL))})"
    length = parse_type(column.external_type).args[0]
    return f"{SCHEMA}.truncate_bytes({name}, {length})" if length < VARCHAR_MAX else f"CAST({name} AS VARCHAR)"


_READERS: dict[str, Callable[[ExternalTable, list[str]], str]] = {
    "text": _read_text,
    "csv": _read_open_csv,
    "json": _read_json,
    "parquet": _read_parquet,
}
