"""Papers like one: near by their vectors, and by the words that tell it apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..index.keys import keys_of
from ..index.store import PaperIndex
from ..index.words import terms
from ..models.ports import Embedder, Vectors
from ..retrieval.fusion import fuse, ranked
from ..types import Hit, Paper

_DEPTH = 50
"""Papers that each of both brings, as in a search."""
_TERMS = 24
"""Telling words that are searched for: with all of an abstract's, every paper of its field matches."""
_SAME = 0.985
"""Two papers whose vectors are nearer are one text, with a comma more or less: versions of one study."""


def similar(index: PaperIndex, embedder: Embedder, paper: Paper, k: int) -> list[Hit]:
    """The ``k`` papers most like this one, without it, its other versions, and doubles of one another.

    Raises:
        ModelError: the paper is not in the index, and the embedder failed.
    """
    stored = index.vectors([paper.id])
    vector = stored[paper.id] if paper.id in stored else embedder.embed([paper.text])[0]
    depth = _DEPTH + k
    cosines = dict(index.nearest(vector, depth))
    asked = _telling(paper, index.frequency, len(index))
    words = dict(index.matching(asked, depth)) if asked else {}
    found = sorted(cosines.keys() | words.keys())
    cosines |= index.similarities(vector, [other for other in found if other not in cosines])
    words |= index.scores(asked, [other for other in found if other not in words]) if asked else {}
    for own in (cosines, words):
        own.pop(paper.id, None)
    if not cosines:
        return []
    scores = fuse(cosines, {other: words.get(other, 0.0) for other in cosines})
    order = ranked(scores)
    kept = _distinct(paper, vector, index.papers(order), index.vectors(order), k)
    return [
        Hit(rank, other, scores[other.id], (), cosines[other.id], words.get(other.id))
        for rank, other in enumerate(kept, start=1)
    ]


def _telling(paper: Paper, frequency: Callable[[str], int], papers: int) -> str:
    """The words of a paper that others seldom have, those that it repeats and its title's before others."""
    counts = Counter(terms(paper.text)) + Counter(terms(paper.title))
    weights = {}
    for term, count in counts.items():
        others = frequency(term)
        if others > 1:  # what only this paper has finds no other
            weights[term] = (1 + np.log(count)) * np.log((papers + 1) / others)
    best = sorted(weights, key=lambda term: (-weights[term], term))[:_TERMS]
    chosen = set(best)
    # The words as they are written: the index takes them to their stems itself.
    written = {word: None for word in paper.text.split() if chosen.intersection(terms(word))}
    return " ".join(written)


def _distinct(
    paper: Paper, vector: Vectors, others: list[Paper], vectors: dict[str, Vectors], k: int
) -> list[Paper]:
    """The first ``k`` that are neither the paper nor one of those before, under another id."""
    kept: list[Paper] = []
    known = [_Known.of(paper, vector)]
    for other in others:
        own = _Known.of(other, vectors[other.id])
        if not any(own.doubles(one) for one in known):
            kept.append(other)
            known.append(own)
        if len(kept) == k:
            break
    return kept


@dataclass(frozen=True, slots=True)
class _Known:
    """What tells that two records are of one study."""

    keys: frozenset[str]
    sentences: frozenset[str]
    vector: Vectors

    @classmethod
    def of(cls, paper: Paper, vector: Vectors) -> _Known:
        sentences = (" ".join(re.findall(r"\w+", sentence.text.casefold())) for sentence in paper.sentences)
        return cls(frozenset(keys_of(paper)), frozenset(sentences), vector)

    def doubles(self, other: _Known) -> bool:
        fewer = min(len(self.sentences), len(other.sentences))
        shared = len(self.sentences & other.sentences)
        return bool(
            self.keys & other.keys or 2 * shared > fewer > 0 or float(self.vector @ other.vector) > _SAME
        )
