"""The columns that a COPY loads, in the order of the files' fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.relations import Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


@dataclass(frozen=True)
class Target:
    """A column to load; identity is `always`, `default` or nothing."""

    name: str
    type: Type
    not_null: bool = False
    identity: str = ""

    @property
    def kind(self) -> str:
        """The name of its type, without a length."""
        return self.type.rule.name

    @property
    def length(self) -> int:
        """The most bytes that it holds; only of a text or VARBYTE."""
        return self.type.args[0]

    @property
    def text(self) -> bool:
        """Whether it is CHAR or VARCHAR."""
        return self.kind.startswith("character")


_COLUMNS = f"""
    select lower(c.column_name), not c.is_nullable,
           case when i.identity_always then 'always' when i.identity_seed is not null then 'default' else '' end
    from duckdb_columns() c
    left join {SCHEMA}.column_info i
        on (i.schemaname, i.tablename, i."column") = (?, c.table_name, c.column_name)
    where c.schema_name = ? and c.table_name = ? order by c.column_index"""


def targets(session: Connection, table: Relation, copy: Copy) -> list[Target]:
    """The columns to load; raises SqlError where a column is not there, or IDENTITY is not to be loaded so."""
    read = copy.options.read
    rows = session.catalog.rows(_COLUMNS, session.catalog.key(table.schema), table.schema, table.name)
    types = session.snapshot.relations.columns(table.schema, table.name)
    known = {name: Target(name, types[name], not_null, identity) for name, not_null, identity in rows}
    explicit = "explicit_ids" in copy.options
    for name in copy.columns:
        if name not in known:
            raise SqlError(
                f"there is no column {name} in {table.name}", sql=read.sql, position=place_of(read.sql, name)
            )
        if copy.columns.count(name) > 1:
            raise SqlError(f"the column {name} is named twice", sql=read.sql, position=place_of(read.sql, name))
        if known[name].identity == "always" and not explicit:
            raise SqlError(
                f"the IDENTITY column {name} takes no value",
                sql=read.sql,
                position=place_of(read.sql, name),
                hint="leave it out, or add EXPLICIT_IDS to load its values",
            )
    chosen = [known[name] for name in copy.columns] or [t for t in known.values() if explicit or not t.identity]
    missing = {t.name for t in known.values() if t.identity == "always"} - {t.name for t in chosen}
    if explicit and (missing or not any(t.identity for t in known.values())):
        why = f"{min(missing)} is not among the columns" if missing else f"{table.name} has no IDENTITY column"
        copy.options.wrong("explicit_ids", f"EXPLICIT_IDS loads the IDENTITY column, and {why}")
    return chosen
