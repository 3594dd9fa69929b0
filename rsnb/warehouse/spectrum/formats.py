"""File formats and SerDes: what is read, with which properties, and what is refused and why.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE; "Creating data files for queries in Amazon Redshift
Spectrum"; the SerDes' own documentation for their properties.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

_HIVE = "org.apache.hadoop.hive"


@dataclass(frozen=True)
class FileFormat:
    """A file format of STORED AS: the classes of the data catalog that stand for it."""

    name: str
    input: str
    output: str
    serde: str


TEXTFILE = FileFormat(
    "textfile",
    "org.apache.hadoop.mapred.TextInputFormat",
    f"{_HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat",
    f"{_HIVE}.serde2.lazy.LazySimpleSerDe",
)
PARQUET = FileFormat(
    "parquet",
    f"{_HIVE}.ql.io.parquet.MapredParquetInputFormat",
    f"{_HIVE}.ql.io.parquet.MapredParquetOutputFormat",
    f"{_HIVE}.ql.io.parquet.serde.ParquetHiveSerDe",
)
ORC = FileFormat(
    "orc",
    f"{_HIVE}.ql.io.orc.OrcInputFormat",
    f"{_HIVE}.ql.io.orc.OrcOutputFormat",
    f"{_HIVE}.ql.io.orc.OrcSerde",
)
AVRO = FileFormat(
    "avro",
    f"{_HIVE}.ql.io.avro.AvroContainerInputFormat",
    f"{_HIVE}.ql.io.avro.AvroContainerOutputFormat",
    f"{_HIVE}.serde2.avro.AvroSerDe",
)
FILE_FORMATS = {f.name: f for f in (TEXTFILE, PARQUET, ORC, AVRO)}
OF_INPUT = {f.input: f for f in FILE_FORMATS.values()}
SYMLINKS = f"{_HIVE}.ql.io.SymlinkTextInputFormat"  # a file that lists files: a manifest of Delta Lake's

REFUSED_FORMATS = {
    "rcfile": "there is no reader of RCFILE here",
    "sequencefile": "there is no reader of SEQUENCEFILE here",
    "ion": "there is no reader of Amazon Ion here",
}
REFUSED_INPUTS = {
    "com.amazon.ionhiveserde.formats.IonInputFormat": "there is no reader of Amazon Ion here",
    "org.apache.hudi.hadoop.HoodieParquetInputFormat": "a Hudi table's timeline is not read here",
    f"{_HIVE}.ql.io.RCFileInputFormat": "there is no reader of RCFILE here",
    "org.apache.hadoop.mapred.SequenceFileInputFormat": "there is no reader of SEQUENCEFILE here",
}

Check = Callable[[str], bool]


def any_value(value: str) -> bool:
    """Whether a property may have a value: any will do."""
    return True


def one_of(*values: str) -> Check:
    """Whether a property has one of these values, in any case."""
    return lambda value: value.lower() in values


def _is_json(value: str) -> bool:
    try:
        return isinstance(json.loads(value.replace('\\"', '"')), dict)
    except ValueError:
        return False


_TRUTH = one_of("true", "false")
_MARK: Check = lambda value: len(character(value)) == 1  # noqa: E731


@dataclass(frozen=True)
class SerDe:
    """A class that reads rows: how, and the properties that it takes, each with a check of its value."""

    reader: str
    properties: dict[str, Check]
    prefixes: tuple[str, ...] = ()


_JSON: dict[str, Check] = {
    "case.insensitive": _TRUTH,
    "dots.in.keys": _TRUTH,
    "ignore.malformed.json": one_of("false"),
    "strip.outer.array": _TRUTH,
}
_ORC_AND_PARQUET: dict[str, Check] = {"serialization.format": any_value}
SERDES = {
    TEXTFILE.serde: SerDe(
        "text",
        {
            "colelction.delim": any_value,  # as Hive spells it; there are no collections in text files
            "collection.delim": any_value,
            "escape.delim": _MARK,
            "field.delim": _MARK,
            "line.delim": lambda value: character(value) == "\n",
            "mapkey.delim": any_value,
            "serialization.format": any_value,
            "serialization.null.format": any_value,
        },
    ),
    f"{_HIVE}.serde2.OpenCSVSerde": SerDe(
        "csv", {"escapeChar": _MARK, "quoteChar": _MARK, "separatorChar": _MARK, "wholeFile": _TRUTH}
    ),
    f"{_HIVE}.serde2.RegexSerDe": SerDe(
        "regex",
        {
            "input.regex": any_value,
            "input.regex.case.insensitive": _TRUTH,
            "output.format.string": any_value,  # says how rows are written, which is not done
            "serialization.format": any_value,
        },
    ),
    "org.openx.data.jsonserde.JsonSerDe": SerDe("json", _JSON, ("mapping.",)),
    "org.apache.hive.hcatalog.data.JsonSerDe": SerDe("json", {"ignore.malformed.json": one_of("false")}),
    PARQUET.serde: SerDe("parquet", _ORC_AND_PARQUET),
    ORC.serde: SerDe("orc", _ORC_AND_PARQUET),
    AVRO.serde: SerDe("avro", {"avro.schema.literal": _is_json, "serialization.format": any_value}),
}
REFUSED_SERDES = {
    "com.amazon.ionhiveserde.IonHiveSerDe": "there is no reader of Amazon Ion here",
    "com.amazonaws.glue.serde.GrokSerDe": "Grok's patterns are not read here: write the row as a RegexSerDe pattern",
    f"{_HIVE}.serde2.columnar.ColumnarSerDe": "there is no reader of RCFILE here",
    f"{_HIVE}.serde2.lazybinary.LazyBinarySerDe": "there is no reader of SEQUENCEFILE here",
}


def reader_of(serde: str) -> str:
    """How the rows of a SerDe are read."""
    return SERDES[serde].reader


_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\A": "\x01", "\\\\": "\\"}
_OCTAL = re.compile(r"\\[01]?[0-7]{1,2}")


def character(text: str) -> str:
    """The character that a delimiter's text stands for: itself, `\\t`, or an octal code up to `\\177`."""
    if _OCTAL.fullmatch(text):
        return chr(int(text[1:], 8))
    if re.fullmatch(r"\\u[0-9A-Fa-f]{4}", text):
        return chr(int(text[2:], 16))
    return _ESCAPES.get(text, text)
