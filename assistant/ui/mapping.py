"""The map of topics as it stands on the page: without its own title, legend and colours of a white sheet."""

from __future__ import annotations

from typing import Any

from ..grouped import TopicMap
from ..topics.figures import map_figure
from ..topics.labelling import Sheet

SHEET = Sheet(width=760, height=520, stretched=True)
"""What a window of 1,100 leaves to the map; in a narrower one page.css hides the names."""
_TEXT = "#334155"
_FAINT = "#64748b"


def map_on_page(drawn: TopicMap) -> Any:
    """The figure, clear enough on a light and on a dark page; the names beside the points are its legend.

    Their colours are the theme's, from page.css.
    """
    figure = map_figure(drawn, SHEET)
    figure.update_layout(
        title=None,
        showlegend=False,
        height=SHEET.height,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": _TEXT},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode="pan",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": _FAINT, "remove": ["select", "lasso", "toImage"]},
    )
    return figure
