"""Functions of SUPER arrays and of the attributes of SUPER objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Build, Call, taking
from rsnb.warehouse.texts import PREFIX
from rsnb.warehouse.translation import typed
from rsnb.warehouse.translation.coercion import coerce
from rsnb.warehouse.translation.typed import BOOL, INT4, Typed, call, own, sql, to

if TYPE_CHECKING:
    from sqlglot import exp


def _flag(given: Call, at: int, default: bool) -> Typed:
    """An argument that is a truth value, which may be left out."""
    return coerce(given[at], "bool") if len(given) > at else Typed(typed.node(default), BOOL)


def _text(value: Typed) -> exp.Expr:
    return to(value, "VARCHAR")


def _made(name: str, *arguments: object) -> exp.Expr:
    """A SUPER value that a routine makes."""
    return to(call(PREFIX + name, *arguments), "JSON")


def _distinct(given: Call) -> exp.Expr:
    return _made("array_distinct", _text(given[0]))


def _union(given: Call) -> exp.Expr:
    return _made("array_union", _text(given[0]), _text(given[1]))


def _overlap(given: Call) -> exp.Expr:
    return call(f"{PREFIX}array_overlap", _text(given[0]), _text(given[1]))


def _of_sets(name: str) -> Build:
    """ARRAY_EXCEPT and ARRAY_INTERSECTION count elements unless they are to be distinct."""
    return lambda given: _made(name, _text(given[0]), _text(given[1]), _flag(given, 2, False))


def _sort(given: Call) -> exp.Expr:
    """ARRAY_SORT: NULL stands last in ascending order, first in descending order."""
    ascending = _flag(given, 1, True)
    nulls = _flag(given, 2, False) if len(given) > 2 else sql("not {a}", a=ascending)
    return _made("array_sort", _text(given[0]), ascending, nulls)


def _positions(given: Call) -> exp.Expr:
    value = sql("coalesce(cast({v} as varchar), 'null')", v=given[1])
    return _made("array_positions", _text(given[0]), value, _flag(given, 2, True))


def _contains(given: Call) -> exp.Expr:
    return sql("json_array_length({p}) > 0", p=_positions(given))


def _position(given: Call) -> exp.Expr:
    return own("super_first_position", _positions(given))


def _renamed(case: str) -> Build:
    return lambda given: _made("attributes_renamed", _text(given[0]), case)


def _count(given: Call) -> exp.Expr:
    return to(own("super_attributes", given[0]), INT4)


FUNCTIONS = {
    "array_contains": taking("super super [any]", "bool", _contains),
    "array_distinct": taking("super", "super", _distinct),
    "array_except": taking("super super [any]", "super", _of_sets("array_except")),
    "array_intersection": taking("super super [any]", "super", _of_sets("array_intersection")),
    "array_position": taking("super super [any]", "int4", _position),
    "array_positions": taking("super super [any]", "super", _positions),
    "array_sort": taking("super [any] [any]", "super", _sort),
    "array_union": taking("super super", "super", _union),
    "arrays_overlap": taking("super super", "bool", _overlap),
    "get_number_attributes": taking("super", "int4", _count),
    "lower_attribute_names": taking("super", "super", _renamed("lower")),
    "upper_attribute_names": taking("super", "super", _renamed("upper")),
}
