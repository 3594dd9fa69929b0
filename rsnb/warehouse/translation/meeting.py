"""The type in which values meet: in comparisons, CASE, COALESCE, IN and UNION.

Source: Redshift Developer Guide, "Type compatibility and conversion".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rsnb.types import VARCHAR_MAX, Type, named
from rsnb.warehouse.translation import blanks, dynamic, temporal
from rsnb.warehouse.translation.casts import CUT, cast, without_blanks
from rsnb.warehouse.translation.reasons import Wrong
from rsnb.warehouse.translation.typed import (
    ANY,
    FLOAT8,
    FLOATS,
    INTERVALS,
    MOMENTS,
    NULL,
    NUMBERS,
    TEXTS,
    TIMES,
    TIMESTAMP,
    TIMESTAMPTZ,
    TIMETZ,
    Typed,
    to,
)


def common(values: Sequence[Typed]) -> tuple[list[Typed], Type]:
    """Values that stand beside each other, as of one type, and that type."""
    kind = common_type([v.type for v in values])
    if kind is ANY or kind is NULL:
        return list(values), kind
    return [_met(v, kind) for v in values], blanks.ending_as(kind, values)


def common_type(kinds: Sequence[Type]) -> Type:
    """The type that values of these types meet in; Wrong when there is none."""
    found: Type | None = None
    for kind in kinds:
        if kind.rule.short == "any":
            return ANY
        if kind.rule.short not in ("null", "unknown"):
            found = kind if found is None else _meeting(found, kind)
    texts = [kind.args[0] for kind in kinds if kind.rule.short == "unknown"]
    return _holding(found or NULL, max(texts)) if texts else found or NULL


def _holding(kind: Type, length: int) -> Type:
    """A type beside a quoted text of a length in bytes: a CHAR that is shorter gives way to a VARCHAR."""
    held = kind.args[0] if kind.rule.short in CUT else 0
    if kind is NULL or (held < length and kind.rule.short in ("bpchar", "varchar")):
        return named("varchar", min(length, VARCHAR_MAX))
    return kind


_ORDER = ("int2", "int4", "int8", "numeric", "float4", "float8")


def _meeting(one: Type, other: Type) -> Type:
    if one == other:
        return one
    a, b = one.rule.short, other.rule.short
    if "super" in (a, b):
        return dynamic.SUPER
    if a in NUMBERS and b in NUMBERS:
        if "numeric" in (a, b) and not {a, b} & FLOATS:
            return _wider(as_numeric(one), as_numeric(other))
        if {a, b} & FLOATS:
            return one if a == b else FLOAT8
        return max(one, other, key=lambda t: _ORDER.index(t.rule.short))
    if a in CUT and b in CUT and "varbyte" not in (a, b):
        return named("varchar" if "varchar" in (a, b) else "bpchar", max(one.args[0], other.args[0]))
    if a in MOMENTS and b in MOMENTS:
        return TIMESTAMPTZ if "timestamptz" in (a, b) else TIMESTAMP
    if a in TIMES and b in TIMES:
        return TIMETZ
    if a in INTERVALS and b in INTERVALS and (a == b or "interval" in (a, b)):
        return temporal.meeting(one, other)
    if a == b:
        return max(one, other, key=lambda t: t.args)
    raise Wrong(f"values of type {one.rule.name} and {other.rule.name} do not go together", "cast one of them")


NUMERIC_OF = {"int2": (5, 0), "int4": (10, 0), "int8": (19, 0)}


def as_numeric(kind: Type) -> Type:
    """The NUMERIC that an integer is beside one."""
    return named("numeric", *NUMERIC_OF[kind.rule.short]) if kind.rule.short in NUMERIC_OF else kind


def _wider(one: Type, other: Type) -> Type:
    scale = max(one.args[1], other.args[1])
    whole = max(one.args[0] - one.args[1], other.args[0] - other.args[1])
    return named("numeric", min(whole + scale, 38), scale)


def _met(value: Typed, kind: Type) -> Typed:
    """A value as of a type that it meets others in; numbers and texts DuckDB brings together by itself."""
    if value.is_quoted and kind.rule.short == "bpchar" and (value.literal or "").endswith(" "):
        return Typed(without_blanks(value), kind)
    if value.is_quoted and kind.rule.short not in TEXTS:
        return cast(value, kind if kind.rule.short != "numeric" else _numeric_literal(value, kind))
    if value.short != kind.rule.short and (value.short in MOMENTS | TIMES or kind is dynamic.SUPER):
        return cast(value, kind)
    return widened(value, kind)


def widened(value: Typed, kind: Type) -> Typed:
    """A REAL as the DOUBLE PRECISION in which it meets another number; DuckDB would make the other one a REAL."""
    return Typed(to(value, FLOAT8), FLOAT8) if value.short == "float4" and kind.rule.short == "float8" else value


def beside(kind: Type, other: Type) -> Type:
    """The type that a value is compared in with one of another type, where that is wider than DuckDB's."""
    shorts = {kind.rule.short, other.rule.short}
    return FLOAT8 if "float4" in shorts and len(shorts) == 2 and shorts <= NUMBERS else kind


def _numeric_literal(value: Typed, kind: Type) -> Type:
    """The NUMERIC that holds a quoted number exactly."""
    match = re.fullmatch(r"\s*[+-]?(\d*)\.?(\d*)\s*", value.literal or "")
    if match is None:
        return kind
    scale = max(len(match[2]), kind.args[1])
    return named("numeric", min(38, max(len(match[1]) + scale, kind.args[0])), scale)
