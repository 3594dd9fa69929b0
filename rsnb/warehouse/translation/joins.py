"""Joins: their condition, and the columns that USING and NATURAL make one of two.

DuckDB compares the columns of USING as they are. Where blanks at the end of texts may have to be left out, the join
is written with a condition, and so are the columns that it makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.translation import blanks, conditions, operators
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.dynamic import SUPER
from rsnb.warehouse.translation.meeting import common
from rsnb.warehouse.translation.reasons import Refused, Wrong, raised
from rsnb.warehouse.translation.scope import Merged
from rsnb.warehouse.translation.typed import Typed, call

if TYPE_CHECKING:
    from sqlglot import exp

Pair = tuple[Typed, Typed]  # a column of USING on the left and on the right


def bind(b: Binder, join: exp.Join, before: int) -> None:
    """Bind a join's condition; before: how many sources of the scope stand to its left."""
    if (condition := join.args.get("on")) is not None:
        join.set("on", conditions.truth(b, condition))
    using = _using(b, join, before)
    if not using:
        return
    merged = b.scope.merged
    pairs = {name: _pair(b, join, name, before) for name in using}
    written = any(blanks.is_significant(v.type) for pair in pairs.values() for v in pair)
    written = written or any(name in merged and merged[name].written for name in using)
    try:
        if written:
            _write(join, list(pairs.values()))
        for name, pair in pairs.items():
            merged[name] = Merged(_value(join, *pair), written)
    except (Refused, Wrong) as why:
        raise raised(why, b.sql, place(join)) from None


def _using(b: Binder, join: exp.Join, before: int) -> list[str]:
    """The columns of USING, or those that a NATURAL join finds."""
    from sqlglot import exp

    if str(join.args.get("method") or "").upper() != "NATURAL":
        return [i.name for i in join.args.get("using") or []]
    left = [c for source in b.scope.sources[:before] for c in source.columns if c not in source.hidden]
    right = {c for source in b.scope.sources[before:] for c in source.columns if c not in source.hidden}
    using = list(dict.fromkeys(c for c in left if c in right))
    if using:  # written out: DuckDB would join by the pseudocolumns too
        join.set("method", None)
        join.set("using", [exp.to_identifier(name, quoted=True) for name in using])
    return using


def _pair(b: Binder, join: exp.Join, name: str, before: int) -> Pair:
    from sqlglot import exp

    sides = []
    for side in (b.scope.sources[:before], b.scope.sources[before:]):
        holder = next((source for source in side if name in source.columns), None)
        if holder is None:
            raise SqlError(f"there is no column {name} on both sides of the JOIN", sql=b.sql, position=place(join))
        if holder.columns[name] == SUPER:
            refuse(b, f"a join by the SUPER column {name} (write it with ON)", join)
        sides.append(Typed(exp.column(name, table=holder.name, quoted=True), holder.columns[name]))
    left, right = sides
    return (b.scope.merged[name].value if name in b.scope.merged else left), right


def _write(join: exp.Join, pairs: list[Pair]) -> None:
    """Put a condition in place of USING."""
    from sqlglot import exp

    join.set("using", None)
    equal = []
    for pair in pairs:
        one, other = operators.comparable([Typed(v.node.copy(), v.type) for v in pair])
        equal.append(exp.EQ(this=one.node, expression=other.node))
    join.set("on", exp.and_(*equal, copy=False))


def _value(join: exp.Join, left: Typed, right: Typed) -> Typed:
    """The column that USING makes of two: of the side whose rows are all kept, or of the one that has it."""
    side = str(join.args.get("side") or "").upper()
    if side == "FULL":
        return Typed(call("coalesce", left.node.copy(), right.node.copy()), common([left, right])[1])
    return right if side == "RIGHT" else left
