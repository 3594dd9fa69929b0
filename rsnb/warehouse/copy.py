"""COPY: its grammar, the DuckDB query that reads its files, and the fault that stopped it.

Source: Redshift Developer Guide, COPY and its parameter pages.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.errors import LoadError, SqlError
from rsnb.lake import LakeFile
from rsnb.sql import quote_identifier
from rsnb.warehouse.external import text, texts
from rsnb.warehouse.grammar import Reader

if TYPE_CHECKING:
    import duckdb

# An option's name → what it takes. Those that are only checked change nothing that a query can see.
_OPTIONS = {
    "acceptinvchars": None,
    "compupdate": "switch",
    "csv": None,
    "dateformat": "string",
    "delimiter": "string",
    "gzip": None,
    "iam_role": "role",
    "ignoreheader": "number",
    "json": "string",
    "null": "string",
    "quote": "string",
    "region": "string",
    "statupdate": "switch",
    "timeformat": "string",
    "zstd": None,
}
_FORMATS = ("csv", "json", "parquet")


@dataclass
class Copy:
    """A parsed COPY."""

    table: tuple[str, ...]
    columns: list[str]
    source: str
    options: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)  # of a JSONPaths file

    @property
    def format(self) -> str:
        """text, csv, json or parquet."""
        return next((f for f in _FORMATS if f in self.options), "text")


def parse_copy(sql: str) -> Copy:
    """Read `copy table [(columns)] from 's3://...' options`; an unknown option is refused by name."""
    read = Reader(sql)
    read.expect("copy")
    table = read.qualified()
    columns = read.names() if read.peek("(") else []
    read.expect("from")
    copy = Copy(table, columns, read.string())
    read.accept("with")
    while read.next.kind != "end":
        _option(read, copy)
    if "gzip" in copy.options and "zstd" in copy.options:
        raise SqlError("COPY takes one compression", sql=sql, position=0)
    return copy


def _option(read: Reader, copy: Copy) -> None:
    if read.accept("format"):
        read.accept("as")
        if read.next.text.lower() not in _FORMATS:
            read.refuse(f"the format {read.next.text.upper()} of COPY")
    name = read.next.text.lower()
    if name == "parquet":
        read.take()
        copy.options[name] = ""
        return
    if name not in _OPTIONS:
        read.refuse(f"the option {name.upper()} of COPY")
    read.take()
    read.accept("as")
    copy.options[name] = _argument(read, _OPTIONS[name])


def _argument(read: Reader, kind: str | None) -> str:
    if kind == "string":
        return read.string()
    if kind == "number":
        return str(read.number())
    if kind == "role":
        return "default" if read.accept("default") else read.string()
    if kind == "switch":
        return read.choose("on", "off", "true", "false", "preset") or "on"
    return ""


@dataclass(frozen=True)
class Target:
    """A column to load: its name, DuckDB type, whether NULL is refused, its length in bytes."""

    name: str
    type: str
    not_null: bool = False
    length: int | None = None


def query(copy: Copy, targets: list[Target], files: list[LakeFile]) -> str:
    """A DuckDB query for the rows of the files, one column for each target."""
    names = [str(f.path) for f in files]
    if copy.format == "json":
        if copy.paths and len(copy.paths) != len(targets):
            raise LoadError(
                f"the JSONPaths file has {len(copy.paths)} paths for {len(targets)} columns",
                hint="name the columns after the table, in the order of the paths",
            )
        columns = [_json_value(copy, t, p) for t, p in zip(targets, json_paths_of(copy, targets), strict=True)]
        return f"SELECT {', '.join(columns)} FROM {json_objects(copy, names)}"
    if copy.format == "parquet":
        columns = [f"CAST({quote_identifier(t.name)} AS {t.type}) AS {quote_identifier(t.name)}" for t in targets]
        return f"SELECT {', '.join(columns)} FROM read_parquet({texts(names)})"
    return f"SELECT {', '.join(_value(copy, t) for t in targets)} FROM {read_csv(copy, targets, names)}"


def compression(copy: Copy) -> str:
    """DuckDB's word for the compression that the statement names."""
    return next((c for c in ("gzip", "zstd") if c in copy.options), "none")


def json_objects(copy: Copy, names: list[str]) -> str:
    """A DuckDB table function over JSON objects, one after another."""
    return f"read_json_objects({texts(names)}, format='unstructured', compression='{compression(copy)}', filename=true)"


