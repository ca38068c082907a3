"""The topics: one click to a summary, any words, or chosen papers side by side. Lays out and wires events."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import gradio as gr

from ..summaries import Depth
from ..summarizing.subjects import FEWEST_COMPARED, MOST_COMPARED
from ..summarizing.summarizer import READ
from ..threads import Aside
from ..types import Paper
from . import panels, sheet, topiclist
from .escaping import clean
from .failures import explain
from .keeping import Keeping
from .libraries import OpenLibrary
from .mapview import MapView
from .picking import choices, ids
from .scripts import LAID_OUT, said
from .sessions import Session, Sessions
from .topicedit import TopicEditor
from .written import Bench, Stream, SummaryView, Updates

SIMULTANEOUS = 24
"""Summaries written at once, over all tabs; the rest wait in the queue."""
LONGEST_SUBJECT = 500
POLL_SECONDS = 0.5
TOPICS_PROBLEM = "The topics cannot be shown."
GONE = "This topic is not there any more: choose the tab again."
_MOVING = ("Arrow", "Enter", "Escape", "Tab", "Home", "End")
CHOOSE = f"Choose {FEWEST_COMPARED} to {MOST_COMPARED} papers first."
# Fixed code: it takes nothing from the data but the id that the server gave the button.
_PICK = """element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-topic]");
  if (button) trigger("select", { topic: button.dataset.topic });
});"""
_TICKED = """(_, ...others) => [JSON.stringify([...document.querySelectorAll("#pa-table input:checked")]
  .map((box) => box.value)), ...others]"""


class TopicsTab:
    """The components of the topics and what they do; what a tab holds is in its ``Bench``."""

    def __init__(self, sessions: Sessions, keeping: Keeping) -> None:
        self._sessions = sessions
        self._view = SummaryView(keeping)
        self._map = MapView(sessions)
        self._finding = Aside()  # it may take a minute, which a shutdown does not wait for
        self._editor = TopicEditor(sessions, lambda bench: {self._list: self._listed(bench)})

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Row(elem_classes="pa-survey"):
            with gr.Column(scale=1, min_width=260, elem_classes="pa-choose"):
                self._lay_out_choices()
            with gr.Column(scale=4, min_width=320, elem_classes="pa-shown", elem_id="pa-shown"):
                self._map.build()
                self._view.build()
        self._ticked = gr.Textbox(visible=False)
        self._timer = gr.Timer(POLL_SECONDS, active=False)

    def _lay_out_choices(self) -> None:
        self._words = gr.Textbox(
            label="Summarise anything",
            placeholder="A topic, a method, …",
            max_lines=1,
            max_length=LONGEST_SUBJECT,
            submit_btn=True,
            elem_id="pa-words",
        )
        self._depth = gr.Radio(
            [(f"{depth.capitalize()} ({most})", depth) for depth, most in READ.items()],
            value="standard",
            label="Depth (papers read at most)",
            elem_id="pa-depth",
        )
        with gr.Accordion(
            "Compare papers", open=False, elem_id="pa-compare", elem_classes=["pa-filters", "pa-compare"]
        ):
            self._papers = gr.Dropdown(
                [],
                multiselect=True,
                max_choices=MOST_COMPARED,
                label="Two to six papers, by a part of their titles",
                elem_id="pa-pick",
            )
            self._compare = gr.Button("Compare", size="sm", elem_id="pa-compare-named")
        self._list = gr.HTML("", js_on_load=_PICK, elem_id="pa-topics")
        self._editor.build()

    def wire(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Connect the events, none an endpoint for others; topics are looked for when their tab is chosen."""
        listing = [self._list, self._timer, *self._map.shown]
        looking = [tab.select, self._timer.tick]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        queued: dict[str, Any] = {"concurrency_limit": SIMULTANEOUS, **quiet}
        gr.on(looking, self._look, None, listing, concurrency_id="topics", **queued)
        # Many at once: another topic may be chosen before the last one is whole, which ends it.
        writing: dict[str, Any] = {
            "outputs": [self._list, self._map.fold, *self._view.shown],
            "concurrency_id": "summaries",
            "trigger_mode": "multiple",
            **queued,
        }
        self._list.select(self._topic, [self._depth], **writing)
        self._words.submit(self._anything, [self._words, self._depth], **writing)
        self._compare.click(self._named, [self._papers], **writing)
        self._view.compare.click(self._ticked_in_table, [self._ticked], js=_TICKED, **writing)
        self._view.stop.click(self._stop, None, None, queue=False, **quiet)
        blocks.load(self._restore, None, js=LAID_OUT, **writing)
        tab.select(self._again, None, [self._map.fold, *self._view.shown], queue=False, **quiet)
        for changed in self._editor.wire([self._list]):  # and so may the map be
            changed.then(self._look, None, listing, concurrency_id="topics", **queued)
        self._map.wire()
        self._papers.key_up(
            self._find, [self._papers], [self._papers], trigger_mode="multiple", queue=False, **quiet
        )

    def _at(self, request: gr.Request) -> tuple[Session, Bench]:
        """The tab that sends a request, and what it has of topics."""
        session = self._sessions.of(request)
        return session, session.held(Bench)

    # -- the list --------------------------------------------------------------------------------

    async def _look(self, request: gr.Request) -> AsyncGenerator[Updates]:
        """The topics as they are now, of a collection that may have grown, or be another one."""
        session, bench = self._at(request)
        library = None
        while library is not session.library:  # another one may be chosen meanwhile
            library = session.library
            async with aclosing(self._look_at(library, session, bench)) as updates:
                async for update in updates:
                    yield update

    async def _look_at(self, library: OpenLibrary, session: Session, bench: Bench) -> AsyncGenerator[Updates]:
        if bench.library != library.name:
            bench.library, bench.topics, bench.drawn, bench.chosen = library.name, None, None, ""
        if library.preparation.under_way:
            bench.drawn = None
            reading = panels.status("The collection is being read.")
            yield {self._list: reading, self._timer: gr.Timer(active=True), **self._map.hidden()}
            return
        idle = {self._timer: gr.Timer(active=False)}
        if bench.topics is None:
            yield {self._list: sheet.working("Looking for topics"), **idle, **self._map.hidden()}
        try:
            # Their names are for all, so the library is asked, and not what this session made of it.
            topics = await self._finding.run(library.assistant.topics)
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            bench.topics = bench.drawn = None
            problem = panels.status(explain(error, TOPICS_PROBLEM, session.settings))
            yield {self._list: problem, **self._map.hidden()}
            return
        if session.library is not library:
            return
        bench.topics = topics
        yield {self._list: self._listed(bench), **idle}
        if bench.drawn != topics:
            try:
                drawn = await self._map.drawn(library)
            except Exception:  # noqa: BLE001 - the list can do without it
                drawn = self._map.hidden()
            if session.library is library:
                bench.drawn = topics
                yield drawn

    def _listed(self, bench: Bench) -> str:
        return topiclist.listing(bench.topics, bench.chosen) if bench.topics is not None else ""

    def _find(self, event: gr.KeyUpData, chosen: object, request: gr.Request) -> Any:
        """The choices of papers for what is typed, those chosen among them."""
        if str(event.key or "").startswith(_MOVING):
            return gr.skip()  # other choices would take the place in the list away
        try:
            assistant = self._sessions.of(request).assistant
            found = choices(assistant, str(event.input_value or ""), ids(chosen, MOST_COMPARED))
        except Exception:  # noqa: BLE001 - typing must not raise anything; comparing will tell
            return gr.skip()
        return gr.update(choices=found)

    # -- summaries -------------------------------------------------------------------------------

    async def _topic(self, event: gr.EventData, depth: str, request: gr.Request) -> AsyncGenerator[Updates]:
        session, bench = self._at(request)
        wanted = clean(said(event, "topic"))
        topic = next((topic for topic in bench.topics or () if topic.id == wanted), None)
        if topic is None or bench.library != session.library.name:
            yield self._view.say(GONE)
            return
        events = self._write(
            bench,
            session,
            topic.name,
            lambda: session.assistant.stream_summary(topic.id, depth=_depth(depth)),
            topic.id,
        )
        async with aclosing(events):
            async for update in events:
                yield update

    async def _anything(self, words: str, depth: str, request: gr.Request) -> AsyncGenerator[Updates]:
        session, bench = self._at(request)
        wanted = " ".join(clean(words).split())
        if not wanted:
            yield self._view.say("Say first what to summarise.")
            return
        events = self._write(
            bench, session, wanted, lambda: session.assistant.stream_summary(wanted, depth=_depth(depth))
        )
        async with aclosing(events):
            async for update in events:
                yield update

    async def _named(self, chosen: object, request: gr.Request) -> AsyncGenerator[Updates]:
        session, bench = self._at(request)
        async with aclosing(self._compared(bench, session, ids(chosen, MOST_COMPARED + 1))) as events:
            async for update in events:
                yield update

    async def _ticked_in_table(self, ticked: str | None, request: gr.Request) -> AsyncGenerator[Updates]:
        session, bench = self._at(request)
        papers = bench.surveys.last.chosen(_parsed(ticked)) if bench.surveys.last else []
        async with aclosing(self._compared(bench, session, papers)) as events:
            async for update in events:
                yield update

    async def _compared(
        self, bench: Bench, session: Session, papers: Sequence[str | Paper]
    ) -> AsyncGenerator[Updates]:
        if not FEWEST_COMPARED <= len(papers) <= MOST_COMPARED:
            yield self._view.say(CHOOSE)
            return
        events = self._write(
            bench,
            session,
            f"{len(papers)} papers compared",
            lambda: session.assistant.stream_comparison(*papers),
        )
        async with aclosing(events):
            async for update in events:
                yield update

    async def _write(
        self, bench: Bench, session: Session, subject: str, stream: Stream, topic_id: str = ""
    ) -> AsyncGenerator[Updates]:
        """A summary beside its topic in the list; the map makes room for it."""
        bench.chosen = topic_id
        listed = {self._list: self._listed(bench)} if bench.topics is not None else {}
        yield {**listed, **self._map.folded()}
        async with aclosing(self._view.write(bench, session, subject, stream)) as events:
            async for update in events:
                yield update

    async def _stop(self, request: gr.Request) -> None:
        self._at(request)[1].surveys.stop()

    # -- a page that was loaded anew ---------------------------------------------------------------

    async def _restore(self, request: gr.Request) -> AsyncGenerator[Updates]:
        _, bench = self._at(request)
        async with aclosing(self._view.restore(bench)) as events:
            async for update in events:
                yield update

    async def _again(self, request: gr.Request) -> Updates:
        _, bench = self._at(request)
        lost = self._view.again(bench)
        return {**lost, **self._map.folded()} if lost else gr.skip()


def _depth(value: object) -> Depth:
    """The depth that a browser says; what it cannot have meant is the usual one."""
    return next((depth for depth in READ if depth == value), "standard")


def _parsed(ticked: str | None) -> object:
    try:
        return json.loads(ticked or "[]")
    except (ValueError, RecursionError):
        return []
