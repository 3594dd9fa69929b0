"""Results of a real PostgreSQL over the wire: ours beside the driver's, connectorx's and the socket alone.

All of them come through the same loopback proxy, which greets as Redshift does, and passes bytes on.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.table import Row

SIDES = {"ours": "ours", "streamed": "ours", "driver": "ours", "socket": "ours", "connectorx": "peer"}
ROUNDS = 3
FRAMES = 3
CALLS = 300
STOPS = 5
SQL = "select * from mixed"
TABLE = """create table mixed as
    select i::int4 as whole, case when i % 11 > 0 then i::int8 * 1000003 end as large, sin(i) as measured,
           (case when i % 7 > 0 then (i % 100000) / 100.0 end)::numeric(12,2) as price,
           ('city ' || i % 5000)::varchar(40) as city,
           case when i % 5 > 0 then 'a longer text, number ' || i end::text as text,
           case when i % 13 > 0 then timestamp '2024-01-01' + i * interval '1 second' end as at,
           date '2020-01-01' + i % 1800 as day, case when i % 3 > 0 then i % 2 = 0 end as flag,
           (case when i % 2 > 0 then 'code ' || i % 90 end)::varchar(20) as code
    from generate_series(1, 1000000) r(i);
    vacuum analyze mixed;
    grant select on mixed to public"""


@contextmanager
def around(folder: Path) -> Iterator[None]:
    """A server with the table, and the proxy, while it is measured."""
    from tests.postgres.proxy import Proxy
    from tests.postgres.server import Server

    server = Server()
    try:
        server.psql(TABLE)
        with Proxy(server.port) as proxy:
            (folder / "port").write_text(str(proxy.port))
            yield
    finally:
        server.close()


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of a frame, of one row and of an interrupt where there are such, and the peak of memory in bytes."""
    port = int((folder / "port").read_text())
    found = {"ours": _ours, "streamed": _streamed, "driver": _driver, "socket": _socket, "connectorx": _connectorx}
    return found[side](port)


def _ours(port: int) -> dict[str, float]:
    import rsnb

    with rsnb.connect(f"redshift://open:none@127.0.0.1:{port}/postgres?tls=off") as session:
        frames = _frames(lambda: session.sql(SQL).df())
        peak = _peak()
        one = _one(lambda sql: session.sql(sql).df())

        def stopped() -> float:
            at: list[float] = []

            def interrupt() -> None:
                at.append(time.perf_counter())
                os.kill(os.getpid(), signal.SIGINT)

            threading.Timer(0.3, interrupt).start()
            try:
                session.sql("select pg_sleep(30)")
            except rsnb.Cancelled:
                session.sql("select 1")
            return time.perf_counter() - at[0]

        stop = median(stopped() for _ in range(STOPS))
    return {"seconds": frames, "peak": peak, "one": one, "stop": stop}


def _streamed(port: int) -> dict[str, float]:
    """5,000,000 rows in batches that are dropped."""
    import rsnb

    sql = "select m.* from mixed m cross join generate_series(1, 5)"
    with rsnb.connect(f"redshift://open:none@127.0.0.1:{port}/postgres?tls=off") as session:
        start = time.perf_counter()
        with session.stream(sql) as stream:
            read = sum(batch.num_rows for batch in stream.batches())
        seconds = time.perf_counter() - start
    if read != 5_000_000:
        raise ValueError(f"{read} rows came")
    return {"seconds": seconds, "peak": _peak()}


def _driver(port: int) -> dict[str, float]:
    """redshift_connector's own frame, and how soon the server itself ends a statement that is cancelled."""
    connection, other = _connection(port), _connection(port)
    cursor = connection.cursor()

    def frame(sql: str) -> Any:
        cursor.execute(sql)
        return cursor.fetch_dataframe()

    one = _one(frame)
    connection.commit()
    pid = frame("select pg_backend_pid()").iloc[0, 0]
    connection.commit()
    stop = median(_cancelled(connection, other, pid) for _ in range(STOPS))
    start = time.perf_counter()
    whole = frame(SQL)
    seconds = time.perf_counter() - start
    _check(whole)
    return {"seconds": seconds, "peak": _peak(), "one": one, "stop": stop}


