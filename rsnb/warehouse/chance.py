"""RANDOM after SET SEED: the sequence that the guide prints for a seed of .25.

That is the one of the C function `random` of glibc (an additive feedback generator of 31 numbers, seeded with the
seed times 2**31 - 1). Source: Redshift Developer Guide, SET; the glibc manual, "BSD random".
Without a seed, DuckDB's own numbers are given.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from rsnb.warehouse.signature import with_arguments

if TYPE_CHECKING:
    import duckdb

FUNCTION = "chance_next"  # the name in DuckDB
VARIABLE = "rsnb_seed"  # DuckDB's variable of a session that has the number of its sequence
_LARGEST = 2**31 - 1
_sequences: dict[int, Iterator[float]] = {}
_numbers = count(1)
_lock = threading.Lock()


def sequence(seed: float) -> Iterator[float]:
    """The numbers from 0 up to 1 that follow a seed from 0 to 1."""
    state = [int(seed * _LARGEST) or 1]
    for _ in range(30):
        state.append(16807 * state[-1] % _LARGEST)
    state += state[:3]
    produced = 0
    while True:
        state.append((state[-31] + state[-3]) % 2**32)
        produced += 1
        if produced > 310:
            yield (state[-1] >> 1) / 2**31
        if len(state) > 10_000:
            del state[:-31]


def seed(db: duckdb.DuckDBPyConnection, value: float, before: int) -> int:
    """Begin a session's sequence anew; its number. before: the number of the one that it ends, 0 for none."""
    forget(before)
    number = next(_numbers)
    _sequences[number] = sequence(value)
    db.execute(f"SET VARIABLE {VARIABLE} = ?", [number])
    return number


def forget(number: int) -> None:
    """A sequence is needed no more."""
    _sequences.pop(number, None)


def register(db: duckdb.DuckDBPyConnection) -> None:
    """Make the function known to a database."""
    from duckdb.func import PythonUDFType

    db.create_function(
        FUNCTION, with_arguments(_following, 2), ["DOUBLE", "BIGINT"], "DOUBLE",
        type=PythonUDFType.ARROW, side_effects=True,
    )  # fmt: skip


def _following(*columns: Any) -> Any:
    """The next numbers of a sequence, as many as there are rows; the first column is there for its length alone."""
    import pyarrow as pa

    rows, number = columns
    with _lock:
        return pa.array(list(islice(_sequences[number[0].as_py()], len(rows))), pa.float64())
