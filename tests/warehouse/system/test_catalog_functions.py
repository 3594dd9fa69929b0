"""Functions that look up the catalog, as the tools that reflect a database call them."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import SqlError

MADE = (
    "create table p (a int primary key, b varchar(10) default 'x', c numeric(8,2)); create schema s; "
    "create table s.c (x int references p (a), unique (x)); create view v as select a from p; "
    "comment on table p is 'orders'; comment on column p.b is 'of whom'"
)


@pytest.fixture
def made(session: Any) -> None:
    session.sql(MADE)


@pytest.mark.usefixtures("made")
def test_columns_as_a_tool_reflects_them(check: Any) -> None:
    check(
        "select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.col_description(a.attrelid, a.attnum) "
        "from pg_catalog.pg_class c left join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
        "join pg_catalog.pg_attribute a on a.attrelid = c.oid left join pg_catalog.pg_attrdef d "
        "on a.attrelid = d.adrelid and a.attnum = d.adnum "
        "where n.nspname not like 'pg\\\\_%' and c.relname = 'p' and a.attnum > 0 and not a.attisdropped "
        "order by a.attnum",
        [
            ("a", "integer", True, None, None),
            ("b", "character varying(10)", False, "'x'", "of whom"),
            ("c", "numeric(8,2)", False, None, None),
        ],
    )


@pytest.mark.usefixtures("made")
def test_relations_as_a_tool_lists_them(check: Any) -> None:
    check(
        "select n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class'), "
        "pg_table_is_visible(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname in ('public', 's') order by 1, 2",
        [
            ("public", "p", "r", "awsuser", "orders", True),
            ("public", "v", "v", "awsuser", None, True),
            ("s", "c", "r", "awsuser", None, False),
        ],
    )
    check("select obj_description('public.p'::regclass), 'p'::regclass::oid = oid from pg_class where relname = 'p'",
          [("orders", True)])  # fmt: skip
    check("select trim(pg_get_viewdef('v'::regclass, true))", [("create view v as select a from p",)])
    check("select trim(pg_get_viewdef(oid)) from pg_class where relname = 'v'", [("create view v as select a from p",)])


@pytest.mark.usefixtures("made")
def test_constraints(check: Any) -> None:
    check(
        "select conname, pg_get_constraintdef(oid, true) from pg_constraint order by 1",
        [
            ("c_x_fkey", "FOREIGN KEY (x) REFERENCES p(a)"),
            ("c_x_key", "UNIQUE (x)"),
            ("p_pkey", "PRIMARY KEY (a)"),
        ],
    )


def test_what_functions_look_up_is_not_shown(session: Any, check: Any) -> None:
    for name in ("_view_text", "pg_catalog._comment", "rsnb_system.stl_query"):
        with pytest.raises(SqlError, match=f"there is no table {name}"):
            session.sql(f"select * from {name}")
    check("select count(*) from svv_tables where table_name like '\\\\_%'", [(0,)])
