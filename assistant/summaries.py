"""The nouns of summaries: what is written of several papers at once, with its table and what it covers.

Plain frozen values, as in ``types``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from .cards import NOT_STATED, POINTS, WORDED, WORDED_NOTE, PaperCard
from .events import Audited, Sources, Status, Token
from .numbers import counted
from .types import Citation, Claim, Mode, Paper, Refusal, Usage

Depth = Literal["brief", "standard", "full"]
_LISTED = 20
"""Titles of papers that a sentence lists; the rest is counted."""
_AUTHORS = 3


@dataclass(frozen=True, slots=True)
class Theme:
    """Papers of a summary that belong together; ``papers`` are their ids."""

    name: str
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a summary: Markdown with ``[n]`` marks, under its title."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class FirstRead:
    """A paper to begin with, and why."""

    paper: Paper
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What the papers on one subject say, compared; or a refusal.

    ``sections`` begin with the overview. ``cards`` are the rows of the comparison table, by theme: quotes;
    but where a model wrote the summary, its own cards of papers for which it was asked before.
    ``reading`` is where to begin. ``papers`` are all that the subject has, of which those with a card were
    read. ``claims`` are the statements of the sections with their verdicts. ``timings`` are seconds by step.
    """

    subject: str
    status: Literal["answered", "refused"]
    mode: Mode
    depth: Depth = "standard"
    sections: tuple[Section, ...] = ()
    themes: tuple[Theme, ...] = ()
    cards: tuple[PaperCard, ...] = ()
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    reading: tuple[FirstRead, ...] = ()
    papers: tuple[Paper, ...] = ()
    refusal: Refusal | None = None
    notices: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def not_cited(self) -> tuple[Paper, ...]:
        """The papers of the subject that no section cites."""
        cited = {citation.id for citation in self.citations}
        return tuple(paper for paper in self.papers if paper.id not in cited)

    @property
    def coverage(self) -> str:
        """How many of the papers are cited, how many were read, and which are not cited, as a sentence."""
        left = self.not_cited
        count = len(self.papers)
        told = f"Cites {count - len(left):,} of {counted(count, 'paper')}"
        if len(self.cards) < count:
            told += f", of which {len(self.cards):,} {'was' if len(self.cards) == 1 else 'were'} read closely"
        if not left:
            return f"{told}."
        more = f"; and {len(left) - _LISTED:,} more" if len(left) > _LISTED else ""
        return f"{told}; not cited: {'; '.join(str(paper) for paper in left[:_LISTED])}{more}."

    def number_of(self, paper_id: str) -> int | None:
        """The mark of a paper, if it is cited."""
        return next((citation.number for citation in self.citations if citation.id == paper_id), None)

    def _marked(self, paper: Paper) -> str:
        """A paper with its mark, if it is cited."""
        number = self.number_of(paper.id)
        return f"{paper}{'' if number is None else f' [{number}]'}"

    @property
    def body(self) -> str:
        """The sections under their titles."""
        return "\n\n".join(f"## {section.title}\n\n{section.body}" for section in self.sections)

    @property
    def table(self) -> str:
        """The comparison table as Markdown: a paper a row; cells that are no quotes are marked."""
        if not self.cards:
            return ""
        lines = [["Paper", *(point.capitalize() for point in POINTS)]]
        lines += [
            [
                self._marked(card.paper),
                *(cell.marked if cell else f"*{NOT_STATED}*" for cell in card.cells.values()),
            ]
            for card in self.cards
        ]
        rows = ["| " + " | ".join(map(_in_cell, line)) + " |" for line in lines]
        return "\n".join([rows[0], "|---" * len(lines[0]) + "|", *rows[1:]]) + self._explained

    @property
    def worded(self) -> bool:
        """Whether a cell of the table is in a model's words."""
        return any(card.worded for card in self.cards)

    @property
    def _explained(self) -> str:
        """What a mark in the table means, where there is one."""
        return f"\n\n{WORDED} {WORDED_NOTE}" if self.worded else ""

    @property
    def first_reads(self) -> str:
        """Where to begin, as a numbered list in Markdown."""
        return "\n".join(
            f"{place}. {self._marked(each.paper)}: {each.reason}"
            for place, each in enumerate(self.reading, start=1)
        )

    @property
    def listed(self) -> str:
        """What :attr:`table` holds, a paper below the other, for where a table has no room."""
        blocks = []
        for card in self.cards:
            lines = [f"- {point}: {cell.marked}" for point, cell in card.cells.items() if cell]
            blocks.append("\n".join([f"**{self._marked(card.paper)}**", *(lines or [f"- {NOT_STATED}"])]))
        return "\n\n".join(blocks) + self._explained

    def back_matter(self, *, narrow: bool = False) -> str:
        """What follows the sections; the table is :attr:`listed` where there is little room."""
        references = "\n".join(f"{_reference(citation)}  " for citation in self.citations)
        parts = [
            f"## Side by side\n\n{self.listed if narrow else self.table}" if self.cards else "",
            f"## Where to start\n\n{self.first_reads}" if self.reading else "",
            self.coverage,
            f"**References**\n\n{references}" if references else "",
        ]
        return "\n\n".join(part for part in parts if part)

    @property
    def text(self) -> str:
        """The whole as Markdown: sections, table, what is covered, references."""
        if self.refusal:
            nearest = "".join(f"\n- {paper}" for paper in self.refusal.nearest)
            return f"{self.refusal}{' The nearest titles are:' + chr(10) + nearest if nearest else ''}"
        return f"# {' '.join(self.subject.split())}\n\n{self.body}\n\n{self.back_matter()}"

    def __str__(self) -> str:
        """The whole text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Planned:
    """Event: how the papers are grouped, before anything is written of the groups."""

    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Tabled:
    """Event: the rows of the comparison table."""

    cards: tuple[PaperCard, ...]


@dataclass(frozen=True, slots=True)
class Summarized:
    """Event: the last one, with the whole summary."""

    summary: Summary


SummaryEvent = Status | Sources | Planned | Tabled | Token | Citation | Audited | Usage | Summarized
"""``Sources`` come first where there are papers, then the themes and the table; ``Token`` are pieces of the
sections with their titles as Markdown headings."""


def _in_cell(text: str) -> str:
    """A text in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _reference(citation: Citation) -> str:
    """An entry of the references, with what finds the paper elsewhere."""
    paper = citation.paper
    authors = f"{', '.join(paper.authors[:_AUTHORS])}{' et al.' if len(paper.authors) > _AUTHORS else ''}"
    ids = (paper.doi and f"doi:{paper.doi}") or (paper.arxiv_id and f"arXiv:{paper.arxiv_id}") or paper.url
    told = ". ".join(part.rstrip(".") for part in (str(citation), authors, paper.venue, ids) if part)
    return " ".join(told.split())
