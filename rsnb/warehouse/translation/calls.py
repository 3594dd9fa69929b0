"""Calls of functions: found by name, arguments converted, windows put around aggregates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.literals import quote_identifier
from rsnb.types import Type
from rsnb.types import parse as parse_type
from rsnb.warehouse import functions
from rsnb.warehouse.functions.function import UNVISITED, Call, Function, check_count, convert
from rsnb.warehouse.relations import Function as UserFunction
from rsnb.warehouse.translation import ordering, refused_functions, strictness, windows
from rsnb.warehouse.translation.binder import Binder, near, place, refuse
from rsnb.warehouse.translation.coercion import assigned, orderable
from rsnb.warehouse.translation.parse import called
from rsnb.warehouse.translation.reasons import Refused, Wrong, raised
from rsnb.warehouse.translation.typed import ANY, Typed, bracketed

if TYPE_CHECKING:
    from sqlglot import exp

Handler = Callable[[Binder, "exp.Expr"], Typed]


def _call(b: Binder, node: exp.Expr) -> Typed:
    return run(b, node, {})


def run(b: Binder, node: exp.Expr, around: dict[str, Any]) -> Typed:
    """A plain call, with what stands around it."""
    name, at = called(node)
    function = functions.FUNCTIONS.get(name)
    if function is None:
        return _user_function(b, node, name, at)
    return built(b, function, name, list(node.expressions), node, around)


def built(
    b: Binder, function: Function, name: str, nodes: list[exp.Expr], node: exp.Expr, around: dict[str, Any]
) -> Typed:
    """The DuckDB expression of a call and its type."""
    from sqlglot import exp

    distinct, ignore_nulls = False, bool(around.get("ignore_nulls"))
    if nodes and isinstance(nodes[0], exp.Distinct):
        distinct, nodes = True, [*nodes[0].expressions, *nodes[1:]]
    if nodes and isinstance(nodes[0], (exp.IgnoreNulls, exp.RespectNulls)):
        ignore_nulls, nodes = isinstance(nodes[0], exp.IgnoreNulls), [nodes[0].this, *nodes[1:]]
    star = len(nodes) == 1 and isinstance(nodes[0], exp.Star) and not distinct
    nodes = [] if star else nodes
    try:
        if around.get("window") is not None and function.kind == "scalar":
            raise Wrong(f"{name.upper()} is no window function: it takes no OVER")
        if distinct and function.kind == "scalar":
            raise Wrong(f"{name.upper()} is no aggregate: it takes no DISTINCT")
        if star and name != "count":
            raise Wrong(f"{name.upper()} takes an expression, not *")
        if not star:
            check_count(function, name, len(nodes))
        arguments = [
            Typed(n, ANY) if function.takes and function.family(i) in UNVISITED else b.visit(n)
            for i, n in enumerate(nodes)
        ]
        call = Call(
            name, arguments, nodes, b.visit, distinct, ignore_nulls, around.get("within", []),
            around.get("within_values", []), _over(around),
            around.get("window") is not None, star,
        )  # fmt: skip
        convert(function, call)
        if distinct and call.arguments:
            orderable(call[0].type, f"in {name.upper()} (DISTINCT)")
            call.arguments[0] = _distinct(name, call[0])
        result = function.build(call)
        made = result if isinstance(result, Typed) else Typed(result, function.result(call))
        return Typed(bracketed(made.node), made.type)
    except (Refused, Wrong) as why:
        raise raised(why, b.sql, place(node)) from None


def _distinct(name: str, value: Typed) -> Typed:
    """An argument of an aggregate with DISTINCT: COUNT counts what equal SUPER values have in common."""
    if value.short == "super" and name not in ("count", "approximate count"):
        raise Refused(f"{name.upper()} (DISTINCT) of a SUPER value (cast it)")
    return ordering.key(value)


def _over(around: dict[str, Any]) -> Callable[[exp.Expr], exp.Expr]:
    """Puts OVER around an aggregate."""
    window = around.get("window")

    def over(node: exp.Expr) -> exp.Expr:
        from sqlglot import exp

        if window is None:
            return node
        parts = {key: _copied(value) for key, value in window.args.items() if key != "this"}
        return exp.Window(this=node, **parts)

    return over


def _copied(value: object) -> object:
    from sqlglot import exp

    if isinstance(value, list):
        return [_copied(v) for v in value]
    return value.copy() if isinstance(value, exp.Expr) else value


def _window(b: Binder, node: exp.Expr) -> Typed:
    """A function OVER (partition, order, frame)."""
    from sqlglot import exp

    inner = node.this
    while not isinstance(inner, exp.Anonymous) and isinstance(inner.this, exp.Expr):
        inner = inner.this
    name = called(inner)[0] if isinstance(inner, exp.Anonymous) else ""
    if not name:
        refuse(b, "OVER after other than a function", node)
    if node.args.get("alias") is not None or node.args.get("first"):
        refuse(b, "a named WINDOW", node)
    try:
        windows.check(node, inner, name)
    except (Refused, Wrong) as why:
        raise raised(why, b.sql, place(node)) from None
    if parts := node.args.get("partition_by"):
        values = [b.visit(part) for part in parts]
        for value in values:
            orderable(value.type, "in PARTITION BY")
        node.set("partition_by", [ordering.key(value).node for value in values])
    if order := node.args.get("order"):
        visit_order(b, order)
    for clause in (*(node.args.get("partition_by") or ()), *filter(None, (order,))):
        if any(inside.name.endswith(".own_random") for inside in clause.find_all(exp.Anonymous)):
            refuse(b, "RANDOM inside OVER (make it a column of a subquery: select *, random() as r)", node)
    return unwrapped(b, node.this, {"window": node})


def visit_order(b: Binder, order: exp.Expr) -> list[Typed]:
    """The expressions of an ORDER BY inside a call or a window."""
    values = [b.visit(item.this) for item in order.expressions]
    for value in values:
        orderable(value.type, "in ORDER BY")
        if value.short == "super":
            refuse(b, "ORDER BY of a SUPER value inside OVER or WITHIN GROUP (cast it)", order)
    for item, value in zip(order.expressions, values, strict=True):
        item.set("this", ordering.key(value).node)
    return values


def unwrapped(b: Binder, node: exp.Expr, around: dict[str, Any]) -> Typed:
    """A call with WITHIN GROUP, IGNORE NULLS, or plain."""
    from sqlglot import exp

    if isinstance(node, exp.WithinGroup):
        order = node.expression
        values = visit_order(b, order)
        return unwrapped(b, node.this, {**around, "within": list(order.expressions), "within_values": values})
    if isinstance(node, (exp.IgnoreNulls, exp.RespectNulls)):
        return unwrapped(b, node.this, {**around, "ignore_nulls": isinstance(node, exp.IgnoreNulls)})
    if isinstance(node, exp.Anonymous):
        return run(b, node, around)
    return refuse(b, strictness.construct(node), node)


def _wrapped(b: Binder, node: exp.Expr) -> Typed:
    return unwrapped(b, node, {})


# Functions that sqlglot reads as syntax


def _syntax(name: str, *keys: str) -> Handler:
    """A call of the function `name` whose arguments sqlglot keeps under these keys."""

    def handler(b: Binder, node: exp.Expr) -> Typed:
        nodes = [node.args[key] for key in keys if node.args.get(key) is not None]
        return built(b, functions.FUNCTIONS[name], name, nodes, node, {})

    return handler


def called_as(b: Binder, name: str, nodes: list[exp.Expr], node: exp.Expr) -> Typed:
    """What is written as an operator, as a call of the function `name`."""
    return built(b, functions.FUNCTIONS[name], name, nodes, node, {})


def _trim(b: Binder, node: exp.Expr) -> Typed:
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or ""), "btrim")
    nodes = [node.this, node.args.get("expression")]
    return built(b, functions.FUNCTIONS[name], name, [n for n in nodes if n is not None], node, {})


def _timestamp(b: Binder, node: exp.Expr) -> Typed:
    name = "sysdate" if node.args.get("sysdate") else "current_timestamp"
    return built(b, functions.FUNCTIONS[name], name, [], node, {})


def handlers() -> dict[type[exp.Expr], Handler]:
    """What visits the nodes that are calls."""
    from sqlglot import exp

    return {
        exp.Anonymous: _call,
        exp.AtTimeZone: _syntax("timezone", "zone", "this"),
        exp.CurrentDate: _syntax("current_date"),
        exp.CurrentTime: _syntax("current_time"),
        **{kind: _syntax(name) for kind, name in session_words().items()},
        exp.CurrentTimestamp: _timestamp,
        exp.Extract: _syntax("extract", "this", "expression"),
        exp.IgnoreNulls: _wrapped,
        exp.Localtime: _syntax("localtime"),
        exp.Localtimestamp: _syntax("localtimestamp"),
        exp.Trim: _trim,
        exp.Window: _window,
        exp.WithinGroup: _wrapped,
    }


def session_words() -> dict[type[exp.Expr], str]:
    """The functions of the session that are written without brackets."""
    from sqlglot import exp

    return {
        exp.CurrentSchema: "current_schema",
        exp.CurrentUser: "current_user",
        exp.CurrentUserId: "current_user_id",
        exp.SessionUser: "session_user",
    }


def syntax_name(node: exp.Expr) -> str:
    """The function that a node of syntax stands for, empty when it is none."""
    from sqlglot import exp

    if isinstance(node, exp.CurrentTimestamp):
        return "sysdate" if node.args.get("sysdate") else "current_timestamp"
    if isinstance(node, exp.Trim):
        return {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or ""), "trim")
    return _SYNTAX_NAMES.get(type(node).__name__) or session_words().get(type(node), "")


_SYNTAX_NAMES = {
    "AtTimeZone": "timezone", "CurrentDate": "current_date", "CurrentTime": "current_time", "Extract": "extract",
    "Localtime": "localtime", "Localtimestamp": "localtimestamp",
}  # fmt: skip


# Functions of the user's


def _user_function(b: Binder, node: exp.Expr, name: str, at: int) -> Typed:
    from sqlglot import exp

    schema = node.parent.this.name if isinstance(node.parent, exp.Dot) and node.arg_key == "expression" else ""
    known = b.relations.overloads(schema, name)
    if not known:
        shown = f"{schema}.{name}" if schema else name
        if not schema and name in refused_functions.REASONS:
            raise refused_functions.error(name, b.sql, max(at, 0))
        raise UnsupportedSql(
            f"the function {shown.upper()} is not supported by the embedded warehouse",
            sql=b.sql,
            position=max(at, 0),
            hint=near(name, [*functions.FUNCTIONS, *b.relations.functions]),
        )
    values = [b.visit(argument) for argument in node.expressions]
    function = _overload(b, known, values, at)
    arguments = [assigned(v, parse_type(kind)).node for v, kind in zip(values, function.arguments, strict=True)]
    return Typed(exp.Anonymous(this=place_name(function), expressions=arguments), parse_type(function.returns))


def place_name(function: UserFunction) -> str:
    """The name of a function's macro, as DuckDB's SQL writes it."""
    return f"{quote_identifier(function.schema)}.{quote_identifier(function.macro)}"


def _is_same(value: Typed, kind: Type) -> bool:
    """Whether a value has a type, lengths aside; a quoted text is nearest to VARCHAR."""
    return value.type.rule is kind.rule or (value.is_quoted and kind.rule.short == "varchar")


def _overload(b: Binder, known: list[UserFunction], values: list[Typed], at: int) -> UserFunction:
    """The overload that a call means: of as many arguments, and nearest in their types."""
    fitting = [f for f in known if len(f.arguments) == len(values)]
    if not fitting:
        counts = " or ".join(str(n) for n in sorted({len(f.arguments) for f in known}))
        raise SqlError(
            f"the function {known[0].name} takes {counts} arguments, not {len(values)}",
            sql=b.sql,
            position=max(at, 0),
            hint="; ".join(f"{f.name}({', '.join(f.arguments)})" for f in known),
        )
    same = {f: sum(_is_same(v, parse_type(k)) for v, k in zip(values, f.arguments, strict=True)) for f in fitting}
    best = [f for f in fitting if same[f] == max(same.values())]
    if len(best) > 1:
        raise UnsupportedSql(
            f"several functions {best[0].name} fit the arguments: "
            "choosing between them is not supported by the embedded warehouse",
            sql=b.sql,
            position=max(at, 0),
            hint=f"cast the arguments: {'; '.join(f.macro for f in best)}",
        )
    return best[0]
