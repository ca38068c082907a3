"""Hybrid search: vectors and words, fused, with the nearest sentences of each paper found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore

from ..errors import QuestionError, UsageError
from ..index.store import PaperIndex
from ..models.cross_encoder import CrossEncoder, Reading
from ..models.ports import Embedder, Vectors
from ..types import NO_FILTERS, Evidence, Filters, Hit, Paper
from .evidence import EvidenceRanker, inverse_frequency, ranked_sentences
from .features import Read
from .fusion import SHORTLIST, BestSentence, fuse, ranked, refine
from .measure import Measure
from .question import Question, plain, share
from .reading import reread
from .signals import Signals

DEPTH = 50
"""How many papers each leg brings."""
READ = 8
"""How many of the best papers are read where nobody says another number."""
AT_ONCE = 4
"""Questions that are searched for at once: twenty that came together would all be ready last, and in turn
half of them are ready in half the time. More than one, since an embedder may be far away."""
LONGEST_QUESTION = 4000
"""Characters: the embedder reads about 1,000, and longer ones are pasted by mistake."""


def checked(question: object) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: no text, empty, or longer than ``LONGEST_QUESTION`` characters.
    """
    if not isinstance(question, str):
        raise QuestionError(f"A question is a text, and not {question!r:.40}.", "Ask in words.")
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
    """Searches one index with the embedder that made it, and reads the best papers with a cross-encoder."""

    def __init__(self, index: PaperIndex, embedder: Embedder, reader: CrossEncoder | None = None) -> None:
        """Search ``index``; ``embedder`` must be the one it was made with, which the index checks.

        Without a ``reader`` nothing is read.
        """
        self._index = index
        self._embedder = embedder
        self._reader = reader
        self._ranker = EvidenceRanker(embedder, index.sentence_vectors)
        self.turns = BoundedSemaphore(AT_ONCE)

    def search(
        self, question: str, k: int = 8, filters: Filters = NO_FILTERS, *, read: int = READ
    ) -> list[Hit]:
        """The ``k`` best papers that pass ``filters`` with their best sentences, best first.

        The best ``read`` of them are read by the cross-encoder, each for some milliseconds.

        Raises:
            QuestionError: the question is empty or too long.
            UsageError: ``k`` is no number of papers.
            IndexDamagedError: the stores cannot be read.
        """
        if not isinstance(k, int) or k < 1:
            raise UsageError(f"{k!r:.40} papers cannot be looked for.", "Ask for one or more.")
        return self.find(question, k, filters, read=read).hits

    def find(
        self, question: str, k: int, filters: Filters = NO_FILTERS, *, read: int = READ, judged: int = 1
    ) -> Found:
        """What :meth:`search` finds, and how much of the question it has: the ``judged`` best, by reading."""
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
        apart = {paper.id: Read.of(paper) for paper in papers}
        vectors = self._ranker.vectors(papers)
        best = {id_: _best(asked, apart[id_], vectors[id_], found.cosines[id_]) for id_ in apart}
        scores = refine(found.cosines, found.words, best)
        readings = self._read(question, [apart[paper].paper for paper in ranked(scores)[:read]])
        scores = reread(scores, readings)
        hits = [
            Hit(
                rank,
                apart[paper].paper,
                min(1.0, scores[paper]),
                ranked_sentences(asked, apart[paper], vectors[paper], readings.get(paper)),
                found.cosines[paper],
                found.words[paper],
            )
            for rank, paper in enumerate(ranked(scores)[:k], start=1)
        ]
        return Found(hits, _signals(asked, [apart[hit.id] for hit in hits], best, readings, judged))

    def evidence(self, question: str, paper: Paper) -> tuple[Evidence, ...]:
        """All sentences of a paper by what they say on the question, best first; the paper is read for it.

        Raises:
            QuestionError: the question is empty or too long.
        """
        question = checked(question)
        asked = self._asked(question, self._embedder.embed_query(question))
        vectors = self._ranker.vectors([paper])[paper.id]
        reading = self._read(question, [paper]).get(paper.id)
        return ranked_sentences(asked, Read.of(paper), vectors, reading, most=len(paper.sentences))

    def _read(self, question: str, papers: Sequence[Paper]) -> dict[str, Reading]:
        """What the cross-encoder makes of each of the papers that have an abstract."""
        if self._reader is None:
            return {}
        whole = [paper for paper in papers if paper.sentences]
        readings = self._reader.read(question, whole)
        return {paper.id: reading for paper, reading in zip(whole, readings, strict=True)}

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


def _signals(
    asked: Question,
    hits: list[Read],
    best: Mapping[str, BestSentence],
    readings: Mapping[str, Reading],
    judged: int,
) -> Signals:
    if not hits:
        return Signals()
    shares = [share(asked.weights, hit.terms) for hit in hits]
    pieces = asked.has_pieces(plain(hits[0].paper.text))
    read = [readings[hit.paper.id].paper for hit in hits[:judged] if hit.paper.id in readings]
    return Signals(
        best[hits[0].paper.id].cosine,
        shares[0],
        sum(pieces) / len(pieces) if pieces else 0.0,
        max(shares),
        max(read, default=None),
    )
