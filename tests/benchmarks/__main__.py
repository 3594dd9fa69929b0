"""`python tests/benchmarks [FIGURE ...]`: measure, print the table, write `.rsnb/bench.json`. Exits with 0."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a folder, only the folder itself is there to import from

from tests.benchmarks import environment, runner, table  # noqa: E402


def main(names: list[str]) -> None:
    """Run the named figures, or all of them."""
    try:
        sides = {"ours": Path(sys.executable), "peer": environment.peer(ROOT)}
    except (OSError, subprocess.CalledProcessError) as exc:
        print(f"the peer's environment can't be made: {exc}")
        return
    rows: list[table.Row] = []
    failures: dict[str, str] = {}
    for name in names or runner.figures():
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            rows += runner.run(name, sides, ROOT)
        except runner.Failed as exc:
            failures[name] = str(exc)
        except Exception as exc:  # of the figure itself, such as a server that does not start: the others are measured
            failures[name] = f"{type(exc).__name__}: {exc}"
    print(table.text(rows))
    for name, why in failures.items():
        print(f"\n{name} was not measured: {why}")
    table.write(ROOT / ".rsnb" / "bench.json", rows, failures)


if __name__ == "__main__":
    main(sys.argv[1:])
