"""Figures of topics as they stand on the page: without the colours of a white sheet; knows no component."""

from __future__ import annotations

from typing import Any

from ..grouped import TopicMap
from ..topics.figures import map_figure, years_figure
from ..topics.labelling import Sheet

SHEET = Sheet(width=760, height=520, stretched=True)
"""What a window of 1,100 leaves to the map; in a narrower one page.css hides the names."""
_TEXT = "#334155"
_FAINT = "#64748b"
_GRID = "rgba(100,116,139,0.3)"
_YEARS_HEIGHT = 380
_CLEAR: dict[str, Any] = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"color": _TEXT},
}


def map_on_page(drawn: TopicMap) -> Any:
    """The figure, clear enough on a light and on a dark page; the names beside the points are its legend.

    Their colours are the theme's, from page.css. A point knows the id of its paper, which map.js opens.
    """
    figure = map_figure(drawn, SHEET, lambda paper: paper.id)
    figure.update_layout(
        title=None,
        showlegend=False,
        height=SHEET.height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode="pan",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": _FAINT, "remove": ["select", "lasso", "toImage"]},
        **_CLEAR,
    )
    return figure


def years_on_page(drawn: TopicMap) -> Any:
    """The figure of the years in the same manner, its legend below; ``None`` where there is none."""
    figure = years_figure(drawn)
    if figure is not None:
        figure.update_layout(
            title={"font": {"size": 14}, "x": 0.01},
            height=_YEARS_HEIGHT,
            legend={"orientation": "h", "y": -0.15, "font": {"size": 11}, "traceorder": "normal"},
            margin={"l": 30, "r": 0, "t": 40, "b": 0},
            dragmode=False,
            **_CLEAR,
        )
        figure.update_yaxes(gridcolor=_GRID, zeroline=False)
    return figure
