"""The fault that stopped a load: found by reading the files again, one after the other."""

from __future__ import annotations

import csv
import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.literals import quote_identifier
from rsnb.warehouse.copy import WHOLE, Copy, Target, json_objects, json_paths_of, json_value, null_mark, read_csv
from rsnb.warehouse.macros import WHOLE_NUMBER
from rsnb.warehouse.spelling import text, texts

if TYPE_CHECKING:
    import duckdb


def malformed(file: Path, arrays: bool = False) -> tuple[int, str, str] | None:
    """(number, text, reason) of the first JSON object of a file that is not one; None when all are."""
    source = file.read_bytes().decode("utf-8", "replace")
    read, at, number = json.JSONDecoder().raw_decode, 0, 0
    while (start := _start(source, at)) < len(source):
        number += 1
        try:
            value, at = read(source, start)
        except ValueError as exc:
            return number, source[start : start + 120], f"is not JSON: {exc}"
        if not isinstance(value, dict) and not (arrays and isinstance(value, list)):
            return number, source[start : start + 120], "is not a JSON object"
    return None


def _start(source: str, at: int) -> int:
    while at < len(source) and source[at].isspace():
        at += 1
    return at


@dataclass(frozen=True)
class Fault:
    """A place in a file that could not be loaded."""

    address: str
    line: int
    column: str
    value: str
    reason: str


def find_fault(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], files: list[LakeFile]) -> Fault | None:
    """The first fault in the files, read again one after the other; None when it is not a value's."""
    for file in files:
        if copy.format == "parquet" and (fault := _parquet_fault(db, copy, targets, file)):
            return fault
        search = _json_fault if copy.format == "json" else _text_fault
        if copy.format != "parquet" and (fault := search(db, copy, targets, file)):
            return fault
    return None


_REASON = {
    "CAST": "is not valid for the type {type}",
    "MISSING COLUMNS": "the line has too few columns",
    "TOO MANY COLUMNS": "the line has too many columns",
    "INVALID ENCODING": "the line is not valid UTF-8",
    "UNQUOTED VALUE": "a quoted value has no end",
    "LINE SIZE OVER MAXIMUM": "the line is too long",
}


