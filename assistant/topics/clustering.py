"""Finds groups among unit vectors, and how many there are; knows neither papers nor names.

Neighbours are joined into a graph, similarity is spread over it by a short random walk, and groups are merged
from the bottom up by how alike their walks are on average (UPGMA). The walk closes gaps within a group that
single distances do not; how many groups there are is judged by the vectors themselves, which did not merge
them: by the mean silhouette (Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .features import Matrix, unit
from .merging import cut, merges

Labels = NDArray[np.intp]

# The three are as good within their neighbourhood on labelled samples of arXiv abstracts (docs/topics.md).
_NEIGHBOURS = 10
_LEAST_GROUP = 3
_TRIED = 40
"""Numbers of groups that are tried, each by the same factor more than the last."""
_FEWEST = 8
"""Fewer papers are one group: among so few, any grouping is chance."""
_TOLERANCE = 1.0
"""Standard errors (Breiman et al. 1984): of the numbers that are as good within one, the largest is taken,
since a reader merges two topics more easily than they find two in one."""


def groups(rows: Matrix, most: int | None = None) -> Labels:
    """The group of each row, counted from 0; -1 for those that fit none. ``most`` limits their number."""
    count = len(rows)
    if count < _FEWEST or not rows.any():
        return np.zeros(count, dtype=np.intp)
    spread = _spread(rows)
    tree = merges(spread @ spread.T)
    # Two fields are best told apart as two groups, which help no reader of thousands: so few are not tried.
    fewest = max(2, int(np.sqrt(count) / 2))
    largest = min(most or count, count // _LEAST_GROUP)
    numbers = np.unique(np.geomspace(min(fewest, largest), largest, _TRIED).round().astype(int))
    cuts = [refined(rows, cut(tree, number)) for number in numbers]
    scores = [silhouettes(rows, labels) for labels in cuts]
    best = max(range(len(cuts)), key=lambda cut: float(scores[cut].mean()))
    if scores[best].mean() <= 0:
        return np.zeros(count, dtype=np.intp)
    least = scores[best].mean() - _TOLERANCE * scores[best].std() / np.sqrt(count)
    chosen = max(cut for cut in range(len(cuts)) if scores[cut].mean() >= least)
    return _without_small(rows, cuts[chosen])


def _spread(rows: Matrix) -> Matrix:
    """Two steps of a random walk over the graph of neighbours, from each row, in unit length."""
    count = len(rows)
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -1)
    near = np.argpartition(-likeness, min(_NEIGHBOURS, count - 1) - 1, axis=1)[
        :, : min(_NEIGHBOURS, count - 1)
    ]
    weights = np.zeros_like(likeness)
    np.put_along_axis(weights, near, np.maximum(np.take_along_axis(likeness, near, axis=1), 1e-3), axis=1)
    # Neighbours of each other count wholly, one-sided ones half.
    weights = (weights + weights.T) / 2
    weights[np.diag_indices(count)] = weights.max(axis=1)
    degrees = np.sqrt(weights.sum(axis=1))
    weights /= degrees[:, None]
    weights /= degrees[None, :]
    return unit((weights @ weights).astype(np.float32))


def refined(rows: Matrix, labels: Labels, rounds: int = 3) -> Labels:
    """The same groups after each row has moved to the nearest centre, a few times."""
    labels = np.unique(labels, return_inverse=True)[1]
    for _ in range(rounds):
        moved = np.argmax(rows @ centres(rows, labels).T, axis=1)
        labels = np.unique(moved, return_inverse=True)[1]
    return labels


def centres(rows: Matrix, labels: Labels) -> Matrix:
    """The direction of each group; rows of group -1 count for none."""
    sums = np.zeros((int(labels.max(initial=-1)) + 1, rows.shape[1]), dtype=np.float32)
    np.add.at(sums, labels[labels >= 0], rows[labels >= 0])
    return unit(sums)


def silhouettes(rows: Matrix, labels: Labels) -> NDArray[np.float32]:
    """How much nearer each row is to its own group than to the next, in [-1, 1], by cosine distance.

    The mean distance to a group of unit vectors is that to their sum, so no distances of pairs are needed.
    """
    count = int(labels.max()) + 1
    if count < 2:
        return np.zeros(len(rows), dtype=np.float32)
    sums = np.zeros((count, rows.shape[1]), dtype=np.float32)
    np.add.at(sums, labels, rows)
    sizes = np.bincount(labels, minlength=count).astype(np.float32)
    dots = rows @ sums.T
    own = np.arange(len(rows)), labels
    others = np.maximum(sizes[labels] - 1, 1)
    within = 1 - (dots[own] - (rows * rows).sum(axis=1)) / others
    between = 1 - dots / sizes
    between[own] = np.inf
    nearest = between.min(axis=1)
    score = (nearest - within) / np.maximum(np.maximum(nearest, within), 1e-6)
    return np.asarray(np.where(sizes[labels] > 1, score, 0), dtype=np.float32)


def _without_small(rows: Matrix, labels: Labels) -> Labels:
    """The groups of some size; rows of the others join the nearest where they fit, else none.

    A row fits a group that it is nearer to than a quarter of all rows are to the group beside their own.
    """
    sizes = np.bincount(labels)
    large = np.flatnonzero(sizes >= _LEAST_GROUP)
    if len(large) < 2:
        return np.zeros(len(rows), dtype=np.intp)
    kept = np.where(sizes[labels] >= _LEAST_GROUP, np.searchsorted(large, labels), -1)
    return fitted(rows, centres(rows, kept), _floor(rows, centres(rows, kept)))


def _floor(rows: Matrix, middles: Matrix) -> float:
    """The cosine to a group below which a row fits none: the quartile of those to the second nearest."""
    if len(middles) < 2:
        return -1.0
    return float(np.quantile(np.partition(rows @ middles.T, -2, axis=1)[:, -2], 0.25))


def fitted(rows: Matrix, middles: Matrix, floor: float) -> Labels:
    """The nearest group of each row, -1 where even that is below the floor."""
    likeness = rows @ middles.T
    return np.where(likeness.max(axis=1) >= floor, likeness.argmax(axis=1), -1)
