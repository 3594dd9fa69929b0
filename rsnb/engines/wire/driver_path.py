"""The driver's own way to the rows, for what is not decoded here: slower, and all rows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rsnb.engines.wire.columns import KINDS, arrow_of, type_of
from rsnb.engines.wire.link import Link, ServerError
from rsnb.engines.wire.messages import Field
from rsnb.errors import ConnectionLost

if TYPE_CHECKING:
    import pyarrow as pa


def fetch(link: Link, sql: str) -> tuple[pa.Table | None, tuple[str, ...]]:
    """Run a statement: its rows, None for a command without rows, and their types."""
    import pyarrow as pa
    from redshift_connector.error import Error

    link.sent = True
    cursor = link.driver.cursor()
    try:
        cursor.execute(sql)
    except (Error, OSError, AttributeError, ValueError) as exc:
        raise _explained(link, exc) from exc
    described = cursor.ps["row_desc"]
    if not described:
        return None, ()
    rows = list(cursor._cached_rows)
    fields = [Field(d["label"].decode(errors="replace"), d["type_oid"], d["type_modifier"]) for d in described]
    arrays = [_array(field, [row[i] for row in rows], link.protocol) for i, field in enumerate(fields)]
    table = pa.Table.from_arrays(arrays, names=[field.name for field in fields])
    return table, tuple(_type(f, a.type) for f, a in zip(fields, arrays, strict=True))


def _explained(link: Link, exc: Exception) -> Exception:
    """What the server said, also before it hung up; else that the connection is lost."""
    for source in (exc, link.driver.error):
        said = source.args[0] if source is not None and source.args else None
        if isinstance(said, dict):
            link.lost = source is not exc
            return ServerError(said)
    link.lost = True
    words = "the server hung up" if "BrokenPipe" in str(exc) else str(exc)
    return ConnectionLost(f"the connection to {link.address} is lost: {words}")


def _array(field: Field, values: list[Any], protocol: int) -> pa.Array:
    import pyarrow as pa

    kind = arrow_of(field)
    if field.oid == 1700 and kind is None:
        return pa.array(values) if any(v is not None for v in values) else pa.nulls(len(values), pa.decimal128(38, 0))
    convert = _CONVERT.get((field.oid, protocol >= 2)) or _CONVERT.get((field.oid, None))
    if convert is None and (kind is None or pa.types.is_string(kind)):
        convert = str
    if convert is not None:
        values = [None if value is None else convert(value) for value in values]
    return pa.array(values, kind or pa.string())


def _type(field: Field, kind: pa.DataType) -> str:
    if field.oid == 1700:
        return f"numeric({kind.precision},{kind.scale})"
    return type_of(field) if field.oid in KINDS else "character varying"


def _time_span(value: Any) -> Any:
    return value.getTimedelta()


# What the driver has no Python type for, by the type's number and by whether the protocol is 2.
_CONVERT: dict[tuple[int, bool | None], Callable[[Any], Any]] = {
    (1190, None): _time_span,
    (3000, None): bytes.fromhex,
    (3001, None): bytes.fromhex,
    (3999, None): bytes.fromhex,
    (6551, False): str.encode,
    (6551, True): bytes.fromhex,
}
