"""Steps of queries by kind. They are not measured here: only what a statement wrote is known, and that it runs."""

from __future__ import annotations

from rsnb.warehouse.system.view import View, empty

_STEP = """
        userid integer = user
        query integer
        slice integer = 0
        segment integer = 0
        step integer = 0
        starttime timestamp = start
        endtime timestamp = "end"
        tasknum integer = null
        rows bigint
"""
_WRITTEN = (
    "{{statement}} s join {{table}} t on (t.schemaname, t.tablename) = (s.target[1], s.target[2]) "
    "where s.kind in ({}) and s.status = 'success'"
)
_MEMORY = """
        is_diskbased character(1)
        workmem bigint"""
_RUNNING = "(select *, {moment} as moment from {statement}) where computed and status = 'running'"


def _kind(name: str, lines: str = "") -> View:
    """The view of one kind of step, with the columns that it has beside those of every kind."""
    return empty(name, _STEP + lines)


VIEWS = (
    View("stl_delete", _WRITTEN.format("'delete', 'update'"), _STEP + "        tbl integer = t.oid"),
    View("stl_insert", _WRITTEN.format("'insert', 'update', 'copy', 'create table as'"), _STEP + """
        tbl integer = t.oid
        inserted_mega_value character(1) = null
        """),
    View("stl_stream_segs", "{statement} where computed and status <> 'running' and source_query is null", """
        userid integer = user
        query integer
        stream integer = 0
        segment integer = 0
        query_uuid character(36) = uuid
        """),
    View("stv_exec_state", _RUNNING, """
        userid integer = user
        query integer
        slice integer = 0
        segment integer = 0
        step integer = 0
        starttime timestamp = start
        currenttime timestamp = moment
        tasknum integer = null
        rows bigint = null
        bytes bigint = null
        label character(256) = null
        is_diskbased character(1) = null
        workmem bigint = null
        num_parts integer = null
        is_rrscan character(1) = null
        is_delayed_scan character(1) = null
        query_uuid character(36) = uuid
        """),
    View("svv_query_state", _RUNNING, """
        userid integer = user
        query integer
        seg integer = 0
        step integer = 0
        maxtime interval = null
        avgtime interval = null
        rows bigint = null
        bytes bigint = null
        cpu bigint = null
        memory bigint = null
        rate_row double precision = null
        rate_byte double precision = null
        label character(25) = null
        is_diskbased character(1) = null
        workmem bigint = null
        num_parts integer = null
        is_rrscan character(1) = null
        is_delayed_scan character(1) = null
        """),
    _kind("stl_aggr", f"""
        bytes bigint
        slots integer
        occupied integer
        maxlength integer
        tbl integer{_MEMORY}
        type character(6)
        resizes integer
        flushable integer
        """),
    _kind("stl_bcast", """
        bytes bigint
        packets integer
        """),
    _kind("stl_dist", """
        bytes bigint
        packets integer
        """),
    _kind("stl_hash", f"""
        bytes bigint
        slots integer
        occupied integer
        maxlength integer
        tbl integer{_MEMORY}
        num_parts integer
        est_rows bigint
        num_blocks_permitted integer
        resizes integer
        checksum bigint
        runtime_filter_size integer
        max_runtime_filter_size integer
        """),
    _kind("stl_hashjoin", """
        tbl integer
        num_parts integer
        join_type integer
        hash_looped character(1)
        switched_parts character(1)
        used_prefetching character(1)
        hash_segment integer
        hash_step integer
        checksum bigint
        distribution integer
        """),
    _kind("stl_limit", """
        checksum bigint
        """),
    _kind("stl_merge"),
    _kind("stl_mergejoin", """
        tbl integer
        checksum bigint
        """),
    _kind("stl_nestloop", """
        tbl integer
        checksum bigint
        """),
    _kind("stl_parse"),
    _kind("stl_project", """
        checksum bigint
        """),
    _kind("stl_save", f"""
        bytes bigint
        tbl integer{_MEMORY}
        """),
    _kind("stl_sort", f"""
        bytes bigint
        tbl integer{_MEMORY}
        checksum bigint
        """),
    _kind("stl_unique", """
        type character(6)
        is_diskbased character(1)
        slots integer
        workmem bigint
        max_buffers_used bigint
        resizes integer
        occupied integer
        flushable integer
        used_unique_prefetching character(1)
        bytes bigint
        """),
    _kind("stl_window", f"""{_MEMORY}
        """),
)  # fmt: skip
