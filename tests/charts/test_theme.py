"""The colours can be read and told apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from rsnb.charts import draw
from rsnb.charts.theme import THEMES, Theme

# What each kind of sight makes of linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color: str) -> NDArray[np.float64]:
    part = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(XYZ[1] @ linear(color)) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = XYZ @ np.clip(light, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_and_marks_stand_out(theme: Theme) -> None:
    assert min(contrast(text, theme.background) for text in (theme.text, theme.muted)) >= 4.5
    assert contrast(theme.text, theme.label) >= 4.5
    assert min(contrast(color, theme.background) for color in (*theme.palette, theme.other)) >= 3


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_the_palette_is_told_apart_by_every_sight(theme: Theme, sight: str) -> None:
    seen = [lab(SIGHT[sight] @ linear(color)) for color in theme.palette]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)) > 18


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_scale_goes_one_way(theme: Theme) -> None:
    lightness = [lab(linear(color))[0] for color in theme.scale]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))


def test_templates_are_registered_and_opaque() -> None:
    import pandas as pd
    import plotly.io as pio

    for name, template in (("light", "rsnb"), ("dark", "rsnb_dark")):
        figure = draw(pd.DataFrame({"a": ["x"], "n": [1]}), theme=name)
        assert figure.layout.template == pio.templates[template]
        assert figure.layout.template.layout.paper_bgcolor == THEMES[name].background
