"""Stored procedures: the calls that ran, and what RAISE said in them."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

_MESSAGE = "{Message} m join {statement} s using (query)"

VIEWS = (
    View("svl_stored_proc_call", "{statement} where kind = 'call' and status <> 'running'", """
        userid integer = user
        session_userid integer = user
        query integer
        label character(320)
        xid bigint
        pid integer
        database character(32)
        querytxt character(4000) = substr(written, 1, 4000)
        starttime timestamp = start
        endtime timestamp = "end"
        aborted integer
        from_sp_call integer = caller
        """),
    View("svl_stored_proc_messages", _MESSAGE, """
        userid integer = user
        session_userid integer = user
        pid integer
        xid bigint
        query integer
        recordtime timestamp = m.time
        loglevel integer = m.number
        loglevel_text character(10) = m.level
        message character(1024) = substr(m.text, 1, 1024)
        linenum integer = m.line
        querytext character(500) = substr(written, 1, 500)
        label character(320)
        aborted integer
        message_xid bigint = null
        """),
    View("sys_procedure_call", "{statement} where kind = 'call' and status <> 'running'", """
        session_user_id integer = user
        security_user_id integer = user
        query_id integer = query
        query_text character(4000) = substr(written, 1, 4000)
        start_time timestamp = start
        end_time timestamp = "end"
        status character(10)
        caller_procedure_query_id integer = null
        query_uuid character(36) = uuid
        """),
    View("sys_procedure_messages", _MESSAGE, """
        transaction_id bigint = xid
        query_id integer = query
        record_time timestamp = m.time
        log_level character(10) = m.level
        message character(1024) = substr(m.text, 1, 1024)
        line_number integer = m.line
        query_uuid character(36) = uuid
        """),
)  # fmt: skip
