"""Maps: the land, the dots, the view, and a real browser without a network."""

from __future__ import annotations

import importlib.util
import json
import shutil
import struct
import zlib
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rsnb.charts import draw, to_html
from rsnb.charts import map as maps
from rsnb.errors import ChartError

needs_land = pytest.mark.skipif(not maps.LAND.exists(), reason="no land file: python hatch_build.py makes it")


@pytest.fixture(scope="module")
def hatch_build() -> ModuleType:
    path = Path(__file__).parents[2] / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def zones(count: int = 60) -> pd.DataFrame:
    """Zones over the world's land, with a size and a quartile of it."""
    random = np.random.default_rng(7)
    lat, lon = random.uniform(-35, 60, count), random.uniform(-120, 150, count)
    frame = pd.DataFrame({"zone": [f"Zone {n}" for n in range(count)], "avg_latitude": lat, "avg_longitude": lon})
    frame["admissions"] = random.permutation(np.arange(1, count + 1) * 10)
    frame["quartile"] = pd.array(
        np.ceil(frame["admissions"] / frame["admissions"].max() * 4).astype(int), dtype="Int16"
    )
    return frame


@needs_land
@pytest.mark.parametrize(
    ("place", "lon", "lat", "expected"),
    [
        ("Paris", 2.35, 48.85, True),
        ("Chicago", -87.9, 41.8, True),
        ("Alice Springs", 133.9, -23.7, True),
        ("Chukotka, west of the antimeridian", 177.0, 67.0, True),
        ("Chukotka, east of the antimeridian", -175.0, 67.0, True),
        ("the South Pole", 0.0, -89.0, True),
        ("the mid Atlantic", -35.0, 30.0, False),
        ("the mid Pacific", -150.0, 10.0, False),
        ("south of the Aleutians, at the antimeridian", 179.0, 45.0, False),
        ("the Caspian Sea", 51.0, 42.0, False),
        ("the Southern Ocean", 100.0, -58.0, False),
        ("the Bering Sea", -178.0, 58.0, False),
    ],
)
def test_land_is_land_and_sea_is_sea(
    hatch_build: ModuleType, place: str, lon: float, lat: float, expected: bool
) -> None:
    polygons = json.loads(maps.LAND.read_text())["coordinates"]
    found = sum(hatch_build.within([lon, lat], ring) for polygon in polygons for ring in polygon)
    assert (found % 2 == 1) is expected, place


@needs_land
def test_no_edge_runs_across_the_map() -> None:
    rings = [ring for polygon in json.loads(maps.LAND.read_text())["coordinates"] for ring in polygon]
    edges = [(a, b) for ring in rings for a, b in pairwise(ring) if abs(a[0] - b[0]) > 180]
    assert all(a[1] == b[1] == -90 for a, b in edges)  # Antarctica's bottom edge, off the map
    assert all(ring[0] == ring[-1] and -180 <= x <= 180 for ring in rings for x, _ in ring)
    assert maps.LAND.stat().st_size < 120_000


def test_arcs_are_summed_scaled_reversed_and_joined(hatch_build: ModuleType) -> None:
    topology = {
        "transform": {"scale": [0.5, 2], "translate": [10, 20]},
        "arcs": [[[0, 0], [4, 0], [0, 4]], [[0, 0], [0, 4], [4, 0]]],
        "objects": {"land": {"geometries": [{"arcs": [[[0, ~1]]]}]}},
    }
    assert hatch_build.decode(topology) == [[(10, 20), (12, 20), (12, 28), (10, 28), (10, 20)]]


def test_a_ring_over_the_antimeridian_becomes_two(hatch_build: ModuleType) -> None:
    parts = hatch_build.split([(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)])
    assert sorted((min(x for x, _ in part), max(x for x, _ in part)) for part in parts) == [(-180, -170), (170, 180)]


def test_without_npm_the_build_says_what_it_needs(hatch_build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"npm is not on PATH.*world-atlas@2\.0\.2.*Install Node"):
        hatch_build.download()


def test_a_missing_land_file_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(maps, "LAND", tmp_path / "none.geojson")
    maps.land.cache_clear()
    with pytest.raises(ChartError, match=r"reinstall rsnb[\s\S]*python hatch_build\.py"):
        draw(zones())
    maps.land.cache_clear()


@needs_land
def test_latitude_and_longitude_make_a_map_of_dots() -> None:
    figure = draw(zones(), size="admissions", color="quartile", color_map={4: "#ff00aa"})
    shown = [trace for trace in figure.data if trace.showlegend]
    assert [trace.name for trace in shown] == ["1", "2", "3", "4"]
    assert shown[3].marker.color == "#ff00aa"
    assert shown[0].marker.color != shown[1].marker.color
    assert sum(len(trace.lat) for trace in shown) == 60
    assert max(shown[3].marker.size) == 34
    assert {trace.legendgroup for trace in figure.data} == {"1", "2", "3", "4"}
    assert "<b>Zone" in shown[0].text[0]
    assert "admissions: " in shown[0].text[0]


@needs_land
def test_dots_are_sized_by_area_and_the_deepest_quartile_is_pink() -> None:
    frame = pd.DataFrame({"lat": [1.0, 2.0], "lon": [3.0, 4.0], "n": [400, 100], "q": [4, 1]})
    figure = draw(frame, size="n", color="q", max_px=40)
    large, small = figure.data[3], figure.data[1]
    assert (large.name, large.marker.size[0]) == ("4", 40)
    assert (small.name, small.marker.size[0]) == ("1", 20)
    assert large.marker.color == "rgb(196, 18, 111)"


