"""Environments to measure with, each in a folder of its own and made once: the peers are JupySQL and connectorx."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGES = (
    "connectorx==0.4.6",
    "jupysql==0.11.1",
    "duckdb==2.0.0",
    "pandas==3.1.1",
    "pyarrow==26.0.1",
    "sqlalchemy==2.1.9",
    "matplotlib==3.11.2",
    "ipython==9.18.1",
)


def peer(root: Path) -> Path:
    """The Python of the peer's environment."""
    return make(root / ".bench-venv", PACKAGES)


def make(folder: Path, packages: tuple[str, ...]) -> Path:
    """The Python of an environment in a folder; made anew unless its marker says that it holds the packages."""
    python = folder / "bin" / "python"
    marker = folder / "rsnb-bench.txt"
    wanted = "\n".join(packages)
    if not (marker.is_file() and marker.read_text() == wanted):
        print(f"making an environment to measure with: {folder}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], check=True)
        marker.write_text(wanted)
    return python