def _cancelled(connection: Any, other: Any, pid: int) -> float:
    """Seconds from pg_cancel_backend in another session until the statement has failed."""
    import redshift_connector

    at: list[float] = []

    def cancel() -> None:
        at.append(time.perf_counter())
        other.cursor().execute(f"select pg_cancel_backend({pid})")
        other.commit()

    timer = threading.Timer(0.3, cancel)
    timer.start()
    try:
        connection.cursor().execute("select pg_sleep(30)")
    except redshift_connector.Error:
        ended = time.perf_counter()
    timer.join()
    connection.rollback()
    return ended - at[0]


def _socket(port: int) -> dict[str, float]:
    """The bytes of the result, read from the socket and dropped."""
    from tests.postgres.messages import Message

    connection = _connection(port)
    socket = connection._usock

    def drain() -> int:
        socket.sendall(Message(b"Q", SQL.encode() + b"\0").encode())
        size, end = 0, b""
        while not end.endswith(b"Z\0\0\0\5I"):
            data = socket.recv(1 << 20)
            size, end = size + len(data), (end + data)[-6:]
        return size

    times = [_timed(drain) for _ in range(FRAMES)]
    return {"seconds": median(times)}


def _connectorx(port: int) -> dict[str, float]:
    import connectorx

    url = f"redshift://open:none@127.0.0.1:{port}/postgres?sslmode=disable"
    frames = _frames(lambda: connectorx.read_sql(url, SQL))
    return {"seconds": frames, "peak": _peak()}


def _connection(port: int) -> Any:
    import redshift_connector

    return redshift_connector.connect(host="127.0.0.1", port=port, user="open", password="", database="postgres",
                                      ssl=False)  # fmt: skip


def _frames(frame: Callable[[], Any]) -> float:
    """The median time of a frame."""
    times = []
    for _ in range(FRAMES):
        start = time.perf_counter()
        made = frame()
        times.append(time.perf_counter() - start)
        _check(made)
        del made
    return median(times)


def _check(frame: Any) -> None:
    if frame.shape != (1_000_000, 10):
        raise ValueError(f"the frame is {frame.shape}")


def _one(frame: Callable[[str], Any]) -> float:
    """The median time of a statement that was not run before, and of its frame of one row."""
    return median([_timed(partial(frame, f"select {i} as a")) for i in range(CALLS)][CALLS // 10 :])


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def rows(
    ours: dict[str, float],
    streamed: dict[str, float],
    driver: dict[str, float],
    socket: dict[str, float],
    connectorx: dict[str, float],
) -> list[Row]:
    """Time, memory, one row, an interrupt."""
    seconds, wire = ours["seconds"] * 1e3, "1,000,000 x 10 over the wire to pandas"
    one, stop = "one row over the wire to pandas, beside redshift_connector", ours["stop"] - driver["stop"]
    return [
        Row(f"{wire}, beside redshift_connector", "ms", seconds, driver["seconds"] * 1e3, 1 / 7),
        Row(f"{wire}, beside connectorx", "ms", seconds, connectorx["seconds"] * 1e3, 1 / 1.1),
        Row(f"{wire}, beside the socket alone", "ms", seconds, socket["seconds"] * 1e3, 2.2),
        Row(f"{wire}: peak memory of the process", "MB", ours["peak"] / 1e6, None, 400),
        Row("the same, redshift_connector", "MB", driver["peak"] / 1e6),
        Row("5,000,000 x 10 in batches: peak memory of the process", "MB", streamed["peak"] / 1e6, None, 250),
        Row(one, "ms", ours["one"] * 1e3, driver["one"] * 1e3, 1.2),
        Row("interrupt to the next result, beyond the server's own cancel", "ms", stop * 1e3, None, 150),
    ]
