"""One contract from Redshift type to DuckDB, Arrow and pandas, decided by a column's type alone.

Source: Redshift Developer Guide, "Data types" (names, aliases, default lengths).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.literals import quote_identifier

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Rule:
    """How one Redshift type is held: in DuckDB, in an Arrow table, in a pandas frame.

    short: the name that the server uses inside, and for the column of a cast.
    """

    name: str
    short: str
    duckdb: str
    arrow: str
    pandas: str
    aliases: tuple[str, ...] = ()


RULES = {
    rule.name: rule
    for rule in (
        Rule("smallint", "int2", "SMALLINT", "int16", "Int16", ("int2",)),
        Rule("integer", "int4", "INTEGER", "int32", "Int32", ("int", "int4")),
        Rule("bigint", "int8", "BIGINT", "int64", "Int64", ("int8",)),
        Rule("numeric", "numeric", "DECIMAL", "decimal128(p, s)", "decimal128(p, s)[pyarrow]", ("decimal", "dec")),
        Rule("real", "float4", "FLOAT", "float32", "float32", ("float4",)),
        Rule("double precision", "float8", "DOUBLE", "float64", "float64", ("float8", "float", "double")),
        Rule("boolean", "bool", "BOOLEAN", "bool", "boolean", ("bool",)),
        Rule("character", "bpchar", "VARCHAR", "string", "str", ("char", "nchar", "bpchar")),
        Rule(
            "character varying", "varchar", "VARCHAR", "string", "str",
            ("varchar", "nvarchar", "text", "string", "name"),
        ),
        Rule("date", "date", "DATE", "date32", "datetime64[s]"),
        Rule(
            "timestamp without time zone", "timestamp", "TIMESTAMP", "timestamp[us]", "datetime64[us]",
            ("timestamp", "datetime"),
        ),
        Rule(
            "timestamp with time zone", "timestamptz", "TIMESTAMP WITH TIME ZONE", "timestamp[us, UTC]",
            "datetime64[us, UTC]", ("timestamptz",),
        ),
        Rule("time without time zone", "time", "TIME", "time64[us]", "time64[us][pyarrow]", ("time",)),
        Rule("time with time zone", "timetz", "TIME WITH TIME ZONE", "string", "str", ("timetz",)),
        Rule("interval year to month", "intervaly2m", "INTERVAL", "string", "str"),
        Rule("interval day to second", "intervald2s", "INTERVAL", "duration[us]", "timedelta64[us]", ("interval",)),
        Rule("binary varying", "varbyte", "BLOB", "binary", "binary[pyarrow]", ("varbyte", "varbinary")),
        Rule("super", "super", "JSON", "string", "str"),
        Rule("geometry", "geometry", "BLOB", "binary", "binary[pyarrow]"),
        Rule("geography", "geography", "BLOB", "binary", "binary[pyarrow]"),
        Rule("hllsketch", "hllsketch", "VARCHAR", "string", "str"),
    )
}  # fmt: skip
_NAMES = {alias: rule for rule in RULES.values() for alias in (rule.name, *rule.aliases)}
SHORT = {rule.short: rule for rule in RULES.values()}

VARCHAR_DEFAULT = 256
VARCHAR_MAX = 65535
CHAR_MAX = 4096
VARBYTE_DEFAULT = 64_000
VARBYTE_MAX = 16_777_216


@dataclass(frozen=True)
class Type:
    """A Redshift type with its length (bytes), or its precision and scale; inner is what an array or struct holds."""

    rule: Rule
    args: tuple[int, ...] = ()
    inner: tuple[tuple[str, Type], ...] = ()

    def __str__(self) -> str:
        """The name as pg_table_def prints it."""
        if not self.args:
            return self.rule.name
        if self.rule.short in ("intervaly2m", "intervald2s"):
            return _interval_name(*self.args)
        return f"{self.rule.name}({','.join(map(str, self.args))})"

    @property
    def short(self) -> str:
        """The name that the server uses inside: `int4`, `bpchar`, `float8`."""
        return self.rule.short

    @property
    def duckdb(self) -> str:
        """The DuckDB type; a VARCHAR's length is not part of it."""
        if self.rule.name == "numeric":
            return f"DECIMAL({self.args[0]},{self.args[1]})"
        if self.rule is ARRAY:
            return f"{self.inner[0][1].duckdb}[]"
        if self.rule is STRUCT:
            return "STRUCT(" + ", ".join(f"{quote_identifier(n)} {t.duckdb}" for n, t in self.inner) + ")"
        if self.rule is MAP:
            return f"MAP({self.inner[0][1].duckdb}, {self.inner[1][1].duckdb})"
        return self.rule.duckdb


# What stands in files of the lake, and in no result.
ARRAY, STRUCT, MAP = (Rule(name, name, "", "", "") for name in ("array", "struct", "map"))


