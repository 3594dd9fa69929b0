"""COPY and UNLOAD: what they read and wrote, and the rows that they could not load."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

_STATUS = "case s.status when 'running' then 'running' when 'success' then 'completed' else 'aborted' end"
_FAULTS = """{LoadFault} f join {statement} s using (query)
    left join {table} t on (t.schemaname, t.tablename) = (f.schema, f."table")"""
_REPLACED = _FAULTS.replace("{LoadFault}", "{LoadReplacement}")
_LOADED = "coalesce(map {'avro': 'Avro', 'json': 'JSON', 'orc': 'ORC', 'parquet': 'Parquet'}[f.format], 'Text')"
_LOADING = "(select *, {moment} as moment from {statement}) where kind = 'copy' and status = 'running'"

VIEWS = (
    View("stl_load_commits", "{LoadedFile} f join {statement} s using (query) where s.status = 'success'", f"""
        userid integer = s.user
        query integer
        slice integer = 0
        name character(256) = f."table"
        filename character(256) = address
        byte_offset integer = null
        lines_scanned integer = lines
        errors integer = f.errors
        curtime timestamp = f."end"
        status integer = 1
        file_format character(16) = {_LOADED}
        is_partial integer = 0
        start_offset bigint = 0
        copy_job_id bigint = 0
        """),
    View("stv_load_state", _LOADING, """
        userid integer = user
        session integer = pid
        query integer
        slice integer = 0
        pid integer
        recordtime timestamp = moment
        bytes_to_load bigint = null
        bytes_loaded bigint = null
        bytes_to_load_compressed bigint = null
        bytes_loaded_compressed bigint = null
        lines integer = null
        num_files integer = null
        num_files_complete integer = null
        current_file character(256) = null
        pct_complete integer = null
        """),
    View("stl_file_scan", "{LoadedFile} f join {statement} s using (query)", """
        userid integer = s.user
        query integer
        slice integer = 0
        name character(90) = address
        lines bigint
        bytes bigint = f.bytes
        loadtime bigint = epoch_us(f."end") - epoch_us(f.start)
        curtime timestamp = f.start
        is_partial integer = 0
        start_offset bigint = 0
        """),
    View("stl_load_errors", _FAULTS, """
        userid integer = s.user
        slice integer = 0
        tbl integer = t.oid
        starttime timestamp = s.start
        session integer = s.pid
        query integer
        filename character(256) = address
        line_number bigint = line
        colname character(127) = f."column"
        type character(10) = f.type
        col_length character(10) = f.length
        position integer = f.position
        raw_line character(1024) = substr(raw_line, 1, 1024)
        raw_field_value character(1024) = substr(raw_value, 1, 1024)
        err_code integer = code
        err_reason character(100) = reason
        is_partial integer = 0
        start_offset bigint
        copy_job_id bigint = 0
        """),
    View("stl_loaderror_detail", '(select *, unnest("values") as field, generate_subscripts("values", 1) - 1 as number '
         "from {LoadFault}) f join {statement} s using (query)", """
        userid integer = s.user
        slice integer = 0
        session integer = s.pid
        query integer
        filename character(256) = address
        line_number bigint = f.line
        field integer = number
        colname character(1024) = field[1]
        value character(1024) = field[4]
        is_null integer = field[4] is null
        type character(10) = field[2]
        col_length character(10) = field[3]
        """),
    View("stl_replacements", _REPLACED, """
        userid integer = s.user
        query integer
        slice integer = 0
        tbl integer = t.oid
        starttime timestamp = s.start
        session integer = s.pid
        filename character(256) = address
        line_number bigint = f.line
        colname character(127) = f."column"
        raw_line character(1024) = substr(raw_line, 1, 1024)
        user_query_id bigint = query
        """),
    View("sys_copy_replacements", _REPLACED, """
        user_id integer = s.user
        query_id bigint = query
        table_id integer = t.oid
        file_name character(256) = address
        column_name character(127) = f."column"
        line_number bigint = f.line
        raw_line character(1024) = substr(raw_line, 1, 1024)
        """),
    View("sys_load_history", "{Load} l join {statement} s using (query)", f"""
        user_id integer = s.user
        query_id bigint = query
        transaction_id bigint = s.xid
        session_id integer = s.pid
        database_name text = s.database
        status text = {_STATUS}
        table_name text = l."table"
        start_time timestamp = s.start
        end_time timestamp = s."end"
        duration bigint = s.elapsed
        data_source text = l.source
        file_format text = l.format
        loaded_rows bigint = l.rows
        loaded_bytes bigint = l.bytes
        source_file_count integer = l.files
        source_file_bytes bigint = l.file_bytes
        file_count_scanned integer = l.scanned_files
        file_bytes_scanned bigint = l.scanned_bytes
        error_count bigint = l.errors
        copy_job_id bigint = 0
        """),
    View("sys_load_detail", "{LoadedFile} f join {statement} s using (query)", """
        user_id integer = s.user
        query_id integer = query
        file_name character(256) = address
        bytes_scanned integer = f.bytes
        lines_scanned integer = f.lines
        record_time timestamp = f."end"
        splits_scanned integer = 1
        start_time timestamp = f.start
        end_time timestamp = f."end"
        file_etag character(256) = null
        file_last_modified timestamp = f.changed
        """),
    View("sys_load_error_detail", _FAULTS, """
        user_id integer = s.user
        query_id bigint = query
        transaction_id bigint = s.xid
        session_id integer = s.pid
        database_name character(64) = s.database
        table_id integer = t.oid
        start_time timestamp = s.start
        file_name character(256) = address
        line_number bigint = f.line
        column_name character(127) = f."column"
        column_type character(10) = f.type
        column_length character(10) = f.length
        position integer = f.position
        error_code integer = code
        error_message character(512) = reason
        """),
    View("stl_unload_log", "{UnloadedFile} f join {statement} s using (query)", """
        userid integer = s.user
        query integer
        slice integer = 0
        pid integer = s.pid
        path character(1280) = address
        start_time timestamp = f.start
        end_time timestamp = f."end"
        line_count bigint = f.lines
        transfer_size bigint = f.bytes
        file_format character(10) = f.format
        user_query_id bigint = query
        transaction_id bigint = s.xid
        """),
    View("sys_unload_history", "{Unload} u join {statement} s using (query)", f"""
        user_id integer = s.user
        query_id bigint = query
        transaction_id bigint = s.xid
        session_id integer = s.pid
        database_name text = s.database
        status text = {_STATUS}
        start_time timestamp = s.start
        end_time timestamp = s."end"
        duration bigint = s.elapsed
        file_format text = u.format
        compression_type text = u.compression
        unloaded_location text = u.location
        unloaded_rows bigint = u.rows
        unloaded_files_count bigint = u.files
        unloaded_files_size bigint = u.bytes
        error_message text = s.error
        """),
    View("sys_unload_detail", "{UnloadedFile} f join {statement} s using (query)", """
        user_id integer = s.user
        query_id integer = query
        session_id integer = s.pid
        transaction_id bigint = s.xid
        file_name character(1280) = address
        start_time timestamp = f.start
        end_time timestamp = f."end"
        line_count bigint = f.lines
        transfer_size bigint = f.bytes
        file_format character(10) = f.format
        """),
)  # fmt: skip
