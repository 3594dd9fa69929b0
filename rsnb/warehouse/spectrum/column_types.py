"""The types of an external table's columns: scalars, and struct, array and map of them.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE, "Querying nested data", "Nested data limitations".
"""

from __future__ import annotations

from functools import lru_cache

from rsnb.errors import SqlError
from rsnb.types import ARRAY, MAP, STRUCT, VARCHAR_MAX, Type
from rsnb.types import parse as parse_type
from rsnb.warehouse.grammar import Reader

DEPTH = 100  # of nested types
_HIVE = {
    "bool": "boolean", "bpchar": "char({0})", "date": "date", "float4": "float", "float8": "double", "int2": "smallint",
    "int4": "int", "int8": "bigint", "numeric": "decimal({0},{1})", "timestamp": "timestamp", "varbyte": "varbyte({0})",
    "varchar": "varchar({0})",
}  # fmt: skip
NESTED = (ARRAY, MAP, STRUCT)


@lru_cache(maxsize=4096)
def of_text(text: str) -> Type:
    """The type of a declaration such as `varchar(20)` or `array<struct<a:int>>`."""
    return read_type(Reader(text))


def hive(kind: Type) -> str:
    """The type as the data catalog names it: `int`, `double`, `struct<a:int>`."""
    inner = [(name, hive(part)) for name, part in kind.inner]
    if kind.rule is ARRAY:
        return f"array<{inner[0][1]}>"
    if kind.rule is MAP:
        return f"map<{inner[0][1]},{inner[1][1]}>"
    if kind.rule is STRUCT:
        return f"struct<{','.join(f'{name}:{part}' for name, part in inner)}>"
    return _HIVE[kind.short].format(*kind.args)


def declared(kind: Type) -> str:
    """The type as CREATE EXTERNAL TABLE names it; SqlError for one that external tables have not."""
    if kind.short not in _HIVE:
        raise SqlError(f"an external table has no columns of type {kind.rule.name}", hint="cast the column")
    return {"float4": "real", "float8": "double precision"}.get(kind.short) or hive(kind)


def in_queries(kind: Type) -> Type:
    """The type as a query sees it: a map is an array of structs with a key and a value."""
    inner = tuple((name, in_queries(part)) for name, part in kind.inner)
    if kind.rule is MAP:
        return Type(ARRAY, (), (("element", Type(STRUCT, (), inner)),))
    return Type(kind.rule, kind.args, inner)


def is_nested(kind: Type) -> bool:
    """Whether a type is a struct, an array or a map."""
    return kind.rule in NESTED


def read_type(read: Reader, depth: int = 0) -> Type:
    """Read a type; raises SqlError for one that external tables have not."""
    if depth > DEPTH:
        read.fail(f"types are nested at most {DEPTH} deep")
    if read.accept("array"):
        return _array(read, depth)
    if read.accept("struct"):
        read.expect("<")
        fields = [_field(read, depth)]
        while read.accept(","):
            fields.append(_field(read, depth))
        read.expect(">")
        return Type(STRUCT, (), tuple(fields))
    if read.accept("map"):
        return _map(read, depth)
    return _scalar(read, inside=depth > 0)


def _array(read: Reader, depth: int) -> Type:
    read.expect("<")
    start = read.next
    element = read_type(read, depth + 1)
    if element.rule in (ARRAY, MAP):
        raise SqlError(
            f"an array holds scalars or structs, not {element.rule.name}s", sql=read.sql, position=start.start,
            hint=f"put the {element.rule.name} into a struct: array<struct<inner:...>>",
        )  # fmt: skip
    read.expect(">")
    return Type(ARRAY, (), (("element", element),))


def _map(read: Reader, depth: int) -> Type:
    read.expect("<")
    start = read.next
    key = read_type(read, depth + 1)
    if is_nested(key):
        raise SqlError("the key of a map is a scalar", sql=read.sql, position=start.start)
    read.expect(",")
    value = read_type(read, depth + 1)
    read.expect(">")
    return Type(MAP, (), (("key", key), ("value", value)))


def _field(read: Reader, depth: int) -> tuple[str, Type]:
    name = read.name()
    read.expect(":")
    return name, read_type(read, depth + 1)


def _scalar(read: Reader, inside: bool) -> Type:
    start = read.next
    text = read.until(",", ")", ">", "default", "encode", "not", "null")
    if text.lower() == "string":
        if inside:
            return Type(parse_type("varchar").rule, (VARCHAR_MAX,))
        raise SqlError("there is no type STRING", sql=read.sql, position=start.start, hint="use varchar(max)")
    try:
        kind = parse_type(text)
    except SqlError as exc:
        raise SqlError(exc.message, sql=read.sql, position=start.start, hint=exc.hint) from None
    if kind.short not in _HIVE:
        raise SqlError(
            f"an external table has no columns of type {kind.rule.name}", sql=read.sql, position=start.start,
            hint=f"it has {', '.join(sorted({t.split('(')[0] for t in _HIVE.values()}))}, struct, array and map",
        )  # fmt: skip
    return kind
