"""`'schema.table'::regclass`: the oid of a relation by its name.

Source: PostgreSQL 8.0, "Object identifier types"; Redshift Developer Guide, COMMENT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.translation.binder import Binder, place, refuse
from rsnb.warehouse.translation.typed import INT4, Typed, sql

if TYPE_CHECKING:
    from sqlglot import exp

_OID = (
    f'(select max(c.oid) from "{SCHEMA}"."pg_class" as c join "{SCHEMA}"."pg_namespace" as n on n.oid = c.relnamespace '
    "where n.nspname = {schema} and c.relname = {name})"
)


def is_regclass(kind: exp.Expr) -> bool:
    """Whether a cast names the type REGCLASS."""
    return kind.sql("redshift").lower() == "regclass"


def is_oid(kind: exp.Expr) -> bool:
    """Whether a cast names the type OID."""
    return kind.sql("redshift").lower() == "oid"


def of_relation(b: Binder, node: exp.Expr) -> Typed:
    """The oid of the relation that a quoted text names."""
    value = b.visit(node.this)
    if value.literal is None:
        refuse(b, "REGCLASS of other than a quoted text", node)
    parts = [part.strip('"') for part in value.literal.lower().split(".")]
    if len(parts) == 3 and parts[0] == DATABASE:
        parts = parts[1:]
    found = b.relations.find(parts[0] if len(parts) == 2 else "", parts[-1]) if len(parts) < 3 else None
    if found is None:
        hint = similar(parts[-1], b.relations.names())
        raise SqlError(f"there is no table {value.literal}", sql=b.sql, position=place(node), hint=hint)
    return Typed(sql(_OID, schema=found.schema, name=found.name), INT4)
