"""SHOW statements whose answer is rows of the catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection

SHOWS: dict[str, Callable[[Connection, Reader], pa.Table]] = {}


def show(session: Connection, what: str, read: Reader) -> Outcome:
    """Run the SHOW statement that begins with these words; what follows them is still to be read."""
    return Outcome("SHOW", SHOWS[what](session, read))


def table(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> pa.Table:
    """Rows of texts."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(names))
