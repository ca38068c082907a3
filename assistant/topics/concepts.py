"""What texts are about, by their words: TF-IDF of words and pairs of them, brought to main concepts (LSA).

Of few texts numpy does all of it, so that a first summary does not wait for larger libraries to be imported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .plain import PLAIN
from .unspaced import pairs

Matrix = NDArray[np.float32]

_WORD = re.compile(r"\b\w\w+\b")
_MOST_WORDS = 10_000
_LEAST_TEXTS, _MOST_TEXTS = 2, 0.5
"""A word tells of several texts, but not of more than half of them."""
_FEW = 1000
"""So many texts are decomposed exactly, by the matrix of their likenesses: 4 MB."""


def concepts(texts: Sequence[str], most: int) -> Matrix:
    """Each text in at most ``most`` concepts, not scaled; a column of zeros where no word tells anything."""
    counts = [Counter(_terms(text)) for text in texts]
    column, weights = _vocabulary(counts)
    width = min(most, len(texts) - 1, len(column) - 1)
    if width < 1:
        return np.zeros((len(texts), 1), dtype=np.float32)
    places = [[column[term] for term in own if term in column] for own in counts]
    values = [
        _row([own[term] for term in own if term in column], weights[at])
        for own, at in zip(counts, places, strict=True)
    ]
    if len(texts) <= _FEW:
        return _exactly(places, values, len(column), width)
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD

    starts = np.cumsum([0, *map(len, places)])
    rows = csr_matrix(
        (np.concatenate(values), np.concatenate([np.array(at, dtype=np.intp) for at in places]), starts),
        shape=(len(texts), len(column)),
    )
    return np.asarray(TruncatedSVD(width, random_state=0).fit_transform(rows), dtype=np.float32)


def _terms(text: str) -> list[str]:
    words = [word for word in _WORD.findall(text.lower()) if word not in PLAIN]
    return [*words, *map(" ".join, pairwise(words)), *pairs(text)]


def _vocabulary(counts: Sequence[Mapping[str, int]]) -> tuple[dict[str, int], NDArray[np.float32]]:
    """The terms that tell texts apart, with a column each, and how much each tells."""
    texts: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for own in counts:
        texts.update(own.keys())
        total.update(own)
    telling = [t for t, n in texts.items() if _LEAST_TEXTS <= n <= _MOST_TEXTS * len(counts)]
    telling.sort(key=lambda term: (-total[term], term))
    kept = sorted(telling[:_MOST_WORDS])
    having = np.array([texts[term] for term in kept], dtype=np.float32)
    return {term: place for place, term in enumerate(kept)}, np.log((1 + len(counts)) / (1 + having)) + 1


def _row(counts: Sequence[int], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    row = (1 + np.log(np.array(counts, dtype=np.float32))) * weights if counts else np.zeros(0, np.float32)
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-9), dtype=np.float32)


def _exactly(places: Sequence[Sequence[int]], values: Sequence[Matrix], columns: int, width: int) -> Matrix:
    rows = np.zeros((len(places), columns), dtype=np.float32)
    for row, (own, at) in enumerate(zip(values, places, strict=True)):
        rows[row, list(at)] = own
    strengths, axes = np.linalg.eigh((rows @ rows.T).astype(np.float64))
    return np.asarray(axes[:, -width:] * np.sqrt(np.maximum(strengths[-width:], 0)), dtype=np.float32)
