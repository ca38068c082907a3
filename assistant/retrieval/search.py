"""Hybrid search: vectors and words, fused, with the nearest sentences of each paper found."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore

from ..errors import QuestionError
from ..index.store import PaperIndex
from ..models.ports import Embedder, Vectors
from ..types import NO_FILTERS, Filters, Hit
from .evidence import EvidenceRanker, inverse_frequency, ranked_sentences
from .features import Read
from .fusion import SHORTLIST, BestSentence, fuse, ranked, refine
from .measure import Measure
from .question import Question, plain, share
from .signals import Signals

DEPTH = 50
"""How many papers each leg brings."""
AT_ONCE = 4
"""Questions that are searched for at once: twenty that came together would all be ready last, and in turn
half of them are ready in half the time. More than one, since an embedder may be far away."""
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


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a search, and what the best of them has of the question."""

    hits: list[Hit]
    signals: Signals


class Searcher:
    """Searches one index with the embedder that made it."""

    def __init__(self, index: PaperIndex, embedder: Embedder) -> None:
        """Search ``index``; ``embedder`` must be the one it was made with, which the index checks."""
        self._index = index
        self._embedder = embedder
        self._ranker = EvidenceRanker(embedder, index.sentence_vectors)
        self.turns = BoundedSemaphore(AT_ONCE)

    def search(self, question: str, k: int = 8, filters: Filters = NO_FILTERS) -> list[Hit]:
        """The ``k`` best papers that pass ``filters`` with their best sentences, best first.

        Raises:
            QuestionError: the question is empty or too long.
            IndexDamagedError: the stores cannot be read.
        """
        return self.find(question, k, filters).hits

    def find(self, question: str, k: int, filters: Filters = NO_FILTERS) -> Found:
        """What :meth:`search` finds, and how much of the question it has."""
        question = checked(question)
        # The words need no vector: they are looked up while the question is embedded.
        with ThreadPoolExecutor(1, thread_name_prefix="words") as beside:
            matching = beside.submit(self._index.matching, question, DEPTH, filters)
            vector = self._embedder.embed_query(question)
            cosines = self._index.nearest(vector, DEPTH, filters)
            found = self._candidates(question, vector, dict(cosines), dict(matching.result()))
        if not found.cosines:
            return Found([], Signals())
        asked = self._asked(question, vector)
        first = ranked(fuse(found.cosines, found.words))[: max(k, SHORTLIST)]
        papers = self._index.papers(first)
        read = {paper.id: Read.of(paper) for paper in papers}
        vectors = self._ranker.vectors(papers)
        best = {id_: _best(asked, read[id_], vectors[id_], found.cosines[id_]) for id_ in read}
        scores = refine(found.cosines, found.words, best)
        hits = [
            Hit(
                rank,
                read[paper].paper,
                min(1.0, scores[paper]),
                ranked_sentences(asked, read[paper], vectors[paper]),
                found.cosines[paper],
                found.words[paper],
            )
            for rank, paper in enumerate(ranked(scores)[:k], start=1)
        ]
        return Found(hits, _signals(asked, [read[hit.id] for hit in hits], best))

    def _asked(self, question: str, vector: Vectors) -> Question:
        return Question.of(question, vector, self._weight)

    def _candidates(
        self, question: str, vector: Vectors, cosines: dict[str, float], words: dict[str, float]
    ) -> _Candidates:
        """What either leg brought, each leg asked for its score of what only the other one found."""
        index = self._index
        found = sorted(cosines.keys() | words.keys())
        cosines |= index.similarities(vector, [paper for paper in found if paper not in cosines])
        words |= index.scores(question, [paper for paper in found if paper not in words])
        return _Candidates(cosines, {paper: words.get(paper, 0.0) for paper in cosines})

    @property
    def measure(self) -> Measure:
        """How texts of this collection are compared."""
        return Measure(self._ranker, self._embedder, self._weight)

    def _weight(self, term: str) -> float:
        return inverse_frequency(self._index.frequency(term), len(self._index))


def _best(asked: Question, read: Read, vectors: Vectors, cosine: float) -> BestSentence:
    """What a paper's sentences are at best; one without an abstract is as near as its title."""
    pairs = asked.shared_pairs([read.title, *read.sentences])
    return BestSentence(float((vectors @ asked.vector).max()) if len(vectors) else cosine, pairs)


def _signals(asked: Question, hits: list[Read], best: Mapping[str, BestSentence]) -> Signals:
    if not hits:
        return Signals()
    shares = [share(asked.weights, hit.terms) for hit in hits]
    pieces = asked.has_pieces(plain(hits[0].paper.text))
    return Signals(
        best[hits[0].paper.id].cosine, shares[0], sum(pieces) / len(pieces) if pieces else 0.0, max(shares)
    )
