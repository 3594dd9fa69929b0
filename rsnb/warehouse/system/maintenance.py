"""What keeps tables, materialized views and users in order: VACUUM, ANALYZE, REFRESH, changes of users."""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View


def _of_table(stream: str) -> str:
    return (
        f"{{{stream}}} v join {{statement}} s using (query) "
        'left join {table} t on (t.schemaname, t.tablename) = (v.schema, v."table")'
    )


_EVENTS = _of_table("Vacuum") + " cross join (values (false), (true)) as e(finished)"
_REFRESH = "{Refresh} v join {statement} s using (query) left join {table} t " + (
    "on (t.schemaname, t.tablename) = (v.schema, v.name)"
)
_MV = f"{SCHEMA}.materialized_view m join {{relation}} r on (r.schemaname, r.name) = (m.schemaname, m.viewname) " + (
    "left join {users} u on u.usesysid = r.owner cross join {session} s"
)
_DEPENDENCY = (
    f"{SCHEMA}.view_source d join {SCHEMA}.materialized_view m using (schemaname, viewname) "
    f"join {SCHEMA}.materialized_view b on (b.schemaname, b.viewname) = (d.source_schema, d.source_name) "
    "cross join {session} s"
)
_STATE_CHANGE = "{StateChange} v join {statement} s using (query)"
_EVENT = """map {101: 'Column was dropped', 102: 'Column type was changed', 103: 'Table was renamed',
        104: 'Column was renamed', 105: 'Schema name was changed'}[v.state]""".replace("\n       ", "")
_CHANGE = "{UserChange} v join {statement} s using (query)"

