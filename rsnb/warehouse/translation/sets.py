"""Functions that return rows, in FROM or alone in a select list; their rows are views (rsnb.warehouse.system.sets).

Source: Redshift Developer Guide, PG_GET_COLS, PG_GET_LATE_BINDING_VIEW_COLS, PG_GET_IAM_ROLE_BY_USER,
PG_GET_GRANTEE_BY_IAM_ROLE, CONVERT_TIMEZONE (PG_TIMEZONE_NAMES, PG_TIMEZONE_ABBREVS).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.sets import VIEWS
from rsnb.warehouse.translation import expressions
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.parse import called
from rsnb.warehouse.translation.reasons import Wrong, raised
from rsnb.warehouse.translation.scope import Source
from rsnb.warehouse.translation.typed import TEXTS

if TYPE_CHECKING:
    from sqlglot import exp

SETS = {view.name[1:]: view for view in VIEWS}
_KEYED = frozenset({"pg_get_cols", "pg_get_grantee_by_iam_role", "pg_get_iam_role_by_user"})
_OF_RECORDS = frozenset(name for name in SETS if name.startswith("pg_get_"))  # their columns are named where they stand
_RECORD, _ALONE = "rsnb_record", "rsnb_set"


def is_call(node: exp.Expr) -> bool:
    """Whether a node is a call of such a function."""
    from sqlglot import exp

    return isinstance(node, exp.Anonymous) and called(node)[0] in SETS


def unfold(node: exp.Select) -> None:
    """`select f()` without FROM: the rows of f as texts."""
    from sqlglot import exp

    item = node.expressions[0] if len(node.expressions) == 1 else None
    call = item.this if isinstance(item, exp.Alias) else item
    if node.args.get("from_") is not None or call is None or not is_call(call):
        return
    name = item.alias if isinstance(item, exp.Alias) else called(call)[0]
    node.set("expressions", [exp.alias_(exp.column(_RECORD, quoted=True), name, quoted=True)])
    alias = exp.TableAlias(this=exp.to_identifier(_ALONE))
    node.set("from_", exp.From(this=exp.Table(this=call.copy(), alias=alias)))


def bind(b: Binder, table: exp.Table) -> None:
    """`from f() alias(column type, ...)`: the rows of f as a source."""
    call, alias = table.this, table.args.get("alias")
    if table.alias == _ALONE:
        _put(b, table, call, {_RECORD: _RECORD})
        return
    kinds = {name: kind for name, kind in _kinds(call).items() if not name.startswith("rsnb_")}
    given = list(alias.columns) if alias is not None else []
    name = called(call)[0]
    if name in _OF_RECORDS and len(given) != len(kinds):
        raise SqlError(
            f"{name.upper()} returns records: its {len(kinds)} columns are named with their types",
            sql=b.sql, position=place(call), hint=f"from {name}(...) as c({', '.join(kinds)}), each with its type",
        )  # fmt: skip
    names = [column.name for column in given[: len(kinds)]]
    for column, kind in zip(given, kinds.values(), strict=False):
        _check_type(b, column, kind)
    shown = [*names, *list(kinds)[len(names) :]]
    _put(b, table, call, dict(zip(kinds, shown, strict=True)))


def _kinds(call: exp.Expr) -> dict[str, Type]:
    return {column.name: column.kind for column in SETS[called(call)[0]].columns}


def _put(b: Binder, table: exp.Table, call: exp.Expr, columns: dict[str, str]) -> None:
    """Put the rows of a call in a table's place; columns: the names that they get."""
    from sqlglot import exp

    kinds, name = _kinds(call), table.alias or called(call)[0]
    alias = exp.TableAlias(
        this=exp.to_identifier(name, quoted=True),
        columns=[exp.to_identifier(shown, quoted=True) for shown in columns.values()],
    )
    table.replace(exp.Subquery(this=_rows(b, call, list(columns)), alias=alias, joins=table.args.get("joins")))
    b.scope.sources.append(Source(name, {shown: kinds[column] for column, shown in columns.items()}))


def _check_type(b: Binder, column: exp.Expr, kind: Type) -> None:
    """Raise SqlError where a column is declared with another type than the function returns."""
    from sqlglot import exp

    if not isinstance(column, exp.ColumnDef) or column.kind is None or column.kind.sql("redshift").lower() == "name":
        return
    declared = expressions.type_of(b, column.kind)
    texts = declared.short in TEXTS and kind.short in TEXTS
    if declared.short != kind.short and not texts:
        message = f"{column.name} is of type {kind.rule.name}, not {declared.rule.name}"
        raise SqlError(message, sql=b.sql, position=place(column))


def _rows(b: Binder, call: exp.Expr, columns: list[str]) -> exp.Select:
    """The rows of a call as a query."""
    from sqlglot import exp

    name = called(call)[0]
    view = exp.Table(this=exp.to_identifier(f"_{name}", quoted=True), db=exp.to_identifier(SCHEMA, quoted=True))
    query = exp.select(*(exp.column(column, quoted=True) for column in columns)).from_(view)
    if len(call.expressions) != (name in _KEYED):
        message = f"the function {name.upper()} takes {int(name in _KEYED)} arguments, not {len(call.expressions)}"
        raise SqlError(message, sql=b.sql, position=place(call))
    if name in _KEYED:
        key = exp.Literal.string(_key(b, name, call))
        query = query.where(exp.EQ(this=exp.column("rsnb_key", quoted=True), expression=key))
    return query


def _key(b: Binder, name: str, call: exp.Expr) -> str:
    """What the argument names: a user, a role, or a relation with its schema."""
    value = b.visit(call.expressions[0]).literal
    if value is None:
        refuse(b, f"{name.upper()} of other than a quoted text", call)
    if name != "pg_get_cols":
        return value
    schema, _, relation = value.lower().rpartition(".")
    found = b.relations.find(schema.rpartition(".")[2], relation)
    if found is None:
        raise raised(Wrong(f"there is no table {value}"), b.sql, place(call))
    return f"{found.schema}.{found.name}"
