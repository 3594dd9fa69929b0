"""The rows of a chart by colour: one group for each category, few enough to tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsnb.charts.chart import FEW, Chart
from rsnb.charts.text import NULL
from rsnb.errors import ChartError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Groups:
    """Names and colours of the groups, and the number of the group for each row."""

    names: list[str]
    colors: list[str]
    codes: NDArray[np.intp]
    rest: bool = False  # the last group is what was left over


def groups(chart: Chart, name: str) -> Groups:
    """Groups by the column's values, the commonest as many as the palette has; the others are one group.

    Numbers and times are in their own order, text in order of appearance.
    """
    import numpy as np
    import pandas as pd

    words = np.asarray(chart.values(name) if chart.role(name) == "text" else _words(chart, name), dtype=object)
    codes, found = pd.factorize(words)
    order = _order(chart, name, codes, len(found))
    room = len(chart.theme.palette)
    rest = len(found) > room
    if rest:
        common = set(np.argsort(-np.bincount(codes), kind="stable")[: room - 1].tolist())
        order = [code for code in order if code in common]
        chart.note(f"the {room - 1} commonest of {len(found):,} values of {name} have a colour")
    place = np.full(len(found), len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    listed = [str(found[code]) for code in order] + ([f"{len(found) - len(order):,} others"] if rest else [])
    return Groups(listed, colors(chart, listed, rest), place[codes], rest)


def colors(chart: Chart, names: list[str], rest: bool) -> list[str]:
    """The palette's colours in turn; grey for NULL and for what is left over."""
    palette = iter(chart.theme.palette)
    picked = [chart.theme.other if name == NULL else next(palette) for name in names[: len(names) - rest]]
    return picked + [chart.theme.other] * rest


def is_category(chart: Chart, name: str) -> bool:
    """True when colour stands for a category: text, a flag, or an integer with few values."""
    import numpy as np

    if chart.role(name) != "number":
        return chart.role(name) == "text"
    held = chart.numbers(name, "color")
    found = np.unique(held[~np.isnan(held)])
    return len(found) <= FEW and bool((found == np.floor(found)).all())


def only_one(chart: Chart) -> None:
    """ChartError when both colour and several y ask for groups."""
    if chart.color and len(chart.y) > 1:
        raise ChartError("color and several y both split the rows", hint="give one y, or leave color= out")


def _words(chart: Chart, name: str) -> list[str]:
    from rsnb.charts.chart import names

    return names(chart.column(name))


def _order(chart: Chart, name: str, codes: NDArray[np.intp], count: int) -> list[int]:
    """The codes in order: of value for numbers and times, of appearance for text; NULL last."""
    import numpy as np

    if chart.role(name) == "text":
        return list(range(count))
    first = np.full(count, np.nan)
    first[codes] = chart.positions(name)
    return [int(code) for code in np.argsort(first, kind="stable")]  # NaN sorts last
