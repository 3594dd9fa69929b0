"""A Redshift query as DuckDB SQL: sqlglot's Redshift parser at the front, its DuckDB generator at the
back, and between them the rewrites of this package on the syntax tree.

What has no known equal answer is refused by name; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from rsnb.errors import SqlError, UnsupportedSql, similar
from rsnb.sql import tokens
from rsnb.types import of_arrow
from rsnb.types import parse as parse_type
from rsnb.warehouse import typed
from rsnb.warehouse.catalog import DATABASE, SCHEMA
from rsnb.warehouse.functions import FUNCTIONS, Refused, special_names
from rsnb.warehouse.names import name_columns
from rsnb.warehouse.relations import DATASET, TEMPORARY, Relation, Relations

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp


@dataclass
class Translation:
    """DuckDB SQL for one statement, with what it reads beside the warehouse's own tables.

    scans: a place in the SQL for each external table read. datasets: names to register first.
    refusal: the SQL is not to run, but the engine may know a better reason: a name that does not exist.
    """

    sql: str
    scans: dict[str, tuple[str, str]] = field(default_factory=dict)
    datasets: list[str] = field(default_factory=list)
    refusal: UnsupportedSql | None = None


LateView = Callable[[str, str], str]
ExternalColumns = Callable[[str, str], dict[str, str]]


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
        out.sql = generate(_Pass(self, sql, out).prepare(), sql)
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
        query = f"select {sql} from {SCHEMA}.{GIVEN}"
        tree = _Pass(self, query, Translation(""), given=columns).prepare()
        return generate(tree.expressions[0].unalias(), query)


def generate(tree: exp.Expr, sql: str) -> str:
    """DuckDB SQL of a prepared tree; UnsupportedSql where the generator would drop something."""
    from sqlglot import ErrorLevel
    from sqlglot.errors import UnsupportedError

    try:
        return tree.sql("duckdb", identify=True, unsupported_level=ErrorLevel.RAISE, comments=False)
    except UnsupportedError as exc:
        raise UnsupportedSql(f"not supported by the embedded warehouse: {exc}", sql=sql, position=0) from exc


def parse(sql: str) -> exp.Expr:
    """The syntax tree of one Redshift statement; SqlError with the place of a fault."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import ParseError, TokenError

    try:
        tree = sqlglot.parse_one(sql, read="redshift")
    except ParseError as exc:
        fault = exc.errors[0] if exc.errors else {}
        word = str(fault.get("highlight") or "")
        at = _offset(sql, int(fault.get("line") or 1), int(fault.get("col") or 1), word)
        raise SqlError(f"syntax error at or near {word or 'the end'!r}", sql=sql, position=at) from exc
    except TokenError as exc:
        raise SqlError("the statement can't be read", sql=sql, position=0) from exc
    if isinstance(tree, exp.Command):
        raise UnsupportedSql(f"{tree.name.upper()} is not supported by the embedded warehouse", sql=sql, position=0)
    return tree


def _offset(sql: str, line: int, column: int, word: str) -> int:
    """sqlglot's column is the last character of the token."""
    start = sum(len(text) + 1 for text in sql.split("\n")[: line - 1])
    return max(0, min(start + column - max(len(word), 1), len(sql) - 1))


class _Pass:
    """One run of the rewrites over one statement's tree, in the order of `prepare`."""

    def __init__(self, owner: Translator, sql: str, out: Translation, given: dict[str, str] | None = None) -> None:
        self.owner = owner
        self.sql = sql
        self.out = out
        self.tree = parse(sql)
        self.written: dict[int, str] = {}
        self.schema: dict[str, dict[str, dict[str, str]]] = {SCHEMA: {GIVEN: given}} if given is not None else {}

    def prepare(self) -> exp.Expr:
        """The tree, ready for DuckDB's generator."""
        self._fold_names()
        rewrites = self._check()
        self._name_columns()
        for node in reversed(rewrites):  # arguments before their function
            self._rewrite(node)
        depends = [n for n in self.tree.walk() if typed.needs_types(n)]
        self._resolve_tables()
        if depends:
            self._type(depends)
        return self.tree

    def _fold_names(self) -> None:
        """Identifiers are lower case, quoted or not (enable_case_sensitive_identifier is off)."""
        from sqlglot import exp

        for identifier in self.tree.find_all(exp.Identifier):
            if not identifier.this.islower():
                identifier.set("this", identifier.this.lower())

    def _check(self) -> list[exp.Expr]:
        """Refuse what has no known equal; the functions that need a rewrite."""
        from sqlglot import exp

        structure = _structure()
        rewrites: list[exp.Expr] = []
        for node in self.tree.walk(bfs=False):
            kind = type(node)
            if kind in structure:
                self._check_clauses(node, structure[kind])
            elif isinstance(node, exp.Func):
                name = self.written[id(node)] = self._function_name(node)
                self._check_function(node, name)
                if FUNCTIONS.get(name):
                    rewrites.append(node)
            else:
                self._refuse(_construct(node), node)
        return rewrites

    def _check_clauses(self, node: exp.Expr, refused: dict[str, str]) -> None:
        for key, construct in refused.items():
            if node.args.get(key):
                self._refuse(construct, node)

    def _function_name(self, node: exp.Func) -> str:
        """The name as the user wrote it; sqlglot keeps its place in the text."""
        from sqlglot import exp

        if isinstance(node, exp.Anonymous):
            return node.name.lower()
        start, end = node.meta.get("start"), node.meta.get("end")
        if start is not None and end is not None and self.sql[start : end + 1].isidentifier():
            return self.sql[start : end + 1].lower()
        return special_names().get(type(node), node.sql_name().lower())

    def _check_function(self, node: exp.Func, name: str) -> None:
        from sqlglot import exp

        own = self.owner.relations.functions
        if name in FUNCTIONS:
            return
        if name in own and isinstance(node, exp.Anonymous):
            call = node.parent if isinstance(node.parent, exp.Dot) else node
            node.set("this", f"{own[name].schema}.{name}")
            if call is not node and call is not None:
                call.replace(node)
            return
        raise UnsupportedSql(
            f"the function {name.upper()} is not supported by the embedded warehouse",
            sql=self.sql,
            position=node.meta.get("start", _place(self.sql, name)),
            hint=near(name, [*FUNCTIONS, *own]),
        )

    def _name_columns(self) -> None:
        from sqlglot import exp

        for select in self.tree.find_all(exp.Select):
            name_columns(select, self.written)

    def _rewrite(self, node: exp.Expr) -> None:
        rewrite = FUNCTIONS[self.written[id(node)]]
        try:
            new = rewrite(node) if rewrite else node
        except Refused as why:
            self._refuse(str(why), node)
        if new is not node:
            node.replace(new)

    def _resolve_tables(self) -> None:
        """Give every table its schema; put late-binding views and external tables in place."""
        from sqlglot import exp

        for table in [t for t in self.tree.find_all(exp.Table) if isinstance(t.this, exp.Identifier)]:
            if table.catalog == DATABASE:
                table.set("catalog", None)
            if (not table.db and table.name in _ctes(table)) or table.db == SCHEMA:
                continue
            relation = self.owner.relations.find(table.db, table.name)
            if relation is None:
                if table.db in _sources(table):
                    _range_over(table)
                    continue
                self._missing_table(table)
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
        place = self._place_of(relation)
        self.schema.setdefault(place[0], {})[place[1]] = self._columns(relation)
        table.set("this", exp.to_identifier(place[1]))
        table.set("db", exp.to_identifier(place[0]))

    def _put_late_view(self, table: exp.Table, schema: str, name: str) -> None:
        from sqlglot import exp

        inner = _Pass(self.owner, self.owner.late_view(schema, name), self.out)
        subquery = exp.Subquery(this=inner.prepare(), alias=table.args.get("alias"), joins=table.args.get("joins"))
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
        returns = {f"{f.schema}.{name}": f.returns for name, f in self.owner.relations.functions.items()}
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


