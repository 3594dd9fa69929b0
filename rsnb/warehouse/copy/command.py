"""COPY as it is written: its grammar, and which options go together.

Source: Redshift Developer Guide, COPY and its parameter pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rsnb.errors import UnsupportedSql
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.options import (
    Options,
    characters,
    flag,
    number,
    parse,
    reader,
    refused,
    string,
    string_or,
    switch,
    word,
)


def _analysis(read: Reader) -> bool:
    """COMPUPDATE's argument: PRESET, or a switch."""
    return read.accept("preset") or switch(read)


_OPTIONS = {
    "acceptanydate": flag,
    "acceptinvchars": string_or("?"),
    "avro": string_or("auto"),
    "blanksasnull": flag,
    "bzip2": flag,
    "comprows": number,
    "compupdate": _analysis,
    "csv": flag,
    "dateformat": string,
    "delimiter": string,
    "emptyasnull": flag,
    "encoding": word,
    "escape": flag,
    "explicit_ids": flag,
    "fillrecord": flag,
    "fixedwidth": string,
    "gzip": flag,
    "ignoreallerrors": flag,
    "ignoreblanklines": flag,
    "ignoreheader": number,
    "job": refused("COPY JOB, which loads files as they come,"),
    "json": string_or("auto"),
    "lzop": refused("LZOP, which has no maintained reader,"),
    "manifest": flag,
    "maxerror": number,
    "noload": flag,
    "null": string,
    "orc": flag,
    "parquet": flag,
    "quote": string,
    "readratio": refused("COPY from DynamoDB (READRATIO)"),
    "removequotes": flag,
    "roundec": flag,
    "serializetojson": flag,
    "shapefile": refused("the format SHAPEFILE of COPY"),
    "ssh": refused("COPY from remote hosts (SSH)"),
    "statupdate": switch,
    "timeformat": string,
    "trimblanks": flag,
    "truncatecolumns": flag,
    "zstd": flag,
}

FORMATS = ("csv", "fixedwidth", "json", "avro", "parquet", "orc")
COLUMNAR = ("parquet", "orc")
_OF_COLUMNAR = ("acceptinvchars", "explicit_ids", "fillrecord", "manifest", "noload", "serializetojson", "statupdate",
                *COLUMNAR)  # fmt: skip
_OF_OBJECTS = ("csv", "delimiter", "escape", "fillrecord", "fixedwidth", "ignoreblanklines", "null", "removequotes")
_NOT_WITH = {
    "csv": ("escape", "fixedwidth", "removequotes"),
    "fixedwidth": ("delimiter", "escape", "removequotes"),
    "json": _OF_OBJECTS,
    "avro": (*_OF_OBJECTS, "ignoreheader", "encoding", "gzip", "bzip2", "zstd"),
    "ignoreallerrors": ("maxerror",),
}
ENCODINGS = {"utf8": "utf-8", "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be",
             "iso88591": "iso-8859-1"}  # fmt: skip


@dataclass
class Copy:
    """A parsed COPY."""

    table: tuple[str, ...]
    columns: list[str]
    source: str
    options: Options

    @property
    def format(self) -> str:
        """text, csv, fixedwidth, json, avro, parquet or orc."""
        return next((f for f in FORMATS if f in self.options), "text")

    @property
    def objects(self) -> bool:
        """Whether the rows are JSON objects, or are read as such."""
        return self.format in ("json", "avro")

    @property
    def delimiter(self) -> str:
        """What stands between fields."""
        return characters(self.options.get("delimiter", "," if self.format == "csv" else "|"))

    @property
    def quote(self) -> str:
        """CSV's quotation mark."""
        return characters(self.options.get("quote", '"'))

    @property
    def null(self) -> str:
        """The text that stands for NULL."""
        return characters(self.options.get("null", "\\N"))

    @property
    def header(self) -> int:
        """How many lines at the head of each file are no data."""
        return int(self.options.get("ignoreheader", 0))

    @property
    def encoding(self) -> str:
        """The files' encoding, as Python names it."""
        return ENCODINGS[self.options.get("encoding", "utf8")]

    @property
    def limit(self) -> int | None:
        """The number of errors at which the load fails; None when it never does."""
        return None if "ignoreallerrors" in self.options else max(1, self.options.get("maxerror", 0))

    @property
    def widths(self) -> list[int]:
        """The width of each field of a FIXEDWIDTH file, in characters."""
        return [int(part.split(":")[1]) for part in self.options["fixedwidth"].split(",")]


