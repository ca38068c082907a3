"""The library: choose one, drop files, look through papers, remove some. Lays out and wires events."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from ..doctor import check_index
from . import condition, shelf
from .escaping import clean
from .failures import explain
from .panels import status
from .papertable import GENERAL_PROBLEM, PaperTable, Updates
from .sessions import Session, Sessions
from .uploads import Uploads

POLL_SECONDS = 0.5
ECHO_SECONDS = 1.0
"""A list tells a choice twice, again when the field is left: one that cannot be used must not be tried twice
at once, as the answers may come in either order. Chosen again later, it is."""
LONGEST_NAME = 64
NOT_HERE = "This page is served to others, and shows them this library only."


class Library:
    """The components of the library and what they do; what a tab holds is in its ``View``."""

    def __init__(self, sessions: Sessions, uploads: Uploads) -> None:
        self._sessions = sessions
        self._uploads = uploads
        self._choosing = threading.Lock()
        self._table = PaperTable(sessions)

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Row(elem_classes="pa-choice"):
            with gr.Column(scale=1, min_width=260):
                self._lay_out_choice()
            with gr.Column(scale=2, min_width=260):
                self._files = gr.File(
                    label="Add papers: BibTeX, RIS, PubMed, Web of Science, EndNote, JSON, CSV; also packed",
                    file_count="multiple",
                    elem_id="pa-drop",
                    height=124,
                )
        with gr.Row(elem_classes="pa-import-row"):
            self._state = gr.HTML("", js_on_load=None, elem_id="pa-import")
            self._stop = gr.Button("Stop", visible=False, size="sm", min_width=80, scale=0, elem_id="pa-stop")
        self._results = gr.HTML("", js_on_load=None, elem_id="pa-results")
        self._table.build()
        with gr.Row(elem_classes="pa-line"):
            self._health = gr.HTML("", js_on_load=None, elem_id="pa-health")
            self._examine = gr.Button(
                "Check every record", size="sm", min_width=150, scale=0, elem_id="pa-examine"
            )
        self._timer = gr.Timer(POLL_SECONDS, active=False)

    def _lay_out_choice(self) -> None:
        self._choice = gr.Dropdown(
            [self._sessions.libraries.first.name],
            value=self._sessions.libraries.first.name,
            label="Library",
            filterable=False,
            elem_id="pa-library",
        )
        self._fold = gr.Accordion("New library", open=False, elem_id="pa-begin", elem_classes="pa-filters")
        with self._fold:
            self._name = gr.Textbox(
                label="Its name",
                placeholder="reading-group",
                max_lines=1,
                max_length=LONGEST_NAME,
                submit_btn="Create",
                elem_id="pa-new-library",
            )
        self._chosen = gr.HTML("", js_on_load=None, elem_id="pa-chosen")

    def wire(self, tab: gr.Tab) -> None:
        """Connect the events; it is shown, and so looked at, when its tab is chosen."""
        progress = [self._state, self._stop, self._results, self._timer]
        everything: list[Any] = [*progress, *self._table.shown, self._health, self._choice, self._chosen]
        everything += [self._fold, self._name, *self._table.asked]
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        self._files.upload(
            self._hand_in,
            [self._files],
            [self._files, *self._table.shown, *progress],
            preprocess=False,
            **at_once,
        )
        tab.select(self._show, None, everything, **at_once)
        self._timer.tick(self._follow, None, everything, **at_once)
        self._stop.click(self._ask_to_stop, None, progress, **at_once)
        self._choice.input(self._choose, [self._choice], everything, **at_once)
        self._name.submit(self._begin, [self._name], everything, **at_once)
        # In the queue: to read every record of a large library takes longer than a request may.
        checking: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        self._examine.click(
            lambda: status("Every record is being read."), None, [self._health], **at_once
        ).then(self._check, None, [self._health], concurrency_limit=1, **checking)
        self._table.wire()

    # -- importing -----------------------------------------------------------------------------------

    def _hand_in(self, sent: Sequence[Mapping[str, Any]] | None, request: gr.Request) -> Updates:
        session = self._sessions.of(request)
        files = self._uploads.take(sent or ())
        note = ""
        if files and not session.library.desk.hand_in(files, self._sessions.who(request)):
            note = "Too many files wait to be added already. Drop these again when some of them are in."
        elif not files:
            note = "These files did not arrive; drop them again."
        return {self._files: None, **self._table.say(note), **self._progress(session, request)}

    def _show(self, request: gr.Request) -> Updates:
        """All of it, as it is now."""
        session = self._sessions.of(request)
        return {**self._choices(session, request), **self._looked(session, request)}

    def _follow(self, request: gr.Request) -> Updates:
        """The import as it is now, and the table where one has ended since."""
        return self._looked(self._sessions.of(request), request)

    def _looked(self, session: Session, request: gr.Request) -> Updates:
        # First, as it says whether to look again: what ends while the rest is read is then seen next time.
        progress = self._progress(session, request)
        table = self._table.look_again(session)
        health = {self._health: condition.of_index(session)} if table else {}
        return {**progress, **table, **health}

    def _ask_to_stop(self, request: gr.Request) -> Updates:
        session = self._sessions.of(request)
        session.library.desk.stop(self._sessions.who(request))
        return self._progress(session, request)

    def _progress(self, session: Session, request: gr.Request) -> Updates:
        library = session.library
        snapshot = library.desk.snapshot(self._sessions.who(request))
        stopping = snapshot.current is not None and snapshot.current.stopping
        return {
            self._state: shelf.import_state(snapshot),
            self._stop: gr.Button(visible=snapshot.stoppable, interactive=not stopping),
            self._results: shelf.results(snapshot),
            self._timer: gr.Timer(active=snapshot.busy or library.preparation.under_way),
        }

    # -- which library -------------------------------------------------------------------------------

    def _choices(self, session: Session, request: gr.Request) -> Updates:
        if self._sessions.is_shared(request):
            name = session.library.name
            return {
                self._choice: gr.Dropdown([name], value=name, interactive=False),
                self._fold: gr.Accordion(visible=False),
                self._chosen: status(NOT_HERE),
            }
        names = sorted({*self._sessions.libraries.names(), session.library.name}, key=str.casefold)
        return {self._choice: gr.Dropdown(names, value=session.library.name)}

    def _choose(self, name: object, request: gr.Request) -> Any:
        wanted = clean(str(name or ""))
        with self._choosing:
            now = self._sessions.of(request).library
            if wanted == now.name and time.monotonic() - now.opened < ECHO_SECONDS:
                return gr.skip()
            return self._moved(wanted, request, new=False)

    def _begin(self, name: object, request: gr.Request) -> Updates:
        wanted = clean(str(name or "")).strip()[: LONGEST_NAME + 1]
        if not wanted:
            return {self._chosen: status("Give the new library a name first.")}
        return self._moved(wanted, request, new=True)

    def _moved(self, name: str, request: gr.Request, *, new: bool) -> Updates:
        """Work with another library from now on, in this tab alone."""
        session, libraries = self._sessions.of(request), self._sessions.libraries
        if self._sessions.is_shared(request):
            return self._choices(session, request)
        known = name in libraries.names()
        if not (known or new):
            gone = status(f"There is no library “{name}” any more. Choose another.")
            return {**self._choices(session, request), self._chosen: gone}
        try:
            session.move_to(libraries.get(name))
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            told = explain(error, GENERAL_PROBLEM, session.settings)
            return {**self._choices(session, request), self._chosen: status(told)}
        begun = new and not known
        told = f"“{name}” is made with the first papers that you add." if begun else f"Now at “{name}”."
        if new and known:
            told = f"There is a library “{name}” already: this is it."
        return {
            **self._choices(session, request),
            **self._looked(session, request),
            self._chosen: status(f"{told} Other tabs stay where they are."),
            self._name: "",
            self._fold: gr.Accordion(open=False),
        }

    # -- its condition -------------------------------------------------------------------------------

    def _check(self, request: gr.Request) -> Updates:
        session = self._sessions.of(request)
        if session.library.preparation.under_way or not session.library.assistant.has_index:
            return {self._health: condition.of_index(session)}
        try:
            assistant = session.library.assistant
            found = check_index(assistant)
            read_only = found.verdict != "fail" and bool(assistant.status().notice)
            on_disk = session.settings.chroma_url is None
            return {self._health: condition.of_check(found, every_record=on_disk, read_only=read_only)}
        except Exception as error:  # noqa: BLE001 - as above
            return {self._health: status(explain(error, GENERAL_PROBLEM, session.settings))}
