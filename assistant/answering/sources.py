"""The papers of an answer as a language model reads them, within a budget of tokens.

A paper is a line with its title and a line for each sentence, so that no text can pose as another source.
They stand best first, which small models need, behind the instructions, which are the same for every
question: what an endpoint caches is the longest common beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..models.tokens import count
from ..types import Hit
from .abstracts import own_work
from .choosing import Chosen

_WHOLE = 3
"""The abstracts that are given whole, the first ones: what answers is among them nearly always."""
_SHORT = 5
"""An abstract of so few sentences is given whole: without the others, three say little."""


@dataclass(frozen=True, slots=True)
class Source:
    """A paper with the places of the sentences of it that are given."""

    hit: Hit
    sentences: tuple[int, ...]

    def block(self, number: int) -> str:
        """The lines of the paper as number ``number``."""
        paper = self.hit.paper
        year = f" ({paper.year})" if paper.year else ""
        lines = [f"P{number}: {_line(paper.title)}{year}"]
        lines += [f"P{number}.S{place + 1}: {_line(paper.sentences[place].text)}" for place in self.sentences]
        return "\n".join(lines)


def sources_within(chosen: Sequence[Chosen], model: str, budget: float) -> list[Source]:
    """The sources that fit into ``budget`` tokens; first sentences are left out, then the last papers.

    None where not even one fits.
    """
    plans: tuple[Callable[[int, Hit], Source], ...] = (
        lambda place, hit: _all_of(hit) if place < _WHOLE else _best_of(hit),
        lambda _, hit: _best_of(hit),
        lambda _, hit: Source(hit, _evidence(hit)),
    )
    fitting: list[Source] = []
    for plan in plans:
        sources = [plan(place, each.hit) for place, each in enumerate(chosen)]
        fitting = _fitting(sources, model, budget)
        if len(fitting) == len(sources):
            break
    return fitting


def _fitting(sources: Sequence[Source], model: str, budget: float) -> list[Source]:
    """The sources that fit; one too long for what is left gives way to those behind it."""
    kept: list[Source] = []
    for source in sources:
        tokens = count(source.block(len(kept) + 1), model) + 2
        if tokens <= budget:
            budget -= tokens
            kept.append(source)
    return kept


def _all_of(hit: Hit) -> Source:
    return Source(hit, tuple(range(len(hit.paper.sentences))))


def _best_of(hit: Hit) -> Source:
    """The sentences that are likely to answer, and the one that says what the paper does."""
    if len(hit.paper.sentences) <= _SHORT:
        return _all_of(hit)
    return Source(hit, tuple(sorted({*_evidence(hit), own_work(hit.paper.sentences)})))


def _evidence(hit: Hit) -> tuple[int, ...]:
    return tuple(sorted(evidence.index for evidence in hit.evidence))


def _line(text: str) -> str:
    return " ".join(text.split())
