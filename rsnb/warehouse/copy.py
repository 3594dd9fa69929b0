"""COPY: its grammar, and the DuckDB query that reads its files.

Source: Redshift Developer Guide, COPY and its parameter pages.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from rsnb.errors import LoadError, SqlError, UnsupportedSql
from rsnb.lake import LakeFile
from rsnb.literals import quote_identifier
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.macros import qualified
from rsnb.warehouse.spelling import text, texts

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
    _check(read, copy)
    return copy


def _check(read: Reader, copy: Copy) -> None:
    """Refuse options that do not go together, or whose values are not read here."""
    if "gzip" in copy.options and "zstd" in copy.options:
        raise SqlError("COPY takes one compression", sql=read.sql, position=0)
    if "quote" in copy.options and "csv" not in copy.options:
        raise SqlError("QUOTE goes with CSV", sql=read.sql, position=place_of(read.sql, "quote"))
    if len(copy.options.get("delimiter", "|").replace("\\t", "\t")) != 1:
        raise SqlError("a delimiter is one character", sql=read.sql, position=place_of(read.sql, "delimiter"))
    source = copy.options.get("json", "auto").lower()
    if source != "auto" and "://" not in source:
        raise UnsupportedSql(f"JSON '{source}' of COPY is not supported by the embedded warehouse", sql=read.sql,
                             position=place_of(read.sql, "json"))  # fmt: skip


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
        columns = [json_value(copy, t, p) for t, p in zip(targets, json_paths_of(copy, targets), strict=True)]
        return f"SELECT {', '.join(columns)} FROM {json_objects(copy, names)}"
    if copy.format == "parquet":
        columns = [
            f"CAST(#{i} AS {t.type}) AS {quote_identifier(t.name)}"  # by position, as Redshift does
            for i, t in enumerate(targets, 1)
        ]
        return f"SELECT {', '.join(columns)} FROM read_parquet({texts(names)})"
    _formats(copy)  # raises on a format that is not read here
    return f"SELECT {', '.join(_value(copy, t) for t in targets)} FROM {read_csv(copy, targets, names)}"


def compression(copy: Copy) -> str:
    """DuckDB's word for the compression that the statement names."""
    return next((c for c in ("gzip", "zstd") if c in copy.options), "none")


def json_objects(copy: Copy, names: list[str]) -> str:
    """A DuckDB table function over JSON objects, one after another."""
    return f"read_json_objects({texts(names)}, format='unstructured', compression='{compression(copy)}', filename=true)"


WHOLE = ("SMALLINT", "INTEGER", "BIGINT")  # types whose texts DuckDB reads with more tolerance than Redshift


def read_csv(copy: Copy, targets: list[Target], names: list[str], extra: str = "", typed: bool = False) -> str:
    """A DuckDB table function over delimited or CSV files; as texts unless typed."""
    kinds = ", ".join(f"{text(t.name)}: {text(t.type if typed else 'VARCHAR')}" for t in targets)
    texts_kept = [t.name for t in targets if t.type == "VARCHAR"]
    csv = copy.format == "csv"
    delimiter = copy.options.get("delimiter", "," if csv else "|").replace("\\t", "\t")
    quote = copy.options.get("quote", '"') if csv else ""
    return (
        f"read_csv({texts(names)}, columns={{{kinds}}}, auto_detect=false, header=false, "
        f"skip={copy.options.get('ignoreheader', '0')}, delim={text(delimiter)}, quote={text(quote)}, "
        f"escape={text(quote)}, nullstr={texts([null_mark(copy), ''] if typed else [''])}, "
        f"force_not_null={texts(texts_kept)}, "
        f"strict_mode=true, compression='{compression(copy)}'{_formats(copy) if typed else ''}{extra})"
    )


def null_mark(copy: Copy) -> str:
    """The text that stands for NULL."""
    return copy.options.get("null", "\\N")


def _value(copy: Copy, target: Target) -> str:
    """An empty field is NULL, but an empty text in a VARCHAR column."""
    name = quote_identifier(target.name)
    return _converted(copy, target, f"NULLIF({name}, {text(null_mark(copy))})")


_OBJECT = "case when json_type(json) = 'OBJECT' then json else error('COPY JSON reads objects') end"


def json_value(copy: Copy, target: Target, path: str, strict: bool = True) -> str:
    """A DuckDB expression for a target's value of an object; strict raises on what Redshift would not read."""
    value = f"json_extract_string({_OBJECT if strict and not copy.paths else 'json'}, {text(path)})"
    return _converted(copy, target, value, strict)


def _converted(copy: Copy, target: Target, value: str, strict: bool = True) -> str:
    """A text as the target's type, by the formats of the command."""
    if strict and target.type in WHOLE:
        value = f"{qualified('to_whole')}({value})"
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


def json_paths_of(copy: Copy, targets: list[Target]) -> list[str]:
    """The JSON path of each target column: from the JSONPaths file, or by the column's name."""
    return copy.paths or [f'$."{t.name}"' for t in targets]
