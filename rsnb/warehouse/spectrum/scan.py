"""The rows of an external table as one DuckDB query over its files.

Each group of files is read by one table function, however many there are; what a file's place says of its rows, the
partition's values and the pseudocolumns, is joined by the file's name. Source: Redshift Developer Guide, CREATE
EXTERNAL TABLE, "Pseudocolumns".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from rsnb.literals import quote_identifier
from rsnb.warehouse.spectrum import data_catalog, json_files, parquet_files, text_files
from rsnb.warehouse.spectrum.groups import FILES, Group, Request
from rsnb.warehouse.spectrum.places import data_files
from rsnb.warehouse.spectrum.table import PSEUDOCOLUMNS, ExternalTable, Partition
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_READERS: dict[str, Callable[[Request], list[Group]]] = {
    "avro": parquet_files.groups,
    "csv": text_files.groups,
    "json": json_files.groups,
    "orc": parquet_files.groups,
    "parquet": parquet_files.groups,
    "regex": text_files.groups,
    "text": text_files.groups,
}


@dataclass
class Scan:
    """A statement's reading of one external table: what it is to read, and the query for its rows.

    mark: the name of the column with a row's file. listed: microseconds that finding the files took. partitions are
    those of the table, qualified those read.
    """

    mark: str
    table: ExternalTable
    sql: str
    groups: list[Group]
    notes: list[str]
    partitions: int = 0
    qualified: int = 0
    listed: int = 0


def scan(session: Connection, table: ExternalTable, predicates: list[str], pseudocolumns: bool) -> Scan:
    """The query for the rows of an external table; its files' names are put into variables of the session.

    predicates: on the partition columns, as DuckDB SQL. pseudocolumns: whether the query asks for one.
    """
    began = perf_counter()
    total = 0
    places: list[tuple[Partition, str]] = [((), table.location)]
    if table.keys:
        places, total = data_catalog.qualified(session, table, predicates)
    session.reads += 1
    request = Request(session.db, table, data_files(session.lake, table, places), f"rsnb_scan_{session.reads}")
    listed = int((perf_counter() - began) * 1_000_000)
    groups = _READERS[table.reader](request) if request.data else []
    if not groups:
        request.notes.append(_why_empty(table, total, len(places)))
    parts = [_select(session, request, group, f"{request.mark}_{i}", pseudocolumns) for i, group in enumerate(groups)]
    sql = " UNION ALL ".join(parts) or _empty(table, pseudocolumns)
    return Scan(request.mark, table, sql, groups, request.notes, total, len(places) if table.keys else 0, listed)


def _why_empty(table: ExternalTable, partitions: int, qualified: int) -> str:
    if not table.keys:
        return f"{table.shown} is empty: no files under {table.location}"
    if not partitions:
        return f"{table.shown} is empty: it has no partitions; add them with alter table ... add partition"
    if not qualified:
        return f"no partition of {table.shown} is left by the conditions on {', '.join(k.name for k in table.keys)}"
    return f"{table.shown} is empty: no files under the locations of {qualified} partitions"


def _empty(table: ExternalTable, pseudocolumns: bool) -> str:
    """The table's columns and no rows."""
    kinds = table.types | (PSEUDOCOLUMNS if pseudocolumns else {})
    columns = [f"CAST(NULL AS {kind.duckdb}) AS {quote_identifier(name)}" for name, kind in kinds.items()]
    return f"SELECT {', '.join(columns)} WHERE false"


def _select(session: Connection, request: Request, group: Group, variable: str, pseudocolumns: bool) -> str:
    """The query for the rows of one group of files."""
    table = request.table
    named_columns = {**group.columns, **{k.name: f"p.{quote_identifier(k.name)}" for k in table.keys}}
    if pseudocolumns:
        named_columns |= {name: f"p.{quote_identifier(name)}" for name in PSEUDOCOLUMNS}
    columns = ", ".join(f"{value} AS {quote_identifier(name)}" for name, value in named_columns.items())
    joined = bool(table.keys) or pseudocolumns
    paths = list(dict.fromkeys(group.paths)) if joined else group.paths
    session.db.execute(f"SET VARIABLE {variable} = ?", [paths])
    source = f"{group.source.replace(FILES, f'getvariable({text(variable)})')} AS f"
    if joined:
        file = quote_identifier(request.mark)
        source += f" JOIN {_places(session, request, group, variable, pseudocolumns)} AS p ON f.{file} = p.{file}"
    return f"SELECT {columns} FROM {source}" + (f" WHERE {group.kept}" if group.kept else "")


def _places(session: Connection, request: Request, group: Group, variable: str, pseudocolumns: bool) -> str:
    """A table of the group's files with their partitions' values, their addresses and sizes."""
    keys = request.table.keys
    lists: list[tuple[str, str, list[object]]] = [(request.mark, "VARCHAR", list(group.paths))]
    for index, key in enumerate(keys):
        lists.append((key.name, key.type.duckdb, [item.partition[index] for item in group.data]))
    if pseudocolumns:
        lists.append(("$path", "VARCHAR", [item.file.address for item in group.data]))
        lists.append(("$size", "BIGINT", [item.file.size for item in group.data]))
    columns = []
    for index, (name, kind, values) in enumerate(lists):
        session.db.execute(f"SET VARIABLE {variable}_{index} = ?", [values])
        columns.append(f"CAST(unnest(getvariable('{variable}_{index}')) AS {kind}) AS {quote_identifier(name)}")
    return f"(SELECT {', '.join(columns)})"
