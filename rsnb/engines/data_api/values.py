"""The records of the Data API as Arrow batches of the type contract, decided by a column's metadata alone.

Source: Redshift Management Guide, "Mapping JDBC data types when calling the Amazon Redshift Data API": decimals and
everything of date and time come as texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rsnb.engines import texts
from rsnb.errors import SqlError
from rsnb.types import SHORT, Type

if TYPE_CHECKING:
    import pyarrow as pa

_ALSO = {"char": "bpchar", "name": "varchar", "oid": "int8", "text": "varchar", "unknown": "varchar", "xid": "int8"}
_NATIVE = {
    "int2": "longValue",
    "int4": "longValue",
    "int8": "longValue",
    "float4": "doubleValue",
    "float8": "doubleValue",
}


@dataclass(frozen=True)
class Column:
    """A column of a result: its name, its type, and whether that type is one that is only shown as text."""

    name: str
    type: Type
    as_text: bool = False

    @staticmethod
    def of(metadata: Mapping[str, Any]) -> Column:
        """The column that the service's metadata describes."""
        given = str(metadata.get("typeName", "")).lower()
        short = _ALSO.get(given, given)
        name = str(metadata.get("label") or metadata.get("name") or "")
        if short not in SHORT:
            return Column(name, Type(SHORT["varchar"]), as_text=True)
        precision, scale = int(metadata.get("precision") or 0), int(metadata.get("scale") or 0)
        args: tuple[int, ...] = ()
        if short == "numeric":
            args = (precision if 0 < precision <= 38 else 38, max(scale, 0))
        elif short in ("varchar", "bpchar", "varbyte") and given not in _ALSO:
            length = int(metadata.get("length") or 0) or precision
            args = (length,) if length > 0 else ()
        return Column(name, Type(SHORT[short], args), False)


def schema(columns: Sequence[Column]) -> pa.Schema:
    """The Arrow schema of a result; several columns may have one name."""
    import pyarrow as pa

    return pa.schema([(column.name, texts.arrow_type(column.type)) for column in columns])


def batch(columns: Sequence[Column], records: Sequence[Sequence[Mapping[str, Any]]]) -> pa.RecordBatch:
    """A page of records as a batch."""
    import pyarrow as pa

    arrays = [_array(column, (record[i] for record in records)) for i, column in enumerate(columns)]
    if not columns:
        return pa.record_batch([], schema=pa.schema([]))
    return pa.record_batch(arrays, schema=schema(columns))


def _array(column: Column, fields: Iterable[Mapping[str, Any]]) -> pa.Array:
    import pyarrow as pa

    short, wanted = column.type.short, texts.arrow_type(column.type)
    values = [None if field.get("isNull") else next(iter(field.values()), None) for field in fields]
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str}:
        return texts.read(pa.array(values, pa.string()), column.type)
    if column.as_text:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    if short == "bool" and kinds <= {bool}:
        return pa.array(values, wanted)
    if short in _NATIVE and not kinds - {int, float, str}:
        if str in kinds:  # NaN and the infinities, which JSON has no numbers for
            values = [float(value) if isinstance(value, str) else value for value in values]
        return pa.array(values, wanted)
    if kinds <= {bytes} and pa.types.is_binary(wanted):
        return pa.array(values, wanted)
    if kinds <= {str, int, float}:
        return texts.read(
            pa.array([None if value is None else str(value) for value in values], pa.string()), column.type
        )
    raise SqlError(f"the Data API gave values of the column {column.name} that are none of the type {column.type}")