VIEWS = (
    View("stl_vacuum", _EVENTS, """
        userid integer = s.user
        xid bigint = s.xid
        table_id integer = t.oid
        status character(30) = if(finished, 'Finished', rtrim('Started ' || replace(v.kind, 'full', '')))
        rows bigint = if(finished, v.rows_after, v.rows_before)
        sortedrows integer = null
        blocks integer = null
        max_merge_partitions integer = null
        eventtime timestamp = if(finished, v."end", v.start)
        reclaimable_rows bigint = null
        reclaimable_space_mb bigint = null
        cutoff_xid bigint = null
        is_recluster integer = (v.kind = 'recluster')::integer
        """),
    View("svv_vacuum_summary", _of_table("Vacuum"), """
        table_name text = v."table"
        xid bigint = s.xid
        sort_partitions bigint = null
        merge_increments bigint = null
        elapsed_time bigint = epoch_us(v."end") - epoch_us(v.start)
        row_delta bigint = v.rows_after - v.rows_before
        sortedrow_delta bigint = null
        block_delta integer = null
        max_merge_partitions integer = null
        """),
    View("svl_vacuum_percentage", _of_table("Vacuum"), """
        xid bigint = s.xid
        table_id integer = t.oid
        percentage bigint = null
        """),
    View("svv_vacuum_progress", "(select * from {Vacuum} order by start desc limit 1)", """
        table_name text = "table"
        status text = 'Complete'
        time_remaining_estimate text = ''
        """),
    View("sys_vacuum_history", _of_table("Vacuum"), """
        user_id integer = s.user
        transaction_id bigint = s.xid
        query_id bigint = query
        database_name text = s.database
        schema_name text = v.schema
        table_name text = v."table"
        table_id integer = t.oid
        vacuum_type character(16) = upper(v.kind[1]) || split_part(v.kind[2:], ' ', 1)
        is_automatic boolean = false
        status character(64) = 'Complete'
        start_time timestamp = v.start
        end_time timestamp = v."end"
        record_time timestamp = v."end"
        duration integer = epoch_us(v."end") - epoch_us(v.start)
        rows_before_vacuum bigint = v.rows_before
        size_before_vacuum integer = null
        reclaimable_rows bigint = null
        reclaimed_rows bigint = v.rows_before - v.rows_after
        reclaimed_blocks bigint = null
        sortedrows_before_vacuum integer = null
        sortedrows_after_vacuum integer = null
        """),
    View("stl_analyze_compression", _of_table("ColumnEncoding"), """
        userid integer = s.user
        start_time timestamp = v.start
        xid bigint = s.xid
        tbl integer = t.oid
        tablename character(128) = v."table"
        col integer = v.number
        old_encoding character(15) = v.old
        new_encoding character(15) = v.new
        mode character(14) = 'ANALYZE ONLY'
        best_compression_encoding character(15) = null
        recommended_bytes character(15) = null
        best_compression_bytes character(15) = null
        ndv bigint = null
        """),
    View("sys_analyze_compression_history", _of_table("ColumnEncoding"), """
        user_id integer = s.user
        start_time timestamp = v.start
        transaction_id bigint = s.xid
        table_id integer = t.oid
        table_name character(128) = v."table"
        column_position integer = v.number
        old_encoding character(15) = v.old
        new_encoding character(15) = v.new
        mode character(14) = 'ANALYZE ONLY'
        """),
    View("stl_analyze", _of_table("Analyze"), """
        userid integer = s.user
        xid bigint = s.xid
        database character(30) = s.database
        table_id integer = t.oid
        status character(15) = 'Full'
        rows double precision = v.rows
        modified_rows double precision = null
        threshold_percent integer = null
        is_auto character(1) = 'f'
        starttime timestamp = v.start
        endtime timestamp = v."end"
        prevtime timestamp = null
        num_predicate_cols integer = 0
        num_new_predicate_cols integer = 0
        is_background character(1) = 'f'
        auto_analyze_phase character(100) = null
        schema_name character(128) = v.schema
        table_name character(136) = v."table"
        """),
    View("sys_analyze_history", _of_table("Analyze"), """
        user_id integer = s.user
        transaction_id bigint = s.xid
        database_name character(30) = s.database
        schema_name character(128) = v.schema
        table_name character(30) = v."table"
        table_id integer = t.oid
        is_automatic character(1) = 'f'
        status character(15) = 'Full'
        start_time timestamp = v.start
        end_time timestamp = v."end"
        rows double precision = v.rows
        modified_rows double precision = null
        analyze_threshold_percent integer = null
        last_analyze_time timestamp = null
        """),
    View("svl_mv_refresh_status", _REFRESH, """
        db_name character(128) = s.database
        userid bigint = s.user
        schema_name character(128) = v.schema
        mv_name character(128) = v.name
        xid bigint = s.xid
        starttime timestamp = v.start
        endtime timestamp = v."end"
        status text = v.status
        refresh_type character(32) = v.kind
        consumer_account character(12) = null
        consumer_region character(32) = null
        consumer_namespace character(36) = null
        """),
    View("sys_mv_refresh_history", _REFRESH, """
        user_id integer = s.user
        session_id integer = s.pid
        transaction_id bigint = s.xid
        database_name character(128) = s.database
        schema_name character(128) = v.schema
        mv_id bigint = t.oid
        mv_name character(128) = v.name
        refresh_type character(32) = v.kind
        status text = v.status
        start_time timestamp = v.start
        end_time timestamp = v."end"
        duration bigint = epoch_us(v."end") - epoch_us(v.start)
        consumer_account character(12) = null
        consumer_region character(32) = null
        consumer_namespace character(36) = null
        """),
    View("svv_mv_info", _MV, """
        database_name character(128) = s.database
        schema_name character(128) = m.schemaname
        user_name character(128) = u.usename
        name character(128) = m.viewname
        is_stale character(1) = if(m.stale, 't', 'f')
        state integer = m.state
        autorewrite character(1) = 'f'
        autorefresh character(1) = if(m.auto_refresh, 't', 'f')
        """),
    View("stv_mv_info", _MV, """
        db_name character(128) = s.database
        schema character(128) = m.schemaname
        name character(128) = m.viewname
        updated_upto_xid bigint = null
        is_stale character(1) = if(m.stale, 't', 'f')
        owner_user_name character(128) = u.usename
        state integer = m.state
        autorewrite character(1) = 'f'
        autorefresh character(1) = if(m.auto_refresh, 't', 'f')
        """),
    View("svv_mv_dependency", _DEPENDENCY, """
        database_name character(128) = s.database
        schema_name character(128) = d.schemaname
        name character(128) = d.viewname
        dependent_database_name character(128) = s.database
        dependent_schema_name character(128) = d.source_schema
        dependent_name character(128) = d.source_name
        """),
    View("stv_mv_deps", _DEPENDENCY, """
        db_name character(128) = s.database
        schema character(128) = d.schemaname
        name character(128) = d.viewname
        ref_schema character(128) = d.source_schema
        ref_name character(128) = d.source_name
        ref_database_name character(128) = s.database
        """),
    View("stl_mv_state", _STATE_CHANGE, f"""
        userid bigint = s.user
        starttime timestamp = v.time
        xid bigint = s.xid
        event_desc character(500) = {_EVENT}
        db_name character(128) = s.database
        base_table_schema character(128) = v.base_schema
        base_table_name character(128) = v.base_table
        mv_schema character(128) = v.schema
        mv_name character(128) = v.name
        state character(32) = 'Unrefreshable'
        """),
    View("sys_mv_state", _STATE_CHANGE, f"""
        user_id bigint = s.user
        transaction_id bigint = s.xid
        database_name character(128) = s.database
        event_desc character(500) = {_EVENT}
        start_time timestamp = v.time
        base_table_database_name character(128) = s.database
        base_table_schema character(128) = v.base_schema
        base_table_name character(128) = v.base_table
        mv_schema character(128) = v.schema
        mv_name character(128) = v.name
        state character(32) = 'Unrefreshable'
        """),
    View("stl_userlog", _CHANGE, """
        userid integer = v.user
        username character(50) = v.name
        oldusername character(50) = v.old_name
        action character(10) = v.action
        usecreatedb integer = v.createdb
        usesuper integer = v.superuser
        usecatupd integer = v.superuser
        valuntil timestamp = v.valid_until
        pid integer = s.pid
        xid bigint = s.xid
        recordtime timestamp = v.time
        """),
    View("sys_userlog", _CHANGE, """
        user_id integer = v.user
        user_name character(50) = v.name
        original_user_name character(50) = v.old_name
        action character(10) = v.action
        has_create_db_privs integer = v.createdb
        is_superuser integer = v.superuser
        has_update_catalog_privs integer = v.superuser
        password_expiration timestamp = v.valid_until
        session_id integer = s.pid
        transaction_id bigint = s.xid
        record_time timestamp = v.time
        """),
    View("stl_s3client", "{empty}", """
        userid integer = null
        query integer = null
        slice integer = null
        recordtime timestamp = null
        pid integer = null
        http_method character(64) = null
        bucket character(64) = null
        key character(256) = null
        transfer_size bigint = null
        data_size bigint = null
        start_time bigint = null
        end_time bigint = null
        transfer_time bigint = null
        compression_time bigint = null
        connect_time bigint = null
        app_connect_time bigint = null
        retries bigint = null
        request_id character(32) = null
        extended_request_id character(128) = null
        ip_address character(64) = null
        is_partial integer = null
        start_offset bigint = null
        query_uuid character(36) = null
        """),
)  # fmt: skip
