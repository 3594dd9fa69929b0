"""`%load_ext` in a cold process with a bare shell, and what `import rsnb` brings along."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks import notebook
from tests.benchmarks.table import Row

ROUNDS = 9
HEAVY = ("IPython", "duckdb", "pandas", "plotly", "pyarrow", "sqlglot")


def measure(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the load_ext alone; for ours, 1 for each heavy module that a bare import imports."""
    shell = notebook.bare()
    start = time.perf_counter()
    shell.run_line_magic("load_ext", notebook.EXTENSIONS[side])
    return {"load_ext": time.perf_counter() - start, **(_imports() if side == "ours" else {})}


def _imports() -> dict[str, float]:
    program = f"import sys, rsnb; print(*(name in sys.modules for name in {HEAVY!r}))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name: float(found == "True") for name, found in zip(HEAVY, ran.stdout.split(), strict=True)}


def rows(ours: dict[str, float], peers: dict[str, float]) -> list[Row]:
    """The time, and the heavy modules."""
    found = [name for name in HEAVY if ours[name]]
    heavy = f"import rsnb imports {', '.join(found) or 'none'} of {', '.join(HEAVY)}"
    return [
        Row("%load_ext in a cold process", "ms", ours["load_ext"] * 1e3, peers["load_ext"] * 1e3, 0.25),
        Row(heavy, "modules", len(found), None, 0),
    ]
