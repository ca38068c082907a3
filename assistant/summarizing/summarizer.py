"""Makes one summary: cards, themes, sections, audit; told as a stream of events."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..answering.checking import Checker
from ..answering.draft import Draft
from ..cards import POINTS, PaperCard
from ..errors import ModelError
from ..events import Audited, Sources, Status
from ..models.ports import Vectors
from ..numbers import counted
from ..retrieval.measure import Measure
from ..summaries import Depth, Planned, Section, Summarized, Summary, SummaryEvent, Tabled, Theme
from ..types import Hit, Mode, Paper, Refusal, Usage
from .material import Material
from .modelled import IN_RELATION, Modelled, told
from .outline import outline
from .quotes import quoted_card
from .quoting import FURTHER, GAPS, OVERVIEW, RELATIONS, Quoting
from .reading_order import reading_order
from .recalling import Recalling
from .themes import FEWEST, Parts, themes_of

READ: Mapping[Depth, int] = MappingProxyType({"brief": 8, "standard": 30, "full": 100})
"""The most papers that a summary is written from."""
MENTIONED: Mapping[Depth, int] = MappingProxyType({"brief": 0, "standard": 60, "full": 0})
"""Up to so many papers of a subject are told of at all: beyond those that are read, each in a sentence."""
TOGETHER = "Paper by paper"
COMPARED = "What unites and separates them"
_POINTS = [point.capitalize() for point in POINTS]


KnownCards = Callable[[Sequence[Paper]], Mapping[str, PaperCard]]
"""The cards that the model wrote of some of these papers before, by id."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is summarised: papers, the ones that matter most first, or why there is nothing to summarise."""

    name: str
    papers: tuple[Paper, ...] = ()
    refusal: Refusal | None = None
    foremost: str = "most typical"
    """What the papers are that come first."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What a summarizer takes of the other rooms."""

    measure: Measure
    vectors: Callable[[Sequence[str]], Mapping[str, Vectors]]
    """The stored vectors of papers by id."""
    model: Recalling | None
    budget: int
    """The most tokens of a summary, replies included."""
    known_cards: KnownCards


