"""The page: a chat beside its sources, topics and the library. Lays out components and wires events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import gradio as gr

from ..filters import Filters
from . import panels
from .conversation import Conversation
from .endpoints import publish
from .escaping import shortened
from .failures import explain
from .filtering import FilterFields, filters_of
from .keeping import Keeping
from .library import Library
from .preferences import Preferences
from .readiness import readiness
from .sessions import Session, Sessions
from .streaming import Batches
from .topics import TopicsTab
from .uploads import Uploads

EXAMPLES = (
    "How does graph topology affect over-squashing?",
    "How can speculative decoding adapt its draft length?",
    "How do masked diffusion language models compare with autoregressive models?",
)
"""Questions that the sample collection answers well."""
SIMULTANEOUS_ANSWERS = 24
"""Answers written at once, over all tabs; the rest wait in the queue."""
LONGEST_QUEUE = 96
MOST_FOUND = 4
"""Filters of a question's words that have a chip: years, an author, a venue, a file."""
POLL_SECONDS = 0.5
FORGOTTEN_UPLOADS = (600, 3600)
"""How often it is looked for files that were sent and never added, and their age: in seconds."""
PLACEHOLDER = "### What would you like to know?\nAsk in your own words, or start with one of these."
GENERAL_PROBLEM = "Something went wrong while answering; please try again."

Updates = dict[Any, Any]


