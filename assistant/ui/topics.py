"""The topics: one click to a summary, any words, or chosen papers side by side. Lays out and wires events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gradio as gr

from ..grouped import Topics
from ..summaries import Depth, SummaryEvent
from ..summarizing.subjects import FEWEST_COMPARED, MOST_COMPARED
from ..summarizing.summarizer import READ
from ..types import Paper
from . import panels, sheet, topiclist
from .escaping import clean, shortened
from .failures import explain
from .finding import titles_with
from .keeping import Keeping
from .mapping import map_on_page
from .preparation import Preparation
from .streaming import Batches
from .survey import Survey, Surveys

if TYPE_CHECKING:
    from ..assistant import Assistant

SIMULTANEOUS = 24
"""Summaries written at once, over all tabs; the rest wait in the queue."""
LONGEST_SUBJECT = 500
POLL_SECONDS = 0.5
GENERAL_PROBLEM = "Something went wrong with this summary; please try again."
TOPICS_PROBLEM = "The topics cannot be shown."
START = "Choose a topic, or say what to summarise: its papers are compared here, every statement cited."
CHOOSE = f"Choose {FEWEST_COMPARED} to {MOST_COMPARED} papers first."
# Fixed code: it takes nothing from the data but the id that the server gave the button.
_PICK = """element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-topic]");
  if (button) trigger("select", { topic: button.dataset.topic });
});"""
_TICKED = """(_, ...others) => [JSON.stringify([...document.querySelectorAll("#pa-table input:checked")]
  .map((box) => box.value)), ...others]"""

Updates = dict[Any, Any]
Stream = Callable[[], Generator[SummaryEvent, None, None]]


@dataclass(slots=True)
class Bench:
    """What one tab has of topics and summaries."""

    surveys: Surveys = field(default_factory=Surveys)
    topics: Topics | None = None
    chosen: str = ""
    """The id of the topic that was clicked last."""
    token: str = ""
    """Under which the summary that is shown can be downloaded."""


class TopicsTab:
    """The components of the topics and what they do; what a tab holds is in its ``Bench``."""

    def __init__(self, assistant: Assistant, preparation: Preparation, keeping: Keeping) -> None:
        self._assistant = assistant
        self._preparation = preparation
        self._keeping = keeping

    def build(self) -> None:
        """Lay it out where it is to stand."""
        self._bench = gr.State(Bench())
        with gr.Row(elem_classes="pa-survey"):
            with gr.Column(scale=1, min_width=260, elem_classes="pa-choose"):
                self._lay_out_choices()
            with gr.Column(scale=4, min_width=320, elem_classes="pa-shown", elem_id="pa-shown"):
                self._lay_out_summary()
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

    def _lay_out_summary(self) -> None:
        self._map_fold = gr.Accordion(
            "Map", open=True, visible=False, elem_id="pa-map-fold", elem_classes="pa-filters"
        )
        with self._map_fold:
            self._map = gr.Plot(show_label=False, label="Map of the papers by topic", elem_id="pa-map")
        with gr.Row(elem_classes="pa-line"):
            self._status = gr.HTML(panels.status(START), js_on_load=None, elem_id="pa-survey-status")
            self._stop = gr.Button(
                "Stop", visible=False, size="sm", min_width=80, scale=0, elem_id="pa-survey-stop"
            )
        self._title = gr.HTML("", js_on_load=None, elem_id="pa-survey-title")
        with gr.Row(visible=False, elem_classes="pa-read") as self._read:
            with gr.Column(scale=3, min_width=320):
                self._prose = gr.Markdown("", latex_delimiters=[], elem_id="pa-survey")
            with gr.Column(scale=2, min_width=320, elem_classes="pa-survey-side"):
                self._sources = gr.HTML("", js_on_load=None, elem_id="pa-survey-sources")
        self._table = gr.HTML("", js_on_load=None, elem_id="pa-table")
        self._compare_ticked = gr.Button(
            "Compare chosen papers", visible=False, size="sm", elem_id="pa-compare-chosen"
        )
        self._foot = gr.HTML("", js_on_load=None, elem_id="pa-foot")

    def wire(self, tab: gr.Tab) -> None:
        """Connect the events, none an endpoint for others; topics are looked for when their tab is chosen."""
        listing = [self._list, self._timer, self._map_fold, self._map]
        looking = [tab.select, self._timer.tick]
        shown = [self._list, self._map_fold, self._status, self._stop, self._title, self._read, self._prose]
        shown += [self._sources, self._table, self._compare_ticked, self._foot]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        queued: dict[str, Any] = {"concurrency_limit": SIMULTANEOUS, **quiet}
        gr.on(
            looking,
            self._look,
            [self._bench],
            listing,
            concurrency_id="topics",
            **queued,
        )
        # Many at once: another topic may be chosen before the last one is whole, which ends it.
        writing: dict[str, Any] = {
            "outputs": shown,
            "concurrency_id": "summaries",
            "trigger_mode": "multiple",
            **queued,
        }
        self._list.select(self._topic, [self._bench, self._depth], **writing)
        self._words.submit(self._anything, [self._words, self._bench, self._depth], **writing)
        self._compare.click(self._named, [self._papers, self._bench], **writing)
        self._compare_ticked.click(self._chosen, [self._ticked, self._bench], js=_TICKED, **writing)
        self._stop.click(self._end, [self._bench], None, queue=False, **quiet)
        self._papers.key_up(
            self._find, [self._papers], [self._papers], trigger_mode="always_last", queue=False, **quiet
        )

    # -- the list --------------------------------------------------------------------------------

    def _look(self, bench: Bench) -> Generator[Updates]:
        """The topics as they are now, of a collection that may have grown."""
        if self._preparation.under_way:
            yield {
                self._list: panels.status("The collection is being read."),
                self._timer: gr.Timer(active=True),
            }
            return
        before = bench.topics
        if before is None:
            yield {self._list: sheet.working("Looking for topics"), self._timer: gr.Timer(active=False)}
        try:
            bench.topics = self._assistant.topics()
            yield {self._list: topiclist.listing(bench.topics, bench.chosen)}
            if bench.topics != before:
                yield self._drawn()
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            bench.topics = None
            problem = panels.status(explain(error, TOPICS_PROBLEM, self._assistant.settings))
            yield {self._list: problem, self._map_fold: gr.Accordion(visible=False)}

    def _drawn(self) -> Updates:
        """The map, where there is enough to draw."""
        drawn = self._assistant.topic_map()
        if not drawn.places or not drawn.topics.topics:
            return {self._map_fold: gr.Accordion(visible=False)}
        return {self._map_fold: gr.Accordion(visible=True), self._map: map_on_page(drawn)}

    def _find(self, event: gr.KeyUpData, chosen: Sequence[str] | None) -> Any:
        """The choices of papers for what is typed, those chosen among them."""
        try:
            found = titles_with(self._assistant.index, str(event.input_value or ""))
            kept = self._assistant.index.papers(list(chosen or ()))
        except Exception:  # noqa: BLE001 - typing must not raise anything; comparing will tell
            return gr.skip()
        papers = {paper.id: paper for paper in (*kept, *found)}.values()
        return gr.Dropdown([(shortened(str(paper), panels.MAX_TITLE), paper.id) for paper in papers])

    # -- summaries -------------------------------------------------------------------------------

    async def _topic(self, event: gr.EventData, bench: Bench, depth: str) -> AsyncGenerator[Updates, None]:
        wanted = clean(str(event.topic))
        topic = next((topic for topic in bench.topics or () if topic.id == wanted), None)
        if topic is not None:
            bench.chosen = topic.id
            async for update in self._written(
                bench, topic.name, lambda: self._assistant.stream_summary(topic.id, depth=_depth(depth))
            ):
                yield update

    async def _anything(self, words: str, bench: Bench, depth: str) -> AsyncGenerator[Updates, None]:
        wanted = " ".join(clean(words).split())
        if not wanted:
            yield {self._status: panels.status("Say first what to summarise.")}
            return
        bench.chosen = ""
        async for update in self._written(
            bench, wanted, lambda: self._assistant.stream_summary(wanted, depth=_depth(depth))
        ):
            yield update

    async def _named(self, ids: Sequence[str] | None, bench: Bench) -> AsyncGenerator[Updates, None]:
        async for update in self._compared(bench, list(ids or ())):
            yield update

    async def _chosen(self, ticked: str | None, bench: Bench) -> AsyncGenerator[Updates, None]:
        papers = bench.surveys.last.chosen(_parsed(ticked)) if bench.surveys.last else []
        async for update in self._compared(bench, papers):
            yield update

    async def _compared(self, bench: Bench, papers: Sequence[str | Paper]) -> AsyncGenerator[Updates, None]:
        if not FEWEST_COMPARED <= len(papers) <= MOST_COMPARED:
            yield {self._status: panels.status(CHOOSE)}
            return
        bench.chosen = ""
        async for update in self._written(
            bench, f"{len(papers)} papers compared", lambda: self._assistant.stream_comparison(*papers)
        ):
            yield update

    async def _written(self, bench: Bench, subject: str, stream: Stream) -> AsyncGenerator[Updates, None]:
        """A summary, an update of the page for each batch of its events."""
        survey = bench.surveys.begin(subject)
        bench.token = ""
        if self._preparation.under_way:
            survey.doing = "Waiting until the collection is ready"
        yield self._shown(bench)
        try:
            await self._until_ready(survey)
            if not survey.finished:
                events = Batches(stream)
                survey.on_stop = events.stop
                async with aclosing(events.read()) as batches:
                    async for batch in batches:
                        for event in batch:
                            survey.take(event)
                        if survey is not bench.surveys.last:
                            break
                        if survey.summary is not None and survey.summary.status == "answered":
                            bench.token = self._keeping.keep(survey.summary)
                        yield self._shown(bench)
                survey.end("The summary ended without a word; please try again.")
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            survey.end(explain(error, GENERAL_PROBLEM, self._assistant.settings))
        finally:
            survey.stop()  # the tab was closed
        if survey is bench.surveys.last:
            yield self._shown(bench)

    async def _until_ready(self, survey: Survey) -> None:
        while self._preparation.under_way and not survey.finished:
            await asyncio.sleep(0.05)
        if (snapshot := self._preparation.snapshot()).phase == "failed":
            survey.end(snapshot.problem)

    async def _end(self, bench: Bench) -> None:
        bench.surveys.stop()

    def _shown(self, bench: Bench) -> Updates:
        """The list and the last summary as they are now."""
        survey = bench.surveys.last
        if survey is None:
            return {}
        refused = survey.summary is not None and survey.summary.refusal is not None
        prose = "" if refused else survey.prose()
        listed = {self._list: topiclist.listing(bench.topics, bench.chosen)} if bench.topics else {}
        return {
            **listed,
            self._map_fold: gr.Accordion(open=False),
            self._status: survey.status(),
            self._stop: gr.Button(visible=not survey.finished),
            self._title: survey.head(),
            self._read: gr.Row(visible=bool(prose or survey.papers)),
            self._prose: prose,
            self._sources: survey.sources(),
            self._table: survey.table(),
            self._compare_ticked: gr.Button(visible=survey.finished and bool(survey.cards)),
            self._foot: survey.foot(bench.token),
        }


def _depth(value: object) -> Depth:
    """The depth that a browser says; what it cannot have meant is the usual one."""
    return next((depth for depth in READ if depth == value), "standard")


def _parsed(ticked: str | None) -> object:
    try:
        return json.loads(ticked or "[]")
    except (ValueError, RecursionError):
        return []
