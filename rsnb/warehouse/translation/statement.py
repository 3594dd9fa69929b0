"""A statement that is being bound: queries, their clauses, and the statements that change rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import ARRAY, MAP, STRUCT, Type
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.translation import expressions, hierarchy, names, outer_joins, sets, sources, strictness
from rsnb.warehouse.translation.binder import missing_column, near, place, refuse
from rsnb.warehouse.translation.casts import cast
from rsnb.warehouse.translation.coercion import assigned, orderable
from rsnb.warehouse.translation.meeting import common_type
from rsnb.warehouse.translation.parse import shown
from rsnb.warehouse.translation.reasons import Refused, Wrong, raised
from rsnb.warehouse.translation.scope import Columns, Outputs, Scope, Source
from rsnb.warehouse.translation.typed import LITERAL, TEXTS, Typed

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

    # Queries

    def query(self, node: exp.Expr) -> Outputs:
        """Bind a query in the present scope; its columns and their types."""
        from sqlglot import exp

        if isinstance(node, exp.Select) and node.args.get("connect") is not None:
            hierarchy.unfold(self, node)
        self.check_clauses(node)
        self._with(node)
        if isinstance(node, exp.Select):
            return self._select(node)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node)
        if isinstance(node, exp.Subquery):
            columns = self.subquery(node.this)
            self._limits(node, columns)
            return columns
        return refuse(self, strictness.construct(node), node)

    def check_clauses(self, node: exp.Expr) -> None:
        """Refuse the clauses of a node that are not run here."""
        for key, clause in strictness.refused_clauses().get(type(node), {}).items():
            if node.args.get(key):
                refuse(self, clause, node)

    def _with(self, node: exp.Expr) -> None:
        """Bind the common table expressions of a query, each seeing those before it."""
        with_ = node.args.get("with_")
        if with_ is None:
            return
        for cte in with_.expressions:
            columns = self._recursive(cte) if with_.args.get("recursive") else self.subquery(cte.this)
            self._see(cte, columns)

    def _see(self, cte: exp.Expr, columns: Outputs) -> None:
        self.scope.tables = {**self.scope.tables, cte.alias: sources.renamed(self, columns, cte)}

    def _recursive(self, cte: exp.Expr) -> Outputs:
        """A common table expression that may name itself: its first query gives the types."""
        from sqlglot import exp

        body = cte.this
        if isinstance(body, exp.Union):
            first = body.this.copy()
            self._see(cte, self.columns_of(first))
        return self.subquery(body)

    def columns_of(self, query: exp.Expr) -> Outputs:
        """The columns that a query would give here; the query is used up."""
        return Statement(self.owner, self.sql, type(self.out)("")).in_scope(self.scope).subquery(query)

    def in_scope(self, scope: Scope) -> Statement:
        """This statement, seeing what another scope sees."""
        self.scope = scope.inner()
        return self

    def _select(self, node: exp.Select) -> Outputs:
        from sqlglot import exp

        sets.unfold(self, node)
        sources.bind(self, node)
        outer_joins.unfold(self, node)
        if (distinct := node.args.get("distinct")) is not None:
            self.check_clauses(distinct)
        if (where := node.args.get("where")) is not None:
            self.scope.written = {i.alias: i.this for i in node.expressions if isinstance(i, exp.Alias)}
            where.set("this", expressions.truth(self, where.this))
            self.scope.written = {}
        columns = self._outputs(node)
        self._check_scalar(node, columns)
        if distinct is not None:
            self._ordered([kind for _, kind in columns], "in SELECT DISTINCT", node)
        self._group(node, columns)
        for key in ("having", "qualify"):
            if (clause := node.args.get(key)) is not None:
                clause.set("this", expressions.truth(self, clause.this))
        self._limits(node, columns)
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
            if _starred(item):
                items += self._star(item, columns)
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

    def _star(self, item: exp.Expr, columns: Outputs) -> list[exp.Expr]:
        """`*`, `t.*` and `* exclude (a)`: as it is where DuckDB gives the same columns, else written out."""
        from sqlglot import exp

        star = item.this if isinstance(item, exp.Column) else item
        self.check_clauses(star)
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
        if not excluded and not merged and not any(s.hidden for s in self.scope.sources):
            return [item]
        named = [(exp.column(n, table=source or None, quoted=True), n, name) for source, n, name, _ in kept]
        return [column if n == name else exp.alias_(column, name, quoted=True) for column, n, name in named]

    def _group(self, node: exp.Select, columns: Outputs) -> None:
        group = node.args.get("group")
        if group is None:
            return
        self.check_clauses(group)
        group.set("expressions", [self._grouped(item, columns) for item in group.expressions])

    def _grouped(self, node: exp.Expr, columns: Outputs) -> exp.Expr:
        """An item of GROUP BY: an expression, a position, or a grouping set of them."""
        from sqlglot import exp

        if isinstance(node, (exp.Cube, exp.GroupingSets, exp.Rollup, exp.Tuple)):
            node.set("expressions", [self._grouped(item, columns) for item in node.expressions])
            return node
        value = self.visit(node)
        self._ordered([_placed(value, columns)], "in GROUP BY", node)
        return value.node

    def _ordered(self, kinds: Sequence[Type], where: str, node: exp.Expr) -> None:
        """Raise SqlError where values that can't be compared would be."""
        try:
            for kind in kinds:
                orderable(kind, where)
        except Wrong as why:
            raise raised(why, self.sql, place(node)) from None

    def _limits(self, node: exp.Expr, columns: Outputs) -> None:
        """ORDER BY, LIMIT and OFFSET."""
        from sqlglot import exp

        if (order := node.args.get("order")) is not None:
            outputs = dict(columns)
            for item in order.expressions:
                alone = item.this
                if isinstance(alone, exp.Column) and not alone.table and alone.name in outputs:
                    self._ordered([outputs[alone.name]], "in ORDER BY", item)
                    continue  # the output column comes first
                if isinstance(node, exp.Select):
                    value = self.visit(alone)
                    self._ordered([_placed(value, columns)], "in ORDER BY", item)
                    item.set("this", value.node)
                elif not isinstance(alone, exp.Literal):
                    refuse(self, "ORDER BY of other than an output column after a set operation", item)
        for key in ("limit", "offset"):
            if (clause := node.args.get(key)) is not None:
                self.check_clauses(clause)
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
        for side, had in ((node.this, left), (node.expression, right)):
            retype(side, [t for _, t in had], kinds, _met)
        if node.args.get("distinct") or not isinstance(node, exp.Union):
            self._ordered(kinds, "in a set operation other than UNION ALL", node)
        columns = [(name, kind) for (name, _), kind in zip(left, kinds, strict=True)]
        self._limits(node, columns)
        return columns

    # Statements that change rows

    def change(self, node: exp.Expr) -> None:
        """Bind an INSERT, UPDATE or DELETE."""
        from sqlglot import exp

        self.check_clauses(node)
        self._with(node)
        if isinstance(node, exp.Insert):
            self._insert(node)
        elif isinstance(node, exp.Update):
            self._update(node)
        elif isinstance(node, exp.Delete):
            self._delete(node)

    def _insert(self, node: exp.Insert) -> None:
        from sqlglot import exp

        target = node.this
        table = target.this if isinstance(target, exp.Schema) else target
        columns = sources.target(self, table)
        named = [i.name for i in target.expressions] if isinstance(target, exp.Schema) else list(columns)
        for item in target.expressions if isinstance(target, exp.Schema) else []:
            if item.name not in columns:
                hint = near(item.name, list(columns))
                raise SqlError(f"there is no column {item.name}", sql=self.sql, position=place(item), hint=hint)
        body = node.expression
        if body is None:  # DEFAULT VALUES
            return
        given = None if isinstance(body, exp.Values) else [t for _, t in self.subquery(body)]
        count = len(given) if given is not None else _width(body.expressions[0])
        if not isinstance(target, exp.Schema):  # fewer values go to the first columns
            named = named[:count]
            schema = exp.Schema(this=table.copy(), expressions=[exp.to_identifier(n, quoted=True) for n in named])
            node.set("this", schema)
        self._refuse_identities(named)
        kinds = [columns[name] for name in named]
        if given is None:
            for row in body.expressions:
                self._insert_row(row, kinds)
        elif len(given) <= len(kinds):
            retype(body, given, kinds[: len(given)], assigned)

    def _refuse_identities(self, named: list[str]) -> None:
        """An IDENTITY column takes no value; GENERATED BY DEFAULT AS IDENTITY does."""
        always = self.relations.identities.get(self.out.target or ("", ""), set())
        for column in named:
            if column in always:
                raise SqlError(
                    f"the IDENTITY column {column} takes no value",
                    sql=self.sql,
                    position=place_of(self.sql, column),
                    hint="name the other columns after the table",
                )

    def _insert_row(self, row: exp.Expr, kinds: list[Type]) -> None:
        from sqlglot import exp

        items = row.expressions if isinstance(row, exp.Tuple) else [row]
        values: list[exp.Expr] = []
        for item, kind in zip(items, [*kinds, *[None] * len(items)], strict=False):
            if isinstance(item, exp.Var):  # DEFAULT
                values.append(item)
                continue
            values.append(self._assigned(self.visit(item), kind, item))
        row.set("expressions", values)

    def _assigned(self, value: Typed, kind: Type | None, node: exp.Expr) -> exp.Expr:
        try:
            return assigned(value, kind).node if kind is not None else value.node
        except (Wrong, Refused) as why:
            raise raised(why, self.sql, place(node)) from None

    def _update(self, node: exp.Update) -> None:
        from sqlglot import exp

        columns = sources.target(self, node.this)
        self.scope.sources.append(Source(node.this.alias_or_name, columns))
        if (from_ := node.args.get("from_")) is not None:
            sources.bind_items(self, [from_, *(from_.this.args.get("joins") or [])])
        for item in node.expressions:
            if not isinstance(item, exp.EQ) or not isinstance(item.this, exp.Column):
                raise SqlError("SET takes column = value", sql=self.sql, position=place(item))
        self._refuse_identities([item.this.name for item in node.expressions])
        for item in node.expressions:
            name = item.this.name
            if name not in columns:
                missing_column(self, name, item.this)
            value = item.expression
            if isinstance(value, exp.Column) and value.name == "default" and not value.this.args.get("quoted"):
                item.set("expression", exp.Var(this="DEFAULT"))
                continue
            item.set("expression", self._assigned(self.visit(value), columns[name], value))
        self._where(node)

    def _delete(self, node: exp.Delete) -> None:
        tables = node.args.get("tables")
        if tables and not node.this and len(tables) == 1:  # `delete t` is `delete from t`
            node.set("tables", None)
            node.set("this", tables[0])
        columns = sources.target(self, node.this)
        self.scope.sources.append(Source(node.this.alias_or_name, columns))
        for table in node.args.get("using") or []:
            sources.bind_table(self, table)
        self._where(node)

    def _where(self, node: exp.Expr) -> None:
        if (where := node.args.get("where")) is not None:
            where.set("this", expressions.truth(self, where.this))


