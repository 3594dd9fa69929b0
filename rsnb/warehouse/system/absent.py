"""What a warehouse of its own has not: policies, datashares, models, other clusters, what AWS does by itself.

Redshift shows no rows either where there are none of these.
"""

from __future__ import annotations

from rsnb.warehouse.system.view import empty

_SHARE_CHANGE = """
        userid integer
        username varchar(128)
        pid integer
        xid bigint
        share_id integer
        share_name varchar(128)
        source_database_id integer
        source_database_name varchar(128)
        consumer_database_id integer
        consumer_database_name varchar(128)
        recordtime timestamp
        action varchar(128)
        status integer
        share_object_type varchar(64)
        share_object_id integer
        share_object_name varchar(128)
        target_user_type varchar(16)
        target_userid integer
        target_username varchar(128)
        consumer_account varchar(16)
        consumer_namespace varchar(64)
        producer_account varchar(16)
        producer_namespace varchar(64)
        attribute_name varchar(64)
        attribute_value varchar(128)
        message varchar(512)
"""

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
    # datashares, models, identity providers
    empty("svl_datashare_change_log", _SHARE_CHANGE),
    empty("svl_datashare_cross_region_usage", """
        query integer
        segment integer
        start_time timestamp
        end_time timestamp
        transferred_data integer
        source_region text
        """),
    empty("svl_datashare_usage_producer", """
        share_id integer
        share_name varchar(128)
        request_id varchar(50)
        request_type varchar(25)
        object_type varchar(64)
        object_oid integer
        object_name varchar(128)
        consumer_account varchar(16)
        consumer_namespace varchar(64)
        consumer_transaction_uid varchar(50)
        recordtime timestamp
        status integer
        error_message varchar(512)
        consumer_region char(64)
        """),
    empty("svv_datashare_objects", """
        share_type varchar(8)
        share_name varchar(128)
        object_type varchar(64)
        object_name varchar(512)
        producer_account varchar(16)
        producer_namespace varchar(64)
        include_new boolean
        """),
    empty("svv_datashare_privileges", """
        datashare_name text
        privilege_type text
        identity_id integer
        identity_name text
        identity_type text
        admin_option boolean
        """),
    empty("svv_datashares", """
        share_name varchar(128)
        share_id integer
        share_owner integer
        source_database varchar(128)
        consumer_database varchar(128)
        share_type varchar(8)
        createdate timestamp
        is_publicaccessible boolean
        share_acl varchar(256)
        producer_account varchar(16)
        producer_namespace varchar(64)
        managed_by varchar(64)
        """),
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
    empty("sys_datashare_change_log", _SHARE_CHANGE.replace("userid", "user_id", 1).replace("username", "user_name", 1)
          .replace("pid ", "session_id ", 1).replace("xid ", "transaction_id ", 1)
          .replace("recordtime", "record_time", 1)),
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
    empty("svv_datashare_consumers", """
        share_name varchar(128)
        consumer_account varchar(16)
        consumer_namespace varchar(64)
        share_date timestamp
        """),
    empty("svv_ml_model_info", """
        schema_name character(128)
        user_name character(128)
        model_name character(128)
        life_cycle character(20)
        is_refreshable integer
        model_state character(128)
        """),
    # clusters, and what AWS does by itself
    empty("stl_analyze_compression", """
        userid integer
        start_time timestamp
        xid bigint
        tbl integer
        tablename character(128)
        col integer
        old_encoding character(15)
        new_encoding character(15)
        mode character(14)
        best_compression_encoding character(15)
        recommended_bytes character(15)
        best_compression_bytes character(15)
        ndv bigint
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
