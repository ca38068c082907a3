"""Makes one summary: cards, themes, sections, audit; told as a stream of events."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..answering.checking import Checker
from ..answering.citations import CitationParser
from ..answering.draft import Draft
from ..answering.reply import Reply
from ..cards import POINTS, PaperCard
from ..errors import ModelError
from ..events import Audited, Sources, Status, Token
from ..models.metered import Metered
from ..models.ports import Vectors
from ..numbers import counted
from ..retrieval.measure import Measure
from ..summaries import Depth, Planned, Section, Summarized, Summary, SummaryEvent, Tabled, Theme
from ..types import Hit, Mode, Paper, Refusal, Usage
from .assignments import Assignment, assignments
from .outline import outline
from .quotes import quoted_card
from .quoting import GAPS, OVERVIEW, RELATIONS, InProse, Material, Quoting
from .reading_order import reading_order
from .themes import FEWEST, Parts, themes_of
from .writing import Writing

READ: Mapping[Depth, int] = MappingProxyType({"brief": 8, "standard": 30, "full": 100})
"""The most papers that a summary is written from."""
TOGETHER = "Paper by paper"
COMPARED = "What unites and separates them"
_RELATIONS = "Agreements, tensions and gaps"
_POINTS = [point.capitalize() for point in POINTS]
_WORKERS = 4
"""Sections that are written at once; an endpoint that takes fewer requests lets the others wait."""


KnownCards = Callable[[Sequence[Paper]], Mapping[str, PaperCard]]
"""The cards that the model wrote of some of these papers before, by id."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is summarised: papers, the ones that matter most first, or why there is nothing to summarise."""

    name: str
    papers: tuple[Paper, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What a summarizer takes of the other rooms."""

    measure: Measure
    vectors: Callable[[Sequence[str]], Mapping[str, Vectors]]
    """The stored vectors of papers by id."""
    model: Metered | None
    budget: int
    """The most tokens of a summary, replies included."""
    known_cards: KnownCards


class Summarizer:
    """Writes summaries of papers, with a chat model or, where there is none, by quoting."""

    def __init__(self, tools: Tools) -> None:
        """Use these tools for one summary."""
        self._tools = tools
        self._notices: list[str] = []
        self._wrote = False
        """Whether anything is by the model."""
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
        count = counted(len(papers), "paper")
        yield Status(f"Reading {count}")
        yield Sources(tuple(Hit(rank, paper, 0.0) for rank, paper in enumerate(papers, start=1)))
        cards = [quoted_card(paper) for paper in papers]
        vectors = self._vectors(papers)
        sentences = self._tools.measure.sentence_vectors(papers)
        self._lap("cards")
        mode: Mode = "llm" if self._tools.model else "extractive"
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
        material = Material(subject.name, cards, themes, own, sentences, len(subject.papers), depth)
        draft = Draft([Hit(rank, paper, 0.0) for rank, paper in enumerate(papers, start=1)])
        planned = self._assigned(material) if mode == "llm" else []
        if planned:
            yield from self._written(material, planned, draft)
            mode = "llm" if self._wrote else "extractive"
        else:
            mode = "extractive"
            quoting = Quoting(material, draft)
            yield from _told(quoting.compared() if compared else quoting.whole(), draft)
        if mode == "extractive" and rows != quotes:  # what nobody but the papers wrote is quoted throughout
            rows = quotes
            yield Tabled(rows)
        self._lap("sections")
        checker = Checker(draft, self._tools.measure)
        claims = checker.all()
        yield from draft.introduced()
        yield Audited(claims)
        self._lap("audit")
        if draft.unknown:
            self._notices.append(
                f"{draft.unknown} citation{'s' if draft.unknown > 1 else ''} of something that is not among "
                "the papers had to be removed."
            )
        usage = self._tools.model.usage if self._tools.model else Usage()
        summary = Summary(
            subject.name,
            "answered",
            mode,
            depth,
            _sections(
                draft.body, [OVERVIEW, *(t.name for t in themes), _RELATIONS, RELATIONS, GAPS, *_POINTS]
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

    # -- sections by a model -------------------------------------------------------------------------

    def _assigned(self, material: Material) -> list[Assignment]:
        """What the model writes within the budget; nothing where that is too small."""
        model = self._tools.model
        assert model is not None  # noqa: S101 - for the type checker; the caller looked
        spent = model.usage.prompt_tokens + model.usage.completion_tokens
        planned = assignments(
            material.subject,
            material.cards,
            material.themes,
            (OVERVIEW, _RELATIONS),
            model.name,
            self._tools.budget - spent,
        )
        if not planned:
            self._notices.append(
                f"The budget of {self._tools.budget:,} tokens is too small for a section of this summary, so "
                "the papers are quoted. ASSISTANT_MAX_TOKENS_PER_SUMMARY raises it."
            )
        return planned

    def _written(
        self, material: Material, planned: Sequence[Assignment], draft: Draft
    ) -> Generator[SummaryEvent]:
        """The model's sections in their order; those that fail or are beyond the budget are quoted."""
        model = self._tools.model
        assert model is not None  # noqa: S101 - for the type checker; the caller looked
        yield Status(f"Writing {len(planned)} section{'s' if len(planned) > 1 else ''} with {model.name}")
        quoting = Quoting(material, InProse(draft))
        failures: dict[str, None] = {}
        with closing(Writing(model, planned, _WORKERS)) as writing:
            for place, each in enumerate(planned):
                yield from _told([draft.text(f"\n\n## {each.title}\n\n")], draft)
                before, cited = draft.body, len(draft.cited)
                try:
                    yield from _told(_parsed(writing.cited(place), draft), draft)
                except ModelError as error:
                    failures[str(error)] = None
                    yield from _told([draft.text(" …")] if draft.body != before else (), draft)
                self._wrote = self._wrote or draft.body != before
                if draft.body == before:
                    yield from _told(quoting.instead_of(each.kind, each.title), draft)
                elif each.kind == "theme":
                    told = {*draft.cited[cited:]}
                    yield from _told(quoting.left_out(p for p in each.places if p not in told), draft)
        for theme in material.themes[sum(each.kind == "theme" for each in planned) :]:
            yield from _told(quoting.theme(theme), draft)
        if failures:
            self._notices.append(f"Where a section failed, the papers are quoted. {' '.join(failures)}")
        if writing.cut:
            self._notices.append("A section was cut off at its longest length.")

    def _lap(self, step: str) -> None:
        now = time.perf_counter() - self._start
        self._seconds[step] = now - sum(s for name, s in self._seconds.items() if name != "total")
        self._seconds["total"] = now


def _parsed(pieces: Generator[str], draft: Draft) -> Generator[str]:
    """The pieces of a model with their citations in the draft."""
    reply, parser = Reply(), CitationParser(draft)
    try:
        for piece in pieces:
            yield parser.feed(reply.feed(piece))
    finally:
        rest = parser.feed(reply.close()) + parser.close()
    yield rest


def _told(pieces: Iterable[str], draft: Draft) -> Generator[SummaryEvent]:
    for piece in pieces:
        if piece:
            yield Token(piece)
        yield from draft.introduced()


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
