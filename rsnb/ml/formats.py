"""Examples as CSV, label first and without a header as SageMaker reads it, and as Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rsnb.errors import LoadError, ModelError

if TYPE_CHECKING:
    import pyarrow as pa

File = str | Path | IO[bytes]
LABEL = "label"
ROWS = 1 << 16  # that are converted at a time


def write_csv(file: File, features: NDArray[Any], labels: ArrayLike | None = None) -> int:
    """Write (n, d) features, after the labels (n,) where there are any; returns the rows. Numbers keep every digit."""
    from pyarrow import csv

    schema, batches = _batches(features, labels, None)
    with csv.CSVWriter(_place(file), schema, write_options=csv.WriteOptions(include_header=False)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return len(features)


def read_csv(file: File, *, labels: bool = True) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Features (n, d) and labels (n,) of a CSV file without a header; LoadError for what is not a number."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        table = csv.read_csv(_place(file), csv.ReadOptions(autogenerate_column_names=True))
    except (pa.ArrowInvalid, OSError) as exc:
        raise LoadError(f"{file}: {exc}") from exc
    return _arrays(table, str(file), labels)


def write_parquet(
    file: File, features: NDArray[Any], labels: ArrayLike | None = None, names: Sequence[str] | None = None
) -> int:
    """Write features under their names, after a column `label` where there are labels; returns the rows."""
    from pyarrow import parquet

    schema, batches = _batches(features, labels, names)
    with parquet.ParquetWriter(_place(file), schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return len(features)


def read_parquet(file: File) -> tuple[NDArray[np.float64], NDArray[np.float64] | None, tuple[str, ...]]:
    """Features, labels (None without a column `label`) and the features' names; LoadError for another file."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(_place(file))
    except (pa.ArrowInvalid, OSError) as exc:
        raise LoadError(f"{file}: {exc}") from exc
    labelled = LABEL in table.column_names
    if labelled:
        table = table.select([LABEL, *(n for n in table.column_names if n != LABEL)])
    return *_arrays(table, str(file), labelled), tuple(table.column_names[labelled:])


def _batches(
    features: NDArray[Any], labels: ArrayLike | None, names: Sequence[str] | None
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The schema, and the rows some at a time."""
    import pyarrow as pa

    y = None if labels is None else np.asarray(labels)
    if features.ndim != 2 or (y is not None and y.shape != features.shape[:1]):
        raise ModelError(f"features of the shape {features.shape} and labels of {None if y is None else y.shape}")
    chosen = [f"f{j}" for j in range(features.shape[1])] if names is None else [str(n) for n in names]
    if len(chosen) != features.shape[1] or len({*chosen, LABEL}) != len(chosen) + 1:
        raise ModelError(f"{len(chosen)} names for {features.shape[1]} features, each another one and not {LABEL!r}")
    kinds = [(LABEL, pa.from_numpy_dtype(y.dtype))] if y is not None else []
    schema = pa.schema([*kinds, *((name, pa.from_numpy_dtype(features.dtype)) for name in chosen)])

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(features), ROWS):
            part = slice(start, start + ROWS)
            columns = [features[part, j] for j in range(features.shape[1])]
            arrays = [pa.array(column) for column in ([y[part]] if y is not None else []) + columns]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return schema, batches()


def _arrays(table: pa.Table, file: str, labelled: bool) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    import pyarrow as pa

    values = np.empty((table.num_rows, table.num_columns))
    for j, column in enumerate(table.columns):
        kind = column.type
        if column.null_count or not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            what = f"{column.null_count} values are missing" if column.null_count else f"it holds {kind}"
            raise LoadError(f"{file}: column {j + 1} is not all numbers: {what}")
        values[:, j] = column.to_numpy()
    return (values[:, 1:], values[:, 0]) if labelled else (values, None)


def _place(file: File) -> Any:
    return str(file) if isinstance(file, Path) else file
