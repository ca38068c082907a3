"""The page: a chat beside its sources, topics and the library. Lays out components and wires events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr

from ..errors import AssistantError
from ..filters import Filters
from . import panels
from .conversation import Conversation
from .endpoints import publish
from .escaping import shortened
from .failures import explain
from .filtering import FilterFields, filters_of
from .importing import Desk
from .keeping import Keeping
from .library import Library
from .preparation import Preparation
from .streaming import Batches
from .topics import TopicsTab
from .uploads import Uploads

if TYPE_CHECKING:
    from ..assistant import Assistant

EXAMPLES = (
    "How does graph topology affect over-squashing?",
    "How can speculative decoding adapt its draft length?",
    "How do masked diffusion language models compare with autoregressive models?",
)
"""Questions that the sample collection answers well."""
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

    def __init__(
        self,
        assistant: Assistant,
        preparation: Preparation,
        desk: Desk,
        uploads: Uploads,
        keeping: Keeping,
    ) -> None:
        self._assistant = assistant
        self._preparation = preparation
        self._topics = TopicsTab(assistant, preparation, keeping)
        self._library = Library(assistant, preparation, desk, uploads)

    def build(self) -> gr.Blocks:
        """The page, its queue set up."""
        blocks: gr.Blocks
        with gr.Blocks(
            title="paper-assistant", fill_width=True, analytics_enabled=False, delete_cache=FORGOTTEN_UPLOADS
        ) as blocks:
            gr.HTML(panels.header(self._assistant.composer), js_on_load=None, elem_id="pa-header")
            self._conversation = gr.State(Conversation())
            with gr.Tabs(elem_id="pa-tabs"):
                with gr.Tab("Ask", id="ask") as asking, gr.Row(elem_classes="pa-main"):
                    self._lay_out_chat()
                with gr.Tab("Topics", id="topics") as topics:
                    self._topics.build()
                with gr.Tab("Library", id="library", elem_classes="pa-library") as library:
                    self._library.build()
            self._timer = gr.Timer(POLL_SECONDS, active=True)
            publish(self._assistant, self._preparation)
            self._wire(blocks, asking)
            self._topics.wire(topics)
            self._library.wire(library)
        settings = self._assistant.settings
        blocks.queue(max_size=settings.longest_queue, default_concurrency_limit=settings.answers_at_once)
        return blocks

    def _lay_out_chat(self) -> None:
        enabled = self._preparation.snapshot().phase != "indexing"
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
            self._status = gr.HTML(self._preparation_line(), js_on_load=None, elem_id="pa-status")
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
            self._filters = FilterFields("ask", self._assistant)
        with gr.Column(scale=2, min_width=320, elem_classes="pa-side"):
            self._sources = gr.HTML(panels.panel(()), js_on_load=None, elem_id="pa-sources")

    def _wire(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Connect the events. None is an endpoint for others (those are in ``endpoints``)."""
        shown = [self._chat, self._status, self._question, self._sources, self._found_line, *self._found]
        asking: dict[str, Any] = {
            "outputs": shown,
            "show_progress": "hidden",
            "concurrency_limit": self._assistant.settings.answers_at_once,
            "concurrency_id": "answers",
            "api_visibility": "private",
        }
        self._question.submit(
            self._ask, [self._question, self._conversation, *self._filters.fields], **asking
        )
        self._chat.example_select(self._ask_example, [self._conversation, *self._filters.fields], **asking)
        for place, chip in enumerate(self._found):
            chip.click(partial(self._ask_without, place), [self._conversation], **asking)
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        # Not by Gradio's ``cancels``: a cancelled event now and then leaves an error over the chat. Ours
        # wakes the generator, which then ends as any other.
        self._question.stop(self._stop, [self._conversation], None, **at_once)
        self._chat.clear(self._clear, [self._conversation], shown, **at_once)
        watched = [self._status, self._question, self._timer]
        blocks.load(self._watch, [self._conversation], watched, **at_once)
        self._timer.tick(self._watch, [self._conversation], watched, **at_once)
        tab.select(self._shown, [self._conversation], shown, **at_once)
        self._filters.wire()

    async def _ask_example(
        self, chosen: gr.SelectData, conversation: Conversation, *filters: object
    ) -> AsyncGenerator[Updates, None]:
        async with aclosing(self._ask(str(chosen.value["text"]), conversation, *filters)) as updates:
            async for update in updates:
                yield update

    async def _ask(
        self, question: str, conversation: Conversation, *fields: object
    ) -> AsyncGenerator[Updates, None]:
        """Answer one question, an update of the page for each batch of events."""
        if not question.strip():
            yield {self._status: panels.status("Type a question first.")}
            return
        async with aclosing(self._answer(question, conversation, filters_of(*fields))) as updates:
            async for update in updates:
                yield update

    async def _ask_without(self, place: int, conversation: Conversation) -> AsyncGenerator[Updates, None]:
        """Ask the last question again without one of the filters that its words asked for."""
        last = conversation.turns[-1] if conversation.turns else None
        if last is None or last.answer is None or place >= len(last.answer.filters_found):
            return
        filters = last.filters
        for other, found in enumerate(last.answer.filters_found):
            if other != place:
                filters &= found.filters
        asked = self._answer(last.answer.searched or last.question, conversation, filters, words=False)
        async with aclosing(asked) as updates:
            async for update in updates:
                yield update

    async def _answer(
        self, question: str, conversation: Conversation, filters: Filters, *, words: bool = True
    ) -> AsyncGenerator[Updates, None]:
        """Answer one question; ``words`` is whether filters are read out of it."""
        if refused := conversation.pacing.refusal(self._assistant.settings.questions_per_minute):
            yield {self._status: panels.status(refused)}
            return
        turn = conversation.ask(question, filters)
        if self._preparation.under_way:
            turn.doing = "Waiting until the collection is ready"
        yield {**self._shown(conversation), self._question: gr.Textbox("", submit_btn=False, stop_btn=True)}
        try:
            await turn.until(self._preparation)
            if not turn.finished:
                chat = conversation.chat(self._assistant)
                events = Batches(lambda: chat.stream(question, filters=filters, filters_from_words=words))
                turn.on_stop = events.stop
                async with aclosing(events.read()) as batches:
                    async for batch in batches:
                        for event in batch:
                            turn.take(event)
                        yield self._written(conversation)
                turn.end("The answer ended without a word; please try again.")
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            turn.end(explain(error, GENERAL_PROBLEM, self._assistant.settings))
        finally:
            turn.stop()  # the tab was closed
        yield {**self._shown(conversation), self._question: _idle()}

    def _shown(self, conversation: Conversation) -> Updates:
        """The conversation as it is now."""
        return {**self._written(conversation), **self._chips(conversation)}

    def _written(self, conversation: Conversation) -> Updates:
        """What changes while an answer is written."""
        return {
            self._chat: conversation.messages(),
            self._status: self._line(conversation),
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

    async def _clear(self, conversation: Conversation) -> Updates:
        conversation.clear()
        return {**self._shown(conversation), self._question: _idle()}

    def _line(self, conversation: Conversation) -> str:
        """What the line under the chat says: of the collection, and once it is there of the last answer."""
        if not conversation.turns or self._preparation.under_way:
            return self._preparation_line()
        return panels.status(conversation.turns[-1].summary())

    def _watch(self, conversation: Conversation) -> Updates:
        """The state of the collection, until it does not change any more."""
        snapshot = self._preparation.snapshot()
        usable = snapshot.phase in {"opening", "ready"}
        return {
            self._status: self._line(conversation),
            self._question: gr.Textbox(interactive=usable, placeholder=_placeholder(enabled=usable)),
            self._timer: gr.Timer(active=self._preparation.under_way),
        }

    def _preparation_line(self) -> str:
        snapshot = self._preparation.snapshot()
        match snapshot.phase:
            case "indexing":
                message = "Reading the sample collection, this once."
                return panels.progress(message, snapshot.done, snapshot.total, snapshot.rate)
            case "opening":
                return panels.progress("Opening the collection.", 0, 0, 0.0)
            case "ready":
                return panels.status(f"{self._papers():,} papers, ready for your question.")
            case "failed":
                return panels.status(shortened(snapshot.problem, 500))

    def _papers(self) -> int:
        """How many there are now; of an index that fails meanwhile, a question will tell."""
        with suppress(AssistantError):
            return self._assistant.status().papers
        return 0


def _idle() -> gr.Textbox:
    return gr.Textbox(submit_btn=True, stop_btn=False)


def _placeholder(*, enabled: bool) -> str:
    return "Ask about the papers" if enabled else "Ready as soon as the collection has been read"
