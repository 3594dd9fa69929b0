"""The grammar of CREATE EXTERNAL TABLE, with a column list or AS a query.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE and its usage notes.
"""

from __future__ import annotations

from dataclasses import dataclass

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.spectrum.column_types import is_nested, read_type
from rsnb.warehouse.spectrum.formats import (
    FILE_FORMATS,
    OF_INPUT,
    PARQUET,
    REFUSED_FORMATS,
    REFUSED_INPUTS,
    REFUSED_SERDES,
    SERDES,
    SYMLINKS,
    TEXTFILE,
    FileFormat,
    character,
)
from rsnb.warehouse.spectrum.properties import check_properties
from rsnb.warehouse.spectrum.table import ExternalColumn, ExternalTable, column

COLUMNS = 1598  # the two others are pseudocolumns


@dataclass
class Creation:
    """A parsed CREATE EXTERNAL TABLE; query is that of AS, keys the partition columns that it names."""

    table: ExternalTable
    database: str = ""
    query: str = ""
    keys: tuple[str, ...] = ()


def parse_create(sql: str) -> Creation:
    """Read CREATE EXTERNAL TABLE; what would be read otherwise than it says is refused by name."""
    read = Reader(sql)
    read.expect("create", "external", "table")
    names = read.qualified()
    if len(names) < 2:
        read.fail("an external table's name needs its external schema")
    listed = read.peek("(")
    table = ExternalTable(names[-2], names[-1], read.listed(lambda: read_column(read)) if listed else [])
    creation = Creation(table, names[-3] if len(names) > 2 else "")
    if read.accept("partitioned", "by"):
        _partitioned(read, creation, listed)
    given: set[str] = set()
    while read.next.kind != "end" and not read.accept("as"):
        _clause(read, table, given)
    if not listed:
        if read.last.text.lower() != "as":
            read.fail("expected a list of columns, or AS and a query")
        creation.query = read.rest()
    read.done()
    _check(read, creation, given)
    return creation


def _partitioned(read: Reader, creation: Creation, listed: bool) -> None:
    if not listed:
        creation.keys = tuple(read.names())
        return
    for index, key in enumerate(read.listed(lambda: read_column(read)), 1):
        creation.table.columns.append(ExternalColumn(key.name, key.declared, key.external_type, index))


def read_column(read: Reader) -> ExternalColumn:
    """Read `name type`; the type is kept as it was written."""
    name = read.name()
    if name in ("$path", "$size", "$spectrum_oid"):
        raise SqlError(f"{name} is a pseudocolumn: no column has its name", sql=read.sql, position=read.last.start)
    start = read.next.start
    read_type(read)
    return column(name, read.sql[start : read.last.end])


def _clause(read: Reader, table: ExternalTable, given: set[str]) -> None:
    clause = read.choose("row format delimited", "row format serde", "stored as", "location", "table properties")
    if clause is None:
        read.fail("expected ROW FORMAT, STORED AS, LOCATION or TABLE PROPERTIES")
    if clause.split()[0] in given:
        read.fail(f"{clause.split()[0].upper()} stands twice")
    given.add(clause.split()[0])
    if clause == "row format delimited":
        _delimited(read, table)
    elif clause == "row format serde":
        table.serde = _known_serde(read)
        given.add("serde")
        if read.accept("with", "serdeproperties"):
            table.serde_properties = dict(read.listed(lambda: read_property(read)))
    elif clause == "stored as":
        _stored(read, table, "serde" in given)
    elif clause == "location":
        table.location = read_location(read)
    else:
        table.table_properties = dict(read.listed(lambda: read_property(read)))


def _known_serde(read: Reader) -> str:
    name = read.string()
    if name not in SERDES:
        why = REFUSED_SERDES.get(name, "it is not one of Redshift's")
        raise UnsupportedSql(
            f"the SerDe {name} is not supported by the embedded warehouse: {why}", sql=read.sql,
            position=read.last.start,
        )  # fmt: skip
    return name


def _delimited(read: Reader, table: ExternalTable) -> None:
    while part := read.choose("fields terminated by", "lines terminated by", "escaped by", "null defined as"):
        if part in ("escaped by", "null defined as"):
            read.refuse(f"{part.upper()} (Redshift has FIELDS and LINES TERMINATED BY alone)")
        written = read.string()
        if part.startswith("fields"):
            if len(character(written)) != 1 or ord(character(written)) > 0o177:
                raise SqlError("a delimiter is one ASCII character", sql=read.sql, position=read.last.start)
            table.serde_properties["field.delim"] = written
        elif character(written.removesuffix("\\l")) != "\n":
            read.refuse("LINES TERMINATED BY anything but a newline")


