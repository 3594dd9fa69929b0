"""SUPER values where rows are ordered or equal ones are brought together.

ORDER BY goes by dynamic type (boolean, number, string, array, object) and then by value. What Redshift makes of
strings that are ordered otherwise when case is disregarded, or of two arrays or objects, is not known: such rows
raise. Values that are equal but written differently (`1` and `1.0`) raise where one of them would stand for both.
Source: Redshift Developer Guide, "Querying semistructured data" (Order by, Dynamic typing).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.translation import blanks, dynamic
from rsnb.warehouse.translation.dynamic import SUPER
from rsnb.warehouse.translation.outputs import retype
from rsnb.warehouse.translation.reasons import Refused
from rsnb.warehouse.translation.scope import Outputs
from rsnb.warehouse.translation.typed import VARCHAR, Typed, own, sql

if TYPE_CHECKING:
    from sqlglot import exp

_SORTED_BY = ("super_rank", "super_size", "super_digits_of", "super_string")


def key(value: Typed) -> Typed:
    """A text that is the same for equal SUPER values; any other value as it is."""
    return Typed(own("super_key", value), blanks.without_any(VARCHAR)) if value.type == SUPER else value


def sort(query: exp.Expr, item: exp.Expr, value: exp.Expr) -> list[exp.Expr]:
    """An item of ORDER BY over a SUPER value as the items that DuckDB sorts by; the query checks their order."""
    keys = [own(name, value.copy()) for name in _SORTED_BY]
    if not _is_number(value):
        _check_order(query, value, keys)
    items = []
    for node in keys:
        part = item.copy()
        part.set("this", node)
        items.append(part)
    return items


def _is_number(value: exp.Expr) -> bool:
    """Whether a SUPER value is an aggregate of numbers, whose order is known."""
    return value.unnest().name in _OF_NUMBERS


_OF_NUMBERS = ("arg_max", "arg_min", f"{SCHEMA}.own_super_sum")


def _check_order(query: exp.Expr, value: exp.Expr, keys: list[exp.Expr]) -> None:
    """Rows whose order is not known raise."""
    from sqlglot import exp

    window = exp.Window(
        this=exp.Lag(this=value.copy()),
        order=exp.Order(expressions=[exp.Ordered(this=k.copy()) for k in keys]),
        over="OVER",
    )
    _require(query, own("super_in_order", window, value.copy()))


def check_distinct(query: exp.Expr, outputs: Sequence[Typed]) -> None:
    """SELECT DISTINCT of rows that are equal but not written alike raises."""
    from sqlglot import exp

    found = [v for v in outputs if v.type == SUPER]
    keys = [key(Typed(v.node.copy(), v.type)).node for v in outputs]
    for value in found:
        text = sql("cast({v} as varchar)", v=value.node.copy())
        least, most = (
            exp.Window(this=kind(this=text.copy()), partition_by=[k.copy() for k in keys], over="OVER")
            for kind in (exp.Min, exp.Max)
        )
        _require(query, own("super_alike", least, most))


def check_group(value: exp.Expr) -> exp.Expr:
    """A further item of GROUP BY that raises for a value that others written differently could be equal to."""
    return own("super_alone", value.copy())


def check_set(side: exp.Expr, columns: Outputs) -> None:
    """Make a side of a set operation raise for such values, in place."""
    wanted = [VARCHAR if kind == SUPER else kind for _, kind in columns]
    retype(side, columns, wanted, lambda v, _: _alone(v) if v.type == SUPER else v)


def within(node: exp.Expr, values: list[Typed], columns: Outputs) -> None:
    """`value in (query)` where a side == SUPER: both by what equal values have in common, in place."""
    if len(values) > 1:
        raise Refused("a row with a SUPER value beside IN (query) (cast it)")
    value, (name, column) = values[0], columns[0]
    node.set("this", _common(value).node)
    query = node.args["query"]
    retype(
        query.unnest(),
        [(name, column)],
        [VARCHAR if column == SUPER else SUPER],
        lambda v, _: _common(Typed(v.node.copy(), v.type)),
    )


def _common(value: Typed) -> Typed:
    return key(value if value.type == SUPER else dynamic.cast_to(value))


def _alone(value: Typed) -> Typed:
    return Typed(sql("case when rsnb_system.own_super_alone({v}) then {v} end", v=value), SUPER)


def _require(query: exp.Expr, condition: exp.Expr) -> None:
    """Add a condition to QUALIFY."""
    from sqlglot import exp

    before = query.args.get("qualify")
    if before is None:
        query.set("qualify", exp.Qualify(this=condition))
    else:
        before.set("this", exp.and_(before.this, condition, copy=False))
