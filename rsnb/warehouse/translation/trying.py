"""TRY_CAST: NULL where CAST would be an error.

Source: Redshift Developer Guide, TRY_CAST.
"""

from __future__ import annotations

from rsnb.types import Type
from rsnb.warehouse.translation import temporal
from rsnb.warehouse.translation.casts import cast, group
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import MOMENTS, TIMES, Typed, own, to, try_to

_NUMERIC = ("int", "numeric", "float")
_TEXTS_OF = {  # texts that a cast reads, as a regular expression
    "numeric": r"[^_]*",
    "int": r"\s*[+-]?[0-9]+\s*",
    "bool": r"(?i)\s*(t|true|y|yes|1|f|false|n|no|0)\s*",
}


def tried(value: Typed, kind: Type) -> Typed:
    """The value as TRY_CAST makes it."""
    from sqlglot import exp

    given, wanted = group(value.type), group(kind)
    if value.literal is not None and wanted not in (*_NUMERIC, "bool"):
        try:
            return cast(value, kind)
        except Wrong:
            return Typed(to(exp.Null(), kind), kind)
    if given == "text" and wanted in MOMENTS | TIMES:
        return temporal.tried_text(value, kind)
    if given == "text" and wanted in _TEXTS_OF:
        return Typed(try_to(own("kept_if", value, _TEXTS_OF[wanted]), kind), kind)
    if (given, wanted) == ("text", "float"):
        return Typed(own(f"try_{kind.short}", value), kind)
    if wanted in _NUMERIC and given in ("text", *_NUMERIC):
        return Typed(try_to(value, kind), kind)
    found = cast(value, kind)  # it may be wrong anyway
    if wanted == "text" or given == "null" or {given, wanted} <= MOMENTS:
        return found
    raise Refused(f"TRY_CAST of a {value.type.rule.name} value to {kind.rule.name}")
