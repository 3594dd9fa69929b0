"""Compression encodings: which there are, which types each takes, and what a column gets by default.

Source: Redshift Developer Guide, "Compression encodings" and CREATE TABLE, ENCODE.
"""

from __future__ import annotations

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse.grammar import Reader

_WHOLE = {"smallint", "integer", "bigint"}
_MOMENTS = {"date", "timestamp without time zone", "timestamp with time zone"}
_TIMES = {"time without time zone", "time with time zone"}
_TEXTS = {"character", "character varying"}
_FLOATS = {"real", "double precision"}
_BYTES = {"binary varying"}

_AZ64 = _WHOLE | {"numeric"} | _MOMENTS | _TIMES

ENCODINGS: dict[str, set[str] | None] = {  # None: every type
    "az64": _AZ64,
    "bytedict": _WHOLE | {"numeric"} | _FLOATS | _TEXTS | _MOMENTS,
    "delta": _WHOLE | {"numeric"} | _MOMENTS,
    "delta32k": {"integer", "bigint", "numeric"} | _MOMENTS,
    "lzo": _WHOLE | {"numeric"} | _TEXTS | _MOMENTS | _TIMES | _BYTES | {"super"},
    "mostly16": {"integer", "bigint", "numeric"},
    "mostly32": {"bigint", "numeric"},
    "mostly8": _WHOLE | {"numeric"},
    "raw": None,
    "runlength": None,
    "text255": {"character varying"},
    "text32k": {"character varying"},
    "zstd": None,
}


def read_encoding(read: Reader, kind: Type | None = None) -> str:
    """An encoding's name, `auto` included, as pg_table_def prints it; checked against a column's type."""
    if read.accept("auto"):
        return "auto"
    start = read.next.start
    name = read.take().text.lower()
    if name not in ENCODINGS:
        raise SqlError(
            f"there is no encoding {name!r}",
            sql=read.sql,
            position=start,
            hint=f"known are {', '.join(sorted(ENCODINGS))}",
        )
    check(read.sql, name, kind, start)
    return "none" if name == "raw" else name


def check(sql: str, encoding: str, kind: Type | None, position: int | None) -> None:
    """Raise when a column's type does not take the encoding."""
    takes = ENCODINGS.get(encoding)
    if takes is not None and kind is not None and kind.rule.name not in takes:
        raise SqlError(f"the encoding {encoding} does not take the type {kind}", sql=sql, position=position)


def default(kind: Type, sorted_by: bool, temporary: bool) -> str:
    """The encoding of a column that names none."""
    if sorted_by or temporary:
        return "none"
    if kind.rule.name in _AZ64:
        return "az64"
    return "lzo" if kind.rule.name in _TEXTS | _BYTES else "none"
