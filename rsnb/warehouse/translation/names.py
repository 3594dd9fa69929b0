"""The column names of a result, as Redshift gives them to expressions without an alias.

Source: the examples of the Redshift Developer Guide; the rule is PostgreSQL 8.0's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import parse as parse_type
from rsnb.warehouse.functions import FUNCTIONS
from rsnb.warehouse.translation import calls, strictness
from rsnb.warehouse.translation.parse import called
from rsnb.warehouse.translation.typed import INTERVALS

if TYPE_CHECKING:
    from sqlglot import exp

UNNAMED = "?column?"


def output_name(node: exp.Expr) -> str:
    """The name of one output expression: alias, column, function, cast target, `case` or `?column?`."""
    from sqlglot import exp

    if isinstance(node, exp.Alias):
        return str(node.alias)
    if isinstance(node, (exp.Column, exp.Identifier)):
        return str(node.name)
    around = (exp.Bracket, exp.Filter, exp.IgnoreNulls, exp.Paren, exp.RespectNulls, exp.Window, exp.WithinGroup)
    if isinstance(node, around):
        return output_name(node.this)
    if isinstance(node, exp.Dot):
        return output_name(node.expression)
    if isinstance(node, exp.Cast):  # the name of what is cast comes before the type's, but a CASE has none
        inner = node.this
        while isinstance(inner, (exp.Cast, exp.Paren)):
            inner = inner.this
        name = UNNAMED if isinstance(inner, exp.Case) or _is_interval(inner) else output_name(inner)
        return _type_name(node) if name == UNNAMED else name
    if isinstance(node, exp.Case):
        default = node.args.get("default")
        return str(default.name) if isinstance(default, exp.Column) else "case"
    if isinstance(node, exp.Subquery):
        first = node.selects[0] if node.selects else None
        return UNNAMED if first is None else output_name(first)
    if isinstance(node, exp.AtTimeZone) and isinstance(node.this, exp.Cast):  # the type that it gives
        return {"timestamp": "timestamptz", "timestamptz": "timestamp"}.get(_type_name(node.this), "timezone")
    name = called(node)[0] if isinstance(node, exp.Anonymous) else calls.syntax_name(node)
    if not name:
        return UNNAMED
    function = FUNCTIONS.get(name)
    return function.column or name if function is not None else name


def _is_interval(node: exp.Expr) -> bool:
    """Whether a node is an interval literal."""
    from sqlglot import exp

    return isinstance(node, exp.Anonymous) and called(node)[0] in INTERVALS


def _type_name(node: exp.Cast) -> str:
    """The name that a cast of an unnamed expression gives: its type's internal name."""
    try:
        return parse_type(strictness.type_name(node.args["to"])).short
    except SqlError:
        return UNNAMED
