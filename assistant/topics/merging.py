"""Merges rows from the bottom up by their mean likeness (UPGMA), and cuts that tree into groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Merges = list[tuple[int, int]]
"""Two rows each, whose groups became one; in the order in which a tree is built."""


def merges(likeness: Matrix) -> Merges:
    """The merges of all rows into one group, the most alike first; ``likeness`` is used up.

    By chains of nearest neighbours (Murtagh 1983, doi:10.1093/comjnl/26.4.354), in quadratic time.
    """
    count = len(likeness)
    np.fill_diagonal(likeness, -np.inf)
    sizes = np.ones(count)
    found: list[tuple[float, int, int]] = []
    chain: list[int] = []
    left = np.ones(count, dtype=bool)
    while len(found) < count - 1:
        if not chain:
            chain.append(int(np.argmax(left)))
        last = chain[-1]
        near = int(np.argmax(likeness[last]))
        before = chain[-2] if len(chain) > 1 else -1
        # On a tie the chain turns back, or it would never end.
        if before < 0 or likeness[last, near] > likeness[last, before]:
            chain.append(near)
            continue
        del chain[-2:]
        found.append((float(likeness[last, before]), last, before))
        both = (sizes[last] * likeness[last] + sizes[before] * likeness[before]) / (
            sizes[last] + sizes[before]
        )
        likeness[last] = likeness[:, last] = both
        likeness[before] = likeness[:, before] = -np.inf
        likeness[last, last] = -np.inf
        sizes[last] += sizes[before]
        left[before] = False
    found.sort(key=lambda merge: -merge[0])
    return [(one, other) for _, one, other in found]


def cut(tree: Merges, number: int) -> NDArray[np.intp]:
    """The group of each row where the tree is cut into so many groups."""
    group = list(range(len(tree) + 1))

    def top(row: int) -> int:
        while group[row] != row:
            group[row] = group[group[row]]
            row = group[row]
        return row

    for one, other in tree[: max(0, len(group) - number)]:
        group[top(other)] = top(one)
    return np.unique([top(row) for row in range(len(group))], return_inverse=True)[1].astype(np.intp)
