"""The column names of a result, as Redshift gives them to expressions without an alias.

Source: the examples of the Redshift Developer Guide; the rule is PostgreSQL 8.0's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions import NAMES

if TYPE_CHECKING:
    from sqlglot import exp

UNNAMED = "?column?"


def name_columns(select: exp.Select, written: dict[int, str]) -> None:
    """Give every unnamed output expression of a SELECT Redshift's name for it.

    written: the names of functions as the user wrote them, by id of the node.
    """
    from sqlglot import exp

    named = []
    for item in select.expressions:
        plain = isinstance(item, (exp.Alias, exp.Star, exp.Column))
        named.append(item if plain else exp.alias_(item, output_name(item, written), quoted=True, copy=False))
    select.set("expressions", named)


def output_name(node: exp.Expr, written: dict[int, str]) -> str:
    """The name of one output expression: column, function, cast target, `case` or `?column?`."""
    from sqlglot import exp

    if isinstance(node, (exp.Column, exp.Identifier)):
        return str(node.name)
    if isinstance(node, (exp.Paren, exp.Window)):
        return output_name(node.this, written)
    if isinstance(node, exp.Dot):
        return output_name(node.expression, written)
    if isinstance(node, exp.Cast):
        inner = output_name(node.this, written)
        return inner if inner != UNNAMED else cast_name(node)
    if isinstance(node, exp.Case):
        default = node.args.get("default")
        return str(default.name) if isinstance(default, exp.Column) else "case"
    if isinstance(node, exp.Subquery):
        first = node.selects[0] if node.selects else None
        if first is None:
            return UNNAMED
        return str(first.alias) if isinstance(first, exp.Alias) else output_name(first, written)
    if isinstance(node, exp.Exists):
        return "?column?"
    name = written.get(id(node), UNNAMED)
    return NAMES.get(name, name)


_INTERNAL = {"INT": "int4", "BIGINT": "int8", "SMALLINT": "int2", "DOUBLE": "float8", "FLOAT": "float4",
             "DECIMAL": "numeric", "BOOLEAN": "bool", "VARCHAR": "varchar", "TEXT": "varchar"}  # fmt: skip


def cast_name(node: exp.Cast) -> str:
    """The name that a cast of an unnamed expression gives: its type's internal name."""
    kind = str(node.to.this.name)
    return _INTERNAL.get(kind, kind.lower())
