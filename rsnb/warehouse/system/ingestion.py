"""What loads by itself, of which there is none here: COPY JOB, streams, zero-ETL integrations."""

from __future__ import annotations

from rsnb.warehouse.system.view import empty

VIEWS = (
    empty("svv_copy_job_integrations", """
        job_owner integer
        channel_arn name
        bucket text
        channel_state name
        db_name name
        job_name text
        job_state integer
        """),
    empty("svv_integration", """
        integration_id character(128)
        target_database character(128)
        source character(128)
        state character(128)
        current_lag bigint
        last_replicated_checkpoint character(128)
        total_tables_replicated integer
        total_tables_failed integer
        creation_time timestamp
        refresh_interval integer
        source_database character(128)
        is_history_mode boolean
        latest_detected_change_time timestamp
        latest_applied_change_time timestamp
        auto_remediation boolean
        latest_shipped_source_commit_time timestamp
        """),
    empty("svv_integration_table_mapping", """
        integration_id character(128)
        source_database character(128)
        target_database character(128)
        source_schema_name character(128)
        target_schema_name character(128)
        source_table_name character(128)
        target_table_name character(128)
        source_column_name character(128)
        target_column_name character(128)
        source_data_type character(128)
        target_data_type character(128)
        """),
    empty("svv_integration_table_state", """
        integration_id character(128)
        target_database character(128)
        schema_name character(128)
        table_name character(128)
        table_state character(128)
        table_last_replicated_checkpoint character(128)
        reason character(256)
        last_updated_timestamp timestamp
        table_rows bigint
        table_size bigint
        is_history_mode boolean
        """),
    empty("sys_copy_job", """
        job_id bigint
        job_name character(128)
        iam_role character(128)
        job_text character(256)
        is_auto integer
        on_error_suspend integer
        """),
    empty("sys_copy_job_detail", """
        user_id integer
        database_name text
        job_id integer
        job_name text
        file_location text
        file_name text
        file_size bigint
        file_etag text
        job_text character(256)
        modification_time timestamp
        enqueue_time timestamp
        status character(1)
        """),
    empty("sys_copy_job_info", """
        job_id bigint
        job_name character(128)
        database_name character(128)
        record_time timestamp
        message character(512)
        """),
    empty("sys_integration_activity", """
        integration_id character(128)
        target_database character(128)
        source character(128)
        checkpoint_name character(128)
        checkpoint_type character(16)
        checkpoint_bytes bigint
        last_commit_timestamp timestamp
        modified_tables integer
        integration_start_time timestamp
        integration_end_time timestamp
        """),
    empty("sys_integration_table_activity", """
        integration_id character(128)
        checkpoint_name character(128)
        target_database character(128)
        schema_name character(128)
        table_name character(128)
        table_id integer
        record_time timestamp
        transaction_id bigint
        inserted_rows bigint
        deleted_rows bigint
        updated_rows bigint
        bytes_ingested bigint
        """),
    empty("sys_integration_table_state_change", """
        integration_id character(128)
        database_name character(128)
        schema_name character(128)
        table_name character(128)
        new_state character(128)
        table_last_replicated_checkpoint character(128)
        state_change_reason character(256)
        record_time timestamp
        """),
    empty("sys_stream_scan_errors", """
        external_schema_name character(128)
        stream_name character(255)
        mv_name character(128)
        transaction_id bigint
        query_id bigint
        stream_timestamp_type character(1)
        stream_timestamp timestamp
        record_time timestamp
        partition_id character(128)
        position character(128)
        error_code integer
        error_reason character(128)
        """),
    empty("sys_stream_scan_states", """
        external_schema_name character(128)
        stream_name character(255)
        mv_name character(128)
        transaction_id bigint
        query_id bigint
        record_time timestamp
        partition_id character(128)
        latest_position character(128)
        scanned_rows bigint
        skipped_rows bigint
        scanned_bytes bigint
        stream_record_time_min timestamp
        stream_record_time_max timestamp
        """),
)  # fmt: skip
