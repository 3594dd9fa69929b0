"""HyperLogLog: sketches of distinct values, and their cardinality.

Source: Redshift Developer Guide, "HyperLogLog functions"; the bits of a sketch: rsnb/warehouse/texts/murmur.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Call, Refused, Wrong, aggregate, own, taking
from rsnb.warehouse.texts import PREFIX
from rsnb.warehouse.translation import typed
from rsnb.warehouse.translation.typed import INT4, INTEGERS, TEXTS, VARCHAR, sql, to

if TYPE_CHECKING:
    from sqlglot import exp

    from rsnb.warehouse.translation.typed import Typed

_PRINTED = frozenset({"int4", "int8", "varchar", "unknown", "null"})  # types of which sketches are known
_REFUSED = frozenset({"geography", "geometry", "hllsketch", "super"})


def _checked(call: Call) -> Typed:
    """The value that is counted."""
    value = call[0]
    if value.short in ("hllsketch", "geometry"):
        raise Wrong(f"{call.name.upper()} takes no {value.type.rule.name.upper()}")
    if value.short in _REFUSED:
        raise Refused(f"{call.name.upper()} of a {value.type.rule.name} value (cast it)")
    if call.windowed:
        raise Refused(f"{call.name.upper()} OVER (...)")
    return value


def _hll(call: Call) -> exp.Expr:
    """HLL: the exact count of distinct values, which is within its error."""
    value, call.distinct = _checked(call), True
    return call.aggregate("count", value)


def _entry(value: Typed) -> exp.Expr:
    """What a sketch keeps of a value; the hash sees an integer's bytes, or a text's UTF-8."""
    if value.short == "int8":
        return typed.call(f"{PREFIX}sketch_of_bigint", value)
    if value.short in INTEGERS:
        return typed.call(f"{PREFIX}sketch_of_integer", to(value, INT4))
    text = value if value.short in TEXTS else to(value, VARCHAR)
    return typed.call(f"{PREFIX}sketch_of_blob", sql("encode({t})", t=text))


def _create(call: Call) -> exp.Expr:
    """HLL_CREATE_SKETCH; version 0 marks a sketch whose text in Redshift is not known."""
    value, call.distinct = _checked(call), True
    entries = call.aggregate("list", _entry(value))
    return typed.own("sketch", entries, 1 if value.short in _PRINTED else 0)


def _combine(call: Call) -> exp.Expr:
    if call.windowed:
        raise Refused("HLL_COMBINE OVER (...)")
    call.distinct = False
    return typed.own("sketches", call.aggregate("list", call[0]))


FUNCTIONS = {
    "hll": aggregate("any", "int8", _hll),
    "hll_cardinality": taking("sketch", "int8", own("sketch_cardinality")),
    "hll_combine": aggregate("sketch", "hllsketch", _combine),
    "hll_combine_sketches": taking("sketch sketch", "hllsketch", own("sketch_of_two")),
    "hll_create_sketch": aggregate("any", "hllsketch", _create),
}
