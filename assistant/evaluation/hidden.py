"""A collection with some of its papers hidden: what would be said if they were not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, cast

from ..index.browsing import Listing, Order
from ..index.store import PaperIndex
from ..index.words import terms
from ..models.ports import Vectors
from ..questioning import Questions
from ..types import NO_FILTERS, Filters, Paper

if TYPE_CHECKING:
    from ..asking import Asker
    from ..assistant import Assistant

Found = list[tuple[str, float]]


class Part:
    """A part of an index, standing in for it in a search: some papers alone, or all but some."""

    def __init__(
        self, index: PaperIndex, hidden: Collection[str], only: Collection[str] | None = None
    ) -> None:
        """Show the papers of ``only`` (all where ``None``) that are not ``hidden``."""
        self._index = index
        self._hidden = frozenset(hidden)
        self._only = None if only is None else sorted(set(only) - self._hidden)
        self._counts = _frequencies(index, frozenset(only)) if only else {}
        self.manifest = index.manifest
        self.sentence_vectors = index.sentence_vectors
        self.similarities, self.scores = index.similarities, index.scores

    def __len__(self) -> int:
        """How many papers are shown."""
        return len(self._index) - len(self._hidden) if self._only is None else len(self._only)

    def frequency(self, term: str) -> int:
        """In how many of the shown papers a term stands, about."""
        return self._index.frequency(term) if self._only is None else self._counts.get(term, 0)

    def all(self, filters: Filters = NO_FILTERS) -> Iterator[Paper]:
        """The papers shown."""
        shown = None if self._only is None else set(self._only)
        for paper in self._index.all(filters):
            if paper.id not in self._hidden and (shown is None or paper.id in shown):
                yield paper

    def papers(self, ids: Iterable[str]) -> list[Paper]:
        """As the index's."""
        return self._index.papers(ids)

    def page(self, text: str, filters: Filters, order: Order, offset: int, limit: int) -> Listing:
        """As the index's, which may give a few papers less here; of all that are not hidden."""
        found = self._index.page(text, filters, order, offset, limit)
        kept = tuple(paper for paper in found.papers if paper.id not in self._hidden)
        return replace(found, papers=kept, total=found.total - len(found.papers) + len(kept))

    def nearest(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> Found:
        """As the index's; filters are not known where only some papers are shown."""
        if self._only is not None:
            return _best(self._index.similarities(vector, self._only), k)
        return self._shown(self._index.nearest(vector, k + len(self._hidden), filters))[:k]

    def matching(self, text: str, k: int, filters: Filters = NO_FILTERS) -> Found:
        """As the index's; filters are not known where only some papers are shown."""
        if self._only is not None:
            return _best(self._index.scores(text, self._only), k)
        return self._shown(self._index.matching(text, k + len(self._hidden), filters))[:k]

    def _shown(self, found: Found) -> Found:
        return [each for each in found if each[0] not in self._hidden]


def _best(scores: dict[str, float], k: int) -> Found:
    return sorted(scores.items(), key=lambda each: -each[1])[:k]


@cache
def _frequencies(index: PaperIndex, ids: frozenset[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for paper in index.papers(sorted(ids)):
        for term in set(terms(paper.text)):
            counts[term] = counts.get(term, 0) + 1
    return counts


class Without(Questions):
    """An assistant that is asked as if some of its papers were not there."""

    def __init__(self, assistant: Assistant, hidden: Collection[str]) -> None:
        """Hide the papers of these ids."""
        self.settings = assistant.settings
        self._assistant = assistant
        self._part = cast("PaperIndex", Part(assistant.index, hidden))

    def _asker(self) -> Asker:
        return self._assistant._asker(self._part)
