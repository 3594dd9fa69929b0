"""A model's card as a page: its sections in HTML, with the figures, and in Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rsnb.charts.html import to_html
from rsnb.errors import ModelError

if TYPE_CHECKING:
    import plotly.graph_objects as go

CSS = """
.rsnb-card { --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --paper: #ffffff; color: var(--ink);
  background: var(--paper); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.25rem; }
.rsnb-card h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; overflow-wrap: anywhere; }
.rsnb-card h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.rsnb-card p { margin: .4rem 0; } .rsnb-card ul { margin: .4rem 0; padding-left: 1.25rem; }
.rsnb-card .wide { overflow-x: auto; }
.rsnb-card table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums;
  margin: .5rem 0; border: 0; color: inherit; }
.rsnb-card th, .rsnb-card td { padding: .3rem .75rem .3rem 0; border: 0; border-bottom: 1px solid var(--line);
  text-align: left; max-width: 26rem; overflow-wrap: break-word; background: none; }
.rsnb-card .n { text-align: right; white-space: nowrap; }
.rsnb-card th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; }
.rsnb-card footer { margin-top: 2rem; color: var(--soft); font-size: .85rem; }
.rsnb-card .dark { display: none; }
@media screen and (prefers-color-scheme: dark) {
  .rsnb-card { --ink: #e6e9ec; --soft: #9aa4ae; --line: #343a40; --paper: #111111; }
  .rsnb-card .dark { display: block; } .rsnb-card .light { display: none; }
  body:has(> .rsnb-card) { background: #111111; }
}
"""
RESIZE = """<script>matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
  () => requestAnimationFrame(() => dispatchEvent(new Event("resize"))));</script>"""


@dataclass(frozen=True)
class Section:
    """A part of a card: sentences, points of a list, and a table, each of which may be missing."""

    title: str
    text: Sequence[str] = ()
    points: Sequence[str] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class ModelCard:
    """A card to show and to keep. figures: by name, each in the light and in the dark theme."""

    title: str
    sections: Sequence[Section]
    made: str
    figures: Mapping[str, tuple[go.Figure, go.Figure]] = field(default_factory=dict, repr=False)

    def markdown(self) -> str:
        """The card as Markdown; it has no figures."""
        lines = [f"# {_md(self.title)}"]
        for one in self.sections:
            lines += ["", f"## {_md(one.title)}"]
            for text in one.text:
                lines += ["", _md(text)]
            if one.points:
                lines += ["", *(f"- {_md(point)}" for point in one.points)]
            if one.rows:
                rules = ["---:" if number else "---" for number in _numbers(one)]
                table = [_line(map(_md, one.header)), _line(rules), *(_line(map(_md, row)) for row in one.rows)]
                lines += ["", *table]
        return "\n".join([*lines, "", f"{self.made}", ""])

    def html(self) -> str:
        """The card as a page that needs no network, light or dark as the reader's system is; with the figures."""
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta name="color-scheme" content="light dark"><title>{html.escape(self.title)}</title>'
            f"<style>body {{ margin: 0; }}</style></head>\n<body>{self._body(self._figures())}</body></html>\n"
        )

    def _repr_html_(self) -> str:
        return self._body("")

    def __str__(self) -> str:
        return self.markdown()

    def save(self, path: str | Path) -> Path:
        """Write the card as Markdown (.md) or as HTML (.html); ModelError for another suffix."""
        made = {".md": self.markdown, ".markdown": self.markdown, ".html": self.html, ".htm": self.html}
        write = made.get(Path(path).suffix.lower())
        if write is None:
            raise ModelError(f"a model card can't be written to {Path(path).name}", hint="end it in .md or .html")
        Path(path).write_text(write(), encoding="utf-8")
        return Path(path)

    def _body(self, figures: str) -> str:
        sections = "\n".join(map(_section_html, self.sections))
        return (
            f'<div class="rsnb-card"><style>{CSS}</style><h1>{html.escape(self.title)}</h1>\n{sections}\n'
            f"{figures}<footer>{html.escape(self.made)}</footer></div>"
        )

    def _figures(self) -> str:
        parts = [
            f'<div class="{name}">{to_html(one, include_plotlyjs=not (place or dark))}</div>'
            for place, pair in enumerate(self.figures.values())
            for dark, (name, one) in enumerate(zip(("light", "dark"), pair, strict=True))
        ]
        return f"<h2>Plots</h2>\n{''.join(parts)}{RESIZE}\n" if parts else ""


def _numbers(section: Section) -> list[bool]:
    """Which columns of the table are numbers, and stand to the right."""
    columns = zip(*section.rows, strict=True)
    return [all(not c or c[0] in "-0123456789<" for c in column) and any(column) for column in columns]


def _section_html(section: Section) -> str:
    parts = [f"<h2>{html.escape(section.title)}</h2>", *(f"<p>{html.escape(text)}</p>" for text in section.text)]
    if section.points:
        parts.append(f"<ul>{''.join(f'<li>{html.escape(point)}</li>' for point in section.points)}</ul>")
    if section.rows:
        right = ["class='n'" if number else "" for number in _numbers(section)]
        lines = [
            "<tr>" + "".join(f"<{tag} {n}>{html.escape(c)}</{tag}>" for c, n in zip(row, right, strict=True)) + "</tr>"
            for tag, row in [("th", section.header), *(("td", row) for row in section.rows)]
        ]
        parts.append(
            f'<div class="wide"><table><thead>{lines[0]}</thead><tbody>{"".join(lines[1:])}</tbody></table></div>'
        )
    return "".join(parts)


def _md(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    flat = " ".join(text.split())
    return re.sub(r"[\\`*\[\]<>|]|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", flat)


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"