def read_csv(copy: Copy, targets: list[Target], names: list[str], extra: str = "") -> str:
    """A DuckDB table function over delimited or CSV files."""
    kinds = ", ".join(f"{text(t.name)}: {text(t.type)}" for t in targets)
    texts_kept = [t.name for t in targets if t.type == "VARCHAR"]
    csv = copy.format == "csv"
    delimiter = copy.options.get("delimiter", "," if csv else "|").replace("\\t", "\t")
    quote = copy.options.get("quote", '"') if csv else ""
    return (
        f"read_csv({texts(names)}, columns={{{kinds}}}, auto_detect=false, header=false, "
        f"skip={copy.options.get('ignoreheader', '0')}, delim={text(delimiter)}, quote={text(quote)}, "
        f"escape={text(quote)}, nullstr={texts([_null(copy), ''])}, force_not_null={texts(texts_kept)}, "
        f"strict_mode=true, compression='{compression(copy)}'{_formats(copy)}{extra})"
    )


def _null(copy: Copy) -> str:
    return copy.options.get("null", "\\N")


def _value(copy: Copy, target: Target) -> str:
    """An empty field is NULL, but an empty text in a VARCHAR column."""
    name = quote_identifier(target.name)
    return f"NULLIF({name}, {text(_null(copy))}) AS {name}" if target.type == "VARCHAR" else name


def _json_value(copy: Copy, target: Target, path: str) -> str:
    value = f"json_extract_string(json, {text(path)})"
    time = copy.options.get("timeformat", "auto").lower()
    if target.type.startswith("TIMESTAMP") and time == "epochmillisecs":
        value = f"make_timestamp(CAST({value} AS BIGINT) * 1000)"
    elif target.type.startswith("TIMESTAMP") and time == "epochsecs":
        value = f"make_timestamp(CAST(CAST({value} AS DECIMAL(28,6)) * 1000000 AS BIGINT))"
    elif target.type.startswith("TIMESTAMP") and time != "auto":
        value = f"strptime({value}, {text(time_format(copy.options['timeformat']))})"
    elif target.type == "DATE" and copy.options.get("dateformat", "auto").lower() != "auto":
        value = f"strptime({value}, {text(time_format(copy.options['dateformat']))})"
    return f"CAST({value} AS {target.type}) AS {quote_identifier(target.name)}"


def _formats(copy: Copy) -> str:
    parts = ""
    for option, setting in (("timeformat", "timestampformat"), ("dateformat", "dateformat")):
        given = copy.options.get(option, "auto")
        if given.lower() in ("epochsecs", "epochmillisecs"):
            raise LoadError(f"TIMEFORMAT '{given}' is read from JSON here, not from delimited text")
        if given.lower() != "auto":
            parts += f", {setting}={text(time_format(given))}"
    return parts


_TIME_PARTS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MON": "%b",
    "MM": "%m",
    "DD": "%d",
    "HH24": "%H",
    "HH12": "%I",
    "HH": "%H",
    "MI": "%M",
    "SS": "%S",
    "AM": "%p",
    "PM": "%p",
    "TZ": "%Z",
    "OF": "%z",
    "MS": "%g",
    "US": "%f",
}
_TIME_PART = re.compile("|".join(sorted(_TIME_PARTS, key=len, reverse=True)) + r"|[A-Za-z]+", re.IGNORECASE)


def time_format(redshift: str) -> str:
    """A Redshift date or time format as strptime's; raises SqlError on an unknown part."""

    def part(match: re.Match[str]) -> str:
        found = match[0].upper()
        if found == "T":
            return "T"
        if found not in _TIME_PARTS:
            raise SqlError(f"the part {match[0]!r} of the time format {redshift!r} is not known", sql=redshift)
        return _TIME_PARTS[found]

    return _TIME_PART.sub(part, redshift)


def json_paths(file: Path) -> list[str]:
    """The paths of a JSONPaths file, in JSONPath's dot form."""
    try:
        paths = json.loads(file.read_text(encoding="utf-8"))["jsonpaths"]
        return [re.sub(r"\['([^']*)'\]", r'."\1"', str(p)) for p in paths]
    except FileNotFoundError:
        raise LoadError(f"there is no JSONPaths file {file}") from None
    except (ValueError, KeyError, TypeError) as exc:
        raise LoadError(f"{file} is not a JSONPaths file: {exc}", hint='it holds {"jsonpaths": ["$.a", ...]}') from exc


# The fault that stopped a load


