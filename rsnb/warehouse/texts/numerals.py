"""STRTOL: a text as a whole number in a base.

Source: Redshift Developer Guide, STRTOL.
"""

from __future__ import annotations

from rsnb.errors import SqlError


def strtol(text: str, base: int) -> int:
    """The number that a text spells in a base from 2 to 36; a prefix 0x is allowed in base 16."""
    if not 2 <= base <= 36:
        raise SqlError(f"STRTOL takes a base from 2 to 36, not {base}")
    digits = text.strip()
    try:
        number = int(digits, base) if "_" not in digits else None
    except ValueError:
        number = None
    if number is None:
        raise SqlError(f"{text!r} is not a number in base {base}")
    if not -(2**63) <= number < 2**63:
        raise SqlError(f"{text!r} is out of range for bigint")
    return number
