"""UNLOAD as it runs: the rows of a query in files of the lake, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.warehouse import queries, records
from rsnb.warehouse.measuring import measured
from rsnb.warehouse.outcome import BATCH, Outcome
from rsnb.warehouse.unload import texts
from rsnb.warehouse.unload.command import Unload, parse_unload
from rsnb.warehouse.unload.files import Output, Written
from rsnb.warehouse.unload.texts import Columns

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection

NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
_SAFE = ' !"$&()+,-.;<>@`|~'  # what Hive leaves as it is in a folder's name, beside letters and digits
_FORMATS = {"text": "Text", "fixedwidth": "Text", "csv": "CSV", "json": "JSON", "parquet": "Parquet"}


def unload(session: Connection, sql: str) -> Outcome:
    """Write the rows of a query to files of the lake."""
    command = parse_unload(sql)
    translation = session.snapshot.translate(command.query)
    if not translation.rows:
        raise SqlError("UNLOAD takes a SELECT", sql=command.query, position=0)
    texts.check(command, translation.columns)
    _check_target(session, command)
    outcome = Outcome()
    query = queries.ready(session, translation, outcome)
    files = write(session, command, translation.columns, query, outcome)
    _keep(session, command, files)
    outcome.command = f"UNLOAD {session.statement.rows}"
    if command.options.authorization.encrypted:
        outcome.notes.append("ENCRYPTED: the files of the lake are written as they are")
    return outcome


def write(session: Connection, command: Unload, columns: Columns, query: str, outcome: Outcome) -> list[Written]:
    """Write the rows of a DuckDB query to the files of a command: all of them or none."""
    with session.lake.staging(command.target) as place:
        output = Output(command, place, _head(session.db, command, columns), _schema(columns, command))
        try:
            with measured(session, outcome):
                _write(session.db, command, columns, query, output)
        except BaseException:
            output.abandon()
            raise
        _deliver(session, command, columns, output)
    session.statement.rows = sum(file.rows for file in output.files)
    return output.files


def _check_target(session: Connection, command: Unload) -> None:
    """Raise when there are files already, unless they may be replaced."""
    if {"allowoverwrite", "cleanpath"} & set(command.options.given):
        return
    if found := session.lake.with_prefix(command.prefix):
        raise SqlError(
            f"the target of UNLOAD is not empty: {found[0].address} is there"
            + (f", and {len(found) - 1} more" if len(found) > 1 else ""),
            sql=command.options.read.sql,
            position=command.options.read.sql.find(command.target),
            hint="unload to another prefix, remove the files, or add ALLOWOVERWRITE or CLEANPATH",
        )


def _head(db: duckdb.DuckDBPyConnection, command: Unload, columns: Columns) -> bytes:
    if "header" not in command.options:
        return b""
    ((line,),) = db.execute(f"SELECT {texts.header(command, _in_files(command, columns))}").fetchall()
    return str(line).encode()


def _in_files(command: Unload, columns: Columns) -> Columns:
    """The columns that stand in the files: those of PARTITION BY do with INCLUDE only."""
    left_out = () if command.partitions.include else command.partitions.columns
    return [(name, kind) for name, kind in columns if name not in left_out]


def _write(db: duckdb.DuckDBPyConnection, command: Unload, columns: Columns, query: str, output: Output) -> None:
    """Write the rows: with partitions one folder after the other."""
    names = [f"c{i}" for i in range(len(columns))]
    kept = [(x, column) for x, column in zip(names, columns, strict=True) if column in _in_files(command, columns)]
    keys = [(names[[n for n, _ in columns].index(key)], dict(columns)[key]) for key in command.partitions.columns]
    if command.format == "parquet":
        selected = [f"{_of_parquet(x, kind)} AS {_quoted(name)}" for x, (name, kind) in kept]
    else:
        selected = [texts.line(command, [x for x, _ in kept], [column for _, column in kept])]
    folders = [f"{texts.value(x, kind)} AS rsnb_k{i}" for i, (x, kind) in enumerate(keys)]
    sql = f"SELECT {', '.join([*folders, *selected])} FROM ({query}) AS unloaded({', '.join(names)})"
    if keys:
        order = ", ".join(f"rsnb_k{i}" for i in range(len(keys)))
        numbered = f"SELECT *, row_number() OVER () AS rsnb_n FROM ({sql})"
        sql = f"SELECT * EXCLUDE (rsnb_n) FROM ({numbered}) ORDER BY {order}, rsnb_n"
    for batch in _batches(db, sql):
        for folder, rows in _runs(command, batch):
            output.write(folder, rows)
    output.empty()
    output.close()


def _batches(db: duckdb.DuckDBPyConnection, sql: str) -> Iterator[pa.RecordBatch]:
    import duckdb

    try:
        reader = db.sql(sql).to_arrow_reader(BATCH)
        try:
            yield from reader
        finally:
            reader.close()
    except duckdb.InvalidInputException as exc:
        if (found := str(exc).find(texts.TOO_WIDE)) < 0:
            raise
        column = str(exc)[found + len(texts.TOO_WIDE) :].split("\n")[0]
        raise SqlError(
            f"UNLOAD: a value of the column {column} is wider than its FIXEDWIDTH",
            hint="nothing was written; make it wider",
        ) from exc


def _runs(command: Unload, batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The stretches of a batch that belong into one folder."""
    keys = command.partitions.columns
    if not keys:
        yield "", batch
        return
    rows = batch.select(range(len(keys), batch.num_columns))
    values = list(zip(*(batch.column(i).to_pylist() for i in range(len(keys))), strict=True))
    start = 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[start]:
            yield folder_of(keys, values[start]), rows.slice(start, at - start)
            start = at


