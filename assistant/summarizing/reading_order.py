"""Which papers of a summary to read first, and why; told by titles, years and vectors."""

from __future__ import annotations

import re

from ..summaries import FirstRead
from .material import Material
from .relations import by_nearness

_SURVEY = re.compile(r"\b(?:survey|review|overview|tutorial|primer|introduction|roadmap)\b", re.IGNORECASE)
_MOST = 6


def reading_order(material: Material) -> tuple[FirstRead, ...]:
    """Overviews by their titles, then the most typical paper of each theme, then the newest."""
    order: dict[int, str] = {}
    for place, card in enumerate(material.cards):
        if _SURVEY.search(card.paper.title):
            order.setdefault(place, "an overview by its title")
    if len(material.themes) == 1:
        for place in by_nearness(range(len(material.cards)), material.vectors)[:1]:
            order.setdefault(place, "the most typical")
    else:
        for theme in material.themes:
            for place in material.places(theme)[:1]:
                order.setdefault(place, f"the most typical of “{theme.name}”")
    years = [card.paper.year or 0 for card in material.cards]
    if max(years) > min(years):
        order.setdefault(years.index(max(years)), "the newest")
    return tuple(FirstRead(material.cards[place].paper, why) for place, why in [*order.items()][:_MOST])