def parse_copy(sql: str) -> Copy:
    """Read `copy table [(columns)] from 's3://...' authorization options`."""
    read = reader(sql)
    read.expect("copy")
    table = read.qualified()
    columns = read.names() if read.peek("(") else []
    read.expect("from")
    source = _source(read)
    copy = Copy(table, columns, source, parse(read, "COPY", sql, _OPTIONS))
    _check(copy)
    return copy


def _source(read: Reader) -> str:
    position = read.next.start
    source = read.string()
    kind = source.partition("://")[0]
    if "://" in source and kind not in ("s3", "file"):
        raise UnsupportedSql(
            f"COPY from {kind}:// is not supported by the embedded warehouse",
            sql=read.sql,
            position=position,
            hint="put the files under an s3:// address of the lake",
        )
    return source


def _check(copy: Copy) -> None:
    """Raise for options that Redshift does not take together, or not with these values, or that are not read here."""
    options = copy.options
    formats = [f for f in FORMATS if f in options]
    for name, others in _NOT_WITH.items():
        options.together(name, others)
    if len(formats) > 1:
        options.wrong(formats[1], f"COPY takes one format, not {formats[0].upper()} and {formats[1].upper()}")
    for name in options.given if copy.format in COLUMNAR else ():
        if name not in _OF_COLUMNAR:
            options.wrong(name, f"{name.upper()} is not supported for COPY from {copy.format.upper()}")
    if "serializetojson" in options and copy.format not in COLUMNAR:
        options.wrong("serializetojson", "SERIALIZETOJSON goes with PARQUET and ORC")
    options.between("comprows", 1000, 2147483647)
    options.between("maxerror", 0, 100_000)
    _check_texts(copy)


def _check_texts(copy: Copy) -> None:
    options = copy.options
    if "quote" in options and copy.format != "csv":
        options.wrong("quote", "QUOTE goes with CSV")
    if len(copy.quote) != 1 or not copy.quote.isascii():
        options.wrong("quote", "a quotation mark is one ASCII character")
    if not copy.delimiter or "\n" in copy.delimiter or (copy.format == "csv" and len(copy.delimiter) != 1):
        options.wrong("delimiter", "a delimiter is one ASCII character")
    if copy.delimiter == copy.quote and copy.format == "csv":
        options.wrong("delimiter", "the delimiter and the quotation mark are the same")
    if "\n" in copy.null:
        options.wrong("null", "NULL AS '\\n' is not possible: it ends a line")
    mark = options.get("acceptinvchars", "?")
    if len(mark) != 1 or not mark.isascii() or mark == "\0":
        options.wrong("acceptinvchars", "ACCEPTINVCHARS takes one ASCII character")
    if options.get("encoding", "utf8") not in ENCODINGS:
        options.wrong("encoding", f"ENCODING is one of {', '.join(ENCODINGS).upper()}")
    if copy.format == "fixedwidth":
        if copy.encoding != "utf-8":
            options.wrong("encoding", "FIXEDWIDTH files are in UTF8")
        if not re.fullmatch(r"\s*[^:,]+:\s*[1-9]\d*\s*(,[^:,]+:\s*[1-9]\d*\s*)*", options["fixedwidth"]):
            options.wrong("fixedwidth", "FIXEDWIDTH is written 'label:width, label:width, ...'")
