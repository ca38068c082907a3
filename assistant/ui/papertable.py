"""The table of papers: searched, sorted and filtered by the server, which sends a page of it at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from ..index.browsing import Order
from . import shelf
from .browsed import LONGEST_SEARCH, ORDERS, ROWS, View, order_of, places_of
from .escaping import clean
from .failures import explain
from .filtering import FilterFields, filters_of
from .panels import papers, status
from .scripts import said
from .sessions import Session, Sessions

GENERAL_PROBLEM = "The library cannot be shown."
_REMOVED = "{} removed."
BUSY = "Papers are being added. Remove some when that is done."
_TICKED = """(_, ...others) => [JSON.stringify(
  [...document.querySelectorAll("#pa-papers tbody input:checked")].map((box) => box.value)), ...others]"""
# Fixed code: it takes nothing from the data but the order that the server gave the button.
_SORT = """element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-order]");
  if (button) trigger("select", { order: button.dataset.order });
});"""

Updates = dict[Any, Any]


class PaperTable:
    """The components of the table and what they do; what a tab holds is its ``View``."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Row(elem_classes="pa-search"):
            self._text = gr.Textbox(
                label="Search titles and abstracts",
                max_lines=1,
                max_length=LONGEST_SEARCH,
                scale=3,
                min_width=200,
                elem_id="pa-search",
            )
            self._order = gr.Dropdown(
                [(label, order.value) for label, order in ORDERS],
                value=Order.TITLE.value,
                label="Sort by",
                filterable=False,
                scale=1,
                min_width=160,
                elem_id="pa-order",
            )
        self._filters = FilterFields("library", self._sessions)
        loading = status("The papers are being looked up.")
        self._table = gr.HTML(loading, js_on_load=_SORT, elem_id="pa-papers")
        with gr.Row(elem_classes="pa-pages"):
            self._place = gr.HTML("", js_on_load=None, elem_id="pa-place", min_width=200)
            button: dict[str, Any] = {"size": "sm", "min_width": 90, "scale": 0}
            self._back = gr.Button("Previous", interactive=False, elem_id="pa-previous", **button)
            self._on = gr.Button("Next", interactive=False, elem_id="pa-next", **button)
            self._remove = gr.Button("Remove chosen", elem_id="pa-remove", **(button | {"min_width": 140}))
            self._undo = gr.Button("Undo", visible=False, elem_id="pa-undo", **button)
        self._note = gr.HTML("", js_on_load=None, elem_id="pa-note")
        self._ticked = gr.Textbox(visible=False)
        self.page = [self._table, self._place, self._back, self._on]
        self.shown = [*self.page, self._note, self._undo]
        self.asked = [self._text, self._order, *self._filters.shown]

    def wire(self) -> None:
        """Connect the events."""
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        asked = [self._text, self._order, *self._filters.fields]
        typed = [self._text.input, self._text.submit, self._order.input]
        gr.on(typed, self._look, asked, self.page, trigger_mode="always_last", **at_once)
        self._filters.wire(self._look, inputs=asked, outputs=self.page)
        self._table.select(self._sort, None, [self._order, *self.page], **at_once)
        self._back.click(self._previous, None, self.page, **at_once)
        self._on.click(self._next, None, self.page, **at_once)
        self._remove.click(self._take_out, [self._ticked], self.shown, js=_TICKED, **at_once)
        self._undo.click(self._bring_back, None, self.shown, **at_once)

    # -- looking -------------------------------------------------------------------------------------

    def look_again(self, session: Session) -> Updates:
        """The table as it is now; from its beginning, where the tab has moved to another library."""
        view = session.held(View)
        ended = session.library.desk.snapshot().ended
        name, _ = view.seen
        if view.seen == (session.library.name, ended):
            return {}
        moved = bool(name) and name != session.library.name
        if moved:
            view.offset, view.removed = 0, []
            if view.filters.topic:  # topics are those of their library
                view.filters, view.shown = replace(view.filters, topic=""), False
        view.seen = (session.library.name, ended)
        told = {self._note: "", self._undo: gr.Button(visible=False)} if moved else {}
        back = {} if view.shown else self._asked(view)
        view.shown = True
        return {**told, **back, **self._page(view, session)}

    def _asked(self, view: View) -> Updates:
        """What was asked for, for a page that was loaded anew, and the way back from a removal."""
        removed = len(view.removed)
        return {
            self._text: view.text,
            self._order: view.order.value,
            **self._filters.filled(view.filters),
            self._undo: gr.Button(visible=bool(removed)),
            **self.say(_REMOVED.format(papers(removed)) if removed else ""),
        }

    def say(self, message: str) -> Updates:
        """A sentence below the table."""
        return {self._note: status(message) if message else ""}

    def _at(self, request: gr.Request) -> tuple[View, Session]:
        """What the tab that sends a request shows, and the tab."""
        session = self._sessions.of(request)
        return session.held(View), session

    def _look(self, text: object, order: object, request: gr.Request, *filters: object) -> Updates:
        view, session = self._at(request)
        asked = (clean(str(text or ""))[:LONGEST_SEARCH], order_of(order), filters_of(*filters))
        if asked != (view.text, view.order, view.filters):  # else the fields were filled, not changed
            view.text, view.order, view.filters = asked
            view.offset = 0
        return self._page(view, session)

    def _sort(self, event: gr.EventData, request: gr.Request) -> Updates:
        view, session = self._at(request)
        view.order, view.offset = order_of(said(event, "order")), 0
        return {self._order: view.order.value, **self._page(view, session)}

    def _previous(self, request: gr.Request) -> Updates:
        view, session = self._at(request)
        view.offset = max(0, view.offset - ROWS)
        return self._page(view, session)

    def _next(self, request: gr.Request) -> Updates:
        view, session = self._at(request)
        view.offset += ROWS
        return self._page(view, session)

    def _page(self, view: View, session: Session) -> Updates:
        """The rows that the view is at; asked for one page at a time, however many there are."""
        library = session.library
        if library.preparation.under_way:
            view.seen = ("", -1)
            return self._empty(view, status("The collection is being read."))
        if library.preparation.snapshot().phase == "failed":
            return self._empty(view, shelf.failed(library.preparation.snapshot().problem))
        if not library.assistant.has_index:
            return self._empty(view, shelf.EMPTY)
        try:
            found = session.assistant.index.page(view.text, view.filters, view.order, view.offset, ROWS)
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            return self._empty(view, shelf.failed(explain(error, GENERAL_PROBLEM, session.settings)))
        view.ids = tuple(paper.id for paper in found.papers)
        view.total, view.offset = found.total, found.offset
        view.table += 1
        return {
            self._table: shelf.table(found, view.table, searched=bool(view.text or view.filters)),
            self._place: shelf.place_in(found),
            self._back: gr.Button(interactive=view.offset > 0),
            self._on: gr.Button(interactive=view.offset + len(view.ids) < view.total),
        }

    def _empty(self, view: View, shown: str) -> Updates:
        view.ids = ()
        still = gr.Button(interactive=False)
        return {self._table: shown, self._place: "", self._back: still, self._on: still}

    # -- removing ------------------------------------------------------------------------------------

    def _take_out(self, ticked: str | None, request: gr.Request) -> Updates:
        view, session = self._at(request)
        ids = [view.ids[place] for place in places_of(ticked, view)]
        if not ids:
            return self.say("Choose papers in the table first.")
        with session.library.desk.turn() as free:
            if not free:
                return self.say(BUSY)
            try:
                view.removed = session.assistant.remove(ids)
            except Exception as error:  # noqa: BLE001 - as above
                return self.say(explain(error, GENERAL_PROBLEM, session.settings))
        return self._changed(view, session, _REMOVED.format(papers(len(view.removed))))

    def _bring_back(self, request: gr.Request) -> Updates:
        view, session = self._at(request)
        with session.library.desk.turn() as free:
            if not free:
                return self.say("Papers are being added. Undo this when that is done.")
            try:
                back = session.assistant.restore([paper.id for paper in view.removed])
            except Exception as error:  # noqa: BLE001 - as above
                return self.say(explain(error, GENERAL_PROBLEM, session.settings))
        view.removed = []
        return self._changed(view, session, f"{papers(len(back))} put back.")

    def _changed(self, view: View, session: Session, note: str) -> Updates:
        undo = gr.Button(visible=bool(view.removed))
        return {**self.say(note), self._undo: undo, **self._page(view, session)}
