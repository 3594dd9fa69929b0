"""The numbers of the earthquakes notebook that a reader can check."""

import pytest

from tests.notebooks.conftest import REAL

pytestmark = pytest.mark.xdist_group("notebooks")

VALUES = """{
    "days": days.iloc[0].tolist(),
    "strongest": strongest["magnitude"].tolist(),
    "zones": zones.to_dict("list"),
    "figure": rsnb.datasets["zones"].chart("map", lat="avg_latitude", lon="avg_longitude", size="events",
        color="depth_quartile").to_plotly_json()["layout"]["map"]["style"]["version"],
}"""


@pytest.fixture(scope="module")
def story(run):
    return run("02_earthquakes.ipynb", VALUES)


def test_every_event_of_every_day_is_there(story):
    days, events = story.values["days"]
    assert events == 54_856
    if REAL:
        assert days == 4_456


def test_the_strongest_comes_first(story):
    magnitudes = story.values["strongest"]
    assert magnitudes == sorted(magnitudes, reverse=True)
    if REAL:
        assert magnitudes[0] == 9.1


def test_zones_are_utm_zones_with_their_counts(story):
    zones = story.values["zones"]
    assert set(zones["zone"]) <= set(range(1, 61))
    assert len(zones["zone"]) == len(set(zones["zone"]))
    if REAL:
        assert sum(zones["events"]) == 54_065


def test_quartiles_rise_with_the_depth(story):
    zones = story.values["zones"]
    ordered = [quartile for _, quartile in sorted(zip(zones["avg_depth"], zones["depth_quartile"], strict=True))]
    assert ordered == sorted(ordered)
    assert set(ordered) == {1, 2, 3, 4}


def test_the_mean_place_of_a_zone_lies_near_it(story):
    zones = story.values["zones"]
    for zone, longitude in zip(zones["zone"], zones["avg_longitude"], strict=True):
        assert abs(longitude - (6 * zone - 183)) < 6 or zone in (1, 60)


def test_the_page_carries_the_map(story):
    page = story.page.read_text(encoding="utf-8")
    assert page.count('<div class="figure">') == 1
    assert "#ff" in page.lower() or "pink" in page.lower()
    assert story.values["figure"] == 8
