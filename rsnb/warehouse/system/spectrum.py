"""What queries read of external tables."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

_SCAN = "{ExternalScan} e join {statement} s using (query)"
_NAME = "'S3 Scan ' || e.schema || '_' || e.\"table\""

VIEWS = (
    View("svl_s3query_summary", _SCAN, f"""
        userid integer = s.user
        query integer
        xid bigint = s.xid
        pid integer = s.pid
        segment integer = null
        step integer = null
        starttime timestamp = e.start
        endtime timestamp = e."end"
        elapsed integer = epoch_us(e."end") - epoch_us(e.start)
        aborted integer = s.aborted
        external_table_name character(136) = {_NAME}
        file_format character(16) = e.format
        is_partitioned character(1) = case when partitioned then 't' else 'f' end
        is_rrscan character(1) = null
        is_nested character(1) = case when nested then 't' else 'f' end
        s3_scanned_rows bigint = scanned_rows
        s3_scanned_bytes bigint = scanned_bytes
        s3query_returned_rows bigint = returned_rows
        s3query_returned_bytes bigint = returned_bytes
        files integer = e.files
        files_max integer = e.files
        files_avg integer = e.files
        splits integer = e.files
        splits_max integer = e.files
        splits_avg integer = e.files
        total_split_size bigint = scanned_bytes
        max_split_size bigint = biggest_file
        avg_split_size bigint = scanned_bytes // nullif(e.files, 0)
        total_retries integer = 0
        max_retries integer = 0
        max_request_duration integer = null
        avg_request_duration double precision = null
        max_request_parallelism integer = null
        avg_request_parallelism double precision = null
        total_slowdown_count bigint = 0
        max_slowdown_count integer = 0
        """),
    View("svl_s3query", _SCAN, f"""
        userid integer = s.user
        query integer
        segment integer = null
        step integer = null
        node integer = 0
        slice integer = 0
        starttime timestamp = e.start
        endtime timestamp = e."end"
        elapsed integer = epoch_us(e."end") - epoch_us(e.start)
        external_table_name character(136) = {_NAME}
        is_partitioned character(1) = case when partitioned then 't' else 'f' end
        is_rrscan character(1) = null
        s3_scanned_rows bigint = scanned_rows
        s3_scanned_bytes bigint = scanned_bytes
        s3query_returned_rows bigint = returned_rows
        s3query_returned_bytes bigint = returned_bytes
        files integer = e.files
        splits integer = e.files
        total_split_size bigint = scanned_bytes
        max_split_size bigint = biggest_file
        total_retries integer = 0
        max_retries integer = 0
        max_request_duration integer = null
        avg_request_duration double precision = null
        max_request_parallelism integer = null
        avg_request_parallelism double precision = null
        """),
    View("svl_s3partition", _SCAN + " where partitioned", """
        query integer
        segment integer = null
        node integer = 0
        slice integer = 0
        starttime timestamp = e.start
        endtime timestamp = e."end"
        duration bigint = epoch_us(e."end") - epoch_us(e.start)
        total_partitions integer = partitions
        qualified_partitions integer = qualified
        assigned_partitions integer = qualified
        assignment character(1) = 'p'
        """),
    View("svl_s3partition_summary", _SCAN + " where partitioned", """
        query integer
        segment integer = null
        assignment character(1) = 'p'
        min_starttime timestamp = e.start
        max_endtime timestamp = e."end"
        min_duration bigint = epoch_us(e."end") - epoch_us(e.start)
        max_duration bigint = epoch_us(e."end") - epoch_us(e.start)
        avg_duration bigint = epoch_us(e."end") - epoch_us(e.start)
        total_partitions integer = partitions
        qualified_partitions integer = qualified
        min_assigned_partitions integer = qualified
        max_assigned_partitions integer = qualified
        avg_assigned_partitions bigint = qualified
        """),
    View("svl_s3list", "{ListedPrefix} e join {statement} s using (query)", """
        query integer
        segment integer = null
        node integer = 0
        slice integer = 0
        eventtime timestamp = e.time
        bucket text
        prefix text
        recursive character(1) = 't'
        retrieved_files integer = files
        max_file_size bigint = biggest_file
        avg_file_size double precision = e.bytes / nullif(files, 0)::double
        generated_splits integer = files
        avg_split_length double precision = e.bytes / nullif(files, 0)::double
        duration bigint
        """),
    View("svl_s3log", "{ExternalFault} e join {statement} s using (query)", """
        pid integer = s.pid
        query integer
        segment integer = null
        step integer = null
        node integer = 0
        slice integer = 0
        eventtime timestamp = e.time
        message text = e.reason
        """),
    View("svl_spectrum_scan_error", "{ExternalFault} e join {statement} s using (query)", """
        userid integer = s.user
        query integer
        location character(128)
        rowid character(128) = "row"
        colname character(128) = "column"
        original_value character(128) = value
        modified_value character(128) = null
        trigger character(128) = reason
        action character(128) = null
        action_value character(128) = null
        error_code integer = code
        """),
    View("sys_external_query_detail", _SCAN, """
        user_id integer = s.user
        query_id bigint = query
        transaction_id bigint = s.xid
        child_query_sequence integer = 0
        segment_id integer = 0
        source_type character(32) = 'S3'
        start_time timestamp = e.start
        end_time timestamp = e."end"
        duration bigint = epoch_us(e."end") - epoch_us(e.start)
        total_partitions integer = partitions
        qualified_partitions integer = qualified
        scanned_files bigint = e.files
        returned_rows bigint = scanned_rows
        returned_bytes bigint = scanned_bytes
        file_format text = e.format
        file_location text = e.location
        external_query_text text = null
        warning_message character(4000) = null
        table_name character(136) = e.schema || '.' || e."table"
        is_recursive character(1) = 't'
        is_nested character(1) = case when nested then 't' else 'f' end
        s3list_time bigint = listed // 1000
        get_partition_time bigint = null
        query_uuid character(36) = s.uuid
        """),
    View("sys_external_query_error", "{ExternalFault} e join {statement} s using (query)", """
        user_id integer = s.user
        query_id bigint = query
        file_location character(256) = e.location
        rowid character(2100) = "row"
        column_name character(127) = "column"
        original_value character(1024) = value
        modified_value character(1024) = null
        trigger character(128) = reason
        action character(128) = null
        action_value character(128) = null
        error_code integer = code
        query_uuid character(36) = s.uuid
        """),
)  # fmt: skip
