"""Places on a world that is part of the figure: no tiles, no glyphs, no network.

The land is Natural Earth's at 1:110m (public domain), made at build time by hatch_build.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rsnb.charts.chart import Chart, names
from rsnb.charts.groups import Groups, groups, is_category
from rsnb.charts.points import diameters
from rsnb.charts.text import escape, figure, shorten, wrap
from rsnb.charts.thin import sample
from rsnb.errors import ChartError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from rsnb.charts.theme import Theme

LAND = Path(__file__).with_name("land-110m.geojson")
LIMIT = 20_000  # dots; of more, a sample is drawn
HEIGHT = 540
WORLD_HEIGHT = 640  # so that on a wide page the inhabited latitudes still show
LONGITUDES = ("longitude", "lon", "lng", "long")


def map_(
    chart: Chart,
    *,
    lat: str | None = None,
    lon: str | None = None,
    hover: Sequence[str] | None = None,
    color_map: Mapping[Any, str] | None = None,
    max_px: int = 34,
) -> go.Figure:
    """A dot for each row at lat and lon (degrees), sized by area up to max_px across.

    lat, lon: by default columns named so (latitude, lat, avg_latitude, ...). color: text or a small integer
    makes groups, another number a scale. color_map: a colour for each value; small integers run to pink by
    default. hover: columns to show, by default the text columns, size and color.
    """
    import numpy as np
    import plotly.graph_objects as go

    chart.refuse("x", "y")
    lat, lon = _places(chart, lat, lon)
    north, east = chart.numbers(lat, "lat"), chart.numbers(lon, "lon")
    there = np.flatnonzero((np.abs(north) <= 90) & (np.abs(east) <= 360))
    if len(there) < len(north):
        chart.note(f"{len(north) - len(there):,} rows without a place left out")
    rows = there[sample(len(there), LIMIT)]
    if len(rows) < len(there):
        chart.note(f"{len(rows):,} of {len(there):,} places, sampled")
    across = _across(chart, max_px)
    rows = rows[np.argsort(-across[rows], kind="stable")]  # small dots on top of large ones
    drawn = go.Figure()
    said = _said(chart, rows, hover)
    for name, picked, marker in _series(chart, rows, color_map):
        _dots(drawn, chart, name, (north[rows][picked], east[rows][picked], across[rows][picked]), marker, said[picked])
    shown = view(north[rows], east[rows])
    drawn.update_layout(map={"style": style(chart.theme), **shown})
    drawn.update_layout(height=WORLD_HEIGHT if "bounds" in shown else HEIGHT)
    drawn.update_layout(margin={"l": 16, "r": 16, "b": 16})
    if chart.color and not is_category(chart, chart.color):
        drawn.update_layout(coloraxis={"colorbar": {"title": {"text": chart.title(chart.color)}}})
    return drawn


def guess(chart: Chart) -> tuple[str, str] | None:
    """The first pair of number columns that are named as latitude and longitude."""
    held = {str(name).lower(): name for name in chart.columns("number")}
    for name in held:
        parts = name.split("_")
        for word in {"latitude", "lat"} & set(parts):
            for other in LONGITUDES:
                pair = "_".join(other if part == word else part for part in parts)
                if pair in held:
                    return held[name], held[pair]
    return None


@cache
def land() -> dict[str, Any]:
    """The land of the world as GeoJSON."""
    try:
        shape: dict[str, Any] = json.loads(LAND.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ChartError(
            f"the land that maps are drawn on is missing: {LAND}",
            hint="reinstall rsnb, or in a checkout run: python hatch_build.py",
        ) from exc
    return shape


def style(theme: Theme) -> dict[str, Any]:
    """A MapLibre style with the land inside: sea, a graticule of 30 degrees, land."""
    meridians = [[[lon, -85], [lon, 85]] for lon in range(-180, 181, 30)]
    parallels = [[[-180, lat], [180, lat]] for lat in range(-60, 61, 30)]
    graticule = {"type": "MultiLineString", "coordinates": meridians + parallels}
    return {
        "version": 8,
        "sources": {
            "graticule": {"type": "geojson", "data": graticule},
            "land": {"type": "geojson", "data": land()},
        },
        "layers": [
            {"id": "sea", "type": "background", "paint": {"background-color": theme.ocean}},
            {
                "id": "graticule",
                "type": "line",
                "source": "graticule",
                "paint": {"line-color": theme.graticule, "line-width": 1},
            },
            {"id": "land", "type": "fill", "source": "land", "paint": {"fill-color": theme.land}},
        ],
    }


def view(north: NDArray[np.float64], east: NDArray[np.float64]) -> dict[str, Any]:
    """Centre and zoom that show every place; the whole world, once across, when they are far apart."""
    if not len(north):
        return _world(24.0)
    west, width = _window(east)
    low, high = mercator(float(north.min())), mercator(float(north.max()))
    middle = math.degrees(2 * math.atan(math.exp((low + high) / 2)) - math.pi / 2)
    if width > 150 or high - low > math.pi:
        return _world(middle)
    # A map is 512 pixels across at zoom 0; the places should fill about 480 by 340 of them.
    zoom = min(math.log2(480 / 512 * 360 / max(width, 1e-9)), math.log2(340 / 512 * math.tau / max(high - low, 1e-9)))
    centre = (west + width / 2 + 180) % 360 - 180
    return {"center": {"lat": round(middle, 4), "lon": round(centre, 4)}, "zoom": round(min(zoom, 7.0), 2)}


def mercator(lat: float) -> float:
    """Web Mercator's y, in radians; a pole is taken at the map's edge."""
    lat = max(-85.0, min(85.0, lat))
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def _world(lat: float) -> dict[str, Any]:
    # Bounds of exactly 360 degrees crash MapLibre: https://github.com/maplibre/maplibre-gl-js/issues/6148
    bounds = {"west": -179.99, "east": 179.99, "south": -85, "north": 85}
    return {"center": {"lat": round(lat, 4), "lon": 0}, "zoom": 0.2, "bounds": bounds}


def _window(east: NDArray[np.float64]) -> tuple[float, float]:
    """West edge and width, in degrees, of the narrowest window that holds every longitude."""
    import numpy as np

    turned = np.unique(east % 360)
    gaps = np.diff(np.append(turned, turned[0] + 360))
    widest = int(np.argmax(gaps))
    return float(turned[(widest + 1) % len(turned)]), float(360 - gaps[widest])


def _places(chart: Chart, lat: str | None, lon: str | None) -> tuple[str, str]:
    found = guess(chart) if lat is None and lon is None else None
    lat, lon = found or (lat, lon)
    if lat is None or lon is None:
        raise chart.missing("lat" if lat is None else "lon", "degrees")
    return lat, lon


def _across(chart: Chart, widest: int) -> NDArray[np.float64]:
    """Pixels across of every row's dot."""
    import numpy as np

    if not chart.size:
        return np.full(len(chart.frame), 9.0)
    chart.note(f"area of a dot: {chart.size}")
    return diameters(chart.numbers(chart.size, "size"), widest, 7.0)


