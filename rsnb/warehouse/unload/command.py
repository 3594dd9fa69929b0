"""UNLOAD as it is written: its grammar, and which options go together.

Source: Redshift Developer Guide, UNLOAD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rsnb.errors import SqlError
from rsnb.sql import tokens
from rsnb.types import Type
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.options import Options, characters, flag, parse, reader, string, switch

MB = 1 << 20


@dataclass(frozen=True)
class Partitions:
    """The columns of PARTITION BY; include: they stay in the files."""

    columns: list[str]
    include: bool


def _partition(read: Reader) -> Partitions:
    read.expect("by")
    return Partitions(read.names(), read.accept("include"))


def _size(read: Reader) -> Decimal:
    """`[AS] number [MB | GB]` in megabytes."""
    read.accept("as")
    try:
        number = Decimal(read.take().text)
    except InvalidOperation:
        read.fail("expected a size in MB or GB")
    return number * 1024 if (read.choose("mb", "gb") or "mb") == "gb" else number


_OPTIONS = {
    "addquotes": flag,
    "allowoverwrite": flag,
    "bzip2": flag,
    "cleanpath": flag,
    "csv": flag,
    "delimiter": string,
    "escape": flag,
    "extension": string,
    "fixedwidth": string,
    "gzip": flag,
    "header": flag,
    "json": flag,
    "manifest": lambda read: "verbose" if read.accept("verbose") else "plain",
    "maxfilesize": _size,
    "null": string,
    "parallel": switch,
    "parquet": flag,
    "partition": _partition,
    "rowgroupsize": _size,
    "zstd": flag,
}
FORMATS = ("csv", "fixedwidth", "json", "parquet")
_NOT_WITH = {
    "allowoverwrite": ("cleanpath",),
    "csv": ("addquotes", "fixedwidth"),
    "fixedwidth": ("delimiter", "header"),
    "json": ("addquotes", "delimiter", "escape", "fixedwidth", "header", "null"),
    "parquet": ("addquotes", "bzip2", "delimiter", "escape", "fixedwidth", "gzip", "header", "null", "zstd"),
}
_UNKNOWN = (("csv", "escape"), ("fixedwidth", "addquotes"), ("fixedwidth", "escape"))  # what Redshift makes of these
EXTENSIONS = {"gzip": ".gz", "bzip2": ".bz2", "zstd": ".zst"}


@dataclass
class Unload:
    """A parsed UNLOAD; query_start: where its query's text begins in the statement."""

    query: str
    target: str
    options: Options

    @property
    def format(self) -> str:
        """text, csv, fixedwidth, json or parquet."""
        return next((f for f in FORMATS if f in self.options), "text")

    @property
    def delimiter(self) -> str:
        """What stands between fields."""
        return characters(self.options.get("delimiter", "," if self.format == "csv" else "|"))

    @property
    def null(self) -> str:
        """The text of a NULL."""
        return characters(self.options.get("null", ""))

    @property
    def partitions(self) -> Partitions:
        """The columns that name the folders; none without PARTITION BY."""
        return self.options.get("partition", Partitions([], False))  # type: ignore[no-any-return]

    @property
    def prefix(self) -> str:
        """What every key begins with: with partitions it is a folder."""
        return self.target if not self.partitions.columns or self.target.endswith("/") else self.target + "/"

    @property
    def parallel(self) -> bool:
        """Whether each slice writes files of its own."""
        return bool(self.options.get("parallel", True))

    @property
    def most_bytes(self) -> int:
        """The size at which a file ends; of Parquet a multiple of its row groups."""
        size = int(self.options.get("maxfilesize", Decimal("6.2") * 1024) * MB)
        return max(size // self.group_bytes, 1) * self.group_bytes if self.format == "parquet" else size

    @property
    def group_bytes(self) -> int:
        """The size of a row group of Parquet."""
        return int(self.options.get("rowgroupsize", 32) * MB)

    @property
    def extension(self) -> str:
        """The end of the files' names."""
        if "extension" in self.options:
            return "." + str(self.options["extension"]).removeprefix(".")
        return ".parquet" if self.format == "parquet" else EXTENSIONS.get(self.options.compression, "")

    @property
    def codec(self) -> str:
        """How the pages of Parquet are compressed."""
        return "snappy"

    def address(self, folder: str, part: int) -> str:
        """The address of a file of a partition's folder: the parts count from 0."""
        numbers = f"0000_part_{part:02d}" if self.parallel else f"{part:03d}"
        return f"{self.prefix}{folder}{numbers}{self.extension}"


def parse_unload(sql: str) -> Unload:
    """Read `unload ('select ...') to 's3://...' authorization options`."""
    read = reader(sql)
    read.expect("unload")
    read.expect("(")
    if read.next.kind == "dollar":
        mark = read.take().text
        query = mark[mark.index("$", 1) + 1 : mark.rindex("$", 0, -1)]
    else:
        query = read.string()
    read.expect(")")
    read.expect("to")
    position = read.next.start
    target = read.string()
    if not target.startswith(("s3://", "file://")):
        raise SqlError("UNLOAD writes to an s3:// address", sql=read.sql, position=position)
    unload = Unload(query, target, parse(read, "UNLOAD", sql, _OPTIONS))
    _check(unload)
    check_limit(unload.query, "UNLOAD")
    return unload


def _check(unload: Unload) -> None:
    """Raise for options that Redshift does not take together, or not with these values."""
    options = unload.options
    formats = [f for f in FORMATS if f in options]
    for name, others in _NOT_WITH.items():
        options.together(name, others)
    for name, other in _UNKNOWN:
        if name in options and other in options:
            options.refuse(other, f"{other.upper()} with {name.upper()} in UNLOAD")
    if len(formats) > 1:
        options.wrong(formats[1], f"UNLOAD takes one format, not {formats[0].upper()} and {formats[1].upper()}")
    if "lzop" in options:
        options.wrong("lzop", "UNLOAD has no compression LZOP")
    if len(unload.delimiter) != 1 or not unload.delimiter.isascii() or unload.delimiter == "\n":
        options.wrong("delimiter", "a delimiter is one ASCII character")
    if not 5 <= options.get("maxfilesize", 5) <= Decimal("6.2") * 1024:
        options.wrong("maxfilesize", "MAXFILESIZE is 5 MB to 6.2 GB")
    if "rowgroupsize" in options and unload.format != "parquet":
        options.wrong("rowgroupsize", "ROWGROUPSIZE goes with PARQUET")
    size = options.get("rowgroupsize", Decimal(32))
    if not 32 <= size <= 128 or size != int(size):
        options.wrong("rowgroupsize", "ROWGROUPSIZE is a whole number from 32 to 128 MB")
    if unload.format == "parquet" and "master_symmetric_key" in options.authorization.given:
        options.wrong("master_symmetric_key", "PARQUET is encrypted by KMS_KEY_ID only")


def check_limit(query: str, statement: str) -> None:
    """Raise for a LIMIT or TOP of the outer query."""
    depth = 0
    for token in tokens(query):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.kind == "word" and token.text.lower() in ("limit", "top"):
            raise SqlError(
                f"the outer query of {statement} can't have {token.text.upper()}",
                sql=query,
                position=token.start,
                hint="put it into a subquery: select * from (select ... limit 10)",
            )


def fixed_widths(unload: Unload, columns: list[tuple[str, Type]]) -> list[int]:
    """The width of each column of FIXEDWIDTH, in characters."""
    written = unload.options["fixedwidth"]
    if not re.fullmatch(r"\s*[^:,]+:\s*[1-9]\d*\s*(,[^:,]+:\s*[1-9]\d*\s*)*", written):
        unload.options.wrong("fixedwidth", "FIXEDWIDTH is written 'label:width, label:width, ...'")
    widths = [int(part.split(":")[1]) for part in written.split(",")]
    if len(widths) != len(columns):
        unload.options.wrong("fixedwidth", f"FIXEDWIDTH has {len(widths)} widths for {len(columns)} columns")
    return widths
