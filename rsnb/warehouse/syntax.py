"""The syntax of Redshift that the embedded warehouse takes: sqlglot's parse, without what only sqlglot takes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.sql import tokens

if TYPE_CHECKING:
    from sqlglot import exp


def parse(sql: str) -> exp.Expr:
    """The syntax tree of one query or data manipulation statement; SqlError with the place of a fault."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import ParseError, SqlglotError

    _strict(sql)
    try:
        tree = sqlglot.parse_one(sql, read="redshift")
    except ParseError as exc:
        fault = exc.errors[0] if exc.errors else {}
        word = str(fault.get("highlight") or "")
        at = _offset(sql, int(fault.get("line") or 1), int(fault.get("col") or 1), word)
        raise SqlError(f"syntax error at or near {word or 'the end'!r}", sql=sql, position=at) from exc
    except (SqlglotError, RecursionError) as exc:
        raise SqlError("the statement can't be read", sql=sql, position=0) from exc
    if isinstance(tree, exp.Command):
        raise UnsupportedSql(f"{tree.name.upper()} is not supported by the embedded warehouse", sql=sql, position=0)
    if not isinstance(tree, (exp.Query, exp.Insert, exp.Update, exp.Delete)):
        raise SqlError("the statement is not a query", sql=sql, position=0)
    _check_joins(tree, sql)
    _check_aliases(tree, sql)
    return tree


def _check_joins(tree: exp.Expr, sql: str) -> None:
    """JOIN asks for ON or USING; sqlglot reads one without as a cross join."""
    from sqlglot import exp

    for join in tree.find_all(exp.Join):
        if any(join.args.get(key) for key in ("on", "using", "kind", "method", "side")):
            continue
        starts = [i.meta["start"] for i in join.this.find_all(exp.Identifier) if "start" in i.meta]
        if starts and re.search(r"\bjoin\s*$", sql[: min(starts)], re.IGNORECASE):
            raise SqlError("syntax error: the JOIN has no ON", sql=sql, position=min(starts))


_RESERVED = {"and", "else", "from", "group", "having", "in", "join", "limit", "not", "on", "or", "order", "select",
             "then", "union", "using", "when", "where", "with"}  # fmt: skip


def _check_aliases(tree: exp.Expr, sql: str) -> None:
    """A reserved word is no alias: it begins a clause that was not finished."""
    from sqlglot import exp

    for node in tree.find_all(exp.TableAlias, exp.Alias):
        name = node.this if isinstance(node, exp.TableAlias) else node.args.get("alias")
        if not isinstance(name, exp.Identifier) or name.args.get("quoted") or "start" not in name.meta:
            continue
        start = name.meta["start"]
        if name.name.lower() in _RESERVED and not re.search(r"\bas\s*$", sql[:start], re.IGNORECASE):
            raise SqlError(f"syntax error at or near {name.name!r}", sql=sql, position=start)


def is_query(tree: exp.Expr) -> bool:
    """Whether a statement gives rows, and changes none."""
    from sqlglot import exp

    return isinstance(tree, exp.Query)


def _offset(sql: str, line: int, column: int, word: str) -> int:
    """sqlglot's column is the last character of the token."""
    start = sum(len(text) + 1 for text in sql.split("\n")[: line - 1])
    return max(0, min(start + column - max(len(word), 1), len(sql) - 1))


_SUSPECT = re.compile(
    r",\s*(?:\)|$|(?:from|where|group|order|having|limit|union)\b)|<=>|'\s*::|#|\$\$", re.IGNORECASE | re.ASCII
)
_AFTER_LIST = {")", "from", "where", "group", "order", "having", "limit", "union"}
_TYPED = {"date", "time", "timestamp", "timestamptz", "timetz", "interval"}


def _strict(sql: str) -> None:
    """Raise on text that sqlglot reads and Redshift does not, or reads otherwise."""
    if not _SUSPECT.search(sql):
        return
    found = [t for t in tokens(sql) if t.kind != "comment"]
    for before, at, after in zip([None, *found], found, [*found[1:], None], strict=False):
        following = after.text.lower() if after else ""
        if at.text == "," and (after is None or (after.kind != "string" and following in _AFTER_LIST)):
            raise SqlError("syntax error: the list ends with a comma", sql=sql, position=at.start)
        if at.text == "=" and following == ">" and before and before.text == "<":
            raise SqlError("syntax error at or near '<=>'", sql=sql, position=before.start)
        if at.kind == "string" and following == "::" and before and before.text.lower() in _TYPED:
            raise UnsupportedSql(
                "a cast of a typed literal is not supported by the embedded warehouse",
                sql=sql,
                position=before.start,
                hint="put the literal in brackets",
            )
        if at.text == "#":
            raise UnsupportedSql("a name or operator with # is not supported by the embedded warehouse", sql=sql,
                                 position=at.start)  # fmt: skip


def construct(node: exp.Expr) -> str:
    """A construct's name for a message: its class name in words."""
    return _CONSTRUCTS.get(type(node).__name__) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()


