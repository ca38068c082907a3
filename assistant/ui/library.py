"""The library: drop files, look through papers, remove some. Lays out components and wires events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gradio as gr

from ..index.browsing import Order
from ..types import NO_FILTERS, Filters, Paper
from . import shelf
from .escaping import clean
from .failures import explain
from .filtering import FilterFields, filters_of
from .importing import Desk
from .panels import status
from .preparation import Preparation
from .uploads import Uploads

if TYPE_CHECKING:
    from ..assistant import Assistant

ROWS = 25
POLL_SECONDS = 0.5
LONGEST_SEARCH = 500
ORDERS = (
    ("Title", Order.TITLE),
    ("Newest first", Order.NEWEST),
    ("Oldest first", Order.OLDEST),
    ("Best match", Order.MATCH),
)
GENERAL_PROBLEM = "The library cannot be shown."
BUSY = "Papers are being added. Remove some when that is done."
_TICKED = """(_, ...others) => [JSON.stringify([...document.querySelectorAll("#pa-papers input:checked")]
  .map((box) => box.value)), ...others]"""

Updates = dict[Any, Any]


@dataclass(slots=True)
class View:
    """What one tab shows of the library, and what it removed last."""

    text: str = ""
    filters: Filters = NO_FILTERS
    order: Order = Order.TITLE
    offset: int = 0
    total: int = 0
    ids: tuple[str, ...] = ()
    """The papers in the table, from the first row to the last."""
    table: int = 0
    """Which table it is: rows chosen in an earlier one, just replaced by an import, are other papers."""
    removed: list[Paper] = field(default_factory=list)
    seen: int = -1
    """How many imports had ended when it was last looked at."""


class Library:
    """The components of the library and what they do; what a tab holds is in its ``View``."""

    def __init__(self, assistant: Assistant, preparation: Preparation, desk: Desk, uploads: Uploads) -> None:
        self._assistant = assistant
        self._preparation = preparation
        self._desk = desk
        self._uploads = uploads

    def build(self) -> None:
        """Lay it out where it is to stand."""
        self._view = gr.State(View())
        self._files = gr.File(
            label="Add papers: BibTeX, RIS, PubMed, Web of Science, EndNote, JSON, CSV; also .gz and .zip",
            file_count="multiple",
            elem_id="pa-drop",
            height=140,
        )
        with gr.Row(elem_classes="pa-import-row"):
            self._state = gr.HTML("", js_on_load=None, elem_id="pa-import")
            self._stop = gr.Button("Stop", visible=False, size="sm", min_width=80, scale=0, elem_id="pa-stop")
        self._results = gr.HTML("", js_on_load=None, elem_id="pa-results")
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
                min_width=140,
                elem_id="pa-order",
            )
        self._filters = FilterFields("library", self._assistant)
        self._table = gr.HTML("", js_on_load=None, elem_id="pa-papers")
        with gr.Row(elem_classes="pa-pages"):
            self._place = gr.HTML("", js_on_load=None, elem_id="pa-place", min_width=200)
            button: dict[str, Any] = {"size": "sm", "min_width": 90, "scale": 0}
            self._back = gr.Button("Previous", interactive=False, elem_id="pa-previous", **button)
            self._on = gr.Button("Next", interactive=False, elem_id="pa-next", **button)
            self._remove = gr.Button("Remove chosen", elem_id="pa-remove", **(button | {"min_width": 140}))
            self._undo = gr.Button("Undo", visible=False, elem_id="pa-undo", **button)
        self._note = gr.HTML("", js_on_load=None, elem_id="pa-note")
        self._ticked = gr.Textbox(visible=False)
        self._timer = gr.Timer(POLL_SECONDS, active=False)

    def wire(self, tab: gr.Tab) -> None:
        """Connect the events; it is shown, and so looked at, when its tab is chosen."""
        page = [self._table, self._place, self._back, self._on]
        importing = [self._state, self._stop, self._results, self._timer, *page]
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        asked = [self._view, self._text, self._order, *self._filters.fields]
        self._files.upload(
            self._hand_in,
            [self._files],
            [self._files, self._note, *importing[:4]],
            preprocess=False,
            **at_once,
        )
        tab.select(self._follow, [self._view], importing, **at_once)
        self._timer.tick(self._follow, [self._view], importing, **at_once)
        self._stop.click(self._ask_to_stop, None, importing[:4], **at_once)
        typed = [self._text.input, self._text.submit, self._order.input]
        gr.on(typed, self._look, asked, page, trigger_mode="always_last", **at_once)
        self._filters.wire(self._look, inputs=asked, outputs=page)
        self._back.click(lambda view: self._turn(view, -ROWS), [self._view], page, **at_once)
        self._on.click(lambda view: self._turn(view, ROWS), [self._view], page, **at_once)
        changed = [self._note, self._undo, *page]
        self._remove.click(self._take_out, [self._ticked, self._view], changed, js=_TICKED, **at_once)
        self._undo.click(self._bring_back, [self._view], changed, **at_once)

    # -- importing -------------------------------------------------------------------------------

    def _hand_in(self, sent: Sequence[Mapping[str, Any]] | None) -> Updates:
        files = self._uploads.take(sent or ())
        note = ""
        if files and not self._desk.hand_in(files):
            note = "Too many files wait to be added already. Drop these again when some of them are in."
        elif not files:
            note = "These files did not arrive; drop them again."
        return {self._files: None, self._note: status(note) if note else "", **self._import_shown()}

    def _follow(self, view: View) -> Updates:
        """The import as it is now, and the table where one has ended since."""
        ended = self._desk.snapshot().ended
        shown = self._import_shown()
        if ended != view.seen:
            view.seen = ended
            shown |= self._page(view)
        return shown

    def _ask_to_stop(self) -> Updates:
        self._desk.stop()
        return self._import_shown()

    def _import_shown(self) -> Updates:
        snapshot = self._desk.snapshot()
        busy = snapshot.busy
        stopping = snapshot.current is not None and snapshot.current.stopping
        return {
            self._state: shelf.import_state(snapshot),
            self._stop: gr.Button(visible=busy, interactive=not stopping),
            self._results: shelf.results(snapshot),
            self._timer: gr.Timer(active=busy or self._preparation.under_way),
        }

    # -- the table -------------------------------------------------------------------------------

    def _look(self, view: View, text: object, order: object, *filters: object) -> Updates:
        view.text = clean(str(text or ""))[:LONGEST_SEARCH]
        view.order = next((known for known in Order if known == order), Order.TITLE)
        view.filters = filters_of(*filters)
        view.offset = 0
        return self._page(view)

    def _turn(self, view: View, rows: int) -> Updates:
        view.offset = max(0, view.offset + rows)
        return self._page(view)

    def _page(self, view: View) -> Updates:
        """The rows that the view is at; asked for one page at a time, however many there are."""
        if self._preparation.under_way:
            view.seen = -1
            return self._empty(view, "The collection is being read.")
        try:
            found = self._assistant.index.page(view.text, view.filters, view.order, view.offset, ROWS)
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            return self._empty(view, explain(error, GENERAL_PROBLEM, self._assistant.settings))
        view.ids = tuple(paper.id for paper in found.papers)
        view.total, view.offset = found.total, found.offset
        view.table += 1
        return {
            self._table: shelf.table(found, view.table, searched=bool(view.text or view.filters)),
            self._place: shelf.place_in(found, view.order),
            self._back: gr.Button(interactive=view.offset > 0),
            self._on: gr.Button(interactive=view.offset + len(view.ids) < view.total),
        }

    def _empty(self, view: View, reason: str) -> Updates:
        view.ids = ()
        still = gr.Button(interactive=False)
        return {self._table: status(reason), self._place: "", self._back: still, self._on: still}

    def _take_out(self, ticked: str | None, view: View) -> Updates:
        ids = [view.ids[place] for place in _places(ticked, view)]
        if not ids:
            return {self._note: status("Choose papers in the table first.")}
        with self._desk.turn() as free:
            if not free:
                return {self._note: status(BUSY)}
            try:
                view.removed = self._assistant.remove(ids)
            except Exception as error:  # noqa: BLE001 - as above
                return {self._note: status(explain(error, GENERAL_PROBLEM, self._assistant.settings))}
        return self._changed(view, f"{_papers(len(view.removed))} removed.")

    def _bring_back(self, view: View) -> Updates:
        with self._desk.turn() as free:
            if not free:
                return {self._note: status("Papers are being added. Undo this when that is done.")}
            try:
                self._assistant.add(view.removed)
            except Exception as error:  # noqa: BLE001 - as above
                return {self._note: status(explain(error, GENERAL_PROBLEM, self._assistant.settings))}
        back, view.removed = len(view.removed), []
        return self._changed(view, f"{_papers(back)} put back.")

    def _changed(self, view: View, note: str) -> Updates:
        return {
            self._note: status(note),
            self._undo: gr.Button(visible=bool(view.removed)),
            **self._page(view),
        }


def _places(ticked: str | None, view: View) -> list[int]:
    """The rows that a browser says are ticked in this table; anything else it may say is none."""
    try:
        values = json.loads(ticked or "[]")
    except ValueError:
        return []
    if not isinstance(values, list):
        return []
    return [place for place in range(len(view.ids)) if f"{view.table}.{place}" in values]


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count} papers"
