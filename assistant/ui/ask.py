"""The Ask tab: a chat beside its sources. Lays out components and wires events; texts are ``talk``'s."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, suppress
from typing import Any

import gradio as gr

from ..errors import AssistantError
from ..events import Event
from ..filters import Filters
from . import panels, talk
from .box import box, placeholder
from .conversation import Conversation, Turn
from .conversations import Conversations
from .filtering import FilterFields, filters_of
from .history import History
from .marking import Marking
from .openers import Openers
from .scripts import ACT, KNOWN, said
from .sessions import Session, Sessions
from .standing import collection, line
from .visitors import visitor_of

POLL_SECONDS = 0.5
GENERAL_PROBLEM = "Something went wrong while answering; please try again."
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_AT_ONCE = {"queue": False, **_QUIET}

Updates = dict[Any, Any]
_NOTHING: Updates = {}


class AskTab:
    """The components of the tab and what they do; what a tab shows is a ``Conversation``."""

    def __init__(self, sessions: Sessions, conversations: Conversations) -> None:
        self._sessions = sessions
        self._first = sessions.libraries.first
        self._conversations = conversations
        self._history = History(conversations)
        self._marking = Marking(sessions, conversations)
        self._openers = Openers(sessions)
        self._offering = asyncio.Semaphore(1)

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Row(elem_classes="pa-main"):
            with gr.Column(scale=3, min_width=320, elem_classes="pa-chat"):
                self._history.build()
                with gr.Column(elem_id="pa-chatbot"):
                    self._past = gr.HTML("", js_on_load=ACT, elem_id="pa-past")
                    self._now = gr.HTML(talk.welcome(), js_on_load=ACT, elem_id="pa-now")
                    self._offered = self._openers.build()
                self._status = gr.HTML(collection(self._first), js_on_load=None, elem_id="pa-status")
                self._lay_out_question()
            with gr.Column(scale=2, min_width=320, elem_classes="pa-side"):
                self._sources = gr.HTML(panels.panel(()), js_on_load=None, elem_id="pa-sources")
        # Held by the page, not by a session of the server: so it outlives a restart.
        self._id = gr.Textbox(visible=False)
        self._timer = gr.Timer(POLL_SECONDS, active=True)

    def _lay_out_question(self) -> None:
        self._found = gr.HTML("", js_on_load=ACT, elem_id="pa-found")
        enabled = self._first.preparation.snapshot().phase != "indexing"
        self._question = gr.Textbox(
            elem_id="pa-question",
            label="Question",
            show_label=False,
            placeholder=placeholder(enabled=enabled),
            interactive=enabled,
            submit_btn=True,
            max_lines=6,
        )
        self._filters = FilterFields("ask", self._sessions)

    def wire(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Connect the events. None is an endpoint for others: the page's own tabs are the only callers."""
        shown = [self._past, self._now, self._status, self._question, self._sources, self._id]
        shown += [self._found, *self._history.bar]
        asking: dict[str, Any] = {
            "outputs": shown,
            "concurrency_limit": self._first.assistant.settings.answers_at_once,
            "concurrency_id": "answers",
            **_QUIET,
        }
        fields = self._filters.fields
        asked = [
            self._question.submit(self._ask, [self._question, self._id, *fields], **asking),
            self._now.example_select(self._ask_said, [self._id, *fields], **asking),
            self._offered.example_select(self._ask_said, [self._id, *fields], **asking),
            self._now.edit(self._ask_edited, [self._id, *fields], **asking),
            self._now.retry(self._ask_again, [self._id], **asking),
            self._found.select(self._ask_without, [self._id], **asking),
        ]
        for event in asked:
            event.then(self._follow_up, [self._id], [self._now], **_QUIET)
        # Not by Gradio's ``cancels``: a cancelled event now and then leaves an error over the chat. Ours
        # wakes the generator, which then ends as any other.
        self._question.stop(self._stop, [self._id], None, **_AT_ONCE)
        for part in (self._past, self._now):
            part.like(self._marking.mark, [self._id], [self._past, self._now], **_AT_ONCE)
            part.input(self._marking.note, [self._id], [self._past, self._now], **_AT_ONCE)
        watched = [self._status, self._question, self._timer]
        blocks.load(self._restore, [self._id], js=KNOWN, **asking)
        blocks.load(self._watch, [self._id], watched, js=KNOWN, **_AT_ONCE)
        self._timer.tick(self._watch, [self._id], watched, **_AT_ONCE)
        # Also selected when the page is loaded, before it is known here what it shows.
        tab.select(self._again, [self._id], shown, js=KNOWN, **_AT_ONCE)
        tab.select(self._watch, [self._id], watched, js=KNOWN, **_AT_ONCE)  # of another library, perhaps
        self._openers.wire(blocks, tab)
        self._filters.wire()
        self._history.wire(self._id, self._show, shown)

    # -- asking ------------------------------------------------------------------------------------

    async def _ask(
        self, question: str, known: str, request: gr.Request, *fields: object
    ) -> AsyncGenerator[Updates, None]:
        """Answer one question, an update of the page for each batch of events."""
        if not question.strip():
            yield {self._status: panels.status("Type a question first.")}
            return
        asked = self._answer(question, self._of(known, request), request, filters_of(*fields))
        async with aclosing(asked) as updates:
            async for update in updates:
                yield update

    async def _ask_said(
        self, event: gr.EventData, known: str, request: gr.Request, *fields: object
    ) -> AsyncGenerator[Updates, None]:
        """Answer an example or a follow-up that was clicked."""
        async with aclosing(self._ask(said(event, "question"), known, request, *fields)) as updates:
            async for update in updates:
                yield update

    async def _ask_edited(
        self, event: gr.EventData, known: str, request: gr.Request, *fields: object
    ) -> AsyncGenerator[Updates, None]:
        """Answer the last question as it was edited, in its place."""
        if not (question := said(event, "text")).strip():
            yield gr.skip()  # of a generator that yields nothing, Gradio makes all components empty
            return
        asked = self._answer(question, self._of(known, request), request, filters_of(*fields), instead=True)
        async with aclosing(asked) as updates:
            async for update in updates:
                yield update

    async def _ask_again(self, known: str, request: gr.Request) -> AsyncGenerator[Updates, None]:
        """Answer the last question anew, not from memory."""
        if (last := (conversation := self._of(known, request)).last) is None:
            yield gr.skip()
            return
        asked = self._answer(last.question, conversation, request, last.filters, cache=False, instead=True)
        async with aclosing(asked) as updates:
            async for update in updates:
                yield update

    async def _ask_without(
        self, event: gr.EventData, known: str, request: gr.Request
    ) -> AsyncGenerator[Updates, None]:
        """Ask the last question again without one of the filters that its words asked for."""
        conversation, words_left_out = self._of(known, request), said(event, "words")
        if (last := conversation.last) is None or last.answer is None:
            yield gr.skip()
            return
        filters = last.filters
        for found in last.answer.filters_found:
            if found.words != words_left_out:
                filters &= found.filters
        question = last.answer.searched or last.question
        asked = self._answer(question, conversation, request, filters, words=False)
        async with aclosing(asked) as updates:
            async for update in updates:
                yield update

    async def _answer(
        self,
        question: str,
        conversation: Conversation,
        request: gr.Request,
        filters: Filters,
        *,
        words: bool = True,
        cache: bool = True,
        instead: bool = False,
    ) -> AsyncGenerator[Updates, None]:
        """Answer one question, the last one's ``instead``; ``words``: whether filters are read out of it."""
        session, pacing = self._sessions.of(request), self._conversations.pacing(conversation.owner)
        if refused := pacing.refusal(session.settings.questions_per_minute):
            yield {self._status: panels.status(refused)}
            return
        if instead:
            conversation.take_back()
        history = conversation.history
        turn = conversation.ask(question, filters)
        if session.library.preparation.under_way:
            turn.doing = "Waiting until the collection is ready"
        yield {**self._shown(conversation, session), self._question: box("", busy=True)}
        self._conversations.keep(conversation)

        def stream() -> Generator[Event]:
            chat = session.assistant.chat(history)
            return chat.stream(question, filters=filters, filters_from_words=words, cache=cache)

        turn.begin(session, stream, GENERAL_PROBLEM, lambda: self._conversations.keep(conversation))
        async with aclosing(self._followed(turn, conversation, session)) as updates:
            async for update in updates:
                yield update

    async def _followed(
        self, turn: Turn, conversation: Conversation, session: Session, again: Updates = _NOTHING
    ) -> AsyncGenerator[Updates, None]:
        """The updates of a page while a turn is answered, and once it is."""
        sent: object = None
        async with aclosing(turn.followed()) as steps:
            async for _ in steps:
                # Sources are long: they are sent when there are others.
                there = (turn.hits, len(turn.citations))
                yield {**self._written(conversation, session, sources=there != sent), **again}
                sent = there
        yield {**self._shown(conversation, session), self._question: box(busy=False)}

    async def _follow_up(self, known: str, request: gr.Request) -> Any:
        """What may be asked next, once the answer is there."""
        conversation = self._of(known, request)
        turn, assistant = conversation.last, self._sessions.of(request).assistant
        if turn is None or turn.answer is None or turn.follow_ups:
            return gr.skip()
        # One at a time: they cost more than an answer, and answers come first.
        async with self._offering:
            with suppress(AssistantError):  # the collection has gone meanwhile; the next question will tell
                turn.follow_ups = tuple(await asyncio.to_thread(assistant.follow_ups, turn.answer))
        self._conversations.keep(conversation)
        return conversation.now() if turn.follow_ups else gr.skip()

    # -- what is shown -----------------------------------------------------------------------------

    def _of(self, known: str, request: gr.Request) -> Conversation:
        """The conversation that the page shows, or a new one."""
        visitor = visitor_of(request)
        return self._conversations.find(visitor, known) or self._conversations.begin(visitor)

    async def _restore(self, known: str, request: gr.Request) -> AsyncGenerator[Updates, None]:
        """What the page showed before it was loaded anew; an answer under way goes on in sight."""
        conversation = self._conversations.find(visitor_of(request), known)
        if conversation is None or conversation.last is None:
            yield {self._id: ""}
            return
        session = self._sessions.of(request)
        yield self._shown(conversation, session)
        if (turn := conversation.last).finished:
            return
        # Each time, since a page that was just loaded may lose what it is sent first.
        again = {self._question: box(busy=True), self._id: conversation.id}
        async with aclosing(self._followed(turn, conversation, session, again)) as updates:
            async for update in updates:
                yield update

    async def _again(self, known: str, request: gr.Request) -> Updates:
        return self._show(self._of(known, request), request)

    def _show(self, conversation: Conversation, request: gr.Request) -> Updates:
        return self._shown(conversation, self._sessions.of(request))

    def _shown(self, conversation: Conversation, session: Session) -> Updates:
        """The conversation as it is now."""
        return {
            self._past: conversation.past(),
            self._id: conversation.id if conversation.turns else "",
            **self._written(conversation, session, sources=True),
            self._found: talk.chips(conversation.last.answer if conversation.last else None),
            **self._history.shown(conversation),
        }

    def _written(self, conversation: Conversation, session: Session, *, sources: bool) -> Updates:
        """What changes while an answer is written."""
        now = conversation.now() or talk.welcome()
        written = {self._now: now, self._status: line(session, conversation)}
        return {**written, self._sources: conversation.panel()} if sources else written

    # -- stopping and waiting ----------------------------------------------------------------------

    async def _stop(self, known: str, request: gr.Request) -> None:
        if conversation := self._conversations.find(visitor_of(request), known):
            conversation.stop()

    def _watch(self, known: str, request: gr.Request) -> Updates:
        """The state of the collection, until it does not change any more."""
        session = self._sessions.of(request)
        phase = session.library.preparation.snapshot().phase  # once: it may change while this is told
        usable = phase in {"opening", "ready"}
        return {
            self._status: line(session, self._conversations.find(visitor_of(request), known)),
            self._question: gr.Textbox(interactive=usable, placeholder=placeholder(enabled=usable)),
            self._timer: gr.Timer(active=phase in {"opening", "indexing"}),
        }
