"""Messages of the PostgreSQL protocol 3, as Redshift speaks it: what is sent, and what comes back taken apart.

Source: PostgreSQL documentation, "Frontend/Backend Protocol"; for what Redshift adds to a row description,
redshift_connector 2.2.0 (core.Connection.handle_ROW_DESCRIPTION).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

ROW, ROWS_DESCRIBED = b"D", b"T"
COMPLETE, SUSPENDED, READY, ERROR = b"C", b"s", b"Z", b"E"
NOTICE = b"N"
COPY_IN, COPY_OUT = b"G", b"H"

TEXT, BINARY = 0, 1
_FIELD = struct.Struct("!ihihih")


@dataclass(frozen=True)
class Field:
    """A column of a result as the server describes it: its name, its type's number, and the type's modifier."""

    name: str
    oid: int
    modifier: int = -1


def message(tag: bytes, body: bytes = b"") -> bytes:
    """A message as it goes over the wire."""
    return tag + struct.pack("!i", len(body) + 4) + body


SYNC = message(b"S")
DESCRIBE = message(b"D", b"S\0")  # the unnamed statement
COPY_FAIL = message(b"f", b"data is not sent from here\0")


def parse(sql: str) -> bytes:
    """Make the unnamed prepared statement of a text."""
    return message(b"P", b"\0" + sql.encode() + b"\0\0\0")


def bind(formats: Sequence[int]) -> bytes:
    """Make the unnamed portal of it, its result columns in these formats."""
    return message(b"B", b"\0\0" + struct.pack(f"!hhh{len(formats)}h", 0, 0, len(formats), *formats))


def execute(limit: int = 0) -> bytes:
    """Run the unnamed portal, for so many rows at most; 0 is all."""
    return message(b"E", b"\0" + struct.pack("!i", limit))


def fields(body: bytes, protocol: int) -> tuple[Field, ...]:
    """The columns of a row description; from protocol 1 on each has more names and flags behind it."""
    (count,) = struct.unpack_from("!h", body)
    found, at = [], 2
    for _ in range(count):
        end = body.index(b"\0", at)
        _, _, oid, _, modifier, _ = _FIELD.unpack_from(body, end + 1)
        found.append(Field(body[at:end].decode(errors="replace"), oid, modifier))
        at = end + 1 + _FIELD.size
        if protocol >= 1:
            for _ in range(4):  # schema, table, column, catalog
                at = body.index(b"\0", at) + 1
            at += 2
    return tuple(found)


def said(body: bytes) -> dict[str, str]:
    """The parts of an error or a notice by their letter: C code, M message, D detail, H hint, P position …"""
    parts = (part.decode(errors="replace") for part in body.split(b"\0") if part)
    return {part[0]: part[1:] for part in parts}


def values(body: bytes) -> tuple[str | None, ...]:
    """The values of a row that was asked for as text."""
    (count,) = struct.unpack_from("!h", body)
    found: list[str | None] = []
    at = 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, at)
        at += 4
        found.append(None if length < 0 else body[at : at + length].decode(errors="replace"))
        at += max(length, 0)
    return tuple(found)