def read_property(read: Reader) -> tuple[str, str]:
    """Read `'name'='value'`."""
    key = read.string()
    read.expect("=")
    return key, read.string()


def read_location(read: Reader) -> str:
    """Read an address of the lake; the scheme's case does not matter, nor does a slash at the end."""
    address = read.string().rstrip("/")
    return "s3://" + address[5:] if address[:5].lower() == "s3://" else address


def _stored(read: Reader, table: ExternalTable, serde: bool) -> None:
    """STORED AS; a SerDe that was named stays."""
    named = table.serde
    if read.accept("inputformat"):
        _classes(read, table)
    else:
        table.set_format(read_format(read))
    if serde:
        table.serde = named


def _classes(read: Reader, table: ExternalTable) -> None:
    name = read.string()
    position = read.last.start
    read.expect("outputformat")
    output = read.string()
    if name not in OF_INPUT and name != SYMLINKS:
        why = REFUSED_INPUTS.get(name, "it is not one of Redshift's")
        raise UnsupportedSql(
            f"the input format {name} is not supported by the embedded warehouse: {why}", sql=read.sql,
            position=position,
        )  # fmt: skip
    table.set_format(OF_INPUT.get(name, PARQUET))
    table.input_format, table.output_format = name, output


def read_format(read: Reader) -> FileFormat:
    """Read a file format's name."""
    name = read.next.text.lower()
    if name not in FILE_FORMATS:
        why = REFUSED_FORMATS.get(name)
        read.refuse(f"STORED AS {name.upper()}") if why is None else read.refuse(f"STORED AS {name.upper()} ({why})")
    read.take()
    return FILE_FORMATS[name]


def check_serde(read: Reader, table: ExternalTable) -> None:
    """Raise on a SerDe property that there is not, or whose value it does not take."""
    serde = SERDES[table.serde]
    for name, value in table.serde_properties.items():
        if name not in serde.properties and not name.startswith(serde.prefixes or "\0"):
            read.refuse(f"the SerDe property {name!r} of {table.serde.rsplit('.', 1)[-1]}")
        if name in serde.properties and not serde.properties[name](value):
            read.refuse(f"{value!r} as the SerDe property {name!r}")
    if table.reader == "regex" and "input.regex" not in table.serde_properties:
        raise SqlError("RegexSerDe needs the SerDe property 'input.regex'", sql=read.sql, position=0)


def check_columns(read: Reader, table: ExternalTable) -> None:
    """Raise on columns that the format can't hold, that are named twice, or are too many."""
    names = [c.name for c in table.columns]
    if twice := next((n for n in names if names.count(n) > 1), None):
        raise SqlError(f"the column {twice!r} is declared twice", sql=read.sql, position=0)
    if len(names) > COLUMNS:
        raise SqlError(f"an external table has at most {COLUMNS:,} columns", sql=read.sql, position=0)
    if table.columns and not table.data_columns:
        raise SqlError("an external table has a column beside its partition columns", sql=read.sql, position=0)
    columnar = table.reader in ("parquet", "orc")
    for item in table.columns:
        nested, binary = is_nested(item.type), item.type.short == "varbyte"
        if not (nested or binary) or (columnar and not item.part_key) or (nested and table.reader == "json"):
            continue
        what = "a partition column" if item.part_key else f"a column over {table.reader} files"
        formats = "Parquet, ORC and JSON" if nested else "Parquet and ORC"
        raise SqlError(
            f"{item.name}: {what} can't be of type {item.type.rule.name}", sql=read.sql,
            position=place_of(read.sql, item.name), hint=f"it stands in {formats} files",
        )  # fmt: skip


def _check(read: Reader, creation: Creation, given: set[str]) -> None:
    table = creation.table
    if "location" not in given:
        read.fail("expected LOCATION 's3://...'")
    check_serde(read, table)
    check_properties(read, table.table_properties)
    check_columns(read, table)
    if not creation.query:
        return
    if "stored" not in given or table.input_format not in (TEXTFILE.input, PARQUET.input):
        raise SqlError("CREATE EXTERNAL TABLE AS writes STORED AS PARQUET or TEXTFILE", sql=read.sql, position=0)
    if "serde" in given:
        read.refuse("ROW FORMAT SERDE of CREATE EXTERNAL TABLE AS")
    if creation.keys and len(set(creation.keys)) < len(creation.keys):
        raise SqlError("a partition column stands twice", sql=read.sql, position=0)
