"""What the system views stand on beside DuckDB's catalog: Arrow tables that are made when a view is read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, fields
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from rsnb.errors import SqlError
from rsnb.literals import quote_identifier
from rsnb.warehouse import measuring, plan, records, steps
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.locks import MODES, WRITE, Lock
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.moments import zones
from rsnb.warehouse.parameters import PARAMETERS
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection


@lru_cache
def schema(stream: type) -> pa.Schema:
    """The columns of a stream of the journal, from its fields' annotations."""
    import pyarrow as pa

    lists = pa.list_(pa.list_(pa.string()))
    kinds = {
        "Moment": pa.timestamp("us"),
        "bool": pa.bool_(),
        "bytes": pa.binary(),
        "int": pa.int64(),
        "str": pa.string(),
        "tuple[str, str]": pa.list_(pa.string()),
        "tuple[tuple[str, str], ...]": lists,
        "tuple[tuple[str, str, str, str | None], ...]": lists,
    }
    return pa.schema([(f.name, kinds[str(f.type).removesuffix(" | None")]) for f in fields(stream)])


def stream_table(stream: type, session: Connection) -> pa.Table:
    """The rows of a stream as they are now."""
    import pyarrow as pa

    rows: list[object] = session.journal.rows(stream)
    kinds = schema(stream)
    columns = [pa.array([getattr(row, f.name) for row in rows], f.type) for f in kinds]
    return pa.Table.from_arrays(columns, schema=kinds)


def _this_session(session: Connection) -> pa.Table:
    import pyarrow as pa

    row: dict[str, Any] = {
        "pid": session.pid,
        "database": DATABASE,
        "temporary": session.catalog.temporary,
        "search_path": list(session.search_path),
    }
    return pa.Table.from_pylist([row])


def _parameters(session: Connection) -> pa.Table:
    import pyarrow as pa

    rows = [
        {"name": name, "setting": session.values[name], "given": session.values.get(name) is not None}
        for name in PARAMETERS
    ]
    return pa.Table.from_pylist(rows)


def _locks(session: Connection) -> pa.Table:
    """The locks on tables, and that of each open transaction on its own id, whose mode and table are NULL."""
    import pyarrow as pa

    others = dict(session.shared.sessions)
    held: list[tuple[records.Transaction | records.Statement, Lock | None]] = [
        (other.transaction.row, None) for other in others.values() if other.transaction.row is not None
    ]
    locks = [(others.get(lock.pid), lock) for lock in session.shared.locks.all()]
    held += [(other.transaction.row or other.statement, lock) for other, lock in locks if other is not None]
    kinds = pa.schema(
        {
            "xid": pa.int64(), "pid": pa.int64(), "user": pa.int64(), "start": pa.timestamp("us"),
            "mode": pa.string(), "schema": pa.string(), "name": pa.string(), "writes": pa.bool_(),
            "granted": pa.bool_(), "since": pa.timestamp("us"),
        }
    )  # fmt: skip
    rows = [
        (of.xid, of.pid, of.user, of.start, *((None, None, None, False, True, of.start) if lock is None else
         (MODES[lock.mode], *lock.table, lock.mode >= WRITE, lock.granted, lock.since)))
        for of, lock in held
    ]  # fmt: skip
    return pa.Table.from_pylist([dict(zip(kinds.names, row, strict=True)) for row in rows], kinds)


def _cursors(session: Connection) -> pa.Table:
    """The cursors that are open in any session."""
    import pyarrow as pa

    kinds = pa.schema(
        {
            "user": pa.int64(), "name": pa.string(), "xid": pa.int64(), "pid": pa.int64(),
            "declared": pa.timestamp("us"), "rows": pa.int64(), "bytes": pa.int64(), "fetched": pa.int64(),
        }
    )  # fmt: skip
    rows = [
        (of.user, c.name, of.xid, of.pid, c.declared, c.table.num_rows, c.table.nbytes, c.at)
        for other in list(session.shared.sessions.values())
        if (c := other.cursor) is not None and (of := other.transaction.row) is not None
    ]
    return pa.Table.from_pylist([dict(zip(kinds.names, row, strict=True)) for row in rows], kinds)


# Plans and steps


def _steps(session: Connection) -> pa.Table:
    """The steps of the queries that ended, segment by segment; what was not measured of them is NULL."""
    import pyarrow as pa

    profiles = {profile.query: profile for profile in session.journal.rows(records.Profile)}
    rows = []
    for of in session.journal.rows(records.Statement):
        if not of.computed or of.status == "running" or of.source_query is not None:
            continue
        profile = profiles.get(of.query)
        returns = of.kind in ("select", "with", "(") and of.status == "success"
        nodes, spilled = measuring.unpacked(profile.packed) if profile else ([], None)
        named = [table for table in of.sources if of.kind != "insert" or table != of.target]
        found = steps.with_tables(steps.of(nodes, profile is None or profile.whole, returns), named)
        for segment, its in enumerate(found):
            spent = sum(step.time or 0 for step in its) if profile else None
            rows += [(of.query, segment, number, spent, spilled, *astuple(step)) for number, step in enumerate(its)]
    kinds = pa.schema(
        {
            "query": pa.int64(), "segment": pa.int32(), "step": pa.int32(), "segment_time": pa.int64(),
            "spilled": pa.int64(),
            "name": pa.string(), "rows": pa.int64(), "bytes": pa.int64(), "time": pa.int64(), "input_rows": pa.int64(),
            "ranged": pa.bool_(), "estimate": pa.int64(), "detail": pa.string(), "schema": pa.string(),
            "table": pa.string(),
        }
    )  # fmt: skip
    return pa.Table.from_pylist([dict(zip(kinds.names, row, strict=True)) for row in rows], kinds)


