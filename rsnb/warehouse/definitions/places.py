"""Where a new object of the warehouse goes, and what may be in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.records import StateChange
from rsnb.warehouse.relations import TEMPORARY, Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

Name = tuple[str, ...]

_HIDDEN = (SCHEMA, TEMPORARY, "information_schema", "pg_catalog")


def is_reserved(schema: str) -> bool:
    """Whether a schema's name belongs to the warehouse itself."""
    return schema in _HIDDEN or schema.startswith("pg_")


def split(name: Name, sql: str) -> tuple[str, str]:
    """(schema or nothing, name) of a qualified name; raises for another database."""
    if len(name) > 3:
        raise SqlError(f"{'.'.join(name)} has too many parts: database.schema.name", sql=sql, position=0)
    if len(name) == 3 and name[0] != DATABASE:
        raise SqlError(
            f"there is no database {name[0]}: this one is {DATABASE}", sql=sql, position=place_of(sql, name[0])
        )
    return (name[-2] if len(name) > 1 else ""), name[-1]


def schema_for(session: Connection, name: Name, sql: str, temporary: bool = False) -> str:
    """Where a new object goes: its own schema, else the first of the search path."""
    given, _ = split(name, sql)
    if temporary:
        if given:
            raise SqlError(
                f"a temporary table is in no schema: {'.'.join(name)}", sql=sql, position=place_of(sql, given)
            )
        return TEMPORARY
    there = session.snapshot.relations.all_schemas
    schema = given or next((s for s in session.search_path if s in there), session.search_path[0])
    if schema in session.snapshot.relations.external_schemas:
        raise SqlError(
            f"{schema} is an external schema: it holds external tables only", sql=sql, position=place_of(sql, schema)
        )
    if schema not in session.snapshot.relations.schemas:
        raise SqlError(
            f"there is no schema {schema}", sql=sql, position=place_of(sql, schema), hint=f"create schema {schema}"
        )
    return schema


def existing_schema(session: Connection, name: str, sql: str) -> str:
    """A schema that a command names, local or external; raises with the nearest names."""
    known = session.snapshot.relations.all_schemas
    if name not in known:
        raise SqlError(f"there is no schema {name}", sql=sql, position=place_of(sql, name), hint=similar(name, known))
    return name


def find(session: Connection, name: Name, sql: str) -> Relation | None:
    """The relation that a command names, or None."""
    schema, relation = split(name, sql)
    return session.snapshot.relations.find(schema, relation)


def refuse_existing(session: Connection, schema: str, name: str, sql: str, hint: str | None = None) -> None:
    """Raise when the schema holds a relation of this name."""
    if (schema, name) in session.snapshot.relations.kinds:
        shown = name if schema == TEMPORARY else f"{schema}.{name}"
        raise SqlError(f"{shown} exists", sql=sql, position=place_of(sql, name), hint=hint)


def dependents(session: Connection, schema: str, name: str) -> list[tuple[str, str]]:
    """The views that read a relation and were bound to it, by schema and name."""
    return [
        (view_schema, view)
        for view_schema, view in session.catalog.rows(
            f"SELECT schemaname, viewname FROM {SCHEMA}.view_source WHERE source_schema = ? AND source_name = ?",
            schema,
            name,
        )
    ]


def refuse_dependents(session: Connection, schema: str, name: str, sql: str) -> None:
    """Raise when a bound view reads the relation, for a DROP without CASCADE."""
    if views := dependents(session, schema, name):
        raise SqlError(
            f"the view {'.'.join(views[0])} depends on {name}",
            sql=sql,
            position=place_of(sql, name),
            hint="drop it first, or add CASCADE to DROP",
        )


def make_unrefreshable(session: Connection, schema: str, name: str, state: int) -> None:
    """Note that the materialized views that read a table keep their rows from now on."""
    for view_schema, view in session.snapshot.relations.feeds.get((schema, name), []):
        session.catalog.change("materialized_view", {"state": state}, schemaname=view_schema, viewname=view)
        session.journal.add(StateChange(session.statement.query, view_schema, view, schema, name, state))