@dataclass(frozen=True)
class Fault:
    """A place in a file that could not be loaded."""

    address: str
    line: int
    column: str
    value: str
    reason: str


def find_fault(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], files: list[LakeFile]) -> Fault | None:
    """The first fault in the files, read again one after the other; None when it is not a value's."""
    for file in files:
        search = _json_fault if copy.format == "json" else _text_fault
        if copy.format != "parquet" and (fault := search(db, copy, targets, file)):
            return fault
    return None


_REASON = {
    "CAST": "is not valid for the type {type}",
    "MISSING COLUMNS": "the line has too few columns",
    "TOO MANY COLUMNS": "the line has too many columns",
    "INVALID ENCODING": "the line is not valid UTF-8",
    "UNQUOTED VALUE": "a quoted value has no end",
    "LINE SIZE OVER MAXIMUM": "the line is too long",
}


def _text_fault(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> Fault | None:
    reading = read_csv(
        copy, targets, [str(file.path)], ", store_rejects=true, rejects_table='faults', rejects_scan='fault_scans'"
    )
    db.execute("DROP TABLE IF EXISTS faults; DROP TABLE IF EXISTS fault_scans")
    db.execute(f"CREATE OR REPLACE TEMP TABLE read_again AS SELECT * FROM {reading}")
    row = db.execute(
        "SELECT line, column_name, error_type, csv_line, error_message FROM faults ORDER BY line, column_idx LIMIT 1"
    ).fetchone()
    if row is not None:
        line, column, kind, source, message = row
        value = re.search(r'Could not convert string "(.*?)" to', message, re.DOTALL)
        target = next((t for t in targets if t.name == column), None)
        reason = _REASON.get(kind, message).format(type=target.type if target else "")
        return Fault(file.address, int(line), column or "", value[1] if value else source, reason)
    return _broken_rule(db, copy, targets, file)


def _broken_rule(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> Fault | None:
    """The first value that is too long, or NULL where a column refuses it, in the table read_again."""
    first = 1 + int(copy.options.get("ignoreheader", 0)) if copy.format != "json" else 1
    for target in targets:
        name = quote_identifier(target.name)
        rules = [(f"{name} IS NULL", "the column can't be NULL")] if target.not_null else []
        if target.length is not None:
            rules.append((f"strlen({name}) > {target.length}", f"is longer than {target.length} bytes"))
        for condition, reason in rules:
            row = db.execute(
                f"SELECT rowid, {name} FROM read_again WHERE {condition} ORDER BY rowid LIMIT 1"
            ).fetchone()
            if row:
                return Fault(file.address, first + int(row[0]), target.name, str(row[1] or ""), reason)
    return None


def _json_fault(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> Fault | None:
    paths = json_paths_of(copy, targets)
    db.execute(f"CREATE OR REPLACE TEMP TABLE objects AS SELECT json FROM {json_objects(copy, [str(file.path)])}")
    for target, path in zip(targets, paths, strict=True):
        raw = f"json_extract_string(json, {text(path)})"
        cast = _json_value(copy, target, path).rsplit(" AS ", 1)[0]
        row = db.execute(
            f"SELECT rowid, {raw} FROM objects WHERE {raw} IS NOT NULL AND TRY({cast}) IS NULL ORDER BY rowid LIMIT 1"
        ).fetchone()
        if row:
            return Fault(file.address, int(row[0]) + 1, target.name, row[1], _REASON["CAST"].format(type=target.type))
    columns = ", ".join(_json_value(copy, t, p) for t, p in zip(targets, paths, strict=True))
    db.execute(f"CREATE OR REPLACE TEMP TABLE read_again AS SELECT {columns} FROM objects")
    return _broken_rule(db, copy, targets, file)


def json_paths_of(copy: Copy, targets: list[Target]) -> list[str]:
    """The JSON path of each target column: from the JSONPaths file, or by the column's name."""
    return copy.paths or [f'$."{t.name}"' for t in targets]


def describe(fault: Fault, copy: Copy) -> LoadError:
    """The error that a fault makes of its COPY."""
    unit = "object" if copy.format == "json" else "line"
    column = f", column {fault.column}" if fault.column else ""
    where = f"{fault.address}, {unit} {fault.line}{column}"
    return LoadError(
        f"COPY {'.'.join(copy.table)}: {where}: {fault.value[:120]!r} {fault.reason}",
        hint="nothing was loaded; correct the file, or load the column as VARCHAR",
    )
