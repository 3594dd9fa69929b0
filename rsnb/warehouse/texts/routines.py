"""The functions of texts and bytes that Python computes: their DuckDB types and what computes them.

A function sees each distinct row of its arguments once; it is NULL where an argument is NULL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rsnb.warehouse.signature import with_arguments
from rsnb.warehouse.texts import (
    digests,
    farm,
    json_arrays,
    json_numbers,
    json_texts,
    murmur,
    numerals,
    patterns,
    sounds,
)
from rsnb.warehouse.texts.crc import crc32c
from rsnb.warehouse.texts.fnv import hashed


class Routine(NamedTuple):
    """What computes a function over Arrow columns, and its DuckDB types."""

    takes: list[Any]
    returns: str
    work: Callable[..., Any]


def _each(takes: str, returns: str, work: Callable[..., Any]) -> Routine:
    """A routine that computes row by row, once for equal rows."""
    kinds: list[Any] = takes.split()

    def run(*columns: Any) -> Any:
        import pyarrow as pa

        known: dict[tuple[Any, ...], Any] = {}
        results = []
        for row in zip(*(column.to_pylist() for column in columns), strict=True):
            if row not in known:
                known[row] = None if None in row else work(*row)
            results.append(known[row])
        return pa.array(results, getattr(pa, _ARROW[returns])())

    return Routine(kinds, returns, with_arguments(run, len(kinds)))


_ARROW = {"BIGINT": "int64", "BOOLEAN": "bool_", "INTEGER": "int32", "VARCHAR": "string"}

ROUTINES = {
    "array_distinct": _each("VARCHAR", "VARCHAR", json_arrays.distinct),
    "array_except": _each("VARCHAR VARCHAR BOOLEAN", "VARCHAR", json_arrays.difference),
    "array_intersection": _each("VARCHAR VARCHAR BOOLEAN", "VARCHAR", json_arrays.intersection),
    "array_overlap": _each("VARCHAR VARCHAR", "BOOLEAN", json_arrays.overlap),
    "array_positions": _each("VARCHAR VARCHAR BOOLEAN", "VARCHAR", json_arrays.positions),
    "array_sort": _each("VARCHAR BOOLEAN BOOLEAN", "VARCHAR", json_arrays.ordered),
    "array_union": _each("VARCHAR VARCHAR", "VARCHAR", json_arrays.union),
    "attributes_renamed": _each("VARCHAR VARCHAR", "VARCHAR", json_arrays.renamed),
    "canonical": _each("VARCHAR", "VARCHAR", json_texts.canonical),
    "crc32": _each("BLOB", "VARCHAR", crc32c),
    "difference": _each("VARCHAR VARCHAR", "INTEGER", sounds.difference),
    "farm": _each("BLOB", "BIGINT", farm.fingerprint),
    "flatten": _each("VARCHAR", "VARCHAR", json_texts.flattened),
    "fnv": Routine(["BLOB", "BIGINT"], "BIGINT", with_arguments(hashed, 2)),
    "json_written": _each("VARCHAR VARCHAR", "VARCHAR", json_texts.written_at),
    "last_repeated": _each("VARCHAR", "VARCHAR", json_texts.last_repeated),
    "regexp_count": _each("VARCHAR VARCHAR INTEGER VARCHAR", "INTEGER", patterns.count),
    "regexp_instr": _each("VARCHAR VARCHAR INTEGER INTEGER INTEGER VARCHAR", "INTEGER", patterns.place),
    "regexp_like": _each("VARCHAR VARCHAR VARCHAR", "BOOLEAN", patterns.like),
    "regexp_replace": _each("VARCHAR VARCHAR VARCHAR INTEGER VARCHAR", "VARCHAR", patterns.replaced),
    "regexp_substr": _each("VARCHAR VARCHAR INTEGER INTEGER VARCHAR", "VARCHAR", patterns.part),
    "repeats": _each("VARCHAR", "BOOLEAN", json_texts.repeats),
    **{
        f"sketch_of_{kind.lower()}": Routine([kind], "UINTEGER", with_arguments(murmur.entries, 1))
        for kind in ("BIGINT", "BLOB", "INTEGER")
    },
    "sha2": _each("BLOB INTEGER", "VARCHAR", digests.sha2),
    "super_calculated": _each("VARCHAR VARCHAR VARCHAR", "VARCHAR", json_numbers.calculated),
    "super_rounded": _each("VARCHAR VARCHAR", "VARCHAR", json_numbers.rounded),
    "soundex": _each("VARCHAR", "VARCHAR", sounds.soundex),
    "strtol": _each("VARCHAR INTEGER", "BIGINT", numerals.strtol),
}
