"""Plans and steps of queries. Steps are not measured here: what they read and gave is NULL, but for the last."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

# A step for each table that a query names, and the return of its rows
_STEPS = """(
    select s.* exclude (source, number), t.oid as table_id, t.tablename, number - 1 as step,
           null::bigint as step_rows, null::bigint as step_bytes,
           'scan' as step_name, 'scan   tbl=' || t.oid || ' name=' || t.tablename as step_label
    from (select *, unnest(sources) as source, generate_subscripts(sources, 1) as number from {statement}
          where computed and status <> 'running' and source_query is null) s
    left join {table} t on (t.schemaname, t.tablename) = (s.source[1], s.source[2])
    union all
    select *, null::integer, null::varchar, len(sources), rows, bytes, 'return', 'return' from {statement}
    where computed and type = 'SELECT' and status = 'success' and source_query is null)"""
# What the views of a kind of step begin with
_BEGINNING = """
        userid integer = user
        query integer
        slice integer = 0
        segment integer = 0
        step integer
        starttime timestamp = start
        endtime timestamp = "end"
        tasknum integer = null
        rows bigint = step_rows
        bytes bigint = step_bytes"""

VIEWS = (
    View("stl_explain", "{PlanLine} p join {statement} s using (query)", """
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
    View("sys_query_explain", "{PlanLine} p join {statement} s using (query)", """
        userid integer = s.user
        query_id bigint = query
        child_query_sequence integer = 1
        plan_node_id integer = node
        plan_parent_id integer = parent
        plan_node character(400) = substr(p.text, 1, 400)
        plan_info character(400) = substr(p.info, 1, 400)
        query_uuid character(36) = s.uuid
        """),
    View("stl_plan_info", "{PlanLine} p join {statement} s using (query)", r"""
        userid integer = s.user
        query integer
        nodeid integer = node
        segment integer = 0
        step integer = node - 1
        locus integer = 0
        plannode integer = null
        startupcost double precision = try_cast(regexp_extract(p.text, 'cost=([0-9]+\.[0-9]+)', 1) as double)
        totalcost double precision = try_cast(regexp_extract(p.text, '\.\.([0-9.]+) rows', 1) as double)
        rows bigint = try_cast(regexp_extract(p.text, 'rows=([0-9]+)', 1) as bigint)
        bytes bigint = null
        """),
    View("stl_alert_event_log", "{empty}", """
        userid integer = null
        query integer = null
        slice integer = null
        segment integer = null
        step integer = null
        pid integer = null
        xid bigint = null
        event character(1024) = null
        solution character(1024) = null
        event_time timestamp = null
        """),
    View("stl_scan", _STEPS + " where step_name = 'scan'", _BEGINNING + """
        fetches bigint = null
        type integer = 2
        tbl integer = table_id
        is_rrscan character(1) = null
        is_delayed_scan character(1) = null
        rows_pre_filter bigint = null
        rows_pre_user_filter bigint = null
        perm_table_name character(136) = tablename
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
    View("stl_return", _STEPS + " where step_name = 'return'", _BEGINNING + """
        packets integer = null
        checksum bigint = null
        """),
    View("svl_query_summary", _STEPS, """
        userid integer = user
        query integer
        stm integer = 0
        seg integer = 0
        step integer
        maxtime bigint = null
        avgtime bigint = null
        rows bigint = step_rows
        bytes bigint = step_bytes
        rate_row double precision = null
        rate_byte double precision = null
        label text = step_label
        is_diskbased character(1) = null
        workmem bigint = null
        is_rrscan character(1) = null
        is_delayed_scan character(1) = null
        rows_pre_filter bigint = null
        """),
    View("svl_query_report", _STEPS, """
        userid integer = user
        query integer
        slice integer = 0
        segment integer = 0
        step integer
        start_time timestamp = start
        end_time timestamp = "end"
        elapsed_time bigint = elapsed
        rows bigint = step_rows
        bytes bigint = step_bytes
        label character(256) = step_label
        is_diskbased character(1) = null
        workmem bigint = null
        is_rrscan character(1) = null
        is_delayed_scan character(1) = null
        rows_pre_filter bigint = null
        """),
    View("sys_query_detail", _STEPS, """
        user_id integer = user
        query_id bigint = query
        child_query_sequence integer = 1
        stream_id integer = 0
        segment_id integer = 0
        step_id integer = step
        step_name text = step_name
        table_id integer = table_id
        table_name character(136) = tablename
        is_rrscan character(1) = null
        start_time timestamp = start
        end_time timestamp = "end"
        duration bigint = elapsed
        alert text = null
        input_bytes bigint = null
        input_rows bigint = null
        output_bytes bigint = step_bytes
        output_rows bigint = step_rows
        blocks_read bigint = null
        blocks_write bigint = null
        local_read_io bigint = null
        remote_read_io bigint = null
        source text = 'local'
        data_skewness integer = null
        time_skewness integer = null
        is_active character(1) = 'f'
        spilled_block_local_disk bigint = null
        spilled_block_remote_disk bigint = null
        step_attribute text = null
        """),
)  # fmt: skip
