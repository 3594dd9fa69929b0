"""OpenCSV, which knows two ways to write a quote inside quotes: doubled, and after an escape character.

A file with escape characters is read from a copy in which they are resolved. Source: OpenCSVSerde of Hive; opencsv's
CSVParser.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path

from rsnb.lake import LakeFile
from rsnb.warehouse.spectrum import copies
from rsnb.warehouse.spectrum.formats import character


def marks(properties: Mapping[str, str]) -> tuple[str, str, str]:
    """Separator, quote and escape character of a table."""
    given = (properties.get("separatorChar", ","), properties.get("quoteChar", '"'), properties.get("escapeChar", "\\"))
    separator, quote, escape = map(character, given)
    return separator, quote, escape


def without_backslashes(file: LakeFile, packing: str, properties: Mapping[str, str]) -> LakeFile:
    """A file whose quotes inside quotes are all doubled: the file itself, or its copy."""
    separator, quote, escape = marks(properties)
    if quote == escape:
        return file
    packed = packing == "gzip" and file.path.suffix == ".gz"

    def make(file: LakeFile, target: Path) -> bool:
        opened = gzip.open if packed else open
        with opened(file.path, "rb") as source:
            if not any(escape.encode() in block for block in iter(lambda: source.read(copies.BLOCK), b"")):
                return False
        with opened(file.path, "rt", encoding="utf-8", newline="") as source:
            text = source.read()
        with target.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, delimiter=separator, quotechar=quote, lineterminator="\n")
            writer.writerows(records(text, separator, quote, escape))
        return True

    return copies.copied(file, f"opencsv {separator}{quote}{escape}", make)


def records(text: str, separator: str, quote: str, escape: str) -> Iterator[list[str]]:
    """The values of each line. An escape character before anything but a quote or itself falls away."""
    fields, field, quoted, at = [], "", False, 0
    while at < len(text):
        mark, following = text[at], text[at + 1 : at + 2]
        if mark == escape:
            if quoted and following in (quote, escape) and following:
                field += following
                at += 1
        elif mark == quote:
            if quoted and following == quote:
                field += quote
                at += 1
            else:
                quoted = not quoted
        elif mark == separator and not quoted:
            fields.append(field)
            field = ""
        elif mark == "\n" and not quoted:
            yield [*fields, field.removesuffix("\r")]
            fields, field = [], ""
        else:
            field += mark
        at += 1
    if fields or field:
        yield [*fields, field]
