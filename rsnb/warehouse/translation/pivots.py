"""PIVOT and UNPIVOT of an item of FROM, as grouped and united queries.

Source: Redshift Developer Guide, "PIVOT and UNPIVOT examples".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.translation import names
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.parse import called
from rsnb.warehouse.translation.reasons import Wrong, raised
from rsnb.warehouse.translation.scope import Outputs

if TYPE_CHECKING:
    from sqlglot import exp

_AGGREGATES = frozenset({"avg", "count", "max", "min", "sum"})


def unfold(b: Binder, item: exp.Expr) -> exp.Expr:
    """The item of FROM with its PIVOT or UNPIVOT as a subquery, put in its place and not yet bound."""
    from sqlglot import exp

    pivots = item.args["pivots"]
    item.set("pivots", None)
    alias = pivots[-1].args.get("alias") or item.args.get("alias")
    if len(pivots) > 1:
        refuse(b, "PIVOT of a PIVOT", item)
    source = exp.Subquery(this=exp.select("*", copy=False).from_(item.copy(), copy=False))
    known = b.columns_of(source.this.copy())
    query = (_unpivoted if pivots[0].args.get("unpivot") else _pivoted)(b, pivots[0], source, known)
    new = exp.Subquery(this=query, alias=alias.copy() if alias is not None else None)
    item.replace(new)
    return new


def _field(b: Binder, pivot: exp.Expr) -> tuple[exp.Expr, list[exp.Expr]]:
    """The column after FOR and the items of its IN."""
    from sqlglot import exp

    fields = pivot.args.get("fields") or []
    if len(fields) != 1 or not isinstance(fields[0], exp.In):
        refuse(b, "this spelling of PIVOT", pivot)
    return fields[0].this, fields[0].expressions


def _pivoted(b: Binder, pivot: exp.Expr, source: exp.Expr, known: Outputs) -> exp.Expr:
    """One row for each group of the columns that PIVOT does not name, one column for each value of IN."""
    from sqlglot import exp

    column, items = _field(b, pivot)
    if len(pivot.expressions) != 1:
        raise raised(Wrong("PIVOT takes one aggregate"), b.sql, place(pivot))
    aggregate = pivot.expressions[0]
    suffix = f"_{aggregate.alias}" if isinstance(aggregate, exp.Alias) else ""
    function = aggregate.unalias()
    if not isinstance(function, exp.Anonymous) or called(function)[0] not in _AGGREGATES:
        refuse(b, "PIVOT of other than AVG, COUNT, MAX, MIN or SUM", pivot)
    if not function.expressions:
        raise raised(Wrong(f"{called(function)[0].upper()} takes an expression"), b.sql, place(function))
    used = {c.name for c in function.find_all(exp.Column)} | {column.name}
    groups = [exp.column(name, quoted=True) for name, _ in known if name not in used]
    outputs: list[exp.Expr] = list(groups)
    for item in items:
        value = item.this if isinstance(item, (exp.Alias, exp.PivotAlias)) else item
        name = item.args["alias"].name if isinstance(item, (exp.Alias, exp.PivotAlias)) else _default_name(value)
        outputs.append(exp.alias_(_only(function, column, value), name + suffix, quoted=True))
    query = exp.select(*outputs, copy=False).from_(source, copy=False)
    return query.group_by(*[g.copy() for g in groups], copy=False) if groups else query


def _only(function: exp.Expr, column: exp.Expr, value: exp.Expr) -> exp.Expr:
    """The aggregate over the rows that have a value in the column."""
    from sqlglot import exp

    null = isinstance(value, exp.Null)
    met = (exp.Is if null else exp.EQ)(this=column.copy(), expression=value.copy())
    new = function.copy()
    argument = new.expressions[0]
    inner = exp.Literal.number(1) if isinstance(argument, exp.Star) else argument
    new.set("expressions", [exp.Case(ifs=[exp.If(this=met, true=inner.copy())])])
    return new


def _default_name(value: exp.Expr) -> str:
    """A constant is its own name."""
    from sqlglot import exp

    if isinstance(value, exp.Null):
        return "null"
    return str(value.name) if isinstance(value, (exp.Literal, exp.Column)) else names.output_name(value)


def _unpivoted(b: Binder, pivot: exp.Expr, source: exp.Expr, known: Outputs) -> exp.Expr:
    """One row for each column of IN: the other columns, the column's name, its value."""
    from sqlglot import exp

    column, items = _field(b, pivot)
    if len(pivot.expressions) != 1:
        raise raised(Wrong("UNPIVOT takes one value column"), b.sql, place(pivot))
    value_name, name_name = pivot.expressions[0].name, column.name
    taken = {i.this.name if isinstance(i, (exp.Alias, exp.PivotAlias)) else i.name for i in items}
    rest = [name for name, _ in known if name not in taken]
    query: exp.Expr | None = None
    for item in items:
        aliased = isinstance(item, (exp.Alias, exp.PivotAlias))
        read = exp.column((item.this if aliased else item).name, quoted=True)
        shown = item.args["alias"].name if aliased else item.name
        outputs: list[exp.Expr] = [exp.column(n, quoted=True) for n in rest]
        outputs += [
            exp.alias_(exp.Literal.string(shown), name_name, quoted=True),
            exp.alias_(read, value_name, quoted=True),
        ]
        part = exp.select(*outputs, copy=False).from_(source.copy(), copy=False)
        if not pivot.args.get("include_nulls"):
            part = part.where(exp.Not(this=exp.Is(this=read.copy(), expression=exp.Null())), copy=False)
        query = part if query is None else exp.union(query, part, distinct=False, copy=False)
    if query is None:
        refuse(b, "UNPIVOT without columns", pivot)
    return query
