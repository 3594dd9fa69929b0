"""A Redshift query as DuckDB SQL: sqlglot's Redshift parser at the front, its DuckDB generator at the
back, and between them the rewrites of this package on the syntax tree.

What has no known equal answer is refused by name; nothing is dropped.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from rsnb.errors import SqlError, UnsupportedSql, similar
from rsnb.sql import tokens
from rsnb.types import of_arrow
from rsnb.types import parse as parse_type
from rsnb.warehouse import nesting, rewrites, syntax, typed
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.functions import FUNCTIONS, Refused, special_names
from rsnb.warehouse.macros import RETURNS, SCHEMA
from rsnb.warehouse.names import name_columns
from rsnb.warehouse.relations import DATASET, TEMPORARY, Function, Relation, Relations
from rsnb.warehouse.syntax import parse

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from sqlglot import exp


@dataclass
class Translation:
    """DuckDB SQL for one statement, with what it reads beside the warehouse's own tables.

    rows: it is a query. scans: a place in the SQL for each external table read. datasets: names to register
    first. sources: the local tables and views that it names. refusal: the SQL is not to run, but the engine
    may know a better reason: a name that does not exist.
    """

    sql: str
    rows: bool = True
    scans: dict[str, tuple[str, str]] = field(default_factory=dict)
    datasets: list[str] = field(default_factory=list)
    sources: set[tuple[str, str]] = field(default_factory=set)
    refusal: UnsupportedSql | None = None
    parsed: duckdb.Statement | None = None


LateView = Callable[[str, str], str]
ExternalColumns = Callable[[str, str], dict[str, str]]


@contextmanager
def _without_collections() -> Iterator[None]:
    """No garbage collection meanwhile: a long statement's tree sets off full ones, which find nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@dataclass
class Translator:
    """Translates statements for one session's view of the catalog.

    late_view: the text of a late-binding view. external: columns of an external table as DuckDB types.
    """

    relations: Relations
    late_view: LateView
    external: ExternalColumns

    def translate(self, sql: str) -> Translation:
        """DuckDB SQL for a query or a data manipulation statement of Redshift's."""
        out = Translation("")
        with _without_collections():
            run = _Pass(self, sql, out)
            out.rows = syntax.is_query(run.tree)
            out.sql = generate(run.prepare(), sql)
        return out

    def check_qualified(self, sql: str) -> None:
        """Raise unless every table of a late-binding view's query has its schema."""
        from sqlglot import exp

        for table in parse(sql).find_all(exp.Table):
            if not table.db and table.name.lower() not in {n.lower() for n in _ctes(table)}:
                raise SqlError(
                    f"a late-binding view names its tables with their schema: {table.name}",
                    sql=sql,
                    position=table.this.meta.get("start"),
                )

    def expression(self, sql: str, columns: dict[str, str]) -> str:
        """DuckDB SQL for one expression over columns of known DuckDB types."""
        query = f"select {sql}\nfrom {SCHEMA}.{GIVEN}"
        out = Translation("")
        try:
            tree = _Pass(self, query, out, given=columns).prepare()
            if out.refusal:
                raise out.refusal
            if not _is_one_expression(tree):
                raise SqlError("this is not one expression")
            return generate(tree.expressions[0].unalias(), "")
        except SqlError as exc:  # the query around it is ours: show the expression alone
            inside = exc.position is not None and 7 <= exc.position < 7 + len(sql)
            exc.sql, exc.position = sql, (exc.position or 7) - 7 if inside else None
            raise


def generate(tree: exp.Expr, sql: str) -> str:
    """DuckDB SQL of a prepared tree; UnsupportedSql where the generator would drop something."""
    from sqlglot import ErrorLevel
    from sqlglot.errors import UnsupportedError

    try:
        return tree.sql("duckdb", identify=True, unsupported_level=ErrorLevel.RAISE, comments=False, copy=False)
    except UnsupportedError as exc:
        raise UnsupportedSql(f"not supported by the embedded warehouse: {exc}", sql=sql, position=0) from exc
    except RecursionError as exc:
        raise SqlError("the statement is nested too deeply", sql=sql, position=0) from exc


