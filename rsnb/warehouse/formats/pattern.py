"""A pattern as its parts: the keys that it knows, with what stands before and behind them, and the text between.

Source: Redshift Developer Guide, "Datetime format strings", "Numeric format strings"; the way of reading a pattern
is PostgreSQL 8.0's: the longest key that begins at a place, FM before one, TH behind one, texts in double quotes.
"""

from __future__ import annotations

from dataclasses import dataclass

MOMENT_KEYS = (
    "A.D.", "A.M.", "AD", "AM", "B.C.", "BC", "CC", "D", "DAY", "DD", "DDD", "DY", "Day", "Dy", "FX", "HH", "HH12",
    "HH24", "I", "ID", "IDDD", "IW", "IY", "IYY", "IYYY", "J", "MI", "MM", "MON", "MONTH", "MS", "Mon", "Month", "OF",
    "P.M.", "PM", "Q", "RM", "SS", "SSSS", "TZ", "US", "W", "WW", "Y", "Y,YYY", "YY", "YYY", "YYYY",
)  # fmt: skip
NUMBER_KEYS = (",", ".", "0", "9", "B", "C", "CC", "D", "E", "FM", "G", "L", "MI", "PL", "PR", "RN", "S", "SG", "SP",
               "TH", "V")  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A key as it is written, or a text that stands for itself (then key is empty). fill: no FM before it."""

    key: str
    text: str = ""
    fill: bool = True
    ordinal: str = ""  # TH or th

    @property
    def name(self) -> str:
        """The key in upper case."""
        return self.key.upper()


def _longest_first(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*keys, *(key.lower() for key in keys)}, key=len, reverse=True))


_MOMENTS, _NUMBERS = _longest_first(MOMENT_KEYS), _longest_first(NUMBER_KEYS)


def of_moments(pattern: str) -> list[Part]:
    """The parts of a pattern for dates and times."""
    parts: list[Part] = []
    at = 0
    while at < len(pattern):
        fill = pattern[at : at + 2] not in ("FM", "fm")
        at += 0 if fill else 2
        key = _key(pattern, at, _MOMENTS)
        if key:
            at += len(key)
            ordinal = pattern[at : at + 2] if pattern[at : at + 2] in ("TH", "th") else ""
            at += len(ordinal)
            parts.append(Part(key, fill=fill, ordinal=ordinal))
        elif at < len(pattern):
            text, at = _text(pattern, at)
            parts.append(Part("", text))
    return parts


def of_numbers(pattern: str) -> list[Part]:
    """The parts of a pattern for numbers."""
    parts: list[Part] = []
    at = 0
    while at < len(pattern):
        key = _key(pattern, at, _NUMBERS)
        if key:
            at += len(key)
            parts.append(Part(key))
        else:
            text, at = _text(pattern, at)
            parts.append(Part("", text))
    return parts


def _key(pattern: str, at: int, keys: tuple[str, ...]) -> str:
    return next((key for key in keys if pattern.startswith(key, at)), "")


def _text(pattern: str, at: int) -> tuple[str, int]:
    """A character, or what stands in double quotes; the place behind it."""
    if pattern[at] == "\\" and pattern[at + 1 : at + 2] == '"':
        return '"', at + 2
    if pattern[at] != '"':
        return pattern[at], at + 1
    end = pattern.find('"', at + 1)
    end = len(pattern) if end < 0 else end
    return pattern[at + 1 : end], end + 1
