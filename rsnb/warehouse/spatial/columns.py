"""DuckDB's columns as arrays of geometries and numbers, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from rsnb.warehouse.spatial.routine import Routine
from rsnb.warehouse.spatial.shapes import MAX_BYTES, Fault, Shape, read, write
from rsnb.warehouse.spatial.signatures import DUCKDB, SPATIAL, Form

MAX_TEXT = 65_535
Array = np.ndarray[Any, Any]

_ARROW = {
    "bool": pa.bool_(),
    "float8": pa.float64(),
    "geography": pa.binary(),
    "geometry": pa.binary(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "super": pa.string(),
    "varbyte": pa.binary(),
    "varchar": pa.string(),
}


_OF_DUCKDB = {DUCKDB[kind]: arrow for kind, arrow in _ARROW.items()}


def nothing(kind: str) -> pa.Array:
    """No results of a DuckDB type."""
    return pa.array([], _OF_DUCKDB[kind])


def apply(form: Form, routine: Routine, columns: Sequence[pa.ChunkedArray]) -> pa.Array:
    """The result of a routine over columns of the same length."""
    plain = [c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for c in columns]
    rows = len(plain[0])
    if routine.nulls == "given":
        return _result(_worked(form, routine, plain, rows), form.returns)
    whole = pc.is_valid(plain[0])
    for column in plain[1:]:
        whole = pc.and_(whole, pc.is_valid(column))
    if pc.all(whole).as_py() is not False:
        return _result(_worked(form, routine, plain, rows), form.returns)
    if routine.nulls == "error":
        raise Fault("takes no NULL")
    kept = [c.filter(whole) for c in plain]
    values = np.full(rows, None, dtype=object)
    if len(kept[0]):
        values[whole.to_numpy(zero_copy_only=False)] = _worked(form, routine, kept, len(kept[0]))
    return _result(values, form.returns)


def _worked(form: Form, routine: Routine, columns: list[pa.Array], rows: int) -> Array:
    if routine.columns:
        return np.asarray(routine.work(*map(_array, columns, form.takes)))
    values = np.full(rows, None, dtype=object)
    for row, arguments in enumerate(zip(*map(_values, columns, form.takes), strict=True)):
        values[row] = routine.work(*arguments)
    return values


def _array(column: pa.Array, kind: str) -> Array:
    """A column for work on whole columns; equal geometries are read once."""
    if kind not in SPATIAL:
        return np.asarray(column.to_numpy(zero_copy_only=False))
    found = column.dictionary_encode()
    geometries = shapely.from_wkb(found.dictionary.to_numpy(zero_copy_only=False))
    return np.asarray(geometries[found.indices.to_numpy()])


def _values(column: pa.Array, kind: str) -> list[Any]:
    """A column for work on one row after another."""
    if kind == "geometries":
        return [None if row is None else [None if g is None else read(g) for g in row] for row in column.to_pylist()]
    if kind not in SPATIAL:
        return list(column.to_pylist())
    found = column.dictionary_encode()
    shapes = [read(g) for g in found.dictionary.to_pylist()]
    return [None if i is None else shapes[i] for i in found.indices.to_pylist()]


def _result(values: Array, kind: str) -> pa.Array:
    if kind in SPATIAL:
        values = _bytes(values)
    if values.dtype != object:
        return pa.array(values, _ARROW[kind])
    found = pa.array(values, _ARROW[kind], from_pandas=False)
    if kind == "varchar" and len(found) and (pc.max(pc.binary_length(found)).as_py() or 0) > MAX_TEXT:
        raise Fault(f"gives a text that is longer than {MAX_TEXT:,} bytes")
    return found


def without(values: Array, missing: Array) -> Array:
    """Values with NULL in some rows."""
    if not missing.any():
        return values
    found = values.astype(object)
    found[missing] = None
    return found


def _bytes(values: Array) -> Array:
    if values.dtype == object and any(isinstance(v, Shape) for v in values):
        out = np.array([write(v) if isinstance(v, Shape) else v for v in values], dtype=object)
    else:
        out = np.asarray(shapely.to_wkb(values, include_srid=True), dtype=object)
    if any(v is not None and len(v) > MAX_BYTES for v in out):
        raise Fault(f"gives a geometry of more than {MAX_BYTES:,} bytes")
    return out
