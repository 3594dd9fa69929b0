"""VACUUM, ANALYZE, REFRESH and changes of users leave their rows."""

from __future__ import annotations

from typing import Any

from rsnb import SqlError


def test_vacuum_and_analyze(check: Any) -> None:
    check("create table t (a int); insert into t values (1), (2); vacuum delete only t; vacuum; analyze t")
    check(
        "select trim(c.relname), trim(v.status), v.rows from stl_vacuum v join pg_class c on c.oid = v.table_id "
        "order by v.xid, v.status desc",
        [("t", "Started delete only", 2), ("t", "Finished", 2), ("t", "Started", 2), ("t", "Finished", 2)],
    )
    check("select table_name, row_delta from svv_vacuum_summary order by xid", [("t", 0), ("t", 0)])
    check("select trim(vacuum_type), trim(status), reclaimed_rows from sys_vacuum_history order by query_id",
          [("Delete", "Complete", 0), ("Full", "Complete", 0)])  # fmt: skip
    check("select table_name, status from svv_vacuum_progress", [("t", "Complete")])
    check("select trim(table_name), trim(status), rows from stl_analyze", [("t", "Full", 2.0)])
    check("select trim(schema_name), rows from sys_analyze_history", [("public", 2.0)])


def test_compression(check: Any) -> None:
    check("create table t (a int encode raw, b int); insert into t values (1, 2), (3, 4); analyze compression t (a)")
    check("select trim(tablename), col, trim(old_encoding), trim(mode) from stl_analyze_compression",
          [("t", 0, "raw", "ANALYZE ONLY")])  # fmt: skip
    check("select h.table_id = c.oid, column_position from sys_analyze_compression_history h join pg_class c "
          "on relname = 't'", [(True, 0)])  # fmt: skip
    check("select stairows, staiins from pg_statistic_indicator join pg_class on stairelid = pg_class.oid "
          "where relname = 't'", [(2.0, None)])  # fmt: skip


def test_materialized_views(check: Any) -> None:
    check(
        "create table t (a int); create materialized view m as select sum(a) as total from t; insert into t values (1)"
    )
    check("select trim(name), is_stale, autorefresh from svv_mv_info", [("m", "t", "f")])
    check("refresh materialized view m; refresh materialized view m")
    check("select trim(name), is_stale, trim(owner_user_name) from stv_mv_info", [("m", "f", "awsuser")])
    check(
        "select trim(mv_name), status, trim(refresh_type) from svl_mv_refresh_status order by xid",
        [
            ("m", "Refresh successfully recomputed MV from scratch", "Manual"),
            ("m", "MV was already updated", "Manual"),
        ],
    )
    check("select h.mv_id = c.oid from sys_mv_refresh_history h join pg_class c on c.relname = 'm' limit 1", [(True,)])
    check("create materialized view over as select total from m")
    check("select trim(name), trim(dependent_name) from svv_mv_dependency", [("over", "m")])
    check("select trim(name), trim(ref_name) from stv_mv_deps", [("over", "m")])


def test_views_that_can_not_be_refreshed(check: Any, refuses: Any) -> None:
    check("create table t (a int, b int); create materialized view m as select a from t; alter table t drop column b")
    check("select state from svv_mv_info", [(101,)])
    check("select trim(event_desc), trim(base_table_name), trim(mv_name), trim(state) from stl_mv_state",
          [("Column was dropped", "t", "m", "Unrefreshable")])  # fmt: skip
    check("alter table t rename to u; select trim(event_desc), trim(base_table_schema) from sys_mv_state "
          "order by start_time desc limit 1", [("Table was renamed", "public")])  # fmt: skip
    refuses("refresh materialized view m", SqlError, "can't be refreshed")
    check("select trim(mv_name), trim(status) from svl_mv_refresh_status",
          [("m", "Refresh failed. A base table was renamed")])  # fmt: skip


def test_users(check: Any) -> None:
    check("create user ann password 'Secret123' createdb; alter user ann rename to anna; drop user anna")
    check(
        "select trim(username), trim(oldusername), trim(action), usecreatedb from stl_userlog order by xid",
        [("ann", "", "create", 1), ("anna", "ann", "rename", 1), ("anna", "", "drop", 1)],
    )
    check("select count(*) from sys_userlog", [(3,)])
