"""The overhead of a cell that runs `select 1`: the cell's time without the engine's own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from pathlib import Path

from tests.benchmarks.notebook import Notebook
from tests.benchmarks.table import Row

ROUNDS = 5
WARM_UP, CELLS = 50, 200
SQL = "select 1"


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the engine, of a cell that shows its result, and of one whose result is not shown."""
    notebook = Notebook(side)

    def seconds(work: Callable[[str], None]) -> float:
        return notebook.seconds(work, repeat(SQL, WARM_UP + CELLS), WARM_UP)

    found = {"engine": seconds(notebook.fetch), "shown": seconds(notebook.run), "silent": seconds(notebook.call)}
    if side == "ours":
        notebook.cache("on")
        found["cached"] = seconds(notebook.run)
    else:
        notebook.quietly(lambda: notebook.shell.run_line_magic("config", "SqlMagic.autopandas = True"))
        found |= {"shown frame": seconds(notebook.run), "silent frame": seconds(notebook.call)}
    return found


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The peer gives a ResultSet by default, a DataFrame as ours with autopandas."""

    def row(name: str, own: str, other: str, target: float | None = None) -> Row:
        overheads = ((ours[own] - ours["engine"]) * 1e3, (peers[other] - peers["engine"]) * 1e3)
        return Row(f"`select 1` cell, overhead over the engine: {name}", "ms", *overheads, target)

    return [
        row("result shown", "shown", "shown", 0.8),
        row("result shown, the peer's a DataFrame too", "shown", "shown frame"),
        row("result not shown", "silent", "silent"),
        row("result not shown, the peer's a DataFrame too", "silent", "silent frame"),
        Row("`select 1` cell from the result cache, result shown", "ms", ours["cached"] * 1e3, peers["shown"] * 1e3),
    ]
