"""A piece of a statement with its Redshift type, and the types that only a statement's text has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from rsnb.types import Rule, Type, named
from rsnb.warehouse.macros import SCHEMA

if TYPE_CHECKING:
    from sqlglot import exp

_LITERAL = Rule("unknown", "unknown", "VARCHAR", "string", "str")  # a quoted text that no context has typed yet
NULL = Type(Rule("null", "null", "VARCHAR", "string", "str"))
ANY = Type(Rule("any", "any", "VARCHAR", "string", "str"))  # what can't be worked out

INT4, INT8 = named("int4"), named("int8")
FLOAT4, FLOAT8, BOOL = named("float4"), named("float8"), named("bool")
VARCHAR, DATE, TIMESTAMP, TIMESTAMPTZ = named("varchar"), named("date"), named("timestamp"), named("timestamptz")
TIME, TIMETZ, MONTHS, SPAN = named("time"), named("timetz"), named("intervaly2m"), named("intervald2s")

AGGREGATE = "aggregate"  # marks, in a node's meta, a call over the rows of a group

INTEGERS = frozenset({"int2", "int4", "int8"})
FLOATS = frozenset({"float4", "float8"})
NUMBERS = INTEGERS | FLOATS | {"numeric"}
TEXTS = frozenset({"varchar", "bpchar", "unknown"})
MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
TIMES = frozenset({"time", "timetz"})
INTERVALS = frozenset({"intervaly2m", "intervald2s", "interval"})


def quoted(text: str) -> Type:
    """The type of a quoted text, with its length in bytes."""
    return Type(_LITERAL, (max(len(text.encode()), 1),))


_INTERVAL = Rule("interval", "interval", "INTERVAL", "", "")


def interval(months: bool, span: bool) -> Type:
    """The type of an interval without a qualifier, by whether it has months and whether it has days or times."""
    return Type(_INTERVAL, (int(months), int(span)))


class Typed(NamedTuple):
    """An expression, as DuckDB will read it, and its Redshift type."""

    node: exp.Expr
    type: Type

    @property
    def short(self) -> str:
        """The type's short name; `unknown` for a quoted text, `null` for NULL, `any` where it can't be told."""
        return self.type.rule.short

    @property
    def is_quoted(self) -> bool:
        """Whether it is a quoted text that no context has typed yet."""
        return self.type.rule is _LITERAL

    @property
    def literal(self) -> str | None:
        """The value of a quoted text."""
        from sqlglot import exp

        return str(self.node.this) if self.is_quoted and isinstance(self.node, exp.Literal) else None


def call(name: str, *arguments: Any) -> exp.Expr:
    """A call of a DuckDB function."""
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=[node(a) for a in arguments if a is not None])


def own(name: str, *arguments: Any) -> exp.Expr:
    """A call of one of the warehouse's own macros or functions."""
    return call(f"{SCHEMA}.own_{name}", *arguments)


def node(value: Any) -> exp.Expr:
    """A value as an expression: a Typed's node, an expression as it is, a text or a number as a literal."""
    from sqlglot import exp

    if isinstance(value, Typed):
        return value.node
    if isinstance(value, exp.Expr):
        return value
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)


def to(value: Any, kind: Type | str) -> exp.Expr:
    """A cast to a DuckDB type."""
    from sqlglot import exp

    name = kind if isinstance(kind, str) else kind.duckdb
    return exp.Cast(this=node(value), to=_data_type(name))


def try_to(value: Any, kind: Type | str) -> exp.Expr:
    """A cast to a DuckDB type that gives NULL where it fails."""
    from sqlglot import exp

    return exp.TryCast(**to(value, kind).args)


_DATA_TYPES: dict[str, Any] = {}


def _data_type(name: str) -> exp.Expr:
    from sqlglot import exp

    if name not in _DATA_TYPES:
        _DATA_TYPES[name] = exp.DataType.build(name, dialect="duckdb")
    kind: exp.Expr = _DATA_TYPES[name].copy()
    return kind


def sql(template: str, **parts: Any) -> exp.Expr:
    """A DuckDB expression from text in which each `{name}` stands for a part."""
    import sqlglot
    from sqlglot import exp

    if template not in _TEMPLATES:
        marked = template.replace("{", "rsnb_part_").replace("}", "")
        _TEMPLATES[template] = parsed = sqlglot.parse_one(marked, read="duckdb")
        for item in parsed.walk():
            item.meta.clear()  # places in the template: nobody asks for them, and they are slow to copy
    tree: exp.Expr = _TEMPLATES[template].copy()
    for column in list(tree.find_all(exp.Column)):
        name = column.name
        if name.startswith("rsnb_part_"):
            part = node(parts[name.removeprefix("rsnb_part_")]).copy()
            if column is tree:
                return part
            column.replace(bracketed(part))
    return bracketed(tree)


_TEMPLATES: dict[str, Any] = {}


def computed(value: Any, name: str, body: str) -> exp.Expr:
    """DuckDB SQL as text in which a name stands for a value, which is computed once where it is no column."""
    from sqlglot import exp

    listed = call("list_value", value)
    return call("list_extract", call("list_transform", listed, exp.Var(this=f"lambda {name}: {body}")), 1)


def bracketed(part: exp.Expr) -> exp.Expr:
    """The part in brackets, if it is an operator: it may stand beside one that binds closer."""
    from sqlglot import exp

    return exp.Paren(this=part) if isinstance(part, (exp.Binary, exp.Unary, exp.Between, exp.In)) else part
