"""A Redshift statement as DuckDB SQL: sqlglot's parser at the front, its DuckDB generator at the back, and
between them a pass that binds names, works out types and rewrites (rsnb.warehouse.translation).

What has no known equal answer is refused by name; nothing is dropped.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.types import ARRAY, MAP, STRUCT, Type, named, of_arrow, of_duckdb
from rsnb.types import parse as parse_type
from rsnb.warehouse import system
from rsnb.warehouse.functions import FUNCTIONS
from rsnb.warehouse.functions.session import refuse_asked
from rsnb.warehouse.grammar import cut
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.pruning import predicates
from rsnb.warehouse.relations import Relations
from rsnb.warehouse.spectrum import nesting
from rsnb.warehouse.spectrum.table import ExternalTable
from rsnb.warehouse.translation import changing, clauses, dynamic
from rsnb.warehouse.translation.blanks import Knowledge, untraced
from rsnb.warehouse.translation.coercion import assigned
from rsnb.warehouse.translation.outputs import retype
from rsnb.warehouse.translation.parse import called, parse, shown
from rsnb.warehouse.translation.reasons import Refused, Wrong, raised
from rsnb.warehouse.translation.scope import Columns, Outputs
from rsnb.warehouse.translation.sources import GIVEN
from rsnb.warehouse.translation.statement import Statement
from rsnb.warehouse.translation.temporal import DATESTYLE
from rsnb.warehouse.translation.typed import INTERVALS, MONTHS, NULL, SPAN, VARCHAR

if TYPE_CHECKING:
    import duckdb
    from sqlglot import exp


@dataclass
class Translation:
    """DuckDB SQL for one statement, with what it reads beside the warehouse's own tables.

    rows: it is a query; columns are then its output. scans: a place in the SQL for each external table read;
    predicates: on the partition columns of each, as SQL. datasets: names to register first. sources: the local
    tables and views that it names. target: the table that it changes. matches: gives a row where an UPDATE finds
    several rows for one of the table. knowledge: what it may rely on of the rows of tables.
    """

    sql: str
    rows: bool = True
    columns: Outputs = field(default_factory=list)
    scans: dict[str, tuple[str, str]] = field(default_factory=dict)
    predicates: dict[str, list[str]] = field(default_factory=dict)
    datasets: list[str] = field(default_factory=list)
    sources: set[tuple[str, str]] = field(default_factory=set)
    target: tuple[str, str] | None = None
    matches: str = ""
    knowledge: Knowledge | None = None
    parsed: duckdb.Statement | None = None


LateView = Callable[[str, str], str]
External = Callable[[str, str], ExternalTable]


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

    late_view: the text of a late-binding view. external_table: the definition of an external table.
    datestyle: how dates are read and printed. mode: how SUPER values are walked and cast. pseudocolumns: external
    tables have some. single_matches: an UPDATE is to find one row at most for one of its table.
    """

    relations: Relations
    late_view: LateView
    external_table: External
    datestyle: str = "ISO, MDY"
    mode: dynamic.Mode = dynamic.LAX
    pseudocolumns: bool = True
    single_matches: bool = False

    def translate(self, sql: str, knowledge: Knowledge | None = None) -> Translation:
        """DuckDB SQL for a query or a data manipulation statement of Redshift's."""
        from sqlglot import exp

        out = Translation("", knowledge=knowledge)
        with _without_collections():
            tree = self._parsed(sql)
            out.rows = isinstance(tree, exp.Query)
            if out.rows:
                tree, columns = self._bound(tree, sql, out)
                out.columns = [(name, settled(name, kind)) for name, kind in columns]
            else:
                changing.change(Statement(self, sql, out), tree)
            self._prune(tree, sql, out)
            if self.single_matches and isinstance(tree, exp.Update) and tree.args.get("from_") is not None:
                out.matches = generate(_matches(tree), sql)
            out.sql = generate(tree, sql)
        return out

    def inserted(self, sql: str) -> tuple[Translation, list[str]]:
        """The rows that an INSERT of a query adds, as a query, and the columns that they go to."""
        out = Translation("")
        tree = self._parsed(sql)
        changing.change(Statement(self, sql, out), tree)
        self._prune(tree, sql, out)
        out.sql = generate(tree.expression, sql)
        return out, [column.name for column in tree.this.expressions]

    def assigned(self, sql: str, kinds: list[Type]) -> Translation:
        """The rows of a query as columns of these types; SqlError when it has another number of columns."""
        from sqlglot import exp

        out = Translation("")
        root = exp.Subquery(this=self._parsed(sql))
        columns = Statement(self, sql, out).subquery(root.this)
        if len(columns) != len(kinds):
            raise SqlError(f"the query gives {len(columns)} columns for {len(kinds)} of the table", sql=sql, position=0)
        try:
            retype(root.this, columns, kinds, assigned)
        except (Refused, Wrong) as why:
            raise raised(why, sql, 0) from None
        out.columns = [(name, kind) for (name, _), kind in zip(columns, kinds, strict=True)]
        self._prune(root, sql, out)
        out.sql = generate(root.this, sql)
        return out

    def _prune(self, tree: exp.Expr, sql: str, out: Translation) -> None:
        """Note what a bound statement asks of the partition columns of external tables; check its nested data."""
        tables = {mark: self.external_table(*name) for mark, name in out.scans.items()}
        nesting.check(tree, {mark for mark, table in tables.items() if table.nested}, sql)
        for mark, table in tables.items():
            out.predicates[mark] = predicates(tree, mark, {key.name for key in table.keys})

    def bound(self, sql: str, out: Translation) -> tuple[exp.Expr, Outputs]:
        """The bound tree of a query and its columns; what it reads is noted in `out`."""
        return self._bound(self._parsed(sql), sql, out)

    def _bound(self, tree: exp.Expr, sql: str, out: Translation) -> tuple[exp.Expr, Outputs]:
        from sqlglot import exp

        root = exp.Subquery(this=tree)  # so that the query itself can be replaced
        columns = Statement(self, sql, out).subquery(tree)
        return root.this, columns

    def _parsed(self, sql: str) -> exp.Expr:
        from sqlglot import exp

        DATESTYLE.set(self.datestyle)
        dynamic.MODE.set(self.mode)
        tree = parse(sql)
        clauses.check(tree, sql)
        for identifier in tree.find_all(exp.Identifier):  # enable_case_sensitive_identifier is off
            if not identifier.this.islower() or len(identifier.this) > 31:
                if self.mode.case_sensitive:
                    identifier.meta[dynamic.WRITTEN] = identifier.this
                identifier.set("this", cut(identifier.this.lower()))
        return tree

    def check_qualified(self, sql: str) -> None:
        """Raise unless every table of a late-binding view's query has its schema."""
        from sqlglot import exp

        tree = parse(sql)
        known = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
        for table in tree.find_all(exp.Table):
            named = isinstance(table.this, exp.Identifier)
            if named and not table.db and table.name.lower() not in known and not system.key("", table.name.lower()):
                raise SqlError(
                    f"a late-binding view names its tables with their schema: {table.name}",
                    sql=sql,
                    position=table.this.meta.get("start"),
                )

    def expression(self, sql: str, columns: dict[str, str]) -> str:
        """DuckDB SQL for one expression over columns of known DuckDB types."""
        query = f"select {sql}\nfrom {SCHEMA}.{GIVEN}"
        try:
            tree = self._parsed(query)
            if not _is_one_expression(tree):
                raise SqlError("this is not one expression")
            given = {name: of_duckdb(kind) for name, kind in columns.items()}
            Statement(self, query, Translation(""), given).subquery(tree)
            text = generate(tree.expressions[0].unalias(), query)
            refuse_asked(text, "an expression that is kept")
            return text
        except SqlError as exc:  # the query around it is ours: show the expression alone
            inside = exc.position is not None and 7 <= exc.position < 7 + len(sql)
            exc.sql, exc.position = sql, (exc.position or 7) - 7 if inside else None
            raise

    def external(self, schema: str, name: str) -> Columns:
        """The columns of an external table."""
        return self.external_table(schema, name).types

    def dataset(self, name: str) -> Columns:
        """The columns of an earlier result."""
        schema = self.relations.datasets[name].schema
        return {n.lower(): parse_type(of_arrow(t)) for n, t in zip(schema.names, schema.types, strict=True)}


