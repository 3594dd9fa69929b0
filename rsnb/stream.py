"""Rows in batches as they come: what is read is gone, so that a result of any size takes little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Do = Callable[[Callable[[], Any]], Any]  # does work of the session, where an interrupt cancels it


class Stream:
    """A statement's rows, batch after batch, once. Use it as a context manager: leaving it early stops the statement.

    schema: the columns, as Arrow. rows: how many were given so far.
    """

    def __init__(self, do: Do, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self.schema = schema
        self.rows = 0
        self._do = do
        self._batches = batches
        self._over = False

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self.batches()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches that are still to come."""
        while not self._over:
            batch = self._do(lambda: next(self._batches, None))
            if batch is None:
                self._over = True
                return
            self.rows += batch.num_rows
            yield batch

    def reader(self) -> pa.RecordBatchReader:
        """The same for libraries that read Arrow streams: DuckDB, Parquet writers, polars."""
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self.schema, self.batches())

    def close(self) -> None:
        """Stop the statement where it is not at its end; the session is free again."""
        self._over = True
        end = getattr(self._batches, "close", None)
        if end is not None:
            self._do(end)
