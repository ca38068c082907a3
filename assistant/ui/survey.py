"""One summary or comparison as a tab shows it, from its first event to its last; knows no component."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..cards import PaperCard
from ..events import Sources, Status, Token
from ..outputs.prose import to_html, unfinished
from ..summaries import Summarized, Summary, SummaryEvent, Tabled
from ..types import Citation, Paper
from . import panels, sheet
from .underway import PATIENCE, Underway

_HEADING = re.compile(r"^##(?= )", re.MULTILINE)


@dataclass(slots=True)
class Survey(Underway):
    """What was asked for, with as much of it as there is so far; ``number`` counts those of a tab."""

    number: int
    subject: str
    doing: str = field(default="Looking for papers", kw_only=True)
    patience: float = field(default=PATIENCE, kw_only=True)
    papers: tuple[Paper, ...] = ()
    cards: tuple[PaperCard, ...] = ()
    citations: dict[int, Citation] = field(default_factory=dict)
    summary: Summary | None = None
    token: str = ""
    """Under which it can be downloaded, once it is whole."""

    @property
    def whole(self) -> bool:
        """Whether all of it is there."""
        return self.summary is not None

    def take(self, event: SummaryEvent) -> None:
        """Take the next event."""
        match event:
            case Status(message):
                self.doing = message
            case Sources(hits):
                self.papers = tuple(hit.paper for hit in hits)
            case Tabled(cards):
                self.cards = cards
            case Token(text):
                self.text += text
            case Citation(number=number):
                self.citations[number] = event
            case Summarized(summary):
                self.summary = summary
                self.citations = {citation.number: citation for citation in summary.citations}
                self.timed()

    def status(self) -> str:
        """The line above it, as safe HTML."""
        if self.problem:
            return panels.status("Not finished." if self.text else "No summary this time.")
        if self.summary is None:
            return sheet.working(self.doing)
        if self.summary.status == "refused":
            return panels.status(f"Not in this collection ({self.seconds:.1f} s).")
        return panels.status(sheet.made(self.summary, self.seconds))

    def prose(self) -> str:
        """The sections, as safe HTML."""
        text = _HEADING.sub("###", self.summary.body if self.summary else self.text)
        told = to_html(text if self.finished else unfinished(text), self._target)
        notices = self.summary.notices if self.summary else (self.problem,)
        return told.strip() + panels.notices(notices)

    def sources(self) -> str:
        """The panel beside the sections, as safe HTML."""
        if self.summary is not None and self.summary.status == "answered":
            return sheet.sources(self.summary, self._key)
        if self.citations:
            return panels.panel([sheet.cited(list(self.citations.values()), self._key)])
        return panels.panel([sheet.read(self.papers)] if self.papers and not self.finished else [])

    def table(self) -> str:
        """The comparison table as safe HTML; its papers can be chosen when it is whole."""
        numbers = {citation.id: number for number, citation in self.citations.items()}
        return sheet.table(self.cards, numbers, self._key, choosable=self.finished)

    def head(self) -> str:
        """What it is of, then what leads to its parts, or why there is nothing; as safe HTML."""
        below = ""
        if self.summary is not None:
            below = sheet.refusal(self.summary.refusal) if self.summary.refusal else sheet.JUMPS
        return sheet.title(self.subject) + below

    def foot(self) -> str:
        """What follows the table as safe HTML, once its files can be had."""
        return sheet.foot(self.summary, self._key, self.token) if self.summary and self.token else ""

    def chosen(self, values: object) -> list[Paper]:
        """The papers that a browser says are chosen in the table; anything else it may say is none."""
        if not isinstance(values, list):
            return []
        return [card.paper for place, card in enumerate(self.cards) if f"{self._key}.{place}" in values]

    @property
    def _key(self) -> str:
        """What the ids of its elements have, and those of no other part of the page."""
        return f"s{self.number}"

    def _target(self, number: int) -> str | None:
        return panels.source_id(self._key, number) if number in self.citations else None


@dataclass(slots=True)
class Surveys:
    """Those of one tab, of which the last is shown. Begun and stopped in the event loop, so never at once."""

    made: int = 0
    last: Survey | None = None

    def begin(self, subject: str) -> Survey:
        """Open the next; one that is under way ends."""
        self.stop()
        self.made += 1
        self.last = Survey(self.made, subject)
        return self.last

    def stop(self) -> None:
        """End the one under way, if there is one."""
        if self.last is not None:
            self.last.stop()
