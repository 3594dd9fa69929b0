"""An executed notebook as one HTML file: text, tables and figures, with the code folded away."""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rsnb._version import __version__
from rsnb.charts.html import MAPS_FROM_DISK

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEMPLATE = Path(__file__).with_name("page.html")
PLOTLY = "application/vnd.plotly.v1+json"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Block:
    """A piece of the page: kind is text, code, figure, table, note, output or error; content is HTML, or JSON."""

    kind: str
    content: str


def render(notebook: NotebookNode, name: str) -> str:
    """The page of an executed notebook. It needs no network: styles and plotly's script are in it."""
    import jinja2
    from plotly.offline import get_plotlyjs

    blocks = _code_together(_blocks(notebook))
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=_title(notebook) or name,
        blocks=blocks,
        plotly=get_plotlyjs() if any(b.kind == "figure" for b in blocks) else "",
        maps_from_disk=MAPS_FROM_DISK,
        themes=_themes(),
        made=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        version=__version__,
    )


def _title(notebook: NotebookNode) -> str:
    """The first heading."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (heading := re.search(r"^#\s+(.+)$", cell.source, re.MULTILINE)):
            return heading[1].strip()
    return ""


def _blocks(notebook: NotebookNode) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield Block("text", markdown.render(cell.source))
        elif cell.cell_type == "code" and cell.source.strip():
            yield Block("code", html.escape(cell.source))
            for output in cell.get("outputs", []):
                yield from _output(output)


def _code_together(blocks: Iterable[Block]) -> list[Block]:
    """Code blocks with nothing between them become one, so that a reader unfolds them once."""
    together: list[Block] = []
    for block in blocks:
        if block.kind == "code" and together and together[-1].kind == "code":
            together[-1] = Block("code", f"{together[-1].content}\n\n{block.content}")
        else:
            together.append(block)
    return together


def _output(output: NotebookNode) -> Iterator[Block]:
    if output.output_type == "stream":
        yield Block("note" if output.name == "stdout" else "error", html.escape(_ANSI.sub("", output.text).rstrip()))
    elif output.output_type == "error":
        yield Block("error", html.escape(_ANSI.sub("", "\n".join(output.traceback))))
    elif PLOTLY in output.data:
        yield Block("figure", script_json(output.data[PLOTLY]))
    elif "text/html" in output.data:
        yield Block("table", output.data["text/html"])
    elif "image/png" in output.data:
        yield Block("output", f'<img alt="" src="data:image/png;base64,{output.data["image/png"].strip()}">')
    elif "text/plain" in output.data:
        yield Block("output", f"<pre>{html.escape(output.data['text/plain'])}</pre>")


def _themes() -> str:
    """The templates and map styles of the light and the dark theme, for the page's script."""
    from rsnb.charts import map as maps
    from rsnb.charts.theme import THEMES, template

    return script_json(
        {
            name: {"template": template(theme).to_plotly_json(), "map": maps.style(theme)}
            for name, theme in THEMES.items()
        }
    )


def script_json(value: Any) -> str:
    """JSON that may stand inside a script element."""
    from plotly.utils import PlotlyJSONEncoder

    return json.dumps(value, cls=PlotlyJSONEncoder, separators=(",", ":")).replace("</", "<\\/")
