"""What papers are compared by: the meaning of their vectors and the words of their texts, in one space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..models.ports import Vectors
from ..types import Paper
from .concepts import concepts

Matrix = NDArray[np.float32]

# Chosen on labelled samples of arXiv abstracts (docs/topics.md): a title tells more than its length says, and
# words count somewhat less than meaning.
_TITLE = 3
_WORDS = 0.7
_CONCEPTS = 100
_DIMENSIONS = 50


def compared(papers: Sequence[Paper], vectors: Vectors) -> Matrix:
    """A unit vector for each paper, in which meaning and words both count; 0 for one that has neither.

    Words are those of TF-IDF, brought to their main concepts (LSA); the whole is brought to its main
    components, since what is left out there is mostly noise. What all papers share is taken out first: in a
    collection of one field, every vector points to it.
    """
    texts = ["\n".join([*[paper.title] * _TITLE, paper.abstract]) for paper in papers]
    words = unit(concepts(texts, _CONCEPTS))
    joined = np.hstack([centred(vectors, mean_of(vectors)), _WORDS * words])
    return unit(_components(joined.astype(np.float32)))


def mean_of(vectors: Vectors) -> Matrix:
    """What all vectors share."""
    return np.asarray(vectors.mean(axis=0), dtype=np.float32)


def centred(vectors: Vectors, mean: Matrix) -> Matrix:
    """The vectors without what all of them share, in unit length."""
    return unit(vectors - mean)


def unit(rows: Matrix) -> Matrix:
    """The rows in unit length; those that are next to 0 become 0."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > 1e-6, rows / np.maximum(lengths, 1e-6), 0), dtype=np.float32)


def _components(rows: Matrix) -> Matrix:
    """The rows in their main components: those of the most variance."""
    width = min(_DIMENSIONS, *rows.shape, len(rows) - 1)
    if width < 1 or not np.ptp(rows, axis=0).any():
        return np.zeros((len(rows), 1), dtype=np.float32)
    apart = (rows - rows.mean(axis=0)).astype(np.float64)
    axes = np.linalg.eigh(apart.T @ apart)[1][:, -width:]
    return np.asarray(apart @ axes, dtype=np.float32)
