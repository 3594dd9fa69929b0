"""SHA2 of each length.

Source: FIPS 180-4; Redshift Developer Guide, SHA2.
"""

from __future__ import annotations

import hashlib

_LENGTHS = {0: "sha256", 224: "sha224", 256: "sha256", 384: "sha384", 512: "sha512"}


def sha2(data: bytes, bits: int) -> str:
    """The digest in hexadecimal digits; empty for a number of bits that there is not."""
    name = _LENGTHS.get(bits)
    return hashlib.new(name, data).hexdigest() if name else ""
