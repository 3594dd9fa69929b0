"""The cursors that are open, of all sessions."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

VIEWS = (
    View("stv_active_cursors", "{cursor}", """
        userid integer = "user"
        name character(256)
        xid bigint
        pid integer
        starttime timestamp = declared
        row_count bigint = rows
        byte_count bigint = bytes
        fetched_rows bigint = fetched
        """),
    View("stv_cursor_configuration", "(select count(*) as cursors, coalesce(sum(bytes), 0) as bytes from {cursor})", """
        current_cursor_count integer = cursors
        max_diskspace_usable integer = null
        current_diskspace_used integer = ceil(bytes / 1048576)
        """),
    View("svv_active_cursors", "{cursor}", """
        user_id integer = "user"
        cursor_name varchar(128) = name
        transaction_id bigint = xid
        session_id integer = pid
        declare_time timestamp = declared
        total_bytes bigint = bytes
        total_rows bigint = rows
        fetched_rows bigint = fetched
        cursor_storage_limit_used_percent integer = null
        """),
)  # fmt: skip
