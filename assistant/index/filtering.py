"""The nearest papers among those that pass filters, without Chroma's own, which takes longer the more match.

Where few papers pass, all of them are compared; where many do, the nearest of all papers are asked for until
enough of them pass.
"""

from __future__ import annotations

from ..models.ports import Vectors
from ..types import Filters
from .vectors import VectorStore
from .words import WordStore

_COMPARED = 2000
"""Up to so many papers that pass are compared one by one."""


def nearest_passing(
    vectors: VectorStore, words: WordStore, vector: Vectors, k: int, filters: Filters
) -> list[tuple[str, float]]:
    """The ``k`` nearest papers that pass ``filters``, as ``(id, cosine)``, nearest first."""
    passing = words.count_of(filters)
    if not passing:
        return []
    if passing <= _COMPARED:
        ids = words.ids(filters, limit=_COMPARED)
        return sorted(vectors.similarities(vector, ids).items(), key=lambda row: -row[1])[:k]
    total = vectors.count()
    wanted = 2 * k * total // passing
    while True:
        found = vectors.nearest(vector, min(wanted, total))
        allowed = set(words.ids(filters, among=[row[0] for row in found], limit=len(found)))
        kept = [row for row in found if row[0] in allowed]
        if len(kept) >= k or wanted >= total:
            return kept[:k]
        wanted *= 4
