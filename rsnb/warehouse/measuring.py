"""What DuckDB measured of the statements that read or write rows, kept in the journal."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.records import Profile, now
from rsnb.warehouse.spectrum import record

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_SETTINGS = {"enable_profiling": "'no_output'", "profiling_coverage": "'ALL'"}  # of a session's DuckDB connection


@contextmanager
def measured(session: Connection, outcome: Outcome) -> Iterator[None]:
    """Around the one DuckDB statement that does a statement's work: what it read and gave goes into the journal.

    DuckDB measures from the first statement of a session on that reads a table.
    """
    scans, session.scans = session.scans, []
    statement = session.statement
    concerned = bool(scans or (statement.sources and not statement.watching))
    if concerned and not session.measured:
        for name, value in _SETTINGS.items():
            session.db.execute(f"SET {name} = {value}")
        session.measured = True
    start = now()
    try:
        yield
    except BaseException:
        session.scans = scans  # for `record.failed`
        raise
    if not concerned:
        return
    profile = session.db.get_profiling_information(format="json")
    external = scans[0].table.name if len(scans) == 1 else ""
    if not statement.watching:  # what the views stand on is this warehouse's own
        packed = zlib.compress(profile.encode(), 1)
        session.journal.add(Profile(statement.query, packed, not outcome.cut_off, external))
    if scans:
        record.measured(session, json.loads(profile), scans, start, outcome)


@lru_cache(maxsize=2_000)
def unpacked(packed: bytes) -> tuple[list[dict[str, Any]], int | None]:
    """The operators of a profile, each with its children, and the bytes that they wrote to disk for want of memory.

    There are none where DuckDB answered from what it had counted.
    """
    profile = json.loads(zlib.decompress(packed))
    spilled = profile.get("system", {}).get("total_bytes_spilled")
    return [_complete(node) for node in profile.get("operator", ())], spilled


def _complete(node: dict[str, Any]) -> dict[str, Any]:
    """A node with the entries that DuckDB leaves out where they are empty."""
    children = [_complete(child) for child in node.get("children", ())]
    return {**node, "name": node["name"].strip(), "extra_info": node.get("extra_info") or {}, "children": children}
