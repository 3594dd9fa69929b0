"""How much there is of each table, and where it lies.

Redshift counts blocks of 1 MB. Here a table takes blocks of 256 kB of the warehouse's file, shared by its columns, or
memory; a row of STV_BLOCKLIST is a segment of a column. There is one node, and one slice.
"""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View

_SIZE = """(
    select oid, ceil(sum(bytes)::double / 1048576)::bigint as megabytes, count(*) as segments
    from (select oid, 262144 as bytes from {segment} where block_id >= 0 group by oid, block_id
          union all select oid, sum(bytes) from {segment} where block_id is null group by oid) group by oid)"""
_KEYS = """(
    select relid, max(case when distkey then name end) as distkey,
           max(case when sortkey = 1 or sortkey = -1 then name end) as sortkey,
           max(case when sortkey = 1 or sortkey = -1 then encoding end) as sortkey_encoding,
           count(*) filter (sortkey <> 0) as sortkeys, bool_or(sortkey < 0) as interleaved,
           bool_or(encoding <> 'none') as encoded,
           max(case when base = 'character varying' then arguments[1] end) as widest
    from {typed_column} group by relid)"""
_TABLE = f"""{{relation}} r join {{row_count}} n on n.oid = r.oid left join {_SIZE} z on z.oid = r.oid
    left join {_KEYS} k on k.relid = r.oid cross join {{session}} s
    left join {SCHEMA}.table_info i on (i.schemaname, i.tablename) = (r.schemaname, r.name)"""
_SORT = "if(k.interleaved, 'INTERLEAVED', coalesce(k.sortkey, if(i.sortstyle = 'auto', 'AUTO(SORTKEY)', null)))"
_STYLE = "case i.diststyle when 'key' then 'KEY(' || k.distkey || ')' when 'even' then 'EVEN' when 'all' then 'ALL'"

_QUOTA = f"""(select n.oid, n.nspname, n.nspowner, i.quota,
           (select coalesce(sum(z.megabytes), 0) from {{relation}} r join {_SIZE} z on z.oid = r.oid
            where r.schemaname = n.nspname)::bigint as used
    from {{pg_namespace}} n join {SCHEMA}.schema_info i on i.schemaname = n.nspname where i.quota is not null)"""

_INTERLEAVED = "{column} where sortkey <> 0 and relid in (select relid from {column} where sortkey < 0)"

VIEWS = (
    View("svv_interleaved_columns", _INTERLEAVED, """
        tbl integer = relid
        col integer = number - 1
        interleaved_skew numeric(19,2) = null
        last_reindex timestamp = null
        """),
    View("svv_schema_quota_state", _QUOTA, """
        schema_id integer = oid
        schema_name character(128) = nspname
        schema_owner integer = nspowner
        quota integer
        disk_usage integer = used
        disk_usage_pct double precision = round(used * 100.0 / nullif(quota, 0), 2)
        """),
    View("svv_redshift_schema_quota", f"{_QUOTA} cross join {{session}}", """
        database_name character(128) = database
        schema_name character(128) = nspname
        schema_owner integer = nspowner
        quota integer
        disk_usage integer = used
        """),
    View("svv_table_info", _TABLE + " where n.rows > 0", f"""
        database text = s.database
        schema text = r.schemaname
        table_id oid = r.oid
        "table" text = r.name
        encoded text = if(k.encoded, 'Y', 'N') || if(i.encode_auto, ', AUTO(ENCODE)', '')
        diststyle text = {_STYLE} else 'AUTO(ALL)' end
        sortkey1 text = {_SORT}
        max_varchar integer = coalesce(k.widest, 0)
        sortkey1_enc character(32) = k.sortkey_encoding
        sortkey_num integer = k.sortkeys
        size bigint = z.megabytes
        pct_used numeric(10,4) = null
        empty bigint = 0
        unsorted numeric(5,2) = null
        stats_off numeric(5,2) = 0
        tbl_rows numeric(38,0) = n.rows
        skew_sortkey1 numeric(19,2) = null
        skew_rows numeric(19,2) = null
        estimated_visible_rows numeric(38,0) = n.rows
        risk_event text = null
        vacuum_sort_benefit numeric(12,2) = null
        create_time timestamp = i.created
        """),
    View("stv_tbl_perm", _TABLE, """
        slice integer = 0
        id integer = r.oid
        name character(72) = r.name
        rows bigint = n.rows
        sorted_rows bigint = null
        temp integer = r.temporary::integer
        db_id integer = 1
        insert_pristine integer = 0
        delete_pristine integer = 0
        backup integer = coalesce(i.backup, true)::integer
        dist_style integer = coalesce(map {'even': 0, 'key': 1, 'all': 8}[i.diststyle], 9)
        block_count integer = z.segments
        """),
    View("stv_blocklist", "{segment}", """
        slice integer = 0
        col integer = "column"
        tbl integer = oid
        blocknum integer = number
        num_values integer = "values"
        extended_limits integer = 0
        minvalue bigint = least_value
        maxvalue bigint = most_value
        sb_pos integer = null
        pinned integer = 0
        on_disk integer = persistent::integer
        modified integer = 0
        hdr_modified integer = 0
        unsorted integer = null
        tombstone integer = 0
        preferred_diskno integer = 0
        temporary integer = temporary::integer
        newblock integer = 0
        num_readers integer = 0
        flags integer = 0
        """),
    View("svv_diskusage", "{segment} b join {relation} r using (oid)", """
        db_id integer = 1
        name character(72) = r.name
        slice integer = 0
        col integer = "column"
        tbl integer = oid
        blocknum integer = number
        num_values integer = "values"
        minvalue bigint = least_value
        maxvalue bigint = most_value
        sb_pos integer = null
        pinned integer = 0
        on_disk integer = persistent::integer
        modified integer = 0
        hdr_modified integer = 0
        unsorted integer = null
        tombstone integer = 0
        preferred_diskno integer = 0
        temporary integer = b.temporary::integer
        newblock integer = 0
        """),
    View("stv_partitions", "{disk}", """
        owner integer = 0
        host integer = 0
        diskno integer = 0
        part_begin bigint = 0
        part_end bigint = used
        used integer
        tossed integer = 0
        capacity integer = null
        reads bigint = null
        writes bigint = null
        seek_forward integer = null
        seek_back integer = null
        is_san integer = 0
        failed integer = 0
        mbps integer = null
        mount character(256)
        """),
    View("stv_node_storage_capacity", "{disk}", """
        node integer = 0
        used integer
        capacity integer = null
        """),
    View("stv_slices", "{session}", """
        node integer = 0
        slice integer = 0
        localslice integer = 0
        type character(1) = 'D'
        """),
)  # fmt: skip
