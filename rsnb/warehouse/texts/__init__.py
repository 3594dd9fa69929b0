"""What Python computes of texts and bytes for DuckDB: hashes, regular expressions, sounds, numbers in other bases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.texts.routines import ROUTINES

if TYPE_CHECKING:
    import duckdb

__all__ = ["PREFIX", "register"]

PREFIX = "texts_"  # of every function's name in DuckDB


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database."""
    from duckdb.func import FunctionNullHandling, PythonUDFType

    for name, routine in ROUTINES.items():
        db.create_function(
            PREFIX + name,
            routine.work,
            routine.takes,
            routine.returns,
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
