"""What Python computes of patterns for DuckDB: texts that DuckDB does not read by them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.warehouse.formats import reading, teradata
from rsnb.warehouse.formats.pattern import Part
from rsnb.warehouse.moments.functions import each

if TYPE_CHECKING:
    import duckdb

MOMENT, NUMBER = "formats_moment", "formats_number"  # the functions' names in DuckDB


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database."""
    from duckdb.func import FunctionNullHandling, PythonUDFType

    options: Any = {"type": PythonUDFType.ARROW, "null_handling": FunctionNullHandling.SPECIAL}
    db.create_function(MOMENT, _moments(), ["VARCHAR", "VARCHAR", "BOOLEAN"], "VARCHAR", **options)
    db.create_function(NUMBER, _numbers(), ["VARCHAR", "VARCHAR", "INTEGER", "INTEGER"], "VARCHAR", **options)


def _moments() -> Callable[..., Any]:
    """Texts by a pattern as timestamps: (texts, pattern, whether it is strict)."""

    def read(texts, patterns, strict):  # type: ignore[no-untyped-def] # DuckDB reads the annotations
        pattern, exact = patterns[0].as_py(), bool(strict[0].as_py())
        return each(texts, lambda text: moment(text, pattern, exact))

    return read


def _numbers() -> Callable[..., Any]:
    """Texts as Teradata writes numbers: (texts, format or empty, precision or 0 for an INTEGER, scale)."""

    def read(texts, formats, precisions, scales):  # type: ignore[no-untyped-def]
        format_, precision, scale = formats[0].as_py(), precisions[0].as_py(), scales[0].as_py()
        return each(texts, lambda text: number(text, format_, precision, scale))

    return read


@lru_cache(maxsize=256)
def _parts(pattern: str) -> list[Part]:
    return reading.prepared(pattern)


def moment(text: str, pattern: str, strict: bool) -> str:
    """A text by a pattern as a timestamp that DuckDB reads; raises SqlError."""
    try:
        return reading.normal(text, _parts(pattern), strict)
    except reading.Unreadable as why:
        raise SqlError(f"{text!r} is not as {pattern!r} says: {why}") from None


def number(text: str, format_: str, precision: int, scale: int) -> str:
    """A number as Teradata writes it, as DuckDB reads it; raises SqlError."""
    try:
        value = teradata.read(text, teradata.phrase(format_) if format_ else None)
        return teradata.fixed(value, precision, scale) if precision else teradata.whole(value)
    except teradata.Unreadable as why:
        raise SqlError(f"{text!r} is no number here: {why}") from None