class _Pass:
    """One run of the rewrites over one statement's tree, in the order of `prepare`."""

    def __init__(self, owner: Translator, sql: str, out: Translation, given: dict[str, str] | None = None) -> None:
        self.owner = owner
        self.sql = sql
        self.out = out
        self.tree = parse(sql)
        self.given = given is not None
        self.written: dict[int, str] = {}
        self.schema: dict[str, dict[str, dict[str, str]]] = {SCHEMA: {GIVEN: given}} if given is not None else {}

    def prepare(self) -> exp.Expr:
        """The tree, ready for DuckDB's generator."""
        self._fold_names()
        self._name_target()
        found = self._check()
        self._name_columns()
        for node, rewrite in reversed(found):  # arguments before their function
            self._rewrite(node, rewrite)
        depends = [n for n in self.tree.walk() if typed.needs_types(n)]
        self._resolve_tables()
        if depends:
            self._type(depends)
        return self.tree

    def _name_target(self) -> None:
        """`delete t` is `delete from t`."""
        from sqlglot import exp

        tables = self.tree.args.get("tables") if isinstance(self.tree, exp.Delete) else None
        if tables and not self.tree.this and len(tables) == 1:
            self.tree.set("tables", None)
            self.tree.set("this", tables[0])

    def _fold_names(self) -> None:
        """Identifiers are lower case, quoted or not (enable_case_sensitive_identifier is off)."""
        from sqlglot import exp

        for identifier in self.tree.find_all(exp.Identifier):
            if not identifier.this.islower():
                identifier.set("this", identifier.this.lower())

    def _check(self) -> list[tuple[exp.Expr, rewrites.Rewrite]]:
        """Refuse what has no known equal; the nodes that need a rewrite, each with it."""
        from sqlglot import exp

        structure, operators = syntax.structure(), _operators()
        found: list[tuple[exp.Expr, rewrites.Rewrite]] = []
        for node in self.tree.walk(bfs=False):
            kind = type(node)
            if kind in structure:
                self._check_clauses(node, structure[kind])
                if kind in operators:
                    found.append((node, operators[kind]))
            elif isinstance(node, exp.Func):
                name = self.written[id(node)] = self._function_name(node)
                self._check_function(node, name)
                if (rewrite := FUNCTIONS.get(name)) and not (self.given and _casts_argument(node)):
                    found.append((node, rewrite))
            else:
                self._refuse(syntax.construct(node), node)
        return found

    def _check_clauses(self, node: exp.Expr, refused: dict[str, str]) -> None:
        for key, clause in refused.items():
            if node.args.get(key):
                self._refuse(clause, node)
        if construct := syntax.check(node):
            self._refuse(construct, node)

    def _function_name(self, node: exp.Func) -> str:
        """The name as the user wrote it; sqlglot keeps its place in the text."""
        from sqlglot import exp

        if isinstance(node, exp.Anonymous):
            return node.name.lower()
        if isinstance(node, exp.CurrentTimestamp) and node.args.get("sysdate"):
            return "sysdate"
        if isinstance(node, exp.Extract) and "extract" not in self.sql.lower():
            return "date_part"  # sqlglot reads both as one, without a place
        start, end = node.meta.get("start"), node.meta.get("end")
        if start is not None and end is not None and self.sql[start : end + 1].isidentifier():
            return self.sql[start : end + 1].lower()
        return special_names().get(type(node), node.sql_name().lower())

    def _check_function(self, node: exp.Func, name: str) -> None:
        from sqlglot import exp

        own = self.owner.relations.functions
        outer = node.parent if isinstance(node.parent, exp.Dot) and node.arg_key == "expression" else None
        schema = outer.this.name if outer is not None else ""
        if name in FUNCTIONS and not schema:
            return
        if name in own and isinstance(node, exp.Anonymous) and schema in ("", own[name].schema):
            self._check_arguments(node, own[name])
            node.set("this", f"{own[name].schema}.{name}")
            if outer is not None:
                outer.replace(node)
            return
        shown = f"{schema}.{name}" if schema else name
        raise UnsupportedSql(
            f"the function {shown.upper()} is not supported by the embedded warehouse",
            sql=self.sql,
            position=node.meta.get("start", _place(self.sql, name)),
            hint=near(name, [*FUNCTIONS, *own]),
        )

    def _check_arguments(self, node: exp.Func, function: Function) -> None:
        wanted, given = len(function.arguments), len(node.expressions)
        if wanted != given:
            raise SqlError(
                f"the function {function.name} takes {wanted} arguments, not {given}",
                sql=self.sql,
                position=node.meta.get("start", _place(self.sql, function.name)),
                hint=f"{function.name}({', '.join(function.arguments)})",
            )
        for argument, kind in zip(node.expressions, function.arguments, strict=True):
            if argument.is_string and not kind.startswith("character"):
                self._refuse(f"a text as the argument of type {kind} of {function.name} (cast it)", node)

    def _name_columns(self) -> None:
        from sqlglot import exp

        for select in self.tree.find_all(exp.Select):
            name_columns(select, self.written)

    def _rewrite(self, node: exp.Expr, rewrite: rewrites.Rewrite) -> None:
        try:
            new = rewrite(node)
        except Refused as why:
            self._refuse(str(why), node)
        if new is not node:
            node.replace(new)

    def _resolve_tables(self) -> None:
        """Give every table its schema; put late-binding views and external tables in place."""
        from sqlglot import exp

        tables = list(self.tree.find_all(exp.Table))
        known = nesting.sources(self.tree)
        for table in tables:
            if table.catalog == DATABASE:
                table.set("catalog", None)
            if (not table.db and table.name in _ctes(table)) or (self.given and table.db == SCHEMA):
                continue
            relation = None if table.catalog else self.owner.relations.find(table.db, table.name)
            if relation is None:
                if not nesting.ranges(table, known):
                    self._missing_table(table)
                nesting.range_over(table)
                continue
            self._put(table, relation)

    def _put(self, table: exp.Table, relation: Relation) -> None:
        from sqlglot import exp

        schema, name = relation.schema, relation.name
        if isinstance(table.parent, (exp.Insert, exp.Update, exp.Delete, exp.Schema)) and table.arg_key == "this":
            if relation.kind != "table":
                self._refuse(f"writing to {schema}.{name}, which is not a local table,", table)
        elif relation.kind in ("late_view", "external", "dataset"):
            _strip_schema(self.tree, schema, name)
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
        if relation.kind == "late_view":
            self._put_late_view(table, schema, name)
            return
        if relation.kind == "table":
            self.out.sources.add((schema, name))
        place = self._place_of(relation)
        self.schema.setdefault(place[0], {})[place[1]] = self._columns(relation)
        table.set("this", exp.to_identifier(place[1]))
        table.set("db", exp.to_identifier(place[0]))

    def _put_late_view(self, table: exp.Table, schema: str, name: str) -> None:
        from sqlglot import exp

        try:
            inner = _Pass(self.owner, self.owner.late_view(schema, name), self.out)
            inner.prepare()
        except SqlError as exc:
            exc.message = f"in the late-binding view {schema}.{name}: {exc.message}"
            raise
        subquery = exp.Subquery(this=inner.tree, alias=table.args.get("alias"), joins=table.args.get("joins"))
        table.replace(subquery)
        for place, tables in inner.schema.items():
            self.schema.setdefault(place, {}).update(tables)

    def _place_of(self, relation: Relation) -> tuple[str, str]:
        """Schema and name under which DuckDB finds a relation; notes what has to be there first."""
        if relation.kind == "external":
            scan = f"scan_{len(self.out.scans)}"
            self.out.scans[scan] = (relation.schema, relation.name)
            return SCHEMA, scan
        if relation.kind == "dataset":
            self.out.datasets.append(relation.name)
            return TEMPORARY, DATASET + relation.name
        return relation.schema, relation.name

    def _columns(self, relation: Relation) -> dict[str, str]:
        if relation.kind == "external":
            return self.owner.external(relation.schema, relation.name)
        if relation.kind == "dataset":
            return arrow_columns(self.owner.relations.datasets[relation.name])
        return self.owner.relations.columns(relation.schema, relation.name)

    def _missing_table(self, table: exp.Table) -> NoReturn:
        name = f"{table.db}.{table.name}" if table.db else table.name
        raise SqlError(
            f"there is no table {name}",
            sql=self.sql,
            position=table.this.meta.get("start"),
            hint=similar(name, self.owner.relations.names()),
        )

    def _type(self, nodes: list[exp.Expr]) -> None:
        returns = {f"{f.schema}.{name}": f.returns for name, f in self.owner.relations.functions.items()} | RETURNS
        try:
            typed.apply(self.tree, nodes, self.schema, returns)
        except Refused as why:
            self.out.refusal = self._refusal(str(why), why.node or nodes[0])

    def _refuse(self, construct: str, node: exp.Expr) -> NoReturn:
        raise self._refusal(construct, node)

    def _refusal(self, construct: str, node: exp.Expr) -> UnsupportedSql:
        place = next((n.meta["start"] for n in node.walk() if n._meta and "start" in n.meta), None)
        return UnsupportedSql(f"{construct} is not supported by the embedded warehouse", sql=self.sql, position=place)


