"""Functions of the catalog; those that look something up are in tests/warehouse/system/test_catalog_functions.py."""

from __future__ import annotations

CASES = {
    "col_description": [("col_description(1, 1)", None, "character varying")],
    "format_type": [
        ("format_type(23, -1)", "integer", "character varying"),
        ("format_type(1043, 14)", "character varying(10)", "character varying"),
        ("format_type(1043, -1)", "character varying", "character varying"),
        ("format_type(1042, null)", "character", "character varying"),
        ("format_type(1700, 524294)", "numeric(8,2)", "character varying"),
        ("format_type(1114, -1)", "timestamp without time zone", "character varying"),
        ("format_type(999999, -1)", None, "character varying"),
    ],
    "obj_description": [
        ("obj_description(1)", None, "character varying"),
        ("obj_description(1, 'pg_class')", None, "character varying"),
    ],
    "pg_get_constraintdef": [("pg_get_constraintdef(1)", None, "character varying")],
    "pg_get_expr": [("pg_get_expr('7', 1)", "7", "character varying")],
    "pg_get_userbyid": [
        ("pg_get_userbyid(100)", "awsuser", "character varying"),
        ("pg_get_userbyid(7)", "unknown (OID=7)", "character varying"),
    ],
    "pg_get_viewdef": [("pg_get_viewdef(1, true)", None, "character varying")],
    "pg_table_is_visible": [("pg_table_is_visible(1)", False, "boolean")],
}
