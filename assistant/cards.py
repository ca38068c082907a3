"""The nouns of single papers: what a card says of one, cell by cell, and the figures of its results.

Plain frozen values, as in ``types``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .types import Mode, Paper, Sentence, Usage

Point = Literal["problem", "approach", "result", "limitation"]
POINTS: tuple[Point, ...] = ("problem", "approach", "result", "limitation")
NOT_STATED = "not stated in the abstract"
WORDED = "†"
WORDED_NOTE = (
    "in the words of the language model, held against the sentences of the abstract that it cites; "
    "the other cells are quoted."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a paper says of one point, and the sentences of its abstract that say it.

    ``verbatim``: it is these sentences, word for word. What a model wrote is held against them as a claim is:
    ``support`` is "supported", or ``None`` where it is in another language than they are.
    """

    text: str
    sentences: tuple[Sentence, ...]
    verbatim: bool = True
    support: Literal["supported"] | None = "supported"

    @property
    def marked(self) -> str:
        """The text, marked where it is not the abstract's own."""
        return self.text if self.verbatim else f"{self.text} {WORDED}"

    def __str__(self) -> str:
        """The text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a result with the words that say of what: "10 % on OC20"; ``value`` is the number."""

    value: str
    text: str
    sentence: int

    def __str__(self) -> str:
        """The number with its words."""
        return self.text


@dataclass(frozen=True, slots=True)
class PaperCard:
    """A paper in four cells, each ``None`` where its abstract does not state it.

    ``mode`` is "llm" where a model wrote at least one of them. No sentence is quoted in two cells.
    """

    paper: Paper
    problem: Cell | None = None
    approach: Cell | None = None
    result: Cell | None = None
    limitation: Cell | None = None
    figures: tuple[Figure, ...] = ()
    mode: Mode = "extractive"

    @property
    def id(self) -> str:
        """The paper's id."""
        return self.paper.id

    @property
    def cells(self) -> dict[Point, Cell | None]:
        """The cells by point, in the order of a table."""
        return {
            "problem": self.problem,
            "approach": self.approach,
            "result": self.result,
            "limitation": self.limitation,
        }

    @property
    def worded(self) -> bool:
        """Whether a cell is in a model's words."""
        return any(cell is not None and not cell.verbatim for cell in self.cells.values())

    def __str__(self) -> str:
        """The title, then a line for each point."""
        lines = (f"{point.capitalize()}: {cell or NOT_STATED}" for point, cell in self.cells.items())
        return "\n".join((str(self.paper), *lines))


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of some papers, in their order.

    ``notices`` are sentences for the reader: a model that failed, a budget that was too small.
    ``remembered`` counts the cards that were paid for before. ``interrupted`` says that ``stop`` ended the
    model's work; every paper has a card all the same.
    """

    cards: tuple[PaperCard, ...]
    notices: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    remembered: int = 0
    interrupted: bool = False

    def __iter__(self) -> Iterator[PaperCard]:
        """The cards."""
        return iter(self.cards)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.cards)

    def __getitem__(self, place: int) -> PaperCard:
        """One of them."""
        return self.cards[place]


CardsProgress = Callable[[int, int], None]
"""Told how many of how many papers have their card."""
