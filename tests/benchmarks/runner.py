"""Runs a figure: fresh processes, ours and the peer's in turn, the median of each number."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from statistics import median
from types import ModuleType

from tests.benchmarks.table import Row

Numbers = dict[str, float]
TIMEOUT = 300  # seconds that one process may take


class Failed(Exception):
    """A figure that could not be measured; says what its process printed last."""


def figures() -> list[str]:
    """The names of the files in `figures/`."""
    return sorted(f.stem for f in (Path(__file__).parent / "figures").glob("*.py") if f.stem != "__init__")


def load(name: str) -> ModuleType:
    """The figure of this name."""
    if name not in figures():
        raise Failed(f"there is no such figure; there are {', '.join(figures())}")
    return import_module(f"tests.benchmarks.figures.{name}")


def run(name: str, environments: Mapping[str, Path], root: Path) -> list[Row]:
    """The rows of a figure. environments: the Python of `ours` and of `peer`."""
    figure = load(name)
    sides: dict[str, str] = getattr(figure, "SIDES", {"ours": "ours", "peer": "peer"})
    found: dict[str, list[Numbers]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory(prefix="rsnb-bench-") as place:
        folder = Path(place)
        with getattr(figure, "around", nullcontext)(folder):
            if hasattr(figure, "prepare"):
                _process(environments["ours"], name, "prepare", folder, root)
            for _ in range(figure.ROUNDS):
                for side, environment in sides.items():
                    found[side].append(_process(environments[environment], name, side, folder, root))
    rows: list[Row] = figure.rows(*(_medians(numbers) for numbers in found.values()))
    return rows


def _process(python: Path, name: str, side: str, folder: Path, root: Path) -> Numbers:
    """What a fresh process measures."""
    answer = folder / "answer.json"
    answer.write_text("{}")
    limit = getattr(load(name), "TIMEOUT", TIMEOUT)
    try:
        ran = subprocess.run(
            [python, "-m", "tests.benchmarks.runner", name, side, str(folder)],
            cwd=folder,
            env=_variables(folder, root),
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise Failed(f"{side}: it took more than {limit} s") from exc
    if ran.returncode:
        raise Failed(f"{side}: {(ran.stderr.strip() or ran.stdout.strip())[-2000:]}")
    numbers: Numbers = json.loads(answer.read_text())
    return numbers


def _variables(folder: Path, root: Path) -> dict[str, str]:
    """The user's environment without what would change a measurement."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RSNB_", "PYTHON"))}
    return {**kept, "PYTHONPATH": str(root), "IPYTHONDIR": str(folder / "ipython"), "PLOOMBER_STATS_ENABLED": "false"}


def _medians(rounds: list[Numbers]) -> Numbers:
    return {key: median(numbers[key] for numbers in rounds) for key in rounds[0]}


def _in_process(name: str, side: str, folder: Path) -> None:
    """What `_process` starts: one measurement, or a figure's preparation."""
    figure = load(name)
    numbers = figure.prepare(folder) if side == "prepare" else figure.measure(side, folder)
    (folder / "answer.json").write_text(json.dumps(numbers or {}))


if __name__ == "__main__":
    _in_process(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
