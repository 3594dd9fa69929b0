"""Statements that ran: their texts, times, ends and results."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

VIEWS = (
    View("stl_query", "{statement} where computed and status <> 'running'", """
        userid integer = user
        query integer
        label character(320)
        xid bigint
        pid integer
        database character(32)
        querytxt character(4000) = substr(written, 1, 4000)
        starttime timestamp = start
        endtime timestamp = "end"
        aborted integer
        insert_pristine integer = 0
        concurrency_scaling_status integer = 0
        """),
    View("stl_querytext", "{lines_of_200} where computed", """
        userid integer = user
        xid bigint
        pid integer
        query integer
        sequence integer
        text character(200) = written
        user_query_id bigint = query
        child_query_sequence integer = 1
        query_uuid character(36) = uuid
        """),
    View("stl_ddltext", "{lines_of_200} where type = 'DDL' and status <> 'running'", """
        userid integer = user
        xid bigint
        pid integer
        label character(320) = if(label = 'default', '', label)
        starttime timestamp = start
        endtime timestamp = "end"
        sequence integer
        text character(200) = written
        """),
    View("stl_utilitytext", "{lines_of_200} where type = 'UTILITY' and status <> 'running'", """
        userid integer = user
        xid bigint
        pid integer
        query integer hidden
        label character(320) = if(label = 'default', '', label)
        starttime timestamp = start
        endtime timestamp = "end"
        sequence integer
        text character(200) = written
        """),
    View("svl_statementtext", "{lines_of_200} where computed or type in ('DDL', 'UTILITY')", """
        userid integer = user
        xid bigint
        pid integer
        label character(320) = if(label = 'default', '', label)
        starttime timestamp = start
        endtime timestamp = "end"
        sequence integer
        type character varying(10) = case when computed then 'QUERY' else type end
        text character(200) = written
        """),
    View("svl_multi_statement_violations", "{lines_of_200} where contains(error, 't run inside a transaction')", """
        userid integer = user
        database character(32)
        cmdname character(20) = upper(kind)
        xid bigint
        pid integer
        label character(320) = if(label = 'default', '', label)
        starttime timestamp = start
        endtime timestamp = "end"
        sequence integer
        type character varying(10) = case when computed then 'QUERY' else type end
        text character(200) = written
        """),
    View("svl_qlog", "{statement} where computed and status <> 'running'", """
        userid integer = user
        query integer
        xid bigint
        pid integer
        starttime timestamp = start
        endtime timestamp = "end"
        elapsed bigint
        aborted integer
        label character(320)
        substring character(60) = substr(written, 1, 60)
        source_query integer
        concurrency_scaling_status_txt text = null
        from_sp_call integer = caller
        """),
    View("svl_qerror", "{empty}", """
        userid integer = null
        query integer = null
        pid integer = null
        path character(1024) = null
        """),
    View("stl_error", "{empty}", """
        userid integer = null
        process character(12) = null
        recordtime timestamp = null
        pid integer = null
        errcode integer = null
        file character(90) = null
        linenum integer = null
        context character(100) = null
        error character(512) = null
        """),
    View("stv_recents", "{statement} join {users} on usesysid = user where computed", """
        userid integer = user
        status character(20) = case status when 'running' then 'Running' else 'Done' end
        starttime timestamp = start
        duration integer = elapsed
        user_name character(50) = usename
        db_name character(50) = database
        query character(600) = substr(written, 1, 600)
        pid integer = case status when 'running' then pid else -1 end
        """),
    View("stv_inflight", "{statement} where computed and status = 'running'", """
        userid integer = user
        slice integer = 0
        query integer
        label character(320) = if(label = 'default', '', label)
        xid bigint
        pid integer
        starttime timestamp = start
        text character(100) = substr(written, 1, 100)
        suspended integer = 0
        insert_pristine integer = 0
        concurrency_scaling_status integer = 0
        """),
    View("svv_query_inflight", "{lines_of_200} where computed and status = 'running'", """
        userid integer = user
        slice integer = 0
        query integer
        pid integer
        starttime timestamp = start
        suspended integer = 0
        text character(200) = written
        sequence integer
        """),
    View("sys_query_history", "{statement} join {users} on usesysid = user", """
        user_id integer = user
        query_id bigint = query
        query_label character(320) = label
        transaction_id bigint = xid
        session_id integer = pid
        database_name character(128) = database
        query_type character(32) = type
        status character(10)
        result_cache_hit boolean = source_query is not null
        start_time timestamp = start
        end_time timestamp = "end"
        elapsed_time bigint = elapsed
        queue_time bigint = 0
        execution_time bigint = elapsed - coalesce(planned, 0)
        error_message character(512) = substr(error, 1, 512)
        returned_rows bigint = case type when 'CTAS' then 0 else rows end
        returned_bytes bigint = bytes
        query_text character(4000) = substr(written, 1, 4000)
        redshift_version character(256) = null
        usage_limit character(150) = null
        compute_type character varying(32) = null
        compile_time bigint = 0
        planning_time bigint = planned
        lock_wait_time bigint = 0
        service_class_id integer = -1
        service_class_name character(64) = null
        query_priority character(20) = null
        short_query_accelerated character(10) = null
        user_query_hash character(40) = null
        generic_query_hash character(40) = null
        query_hash_version integer = null
        result_cache_query_id integer = coalesce(source_query, 0)
        username character(128) = usename
        """),
    View("sys_query_text", "{lines_of_4000}", """
        user_id integer = user
        query_id bigint = query
        transaction_id bigint = xid
        session_id integer = pid
        start_time timestamp = start
        sequence integer
        text character(4000) = written
        query_uuid character(36) = uuid
        """),
    View("sys_child_query_text", "{lines_of_200} where computed", """
        user_id integer = user
        query_id bigint = query
        child_query_sequence integer = 1
        sequence integer
        text character(200) = written
        query_uuid character(36) = uuid
        """),
)  # fmt: skip
