"""A figure as part of a page that needs no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

# plotly.js 4.1.1 starts the map's worker as a module from a blob: URL. Chrome refuses that on a page opened
# from disk (its blobs have the origin null), and the map stays empty; it does take a data: URL.
MAPS_FROM_DISK = """<script>(() => {
  if (location.protocol !== "file:" || location.origin === "null" || window.rsnbMapsFromDisk) return;
  window.rsnbMapsFromDisk = true;
  const read = (url) => {
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.send();
    const inner = /^import "(blob:[^"]+)"$/.exec(request.responseText);
    return inner ? read(inner[1]) : request.responseText;
  };
  window.Worker = class extends Worker {
    constructor(url, options) {
      const script = String(url).startsWith("blob:null/");
      super(script ? "data:text/javascript," + encodeURIComponent(read(url)) : url, options);
    }
  };
})();</script>"""


def to_html(figure: go.Figure, include_plotlyjs: bool) -> str:
    """The figure as a div that needs no network; plotly's script is inside it, or already on the page."""
    import plotly.io as pio

    config = {"responsive": True, "displaylogo": False}
    fragment: str = pio.to_html(figure, config, full_html=False, include_plotlyjs=include_plotlyjs)
    has_map = any(trace.type.endswith("map") and trace.type != "heatmap" for trace in figure.data)
    return MAPS_FROM_DISK + fragment if has_map else fragment
