"""The 32-bit cyclic redundancy check with Castagnoli's polynomial, CRC-32C.

Source: RFC 3720, B.4; the documented value of Redshift's CRC32 says that it is this one.
"""

from __future__ import annotations

_POLYNOMIAL = 0x82F63B78  # reflected


def _table() -> list[int]:
    entries = []
    for entry in range(256):
        for _ in range(8):
            entry = entry >> 1 ^ (_POLYNOMIAL if entry & 1 else 0)
        entries.append(entry)
    return entries


_TABLE = _table()


def crc32c(value: bytes) -> str:
    """The check of some bytes, in hexadecimal digits."""
    state = 0xFFFFFFFF
    for byte in value:
        state = _TABLE[(state ^ byte) & 0xFF] ^ state >> 8
    return f"{state ^ 0xFFFFFFFF:x}"
