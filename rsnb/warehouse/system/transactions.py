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
_LOCK = "{lock} l left join {table} t on (t.schemaname, t.tablename) = (l.schema, l.name)"
_HELD = _LOCK + " join {users} u on u.usesysid = l.user cross join {session} s"

VIEWS = (
    View("stv_db_isolation_level", "{session}", """
        db_name character(128) = database
        isolation_level character(20) = 'Snapshot Isolation'
        """),
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
        xact_id bigint = xid
        xact_id_undone bigint = xid
        undo_start_ts timestamp = "end"
        undo_end_ts timestamp = "end"
        table_id bigint = null
        """),
    View("stl_commit_stats", _ENDED + " where not aborted", """
        xid bigint
        node integer = -1
        startqueue timestamp = "end"
        startwork timestamp = "end"
        endflush timestamp = null
        endstage timestamp = null
        endlocal timestamp = null
        startglobal timestamp = null
        endtime timestamp = "end"
        queuelen bigint = 0
        permblocks bigint = null
        newblocks bigint = null
        dirtyblocks bigint = null
        headers bigint = null
        numxids integer = null
        oldestxid bigint = null
        extwritelatency bigint = null
        metadatawritten integer = null
        tombstonedblocks bigint = null
        tossedblocks bigint = null
        batched_by bigint = null
        """),
    View("stl_tr_conflict", "{Conflict} c left join {table} t on (t.schemaname, t.tablename) = (c.schema, c.table)", """
        xact_id bigint = xid
        process_id bigint = pid
        xact_start_ts timestamp = start
        abort_time timestamp = time
        table_id bigint = t.oid
        """),
    View("stv_locks", _LOCK + " where l.granted and l.writes", """
        table_id bigint = t.oid
        last_commit timestamp = null
        last_update timestamp = since
        lock_owner bigint = xid
        lock_owner_pid bigint = pid
        lock_owner_start_ts timestamp = since
        lock_owner_end_ts timestamp = null
        lock_status character(22) = 'Holding write lock'
        """),
    View("svv_transactions", _HELD, """
        txn_owner text = usename
        txn_db text = s.database
        xid bigint = l.xid
        pid integer = l.pid
        txn_start timestamp = l.start
        lock_mode text = coalesce(mode, 'ExclusiveLock')
        lockable_object_type text = case when mode is null then 'transactionid' else 'relation' end
        relation integer = t.oid
        granted boolean
        """),
    View("pg_locks", _HELD, """
        locktype text = case when mode is null then 'transactionid' else 'relation' end
        database oid = case when mode is null then null else 1 end
        relation oid = t.oid
        transaction xid = case when mode is null then l.xid end
        pid integer = l.pid
        mode text = coalesce(mode, 'ExclusiveLock')
        granted boolean
        """),
)  # fmt: skip
