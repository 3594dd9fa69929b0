"""SOUNDEX and DIFFERENCE.

Source: Redshift Developer Guide, SOUNDEX and DIFFERENCE; the code is American Soundex's.
"""

from __future__ import annotations

_CODES = {
    letter: code for code, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1) for letter in letters
}


def soundex(text: str) -> str:
    """The first letter of an ASCII text and three digits for the sounds after it; empty without letters."""
    letters = [c for c in text.lower() if "a" <= c <= "z"]
    if not letters:
        return ""
    code, last = letters[0].upper(), _CODES.get(letters[0])
    for letter in letters[1:]:
        digit = _CODES.get(letter)
        if digit is not None and digit != last:
            code += str(digit)
        if letter not in "hw":  # h and w do not part two letters of one sound
            last = digit
    return code[:4].ljust(4, "0")


def difference(one: str, other: str) -> int:
    """How many of the four characters of two Soundex codes agree."""
    return sum(a == b for a, b in zip(soundex(one), soundex(other), strict=False))
