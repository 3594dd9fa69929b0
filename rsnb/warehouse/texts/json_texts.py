"""JSON texts: ARRAY_FLATTEN, attributes that repeat, the one form of equal values.

Source: Redshift Developer Guide, "Operators and functions" and "Configurations for SUPER".
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from rsnb.errors import UnsupportedSql

PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\[\]{}:,"\s]+')


def parts(array: str) -> list[str]:
    """The elements of a JSON array, each as it is written, without blanks."""
    elements, depth = [""], 0
    for piece in PIECE.findall(array)[1:-1]:
        depth += (piece in "[{") - (piece in "]}")
        if piece == "," and not depth:
            elements.append("")
        else:
            elements[-1] += piece
    return elements if elements != [""] else []


def flattened(text: str) -> str | None:
    """The JSON array of all elements of a JSON array and of the arrays in it, not of those in objects; else None."""
    if not text.startswith("["):
        return None
    elements, element, depth = [], "", 0
    for piece in PIECE.findall(text):
        if depth == 0 and piece in "[],":
            elements.append(element)
            element = ""
        else:
            depth += (piece == "{") - (piece == "}")
            element += piece
    return f"[{','.join(filter(None, elements))}]"


_STEP = re.compile(r'\."((?:[^"\\]|\\.)*)"|\[(\d+)\]')


class _Number(str):
    """A number as it is written."""


class _Object(list[tuple[str, Any]]):
    """The attributes of an object as they are written, also those that repeat."""


def written_at(text: str, path: str) -> str:
    """The number, the array or the object at a path of a JSON text, its numbers as they are written there."""
    value = json.loads(text, parse_float=_Number, parse_int=_Number, object_pairs_hook=_Object)
    for step in _STEP.finditer(path):
        name = step[1].replace('\\"', '"') if step[1] is not None else ""
        value = value[int(step[2])] if step[2] else next(found for given, found in value if given == name)
    return _written(value)


def repeats(text: str) -> bool:
    """Whether an object in a JSON text has an attribute twice, which JSON_PARSE refuses."""
    found = False

    def seen(pairs: list[tuple[str, object]]) -> None:
        nonlocal found
        found = found or len({name for name, _ in pairs}) < len(pairs)

    json.loads(text, object_pairs_hook=seen)
    return found


def last_repeated(text: str) -> str:
    """A JSON text with the last of attributes that repeat; what is no JSON stays as it is."""

    def kept(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if list(found) != list(dict(pairs[::-1]))[::-1]:
            raise UnsupportedSql(
                "JSON_PARSE of an attribute that is there twice, with others in between, is not supported by the "
                "embedded warehouse"
            )
        return found

    try:
        value = json.loads(text, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=kept)
    except json.JSONDecodeError:
        return text
    return _written(value)


def _written(value: Any) -> str:
    match value:
        case dict():
            return _written(_Object(value.items()))
        case _Object():
            return "{" + ",".join(f"{_quoted(name)}:{_written(inner)}" for name, inner in value) + "}"
        case _Number():
            return value
        case list():
            return f"[{','.join(map(_written, value))}]"
        case str():
            return _quoted(value)
        case Decimal():
            return str(value)
        case _:
            return json.dumps(value)


def canonical(text: str) -> str:
    """The JSON text that equal values have in common: attributes in order, numbers without zeros at their end."""
    return _canonical(json.loads(text, parse_float=Decimal, parse_int=Decimal))


def _canonical(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{_quoted(name)}:{_canonical(value[name])}" for name in sorted(value)) + "}"
        case list():
            return f"[{','.join(map(_canonical, value))}]"
        case Decimal():
            return f"{value.normalize():f}" if value else "0"
        case str():
            return _quoted(value.rstrip(" "))
        case _:
            return json.dumps(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
