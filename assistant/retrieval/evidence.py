"""Ranks the sentences of a paper by what they say on a question."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..index.words import terms
from ..models.ports import Embedder, Vectors
from ..types import Evidence, Paper
from .fusion import BestSentence

_CACHED = 8_000_000
"""Numbers of sentence vectors kept: about 30 MB, whatever the embedder's dimension."""
_WORDS = 0.5
_POSITION = 0.3
"""Weights beside the cosine's 1, chosen on SciFact's train split, where the best sentence is a rationale for
64 % of the claims, as `python -m benchmarks.evidence` prints."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A paper's sentences, best first, and what they are at best (``None`` without an abstract)."""

    evidence: tuple[Evidence, ...]
    best: BestSentence | None


class EvidenceRanker:
    """Scores sentences by meaning, by shared rare words, and a little by place.

    Sentence vectors come from the index. Where it has none, they are made when a paper first comes up, and
    kept: by itself, embedding every sentence of a collection costs more than embedding the collection.
    """

    def __init__(
        self,
        embedder: Embedder,
        weight: Callable[[str], float],
        stored: Callable[[Sequence[Paper]], Mapping[str, Vectors]] = lambda _: {},
    ) -> None:
        """Use ``weight`` for how telling a term is (its inverse document frequency); ``stored`` vectors."""
        self._embedder = embedder
        self._weight = weight
        self._stored = stored
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def rank(self, question: str, vector: Vectors, papers: Sequence[Paper], most: int = 3) -> list[Judged]:
        """For each paper its ``most`` best sentences; ``vector`` is the question's."""
        vectors = self.sentence_vectors(papers)
        weights = self._weights(question)
        judged = []
        for paper in papers:
            texts = [sentence.text for sentence in paper.sentences]
            cosines = (vectors[paper.id] @ vector).tolist() if texts else []
            overlaps = [overlap(weights, text) for text in texts]
            scores = [
                cosine + _WORDS * shared + _POSITION * place / len(texts)
                for place, (cosine, shared) in enumerate(zip(cosines, overlaps, strict=True))
            ]
            order = sorted(range(len(texts)), key=lambda place: (-scores[place], place))
            judged.append(
                Judged(
                    tuple(Evidence(place, texts[place], scores[place]) for place in order[:most]),
                    BestSentence(max(cosines), max(overlaps)) if texts else None,
                )
            )
        return judged

    def coverage(self, question: str, texts: Sequence[str]) -> float:
        """The largest share of the question's terms, by weight, that stands in one of these texts."""
        weights = self._weights(question)
        return max((overlap(weights, text) for text in texts), default=0.0)

    def sentence_vectors(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        """For each paper by its id the unit vectors of its sentences, one a row."""
        vectors = dict(self._stored(papers))
        missing = [paper for paper in papers if paper.id not in vectors]
        made = self._vectors_of([sentence.text for paper in missing for sentence in paper.sentences])
        return vectors | {p.id: np.array([made[s.text] for s in p.sentences]) for p in missing}

    def vector(self, text: str) -> Vectors:
        """The unit vector of a text, comparable with those of sentences."""
        made: Vectors = self._embedder.embed([text])[0]
        return made

    def weight(self, term: str) -> float:
        """How telling a term is."""
        return self._weight(term)

    def _weights(self, question: str) -> dict[str, float]:
        return {term: self._weight(term) for term in set(terms(question))}

    def _vectors_of(self, texts: Sequence[str]) -> dict[str, Vectors]:
        distinct = list(dict.fromkeys(texts))
        with self._lock:
            known = {text: self._cache[text] for text in distinct if text in self._cache}
        missing = [text for text in distinct if text not in known]
        if missing:
            known.update(zip(missing, self._embedder.embed(missing), strict=True))
        with self._lock:
            for text in distinct:
                self._cache[text] = known[text]
                self._cache.move_to_end(text)
            while len(self._cache) * self._embedder.dimension > _CACHED:
                self._cache.popitem(last=False)
        return known


def overlap(weights: dict[str, float], text: str) -> float:
    """The share, by weight, of a question's terms that stand in a text; in [0, 1]."""
    total = sum(weights.values())
    found = set(terms(text))
    return sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0


def inverse_frequency(frequency: int, papers: int) -> float:
    """BM25's inverse document frequency of a term that stands in ``frequency`` of ``papers``."""
    return math.log(1 + (papers - frequency + 0.5) / (frequency + 0.5))
