"""COPY from Parquet and ORC: columns by position, of the types that the table's columns have.

Source: Redshift Developer Guide, "COPY from columnar data formats", "Loading semistructured data ...".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.literals import quote_identifier
from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.copy.target import Target
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    import duckdb

_TABLE = "rsnb_columnar"  # the name that an ORC file is read under
_TOO_LONG = "rsnb: too long: "

# A column's type → the types of a file that it takes, as DuckDB names them, and the value.
_SMALL = ("TINYINT", "SMALLINT", "INTEGER")  # one physical type in Parquet
_MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_ZONED = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
_TAKES: dict[str, tuple[str, ...]] = {
    "smallint": _SMALL,
    "integer": _SMALL,
    "bigint": ("BIGINT",),
    "numeric": ("DECIMAL",),
    "real": ("FLOAT",),
    "double precision": ("DOUBLE",),
    "boolean": ("BOOLEAN",),
    "character": ("VARCHAR",),
    "character varying": ("VARCHAR",),
    "date": ("DATE",),
    "timestamp without time zone": (*_MOMENTS, *_ZONED),
    "timestamp with time zone": (*_MOMENTS, *_ZONED),
    "binary varying": ("BLOB",),
    "super": ("JSON",),
}


def query(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> str:
    """A DuckDB query for the rows of a file; raises LoadError where its columns are not the table's."""
    source = _source(db, copy, file)
    held = [(name, kind) for name, kind, *_ in db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    missing = len(targets) - len(held)
    if missing < 0 or (missing and "fillrecord" not in copy.options):
        raise LoadError(
            f"{file.address} has {len(held)} columns for {len(targets)} of {'.'.join(copy.table)}",
            hint=f"it has {', '.join(name for name, _ in held)}",
        )
    columns = [_value(copy, t, file, *column) for t, column in zip(targets, held, strict=False)]
    columns += [f"CAST(NULL AS {t.type.duckdb})" for t in targets[len(held) :]]
    return f"SELECT {', '.join(columns)} FROM {source}"


def _source(db: duckdb.DuckDBPyConnection, copy: Copy, file: LakeFile) -> str:
    import pyarrow as pa
    import pyarrow.dataset as dataset

    if copy.format == "parquet":
        return f"read_parquet({text(str(file.path))})"
    try:
        db.register(_TABLE, dataset.dataset(str(file.path), format="orc"))
    except (pa.ArrowInvalid, OSError) as exc:
        raise LoadError(f"{file.address} is not an ORC file: {str(exc).splitlines()[0]}", hint="copy it again") from exc
    return _TABLE


def _value(copy: Copy, target: Target, file: LakeFile, name: str, kind: str) -> str:
    """A column of the file as the table's."""
    x = quote_identifier(name)
    family = kind.strip('"').split("(")[0]
    if target.kind == "super" and "serializetojson" in copy.options:
        return f"to_json({x})" if kind != "JSON" else x
    if family != "NULL" and not (family in _TAKES.get(target.kind, ()) and _fits(target, kind)):
        raise LoadError(
            f"{file.address} has an incompatible schema: its column {name} is of type {kind}, "
            f"the column {target.name} of {target.type}",
            hint="write the file with the table's types, or load it into a table with the file's",
        )
    if target.text:
        return _text(copy, target, x)
    if family in _ZONED and target.kind == "timestamp without time zone":
        return f"CAST({x} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    if family in _MOMENTS and target.kind == "timestamp with time zone":
        return f"CAST({x} AS TIMESTAMP) AT TIME ZONE 'UTC'"
    return f"CAST({x} AS {target.type.duckdb})"


def _fits(target: Target, kind: str) -> bool:
    """A DECIMAL of the file has the column's scale, and no more digits."""
    if target.kind != "numeric":
        return True
    precision, scale = (int(n) for n in re.findall(r"\d+", kind))
    return scale == target.type.args[1] and precision <= target.type.args[0]


def _text(copy: Copy, target: Target, x: str) -> str:
    value = f"rtrim({x}, ' ')" if target.kind == "character" else x
    fault = f"error({text(_TOO_LONG + target.name + '|')} || {x})"
    return f"CASE WHEN strlen({value}) > {target.length} THEN {fault} ELSE {value} END"


def explain(copy: Copy, targets: list[Target], file: LakeFile, message: str) -> LoadError | None:
    """The error of a file that DuckDB stopped at, by its message; None for one that is not of the file's making."""
    if match := re.search(re.escape(_TOO_LONG) + r"(.*?)\|(.*)", message, re.DOTALL):
        name, value = match[1], match[2].split("\n\nLINE")[0]
        length = next(t.length for t in targets if t.name == name)
        return LoadError(
            f"{file.address}, column {name}: {value[:120]!r} is {len(value.encode())} bytes long, the column {length}",
            hint="nothing was loaded; make the column longer",
        )
    if match := re.search(r"NOT NULL constraint failed: \S+\.(\S+)", message):
        return LoadError(f"{file.address}, column {match[1]}: the column can't be NULL", hint="nothing was loaded")
    if match := re.search(r"No magic bytes|too small to be a Parquet|not a Parquet", message, re.IGNORECASE):
        return LoadError(f"{file.address} is not a Parquet file", hint="copy the file again, or leave it out")
    return None
