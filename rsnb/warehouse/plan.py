"""DuckDB's plan of a statement as Redshift prints plans.

The steps and their order are DuckDB's, which runs the statement; there is one node, so that nothing is distributed.
The rows are DuckDB's estimates. A step's cost counts the rows that pass it and the steps below it, a hundredth each,
as Redshift counts those of a scan; the first number is what must be done before the step's first row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rsnb.types import Type

NOTE = "----- rows are DuckDB's estimates, a cost is a hundredth of the rows on the way; one node runs it all -----"


@dataclass
class Step:
    """A step of a plan: its name as Redshift's, what it says of itself, the steps that feed it.

    blocking: its first row comes after the last one of those below.
    """

    name: str
    rows: int
    width: int
    details: list[str] = field(default_factory=list)
    inputs: list[Step] = field(default_factory=list)
    blocking: bool = False

    @property
    def total(self) -> float:
        """The cost until its last row."""
        return sum(step.total for step in self.inputs) + self.rows / 100

    @property
    def start(self) -> float:
        """The cost until its first row."""
        return (
            sum(step.total for step in self.inputs) if self.blocking else max((s.start for s in self.inputs), default=0)
        )

    def line(self, depth: int = 0) -> str:
        """The step as its line of the plan, indented."""
        start = " " * (6 * depth - 4) + "->  " if depth else ""
        return f"{start}{self.name}  (cost={self.start:.2f}..{self.total:.2f} rows={self.rows} width={self.width})"

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The step's lines and those of the steps below, indented."""
        yield self.line(depth)
        for detail in self.details:
            yield " " * (6 * depth + 2) + detail
        for step in self.inputs:
            yield from step.lines(depth + 1)

    def numbered(self, parent: int = 0, first: int = 1) -> Iterator[tuple[int, int, Step]]:
        """(number, its parent's, step) of the step and those below."""
        yield first, parent, self
        following = first + 1
        for step in self.inputs:
            for number, above, below in step.numbered(first, following):
                yield number, above, below
                following = number + 1

    def written(self) -> Iterator[tuple[int, int, str, str]]:
        """(number, its parent's, line, details) of the step and those below: the rows of STL_EXPLAIN."""
        depths = {0: -1}
        for number, parent, step in self.numbered():
            depth = depths[number] = depths[parent] + 1
            yield number, parent, step.line(depth), "; ".join(step.details)


Columns = Callable[[str, str], dict[str, Type]]
Node = dict[str, Any]


def of(nodes: list[Node], columns: Columns, external: str = "") -> Step:
    """The plan of DuckDB's EXPLAIN in JSON. columns: those of a local table. external: the one external table read."""
    return _Reading(columns, external).step(nodes[0])


