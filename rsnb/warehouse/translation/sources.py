"""The items of FROM: tables, views, external tables, datasets, subqueries, joins, and ranges over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from rsnb.errors import SqlError, similar
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.relations import DATASET, TEMPORARY, Relation
from rsnb.warehouse.spectrum.table import PSEUDOCOLUMNS
from rsnb.warehouse.translation import blanks, joins, pivots, ranges, sets, strictness
from rsnb.warehouse.translation.binder import place, refuse
from rsnb.warehouse.translation.parse import MARK
from rsnb.warehouse.translation.scope import Columns, Outputs, Source

if TYPE_CHECKING:
    from sqlglot import exp

    from rsnb.warehouse.translation.statement import Statement

GIVEN = "given"  # stands for the columns that an expression is over


def bind(s: Statement, node: exp.Select) -> None:
    """Bind the FROM clause of a query."""
    if (from_ := node.args.get("from_")) is not None:
        bind_items(s, [from_, *(node.args.get("joins") or [])])


def bind_items(s: Statement, items: Sequence[exp.Expr]) -> None:
    """Bind FROM and its joins, from left to right: each sees those before it."""
    from sqlglot import exp

    for item in items:
        before = len(s.scope.sources)
        bind_item(s, item.this)
        for join in item.this.args.get("joins") or []:
            bind_items(s, [join])
        if isinstance(item, exp.Join):
            joins.bind(s, item, before)


def bind_item(s: Statement, item: exp.Expr) -> None:
    """Bind one item of FROM."""
    from sqlglot import exp

    if item.args.get("pivots"):
        item = pivots.unfold(s, item)
    if isinstance(item, exp.Table):
        bind_table(s, item)
    elif isinstance(item, exp.Subquery):
        _subquery(s, item)
    elif isinstance(item, (exp.AtIndex, exp.Pivot, exp.Unnest)):
        ranges.bind(s, item)
    elif isinstance(item, exp.Paren):
        bind_item(s, item.this)
    else:
        refuse(s, strictness.construct(item), item)


def _subquery(s: Statement, item: exp.Subquery) -> None:
    from sqlglot import exp

    if isinstance(item.this, exp.Table):  # a join in brackets
        bind_item(s, item.this)
        return
    columns = s.subquery(item.this)
    if not item.alias:
        item.set("alias", exp.TableAlias(this=exp.to_identifier(f"rsnb_{len(s.scope.sources)}")))
    s.scope.sources.append(Source(item.alias, renamed(s, columns, item)))


def renamed(s: Statement, columns: Outputs, item: exp.Expr) -> Columns:
    """The columns under the names that `alias(a, b)` gives them; names that repeat are told apart by a mark."""
    from sqlglot import exp

    alias = item.args.get("alias")
    given = [c.name for c in alias.columns] if alias is not None else []
    if len(given) > len(columns):
        message = f"{item.alias} names {len(given)} columns of {len(columns)}"
        raise SqlError(message, sql=s.sql, position=place(item))
    names = [*given, *(name for name, _ in columns[len(given) :])]
    if alias is not None and len(set(names)) < len(names):
        names = [f"{MARK}{i}{MARK}{name}" if names.count(name) > 1 else name for i, name in enumerate(names)]
        alias.set("columns", [exp.to_identifier(name, quoted=True) for name in names])
    return dict(zip(names, (kind for _, kind in columns), strict=True))


# Tables


def bind_table(s: Statement, table: exp.Table) -> None:
    """Give a table its schema; put late-binding views and external tables in place."""
    from sqlglot import exp

    if sets.is_call(table.this):
        sets.bind(s, table)
        return
    if isinstance(table.this, exp.Dot) and ranges.bind_table(s, table):
        return
    if not isinstance(table.this, exp.Identifier):
        refuse(s, "a table function or a file in FROM", table)
    if table.catalog == DATABASE:
        table.set("catalog", None)
    name = table.alias_or_name
    if not table.db and table.name in s.scope.tables:
        columns = s.scope.tables[table.name]
        s.scope.sources.append(Source(name, renamed(s, list(columns.items()), table)))
        return
    if s.given is not None and table.db == SCHEMA:
        s.scope.sources.append(Source(name, s.given))
        return
    relation = None if table.catalog else s.relations.find(table.db, table.name)
    if relation is None:
        if not ranges.bind_table(s, table):
            missing_table(s, table)
        return
    columns = put(s, table, relation)
    given = renamed(s, list(columns.items()), table)
    s.scope.sources.append(Source(name, given, relation.schema, s.relations.hidden(relation.schema, relation.name)))


def target(s: Statement, table: exp.Expr) -> Columns:
    """The local table that a statement changes, and its columns."""
    from sqlglot import exp

    if not isinstance(table, exp.Table):
        refuse(s, strictness.construct(table), table)
    if table.catalog == DATABASE:
        table.set("catalog", None)
    relation = None if table.catalog else s.relations.find(table.db, table.name)
    if relation is None:
        missing_table(s, table)
    if relation.kind == "external":
        raise SqlError(
            f"{relation.schema}.{relation.name} is an external table: its rows are changed by INSERT alone",
            sql=s.sql,
            position=place(table),
            hint="insert into ... select ...; to take rows away, write other files and set another location",
        )
    if relation.kind != "table" or (relation.schema, relation.name) in s.relations.bound_views:
        refuse(s, f"writing to {relation.schema}.{relation.name}, which is not a local table,", table)
    s.out.target = (relation.schema, relation.name)
    if s.out.target in s.relations.materialized:
        raise SqlError(
            f"{relation.name} is a materialized view: its rows change by REFRESH", sql=s.sql, position=place(table)
        )
    return put(s, table, relation)


def put(s: Statement, table: exp.Table, relation: Relation) -> Columns:
    """Name a relation as DuckDB finds it; its columns."""
    from sqlglot import exp

    schema, name = relation.schema, relation.name
    if not table.alias and relation.kind != "table":
        table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    if relation.kind == "late_view":
        return _put_late_view(s, table, schema, name)
    columns = _columns(s, relation)
    if relation.kind == "table":
        s.out.sources.add((schema, name))
        columns = _looked_into(s, relation, columns)
    found = _place_of(s, relation)
    table.set("this", exp.to_identifier(found[1]))
    table.set("db", exp.to_identifier(found[0]))
    return columns


def _put_late_view(s: Statement, table: exp.Table, schema: str, name: str) -> Columns:
    from sqlglot import exp

    try:
        tree, columns = s.owner.bound(s.owner.late_view(schema, name), s.out)
    except SqlError as exc:
        exc.message = f"in the late-binding view {schema}.{name}: {exc.message}"
        raise
    subquery = exp.Subquery(this=tree, alias=table.args.get("alias"), joins=table.args.get("joins"))
    table.replace(subquery)
    return dict(columns)


def _place_of(s: Statement, relation: Relation) -> tuple[str, str]:
    """Schema and name under which DuckDB finds a relation; notes what has to be there first."""
    if relation.kind == "external":
        scan = f"scan_{len(s.out.scans)}"
        s.out.scans[scan] = (relation.schema, relation.name)
        return SCHEMA, scan
    if relation.kind == "dataset":
        s.out.datasets.append(relation.name)
        return TEMPORARY, DATASET + relation.name
    return relation.schema, relation.name


def _looked_into(s: Statement, relation: Relation, columns: Columns) -> Columns:
    """The columns of a local table with where they come from, so that it can be looked whether texts end in blanks."""
    known = s.out.knowledge
    if known is None or (relation.schema, relation.name) in s.relations.bound_views:
        return columns
    return {
        name: blanks.of_column(kind, blanks.Column(relation.schema, relation.name, name), known)
        for name, kind in columns.items()
    }


def _columns(s: Statement, relation: Relation) -> Columns:
    if relation.kind == "external":
        external = s.owner.external_table(relation.schema, relation.name)
        plain = external.nested or not s.owner.pseudocolumns
        return external.types if plain else external.types | PSEUDOCOLUMNS
    if relation.kind == "dataset":
        return s.owner.dataset(relation.name)
    return s.relations.columns(relation.schema, relation.name)


def missing_table(s: Statement, table: exp.Table) -> NoReturn:
    """Raise SqlError for a name that FROM does not accept."""
    name = f"{table.db}.{table.name}" if table.db else table.name
    raise SqlError(
        f"there is no table {name}",
        sql=s.sql,
        position=table.this.meta.get("start"),
        hint=similar(name, s.relations.names()),
    )
