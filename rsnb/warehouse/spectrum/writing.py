"""Rows written to the files of external tables: CREATE EXTERNAL TABLE AS and INSERT.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE "Usage notes", INSERT (external table).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.options import Options
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.queries import ready
from rsnb.warehouse.spectrum import data_catalog, partitions
from rsnb.warehouse.spectrum.column_types import declared
from rsnb.warehouse.spectrum.create import Creation, check_columns
from rsnb.warehouse.spectrum.formats import character
from rsnb.warehouse.spectrum.table import ExternalTable, column
from rsnb.warehouse.spelling import text
from rsnb.warehouse.translate import Translation
from rsnb.warehouse.unload import run, texts
from rsnb.warehouse.unload.command import EXTENSIONS, Partitions, Unload, check_limit

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_FORMATS = ("parquet", "text")
_COMPRESSIONS = {"parquet": ("none", "snappy"), "text": ("bzip2", "gzip", "none")}


@dataclass
class LakeFiles(Unload):
    """The files of an external table that a statement adds: places are the folders of partitions that are known."""

    table: ExternalTable
    name: str  # of the files, up to their number
    places: dict[str, str] = field(default_factory=dict)

    @property
    def delimiter(self) -> str:
        """What stands between fields."""
        return character(self.table.serde_properties.get("field.delim", "\x01"))

    @property
    def null(self) -> str:
        """The text of a NULL."""
        return self.table.table_properties.get("serialization.null.format", "\\N")

    @property
    def codec(self) -> str:
        """How the pages of Parquet are compressed."""
        return self.table.table_properties.get("compression_type", "snappy").lower()

    def address(self, folder: str, part: int) -> str:
        """The address of a file: in the partition's own location, where it has one."""
        place = self.places.get(folder, f"{self.target}/{folder}").rstrip("/")
        return f"{place}/{self.name}_part_{part:02d}{self.extension}"


def _files(session: Connection, table: ExternalTable, sql: str) -> LakeFiles:
    """What a statement is to write, by the table's properties."""
    properties = table.table_properties
    compression = properties.get("compression_type", "none").lower()
    if compression not in _COMPRESSIONS[table.reader]:
        raise SqlError(
            f"'compression_type'={compression!r} is not written to {table.reader} files", sql=sql, position=0,
            hint=f"it is {' or '.join(_COMPRESSIONS[table.reader])}",
        )  # fmt: skip
    options = Options(Reader(sql), "INSERT")
    options.given["maxfilesize"] = Decimal(properties.get("write.maxfilesize.mb", "6200"))
    options.given["parallel"] = properties.get("write.parallel", "on").lower() == "on"
    if table.keys:
        options.given["partition"] = Partitions([key.name for key in table.keys], include=False)
    if table.reader == "parquet":
        options.given["parquet"] = True
    else:
        options.given["extension"] = "txt" + EXTENSIONS.get(compression, "")
        options.given[compression] = compression != "none"
    started = datetime.fromtimestamp(session.statement.start / 1_000_000, UTC)
    name = f"{started:%Y%m%d_%H%M%S_%f}_{session.statement.query}_0001"
    return LakeFiles("", table.location, options, table, name, _places(session, table))


def _places(session: Connection, table: ExternalTable) -> dict[str, str]:
    """The locations of the table's partitions by the folders' names that UNLOAD would give them."""
    known = data_catalog.partitions(session, table) if table.keys else {}
    keys = [key.name for key in table.keys]
    found = {}
    for part, location in known.items():
        values = [
            f"CAST({'NULL' if value is None else text(value)} AS {key.type.duckdb})"
            for key, value in zip(table.keys, part, strict=True)
        ]
        written = [texts.value(value, key.type) for value, key in zip(values, table.keys, strict=True)]
        (row,) = session.catalog.rows(f"SELECT {', '.join(written)}")
        found[run.folder_of(keys, row)] = location
    return found


# Statements


def create_as(session: Connection, creation: Creation, sql: str) -> Outcome:
    """CREATE EXTERNAL TABLE AS: the columns are the query's, those of PARTITIONED BY last."""
    table = creation.table
    check_limit(creation.query, "CREATE EXTERNAL TABLE AS")
    _check_empty(session, table, sql)
    translation = session.snapshot.translate(creation.query)
    kinds = dict(translation.columns)
    for key in creation.keys:
        if key not in kinds:
            raise SqlError(f"there is no column {key} in the query", sql=sql, position=place_of(sql, key))
    names = [name for name, _ in translation.columns if name not in creation.keys]
    if len(kinds) < len(translation.columns):
        raise SqlError("the columns of an external table have different names", sql=sql, position=0, hint="use AS")
    columns = [column(name, declared(kinds[name])) for name in names]
    table.columns = columns + [column(key, declared(kinds[key]), i) for i, key in enumerate(creation.keys, 1)]
    check_columns(Reader(sql), table)
    table.table_properties.setdefault("numRows", "0")
    given = [name for name, _ in translation.columns]
    outcome = _write(session, table, translation, [given.index(c.name) for c in table.columns], sql)
    outcome.command = ""
    return outcome


