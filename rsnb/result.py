"""What a statement returns: an Arrow table and a receipt; the frame is made once, when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rsnb import preview
from rsnb.errors import MissingExtra, RsnbError

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    import polars as pl
    import pyarrow as pa


@dataclass(frozen=True)
class Served:
    """What the warehouse's own log says of a run: its name there, times in seconds, whether its cache answered.

    source_query: the query whose result the cache gave again, where that is known.
    """

    query_id: str
    queued: float = 0.0
    compiled: float = 0.0
    ran: float = 0.0
    cached: bool = False
    returned_bytes: int = 0
    source_query: str = ""

    def __str__(self) -> str:
        if self.cached:
            return "from the result cache" + (f" (query {self.source_query})" if self.source_query else "")
        times = {"queued": self.queued, "compiled": self.compiled, "ran": self.ran}
        return ", ".join(f"{what} {seconds:.1f} s" for what, seconds in times.items() if seconds >= 0.05)


@dataclass(frozen=True)
class Receipt:
    """What is known of a run: times in seconds, sizes in bytes; None where the engine can't tell."""

    query_id: int
    sql: str
    connection: str = ""
    command: str = ""
    seconds: float = 0.0
    rows: int = 0
    bytes: int = 0
    cut_off: bool = False
    s3_files: int | None = None
    s3_bytes: int | None = None
    notes: tuple[str, ...] = ()
    statement_id: str = ""
    served: Served | None = None

    def __str__(self) -> str:
        parts = [_count(self.rows, "row") + (" (cut off at max_rows)" if self.cut_off else "")]
        if self.command and self.command != "SELECT":
            parts = [self.command]
        parts.append(f"{self.seconds:.2f} s")
        if self.served is not None and str(self.served):
            parts.append(str(self.served))
        if self.s3_files is not None:
            parts.append(f"{_count(self.s3_files, 'lake file')}, {(self.s3_bytes or 0) / 1e6:,.1f} MB")
        parts.append(f"query {self.query_id}")
        return " · ".join([*parts, f"statement {self.statement_id}"] if self.statement_id else parts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@dataclass(frozen=True)
class Result:
    """The rows of a statement as an Arrow table, its columns' Redshift types, and the receipt."""

    table: pa.Table
    types: Mapping[str, str] = field(default_factory=dict)
    receipt: Receipt = field(default_factory=lambda: Receipt(0, ""))

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def columns(self) -> list[str]:
        """The column names, in order."""
        return list(self.table.column_names)

    def repeated(self) -> str | None:
        """The first column name that several columns have."""
        return next((name for name in self.columns if self.columns.count(name) > 1), None)

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        return self.table

    def df(self) -> pd.DataFrame:
        """The rows as a pandas frame, with the types that the README's table states; always the same object."""
        return self._frame

    def polars(self) -> pl.DataFrame:
        """The rows as a polars frame; raises MissingExtra without polars, RsnbError for repeated column names."""
        try:
            import polars
        except ModuleNotFoundError as exc:
            raise MissingExtra("polars makes the frame, and is not installed", hint="pip install polars") from exc
        if repeated := self.repeated():
            raise RsnbError(
                f"polars can't hold several columns named {repeated}", hint=f"give one an alias: {repeated} as ..."
            )
        frame: pl.DataFrame = polars.from_arrow(self.table)  # type: ignore[assignment]
        return frame

    def scalar(self) -> Any:
        """The only value of a result of one row and one column."""
        if self.table.shape != (1, 1):
            shape = f"{_count(len(self), 'row')} of {_count(len(self.columns), 'column')}"
            raise RsnbError(f"a scalar is one row of one column; this result has {shape}")
        return self.table.column(0)[0].as_py()

    def chart(self, kind: str | None = None, **options: Any) -> go.Figure:
        """A plotly figure of the rows; see rsnb.charts.draw for kinds and options."""
        from rsnb.charts import draw

        return draw(self.df(), kind, **options)

    def _repr_html_(self) -> str:
        return preview.html(self.table)

    @cached_property
    def _frame(self) -> pd.DataFrame:
        return frame_of(self.table)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a pandas frame by the type contract; repeated column names are kept."""
    import pandas as pd
    import pyarrow as pa

    nullable = {
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }

    def dtype(kind: pa.DataType) -> Any:
        if pa.types.is_decimal(kind) or pa.types.is_time(kind) or pa.types.is_binary(kind):
            return pd.ArrowDtype(kind)
        return nullable.get(kind)

    names = table.column_names
    repeated = len(set(names)) < len(names)
    numbered = [str(i) for i in range(len(names))] if repeated else names
    readable = pa.table([_dates_as_timestamps(c) for c in table.columns], names=numbered)
    frame: pd.DataFrame = readable.to_pandas(types_mapper=dtype, use_threads=table.num_rows > 10_000)
    if repeated:
        frame.columns = pd.Index(names)
    return frame


def _dates_as_timestamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    if pa.types.is_date32(column.type):
        return column.cast(pa.timestamp("s"))
    return column.cast(pa.string()) if pa.types.is_null(column.type) else column
