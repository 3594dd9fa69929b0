"""What the parts of the translation need of the statement that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol

from rsnb.errors import SqlError, similar
from rsnb.warehouse.translation import refused_functions
from rsnb.warehouse.translation.parse import called, shown
from rsnb.warehouse.translation.reasons import Refused, raised
from rsnb.warehouse.translation.scope import Outputs, Scope
from rsnb.warehouse.translation.typed import Typed

if TYPE_CHECKING:
    from sqlglot import exp

    from rsnb.warehouse.relations import Relations


class Binder(Protocol):
    """A statement that is being bound: its text, the names that can be seen, and the way down the tree."""

    sql: str
    scope: Scope

    @property
    def relations(self) -> Relations:
        """The tables and functions of the warehouse."""

    def visit(self, node: exp.Expr) -> Typed:
        """The expression as DuckDB reads it, and its type."""

    def subquery(self, query: exp.Expr) -> Outputs:
        """Bind a query inside this one; its columns."""

    def columns_of(self, query: exp.Expr) -> Outputs:
        """The columns that a query would give here; the query is used up."""


def place(node: exp.Expr) -> int | None:
    """Where a node stands in the text, as far as sqlglot kept it."""
    from sqlglot import exp

    for item in node.walk(bfs=False):
        if isinstance(item, exp.Anonymous):
            _, at = called(item)
            if at >= 0:
                return at
        if item._meta and "start" in item.meta:
            return int(item.meta["start"])
    return None


def refuse(b: Binder, construct: str, node: exp.Expr) -> NoReturn:
    """Raise UnsupportedSql that names a construct."""
    raise raised(Refused(construct), b.sql, place(node))


def missing_column(b: Binder, name: str, node: exp.Expr) -> NoReturn:
    """Raise SqlError for a column that no source has."""
    if name == "$spectrum_oid":
        refuse(b, 'the pseudocolumn "$spectrum_oid", whose values are Redshift\'s own,', node)
    if name in refused_functions.WORDS:
        raise refused_functions.error(name, b.sql, place(node))
    known = b.scope.names()
    hint = near(name, [shown(column) for column in known])
    if name in ("$path", "$size"):
        hint = "external tables without nested columns have it, unless spectrum_enable_pseudo_columns is false"
    if name not in known and name in map(shown, known):
        raise SqlError(f"the column {name} is ambiguous", sql=b.sql, position=place(node), hint="its query gives two")
    raise SqlError(f"there is no column {name}", sql=b.sql, position=place(node), hint=hint)


def near(name: str, known: list[str]) -> str | None:
    """A hint with the nearest known names, or nothing when none is near."""
    hint = similar(name, known)
    return hint if hint.startswith("did you mean") else None
