"""PostgreSQL's rows as Redshift sends them in the driver's protocols 1 and 2.

Protocol 1 describes columns at more length; in protocol 2 a numeric is a scaled integer of 8 or 16 bytes. Types
that PostgreSQL lacks travel under Redshift's numbers: json as SUPER, bytea as VARBYTE, intervals by their fields.
What this makes of a value is written from the driver's own decoders; it is not Redshift.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from tests.postgres.messages import Message, Splitter

NUMERIC, JSON, BYTEA, INTERVAL = 1700, 114, 17, 1186
SUPER, VARBYTE, YEAR_TO_MONTH, DAY_TO_SECOND = 4000, 6551, 1188, 1190
FIELDS = {0x0006: YEAR_TO_MONTH, 0x1C08: DAY_TO_SECOND}  # of an interval's type modifier


@dataclass
class Column:
    """A column as PostgreSQL describes it."""

    name: bytes
    table: bytes
    oid: int
    size: int
    modifier: int
    format: int

    @property
    def redshift(self) -> int:
        """The type's number at Redshift."""
        if self.oid == INTERVAL:
            return FIELDS.get((self.modifier >> 16) & 0x7FFF, INTERVAL)
        return {JSON: SUPER, BYTEA: VARBYTE}.get(self.oid, self.oid)


class Transcoder:
    """Rewrites what the server says on one connection; it does nothing in protocol 0."""

    def __init__(self, protocol: int) -> None:
        self._protocol = protocol
        self._splitter = Splitter()
        self._columns: list[Column] = []
        self._formats: list[int] = []

    @property
    def idle(self) -> bool:
        """Whether bytes may pass as they are."""
        return self._protocol == 0

    def sent(self, data: bytes) -> None:
        """Note the formats that the client asks for."""
        if self.idle:
            return
        for message in self._splitter.feed(data):
            if message.tag == b"B":
                self._formats = _result_formats(message.body)

    def received(self, message: Message) -> Message:
        """A message of the server, as Redshift would say it."""
        if self.idle:
            return message
        if message.tag == b"T":
            self._columns = _columns(message.body)
            return Message(b"T", _extended(self._columns))
        if message.tag == b"D":
            return Message(b"D", self._row(message.body))
        return message

    def _row(self, body: bytes) -> bytes:
        made, at = [body[:2]], 2
        for i, column in enumerate(self._columns):
            (length,) = struct.unpack_from("!i", body, at)
            at += 4
            if length < 0:
                made.append(struct.pack("!i", -1))
                continue
            binary = self._formats[i if len(self._formats) > 1 else 0] == 1 if self._formats else False
            value = _value(column, body[at : at + length], binary, self._protocol)
            made += [struct.pack("!i", len(value)), value]
            at += length
        return b"".join(made)


def _columns(body: bytes) -> list[Column]:
    (count,) = struct.unpack_from("!h", body)
    columns, at = [], 2
    for _ in range(count):
        end = body.index(b"\0", at)
        table = body[end + 1 : end + 7]
        oid, size, modifier, form = struct.unpack_from("!ihih", body, end + 7)
        columns.append(Column(body[at:end], table, oid, size, modifier, form))
        at = end + 19
    return columns


def _extended(columns: list[Column]) -> bytes:
    """Each field with schema, table, column and catalog name and its flags."""
    made = [struct.pack("!h", len(columns))]
    for c in columns:
        made += [c.name, b"\0", c.table, struct.pack("!ihih", c.redshift, c.size, c.modifier, c.format)]
        made += [b"public\0", b"t\0", c.name, b"\0", b"dev\0", struct.pack("!h", 1)]
    return b"".join(made)


def _result_formats(body: bytes) -> list[int]:
    """The result formats of a Bind without parameters."""
    at = body.index(b"\0", body.index(b"\0") + 1) + 1
    formats, parameters = struct.unpack_from("!hh", body, at)
    assert formats == parameters == 0
    (count,) = struct.unpack_from("!h", body, at + 4)
    return list(struct.unpack_from(f"!{count}h", body, at + 6))


def _value(column: Column, value: bytes, binary: bool, protocol: int) -> bytes:
    if binary and column.oid == NUMERIC and protocol == 2:
        return scaled(value, column.modifier)
    if not binary and column.oid == BYTEA:
        return value.removeprefix(b"\\x")
    if binary and column.redshift == YEAR_TO_MONTH:
        return value[12:16]
    if binary and column.redshift == DAY_TO_SECOND:
        microseconds, days, _ = struct.unpack("!qii", value)
        return struct.pack("!q", microseconds + days * 86_400_000_000)
    return value


def scaled(value: bytes, modifier: int) -> bytes:
    """PostgreSQL's binary numeric as Redshift's: the digits as an integer, in 8 bytes up to 18 digits, else in 16."""
    precision, scale = (modifier - 4) >> 16, (modifier - 4) & 0xFFFF
    count, weight, sign, _ = struct.unpack_from("!hhHh", value)
    whole = 0
    for digit in struct.unpack_from(f"!{count}h", value, 8):
        whole = whole * 10_000 + digit
    shift = scale + 4 * (weight - count + 1)
    whole = whole * 10**shift if shift >= 0 else whole // 10**-shift
    return (-whole if sign == 0x4000 else whole).to_bytes(8 if precision <= 18 else 16, "big", signed=True)
