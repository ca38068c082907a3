"""Keeps what a reader thinks of an answer: a thumb, taken back or not, and a note."""

from __future__ import annotations

from typing import Any, get_args

import gradio as gr

from ..errors import AssistantError
from ..feedback import FILE_NAME, LONGEST_NOTE, Verdict, leave, mark_of
from .conversation import Conversation, Turn
from .conversations import Conversations
from .escaping import clean
from .scripts import said
from .sessions import Sessions
from .visitors import visitor_of


class Marking:
    """The marks of all readers of one server; each answer of a conversation shows its own."""

    def __init__(self, sessions: Sessions, conversations: Conversations) -> None:
        self._sessions = sessions
        self._conversations = conversations

    def mark(self, event: gr.EventData, known: str, request: gr.Request) -> Any:
        """Keep a thumb, or take it back."""
        conversation, turn = self._meant(event, known, request)
        told = said(event, "verdict")
        verdict: Verdict | None = next((each for each in get_args(Verdict) if each == told), None)
        if conversation is None or turn is None or verdict is None:
            return gr.skip()
        return self._left(conversation, turn, verdict, "", request)

    def note(self, event: gr.EventData, known: str, request: gr.Request) -> Any:
        """Keep a note with the thumb."""
        conversation, turn = self._meant(event, known, request)
        note = " ".join(clean(said(event, "text")).split())
        if conversation is None or turn is None or not turn.verdict or not note:
            return gr.skip()
        return self._left(conversation, turn, turn.verdict, note[:LONGEST_NOTE], request)

    def _meant(
        self, event: gr.EventData, known: str, request: gr.Request
    ) -> tuple[Conversation | None, Turn | None]:
        """The answer that a browser speaks of, if its reader has it."""
        conversation = self._conversations.find(visitor_of(request), known)
        return conversation, conversation.turn(said(event, "turn")) if conversation else None

    def _left(
        self, conversation: Conversation, turn: Turn, verdict: Verdict, note: str, request: gr.Request
    ) -> list[str]:
        """The conversation with a mark, once that is written down."""
        if turn.answer is not None:
            mark = mark_of(f"{conversation.id}/{turn.number}", turn.answer, verdict, note)
            try:
                leave(mark, self._sessions.of(request).assistant.path / FILE_NAME)
            except AssistantError as error:
                raise gr.Error(str(error), print_exception=False) from None
            turn.verdict, turn.note = verdict, note
            self._conversations.keep(conversation)
        return [conversation.past(), conversation.now()]
