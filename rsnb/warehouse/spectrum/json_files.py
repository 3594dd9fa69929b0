"""JSON files: objects one after another, whose keys are matched to columns without regard to case.

Each file is looked at once for its keys and for the kinds of its values; what a column's type would change silently
is an error. Source: Redshift Developer Guide, CREATE EXTERNAL TABLE (JsonSerDe); the OpenX JSON SerDe.
"""

from __future__ import annotations

import json
from typing import Any

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.literals import quote_identifier
from rsnb.types import ARRAY, MAP, STRUCT, Type
from rsnb.warehouse.faulty_files import malformed
from rsnb.warehouse.macros import qualified
from rsnb.warehouse.spectrum import copies
from rsnb.warehouse.spectrum.groups import FILES, Group, Request, grouped
from rsnb.warehouse.spectrum.held import Held, converted
from rsnb.warehouse.spectrum.places import Data, compression
from rsnb.warehouse.spectrum.values import TEXTS, Values
from rsnb.warehouse.spelling import text

Structure = Any  # of a JSON value: the name of its kind, a list of its elements' structure, or keys with theirs
Key = tuple[str, int, int]  # a file by path, time of change and size

_WHOLE = {"BIGINT", "HUGEINT", "NULL", "UBIGINT", "VARCHAR"}
_KINDS = {
    "bool": {"BOOLEAN", "NULL", "VARCHAR"},
    "date": {"NULL", "VARCHAR"},
    "float4": _WHOLE | {"DOUBLE"},
    "float8": _WHOLE | {"DOUBLE"},
    "int2": _WHOLE,
    "int4": _WHOLE,
    "int8": _WHOLE,
    "numeric": _WHOLE | {"DOUBLE"},
    "timestamp": {"NULL", "VARCHAR"},
}  # a type → the kinds of JSON values that it takes as they are
_structures: dict[Key, str] = {}  # of files, as DuckDB describes them


def groups(request: Request) -> list[Group]:
    """The files by what their keys and values are like, and by how they are compressed."""
    packings, read = [], []
    for item in request.data:
        packing = compression(request.table, item.file)
        read.append(copies.unpacked(item.file, packing))
        packings.append("gzip" if packing == "gzip" else "uncompressed")
    for packing in set(packings):
        _look(request, [f for f, p in zip(read, packings, strict=True) if p == packing], packing)
    keys = [f"{packing} {_structures[_key(file)]}" for file, packing in zip(read, packings, strict=True)]
    return [_group(request, *found, *key.split(" ", 1)) for key, found in grouped(request.data, read, keys).items()]


def _key(file: LakeFile) -> Key:
    return str(file.path), file.changed, file.size


def _format(request: Request) -> str:
    return "array" if request.table.serde_properties.get("strip.outer.array", "").lower() == "true" else "unstructured"


def _look(request: Request, files: list[LakeFile], packing: str) -> None:
    """Note the structure of files that are new."""
    import duckdb

    new = [file for file in files if _key(file) not in _structures]
    if not new:
        return
    names = [str(file.path) for file in new]
    reading = f"read_json_objects(?, format='{_format(request)}', compression='{packing}', filename=true)"
    describing = f"SELECT filename, json_group_structure(json) FROM {reading} GROUP BY filename"
    try:
        known = dict(request.db.execute(describing, [names]).fetchall())
    except duckdb.InvalidInputException as exc:
        raise _malformed(new) or exc from None
    for file in new:
        _structures[_key(file)] = known.get(str(file.path)) or "{}"


def _malformed(files: list[LakeFile]) -> LoadError | None:
    """The error that names the first object that is not JSON; of files that are not packed."""
    for file in files:
        if file.path.suffix != ".gz" and (broken := malformed(file.path)):
            number, source, reason = broken
            return LoadError(
                f"{file.path}, object {number}: {source!r} {reason}", hint="correct the file, or leave it out"
            )
    return None


def _group(request: Request, data: list[Data], paths: list[str], packing: str, structure: str) -> Group:
    """One group: its columns are read under the keys that its files spell."""
    values = request.values()
    described: Structure = json.loads(structure)
    if not isinstance(described, dict):
        raise LoadError(
            f"{paths[0]} holds JSON that is no object", hint="'strip.outer.array'='true' reads an array of objects"
        )
    held = {
        c.name: _held(request, c.type, c.name, described, f"{paths[0]}: {c.name}") for c in request.table.data_columns
    }
    clash = len({written.lower() for written, _ in held.values()}) < len(held)
    source, fields = (_by_path if clash else _by_name)(request, packing, held)
    columns = {}
    for column, field in zip(request.table.data_columns, fields, strict=True):
        value = converted(field, column.type, held[column.name][1], lambda v, t, h: _value(values, v, t))
        columns[column.name] = values.row(value)
    return Group(data, paths, source, columns, values.kept())


def _options(request: Request, packing: str) -> str:
    return (
        f"format='{_format(request)}', compression='{packing}', filename={text(request.mark)}, hive_partitioning=false"
    )


