"""Words on a chart: short where they are drawn, whole on hover, never read as markup."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable

LABEL = 24  # characters of a category on an axis, a line
HOVER = 60  # characters of a line on hover
NULL = "NULL"


def escape(text: str) -> str:
    """The text as plotly shows it literally: no tags, no entities, no %{} of a template."""
    return html.escape(text, quote=False).replace("%{", "%&#123;")


def shorten(text: str, width: int = LABEL) -> str:
    """One line of at most `width` characters, escaped."""
    flat = " ".join(text.split())
    return escape(flat if len(flat) <= width else flat[: width - 1].rstrip() + "…")


def wrap(text: str, width: int = LABEL, lines: int = 2) -> str:
    """At most `lines` lines of `width` characters, cut with an ellipsis, escaped."""
    parts = textwrap.wrap(text, width, max_lines=lines, placeholder="…")
    return "<br>".join(escape(part) for part in parts)


def whole(text: str) -> str:
    """The full text for a hover label, wrapped; cut only past ten lines."""
    return wrap(text, HOVER, 10)


def phrase(names: Iterable[str]) -> str:
    """Names as a list to read: a, b and c."""
    listed = list(names)
    return ", ".join(listed[:-1]) + (" and " if len(listed) > 1 else "") + listed[-1] if listed else "none"


def figure(value: float) -> str:
    """A number for a hover label: grouped thousands, no noise after the point."""
    if math.isnan(value):
        return NULL
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.6g}"
