"""The peers of the linear learner, SageMaker's SDK v2 and scikit-learn, in an environment of their own, made once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PACKAGES = ("sagemaker==2.257.7", "scikit-learn==1.9.1", "scipy==1.17.1")
ROOT = Path(__file__).resolve().parents[2]


def make() -> Path:
    """The Python of `.rsnb/bench-learners`; makes the environment unless its marker says that it holds PACKAGES."""
    folder = ROOT / ".rsnb" / "bench-learners"
    python, marker, wanted = folder / "bin" / "python", folder / "rsnb-bench.txt", "\n".join(PACKAGES)
    if not (marker.is_file() and marker.read_text() == wanted):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
        marker.write_text(wanted)
    return python


def ask(figure: str, folder: Path) -> dict[str, float]:
    """What the figure's `peer(folder)` returns in that environment, in a process of its own."""
    program = (
        f"import json, pathlib; from tests.benchmarks.figures import {figure} as figure\n"
        f"print(json.dumps(figure.peer(pathlib.Path({str(folder)!r}))))"
    )
    ran = subprocess.run([make(), "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found
