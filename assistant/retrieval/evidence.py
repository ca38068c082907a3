"""Ranks the sentences of a paper by what they say on a question."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..models.cross_encoder import Reading
from ..models.ports import Embedder, Vectors
from ..types import Evidence, Paper
from .features import NAMES, Read, features
from .question import Question
from .reading import sentence_scores

_CACHED = 8_000_000
"""Numbers of sentence vectors kept: about 30 MB, whatever the embedder's dimension."""
_FITTED = {
    "shared": 2.873,
    "unnamed": 1.519,
    "pieces": 2.542,
    "pairs": 0.87,
    "near": -1.388,
    "apart": 2.398,
    "place": 3.025,
    "last": -0.865,
    "length": 0.655,
    "number": 0.295,
    "result": 0.564,
    "background": -0.674,
    "aim": -2.641,
    "method": 0.324,
}
"""Weights under which SciFact's train rationales are likely among the sentences of their abstracts, as
`python -m benchmarks.fitting` finds them."""
_BY_REASON = {"amount": 2.0}
"""A claim asks for no amount, so nothing is fitted for it: a number weighs then as much as a strong cue."""
_WEIGHTS = np.array([(_FITTED | _BY_REASON)[name] for name in NAMES], dtype=np.float32)
_CHANCE = (0.251, 0.641, -0.813)
"""How a sentence's score, and its share among those of its paper, tell the chance that it is a rationale."""
_CHANCE_READ = (0.267, 0.603, 0.309)
"""The same where the paper was read, by the held-out questions of `benchmarks.cross_encoder.fit`."""
LIKELY = 0.278
"""Sentences of this chance and more are the best choice of rationales (F1), on the same claims."""


class EvidenceRanker:
    """Scores sentences by meaning, shared rare words, their part in the abstract and their place.

    Sentence vectors come from the index. Where it has none, they are made when a paper first comes up, and
    kept: by itself, embedding every sentence of a collection costs more than embedding the collection.
    """

    def __init__(
        self, embedder: Embedder, stored: Callable[[Sequence[Paper]], Mapping[str, Vectors]] = lambda _: {}
    ) -> None:
        """Use ``stored`` vectors where there are any."""
        self._embedder = embedder
        self._stored = stored
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def vectors(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        """The vectors of the sentences of each of these papers, by its id."""
        vectors = dict(self._stored(papers))
        missing = [paper for paper in papers if paper.id not in vectors]
        made = self._vectors_of([sentence.text for paper in missing for sentence in paper.sentences])
        return vectors | {p.id: np.array([made[s.text] for s in p.sentences]) for p in missing}

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


def scored(question: Question, read: Read, vectors: Vectors) -> Vectors:
    """A score for each sentence of a paper, by its features alone."""
    return features(question, read, vectors) @ _WEIGHTS


def ranked_sentences(
    question: Question, read: Read, vectors: Vectors, reading: Reading | None = None, most: int = 3
) -> tuple[Evidence, ...]:
    """The ``most`` best sentences, best first; a score is the chance that the sentence answers.

    Where a cross-encoder read the paper, ``reading`` is what it made of it.
    """
    texts = [sentence.text for sentence in read.paper.sentences]
    if not texts:
        return ()
    scores = scored(question, read, vectors)
    if reading is None:
        likely = chances(scores, _CHANCE)
    else:
        likely = chances(sentence_scores(scores, reading), _CHANCE_READ)
    order = sorted(range(len(texts)), key=lambda place: (-likely[place], place))
    return tuple(Evidence(place, texts[place], float(likely[place])) for place in order[:most])


def chances(scores: Vectors | NDArray[np.float64], by: tuple[float, float, float]) -> NDArray[np.float64]:
    """The chance of each sentence of a paper: it grows with its score and with its share among them all."""
    shares = scores - np.logaddexp.reduce(scores)
    odds = by[0] * scores + by[1] * shares + by[2]
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def inverse_frequency(frequency: int, papers: int) -> float:
    """BM25's inverse document frequency of a term that stands in ``frequency`` of ``papers``."""
    return math.log(1 + (papers - frequency + 0.5) / (frequency + 0.5))
