"""COPY of a CSV file of 1 GB into a warehouse's file, beside DuckDB's own reader into an equal table."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from tests.benchmarks.table import Row

ROUNDS = 3
ROWS = 7_600_000  # a file of 1.0 GB
COLUMNS = {
    "id": "bigint", "customer": "int", "region": "smallint", "price": "decimal(12,2)", "weight": "float8",
    "day": "date", "placed": "timestamp", "name": "varchar(40)", "note": "varchar(100)", "state": "char(6)",
    "paid": "boolean",
}  # fmt: skip
DECLARED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
DATA = f"""select i, (i * 7919) % 1000000, i % 30000, ((i * 37) % 10000000 / 100.0)::decimal(12,2), sin(i) * 1000,
    date '2000-01-01' + (i % 9000)::int, timestamp '2015-01-01' + to_seconds(i), 'customer ' || i % 50000,
    case when i % 4 > 0 then 'a note of some length, number ' || i end,
    case when i % 3 = 0 then 'open' else 'closed' end, case when i % 2 = 0 then 't' else 'f' end
    from range({ROWS}) r(i)"""


def prepare(folder: Path) -> None:
    """The file."""
    import duckdb

    (folder / "lake").mkdir()
    duckdb.execute(f"copy ({DATA}) to '{folder}/lake/orders.csv' (header)")


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the load, and the process's peak of memory in bytes."""
    place = folder / f"{side}.duckdb"
    place.unlink(missing_ok=True)
    seconds = _ours(folder, place) if side == "ours" else _engine(folder, place)
    return {"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def _ours(folder: Path, place: Path) -> float:
    import rsnb

    (folder / "rsnb.toml").write_text(f'[lake]\n"s3://lake" = "{folder}/lake"\n')
    with rsnb.connect(f"embedded://{place}", start=folder) as session:
        session.sql(f"create table orders ({DECLARED})")
        start = time.perf_counter()
        loaded = session.sql("copy orders from 's3://lake/orders.csv' iam_role default csv ignoreheader 1")
        seconds = time.perf_counter() - start
    if loaded.receipt.command != f"COPY {ROWS}":
        raise ValueError(f"it answers {loaded.receipt.command}")
    return seconds


def _engine(folder: Path, place: Path) -> float:
    """DuckDB's own reader, told the columns and their types."""
    import duckdb

    with duckdb.connect(place) as db:
        db.execute(f"create table orders ({DECLARED})")
        kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
        start = time.perf_counter()
        db.execute(f"insert into orders from read_csv('{folder}/lake/orders.csv', columns={{{kinds}}}, header=true)")
        return time.perf_counter() - start


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The time and the memory, of which 1 GB is the most."""
    return [
        Row("COPY of 1 GB of CSV, beside DuckDB's reader", "ms", ours["seconds"] * 1e3, peers["seconds"] * 1e3, 1.3),
        Row("COPY of 1 GB of CSV: peak memory of the process", "MB", ours["peak"] / 1e6, None, 1000),
        Row("the same, DuckDB's reader", "MB", peers["peak"] / 1e6),
    ]
