"""What can be told of each sentence of a paper in view of a question, as one row of numbers a sentence.

Knows nothing of the weights that rank by them (``evidence``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..index.words import terms
from ..models.ports import Vectors
from ..types import Paper
from .question import Question, plain

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

NAMES = (
    *("shared", "unnamed", "pieces", "pairs", "near", "apart"),
    *("place", "last", "length", "number", *_CUES),
    "amount",
)
"""The columns of :func:`features`: the question's terms that the sentence has; those of them that the title
has not, since they name the paper and not the point; pieces of words, the rarer in the abstract the more
telling; pairs of terms; the cosine; the cosine of what sets the sentence apart from its abstract; its place;
whether it is the last; its length; whether it has a number; its cues; a number where one is asked for."""


@dataclass(frozen=True, slots=True)
class Read:
    """A paper with the terms of its title and of each of its sentences."""

    paper: Paper
    title: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, paper: Paper) -> Read:
        """Take a paper apart."""
        return cls(
            paper,
            tuple(terms(paper.title)),
            tuple(tuple(terms(sentence.text)) for sentence in paper.sentences),
        )

    @property
    def terms(self) -> set[str]:
        """The terms of title and abstract."""
        return set(self.title).union(*self.sentences)


def features(question: Question, read: Read, vectors: Vectors) -> Vectors:
    """A row for each sentence, with the columns of ``NAMES``; ``vectors`` are the sentences'."""
    texts = [sentence.text for sentence in read.paper.sentences]
    count = len(texts)
    plainly = [plain(text) for text in texts]
    title = set(read.title)
    sets = [set(found) for found in read.sentences]
    numbers = [any(letter.isdigit() for letter in text) for text in texts]
    apart = _unit(vectors - vectors.mean(axis=0)) @ question.vector
    columns: list[Sequence[float] | Vectors] = [
        [question.shared(found) for found in sets],
        [question.shared(found, without=title) for found in sets],
        _pieces(question, plainly),
        [question.shared_pairs([found]) for found in read.sentences],
        vectors @ question.vector,
        np.where(vectors.any(axis=1), apart, 0),  # no vector: beyond what the embedder reads
        [place / max(1, count - 1) for place in range(count)],
        [place == count - 1 for place in range(count)],
        [math.log1p(len(found)) for found in read.sentences],
        numbers,
        *([bool(cue.search(text)) for text in plainly] for cue in _CUES.values()),
        [question.amount and number for number in numbers],
    ]
    return np.array(columns, dtype=np.float32).T


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
