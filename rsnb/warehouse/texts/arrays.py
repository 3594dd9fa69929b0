"""ARRAY_FLATTEN: the elements of an array and of those in it.

Source: Redshift Developer Guide, "Functions" of "Operators and functions" for SUPER.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\[\]{}:,"\s]+')


def flattened(text: str) -> str | None:
    """The JSON array of all elements of a JSON array and of the arrays in it, not of those in objects; else None."""
    if not text.startswith("["):
        return None
    elements, element, depth = [], "", 0
    for piece in _PIECE.findall(text):
        if depth == 0 and piece in "[],":
            elements.append(element)
            element = ""
        else:
            depth += (piece == "{") - (piece == "}")
            element += piece
    return f"[{','.join(filter(None, elements))}]"
