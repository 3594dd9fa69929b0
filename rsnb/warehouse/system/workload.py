"""Workload management: there is no queue here, every query runs when it comes."""

from __future__ import annotations

from rsnb.warehouse.system.plans import STEPS
from rsnb.warehouse.system.view import View

# What is known of a query as a whole
_MEASURED = """{statement} s left join (
    select query, sum(time) as cpu, max(input_rows) filter (where name = 'scan') as scanned,
           max(rows) filter (where name in ('hashjoin', 'nestloop')) as joined,
           max(rows) filter (where name = 'nestloop') as looped
    from {step} group by query) x using (query)
    left join (select query, sum(scanned_rows) as external, sum(scanned_bytes) as external_bytes from {ExternalScan}
               group by query) e using (query)
    where computed and status <> 'running' and source_query is null"""
_METRICS = """
        userid integer = s.user
        service_class integer = null
        query integer
        segment integer = -1
        step_type integer = -1
        starttime timestamp = s.start
        slices integer = 1
        max_rows bigint = s.rows
        rows bigint = s.rows
        max_cpu_time bigint = x.cpu
        cpu_time bigint = x.cpu
        max_blocks_read integer = null
        blocks_read bigint = null
        max_run_time bigint = s.elapsed
        run_time bigint = s.elapsed
        max_blocks_to_disk bigint = null
        blocks_to_disk bigint = null
        step integer = -1
        max_query_scan_size bigint = null
        query_scan_size bigint = null
        query_priority integer = -1
        query_queue_time bigint = 0
        """
_CURRENT_METRICS = """
        userid integer = user
        service_class integer = null
        query integer
        starttime timestamp = start
        slices integer = 1
        segment integer = -1
        step_type integer = -1
        rows bigint = null
        max_rows bigint = null
        cpu_time bigint = null
        max_cpu_time bigint = null
        blocks_read bigint = null
        max_blocks_read bigint = null
        run_time bigint = elapsed
        max_run_time bigint = elapsed
        max_blocks_to_disk bigint = null
        blocks_to_disk bigint = null
        step integer = -1
        max_query_scan_size bigint = null
        query_scan_size bigint = null
        query_priority integer = -1
        query_queue_time bigint = 0
        """

VIEWS = (
    View("stl_query_metrics", _MEASURED,
         _METRICS + "service_class_name character(64) = null"),
    View("svl_query_metrics", STEPS, """
        userid integer = s.user
        query integer
        service_class integer = null
        dimension varchar(24) = 'step'
        segment integer = x.segment
        step integer = x.step
        step_label varchar(30) = x.name
        query_cpu_time bigint = null
        query_blocks_read bigint = null
        query_execution_time bigint = null
        query_cpu_usage_percent bigint = null
        query_temp_blocks_to_disk bigint = null
        segment_execution_time bigint = null
        cpu_skew numeric(38,2) = null
        io_skew numeric(38,2) = null
        scan_row_count bigint = case x.name when 'scan' then x.input_rows end
        join_row_count bigint = case when x.name in ('hashjoin', 'nestloop') then x.rows end
        nested_loop_join_row_count bigint = case x.name when 'nestloop' then x.rows end
        return_row_count bigint = case x.name when 'return' then s.rows end
        spectrum_scan_row_count bigint = case x.detail when 'external' then x.input_rows end
        spectrum_scan_size_mb bigint = null
        query_queue_time bigint = null
        """),
    View("svl_query_metrics_summary", _MEASURED, """
        userid integer = s.user
        query integer
        service_class integer = null
        query_cpu_time bigint = x.cpu // 1000000
        query_blocks_read bigint = null
        query_execution_time bigint = s.elapsed // 1000000
        query_cpu_usage_percent numeric(38,2) = null
        query_temp_blocks_to_disk bigint = null
        segment_execution_time bigint = null
        cpu_skew numeric(38,2) = null
        io_skew numeric(38,2) = null
        scan_row_count bigint = x.scanned
        join_row_count bigint = x.joined
        nested_loop_join_row_count bigint = x.looped
        return_row_count bigint = case s.type when 'SELECT' then s.rows end
        spectrum_scan_row_count bigint = external
        spectrum_scan_size_mb bigint = external_bytes // 1048576
        query_queue_time bigint = 0
        """),
    View("stv_query_metrics", "{statement} where computed and status = 'running'", _CURRENT_METRICS),
    View("stl_wlm_query", "{statement} where computed and status <> 'running' and source_query is null", """
        userid integer = user
        xid integer
        task integer = query
        query integer
        service_class integer = null
        slot_count integer = null
        service_class_start_time timestamp = start
        queue_start_time timestamp = start
        queue_end_time timestamp = start
        total_queue_time bigint = 0
        exec_start_time timestamp = start
        exec_end_time timestamp = "end"
        total_exec_time bigint = elapsed
        service_class_end_time timestamp = "end"
        final_state character(16) = 'Completed'
        est_peak_mem bigint = null
        query_priority character(20) = 'n/a'
        service_class_name character(64) = null
        """),
    View("stv_wlm_query_state", "{statement} where computed and status = 'running'", """
        xid integer
        task integer = query
        query integer
        service_class integer = null
        slot_count integer = null
        wlm_start_time timestamp = start
        state character(16) = 'Running'
        queue_time bigint = 0
        exec_time bigint = elapsed
        query_priority character(20) = 'n/a'
        """),
    View("stv_wlm_query_task_state", "{statement} where computed and status = 'running'", """
        service_class integer = null
        task integer = query
        query integer
        slot_count integer = null
        start_time timestamp = start
        exec_time bigint = elapsed
        """),
    View("svl_query_queue_info", "{statement} where computed and status <> 'running'", """
        database text
        query integer
        xid bigint
        userid integer = user
        querytxt text = substr(written, 1, 100)
        queue_start_time timestamp = start
        exec_start_time timestamp = start
        service_class integer = null
        slots integer = null
        queue_elapsed bigint = 0
        exec_elapsed bigint = elapsed // 1000000
        wlm_total_elapsed bigint = elapsed // 1000000
        commit_queue_elapsed bigint = 0
        commit_exec_time bigint = 0
        service_class_name character(64) = null
        """),
    View("stv_wlm_service_class_config", "{empty}", """
        service_class integer = null
        queueing_strategy character(32) = null
        num_query_tasks integer = null
        target_num_query_tasks integer = null
        evictable character(8) = null
        eviction_threshold bigint = null
        query_working_mem integer = null
        target_query_working_mem integer = null
        min_step_mem integer = null
        name character(64) = null
        max_execution_time bigint = null
        user_group_wild_card boolean = null
        query_group_wild_card boolean = null
        concurrency_scaling character(20) = null
        query_priority character(20) = null
        user_role_wild_card boolean = null
        """),
    View("stv_wlm_service_class_state", "{empty}", """
        service_class integer = null
        num_queued_queries integer = null
        num_executing_queries integer = null
        num_serviced_queries integer = null
        num_executed_queries integer = null
        num_evicted_queries integer = null
        num_concurrency_scaling_queries integer = null
        """),
    View("stv_wlm_classification_config", "{empty}", """
        id integer = null
        condition character(128) = null
        action_seq integer = null
        action character(64) = null
        action_service_class integer = null
        """),
    View("sys_serverless_usage", "{empty}", """
        start_time timestamp = null
        end_time timestamp = null
        compute_seconds double precision = null
        compute_capacity double precision = null
        data_storage bigint = null
        cross_region_transferred_data bigint = null
        charged_seconds bigint = null
        charged_extra_compute_for_automatic_optimization_seconds bigint = null
        """),
)  # fmt: skip
