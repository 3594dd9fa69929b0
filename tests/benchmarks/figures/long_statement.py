"""A cell with a statement of 250 lines and 16 kB: seen for the first time in a warm process, and repeated."""

from __future__ import annotations

from itertools import count, islice, repeat
from pathlib import Path

from tests.benchmarks.notebook import Notebook
from tests.benchmarks.statement import KINDS, TABLE, rows_sql, statement
from tests.benchmarks.table import Row

ROUNDS = 3
WARM_UP, CELLS = 2, 9


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the engine, of a cell with a text not seen before, and of a repeated one; for each kind."""
    notebook = Notebook(side)
    notebook.engine.execute(TABLE)
    notebook.engine.execute(rows_sql())
    if side == "ours":
        notebook.quietly(lambda: notebook.run(f"{TABLE}; {rows_sql()}"))
    found = {}
    for kind in KINDS:
        texts = islice((statement(kind, number) for number in count()), WARM_UP + CELLS)
        same = [statement(kind, -1)] * (WARM_UP + CELLS)
        found[f"{kind}, first"] = notebook.seconds(notebook.run, texts, WARM_UP)
        found[f"{kind}, repeated"] = notebook.seconds(notebook.run, same, WARM_UP)
        if side == "ours":
            notebook.cache("on")
            found[f"{kind}, cached"] = notebook.seconds(notebook.run, same, WARM_UP)
            notebook.cache("off")
        found[f"{kind}, engine"] = notebook.seconds(notebook.fetch, repeat(statement(kind, -1), 3 * CELLS), WARM_UP)
    return found


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The cell's time, and its overhead over the engine's."""
    found = []
    for kind in KINDS:
        engine = f"{kind}, engine"
        for when, target in (("first", 0.25), ("repeated", 0.05)):
            key, name = f"{kind}, {when}", f"250 lines {kind}, {when}"
            found.append(Row(f"{name}: cell", "ms", ours[key] * 1e3, peers[key] * 1e3, target))
            overheads = ((ours[key] - ours[engine]) * 1e3, (peers[key] - peers[engine]) * 1e3)
            found.append(Row(f"{name}: overhead over the engine", "ms", *overheads))
        cached = (ours[f"{kind}, cached"] * 1e3, peers[f"{kind}, repeated"] * 1e3)
        found.append(Row(f"250 lines {kind}, from the result cache: cell", "ms", *cached))
    return found
