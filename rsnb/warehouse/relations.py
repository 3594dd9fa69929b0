"""What a name in FROM means: a table, a view, an external table, a system view or a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.types import Type, of_duckdb
from rsnb.types import parse as parse_type
from rsnb.warehouse import system
from rsnb.warehouse.catalog import TEMPORARY as TEMPORARY
from rsnb.warehouse.catalog import Catalog
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.spectrum.table import PSEUDOCOLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

DATASET = "rsnb_dataset_"  # begins the name under which a dataset is registered with DuckDB


@dataclass(frozen=True)
class Relation:
    """A named source of rows: kind is table, late_view, external, system or dataset."""

    kind: str
    schema: str
    name: str


@dataclass(frozen=True)
class Function:
    """A scalar SQL function of the user's; types tell its overloads apart."""

    schema: str
    name: str
    types: str
    arguments: tuple[str, ...]
    returns: str

    @property
    def macro(self) -> str:
        """The name of DuckDB's macro."""
        return f"{self.name}({self.types})"


def signature(arguments: tuple[Type, ...]) -> str:
    """What tells a function from its overloads: its arguments' types, without lengths."""
    return ",".join(t.rule.name for t in arguments)


@dataclass
class Relations:
    """The names that a session can see. Made anew whenever the catalog changes."""

    catalog: Catalog
    search_path: tuple[str, ...] = ("public",)
    datasets: Mapping[str, pa.Table] = field(default_factory=dict)
    _columns: dict[tuple[str, str], dict[str, Type]] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> dict[tuple[str, str], str]:
        """What each schema and name stands for."""
        rows = self.catalog.rows(
            f"""select schema_name, table_name, 'table' from duckdb_tables() where schema_name <> '{SCHEMA}'
                union all select schema_name, view_name, 'table' from duckdb_views()
                where not internal and schema_name <> '{SCHEMA}' and not starts_with(view_name, '{DATASET}')
                union all select schemaname, viewname, 'late_view' from {SCHEMA}.late_view
                union all select schemaname, tablename, 'external' from {SCHEMA}.external_table"""
        )
        return {(schema, name.lower()): kind for schema, name, kind in rows}

    @cached_property
    def temporary(self) -> bool:
        """Whether the session has temporary tables."""
        return any(schema == TEMPORARY for schema, _ in self.kinds)

    @cached_property
    def bound_views(self) -> set[tuple[str, str]]:
        """The views that are not late-binding, by schema and name."""
        return set(self.catalog.rows("select schema_name, lower(view_name) from duckdb_views() where not internal"))

    @cached_property
    def materialized(self) -> set[tuple[str, str]]:
        """The materialized views, by schema and name; each is a table of DuckDB's."""
        return set(self.catalog.found("materialized_view", "schemaname", "viewname"))

    @cached_property
    def refreshed_automatically(self) -> set[tuple[str, str]]:
        """The materialized views with AUTO REFRESH, by schema and name."""
        return set(self.catalog.found("materialized_view", "schemaname", "viewname", auto_refresh=True))

    @cached_property
    def feeds(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """The materialized views that read each table, by schema and name."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for schema, view in self.materialized:
            sources = self.catalog.found(
                "view_source", "source_schema", "source_name", schemaname=schema, viewname=view
            )
            for source in sources:
                found.setdefault(source, []).append((schema, view))
        return found

    @cached_property
    def external_schemas(self) -> set[str]:
        """The names of the external schemas."""
        return self.catalog.external_schemas()

    @cached_property
    def schemas(self) -> set[str]:
        """The names of the local schemas."""
        rows = self.catalog.rows("select schema_name from duckdb_schemas() where database_name = current_database()")
        return {name for (name,) in rows} - {SCHEMA, TEMPORARY, "information_schema", "pg_catalog"}

    @property
    def all_schemas(self) -> set[str]:
        """The names of the schemas, local and external."""
        return self.schemas | self.external_schemas

    @cached_property
    def functions(self) -> dict[str, list[Function]]:
        """The user's SQL functions by name, each with its overloads."""
        found: dict[str, list[Function]] = {}
        rows = self.catalog.found("sql_function", "schemaname", "name", "types", "arguments", "returns")
        for schema, name, types, arguments, returns in rows:
            found.setdefault(name, []).append(Function(schema, name, types, tuple(arguments), returns))
        return found

    def overloads(self, schema: str, name: str) -> list[Function]:
        """The functions that a call can mean: those of a schema, or along the search path, where the first one wins."""
        known = self.functions.get(name, [])
        by_types: dict[str, Function] = {}
        for place in [schema] if schema else self.search_path:
            for function in known:
                if function.schema == place:
                    by_types.setdefault(function.types, function)
        return list(by_types.values())

    @cached_property
    def identities(self) -> dict[tuple[str, str], set[str]]:
        """The columns, by table, that are IDENTITY and take no value."""
        found: dict[tuple[str, str], set[str]] = {}
        rows = self.catalog.found("column_info", "schemaname", "tablename", "column", identity_always=True)
        for schema, table, column in rows:
            found.setdefault((TEMPORARY if schema == self.catalog.temporary else schema, table), set()).add(column)
        return found

    @cached_property
    def _view_sources(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """What each bound view reads."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = {}
        columns = ("schemaname", "viewname", "source_schema", "source_name")
        for schema, view, source_schema, source in self.catalog.found("view_source", *columns):
            found.setdefault((schema, view), set()).add((source_schema, source))
        return found

    def tables_under(self, sources: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """The tables that sources are or, being bound views, stand on."""
        tables: set[tuple[str, str]] = set()
        for source in sources:
            below = self._view_sources.get(source) if source in self.bound_views else None
            tables |= {source} if below is None else self.tables_under(below)
        return tables

    def find(self, schema: str, name: str) -> Relation | None:
        """The relation of this name; an empty schema means along the search path."""
        if system.key(schema, name):
            return Relation("system", schema if schema == system.INFORMATION_SCHEMA else SCHEMA, name)
        if schema == TEMPORARY:  # DuckDB's name, not Redshift's
            return None
        for place in [schema] if schema else [TEMPORARY, *self.search_path]:
            if kind := self.kinds.get((place, name)):
                return Relation(kind, place, name)
        if not schema and name in self.datasets:
            return Relation("dataset", TEMPORARY, name)
        return None

    def local_table(self, name: tuple[str, ...], sql: str, what: str = "table") -> Relation:
        """The local table that a command names; raises SqlError when it is not there or not local."""
        schema, table = (name[-2] if len(name) > 1 else "", name[-1])
        relation = self.find(schema, table)
        if relation is None or relation.kind != "table":
            why = "is not a local table" if relation else "does not exist"
            shown = ".".join(name)
            raise SqlError(
                f"the {what} {shown} {why}", sql=sql, position=place_of(sql, table),
                hint=None if relation else similar(shown, self.names()),
            )  # fmt: skip
        return relation

    def names(self) -> Iterable[str]:
        """Every name that FROM accepts."""
        for schema, name in self.kinds:
            yield name if schema in (TEMPORARY, *self.search_path) else f"{schema}.{name}"
        yield from self.datasets

    def hidden(self, schema: str, name: str) -> frozenset[str]:
        """The columns of a relation that `*` does not give."""
        if self.kinds.get((schema, name)) == "external":
            return frozenset(PSEUDOCOLUMNS)
        view = system.key("" if schema == SCHEMA else schema, name)
        return frozenset(c.name for c in system.VIEWS[view].columns if c.hidden) if view else frozenset()

    def columns(self, schema: str, name: str) -> dict[str, Type]:
        """Column names and types of a table or view."""
        key = (schema, name)
        if view := system.key("" if schema == SCHEMA else schema, name):
            return {column.name: column.kind for column in system.VIEWS[view].columns}
        if key not in self._columns:
            rows = self.catalog.rows(
                f"""select lower(c.column_name), c.data_type, i.type from duckdb_columns() c
                    left join {SCHEMA}.column_info i
                        on (i.schemaname, i.tablename, i."column") = (?, lower(c.table_name), lower(c.column_name))
                    where c.schema_name = ? and lower(c.table_name) = ? order by c.column_index""",
                self.catalog.key(schema),
                schema,
                name,
            )
            self._columns[key] = {
                column: parse_type(declared) if declared else of_duckdb(kind) for column, kind, declared in rows
            }
        return self._columns[key]