@needs_land
def test_a_number_colours_on_a_scale_and_hover_is_what_was_asked_for() -> None:
    figure = draw(zones().assign(rate=np.linspace(0, 1, 60)), color="rate", hover=["admissions"])
    assert figure.data[1].marker.coloraxis == "coloraxis"
    assert figure.data[1].text[0].startswith("admissions: ")


@needs_land
def test_rows_without_a_place_are_left_out_and_counted() -> None:
    frame = pd.DataFrame({"lat": [1.0, None, 95.0], "lon": [3.0, 4.0, 5.0]})
    figure = draw(frame)
    assert len(figure.data[1].lat) == 1
    assert figure.layout.title.subtitle.text == "2 rows without a place left out"


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        ([51.5, 48.9], [-0.1, 2.3], (1.1, 50.2)),
        ([-17.7, -14.0], [178.0, -172.0], (-177.0, -15.9)),
    ],
)
def test_the_view_holds_the_places(lat: list[float], lon: list[float], expected: tuple[float, float]) -> None:
    shown = maps.view(np.array(lat), np.array(lon))
    assert (shown["center"]["lon"], shown["center"]["lat"]) == pytest.approx(expected, abs=0.1)
    assert shown["zoom"] > 3
    assert "bounds" not in shown


def test_far_places_show_the_world_once() -> None:
    assert maps.view(np.array([-33.0, 40.0, 50.0]), np.array([151.0, -74.0, 0.0]))["bounds"]["west"] > -180


@needs_land
def test_a_map_asks_for_nothing_and_has_no_text_layer() -> None:
    style = json.loads(draw(zones()).to_json())["layout"]["map"]["style"]
    assert {layer["type"] for layer in style["layers"]} == {"background", "line", "fill"}
    assert not {"glyphs", "sprite"} & set(style)
    assert "http" not in json.dumps(style)


def chromium() -> str | None:
    """The system's Chromium, where there is one."""
    return next(filter(None, (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))), None)


FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
LOADED = "() => document.querySelector('.js-plotly-plot')?._fullLayout?.map?._subplot?.map?.loaded()"


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium: apt-get install chromium")
@needs_land
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_map_opened_from_disk_shows_land_and_asks_for_nothing(theme: str, tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    figure = draw(zones(), size="admissions", color="quartile", title="Zones", theme=theme)
    page_file = tmp_path / "map.html"
    page_file.write_text("<!doctype html><meta charset='utf-8'><body style='margin:0'>" + to_html(figure, True))
    asked: list[str] = []
    wrong: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(page_file.as_uri())
        page.wait_for_function(LOADED, timeout=60_000)
        page.wait_for_timeout(500)
        at = "([lon, lat]) => { const s = document.querySelector('.js-plotly-plot')._fullLayout.map._subplot;"
        at += " const p = s.map.project([lon, lat]), r = s.map.getContainer().getBoundingClientRect();"
        at += " return [Math.round(p.x + r.x), Math.round(p.y + r.y)]; }"
        places = {"land": [22.5, 22.5], "ocean": [-38.0, 20.0]}  # the Sahara, the Atlantic
        pixels = {name: page.evaluate(at, place) for name, place in places.items()}
        shot = decode_png(page.screenshot())
        browser.close()
    assert [url for url in asked if not url.startswith(("blob:null", "data:"))] == [page_file.as_uri()]
    assert wrong == []
    tones = _tones(theme)
    for name, (x, y) in pixels.items():
        around = shot[y - 8 : y + 9, x - 8 : x + 9].reshape(-1, 3)
        share = (np.abs(around.astype(int) - tones[name]).max(axis=1) <= 2).mean()
        assert share > 0.5, f"{name} at {x}, {y}: {around[0]}"


def _tones(theme: str) -> dict[str, list[int]]:
    from rsnb.charts.theme import THEMES

    held = {"land": THEMES[theme].land, "ocean": THEMES[theme].ocean}
    return {name: [int(color[at : at + 2], 16) for at in (1, 3, 5)] for name, color in held.items()}


def decode_png(data: bytes) -> Any:
    """Pixels of an 8-bit PNG (https://www.w3.org/TR/png-3/), rows by columns by RGB."""
    at, packed, width, height, depth = 8, b"", 0, 0, 3
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, _, color = struct.unpack(">IIBB", body[:10])
            depth = 4 if color == 6 else 3
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    raw, rows, before = zlib.decompress(packed), [], np.zeros(width * depth, dtype=np.int64)
    for start in range(0, len(raw), width * depth + 1):
        line = np.frombuffer(raw[start + 1 : start + 1 + width * depth], dtype=np.uint8).astype(np.int64)
        before = unfilter(raw[start], line, before, depth)
        rows.append(before)
    return np.array(rows, dtype=np.uint8).reshape(height, width, depth)[:, :, :3]


def unfilter(kind: int, line: Any, above: Any, depth: int) -> Any:
    if kind == 0:
        return line
    if kind == 2:
        return (line + above) % 256
    out = line.copy()
    for at in range(len(line)):
        left = out[at - depth] if at >= depth else 0
        corner = above[at - depth] if at >= depth else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[at]) // 2
        else:
            guess = min((left, above[at], corner), key=lambda value: abs(left + above[at] - corner - value))
        out[at] = (line[at] + guess) % 256
    return out