def _series(
    chart: Chart, rows: NDArray[np.intp], color_map: Mapping[Any, str] | None
) -> list[tuple[str, NDArray[Any], dict[str, Any]]]:
    """Name, picked rows and colour of each group."""
    import numpy as np

    everything = np.arange(len(rows))
    if not chart.color:
        return [("", everything, {"color": chart.theme.palette[0]})]
    if not color_map and not is_category(chart, chart.color):
        scaled = chart.numbers(chart.color, "color")[rows]
        return [("", everything, {"color": scaled, "coloraxis": "coloraxis"})]
    split = groups(chart, chart.color)
    colors = _colors(chart, split, color_map or {})
    picked = [(name, np.flatnonzero(split.codes[rows] == code)) for code, name in enumerate(split.names)]
    return [(name, at, {"color": color}) for (name, at), color in zip(picked, colors, strict=True) if len(at)]


def _colors(chart: Chart, split: Groups, color_map: Mapping[Any, str]) -> list[str]:
    """The group's colours: those asked for, and steps of the scale when the groups are numbers."""
    own = {
        str(value).lower() if isinstance(value, bool) else str(value): str(color) for value, color in color_map.items()
    }
    colors = split.colors
    if chart.role(str(chart.color)) == "number" and not split.rest:
        ranked = [name for name in split.names if name != "NULL"]
        steps = dict(zip(ranked, chart.theme.steps(len(ranked)), strict=True))
        colors = [steps.get(name, chart.theme.other) for name in split.names]
    return [own.get(name, color) for name, color in zip(split.names, colors, strict=True)]


def _dots(
    drawn: go.Figure, chart: Chart, name: str, at: tuple[Any, Any, Any], marker: dict[str, Any], said: Any
) -> None:
    """A trace of dots over a trace of slightly larger ones, which are their outline."""
    import plotly.graph_objects as go

    lat, lon, across = at
    shared: dict[str, Any] = {"lat": lat, "lon": lon, "mode": "markers", "legendgroup": name or "dots"}
    edge = {"size": across + 2, "color": chart.theme.outline, "opacity": 0.9}
    drawn.add_trace(go.Scattermap(**shared, marker=edge, hoverinfo="skip", showlegend=False))
    dots = {"size": across, "opacity": 0.85, **marker}
    drawn.add_trace(go.Scattermap(**shared, marker=dots, name=shorten(name), showlegend=bool(name)))
    drawn.data[-1].update(text=said, hovertemplate="%{text}<extra></extra>")


def _said(chart: Chart, rows: NDArray[np.intp], hover: Sequence[str] | None) -> NDArray[np.object_]:
    """What each dot says on hover: the first text column in bold, then name and value by line."""
    import numpy as np

    extra = [name for name in (chart.size, chart.color) if name]
    shown = list(dict.fromkeys([*(chart.columns("text")[:3] if hover is None else hover), *extra]))
    lines = []
    for index, name in enumerate(shown):
        values = _words(chart.column(name).iloc[rows])
        head = index == 0 and chart.role(name) == "text"
        lines.append([f"<b>{value}</b>" if head else f"{escape(str(name))}: {value}" for value in values])
    said = ["<br>".join(parts) for parts in zip(*lines, strict=True)] if lines else [""] * len(rows)
    return np.asarray(said, dtype=object)


def _words(series: pd.Series[Any]) -> list[str]:
    from rsnb.charts.chart import numbers, role

    if role(series) == "number":
        return [figure(value) for value in numbers(series)]
    return [wrap(name, 48, 4) for name in names(series)]