def _check_empty(session: Connection, table: ExternalTable, sql: str) -> None:
    if found := session.lake.with_prefix(table.location + "/"):
        raise SqlError(
            f"the location of CREATE EXTERNAL TABLE AS is not empty: {found[0].address} is there", sql=sql,
            position=place_of(sql, table.location), hint="name another folder, or remove the files",
        )  # fmt: skip


def target(session: Connection, sql: str) -> ExternalTable | None:
    """The external table that an INSERT writes to."""
    read = Reader(sql)
    if not read.accept("insert", "into") or read.next.kind not in ("word", "identifier"):
        return None
    name = read.qualified()
    found = session.snapshot.relations.find(name[-2] if len(name) > 1 else "", name[-1])
    return data_catalog.table(session, found.schema, found.name) if found and found.kind == "external" else None


def insert(session: Connection, table: ExternalTable, sql: str) -> Outcome:
    """INSERT INTO an external table: the query's columns in the order of the table's, its partition columns last."""
    if session.transaction.state == "open":
        raise SqlError(
            "INSERT into an external table can't run inside a transaction", sql=sql, position=0,
            hint="`commit` or `rollback` first",
        )  # fmt: skip
    read = Reader(sql)
    read.expect("insert", "into")
    read.qualified()
    if not read.peek("select") and not read.peek("with") and not read.peek("(", "select"):
        read.fail("INSERT into an external table takes a query: expected SELECT")
    if table.reader not in _FORMATS or table.serde_properties.keys() - {"field.delim", "serialization.format"}:
        raise SqlError(
            f"rows are inserted into Parquet and delimited text files, not into those of {table.shown}", sql=sql,
            position=0,
        )  # fmt: skip
    query = read.rest()
    check_limit(query, "INSERT into an external table")
    kinds = [c.type for c in (*table.data_columns, *table.keys)]
    translation = session.snapshot.translator.assigned(query, kinds)
    return _write(session, table, translation, list(range(len(kinds))), sql)


def _write(session: Connection, table: ExternalTable, translation: Translation, picked: list[int], sql: str) -> Outcome:
    """Write a query's rows, and register the table's new partitions and its number of rows.

    picked: the positions of the query's columns in the order of the table's, its partition columns last.
    """
    outcome = Outcome()
    columns = [(c.name, c.type) for c in (*table.data_columns, *table.keys)]
    files = _files(session, table, sql)
    texts.check(files, columns)
    query = ready(session, translation, outcome)
    rows = _rows(files, query, len(translation.columns), picked)
    written = run.write(session, files, columns, rows, outcome)
    added = {file.address.rsplit("/", 1)[0] for file in written} - set(files.places.values())

    def work() -> None:
        new = {_part(session, table, place, sql): place for place in sorted(added)} if table.keys else {}
        if new:
            data_catalog.add_partitions(session, table, new)
        if "numRows" in table.table_properties:
            rows = int(table.table_properties["numRows"]) + session.statement.rows
            table.table_properties["numRows"] = str(rows)
        data_catalog.put(session, table)

    session.transaction.together(work)
    session.shared.catalog_changed()
    outcome.command = f"INSERT {session.statement.rows}"
    return outcome


def _part(session: Connection, table: ExternalTable, place: str, sql: str) -> tuple[str | None, ...]:
    """The values that a partition's folder names."""
    folders = place.removeprefix(f"{table.location}/").split("/")
    values = dict(folder.split("=", 1) for folder in folders)
    return partitions.values_of(session, table, {key: unquote(value) for key, value in values.items()}, sql)


def _rows(files: LakeFiles, query: str, count: int, picked: list[int]) -> str:
    """The rows in the table's order; a text that could not be read back from delimited files is an error."""
    order = [*files.table.data_columns, *files.table.keys]
    values = [
        f"w{at}" if c.part_key else _readable(f"w{at}", c.type, c.name, files)
        for at, c in zip(picked, order, strict=True)
    ]
    return f"SELECT {', '.join(values)} FROM ({query}) AS given({', '.join(f'w{i}' for i in range(count))})"


def _readable(x: str, kind: Type, name: str, files: LakeFiles) -> str:
    if kind.short not in ("varchar", "bpchar"):
        return x
    table, length = files.table.shown, kind.args[0]
    fault = f"error('a value is too long for the column {name} of {table}: at most {length} bytes')"
    checks = f"WHEN strlen({x}) > {length} THEN {fault}"
    if files.format == "text":
        wrong = f"contains({x}, {text(files.delimiter)}) OR contains({x}, chr(10)) OR {x} = {text(files.null)}"
        fault = f"error('a value of the column {name} has the delimiter, a newline or the mark of NULL in it')"
        checks += f" WHEN {wrong} THEN {fault}"
    return f"CASE {checks} ELSE {x} END"
