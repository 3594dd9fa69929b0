"""Common table expressions that name themselves: the types of their columns.

DuckDB gives a column the type that it has in the first query, and would cut off or round what the second one makes.
Source: Redshift Developer Guide, "WITH clause"; what Redshift makes of two queries whose types differ is not
documented. Here a column of both is as wide as it has to be where no value depends on that, else it is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import Type, named
from rsnb.warehouse.translation import sources
from rsnb.warehouse.translation.binder import place
from rsnb.warehouse.translation.blanks import untraced
from rsnb.warehouse.translation.casts import cast
from rsnb.warehouse.translation.numbers import DIGITS
from rsnb.warehouse.translation.outputs import retype
from rsnb.warehouse.translation.reasons import Refused, raised
from rsnb.warehouse.translation.scope import Outputs
from rsnb.warehouse.translation.typed import INTEGERS, NULL, VARCHAR

if TYPE_CHECKING:
    from sqlglot import exp

    from rsnb.warehouse.translation.statement import Statement


def bind(s: Statement, cte: exp.Expr) -> Outputs:
    """Bind a common table expression of WITH RECURSIVE; its columns."""
    from sqlglot import exp

    body = cte.this
    if not isinstance(body, exp.Union):
        return s.subquery(body)
    if not any(table.name == cte.alias and not table.db for table in body.expression.find_all(exp.Table)):
        columns = s.subquery(body)
        alias = exp.TableAlias(this=exp.to_identifier("rsnb_rows"))  # DuckDB would take a bare UNION for a recursion
        cte.set("this", exp.select("*").from_(exp.Subquery(this=body, alias=alias)))
        return columns
    first = s.columns_of(body.this.copy())
    columns = _meeting(s, cte, [(name, _beginning(kind)) for name, kind in first])
    s.see(cte, columns)
    s.subquery(body)
    retype(body.this, first, [kind for _, kind in columns], cast)
    return columns


def _meeting(s: Statement, cte: exp.Expr, columns: Outputs) -> Outputs:
    """The columns with types that hold what both queries make, from those of the first query."""
    query = cte.this.expression
    names = list(sources.renamed(s, columns, cte))
    for _ in range(3):
        s.see(cte, columns)
        found = s.columns_of(query.copy())
        if len(found) != len(columns):
            message = f"the queries of a set operation have {len(columns)} and {len(found)} columns"
            raise SqlError(message, sql=s.sql, position=place(query))
        try:
            both = zip(names, columns, found, strict=True)
            wider = [(name, _wider(shown, kind, other)) for shown, (name, kind), (_, other) in both]
        except Refused as why:
            raise raised(why, s.sql, place(query)) from None
        if wider == columns:
            break
        columns = wider
    return columns


def _beginning(kind: Type) -> Type:
    return named("varchar", *kind.args) if kind.short == "unknown" else untraced(kind)


def _wider(name: str, kind: Type, other: Type) -> Type:
    """The type of a column that has one type so far, another in the second query."""
    other = _beginning(other)
    if other in (kind, NULL) or kind.short == "any":
        return kind
    if kind is NULL or other.short == "any":
        return other
    shorts = {kind.short, other.short}
    if shorts <= INTEGERS:
        return named(max(shorts))
    if shorts <= {"bpchar", "varchar"}:
        return VARCHAR
    if shorts == {"numeric"} and kind.args[1] == other.args[1]:
        return named("numeric", DIGITS, kind.args[1])
    if kind.rule is other.rule and shorts <= {"geometry", "geography", "hllsketch", "super", "varbyte"}:
        return max(kind, other, key=lambda t: t.args)
    message = f"a recursive query whose column {name} is {kind} in its first query and {other} in its second"
    raise Refused(f"{message} (cast one of them)")
