"""Delimited files, OpenCSV and lines taken apart by a regular expression.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE; LazySimpleSerDe, OpenCSVSerde and RegexSerDe of Hive.
"""

from __future__ import annotations

from rsnb.literals import quote_identifier
from rsnb.warehouse.spectrum import copies, opencsv, regex
from rsnb.warehouse.spectrum.formats import character
from rsnb.warehouse.spectrum.groups import FILES, Group, Request, grouped
from rsnb.warehouse.spectrum.places import Data, compression
from rsnb.warehouse.spectrum.values import Values
from rsnb.warehouse.spelling import text

NEVER = "\x01\x02\x03\x04"  # a delimiter that no line holds: each line is one value
NO_NULL = "\ufdd3"  # a text that no value is
_ESCAPED, _ESCAPE = "\ufdd1", "\ufdd2"  # stand for a delimiter and an escape character that were escaped


def groups(request: Request) -> list[Group]:
    """The files by how they are compressed."""
    made = []
    for packing, (data, paths) in _readable(request).items():
        values = request.values()
        if request.table.reader == "regex":
            source, fields = _by_regex(request, packing)
        elif request.table.reader == "text" and _by_line(request, values, packing):
            source, fields = _split(request, values, packing)
        else:
            source, fields = _delimited(request, values, packing)
        columns = {
            c.name: values.from_text(_null(request, field), c.type)
            for c, field in zip(request.table.data_columns, fields, strict=True)
        }
        columns = {name: values.row(value) for name, value in columns.items()}
        made.append(Group(data, paths, source, columns, values.kept()))
    return made


def _readable(request: Request) -> dict[str, tuple[list[Data], list[str]]]:
    """The files as DuckDB can read them, by its word for their compression."""
    read, packings = [], []
    for item in request.data:
        packing = compression(request.table, item.file)
        file = copies.unpacked(item.file, packing)
        file = copies.marked(file, packing)
        if request.table.reader == "csv":
            file = opencsv.without_backslashes(file, packing, request.table.serde_properties)
        read.append(file)
        packings.append("gzip" if packing == "gzip" and file.path == item.file.path else "none")
    return grouped(request.data, read, packings)


def _null(request: Request, value: str) -> str:
    """A value is NULL where it is the text that the table says for it; of delimited files, that is `\\N`."""
    name = "serialization.null.format"
    given = request.table.serde_properties.get(name, "\\N" if request.table.reader == "text" else None)
    given = request.table.table_properties.get(name, given)
    return value if given is None else f"nullif({value}, {text(given)})"


def _read_csv(request: Request, packing: str, columns: list[str], marks: str) -> str:
    kinds = ", ".join(f"{text(name)}: 'VARCHAR'" for name in columns)
    skip = int(request.table.table_properties.get("skip.header.line.count", "0"))
    return (
        f"read_csv({FILES}, columns={{{kinds}}}, auto_detect=false, header=false, skip={skip}, "
        f"filename={text(request.mark)}, hive_partitioning=false, compression='{packing}', strict_mode=true, "
        f"null_padding=true, nullstr={text(NO_NULL)}, {marks})"
    )


# Delimited


def _field_mark(request: Request) -> str:
    given = request.table.serde_properties
    return character(given.get("field.delim", given.get("serialization.format", "\x01")))


def _delimited(request: Request, values: Values, packing: str) -> tuple[str, list[str]]:
    """Values between delimiters; OpenCSV's in quotes, too, over line ends when files are read as a whole."""
    names = [f"c{i}" for i in range(len(request.table.data_columns))]
    fields = [f"f.{name}" for name in names]
    if request.table.reader == "text":
        marks = f"delim={text(_field_mark(request))}, quote='', escape=''"
        return _read_csv(request, packing, names, marks), fields
    separator, quote, _ = opencsv.marks(request.table.serde_properties)
    marks = f"delim={text(separator)}, quote={text(quote)}, escape={text(quote)}"
    if request.table.serde_properties.get("wholeFile", "").lower() == "true":
        return _read_csv(request, packing, names, f"{marks}, parallel=false"), fields
    source = _read_csv(request, packing, names, marks)
    fault = f"error('A quoted value goes over the end of its line in file <' || {request.file_column} || '>')"
    broken = " OR ".join(f"contains({field}, chr(10))" for field in fields)
    values.without.append(f"CASE WHEN {broken} THEN {fault} ELSE false END")
    return source, fields


# Line by line


def _by_line(request: Request, values: Values, packing: str) -> bool:
    """Whether lines have to be split one by one: values are escaped, or other counts of columns are handled."""
    handled = values.handling.columns in ("set_to_null", "drop_row") and packing == "none"
    return handled or "escape.delim" in request.table.serde_properties


def _split(request: Request, values: Values, packing: str) -> tuple[str, list[str]]:
    line, mark = "line", text(_field_mark(request))
    restored = "v"
    if escape := request.table.serde_properties.get("escape.delim"):
        escape = character(escape)
        both, one = text(escape * 2), text(escape + _field_mark(request))
        line = f"replace(replace(line, {both}, {text(_ESCAPE)}), {one}, {text(_ESCAPED)})"
        restored = f"replace(replace(v, {text(_ESCAPED)}, {mark}), {text(_ESCAPE)}, {text(escape)})"
    parts = f"string_split({line}, {mark})"
    if restored != "v":
        parts = f"list_transform({parts}, lambda v: {restored})"
    inner = _lines(request, packing)
    source = f"(SELECT {quote_identifier(request.mark)}, {parts} AS parts FROM {inner} WHERE line IS NOT NULL)"
    count = len(request.table.data_columns)
    if values.handling.columns == "drop_row":
        values.without.append(f"len(f.parts) <> {count}")
    elif values.handling.columns != "set_to_null":
        what = f"'a line has ' || len(f.parts) || ' values for {count} columns in file <'"
        fault = f"error({what} || {request.file_column} || '>')"
        values.without.append(f"CASE WHEN len(f.parts) > {count} THEN {fault} ELSE false END")
    return source, [f"f.parts[{i}]" for i in range(1, count + 1)]


def _lines(request: Request, packing: str) -> str:
    return _read_csv(request, packing, ["line"], f"delim={text(NEVER)}, quote='', escape=''")


def _by_regex(request: Request, packing: str) -> tuple[str, list[str]]:
    """The groups of a regular expression that takes the whole line; of a line that it does not take, all are NULL."""
    pattern = text(regex.pattern(request.table.serde_properties))
    names = [f"g{i}" for i in range(len(request.table.data_columns))]
    listed = ", ".join(text(name) for name in names)
    taken = f"regexp_full_match(line, {pattern})"
    source = (
        f"(SELECT {quote_identifier(request.mark)}, CASE WHEN {taken} THEN "
        f"regexp_extract(line, {pattern}, [{listed}]) END AS parts FROM {_lines(request, packing)} "
        f"WHERE line IS NOT NULL)"
    )
    return source, [f"f.parts.{name}" for name in names]
