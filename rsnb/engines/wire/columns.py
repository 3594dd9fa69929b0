"""What each type of a result becomes: its number at the server, its name, its Arrow type, who decodes it.

The numbers and the format in which a type is asked for are those of redshift_connector 2.2.0 (utils.oids,
utils.type_utils). Times with a zone, intervals of months and the arrays of the catalog are asked for as text, which
is what they are kept as.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsnb.engines.wire import numbers, numeric, temporal, text
from rsnb.engines.wire.cells import Cells
from rsnb.engines.wire.messages import BINARY, TEXT, Field
from rsnb.engines.wire.numbers import Decoder

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Kind:
    """A type: its Redshift name, its Arrow type by pyarrow's name for it, and a decoder for each format it may have.

    later: the protocol from which on it is asked for in binary.
    """

    name: str
    arrow: str
    binary: Decoder | None = None
    text: Decoder = text.strings
    later: int = 0


_STRING = Kind("character varying", "string", text.strings)
_AS_TEXT = Kind("character varying", "string")

KINDS: dict[int, Kind] = {
    16: Kind("boolean", "bool_", numbers.booleans),
    18: Kind("character", "string", text.strings),  # "char", of the catalog
    19: _STRING,  # name
    20: Kind("bigint", "int64", numbers.fixed(">i8")),
    21: Kind("smallint", "int16", numbers.fixed(">i2")),
    22: _AS_TEXT,  # int2vector
    23: Kind("integer", "int32", numbers.fixed(">i4")),
    24: Kind("bigint", "int64", numbers.wider(">u4", "i8")),  # regproc
    25: _STRING,  # text
    26: Kind("bigint", "int64", numbers.wider(">u4", "i8")),  # oid
    28: Kind("bigint", "int64", text=numbers.cast),  # xid
    30: _AS_TEXT,  # oidvector
    700: Kind("real", "float32", numbers.fixed(">f4")),
    701: Kind("double precision", "float64", numbers.fixed(">f8")),
    702: Kind("timestamp with time zone", "timestamptz", temporal.seconds),  # abstime
    705: _STRING,  # a literal of no type
    1002: _AS_TEXT,  # "char"[]
    1005: _AS_TEXT,  # int2[]
    1007: _AS_TEXT,  # int4[]
    1009: _AS_TEXT,  # text[]
    1015: _AS_TEXT,  # varchar[]
    1021: _AS_TEXT,  # float4[]
    1028: _AS_TEXT,  # oid[]
    1033: _AS_TEXT,  # aclitem
    1034: _AS_TEXT,  # aclitem[]
    1042: Kind("character", "string", text.strings),
    1043: _STRING,
    1082: Kind("date", "date32", temporal.dates, temporal.dates_as_text, later=2),
    1083: Kind("time without time zone", "time64", temporal.times, temporal.times_as_text, later=2),
    1114: Kind("timestamp without time zone", "timestamp", temporal.timestamps),
    1184: Kind("timestamp with time zone", "timestamptz", temporal.timestamps),
    1186: Kind("interval", "string"),
    1188: Kind("interval year to month", "string"),
    1190: Kind("interval day to second", "duration", numbers.fixed(">i8")),
    1266: Kind("time with time zone", "string"),
    1700: Kind("numeric", "decimal", numeric.scaled, numbers.cast, later=2),
    3000: Kind("geometry", "binary", text=text.hexadecimal),
    3001: Kind("geography", "binary", text.raw, text.hexadecimal, later=2),
    3999: Kind("geometry", "binary", text=text.hexadecimal),
    4000: Kind("super", "string"),
    6551: Kind("binary varying", "binary", text=text.hexadecimal),
}
_LENGTHS = {1042, 1043, 6551}  # types whose modifier is a length, and four


@dataclass(frozen=True)
class Column:
    """A column of a result: how it is asked for, what decodes it, what it is held as."""

    field: Field
    kind: Kind
    format: int
    arrow: pa.DataType
    decode: Callable[[Cells, pa.DataType], pa.Array]

    @property
    def type(self) -> str:
        """The Redshift type with its length, or its precision and scale."""
        return type_of(self.field)


def type_of(field: Field) -> str:
    """The Redshift type of a column, with its length, or its precision and scale."""
    name = KINDS[field.oid].name
    digits = numeric.precision(field.modifier) if field.oid == 1700 else None
    if digits:
        return f"{name}({digits[0]},{digits[1]})"
    return f"{name}({field.modifier - 4})" if field.oid in _LENGTHS and field.modifier > 4 else name


def plan(fields: tuple[Field, ...], protocol: int) -> tuple[Column, ...] | str:
    """How each column is read; or, as a sentence, why one can't be."""
    columns = []
    for field in fields:
        kind = KINDS.get(field.oid)
        if kind is None:
            return f"the column {field.name} has a type of the number {field.oid}, which is not known here"
        arrow = arrow_of(field)
        if arrow is None:
            return f"the column {field.name} is a numeric without precision and scale"
        if kind.binary is not None and protocol >= kind.later:
            columns.append(Column(field, kind, BINARY, arrow, kind.binary))
        else:
            columns.append(Column(field, kind, TEXT, arrow, kind.text))
    return tuple(columns)


def arrow_of(field: Field) -> pa.DataType | None:
    """What a column is held as; None for an unknown type, or a numeric without precision and scale."""
    import pyarrow as pa

    kind = KINDS.get(field.oid)
    if kind is None:
        return None
    if kind.arrow == "decimal":
        digits = numeric.precision(field.modifier)
        return pa.decimal128(*digits) if digits else None
    made = _ARROW.get(kind.arrow)
    return made() if made else getattr(pa, kind.arrow)()


def _microseconds(name: str, *zone: str) -> Callable[[], pa.DataType]:
    def make() -> pa.DataType:
        import pyarrow as pa

        return getattr(pa, name)("us", *zone)

    return make


_ARROW: dict[str, Callable[[], pa.DataType]] = {
    "duration": _microseconds("duration"),
    "time64": _microseconds("time64"),
    "timestamp": _microseconds("timestamp"),
    "timestamptz": _microseconds("timestamp", "UTC"),
}
