"""What sqlglot reads and Redshift does not, or reads otherwise: found in the text, and in the tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.sql import Token, tokens
from rsnb.warehouse.reserved import READABLE, UNNAMED
from rsnb.warehouse.translation import common_tables

if TYPE_CHECKING:
    from sqlglot import exp

_SUSPECT = re.compile(
    r",\s*(?:\)|$|(?:from|where|group|order|having|limit|union)\b)|<=>|\$\$|[@#]|\|/", re.IGNORECASE | re.ASCII
)
_AFTER_LIST = {")", "from", "where", "group", "order", "having", "limit", "union"}
_OPERATORS = {"@": "@ (use abs)", "#": "#", "|/": "|/ (use sqrt)"}


def check_text(sql: str) -> None:
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
        if at.text == "#" and _begins_name(before):  # a temporary table
            continue
        if (name := _OPERATORS.get(at.text + following) or _OPERATORS.get(at.text)) and at.kind == "mark":
            raise UnsupportedSql(f"the operator {name} is not supported by the embedded warehouse", sql=sql,
                                 position=at.start)  # fmt: skip


_BEFORE_NAME = {"and", "as", "by", "distinct", "from", "having", "in", "into", "join", "not", "on", "or", "select",
                "table", "then", "update", "using", "when", "where"}  # fmt: skip


def _begins_name(before: Token | None) -> bool:
    """Whether the # after this token begins a name; it is an operator after a value."""
    if before is None or before.kind == "mark":
        return before is None or before.text not in (")", "]")
    return before.kind == "word" and before.text.lower() in _BEFORE_NAME


def check_tree(tree: exp.Expr, sql: str) -> None:
    """Raise on a tree that sqlglot made of an unfinished clause."""
    _check_joins(tree, sql)
    _check_aliases(tree, sql)
    _check_names(tree, sql)
    _check_distinct(tree, sql)
    common_tables.check(tree, sql)


def _check_joins(tree: exp.Expr, sql: str) -> None:
    """JOIN asks for ON or USING; sqlglot reads one without as a cross join."""
    from sqlglot import exp

    for join in tree.find_all(exp.Join):
        kind = str(join.args.get("kind") or join.args.get("side") or "").upper()
        if kind not in ("", "CROSS") and not any(join.args.get(key) for key in ("on", "using", "method")):
            starts = [i.meta["start"] for i in join.this.find_all(exp.Identifier) if "start" in i.meta]
            at = min(starts, default=None)
            hint = "write cross join for all pairs"
            raise SqlError("syntax error: the JOIN has no ON", sql=sql, position=at, hint=hint)


def _check_aliases(tree: exp.Expr, sql: str) -> None:
    """A number names no column."""
    from sqlglot import exp

    for node in tree.find_all(exp.TableAlias):
        for column in node.args.get("columns") or []:
            if column.name[:1].isdigit() and not column.args.get("quoted"):
                raise SqlError(f"syntax error at or near {column.name!r}", sql=sql, position=column.meta.get("start"))


_RESERVED = UNNAMED - READABLE
_AFTER_DOT, _AFTER_AS = re.compile(r"\.\s*$"), re.compile(r"\bas\s*$", re.IGNORECASE)


def _check_names(tree: exp.Expr, sql: str) -> None:
    """A reserved word names nothing, but behind a dot, or behind AS what a query returns."""
    from sqlglot import exp

    for name in tree.find_all(exp.Identifier):
        if name.name.lower() not in _RESERVED or name.args.get("quoted") or "start" not in name.meta:
            continue
        start = name.meta["start"]
        if sql[start : start + len(name.name)] != name.name:  # it is quoted, or not of the text
            continue
        returned = isinstance(name.parent, (exp.Alias, exp.PivotAlias)) and _AFTER_AS.search(sql, 0, start)
        if not returned and not _AFTER_DOT.search(sql, 0, start):
            raise SqlError(
                f"syntax error at or near {name.name!r}: it is a reserved word",
                sql=sql, position=start, hint=f'write "{name.name.lower()}"',
            )  # fmt: skip


_NOT_COMPARED = re.compile(r"rsnb\$\d+rsnb\$|\b\w+\.(?=[a-z_])|[\"]", re.IGNORECASE)  # marks, tables' names, quotes


def _check_distinct(tree: exp.Expr, sql: str) -> None:
    """A query with DISTINCT is ordered by what it returns."""
    from sqlglot import exp

    for query in tree.find_all(exp.Select):
        order = query.args.get("order")
        if order is None or query.args.get("distinct") is None:
            continue
        returned = {item.alias_or_name.lower() for item in query.expressions}
        returned |= {_compared(item.unalias()) for item in query.expressions}
        starred = any(item.is_star for item in query.expressions)
        for item in order.expressions:
            known = isinstance(item.this, exp.Literal) or (starred and isinstance(item.this, exp.Column))
            if not known and _compared(item.this) not in returned:
                starts = [i.meta["start"] for i in item.find_all(exp.Identifier) if "start" in i.meta]
                raise SqlError(
                    "a query with DISTINCT is ordered by what it returns alone",
                    sql=sql, position=min(starts, default=None), hint="add it to the select list, or write group by",
                )  # fmt: skip


def _compared(node: exp.Expr) -> str:
    """An expression's text, as far as it tells one from another."""
    return _NOT_COMPARED.sub("", node.unnest().sql("redshift")).lower()


def construct(node: exp.Expr) -> str:
    """A construct's name for a message: its class name in words."""
    return _CONSTRUCTS.get(type(node).__name__) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()


_CONSTRUCTS = {
    "Values": "VALUES in FROM (use SELECT ... UNION ALL)",
    "ByteString": "a string E'...' (write '...': a backslash escapes in every string)",
    "Bracket": "an array element by position (range over the array in FROM)",
}


def type_name(node: exp.Expr) -> str:
    """The name of a type, as Redshift writes it."""
    from sqlglot import exp

    if isinstance(node.this, exp.Interval):
        unit = node.this.args.get("unit")
        if isinstance(unit, exp.IntervalSpan):
            return f"interval {unit.this.name} to {unit.expression.name}"
        return f"interval {unit.name}" if unit is not None else "interval"
    if isinstance(node, exp.Interval):
        return "interval"
    kind = str(node.this.name if hasattr(node.this, "name") else node.this)
    name = _TYPE_NAMES.get(kind, kind.lower())
    sizes = [str(p.this) for p in node.expressions]
    return f"{name}({','.join(sizes)})" if sizes else name


_TYPE_NAMES = {
    "DATETIME": "timestamp", "DOUBLE": "float8", "FLOAT": "float4", "INT": "int4", "NCHAR": "char",
    "NVARCHAR": "varchar", "TEXT": "varchar(256)", "UTINYINT": "smallint", "VARBINARY": "varbyte",
}  # fmt: skip
