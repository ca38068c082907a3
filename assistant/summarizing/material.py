"""What a summary is written from, and how much of it there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..answering.extractive import inline
from ..cards import PaperCard
from ..models.ports import Vectors
from ..summaries import Depth, Theme
from .relations import by_nearness


@dataclass(frozen=True, slots=True)
class Material:
    """What a summary is written from; all sequences are by the place of a paper among the cards."""

    subject: str
    cards: Sequence[PaperCard]
    themes: Sequence[Theme]
    vectors: Sequence[Vectors]
    """The papers' own."""
    sentences: Mapping[str, Vectors]
    """By paper id, one a row."""
    total: int
    """How many papers the subject has, with those that were not read."""
    depth: Depth
    further: Sequence[PaperCard] = ()
    """Papers beside the cards' that are only mentioned; their places follow those of the cards."""
    foremost: str = "most typical"
    """What the papers that are read are among all of the subject."""

    def places(self, theme: Theme) -> list[int]:
        """Its papers, the most typical first."""
        own = set(theme.papers)
        return by_nearness((p for p, card in enumerate(self.cards) if card.id in own), self.vectors)


def counted(material: Material) -> str:
    """How many papers there are and are read, of what years, in which themes."""
    count, read = material.total, len(material.cards)
    papers = f"{count:,} paper{'' if count == 1 else 's'}"
    told = papers if read == count else f"The {read:,} {material.foremost} of {papers}"
    years = sorted(card.paper.year for card in material.cards if card.paper.year)
    if years:
        # Not "of 2000", which reads as a count.
        told += ", published "
        told += f"in {years[0]}" if years[0] == years[-1] else f"from {years[0]} to {years[-1]}"
    if len(material.themes) > 1:
        names = [f"**{inline(theme.name)}** ({len(theme.papers)})" for theme in material.themes]
        told += f", in {len(names)} groups: {', '.join(names[:-1])} and {names[-1]}"
    return f"{told}."
