"""What statements really read of external tables: measured by DuckDB, kept in the journal and in the receipt.

Source: Redshift Developer Guide, SVL_S3QUERY_SUMMARY, SVL_S3PARTITION, SYS_EXTERNAL_QUERY_DETAIL, SVL_S3LOG.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rsnb.errors import LoadError, RsnbError
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.records import ExternalFault, ExternalScan, ListedPrefix
from rsnb.warehouse.spectrum import copies
from rsnb.warehouse.spectrum.scan import Scan

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_FORMATS = {"avro": "Avro", "csv": "CSV", "json": "JSON", "orc": "ORC", "parquet": "Parquet", "regex": "Text",
            "text": "Text"}  # fmt: skip
_COLUMNAR = ("ORC", "Parquet")
Node = dict[str, Any]
SCAN_ERROR = 15001  # Redshift's number for an error of a Spectrum scan


@dataclass
class Measure:
    """What a table function read and gave: files, bytes and rows; None where DuckDB does not say."""

    files: int
    bytes: int
    rows: int | None
    returned: int | None
    returned_bytes: int | None


def measured(session: Connection, profile: Node, scans: list[Scan], start: int, outcome: Outcome) -> None:
    """Record what a statement's scans read; profile: DuckDB's of the one statement that read them."""
    functions = [node for root in profile.get("operator", []) for node in _functions(root, [])]
    for scan in scans:
        read = _measure(scan, functions)
        if "operator" not in profile:  # the files' own counts of rows were the answer
            read = Measure(sum(len(group.paths) for group in scan.groups), 0, None, None, None)
        _record(session, scan, read, start, outcome)


def _functions(node: Node, above: list[Node]) -> Iterator[tuple[Node, list[Node]]]:
    """The table functions of a plan, each with the nodes above it, the next one last."""
    if node.get("type") == "TABLE_SCAN":
        yield node, above
    for child in node.get("children", []):
        yield from _functions(child, [*above, node])


def _given(node: Node, above: list[Node], mark: str) -> Node:
    """The node whose rows are those that a scan gives to the rest of the statement, after its conditions."""
    for step in reversed(above):
        of_scan = step.get("type") == "HASH_JOIN" and mark in str(step["extra_info"].get("Conditions"))
        if not of_scan and step.get("type") not in ("FILTER", "PROJECTION"):
            break
        node = step
    return node


def _measure(scan: Scan, functions: list[tuple[Node, list[Node]]]) -> Measure:
    """What DuckDB read for a scan: the functions over its files, found by the name of their file column or a file."""
    found = Measure(0, 0, 0, 0, 0)
    for group in scan.groups:
        at = next((i for i, (node, _) in enumerate(functions) if _is_of(node, scan, group.paths)), None)
        if at is None:
            continue
        node, above = functions.pop(at)
        given = _given(node, above, scan.mark)
        info = node["extra_info"]
        found.files += int(info.get("Total Files Read", len(group.paths)))
        found.bytes += int(node.get("bytes_scanned", 0))
        found.rows = (found.rows or 0) + int(node["rows_scanned"])
        found.returned = (found.returned or 0) + int(given["intermediate_rows"])
        found.returned_bytes = (found.returned_bytes or 0) + int(given["intermediate_size_bytes"])
    return found


def _is_of(node: Node, scan: Scan, paths: list[str]) -> bool:
    info = node.get("extra_info", {})
    files = info.get("Filename(s)", "")
    return files.startswith(paths[0]) or (scan.mark in info.get("Projections", ()) and paths[0] in files)


def _record(session: Connection, scan: Scan, read: Measure, start: int, outcome: Outcome) -> None:
    table = scan.table
    files = [item.file for group in scan.groups for item in group.data]
    sizes = [file.size for file in files]
    form = _FORMATS[table.reader]
    if read.files and (form not in _COLUMNAR or table.reader == "orc"):  # a file of rows is read as a whole
        read.bytes = sum(sizes)
    read.bytes = min(read.bytes, sum(sizes))
    query = session.statement.query
    biggest = max(sizes, default=0)
    session.journal.add(
        ExternalScan(
            query, table.schema, table.name, table.location, form, read.files, read.bytes, read.rows, read.returned,
            read.returned_bytes, bool(table.keys), table.nested, scan.partitions, scan.qualified, biggest, scan.listed,
            start,
        )
    )  # fmt: skip
    place = urlsplit(table.location)
    session.journal.add(
        ListedPrefix(query, place.netloc, place.path.lstrip("/"), len(files), biggest, sum(sizes), scan.listed, start)
    )
    outcome.s3_files = (outcome.s3_files or 0) + read.files
    outcome.s3_bytes = (outcome.s3_bytes or 0) + read.bytes
    outcome.notes += scan.notes


def finish(session: Connection, outcome: Outcome) -> None:
    """Record what a statement was to read and that was not measured: all of it."""
    scans, session.scans = session.scans, []
    for scan in scans:
        sizes = [item.file.size for group in scan.groups for item in group.data]
        _record(session, scan, Measure(len(sizes), sum(sizes), None, None, None), session.statement.start, outcome)


def failed(session: Connection, error: BaseException) -> None:
    """Note a fault of an external table's file that ended the statement; its message names the file in the lake."""
    scans, session.scans = session.scans, []
    if not scans or not isinstance(error, RsnbError):
        return
    error.message = copies.named(error.message)
    if not isinstance(error, LoadError):
        return
    table = next((s for s in scans if _has(s, error.message)), scans[0]).table
    reason = f"Spectrum Scan Error. {error.message}"
    session.journal.add(
        ExternalFault(session.statement.query, table.schema, table.name, table.location, 0, "", "", SCAN_ERROR, reason)
    )


def _has(scan: Scan, message: str) -> bool:
    return any(str(item.file.path) in message for group in scan.groups for item in group.data)
