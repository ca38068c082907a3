"""The sentences that an answer may rest on, as they are compared with a claim: vectors and telling words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...models.ports import Vectors
from ...retrieval.measure import Measure
from ...types import Paper
from .likeness import Likeness
from .words import plain, stems

Handle = tuple[int, int]
"""A source and a sentence of it, both counted from 0."""


class Pool:
    """All sentences of the sources of one answer."""

    def __init__(self, papers: Sequence[Paper], measure: Measure) -> None:
        """Take the sources in their order; nothing is embedded before it is needed."""
        self.papers = tuple(papers)
        self.handles: list[Handle] = [
            (source, place) for source, paper in enumerate(papers) for place in range(len(paper.sentences))
        ]
        self._rows = {handle: row for row, handle in enumerate(self.handles)}
        self._measure = measure

    def text(self, handle: Handle) -> str:
        """A sentence."""
        return self.papers[handle[0]].sentences[handle[1]].text

    def of_paper(self, source: int) -> list[Handle]:
        """The sentences of one source."""
        return [(source, place) for place in range(len(self.papers[source].sentences))]

    def compared(self, claim: str) -> Comparison:
        """The claim beside all sentences; raises a ``ModelError``."""
        return Comparison(self, claim)

    @cached_property
    def _vectors(self) -> Vectors:
        known = self._measure.sentence_vectors(self.papers)
        return np.concatenate([known[paper.id] for paper in self.papers if paper.sentences])

    @cached_property
    def _stems(self) -> list[frozenset[str]]:
        return [stems(self.text(handle)) for handle in self.handles]

    @cached_property
    def _titles(self) -> list[frozenset[str]]:
        return [stems(paper.title) for paper in self.papers]


class Comparison:
    """One claim against a pool."""

    def __init__(self, pool: Pool, claim: str) -> None:
        """Embed the claim and weigh its terms."""
        self._pool = pool
        measure = pool._measure
        self.weights = {term: measure.weight(term) for term in sorted(stems(claim))}
        self._total = sum(self.weights.values()) or 1.0
        self._vector = measure.vector(plain(claim))
        self.cosines: NDArray[np.float32] = (
            pool._vectors @ self._vector if pool.handles else np.zeros(0, np.float32)
        )
        self._background = float(self.cosines.mean()) if pool.handles else 0.0
        self._best = float(self.cosines.max()) if pool.handles else 0.0
        self._width = max(1 - self._background, 1e-6)

    def likeness(self, handles: Sequence[Handle]) -> Likeness:
        """How like the claim these sentences are, taken together."""
        pool = self._pool
        rows = [pool._rows[handle] for handle in handles]
        together = pool._vectors[rows].sum(axis=0)
        near = max(
            float(self.cosines[rows].max()),
            float(together @ self._vector) / max(float(np.linalg.norm(together)), 1e-6),
        )
        found = frozenset[str]().union(*(pool._stems[row] for row in rows))
        titles = frozenset[str]().union(
            *(pool._titles[source] for source in {source for source, _ in handles})
        )
        return Likeness(
            meaning=(near - self._background) / self._width,
            behind=max(0.0, self._best - near) / self._width,
            words=self._share(found),
            context=self._share(found | titles),
        )

    def best(self, handles: Iterable[Handle], most: int = 1) -> list[Handle]:
        """The likeliest of these sentences, each by itself, best first."""
        ranked = sorted((-self.likeness([handle]).probability, handle) for handle in handles)
        return [handle for _, handle in ranked[:most]]

    def absent(self, handles: Sequence[Handle], most: int = 3) -> list[str]:
        """The claim's most telling terms that neither these sentences nor their titles have."""
        pool = self._pool
        found = frozenset[str]().union(
            *(pool._stems[pool._rows[handle]] | pool._titles[handle[0]] for handle in handles)
        )
        left = [term for term in self.weights if term not in found and not term.isdigit()]
        return sorted(left, key=lambda term: (-self.weights[term], term))[:most]

    def _share(self, found: frozenset[str]) -> float:
        return sum(weight for term, weight in self.weights.items() if term in found) / self._total