GIVEN = "given"  # stands for the columns that an expression is over


def arrow_columns(table: pa.Table) -> dict[str, str]:
    """Column names and DuckDB types of a dataset."""
    kinds = {name: of_arrow(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)}
    return {name.lower(): parse_type(kind).duckdb for name, kind in kinds.items()}


def near(name: str, known: Iterable[str]) -> str | None:
    """A hint with the nearest known names, or nothing when none is near."""
    hint = similar(name, known)
    return hint if hint.startswith("did you mean") else None


def _ctes(node: exp.Expr) -> set[str]:
    """The names of the common table expressions that a node can see."""
    from sqlglot import exp

    names: set[str] = set()
    above = node.parent
    while above is not None:
        if (with_ := above.args.get("with_")) is not None and isinstance(with_, exp.With):
            names |= {cte.alias for cte in with_.expressions}
        above = above.parent
    return names


def _strip_schema(tree: exp.Expr, schema: str, name: str) -> None:
    """`schema.table.column` becomes `table.column`, as the table gets another place."""
    from sqlglot import exp

    for column in tree.find_all(exp.Column):
        for above, key in (("db", "table"), ("catalog", "db")):
            if (column.text(above), column.text(key)) == (schema, name):
                column.set(above, None)


def _place(sql: str, word: str) -> int | None:
    """Where a word first stands in a statement."""
    return next((t.start for t in tokens(sql) if t.text.lower() == word), None)


def _casts_argument(node: exp.Expr) -> bool:
    """Whether a node is the cast of a SQL function's argument to its declared type."""
    from sqlglot import exp

    return isinstance(node, exp.Cast) and isinstance(node.this, exp.Column)


def _is_one_expression(tree: exp.Expr) -> bool:
    from sqlglot import exp

    extra = ("where", "group", "joins", "having", "order", "limit", "distinct", "qualify", "with_")
    return (
        isinstance(tree, exp.Select)
        and len(tree.expressions) == 1
        and not any(tree.args.get(k) for k in extra)
        and tree.find(exp.AggFunc, exp.Window, exp.Subquery) is None
    )


@lru_cache(maxsize=1)
def _operators() -> dict[type[exp.Expr], rewrites.Rewrite]:
    """The operators that need a rewrite."""
    from sqlglot import exp

    compared = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between)
    return {exp.Like: rewrites.like, exp.ILike: rewrites.like, **dict.fromkeys(compared, rewrites.comparison)}
