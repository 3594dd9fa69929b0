"""Avro files as JSON objects, one a line: what COPY does with Avro it does with their JSON representation.

A field is read as its underlying type: a timestamp-millis is the number that TIMEFORMAT 'epochmillisecs' reads.
Source: Redshift Developer Guide, COPY "Data format parameters" (AVRO); Apache Avro, "Object Container Files".
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from rsnb.errors import LoadError

_HEADER = {
    "type": "record",
    "name": "header",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "magic", "size": 4}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "sync", "size": 16}},
    ],
}
_CODECS = ("null", "deflate", "snappy")


def to_json(address: str, source: Path, target: Path) -> None:
    """Write the records of an Avro file as lines of JSON; raises LoadError where it is none, or is cut off."""
    try:
        with open(source, "rb") as file, open(target, "w", encoding="utf-8") as lines:
            for record in records(address, file, None, _underlying)[1]:
                lines.write(json.dumps(record, default=_text, ensure_ascii=False) + "\n")
    except (ValueError, EOFError, IndexError, StopIteration, KeyError, zlib.error) as exc:
        raise LoadError(f"{address} is not a whole Avro file: {exc or 'it ends early'}", hint="copy it again") from exc


def records(
    address: str, file: io.BufferedReader, reading: Any = None, seen_as: Callable[[Any], Any] = lambda schema: schema
) -> tuple[Any, Iterator[Any]]:
    """The schema that a file was written by, and its records, read by `reading` where it is given.

    seen_as: makes of the schema the one to read by. Raises LoadError for what Redshift does not read, or an error of
    Python's where the file is broken.
    """
    import fastavro

    header = _read(file, _HEADER)
    if header["magic"] != b"Obj\x01":
        raise ValueError("it does not begin as one")
    codec = header["meta"].get("avro.codec", b"null").decode()
    if codec not in _CODECS:
        raise LoadError(f"{address}: the codec {codec} is not read", hint=f"write it with {', '.join(_CODECS)}")
    written = json.loads(header["meta"]["avro.schema"])
    if not isinstance(written, dict) or written.get("type") != "record":
        raise LoadError(f"{address}: its schema is not a record", hint="a file of records is read")
    schema = fastavro.parse_schema(seen_as(written))
    return written, _in_blocks(file, codec, header["sync"], schema, reading and fastavro.parse_schema(reading))


def _in_blocks(file: io.BufferedReader, codec: str, sync: bytes, schema: Any, reading: Any) -> Iterator[Any]:
    while file.peek(1):
        count, size = _read(file, "long"), _read(file, "long")
        block = io.BytesIO(_unpacked(file.read(size), codec))
        if file.read(16) != sync:
            raise ValueError("a block has no end")
        for _ in range(count):
            yield _read(block, schema, reading)


def _read(file: BinaryIO | io.BytesIO, schema: Any, reading: Any = None) -> Any:
    import fastavro

    return fastavro.schemaless_reader(file, schema, reading)


def _underlying(schema: Any) -> Any:
    """A schema without its logical types."""
    if isinstance(schema, list):
        return [_underlying(part) for part in schema]
    if isinstance(schema, dict):
        return {key: _underlying(part) for key, part in schema.items() if key != "logicalType"}
    return schema


def _unpacked(block: bytes, codec: str) -> bytes:
    import pyarrow as pa

    if codec == "deflate":
        return zlib.decompress(block, -15)
    if codec == "snappy":  # four bytes of a checksum follow
        return bytes(pa.decompress(block[:-4], _length(block), codec="snappy", asbytes=True))
    return block


def _length(block: bytes) -> int:
    """The length that a snappy block says it unpacks to: a number of seven bits a byte, the lowest first."""
    length = 0
    for i, byte in enumerate(block):
        length |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            break
    return length


def _text(value: bytes) -> str:
    """Bytes as the characters of their codes, as Avro's JSON encoding has them."""
    return value.decode("iso-8859-1")
