"""Papers by a part of their titles, while it is being typed."""

from __future__ import annotations

from ..index.browsing import Order
from ..index.store import PaperIndex
from ..types import NO_FILTERS, Paper
from .escaping import clean

MOST_FOUND = 20
_LOOKED_AT = 200
"""Papers that hold the words; with so many, more of the title has to be typed."""
_LONGEST = 300


def titles_with(index: PaperIndex, typed: str) -> list[Paper]:
    """A few papers with this text in their titles; of its last word there may be the beginning only."""
    wanted = " ".join(clean(typed)[:_LONGEST].casefold().split())
    if not wanted:
        return []
    whole, _, _ = wanted.rpartition(" ")
    for words in dict.fromkeys((wanted, whole)):
        found = index.page(words, NO_FILTERS, Order.MATCH, 0, _LOOKED_AT).papers
        within = [paper for paper in found if wanted in " ".join(paper.title.casefold().split())]
        if within:
            return within[:MOST_FOUND]
    return []
