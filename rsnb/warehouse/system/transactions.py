"""Transactions and the locks that they hold."""

from __future__ import annotations

from rsnb.warehouse.system.view import View

_ENDED = """(
    select xid, user, pid, start, "end", status, status = 'aborted' as aborted from {Transaction}
    where status <> 'active'
    union all
    select xid, user, pid, start, "end", status, aborted from {statement}
    where status <> 'running' and kind not in ('begin', 'start transaction')
      and xid not in (select xid from {Transaction}))"""
_HELD = "{lock} l join {users} u on u.usesysid = l.user left join {table} t using (schemaname, tablename)"

VIEWS = (
    View("sys_transaction_history", _ENDED, """
        user_id integer = user
        transaction_id bigint = xid
        isolation_level text = 'Snapshot Isolation'
        status text = case when aborted then 'rolledback' else 'committed' end
        transaction_start_time timestamp = start
        commit_start_time timestamp = case when aborted then timestamp '2000-01-01' else "end" end
        commit_end_time timestamp = "end"
        blocks_committed bigint = null
        undo_transaction_id bigint = case when aborted then xid else -1 end
        """),
    View("stl_undone", _ENDED + " where aborted", """
        userid integer = user
        undone_xact_id bigint = xid
        undo_xact_id bigint = xid
        undo_start_ts timestamp = "end"
        undo_end_ts timestamp = "end"
        table_id bigint = null
        """),
    View("stl_tr_conflict", "{Conflict} c left join {table} t on (t.schemaname, t.tablename) = (c.schema, c.table)", """
        xact_id bigint = xid
        process_id bigint = pid
        xact_start_ts timestamp = start
        abort_time timestamp = time
        table_id bigint = t.oid
        """),
)  # fmt: skip
