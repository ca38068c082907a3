"""Hybrid search: vectors and words, fused, with the nearest sentences of each paper found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import QuestionError
from ..index.store import PaperIndex
from ..models.ports import Embedder, Vectors
from ..types import NO_FILTERS, Filters, Hit
from .evidence import EvidenceRanker, inverse_frequency
from .fusion import SHORTLIST, BestSentence, fuse, ranked, refine

DEPTH = 50
"""How many papers each leg brings."""
LONGEST_QUESTION = 4000
"""Characters: the embedder reads about 1,000, and longer ones are pasted by mistake."""


def checked(question: str) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: empty, or longer than ``LONGEST_QUESTION`` characters.
    """
    cleaned = " ".join(question.encode("utf-8", "replace").decode().replace("\x00", " ").split())
    if not cleaned:
        raise QuestionError("The question is empty.", "Ask something about the papers.")
    if len(cleaned) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(cleaned):,} characters; at most {LONGEST_QUESTION:,} can be read.",
            "Shorten it to what you want to know.",
        )
    return cleaned


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Every paper that a leg brought, with the scores of both."""

    cosines: dict[str, float]
    words: dict[str, float]


class Searcher:
    """Searches one index with the embedder that made it."""

    def __init__(self, index: PaperIndex, embedder: Embedder) -> None:
        """Search ``index``; ``embedder`` must be the one it was made with, which the index checks."""
        self._index = index
        self._embedder = embedder
        self._ranker = EvidenceRanker(
            embedder,
            lambda term: inverse_frequency(index.frequency(term), len(index)),
            index.sentence_vectors,
        )

    def search(self, question: str, k: int = 8, filters: Filters = NO_FILTERS) -> list[Hit]:
        """The ``k`` best papers that pass ``filters`` with their best sentences, best first.

        Raises:
            QuestionError: the question is empty or too long.
            IndexDamagedError: the stores cannot be read.
        """
        question = checked(question)
        vector = self._embedder.embed_query(question)
        found = self._candidates(question, vector, filters)
        if not found.cosines:
            return []
        first = ranked(fuse(found.cosines, found.words))[: max(k, SHORTLIST)]
        papers = {paper.id: paper for paper in self._index.papers(first)}
        judged = dict(zip(papers, self._ranker.rank(question, vector, list(papers.values())), strict=True))
        # A paper without an abstract is as near as its title.
        best = {paper: j.best or BestSentence(found.cosines[paper], 0.0) for paper, j in judged.items()}
        scores = refine(found.cosines, found.words, best)
        return [
            Hit(
                rank,
                papers[paper],
                min(1.0, scores[paper]),
                judged[paper].evidence,
                found.cosines[paper],
                found.words[paper],
            )
            for rank, paper in enumerate(ranked(scores)[:k], start=1)
        ]

    def _candidates(self, question: str, vector: Vectors, filters: Filters) -> _Candidates:
        """What either leg brings, each leg asked for its score of what only the other one found."""
        index = self._index
        cosines = dict(index.nearest(vector, DEPTH, filters))
        words = dict(index.matching(question, DEPTH, filters))
        found = sorted(cosines.keys() | words.keys())
        cosines |= index.similarities(vector, [paper for paper in found if paper not in cosines])
        words |= index.scores(question, [paper for paper in found if paper not in words])
        return _Candidates(cosines, {paper: words.get(paper, 0.0) for paper in cosines})

    def coverage(self, question: str, hits: Sequence[Hit]) -> float:
        """The largest share of the question's terms, by weight, that stands in one of these papers."""
        return self._ranker.coverage(question, [hit.paper.text for hit in hits])

    @property
    def measure(self) -> EvidenceRanker:
        """How texts of this collection are compared: sentence vectors that are kept, weights of terms."""
        return self._ranker
