"""Names with dots and brackets: a column, and the way from it into a struct, an array or a SUPER value.

Source: Redshift Developer Guide, "Querying nested data", "Querying semistructured data".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import ARRAY, STRUCT, Type
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.translation import dynamic
from rsnb.warehouse.translation.binder import Binder, missing_column, refuse
from rsnb.warehouse.translation.reasons import Wrong
from rsnb.warehouse.translation.steps import step as index_or_name
from rsnb.warehouse.translation.typed import ANY, Typed, call, own

if TYPE_CHECKING:
    from sqlglot import exp


def visit_path(b: Binder, node: exp.Expr) -> Typed:
    """A column, or a value inside one."""
    from sqlglot import exp

    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Anonymous):
        return b.visit(node.expression)  # a function with its schema
    base, steps = _flatten(node)
    if isinstance(base, exp.Column):
        if base.args.get("join_mark"):
            refuse(b, "the outer join mark (+)", base)
        names = [part.name for part in base.parts]
        if isinstance(base.this, exp.Star):
            refuse(b, "`*` in an expression", base)
        value, rest = _resolve(b, base, names)
        parts: list[exp.Expr] = list(base.parts)
        return follow(b, value, [*parts[len(parts) - len(rest) :], *steps], node)
    if base is node:
        refuse(b, "this use of a dot or of brackets", node)
    return follow(b, b.visit(base), steps, node)


def _flatten(node: exp.Expr) -> tuple[exp.Expr, list[exp.Expr]]:
    """The expression that a path starts from, and its steps."""
    from sqlglot import exp

    steps: list[exp.Expr] = []
    while True:
        if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
            steps.append(node.expression)
        elif isinstance(node, exp.Bracket) and len(node.expressions) == 1:
            steps.append(node.expressions[0])
        elif isinstance(node, exp.Paren) and steps and isinstance(node.this, (exp.Column, exp.Dot, exp.Bracket)):
            pass
        else:
            return node, steps[::-1]
        node = node.this


def _resolve(b: Binder, node: exp.Column, names: list[str]) -> tuple[Typed, list[str]]:
    """The column that the first of some names stand for, and the names that go on from it."""
    from sqlglot import exp

    if len(names) > 3 and names[0] == DATABASE:
        names = names[1:]
    for skip in (1, 0):  # schema.table.column, table.column
        if len(names) > skip + 1 and (source := b.scope.source(names[skip], names[0] if skip else "")):
            if source.value is not None:
                break
            if (kind := source.columns.get(names[skip + 1])) is not None:
                return Typed(_column(names[skip + 1], source.name, node), kind), names[skip + 2 :]
            if not b.scope.holder(names[0]):
                missing_column(b, names[skip + 1], node)
    first, rest = names[0], names[1:]
    if (source := b.scope.source(first)) is not None and source.value is not None:
        return Typed(_column(first, "", node), source.value), rest
    if (merged := b.scope.merged_value(first)) is not None:
        return merged, rest
    if (source := b.scope.holder(first)) is not None:
        return Typed(_column(first, "", node), source.columns[first]), rest
    if (alias := b.scope.aliases.get(first)) is not None:
        if alias.node.find(exp.Anonymous):  # DuckDB refers to no alias of what may raise
            return Typed(exp.Paren(this=alias.node.copy()), alias.type), rest
        return Typed(_column(first, "", node), alias.type), rest
    if (written := b.scope.written.pop(first, None)) is not None:  # an alias does not stand for itself
        value = b.visit(written.copy())
        b.scope.written[first] = written
        return Typed(exp.Paren(this=value.node), value.type), rest
    if rest:
        table = ".".join(names[:-1])
        raise Wrong(f"there is no table {table} in FROM")
    if isinstance(node.this, exp.Identifier):
        missing_column(b, first, node)
    return Typed(node, ANY), rest


def _column(name: str, table: str, node: exp.Column) -> exp.Expr:
    """A column as DuckDB is asked for it; a column that stands alone stays as it is."""
    from sqlglot import exp

    if node.name == name and node.table == table and not node.args.get("db"):
        return node
    return exp.column(name, table=table or None, quoted=True)


def follow(b: Binder, value: Typed, steps: list[exp.Expr], node: exp.Expr) -> Typed:
    """The value at the end of a path of names and indexes."""
    for written in steps:
        step = _step(written, value)
        rule = _STEPS.get(value.type.rule.name)
        if rule is None:
            what = f"field {step}" if isinstance(step, str) else "element"
            raise Wrong(f"a value of type {value.type.rule.name} has no {what}")
        value = rule(b, value, step, node)
    return value


def _step(written: exp.Expr, value: Typed) -> str | exp.Expr:
    """A field's name, or an index."""
    from sqlglot import exp

    if not isinstance(written, exp.Identifier):
        return written
    found = index_or_name(written.name)
    return dynamic.named_by(written) if isinstance(found, str) and value.short == "super" else found


def _struct_field(b: Binder, value: Typed, step: str | exp.Expr, node: exp.Expr) -> Typed:
    fields = dict(value.type.inner)
    if not isinstance(step, str) or step not in fields:
        shown = step if isinstance(step, str) else "element"
        raise Wrong(f"there is no field {shown}", f"there is {', '.join(fields)}")
    return Typed(call("struct_extract", value, step), fields[step])


def _super_step(b: Binder, value: Typed, step: str | exp.Expr, node: exp.Expr) -> Typed:
    return dynamic.step(value, step if isinstance(step, str) else b.visit(step))


def _array_element(b: Binder, value: Typed, step: str | exp.Expr, node: exp.Expr) -> Typed:
    refuse(b, "an array element by position (range over the array in FROM)", node)


_STEPS = {STRUCT.name: _struct_field, ARRAY.name: _array_element, "super": _super_step}


def elements(value: Typed) -> exp.Expr:
    """The elements of an array as a DuckDB list."""
    return own("super_elements", value) if value.short == "super" else value.node


def element_of(kind: Type) -> Type | None:
    """What ranging over a value of this type gives; None when it is no array."""
    if kind.rule.short == "super":
        return kind
    return kind.inner[0][1] if kind.rule is ARRAY else None
