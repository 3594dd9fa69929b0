"""The clauses that are run: a part of a statement that sqlglot reads and that is not named here is refused.

sqlglot reads the syntax of many dialects into the same nodes; what a node holds beside the parts that are bound
would be dropped, or would run as DuckDB's.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.translation.binder import place
from rsnb.warehouse.translation.strictness import construct

if TYPE_CHECKING:
    from sqlglot import exp

_QUERY = "with_ order limit offset"
_RUN = {
    "Alias": "this alias",
    "Between": "this low high",
    "Bracket": "this expressions",
    "Case": "this ifs default",
    "Cast": "this to",
    "CTE": "this alias",
    "CurrentDate": "",
    "CurrentTime": "",
    "CurrentTimestamp": "sysdate",
    "Cube": "expressions",
    "DataType": "this expressions nested values kind",
    "Delete": "this tables using where with_",
    "Distinct": "expressions",
    "Except": f"this expression distinct {_QUERY}",
    "Exists": "this",
    "Extract": "this expression",
    "Fetch": "",
    "From": "this",
    "Group": "expressions",
    "GroupingSets": "expressions",
    "Having": "this",
    "If": "this true",
    "ILike": "this expression negate",
    "In": "this expressions query field",
    "Insert": "this expression with_ default",
    "Intersect": f"this expression distinct {_QUERY}",
    "Is": "this expression negate",
    "Join": "this on using kind side method",
    "Like": "this expression negate",
    "Limit": "this expression expressions",
    "Localtime": "",
    "Localtimestamp": "",
    "Offset": "this expression expressions",
    "Order": "this expressions",
    "Ordered": "this desc nulls_first",
    "Pivot": "this alias columns expressions fields include_nulls pivot_column_naming unpivot",
    "Qualify": "this",
    "RegexpILike": "this expression",
    "RegexpLike": "this expression",
    "Rollup": "expressions",
    "Select": f"connect distinct expressions from_ group having joins qualify where {_QUERY}",
    "Star": "except_",
    "Subquery": f"this alias joins pivots {_QUERY}",
    "Table": "this alias catalog db joins pivots",
    "TableAlias": "this columns",
    "Trim": "this expression position",
    "TryCast": "this to safe",
    "Union": f"this expression distinct {_QUERY}",
    "Unnest": "alias expressions offset",
    "Update": "this expressions from_ where with_",
    "Values": "expressions",
    "Where": "this",
    "Window": "this partition_by order over spec alias first",
    "WindowSpec": "kind start start_side end end_side",
    "With": "expressions recursive",
    "WithinGroup": "this expression",
}  # fmt: skip

# What a part that is not run is called; another goes by the name that sqlglot has for it.
_CALLED = {
    "Cast": {"format": "FORMAT in CAST", "action": "FORMAT in CAST", "default": "DEFAULT in CAST"},
    "CTE": {"materialized": "AS MATERIALIZED", "key_expressions": "USING KEY"},
    "DataType": {"collate": "COLLATE behind a type"},
    "Delete": {"order": "ORDER BY in DELETE", "limit": "LIMIT in DELETE"},
    "Distinct": {"on": "DISTINCT ON"},
    "Group": {"all": "GROUP BY ALL", "cube": "WITH CUBE", "rollup": "WITH ROLLUP", "totals": "WITH TOTALS"},
    "Insert": {"conflict": "ON CONFLICT", "overwrite": "INSERT OVERWRITE", "alternative": "INSERT OR REPLACE"},
    "Join": {"match_condition": "ASOF JOIN"},
    "Select": {"kind": "SELECT AS", "exclude": "EXCLUDE behind several columns", "sample": "TABLESAMPLE"},
    "Star": {"ilike": "ILIKE behind *", "rename": "RENAME behind *", "replace": "REPLACE behind *"},
    "Table": {"hints": "WITH (...) behind a table", "sample": "TABLESAMPLE", "ordinality": "WITH ORDINALITY",
              "version": "FOR SYSTEM_TIME"},
    "Update": {"order": "ORDER BY in UPDATE", "limit": "LIMIT in UPDATE"},
    "WindowSpec": {"exclude": "EXCLUDE in a window frame"},
    "Window": {"first": "KEEP FIRST"},
}  # fmt: skip
_CALLED_ANYWHERE = {
    "by_name": "BY NAME", "cluster": "CLUSTER BY", "count": "FETCH FIRST", "direction": "FETCH FIRST",
    "distribute": "DISTRIBUTE BY", "into": "SELECT INTO", "laterals": "LATERAL",
    "limit_options": "PERCENT or WITH TIES behind LIMIT or TOP", "locks": "FOR UPDATE", "only": "ONLY",
    "pivots": "PIVOT", "returning": "RETURNING", "siblings": "ORDER SIBLINGS BY", "sort": "SORT BY",
    "symmetric": "BETWEEN SYMMETRIC", "unnest": "IN UNNEST", "windows": "WINDOW",
}  # fmt: skip
_MAY_BE_THERE = frozenset(
    {"COLLATE behind a type", "EXCLUDE behind several columns", "GROUP BY ALL", "LATERAL", "PIVOT", "SELECT INTO"}
)
_INSTEAD = {
    "CLUSTER BY": "write order by", "DISTINCT ON": "write qualify row_number() over (...) = 1",
    "FETCH FIRST": "write limit", "FORMAT in CAST": "write to_char, to_date or to_timestamp",
    "IN UNNEST": "list the values in brackets", "ON CONFLICT": "write merge",
    "PERCENT or WITH TIES behind LIMIT or TOP": "LIMIT and TOP take a number of rows",
    "RENAME behind *": "name the columns", "REPLACE behind *": "name the columns", "SORT BY": "write order by",
    "WINDOW": "write the window behind each OVER",
}  # fmt: skip


@lru_cache(maxsize=1)
def _run() -> dict[type[exp.Expr], frozenset[str]]:
    from sqlglot import exp

    return {getattr(exp, name): frozenset(keys.split()) for name, keys in _RUN.items()}


def check(tree: exp.Expr, sql: str) -> None:
    """Raise for a clause that is not run, by its name."""
    run = _run()
    for node in tree.walk():
        keys = run.get(type(node))
        if keys is not None and any(value and key not in keys for key, value in node.args.items()):
            raise _refused(node, next(key for key, value in node.args.items() if value and key not in keys), sql)


def _refused(node: exp.Expr, key: str, sql: str) -> SqlError:
    """The error for a part of a node."""
    names = _CALLED.get(type(node).__name__, {})
    name = names.get(key) or _CALLED_ANYWHERE.get(key)
    named: exp.Expr | None = node
    while named is not None and place(named) is None:
        named = named.parent
    at = place(named) if named is not None else None
    if name is None or name in _MAY_BE_THERE:
        shown = name or f"{key.strip('_').replace('_', ' ').upper()} in {construct(node)}"
        return UnsupportedSql(f"{shown} is not supported by the embedded warehouse", sql=sql, position=at)
    return SqlError(f"Redshift has no {name}", sql=sql, position=at, hint=_INSTEAD.get(name))
