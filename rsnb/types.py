"""One contract from Redshift type to DuckDB, Arrow and pandas, decided by a column's type alone.

Source: Redshift Developer Guide, "Data types" (names, aliases, default lengths).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsnb.errors import SqlError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Rule:
    """How one Redshift type is held: in DuckDB, in an Arrow table, in a pandas frame."""

    name: str
    duckdb: str
    arrow: str
    pandas: str
    aliases: tuple[str, ...] = ()


RULES = {
    rule.name: rule
    for rule in (
        Rule("smallint", "SMALLINT", "int16", "Int16", ("int2",)),
        Rule("integer", "INTEGER", "int32", "Int32", ("int", "int4")),
        Rule("bigint", "BIGINT", "int64", "Int64", ("int8",)),
        Rule("numeric", "DECIMAL", "decimal128(p, s)", "decimal128(p, s)[pyarrow]", ("decimal", "dec")),
        Rule("real", "FLOAT", "float32", "float32", ("float4",)),
        Rule("double precision", "DOUBLE", "float64", "float64", ("float8", "float", "double")),
        Rule("boolean", "BOOLEAN", "bool", "boolean", ("bool",)),
        Rule("character varying", "VARCHAR", "string", "str", ("varchar", "nvarchar", "text", "string")),
        Rule("date", "DATE", "date32", "datetime64[s]"),
        Rule("timestamp without time zone", "TIMESTAMP", "timestamp[us]", "datetime64[us]", ("timestamp",)),
        Rule(
            "timestamp with time zone",
            "TIMESTAMP WITH TIME ZONE",
            "timestamp[us, UTC]",
            "datetime64[us, UTC]",
            ("timestamptz",),
        ),
        Rule("time without time zone", "TIME", "time64[us]", "time64[us][pyarrow]", ("time",)),
        Rule("binary varying", "BLOB", "binary", "binary[pyarrow]", ("varbyte", "varbinary")),
    )
}
_NAMES = {alias: rule for rule in RULES.values() for alias in (rule.name, *rule.aliases)}

VARCHAR_DEFAULT = 256
VARCHAR_MAX = 65535


@dataclass(frozen=True)
class Type:
    """A Redshift type with its length (bytes), or its precision and scale."""

    rule: Rule
    args: tuple[int, ...] = ()

    def __str__(self) -> str:
        """The name as pg_table_def prints it."""
        if not self.args:
            return self.rule.name
        return f"{self.rule.name}({','.join(map(str, self.args))})"

    @property
    def duckdb(self) -> str:
        """The DuckDB type; a VARCHAR's length is not part of it."""
        return f"DECIMAL({self.args[0]},{self.args[1]})" if self.rule.name == "numeric" else self.rule.duckdb


def parse(text: str) -> Type:
    """The type of a name such as `varchar(20)` or `double precision`; raises SqlError when unknown."""
    name = re.sub(r"\s+", " ", text.strip().lower())
    match = re.fullmatch(r"([a-z0-9_ ]+?)\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\)\s*([a-z ]*))?", name)
    rule = _NAMES.get(match[1] + (f" {match[4]}" if match[4] else "")) if match else None
    if match is None or rule is None:
        raise SqlError(f"there is no type {text!r} in this warehouse", hint=f"known are {', '.join(sorted(_NAMES))}")
    given = tuple(VARCHAR_MAX if a == "max" else int(a) for a in (match[2], match[3]) if a)
    return Type(rule, _arguments(rule, match[1], given))


def _arguments(rule: Rule, name: str, given: tuple[int, ...]) -> tuple[int, ...]:
    if rule.name == "numeric":
        precision, scale = (*given, 0)[:2] if given else (18, 0)
        if not 1 <= precision <= 38 or scale > precision:
            raise SqlError(
                f"numeric({precision},{scale}) is not a type: the precision is 1 to 38, the scale at most that"
            )
        return precision, scale
    if rule.name == "character varying":
        return given or ((VARCHAR_MAX,) if name == "string" else (VARCHAR_DEFAULT,))
    if given:
        raise SqlError(f"the type {name} takes no length")
    return ()


def of_arrow(kind: pa.DataType) -> str:
    """The Redshift name of an Arrow type; raises SqlError for a type that Redshift can't return."""
    import pyarrow.types as t

    if t.is_decimal(kind):
        return f"numeric({kind.precision},{kind.scale})"
    if t.is_timestamp(kind):
        return "timestamp with time zone" if kind.tz else "timestamp without time zone"
    for test, name in (
        (t.is_int16, "smallint"),
        (t.is_int32, "integer"),
        (t.is_int64, "bigint"),
        (t.is_float32, "real"),
        (t.is_float64, "double precision"),
        (t.is_boolean, "boolean"),
        (t.is_string, "character varying"),
        (t.is_large_string, "character varying"),
        (t.is_date, "date"),
        (t.is_time, "time without time zone"),
        (t.is_binary, "binary varying"),
        (t.is_null, "character varying"),
    ):
        if test(kind):
            return name
    raise SqlError(
        f"a column of type {kind} can't be returned", hint="Redshift returns scalars: name the field you want"
    )
