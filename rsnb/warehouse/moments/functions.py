"""What Python computes of dates and times for DuckDB: texts in spellings that DuckDB does not read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.warehouse.moments import spellings

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

NAME = "moments_text"  # of the function in DuckDB


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database."""
    from duckdb.func import FunctionNullHandling, PythonUDFType

    db.create_function(
        NAME,
        _caller(),
        ["VARCHAR", "VARCHAR", "VARCHAR", "BOOLEAN"],
        "VARCHAR",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )


def _caller() -> Callable[..., Any]:
    """Texts in any spelling, as DuckDB reads them: (texts, kind, order, whether another text is NULL, not an error)."""

    def read(texts, kinds, orders, tried):  # type: ignore[no-untyped-def] # DuckDB reads the annotations
        kind, order, lenient = kinds[0].as_py(), orders[0].as_py(), tried[0].as_py()
        return each(texts, lambda text: _normal(text, kind, order, lenient))

    return read


def _normal(text: str, kind: str, order: str, tried: bool) -> str | None:
    try:
        return spellings.normal(text, kind, order)
    except spellings.Unreadable as why:
        if tried:
            return None
        raise SqlError(f"{text!r} is not valid for the type {kind.upper()}: {why}") from None


def each(texts: pa.ChunkedArray, work: Callable[[str], object], kind: pa.DataType | None = None) -> pa.Array:
    """The work's result for each text, done once for equal ones; NULL for NULL."""
    import pyarrow as pa

    found = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    known = found.dictionary_encode()
    results = pa.array([work(text) for text in known.dictionary.to_pylist()], kind or pa.string())
    return results.take(known.indices)
