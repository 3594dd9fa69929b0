"""What a name in a query means: the sources of a FROM clause, their columns, and the queries around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.translation.typed import Typed

if TYPE_CHECKING:
    from sqlglot import exp

Columns = dict[str, Type]
Outputs = list[tuple[str, Type]]  # of a query: names may repeat


@dataclass
class Source:
    """An item of FROM: its name in the query, its columns in order; schema is empty for all but tables.

    hidden: columns that `*` does not give. value: it ranges over an array, and its name is the element.
    """

    name: str
    columns: Columns
    schema: str = ""
    hidden: frozenset[str] = frozenset()
    value: Type | None = None


@dataclass
class Merged:
    """A column that USING makes of two; written: DuckDB joins by a condition, so that it is to be written out."""

    value: Typed
    written: bool = False


@dataclass
class Scope:
    """The sources that an expression can name, the aliases of the select list so far, and the scope around.

    written: what aliases stand for, as written, for the WHERE that is bound before the select list.
    """

    outer: Scope | None = None
    tables: Mapping[str, Columns] = field(default_factory=dict)  # common table expressions
    sources: list[Source] = field(default_factory=list)
    aliases: dict[str, Typed] = field(default_factory=dict)
    written: dict[str, exp.Expr] = field(default_factory=dict)
    merged: dict[str, Merged] = field(default_factory=dict)  # columns of USING and NATURAL joins

    def inner(self) -> Scope:
        """The scope of a subquery."""
        return Scope(self, self.tables)

    def around(self) -> Iterator[Scope]:
        """This scope and those around it, the nearest first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def source(self, name: str, schema: str = "") -> Source | None:
        """The source of this name."""
        for scope in self.around():
            for source in scope.sources:
                if source.name == name and (not schema or source.schema == schema):
                    return source
        return None

    def holder(self, column: str) -> Source | None:
        """The source that has a column (the first, where several of the nearest scope do)."""
        for scope in self.around():
            for source in scope.sources:
                if column in source.columns:
                    return source
        return None

    def merged_value(self, column: str) -> Typed | None:
        """A column that USING makes, where it is to be written out."""
        for scope in self.around():
            if (merged := scope.merged.get(column)) is not None:
                return Typed(merged.value.node.copy(), merged.value.type) if merged.written else None
            if any(column in source.columns for source in scope.sources):
                return None
        return None

    def names(self) -> list[str]:
        """Every column that can be named, for hints."""
        return [c for scope in self.around() for s in scope.sources for c in s.columns] + list(self.aliases)

    def star(self, source: str = "") -> Iterator[tuple[str, str, Type]]:
        """The columns that `*` gives, or `source.*`: the source that has each (none for a merged one), name, type."""
        if not source:
            for name, merged in self.merged.items():
                yield "", name, merged.value.type
        for item in self.sources:
            if source and item.name != source:
                continue
            if item.value is not None:
                yield "", item.name, item.value
            for name, kind in item.columns.items():
                if name not in item.hidden and (source or name not in self.merged):
                    yield item.name, name, kind
