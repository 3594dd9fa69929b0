"""Rows as lines of text: SQL expressions that write values as Redshift does.

Source: Redshift Developer Guide, UNLOAD, its parameters and usage notes.
"""

from __future__ import annotations

from collections.abc import Callable

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse.macros import qualified
from rsnb.warehouse.spelling import text
from rsnb.warehouse.unload.command import Unload, fixed_widths

Columns = list[tuple[str, Type]]
TOO_WIDE = "rsnb: too wide: "
_LINE_END = "chr(10)"


def _plain(x: str) -> str:
    return f"CAST({x} AS VARCHAR)"


def _float(x: str) -> str:
    """The shortest digits that are read as the same number; a whole number has no fraction."""
    digits = f"regexp_replace({_plain(x)}, '\\.0(e|$)', '\\1')"
    return f"CASE WHEN isnan({x}) THEN 'NaN' WHEN isinf({x}) THEN if({x} > 0, '', '-') || 'Infinity' ELSE {digits} END"


_TEXT: dict[str, Callable[[str], str]] = {
    "bool": lambda x: f"CASE WHEN {x} THEN 't' WHEN NOT {x} THEN 'f' END",
    "bpchar": lambda x: f"rtrim({x}, ' ')",
    "date": lambda x: f"replace({_plain(x)}, ' (BC)', ' BC')",
    "float4": _float,
    "float8": _float,
    "geography": lambda x: f"hex({x})",
    "geometry": lambda x: f"hex({x})",
    "hllsketch": lambda x: f"{qualified('sketch_text')}({x})",
    "timestamp": lambda x: f"replace({_plain(x)}, ' (BC)', ' BC')",
    "timestamptz": lambda x: f"replace({_plain(x)}, ' (BC)', ' BC')",
    "varbyte": lambda x: f"lower(hex({x}))",
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "super", "time", "timetz", "varchar"), _plain),
}
_CHARACTERS = ("varchar", "bpchar", "super")
_NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8")


def value(name: str, kind: Type) -> str:
    """A column's value as text; NULL stays NULL."""
    return _TEXT[kind.short](name)


def line(unload: Unload, names: list[str], columns: Columns) -> str:
    """The line of a row with its newline, as SQL over columns of these names."""
    if unload.format == "json":
        pairs = (
            f"'{_json_key(column)}:' || {_json(x, kind)}" for x, (column, kind) in zip(names, columns, strict=True)
        )
        return "'{' || " + " || ',' || ".join(pairs) + f" || '}}' || {_LINE_END}"
    if unload.format == "fixedwidth":
        widths = fixed_widths(unload, columns)
        fields = [
            _padded(unload, x, column, kind, width)
            for x, (column, kind), width in zip(names, columns, widths, strict=True)
        ]
        return " || ".join([*fields, _LINE_END])
    fields = [_field(unload, x, kind) for x, (_, kind) in zip(names, columns, strict=True)]
    return f" || {text(unload.delimiter)} || ".join(fields) + f" || {_LINE_END}"


def header(unload: Unload, columns: Columns) -> str:
    """The line of the columns' names, as SQL."""
    fields = [_marked(unload, text(column)) for column, _ in columns]
    return f" || {text(unload.delimiter)} || ".join(fields) + f" || {_LINE_END}"


def _field(unload: Unload, x: str, kind: Type) -> str:
    if kind.short == "super":  # its NULL is JSON's
        return _marked(unload, f"coalesce({value(x, kind)}, 'null')")
    written = value(x, kind)
    if kind.short in _CHARACTERS or unload.format == "csv":
        written = _marked(unload, written)
    return f"coalesce({written}, {text(unload.null)})"