@lru_cache(maxsize=4096)
def parse(text: str) -> Type:
    """The type of a name such as `varchar(20)` or `double precision`; raises SqlError when unknown."""
    name = re.sub(r"\s+", " ", text.strip().lower())
    if interval := _INTERVAL.fullmatch(name):
        return _interval(interval)
    match = re.fullmatch(r"([a-z0-9_ ]+?)\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\)\s*([a-z ]*))?", name)
    rule = _NAMES.get(match[1] + (f" {match[4]}" if match[4] else "")) if match else None
    if match is None or rule is None:
        raise SqlError(f"there is no type {text!r} in this warehouse", hint=f"known are {', '.join(sorted(_NAMES))}")
    return Type(rule, _arguments(rule, match[1], match[2], match[3]))


_UNITS = ("year", "month", "day", "hour", "minute", "second")
_INTERVAL = re.compile(
    r"interval (year|month|day|hour|minute|second)(?: to (month|hour|minute|second))?(?: ?\(\s*([0-6])\s*\))?"
)


def _interval(match: re.Match[str]) -> Type:
    """An interval's largest unit, its smallest, and the digits of a second; nothing where it has the whole range."""
    first, last = _UNITS.index(match[1]), _UNITS.index(match[2] or match[1])
    months = last < 2
    if months != (first < 2) or (match[2] and last <= first) or (match[3] and last != 5):
        raise SqlError(f"there is no type {match[0]!r}", hint="write year to month, day to second, or units between")
    args = (first, last, int(match[3] or 6))
    return Type(SHORT["intervaly2m" if months else "intervald2s"], () if args in ((0, 1, 6), (2, 5, 6)) else args)


def _interval_name(first: int, last: int, digits: int) -> str:
    name = f"interval {_UNITS[first]}" + (f" to {_UNITS[last]}" if last > first else "")
    return name + (f"({digits})" if digits != 6 else "")


def _arguments(rule: Rule, name: str, first: str | None, second: str | None) -> tuple[int, ...]:
    if rule.short == "numeric":
        return _precision(int(first or 18), int(second or 0))
    if second is None and rule.short in _LENGTHS:
        default, most = _LENGTHS[rule.short]
        length = most if first == "max" else int(first or (VARCHAR_MAX if name == "string" else default))
        if name == "bpchar" and first is None:
            length = 256
        if not 1 <= length <= most:
            raise SqlError(f"{name}({length}) is not a type: the length is 1 to {most:,} bytes")
        return (length,)
    if rule.short == "float8" and name == "float" and first and first.isdigit() and second is None:
        return ()
    if first:
        raise SqlError(f"the type {name} takes no length")
    return ()


def _precision(precision: int, scale: int) -> tuple[int, ...]:
    if not 1 <= precision <= 38 or scale > precision:
        raise SqlError(f"numeric({precision},{scale}) is not a type: the precision is 1 to 38, the scale at most that")
    return precision, scale


_LENGTHS = {
    "varchar": (VARCHAR_DEFAULT, VARCHAR_MAX),
    "bpchar": (1, CHAR_MAX),
    "varbyte": (VARBYTE_DEFAULT, VARBYTE_MAX),
}  # the length where none is given, the longest


def named(short: str, *args: int) -> Type:
    """The type of a short name: `named("numeric", 10, 2)`; a text without a length is as long as it can be."""
    if not args and short in _LENGTHS:
        args = (1,) if short == "bpchar" else (_LENGTHS[short][1],)
    return Type(SHORT[short], args)


def of_duckdb(text: str) -> Type:
    """The Redshift type of a DuckDB type's name, nested ones included; raises SqlError for one that it has not."""
    text = text.strip()
    if text.endswith("[]"):
        return Type(ARRAY, (), (("element", of_duckdb(text[:-2])),))
    if text.startswith("STRUCT("):
        return Type(STRUCT, (), tuple(_fields(text[7:-1])))
    if text.startswith("MAP("):
        key, value = _parts(text[4:-1])
        return Type(MAP, (), (("key", of_duckdb(key)), ("value", of_duckdb(value))))
    if (short := _OF_DUCKDB.get(text)) is not None:
        return named(short)
    return parse(text)


_OF_DUCKDB = {
    "BLOB": "varbyte", "HUGEINT": "int8", "INTERVAL": "intervald2s", "JSON": "super", "TIME WITH TIME ZONE": "timetz",
    "TINYINT": "int2", "UBIGINT": "int8", "UINTEGER": "int8", "VARCHAR": "varchar", '"NULL"': "varchar",
}  # fmt: skip


def _fields(text: str) -> Iterator[tuple[str, Type]]:
    for part in _parts(text):
        match = re.match(r'\s*("(?:[^"]|"")*"|\w+)\s+(.*)', part, re.DOTALL)
        if match:
            name = match[1][1:-1].replace('""', '"') if match[1].startswith('"') else match[1]
            yield name, of_duckdb(match[2])


def _parts(text: str) -> list[str]:
    """The parts between the commas that stand outside brackets and quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, mark in enumerate(text):
        quoted ^= mark == '"'
        depth += 0 if quoted else (mark in "([") - (mark in ")]")
        if mark == "," and not depth and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


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
        (t.is_duration, "interval day to second"),
    ):
        if test(kind):
            return name
    raise SqlError(
        f"a column of type {kind} can't be returned", hint="Redshift returns scalars: name the field you want"
    )
