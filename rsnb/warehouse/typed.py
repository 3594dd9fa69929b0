"""What depends on the types of a statement's expressions: division, AVG, SUM, casts to text.

Source: Redshift Developer Guide, AVG, SUM, "Computations with numeric values", CAST.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rsnb.warehouse.rewrites import Refused, call

if TYPE_CHECKING:
    from sqlglot import exp

Schema = dict[str, dict[str, dict[str, str]]]  # schema → table → column → DuckDB type
_MARK = "rsnb_typed"


def needs_types(node: exp.Expr) -> bool:
    """Whether this node's meaning depends on the types of its operands."""
    from sqlglot import exp

    return isinstance(node, (exp.Div, exp.Avg, exp.Sum, exp.DPipe, exp.Sign, exp.Trunc)) or (
        isinstance(node, exp.Cast) and node.to.this in exp.DataType.TEXT_TYPES
    )


def apply(tree: exp.Expr, nodes: list[exp.Expr], schema: Schema, returns: Mapping[str, str]) -> None:
    """Rewrite `nodes` of `tree` in place, after working out the types of their operands.

    schema: columns by schema and table, DuckDB types. returns: result types of the user's functions.
    Raises Refused where the answer would not be Redshift's, or can't be known to be.
    """
    kinds = _kinds(tree, nodes, schema, returns)
    for node in reversed(nodes):  # operands before the nodes that hold them
        try:
            _REWRITES[type(node).__name__](node, kinds.get(id(node), ["unknown", "unknown"]))
        except Refused as why:
            raise Refused(str(why), node) from None


def _kinds(tree: exp.Expr, nodes: list[exp.Expr], schema: Schema, returns: Mapping[str, str]) -> dict[int, list[str]]:
    """The kinds of each node's operands, by id of the node; worked out on a copy of the tree."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.schema import MappingSchema

    copy = _marked_copy(tree, nodes)
    for function in list(copy.find_all(exp.Anonymous)):
        if kind := returns.get(function.name.lower()):
            function.replace(exp.cast(function.copy(), kind, dialect="redshift"))
    _decimal_literals(copy)
    _repeat_in_projections(copy)
    known = MappingSchema(dict(schema), dialect="duckdb", normalize=False)
    try:
        copy = qualify(
            copy,
            schema=known,
            dialect="redshift",
            expand_stars=False,
            expand_alias_refs=False,
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        copy = annotate_types(copy, schema=known, dialect="redshift")
    except SqlglotError:
        return {}  # the engine reports what is wrong with the names
    found: dict[int, list[str]] = {}
    for node in copy.walk():
        if node._meta and _MARK in node.meta:
            kinds = _operands(node)
            key = id(nodes[int(node.meta[_MARK])])
            if "unknown" in found.get(key, ["unknown"]):
                found[key] = kinds
    return found


def _marked_copy(tree: exp.Expr, nodes: list[exp.Expr]) -> exp.Expr:
    """A copy of the tree in which each of `nodes` has its number; without the places in the text, slow to copy."""
    places = [(node, node._meta) for node in tree.walk() if node._meta]
    for node, _ in places:
        node._meta = None
    for number, node in enumerate(nodes):
        node.meta[_MARK] = number
    copy = tree.copy()
    for node in nodes:
        node._meta = None
    for node, meta in places:
        node._meta = meta
    return copy


def _decimal_literals(tree: exp.Expr) -> None:
    """A literal such as 1.5 is a decimal in Redshift, and so is what it is calculated with; sqlglot says double."""
    from sqlglot import exp

    for literal in list(tree.find_all(exp.Literal)):
        if not literal.is_string and "." in literal.name and "e" not in literal.name.lower():
            digits, scale = len(literal.name) - 1, len(literal.name.split(".")[1])
            literal.replace(exp.cast(literal.copy(), f"decimal({max(digits, 1)},{scale})"))


def _repeat_in_projections(tree: exp.Expr) -> None:
    """Copy what HAVING, QUALIFY and ORDER BY hold into the SELECT list, where sqlglot types columns best."""
    from sqlglot import exp

    for select in list(tree.find_all(exp.Select)):
        for clause in filter(None, (select.args.get(key) for key in ("having", "qualify", "order"))):
            for node in list(clause.walk()):
                if node._meta and _MARK in node.meta and node.find_ancestor(exp.Select) is select:
                    select.append("expressions", exp.alias_(node.copy(), f"_typed_{node.meta[_MARK]}"))


def _operands(node: exp.Expr) -> list[str]:
    """The kinds of a node's operands."""
    return [_kind(o) for o in (node.this, node.args.get("expression")) if o is not None]


def _kind(node: exp.Expr) -> str:
    from sqlglot import exp

    if isinstance(node, exp.Distinct) and node.expressions:
        return _kind(node.expressions[0])
    kind = node.type
    if isinstance(node, exp.Null):
        return "null"
    if isinstance(node, (exp.Add, exp.Div, exp.Mul, exp.Neg, exp.Paren, exp.Sub)) and "float" in _operands(node):
        return "float"  # a float beside a decimal makes a float
    if kind is None or kind.this == exp.DType.UNKNOWN:
        return "unknown"
    if kind.this in exp.DataType.INTEGER_TYPES:
        return "bigint" if kind.this in (exp.DType.BIGINT, exp.DType.INT128) else "integer"
    if kind.this in exp.DataType.TEXT_TYPES:
        return "text"
    if kind.this in (exp.DType.DOUBLE, exp.DType.FLOAT):
        # a literal such as 1.5 is a decimal in Redshift
        number = node.this if isinstance(node, exp.Neg) else node
        return "decimal" if isinstance(number, exp.Literal) else "float"
    if kind.this == exp.DType.BOOLEAN:
        return "boolean"
    if kind.this in (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.DATE):
        return "timestamp" if kind.this == exp.DType.TIMESTAMP else "other"
    return "decimal" if kind.this in exp.DataType.REAL_TYPES else "other"


