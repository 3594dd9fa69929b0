"""A statement that is being bound: queries and their clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import ARRAY, MAP, STRUCT, Type
from rsnb.warehouse.translation import (
    blanks,
    conditions,
    expressions,
    hierarchy,
    names,
    ordering,
    outer_joins,
    recursion,
    sets,
    sources,
    strictness,
)
from rsnb.warehouse.translation.binder import missing_column, place, refuse
from rsnb.warehouse.translation.casts import cast
from rsnb.warehouse.translation.dynamic import SUPER
from rsnb.warehouse.translation.meeting import common_type, widened
from rsnb.warehouse.translation.outputs import retype, starred
from rsnb.warehouse.translation.parse import shown
from rsnb.warehouse.translation.reasons import Wrong, raised
from rsnb.warehouse.translation.scope import Columns, Outputs, Scope
from rsnb.warehouse.translation.typed import TEXTS, Typed

if TYPE_CHECKING:
    from sqlglot import exp

    from rsnb.warehouse.relations import Relations
    from rsnb.warehouse.translate import Translation, Translator


class Statement:
    """Binds one statement's tree in place; `out` notes what it reads beside the warehouse's own tables."""

    def __init__(self, owner: Translator, sql: str, out: Translation, given: Columns | None = None) -> None:
        self.owner = owner
        self.sql = sql
        self.out = out
        self.scope = Scope()
        self.given = given  # columns that a single expression is over

    @property
    def relations(self) -> Relations:
        """The tables and functions of the warehouse."""
        return self.owner.relations

    def visit(self, node: exp.Expr) -> Typed:
        """The expression as DuckDB reads it, and its type."""
        return expressions.visit(self, node)

    def subquery(self, query: exp.Expr) -> Outputs:
        """Bind a query inside this one; its columns."""
        before = self.scope
        self.scope = before.inner()
        try:
            return self.query(query)
        finally:
            self.scope = before

    def query(self, node: exp.Expr) -> Outputs:
        """Bind a query in the present scope; its columns and their types."""
        from sqlglot import exp

        if isinstance(node, exp.Select) and node.args.get("connect") is not None:
            hierarchy.unfold(self, node)
        self.common_tables(node)
        if isinstance(node, exp.Select):
            return self._select(node)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node)
        if isinstance(node, exp.Subquery):
            columns = self.subquery(node.this)
            self._limits(node, columns)
            return columns
        return refuse(self, strictness.construct(node), node)

    def common_tables(self, node: exp.Expr) -> None:
        """Bind the common table expressions of a query, each seeing those before it."""
        with_ = node.args.get("with_")
        if with_ is None:
            return
        for cte in with_.expressions:
            self.see(cte, recursion.bind(self, cte) if with_.args.get("recursive") else self.subquery(cte.this))

    def see(self, cte: exp.Expr, columns: Outputs) -> None:
        """Let the name of a common table expression stand for its columns."""
        self.scope.tables = {**self.scope.tables, cte.alias: sources.renamed(self, columns, cte)}

    def columns_of(self, query: exp.Expr) -> Outputs:
        """The columns that a query would give here; the query is used up."""
        return Statement(self.owner, self.sql, type(self.out)("")).in_scope(self.scope).subquery(query)

    def in_scope(self, scope: Scope) -> Statement:
        """This statement, seeing what another scope sees."""
        self.scope = scope.inner()
        return self

    def _select(self, node: exp.Select) -> Outputs:
        from sqlglot import exp

        sets.unfold(node)
        sources.bind(self, node)
        outer_joins.unfold(self, node)
        if (where := node.args.get("where")) is not None:
            self.scope.written = {i.alias: i.this for i in node.expressions if isinstance(i, exp.Alias)}
            where.set("this", conditions.truth(self, where.this))
            self.scope.written = {}
        columns = self._outputs(node)
        self._check_scalar(node, columns)
        keys: ordering.Keys = []
        if (group := node.args.get("group")) is not None:
            keys = ordering.bind_group(self, group, node, columns)
        for key in ("having", "qualify"):
            if (clause := node.args.get(key)) is not None:
                clause.set("this", conditions.truth(self, clause.this))
        if node.args.get("distinct") is not None:
            ordering.bind_distinct(self, node, columns)
        self._limits(node, columns)
        ordering.put_keys(self, node, columns, keys)
        return columns

    def _check_scalar(self, node: exp.Select, columns: Outputs) -> None:
        """A struct, an array or a map of the lake is in no result, also of a subquery."""
        for name, kind in columns:
            if kind.rule in (ARRAY, MAP, STRUCT):
                raise SqlError(
                    f"the column {name} of type {kind.rule.name} can't be returned",
                    sql=self.sql,
                    position=place(node),
                    hint="Redshift returns scalars: name the field you want",
                )

    def _outputs(self, node: exp.Select) -> Outputs:
        """The select list: unnamed expressions get Redshift's names; later ones may use earlier aliases."""
        from sqlglot import exp

        columns: Outputs = []
        items: list[exp.Expr] = []
        for item in node.expressions:
            if starred(item):
                items += self._star(item, columns, distinct=node.args.get("distinct") is not None)
                continue
            name = names.output_name(item)
            value = self.visit(item.this if isinstance(item, exp.Alias) else item)
            columns.append((name, value.type))
            if isinstance(item, exp.Alias):
                self.scope.aliases.setdefault(name, value)
            plain = isinstance(value.node, exp.Column) and value.node.name == name
            alias = exp.to_identifier(name, quoted=True)  # a node of its own: a subquery's would be in its copies
            items.append(value.node if plain else exp.Alias(this=value.node, alias=alias))
        node.set("expressions", items)
        return columns

    def _star(self, item: exp.Expr, columns: Outputs, distinct: bool) -> list[exp.Expr]:
        """`*`, `t.*` and `* exclude (a)`: as it is where DuckDB gives the same columns, else written out."""
        from sqlglot import exp

        star = item.this if isinstance(item, exp.Column) else item
        table = item.table if isinstance(item, exp.Column) else ""
        if table and self.scope.source(table) is None:
            raise SqlError(f"there is no table {table} in FROM", sql=self.sql, position=place(item))
        excluded = {e.name for e in star.args.get("except_") or []}
        found = list(self.scope.star(table))
        for name in excluded - {n for _, n, _ in found}:
            missing_column(self, name, item)
        kept = [(source, n, shown(n), t) for source, n, t in found if n not in excluded]
        columns += [(name, t) for _, _, name, t in kept]
        merged = bool(self.scope.merged and not table) or any(n != name for _, n, name, _ in kept)
        spelled = distinct and any(blanks.is_significant(t) for *_, t in kept)
        if not (excluded or merged or spelled or any(s.hidden for s in self.scope.sources)):
            return [item]
        return [self._named(source, n, name) for source, n, name, _ in kept]

    def _named(self, source: str, column: str, name: str) -> exp.Expr:
        """A column of a source, or one that USING makes, under a name."""
        from sqlglot import exp

        merged = None if source else self.scope.merged_value(column)
        node = exp.column(column, table=source or None, quoted=True) if merged is None else merged.node
        return node if merged is None and column == name else exp.alias_(node, name, quoted=True)

    def _limits(self, node: exp.Expr, columns: Outputs) -> None:
        """ORDER BY, LIMIT and OFFSET."""
        if (order := node.args.get("order")) is not None:
            ordering.bind_order(self, order, node, columns)
        for key in ("limit", "offset"):
            if (clause := node.args.get(key)) is not None:
                clause.set("expression", self._count(clause.expression))

    def _count(self, node: exp.Expr) -> exp.Expr:
        """The number of LIMIT or OFFSET; LIMIT ALL is none."""
        value = self.visit(node)
        if value.short not in ("int2", "int4", "int8", "null"):
            raise raised(Wrong("LIMIT and OFFSET take a whole number"), self.sql, place(node))
        return value.node

    def _set_operation(self, node: exp.SetOperation) -> Outputs:
        """UNION, INTERSECT, EXCEPT: the left names, and types that both sides meet in."""
        from sqlglot import exp

        left, right = self.subquery(node.this), self.subquery(node.expression)
        if len(left) != len(right):
            message = f"the queries of a set operation have {len(left)} and {len(right)} columns"
            raise SqlError(message, sql=self.sql, position=place(node.expression))
        try:
            kinds = [common_type([one, other]) for (_, one), (_, other) in zip(left, right, strict=True)]
        except Wrong as why:
            raise raised(why, self.sql, place(node.expression)) from None
        kinds = [blanks.meeting(kind, a, b) for kind, (_, a), (_, b) in zip(kinds, left, right, strict=True)]
        told_apart = bool(node.args.get("distinct")) or not isinstance(node, exp.Union)
        if told_apart:
            kinds = [blanks.compared_as(kind) for kind in kinds]
        for side, had in ((node.this, left), (node.expression, right)):
            retype(side, had, kinds, _told_apart if told_apart else _met)
        columns = [(name, kind) for (name, _), kind in zip(left, kinds, strict=True)]
        if told_apart:
            ordering.bind_set(self, node, columns)
        self._limits(node, columns)
        return columns


def _told_apart(value: Typed, kind: Type) -> Typed:
    return blanks.compared(_met(value, kind))


def _met(value: Typed, kind: Type) -> Typed:
    """A column of a set operation as of the type that both sides meet in; DuckDB brings the others together."""
    if kind == SUPER and value.type != SUPER:
        return cast(value, kind)
    return cast(value, kind) if value.is_quoted and kind.rule.short not in TEXTS else widened(value, kind)
