"""Makes the file that maps are drawn on, at build time: Natural Earth's land at 1:110m as GeoJSON.

The source is the npm package world-atlas (ISC licence; Natural Earth itself is public domain), in TopoJSON:
https://github.com/topojson/topojson-specification. Without a build: `python hatch_build.py`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

PACKAGE, VERSION, MEMBER = "world-atlas", "2.0.2", "package/land-110m.json"
LAND = Path(__file__).resolve().parent / "rsnb" / "charts" / "land-110m.geojson"

Point = tuple[float, float]
Ring = list[Point]


def get_build_hook() -> type[Any]:
    """The build hook that hatchling runs; a function, so that the file also runs without hatchling."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class LandHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
        """Makes the land file when it is missing."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if not LAND.exists():
                make(LAND)

    return LandHook


def make(path: Path) -> None:
    """Write the land as compact GeoJSON."""
    rings = [part for ring in decode(download()) for part in split(ring)]
    polygons = [[[round(x, 2), round(y, 2)] for x, y in ring] for ring in rings]
    land = {"type": "MultiPolygon", "coordinates": nest(polygons)}
    path.write_text(json.dumps(land, separators=(",", ":")), encoding="utf-8")


def download() -> dict[str, Any]:
    """The TopoJSON document out of the npm package."""
    npm = shutil.which("npm")
    wanted = f"{PACKAGE}@{VERSION}"
    if npm is None:
        raise SystemExit(f"npm is not on PATH: it fetches {wanted}, which maps are drawn from. Install Node.js.")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([npm, "pack", wanted], cwd=folder, capture_output=True, text=True)  # noqa: S603
        packed = list(Path(folder).glob("*.tgz"))
        if run.returncode or not packed:
            raise SystemExit(f"npm pack {wanted} failed: {run.stderr.strip()}")
        with tarfile.open(packed[0]) as archive:
            member = archive.extractfile(MEMBER)
            if member is None:
                raise SystemExit(f"{wanted} holds no {MEMBER}")
            document: dict[str, Any] = json.load(member)
    return document


def decode(topology: dict[str, Any]) -> list[Ring]:
    """Every ring of the land in degrees: the arcs' deltas summed, scaled and joined end to end."""
    (scale_x, scale_y), (shift_x, shift_y) = (topology["transform"][key] for key in ("scale", "translate"))
    arcs: list[Ring] = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc: Ring = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(arc)
    rings: list[Ring] = []
    for polygon in (p for shape in topology["objects"]["land"]["geometries"] for p in shape["arcs"]):
        for numbers in polygon:
            ring: Ring = []
            for number in numbers:  # a negative number is its complement's arc, backwards
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                ring += arc[1:] if ring else arc
            rings.append(ring)
    return rings


def split(ring: Ring) -> list[Ring]:
    """The ring cut at the antimeridian, so that no edge runs across the whole map."""
    turn, around = 0.0, [ring[0]]
    for (before, _), (after, y) in pairwise(ring):
        turn += 360 * ((after - before < -180) - (after - before > 180))
        around.append((after + turn, y))
    if turn:  # the ring goes around a pole: Antarctica, which is closed along the bottom edge
        around += [(around[-1][0], -90.0), (around[0][0], -90.0), around[0]]
    parts = []
    for shift in (-360, 0, 360):
        part = clip(clip([(x + shift, y) for x, y in around], -180, 1), 180, -1)
        if len({x for x, _ in part}) > 1:
            parts.append([*part, part[0]] if part[0] != part[-1] else part)
    return parts


def clip(ring: Ring, edge: float, side: int) -> Ring:
    """The part of the ring east (side 1) or west (side -1) of a meridian, by Sutherland and Hodgman."""
    out: Ring = []
    for (x0, y0), (x1, y1) in pairwise([ring[-1], *ring] if ring else []):
        inside0, inside1 = (x0 - edge) * side >= 0, (x1 - edge) * side >= 0
        if inside0 != inside1:
            out.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
        if inside1:
            out.append((x1, y1))
    return out


def nest(rings: list[list[list[float]]]) -> list[list[list[list[float]]]]:
    """Polygons of the rings: one that lies inside another (the Caspian Sea) becomes its hole."""
    owner = {
        hole: outer
        for hole, ring in enumerate(rings)
        for outer, other in enumerate(rings)
        if hole != outer and len(other) > len(ring) and all(within(point, other) for point in ring)
    }
    return [
        [ring, *(rings[hole] for hole, outer in owner.items() if outer == index)]
        for index, ring in enumerate(rings)
        if index not in owner
    ]


def within(point: list[float], ring: list[list[float]]) -> bool:
    """True when a ray east from the point crosses the ring an odd number of times."""
    x, y = point
    crossed = [
        (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0) for (x0, y0), (x1, y1) in pairwise(ring)
    ]
    return sum(crossed) % 2 == 1


if __name__ == "__main__":
    make(LAND)
    print(f"{LAND}: {LAND.stat().st_size:,} bytes")
