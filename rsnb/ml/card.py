"""A feature table's card: what is in it, and what to doubt before a model is trained on it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rsnb.ml.data import Examples

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUSPECT = 0.99  # the AUC, or the correlation, above which one feature alone predicts the target too well
LOOK_AT = 100_000  # training rows that are looked at for leakage


@dataclass(frozen=True)
class Used:
    """A feature: what it is, the encoded columns that it became, missing values in the training rows."""

    name: str
    kind: str
    encoded: int
    missing: int


@dataclass(frozen=True)
class Card:
    """counts: rows by part, and by class in each. alone: a feature's AUC (or correlation), where it is suspect."""

    title: str
    labels: tuple[str, ...]
    counts: Mapping[str, Sequence[int]]
    used: Sequence[Used]
    dropped: Mapping[str, str]
    alone: Mapping[str, float]
    measure: str
    notes: Sequence[str]

    def sections(self) -> list[tuple[str, list[str], list[list[str]]]]:
        """Title, header and rows of the card's tables; those without rows are left out."""
        parts = [[part, f"{sum(n):,}", *self._shares(n)] for part, n in self.counts.items()]
        used = [[u.name, u.kind, str(u.encoded), f"{u.missing:,}" if u.missing else ""] for u in self.used]
        found = [
            ("Rows", ["part", "rows", *self.labels], parts),
            ("Features", ["column", "kind", "encoded columns", "missing"], used),
            ("Not used", ["column", "why"], [[name, why] for name, why in self.dropped.items()]),
            ("Suspected leakage: one feature alone predicts the target", ["column", self.measure],
             [[name, f"{value:.4f}"] for name, value in self.alone.items()]),
            ("Notes", ["note"], [[note] for note in self.notes]),
        ]  # fmt: skip
        return [section for section in found if section[2]]

    def _shares(self, counts: Sequence[int]) -> list[str]:
        whole = sum(counts)
        return [f"{n:,} ({n / whole:.1%})" if whole else "0" for n in counts] if self.labels else []

    def __str__(self) -> str:
        lines = [self.title]
        for title, header, rows in self.sections():
            widths = [max(len(line[i]) for line in [header, *rows]) for i in range(len(header))]
            table = ["  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in [header, *rows]]
            lines += ["", title, *(f"  {line.rstrip()}" for line in table[len(header) == 1 :])]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"

        tables = [
            f"<h4>{html.escape(title)}</h4><table><thead>{row(header, 'th')}</thead>"
            f"<tbody>{''.join(row(cells, 'td') for cells in rows)}</tbody></table>"
            for title, header, rows in self.sections()
        ]
        return f"<div><h3>{html.escape(self.title)}</h3>{''.join(tables)}</div>"


def suspects(examples: Examples, same: Sequence[str]) -> dict[str, float]:
    """The columns that predict the target alone, and those that are known to equal it; the largest first."""
    found = {name: value for name, value in predicts(examples).items() if value > SUSPECT}
    found |= dict.fromkeys(same, 1.0)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def predicts(examples: Examples) -> dict[str, float]:
    """How well each column of the table predicts the target alone: 0.5 (AUC) or 0 (correlation) is not at all.

    A category's AUC is that of its levels ordered by the target's mean; of more than two classes, the
    largest of one against the others.
    """
    sources = np.array(examples.sources)
    classes = np.unique(examples.y)
    found = {}
    for source in dict.fromkeys(examples.sources):
        x = examples.x[:, sources == source]
        if not _is_classes(classes):
            found[source] = max(_correlation(x[:, i], examples.y) for i in range(x.shape[1]))
        else:
            chosen = classes[1:] if len(classes) == 2 else classes
            found[source] = max((_alone(x, examples.y == c) for c in chosen), default=0.5)
    return found


def auc(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """The area under the ROC curve by ranks, ties shared (Mann and Whitney, 1947); 0.5 with one class only."""
    values, places, counts = np.unique(score, return_inverse=True, return_counts=True)
    n1 = int(positive.sum())
    n0 = len(positive) - n1
    if not n0 or not n1 or len(values) == 1:
        return 0.5
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[places][positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def _alone(x: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    if x.shape[1] > 1 and np.isin(x, (0.0, 1.0)).all():
        level = (x @ np.arange(1, x.shape[1] + 1)).astype(np.int64)
        counts = np.maximum(np.bincount(level), 1)
        return auc((np.bincount(level, weights=positive) / counts)[level], positive)
    return max(max(a, 1 - a) for a in (auc(x[:, i], positive) for i in range(x.shape[1])))


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    dx, dy = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((dx @ dx) * (dy @ dy)))
    return abs(float(dx @ dy)) / scale if scale else 0.0


def _is_classes(values: NDArray[np.float64]) -> bool:
    return len(values) <= 1000 and bool((values == np.arange(len(values))).all())
