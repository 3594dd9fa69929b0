"""How a chart looks: one table of colours, font and sizes, and the plotly templates made from it.

The palettes were searched for the largest colour difference that survives protanopia, deuteranopia and
tritanopia (Machado 2009). Text has at least 4.5:1 contrast with the background, marks 3:1 (WCAG 2.2, 1.4.3
and 1.4.11). The backgrounds are JupyterLab's: white, and #111111.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsnb.errors import ChartError

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SIZES = {"title": 17, "text": 13, "label": 12, "small": 11}
HEIGHT = 420
CLEAR = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class Theme:
    """The colours of one theme; palette is for categories, scale runs from little to much."""

    name: str
    background: str
    text: str
    muted: str
    axis: str
    grid: str
    label: str
    palette: tuple[str, ...]
    other: str
    scale: tuple[str, ...]
    land: str
    ocean: str
    graticule: str
    outline: str

    def steps(self, count: int) -> list[str]:
        """Colours for ordered values, spread over the scale; the last is the deepest."""
        from plotly.colors import sample_colorscale

        points = [index / (count - 1) for index in range(count)] if count > 1 else [1.0]
        return [str(color) for color in sample_colorscale(list(self.scale), points)]


THEMES = {
    "light": Theme(
        name="light",
        background="#ffffff",
        text="#1f2430",
        muted="#5c6370",
        axis="#a7adb8",
        grid="#e8eaee",
        label="#ffffff",
        palette=("#4166cf", "#c8830f", "#108152", "#c03a90", "#853ff9", "#735806", "#179ce7", "#333143"),
        other="#868c98",
        scale=("#93c0e4", "#6c9ddb", "#6f74cd", "#9149b0", "#c4126f"),
        land="#e7e3da",
        ocean="#f4f7fa",
        graticule="#e3e9ef",
        outline="#ffffff",
    ),
    "dark": Theme(
        name="dark",
        background="#111111",
        text="#e8eaf0",
        muted="#a3aab8",
        axis="#5b6170",
        grid="#2c303a",
        label="#20242e",
        palette=("#4a7cf8", "#db9140", "#32d98b", "#eb5897", "#b99bff", "#f2da5a", "#8ec6e0", "#d0e5d9"),
        other="#7d8492",
        scale=("#4a74b4", "#6a7fd4", "#9a7be0", "#d07ad0", "#ff7ab8"),
        land="#363b48",
        ocean="#181b22",
        graticule="#23272f",
        outline="#12151b",
    ),
}


def theme(name: str) -> Theme:
    """The theme of that name; its plotly template is registered on the way, as `rsnb` or `rsnb_dark`."""
    if name not in THEMES:
        raise ChartError(f"there is no theme {name!r}", hint=f"the themes are {', '.join(THEMES)}")
    import plotly.io as pio

    found = THEMES[name]
    if template_name(found) not in pio.templates:
        pio.templates[template_name(found)] = template(found)
    return found


def template_name(theme: Theme) -> str:
    """What plotly knows the theme's template as."""
    return "rsnb" if theme.name == "light" else f"rsnb_{theme.name}"


def template(theme: Theme) -> go.layout.Template:
    """The plotly template of a theme; the paper is opaque: a notebook does not know the theme it is shown in."""
    import plotly.graph_objects as go

    small = {"size": SIZES["small"], "color": theme.muted}
    colorbar = {"thickness": 12, "outlinewidth": 0, "tickfont": small, "title": {"font": small}}
    axis = _axis(theme)
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": SIZES["label"], "color": theme.text},
            "title": _title(theme),
            "paper_bgcolor": theme.background,
            "plot_bgcolor": CLEAR,
            "colorway": list(theme.palette),
            "colorscale": {"sequential": list(theme.scale)},
            "coloraxis": {"colorscale": list(theme.scale), "colorbar": colorbar},
            "hoverlabel": {
                "bgcolor": theme.label,
                "bordercolor": theme.axis,
                "align": "left",
                "font": {"family": FONT, "size": SIZES["label"], "color": theme.text},
            },
            "legend": {
                "font": {"size": SIZES["label"]},
                "title": {"font": small},
                "bgcolor": CLEAR,
                "itemsizing": "constant",
            },
            "margin": {"l": 64, "r": 24, "t": 24, "b": 52},
            "bargap": 0.24,
            "bargroupgap": 0.06,
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis | {"showline": False, "ticks": ""},
        }
    )


def _title(theme: Theme) -> dict[str, object]:
    return {
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"l": 16, "t": 14},
        "font": {"size": SIZES["title"], "color": theme.text, "weight": 600},
        "subtitle": {"font": {"size": SIZES["label"], "color": theme.muted}},
    }


def _axis(theme: Theme) -> dict[str, object]:
    return {
        "automargin": True,
        "gridcolor": theme.grid,
        "linecolor": theme.axis,
        "separatethousands": True,
        "showline": True,
        "ticklabelstandoff": 3,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": theme.axis,
        "tickfont": {"color": theme.muted, "size": SIZES["label"]},
        "title": {"font": {"color": theme.text, "size": SIZES["text"]}, "standoff": 12},
        "zeroline": True,
        "zerolinecolor": theme.axis,
        "zerolinewidth": 1,
    }
