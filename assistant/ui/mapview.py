"""The map on the Topics tab, the years below it where they are known, and the papers behind its points."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..threads import Aside
from . import abstracts
from .failures import explain
from .libraries import OpenLibrary
from .mapping import map_on_page, years_on_page
from .scripts import said
from .sessions import Sessions

PAPER_PROBLEM = "This paper cannot be shown."
GONE = "This paper is not in the library any more."
# Fixed code, by which map.js asks for a paper: one of the figures' components cannot say what was clicked.
_ASK = """window.paPoint = (paper) => trigger("select", { paper });"""

Updates = dict[Any, Any]


class MapView:
    """The components of the map, folded away while a summary is read."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        # It may take a minute, which a shutdown does not wait for.
        self._drawing = Aside()

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Accordion(
            "Map", open=True, visible=False, elem_id="pa-map-fold", elem_classes="pa-filters"
        ) as self.fold:
            self._map = gr.Plot(show_label=False, label="Map of the papers by topic", elem_id="pa-map")
            self._years = gr.Plot(show_label=False, label="Papers by year", visible=False, elem_id="pa-years")
        self._paper = gr.HTML("", js_on_load=_ASK, elem_id="pa-point")
        self.shown: list[Any] = [self.fold, self._map, self._years]

    def wire(self) -> None:
        """Connect the events."""
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        self._paper.select(self._open, None, [self._paper], **at_once)

    async def drawn(self, library: OpenLibrary) -> Updates:
        """The map of a library as it is now, where there is enough to draw."""
        return await self._drawing.run(lambda: self._drawn(library))

    def folded(self) -> Updates:
        """The map out of the way."""
        return {self.fold: gr.Accordion(open=False)}

    def hidden(self) -> Updates:
        """No map."""
        return {self.fold: gr.Accordion(visible=False)}

    def _drawn(self, library: OpenLibrary) -> Updates:
        drawn = library.assistant.topic_map()
        if not drawn.places or not drawn.topics.topics:
            return self.hidden()
        years = years_on_page(drawn)
        return {
            self.fold: gr.Accordion(visible=True),
            self._map: map_on_page(drawn),
            self._years: gr.Plot(years, visible=years is not None),
        }

    def _open(self, event: gr.EventData, request: gr.Request) -> str:
        """The paper of a point that was clicked, as the sheet shows it."""
        wanted, session = said(event, "paper"), self._sessions.of(request)
        try:
            found = session.library.assistant.index.papers([wanted])
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            return abstracts.gone(wanted, explain(error, PAPER_PROBLEM, session.settings))
        return abstracts.opened(found[0]) if found else abstracts.gone(wanted, GONE)
