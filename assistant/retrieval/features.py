"""What can be told of each sentence of a paper in view of a question, as one row of numbers a sentence.

Knows nothing of the weights that rank by them (``evidence``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..index.words import terms
from ..models.ports import Vectors
from ..types import Paper
from .question import Question, plain, share

_CUES = {
    "result": re.compile(
        r"\b(results?|show(s|n|ed)?|demonstrat\w+|find(s|ings?)?|found|achiev\w+|outperform\w*|improv\w+|"
        r"significant\w*|increas\w+|decreas\w+|reduc\w+|reveal\w*|suggest\w*|conclu\w+|prove\w*|indicat\w+|"
        r"associat\w+)\b",
    ),
    "background": re.compile(
        r"^ (however|but|yet|although|while|despite|unfortunately|existing|recent|previous)|"
        r"\b(remains?|challeng\w+|unclear|unknown|little is known|has been|have been|is an?|are widely)\b",
    ),
    "aim": re.compile(
        r"\b(aim|objective|purpose|goal|investigat\w+|to (determine|assess|evaluate|examine|study)|"
        r"we (study|consider|examine))\b",
    ),
    "method": re.compile(
        r"\b(propos\w+|introduc\w+|present|develop\w*|design\w*|method|approach|framework|algorithm)\b",
    ),
}
"""Words by which a sentence, made :func:`plain`, tells its part in an abstract."""

_DIGIT = re.compile(r"\d")
_OWN = ("place", "last", "length", "number", *_CUES)
NAMES = ("shared", "unnamed", "pieces", "pairs", "near", "apart", *_OWN, "amount")
"""The columns of :func:`features`: the question's terms that the sentence has; those of them that the title
has not, since they name the paper and not the point; pieces of words, the rarer in the abstract the more
telling; pairs of terms; the cosine; the cosine of what sets the sentence apart from its abstract; its place;
whether it is the last; its length; whether it has a number; its cues; a number where one is asked for."""
_KEPT = 512
"""Papers that stay taken apart, some 10 MB: the next questions find many of the same."""


@dataclass(frozen=True, slots=True)
class Read:
    """A paper taken apart: what any question is held against.

    ``title`` and ``sentences`` are terms, ``plainly`` the sentences as :func:`plain` makes them, and ``own``
    those columns of ``NAMES`` that no question changes, shape ``(sentences, columns)``.
    """

    paper: Paper
    title: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    plainly: tuple[str, ...]
    own: Vectors

    @classmethod
    def of(cls, paper: Paper) -> Read:
        """Take a paper apart; those that came up lately still are."""
        return _read(paper)

    @property
    def terms(self) -> set[str]:
        """The terms of title and abstract."""
        return set(self.title).union(*self.sentences)


@lru_cache(_KEPT)
def _read(paper: Paper) -> Read:
    texts = [sentence.text for sentence in paper.sentences]
    found = tuple(tuple(terms(text)) for text in texts)
    plainly = tuple(plain(text) for text in texts)
    last = len(texts) - 1
    own = [
        [place / max(1, last) for place in range(len(texts))],
        [place == last for place in range(len(texts))],
        [math.log1p(len(each)) for each in found],
        [bool(_DIGIT.search(text)) for text in texts],
        *([bool(cue.search(text)) for text in plainly] for cue in _CUES.values()),
    ]
    return Read(paper, tuple(terms(paper.title)), found, plainly, np.array(own, dtype=np.float32).T)


def features(question: Question, read: Read, vectors: Vectors) -> Vectors:
    """A row for each sentence, with the columns of ``NAMES``; ``vectors`` are the sentences'."""
    weights = question.weights
    unnamed = {term: weight for term, weight in weights.items() if term not in read.title}
    sets = [set(found) for found in read.sentences]
    apart = _unit(vectors - vectors.mean(axis=0)) @ question.vector
    asked: list[Sequence[float] | Vectors] = [
        [share(weights, found) for found in sets],
        [share(unnamed, found) for found in sets],
        _pieces(question, read.plainly),
        [question.shared_pairs([found]) for found in read.sentences],
        vectors @ question.vector,
        np.where(vectors.any(axis=1), apart, 0),  # no vector: beyond what the embedder reads
    ]
    amount = read.own[:, _OWN.index("number")] * question.amount
    columns: list[Vectors] = [np.array(asked, dtype=np.float32).T, read.own, amount[:, np.newaxis]]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _pieces(question: Question, texts: Sequence[str]) -> Vectors:
    """The share of the question's pieces in each plain text; the fewer have one, the more it tells."""
    if not question.pieces:
        return np.zeros(len(texts), dtype=np.float32)
    found = np.array([question.has_pieces(text) for text in texts], dtype=np.float32)
    counts = found.sum(axis=0)
    weights = np.where(counts > 0, np.log((len(texts) + 1) / np.maximum(counts, 1)), 0)
    shares: Vectors = (found @ weights / (weights.sum() or 1)).astype(np.float32)
    return shares


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, 1e-6)
    return scaled
