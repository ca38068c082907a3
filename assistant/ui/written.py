"""A summary on the page, as it is being written: its components, and what streams into them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from ..grouped import Topics
from ..summaries import SummaryEvent
from . import panels, sheet
from .keeping import Keeping
from .pacing import Pacing
from .sessions import Session
from .survey import Survey, Surveys

GENERAL_PROBLEM = "Something went wrong with this summary; please try again."
START = "Choose a topic, or say what to summarise: its papers are compared here, every statement cited."

Updates = dict[Any, Any]
Stream = Callable[[], Generator[SummaryEvent, None, None]]


@dataclass(slots=True)
class Bench:
    """What one tab has of topics and summaries."""

    surveys: Surveys = field(default_factory=Surveys)
    topics: Topics | None = None
    chosen: str = ""
    """The id of the topic that was clicked last."""
    library: str = ""
    """Whose topics they are."""
    drawn: Topics | None = None
    """The topics that the map of the page shows."""
    shows: bool = False
    """Whether the page has the last summary in its tab."""
    pacing: Pacing = field(default_factory=Pacing)

    def loaded_anew(self) -> Bench:
        """A summary under way goes on in it, and in the page of before as long as that is there."""
        return replace(self, surveys=replace(self.surveys), topics=None, drawn=None, shows=False)


class SummaryView:
    """The components of a summary; what a tab holds is in its ``Bench``."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Row(elem_classes="pa-line"):
            self._status = gr.HTML(panels.status(START), js_on_load=None, elem_id="pa-survey-status")
            self.stop = gr.Button(
                "Stop", visible=False, size="sm", min_width=80, scale=0, elem_id="pa-survey-stop"
            )
        self._title = gr.HTML("", js_on_load=None, elem_id="pa-survey-title")
        with gr.Row(visible=False, elem_classes="pa-read") as self._read:
            with gr.Column(scale=3, min_width=320):
                self._prose = gr.HTML("", js_on_load=None, elem_id="pa-survey")
            with gr.Column(scale=2, min_width=320, elem_classes="pa-survey-side"):
                self._sources = gr.HTML("", js_on_load=None, elem_id="pa-survey-sources")
        self._table = gr.HTML("", js_on_load=sheet.SORT, elem_id="pa-table")
        self.compare = gr.Button(
            "Compare chosen papers", visible=False, size="sm", elem_id="pa-compare-chosen"
        )
        self._foot = gr.HTML("", js_on_load=None, elem_id="pa-foot")
        self.shown: list[Any] = [self._status, self.stop, self._title, self._read, self._prose]
        self.shown += [self._sources, self._table, self.compare, self._foot]

    def say(self, message: str) -> Updates:
        """A sentence above what is shown."""
        return {self._status: panels.status(message)}

    async def write(
        self, bench: Bench, session: Session, subject: str, stream: Stream
    ) -> AsyncGenerator[Updates]:
        """A summary, an update of the page for each batch of its events."""
        if refused := bench.pacing.refusal(session.settings.questions_per_minute):
            yield self.say(refused)
            return
        survey = bench.surveys.begin(subject)
        bench.shows = True
        preparation = session.library.preparation
        if preparation.under_way:
            survey.doing = "Waiting until the collection is ready"
        yield self._shown(bench)

        def done() -> None:
            if survey.summary is not None and survey.summary.status == "answered":
                survey.token = self._keeping.keep(survey.summary)

        survey.begin(session, stream, GENERAL_PROBLEM, done)
        async with aclosing(self._followed(bench, survey)) as updates:
            async for update in updates:
                yield update

    async def restore(self, bench: Bench) -> AsyncGenerator[Updates]:
        """The last summary on a page that was loaded anew; one under way goes on in sight."""
        survey = bench.surveys.last
        if survey is None:
            yield gr.skip()  # of a generator that yields nothing, Gradio makes all components empty
            return
        async with aclosing(self._followed(bench, survey)) as updates:
            async for update in updates:
                yield update

    def again(self, bench: Bench) -> Updates:
        """The last summary, where the page lost it: a tab that is not laid out yet takes nothing."""
        if bench.shows:
            return {}
        bench.shows = True
        return self._shown(bench)

    async def _followed(self, bench: Bench, survey: Survey) -> AsyncGenerator[Updates]:
        """An update for each step of a summary, and once it is finished."""
        async with aclosing(survey.followed()) as steps:
            async for _ in steps:
                yield self._shown(bench)
        if survey is bench.surveys.last:
            yield self._shown(bench)

    def _shown(self, bench: Bench) -> Updates:
        """The last summary as it is now."""
        survey = bench.surveys.last
        if survey is None:
            return {}
        refused = survey.summary is not None and survey.summary.refusal is not None
        prose = "" if refused else survey.prose()
        return {
            self._status: survey.status(),
            self.stop: gr.Button(visible=not survey.finished),
            self._title: survey.head(),
            self._read: gr.Row(visible=bool(prose or survey.papers)),
            self._prose: prose,
            self._sources: survey.sources(),
            self._table: survey.table(),
            self.compare: gr.Button(visible=survey.finished and bool(survey.cards)),
            self._foot: survey.foot(),
        }
