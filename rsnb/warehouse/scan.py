"""How an external table's files are read: a DuckDB query for their rows.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE, "Querying nested data with Amazon Redshift Spectrum".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.errors import LoadError
from rsnb.literals import quote_identifier
from rsnb.types import VARCHAR_MAX
from rsnb.types import parse as parse_type
from rsnb.warehouse.copy import WHOLE
from rsnb.warehouse.external import ExternalColumn, ExternalTable, character
from rsnb.warehouse.faulty_files import malformed
from rsnb.warehouse.macros import WHOLE_NUMBER, qualified
from rsnb.warehouse.spelling import text, texts

if TYPE_CHECKING:
    import duckdb

_NULL = "\\N"  # how text files write a missing value


def scan(db: duckdb.DuckDBPyConnection, table: ExternalTable, files: list[Path], partition: Mapping[str, str]) -> str:
    """A DuckDB query for the rows of one partition's files (or of the whole table), columns in order."""
    columns = [f"{_declared(table, c)} AS {quote_identifier(c.name)}" for c in table.data_columns]
    if table.format == "parquet":
        _check_parquet(db, table, files)
    if table.format == "json":
        table = _with_keys_as_written(db, table, files)
    columns += [
        f"CAST({text(partition[c.name])} AS {c.type}) AS {quote_identifier(c.name)}" for c in table.partition_columns
    ]
    return f"SELECT {', '.join(columns)} FROM {_READERS[table.format](table, [str(f) for f in files])}"


def empty(table: ExternalTable) -> str:
    """A DuckDB query with the table's columns and no rows."""
    columns = [f"CAST(NULL AS {c.type}) AS {quote_identifier(c.name)}" for c in table.columns]
    return f"SELECT {', '.join(columns)} WHERE false"


def _read_text(table: ExternalTable, files: list[str]) -> str:
    return _read_csv(table, files, f"delim={text(table.delimiter)}, quote='', escape='', nullstr=''")


def _read_open_csv(table: ExternalTable, files: list[str]) -> str:
    given = table.serde_properties
    delimiter, quote = given.get("separatorChar", ","), given.get("quoteChar", '"')
    escape = character(given.get("escapeChar", "\\\\"))[:1]
    return _read_csv(
        table, files, f"delim={text(character(delimiter))}, quote={text(quote[-1])}, escape={text(escape)}, nullstr=''"
    )


def _read_csv(table: ExternalTable, files: list[str], marks: str) -> str:
    kinds = ", ".join(f"{text(c.name)}: 'VARCHAR'" for c in table.data_columns)
    kept = texts([c.name for c in table.data_columns if c.type == "VARCHAR"])
    skip = int(table.table_properties.get("skip.header.line.count", "0"))
    return (
        f"read_csv({texts(files)}, columns={{{kinds}}}, auto_detect=false, header=false, skip={skip}, filename=true, "
        f"null_padding=true, strict_mode=true, force_not_null={kept}, {marks})"
    )


def _read_json(table: ExternalTable, files: list[str]) -> str:
    kinds = ", ".join(f"{text(c.name)}: {text(c.type)}" for c in table.data_columns)
    return f"read_json({texts(files)}, columns={{{kinds}}}, format='unstructured')"


def _with_keys_as_written(db: duckdb.DuckDBPyConnection, table: ExternalTable, files: list[Path]) -> ExternalTable:
    """The table with its keys spelt as the data does: the SerDe does not mind case."""
    written: dict[str, str] = {}
    for key in sorted(_written_keys(db, tuple((str(f), f.stat().st_mtime_ns) for f in files))):
        other = written.setdefault(key.lower(), key)
        if other != key and any(key.lower() in c.name + c.type for c in table.columns):
            raise LoadError(
                f"{table.schema}.{table.name}: its files spell a key both {other!r} and {key!r}",
                hint="spell it alike in all objects: the embedded warehouse reads one spelling",
            )

    def spelt(type_: str) -> str:
        return re.sub(r'"([^"]+)"', lambda m: f'"{written.get(m[1], m[1])}"', type_)

    columns = [replace(c, name=written.get(c.name, c.name), type=spelt(c.type)) for c in table.columns]
    return replace(table, columns=columns)


