"""A result of 1,000,000 rows and 10 mixed columns as a pandas frame, ours with our types."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.table import Row

ROUNDS = 3
FRAMES = 5
SQL = "select * from public.mixed"

TABLE = """create table public.mixed as
    select i::int4 as whole, case when i % 11 > 0 then i * 1000003 end as large, sin(i) as measured,
           case when i % 7 > 0 then (i % 100000) / 100.0 end::decimal(12,2) as price,
           'city ' || i % 5000 as city, case when i % 5 > 0 then 'a longer text, number ' || i end as text,
           case when i % 13 > 0 then timestamp '2024-01-01' + to_seconds(i) end as at,
           date '2020-01-01' + (i % 1800)::int4 as day, case when i % 3 > 0 then i % 2 = 0 end as flag,
           case when i % 2 > 0 then 'code ' || i % 90 end as code
    from range(1000000) r(i)"""


def prepare(folder: Path) -> None:
    """The same table in a file for each side."""
    import duckdb

    with duckdb.connect(folder / "ours.duckdb") as db:
        db.execute("create schema public")
        db.execute(TABLE)
    shutil.copy(folder / "ours.duckdb", folder / "peer.duckdb")


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of a frame, from the statement on, and the process's peak of memory in bytes."""
    frame = _ours(folder) if side == "ours" else _engine(folder)
    times = [_timed(frame) for _ in range(FRAMES)]
    return {"seconds": median(times), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def _ours(folder: Path) -> Callable[[], Any]:
    import rsnb

    session = rsnb.connect(f"embedded://{folder}/ours.duckdb")
    session.sql("set enable_result_cache_for_session to off")
    return lambda: session.sql(SQL).df()


def _engine(folder: Path) -> Callable[[], Any]:
    """DuckDB's own frame, which is what the peer gives."""
    import duckdb

    db = duckdb.connect(folder / "peer.duckdb")
    return lambda: db.execute(SQL).df()


def _timed(frame: Callable[[], Any]) -> float:
    start = time.perf_counter()
    made = frame()
    end = time.perf_counter()
    if made.shape != (1_000_000, 10):
        raise ValueError(f"the frame is {made.shape}")
    return end - start


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The time and the memory."""
    return [
        Row("1,000,000 x 10 to pandas", "ms", ours["seconds"] * 1e3, peers["seconds"] * 1e3, 0.6),
        Row("1,000,000 x 10 to pandas: peak memory of the process", "MB", ours["peak"] / 1e6, peers["peak"] / 1e6),
    ]
