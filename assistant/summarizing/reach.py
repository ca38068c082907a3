"""How far some words reach in a collection: all papers that are on them, however many a summary reads.

A search brings what it needs for an answer. Where its last papers are still on the words, more are looked at,
and held against the same measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..index.store import PaperIndex
from ..index.words import terms
from ..models.ports import Embedder, Vectors
from ..retrieval.fusion import BestSentence, ranked, refine
from ..retrieval.question import Question
from ..retrieval.search import DEPTH, Found, Searcher
from ..types import Filters, Hit, Paper

_NEAR = 0.4
"""A paper is on the subject whose score is at least this share of the best one's. In a summary a paper missed
costs more than one too many, so it lies low; below, the scores fall into the tail that any words have."""
_POOL = 2 * DEPTH
"""All that a search can bring: what either of its legs found."""
_STEPS = (4 * DEPTH, 20 * DEPTH)
"""Papers that are then looked at by either leg, the second time only where the first was not enough."""

Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Reached:
    """What a search found, and the papers on the words, the nearest first.

    ``more`` is whether there may be others, since the last ones that were looked at are still on the words.
    """

    found: Found
    papers: tuple[Paper, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Finds all papers of an index that are on some words."""

    index: PaperIndex
    searcher: Searcher
    embedder: Embedder

    def of(self, words: str, filters: Filters) -> Reached:
        """What words reach among the papers that pass ``filters``."""
        found = self.searcher.find(words, _POOL, filters, read=0)  # a subject is no question
        if not found.hits:
            return Reached(found)
        least = _NEAR * found.hits[0].score
        near = [hit.paper for hit in found.hits if hit.score >= least]
        if not _goes_on(found.hits, least):
            return Reached(found, tuple(near))
        wider = _Wider(self.index, self.searcher, words, self.embedder.embed_query(words), found.hits)
        others: Scores = {}
        more = True
        for count in _STEPS:
            if not more:
                break
            others, more = wider.scores(count, filters, least)
        return Reached(found, (*near, *self.index.papers(ranked(others))), more)


def _goes_on(hits: Sequence[Hit], least: float) -> bool:
    """Whether the last paper of either leg is on the subject still, so that there may be more."""
    if len(hits) < DEPTH:
        return False
    last_near = sorted(hits, key=lambda hit: -(hit.vector_score or 0.0))[DEPTH - 1]
    matching = [hit for hit in sorted(hits, key=lambda hit: -(hit.word_score or 0.0)) if hit.word_score]
    last_matching = matching[DEPTH - 1 : DEPTH]
    return any(hit.score >= least for hit in (last_near, *last_matching))


class _Wider:
    """A wider look, whose scores are on the scale of the search before."""

    def __init__(
        self, index: PaperIndex, searcher: Searcher, words: str, vector: Vectors, hits: Sequence[Hit]
    ) -> None:
        self._index = index
        self._words = words
        self._asked = Question.of(words, vector, searcher.measure.weight)
        self._cosines = {hit.id: hit.vector_score or 0.0 for hit in hits}
        self._matched = {hit.id: hit.word_score or 0.0 for hit in hits}
        self._known: Scores = {}

    def scores(self, count: int, filters: Filters, least: float) -> tuple[Scores, bool]:
        """Papers beyond the search that reach ``least``, of the best ``count`` of either leg.

        And whether those at the end of it reach that too, so that there may be more.
        """
        vector = self._asked.vector
        cosines = dict(self._index.nearest(vector, count, filters))
        matched = dict(self._index.matching(self._words, count, filters))
        ends = [[*leg][-1] for leg in (cosines, matched) if len(leg) == count]
        beyond = sorted((cosines.keys() | matched.keys()) - self._cosines.keys() - self._known.keys())
        cosines |= self._index.similarities(vector, [paper for paper in beyond if paper not in cosines])
        matched |= self._index.scores(self._words, [paper for paper in beyond if paper not in matched])
        self._known |= self._refined(beyond, cosines, matched)
        reaching = {paper: score for paper, score in self._known.items() if score >= least}
        return reaching, any(paper in reaching for paper in ends)

    def _refined(self, beyond: Sequence[str], cosines: Scores, matched: Scores) -> Scores:
        papers = self._index.papers(beyond)
        vectors = self._index.sentence_vectors(papers)
        best = {paper.id: self._best(paper, vectors, cosines[paper.id]) for paper in papers}
        return refine(
            self._cosines | {id_: max(cosines[id_], min(self._cosines.values())) for id_ in best},
            self._matched | {id_: max(matched.get(id_, 0.0), min(self._matched.values())) for id_ in best},
            best,
        )

    def _best(self, paper: Paper, vectors: Mapping[str, Vectors], cosine: float) -> BestSentence:
        """As a search has it; where no vectors of sentences are kept, none is made for a count."""
        own = vectors.get(paper.id, ())
        nearest = float((own @ self._asked.vector).max()) if len(own) else cosine
        texts = [terms(paper.title), *(terms(sentence.text) for sentence in paper.sentences)]
        return BestSentence(nearest, self._asked.shared_pairs(texts))
