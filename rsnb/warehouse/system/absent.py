"""What a warehouse of its own has not: policies, models, other clusters, what AWS does by itself.

Redshift shows no rows either where there are none of these.
"""

from __future__ import annotations

from rsnb.warehouse.system.view import empty

VIEWS = (
    # policies
    empty("svv_attached_masking_policy", """
        policy_name text
        schema_name text
        table_name text
        table_type text
        grantor text
        grantee text
        grantee_type text
        priority integer
        input_columns text
        output_columns text
        is_masking_datashare_on boolean
        """),
    empty("svv_masking_policy", """
        policy_database text
        policy_name text
        input_columns text
        policy_expression text
        policy_modified_by text
        policy_modified_time timestamp
        """),
    empty("svv_rls_applied_policy", """
        username text
        query integer
        xid bigint
        pid integer
        recordtime time
        command character(1)
        datname text
        relschema text
        relname text
        polname text
        poldefault character(1)
        """),
    empty("svv_rls_attached_policy", """
        relschema text
        relname text
        relkind text
        polname text
        grantor text
        grantee text
        granteekind text
        is_pol_on boolean
        is_rls_on boolean
        rls_conjunction_type character(3)
        """),
    empty("svv_rls_policy", """
        poldb text
        polname text
        polalias text
        polatts text
        polqual text
        polenabled boolean
        polmodifiedby text
        polmodifiedtime timestamp
        """),
    empty("svv_rls_relation", """
        datname text
        relschema text
        relname text
        relkind text
        is_rls_on boolean
        is_rls_datashare_on boolean
        rls_conjunction_type character(3)
        rls_datashare_conjunction_type character(3)
        """),
    empty("sys_applied_masking_policy_log", """
        policy_name text
        user_id text
        record_time timestamp
        session_id integer
        transaction_id bigint
        query_id integer
        database_name text
        relation_name text
        schema_name text
        attachment_id bigint
        relation_kind text
        query_uuid character(36)
        """),
    # models, identity providers, functions of Python and Lambda, templates
    empty("svv_identity_providers", """
        uid integer
        name text
        type text
        instanceid text
        namespc text
        params text
        enabled boolean
        """),
    empty("svv_ml_model_privileges", """
        namespace_name text
        model_name text
        model_version integer
        privilege_type text
        identity_id integer
        identity_name text
        identity_type text
        admin_option boolean
        """),
    empty("pg_library", """
        name name
        language_oid oid
        file_store_id integer
        owner integer
        """),
    empty("stv_ml_model_info", """
        schema_name character(128)
        user_name character(128)
        model_name character(128)
        life_cycle character(20)
        is_refreshable integer
        model_state character(128)
        """),
    empty("svl_federated_query", """
        userid integer
        xid bigint
        pid integer
        query integer
        sourcetype character(32)
        recordtime timestamp
        querytext character(4000)
        num_rows bigint
        num_bytes bigint
        duration bigint
        """),
    empty("svl_udf_log", """
        query bigint
        message character(4096)
        created timestamp
        traceback character(4096)
        funcname character(256)
        node integer
        slice integer
        seq integer
        """),
    empty("svv_ml_model_info", """
        database_name character(128)
        schema_name character(128)
        user_name character(128)
        model_name character(128)
        life_cycle character(20)
        is_refreshable integer
        model_state character(128)
        """),
    empty("sys_ludf_detail", """
        user_id integer
        transaction_id bigint
        query_id bigint
        function_oid bigint
        function_position integer
        stream_id integer
        segment_id integer
        step_id integer
        lambda_function_name character(256)
        start_time timestamp
        end_time timestamp
        total_duration bigint
        invocations integer
        total_rows bigint
        input_bytes bigint
        output_bytes bigint
        query_uuid character(36)
        """),
    empty("sys_redshift_template", """
        database_name character(128)
        schema_name character(128)
        template_name character(128)
        template_type integer
        create_time timestamp
        last_modified_time timestamp
        owner_id integer
        last_modified_by integer
        template_parameters text
        """),
    empty("sys_udf_log", """
        query_id bigint
        function_name text
        record_time timestamp
        sequence integer
        message text
        query_uuid character(36)
        """),
    # clusters, and what AWS does by itself
    empty("sys_auto_table_optimization", """
        transaction_id bigint
        session_id integer
        table_id integer
        alter_table_type character(32)
        status character(128)
        event_time timestamp
        alter_from character(200)
        """),
    empty("sys_automatic_optimization", """
        session_id integer
        database_name character(128)
        object_type character(30)
        object_ids character(512)
        task_type character(100)
        event character(50)
        event_time timestamp
        status character(512)
        compute_type character(100)
        task_details character(512)
        """),
    empty("sys_extra_compute_for_automatic_optimization", """
        start_time timestamp
        end_time timestamp
        query_count bigint
        compute_seconds numeric(27,0)
        """),
    empty("sys_restore_log", """
        event_time timestamp
        database_name character(128)
        schema_name character(128)
        table_name character(128)
        table_id integer
        action character(128)
        table_size bigint
        total_data_processed bigint
        delta_data_processed bigint
        message character(512)
        redistribution_type character(32)
        """),
    empty("sys_restore_state", """
        user_id integer
        database_name character(64)
        schema_id integer
        table_id integer
        table_name character(128)
        redistribution_status character(128)
        percentage_redistributed double precision
        redistribution_type character(32)
        """),
    empty("sys_spatial_simplify", """
        query_id bigint
        line_number bigint
        maximum_tolerance double precision
        initial_size bigint
        simplified character(1)
        final_size bigint
        final_tolerance double precision
        """),
    empty("stl_disk_full_diag", """
        currenttime bigint
        node_num bigint
        query_id bigint
        temp_blocks bigint
        """),
    empty("stl_restarted_sessions", """
        currenttime timestamp
        dbname character(50)
        newpid integer
        oldpid integer
        username character(50)
        remotehost character(45)
        remoteport character(32)
        parkedtime timestamp
        session_vars character(2000)
        """),
    empty("stl_schema_quota_violations", """
        ownerid integer
        xid bigint
        pid integer
        userid integer
        schema_id integer
        schema_name character(128)
        quota integer
        disk_usage integer
        disk_usage_pct double precision
        timestamp timestamp
        """),
    empty("sys_schema_quota_violations", """
        owner_id integer
        user_id integer
        transaction_id bigint
        session_id integer
        schema_id integer
        schema_name character(128)
        quota integer
        disk_usage integer
        record_time timestamp
        """),
    empty("stl_usage_control", """
        eventtime timestamp
        query integer
        xid bigint
        pid integer
        usage_limit_id character(40)
        feature_type character(30)
        """),
    empty("stl_wlm_error", """
        userid integer
        recordtime timestamp
        pid integer
        error_string character(256)
        """),
    empty("stl_wlm_rule_action", """
        userid integer
        query integer
        service_class integer
        rule character(256)
        action character(256)
        recordtime timestamp
        action_value character(256)
        service_class_name character(64)
        """),
    empty("stl_sshclient_error", """
        userid integer
        query integer
        slice integer
        recordtime timestamp
        pid integer
        ssh_username character(1024)
        endpoint character(1024)
        command character(4096)
        error character(1024)
        """),
    empty("stv_startup_recovery_state", """
        db_id integer
        table_id integer
        table_name character(137)
        """),
    empty("stv_wlm_qmr_config", """
        service_class integer
        rule_name character(256)
        action character(256)
        metric_name character(256)
        metric_operator character(256)
        metric_value double precision
        action_value character(256)
        """),
    empty("stl_s3client_error", """
        userid integer
        query integer
        sliceid integer
        recordtime timestamp
        pid integer
        http_method character(64)
        bucket character(64)
        key character(256)
        error character(1024)
        is_partial integer
        start_offset bigint
        """),
    empty("stv_wlm_query_queue_state", """
        service_class integer
        position integer
        task integer
        query integer
        slot_count integer
        start_time timestamp
        queue_time bigint
        """),
    empty("stv_tbl_trans", """
        slice integer
        id integer
        rows bigint
        size bigint
        query_id bigint
        ref_cnt integer
        from_suspended integer
        prep_swap integer
        """),
    empty("stv_xrestore_alter_queue_state", """
        userid integer
        db_id integer
        schema character(128)
        table_name character(128)
        tbl integer
        status character(64)
        task_type integer
        """),
    empty("svl_restore_alter_table_progress", """
        tbl integer
        progress character(32)
        message character(256)
        """),
    empty("svcs_concurrency_scaling_usage", """
        start_time timestamp
        end_time timestamp
        queries bigint
        usage_in_seconds numeric(27,0)
        """),
    empty("svl_auto_worker_action", """
        table_id integer
        type character(32)
        status character(128)
        eventtime timestamp
        sequence integer
        previous_state character(200)
        """),
    empty("svl_compile", """
        userid integer
        xid bigint
        pid integer
        query integer
        segment integer
        locus integer
        starttime timestamp
        endtime timestamp
        compile integer
        """),
    empty("svl_s3retries", """
        query integer
        segment integer
        node integer
        slice integer
        eventtime timestamp
        retries integer
        successful_fetches integer
        file_size bigint
        location text
        message text
        """),
    empty("svl_spatial_simplify", """
        query integer
        line_number integer
        maximum_tolerance double precision
        initial_size integer
        simplified character(1)
        final_size integer
        final_tolerance double precision
        """),
    empty("svv_alter_table_recommendations", """
        type character(30)
        database character(128)
        table_id integer
        group_id integer
        ddl character(1024)
        auto_eligible character(1)
        """),
)  # fmt: skip
