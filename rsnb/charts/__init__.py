"""Charts and maps of a DataFrame, as plotly figures that need no network."""

from rsnb.charts.figure import draw, kinds, register
from rsnb.charts.html import to_html

__all__ = ["draw", "kinds", "register", "to_html"]