def _by_name(request: Request, packing: str, held: dict[str, tuple[str, Held]]) -> tuple[str, list[str]]:
    kinds = ", ".join(f"{text(written)}: {text(inner.kind)}" for written, inner in held.values())
    source = f"read_json({FILES}, columns={{{kinds}}}, {_options(request, packing)})"
    return source, [f"f.{quote_identifier(written)}" for written, _ in held.values()]


def _by_path(request: Request, packing: str, held: dict[str, tuple[str, Held]]) -> tuple[str, list[str]]:
    """Keys that differ by their case alone, which DuckDB's columns can't."""
    paths = [(text('$."' + written.replace('"', '\\"') + '"'), inner.kind) for written, inner in held.values()]
    fields = [f"(f.json ->> {p})" if kind == "VARCHAR" else f"CAST(f.json -> {p} AS {kind})" for p, kind in paths]
    return f"read_json_objects({FILES}, {_options(request, packing)})", fields


def _value(values: Values, value: str, kind: Type) -> str:
    if kind.short in TEXTS:
        return values.text(value, kind)
    if kind.short not in ("date", "timestamp"):
        return value
    made = f"{qualified('lake_date' if kind.short == 'date' else 'lake_json_moment')}({value})"
    return f"CASE WHEN {value} IS NULL THEN NULL ELSE coalesce({made}, {values.fault(value, kind.duckdb)}) END"


# Keys


def _said(request: Request, name: str, default: str) -> bool:
    return request.table.serde_properties.get(name, default).lower() == "true"


def _normal(request: Request, key: str) -> str:
    """A key as a column names it."""
    if _said(request, "case.insensitive", "true"):
        key = key.lower()
    return key.replace(".", "_") if _said(request, "dots.in.keys", "false") else key


def _held(request: Request, kind: Type, name: str, keys: dict[str, Structure], where: str) -> tuple[str, Held]:
    """The key of a column or a field in these files, and how its value is held there."""
    wanted = _normal(request, request.table.serde_properties.get(f"mapping.{name}", name))
    written = [key for key in keys if _normal(request, key) == wanted]
    if len(written) > 1:
        raise LoadError(
            f"{where} is spelt both {written[0]!r} and {written[1]!r}",
            hint="spell it alike in a file, or set 'case.insensitive'='false' and map each key: 'mapping.a'='A'",
        )
    key = written[0] if written else wanted
    return key, _held_as(request, kind, keys[key] if written else "NULL", where)


def _held_as(request: Request, kind: Type, structure: Structure, where: str) -> Held:
    if kind.rule is STRUCT and (isinstance(structure, dict) or structure == "NULL"):
        keys = structure if isinstance(structure, dict) else {}
        parts = {n: _held(request, t, n, keys, f"{where}.{n}") for n, t in kind.inner}
        fields = ", ".join(f"{quote_identifier(key)} {inner.kind}" for key, inner in parts.values())
        return Held(f"STRUCT({fields})", parts)
    if kind.rule is ARRAY and (isinstance(structure, list) or structure == "NULL"):
        of_element = structure[0] if isinstance(structure, list) and structure else "NULL"
        element = _held_as(request, kind.inner[0][1], of_element, where)
        return Held(f"{element.kind}[]", {"element": ("element", element)})
    if kind.rule is MAP and (isinstance(structure, dict) or structure == "NULL"):
        if kind.inner[0][1].short not in TEXTS:
            raise LoadError(f"{where}: the key of a map in JSON is a text", hint="declare it as map<varchar, ...>")
        inside = list(structure.values()) if isinstance(structure, dict) else []
        found = {h.kind: h for h in (_held_as(request, kind.inner[1][1], s, where) for s in inside or ["NULL"])}
        if len(found) > 1:
            raise LoadError(f"{where}: the values of the map spell their keys differently", hint="spell them alike")
        ((_, value),) = found.items()
        parts = {"key": ("key", Held("VARCHAR")), "value": ("value", value)}
        return Held(f"MAP(VARCHAR, {value.kind})", parts)
    _check_kind(kind, structure, where)
    return Held("VARCHAR" if kind.short in (*TEXTS, "date", "timestamp") else kind.duckdb)


def _check_kind(kind: Type, structure: Structure, where: str) -> None:
    """Raise where a value would be changed on its way into the column."""
    found = "an object" if isinstance(structure, dict) else "an array" if isinstance(structure, list) else structure
    if kind.short in TEXTS or found in _KINDS.get(kind.short, ()):
        return
    what = _NAMES.get(found, found)
    raise LoadError(
        f"{where} is of type {kind.rule.name}, the file has {what}", hint="correct the file, or the column's type"
    )


_NAMES = {
    "BIGINT": "numbers", "BOOLEAN": "true and false", "DOUBLE": "numbers with a fraction", "HUGEINT": "numbers",
    "JSON": "values of several kinds", "UBIGINT": "numbers", "VARCHAR": "texts",
}  # fmt: skip
