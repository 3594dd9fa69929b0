"""Events of an earthquake catalogue, and generated ones: along plate boundaries, Gutenberg-Richter.

Gutenberg-Richter: the number of events above a magnitude M falls as 10^(-b M), with b near 1.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from rsnb.samples.plates import BOUNDARIES, Boundary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Event(NamedTuple):
    """One event; None is what the catalogue does not know.

    time: ISO 8601 in UTC. latitude, longitude: degrees. depth: km, positive downwards.
    """

    id: str
    catalog: str | None
    time: str
    place: str | None
    latitude: float
    longitude: float
    depth: float
    magnitude: float | None
    magnitude_type: str | None
    type: str | None
    authority: str | None


# Every event of four windows of 31 days, and the strong ones of 17 years, as in the real catalogues.
WINDOWS = (date(2020, 3, 20), date(2023, 3, 18), date(2023, 11, 1), date(2025, 5, 6))
WINDOW_DAYS = 31
ALL_EVENTS = 46_112
STRONG_YEARS = (2000, 2016)
STRONG_EVENTS = 8_744
STRONG = 5.5
WORLDWIDE = 0.09  # of all events: those of magnitude 4 and more, from anywhere
BLASTS = 0.014  # of the small events: not earthquakes

B_VALUE = 1.0
LARGEST = 9.2
EARTH_RADIUS_KM = 6371.0
DEEPEST_KM = 680.0


def generate(seed: int) -> list[Event]:
    """Events in the numbers and on the kind of days of the real catalogues; the same for the same seed."""
    import numpy as np

    rng = np.random.default_rng(seed)
    world = int(ALL_EVENTS * WORLDWIDE)
    local = ALL_EVENTS - world
    return [
        *_events(rng, _strong_times(rng), STRONG, [b.activity for b in BOUNDARIES], "S"),
        *_events(rng, _window_times(rng, world), 4.0, [b.activity for b in BOUNDARIES], "W"),
        *_events(rng, _window_times(rng, local), 0.8, [b.network for b in BOUNDARIES], "L", blasts=BLASTS),
    ]


def _strong_times(rng: np.random.Generator) -> Floats:
    """Seconds since 1970, evenly over the years, a third of them in bursts after a main shock."""
    import numpy as np

    first = datetime(STRONG_YEARS[0], 1, 1, tzinfo=UTC).timestamp()
    last = datetime(STRONG_YEARS[1] + 1, 1, 1, tzinfo=UTC).timestamp()
    alone = rng.uniform(first, last, STRONG_EVENTS * 2 // 3)
    mains = rng.choice(alone[: len(alone) // 12], STRONG_EVENTS - len(alone))
    after = mains + rng.exponential(86400, len(mains))
    times: Floats = np.minimum(np.concatenate([alone, after]), last - 1)
    return times


def _window_times(rng: np.random.Generator, count: int) -> Floats:
    import numpy as np

    days = [
        datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp() + 86400 * day
        for start in WINDOWS
        for day in range(WINDOW_DAYS)
    ]
    weights = rng.gamma(10.0, size=len(days))  # some days are busy
    chosen = rng.choice(np.array(days), count, p=weights / weights.sum())
    seconds: Floats = chosen + rng.uniform(0, 86400, count)
    return seconds


def _events(
    rng: np.random.Generator,
    times: Floats,
    least: float,
    weights: list[float],
    prefix: str,
    *,
    blasts: float = 0.0,
) -> list[Event]:
    """Events at `times`, of magnitude `least` and more, spread over the boundaries by `weights`."""
    import numpy as np

    shares = np.array(weights) / sum(weights)
    chosen = rng.choice(len(BOUNDARIES), len(times), p=shares)
    magnitudes = _magnitudes(rng, least, len(times))
    kinds = np.where(rng.random(len(times)) < blasts, "quarry blast", "earthquake")
    events = []
    for number, boundary in enumerate(BOUNDARIES):
        where = np.flatnonzero(chosen == number)
        for index, position in zip(where.tolist(), _places(rng, boundary, len(where)), strict=True):
            name = f"gen{prefix}{index:06}"
            events.append(_event(name, boundary, times[index], position, magnitudes[index], str(kinds[index])))
    return events


def _event(
    name: str,
    boundary: Boundary,
    seconds: float,
    position: tuple[float, float, float],
    magnitude: float,
    kind: str,
) -> Event:
    longitude, latitude, depth = position
    if kind != "earthquake":
        depth, magnitude = 0.0, min(magnitude, 2.5)
    return Event(
        id=name,
        catalog="generated",
        time=_iso(seconds),
        place=boundary.name,
        latitude=latitude,
        longitude=longitude,
        depth=depth,
        magnitude=float(magnitude),
        magnitude_type="ml" if magnitude < 4 else "mb" if magnitude < STRONG else "mww",
        type=kind,
        authority="GEN",
    )


def _iso(seconds: float) -> str:
    moment = datetime(1970, 1, 1) + timedelta(milliseconds=int(seconds * 1000))
    return moment.isoformat(timespec="milliseconds") + "Z"


def _magnitudes(rng: np.random.Generator, least: float, count: int) -> Floats:
    """Gutenberg-Richter from `least` on, cut off at the largest known, to one decimal."""
    import numpy as np

    below = 1 - 10 ** (-B_VALUE * (LARGEST - least))
    drawn = least - np.log10(1 - rng.random(count) * below) / B_VALUE
    rounded: Floats = np.floor(drawn * 10 + 1e-9) / 10
    return rounded


def _places(rng: np.random.Generator, boundary: Boundary, count: int) -> list[tuple[float, float, float]]:
    """(longitude, latitude, depth) near the boundary; under a subduction zone deeper is farther in."""
    import numpy as np

    corners = _vectors(boundary)
    lengths = np.arccos(np.clip((corners[:-1] * corners[1:]).sum(axis=1), -1, 1))
    segment = rng.choice(len(lengths), count, p=lengths / lengths.sum())
    start, end, angle = corners[segment], corners[segment + 1], lengths[segment]
    along = rng.random(count) * angle
    ahead = (end - start * np.cos(angle)[:, None]) / np.sin(angle)[:, None]
    on_line = start * np.cos(along)[:, None] + ahead * np.sin(along)[:, None]
    left = np.cross(start, ahead)
    depth, aside = _depths(rng, boundary, count)
    away = aside / EARTH_RADIUS_KM
    point = on_line * np.cos(away)[:, None] + left * np.sin(away)[:, None]
    longitude = np.degrees(np.arctan2(point[:, 1], point[:, 0]))
    latitude = np.degrees(np.arcsin(np.clip(point[:, 2], -1, 1)))
    return list(zip(longitude.round(4).tolist(), latitude.round(4).tolist(), depth.round(1).tolist(), strict=True))


def _vectors(boundary: Boundary) -> Floats:
    import numpy as np

    longitude, latitude = np.radians(np.array(boundary.points, dtype=float)).T
    return np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )


def _depths(rng: np.random.Generator, boundary: Boundary, count: int) -> tuple[Floats, Floats]:
    """Depth and distance to the left of the boundary, in km: a slab sinks at about 45 degrees."""
    import numpy as np

    spread = rng.normal(0, {"collision": 120.0, "subduction": 40.0}.get(boundary.kind, 20.0), count)
    shallow = np.minimum(rng.exponential(9.0, count), 35.0)
    if boundary.kind != "subduction":
        return shallow, spread
    middle = 10 + rng.exponential(25.0, count)
    deep = np.minimum(70 + rng.exponential(130.0, count), DEEPEST_KM - rng.random(count) * 100)
    depth = np.select([rng.random(count) < 0.3, rng.random(count) < 0.65], [shallow, middle], deep)
    return depth, spread + boundary.side * (40 + depth)
