"""The settings: who answers in this tab, what it may spend, how the page looks. Lays out and wires events.

A key goes from the field into the session and never back: the field is emptied, and says that one is set.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..errors import AssistantError, SettingsError
from ..models.chat import OpenAIChat
from ..models.endpoint import Names
from ..settings import Settings
from . import panels
from .account import budget_of, endpoint_changes, in_words, remember, spent
from .failures import explain
from .panels import status
from .scripts import LAID_OUT
from .sessions import Session, Sessions

LONGEST_ADDRESS = 500
LONGEST_KEY = 1000
MODES = (("Written by the language model, if one is set", "auto"), ("Quoted from the papers", "extractive"))
THEMES = (("As the system", "system"), ("Light", "light"), ("Dark", "dark"))
GENERAL_PROBLEM = "The settings could not be changed."
FIXED = (
    "This page is served to others: address and model are set by whoever runs it. A key of yours goes there."
)
SIMULTANEOUS_TESTS = 4
_NAMES = Names(key="the key", url="the address", setting="the model")
# Fixed code of ours, in page.js; nothing of it reaches the server.
_SHOW_THEME = "() => window.paTheme.chosen()"
_CHOOSE_THEME = "(theme) => window.paTheme.choose(theme)"

Updates = dict[Any, Any]


class Preferences:
    """The components of the settings; what they change is in the ``Session`` of a tab."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def build(self, header: gr.HTML) -> None:
        """Lay it out where it is to stand; ``header`` says who answers."""
        self._header = header
        field: dict[str, Any] = {"max_lines": 1, "min_width": 200}
        button: dict[str, Any] = {"size": "sm", "min_width": 90, "scale": 0}
        wide = button | {"min_width": 180}
        with gr.Column(elem_classes="pa-settings"):
            self._mode = gr.Radio(list(MODES), value="auto", label="Answers in this tab", elem_id="pa-mode")
            gr.HTML("<h2>Language model</h2>", js_on_load=None)
            with gr.Row():
                self._address = gr.Textbox(
                    label="Address of an OpenAI-compatible endpoint",
                    placeholder="https://api.openai.com/v1",
                    max_length=LONGEST_ADDRESS,
                    scale=2,
                    elem_id="pa-address",
                    **field,
                )
                self._model = gr.Textbox(label="Model", max_length=200, scale=1, elem_id="pa-model", **field)
            self._key = gr.Textbox(
                label="Key",
                type="password",
                max_length=LONGEST_KEY,
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
                elem_id="pa-key",
                **field,
            )
            with gr.Row(elem_classes="pa-pages"):
                self._use = gr.Button("Use", variant="primary", elem_id="pa-use", **button)
                self._test = gr.Button("Test", elem_id="pa-test", **button)
                self._reset = gr.Button("Back to the start", elem_id="pa-reset", **wide)
                self._save = gr.Button("Save for next time", elem_id="pa-save", **wide)
                self._forget = gr.Button("Forget what was saved", elem_id="pa-forget", **wide)
            self._told = gr.HTML("", js_on_load=None, elem_id="pa-told")
            gr.HTML("<h2>Budget</h2>", js_on_load=None)
            self._budget = gr.Textbox(
                label="Most tokens of this tab (empty: no limit of its own)",
                max_length=12,
                elem_id="pa-budget",
                **field,
            )
            self._spent = gr.HTML("", js_on_load=None, elem_id="pa-spent")
            gr.HTML("<h2>Search</h2>", js_on_load=None)
            self._embedder = gr.HTML("", js_on_load=None, elem_id="pa-embedder")
            gr.HTML("<h2>Look</h2>", js_on_load=None)
            self._theme = gr.Radio(
                list(THEMES), value="system", label="Theme, kept in this browser", elem_id="pa-theme"
            )

    def wire(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Connect the events; what is shown is looked up when the tab is chosen."""
        form = [self._address, self._model, self._key]
        buttons = [self._save, self._forget]
        shown = [self._header, self._mode, *form, *buttons, self._told, self._budget]
        shown += [self._spent, self._embedder]
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        blocks.load(self._head, None, [self._header], js=LAID_OUT, **at_once)
        tab.select(self._show, None, shown, **at_once)
        tab.select(None, None, [self._theme], js=_SHOW_THEME, **at_once)
        self._theme.input(None, [self._theme], None, js=_CHOOSE_THEME, **at_once)
        self._mode.input(self._switch, [self._mode], shown, **at_once)
        for event in (self._use.click, self._address.submit, self._model.submit, self._key.submit):
            event(self._apply, form, shown, **at_once)
        self._reset.click(self._begin_anew, None, shown, **at_once)
        # In the queue: an endpoint may take its time.
        self._test.click(lambda: status("Asking the endpoint."), None, [self._told], **at_once).then(
            self._try, form, [self._told], concurrency_limit=SIMULTANEOUS_TESTS, **quiet
        )
        self._save.click(self._keep, None, shown, **at_once)
        self._forget.click(self._drop, None, shown, **at_once)
        gr.on([self._budget.submit, self._budget.blur], self._limit, [self._budget], shown, **at_once)

    # -- what is shown -------------------------------------------------------------------------------

    def _head(self, request: gr.Request) -> str:
        return panels.header(self._sessions.of(request).assistant.composer)

    def _show(self, request: gr.Request) -> Updates:
        return self._shown(request, None)

    def _shown(self, request: gr.Request, told: str | None) -> Updates:
        """All of it as it is now, with a sentence where there is something to say."""
        session, shared = self._sessions.of(request), self._sessions.is_shared(request)
        settings = session.settings
        own = "api_key" in session.changes
        has_key = settings.api_key is not None and bool(settings.api_key.get_secret_value())
        key = ("Set in this tab" if own else "Set by the program") if has_key else "Not set"
        if told is None:
            told = FIXED if shared else ""
        budget = session.changes.get("session_tokens")
        return {
            self._header: panels.header(session.assistant.composer),
            self._mode: settings.mode,
            self._address: gr.Textbox(settings.endpoint if settings.base_url else "", interactive=not shared),
            self._model: gr.Textbox(settings.model, interactive=not shared),
            self._key: gr.Textbox("", placeholder=f"{key}; type another to replace it" if has_key else key),
            self._save: gr.Button(visible=not shared),
            self._forget: gr.Button(visible=not shared),
            self._told: status(told) if told else "",
            self._budget: "" if budget is None else str(budget),
            self._spent: status(spent(session.spent)),
            self._embedder: status(_embedder(settings)),
        }

    # -- what is changed -----------------------------------------------------------------------------

    def _switch(self, mode: object, request: gr.Request) -> Updates:
        session = self._sessions.of(request)
        wanted = "extractive" if mode == "extractive" else "auto"
        if self._sessions.is_shared(request) and session.library.assistant.settings.mode == "extractive":
            return self._shown(request, "Whoever runs this page has turned the language model off.")
        return self._changed(request, "", mode=wanted)

    def _apply(self, address: object, model: object, key: object, request: gr.Request) -> Updates:
        session = self._sessions.of(request)
        fixed = self._sessions.is_shared(request)
        changes = endpoint_changes(session.settings, address, model, key, fixed=fixed)
        if not fixed:
            changes["mode"] = "auto"
        return self._changed(request, "Used in this tab from now on.", **changes)

    def _begin_anew(self, request: gr.Request) -> Updates:
        self._sessions.of(request).begin_anew()
        return self._shown(request, "As it was when the page was opened; a key typed here is forgotten.")

    def _limit(self, budget: object, request: gr.Request) -> Updates:
        try:
            wanted = budget_of(budget)
            if wanted == self._sessions.of(request).changes.get("session_tokens"):
                return self._shown(request, "")
            return self._changed(request, "", session_tokens=wanted)
        except SettingsError as error:
            return self._shown(request, in_words(error))

    def _changed(self, request: gr.Request, told: str, **changes: Any) -> Updates:
        session = self._sessions.of(request)
        try:
            session.change(**changes)
            return self._shown(request, told)
        except SettingsError as error:
            return self._shown(request, in_words(error))
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            return self._shown(request, explain(error, GENERAL_PROBLEM, session.settings))

    def _try(self, address: object, model: object, key: object, request: gr.Request) -> Updates:
        session = self._sessions.of(request)
        settings = session.settings
        try:
            fixed = self._sessions.is_shared(request)
            settings = settings.changed(**endpoint_changes(settings, address, model, key, fixed=fixed))
            if settings.api_key is None and settings.base_url is None:
                return {self._told: status("Type a key, or the address of an endpoint that needs none.")}
            with OpenAIChat(settings, _NAMES) as chat:
                return {self._told: status(chat.check(by_asking=True))}
        except AssistantError as error:
            return {self._told: status(in_words(error))}
        except Exception as error:  # noqa: BLE001 - as above
            return {self._told: status(explain(error, "The test could not be made.", settings))}

    # -- what is saved -------------------------------------------------------------------------------

    def _keep(self, request: gr.Request) -> Updates:
        return self._saving(request, lambda session: remember(session.settings, session.changes))

    def _drop(self, request: gr.Request) -> Updates:
        return self._saving(request, lambda _: remember(None, {}))

    def _saving(self, request: gr.Request, act: Any) -> Updates:
        session: Session = self._sessions.of(request)
        if self._sessions.is_shared(request):
            return self._shown(request, FIXED)
        try:
            return self._shown(request, act(session))
        except SettingsError as error:
            return self._shown(request, in_words(error))


def _embedder(settings: Settings) -> str:
    """What finds papers, and why it cannot be changed here."""
    if settings.embed_model:
        where = settings.for_embedding().endpoint
        return f"Papers are found with the embedding model {settings.embed_model} at {where}."
    return "Papers are found with all-MiniLM-L6-v2, inside this program: nothing leaves the machine for that."
