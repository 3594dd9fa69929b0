"""The table of a run: as text and as JSON."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HEADER = ("figure", "ours", "the peer's", "ratio", "target", "")


@dataclass(frozen=True)
class Row:
    """One figure: our number beside the peer's, in `unit`: "ms", "MB" or "modules".

    target: what the ratio ours / the peer's may be at most; our number itself where the peer has none.
    """

    figure: str
    unit: str
    ours: float
    peers: float | None = None
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours by the peer's."""
        return self.ours / self.peers if self.peers else None

    @property
    def verdict(self) -> str:
        """`holds`, `falls short`, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "holds" if (self.ours if self.ratio is None else self.ratio) <= self.target else "falls short"

    def cells(self) -> tuple[str, ...]:
        """The row as texts."""
        return (
            self.figure,
            self._number(self.ours),
            "" if self.peers is None else self._number(self.peers),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.target is None else f"<= {self.target:g}",
            self.verdict,
        )

    def _number(self, value: float) -> str:
        return f"{value:.0f} {self.unit}" if value >= 100 or value == int(value) else f"{value:.2f} {self.unit}"


def text(rows: Sequence[Row]) -> str:
    """The table in columns."""
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADER))]
    return "\n".join(_aligned(line, widths) for line in lines)


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    """The first and the last column to the left, the numbers to the right."""
    first, *numbers, last = zip(line, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(n.rjust(w) for n, w in numbers), last[0]]).rstrip()


def write(path: Path, rows: Sequence[Row], failures: Mapping[str, str]) -> None:
    """The same table as JSON, with where and when it was measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = [
        {
            "figure": row.figure,
            "unit": row.unit,
            "ours": row.ours,
            "peers": row.peers,
            "ratio": row.ratio,
            "target": row.target,
            "verdict": row.verdict,
        }
        for row in rows
    ]
    whole = {
        "measured": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "rows": table,
        "failed": dict(failures),
    }
    path.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