def _plan_lines(session: Connection) -> pa.Table:
    """The lines of the plans: those that EXPLAIN gave, and those of the queries that ran."""
    import pyarrow as pa

    rows = [
        (line.query, line.node, line.parent, line.text, line.info) for line in session.journal.rows(records.PlanLine)
    ]
    for profile in session.journal.rows(records.Profile):
        if nodes := measuring.unpacked(profile.packed)[0]:
            step = plan.of(nodes, session.snapshot.relations.columns, profile.external)
            rows += [(profile.query, *line) for line in step.written()]
    kinds = schema(records.PlanLine)
    return pa.Table.from_pylist([dict(zip(kinds.names, row, strict=True)) for row in rows], kinds)


# Functions that return rows


def _late_columns(session: Connection) -> pa.Table:
    """The columns of the late-binding views; of one whose tables are gone none is known."""
    import pyarrow as pa

    rows = []
    for schema, view in session.catalog.rows(f"select schemaname, viewname from {SCHEMA}.late_view"):
        with suppress(SqlError):
            found = session.snapshot.translator.translate(f'select * from "{schema}"."{view}"').columns
            rows += [(schema, view, name, str(kind), number) for number, (name, kind) in enumerate(found, 1)]
    names = dict.fromkeys(("schemaname", "relname", "name", "type"), pa.string()) | {"number": pa.int32()}
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], pa.schema(names))


def _zone_names(session: Connection) -> pa.Table:
    """The time zones by name, as they are now."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    for name in available_timezones():
        at = datetime.now(ZoneInfo(name))
        if (offset := at.utcoffset()) is not None and zones.zone(name):
            rows.append(
                {"name": name, "abbrev": at.tzname(), "utc_offset": offset.total_seconds(), "is_dst": bool(at.dst())}
            )
    return pa.Table.from_pylist(rows)


def _zone_abbreviations(session: Connection) -> pa.Table:
    import pyarrow as pa

    offsets = [(zones.STANDARD, False), (zones.SUMMER, True)]
    rows = [{"abbrev": a, "utc_offset": s, "is_dst": summer} for known, summer in offsets for a, s in known.items()]
    return pa.Table.from_pylist(rows)


# Storage

_TABLES = """select database_name, schema_name, table_name, table_oid from duckdb_tables()
    where not internal and schema_name <> 'rsnb_system'"""


def _of_each_table(session: Connection, query: str, otherwise: str) -> pa.Table:
    """The rows of a query over every local table; in it stand {oid}, {place}, {name} and {temporary}."""
    parts = [
        query.format(
            oid=oid, place=".".join(map(quote_identifier, names)), name=text(".".join(map(quote_identifier, names))),
            temporary=str(names[0] == "temp").lower(),
        )
        for *names, oid in session.catalog.rows(_TABLES)
    ]  # fmt: skip
    return session.db.execute(" union all ".join(parts) or otherwise).to_arrow_table()


_ROWS = "select {oid}::integer as oid, (select count(*) from {place}) as rows"
_NO_ROWS = "select 0 as oid, 0::bigint as rows where false"
_NUMBERS = "('BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT')"
# where they lie, how many values they hold and between which; the bytes of those in memory, which are not compressed
_SEGMENTS = f"""
    select {{oid}}::integer as oid, {{temporary}} as temporary, column_id as "column", persistent, block_id,
           row_number() over (partition by column_id order by row_group_id, segment_id) - 1 as number,
           count as "values",
           if(segment_type in {_NUMBERS}, try_cast(stats.min::varchar as bigint), null) as least_value,
           if(segment_type in {_NUMBERS}, try_cast(stats.max::varchar as bigint), null) as most_value,
           count * coalesce(w.width, 8) + coalesce(try_cast(stats.total_string_length as bigint), 0) as bytes
    from pragma_storage_info({{name}}) left join (values ('BOOLEAN', 1), ('TINYINT', 1), ('SMALLINT', 2),
        ('INTEGER', 4), ('FLOAT', 4), ('DATE', 4), ('INT128', 16)) as w(type, width) on w.type = segment_type
    where segment_type <> 'VALIDITY'"""
_NO_SEGMENTS = """
    select 0 as oid, false as temporary, 0::bigint as "column", false as persistent, 0::bigint as block_id,
           0::bigint as number, 0::bigint as "values", 0::bigint as least_value, 0::bigint as most_value,
           0::bigint as bytes
    where false"""


def _disk(session: Connection) -> pa.Table:
    """The warehouse's file: how many MB it takes, and where it is."""
    return session.db.execute(
        """select (used_blocks * block_size // 1048576)::bigint as used, coalesce(path, '') as mount
           from pragma_database_size() join duckdb_databases() using (database_name)
           where database_name = current_database()"""
    ).to_arrow_table()


SOURCES: dict[str, Callable[[Connection], pa.Table]] = {
    **{stream.__name__: partial(stream_table, stream) for stream in records.STREAMS},
    "cursor": _cursors,
    "disk": _disk,
    "late_column": _late_columns,
    "lock": _locks,
    "parameter": _parameters,
    "plan_line": _plan_lines,
    "row_count": lambda session: _of_each_table(session, _ROWS, _NO_ROWS),
    "segment": lambda session: _of_each_table(session, _SEGMENTS, _NO_SEGMENTS),
    "session": _this_session,
    "step": _steps,
    "zone_abbreviation": _zone_abbreviations,
    "zone_name": _zone_names,
}
