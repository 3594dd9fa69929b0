"""Time zones as Redshift names them: names, abbreviations, POSIX-style offsets.

A name follows its seasons (the engine's copy of the IANA database does it), an abbreviation and a POSIX-style
offset are fixed. Source: Redshift Developer Guide, CONVERT_TIMEZONE, "Appendix: Time zone names and abbreviations";
the offsets of the abbreviations are PostgreSQL 8.0's.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Zone(NamedTuple):
    """A time zone: a name of the IANA database, or seconds east of UTC where the name is empty."""

    name: str = ""
    offset: int = 0


def _offsets(text: str) -> dict[str, int]:
    """Seconds east of UTC by abbreviation, from `PST -8 IST +2:00 ...`."""
    words = text.split()
    return {name: _seconds(offset) for name, offset in zip(words[::2], words[1::2], strict=True)}


def _seconds(text: str) -> int:
    """Seconds of `-8`, `+05:30` or `0530`."""
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    hours, _, rest = digits.partition(":")
    if not rest and len(digits) > 2:
        hours, rest = digits[:-2], digits[-2:]
    minutes, _, seconds = rest.partition(":")
    return sign * (int(hours) * 3600 + int(minutes or 0) * 60 + int(seconds or 0))


STANDARD = _offsets("""
    AEST 10 AKST -9 AST -4 AWST 8 CET 1 CST -6 EAT 3 EET 2 EST -5 GMT 0 HST -10 IST 2 JST 9 KST 9 MET 1 MEZ 1 MSK 3
    MST -7 NST -3:30 NZST 12 NZT 12 PST -8 SAST 2 UCT 0 UT 0 UTC 0 WET 0 Z 0 ZULU 0
""")
SUMMER = _offsets("""
    ADT -3 AEDT 11 AKDT -8 BST 1 CDT -5 CEST 2 EDT -4 EEST 3 MDT -6 MEST 2 MESZ 2 MSD 4 NDT -2:30 NZDT 13 PDT -7
    WEST 1
""")
ABBREVIATIONS = {**STANDARD, **SUMMER}

# Names without a slash; the engine knows more, which are older than the database and mean something else.
SHORT_NAMES = frozenset(
    {
        "cet", "cst6cdt", "cuba", "eet", "egypt", "eire", "est5edt", "gb", "gb-eire", "gmt+0", "gmt-0", "gmt0",
        "greenwich", "hongkong", "iceland", "iran", "israel", "jamaica", "japan", "kwajalein", "libya", "met",
        "mst7mdt", "navajo", "nz", "nz-chat", "poland", "portugal", "prc", "pst8pdt", "roc", "rok", "singapore",
        "turkey", "universal", "w-su", "wet",
    }
)  # fmt: skip
_POSIX = re.compile(r"([A-Za-z][A-Za-z_/]*)\s*([+-]?\d{1,2}(?::\d{2}){0,2})")
_OFFSET = re.compile(r"[+-]\d{1,2}(?::?\d{2})?(?::\d{2})?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)+")


def zone(text: str) -> Zone | None:
    """The zone of a name, an abbreviation or a POSIX-style offset (west is positive); None for none of these."""
    wanted = text.strip()
    if (offset := ABBREVIATIONS.get(wanted.upper())) is not None:
        return Zone(offset=offset)
    if wanted.lower() in SHORT_NAMES or wanted.lower().startswith("etc/"):
        return Zone(wanted)
    if match := _POSIX.fullmatch(wanted):
        return Zone(offset=-_seconds(match[2]))
    return Zone(wanted) if _NAME.fullmatch(wanted) else None


def offset(text: str) -> Zone | None:
    """The zone of an offset as it stands behind a time: `-08`, `+5:30`, `-0800` (east is positive)."""
    return Zone(offset=_seconds(text)) if _OFFSET.fullmatch(text) else None


_OF_SESSION = {"utc": 0, "gmt": 0, "uct": 0, "z": 0, "zulu": 0, "est": -5, "mst": -7, "hst": -10}


def of_session(text: str) -> str | None:
    """The engine's name of a zone that SET takes: a name, a POSIX-style offset, an offset; no abbreviation."""
    wanted = text.strip()
    if (hours := _OF_SESSION.get(wanted.lower())) is not None:
        return _of_offset(hours * 3600)
    if (fixed := offset(wanted)) is not None:
        return _of_offset(fixed.offset)
    if wanted.lower() in SHORT_NAMES:
        return wanted
    found = None if wanted.upper() in ABBREVIATIONS else zone(wanted)
    return None if found is None else found.name or _of_offset(found.offset)


def _of_offset(seconds: int) -> str | None:
    if not seconds:
        return "UTC"
    minutes = abs(seconds) // 60
    sign = "-" if seconds < 0 else "+"
    return f"GMT{sign}{minutes // 60:02d}:{minutes % 60:02d}" if minutes < 24 * 60 else None


def shown(seconds: int) -> str:
    """An offset from UTC as it is printed: `-08`, `+05:30`."""
    minutes = abs(seconds) // 60
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}"
    return text + (f":{minutes % 60:02d}" if minutes % 60 else "")