def _width(row: exp.Expr) -> int:
    from sqlglot import exp

    return len(row.expressions) if isinstance(row, exp.Tuple) else 1


def _placed(value: Typed, columns: Outputs) -> Type:
    """The type of an item of GROUP BY or ORDER BY; a whole number stands for an output column."""
    from sqlglot import exp

    number = int(value.node.name) if isinstance(value.node, exp.Literal) and value.node.is_int else 0
    return columns[number - 1][1] if 1 <= number <= len(columns) else value.type


def _starred(item: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))


def _met(value: Typed, kind: Type) -> Typed:
    """A column of a set operation as of the type that both sides meet in; DuckDB brings the others together."""
    return cast(value, kind) if value.type is LITERAL and kind.rule.short not in TEXTS else value


def retype(query: exp.Expr, had: list[Type], kinds: list[Type], convert: Callable[[Typed, Type], Typed]) -> None:
    """Convert the outputs of a bound query, in place."""
    from sqlglot import exp

    if had == kinds or all(kind == wanted for kind, wanted in zip(had, kinds, strict=True)):
        return
    if isinstance(query, exp.Select) and not any(_starred(item) for item in query.expressions):
        for item, kind, wanted in zip(query.expressions, had, kinds, strict=True):
            inner = item.this if isinstance(item, exp.Alias) else item
            value = convert(Typed(inner, kind), wanted)
            if value.node is not inner:
                name = item.alias_or_name
                item.replace(exp.alias_(value.node.copy(), name, quoted=True, copy=False))
        return
    columns = [f"c{i}" for i in range(len(had))]
    converted = [
        convert(Typed(exp.column(c), kind), wanted) for c, kind, wanted in zip(columns, had, kinds, strict=True)
    ]
    if all(isinstance(v.node, exp.Column) for v in converted):
        return
    alias = exp.TableAlias(this=exp.to_identifier("rsnb_rows"), columns=[exp.to_identifier(c) for c in columns])
    inner = query.copy()
    outer = exp.select(*[v.node for v in converted], copy=False).from_(
        exp.Subquery(this=inner, alias=alias), copy=False
    )
    query.replace(outer)