class _Reading:
    """Turns DuckDB's nodes into steps; those that only move columns are left out."""

    def __init__(self, columns: Columns, external: str) -> None:
        self._columns = columns
        self._external = external

    def step(self, node: Node) -> Step:
        """The step that a node is."""
        inputs = [self.step(child) for child in node["children"]]
        name, info = node["name"].strip(), node["extra_info"]
        if name in _PASSED and len(inputs) == 1:
            return inputs[0]
        rows = int(info.get("Estimated Cardinality") or sum(step.rows for step in inputs) or 1)
        for kinds, build in self._BUILDS:
            if name in kinds or (kinds == ("JOIN",) and "JOIN" in name):
                return build(self, name, info, rows, inputs)
        width = sum(step.width for step in inputs)
        return Step(f"XN {name.replace('_', ' ').title()}", rows, width, [], inputs)

    def _scan(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        filters = [f for f in _listed(info.get("Filters")) if "Dynamic Filter" not in f]  # set as the query runs
        details = [f"Filter: {' AND '.join(filters)}"] if filters else []
        if "Table" not in info:
            shown = f"XN S3 Query Scan {self._external}".rstrip()
            return Step(shown, rows, 0, details)
        schema, table = table_of(info)
        known = self._columns(schema, table)
        width = sum(_width(known[c]) for c in _listed(info.get("Projections")) if c in known)
        return Step(f"XN Seq Scan on {table}", rows, width, details)

    def _join(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        kind = _JOINS.get(str(info.get("Join Type", "INNER")).split("_")[-1], "")
        conditions = [_condition(c) for c in _listed(info.get("Conditions"))]
        width = sum(step.width for step in inputs)
        if name in ("HASH_JOIN", "RIGHT_DELIM_JOIN", "LEFT_DELIM_JOIN") and len(inputs) == 2:
            outer, inner = inputs
            hashed = Step("XN Hash", inner.rows, inner.width, [], [inner], blocking=True)
            details = [f"Hash Cond: {' AND '.join(conditions)}"] if conditions else []
            return Step(f"XN Hash {kind}Join DS_DIST_NONE", rows, width, details, [outer, hashed])
        details = [f"Join Filter: {' AND '.join(conditions)}"] if conditions else []
        return Step(f"XN Nested Loop {kind}Join DS_DIST_NONE", rows, width, details, inputs)

    def _aggregate(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        made = len(_listed(info.get("Groups"))) + len(_listed(info.get("Aggregates")))
        shown = "XN Aggregate" if name == "UNGROUPED_AGGREGATE" else "XN HashAggregate"
        return Step(shown, rows, 8 * made, [], inputs, blocking=True)

    def _sort(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        below = sum(step.rows for step in inputs)
        width = sum(step.width for step in inputs)
        keys = [re.sub(r" (ASC|NULLS (FIRST|LAST))", "", key) for key in _listed(info.get("Order By"))]
        sort = Step("XN Sort", below or rows, width, [f"Sort Key: {', '.join(keys)}"], inputs, blocking=True)
        return sort if name == "ORDER_BY" else Step("XN Limit", rows, width, [], [sort])

    def _limit(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        limit = str(info.get("Limit", ""))
        below = sum(step.rows for step in inputs)
        kept = min(int(limit), below) if limit.isdigit() else rows
        return Step("XN Limit", kept, sum(step.width for step in inputs), [], inputs)

    def _window(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        over = re.search(r"OVER \((?:PARTITION BY (.*?))? ?(?:ORDER BY (.*?))?\)?$", str(info.get("Projections", "")))
        parts = zip(("Partition: ", "Order: "), over.groups() if over else (), strict=False)
        details = [label + re.sub(r" (ASC|NULLS (FIRST|LAST))", "", found) for label, found in parts if found]
        return Step("XN Window", rows, sum(step.width for step in inputs) + 8, details, inputs)

    def _filter(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        (below,) = inputs
        below.details.append(f"Filter: {info.get('Expression', '')}")
        below.rows = rows
        return below

    def _append(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        return Step("XN Append", rows, max(step.width for step in inputs), [], inputs)

    def _result(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        return Step("XN Result", rows if name == "DUMMY_SCAN" else 0, 0, [], inputs)

    def _function(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        return Step("XN Function Scan", rows, 0)

    def _shared(self, name: str, info: Node, rows: int, inputs: list[Step]) -> Step:
        return Step("XN Subquery Scan", rows, sum(step.width for step in inputs[-1:]), [], inputs)

    _BUILDS: tuple[tuple[tuple[str, ...], Callable[..., Step]], ...] = (
        (("SEQ_SCAN", "TABLE_SCAN", "READ_CSV", "READ_CSV_AUTO", "READ_PARQUET", "PARQUET_SCAN", "READ_JSON"), _scan),
        (("JOIN",), _join),
        (("CROSS_PRODUCT",), _join),
        (("HASH_GROUP_BY", "PERFECT_HASH_GROUP_BY", "PARTITIONED_AGGREGATE", "UNGROUPED_AGGREGATE"), _aggregate),
        (("ORDER_BY", "TOP_N"), _sort),
        (("LIMIT", "LIMIT_PERCENT", "STREAMING_LIMIT"), _limit),
        (("WINDOW", "STREAMING_WINDOW"), _window),
        (("FILTER",), _filter),
        (("UNION",), _append),
        (("DUMMY_SCAN", "EMPTY_RESULT"), _result),
        (("ARROW_SCAN", "COLUMN_DATA_SCAN", "PYTHON_ARROW_SCAN"), _function),
        (("CTE", "CTE_SCAN", "RECURSIVE_CTE", "REC_CTE_SCAN", "DELIM_SCAN"), _shared),
    )


_PASSED = {"PROJECTION", "INSERT", "BATCH_INSERT", "UPDATE", "DELETE", "RESULT_COLLECTOR", "MATERIALIZED_COLLECTOR"}
_JOINS = {"LEFT": "Left ", "RIGHT": "Right ", "OUTER": "Full ", "FULL": "Full ", "SEMI": "IN ", "ANTI": "NOT IN "}
_SIZES = {"bool": 1, "int2": 2, "int4": 4, "float4": 4, "date": 4, "numeric": 8}


def _width(kind: Type) -> int:
    """A column's bytes; of a text, its longest."""
    return kind.args[0] if kind.short in ("bpchar", "varchar", "varbyte") and kind.args else _SIZES.get(kind.short, 8)


def _listed(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []


def _parts(name: str) -> list[str]:
    """`memory.main."event"` by its dots, without quotes."""
    return [(quoted or plain).replace('""', '"') for quoted, plain in re.findall(r'"((?:[^"]|"")*)"|([^."]+)', name)]


def table_of(info: Node) -> tuple[str, str]:
    """Schema and name of the local table that a node reads."""
    schema, table = _parts(info["Table"])[-2:]
    return schema, table


def _condition(text: str) -> str:
    """`("outer".a = "inner".b)` of a comparison of two columns."""
    match = re.fullmatch(r"(\w+) (=|<|>|<=|>=|!=|<>) (\w+)", text)
    return f'("outer".{match[1]} {match[2]} "inner".{match[3]})' if match else f"({text})"
