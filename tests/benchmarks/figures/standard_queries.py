"""TPC-H at scale 1 and the 99 queries of TPC-DS, read as Redshift SQL: the rows and the time of DuckDB alone."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from statistics import median

import duckdb

from tests.benchmarks import comparison, data
from tests.benchmarks.table import Row

ROUNDS = 1
TIMEOUT = 1200  # seconds: making the data takes most of it
RUNS = 3  # of each query; the fastest counts
# AVG of integers and quotients of decimals are cut off in Redshift before other conditions look at them: to compare
# the rows of these, their arguments are floats.
AS_FLOATS = {
    "22": (r"avg\((\w+)\)", r"avg(\1::float8)"),
    "39": (r"avg\((\w+)\)", r"avg(\1::float8)"),
    "66": (r"sum\((\w+)/", r"sum(\1::float8/"),
}


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the 22 queries; for ours also what differs, and the seconds of a translation."""
    place = data.make(Path(__file__).resolve().parents[3])
    if side == "ours":
        return ours(place)
    db = native(place, "tpch")
    texts = data.queries(place, "tpch").values()
    return {"tpch": sum(fastest(partial(arrow, db, text)) for text in texts)}


def arrow(db: duckdb.DuckDBPyConnection, text: str) -> object:
    """The rows of a query as our sessions fetch them."""
    return db.execute(text).to_arrow_table()


def native(place: Path, name: str) -> duckdb.DuckDBPyConnection:
    """DuckDB alone with the tables of TPC-H or TPC-DS."""
    db = duckdb.connect()
    for table, path in data.tables(place, name).items():
        db.execute(f"create table {table} as from '{path}'")
    return db


def ours(place: Path) -> dict[str, float]:
    """The same of the embedded warehouse."""
    import rsnb

    found: dict[str, float] = {}
    first, again = [], []
    for name in ("tpch", "tpcds"):
        db = native(place, name)
        with rsnb.connect("embedded://") as session:
            session.sql("set enable_result_cache_for_session to off")
            load(session, db, place, name)
            texts = data.queries(place, name)
            if name == "tpch":
                found["tpch"] = sum(fastest(partial(session.sql, text)) for text in texts.values())
            snapshot = session._engine._connection.snapshot
            first += [fastest(partial(anew, snapshot, text)) for text in texts.values()]
            again += [fastest(partial(snapshot.query, text)) for text in texts.values()]
            found[f"{name} differ"] = sum(differs(session, db, n, text) for n, text in texts.items())
    return {**found, "first": median(first), "again": median(again)}


def anew(snapshot, text: str) -> None:
    """Translate a query that is not known yet."""
    snapshot.close()
    snapshot.query(text)


def load(session, db, place: Path, name: str) -> None:
    """Create and fill the tables in a session."""
    kinds = {"DOUBLE": "float8", "HUGEINT": "decimal(38,0)", "VARCHAR": "varchar(max)"}
    for table, path in data.tables(place, name).items():
        columns = db.execute(
            f"select column_name, data_type from duckdb_columns() where table_name = '{table}'"
        ).fetchall()
        session.sql(f"create table {table} ({', '.join(f'{c} {kinds.get(k, k)}' for c, k in columns)})")
        session.sql(f"copy {table} from 'file://{path}' iam_role default format parquet")


def differs(session, db, number: str, text: str) -> bool:
    """Whether a query gives other rows than DuckDB alone, or none."""
    if number in AS_FLOATS:
        text = re.sub(*AS_FLOATS[number], text)
    table = session.sql(text).table
    rows = list(zip(*(c.to_pylist() for c in table.columns), strict=True))
    same = comparison.same(rows, db.execute(text).fetchall())
    if not same:
        print(f"query {number} differs")
    return not same


def fastest(run) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The table's rows."""
    return [
        Row("TPC-H, 22 queries of scale 1 (DuckDB alone)", "ms", ours["tpch"] * 1e3, peers["tpch"] * 1e3, 1.10),
        Row("TPC-H queries with other rows", "queries", ours["tpch differ"], None, 0),
        Row("TPC-DS queries with other rows, of 99", "queries", ours["tpcds differ"], None, 0),
        Row("a statement's translation, median of 121", "ms", ours["first"] * 1e3, None, 4),
        Row("a statement's translation, repeated", "ms", ours["again"] * 1e3, None, 0.2),
    ]
