"""The map of topics as it stands on the page: without its own title, legend and colours of a white sheet."""

from __future__ import annotations

from typing import Any

from ..grouped import TopicMap
from ..topics.figures import map_figure

HEIGHT = 520
_TEXT = "#334155"
_FAINT = "#64748b"
_LABEL = "rgba(255,255,255,0.8)"


def map_on_page(drawn: TopicMap) -> Any:
    """The figure, clear enough on a light and on a dark page; the names beside the points are its legend."""
    figure = map_figure(drawn)
    figure.update_layout(
        title=None,
        showlegend=False,
        height=HEIGHT,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": _TEXT},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode="pan",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": _FAINT, "remove": ["select", "lasso", "toImage"]},
    )
    figure.update_yaxes(scaleanchor=False)  # as wide as the page, so that fewer names lie on each other
    figure.update_annotations(bgcolor=_LABEL, font={"color": _TEXT, "size": 11})
    return figure
