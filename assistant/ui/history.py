"""The bar above the chat: what the conversation is called, a new one, and the list of those that are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gradio as gr

from ..outputs.transcript import conversation_markdown
from ..saved import SavedChat, dumped
from . import kept
from .conversation import Conversation
from .conversations import Conversations
from .escaping import clean
from .scripts import ACT, SAVE, said
from .uploads import file_name
from .visitors import visitor_of

Updates = dict[Any, Any]
_LONGEST_NAME = 60


class History:
    """The components of the bar and the list; the list unfolds over the chat, by script."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Row(elem_id="pa-bar"):
            self._name = gr.HTML("", js_on_load=None, elem_id="pa-name")
            self._new = gr.Button(
                "New",
                size="sm",
                min_width=0,
                scale=0,
                visible=False,
                elem_id="pa-new",
                elem_classes="pa-plain",
            )
            self._toggle = gr.Button(
                "Conversations", size="sm", min_width=0, scale=0, elem_id="pa-toggle", elem_classes="pa-plain"
            )
        self._list = gr.HTML("", js_on_load=ACT, elem_id="pa-history")
        self._file = gr.Textbox(visible=False)
        self.bar: list[Any] = [self._name, self._new]

    def wire(
        self, current: gr.Textbox, show: Callable[[Conversation, gr.Request], Updates], shown: list[Any]
    ) -> None:
        """Connect the events; ``show`` is how a conversation is put into ``shown``."""
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

        def begin(request: gr.Request) -> Updates:
            return show(self._conversations.begin(visitor_of(request)), request)

        def open_(event: gr.EventData, request: gr.Request) -> Updates:
            found = self._conversations.find(visitor_of(request), said(event, "id"))
            return show(found, request) if found is not None else {}

        def delete(event: gr.EventData, known: str, request: gr.Request) -> Updates:
            visitor, wanted = visitor_of(request), said(event, "id")
            head = self._conversations.delete(visitor, wanted)
            updates = show(self._conversations.begin(visitor), request) if head and wanted == known else {}
            return {**updates, self._list: self._listed(visitor, known, head.name if head else "")}

        def rename(event: gr.EventData, known: str, request: gr.Request) -> Updates:
            visitor, wanted = visitor_of(request), said(event, "id")
            self._conversations.rename(visitor, wanted, said(event, "text"))
            found = self._conversations.find(visitor, known)
            bar = self.shown(found) if found is not None else {}
            return {**bar, self._list: self._listed(visitor, known)}

        both = [self._list, *shown]
        self._toggle.click(self._look, [current], [self._list], **at_once)
        self._new.click(begin, None, shown, **at_once)
        self._list.select(open_, None, shown, **at_once)
        self._list.delete(delete, [current], both, **at_once)
        self._list.edit(rename, [current], [self._list, *self.bar], **at_once)
        self._list.undo(self._bring_back, [current], [self._list], **at_once)
        self._list.copy(self._save, None, [self._file], **at_once).then(
            None, [self._file], None, js=SAVE, api_visibility="private"
        )

    def shown(self, conversation: Conversation) -> Updates:
        """The bar for a conversation."""
        return {
            self._name: kept.name(conversation.name, conversation.id if conversation.turns else ""),
            self._new: gr.Button(visible=bool(conversation.turns)),
        }

    def _look(self, known: str, request: gr.Request) -> str:
        return self._listed(visitor_of(request), known)

    def _listed(self, visitor: str, current: str, deleted: str = "") -> str:
        return kept.listing(self._conversations.listed(visitor), current, deleted)

    def _bring_back(self, known: str, request: gr.Request) -> str:
        visitor = visitor_of(request)
        self._conversations.restore(visitor)
        return self._listed(visitor, known)

    def _save(self, event: gr.EventData, request: gr.Request) -> str:
        """A conversation as a file: its name and its text."""
        conversation = self._conversations.find(visitor_of(request), said(event, "id"))
        if conversation is None:
            return ""
        stem = file_name(conversation.name)[:_LONGEST_NAME].strip(". ") or "conversation"
        if said(event, "kind") == "json":
            text = dumped(SavedChat(conversation.history)).decode()
            return json.dumps({"name": f"{stem}.json", "text": text})
        asked = ((turn.question, turn.answer, turn.text or turn.problem) for turn in conversation.turns)
        return json.dumps(
            {"name": f"{stem}.md", "text": conversation_markdown(clean(conversation.name), asked)}
        )
