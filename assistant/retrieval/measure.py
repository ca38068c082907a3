"""How the texts of one collection are compared: the vectors of sentences, and how telling a term is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..models.ports import Embedder, Vectors
from ..types import Paper
from .evidence import EvidenceRanker


class Measure:
    """Vectors come from the index where it has them; weights are inverse document frequencies."""

    def __init__(self, ranker: EvidenceRanker, embedder: Embedder, weight: Callable[[str], float]) -> None:
        """Take the sentences' vectors from ``ranker``, and those of other texts from its embedder."""
        self._ranker = ranker
        self._embedder = embedder
        self._weight = weight

    def sentence_vectors(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        """For each paper by its id the unit vectors of its sentences, one a row; raises a ``ModelError``."""
        return self._ranker.vectors(papers)

    def vector(self, text: str) -> Vectors:
        """The unit vector of a text, comparable with those of sentences; raises a ``ModelError``."""
        made: Vectors = self._embedder.embed([text])[0]
        return made

    def weight(self, term: str) -> float:
        """How telling a term is in this collection, 0 or more."""
        return self._weight(term)
