"""Functions of the catalog, as PostgreSQL's tools call them on the rows of PG_CATALOG.

Source: PostgreSQL 8.0, "System Information Functions"; Redshift has them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Build, Call, taking
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.pg_types import TYPES
from rsnb.warehouse.translation.typed import sql

if TYPE_CHECKING:
    from sqlglot import exp

_OIDS = f"[{', '.join(str(t.oid) for t in TYPES)}]"
_NAMES = "[" + ", ".join(f"'{t.format}'" for t in TYPES) + "]"
_FORMAT = (
    f"map({_OIDS}, {_NAMES})[{{oid}}] || case when {{typmod}} is null or {{typmod}} < 4 then '' "
    "when {oid} in (1042, 1043, 6551) then '(' || ({typmod} - 4) || ')' "
    "when {oid} = 1700 then '(' || (({typmod} - 4) >> 16) || ',' || (({typmod} - 4) & 65535) || ')' else '' end"
)


def _format_type(call: Call) -> exp.Expr:
    """The name of a type with its length, or its precision and scale."""
    return sql(_FORMAT, oid=call[0], typmod=call[1])


def _looked_up(view: str, value: str) -> Build:
    """What a hidden system view holds for an oid; its columns have names that no user's table has."""
    query = f'(select max({value}) from "{SCHEMA}"."{view}" where rsnb_oid = {{oid}})'
    return lambda call: sql(query, oid=call[0])


def _user(call: Call) -> exp.Expr:
    found = f"(select max(name) from {SCHEMA}.db_user where id = {{id}})"
    return sql(f"coalesce({found}, 'unknown (OID=' || {{id}} || ')')", id=call[0])


def _of_column(call: Call) -> exp.Expr:
    query = f'(select max(rsnb_text) from "{SCHEMA}"."_comment" where rsnb_oid = {{oid}} and rsnb_number = {{number}})'
    return sql(query, oid=call[0], number=call[1])


def _of_object(call: Call) -> exp.Expr:
    query = f'(select max(rsnb_text) from "{SCHEMA}"."_comment" where rsnb_oid = {{oid}} and rsnb_number = 0)'
    return sql(query, oid=call[0])


def _visible(call: Call) -> exp.Expr:
    query = f'(select count(*) > 0 from "{SCHEMA}"."_visible" where rsnb_oid = {{oid}})'
    return sql(query, oid=call[0])


FUNCTIONS = {
    "col_description": taking("int int", "varchar", _of_column),
    "format_type": taking("int int", "varchar", _format_type),
    "obj_description": taking("int [text]", "varchar", _of_object),
    "pg_get_constraintdef": taking("int [bool]", "varchar", _looked_up("_constraint_text", "rsnb_text")),
    "pg_get_expr": taking("text int", "varchar", lambda call: call[0].node),
    "pg_get_userbyid": taking("int", "varchar", _user),
    "pg_get_viewdef": taking("int [bool]", "varchar", _looked_up("_view_text", "rsnb_text")),
    "pg_table_is_visible": taking("int", "bool", _visible),
}
