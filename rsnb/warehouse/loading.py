"""COPY as it runs: all of it, or nothing and the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import LoadError, SqlError
from rsnb.lake import LakeFile
from rsnb.literals import quote_identifier
from rsnb.warehouse import copy as copying
from rsnb.warehouse import faulty_files
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def copy(session: Connection, sql: str) -> Outcome:
    """Load files into a table; on a fault nothing is loaded, and the error names file, line and column."""
    import duckdb

    command = copying.parse_copy(sql)
    table = session.local_table(command.table, sql)
    targets = _targets(session, table, command, sql)
    files = _files(session, command.source)
    if command.format == "json" and command.options["json"] != "auto":
        command.paths = copying.json_paths(session.lake.path(command.options["json"]))
    faulty_files.check_parquet(session.db, command, targets, files)
    names = ", ".join(quote_identifier(t.name) for t in targets)
    insert = f"INSERT INTO {place(table.schema, table.name)} ({names}) {copying.query(command, targets, files)}"
    try:
        ((rows,),) = session.db.execute(insert).fetchall()
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.ConstraintException) as exc:
        fault = faulty_files.find_fault(session.side(), command, targets, files)
        if fault is None:
            raise
        raise faulty_files.describe(fault, command) from exc
    return Outcome(f"COPY {rows}", s3_files=len(files), s3_bytes=sum(f.size for f in files))


def _files(session: Connection, address: str) -> list[LakeFile]:
    files = session.lake.files(address)
    if not files:
        raise LoadError(
            f"COPY found no files under {address}", hint=f"that is {session.lake.path(address)} on this machine"
        )
    return files


def _targets(session: Connection, table: Relation, command: copying.Copy, sql: str) -> list[copying.Target]:
    """The columns to load, in the order of the files."""
    known = {
        row[0]: copying.Target(row[0], row[1], not row[2], row[3])
        for row in session.catalog.rows(
            f"""select c.column_name, c.data_type, c.is_nullable,
                       try_cast(regexp_extract(i.type, '^character varying\\((\\d+)\\)$', 1) as integer)
                from duckdb_columns() c left join {SCHEMA}.column_info i
                on (i.schemaname, i.tablename, i."column") = (c.schema_name, c.table_name, c.column_name)
                where c.schema_name = ? and c.table_name = ? order by c.column_index""",
            table.schema,
            table.name,
        )
    }
    for name in command.columns:
        if name not in known:
            raise SqlError(f"there is no column {name} in {table.name}", sql=sql, position=place_of(sql, name))
    return [known[name] for name in command.columns or known]


HANDLERS = {"copy": copy}