class Page:
    """The components of one server's page and what they do; what a tab holds is in its ``Conversation``."""

    def __init__(self, sessions: Sessions, uploads: Uploads, keeping: Keeping) -> None:
        self._sessions = sessions
        self._first = sessions.libraries.first
        self._topics = TopicsTab(sessions, keeping)
        self._library = Library(sessions, uploads)
        self._preferences = Preferences(sessions)

    def build(self) -> gr.Blocks:
        """The page, its queue set up."""
        blocks: gr.Blocks
        with gr.Blocks(
            title="paper-assistant", fill_width=True, analytics_enabled=False, delete_cache=FORGOTTEN_UPLOADS
        ) as blocks:
            composer = self._first.assistant.composer
            header = gr.HTML(panels.header(composer), js_on_load=None, elem_id="pa-header")
            self._conversation = gr.State(Conversation())
            with gr.Tabs(elem_id="pa-tabs"):
                with gr.Tab("Ask", id="ask") as asking, gr.Row(elem_classes="pa-main"):
                    self._lay_out_chat()
                with gr.Tab("Topics", id="topics") as topics:
                    self._topics.build()
                with gr.Tab("Library", id="library", elem_classes="pa-library") as library:
                    self._library.build()
                with gr.Tab("Settings", id="settings") as settings:
                    self._preferences.build(header)
            self._timer = gr.Timer(POLL_SECONDS, active=True)
            publish(self._first.assistant, self._first.preparation)
            self._wire(blocks, asking)
            self._topics.wire(topics)
            self._library.wire(library)
            self._preferences.wire(settings)
            blocks.unload(self._sessions.end)
        blocks.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=SIMULTANEOUS_ANSWERS)
        return blocks

    def _lay_out_chat(self) -> None:
        enabled = self._first.preparation.snapshot().phase != "indexing"
        with gr.Column(scale=3, min_width=320, elem_classes="pa-chat"):
            self._chat = gr.Chatbot(
                elem_id="pa-chatbot",
                label="Conversation",
                show_label=False,
                height="100%",
                placeholder=PLACEHOLDER,
                examples=[{"text": text} for text in EXAMPLES],
                buttons=["copy"],
                feedback_options=None,
                autoscroll=False,  # page.js keeps the question in sight instead of the end
                latex_delimiters=[],
                allow_tags=False,
                layout="bubble",
            )
            self._status = gr.HTML(readiness(self._first.preparation), js_on_load=None, elem_id="pa-status")
            with gr.Row(visible=False, elem_id="pa-found", elem_classes="pa-chips") as self._found_line:
                self._found = [
                    gr.Button(visible=False, size="sm", min_width=0, elem_classes="pa-chip")
                    for _ in range(MOST_FOUND)
                ]
            self._question = gr.Textbox(
                elem_id="pa-question",
                label="Question",
                show_label=False,
                placeholder=_placeholder(enabled=enabled),
                interactive=enabled,
                submit_btn=True,
                max_lines=6,
            )
            self._filters = FilterFields("ask")
        with gr.Column(scale=2, min_width=320, elem_classes="pa-side"):
            self._sources = gr.HTML(panels.panel(()), js_on_load=None, elem_id="pa-sources")

    def _wire(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Connect the events. None is an endpoint for others (those are in ``endpoints``)."""
        shown = [self._chat, self._status, self._question, self._sources, self._found_line, *self._found]
        asking: dict[str, Any] = {
            "outputs": shown,
            "show_progress": "hidden",
            "concurrency_limit": SIMULTANEOUS_ANSWERS,
            "concurrency_id": "answers",
            "api_visibility": "private",
        }
        self._question.submit(
            self._ask, [self._question, self._conversation, *self._filters.fields], **asking
        )
        self._chat.example_select(self._ask_example, [self._conversation, *self._filters.fields], **asking)
        for place, chip in enumerate(self._found):
            chip.click(self._asking_without(place), [self._conversation], **asking)
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        # Not by Gradio's ``cancels``: a cancelled event now and then leaves an error over the chat. Ours
        # wakes the generator, which then ends as any other.
        self._question.stop(self._stop, [self._conversation], None, **at_once)
        self._chat.clear(self._clear, [self._conversation], shown, **at_once)
        watched = [self._status, self._question, self._timer]
        blocks.load(self._watch, [self._conversation], watched, **at_once)
        self._timer.tick(self._watch, [self._conversation], watched, **at_once)
        tab.select(self._show, [self._conversation], shown, **at_once)
        tab.select(self._watch, [self._conversation], watched, **at_once)
        self._filters.wire()

    async def _ask_example(
        self, chosen: gr.SelectData, conversation: Conversation, request: gr.Request, *filters: object
    ) -> AsyncGenerator[Updates, None]:
        question = str(chosen.value["text"])
        async with aclosing(self._ask(question, conversation, request, *filters)) as updates:
            async for update in updates:
                yield update

    async def _ask(
        self, question: str, conversation: Conversation, request: gr.Request, *fields: object
    ) -> AsyncGenerator[Updates, None]:
        """Answer one question, an update of the page for each batch of events."""
        if not question.strip():
            yield {self._status: panels.status("Type a question first.")}
            return
        session = self._sessions.of(request)
        async with aclosing(self._answer(question, conversation, session, filters_of(*fields))) as updates:
            async for update in updates:
                yield update

    def _asking_without(self, place: int) -> Callable[..., AsyncGenerator[Updates, None]]:
        """Ask the last question again without one of the filters that its words asked for."""

        async def ask(conversation: Conversation, request: gr.Request) -> AsyncGenerator[Updates, None]:
            last = conversation.turns[-1] if conversation.turns else None
            if last is None or last.answer is None or place >= len(last.answer.filters_found):
                return
            filters = last.filters
            for other, found in enumerate(last.answer.filters_found):
                if other != place:
                    filters &= found.filters
            question, session = last.answer.searched or last.question, self._sessions.of(request)
            asked = self._answer(question, conversation, session, filters, words=False)
            async with aclosing(asked) as updates:
                async for update in updates:
                    yield update

        return ask

    async def _answer(
        self,
        question: str,
        conversation: Conversation,
        session: Session,
        filters: Filters,
        *,
        words: bool = True,
    ) -> AsyncGenerator[Updates, None]:
        """Answer one question; ``words`` is whether filters are read out of it."""
        turn = conversation.ask(question, filters)
        preparation = session.library.preparation
        if preparation.under_way:
            turn.doing = "Waiting until the collection is ready"
        yield {
            **self._shown(conversation, session),
            self._question: gr.Textbox("", submit_btn=False, stop_btn=True),
        }
        try:
            await turn.until(preparation)
            if not turn.finished:
                chat = conversation.chat(session.assistant)
                events = Batches(lambda: chat.stream(question, filters=filters, filters_from_words=words))
                turn.on_stop = events.stop
                async with aclosing(events.read()) as batches:
                    async for batch in batches:
                        for event in batch:
                            turn.take(event)
                        yield self._written(conversation, session)
                turn.end("The answer ended without a word; please try again.")
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            turn.end(explain(error, GENERAL_PROBLEM, session.settings))
        finally:
            turn.stop()  # the tab was closed
        yield {**self._shown(conversation, session), self._question: _idle()}

    def _show(self, conversation: Conversation, request: gr.Request) -> Updates:
        return self._shown(conversation, self._sessions.of(request))

    def _shown(self, conversation: Conversation, session: Session) -> Updates:
        """The conversation as it is now."""
        return {**self._written(conversation, session), **self._chips(conversation)}

    def _written(self, conversation: Conversation, session: Session) -> Updates:
        """What changes while an answer is written."""
        return {
            self._chat: conversation.messages(),
            self._status: _line(conversation, session),
            self._sources: conversation.panel(),
        }

    def _chips(self, conversation: Conversation) -> Updates:
        """A chip for each filter that the words of the last question asked for."""
        answer = conversation.turns[-1].answer if conversation.turns else None
        found = [f"{shortened(str(each), 60)} ✕" for each in answer.filters_found] if answer else []
        found += [""] * (len(self._found) - len(found))
        chips = {
            chip: gr.Button(text, visible=bool(text)) for chip, text in zip(self._found, found, strict=False)
        }
        return {self._found_line: gr.Row(visible=bool(found[0])), **chips}

    async def _stop(self, conversation: Conversation) -> None:
        conversation.stop()

    async def _clear(self, conversation: Conversation, request: gr.Request) -> Updates:
        conversation.clear()
        return {**self._show(conversation, request), self._question: _idle()}

    def _watch(self, conversation: Conversation, request: gr.Request) -> Updates:
        """The state of the collection, until it does not change any more."""
        session = self._sessions.of(request)
        preparation = session.library.preparation
        usable = preparation.snapshot().phase in {"opening", "ready"}
        return {
            self._status: _line(conversation, session),
            self._question: gr.Textbox(interactive=usable, placeholder=_placeholder(enabled=usable)),
            self._timer: gr.Timer(active=preparation.under_way),
        }


def _line(conversation: Conversation, session: Session) -> str:
    """What the line under the chat says: of the collection, and once it is there of the last answer."""
    if not conversation.turns or session.library.preparation.under_way:
        return readiness(session.library.preparation, session.assistant)
    return panels.status(conversation.turns[-1].summary())


def _idle() -> gr.Textbox:
    return gr.Textbox(submit_btn=True, stop_btn=False)


def _placeholder(*, enabled: bool) -> str:
    return "Ask about the papers" if enabled else "Ready as soon as the collection has been read"