def _marked(unload: Unload, x: str) -> str:
    """A text with the quotation marks and escapes of the command."""
    if unload.format == "csv":
        special = f'[{_class(unload.delimiter)}"\\n\\r]'
        quoted = f"'\"' || replace({x}, '\"', '\"\"') || '\"'"
        return f"CASE WHEN regexp_matches({x}, {text(special)}) THEN {quoted} ELSE {x} END"
    around = "addquotes" in unload.options
    if "escape" in unload.options:
        marks = _class(unload.delimiter) + ("\"'" if around else "")
        x = f"regexp_replace({x}, {text(f'([{marks}{_ESCAPED}])')}, {text(_ESCAPE)}, 'g')"
    return f"'\"' || {x} || '\"'" if around else x


_ESCAPED = r"\n\r\\"  # in a character class
_ESCAPE = r"\\\1"  # a backslash and what was found


def _class(mark: str) -> str:
    """A character inside a character class."""
    return f"\\x{ord(mark):02x}"


def _padded(unload: Unload, x: str, column: str, kind: Type, width: int) -> str:
    """A field of fixed width; one that is wider raises, a NULL mark that is wider gives way to blanks."""
    null = unload.null
    if len(null) > width:
        null = f"error({text(TOO_WIDE + column)})" if kind.short in _CHARACTERS else "''"
    else:
        null = text(null)
    written = f"coalesce({value(x, kind)}, {null})"
    fault = f"error({text(TOO_WIDE + column)})"
    return f"CASE WHEN length({written}) > {width} THEN {fault} ELSE rpad({written}, {width}, ' ') END"


def _json_key(column: str) -> str:
    import json

    return json.dumps(column, ensure_ascii=False).replace("'", "''")


def _json(x: str, kind: Type) -> str:
    """A value as JSON: numbers and SUPER as they are, all others as texts, a truth value as `t` or `f`."""
    written = value(x, kind)
    if kind.short in ("float4", "float8"):
        fault = "error('UNLOAD: a number that is not finite is no JSON')"
        written = f"CASE WHEN isnan({x}) OR isinf({x}) THEN {fault} ELSE {written} END"
    elif kind.short not in (*_NUMBERS, "super"):
        written = f"CAST(to_json({written}) AS VARCHAR)"
    return f"coalesce({written}, 'null')"


def check(unload: Unload, columns: Columns) -> None:
    """Raise for columns that the format does not take."""
    names = [name for name, _ in columns]
    if unload.format == "json" and len(set(names)) < len(names):
        unload.options.wrong("json", "the columns of UNLOAD to JSON have different names", hint="name them with AS")
    for name, kind in columns:
        if kind.short not in _TEXT:
            unload.options.refuse("unload", f"UNLOAD of the column {name} of type {kind.rule.name}")
        if kind.short in _REFUSED.get(unload.format, ()):
            construct = f"UNLOAD to {unload.format.upper()} of the column {name} of type {kind.rule.name}"
            if kind.short in _BINARY:
                unload.options.wrong(unload.format, f"{construct} is not possible", hint="unload it to text or CSV")
            unload.options.refuse(unload.format, construct)
    _check_partitions(unload, columns)


_BINARY = ("varbyte", "geometry", "geography", "hllsketch")
_REFUSED = {"fixedwidth": _BINARY, "json": _BINARY, "parquet": (*_BINARY, "time", "timetz")}
_KEYS = ("int2", "int4", "int8", "numeric", "float4", "bool", "bpchar", "varchar", "date", "timestamp")


def _check_partitions(unload: Unload, columns: Columns) -> None:
    known = dict(columns)
    keys = unload.partitions.columns
    for name in keys:
        if name not in known:
            read = unload.options.read
            raise SqlError(f"there is no column {name} in the query", sql=read.sql, position=read.sql.find(name))
        if known[name].short not in _KEYS:
            unload.options.wrong("partition", f"the column {name} of type {known[name].rule.name} is no partition key")
    if keys and not unload.partitions.include and set(keys) == set(known):
        unload.options.wrong("partition", "no column is left for the files", hint="PARTITION BY (...) INCLUDE")
