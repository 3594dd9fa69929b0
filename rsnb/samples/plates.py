"""Coarse plate boundaries as polylines of (longitude, latitude), for generated earthquakes.

Hand-drawn from general knowledge at a few degrees; good enough for a map of the world, not for more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["subduction", "transform", "ridge", "collision"]


@dataclass(frozen=True)
class Boundary:
    """A polyline between two plates; between its points it follows great circles.

    activity: share of the world's strong events. network: share of the small events that dense
    local networks report. side: where the slab goes down, +1 left and -1 right of the direction.
    """

    name: str
    kind: Kind
    points: tuple[tuple[float, float], ...]
    activity: float
    network: float = 0.0
    side: int = 0


BOUNDARIES = (
    Boundary("Japan Trench", "subduction", ((142, 34), (144, 38), (145, 41)), 6, side=1),
    Boundary("Kuril-Kamchatka Trench", "subduction", ((145, 41), (153, 46), (162, 54)), 8, side=1),
    Boundary("Izu-Bonin-Mariana Trench", "subduction", ((142, 34), (143, 27), (147, 18), (142, 12)), 6, side=-1),
    Boundary("Ryukyu Trench", "subduction", ((132, 31), (128, 25), (123, 23)), 3, side=-1),
    Boundary("Aleutian Trench", "subduction", ((165, 54), (178, 51), (-168, 52), (-155, 56)), 7, 14, side=1),
    Boundary("Southern Alaska", "subduction", ((-155, 56), (-148, 60), (-143, 60)), 1, 16, side=1),
    Boundary("Queen Charlotte Fault", "transform", ((-137, 58.5), (-133, 54), (-130, 51)), 1, 2),
    Boundary("Cascadia", "subduction", ((-127, 49), (-125, 45), (-124.5, 40.5)), 0.4, 4, side=1),
    Boundary("Northern San Andreas Fault", "transform", ((-124.4, 40.4), (-122.4, 37.7), (-120.4, 35.9)), 0.3, 18),
    Boundary("Southern San Andreas Fault", "transform", ((-120.4, 35.9), (-117.5, 34.2), (-115.5, 32.7)), 0.3, 20),
    Boundary("Gulf of California", "transform", ((-115.5, 32.7), (-111, 26), (-107, 21)), 1.2, 1),
    Boundary("Intermountain Seismic Belt", "collision", ((-112.5, 37), (-111.5, 41), (-111, 45), (-114, 48)), 0, 7),
    Boundary("Walker Lane", "transform", ((-117.5, 35.5), (-118.2, 38.2), (-120, 40.5)), 0.1, 9),
    Boundary("Puerto Rico Trench", "subduction", ((-69, 19.3), (-65, 19.3), (-62, 17.5)), 0.8, 6, side=-1),
    Boundary("Middle America Trench", "subduction", ((-106, 19.5), (-98, 15.8), (-90, 12.5), (-84, 8.5)), 7, side=1),
    Boundary("Colombia-Ecuador Trench", "subduction", ((-78.5, 6), (-80.5, 0), (-81.5, -5)), 2.5, side=1),
    Boundary("Peru-Chile Trench", "subduction", ((-81.5, -5), (-75.5, -16), (-71, -20), (-72.5, -33)), 8, side=1),
    Boundary("Southern Chile", "subduction", ((-72.5, -33), (-74.5, -40), (-76, -46)), 2.5, side=1),
    Boundary("South Sandwich Trench", "subduction", ((-30, -55), (-25, -57), (-25.5, -60)), 3, side=-1),
    Boundary("Tonga Trench", "subduction", ((-172.5, -15), (-173.5, -20), (-176, -26)), 9, side=-1),
    Boundary("Kermadec Trench", "subduction", ((-176, -26), (-178, -32), (178.5, -38)), 5, side=-1),
    Boundary("Alpine Fault", "transform", ((174, -41.5), (170, -43.5), (166, -46)), 1),
    Boundary("New Hebrides Trench", "subduction", ((165.5, -11), (166.5, -16), (169.5, -21)), 7, side=1),
    Boundary("Solomon Trench", "subduction", ((148, -6), (154, -6.5), (161, -10.5)), 8, side=1),
    Boundary("New Guinea", "collision", ((133, -2), (140, -3), (147, -6)), 5),
    Boundary("Philippine Trench", "subduction", ((124, 14), (126.8, 9), (127.5, 4)), 5, side=-1),
    Boundary("Molucca Sea", "subduction", ((127, 4), (126.5, 1), (125, -1)), 4, side=-1),
    Boundary("Java Trench", "subduction", ((105, -7), (113, -10), (120, -11), (129, -8)), 5, side=1),
    Boundary("Sunda Trench", "subduction", ((92, 12), (94, 4), (99, -2), (105, -7)), 7, side=1),
    Boundary("Himalaya", "collision", ((73, 34), (80, 30), (88, 27.5), (96, 28)), 2),
    Boundary("Hindu Kush", "collision", ((66, 35), (70.5, 36.5), (73, 38.5)), 2),
    Boundary("Zagros", "collision", ((45, 36), (51, 30), (57, 27)), 2),
    Boundary("North Anatolian Fault", "transform", ((27, 40.6), (34, 41), (41, 39.5)), 0.8),
    Boundary("Hellenic Arc", "subduction", ((20.5, 38), (23, 35.3), (28, 35.8)), 1.2, side=1),
    Boundary("Apennines", "collision", ((10, 44.5), (13.3, 42.5), (16, 39.5)), 0.3),
    Boundary("Northern Mid-Atlantic Ridge", "ridge", ((-18, 66), (-29, 58), (-33, 45), (-30, 38)), 1.5),
    Boundary("Central Mid-Atlantic Ridge", "ridge", ((-30, 38), (-45, 23), (-35, 7), (-15, 0)), 3),
    Boundary("Southern Mid-Atlantic Ridge", "ridge", ((-15, 0), (-13, -20), (-15, -40), (-1, -54)), 3),
    Boundary("Southwest Indian Ridge", "ridge", ((-1, -54), (27, -52), (45, -39), (70, -25)), 2.5),
    Boundary("Central Indian Ridge", "ridge", ((70, -25), (67, -10), (60, 10), (51, 13)), 2),
    Boundary("Southeast Indian Ridge", "ridge", ((70, -25), (80, -40), (105, -49), (140, -50)), 2.5),
    Boundary("East Pacific Rise", "ridge", ((-107, 20), (-104, 5), (-112, -20), (-112, -36)), 3),
    Boundary("Pacific-Antarctic Ridge", "ridge", ((-112, -36), (-120, -54), (-160, -63), (172, -63)), 3),
    Boundary("Hawaii", "ridge", ((-155, 19.2), (-155.5, 19.4), (-156, 20)), 0.1, 8),
)