def folder_of(keys: list[str], values: tuple[Any, ...]) -> str:
    """`key=value/key=value/`, as Hive names folders."""
    parts = (f"{k}={NULL_FOLDER if v is None else quote(v, safe=_SAFE)}" for k, v in zip(keys, values, strict=True))
    return "".join(f"{part}/" for part in parts)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# Parquet


def _of_parquet(x: str, kind: Type) -> str:
    """A value as Parquet holds it: a moment without its zone, SUPER as JSON."""
    if kind.short == "timestamptz":
        return f"{x} AT TIME ZONE 'UTC'"
    return f"rtrim({x}, ' ')" if kind.short == "bpchar" else x


_ARROW = {"int2": "int16", "int4": "int32", "int8": "int64", "float4": "float32", "float8": "float64", "bool": "bool_",
          "bpchar": "string", "varchar": "string", "date": "date32", "super": "json_"}  # fmt: skip


def _schema(columns: Columns, command: Unload) -> pa.Schema | None:
    import pyarrow as pa

    if command.format != "parquet":
        return None

    def arrow(kind: Type) -> pa.DataType:
        if kind.short == "numeric":
            return pa.decimal128(*kind.args)
        if kind.short.startswith("timestamp"):
            return pa.timestamp("us")
        return getattr(pa, _ARROW[kind.short])()

    return pa.schema([(name, arrow(kind)) for name, kind in _in_files(command, columns)])


# The end


def _deliver(session: Connection, command: Unload, columns: Columns, output: Output) -> None:
    """Move the files to their places, write the manifest, and note it all in the journal."""
    lake = session.lake
    if "cleanpath" in command.options:
        folders = {file.address.rsplit("/", 1)[0] + "/" for file in output.files}
        for prefix in sorted(folders) if command.partitions.columns else [command.prefix]:
            for found in lake.with_prefix(prefix):
                lake.remove(found)
    for file in output.files:
        lake.put(file.path, file.address)
    if "manifest" in command.options:
        lake.write(f"{command.prefix}manifest", manifest(command, columns, output.files).encode())
    query = session.statement.query
    kind = _FORMATS[command.format]
    for file in output.files:
        session.journal.add(
            records.UnloadedFile(query, file.address, file.rows, file.bytes, kind, file.start, file.end)
        )


def _keep(session: Connection, command: Unload, files: list[Written]) -> None:
    """Note the UNLOAD in the journal."""
    rows, size = sum(f.rows for f in files), sum(f.bytes for f in files)
    query, kind = session.statement.query, _FORMATS[command.format]
    session.journal.add(
        records.Unload(query, command.target, kind, command.options.compression, rows, len(files), size)
    )


def manifest(command: Unload, columns: Columns, files: list[Written]) -> str:
    """The manifest as JSON: with VERBOSE the rows of each file, counting its header, and the columns."""
    head = 1 if "header" in command.options else 0
    verbose = command.options["manifest"] == "verbose"
    entries = [
        {"url": f.address, "meta": {"content_length": f.bytes} | ({"record_count": f.rows + head} if verbose else {})}
        for f in files
    ]
    content: dict[str, Any] = {"entries": entries}
    if verbose:
        content["schema"] = {"elements": [{"name": n, "type": _described(k)} for n, k in _in_files(command, columns)]}
        content["meta"] = {
            "content_length": sum(f.bytes for f in files),
            "record_count": sum(f.rows + head for f in files),
        }
        content["author"] = {"name": "Amazon Redshift", "version": "1.0.0"}
    return json.dumps(content, indent=2) + "\n"


def _described(kind: Type) -> dict[str, Any]:
    if kind.short == "numeric":
        return {"base": "numeric", "precision": kind.args[0], "scale": kind.args[1]}
    if kind.short in ("varchar", "bpchar"):
        return {"base": kind.rule.name, "max_length": kind.args[0]}
    return {"base": kind.rule.name}


HANDLERS = {"unload": unload}
