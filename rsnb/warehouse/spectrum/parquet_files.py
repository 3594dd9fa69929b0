"""Parquet, ORC and Avro files, whose own columns must be the table's: by name, and in ORC also by position.

A file's schema is read once. Source: Redshift Developer Guide, "Mapping external table columns to ORC columns",
"Troubleshooting queries in Amazon Redshift Spectrum" (incompatible data formats).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.literals import quote_identifier
from rsnb.types import ARRAY, MAP, STRUCT, Type
from rsnb.warehouse.spectrum import avro, copies
from rsnb.warehouse.spectrum.column_types import in_queries
from rsnb.warehouse.spectrum.groups import FILES, Group, Request, grouped
from rsnb.warehouse.spectrum.held import Held, converted
from rsnb.warehouse.spectrum.places import Data
from rsnb.warehouse.spectrum.table import ExternalColumn
from rsnb.warehouse.spectrum.values import INTEGERS, TEXTS, Values
from rsnb.warehouse.spelling import text

_TIMES = {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP_S"}
_SMALL = {"INTEGER", "SMALLINT", "TINYINT"}
_FITS = {
    "bool": {"BOOLEAN"},
    "bpchar": {"BLOB", "VARCHAR"},
    "date": {"DATE"},
    "float4": {"FLOAT"},
    "float8": {"DOUBLE"},
    "int2": _SMALL,
    "int4": _SMALL,
    "int8": {"BIGINT"},
    "timestamp": _TIMES,
    "varbyte": {"BLOB"},
    "varchar": {"BLOB", "VARCHAR"},
}  # a type → what a Parquet file holds for it, in DuckDB's words


@dataclass(frozen=True)
class FileType:
    """A value's type in a file, in DuckDB's words; parts are the fields of a struct, or what is in an array or map."""

    name: str
    parts: tuple[tuple[str, FileType], ...] = ()


_schemas: dict[tuple[str, int, int], str] = {}  # of files by path, time of change and size


def groups(request: Request) -> list[Group]:
    """The files by what columns they have."""
    read = [item.file for item in request.data]
    if request.table.reader == "orc":
        read = [copies.copied(file, "orc", _as_parquet) for file in read]
    if request.table.reader == "avro":
        read = [avro.as_parquet(file, request.table.serde_properties) for file in read]
    _look(request, read)
    keys = [_schemas[_key(file)] for file in read]
    return [_group(request, *found, _columns(key)) for key, found in grouped(request.data, read, keys).items()]


def _as_parquet(file: LakeFile, target: Path) -> bool:
    """An ORC file, stripe by stripe."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import orc

    try:
        source = orc.ORCFile(str(file.path))
        with pq.ParquetWriter(str(target), source.schema) as out:
            for stripe in range(source.nstripes):
                out.write_batch(source.read_stripe(stripe))
    except (pa.ArrowInvalid, OSError) as exc:
        target.unlink(missing_ok=True)
        raise LoadError(f"{file.address} is not an ORC file: {str(exc).splitlines()[0]}") from exc
    return True


def _key(file: LakeFile) -> tuple[str, int, int]:
    return str(file.path), file.changed, file.size


def _look(request: Request, files: list[LakeFile]) -> None:
    """Note the schema of files that are new."""
    new = {str(file.path): _key(file) for file in files if _key(file) not in _schemas}
    if not new:
        return
    nodes = "struct_pack(name, kind := duckdb_type, inside := num_children)"
    rows = request.db.execute(
        f"SELECT file_name, CAST(list({nodes} ORDER BY column_id) AS JSON) FROM parquet_schema(?) GROUP BY file_name",
        [list(new)],
    ).fetchall()
    for name, schema in rows:
        _schemas[new[name]] = schema


@lru_cache(maxsize=256)
def _columns(schema: str) -> tuple[tuple[str, FileType], ...]:
    """The columns of a file, in their order."""
    root, *nodes = json.loads(schema)
    at, found = 0, []
    for _ in range(root["inside"] or 0):
        found.append((nodes[at]["name"], file_type(nodes[at]["kind"])))
        at = _after(nodes, at)
    return tuple(found)


def _after(nodes: list[dict[str, Any]], at: int) -> int:
    """The index after a node and all that is in it."""
    left = nodes[at]["inside"] or 0
    at += 1
    for _ in range(left):
        at = _after(nodes, at)
    return at


def file_type(written: str) -> FileType:
    """The type that DuckDB writes so."""
    if written.endswith("[]"):
        return FileType("array", (("element", file_type(written[:-2])),))
    if written.startswith("STRUCT("):
        return FileType("struct", tuple(_fields(written[7:-1])))
    if written.startswith("MAP("):
        key, value = _split(written[4:-1])
        return FileType("map", (("key", file_type(key.strip())), ("value", file_type(value.strip()))))
    return FileType(written)


