"""What Redshift asks of a recursive common table expression.

Source: Redshift Developer Guide, "WITH clause", recursive common table expressions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError

if TYPE_CHECKING:
    from sqlglot import exp


def check(tree: exp.Expr, sql: str) -> None:
    """Raise SqlError for a recursive common table expression that is not one of Redshift's."""
    from sqlglot import exp

    for with_ in tree.find_all(exp.With):
        if not with_.args.get("recursive"):
            continue
        for cte in with_.expressions:
            if not _names(cte.this, cte.alias):
                continue
            found = _fault(cte) or _fault_of_place(with_)
            if found is not None:
                at = cte.args["alias"].this.meta.get("start")
                raise SqlError(f"the recursive {cte.alias} {found[0]}", sql=sql, position=at, hint=found[1])


def _fault(cte: exp.CTE) -> tuple[str, str] | None:
    """What is wrong with it, and what to write."""
    from sqlglot import exp

    name, body = cte.alias, cte.this
    union = f"write with recursive {name}(a, b) as (select ... union all select ... from {name} where ...)"
    if not cte.args["alias"].columns:
        return "names no columns", union
    if not isinstance(body, exp.Union) or body.args.get("distinct"):
        return "is no UNION ALL", union
    if _names(body.this, name):
        return f"reads {name} in its first query", union
    member = body.expression.unnest()
    if any(query.args.get(key) for query in (body, body.expression, member) for key in ("order", "limit", "offset")):
        return "has ORDER BY or LIMIT", "write them in the query that reads it"
    return None


def _fault_of_place(with_: exp.With) -> tuple[str, str] | None:
    from sqlglot import exp

    query = with_.parent
    inner = query is not None and query.find_ancestor(exp.CTE, exp.Exists, exp.In, exp.Subquery) is not None
    return ("stands in a subquery", "put WITH RECURSIVE at the beginning of the statement") if inner else None


def _names(query: exp.Expr, name: str) -> bool:
    """Whether a query reads a table of this name."""
    from sqlglot import exp

    return any(table.name.lower() == name.lower() and not table.db for table in query.find_all(exp.Table))
