"""Sessions of the warehouse: who is connected, who came and went."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

VIEWS = (
    View("stv_sessions", '{SessionLife} where "end" is null', """
        starttime timestamp = start
        process integer = pid
        user_name character(50)
        db_name character(50) = database
        timeout_sec integer = 0
        """),
    View("stl_sessions", '{SessionLife} where "end" is not null', """
        userid integer = user
        starttime timestamp = start
        endtime timestamp = "end"
        process integer = pid
        user_name character(50)
        db_name character(50) = database
        timeout_sec integer = 0
        timed_out integer = 0
        """),
    View("sys_session_history", "{SessionLife}", """
        user_id character(50) = user
        session_id integer = pid
        database_name character(50) = database
        status character(50) = case when "end" is null then 'active' else 'closed' end
        session_timeout integer = 0
        start_time timestamp = start
        end_time timestamp = "end"
        """),
    View("stl_connection_log", "{ConnectionEvent}", """
        event character(50)
        recordtime timestamp = time
        remotehost character(45) = '[local]'
        remoteport character(32) = ''
        pid integer
        dbname character(50) = database
        username character(50) = user_name
        authmethod character(32) = null
        duration integer
        sslversion character(50) = ''
        sslcipher character(128) = ''
        mtu integer = 0
        sslcompression character(64) = ''
        sslexpansion character(64) = ''
        iamauthguid character(36) = ''
        application_name character(250) = application
        os_version character(64) = null
        driver_version character(64) = null
        plugin_name character(32) = null
        protocol_version integer = null
        sessionid character(36) = null
        compression character(16) = null
        """),
    View("sys_connection_log", "{ConnectionEvent}", """
        event character(50)
        record_time timestamp = time
        remote_host character(45) = '[local]'
        remote_port character(32) = ''
        session_id integer = pid
        database_name character(50) = database
        user_name character(50)
        auth_method character(32) = null
        duration integer
        ssl_version character(50) = ''
        ssl_cipher character(128) = ''
        mtu integer = 0
        ssl_compression character(64) = ''
        ssl_expansion character(64) = ''
        iam_auth_guid character(36) = ''
        application_name character(250) = application
        driver_version character(64) = null
        os_version character(64) = null
        plugin_name character(32) = null
        protocol_version integer = null
        global_session_id character(36) = null
        """),
    View("svl_terminate", "{Ending}", """
        pid integer
        eventtime timestamp = time
        userid integer = user
        type character(12) = kind
        """),
    View("pg_stat_activity", '{SessionLife} s left join {latest} q on q.pid = s.pid where s."end" is null', """
        datid oid = 1
        datname name = s.database
        procpid integer = s.pid
        usesysid integer = s.user
        usename name = s.user_name
        current_query text = case q.status when 'running' then q.text else '<IDLE>' end
        query_start timestamptz = q.start at time zone 'UTC'
        """),
)  # fmt: skip
