"""What a language model is asked for each section of a summary, within a budget of tokens.

Papers keep their numbers through all sections. Where whole abstracts do not fit, a section is given what the
cards hold: the sentences on problem, approach, result and limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..cards import POINTS, PaperCard, Point
from ..models.ports import Message
from ..models.prompts import Prompt
from ..models.tokens import count_messages
from ..summaries import Theme
from ..types import Sentence
from .relations import tells_relations

_OVERVIEW: tuple[Point, ...] = ("problem", "approach", "result")
_RELATIONS: tuple[Point, ...] = ("problem", "result", "limitation")
Wanted = Callable[[Sentence], bool]
REPLY = {"overview": 450, "theme": 900, "relations": 600}
"""The longest replies, in tokens: about twice what is asked for."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A section to be written: under which title, from which papers, and with what prompt."""

    kind: str
    title: str
    places: tuple[int, ...]
    messages: tuple[Message, ...]

    @property
    def reply(self) -> int:
        """The longest reply in tokens."""
        return REPLY[self.kind]


def assignments(
    subject: str,
    cards: Sequence[PaperCard],
    themes: Sequence[Theme],
    titles: tuple[str, str],
    model: str,
    budget: int,
) -> list[Assignment]:
    """The sections in their order: overview, themes, relations; whole abstracts for themes where they fit.

    ``titles`` are those of the first and the last. ``budget`` is what all may take together, replies
    included. Where even the least does not fit, sections at the end are left out; none may be left.
    """
    for whole in (True, False):
        made = _made(subject, cards, themes, titles, whole=whole)
        costs = [count_messages(each.messages, model) + each.reply for each in made]
        if sum(costs) <= budget:
            return made
    while made and sum(costs) > budget:
        made.pop()
        costs.pop()
    return made


def _made(
    subject: str, cards: Sequence[PaperCard], themes: Sequence[Theme], titles: tuple[str, str], *, whole: bool
) -> list[Assignment]:
    places = {card.id: place for place, card in enumerate(cards)}
    every = range(len(cards))
    made = []
    if len(themes) > 1:
        told = "; ".join(f"{t.name} ({', '.join(f'P{places[id_] + 1}' for id_ in t.papers)})" for t in themes)
        messages = Prompt.load("summary_overview").render(
            subject=subject, themes=told, papers=_papers(cards, every, _OVERVIEW)
        )
        made.append(Assignment("overview", titles[0], tuple(every), tuple(messages)))
    for theme in themes:
        own = [places[paper_id] for paper_id in theme.papers]
        messages = Prompt.load("summary_theme").render(
            subject=subject, theme=theme.name, papers=_papers(cards, own, () if whole else POINTS)
        )
        made.append(Assignment("theme", theme.name, tuple(own), tuple(messages)))
    if len(cards) > 1:
        messages = Prompt.load("summary_relations").render(
            subject=subject, papers=_papers(cards, every, _RELATIONS, tells_relations)
        )
        made.append(Assignment("relations", titles[1], tuple(every), tuple(messages)))
    return made


def _papers(
    cards: Sequence[PaperCard], places: Iterable[int], points: Sequence[Point], too: Wanted | None = None
) -> str:
    """The papers as the model sees them: the sentences of these points, and others; no points means all."""
    return "\n\n".join(_block(place + 1, cards[place], points, too) for place in places)


def _block(number: int, card: PaperCard, points: Sequence[Point], too: Wanted | None) -> str:
    cells = [card.cells[point] for point in points]
    told = {sentence.index for cell in cells if cell for sentence in cell.sentences}
    chosen = [s for s in card.paper.sentences if not points or s.index in told or (too and too(s))]
    lines = [f"P{number}: {card.paper}", *(f"P{number}.S{s.index + 1}: {s.text}" for s in chosen)]
    return "\n".join(" ".join(line.split()) for line in lines)
