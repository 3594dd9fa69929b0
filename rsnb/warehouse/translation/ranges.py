"""Ranging over the elements of an array, or the attributes of an object, in FROM.

Source: Redshift Developer Guide, "Querying nested data", "Querying semistructured data".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import named
from rsnb.warehouse.translation import paths
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.scope import Source
from rsnb.warehouse.translation.typed import INT8, VARCHAR, Typed, sql

if TYPE_CHECKING:
    from sqlglot import exp


def bind_table(b: Binder, table: exp.Table) -> bool:
    """`source.array alias` in FROM ranges over the elements of an array; False when it names none."""
    from sqlglot import exp

    parts = list(table.parts)
    names = [part.name for part in parts]
    of_schema = len(names) > 2 and b.scope.source(names[1], names[0]) is not None
    if not of_schema and b.scope.source(names[0]) is None and b.scope.holder(names[0]) is None:
        return False
    column: exp.Expr = exp.Column(**dict(zip(("this", "table", "db", "catalog"), parts[3::-1], strict=False)))
    for part in parts[4:]:
        column = exp.Dot(this=column, expression=part)
    _over_array(b, table, column, table.alias_or_name, "")
    return True


def bind(b: Binder, item: exp.Expr) -> None:
    """A range that sqlglot reads as one: `a.b as x`, `a.b as x at i`, `unpivot a.b as value at name`."""
    from sqlglot import exp

    if isinstance(item, exp.Unnest) and "offset" in item.args:
        _unnest(b, item)
        return
    if isinstance(item, exp.Unnest):
        alias = item.args.get("alias")
        names = [c.name for c in alias.columns] if alias is not None else []
        value = item.expressions[0]
        _over_array(b, item, value, names[0] if names else item.alias_or_name or value.name, "")
        return
    if isinstance(item, exp.Pivot) and not item.args.get("unpivot"):
        refuse(b, "PIVOT", item)
    inner, index = item.this if isinstance(item, exp.Pivot) else item, ""
    if isinstance(inner, exp.AtIndex):
        inner, index = inner.this, inner.expression.name
    name = inner.alias_or_name
    value = inner.this if isinstance(inner, exp.Alias) else inner
    if isinstance(item, exp.Pivot):
        _over_object(b, item, value, name, index)
    else:
        _over_array(b, item, value, name, index)


def _unnest(b: Binder, item: exp.Unnest) -> None:
    """`unnest(array) as t(element)`: a table of the elements, WITH OFFSET of their indexes too."""
    from sqlglot import exp

    alias, offset = item.args.get("alias"), item.args["offset"]
    names = [c.name for c in alias.columns] if alias is not None else []
    if alias is None or not alias.name or len(names) != (2 if offset else 1) or len(item.expressions) != 1:
        wanted = "with offset as t(element, index)" if offset else "as t(element)"
        refuse(b, f"UNNEST without the names of a table and of its columns (unnest(array) {wanted})", item)
    elements = _elements(b, item.expressions[0])
    if offset:
        _put(item, _indexed(elements), names[0], names[1], alias.name)
    else:
        item.replace(exp.Unnest(expressions=[elements.node], alias=alias))
    b.scope.sources.append(Source(alias.name, dict(zip(names, (elements.type, INT8), strict=False))))


def _elements(b: Binder, column: exp.Expr) -> Typed:
    """The elements of an array, as a list of DuckDB's, with their type."""
    value = b.visit(column)
    element = paths.element_of(value.type)
    if element is None:
        raise SqlError(
            f"{column.sql('redshift')} is no array and no table: it can't stand in FROM",
            sql=b.sql,
            position=place(column),
        )
    return Typed(paths.elements(value), element)


def _indexed(elements: Typed) -> exp.Expr:
    return sql("(SELECT unnest({e}) AS rsnb_value, unnest(range(len({e}))) AS rsnb_index)", e=elements)


def _over_array(b: Binder, item: exp.Expr, column: exp.Expr, name: str, index: str) -> None:
    from sqlglot import exp

    elements = _elements(b, column)
    if index:
        _put(item, _indexed(elements), name, index)
        b.scope.sources.append(Source(f"{name}.{index}", {index: INT8}))
    else:
        alias = exp.TableAlias(this=exp.to_identifier(f"_{name}"), columns=[exp.to_identifier(name)])
        item.replace(exp.Unnest(expressions=[elements.node], alias=alias))
    b.scope.sources.append(Source(name, {}, value=elements.type))


def _over_object(b: Binder, item: exp.Expr, column: exp.Expr, name: str, attribute: str) -> None:
    """UNPIVOT of an object: a row for each attribute, with its value and its name."""
    value = b.visit(column)
    if value.short != "super":
        raise SqlError("UNPIVOT takes a SUPER value", sql=b.sql, position=place(column))
    attribute = attribute or "attr"
    rows = sql(
        "(SELECT unnest(rsnb_system.own_super_values({o})) AS rsnb_value, unnest(json_keys({o})) AS rsnb_index)",
        o=value,
    )
    _put(item, rows, name, attribute)
    b.scope.sources.append(Source(f"{name}.{attribute}", {attribute: VARCHAR}))
    b.scope.sources.append(Source(name, {}, value=named("super")))


def _put(item: exp.Expr, rows: exp.Expr, name: str, index: str, table: str = "") -> None:
    """Put a subquery of values and their indexes in the item's place."""
    from sqlglot import exp

    columns = [exp.to_identifier(name), exp.to_identifier(index)]
    query = rows if isinstance(rows, exp.Subquery) else exp.Subquery(this=rows)
    query.set("alias", exp.TableAlias(this=exp.to_identifier(table or f"_{name}"), columns=columns))
    item.replace(query)
