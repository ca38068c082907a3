"""The nearest papers among those that pass filters, without Chroma's own, which takes longer the more match.

Where few papers pass, the nearest are asked for among their ids; where many do, the nearest of all papers are
asked for until enough of them pass.
"""

from __future__ import annotations

from ..models.ports import Vectors
from ..types import Filters
from .vectors import VectorStore
from .words import WordStore

_NAMED = 2000
"""Up to so many papers that pass are named: to read their ids takes longer than to find the nearest."""


def nearest_passing(
    vectors: VectorStore, words: WordStore, vector: Vectors, k: int, filters: Filters
) -> list[tuple[str, float]]:
    """The ``k`` nearest papers that pass ``filters``, as ``(id, cosine)``, nearest first."""
    passing = words.count_of(filters)
    if not passing:
        return []
    if passing <= _NAMED:
        return vectors.nearest(vector, k, words.ids(filters, limit=_NAMED))
    total = vectors.count()
    wanted = 2 * k * total // passing
    while True:
        found = vectors.nearest(vector, min(wanted, total))
        allowed = set(words.ids(filters, among=[row[0] for row in found], limit=len(found)))
        kept = [row for row in found if row[0] in allowed]
        if len(kept) >= k or wanted >= total:
            return kept[:k]
        wanted *= 4
