"""STRTOL: a text as a whole number in a base.

Source: Redshift Developer Guide, STRTOL.
"""

from __future__ import annotations

import re

from rsnb.errors import SqlError

_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?)(0x)?([0-9a-z]+)", re.IGNORECASE | re.ASCII)


def strtol(text: str, base: int) -> int:
    """The number that a text spells in a base from 2 to 36; a prefix 0x is allowed in base 16. No text is 0."""
    if not 2 <= base <= 36:
        raise SqlError(f"STRTOL takes a base from 2 to 36, not {base}")
    if not text or text[0] == "\0":
        return 0
    match = _NUMBER.fullmatch(text)
    prefix = "" if match is None or base == 16 else match[2] or ""
    try:
        number = int(f"{match[1]}0{prefix}{match[3]}" if match else "", base)
    except ValueError:
        raise SqlError(f"{text!r} is not a number in base {base}") from None
    if not -(2**63) <= number < 2**63:
        raise SqlError(f"{text!r} is out of range for bigint")
    return number
