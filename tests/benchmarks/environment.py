"""The peer's environment: JupySQL and what it needs, in a folder of its own, made once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGES = (
    "jupysql==0.11.1",
    "duckdb==2.0.0",
    "pandas==3.1.1",
    "sqlalchemy==2.1.9",
    "matplotlib==3.11.2",
    "ipython==9.18.1",
)


def peer(root: Path) -> Path:
    """The Python of `.bench-venv`; makes the environment unless its marker says that it holds PACKAGES."""
    folder = root / ".bench-venv"
    python = folder / "bin" / "python"
    marker = folder / "rsnb-bench.txt"
    wanted = "\n".join(PACKAGES)
    if not (marker.is_file() and marker.read_text() == wanted):
        print(f"making the peer's environment: {folder}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
        marker.write_text(wanted)
    return python
