"""How far a statement is, and how it went, from the server's own views; silent where these can't be read.

Source: Redshift Developer Guide, SYS_QUERY_HISTORY, SYS_QUERY_DETAIL, SYS_EXTERNAL_QUERY_DETAIL. Their times are
in microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from rsnb.engines.wire.link import ServerError
from rsnb.engines.wire.side import Side
from rsnb.errors import RsnbError
from rsnb.result import Served

_RUNNING = """
    select query_id, trim(status), trim(service_class_name), compile_time, queue_time, returned_rows
    from sys_query_history
    where session_id = {pid} and trim(status) in ('planning', 'queued', 'running', 'returning')
    order by start_time desc limit 1"""
_STEPS = """
    select count(*), sum(case when is_active = 't' or end_time is not null then 1 else 0 end)
    from sys_query_detail where query_id = {query} and step_id >= 0"""
_ENDED = """
    select query_id, elapsed_time, queue_time, compile_time, execution_time, result_cache_hit, returned_bytes
    from sys_query_history
    where session_id = {pid} and trim(status) not in ('planning', 'queued', 'running', 'returning')
    order by start_time desc limit 1"""
_LAKE = "select sum(scanned_files), sum(returned_bytes) from sys_external_query_detail where query_id = {query}"


@dataclass
class Views:
    """The views, asked in the session beside the one that runs statements. readable: until one was refused."""

    side: Side
    readable: bool = True

    def line(self, pid: int) -> str:
        """What the session's statement is doing now; nothing where it can't be known."""
        found = self._ask(_RUNNING.format(pid=pid))
        if not found:
            return ""
        query, status, queue, compiled, queued, rows = found
        if status == "queued":
            return f"queued{f' in {queue}' if queue else ''}: {_seconds(queued):.0f} s so far"
        if status == "returning":
            return f"returning rows{f': {int(rows):,} so far' if rows and rows != '0' else ''}"
        if status == "planning":
            return f"compiling: {_seconds(compiled):.0f} s so far" if _seconds(compiled) else "planning"
        return self._step(query)

    def served(self, pid: int, seconds: float) -> Served | None:
        """How the session's last statement went, which took so long here; None where it can't be known."""
        found = self._ask(_ENDED.format(pid=pid))
        if not found or _seconds(found[1]) < seconds / 2:  # the log is not there yet: that is an earlier statement
            return None
        query, _, queued, compiled, ran, cached, size = found
        return Served(
            query_id=query or "0",
            queued=_seconds(queued),
            compiled=_seconds(compiled),
            ran=_seconds(ran),
            cached=cached in ("t", "true", "1"),
            returned_bytes=int(size or 0),
        )

    def lake(self, query: int) -> tuple[int, int] | None:
        """Files and bytes that a query read of S3; None where it read none, or it can't be known."""
        found = self._ask(_LAKE.format(query=query))
        return (int(found[0]), int(found[1] or 0)) if found and found[0] is not None else None

    def _step(self, query: str | None) -> str:
        found = self._ask(_STEPS.format(query=int(query))) if query else None
        if not found or not found[1]:
            return "running"
        return f"running step {found[1]} of {found[0]}"

    def _ask(self, sql: str) -> tuple[str | None, ...] | None:
        """The one row; None where there is none, and from a refusal on."""
        if not self.readable:
            return None
        try:
            rows = self.side.ask(sql)
        except (RsnbError, ServerError):
            self.readable = False
            return None
        return rows[0] if rows else None


def _seconds(microseconds: str | None) -> float:
    return int(microseconds or 0) / 1e6