def settled(name: str, kind: Type) -> Type:
    """The type of an output column: one whose type only the text had is a VARCHAR; SqlError for a nested one."""
    if kind.rule in (ARRAY, MAP, STRUCT):
        raise SqlError(
            f"the column {name} of type {kind.rule.name} can't be returned",
            hint="Redshift returns scalars: name the field you want",
        )
    if kind.short in INTERVALS:
        return _interval(name, kind)
    if kind.short == "unknown":
        return named("varchar", *kind.args)
    return VARCHAR if kind is NULL else untraced(kind)


def _interval(name: str, kind: Type) -> Type:
    """An interval's type without its units; one without a qualifier has months, or days and times."""
    if kind.short == "interval" and kind.args == (1, 1):
        raise UnsupportedSql(
            f"the column {name} of an interval with months and days is not supported by the embedded warehouse",
            hint="write year to month or day to second behind the interval",
        )
    return MONTHS if kind.short == "intervaly2m" or kind.args == (1, 0) else SPAN


def generate(tree: exp.Expr, sql: str) -> str:
    """DuckDB SQL of a bound tree; UnsupportedSql where the generator would drop something."""
    from sqlglot import ErrorLevel
    from sqlglot.errors import UnsupportedError

    try:
        return tree.sql("duckdb", identify=True, unsupported_level=ErrorLevel.RAISE, comments=False, copy=False)
    except UnsupportedError as exc:
        raise UnsupportedSql(
            f"not supported by the embedded warehouse: {shown(str(exc))}", sql=sql, position=0
        ) from exc
    except RecursionError as exc:
        raise SqlError("the statement is nested too deeply", sql=sql, position=0) from exc


def _matches(update: exp.Expr) -> exp.Expr:
    """A query that gives a row where a bound UPDATE ... FROM finds several rows for one of its table."""
    from sqlglot import exp

    row = exp.column("rowid", table=update.this.alias_or_name, quoted=True)
    query = exp.select(exp.Literal.number(1)).from_(update.this.copy())
    query = query.join(update.args["from_"].this.copy(), join_type="cross").group_by(row)
    query = query.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))).limit(1)
    for clause in ("where", "with_"):
        if (part := update.args.get(clause)) is not None:
            query.set(clause, part.copy())
    return query


def _is_one_expression(tree: exp.Expr) -> bool:
    """Whether a query is a single expression, without rows of its own, aggregates or windows."""
    from sqlglot import exp

    extra = ("where", "group", "joins", "having", "order", "limit", "distinct", "qualify", "with_")
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or any(tree.args.get(k) for k in extra):
        return False
    if tree.find(exp.Window, exp.Subquery) is not None:
        return False
    names = [called(node)[0] for node in tree.find_all(exp.Anonymous)]
    return not any(n in FUNCTIONS and FUNCTIONS[n].kind != "scalar" for n in names)