_CONSTRUCTS = {"Bracket": "an array element by position (range over the array in FROM)"}


@lru_cache(maxsize=1)
def structure() -> dict[type[exp.Expr], dict[str, str]]:
    """The syntax that passes, and the clauses of it that are refused."""
    from sqlglot import exp

    names = """Add Alias And Between Boolean Case Column CTE DataType DataTypeParam Delete Distinct Dot EQ
        Escape Except Exists From GT GTE Group Having Hint ILike Identifier If In Interval Intersect Is Join LT LTE
        Like Limit Literal Mul NEQ Neg Not Null NullSafeEQ NullSafeNEQ Offset Or Order Ordered Paren Qualify Schema
        Select Star Sub Subquery Table TableAlias Tuple Union Unnest Update Values Var Where Window WindowSpec With
        Div Mod DPipe Insert"""
    refused: dict[str, dict[str, str]] = {
        "Column": {"join_mark": "the outer join mark (+)"},
        "Distinct": {"on": "DISTINCT ON"},
        "Select": {"connect": "CONNECT BY", "into": "SELECT INTO", "sample": "TABLESAMPLE", "pivots": "PIVOT",
                   "windows": "WINDOW", "locks": "FOR UPDATE", "laterals": "LATERAL", "kind": "SELECT AS"},
        "Table": {"pivots": "PIVOT or UNPIVOT", "sample": "TABLESAMPLE", "only": "ONLY"},
        "Group": {"cube": "CUBE", "rollup": "ROLLUP", "grouping_sets": "GROUPING SETS", "all": "GROUP BY ALL"},
        "Insert": {"returning": "RETURNING", "conflict": "ON CONFLICT", "overwrite": "INSERT OVERWRITE",
                   "by_name": "BY NAME"},
        "Delete": {"returning": "RETURNING", "order": "ORDER BY in DELETE", "limit": "LIMIT in DELETE"},
        "Update": {"returning": "RETURNING", "order": "ORDER BY in UPDATE", "limit": "LIMIT in UPDATE"},
        "In": {"unnest": "IN UNNEST"},
        "Join": {"match_condition": "ASOF JOIN"},
        "Limit": {"offset": "LIMIT n, m"},
        "Union": {"by_name": "BY NAME"},
        "Window": {"first": "KEEP FIRST"},
        "With": {"recursive": "WITH RECURSIVE"},
        "Star": {"except_": "EXCLUDE", "replace": "REPLACE", "rename": "RENAME"},
    }  # fmt: skip
    return {getattr(exp, name): refused.get(name, {}) for name in names.split()}


def check(node: exp.Expr) -> str | None:
    """What is refused of a node by more than a clause; None when it passes."""
    rule = _CHECKS.get(type(node).__name__)
    return rule(node) if rule else None


def _data_type(node: exp.Expr) -> str | None:
    return None if node.this.name in _TYPES else f"the type {node.sql('redshift')}"


_TYPES = {"SMALLINT", "INT", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE", "BOOLEAN", "CHAR", "NCHAR", "VARCHAR", "NVARCHAR",
          "TEXT", "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL", "VARBINARY"}  # fmt: skip
_NEEDS_FRAME = {"Avg", "Count", "FirstValue", "LastValue", "Max", "Min", "Stddev", "StddevPop", "StddevSamp", "Sum",
                "Variance", "VariancePop"}  # fmt: skip


def _window(node: exp.Expr) -> str | None:
    """Redshift asks for a frame beside an ORDER BY, and has frames of rows only."""
    spec = node.args.get("spec")
    if spec is not None and str(spec.args.get("kind")).upper() != "ROWS":
        return "a window frame of other than ROWS"
    if node.args.get("order") and spec is None and type(node.this).__name__ in _NEEDS_FRAME:
        return "an aggregate window function with ORDER BY and no frame (add `rows unbounded preceding`)"
    return None


def _values(node: exp.Expr) -> str | None:
    return None if type(node.parent).__name__ == "Insert" else "VALUES in FROM (use SELECT ... UNION ALL)"


def _table(node: exp.Expr) -> str | None:
    return None if type(node.this).__name__ == "Identifier" else "a table function or a file in FROM"


def _update(node: exp.Expr) -> str | None:
    for item in node.expressions:
        value = item.args.get("expression")
        if type(value).__name__ == "Column" and value.name == "default" and not value.this.args.get("quoted"):
            return "SET column = DEFAULT"
    return None


def _if(node: exp.Expr) -> str | None:
    return None if type(node.parent).__name__ == "Case" else "the function IF"


def _distinct(node: exp.Expr) -> str | None:
    several = type(node.parent).__name__ == "Count" and len(node.expressions) > 1
    return "COUNT(DISTINCT ...) of several columns" if several else None


_CHECKS = {"DataType": _data_type, "Window": _window, "Values": _values, "Table": _table, "Update": _update,
           "If": _if, "Distinct": _distinct}  # fmt: skip
