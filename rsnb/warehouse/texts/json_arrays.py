"""Functions of SUPER arrays and of attribute names, over JSON texts; NULL is an element like any other.

Elements are equal as SUPER values are. Where Redshift guarantees no order, it is that of the arguments.
Source: Redshift Developer Guide, "Array functions", "Object functions".
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.texts.json_texts import PIECE, canonical, parts, repeats

_NULL = "null"


def distinct(array: str) -> str:
    """ARRAY_DISTINCT."""
    return _joined(list(_unique(_elements(array)).values()))


def union(one: str, other: str) -> str:
    """ARRAY_UNION."""
    return _joined(list(_unique(_elements(one) + _elements(other)).values()))


def intersection(one: str, other: str, once: bool) -> str:
    """ARRAY_INTERSECTION: each element as often as in the array that has it less often, or once."""
    left, right = _elements(one), _elements(other)
    _unique(left + right)
    rest = Counter(canonical(e) for e in right)
    return _joined([e for e in (list(_unique(left).values()) if once else left) if _take(rest, canonical(e))])


def difference(one: str, other: str, once: bool) -> str:
    """ARRAY_EXCEPT: the elements that the other array has less often, or not at all."""
    left, rest = _elements(one), Counter(canonical(e) for e in _elements(other))
    unique = _unique(left)
    if once:
        return _joined([element for key, element in unique.items() if key not in rest])
    return _joined([e for e in left if not _take(rest, canonical(e))])


def overlap(one: str, other: str) -> bool:
    """ARRAYS_OVERLAP."""
    return not {canonical(e) for e in _elements(one)}.isdisjoint(map(canonical, _elements(other)))


def positions(array: str, value: str, null_match: bool) -> str | None:
    """ARRAY_POSITIONS: where a value is, from 0; without null_match NULL is a value that is not known."""
    elements, wanted = _elements(array), canonical(value)
    found = [str(at) for at, e in enumerate(elements) if canonical(e) == wanted]
    if not null_match and (value == _NULL or (not found and _NULL in elements)):
        return None
    return _joined(found)


def ordered(array: str, ascending: bool, nulls_first: bool) -> str:
    """ARRAY_SORT: by dynamic type, then by value."""
    elements = _elements(array)
    present = [e for e in elements if e != _NULL]
    _unique(present)
    ranked = sorted(((_rank(e), e) for e in present), key=lambda pair: pair[0])
    for (before, one), (after, other) in pairwise(ranked):
        _check_order(before, one, after, other)
    found = [e for _, e in ranked]
    nulls = [_NULL] * (len(elements) - len(present))
    found = found if ascending else found[::-1]
    return _joined(nulls + found if nulls_first else found + nulls)


def _rank(element: str) -> tuple[int, Any]:
    """What an element is ordered by."""
    match element[0]:
        case "t" | "f":
            return 1, element == "true"
        case '"':
            return 3, str(json.loads(element)).rstrip(" ")
        case "[" | "{":
            return 4 + (element[0] == "{"), 0
    return 2, Decimal(element)


def _check_order(before: tuple[int, Any], one: str, after: tuple[int, Any], other: str) -> None:
    """Raise where the order of two neighbours is not known: as in ORDER BY over SUPER values."""
    if before[0] != after[0] or canonical(one) == canonical(other):
        return
    if before[0] > 3:
        raise UnsupportedSql("ARRAY_SORT over several arrays or objects is not supported by the embedded warehouse")
    texts = before[0] == 3
    if texts and not (before[1].lower() < after[1].lower() and before[1].upper() < after[1].upper()):
        raise UnsupportedSql(
            "ARRAY_SORT over strings whose order depends on their case is not supported by the embedded warehouse"
        )


def renamed(text: str, case: str) -> str:
    """LOWER_ATTRIBUTE_NAMES and UPPER_ATTRIBUTE_NAMES, at every depth."""
    pieces = PIECE.findall(text)
    names = [piece.startswith('"') and after == ":" for piece, after in pairwise([*pieces, ""])]
    made = "".join(_cased(piece, case) if is_name else piece for piece, is_name in zip(pieces, names, strict=True))
    if repeats(made):
        raise SqlError("an object has attributes whose names differ in case only")
    return made


def _cased(name: str, case: str) -> str:
    """A quoted name in another case; a letter that would become several stays."""
    changed = (c.lower() if case == "lower" else c.upper() for c in json.loads(name))
    letters = (new if len(new) == 1 else old for new, old in zip(changed, json.loads(name), strict=True))
    return json.dumps("".join(letters), ensure_ascii=False)


def _elements(array: str) -> list[str]:
    if not array.startswith("["):
        raise UnsupportedSql(
            "a function of arrays over a SUPER value that is none is not supported by the embedded warehouse"
        )
    return parts(array)


def _unique(elements: list[str]) -> dict[str, str]:
    """Each element once; which of two that are equal and written differently would stay is not known."""
    found: dict[str, str] = {}
    for element in elements:
        if found.setdefault(canonical(element), element) != element:
            raise UnsupportedSql(
                "an array with equal elements that are written differently (1 and 1.0) is not supported by the "
                "embedded warehouse"
            )
    return found


def _take(rest: Counter[str], key: str) -> bool:
    """Whether an element is left; it is taken away."""
    rest[key] -= 1
    return rest[key] >= 0


def _joined(elements: list[str]) -> str:
    return f"[{','.join(elements)}]"
