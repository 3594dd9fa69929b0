"""Earthquakes: catalogues cut into one GeoJSON FeatureCollection a UTC day, as EMSC publishes them.

A file is one JSON object on one line. What a catalogue does not know is null. Latitude, longitude
and depth stand in the properties too: Redshift Spectrum can't index an array by position.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rsnb.errors import LoadError
from rsnb.samples import seismicity
from rsnb.samples.seismicity import Event
from rsnb.samples.story import Inputs, Prepared, csv_rows, fill, inputs

VERSION = 1
SEED = 19600522
SOURCES = ("usgs_combined_unique.csv.gz", "significant_earthquakes_1965_2016_ttsteiger.csv.gz")
FIRST_YEAR = 2000  # earlier days would make 12,500 files, too many for a query to open quickly

PROPERTIES = (
    ("source_id", "varchar(64)"),
    ("source_catalog", "varchar(64)"),
    ("lastupdate", "varchar(32)"),
    ("time", "varchar(32)"),
    ("flynn_region", "varchar(256)"),
    ("lat", "double precision"),
    ("lon", "double precision"),
    ("depth", "double precision"),
    ("evtype", "varchar(32)"),
    ("auth", "varchar(16)"),
    ("mag", "double precision"),
    ("magtype", "varchar(16)"),
    ("unid", "varchar(64)"),
)


def prepare(lake: Path, data: Path | None) -> Prepared:
    """Fill `lake/earthquakes`: days/events_YYYY-MM-DD.json, from the year 2000 on."""
    made_from = inputs(data / "earthquakes" if data else None, SOURCES, version=VERSION, seed=SEED)
    return fill(lake, "earthquakes", made_from, partial(_write, made_from))


def feature(event: Event) -> dict[str, Any]:
    """An event as a GeoJSON Feature with EMSC's properties; z is minus the depth, in km."""
    position = [event.longitude, event.latitude]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [*position, 0.0 - event.depth]},
        "id": event.id,
        "properties": {
            "source_id": event.id,
            "source_catalog": event.catalog,
            "lastupdate": None,
            "time": event.time,
            "flynn_region": event.place,
            "lat": event.latitude,
            "lon": event.longitude,
            "depth": event.depth,
            "evtype": event.type,
            "auth": event.authority,
            "mag": event.magnitude,
            "magtype": event.magnitude_type,
            "unid": event.id,
        },
    }


def _write(made_from: Inputs, folder: Path) -> int:
    """One file for each day that has events, which are in the order of their times."""
    days: defaultdict[str, list[Event]] = defaultdict(list)
    for event in _events(made_from):
        if int(event.time[:4]) >= FIRST_YEAR:
            days[event.time[:10]].append(event)
    (folder / "days").mkdir()
    for day, events in days.items():
        events.sort(key=lambda event: (event.time, event.id))
        text = _collection(events)
        (folder / "days" / f"events_{day}.json").write_bytes(text.encode())
    return sum(map(len, days.values()))


def _collection(events: Iterable[Event]) -> str:
    features = [feature(event) for event in events]
    collection = {"type": "FeatureCollection", "metadata": {"count": len(features)}, "features": features}
    return json.dumps(collection, separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n"


def _events(made_from: Inputs) -> Iterable[Event]:
    if made_from.source == "generated":
        return seismicity.generate(SEED)
    combined, significant = made_from.files
    return [*_combined(combined), *_significant(significant)]


def _combined(file: Path) -> Iterator[Event]:
    columns = ("time", "latitude", "longitude", "depth", "mag", "magType", "id", "place", "type", "net")
    for line, row in csv_rows(file, columns):
        where = f"{file}, line {line}"
        yield Event(
            id=row["id"],
            catalog="USGS",
            time=_time(row["time"], where),
            place=row["place"] or None,
            latitude=_number(row, "latitude", where),
            longitude=_number(row, "longitude", where),
            depth=_number(row, "depth", where),
            magnitude=_number(row, "mag", where) if row["mag"] else None,
            magnitude_type=row["magType"].lower() or None,
            type=row["type"].lower() or None,
            authority=row["net"].upper() or None,
        )


def _significant(file: Path) -> Iterator[Event]:
    columns = (
        "Date",
        "Time",
        "Latitude",
        "Longitude",
        "Type",
        "Depth",
        "Magnitude",
        "Magnitude Type",
        "ID",
        "Source",
    )
    for line, row in csv_rows(file, (*columns, "Location Source")):
        where = f"{file}, line {line}"
        yield Event(
            id=row["ID"],
            catalog=row["Source"] or None,
            time=_time(_joined(row["Date"], row["Time"]), where),
            place=None,
            latitude=_number(row, "Latitude", where),
            longitude=_number(row, "Longitude", where),
            depth=_number(row, "Depth", where),
            magnitude=_number(row, "Magnitude", where) if row["Magnitude"] else None,
            magnitude_type=row["Magnitude Type"].lower() or None,
            type=row["Type"].lower() or None,
            authority=row["Location Source"].upper() or None,
        )


def _joined(date: str, clock: str) -> str:
    """A moment from MM/DD/YYYY and HH:MM:SS; some copies of the file hold it whole in the date."""
    if "T" in date:
        return date
    month, _, rest = date.partition("/")
    day, _, year = rest.partition("/")
    return f"{year}-{month}-{day}T{clock}.0Z"


def _time(text: str, where: str) -> str:
    try:
        if text.endswith("Z") and datetime.fromisoformat(text):
            return text
    except ValueError:
        pass
    raise LoadError(f"{where}: {text!r} is not a time in UTC")


def _number(row: dict[str, str], column: str, where: str) -> float:
    try:
        number = float(row[column])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise LoadError(f"{where}: {column} {row[column]!r} is not a number")
    return number