def _text_fault(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> Fault | None:
    reading = read_csv(
        copy,
        targets,
        [str(file.path)],
        ", store_rejects=true, rejects_table='faults', rejects_scan='fault_scans'",
        typed=True,
    )
    db.execute("DROP TABLE IF EXISTS faults; DROP TABLE IF EXISTS fault_scans")
    db.execute(f"CREATE OR REPLACE TEMP TABLE read_again AS SELECT * FROM {reading}")
    row = db.execute(
        "SELECT line, column_name, error_type, csv_line, error_message FROM faults ORDER BY line, column_idx LIMIT 1"
    ).fetchone()
    if row is not None:
        line, column, kind, source, message = row
        value = re.search(r'Could not convert string "(.*?)" to', message, re.DOTALL)
        target = next((t for t in targets if t.name == column), None)
        reason = _REASON.get(kind, message).format(type=target.type if target else "")
        return Fault(file.address, int(line), column or "", value[1] if value else source, reason)
    mark = text(null_mark(copy))
    columns = ", ".join(f"NULLIF({n}, {mark}) AS {n}" for n in (quote_identifier(t.name) for t in targets))
    untyped = read_csv(copy, targets, [str(file.path)])
    db.execute(f"CREATE OR REPLACE TEMP TABLE read_again AS SELECT {columns} FROM {untyped}")
    return _broken_rule(db, copy, targets, file)


def _parquet_fault(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> Fault | None:
    """A file with other columns than the table, or a value that breaks a rule of its column."""
    reading = f"read_parquet({texts([str(file.path)])})"
    held = db.execute(f"DESCRIBE SELECT * FROM {reading}").fetchall()
    if len(held) != len(targets):
        reason = f"has {len(held)} columns for {len(targets)} of the table"
        return Fault(file.address, 0, "", ", ".join(name for name, *_ in held), reason)
    for (name, kind, *_), target in zip(held, targets, strict=True):
        if kind != '"NULL"' and _family(kind) != _family(target.type):
            return Fault(file.address, 0, target.name, name, f"is of type {kind}, the column of {target.type}")
    columns = ", ".join(f"#{i} AS {quote_identifier(t.name)}" for i, t in enumerate(targets, 1))
    db.execute(f"CREATE OR REPLACE TEMP TABLE read_again AS SELECT {columns} FROM {reading}")
    return _broken_rule(db, copy, targets, file)


def _family(kind: str) -> str:
    """Types that Parquet holds alike."""
    name = kind.split("(")[0]
    return {"SMALLINT": "INTEGER", "BIGINT": "INTEGER", "FLOAT": "DOUBLE", "TINYINT": "INTEGER"}.get(name, name)


def check_parquet(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], files: list[LakeFile]) -> None:
    """Raise LoadError for Parquet files whose columns are not the table's, one for one."""
    for file in files if copy.format == "parquet" else []:
        held = db.execute(f"DESCRIBE SELECT * FROM read_parquet({texts([str(file.path)])})").fetchall()
        wrong = len(held) != len(targets) or any(
            kind != '"NULL"' and _family(kind) != _family(target.type)
            for (_, kind, *_), target in zip(held, targets, strict=False)
        )
        if wrong and (fault := _parquet_fault(db, copy, targets, file)):
            raise describe(fault, copy)


def _broken_rule(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> Fault | None:
    """The first value that is too long, or NULL where a column refuses it, in the table read_again."""
    for target in targets:
        name = quote_identifier(target.name)
        rules = [(f"{name} IS NULL", "the column can't be NULL")] if target.not_null else []
        if target.type in WHOLE and copy.format in ("text", "csv"):
            wrong = f"NOT regexp_full_match({name}, {WHOLE_NUMBER})"
            rules.append((wrong, _REASON["CAST"].format(type=target.type)))
        if target.length is not None:
            rules.append((f"strlen({name}) > {target.length}", f"is longer than {target.length} bytes"))
        for condition, reason in rules:
            row = db.execute(
                f"SELECT rowid, {name} FROM read_again WHERE {condition} ORDER BY rowid LIMIT 1"
            ).fetchone()
            if row:
                return Fault(file.address, _line(copy, file, int(row[0])), target.name, str(row[1] or ""), reason)
    return None


def _line(copy: Copy, file: LakeFile, record: int) -> int:
    """The line of a record that is counted from 0; blank lines are no records. Of JSON, the object."""
    if copy.format not in ("text", "csv"):
        return record + 1
    reader = gzip.open if "gzip" in copy.options else open
    if "zstd" in copy.options:
        return record + 1 + int(copy.options.get("ignoreheader", 0))
    with reader(file.path, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\x00", quoting=csv.QUOTE_NONE)
        if copy.format == "csv":
            mark = copy.options.get("delimiter", ",").replace("\\t", "\t")
            rows = csv.reader(lines, delimiter=mark, quotechar=copy.options.get("quote", '"'))
        for _ in range(int(copy.options.get("ignoreheader", 0))):
            next(rows)
        begins = rows.line_num + 1
        for row in rows:
            if row and record == 0:
                return begins
            record -= bool(row)
            begins = rows.line_num + 1
    return begins


def _json_fault(db: duckdb.DuckDBPyConnection, copy: Copy, targets: list[Target], file: LakeFile) -> Fault | None:
    paths = json_paths_of(copy, targets)
    if "gzip" not in copy.options and "zstd" not in copy.options and (broken := malformed(file.path, bool(copy.paths))):
        number, source, reason = broken
        return Fault(file.address, number, "", source, reason)
    db.execute(f"CREATE OR REPLACE TEMP TABLE objects AS SELECT json FROM {json_objects(copy, [str(file.path)])}")
    for target, path in zip(targets, paths, strict=True):
        raw = f"json_extract_string(json, {text(path)})"
        cast = json_value(copy, target, path, strict=False).rsplit(" AS ", 1)[0]
        bad = f"TRY({cast}) IS NULL"
        if target.type in WHOLE:
            bad += f" OR NOT regexp_full_match({raw}, {WHOLE_NUMBER})"
        row = db.execute(
            f"SELECT rowid, {raw} FROM objects WHERE {raw} IS NOT NULL AND ({bad}) ORDER BY rowid LIMIT 1"
        ).fetchone()
        if row:
            return Fault(file.address, int(row[0]) + 1, target.name, row[1], _REASON["CAST"].format(type=target.type))
    columns = ", ".join(json_value(copy, t, p, strict=False) for t, p in zip(targets, paths, strict=True))
    db.execute(f"CREATE OR REPLACE TEMP TABLE read_again AS SELECT {columns} FROM objects")
    return _broken_rule(db, copy, targets, file)


def describe(fault: Fault, copy: Copy) -> LoadError:
    """The error that a fault makes of its COPY."""
    unit = {"json": "object", "parquet": "row"}.get(copy.format, "line")
    column = f", column {fault.column}" if fault.column else ""
    where = f"{fault.address}" + (f", {unit} {fault.line}" if fault.line else "") + column
    return LoadError(
        f"COPY {'.'.join(copy.table)}: {where}: {fault.value[:120]!r} {fault.reason}",
        hint="nothing was loaded; correct the file, or load the column as VARCHAR",
    )