def _sources(table: exp.Expr) -> set[str]:
    """The names of the FROM items of the SELECT that a table stands in."""
    from sqlglot import exp

    select = table.find_ancestor(exp.Select)
    items = [select.args["from_"], *select.args.get("joins", [])] if select and select.args.get("from_") else []
    return {item.this.alias_or_name for item in items}


def _range_over(table: exp.Table) -> None:
    """`source.array alias` in FROM ranges over the elements of an array column."""
    from sqlglot import exp

    column = exp.column(table.name, table=table.db)
    name = table.alias_or_name
    alias = exp.TableAlias(this=exp.to_identifier(f"_{name}"), columns=[exp.to_identifier(name)])
    table.replace(exp.Unnest(expressions=[column], alias=alias))


def _strip_schema(tree: exp.Expr, schema: str, name: str) -> None:
    """`schema.table.column` becomes `table.column`, as the table gets another place."""
    from sqlglot import exp

    for column in tree.find_all(exp.Column):
        if (column.text("db"), column.text("table")) == (schema, name):
            column.set("db", None)


def _place(sql: str, word: str) -> int | None:
    """Where a word first stands in a statement."""
    return next((t.start for t in tokens(sql) if t.text.lower() == word), None)


def _construct(node: exp.Expr) -> str:
    """A construct's name for a message: its class name in words."""
    return CONSTRUCTS.get(type(node).__name__) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()


CONSTRUCTS = {"Bracket": "an array element by position (range over the array in FROM)"}


@lru_cache(maxsize=1)
def _structure() -> dict[type[exp.Expr], dict[str, str]]:
    """The syntax that passes, and the clauses of it that are refused."""
    from sqlglot import exp

    names = """Add Alias And Between Boolean Case Column CTE DataType DataTypeParam Delete Distinct Dot EQ
        Escape Except Exists From GT GTE Group Having Hint ILike Identifier If In Interval Intersect Is Join LT LTE
        Like Limit Literal Mul NEQ Neg Not Null NullSafeEQ NullSafeNEQ Offset Or Order Ordered Paren Qualify Schema
        Select Star Sub Subquery Table TableAlias Tuple Union Unnest Update Values Var Where Window WindowSpec With
        Div Mod DPipe Insert"""
    refused: dict[str, dict[str, str]] = {
        "Column": {"join_mark": "the outer join mark (+)"},
        "Select": {"connect": "CONNECT BY", "into": "SELECT INTO", "sample": "TABLESAMPLE", "pivots": "PIVOT"},
        "Table": {"pivots": "PIVOT or UNPIVOT", "sample": "TABLESAMPLE", "only": "ONLY"},
        "Group": {"cube": "CUBE", "rollup": "ROLLUP", "grouping_sets": "GROUPING SETS", "all": "GROUP BY ALL"},
        "Insert": {"returning": "RETURNING", "conflict": "ON CONFLICT"},
        "Delete": {"returning": "RETURNING"},
        "Update": {"returning": "RETURNING"},
        "In": {"unnest": "IN UNNEST"},
        "Join": {"match_condition": "ASOF JOIN"},
        "With": {"recursive": "WITH RECURSIVE"},
        "Star": {"except_": "EXCLUDE", "replace": "REPLACE"},
    }
    return {getattr(exp, name): refused.get(name, {}) for name in names.split()}