def _fields(written: str) -> Iterator[tuple[str, FileType]]:
    for part in _split(written):
        match = re.fullmatch(r'\s*("(?:[^"]|"")*"|\S+)\s+(.*)', part, re.DOTALL)
        if match:
            name = match[1][1:-1].replace('""', '"') if match[1][0] == '"' else match[1]
            yield name, file_type(match[2])


def _split(written: str) -> list[str]:
    """The parts between the commas that stand outside brackets and quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, mark in enumerate(written):
        quoted ^= mark == '"'
        depth += 0 if quoted else (mark in "([") - (mark in ")]")
        if mark == "," and not depth and not quoted:
            parts.append(written[start:at])
            start = at + 1
    return [*parts, written[start:]]


# A group


def _group(request: Request, data: list[Data], paths: list[str], columns: tuple[tuple[str, FileType], ...]) -> Group:
    values = request.values()
    by_name = {name.lower(): (name, kind) for name, kind in reversed(columns)}
    positions = request.table.table_properties.get("orc.schema.resolution", "name") != "name"
    made = {}
    for index, column in enumerate(request.table.data_columns):
        if request.table.reader == "orc" and positions:
            found = columns[index] if index < len(columns) else None
        else:
            found = by_name.get(column.name)
        made[column.name] = _column(request, values, column, found, str(data[0].file.path))
    source = f"read_parquet({FILES}, filename={text(request.mark)}, hive_partitioning=false)"
    return Group(data, paths, source, {n: values.row(v) for n, v in made.items()}, values.kept())


def _column(
    request: Request, values: Values, column: ExternalColumn, found: tuple[str, FileType] | None, path: str
) -> str:
    """A column's value in SQL; one that a file has not is NULL, and said so."""
    if found is None:
        note = f"{path} has no column {column.name} of {request.table.shown}: it is NULL"
        if note not in request.notes:
            request.notes.append(note)
        return f"CAST(NULL AS {in_queries(column.type).duckdb})"
    held = _held(request, column.type, found[1], f"{column.name} of {request.table.shown}", path)
    return converted(f"f.{quote_identifier(found[0])}", column.type, held, lambda v, t, h: _value(values, v, t, h))


def _held(request: Request, kind: Type, found: FileType, what: str, path: str) -> Held:
    """How a file holds a value of a type; LoadError when it is not of that type."""
    nested = {STRUCT: "struct", ARRAY: "array", MAP: "map"}.get(kind.rule)
    if (nested or "") != (found.name if found.parts else ""):
        _mismatch(kind, found, what, path)
    if kind.rule is STRUCT:
        names = {name.lower(): (name, inner) for name, inner in found.parts}
        parts = {
            n: (names[n][0], _held(request, t, names[n][1], f"{n} in {what}", path))
            for n, t in kind.inner
            if n in names
        }
        exact = [n for n, _ in found.parts] == [n for n, _ in kind.inner]
        return Held("struct", parts, exact)
    if nested:
        inner = zip(kind.inner, found.parts, strict=True)
        return Held(nested, {n: (n, _held(request, t, f, what, path)) for (n, t), (_, f) in inner})
    if not _fits(request, kind, found.name):
        _mismatch(kind, found, what, path)
    return Held(found.name)


def _fits(request: Request, kind: Type, found: str) -> bool:
    if found == '"NULL"':
        return True
    if kind.short == "numeric":
        scale = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", found)
        return scale is not None and int(scale[2]) == kind.args[1]
    if request.table.reader == "orc" and kind.short in INTEGERS:  # wider integers are narrowed
        return found in _SMALL or found == "BIGINT"
    return found in _FITS[kind.short]


def _mismatch(kind: Type, found: FileType, what: str, path: str) -> None:
    raise LoadError(
        f"{path} has an incompatible schema for the column {what}: it is of type {kind}, the file's is {found.name}",
        hint="declare the column as the file has it",
    )


def _value(values: Values, value: str, kind: Type, held: Held) -> str:
    """A scalar of a file as the column's type."""
    if held.kind == '"NULL"':
        return f"CAST(NULL AS {kind.duckdb})"
    if kind.short in TEXTS:
        return values.text(f"try(decode({value}))" if held.kind == "BLOB" else value, kind)
    if kind.short == "varbyte":
        return values.binary(value, kind)
    if kind.short == "timestamp":
        moment = f"({value} AT TIME ZONE 'UTC')" if held.kind.endswith("ZONE") else value
        return moment if held.kind == "TIMESTAMP" else f"CAST({moment} AS TIMESTAMP)"
    if held.kind == kind.duckdb:
        return value
    return values.narrowed(value, kind)
