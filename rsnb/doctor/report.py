"""Steps that are made one after the other, and what is said of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rsnb.errors import RsnbError

Way = Sequence[tuple[str, Callable[[], str]]]  # a step's name, and what makes it: what was found, or an RsnbError


@dataclass(frozen=True)
class Step:
    """A step that was tried: what was found in how many seconds, or what failed and what to do."""

    name: str
    seconds: float
    found: str = ""
    failed: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Report:
    """The steps of a way: those tried, in order, and the names of those behind the one that failed."""

    target: str
    steps: tuple[Step, ...]
    left: tuple[str, ...] = ()

    @property
    def failed(self) -> Step | None:
        """The step that failed."""
        return next((step for step in self.steps if step.failed), None)

    def lines(self) -> list[str]:
        """The report as it is printed."""
        width = max(len(name) for name in (*(step.name for step in self.steps), *self.left))
        lines = [self.target]
        for step in self.steps:
            mark = "✗" if step.failed else "✓"
            lines.append(f"{mark} {step.name:<{width}}  {_time(step.seconds):>7}  {step.failed or step.found}")
            lines += [f"→ {step.remedy}"] if step.remedy else []
        return lines + [f"- {name:<{width}}  {'':>7}  not tried" for name in self.left]


def walk(target: str, way: Way) -> Report:
    """Make the steps, up to the first that fails."""
    steps: list[Step] = []
    for i, (name, make) in enumerate(way):
        began = time.perf_counter()
        try:
            found = make()
        except RsnbError as exc:
            message = " ".join(exc.message.split())
            steps.append(Step(name, time.perf_counter() - began, failed=message, remedy=exc.hint or ""))
            return Report(target, tuple(steps), tuple(later for later, _ in way[i + 1 :]))
        steps.append(Step(name, time.perf_counter() - began, found))
    return Report(target, tuple(steps))


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
