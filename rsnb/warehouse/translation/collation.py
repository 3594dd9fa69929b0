"""The function COLLATE: a text as case_sensitive, which all are here, or compared without regard to case.

Source: Redshift Developer Guide, "COLLATE function", "CREATE DATABASE" (database collation).
How letters that are not ASCII compare, and in which order, is not documented: case_insensitive stands beside
`=` or `<>` and an ASCII literal, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.translation import coercion, operators
from rsnb.warehouse.translation.binder import Binder
from rsnb.warehouse.translation.parse import called
from rsnb.warehouse.translation.reasons import Refused
from rsnb.warehouse.translation.typed import BOOL, Typed, call

if TYPE_CHECKING:
    from sqlglot import exp

SENSITIVE, INSENSITIVE = ("case_sensitive", "cs"), ("case_insensitive", "ci")


def compared(b: Binder, node: exp.Expr) -> Typed | None:
    """`collate(text, 'case_insensitive')` beside a literal; None for any other comparison."""
    from sqlglot import exp

    sides = (node.this, node.expression)
    if not isinstance(node, (exp.EQ, exp.NEQ)) or not any(_caseless(side) for side in sides):
        return None
    values = [coercion.coerce(b.visit(s.expressions[0]), "text") if _caseless(s) else b.visit(s) for s in sides]
    if not any(v.literal is not None and v.literal.isascii() for v in values):
        raise Refused("COLLATE CASE_INSENSITIVE beside other than an ASCII literal")
    if any(v.short not in ("varchar", "bpchar", "unknown") for v in values):
        raise Refused("COLLATE of other than a text (cast it)")
    left, right = operators.comparable(values)
    node.set("this", call("lower", left))
    node.set("expression", call("lower", right))
    return Typed(node, BOOL)


def _caseless(node: exp.Expr) -> bool:
    from sqlglot import exp

    if not isinstance(node, exp.Anonymous) or called(node)[0] != "collate" or len(node.expressions) != 2:
        return False
    name = node.expressions[1]
    return bool(name.is_string) and str(name.this) in INSENSITIVE