def _sign(node: exp.Expr, kinds: list[str]) -> None:
    """SIGN of a float is a float, of another number a NUMERIC(1,0)."""
    from sqlglot import exp

    if kinds[0] not in ("float", "decimal", "integer", "bigint", "null"):
        raise Refused(f"SIGN of a value of {kinds[0]} type (cast it)")
    node.replace(exp.cast(node.copy(), "double" if kinds[0] == "float" else "decimal(1,0)"))


def _trunc(node: exp.Expr, kinds: list[str]) -> None:
    """TRUNC of a timestamp is its date."""
    from sqlglot import exp

    if kinds[0] == "timestamp":
        node.replace(exp.cast(node.this.copy(), "date"))


def _divide(node: exp.Expr, kinds: list[str]) -> None:
    node.set("typed", False)  # DuckDB's integer_division setting does what Redshift does
    node.set("safe", False)
    if "float" in kinds or set(kinds) <= {"integer", "bigint", "null"}:
        return
    if "unknown" in kinds:
        raise Refused("a division whose operand types can't be worked out (cast the operands)")
    raise Refused("a division of DECIMAL values (cast an operand to float8)")


def _average(node: exp.Expr, kinds: list[str]) -> None:
    """AVG of integers is a BIGINT, cut off towards zero."""
    if kinds[0] == "float":
        return
    if kinds[0] not in ("integer", "bigint"):
        reason = "whose type can't be worked out" if kinds[0] == "unknown" else f"of a {kinds[0]} value"
        raise Refused(f"AVG {reason} (cast the argument to float8)")
    _replace_aggregate(node, lambda sum_, count: f"CAST({sum_} // NULLIF({count}, 0) AS BIGINT)")


def _sum(node: exp.Expr, kinds: list[str]) -> None:
    """SUM of SMALLINT and INTEGER is a BIGINT, of BIGINT a NUMERIC(38,0)."""
    if kinds[0] in ("decimal", "float"):
        return
    if kinds[0] not in ("integer", "bigint"):
        reason = "whose type can't be worked out" if kinds[0] == "unknown" else f"of a {kinds[0]} value"
        raise Refused(f"SUM {reason} (cast the argument)")
    kind = "BIGINT" if kinds[0] == "integer" else "DECIMAL(38,0)"
    _replace_aggregate(node, lambda sum_, _: f"CAST({sum_} AS {kind})")


def _replace_aggregate(node: exp.Expr, template: Callable[[str, str], str]) -> None:
    """Put an expression over SUM and COUNT, each with the node's window, in the node's place."""
    import sqlglot
    from sqlglot import exp

    whole = node.parent if isinstance(node.parent, exp.Window) and node.arg_key == "this" else node
    shell = sqlglot.parse_one(template("s", "c"), read="duckdb")
    for column in list(shell.find_all(exp.Column)):
        kind = exp.Sum if column.name == "s" else exp.Count
        aggregate: exp.Expr = kind(this=node.this.copy())
        if whole is not node:
            aggregate = exp.Window(**{**{k: _copied(v) for k, v in whole.args.items()}, "this": aggregate})
        column.replace(aggregate)
    whole.replace(shell)


def _copied(value: object) -> object:
    from sqlglot import exp

    if isinstance(value, list):
        return [_copied(v) for v in value]
    return value.copy() if isinstance(value, exp.Expr) else value


def _to_text(node: exp.Expr, kinds: list[str]) -> None:
    """A float's text differs between the engines; VARCHAR(n) cuts off at n bytes."""
    from sqlglot import exp

    if kinds[0] not in ("text", "integer", "bigint", "decimal", "null"):
        _refuse_text(kinds[0], "a cast to text")
    length = node.args["to"].expressions
    if length and node.args["to"].this in (exp.DType.CHAR, exp.DType.NCHAR):
        raise Refused("a cast to CHAR (use VARCHAR)")
    if length and length[0].name.isdigit():
        text = exp.cast(node.this.copy(), "text")
        once = "" if isinstance(node.this, (exp.Column, exp.Literal)) else "_once"
        node.replace(call(f"truncate_bytes{once}", text, length[0].copy().this))


def _concatenate(node: exp.Expr, kinds: list[str]) -> None:
    for kind in kinds:
        if kind not in ("text", "integer", "bigint", "decimal", "null"):
            _refuse_text(kind, "`||`")


def _refuse_text(kind: str, where: str) -> None:
    if kind == "unknown":
        raise Refused(f"{where} of a value whose type can't be worked out (cast it first)")
    if kind == "float":
        raise Refused(f"{where} of a float value (cast it to a DECIMAL first)")
    if kind == "boolean":
        raise Refused(f"{where} of a BOOLEAN value")


_REWRITES: dict[str, Callable[[exp.Expr, list[str]], None]] = {
    "Div": _divide,
    "Avg": _average,
    "Sum": _sum,
    "Cast": _to_text,
    "DPipe": _concatenate,
    "Sign": _sign,
    "Trunc": _trunc,
}
