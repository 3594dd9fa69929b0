"""Steps of queries by kind, as DuckDB took and measured them."""

from __future__ import annotations

from rsnb.warehouse.system.plans import BEGINNING, DISK, STEPS
from rsnb.warehouse.system.view import View, empty

_WRITTEN = (
    "{{statement}} s join {{table}} t on (t.schemaname, t.tablename) = (s.target[1], s.target[2]) "
    "left join (select query, any_value(segment) as segment, any_value(step) as step from {{step}} "
    "where name in ({}) group by query) x using (query) where s.kind in ({}) and s.status = 'success'"
)
_WRITING = """
        userid integer = user
        query integer
        slice integer = 0
        segment integer = x.segment
        step integer = x.step
        starttime timestamp = s.start
        endtime timestamp = s."end"
        tasknum integer = null
        rows bigint = s.rows
        tbl integer = t.oid
"""
_BYTES = "        bytes bigint = x.bytes"
_MEMORY = f"""
        is_diskbased character(1) = {DISK}
        workmem bigint = null"""
_JOIN = "map {'INNER': 0, 'LEFT': 1, 'OUTER': 2, 'FULL': 2, 'RIGHT': 3, 'SEMI': 5, 'RIGHT_SEMI': 5}[x.detail]"
_RUNNING = "(select *, {moment} as moment from {statement}) where computed and status = 'running'"


def _kind(step: str, lines: str = "", name: str = "") -> View:
    """The view of one kind of step, with the columns that it has beside those of every kind."""
    return View(name or f"stl_{step}", f"{STEPS} where x.name = '{step}'", BEGINNING + lines)


def _none(name: str, lines: str = "") -> View:
    """The view of a kind of step that DuckDB has not."""
    return empty(name, "\n".join(line.partition(" = ")[0] for line in (BEGINNING + lines).splitlines()))


VIEWS = (
    View("stl_delete", _WRITTEN.format("'delete', 'insert'", "'delete', 'update'"), _WRITING),
    View("stl_insert", _WRITTEN.format("'insert'", "'insert', 'update', 'copy', 'create table as'"), _WRITING + """
        inserted_mega_value character(1) = null
        """),
    View("stl_stream_segs", "(select distinct query, segment from {step}) x join {statement} s using (query)", """
        userid integer = user
        query integer
        stream integer = x.segment
        segment integer = x.segment
        query_uuid character(36) = s.uuid
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
    _kind("aggregate", f"""{_BYTES}
        slots integer = null
        occupied integer = null
        maxlength integer = null
        tbl integer = null{_MEMORY}
        type character(6) = x.detail
        resizes integer = null
        flushable integer = null
        """, name="stl_aggr"),
    _none("stl_bcast", f"""{_BYTES}
        packets integer
        """),
    _none("stl_dist", f"""{_BYTES}
        packets integer
        """),
    _kind("hash", f"""{_BYTES}
        slots integer = null
        occupied integer = null
        maxlength integer = null
        tbl integer = null{_MEMORY}
        num_parts integer = null
        est_rows bigint = x.estimate
        num_blocks_permitted integer = null
        resizes integer = null
        checksum bigint = null
        runtime_filter_size integer = null
        max_runtime_filter_size integer = null
        """),
    _kind("hashjoin", f"""
        tbl integer = null
        num_parts integer = null
        join_type integer = {_JOIN}
        hash_looped character(1) = null
        switched_parts character(1) = null
        used_prefetching character(1) = null
        hash_segment integer = null
        hash_step integer = null
        checksum bigint = null
        distribution integer = null
        """),
    _kind("limit", """
        checksum bigint = null
        """),
    _none("stl_merge"),
    _none("stl_mergejoin", """
        tbl integer
        checksum bigint
        """),
    _kind("nestloop", """
        tbl integer = null
        checksum bigint = null
        """),
    _none("stl_parse"),
    _kind("project", """
        checksum bigint = null
        """),
    _kind("save", f"""{_BYTES}
        tbl integer = null{_MEMORY}
        """),
    _kind("sort", f"""{_BYTES}
        tbl integer = null{_MEMORY}
        checksum bigint = null
        """),
    _kind("unique", f"""
        type character(6) = x.detail
        is_diskbased character(1) = {DISK}
        slots integer = null
        workmem bigint = null
        max_buffers_used bigint = null
        resizes integer = null
        occupied integer = null
        flushable integer = null
        used_unique_prefetching character(1) = null
        bytes bigint = x.bytes
        """),
    _kind("window", f"""{_MEMORY}
        """),
)  # fmt: skip
