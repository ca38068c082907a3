"""The page, a chat beside its sources: lays out components and wires events; the words come from others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import gradio as gr

from . import panels
from .conversation import Conversation, Turn
from .escaping import shortened
from .failures import explain
from .preparation import Preparation
from .streaming import Batches

if TYPE_CHECKING:
    from ..assistant import Assistant

EXAMPLES = (
    "How does graph topology affect over-squashing?",
    "How can speculative decoding adapt its draft length?",
    "How do masked diffusion language models compare with autoregressive models?",
)
"""Questions that the sample collection answers well."""
SIMULTANEOUS_ANSWERS = 24
"""Answers written at once, over all tabs; the rest wait in the queue."""
LONGEST_QUEUE = 96
POLL_SECONDS = 0.5
PLACEHOLDER = "### What would you like to know?\nAsk in your own words, or start with one of these."
GENERAL_PROBLEM = "Something went wrong while answering; please try again."

Updates = dict[Any, Any]


class Page:
    """The components of one server's page and what they do; what a tab holds is in its ``Conversation``."""

    def __init__(self, assistant: Assistant, preparation: Preparation) -> None:
        self._assistant = assistant
        self._preparation = preparation

    def build(self) -> gr.Blocks:
        """The page, its queue set up."""
        enabled = self._preparation.snapshot().phase != "indexing"
        blocks: gr.Blocks
        with gr.Blocks(title="paper-assistant", fill_width=True, analytics_enabled=False) as blocks:
            gr.HTML(panels.header(self._assistant.composer), js_on_load=None, elem_id="pa-header")
            self._conversation = gr.State(Conversation())
            with gr.Row(elem_classes="pa-main"):
                with gr.Column(scale=3, min_width=320, elem_classes="pa-chat"):
                    self._chat = gr.Chatbot(
                        elem_id="pa-chatbot",
                        label="Conversation",
                        show_label=False,
                        height="var(--pa-chat-height)",
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
                    self._question = gr.Textbox(
                        elem_id="pa-question",
                        label="Question",
                        show_label=False,
                        placeholder=_placeholder(enabled=enabled),
                        interactive=enabled,
                        submit_btn=True,
                        max_lines=6,
                    )
                with gr.Column(scale=2, min_width=320, elem_classes="pa-side"):
                    self._sources = gr.HTML(panels.panel(()), js_on_load=None, elem_id="pa-sources")
            self._timer = gr.Timer(POLL_SECONDS, active=True)
            self._wire(blocks)
        blocks.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=SIMULTANEOUS_ANSWERS)
        return blocks

    def _wire(self, blocks: gr.Blocks) -> None:
        """Connect the events. None is an endpoint for others: the page's own tabs are the only callers."""
        shown = [self._chat, self._status, self._question, self._sources]
        asking: dict[str, Any] = {
            "outputs": shown,
            "show_progress": "hidden",
            "concurrency_limit": SIMULTANEOUS_ANSWERS,
            "concurrency_id": "answers",
            "api_visibility": "private",
        }
        self._question.submit(self._ask, [self._question, self._conversation], **asking)
        self._chat.example_select(self._ask_example, [self._conversation], **asking)
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        # Not by Gradio's ``cancels``: a cancelled event now and then leaves an error over the chat. Ours
        # wakes the generator, which then ends as any other.
        self._question.stop(self._stop, [self._conversation], None, **at_once)
        self._chat.clear(self._clear, [self._conversation], shown, **at_once)
        watched = [self._status, self._question, self._timer]
        blocks.load(self._watch, None, watched, **at_once)
        self._timer.tick(self._watch, None, watched, **at_once)

    async def _ask_example(
        self, conversation: Conversation, chosen: gr.SelectData
    ) -> AsyncGenerator[Updates, None]:
        async with aclosing(self._ask(str(chosen.value["text"]), conversation)) as updates:
            async for update in updates:
                yield update

    async def _ask(self, question: str, conversation: Conversation) -> AsyncGenerator[Updates, None]:
        """Answer one question, an update of the page for each batch of events."""
        if not question.strip():
            yield {self._status: panels.status("Type a question first.")}
            return
        turn = conversation.ask(question)
        if self._preparation.under_way:
            turn.doing = "Waiting until the collection is ready"
        yield {**self._shown(conversation), self._question: gr.Textbox("", submit_btn=False, stop_btn=True)}
        try:
            await self._until_ready(turn)
            if not turn.finished:
                events = Batches(lambda: conversation.chat(self._assistant).stream(question))
                turn.on_stop = events.stop
                async with aclosing(events.read()) as batches:
                    async for batch in batches:
                        for event in batch:
                            turn.take(event)
                        yield self._shown(conversation)
                turn.end("The answer ended without a word; please try again.")
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            turn.end(explain(error, GENERAL_PROBLEM, self._assistant.settings))
        finally:
            turn.stop()  # the tab was closed
        yield {**self._shown(conversation), self._question: _idle()}

    async def _until_ready(self, turn: Turn) -> None:
        """Wait for the collection; a turn that is stopped meanwhile waits no longer."""
        while self._preparation.under_way and not turn.finished:
            await asyncio.sleep(0.05)
        if (snapshot := self._preparation.snapshot()).phase == "failed":
            turn.end(snapshot.problem)

    def _shown(self, conversation: Conversation) -> Updates:
        """The conversation as it is now."""
        summary = conversation.turns[-1].summary() if conversation.turns else ""
        return {
            self._chat: conversation.messages(),
            self._status: panels.status(summary) if summary else self._preparation_line(),
            self._sources: conversation.panel(),
        }

    async def _stop(self, conversation: Conversation) -> None:
        conversation.stop()

    async def _clear(self, conversation: Conversation) -> Updates:
        conversation.clear()
        return {**self._shown(conversation), self._question: _idle()}

    def _watch(self) -> Updates:
        """The state of the collection, until it does not change any more."""
        snapshot = self._preparation.snapshot()
        usable = snapshot.phase in {"opening", "ready"}
        return {
            self._status: self._preparation_line(),
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
                return panels.status(f"{snapshot.papers} papers, ready for your question.")
            case "failed":
                return panels.status(shortened(snapshot.problem, 500))


def _idle() -> gr.Textbox:
    return gr.Textbox(submit_btn=True, stop_btn=False)


def _placeholder(*, enabled: bool) -> str:
    return "Ask about the papers" if enabled else "Ready as soon as the collection has been read"
