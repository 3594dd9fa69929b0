"""Avro files as Parquet files of the same columns, so that DuckDB reads them.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE; Apache Avro, "Schema Declaration", "Logical Types".
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.warehouse.copy.avro import records
from rsnb.warehouse.spectrum import copies

if TYPE_CHECKING:
    import pyarrow as pa

AT_ONCE = 10_000  # records
_PLAIN = {"boolean": "bool_", "bytes": "binary", "double": "float64", "enum": "string", "fixed": "binary",
          "float": "float32", "int": "int32", "long": "int64", "null": "null", "string": "string"}  # fmt: skip
_LOGICAL = {"date": "date32", "uuid": "string"}


def literal(properties: dict[str, str]) -> Any:
    """The schema that the table gives to read by, if it gives one; ValueError when it is none."""
    text = properties.get("avro.schema.literal")
    return json.loads(text.replace('\\"', '"')) if text else None


def as_parquet(file: LakeFile, properties: dict[str, str]) -> LakeFile:
    """A copy of an Avro file in Parquet, by the schema of the table where it has one, else by the file's."""
    reading = literal(properties)

    def make(file: LakeFile, target: Path) -> bool:
        try:
            _write(file, reading, target)
        except (ValueError, EOFError, IndexError, StopIteration, KeyError, TypeError, zlib.error) as exc:
            target.unlink(missing_ok=True)
            raise LoadError(f"{file.path} is not a whole Avro file: {exc or 'it ends early'}") from exc
        return True

    return copies.copied(file, f"avro {json.dumps(reading)}", make)


def _write(file: LakeFile, reading: Any, target: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open(file.path, "rb") as source:
        written, rows = records(str(file.path), source, reading)
        schema = pa.schema([(f["name"], Kinds().of(f["type"])) for f in (reading or written)["fields"]])
        with pq.ParquetWriter(str(target), schema) as out:
            for batch in _batches(rows):
                out.write_table(pa.Table.from_pylist(batch, schema))


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


class Kinds:
    """Arrow's types for those of one Avro schema, which may name a type again."""

    def __init__(self) -> None:
        self.named: dict[str, pa.DataType] = {}

    def of(self, kind: Any) -> pa.DataType:
        """The Arrow type of an Avro type; a union with null is what else is in it."""
        import pyarrow as pa

        if isinstance(kind, list):
            others = [k for k in kind if k != "null"]
            if len(others) > 1:
                raise ValueError(f"a union of several types is no column: {kind}")
            return self.of(others[0]) if others else pa.null()
        if isinstance(kind, str):
            return self.named[kind] if kind in self.named else getattr(pa, _PLAIN[kind])()
        made = self._complex(kind)
        if "name" in kind:
            self.named[kind["name"]] = made
        return made

    def _complex(self, kind: dict[str, Any]) -> pa.DataType:
        import pyarrow as pa

        logical, base = kind.get("logicalType"), kind["type"]
        if logical == "decimal":
            return pa.decimal128(kind["precision"], kind.get("scale", 0))
        if logical in ("timestamp-micros", "timestamp-millis", "local-timestamp-micros", "local-timestamp-millis"):
            return pa.timestamp("us", None if logical.startswith("local") else "UTC")
        if base == "record":
            return pa.struct([(f["name"], self.of(f["type"])) for f in kind["fields"]])
        if base == "array":
            return pa.list_(self.of(kind["items"]))
        if base == "map":
            return pa.map_(pa.string(), self.of(kind["values"]))
        return getattr(pa, _LOGICAL[logical])() if logical in _LOGICAL else self.of(base)
