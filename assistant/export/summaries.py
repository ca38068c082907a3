"""Cards of papers and summaries as JSON; citations, claims and refusals in them are as in answers."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from ..cards import Cards, Cell, PaperCard
from ..summaries import Depth, Summary, Theme
from ..types import Mode
from .answers import (
    CitationJson,
    ClaimJson,
    Id,
    NamedJson,
    RefusalJson,
    SentenceJson,
    Timings,
    UsageJson,
    citation_json,
    claim_json,
    named_json,
    refusal_json,
    sentence_json,
    timings_json,
    usage_json,
)


class CellJson(TypedDict):
    """What a paper says of one point.

    A cell is ``null`` where the abstract does not state it. ``verbatim`` says that ``text`` is its sentence,
    word for word; ``support`` is ``null`` where a model wrote in another language than the abstract.
    """

    text: str
    verbatim: bool
    support: Literal["supported"] | None
    sentences: list[SentenceJson]


class FigureJson(TypedDict):
    """A number of a result with the words that say of what; ``sentence`` is its index in the abstract."""

    value: str
    text: str
    sentence: int


class CardJson(TypedDict):
    """A paper in four cells."""

    id: str
    title: str
    year: int | None
    mode: Mode
    problem: CellJson | None
    approach: CellJson | None
    result: CellJson | None
    limitation: CellJson | None
    figures: list[FigureJson]


class CardsJson(TypedDict):
    """The cards of papers.

    ``remembered`` counts the cards that were paid for before. ``interrupted`` says that the model did not get
    to all; every paper has a card all the same.
    """

    cards: list[CardJson]
    notices: list[str]
    usage: UsageJson
    remembered: int
    interrupted: bool


class SectionJson(TypedDict):
    """A part of a summary: Markdown with ``[n]`` marks, under its title."""

    title: str
    body: str


class ThemeJson(TypedDict):
    """Papers of a summary that belong together."""

    name: str
    papers: list[Id]


class ReadingJson(TypedDict):
    """A paper to begin with, and why."""

    id: str
    title: str
    reason: str


class SummaryJson(TypedDict):
    """A summary or a refusal."""

    subject: str
    status: Literal["answered", "refused"]
    mode: Mode
    depth: Depth
    text: Annotated[str, "Markdown: the sections, the table, what is covered, the references"]
    sections: list[SectionJson]
    themes: list[ThemeJson]
    cards: Annotated[list[CardJson], "the rows of the table, by theme"]
    citations: list[CitationJson]
    claims: list[ClaimJson]
    reading: Annotated[list[ReadingJson], "where to begin"]
    papers: Annotated[list[NamedJson], "all of the subject; those that have a card were read"]
    not_cited: list[Id]
    coverage: Annotated[
        str, "how many of the papers are cited and read, and which are not cited, as a sentence"
    ]
    refusal: RefusalJson | None
    notices: list[str]
    usage: UsageJson
    timings: Timings


def summary_json(summary: Summary) -> SummaryJson:
    """A summary or a refusal."""
    return {
        "subject": summary.subject,
        "status": summary.status,
        "mode": summary.mode,
        "depth": summary.depth,
        "text": summary.text,
        "sections": [{"title": section.title, "body": section.body} for section in summary.sections],
        "themes": [theme_json(theme) for theme in summary.themes],
        "cards": [card_json(card) for card in summary.cards],
        "citations": [citation_json(citation) for citation in summary.citations],
        "claims": [claim_json(claim) for claim in summary.claims],
        "reading": [{**named_json(each.paper), "reason": each.reason} for each in summary.reading],
        "papers": [named_json(paper) for paper in summary.papers],
        "not_cited": [paper.id for paper in summary.not_cited],
        "coverage": summary.coverage,
        "refusal": refusal_json(summary.refusal),
        "notices": list(summary.notices),
        "usage": usage_json(summary.usage),
        "timings": timings_json(summary.timings),
    }


def theme_json(theme: Theme) -> ThemeJson:
    """A theme with the ids of its papers."""
    return {"name": theme.name, "papers": list(theme.papers)}


def cards_json(cards: Cards) -> CardsJson:
    """The cards of papers, and what they took."""
    return {
        "cards": [card_json(card) for card in cards],
        "notices": list(cards.notices),
        "usage": usage_json(cards.usage),
        "remembered": cards.remembered,
        "interrupted": cards.interrupted,
    }


def card_json(card: PaperCard) -> CardJson:
    """One card; a point that the abstract does not state is ``null``."""
    return {
        "id": card.id,
        "title": card.paper.title,
        "year": card.paper.year,
        "mode": card.mode,
        "problem": _cell(card.problem),
        "approach": _cell(card.approach),
        "result": _cell(card.result),
        "limitation": _cell(card.limitation),
        "figures": [
            {"value": figure.value, "text": figure.text, "sentence": figure.sentence}
            for figure in card.figures
        ],
    }


def _cell(cell: Cell | None) -> CellJson | None:
    if cell is None:
        return None
    return {
        "text": cell.text,
        "verbatim": cell.verbatim,
        "support": cell.support,
        "sentences": [sentence_json(sentence) for sentence in cell.sentences],
    }