_KEYS: dict[tuple[tuple[str, int], ...], frozenset[str]] = {}  # of files by path and time of change


def _written_keys(db: duckdb.DuckDBPyConnection, files: tuple[tuple[str, int], ...]) -> frozenset[str]:
    """Every key in the files, at any depth."""
    if files not in _KEYS:
        if len(_KEYS) > 64:
            _KEYS.clear()
        names = texts([name for name, _ in files])
        reading = f"read_json_objects({names}, format='unstructured')"
        try:
            ((structure,),) = db.execute(f"SELECT json_group_structure(json) FROM {reading}").fetchall()
        except duckdb_errors() as exc:
            raise _malformed([Path(name) for name, _ in files]) or exc from None
        _KEYS[files] = frozenset(_keys(json.loads(structure or "{}")))
    return _KEYS[files]


def duckdb_errors() -> tuple[type[Exception], ...]:
    import duckdb

    return (duckdb.InvalidInputException,)


def _malformed(files: list[Path]) -> LoadError | None:
    for file in files:
        if broken := malformed(file):
            number, source, reason = broken
            return LoadError(f"{file}, object {number}: {source!r} {reason}", hint="correct the file, or leave it out")
    return None


def _keys(value: object) -> Iterator[str]:
    """Every key of a JSON value, at any depth."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield key
        yield from _keys(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _keys(inner)


def _check_parquet(db: duckdb.DuckDBPyConnection, table: ExternalTable, files: list[Path]) -> None:
    """Raise LoadError when a file does not hold a column of the table."""
    for file in files:
        held = {
            name.lower()
            for name, *_ in db.execute(f"DESCRIBE SELECT * FROM read_parquet({text(str(file))})").fetchall()
        }
        for column in table.data_columns:
            if column.name not in held:
                raise LoadError(
                    f"{file} has no column {column.name} of {table.schema}.{table.name}",
                    hint=f"it has {', '.join(sorted(held))}",
                )


def _read_parquet(table: ExternalTable, files: list[str]) -> str:
    return f"read_parquet({texts(files)})"


def _declared(table: ExternalTable, column: ExternalColumn) -> str:
    """A column as it was declared: texts are cut off at its length, as Spectrum does."""
    name = quote_identifier(column.name)
    if table.format == "text":
        name = f"NULLIF({name}, {text(table.table_properties.get('serialization.null.format', _NULL))})"
    if column.type != "VARCHAR":
        if table.format in ("text", "csv"):
            return _from_text(name, column.type)
        return f"CAST({name} AS {column.type})" if table.format == "parquet" else name
    length = parse_type(column.external_type).args[0]
    cut = f"{qualified('truncate_bytes')}({name}, {length})"
    return cut if length < VARCHAR_MAX else f"CAST({name} AS VARCHAR)"


def _from_text(value: str, kind: str) -> str:
    """A text of a file as a type; the error names the text and its file."""
    wrong = f"TRY_CAST({value} AS {kind}) IS NULL"
    if kind in WHOLE:
        wrong += f" OR NOT regexp_full_match({value}, {WHOLE_NUMBER})"
    fault = f"error('Could not convert string ''' || {value} || ''' to {kind} in file <' || filename || '>')"
    return f"CASE WHEN {value} IS NULL THEN NULL WHEN {wrong} THEN {fault} ELSE CAST({value} AS {kind}) END"


_READERS: dict[str, Callable[[ExternalTable, list[str]], str]] = {
    "text": _read_text,
    "csv": _read_open_csv,
    "json": _read_json,
    "parquet": _read_parquet,
}
