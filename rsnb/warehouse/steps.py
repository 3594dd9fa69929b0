"""The steps of a statement, as Redshift names them, from DuckDB's profile.

A pipeline of DuckDB is a segment, an operator a step. A segment ends with the step that takes all of its rows before
the next one starts: a hash, an aggregate, a sort, what is saved of a common table expression. Segments are numbered in
the order in which DuckDB runs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.plan import table_of

Node = dict[str, Any]


@dataclass(slots=True)
class Step:
    """A step: its name in SYS_QUERY_DETAIL, its rows and bytes, and the microseconds that all threads spent on it.

    input_rows: what it was given; of a scan, the rows before the conditions. ranged: a scan left out blocks by their
    least and greatest values. estimate: the rows that DuckDB expected. detail: the kind of a join or an aggregate.
    """

    name: str
    rows: int | None = None
    bytes: int | None = None
    time: int | None = None
    input_rows: int | None = None
    ranged: bool | None = None
    estimate: int | None = None
    detail: str = ""
    schema: str | None = None
    table: str | None = None


def of(nodes: list[Node], whole: bool, returns: bool) -> list[list[Step]]:
    """The steps of each segment. whole: all rows were fetched; returns: they went to the client."""
    reading = _Reading()
    for node in nodes:
        last = reading.stream(node, not whole)
        reading.close([*last, Step("return")] if returns else last)
    return reading.segments


def with_tables(segments: list[list[Step]], named: Iterable[tuple[str, str]]) -> list[list[Step]]:
    """The segments with a scan of each table that a statement names and that DuckDB had no need to read."""
    named = tuple(named)
    schemas: dict[str, list[str]] = {}
    for schema, name in named:
        schemas.setdefault(name, []).append(schema)
    scanned = [step for steps in segments for step in steps if step.table is not None]
    for step in scanned:
        known = schemas.get(step.table or "", [])
        if len(known) == 1:  # DuckDB has other names for the schemas of temporary tables
            step.schema = known[0]
    read = {(step.schema, step.table) for step in scanned}
    unread = [Step("scan", schema=schema, table=name) for schema, name in named if (schema, name) not in read]
    first, *others = segments or [[]]
    return [[*unread, *first], *others]


class _Reading:
    """Gathers the segments of a tree of operators."""

    def __init__(self) -> None:
        self.segments: list[list[Step]] = []

    def close(self, steps: list[Step]) -> None:
        """End a segment."""
        if steps:
            self.segments.append(steps)

    def stream(self, node: Node, limited: bool) -> list[Step]:
        """The steps of the pipeline that ends with an operator; those before it are closed.

        limited: something above may have stopped it before its last row.
        """
        name, inputs = node["name"], node["children"]
        if node.get("type") == "TABLE_SCAN":
            return _scan(node, limited)
        if name == "CTE" and len(inputs) == 2:
            body, rest = inputs
            self.close([*self.stream(body, False), _step("save", body)])
            return self.stream(rest, limited)
        if len(inputs) == 2 and ("JOIN" in name or name == "CROSS_PRODUCT"):
            return self._join(node, limited)
        for other in inputs[:-1]:
            self.close(self.stream(other, limited))
        if not inputs:
            return []
        (below,) = inputs[-1:]
        if name in _BLOCKING:
            kind = _BLOCKING[name]
            steps = self.stream(below, False)
            if kind == "sort":
                self.close([*steps, _step("sort", below, node)])
                return [_step("limit", node, given=below)] if name == "TOP_N" else []
            distinct = kind == "aggregate" and node["extra_info"].get("Aggregates") == ""
            detail = "PLAIN" if name == "UNGROUPED_AGGREGATE" else "HASHED" if kind in ("aggregate", "unique") else ""
            self.close([*steps, _step("unique" if distinct else kind, node, detail=detail, given=below)])
            return []
        return self._passing(node, self.stream(below, limited or "LIMIT" in name))

    def _passing(self, node: Node, steps: list[Step]) -> list[Step]:
        """The steps with an operator behind them that passes rows on as they come."""
        name = node["name"]
        (below,) = node["children"][-1:]
        if name == "PROJECTION" and not _internal(node):
            merged = bool(steps) and steps[-1].name == "project"
            before = steps.pop() if merged else None
            step = _step("project", node, given=below)
            step.time = (step.time or 0) + ((before.time or 0) if before else 0)
            return [*steps, step]
        if name == "FILTER" and steps:
            steps[-1].rows, steps[-1].bytes = node["intermediate_rows"], node["intermediate_size_bytes"]
        elif name in _WRITING:
            return [*steps, _step(_WRITING[name], below, node)]
        elif "LIMIT" in name:
            return [*steps, _step("limit", node, given=below)]
        elif name == "STREAMING_WINDOW":
            return [*steps, _step("window", node, given=below)]
        return steps

    def _join(self, node: Node, limited: bool) -> list[Step]:
        outer, inner = node["children"]
        info = node["extra_info"]
        if _FILES in str(info.get("Conditions")):  # the rows of external tables with the values of their partitions
            return self.stream(outer, limited)
        hashed = node["name"] == "HASH_JOIN"
        self.close([*self.stream(inner, False), _step("hash" if hashed else "save", inner)])
        step = _step("hashjoin" if hashed else "nestloop", node, detail=str(info.get("Join Type", "")), given=outer)
        return [*self.stream(outer, limited), step]


_FILES = "rsnb_scan_"
_BLOCKING = {
    "HASH_GROUP_BY": "aggregate", "PERFECT_HASH_GROUP_BY": "aggregate", "PARTITIONED_AGGREGATE": "aggregate",
    "UNGROUPED_AGGREGATE": "aggregate", "ORDER_BY": "sort", "TOP_N": "sort", "WINDOW": "window",
}  # fmt: skip
_WRITING = {"INSERT": "insert", "BATCH_INSERT": "insert", "UPDATE": "insert", "DELETE": "delete"}
_INTERNAL = re.compile(r"#\d+|CAST\(#\d+ AS [A-Z]+\)|__internal_\w+\(.*\)")


def _internal(node: Node) -> bool:
    """Whether a projection only packs or unpacks columns for another operator."""
    shown = node["extra_info"].get("Projections", "")
    return all(_INTERNAL.fullmatch(item) for item in (shown if isinstance(shown, list) else [shown]))


def _step(name: str, node: Node, timed: Node | None = None, detail: str = "", given: Node | None = None) -> Step:
    """A step with an operator's rows; timed: the operator that took the time, given: the one that gives to it."""
    estimate = node["extra_info"].get("Estimated Cardinality")
    time = (timed or node).get("timing", 0)
    return Step(
        name, node["intermediate_rows"], node["intermediate_size_bytes"], round(time * 1_000_000),
        given["intermediate_rows"] if given else None, estimate=int(estimate) if estimate else None, detail=detail,
    )  # fmt: skip


def _scan(node: Node, limited: bool) -> list[Step]:
    info = node["extra_info"]
    step = _step("scan", node)
    step.input_rows = node.get("rows_scanned")
    if "Table" not in info:
        step.detail = "external"
        return [step] if {"Filename(s)", "Total Files Read"} & info.keys() else []
    step.schema, step.table = table_of(info)
    if step.schema == SCHEMA:
        return []
    fewer = node.get("row_groups_scanned", 0) < node.get("total_row_groups_to_scan", 0)
    step.ranged = None if limited and fewer else fewer
    return [step]
