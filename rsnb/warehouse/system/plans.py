"""Plans and steps of queries. Steps are those that DuckDB took; what it did not measure is NULL."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

# The steps of the queries that ended
STEPS = """{step} x join {statement} s using (query)
    left join {table} t on (t.schemaname, t.tablename) = (x.schema, x."table")"""
_SHORT = "map {'aggregate': 'aggr', 'hashjoin': 'hjoin', 'nestloop': 'nloop'}"
_LABEL = (
    f"coalesce({_SHORT}[x.name], x.name) || coalesce('   tbl=' || t.oid, '') || coalesce(' name=' || x.\"table\", '')"
)
_ROWS = "case x.name when 'return' then s.rows else x.rows end"
_BYTES = "case x.name when 'return' then s.bytes else x.bytes end"
DISK = "case when spilled = 0 then 'f' end"
_RANGED = "case ranged when true then 't' when false then 'f' end"
_RATIO = "x.rows / nullif(x.input_rows, 0)::double"
_SELECTIVE = (
    "'Very selective query filter:ratio=rows(' || x.rows || ')/rows_pre_user_filter(' || x.input_rows || ')=' || "
    f"printf('%.6f', {_RATIO})"
)
_EVENT = (
    "case when x.name = 'nestloop' then 'Nested Loop Join in the query plan' "
    f"when x.name = 'scan' and {_RATIO} < 0.05 then {_SELECTIVE} end"
)
# What the views of a kind of step begin with
BEGINNING = f"""
        userid integer = s.user
        query integer
        slice integer = 0
        segment integer = x.segment
        step integer = x.step
        starttime timestamp = s.start
        endtime timestamp = s."end"
        tasknum integer = null
        rows bigint = {_ROWS}
"""
_BYTES_TOO = f"""        bytes bigint = {_BYTES}
"""

VIEWS = (
    View("stl_explain", "{plan_line} p join {statement} s using (query)", """
        userid integer = s.user
        query integer
        nodeid integer = node
        parentid integer = parent
        plannode character(400) = substr(p.text, 1, 400)
        info character(400) = substr(p.info, 1, 400)
        user_query_id bigint = query
        child_query_sequence integer = 1
        query_uuid character(36) = s.uuid
        """),
    View("sys_query_explain", "{plan_line} p join {statement} s using (query)", """
        userid integer = s.user
        query_id bigint = query
        child_query_sequence integer = 1
        plan_node_id integer = node
        plan_parent_id integer = parent
        plan_node character(400) = substr(p.text, 1, 400)
        plan_info character(400) = substr(p.info, 1, 400)
        query_uuid character(36) = s.uuid
        """),
    View("stl_plan_info", "{plan_line} p join {statement} s using (query)", r"""
        userid integer = s.user
        query integer
        nodeid integer = node
        segment integer = null
        step integer = null
        locus integer = 0
        plannode integer = null
        startupcost double precision = try_cast(regexp_extract(p.text, 'cost=([0-9]+\.[0-9]+)', 1) as double)
        totalcost double precision = try_cast(regexp_extract(p.text, '\.\.([0-9.]+) rows', 1) as double)
        rows bigint = try_cast(regexp_extract(p.text, 'rows=([0-9]+)', 1) as bigint)
        bytes bigint = null
        """),
    View("stl_alert_event_log", f"{STEPS} where {_EVENT} is not null", f"""
        userid integer = s.user
        query integer
        slice integer = 0
        segment integer = x.segment
        step integer = x.step
        pid integer = s.pid
        xid bigint = s.xid
        event character(1024) = {_EVENT}
        solution character(1024) = case x.name when 'nestloop'
            then 'Review the join predicates to avoid Cartesian products'
            else 'Review the choice of sort key' end
        event_time timestamp = s.start
        """.replace("\n            ", " ")),
    View("stl_scan", STEPS + " where x.name = 'scan'", BEGINNING + _BYTES_TOO + f"""
        fetches bigint = null
        type integer = if(x.detail = 'external', 29, 2)
        tbl integer = t.oid
        is_rrscan character(1) = {_RANGED}
        is_delayed_scan character(1) = null
        rows_pre_filter bigint = x.input_rows
        rows_pre_user_filter bigint = x.input_rows
        perm_table_name character(136) = x."table"
        is_rlf_scan character(1) = null
        is_rlf_scan_reason integer = null
        num_em_blocks integer = null
        checksum bigint = null
        runtime_filtering character(1) = null
        scan_region integer = null
        num_sortkey_as_predicate integer = null
        row_fetcher_state integer = null
        consumed_scan_ranges bigint = null
        work_stealing_reason bigint = null
        is_vectorized_scan character(1) = null
        is_vectorized_scan_reason integer = null
        row_fetcher_reason bigint = null
        topology_signature bigint = null
        use_tpm_partition character(1) = null
        is_rrscan_expr character(1) = null
        scanned_mega_value character(1) = null
        """),
    View("stl_return", STEPS + " where x.name = 'return'", BEGINNING + _BYTES_TOO + """
        packets integer = null
        checksum bigint = null
        """),
    View("svl_query_summary", STEPS, f"""
        userid integer = s.user
        query integer
        stm integer = x.segment
        seg integer = x.segment
        step integer = x.step
        maxtime bigint = x.time
        avgtime bigint = x.time
        rows bigint = {_ROWS}
        bytes bigint = {_BYTES}
        rate_row double precision = null
        rate_byte double precision = null
        label text = {_LABEL}
        is_diskbased character(1) = {DISK}
        workmem bigint = null
        is_rrscan character(1) = {_RANGED}
        is_delayed_scan character(1) = null
        rows_pre_filter bigint = if(t.oid is null, null, x.input_rows)
        """),
    View("svl_query_report", STEPS, f"""
        userid integer = s.user
        query integer
        slice integer = 0
        segment integer = x.segment
        step integer = x.step
        start_time timestamp = s.start
        end_time timestamp = s."end"
        elapsed_time bigint = x.time
        rows bigint = {_ROWS}
        bytes bigint = {_BYTES}
        label character(256) = {_LABEL}
        is_diskbased character(1) = {DISK}
        workmem bigint = null
        is_rrscan character(1) = {_RANGED}
        is_delayed_scan character(1) = null
        rows_pre_filter bigint = if(t.oid is null, null, x.input_rows)
        """),
    View("sys_query_detail", STEPS, f"""
        user_id integer = s.user
        query_id bigint = query
        child_query_sequence integer = 1
        stream_id integer = x.segment
        segment_id integer = x.segment
        step_id integer = x.step
        step_name text = x.name
        table_id integer = t.oid
        table_name character(136) = s.database || '.' || t.schemaname || '.' || t.tablename
        is_rrscan character(1) = {_RANGED}
        start_time timestamp = s.start
        end_time timestamp = s."end"
        duration bigint = x.segment_time
        alert text = {_EVENT}
        input_bytes bigint = null
        input_rows bigint = x.input_rows
        output_bytes bigint = {_BYTES}
        output_rows bigint = {_ROWS}
        blocks_read bigint = null
        blocks_write bigint = null
        local_read_io bigint = null
        remote_read_io bigint = null
        source text = case when t.oid is not null then 'local' end
        data_skewness integer = null
        time_skewness integer = null
        is_active character(1) = 'f'
        spilled_block_local_disk bigint = null
        spilled_block_remote_disk bigint = null
        step_attribute character(64) = null
        metrics_level character(64) = 'step'
        plan_parent_id integer = null
        plan_node_id integer = null
        """),
)  # fmt: skip