class Summarizer:
    """Writes summaries of papers, with a chat model or, where there is none, by quoting."""

    def __init__(self, tools: Tools) -> None:
        """Use these tools for one summary."""
        self._tools = tools
        self._notices: list[str] = []
        self._start = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def stream(self, subject: Subject, depth: Depth, *, compared: bool = False) -> Generator[SummaryEvent]:
        """The events of one summary, ``Summarized`` last. Closing the generator stops the model.

        ``compared`` holds all papers against each other, whatever their themes.

        Raises:
            ModelError: the endpoint of the embedder failed.
        """
        if subject.refusal or not subject.papers:
            refusal = subject.refusal or Refusal("not_in_collection", "There are no papers to summarise.")
            yield Usage()
            yield Summarized(Summary(subject.name, "refused", "extractive", depth, refusal=refusal))
            return
        papers = subject.papers[: READ[depth]]
        mentioned = subject.papers[len(papers) : MENTIONED[depth]]
        self._notices += subject.notices
        count = counted(len(papers), "paper")
        yield Status(f"Reading {count}")
        hits = tuple(Hit(rank, paper, 0.0) for rank, paper in enumerate((*papers, *mentioned), start=1))
        yield Sources(hits)
        cards = [quoted_card(paper) for paper in papers]
        vectors = self._vectors(papers)
        sentences = self._tools.measure.sentence_vectors(papers)
        self._lap("cards")
        if self._tools.model and len(papers) >= FEWEST and not compared:
            yield Status(f"Sorting {count} into themes with {self._tools.model.name}")
        themes = (
            (Theme(COMPARED, tuple(paper.id for paper in papers)),)
            if compared
            else self._themes(subject, cards, vectors)
        )
        order = {
            paper_id: place for place, paper_id in enumerate(p for theme in themes for p in theme.papers)
        }
        quotes = tuple(sorted(cards, key=lambda card: order[card.id]))
        # A summary pays for no cards. It is written from quotes, which weigh the same with any model.
        known = self._tools.known_cards(papers) if self._tools.model else {}
        rows = tuple(known.get(card.id, card) for card in quotes)
        self._lap("themes")
        yield Planned(themes)
        yield Tabled(rows)
        own = [vectors[paper.id] for paper in papers]
        further = [quoted_card(paper) for paper in mentioned]
        material = Material(
            subject.name,
            cards,
            themes,
            own,
            sentences,
            len(subject.papers),
            depth,
            further,
            subject.foremost,
        )
        draft = Draft(hits)
        mode = yield from self._written(material, draft, compared=compared)
        if mode == "extractive" and rows != quotes:  # what nobody but the papers wrote is quoted throughout
            rows = quotes
            yield Tabled(rows)
        self._lap("sections")
        checker = Checker(draft, self._tools.measure)
        claims = checker.all()
        yield from draft.introduced()
        yield Audited(claims)
        self._lap("audit")
        self._note_unknown(draft.unknown)
        usage = self._tools.model.usage if self._tools.model else Usage()
        summary = Summary(
            subject.name,
            "answered",
            mode,
            depth,
            _sections(
                draft.body,
                [OVERVIEW, *(t.name for t in themes), IN_RELATION, RELATIONS, GAPS, FURTHER, *_POINTS],
            ),
            themes,
            rows,
            draft.citations(claims),
            claims,
            () if compared else reading_order(material),
            subject.papers,
            notices=(*self._notices, *checker.notices),
            usage=usage,
            timings=MappingProxyType(self._seconds),
        )
        yield usage
        yield Summarized(summary)

    def _written(
        self, material: Material, draft: Draft, *, compared: bool
    ) -> Generator[SummaryEvent, None, Mode]:
        """The sections, by the model as far as it goes; returns who wrote them."""
        if model := self._tools.model:
            by_model = Modelled(model, self._tools.budget)
            planned = by_model.assigned(material)
            if planned:
                yield from by_model.written(material, planned, draft)
            self._notices += by_model.notices
            if planned:
                return "llm" if by_model.wrote else "extractive"
        quoting = Quoting(material, draft)
        yield from told(quoting.compared() if compared else quoting.whole(), draft)
        return "extractive"

    def _note_unknown(self, count: int) -> None:
        if count:
            self._notices.append(
                f"{count} citation{'s' if count > 1 else ''} of something that is not among the papers "
                "had to be removed."
            )

    # -- themes --------------------------------------------------------------------------------------

    def _themes(
        self, subject: Subject, cards: Sequence[PaperCard], vectors: Mapping[str, Vectors]
    ) -> tuple[Theme, ...]:
        """The themes by the model, else by the vectors."""
        parts: Parts = []
        if self._tools.model and len(cards) >= FEWEST:
            try:
                parts = outline(self._tools.model, subject.name, cards, self._tools.budget // 3)
            except ModelError as error:
                self._notices.append(f"The papers were sorted without the language model. {error}")
        if not parts:
            parts = themes_of([card.paper for card in cards], vectors)
        if not parts:
            parts = [(TOGETHER, [*range(len(cards))])]
        return tuple(Theme(name, tuple(cards[place].id for place in own)) for name, own in _distinct(parts))

    def _vectors(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        """A vector for each paper; one that the index has lost is made of its text."""
        stored = self._tools.vectors([paper.id for paper in papers])
        return {
            paper.id: stored[paper.id] if paper.id in stored else self._tools.measure.vector(paper.text)
            for paper in papers
        }

    def _lap(self, step: str) -> None:
        now = time.perf_counter() - self._start
        self._seconds[step] = now - sum(s for name, s in self._seconds.items() if name != "total")
        self._seconds["total"] = now


def _distinct(parts: Parts) -> Parts:
    """The parts under names of which none comes twice."""
    seen: dict[str, int] = {}
    named: Parts = []
    for name, own in parts:
        seen[name] = seen.get(name, 0) + 1
        named.append((name if seen[name] == 1 else f"{name} ({seen[name]})", own))
    return named


def _sections(body: str, titles: Sequence[str]) -> tuple[Section, ...]:
    """The sections of a body whose headings are among these titles."""
    found: list[Section] = []
    for line in body.splitlines():
        if line.startswith("## ") and line[3:] in titles:
            found.append(Section(line[3:], ""))
        elif found:
            found[-1] = replace(found[-1], body=f"{found[-1].body}\n{line}")
    return tuple(replace(section, body=section.body.strip()) for section in found)
