"""Functions of the session; those of what it did are in tests/warehouse/system/test_session_info.py."""

from __future__ import annotations

CASES = {
    "current_database": [("current_database()", "dev", "character varying")],
    "current_schema": [
        ("current_schema()", "public", "character varying"),
        ("current_schema", "public", "character varying"),
    ],
    "current_schemas": [
        ("current_schemas(false)", "{public}", "character varying"),
        ("current_schemas(true)", "{pg_catalog,public}", "character varying"),
    ],
    "current_setting": [
        ("current_setting('query_group')", "unset", "character varying"),
        ("current_setting('no.variable', false)", None, "character varying"),
    ],
    "current_user": [("current_user", "awsuser", "character varying"), ("user", "awsuser", "character varying")],
    "current_user_id": [("current_user_id", 100, "integer")],
    "db_collation": [("db_collation()", "case_sensitive", "character varying")],
    "pg_backend_pid": [("pg_backend_pid()", 1, "integer")],
    "pg_cancel_backend": [("pg_cancel_backend(802)", 0, "integer")],
    "pg_last_copy_count": [("pg_last_copy_count()", 0, "bigint")],
    "pg_last_copy_id": [("pg_last_copy_id()", -1, "integer")],
    "last_user_query_id": [("last_user_query_id()", -1, "integer")],
    "pg_last_query_id": [("pg_last_query_id()", -1, "integer")],
    "pg_last_unload_count": [("pg_last_unload_count()", 0, "bigint")],
    "pg_last_unload_id": [("pg_last_unload_id()", -1, "integer")],
    "pg_terminate_backend": [("pg_terminate_backend(802)", 0, "integer")],
    "session_user": [("session_user", "awsuser", "character varying")],
    "set_config": [("set_config('query_group', 'a', false)", "a", "character varying")],
    "slice_num": [("slice_num()", 10000, "integer")],
    "version": [("split_part(version(), ' on ', 1)", "PostgreSQL 8.0.2", "character varying")],
}

REFUSED = [
    "select current_setting('nothing')",
    "select current_setting('no.variable')",
    "select set_config('x', '1', false)",
]
UNSUPPORTED = [
    "select pg_cancel_backend(process) from stv_sessions",
]
